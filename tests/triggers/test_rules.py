"""Each kind of rule fires when what it looks at has come to pass, once for the same facts, and says why."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from heedful.accounts.models import AuditEntry
from heedful.core.errors import InvalidInput, NotFound
from heedful.pool.models import Source
from heedful.quality.models import Label
from heedful.registry.models import TrainingRun
from heedful.registry.services import run_failed
from heedful.triggers.kinds import KINDS, NewRule, checked, described
from heedful.triggers.measuring import record_drift, record_gold
from heedful.triggers.models import RetrainRule, TriggerFiring
from heedful.triggers.rules import Look, Since, last_slot
from heedful.triggers.ruleset import MOST_RULES, add_rule, change_rule, delete_rule
from heedful.triggers.services import evaluate_rules, standings, train_now, until_training
from tests.training import ago, finished, label, rule

QUICK, DEEP = TrainingRun.Kind.QUICK, TrainingRun.Kind.DEEP


def words(project) -> str:
    [(_, found)] = standings(project)
    return found.words


def champion(project, *, cost: float = 1.0):
    """Trained by hand on what is labeled so far."""
    run = train_now(project=project, kind=QUICK, by=project.memberships.first().user)
    return finished(run, cost=cost)


def drifted(project, name: str, p: float):
    source = Source.objects.create(project=project, kind=Source.Kind.FOLDER, name=name, address="", state="done")
    test = {"value": 0.2, "p": p}
    return record_drift(source=source, model=project.models.last(), body={"embeddings_pool": test})


def test_labels_are_counted_since_the_last_run_and_a_firing_starts_them_anew(ready):
    rule(ready, "label_count", labels=4)
    assert words(ready) == "2 of 4 new labels"
    assert until_training(ready) == 2
    assert evaluate_rules(ready) is None
    label(ready, "good", "good")
    run = evaluate_rules(ready)
    assert run.reason == "4 new labels (rule: 4 new labels)"
    finished(run, cost=1.0)
    assert words(ready) == "0 of 4 new labels"
    assert evaluate_rules(ready) is None


def test_a_share_grows_with_the_labels_in_training(ready):
    rule(ready, "label_share", share=0.5)
    finished(evaluate_rules(ready), cost=1.0)
    assert words(ready) == "0 of 1 new labels"
    label(ready, *["good"] * 8)
    run = evaluate_rules(ready)
    assert run.snapshot.count == 10
    finished(run, cost=1.0)
    assert words(ready) == "0 of 5 new labels"


def test_time_alone_does_not_train_without_enough_that_is_new(ready):
    rule(ready, "time", days=7, minimum=2)
    model = champion(ready)
    TrainingRun.objects.filter(pk=model.run_id).update(created_at=ago(days=8))
    Label.objects.update(settled_at=ago(days=9))
    label(ready, "good")
    assert words(ready) == "8 of 7 days since the last run; 1 of at least 2 new labels"
    assert evaluate_rules(ready) is None
    label(ready, "good")
    assert evaluate_rules(ready).reason.startswith("8 of 7 days since the last run, with 2 new labels")


def test_disagreement_is_what_goes_beyond_what_the_champion_expected(ready):
    rule(ready, "disagreement", answers=10, excess=0.2)
    model = champion(ready)
    label(ready, *["good"] * 6, *["defective"] * 3, model=model, sure=0.7)
    assert words(ready) == "9 of 10 experts’ answers to what the champion was asked"
    label(ready, "defective", model=model, sure=0.7)
    assert words(ready) == "40% of the last 10 answers differ from the champion, which expected 30%"
    assert evaluate_rules(ready) is None
    label(ready, *["defective"] * 3, model=model, sure=0.7)
    assert evaluate_rules(ready).reason.startswith("70% of the last 10 answers differ")


def test_answers_about_an_older_champion_say_nothing_of_this_one(ready):
    rule(ready, "disagreement", answers=10, excess=0.2)
    old = champion(ready)
    label(ready, "good")
    champion(ready)
    label(ready, *["defective"] * 12, model=old)
    assert words(ready).startswith("0 of 10")


def test_a_drifted_import_fires_once_at_the_level_of_one_of_many_looks(ready):
    rule(ready, "drift", false_alarm=0.05)
    champion(ready)
    label(ready, "good")
    assert words(ready) == "no import was measured since the last run"
    drifted(ready, "Tuesday.zip", 0.01)
    assert words(ready) == "no drift in “Tuesday.zip” (p 0.01; fires from 0.00025 down)"
    assert evaluate_rules(ready) is None
    drifted(ready, "Wednesday.zip", 0.0002)
    run = evaluate_rules(ready)
    assert run.reason.startswith("“Wednesday.zip” has drifted (p 0.0002), with 1 new labels")
    finished(run, cost=1.0)
    label(ready, "good")
    assert evaluate_rules(ready) is None


def test_a_rise_on_gold_must_be_as_large_as_stated_and_not_chance(ready):
    rule(ready, "gold", rise=0.1)
    model = champion(ready, cost=1.0)
    label(ready, "good")
    for gold, value, low in (("a", 1.05, 1.01), ("b", 1.3, 0.9), ("c", 1.3, 1.1)):
        assert evaluate_rules(ready) is None
        expected = {"value": value, "low": low, "high": 1.5}
        record_gold(model=model, gold_hash=gold, gold_size=9, expected_cost=expected)
    assert evaluate_rules(ready).reason.startswith("expected cost 1.3 on 9 gold samples, 1 when promoted")


def test_money_is_counted_from_the_last_run(ready):
    rule(ready, "spent", amount=3)
    champion(ready)
    assert words(ready) == "0.00 USD of 3.00 USD spent on labels; 0 of at least 1 new labels"
    label(ready, "good", "good")
    assert evaluate_rules(ready) is None
    label(ready, "good")
    assert evaluate_rules(ready).reason.startswith("3.00 USD of 3.00 USD spent on labels, with 3 new labels")


def test_the_calendar_fires_once_at_its_hour_and_owes_nothing_from_before_the_rule(ready):
    now = timezone.now()
    began = now - timedelta(days=30)
    type(ready).objects.filter(pk=ready.pk).update(created_at=began)
    ready.refresh_from_db()
    hour = (now - timedelta(hours=1)).hour
    stands = rule(ready, "schedule", days=1, hour=hour)
    assert words(ready).startswith("next on ")
    assert evaluate_rules(ready) is None
    RetrainRule.objects.filter(pk=stands.pk).update(created_at=ago(days=2))
    run = evaluate_rules(ready)
    assert run.reason.startswith("due since ")
    finished(run, cost=1.0)
    label(ready, "good")
    assert evaluate_rules(ready) is None


def test_quick_runs_that_gain_little_call_for_a_deep_one(ready):
    rule(ready, "quick_gain", run_kind="deep", runs=2, gain=0.05)
    for cost, fell in ((1.0, 0.2), (0.99, 0.01)):
        finished(train_now(project=ready, kind=QUICK, by=ready.memberships.first().user), cost=cost, fell=fell)
        label(ready, "good")
    assert words(ready) == "the last 2 quick runs gained 8.8% on average"
    finished(train_now(project=ready, kind=QUICK, by=ready.memberships.first().user), cost=2.0, promote=False)
    label(ready, "good")
    run = evaluate_rules(ready)
    assert (run.kind, run.reason[:38]) == ("deep", "the last 2 quick runs gained 0.5% on a")
    finished(run, cost=0.9)
    label(ready, "good")
    assert words(ready) == "0 of 2 quick runs since the last deep run"


def test_any_rule_is_enough_and_a_deep_run_comes_before_a_quick_one(ready):
    rule(ready, "label_count", labels=2)
    rule(ready, "label_count", labels=2, run_kind="deep")
    rule(ready, "spent", amount=1000)
    run = evaluate_rules(ready)
    assert run.kind == DEEP
    assert TriggerFiring.objects.get(run=run).kind == "label_count"
    finished(run, cost=1.0)
    assert evaluate_rules(ready) is None


def test_deep_rules_count_from_the_last_deep_run_and_quick_ones_from_any(ready):
    rule(ready, "label_count", labels=4, run_kind="deep")
    rule(ready, "label_count", labels=3)
    champion(ready)
    label(ready, "good")
    assert [found.words for _, found in standings(ready)] == ["3 of 4 new labels", "1 of 3 new labels"]
    label(ready, "good")
    finished(evaluate_rules(ready), cost=1.0)
    assert [found.words for _, found in standings(ready)] == ["0 of 4 new labels", "0 of 3 new labels"]


def test_a_live_run_holds_every_rule_back(ready):
    rule(ready, "label_count", labels=2)
    run = evaluate_rules(ready)
    label(ready, *["good"] * 5)
    assert evaluate_rules(ready) is None
    finished(run, cost=1.0)
    assert evaluate_rules(ready).snapshot.count == 7


def test_a_run_that_failed_is_not_tried_again_for_the_same_facts(ready):
    rule(ready, "label_count", labels=2)
    run_failed(run_id=evaluate_rules(ready).pk, error="parity")
    assert evaluate_rules(ready) is None
    label(ready, "good", "good")
    assert evaluate_rules(ready) is not None


def test_a_rule_that_is_off_never_fires_and_is_still_shown(ready):
    stands = rule(ready, "label_count", labels=2)
    off = NewRule("label_count", "quick", {"labels": 2}, enabled=False)
    change_rule(project=ready, rule_id=stands.pk, new=off, by=None)
    assert evaluate_rules(ready) is None
    assert words(ready) == "2 new labels"
    assert until_training(ready) is None


def test_a_firing_says_what_the_run_is_expected_to_take_and_leaves_the_budget_alone(ready):
    rule(ready, "label_count", labels=1)
    ready.compute_price = Decimal("3.60")
    ready.save()
    first = evaluate_rules(ready)
    assert first.firing.expected_seconds is None
    finished(first, cost=1.0, seconds=100)
    label(ready, "good")
    before = (ready.budget.limit, ready.ledger.total("spent"), ready.ledger.total("held"))
    firing = evaluate_rules(ready).firing
    assert (firing.expected_seconds, firing.expected_price) == (100.0, Decimal("0.1000"))
    ready.budget.refresh_from_db()
    assert (ready.budget.limit, ready.ledger.total("spent"), ready.ledger.total("held")) == before


@pytest.mark.parametrize(
    ("kind", "run_kind", "parameters", "minimum", "field", "fix"),
    [
        ("moon", "quick", {}, 1, "kind", "choose label_count"),
        ("quick_gain", "quick", {}, 1, "run_kind", "deep"),
        ("label_count", "quick", {"labels": 0}, 1, "labels", "a whole number from 1 to 1,000,000"),
        ("label_count", "quick", {"labels": 2.5}, 1, "labels", "a whole number"),
        ("label_count", "quick", {"labels": "many"}, 1, "labels", "a whole number"),
        ("label_count", "quick", {"labels": float("nan")}, 1, "labels", "a whole number"),
        ("label_count", "quick", {"labels": True}, 1, "labels", "a whole number"),
        ("label_count", "quick", {"days": 3}, 1, "days", "it takes labels"),
        ("label_share", "quick", {"share": 0}, 1, "share", "from 0.01 to 10"),
        ("drift", "quick", {"looks_at": "colours"}, 1, "looks_at", "embeddings or scores"),
        ("drift", "quick", {"false_alarm": 0.001}, 1, "false_alarm", "from 0.01 to 0.5"),
        ("schedule", "quick", {"hour": 24}, 1, "hour", "from 0 to 23"),
        ("time", "quick", {"days": -1}, 1, "days", "from 0.04 to 3,650"),
        ("spent", "quick", {}, 0, "minimum_labels", "at least 1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_field_and_the_fix(
    kind, run_kind, parameters, minimum, field, fix
):
    with pytest.raises(InvalidInput, match=fix) as refused:
        checked(NewRule(kind, run_kind, parameters, minimum))
    assert refused.value.field == field


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_defaults_that_hold_and_a_line_that_says_them(kind):
    run_kind = KINDS[kind].run_kinds[0]
    rule = checked(NewRule(kind, run_kind, {}))
    assert set(rule.parameters) == {one.name for one in KINDS[kind].parameters}
    assert "{" not in described(kind, rule.parameters, "USD")
    assert set(RetrainRule.Kind.values) == set(KINDS)


def test_whoever_changes_a_rule_is_in_the_audit_trail(ready, owner):
    new = NewRule("label_count", "quick", {"labels": 5})
    stands = add_rule(project=ready, new=new, by=owner)
    changed = NewRule("label_count", "deep", {"labels": 50}, minimum_labels=9)
    change_rule(project=ready, rule_id=stands.pk, new=changed, by=owner)
    delete_rule(project=ready, rule_id=stands.pk, by=owner)
    trail = list(AuditEntry.objects.filter(project=ready, action="rule", by=owner).order_by("-pk")[:3])[::-1]
    assert [one.subject for one in trail] == ["5 new labels", "50 new labels", "50 new labels"]
    before = {"labels": 5, "run": "quick", "minimum_labels": 1, "enabled": True}
    after = {"labels": 50, "run": "deep", "minimum_labels": 9, "enabled": True}
    assert [(one.before, one.after) for one in trail] == [(None, before), (before, after), (after, None)]


def test_the_very_same_rule_does_not_stand_twice_and_there_is_an_end_to_them(ready):
    rule(ready, "label_count", labels=5)
    with pytest.raises(InvalidInput, match="very same rule"):
        rule(ready, "label_count", labels=5)
    for labels in range(6, 5 + MOST_RULES):
        rule(ready, "label_count", labels=labels)
    with pytest.raises(InvalidInput, match=f"{MOST_RULES} rules at most"):
        rule(ready, "time")


def test_a_deleted_rules_firings_stay_in_the_log(ready):
    stands = rule(ready, "label_count", labels=2)
    run = evaluate_rules(ready)
    delete_rule(project=ready, rule_id=stands.pk, by=None)
    firing = TriggerFiring.objects.get(run=run)
    assert (firing.rule, firing.kind) == (None, "label_count")
    with pytest.raises(NotFound):
        delete_rule(project=ready, rule_id=stands.pk, by=None)


def test_a_rule_keeps_its_kind(ready):
    stands = rule(ready, "label_count", labels=5)
    with pytest.raises(InvalidInput, match="add another rule"):
        change_rule(project=ready, rule_id=stands.pk, new=NewRule("time", "quick", {}), by=None)


def test_the_moments_of_the_calendar_are_every_so_many_days_at_the_hour():
    began = datetime(2026, 11, 3, 15, 30, tzinfo=timezone.get_current_timezone())
    new = checked(NewRule("schedule", "quick", {"days": 7, "hour": 2}))
    look = Look(new, None, Since(began, 0, run=False), began + timedelta(days=15), began, began, "USD")
    assert last_slot(look) == datetime(2026, 11, 17, 2, tzinfo=began.tzinfo)
