"""A manager's word above the answers, and disputes."""

import pytest
from django.core import mail

from heedful.accounts.models import AuditEntry
from heedful.core.errors import Conflict, InvalidInput, NotFound
from heedful.labeling.models import Annotation
from heedful.notifications.models import Notification
from heedful.quality.corrections import comment_on, correct, open_disputes, resolve, take_correction_back
from heedful.quality.models import Comment, Correction, Label
from tests.accounts.people import member
from tests.factories import hear, know, make_project, queue

ADA = 7


@pytest.fixture
def sample(project, pool):
    """Answered once, as good."""
    (item,) = queue(project, pool[:1])
    hear(item, "good", person=ADA)
    return pool[0]


def class_of(project, name):
    return project.label_classes.get(name=name)


def label_of(sample) -> str | None:
    label = Label.objects.select_related("label_class").filter(sample=sample).first()
    return label.label_class.name if label else None


def trail(project) -> list[tuple[object, object]]:
    entries = project.activity.filter(action=AuditEntry.Action.LABEL_CORRECTED).order_by("pk")
    return [(one.before["label"], one.after["label"]) for one in entries]


def test_a_correction_holds_above_the_answers_and_changes_none_of_them(project, sample, owner):
    correct(sample=sample, label_class=class_of(project, "defective"), by=owner, comment=" A crack. ")
    label = Label.objects.get(sample=sample)
    assert (label_of(sample), label.correction.comment, label.annotation) == ("defective", "A crack.", None)
    assert Annotation.objects.get(sample=sample).label_class.name == "good"


def test_answers_that_come_later_do_not_move_a_corrected_label(project, pool, sample, owner):
    correct(sample=sample, label_class=class_of(project, "defective"), by=owner)
    item = sample.queue_items.get()
    hear(item, "good", external_id=901, person=8, minutes=1)
    hear(item, "good", external_id=902, person=9, minutes=2)
    assert label_of(sample) == "defective"


def test_a_sample_that_nobody_answered_can_be_labeled_by_a_correction(project, pool, owner):
    correct(sample=pool[5], label_class=class_of(project, "good"), by=owner)
    label = Label.objects.get(sample=pool[5])
    assert (label.label_class.name, label.answers, label.annotation) == ("good", 0, None)


def test_the_newest_correction_holds_and_all_are_kept(project, sample, owner):
    for name in ("defective", "good", "defective"):
        correct(sample=sample, label_class=class_of(project, name), by=owner)
    assert label_of(sample) == "defective"
    assert Correction.objects.filter(sample=sample).count() == 3
    assert trail(project) == [("good", "defective"), ("defective", "good"), ("good", "defective")]


def test_taken_back_the_answers_decide_again(project, sample, owner):
    correct(sample=sample, label_class=class_of(project, "defective"), by=owner)
    take_correction_back(sample=sample, by=owner)
    assert (label_of(sample), Label.objects.get(sample=sample).correction) == ("good", None)
    assert [one.label_class and one.label_class.name for one in sample.corrections.order_by("pk")] == [
        "defective",
        None,
    ]
    assert trail(project) == [("good", "defective"), ("defective", "good")]
    with pytest.raises(Conflict):
        take_correction_back(sample=sample, by=owner)


def test_taken_back_where_nobody_answered_there_is_no_label(project, pool, owner):
    correct(sample=pool[5], label_class=class_of(project, "good"), by=owner)
    take_correction_back(sample=pool[5], by=owner)
    assert label_of(pool[5]) is None


def test_a_class_of_another_project_is_refused(project, sample, owner):
    other = make_project(owner=owner, name="Other")
    with pytest.raises(InvalidInput) as refused:
        correct(sample=sample, label_class=class_of(other, "good"), by=owner)
    assert refused.value.field == "label_class_id"
    assert not Correction.objects.exists()


def test_a_correction_costs_nothing_and_refunds_nothing(project, sample, owner):
    before = project.ledger.count()
    correct(sample=sample, label_class=class_of(project, "defective"), by=owner)
    take_correction_back(sample=sample, by=owner)
    assert project.ledger.count() == before


def test_a_dispute_is_told_to_the_managers_once_with_the_page_of_the_sample(project, sample, owner):
    comment_on(sample=sample, by=owner, text="A remark.")
    comment_on(sample=sample, by=owner, text="That is a crack.", disputes=True)
    told = Notification.objects.get(project=project, kind=Notification.Kind.DISPUTE)
    assert told.path == f"/projects/{project.pk}/samples/{sample.pk}"
    assert sample.name in told.sentence
    assert "crack" not in told.sentence
    assert mail.outbox == []


def test_a_correction_closes_the_disputes_about_its_sample_alone(project, pool, sample, owner):
    mine = comment_on(sample=sample, by=owner, text="A crack?", disputes=True)
    other = comment_on(sample=pool[3], by=owner, text="Here too?", disputes=True)
    correct(sample=sample, label_class=class_of(project, "defective"), by=owner)
    mine.refresh_from_db()
    assert (mine.resolved_at is not None, mine.resolved_by) == (True, owner)
    assert list(open_disputes(project.pk)) == [other]


def test_closing_a_dispute_leaves_the_label_and_is_written_down_once(project, sample, owner):
    dispute = comment_on(sample=sample, by=owner, text="A crack?", disputes=True)
    first = resolve(sample=sample, comment_id=dispute.pk, by=owner)
    again = resolve(sample=sample, comment_id=dispute.pk, by=member(project, "manager"))
    assert (again.resolved_at, again.resolved_by) == (first.resolved_at, owner)
    assert label_of(sample) == "good"
    assert project.activity.filter(action=AuditEntry.Action.DISPUTE).count() == 1


def test_what_is_no_dispute_of_that_sample_is_not_closed(project, pool, sample, owner):
    remark = comment_on(sample=sample, by=owner, text="A remark.")
    elsewhere = comment_on(sample=pool[3], by=owner, text="A crack?", disputes=True)
    for comment in (remark, elsewhere):
        with pytest.raises(NotFound):
            resolve(sample=sample, comment_id=comment.pk, by=owner)


def test_an_annotator_comments_on_what_they_answered_and_on_nothing_else(project, pool, sample):
    annotator = know(project, ADA)
    annotator.user = member(project, "annotator")
    annotator.save()
    assert comment_on(sample=sample, by=annotator.user, text="I was wrong.", disputes=True).disputes
    with pytest.raises(NotFound):
        comment_on(sample=pool[3], by=annotator.user, text="Let me see.")
    assert Comment.objects.get().sample == sample


def test_a_comment_without_words_is_refused(sample, owner):
    with pytest.raises(InvalidInput) as refused:
        comment_on(sample=sample, by=owner, text="  ")
    assert refused.value.field == "text"
