"""How far a rule is from firing: a pure function of what happened since the last run."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from heedful.core.money import worded
from heedful.triggers.facts import Facts
from heedful.triggers.kinds import LOOKS, Kind, NewRule, Parameters, described

DAY = timedelta(days=1)
DEEP = "deep"


@dataclass(frozen=True, slots=True)
class Since:
    """The run that a rule counts from: when it started and how many labels it used. Before the first run, when the
    project began, and none."""

    at: datetime
    labels: int
    run: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A rule with all that it may look at. `stands_since`: the calendar owes a rule nothing from before it stood."""

    rule: NewRule
    facts: Facts
    since: Since
    now: datetime
    began: datetime
    stands_since: datetime
    currency: str

    @property
    def parameters(self) -> Parameters:
        return self.rule.parameters

    def number(self, name: str) -> float:
        return float(self.parameters[name])

    def new_labels(self) -> int:
        return self.facts.labels(self.since.at, self.now)


@dataclass(frozen=True, slots=True)
class Found:
    """What a kind sees: whether that is enough, how far it is (1 is enough), and in words."""

    enough: bool
    share: float
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a rule is from firing. `sentence` is what a firing says, empty while it is not due; `missing_labels` only
    of what labels alone decide."""

    rule: NewRule
    due: bool
    share: float
    words: str
    sentence: str
    new_labels: int
    missing_labels: int | None


def standing(look: Look) -> Standing:
    """Of a rule, whether it is enabled or not."""
    found, new = KINDS[Kind(look.rule.kind)](look), look.new_labels()
    minimum = look.rule.minimum_labels
    words, share = found.words, min(found.share, 1.0)
    if new < minimum and look.rule.kind not in BY_LABELS:
        words += f"; {new:,} of at least {minimum:,} new labels"
        share = min(share, new / minimum)
    due = found.enough and new >= minimum
    needed = max(BY_LABELS[look.rule.kind](look), minimum) if look.rule.kind in BY_LABELS else None
    return Standing(
        rule=look.rule,
        due=due,
        share=max(share, 0.0),
        words=words,
        sentence=_sentence(look, found, new) if due else "",
        new_labels=new,
        missing_labels=None if needed is None else max(needed - new, 0),
    )


def _sentence(look: Look, found: Found, new: int) -> str:
    beside = "" if look.rule.kind in BY_LABELS else f", with {new:,} new labels"
    return f"{found.words}{beside} (rule: {described(look.rule.kind, look.parameters, look.currency)})"


def _labels_needed(look: Look) -> int:
    return int(look.parameters["labels"])


def _share_needed(look: Look) -> int:
    return max(math.ceil(look.number("share") * look.since.labels - 1e-9), 1)


# The kinds that labels alone decide, and how many.
BY_LABELS: Mapping[str, Callable[[Look], int]] = {Kind.LABEL_COUNT: _labels_needed, Kind.LABEL_SHARE: _share_needed}


def _by_labels(look: Look) -> Found:
    new = look.new_labels()
    needed = max(BY_LABELS[look.rule.kind](look), look.rule.minimum_labels)
    words = f"{new:,} new labels" if new >= needed else f"{new:,} of {needed:,} new labels"
    return Found(new >= needed, new / needed, words)


def _time(look: Look) -> Found:
    passed, needed = (look.now - look.since.at) / DAY, look.number("days")
    what = "the last run" if look.since.run else "the project began"
    return Found(passed >= needed, passed / needed, f"{_days(passed)} of {_days(needed)} days since {what}")


def _disagreement(look: Look) -> Found:
    asked, excess = int(look.parameters["answers"]), look.number("excess")
    seen = look.facts.answers(look.since.at, look.now, asked)
    if seen.count < asked:
        words = f"{seen.count:,} of {asked:,} experts’ answers to what the champion was asked"
        return Found(False, min(seen.count / asked, 0.99), words)
    differ, expected = seen.differing / seen.count, seen.expected / seen.count
    words = f"{differ:.0%} of the last {seen.count:,} answers differ from the champion, which expected {expected:.0%}"
    return Found(differ - expected >= excess, (differ - expected) / excess, words)


def _drift(look: Look) -> Found:
    test = f"{look.parameters['looks_at']}_{look.parameters['against']}"
    level = look.number("false_alarm") / LOOKS
    imports = [(one, one.tests.get(test)) for one in look.facts.imports(look.since.at, look.now)]
    tested = [(one.name, found["p"]) for one, found in imports if found]
    if not tested:
        return Found(False, 0.0, "no import was measured since the last run")
    name, p = min(tested, key=lambda one: one[1])
    if p <= level:
        return Found(True, 1.0, f"“{_short(name)}” has drifted (p {_small(p)})")
    # On the scale on which each further digit of p is a step.
    share = math.log(max(p, 1e-12)) / math.log(level)
    return Found(
        False, min(share, 0.99), f"no drift in “{_short(name)}” (p {_small(p)}; fires from {_small(level)} down)"
    )


def _gold(look: Look) -> Found:
    seen, needed = look.facts.on_gold(look.since.at, look.now), look.number("rise")
    if seen is None or seen.promoted <= 0:
        return Found(False, 0.0, "gold is as it was when the champion was judged")
    rise = seen.value / seen.promoted - 1
    words = f"expected cost {seen.value:.3g} on {seen.gold_size:,} gold samples, {seen.promoted:.3g} when promoted"
    if rise < needed:
        return Found(False, min(rise / needed, 0.99), words)
    # A rise that the gold set is too small to tell from chance is none yet.
    if seen.low <= seen.promoted:
        return Found(False, 0.99, f"{words}, which its interval still allows")
    return Found(True, 1.0, words)


def _spent(look: Look) -> Found:
    spent, needed = look.facts.spent(look.since.at, look.now), Decimal(str(look.parameters["amount"]))
    words = f"{worded(spent, look.currency)} of {worded(needed, look.currency)} spent on labels"
    return Found(spent >= needed, float(spent / needed), words)


def _schedule(look: Look) -> Found:
    slot, step = last_slot(look), look.number("days")
    following = slot + step * DAY
    if slot > max(look.since.at, look.stands_since):
        return Found(True, 1.0, f"due since {slot:%-d %b %H:%M} UTC")
    share = 1 - (following - look.now) / (step * DAY)
    return Found(False, min(max(share, 0.0), 0.99), f"next on {following:%-d %b %Y at %H:%M} UTC")


def last_slot(look: Look) -> datetime:
    """The newest moment of the calendar that has come; the first is on the day the project began."""
    step = look.number("days") * DAY
    first = look.began.replace(hour=int(look.parameters["hour"]), minute=0, second=0, microsecond=0)
    return first + math.floor((look.now - first) / step) * step


def _quick_gain(look: Look) -> Found:
    runs, least = int(look.parameters["runs"]), look.number("gain")
    gains = look.facts.gains(look.since.at, look.now, runs)
    if len(gains) < runs:
        return Found(False, min(len(gains) / runs, 0.99), f"{len(gains)} of {runs} quick runs since the last deep run")
    mean = sum(gains) / runs
    words = f"the last {runs} quick runs gained {mean:.1%} on average"
    return Found(mean < least, 0.99 if mean >= least else 1.0, words)


def _days(days: float) -> str:
    return f"{days:.1f}".removesuffix(".0")


def _small(p: float) -> str:
    """Two digits of it, written out: 0.00025."""
    return f"{float(f'{p:.2g}'):.7f}".rstrip("0")


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"


KINDS: Mapping[Kind, Callable[[Look], Found]] = {
    Kind.LABEL_COUNT: _by_labels,
    Kind.LABEL_SHARE: _by_labels,
    Kind.TIME: _time,
    Kind.DISAGREEMENT: _disagreement,
    Kind.DRIFT: _drift,
    Kind.GOLD: _gold,
    Kind.SPENT: _spent,
    Kind.SCHEDULE: _schedule,
    Kind.QUICK_GAIN: _quick_gain,
}


def first_due(found: list[Standing]) -> Standing | None:
    """Of the enabled rules that are due, the one to fire: a deep run does all that a quick one does."""
    due = [one for one in found if one.due and one.rule.enabled]
    return min(due, key=lambda one: one.rule.run_kind != DEEP, default=None)
