"""The list of programs."""

import os
import socket

import pytest

from heedful.conf import credentials, predictor, services, valkey
from heedful.conf.supervisor import Port, PortTaken, Program


def by_name() -> dict[str, Program]:
    return {program.name: program for program in services.programs()}


def test_an_installation_without_settings_brings_its_own_valkey_and_label_studio(settings, tmp_path):
    settings.HEEDFUL_HOME = tmp_path
    settings.REDIS_URL = valkey.url(tmp_path)
    settings.PREDICTOR_URL = predictor.url(tmp_path)
    settings.LABEL_STUDIO_TOKEN = credentials.load(tmp_path).label_studio_token
    assert by_name().keys() == services.commands(tmp_path).keys() | {"valkey", "label-studio"}


def test_a_broker_a_predictor_and_a_label_studio_of_ones_own_are_not_started_here(settings, tmp_path):
    settings.HEEDFUL_HOME = tmp_path
    settings.REDIS_URL = "redis://elsewhere/0"
    settings.PREDICTOR_URL = "http://elsewhere:8001"
    settings.LABEL_STUDIO_TOKEN = "theirs"
    assert by_name().keys() == services.commands(tmp_path).keys() - {"predictor"}
    assert "valkey" not in by_name()["web"].after


def test_everything_stops_within_ten_seconds():
    # What runs once has ended before anything that needs it starts.
    programs = {name: program for name, program in by_name().items() if not program.once}

    def seconds(name: str) -> float:
        return programs[name].stop_timeout + max(
            (seconds(other.name) for other in programs.values() if name in other.after), default=0
        )

    assert max(map(seconds, programs)) < 10


def test_a_selection_brings_what_it_needs():
    programs = services.programs()
    chosen = {program.name for program in services.select(programs, ["beat"])}
    assert chosen == {"beat", *by_name()["beat"].after}


def test_label_studio_sees_nothing_of_our_django(settings, tmp_path, monkeypatch):
    settings.HEEDFUL_HOME = tmp_path
    settings.LABEL_STUDIO_TOKEN = credentials.load(tmp_path).label_studio_token
    monkeypatch.setenv("DATABASE_URL", "postgres://ours")
    environment = by_name()["label-studio"].env
    assert not environment.keys() & {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PYTHONPATH"}


@pytest.mark.parametrize("program", [valkey, predictor])
@pytest.mark.parametrize("depth", [1, 20])
def test_a_socket_can_be_bound_below_a_home_of_any_depth(tmp_path, depth, program):
    home = tmp_path.joinpath(*["folder"] * depth)
    program.make_folders(home)
    path = program.socket_path(home)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    assert path.parent.stat().st_uid == os.getuid()
    path.unlink()


def test_a_taken_port_is_named_with_a_remedy():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        port = Port(host="127.0.0.1", number=number, remedy="Choose another: X=1")
        with pytest.raises(PortTaken, match=f"Port {number} is taken by another program. Choose another: X=1"):
            port.check()
    port.check()


def test_both_ports_are_checked_and_can_be_chosen(settings):
    settings.HEEDFUL_WEB_PORT, settings.LABEL_STUDIO_URL = 8123, "http://localhost:8124"
    ports = {name: program.port for name, program in by_name().items() if program.port}
    assert {name: port.number for name, port in ports.items()} == {"web": 8123, "label-studio": 8124}
    assert "HEEDFUL_WEB_PORT=8124" in ports["web"].remedy
    assert "LABEL_STUDIO_URL=http://localhost:8125" in ports["label-studio"].remedy
