"""The dry run replays what happened under other rules, agrees with what really fired under the same, and changes
nothing."""

from datetime import timedelta

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heedful.labeling.models import Annotation
from heedful.pool.models import Source
from heedful.quality.models import Label
from heedful.registry.models import ModelVersion, TrainingRun
from heedful.triggers.facts import Recorded, Remembered
from heedful.triggers.kinds import NewRule, checked
from heedful.triggers.loop import advance
from heedful.triggers.measuring import record_drift, record_gold
from heedful.triggers.models import TriggerFiring
from heedful.triggers.replay import replay
from heedful.triggers.services import evaluate_rules, stated, train_now
from tests.training import ago, finished, label, rule


def counted(labels: int, run_kind: str = "quick") -> NewRule:
    return checked(NewRule("label_count", run_kind, {"labels": labels}))


def lived_through(project, choices: str = "ggdgdggdgggdgdggdgdgggdg") -> None:
    """One label after the other; the rules are asked after each, and after each run, which ends as it begins."""
    cost = 1.0
    for letter in ["", *choices]:
        if letter:
            champion = project.models.filter(state=ModelVersion.State.CHAMPION).first()
            label(project, "good" if letter == "g" else "defective", model=champion)
        while run := evaluate_rules(project):
            finished(run, cost=cost, fell=0.1 * cost)
            cost *= 0.9


def really_fired(project) -> list[tuple[str, str, int]]:
    firings = TriggerFiring.objects.filter(run__project=project).exclude(kind="").order_by("pk")
    return [(one.sentence, one.run.kind, one.run.snapshot.count) for one in firings]


def would_fire(project, rules) -> list[tuple[str, str, int]]:
    return [(one.sentence, one.run_kind, one.labels) for one in replay(project, rules).firings]


RULE_SETS = {
    "labels": [("label_count", "quick", 1, {"labels": 5})],
    "share and deep": [("label_share", "quick", 2, {"share": 0.4}), ("label_count", "deep", 1, {"labels": 11})],
    "money": [("spent", "quick", 1, {"amount": 6})],
    "disagreement": [
        ("label_count", "quick", 1, {"labels": 9}),
        ("disagreement", "quick", 1, {"answers": 10, "excess": 0.3}),
    ],
    "gain": [("label_count", "quick", 1, {"labels": 3}), ("quick_gain", "deep", 1, {"runs": 3, "gain": 0.2})],
}


@pytest.mark.parametrize("name", RULE_SETS)
def test_the_same_rules_replayed_fire_when_they_really_did(ready, name):
    for kind, run_kind, minimum, parameters in RULE_SETS[name]:
        rule(ready, kind, run_kind=run_kind, minimum=minimum, **parameters)
    lived_through(ready)
    found = replay(ready, [stated(one) for one in ready.rules.order_by("pk")])
    assert [(one.sentence, one.run_kind, one.labels) for one in found.firings] == really_fired(ready)
    assert found.rules_fired == len(found.firings) > 1
    real = TriggerFiring.objects.filter(run__project=ready).order_by("pk").values_list("at", flat=True)
    apart = [abs(one.at - at) for one, at in zip(found.firings, real, strict=True)]
    assert max(apart) < timedelta(seconds=2)


def test_other_rules_would_have_fired_at_other_times(ready):
    rule(ready, "label_count", labels=5)
    lived_through(ready)
    assert [labels for *_, labels in would_fire(ready, [counted(8)])] == [8, 16, 24]
    assert [kind for _, kind, _ in would_fire(ready, [counted(8), counted(16, "deep")])] == ["quick", "deep", "quick"]
    assert would_fire(ready, [counted(500)]) == []
    assert would_fire(ready, []) == []


def test_what_people_started_by_hand_stays_as_it_was(ready):
    lived_through(ready, "gdg")
    finished(train_now(project=ready, kind=TrainingRun.Kind.QUICK, by=ready.memberships.first().user), cost=1.0)
    lived_through(ready, "gdggd")
    found = replay(ready, [counted(4)])
    assert ([one.labels for one in found.firings], found.by_hand, found.rules_fired) == ([4, 9], 1, 0)


def test_time_and_the_calendar_fire_between_events(ready):
    type(ready).objects.filter(pk=ready.pk).update(created_at=ago(days=10))
    ready.refresh_from_db()
    Label.objects.update(settled_at=ago(days=9.5))
    Annotation.objects.update(received_at=ago(days=9.5))
    ready.ledger.update(at=ago(days=9.5))
    weekly = replay(ready, [checked(NewRule("time", "quick", {"days": 7}))])
    [fired] = weekly.firings
    assert abs(fired.at - (ready.created_at + timedelta(days=7))) < timedelta(seconds=1)
    assert fired.sentence == "7 of 7 days since the project began, with 2 new labels (rule: 7 days since the last run)"
    hour = (ago(days=9.5) + timedelta(hours=2)).hour
    daily = replay(ready, [checked(NewRule("schedule", "quick", {"days": 1, "hour": hour}))])
    [fired] = daily.firings
    assert (fired.at.hour, fired.at.minute) == (hour, 0)


