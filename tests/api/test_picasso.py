"""Every row of the table beside Picasso is run as it says."""

import json
import re
from pathlib import Path

import pytest

from tests.looking import bright, encoded, look
from tests.trained import make_trained

pytestmark = pytest.mark.usefixtures("predictor")

TABLE = Path(__file__).parents[2] / "docs/picasso.md"
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in TABLE.read_text().splitlines()
    if line.startswith("|") and not line.startswith("|---")
]
SETTINGS = [row for row in ROWS if row[-1].startswith("`") and not re.match("`(GET|POST)", row[-1])]
ROUTES = [row for row in ROWS if re.match("`(GET|POST)", row[-1])]


@pytest.fixture
def model(project, tmp_path):
    return make_trained(project, tmp_path / "pictures", size=120)


def wishes(call: str):
    """`method=occlusion window=0.5,0.4` is one wish a value."""
    given = dict(part.split("=") for part in call.strip("`").split())
    fixed = {name: given.pop(name) for name in ("method", "top") if name in given}
    most = max([len(values.split(",")) for values in given.values()], default=1)
    for place in range(most):
        settings = {name: values.split(",")[min(place, values.count(","))] for name, values in given.items()}
        yield {**fixed, "settings": json.dumps({name: one.replace("_", " ") for name, one in settings.items()})}


def test_both_tables_are_read():
    assert (len(SETTINGS), len(ROUTES)) == (7, 6)


@pytest.mark.parametrize("row", SETTINGS, ids=[row[0] for row in SETTINGS])
def test_its_settings_are_in_range(browser, model, row):
    for wish in wishes(row[-1]):
        answer = look(browser, model, ("one.png", encoded(bright())), **wish)
        assert answer.status_code == 200, answer.content
        (picture,) = answer.json()["pictures"]
        assert picture["maps"]
        assert picture["maps"][0]["probability"] >= picture["maps"][-1]["probability"]


@pytest.mark.parametrize("row", ROUTES, ids=[row[0] for row in ROUTES])
def test_its_routes_have_theirs(browser, model, row):
    method, path = row[-1].strip("`").split()
    if method == "GET":
        answer = browser.get(path.format(id=model.project_id))
        assert {"name", "version", "made_at", "metrics"} <= answer.json()["model"].keys()
    elif path.endswith("/inspect"):
        answer = look(browser, model, ("one.png", encoded(bright())))
        assert answer.json()["pictures"][0]["input_url"].startswith("data:image/webp")
    else:
        answer = browser.post(path, {})
        assert answer.json()["field"] == "file"
        return
    assert answer.status_code == 200
