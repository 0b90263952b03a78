"""The simulation runs through the real services, its books are right, and its table says what its points say."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from heedful.core.errors import InvalidInput
from heedful.demo.people import StatedTier, parse_annotators
from workers.simulation.arms import set_up
from workers.simulation.outcome import ROUTED, Outcome, Terms, arms
from workers.simulation.report import money_to, savings, table, target_cost
from workers.simulation.seed import run_arm
from workers.simulation.study import Judge, Pictures, prepare

ANNOTATORS = "expert:0.97:$25,weak:0.80:$1"


def test_annotators_are_read_with_the_experts_first():
    weak, expert = StatedTier("weak", 0.8, Decimal(1)), StatedTier("expert", 0.97, Decimal(25))
    assert parse_annotators("weak:0.80:$1, expert:0.97:25") == [expert, weak]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("expert:0.97:$25", "at least one other tier"),
        ("weak:0.8:$1,crowd:0.7:$1", "Name the experts"),
        ("expert:0.97:$25,weak:0.8:$1,weak:0.7:$1", "Name each tier once"),
        ("expert:0.97:$25,oracle:0.8:$1", "no tier “oracle”"),
        ("expert:1.2:$25,weak:0.8:$1", "accuracy of expert must lie between 0 and 1"),
        ("expert:0.97:$25,weak:good:$1", "accuracy of weak must lie between 0 and 1"),
        ("expert:0.97:$25,weak:0.8:$0", "price of weak must be an amount above 0"),
        ("expert:0.97:$25,weak:0.8:free", "price of weak must be an amount above 0"),
        ("expert:0.97:$25,weak", "“weak” should look like"),
    ],
)
def test_what_is_wrong_with_the_annotators_is_said(text, said):
    with pytest.raises(InvalidInput, match=said):
        parse_annotators(text)


@pytest.mark.parametrize(
    ("budget", "said"), [("nothing", "budget must be"), ("-3", "budget must be"), ("10", "does not buy one answer")]
)
def test_a_budget_that_buys_nothing_is_refused_before_anything_starts(budget, said):
    with pytest.raises(CommandError, match=said):
        call_command("simulate", annotators=ANNOTATORS, budget=budget)


def outcome(arm: str, *points: tuple[float, float]) -> Outcome:
    return Outcome(arm, list(points), {"expert": len(points)}, [], 1.0)


def test_the_target_is_reached_when_it_is_kept():
    assert money_to(3.0, outcome("weak only", (10, 2.9), (20, 3.1), (30, 3.0), (40, 2.0))) == 30
    assert money_to(3.0, outcome("weak only", (10, 2.9), (20, 3.1))) is None


def test_an_arm_that_never_gets_there_has_needed_the_budget():
    outcomes = {
        seed: [
            outcome("expert only", (50, 4.0), (100, 3.0)),
            outcome("weak only", (10, 4.5), (100, 4.4)),
            outcome(ROUTED, (25.0 + seed, 3.0)),
        ]
        for seed in range(2)
    }
    target = target_cost(outcomes)
    assert target == 3.0
    saved = {one.against: one.share for one in savings(outcomes, target, Decimal(200))}
    assert saved == pytest.approx({"expert only": 0.745, "weak only": 0.8725})
    lines = table(outcomes, target=target, without_model=4.7, budget=Decimal(200)).splitlines()
    assert any(line.startswith("weak only") and "> $200" in line for line in lines)


TERMS = Terms(
    [StatedTier("expert", 0.97, Decimal(5)), StatedTier("weak", 0.8, Decimal("0.5"))], Decimal(30), gold=8, seed=1
)


@pytest.fixture
def pictures(tmp_path) -> Pictures:
    """Forty noisy squares; every fourth has a bright crack."""
    rng = np.random.default_rng(0)
    truth = {}
    for number in range(40):
        pixels = rng.integers(90, 110, (48, 48), dtype=np.uint8)
        defective = number % 4 == 0
        if defective:
            pixels[20:28] = 250
        truth[f"{number:02}.png"] = defective
        (tmp_path / "pool").mkdir(exist_ok=True)
        Image.fromarray(pixels).convert("RGB").save(tmp_path / "pool" / f"{number:02}.png")
    judges = [Judge(str(tmp_path / "pool" / name), defective, 1 / 40) for name, defective in truth.items()]
    return Pictures(str(tmp_path / "pool"), truth, judges)


def test_an_arm_runs_to_its_end_within_its_money_and_its_books_are_right(owner, pictures, settings, tmp_path):
    settings.HEEDFUL_HOME = tmp_path
    settings.ARTIFACT_ROOT = f"file://{tmp_path / 'artifacts'}"
    tried = [arm for arm in arms(TERMS) if arm.name in ("weak only", ROUTED)]
    prepare(set_up(tried[0], TERMS, owner), pictures)
    weak, routed = (run_arm(replace(arm, round_size=16), TERMS) for arm in tried)
    assert weak.differences == routed.differences == []
    # Each sample of the pool once; the experts, who may spend nothing, are not asked.
    assert weak.answers == {"weak": 32}
    assert routed.answers["weak"]
    assert routed.points
    assert all(spent <= TERMS.budget for spent, _ in routed.points)