def test_drift_and_gold_fire_when_they_were_measured(ready):
    lived_through(ready, "gg")
    run = train_now(project=ready, kind=TrainingRun.Kind.QUICK, by=ready.memberships.first().user)
    model = finished(run, cost=1.0)
    lived_through(ready, "gg")
    source = Source.objects.create(project=ready, kind=Source.Kind.FOLDER, name="new", address="", state="done")
    measured = record_drift(source=source, model=model, body={"scores_pool": {"value": 0.4, "p": 4e-5}})
    drift = checked(NewRule("drift", "deep", {"looks_at": "scores"}))
    [fired] = replay(ready, [drift]).firings
    assert (fired.at, fired.run_kind) == (measured.measured_at, "deep")
    record_gold(model=model, gold_hash="x", gold_size=9, expected_cost={"value": 2.0, "low": 1.5, "high": 2.5})
    [fired] = replay(ready, [checked(NewRule("gold", "quick", {"rise": 0.5}))]).firings
    assert fired.sentence.startswith("expected cost 2 on 9 gold samples, 1 when promoted, with 2 new labels")


def test_a_run_lasts_as_long_as_such_runs_take_and_meanwhile_no_rule_fires(ready):
    lived_through(ready, "ggggdg")
    times = [ago(hours=hours) for hours in (7, 6, 5, 4, 3, 2, 1.5, 1)]
    type(ready).objects.filter(pk=ready.pk).update(created_at=ago(hours=9))
    ready.refresh_from_db()
    pool = Label.objects.filter(sample__role="pool").order_by("pk")
    for one, at in zip(pool, times, strict=True):
        Label.objects.filter(pk=one.pk).update(settled_at=at)
    Label.objects.filter(sample__role="gold").update(settled_at=ago(hours=8))
    assert [labels for *_, labels in would_fire(ready, [counted(2)])] == [2, 4, 6, 8]
    run = train_now(project=ready, kind=TrainingRun.Kind.QUICK, by=ready.memberships.first().user)
    finished(run, cost=1.0, seconds=3 * 3600 + 60)
    # From 6 hours ago to 3 hours ago a run is live; when it ends, three are new.
    assert [labels for *_, labels in would_fire(ready, [counted(2)])][:2] == [2, 5]


def test_a_replay_touches_nothing(ready):
    rule(ready, "label_count", labels=5)
    lived_through(ready, "ggdgdg")

    def everything():
        return {model: list(model.objects.order_by("pk").values()) for model in apps.get_models()}

    before = everything()
    assert replay(ready, [counted(2), counted(3, "deep")]).firings
    assert everything() == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.floats(0, 1), end=st.floats(0, 1), last=st.integers(1, 12))
def test_history_in_memory_answers_as_the_database_does(history, start, end, last):
    recorded, remembered, moments = history
    span = moments[-1] - moments[0]
    since, until = sorted((moments[0] + start * span, moments[0] + end * span))
    for one in (recorded, remembered):
        assert one.labels(since, until) == recorded.labels(since, until)
        assert one.spent(since, until) == recorded.spent(since, until)
        assert one.imports(since, until) == recorded.imports(since, until)
        assert one.on_gold(since, until) == recorded.on_gold(since, until)
        assert list(one.gains(since, until, last)) == list(recorded.gains(since, until, last))
    asked, answered = recorded.answers(since, until, last), remembered.answers(since, until, last)
    assert (asked.count, asked.differing) == (answered.count, answered.differing)
    assert asked.expected == pytest.approx(answered.expected)


@pytest.fixture
def history(ready):
    rule(ready, "label_count", labels=4)
    lived_through(ready)
    champion = ready.models.get(state=ModelVersion.State.CHAMPION)
    for number in range(2):
        source = Source.objects.create(project=ready, kind="folder", name=f"{number}", address="", state="done")
        record_drift(source=source, model=champion, body={"scores_pool": {"value": 0.1, "p": 0.2}})
        expected = {"value": 1.0, "low": 0.9, "high": 1.1}
        record_gold(model=champion, gold_hash=f"{number}", gold_size=9, expected_cost=expected)
    lived_through(ready, "gd")
    remembered = Remembered(ready)
    return Recorded(ready), remembered, remembered.moments()


def test_the_loop_asks_the_rules_and_measures_what_is_new(ready):
    rule(ready, "label_count", labels=2)
    assert advance(project_id=ready.pk) == "training_due"
    assert ready.runs.get().firing.kind == "label_count"
