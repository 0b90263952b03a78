"""What is asked: query rounds, the samples queued in them, and the heatmap that goes with each."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from heedful.core.money import MoneyField
from heedful.pool.models import Sample
from heedful.projects.models import LabelClass, Project, Tier

# The strategy that draws the random control of a round.
CONTROL_STRATEGY = "uniform"
# What asks about a label that is not sure enough, in the place of a strategy.
ASK_AGAIN = "ask-again"
# What a person wanted asked before all else.
ASKED_FIRST = "asked-first"


class QueryRound(models.Model):
    """One choosing. A gold round draws uniformly; a query round follows its strategy.

    `model_number` is the version whose scores decided, None at a cold start. A round is filled (chosen, reserved,
    explained, sent), then open until each of its items is answered, skipped or withdrawn. Where a manager approves
    plans, it is planned before it is reserved. `plan` says what the answers are expected to cost and to save.
    """

    class Kind(models.TextChoices):
        GOLD = "gold"
        QUERY = "query"

    class State(models.TextChoices):
        FILLING = "filling"
        PLANNED = "planned"
        OPEN = "open"
        CLOSED = "closed"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.FILLING)
    strategy = models.CharField(max_length=400)
    model_number = models.PositiveIntegerField(null=True)
    size = models.PositiveIntegerField()
    plan = models.JSONField(null=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="round_number_unique"),
            models.UniqueConstraint(fields=["project"], condition=~Q(state="closed"), name="one_open_round_a_project"),
            models.CheckConstraint(condition=Q(size__gt=0), name="round_asks_something"),
        ]

    def __str__(self) -> str:
        return f"round {self.number} of {self.project}"


class QueueItem(models.Model):
    """One chosen sample: why, who is to answer it and how many of them, what each answer is expected to cost, and what
    became of it.

    Waiting, it holds `price` for each answer that is still to come. A withdrawn item says why in `ended_because`; its
    money is free again. A `honeypot` is gold whose answer is known; nobody who answers is told. A `blind` item shows
    neither prediction nor heatmap. Each ranking again that refreshes it makes a new `edition`.

    `slot` is the part of the round's query plan that chose it; `neighbour` the labeled sample that its reason names, if
    it names one.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        RESERVED = "reserved"
        SENT = "sent"
        ANSWERED = "answered"
        SKIPPED = "skipped"
        WITHDRAWN = "withdrawn"

    class Ending(models.TextChoices):
        EXPIRED = "expired"
        WITHDRAWN = "withdrawn"
        OUTBID = "outbid"
        SETTLED = "settled", "The sample was answered through another item."
        TAKEN_BACK = "taken_back", "Its answer was deleted in Label Studio."

    WAITING = (State.RESERVED, State.SENT)

    round = models.ForeignKey(QueryRound, on_delete=models.CASCADE, related_name="items")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="queue_items")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="queue_items")
    rank = models.PositiveIntegerField()
    strategy = models.CharField(max_length=80)
    slot = models.CharField(max_length=80, blank=True)
    score = models.FloatField()
    selection_probability = models.FloatField()
    reason = models.CharField(max_length=400)
    neighbour = models.ForeignKey(Sample, on_delete=models.SET_NULL, null=True, related_name="+")
    probabilities = models.JSONField(null=True)
    price = MoneyField(default=Decimal)
    answers_wanted = models.PositiveSmallIntegerField(default=1)
    honeypot = models.BooleanField(default=False)
    blind = models.BooleanField(default=False)
    edition = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    ended_because = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "rank"], name="one_item_a_rank"),
            models.UniqueConstraint(
                fields=["sample"], condition=Q(state__in=["planned", "reserved", "sent"]), name="sample_queued_once"
            ),
            models.CheckConstraint(
                condition=Q(selection_probability__gt=0, selection_probability__lte=1),
                name="selection_probability_in_range",
            ),
            models.CheckConstraint(condition=Q(answers_wanted__gt=0), name="an_item_wants_an_answer"),
            models.CheckConstraint(
                condition=Q(state="withdrawn") ^ Q(ended_because=""), name="only_a_withdrawn_item_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(state__in=["reserved", "sent"]), name="waiting_items_by_expiry"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sample} at rank {self.rank}"

    @property
    def waits(self) -> bool:
        return self.state in self.WAITING


class Reranking(models.Model):
    """An open round ranked again under a newer champion: how many waiting items it refreshed, how many it outbid, and
    the money that these had reserved."""

    round = models.ForeignKey(QueryRound, on_delete=models.CASCADE, related_name="rerankings")
    model_number = models.PositiveIntegerField()
    refreshed = models.PositiveIntegerField()
    outbid = models.PositiveIntegerField()
    released = MoneyField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "model_number"], name="a_round_is_ranked_once_a_model")]

    def __str__(self) -> str:
        return f"{self.round}, ranked again under version {self.model_number}"


class Explanation(models.Model):
    """What the model looked at in a queued sample: the float map, and two pictures made of it.

    `target` and `contrast` are the classes that the map argues for and against; neither for an energy map, which
    needs no head.
    """

    class Method(models.TextChoices):
        ACTIVATION = "activation"
        CONTRASTIVE = "contrastive"
        ENERGY = "energy"

    item = models.OneToOneField(QueueItem, on_delete=models.CASCADE, related_name="explanation")
    method = models.CharField(max_length=16, choices=Method.choices)
    producer = models.CharField(max_length=120)
    target = models.ForeignKey(LabelClass, on_delete=models.PROTECT, null=True, related_name="+")
    contrast = models.ForeignKey(LabelClass, on_delete=models.PROTECT, null=True, related_name="+")
    map_address = models.TextField()
    overlay_address = models.TextField()
    heat_address = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.method} map of {self.item}"

    @property
    def sentence(self) -> str:
        if self.method == self.Method.ENERGY:
            return "Where the pretrained backbone responds most; there is no trained model yet."
        if self.method == self.Method.CONTRASTIVE:
            return f"What speaks for {self.target} rather than {self.contrast}."
        return f"What speaks for {self.target}."
