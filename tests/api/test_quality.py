"""How far the answers can be trusted, for those who see the people; and the settings it rests on."""

import pytest

from heedful.labeling.models import Annotator
from heedful.projects.models import Project
from heedful.quality.models import Label
from tests.accounts.people import logged_in, member
from tests.answering import ada_says, asked, gold, said, weigh
from tests.factories import hear, know, queue


def quality(client, project):
    return client.get(f"/api/projects/{project.pk}/quality")


def test_before_anything_is_weighed_it_says_so(browser, project):
    shown = quality(browser, project).json()
    assert (shown["agreement"], shown["blind_study"], shown["annotators"]) == (None, None, [])
    assert shown["doubtful"] == {"count": 0, "items": []}


def test_what_was_weighed_is_shown_with_its_intervals(browser, staffed):
    items = asked(staffed, staffed.samples.all()[:3], probabilities=[0.8, 0.2])
    for item in items:
        said(item, (1, "good"), (2, "good"), (11, "defective"))
    gold(staffed, 1)
    weigh(staffed)
    shown = quality(browser, staffed).json()
    assert (shown["agreement"]["samples"], shown["agreement"]["shared"]) == (4, 4)
    pair = next(one for one in shown["agreement"]["pairs"] if {one["one"], one["other"]} == _names(staffed, 1, 2))
    assert (pair["same"]["right"], pair["same"]["of"]) == (4, 4)
    assert pair["same"]["share"]["low"] < 1.0
    weak = next(one for one in shown["annotators"] if one["tier"] == "weak")
    assert (weak["answers"], weak["over_all"]["of"], len(weak["of_classes"])) == (3, 0, 2)
    assert weak["over_all"]["share"] is None
    assert sum(weak["confusion"][0]) == pytest.approx(1)
    assert shown["blind_study"]["verdict"] == "cannot_tell"
    assert "cannot be told yet" in shown["blind_study"]["sentence"]


def _names(project, *people):
    return {str(know(project, person)) for person in people}


def test_labels_below_the_bar_are_listed_the_least_sure_first(browser, project, pool):
    for item in queue(project, pool[:3]):
        hear(item, "good")
    labels = list(Label.objects.order_by("pk"))
    for label, sure in zip(labels, (0.7, 0.6, 0.9), strict=True):
        Label.objects.filter(pk=label.pk).update(quality=sure)
    doubtful = quality(browser, project).json()["doubtful"]
    assert [one["quality"] for one in doubtful["items"]] == [0.6, 0.7]
    assert doubtful["count"] == 2
    Project.objects.filter(pk=project.pk).update(agreement_bar=0.65)
    assert quality(browser, project).json()["doubtful"]["count"] == 1


@pytest.mark.parametrize(("role", "status"), [("viewer", 200), ("manager", 200), ("annotator", 403)])
def test_annotators_see_nothing_of_it(project, role, status):
    assert quality(logged_in(member(project, role)), project).status_code == status


def test_nothing_an_annotator_sees_tells_a_honeypot_apart(project, ada, honeypots):
    annotator, client = _at_the_page(project, ada)
    waiting = client.get(f"/api/projects/{project.pk}/my-queue").content.decode()
    assert "honeypot" not in waiting
    assert "gold" not in waiting
    ordinary = queue(project, project.samples.filter(role="pool")[:1])[0]
    type(ordinary).objects.filter(pk=ordinary.pk).update(tier=annotator.tier)
    ada_says(honeypots[:2], "gd")
    hear(ordinary, "good", tier="weak", person=11, external_id=77)
    page = client.get(f"/api/projects/{project.pk}/my-answers")
    assert [one["right"] for one in page.json()["items"]] == [None, None, None]
    assert "honeypot" not in page.content.decode()


def test_where_the_project_lets_them_know_they_hear_of_honeypots_alone(project, ada, honeypots):
    Project.objects.filter(pk=project.pk).update(honeypot_feedback=True)
    annotator, client = _at_the_page(project, ada)
    ordinary = queue(project, project.samples.filter(role="pool")[:1])[0]
    type(ordinary).objects.filter(pk=ordinary.pk).update(tier=annotator.tier)
    ada_says(honeypots[:2], "gd")
    hear(ordinary, "good", tier="weak", person=11, external_id=77)
    items = client.get(f"/api/projects/{project.pk}/my-answers").json()["items"]
    right = {one["item_id"]: one["right"] for one in items}
    assert right == {honeypots[0].pk: True, honeypots[1].pk: False, ordinary.pk: None}


def _at_the_page(project, annotator):
    annotator.user = member(project, "annotator")
    annotator.save()
    return Annotator.objects.get(pk=annotator.pk), logged_in(annotator.user)


def test_a_blind_item_shows_nothing_of_the_model_in_my_queue_either(project, ada):
    _, client = _at_the_page(project, ada)
    asked(project, project.samples.all()[:1], tier_id=ada.tier_id, answers=1, blind=True, probabilities=[0.9, 0.1])
    project.rounds.update(state="open")
    (item,) = client.get(f"/api/projects/{project.pk}/my-queue").json()["items"]
    assert (item["heat_url"], item["overlay_url"], item["map_sentence"]) == (None, None, None)
    assert "without the model's opinion" in item["reason"]


SETTINGS = {
    "item_days": 7,
    "plan_approval": True,
    "agreement_bar": 0.9,
    "gold_answers": 3,
    "honeypot_share": 0.1,
    "honeypot_bar": 0.75,
    "honeypot_minimum": 20,
    "honeypot_feedback": True,
    "blind_share": 0.2,
}


def patch(client, project, **changes):
    return client.patch(f"/api/projects/{project.pk}", changes, content_type="application/json")


def test_a_manager_changes_the_settings_and_the_trail_keeps_what_they_were(project):
    client = logged_in(member(project, "manager"))
    before = client.get(f"/api/projects/{project.pk}").json()
    changed = patch(client, project, **SETTINGS)
    assert changed.status_code == 200
    assert {name: changed.json()[name] for name in SETTINGS} == SETTINGS
    entry = project.activity.filter(action="settings").latest("pk")
    assert entry.after == SETTINGS
    assert entry.before == {name: before[name] for name in SETTINGS}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("item_days", 0),
        ("agreement_bar", 1.1),
        ("gold_answers", 0),
        ("honeypot_share", 0.6),
        ("honeypot_bar", -0.1),
        ("honeypot_minimum", 0),
        ("blind_share", 2),
    ],
)
def test_what_a_setting_cannot_be_is_refused_by_its_name(browser, project, field, value):
    refused = patch(browser, project, **{field: value})
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert project.activity.filter(action="settings").count() == 0


def test_a_viewer_changes_nothing(project):
    assert patch(logged_in(member(project, "viewer")), project, blind_share=0.5).status_code == 403
