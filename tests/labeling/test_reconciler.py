"""Whatever is lost between Label Studio and us, comparing both ends in the one right state."""

import pytest
from django.test import Client

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import withdraw
from heedful.budgets.rates import expert_tier
from heedful.jobs.models import Job
from heedful.labeling.annotators import add_annotator
from heedful.labeling.inbox import process_inbox
from heedful.labeling.label_studio.annotator import AnnotatorSession, sign_up
from heedful.labeling.label_studio.client import LabelStudio
from heedful.labeling.models import Annotation, Annotator, LabelingTask, WebhookEvent
from heedful.labeling.outbox import send_round
from heedful.labeling.reconciler import reconcile
from heedful.quality.models import Label
from heedful.quality.services import settle_labels
from tests.labeling.sending import books, delete_task_there, mirror_of, ready_round, task_id, tasks_there
from tests.services import free_port

pytestmark = pytest.mark.services

EMAIL = "ada@heedful.test"
STATE = QueueItem.State


@pytest.fixture
def studio(label_studio):
    return LabelStudio(label_studio.url, label_studio.token)


@pytest.fixture
def expert(label_studio, studio):
    return AnnotatorSession(
        label_studio.url, sign_up(label_studio.url, studio.invite_path(), email=EMAIL, password="enough-for-a-test")
    )


@pytest.fixture
def items(project, tmp_path, studio, settings):
    """Three sent items, whose webhooks lead nowhere: each is lost."""
    settings.LABEL_STUDIO_WEBHOOK_HOST = f"http://127.0.0.1:{free_port()}"
    return sent(project, tmp_path, studio)


def sent(project, folder, studio):
    """Whoever answers is expected, by their e-mail."""
    add_annotator(project_id=project.pk, email=EMAIL, tier_id=expert_tier(project.pk), by=None)
    query_round = ready_round(project, folder, size=3)
    send_round(round_id=query_round.pk, client=studio, on_progress=lambda done, total: None)
    return list(query_round.items.order_by("rank"))


@pytest.fixture
def compare(project, studio):
    return lambda: reconcile(project_id=project.pk, client=studio, settle=settle_labels)


@pytest.fixture
def says(project, expert):
    """An answer in Label Studio, by the class's name; returns its id there."""
    keys = {one.name: str(one.pk) for one in project.classes()}
    return lambda item, name, seconds=30.0: expert.submit(task_id(item), keys[name], lead_time=seconds)


def state_of(item) -> str:
    item.refresh_from_db()
    return item.state


def test_a_lost_answer_is_charged_and_settled_with_the_name_of_who_gave_it(project, items, says, compare):
    says(items[0], "defective")
    compare()
    assert books(project) == (2, 1)
    assert state_of(items[0]) == STATE.ANSWERED
    assert Label.objects.get(sample=items[0].sample).label_class.name == "defective"
    assert Annotator.objects.get().email == EMAIL


def test_a_lost_edit_changes_the_label_and_charges_nothing_more(project, items, says, expert, compare):
    answer = says(items[0], "defective")
    compare()
    expert.edit(answer, str(project.label_classes.get(name="good").pk), lead_time=50)
    compare()
    assert books(project) == (2, 1)
    assert Label.objects.get().label_class.name == "good"
    assert Annotation.objects.get().revisions.count() == 2


def test_a_lost_skip_releases_the_money(project, items, expert, compare):
    expert.skip(task_id(items[0]), lead_time=5, preselected=str(project.classes()[0].pk))
    compare()
    assert books(project) == (2, 0)
    assert state_of(items[0]) == STATE.SKIPPED
    assert not Label.objects.exists()


def test_a_lost_deletion_is_refunded_and_the_answer_kept_in_the_books(project, items, says, expert, compare):
    answer = says(items[0], "good")
    compare()
    expert.delete(answer)
    compare()
    assert books(project) == (2, 0)
    assert not Label.objects.exists()
    assert Annotation.objects.get().deleted_at is not None


def test_an_answer_after_a_deletion_is_news(project, items, says, expert, compare):
    expert.delete(says(items[0], "good"))
    compare()
    says(items[0], "defective")
    compare()
    assert books(project) == (2, 1)
    assert Label.objects.get().label_class.name == "defective"


