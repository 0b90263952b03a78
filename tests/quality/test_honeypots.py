"""Gold that nobody is told of: who fails it is paused, and nothing gives it away."""

import re

import pytest

from heedful.accounts.models import AuditEntry
from heedful.acquisition.models import Explanation, QueryRound, QueueItem
from heedful.labeling import outbox
from heedful.labeling.annotators import set_state
from heedful.labeling.label_studio.tasks import TaskOut
from heedful.labeling.models import Annotator
from heedful.notifications.models import Notification
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.honeypots import pause_unreliable
from tests.answering import ada_says, asked
from tests.factories import hear, make_pool


def paused(project) -> list[Annotator]:
    return pause_unreliable(project=Project.objects.get(pk=project.pk))


def test_who_is_below_the_bar_after_enough_honeypots_is_paused_and_the_managers_are_told_once(project, ada, honeypots):
    ada_says(honeypots, "gddg")
    assert paused(project) == [ada]
    assert paused(project) == []
    ada.refresh_from_db()
    assert ada.state == Annotator.State.PAUSED
    told = Notification.objects.get(project=project, kind=Notification.Kind.ANNOTATOR_PAUSED)
    assert "right in 2 of 4 honeypots" in told.sentence
    entry = project.activity.get(action=AuditEntry.Action.ANNOTATOR, after={"state": "paused"})
    assert (entry.by, entry.before) == (None, {"state": "active"})


@pytest.mark.parametrize("said", ["ddd", "gggd", "gggg"])
def test_too_few_or_good_enough_is_left_alone(project, ada, honeypots, said):
    ada_says(honeypots, said)
    assert paused(project) == []
    assert not Notification.objects.filter(kind=Notification.Kind.ANNOTATOR_PAUSED).exists()


def test_a_manager_who_resumes_somebody_lets_them_start_afresh(project, owner, ada, honeypots):
    ada_says(honeypots, "dddd", minutes=-5)
    paused(project)
    set_state(project_id=project.pk, annotator_id=ada.pk, state=Annotator.State.ACTIVE, by=owner)
    assert paused(project) == []
    ada_says(honeypots[4:], "ddd", minutes=5)
    assert paused(project) == []
    ada_says(honeypots[7:], "d", minutes=6)
    assert paused(project) == [ada]
    assert Notification.objects.filter(kind=Notification.Kind.ANNOTATOR_PAUSED).count() == 2


def test_an_answer_that_is_changed_after_the_feedback_proves_nothing(project, ada, honeypots):
    ada_says(honeypots, "dddd")
    ada_says(honeypots, "gggg", minutes=1)
    assert paused(project) == [ada]


def test_ordinary_answers_pause_nobody(project, ada):
    items = asked(project, make_pool(project, size=6), tier_id=ada.tier_id, answers=1)
    ada_says(items, "dddddd")
    assert paused(project) == []


def test_a_honeypot_reaches_the_annotator_as_any_other_item_does(project, ada):
    """0 gold answers in any task sent: what is sent of a honeypot differs in its own numbers and pictures alone."""
    usual, gold = make_pool(project, size=2)
    Sample.objects.filter(pk=gold.pk).update(role=Sample.Role.GOLD)
    (first,) = asked(project, [gold], kind=QueryRound.Kind.GOLD, answers=2)
    for person in (1, 2):
        hear(first, "defective", person=person, external_id=1000 + person)
    tier, opinion = ada.tier_id, [0.7, 0.3]
    ordinary = asked(project, [usual], tier_id=tier, answers=1, probabilities=opinion)[0]
    honeypot = asked(project, [gold], tier_id=tier, answers=1, probabilities=opinion, honeypot=True)[0]
    assert [ordinary.honeypot, honeypot.honeypot] == [False, True]

    sent = [_sent(item) for item in (ordinary, honeypot)]

    assert _anonymous(sent[0], ordinary) == _anonymous(sent[1], honeypot)
    assert not re.search("honeypot|gold", repr(sent[1]), re.IGNORECASE)


def _anonymous(task: TaskOut, item: QueueItem) -> str:
    """All that is sent, without what names the item, its sample and its pictures."""
    text = re.sub(r"/media/[^\"' >]+", "/media/…", repr(task))
    return re.sub(rf"\b({item.pk}|{item.sample_id})\b", "…", text)


def _sent(item: QueueItem) -> TaskOut:
    Explanation.objects.create(
        item=item,
        method=Explanation.Method.CONTRASTIVE,
        producer="test",
        map_address="file:///map",
        overlay_address="file:///overlay",
        heat_address="file:///heat",
    )
    return outbox._task(item, item.round, item.round.project.classes())
