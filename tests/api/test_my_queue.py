"""An annotator's own page: what waits for them, and what they did; nothing of others."""

from datetime import timedelta

import pytest

from heedful.acquisition.models import Explanation
from heedful.labeling.models import Annotation, Annotator, LabelingTask, LabelStudioProject
from tests.accounts.people import logged_in, member
from tests.factories import chosen, hear, know, queue, tier_of

ADA, PERSON = "ada@example.com", 7


@pytest.fixture
def ada(project) -> Annotator:
    """An annotator of the weak tier, with an account here."""
    annotator = know(project, PERSON, "weak")
    annotator.user = member(project, "annotator", ADA)
    annotator.email = ADA
    annotator.save()
    return annotator


@pytest.fixture
def page(project, ada):
    client = logged_in(ada.user)
    return lambda path="my-queue": client.get(f"/api/projects/{project.pk}/{path}").json()


@pytest.fixture
def items(project, pool, ada):
    """The first two for experts, the others for the weak tier."""
    items = queue(project, pool[:5])
    project.rounds.get().items.filter(rank__gt=2).update(tier=ada.tier)
    return items


def test_what_waits_for_ones_tier_comes_by_rank(page, items):
    shown = page()
    assert (shown["tier"], shown["waiting"], shown["notice"]) == ("weak", 3, "")
    assert [one["id"] for one in shown["items"]] == [item.pk for item in items[2:]]
    assert shown["items"][0]["reason"] == chosen(items[2].sample).reason


def test_an_item_comes_with_its_heatmap_and_its_way_into_label_studio(page, items, ada):
    LabelStudioProject.objects.create(tier=ada.tier, external_id=4)
    LabelingTask.objects.create(item=items[2], external_id=44)
    Explanation.objects.create(
        item=items[2],
        method=Explanation.Method.ENERGY,
        producer="test",
        map_address="file:///map",
        overlay_address="file:///overlay",
        heat_address="file:///heat",
    )
    shown = page()
    assert shown["label_studio_url"].endswith("/projects/4")
    assert shown["items"][0]["label_studio_url"].endswith("/projects/4/data?task=44")
    assert all("/media/" in shown["items"][0][name] for name in ("picture_url", "heat_url", "overlay_url"))
    assert shown["items"][1]["heat_url"] is None


def test_what_one_did_is_counted_today_and_this_week(page, items, ada):
    hear(items[2], "good", tier=None, person=PERSON, lead_time=60.0)
    hear(items[3], None, tier=None, person=PERSON, lead_time=60.0)
    hear(items[0], "good", person=1, lead_time=60.0)
    shown = page()
    assert (shown["waiting"], shown["today"]) == (1, {"answers": 1, "minutes": 1.0})
    Annotation.objects.update(answered_at=Annotation.objects.latest("answered_at").answered_at - timedelta(days=8))
    assert page()["this_week"] == {"answers": 0, "minutes": 0.0}


def test_one_sees_ones_own_answers_and_what_one_gets_for_them(page, items):
    hear(items[0], "defective", person=1)
    hear(items[2], "good", tier=None, person=PERSON)
    hear(items[3], None, tier=None, person=PERSON, minutes=1)
    shown = page("my-answers")
    assert shown["count"] == 2
    skipped, labeled = shown["items"]
    assert (skipped["skipped"], skipped["label"], skipped["amount"]) == (True, None, "0.0000")
    assert (labeled["label"]["name"], labeled["amount"], labeled["item_id"]) == ("good", "0.1000", items[2].pk)


def test_nothing_is_asked_of_somebody_paused_or_not_yet_assigned(page, items, ada):
    Annotator.objects.filter(pk=ada.pk).update(state=Annotator.State.PAUSED)
    assert (page()["waiting"], "paused" in page()["notice"]) == (0, True)
    Annotator.objects.filter(pk=ada.pk).update(state=Annotator.State.ACTIVE, tier=None)
    assert (page()["waiting"], "tier" in page()["notice"]) == (0, True)


def test_an_owner_who_does_not_label_is_told_so(browser, project, items):
    shown = browser.get(f"/api/projects/{project.pk}/my-queue").json()
    assert (shown["tier"], shown["items"], "not an annotator" in shown["notice"]) == (None, [], True)
    assert browser.get(f"/api/projects/{project.pk}/my-answers").json()["count"] == 0


def test_an_owner_who_labels_has_a_queue_of_their_own(browser, owner, project, items):
    annotator = know(project, 1)
    annotator.user = owner
    annotator.save()
    shown = browser.get(f"/api/projects/{project.pk}/my-queue").json()
    assert (shown["tier"], shown["waiting"]) == (tier_of(project, "expert").kind, 2)