def test_comparing_again_changes_nothing(project, items, says, compare):
    says(items[0], "good")
    for _ in range(3):
        compare()
    assert books(project) == (2, 1)
    assert project.ledger.filter(kind="charge").count() == 1
    assert Annotation.objects.count() == 1


def test_a_round_whose_every_answer_was_lost_closes(project, items, says, compare):
    for item in items:
        says(item, "good")
    compare()
    assert books(project) == (0, 3)
    assert QueryRound.objects.get().state == QueryRound.State.CLOSED


def test_a_waiting_task_that_somebody_deleted_is_sent_again_and_its_answer_counts(
    project, label_studio, studio, items, says, compare
):
    delete_task_there(label_studio, task_id(items[0]))
    compare()
    job = Job.objects.get(kind=Job.Kind.SEND_ROUND, state=Job.State.QUEUED)
    send_round(round_id=job.arguments["round_id"], client=studio, on_progress=lambda done, total: None)
    assert sorted(row["meta"]["queue_item"] for row in tasks_there(label_studio, project)) == [i.pk for i in items]
    says(items[0], "good")
    compare()
    assert state_of(items[0]) == STATE.ANSWERED
    assert books(project) == (2, 1)


def test_the_label_of_a_deleted_task_stays_and_stays_paid(project, label_studio, items, says, compare):
    says(items[0], "defective")
    compare()
    delete_task_there(label_studio, task_id(items[0]))
    compare()
    assert state_of(items[0]) == STATE.ANSWERED
    assert Label.objects.get().label_class.name == "defective"
    assert books(project) == (2, 1)


def test_an_answer_to_another_task_cannot_take_the_place_of_a_deleted_tasks(
    project, label_studio, items, says, compare
):
    says(items[0], "defective")
    compare()
    delete_task_there(label_studio, task_id(items[0]))
    says(items[1], "good")
    compare()
    assert Label.objects.count() == Annotation.objects.count() == 2
    assert books(project) == (1, 2)


def test_a_withdrawn_item_is_retired_there(project, label_studio, items, compare):
    withdraw(project_id=project.pk, item_id=items[0].pk)
    compare()
    assert sorted(row["meta"]["queue_item"] for row in tasks_there(label_studio, project)) == [
        items[1].pk,
        items[2].pk,
    ]
    assert LabelingTask.objects.get(item=items[0]).retired_at is not None


def test_an_answer_that_came_just_before_the_withdrawal_is_paid(project, label_studio, items, says, compare):
    says(items[0], "good")
    withdraw(project_id=project.pk, item_id=items[0].pk)
    compare()
    assert state_of(items[0]) == STATE.ANSWERED
    assert books(project) == (2, 1)


def test_webhooks_doubled_and_compared_besides_charge_once(
    project, tmp_path, studio, settings, live_server, label_studio, expert, compare
):
    settings.LABEL_STUDIO_WEBHOOK_HOST = live_server.url
    item, *_ = sent(project, tmp_path, studio)
    good, defective = (str(one.pk) for one in project.classes())
    answer = expert.submit(task_id(item), good, lead_time=30)
    expert.edit(answer, defective, lead_time=40)
    events = list(WebhookEvent.objects.order_by("pk"))
    assert [event.payload["action"] for event in events] == ["ANNOTATION_CREATED", "ANNOTATION_UPDATED"]
    for event in [*events, *reversed(events)]:
        hook = Client().post(
            f"/hooks/label-studio/{mirror_of(project).hook}/",
            event.payload,
            content_type="application/json",
            headers={"X-Heedful-Secret": mirror_of(project).secret},
        )
        assert hook.status_code == 204
    process_inbox(project_id=project.pk, settle=settle_labels)
    compare()
    process_inbox(project_id=project.pk, settle=settle_labels)
    assert books(project) == (2, 1)
    assert project.ledger.filter(kind="charge").count() == 1
    assert Label.objects.get().label_class.name == "defective"
    assert not WebhookEvent.objects.filter(processed_at=None).exists()
