"""Merging classes and choosing means against imbalance, as the page does."""

import pytest

from heedful.accounts.models import AuditEntry
from tests.factories import hear, make_grading, make_pool, queue
from tests.registry.versions import make_version, metrics

CONFUSION = [[150, 1, 0, 0], [2, 12, 6, 0], [1, 3, 15, 0], [0, 0, 0, 10]]
"""Of 200: nine confusions between crack and break, at 2 each."""


@pytest.fixture
def project(owner):
    return make_grading(owner=owner)


@pytest.fixture
def ids(project) -> dict[str, int]:
    return {one.name: one.pk for one in project.classes()}


@pytest.fixture
def champion(project):
    model = make_version(project, spent=10, cost=2.0, labels=20)
    model.evaluation.metrics = metrics(2.0, classes=4) | {"confusion": CONFUSION}
    model.evaluation.save()
    return model


def send(browser, project, path, body, method="post"):
    answer = getattr(browser, method)(f"/api/projects/{project.pk}{path}", body, content_type="application/json")
    return answer.status_code, answer.json()


def merge(browser, project, ids, *names, **uses):
    body = {"class_ids": [ids[name] for name in names], "for_training": True, "for_evaluation": True, **uses}
    return send(browser, project, "/merges", body)


def preview(browser, project, ids, *names):
    query = "&".join(f"class_ids={ids[name]}" for name in names)
    return browser.get(f"/api/projects/{project.pk}/merges/preview?{query}").json()


def test_what_merging_would_change_is_told_before(browser, project, ids, champion):
    for item, name in zip(queue(project, make_pool(project, size=3)), ("crack", "crack", "break"), strict=True):
        hear(item, name)
    told = preview(browser, project, ids, "crack", "break")
    assert [(one["label_class"]["name"], one["labels"]) for one in told["members"]] == [("crack", 2), ("break", 1)]
    assert (told["model_number"], told["gold_size"], told["confused"]) == (1, 200, 9)
    assert told["confused_cost"]["value"] == pytest.approx(9 * 2 / 200)
    assert 0 < told["confused_cost"]["low"] < 0.09 < told["confused_cost"]["high"]
    # All 36 called break: the 18 cracks among them at 2 each.
    assert told["undivided_cost"]["value"] == pytest.approx(18 * 2 / 200)


def test_without_a_champion_the_labels_are_told(browser, project, ids):
    told = preview(browser, project, ids, "crack", "break")
    assert (told["model_number"], told["confused_cost"]) == (None, None)
    assert [one["labels"] for one in told["members"]] == [0, 0]


def test_an_evaluation_of_before_tells_no_confusion(browser, project, ids, champion):
    del champion.evaluation.metrics["confusion"]
    champion.evaluation.save()
    assert preview(browser, project, ids, "crack", "break")["confused"] is None


def test_merges_are_listed_with_their_history(browser, project, ids):
    status, made = merge(browser, project, ids, "crack", "break", for_evaluation=False)
    assert status == 201
    assert (made["name"], made["undone_at"], made["made_by"]) == ("crack or break", None, "owner@example.com")
    status, undone = send(browser, project, f"/merges/{made['id']}/undo", {})
    assert (status, undone["undone_by"]) == (200, "owner@example.com")
    merge(browser, project, ids, "crack", "soiled")
    listed = browser.get(f"/api/projects/{project.pk}/merges").json()
    assert [(one["name"], one["undone_at"] is None) for one in listed] == [
        ("crack or soiled", True),
        ("crack or break", False),
    ]
    assert send(browser, project, f"/merges/{made['id']}/undo", {})[0] == 409
    assert send(browser, project, "/merges/0/undo", {})[0] == 404


@pytest.mark.parametrize(
    ("names", "uses", "field"),
    [
        (("crack",), {}, "class_ids"),
        (("good", "crack", "break", "soiled"), {}, "class_ids"),
        (("crack", "break"), {"for_training": False, "for_evaluation": False}, "for_training"),
        (("crack", "break"), {"for_training": "perhaps"}, "payload.for_training"),
    ],
)
def test_a_merge_that_cannot_be_names_its_field(browser, project, ids, names, uses, field):
    status, refused = merge(browser, project, ids, *names, **uses)
    assert status == 422
    assert refused["field"] in {field, field.removeprefix("payload.")}
    assert refused["message"]


def test_means_against_imbalance_are_kept_and_audited(browser, project):
    path = f"/api/projects/{project.pk}/imbalance"
    default = browser.get(path).json()
    assert (default["loss"]["weights"], default["sampling"]["method"]) == ("balanced", "all")
    wanted = {"loss": {"focal_gamma": 2}, "sampling": {"method": "under", "ratio": 5}}
    status, changed = send(browser, project, "/imbalance", wanted, method="put")
    assert status == 200
    assert browser.get(path).json() == changed
    assert changed["loss"] == {**default["loss"], "focal_gamma": 2}
    (entry,) = AuditEntry.objects.filter(project=project, subject="imbalance")
    assert (entry.before["focal_gamma"], entry.after["focal_gamma"], entry.after["method"]) == (0, 2, "under")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"loss": {"weights": "heavy"}}, "loss.weights"),
        ({"loss": {"beta": 1}}, "loss.beta"),
        ({"loss": {"focal_gamma": -1}}, "loss.focal_gamma"),
        ({"loss": {"focal_gamma": "NaN"}}, "loss.focal_gamma"),
        ({"loss": {"gamma": 2}}, "loss.gamma"),
        ({"sampling": {"ratio": 0.5}}, "sampling.ratio"),
    ],
)
def test_means_that_are_none_name_their_field(browser, project, options, field):
    status, refused = send(browser, project, "/imbalance", options, method="put")
    assert (status, refused["field"]) == (422, field)
    assert browser.get(f"/api/projects/{project.pk}/imbalance").json()["loss"]["focal_gamma"] == 0


def test_metrics_are_of_each_class_and_null_where_an_older_version_lacks_them(browser, project, champion):
    (point,) = browser.get(f"/api/projects/{project.pk}/curve").json()["points"]
    assert point["macro_f1"] is None
    assert [one["name"] for one in point["by_class"]] == ["good", "crack", "break", "soiled"]
    assert point["by_class"][0]["recall_at_precision"] is None
