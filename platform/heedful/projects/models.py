"""A project: what is being learned, in which classes, and what each kind of mistake costs."""

from decimal import Decimal
from itertools import product
from typing import Self

from django.db import models
from django.db.models import F, Q, TextChoices

from heedful.accounts.models import User
from heedful.core.money import ZERO, MoneyField


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_superuser else self.filter(memberships__user=user)


class Project(models.Model):
    """One pool, one set of classes, one budget, one loop.

    `autopilot` lets the loop open rounds and start training by itself. A challenger is promoted when the paired
    bootstrap on gold finds it cheaper with at least `promotion_confidence`, and no class's recall is below its floor.
    What nobody answers within `item_days` is withdrawn.

    `yearly_volume`: how many samples a year the model will decide on, which is what makes a better one worth money.
    `target_cost`: the expected cost a sample that is good enough. Forecasts say when that is reached, and whether the
    next round is still worth its price.

    `plan_approval`: who answers each round, and its price, waits for a manager's word before money is reserved.
    `agreement_bar`: a label less sure than this is asked about again. `gold_answers`: so many experts answer each gold
    sample, if there are as many. Of each round `honeypot_share` is gold that nobody is told of: annotators who are
    right in less than `honeypot_bar` of at least `honeypot_minimum` of them are paused; `honeypot_feedback` lets them
    see how they did. A random `blind_share` of the items goes out without prediction and heatmap.

    `query_plan` says how samples are chosen, in the form of `projects.querying`; None is the usual way.

    `imbalance`: how training meets rare classes and dear mistakes, in the form of `projects.imbalance`; empty is the
    default.

    `augmentation`: from which changed versions of the pictures deep runs learn, in the form of `projects.augmentation`;
    empty is none.

    `foreign_share`: so many of samples like those that a model learned from may be taken for foreign by mistake; the
    more, the more of what is foreign is caught. 0 guards nothing. `corruption_bound`, `noise_bound`, `nonsense_bound`:
    what a challenger may not pass, as of `registry.bounds`; None asks for nothing.

    `card_notes`: what people add to model cards: what models are meant for, and what not.

    `compute_price`: what an hour of training costs, so that a run can be shown with its price; not of the budget.
    """

    class Problem(TextChoices):
        IMAGE_CLASSIFICATION = "image_classification", "Image classification"

    name = models.CharField(max_length=120)
    problem = models.CharField(max_length=32, choices=Problem.choices, default=Problem.IMAGE_CLASSIFICATION)
    backbone = models.CharField(max_length=80)
    round_size = models.PositiveIntegerField(default=20)
    gold_size = models.PositiveIntegerField(default=200)
    control_share = models.FloatField(default=0.1)
    query_plan = models.JSONField(null=True)
    item_days = models.PositiveIntegerField(default=14)
    promotion_confidence = models.FloatField(default=0.5)
    autopilot = models.BooleanField(default=True)
    simulated_experts = models.BooleanField(default=False)
    notice = models.TextField(blank=True)
    yearly_volume = models.PositiveIntegerField(null=True)
    target_cost = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    plan_approval = models.BooleanField(default=False)
    agreement_bar = models.FloatField(default=0.8)
    gold_answers = models.PositiveSmallIntegerField(default=2)
    honeypot_share = models.FloatField(default=0.05)
    honeypot_bar = models.FloatField(default=0.7)
    honeypot_minimum = models.PositiveSmallIntegerField(default=10)
    honeypot_feedback = models.BooleanField(default=False)
    blind_share = models.FloatField(default=0.1)
    compute_price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    foreign_share = models.FloatField(default=0.001)
    corruption_bound = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    noise_bound = models.FloatField(null=True)
    nonsense_bound = models.FloatField(null=True)
    card_notes = models.TextField(blank=True)
    imbalance = models.JSONField(default=dict)
    augmentation = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(round_size__gt=0), name="round_size_positive"),
            models.CheckConstraint(condition=Q(item_days__gt=0), name="item_days_positive"),
            models.CheckConstraint(
                condition=Q(control_share__gte=0, control_share__lte=1), name="control_share_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(agreement_bar__gte=0, agreement_bar__lte=1), name="agreement_bar_is_a_share"
            ),
            models.CheckConstraint(condition=Q(gold_answers__gt=0), name="gold_is_answered"),
            models.CheckConstraint(
                condition=Q(honeypot_share__gte=0, honeypot_share__lte=0.5), name="honeypot_share_up_to_half"
            ),
            models.CheckConstraint(
                condition=Q(honeypot_bar__gte=0, honeypot_bar__lte=1), name="honeypot_bar_is_a_share"
            ),
            models.CheckConstraint(condition=Q(blind_share__gte=0, blind_share__lte=1), name="blind_share_is_a_share"),
            models.CheckConstraint(
                condition=Q(foreign_share__gte=0, foreign_share__lte=0.5), name="foreign_share_up_to_half"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def classes(self) -> list["LabelClass"]:
        return list(self.label_classes.order_by("position"))

    def cost_matrix(self) -> list[list[Decimal]]:
        """`[true][predicted]` in class order; 0 where nothing was said."""
        order = {label_class.pk: index for index, label_class in enumerate(self.classes())}
        matrix = [[ZERO] * len(order) for _ in order]
        for cost in self.costs.all():
            matrix[order[cost.true_class_id]][order[cost.predicted_class_id]] = cost.amount
        return matrix

    def merged_positions(self, use: "ClassMerge.Use") -> list[list[int]]:
        """The classes that are one in that use, by their positions, each group in order."""
        rows = MergedClass.objects.filter(merge__in=self.merges.filter(undone_at=None).used_in(use))
        groups: dict[int, list[int]] = {}
        places = {one.pk: place for place, one in enumerate(self.classes())}
        for merge_id, class_id in rows.order_by("merge_id", "label_class__position").values_list(
            "merge_id", "label_class_id"
        ):
            groups.setdefault(merge_id, []).append(places[class_id])
        return list(groups.values())

    def decision_costs(self) -> list[list[Decimal]]:
        """The cost matrix that models decide and are judged by: confusing classes that are one in evaluation costs
        nothing."""
        matrix = self.cost_matrix()
        for group in self.merged_positions(ClassMerge.Use.EVALUATION):
            for true, predicted in product(group, repeat=2):
                matrix[true][predicted] = ZERO
        return matrix

    def costly_class(self) -> int:
        """Position of the class that is dearest to miss: the one that the queries look for."""
        matrix = self.decision_costs()
        return max(range(len(matrix)), key=lambda true: max(matrix[true]))


class Tier(models.Model):
    """A kind of annotator in a project: those who know, those who cost little, and programs.

    `claimed_accuracy` is what the manager expects of their answers before any could be checked against gold.
    """

    class Kind(models.TextChoices):
        EXPERT = "expert"
        WEAK = "weak"
        CROWD = "crowd"
        PROGRAM = "program"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tiers")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    claimed_accuracy = models.FloatField(default=0.95)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="one_tier_a_kind"),
            models.CheckConstraint(
                condition=Q(claimed_accuracy__gt=0, claimed_accuracy__lt=1), name="claimed_accuracy_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class LabelClass(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="label_classes")
    name = models.CharField(max_length=80)
    color = models.CharField(max_length=7)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="class_name_unique_in_project"),
            models.UniqueConstraint(fields=["project", "position"], name="class_position_unique_in_project"),
        ]

    def __str__(self) -> str:
        return self.name


