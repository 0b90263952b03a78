"""An attempt ends in time, reads little, follows nobody, and leads to the outside only."""

import socket
import time

import pytest

from heedful.core.errors import InvalidInput
from heedful.core.outside import check_address
from heedful.notifications.posting import EXCERPT_CHARACTERS, Answer, post
from tests.notifications.receiver import answering, flood


def try_to_post(url: str, *, private_allowed: bool = True, seconds: float = 0.5) -> Answer:
    return post(url, headers={"X-Test": "1"}, body=b"{}", private_allowed=private_allowed, seconds=seconds)


def test_an_answer_is_kept_with_its_text_and_time(receiver):
    receiver.behaviours = [answering(201, "schön\0".encode())]
    answer = try_to_post(receiver.url)
    assert (answer.ok, answer.status, answer.excerpt, answer.error) == (True, 201, "schön", "")
    assert 0 < answer.seconds < 0.5
    assert receiver.heard[0].body == b"{}"
    assert receiver.heard[0].headers["X-Test"] == "1"


@pytest.mark.parametrize("badly", ["hang", "drip"])
def test_a_receiver_that_never_ends_is_left_at_the_deadline(receiver, badly):
    receiver.behaviours = [getattr(receiver, badly)]
    started = time.monotonic()
    answer = try_to_post(receiver.url)
    assert (answer.ok, answer.status, answer.error) == (False, None, "No answer within 0.5 seconds.")
    assert time.monotonic() - started < 1.5


def test_no_more_is_read_than_is_kept(receiver):
    receiver.behaviours = [flood]
    answer = try_to_post(receiver.url, seconds=5)
    assert answer.ok
    assert len(answer.excerpt) == EXCERPT_CHARACTERS
    assert answer.seconds < 2


def test_a_redirect_is_a_failure_and_is_not_followed(receiver):
    receiver.behaviours = [answering(302, Location=receiver.url)]
    answer = try_to_post(receiver.url)
    assert (answer.ok, answer.status) == (False, 302)
    assert "not followed" in answer.error
    assert len(receiver.heard) == 1


def test_a_proxy_of_the_environment_is_not_asked(receiver, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert try_to_post(receiver.url).ok


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://no-such-host.invalid/",
        f"http://{'a' * 70}.example/",
        "http://127.0.0.1:99999/",
    ],
)
def test_what_cannot_be_reached_says_why(url):
    answer = try_to_post(url)
    assert (answer.ok, answer.status) == (False, None)
    assert answer.error


def test_an_answer_that_is_no_http_says_so(receiver):
    receiver.behaviours = [lambda handler: handler.wfile.write(b"hello\r\n\r\n")]
    assert "ProtocolError" in try_to_post(receiver.url).error


INSIDE = [
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0"),
    *("168.63.129.16", "192.0.0.192", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00:ec2::254"),
    *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "ff02::1", "fec0::1"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_posted_to(address):
    with pytest.raises(InvalidInput):
        check_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is(address):
    check_address(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_however_it_is_written_a_private_address_hears_nothing(receiver, host):
    answer = try_to_post(f"http://{host}:{receiver.server.server_port}/", private_allowed=False)
    assert (answer.ok, answer.status) == (False, None)
    assert receiver.heard == []


@pytest.fixture
def names(monkeypatch) -> list[list[str]]:
    """What the name server answers, question by question."""
    answers: list[list[str]] = []

    def resolve(host, port, *_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **kwargs: (
            resolve(host, *args, **kwargs) if host == "receiver.example" else real(host, *args, **kwargs)
        ),
    )
    return answers


def test_a_name_with_one_private_address_is_refused_whole(receiver, names):
    names.append(["93.184.215.14", "127.0.0.1"])
    answer = try_to_post(f"http://receiver.example:{receiver.server.server_port}/", private_allowed=False)
    assert answer.error.startswith("127.0.0.1 is no address of the internet")
    assert receiver.heard == []


def test_a_name_is_asked_once_so_that_it_cannot_change_between_check_and_connection(receiver, names):
    names.extend([["240.0.0.1", "127.0.0.1"], ["127.0.0.1"]])
    answer = try_to_post(f"http://receiver.example:{receiver.server.server_port}/", seconds=2)
    # The first address leads nowhere; the second of the same answer is tried, under the name's own Host.
    assert answer.ok
    assert len(names) == 1
    assert receiver.heard[0].headers["Host"] == f"receiver.example:{receiver.server.server_port}"
