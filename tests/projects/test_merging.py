"""Merged classes are a way to read labels: undone without a trace in them, and kept as history."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from heedful.accounts.models import AuditEntry
from heedful.core.errors import Conflict, InvalidInput, NoNewLabels, NotFound
from heedful.pool.models import Sample
from heedful.projects.imbalance import DEFAULTS, change_imbalance, imbalance_of
from heedful.projects.merging import merge_classes, undo_merge
from heedful.projects.models import ClassMerge, MergedClass, Project
from heedful.quality.models import Label
from heedful.registry.models import TrainingRun
from heedful.registry.services import start_run, trainable
from tests.factories import hear, make_grading, make_pool, make_project, queue

TRAINING, EVALUATION = ClassMerge.Use.TRAINING, ClassMerge.Use.EVALUATION


@pytest.fixture
def project(owner) -> Project:
    return make_grading(owner=owner)


def merge(project, owner, *names, training=True, evaluation=True) -> ClassMerge:
    ids = [project.label_classes.get(name=name).pk for name in names]
    return merge_classes(project=project, class_ids=ids, for_training=training, for_evaluation=evaluation, by=owner)


def test_a_merge_holds_where_it_is_for(project, owner):
    merge(project, owner, "break", "crack", evaluation=False)
    assert project.merged_positions(TRAINING) == [[1, 2]]
    assert project.merged_positions(EVALUATION) == []
    assert project.decision_costs() == project.cost_matrix()


def test_confusing_what_is_one_in_evaluation_costs_nothing_and_the_declared_costs_stay(project, owner):
    before = project.cost_matrix()
    merge(project, owner, "crack", "break", training=False)
    costs = project.decision_costs()
    assert costs[1][2] == costs[2][1] == 0
    costs[1][2] = costs[2][1] = Decimal(2)
    assert costs == before == project.cost_matrix()


def test_an_undone_merge_leaves_all_as_it_was_and_is_kept(project, owner):
    before = project.cost_matrix()
    made = merge(project, owner, "crack", "break")
    undone = undo_merge(project=project, merge_id=made.pk, by=owner)
    assert project.decision_costs() == before
    assert project.merged_positions(TRAINING) == []
    assert (undone.undone_by, undone.members.count()) == (owner, 2)
    again = merge(project, owner, "crack", "soiled")
    assert list(project.merges.order_by("pk")) == [made, again]
    told = AuditEntry.objects.filter(project=project, action=AuditEntry.Action.CLASSES).order_by("pk")
    assert [(one.subject, one.before is None, one.after is None) for one in told] == [
        ("crack or break", True, False),
        ("crack or break", False, True),
        ("crack or soiled", True, False),
    ]


def test_answers_and_labels_stay_what_was_said(project, owner):
    samples = make_pool(project, size=2)
    for item, name in zip(queue(project, samples), ("crack", "break"), strict=True):
        hear(item, name)
    before = list(Label.objects.order_by("pk").values())
    merge(project, owner, "crack", "break")
    assert list(Label.objects.order_by("pk").values()) == before
    assert [one.label_class.name for one in Label.objects.order_by("pk")] == ["crack", "break"]


@pytest.mark.parametrize(
    ("names", "uses", "field"),
    [
        (("crack",), {}, "class_ids"),
        (("good", "crack", "break", "soiled"), {}, "class_ids"),
        (("crack", "break"), {"training": False, "evaluation": False}, "for_training"),
    ],
)
def test_what_cannot_be_merged_is_refused_with_its_field(project, owner, names, uses, field):
    with pytest.raises(InvalidInput) as refused:
        merge(project, owner, *names, **uses)
    assert refused.value.field == field
    assert not project.merges.exists()


def test_a_class_is_merged_once_and_the_database_holds_to_that(project, owner):
    first = merge(project, owner, "crack", "break")
    with pytest.raises(InvalidInput, match="“crack or break”; undo that first"):
        merge(project, owner, "break", "soiled")
    crack = project.label_classes.get(name="crack")
    with pytest.raises(IntegrityError), transaction.atomic():
        MergedClass.objects.create(
            merge=ClassMerge.objects.create(
                project=project, name="x", for_training=True, for_evaluation=False, made_by=owner
            ),
            label_class=crack,
        )
    assert first.members.filter(active=True).count() == 2


def test_a_class_of_another_project_is_refused(project, owner):
    other = make_project(owner=owner, name="Other").classes()[0]
    with pytest.raises(InvalidInput, match="this project only"):
        merge_classes(project=project, class_ids=[other.pk], for_training=True, for_evaluation=True, by=owner)
    with pytest.raises(NotFound):
        undo_merge(project=project, merge_id=99, by=owner)


def test_two_classes_are_not_one_in_evaluation(owner):
    two = make_project(owner=owner)
    with pytest.raises(InvalidInput, match="nothing is left to tell apart"):
        merge(two, owner, "good", "defective")


def test_merges_that_leave_no_mistake_a_cost_are_refused(project, owner):
    project.costs.exclude(true_class__name="crack", predicted_class__name="break").update(amount=0)
    with pytest.raises(InvalidInput) as refused:
        merge(project, owner, "crack", "break")
    assert refused.value.field == "for_evaluation"
    assert merge(project, owner, "crack", "break", evaluation=False)


def test_undoing_twice_is_refused(project, owner):
    made = merge(project, owner, "crack", "break")
    undo_merge(project=project, merge_id=made.pk, by=owner)
    with pytest.raises(Conflict):
        undo_merge(project=project, merge_id=made.pk, by=owner)


@pytest.fixture
def labeled(project) -> Project:
    """Labels of all classes but break, and gold."""
    samples = make_pool(project, size=5)
    for item, name in zip(queue(project, samples), ("good", "good", "crack", "soiled", "good"), strict=True):
        hear(item, name)
    Sample.objects.filter(pk=samples[-1].pk).update(role=Sample.Role.GOLD)
    return project


def test_a_class_without_labels_stops_training_unless_it_is_merged_with_one_that_has_some(labeled, owner):
    with pytest.raises(Conflict, match=r"labeled break yet.*merge the class with another") as refused:
        start_run(project_id=labeled.pk, kind=TrainingRun.Kind.QUICK, reason="test")
    assert refused.value.field == "classes"
    merge(labeled, owner, "crack", "break", evaluation=False)
    assert trainable(labeled)
    run = start_run(project_id=labeled.pk, kind=TrainingRun.Kind.QUICK, reason="test")
    assert (run.terms["training"], run.terms["evaluation"]) == ([[1, 2]], [])


def test_the_same_labels_train_again_on_other_terms_only(labeled, owner):
    def ended_run() -> TrainingRun:
        run = start_run(project_id=labeled.pk, kind=TrainingRun.Kind.QUICK, reason="test")
        TrainingRun.objects.filter(pk=run.pk).update(state=TrainingRun.State.DONE)
        return run

    made = merge(labeled, owner, "crack", "break")
    first = ended_run()
    with pytest.raises(NoNewLabels, match="on the same terms"):
        ended_run()
    options = {**DEFAULTS, "loss": {**DEFAULTS["loss"], "focal_gamma": 2.0}}
    change_imbalance(project=labeled, options=options, by=owner)
    second = ended_run()
    undo_merge(project=labeled, merge_id=made.pk, by=owner)
    assert first.terms_hash != second.terms_hash
    assert second.terms["imbalance"] == {"loss": {"focal_gamma": 2.0}}


def test_plain_terms_have_no_name(owner):
    project = make_project(owner=owner)
    change_imbalance(project=project, options=DEFAULTS, by=owner)
    assert project.imbalance == {}
    assert imbalance_of(project) == DEFAULTS
    assert not AuditEntry.objects.filter(project=project, subject="imbalance").exists()
