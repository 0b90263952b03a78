"""docker-compose.yml: a valid file that runs the programs of services.py.

compose-spec.json is the schema of github.com/compose-spec/compose-spec (Apache-2.0), unchanged.
"""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from heedful.conf import services, valkey

CHECKOUT = Path(__file__).parents[2]
HOME = Path("/data")
OWN = sorted(services.commands(HOME))


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())


def test_the_file_follows_composes_schema(compose):
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
    assert [error.message for error in Draft202012Validator(schema).iter_errors(compose)] == []


@pytest.mark.parametrize("name", OWN)
def test_a_container_runs_what_the_supervisor_runs(compose, name):
    assert tuple(compose["services"][name]["command"]) == services.commands(HOME)[name]


def test_our_image_runs_nothing_else(compose):
    ours = sorted(name for name, service in compose["services"].items() if service["image"] == "heedful")
    assert ours == OWN


@pytest.mark.parametrize("name", OWN)
def test_a_container_stops_by_the_same_signal_and_has_more_time(compose, name):
    (program,) = (program for program in services.programs() if program.name == name)
    container = compose["services"][name]
    assert container.get("stop_signal", "SIGTERM") == program.stop_signal.name
    assert int(container.get("stop_grace_period", "10s").removesuffix("s")) > program.stop_timeout


def test_label_studio_is_the_tested_version_with_the_tested_settings(compose):
    pins = (CHECKOUT / "constraints-label-studio.txt").read_text()
    (version,) = re.findall(r"^label-studio==(.*)$", pins, re.MULTILINE)
    container = compose["services"]["label-studio"]
    assert container["image"] == f"heartexlabs/label-studio:{version}"
    assert container["environment"].items() >= services.LABEL_STUDIO_ENV.items()


def test_the_broker_keeps_its_promises_as_the_embedded_one_does(compose):
    embedded, container = valkey.command(HOME), compose["services"]["redis"]["command"]
    for promise in ("--appendonly", "--save", "--maxmemory-policy"):
        assert container[container.index(promise) + 1] == embedded[embedded.index(promise) + 1]


def test_label_studio_can_call_the_web_server_by_a_name_it_accepts(compose):
    environment = compose["services"]["worker-fast"]["environment"]
    (alias,) = compose["services"]["web"]["networks"]["default"]["aliases"]
    assert "." in alias
    assert environment["LABEL_STUDIO_WEBHOOK_HOST"] == f"http://{alias}:8000"
    assert alias in environment["HEEDFUL_ALLOWED_HOSTS"].split(",")


def test_every_setting_given_is_one_that_is_read(compose):
    sources = (CHECKOUT / "platform/heedful/conf/settings").glob("*.py")
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', "".join(source.read_text() for source in sources)))
    given = set(compose["services"]["web"]["environment"])
    assert given - read == {"GRANIAN_HOST", "GRANIAN_PORT", "OMP_NUM_THREADS"}


def test_the_example_names_every_variable_and_only_those(compose):
    used = set(re.findall(r"\$\{(\w+)", (CHECKOUT / "docker-compose.yml").read_text()))
    named = set(re.findall(r"^(\w+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))
    assert used == named


def test_no_secret_is_written_down(compose):
    secret = re.compile("SECRET|PASSWORD|TOKEN")
    written = {
        (name, key): value
        for name, service in compose["services"].items()
        for key, value in service.get("environment", {}).items()
        if secret.search(key) and key not in services.LABEL_STUDIO_ENV
    }
    assert written
    assert {place: value for place, value in written.items() if not value.endswith(":?}")} == {}
