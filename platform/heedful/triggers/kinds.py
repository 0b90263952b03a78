"""The kinds of rules: when to use each, what its parameters are, and which values they may take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from heedful.core.errors import InvalidInput
from heedful.registry.models import TrainingRun
from heedful.triggers.models import RetrainRule

Kind = RetrainRule.Kind
Value = int | float | str
Parameters = Mapping[str, Value]

LOOKS = 200
"""The chance of a false alarm that a drift rule allows is over so many imports."""
MOST_LABELS = 1_000_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number or choice of a rule. `unit` says how a page reads and writes it: a share is shown in percent."""

    name: str
    label: str
    unit: Literal["labels", "share", "days", "answers", "money", "hour", "runs", "choice"]
    default: Value
    least: float = 0
    most: float = 0
    whole: bool = False
    choices: Sequence[str] = ()

    def checked(self, value: object) -> Value:
        """Raises InvalidInput, which names the parameter and what it may be."""
        if self.choices:
            if value not in self.choices:
                raise InvalidInput(f"{self.label}: choose {' or '.join(self.choices)}.", field=self.name)
            return str(value)
        number = _number(value)
        if number is None or not self.least <= number <= self.most or (self.whole and number != int(number)):
            kind = "a whole number" if self.whole else "a number"
            raise InvalidInput(
                f"{self.label}: give {kind} from {_plain(self.least)} to {_plain(self.most)}.", field=self.name
            )
        return int(number) if self.whole else float(number)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:g}"


@dataclass(frozen=True, slots=True)
class RuleKind:
    """`sentence`: when to use it. `run_kinds`: which runs it may start, the usual one first."""

    sentence: str
    parameters: Sequence[Parameter]
    run_kinds: Sequence[str] = (TrainingRun.Kind.QUICK, TrainingRun.Kind.DEEP)


KINDS: Mapping[str, RuleKind] = {
    Kind.LABEL_COUNT: RuleKind(
        "The usual rule: trains whenever so many labels have settled since the last run.",
        [Parameter("labels", "New labels", "labels", 20, 1, MOST_LABELS, whole=True)],
    ),
    Kind.LABEL_SHARE: RuleKind(
        "Trains less often as labels grow: each run then has learned from so much more than the one before.",
        [Parameter("share", "Share of the labels at the last run", "share", 0.25, 0.01, 10)],
    ),
    Kind.TIME: RuleKind(
        "Uses up labels that trickle in: trains once so much time has passed, if anything is new.",
        [Parameter("days", "Days since the last run", "days", 7, 0.04, 3650)],
    ),
    Kind.DISAGREEMENT: RuleKind(
        "Trains when experts contradict the champion oftener than its own probabilities led to expect.",
        [
            Parameter("answers", "Over the last answers", "answers", 100, 10, 10_000, whole=True),
            Parameter("excess", "Oftener than expected by", "share", 0.15, 0.01, 1),
        ],
    ),
    Kind.DRIFT: RuleKind(
        "Trains when an import does not look like what came before it.",
        [
            Parameter("looks_at", "What is compared", "choice", "embeddings", choices=("embeddings", "scores")),
            Parameter("against", "Against", "choice", "pool", choices=("pool", "training")),
            Parameter("false_alarm", f"Chance of any false alarm in {LOOKS} imports", "share", 0.05, 0.01, 0.5),
        ],
    ),
    Kind.GOLD: RuleKind(
        "Trains when gold that was labeled since shows the champion dearer than it seemed when it was promoted.",
        [Parameter("rise", "Rise of the expected cost", "share", 0.1, 0.01, 10)],
    ),
    Kind.SPENT: RuleKind(
        "Trains whenever so much money has gone into labels, whatever each of them cost.",
        [Parameter("amount", "Spent since the last run", "money", 100, 0.01, 9_999_999_999)],
    ),
    Kind.SCHEDULE: RuleKind(
        "Trains at a quiet hour, every so many days from the project's first on; the hour is of UTC.",
        [
            Parameter("days", "Every so many days", "days", 7, 1, 365, whole=True),
            Parameter("hour", "At", "hour", 2, 0, 23, whole=True),
        ],
    ),
    Kind.QUICK_GAIN: RuleKind(
        "Fine-tunes the backbone once the head alone has stopped getting better.",
        [
            Parameter("runs", "Over the last quick runs", "runs", 3, 1, 20, whole=True),
            Parameter("gain", "Average gain below", "share", 0.02, 0, 1),
        ],
        run_kinds=(TrainingRun.Kind.DEEP,),
    ),
}


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as somebody states it; `checked` before it is used."""

    kind: str
    run_kind: str
    parameters: Parameters
    minimum_labels: int = 1
    enabled: bool = True


def checked(new: NewRule) -> NewRule:
    """With every parameter of its kind, those not given at their default. Raises InvalidInput, which names the field
    and what to put there."""
    if new.kind not in KINDS:
        raise InvalidInput(f"There is no rule of kind {new.kind}; choose {', '.join(KINDS)}.", field="kind")
    kind = KINDS[new.kind]
    if new.run_kind not in kind.run_kinds:
        raise InvalidInput(f"This rule starts a {' or '.join(kind.run_kinds)} run: choose that.", field="run_kind")
    if not 1 <= new.minimum_labels <= MOST_LABELS:
        raise InvalidInput(
            f"A run needs at least 1 new label: give a minimum from 1 to {MOST_LABELS:,}.", field="minimum_labels"
        )
    names = {one.name for one in kind.parameters}
    if unknown := sorted(set(new.parameters) - names):
        raise InvalidInput(
            f"This rule knows no {unknown[0]}; it takes {' and '.join(sorted(names))}.", field=unknown[0]
        )
    parameters = {one.name: one.checked(new.parameters.get(one.name, one.default)) for one in kind.parameters}
    return NewRule(new.kind, new.run_kind, parameters, new.minimum_labels, new.enabled)


def described(kind: str, parameters: Parameters, currency: str) -> str:
    """The rule in a line, as firings and the audit trail name it."""
    return SENTENCES[Kind(kind)].format(**{key: _shown(key, value, currency) for key, value in parameters.items()})


def _shown(name: str, value: Value, currency: str) -> str:
    if name in SHARES and isinstance(value, int | float):
        return f"{100 * value:g}%"
    if name == "amount" and isinstance(value, int | float):
        return f"{value:,.2f} {currency}"
    if name == "hour":
        return f"{value:02d}:00"
    return f"{value:,g}" if isinstance(value, int | float) else value


SHARES = {"share", "excess", "false_alarm", "rise", "gain"}
SENTENCES: Mapping[Kind, str] = {
    Kind.LABEL_COUNT: "{labels} new labels",
    Kind.LABEL_SHARE: "new labels of {share} of those in training",
    Kind.TIME: "{days} days since the last run",
    Kind.DISAGREEMENT: "of the last {answers} answers, {excess} more than expected differ from the champion",
    Kind.DRIFT: (
        "an import whose {looks_at} have drifted from the {against}; "
        f"chance of a false alarm in {LOOKS} imports: {{false_alarm}}"
    ),
    Kind.GOLD: "the champion’s expected cost on gold has risen by {rise}",
    Kind.SPENT: "{amount} spent on labels",
    Kind.SCHEDULE: "every {days} days at {hour} UTC",
    Kind.QUICK_GAIN: "the last {runs} quick runs gained less than {gain} on average",
}