class ClassMergeQuerySet(models.QuerySet["ClassMerge"]):
    def used_in(self, use: "ClassMerge.Use") -> Self:
        return self.filter(**{f"for_{use}": True})


class ClassMerge(models.Model):
    """Classes that are one while a model learns, when it is judged, or both. Annotators keep answering the classes, and
    their answers stay what they are; an undone merge is kept.
    """

    class Use(models.TextChoices):
        TRAINING = "training"
        EVALUATION = "evaluation"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="merges")
    name = models.CharField(max_length=200)
    for_training = models.BooleanField()
    for_evaluation = models.BooleanField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = ClassMergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(for_training=True) | Q(for_evaluation=True), name="a_merge_is_for_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MergedClass(models.Model):
    """`active` until the merge is undone: a class stands in one standing merge at most."""

    merge = models.ForeignKey(ClassMerge, on_delete=models.CASCADE, related_name="members")
    label_class = models.ForeignKey(LabelClass, on_delete=models.CASCADE, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["label_class"], condition=Q(active=True), name="one_standing_merge_a_class"
            ),
            models.UniqueConstraint(fields=["merge", "label_class"], name="a_class_once_a_merge"),
        ]

    def __str__(self) -> str:
        return f"{self.label_class} in {self.merge}"


class MisclassificationCost(models.Model):
    """What it costs to call a sample of `true_class` a `predicted_class`, in the project's currency."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="costs")
    true_class = models.ForeignKey(LabelClass, on_delete=models.CASCADE, related_name="+")
    predicted_class = models.ForeignKey(LabelClass, on_delete=models.CASCADE, related_name="+")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["true_class", "predicted_class"], name="one_cost_a_confusion"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_not_negative"),
            models.CheckConstraint(condition=~Q(true_class=F("predicted_class")), name="being_right_costs_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.true_class} called {self.predicted_class}: {self.amount}"
