"""A new champion ranks the open round again: once, with the ledger in order, and nobody's answer touched."""

from decimal import Decimal

import numpy as np
import pytest
from django.utils.module_loading import import_string

from heedful.accounts.models import AuditEntry
from heedful.acquisition.models import ASK_AGAIN, CONTROL_STRATEGY, QueryRound, QueueItem
from heedful.acquisition.reranking import untouched
from heedful.acquisition.services import open_round, round_sent
from heedful.core.errors import LeaseLost
from heedful.jobs.models import Job
from heedful.labeling.audit import audit
from heedful.pool.artifacts import shard_address
from heedful.quality.consensus import opinions_before
from heedful.quality.history import EventKind, history_of
from heedful.quality.models import Snapshot
from heedful.registry.models import TrainingRun
from heedful.triggers.endings import blocking_jobs, fail_job
from heedful.triggers.loop import Step, advance
from tests.answering import gold, send
from tests.factories import hear
from tests.workers.champions import claimed, learn, work
from workers.runner import TASKS
from workers.running import RunningJob

SIZE, ROUND = 80, 20
ITEM = QueueItem.State


@pytest.fixture
def query_round(project, samples, graph) -> QueryRound:
    """Chosen under version 1, reserved and explained; version 2 is there and has scored the pool."""
    learn(project, graph, reads=0)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=ROUND, model_number=1)
    work(project, Job.Kind.FILL_ROUND)
    work(project, Job.Kind.EXPLAIN_ROUND)
    return opened


def rerank(project) -> None:
    assert advance(project_id=project.pk) == Step.RE_RANKING
    work(project, Job.Kind.RERANK_ROUND)


def state_of(query_round) -> list[tuple[object, ...]]:
    fields = ("pk", "rank", "state", "strategy", "score", "reason", "probabilities", "edition", "explanation__producer")
    return list(query_round.items.order_by("pk").values_list(*fields))


def clean(project) -> bool:
    return audit(project.pk).differences == []


def test_the_unsent_that_are_not_worth_it_any_more_give_their_money_back(project, query_round, graph):
    before = {item.pk: item.price * item.answers_wanted for item in query_round.items.all()}
    project.budget.refresh_from_db()
    reserved = project.budget.reserved
    learn(project, graph, reads=1)
    rerank(project)
    outbid = query_round.items.filter(ended_because=QueueItem.Ending.OUTBID)
    done = query_round.rerankings.get(model_number=2)
    project.budget.refresh_from_db()
    assert 0 < outbid.count() < len(before)
    assert done.released == sum(before[item.pk] for item in outbid) == reserved - project.budget.reserved
    assert (done.outbid, done.refreshed) == (outbid.count(), len(before) - outbid.count())
    assert clean(project)
    entry = project.activity.get(action=AuditEntry.Action.QUEUE_RERANKED)
    assert Decimal(entry.after["released"]) == done.released


def test_the_plan_of_the_round_says_what_the_ranking_changed(project, query_round, graph, browser):
    learn(project, graph, reads=1)
    rerank(project)
    (shown,) = browser.get(f"/api/projects/{project.pk}/plan").json()["rerankings"]
    done = query_round.rerankings.get()
    assert (shown["model_number"], shown["refreshed"], shown["outbid"]) == (2, done.refreshed, done.outbid)
    assert Decimal(shown["released"]) == done.released


def test_what_stays_says_what_the_champion_says(project, query_round, graph):
    model = learn(project, graph, reads=1)
    rerank(project)
    for item in query_round.items.filter(state=ITEM.RESERVED).select_related("sample", "explanation"):
        embedding = np.load(shard_address(item.sample.shard, "embeddings", "lite0").removeprefix("file://"))
        logit = 3 * embedding[item.sample.row, 1]
        assert item.probabilities[1] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-5)
        assert item.explanation.producer == model.producer
        assert item.edition == 2
        assert f"{max(item.probabilities):.2f}" in item.reason or f"{item.probabilities[1]:.2f}" in item.reason


def test_the_history_of_a_sample_tells_under_which_version_its_reason_was_given(project, query_round, graph):
    learn(project, graph, reads=1)
    rerank(project)
    item = query_round.items.filter(state=ITEM.RESERVED).select_related("sample").first()
    asked = [one for one in history_of(item.sample) if one.kind == EventKind.QUEUED]
    assert [one.sentence for one in asked] == [
        "Chosen for round 1, for the expert tier.",
        f"Ranked again at place {item.rank} under version 2.",
    ]
    assert [one.text for one in asked] == ["", item.reason]


def test_ranks_follow_the_new_scores_and_the_control_keeps_its_own(project, query_round, graph):
    control = dict(query_round.items.filter(strategy=CONTROL_STRATEGY).values_list("pk", "rank"))
    assert control
    learn(project, graph, reads=1)
    rerank(project)
    assert dict(query_round.items.filter(strategy=CONTROL_STRATEGY).values_list("pk", "rank")) == control
    rare = query_round.items.filter(state=ITEM.RESERVED, strategy="rare-class").order_by("rank")
    scores = list(rare.values_list("score", flat=True))
    assert scores == sorted(scores, reverse=True)
    last = query_round.items.filter(state=ITEM.RESERVED).exclude(pk__in=control).order_by("rank").last()
    assert last.rank < min(query_round.items.filter(state=ITEM.WITHDRAWN).values_list("rank", flat=True))


def test_the_control_is_refreshed_and_stays_as_likely_as_stated(project, query_round, graph):
    before = dict(query_round.items.filter(strategy=CONTROL_STRATEGY).values_list("pk", "selection_probability"))
    learn(project, graph, reads=1)
    rerank(project)
    after = query_round.items.filter(strategy=CONTROL_STRATEGY, state=ITEM.RESERVED, edition=2)
    assert dict(after.values_list("pk", "selection_probability")) == before


def test_the_same_model_again_would_choose_the_same(project, query_round, graph):
    learn(project, graph, reads=0)
    rerank(project)
    assert query_round.rerankings.get().outbid == 0


def test_what_is_sent_is_refreshed_and_never_outbid(project, query_round, graph):
    send(query_round)
    learn(project, graph, reads=1)
    rerank(project)
    assert set(query_round.items.values_list("state", "edition")) == {(ITEM.SENT, 2)}
    assert query_round.rerankings.get().released == 0
    assert query_round.items.filter(reason__startswith="Chosen before the newest model").exists()
    assert clean(project)


def test_an_answered_item_stays_as_it_was_answered(project, query_round, graph):
    send(query_round, 1, 2)
    first, partly = query_round.items.filter(rank__lte=2).order_by("rank")
    QueueItem.objects.filter(pk=partly.pk).update(answers_wanted=2)
    hear(first, "good")
    hear(QueueItem.objects.get(pk=partly.pk), "good")
    before = [row for row in state_of(query_round) if row[0] in (first.pk, partly.pk)]
    learn(project, graph, reads=1)
    rerank(project)
    assert [row for row in state_of(query_round) if row[0] in (first.pk, partly.pk)] == before


def test_a_blind_item_stays_blind(project, query_round, graph):
    item = query_round.items.filter(strategy=CONTROL_STRATEGY).first()
    query_round.items.filter(pk=item.pk).update(blind=True)
    learn(project, graph, reads=1)
    rerank(project)
    after = QueueItem.objects.get(pk=item.pk)
    assert (after.blind, after.edition) == (True, 2)
    assert after.probabilities != item.probabilities


def test_a_honeypot_is_refreshed_as_the_others_are_and_never_outbid(project, samples, graph, request):
    known = gold(project, 1)[0].sample
    query_round = request.getfixturevalue("query_round")
    item = query_round.items.filter(strategy="margin").order_by("rank").last()
    query_round.items.filter(pk=item.pk).update(honeypot=True, sample=known)
    learn(project, graph, reads=1)
    rerank(project)
    after = QueueItem.objects.get(pk=item.pk)
    assert (after.state, after.edition, after.rank) == (ITEM.RESERVED, 2, item.rank)
    others = query_round.items.filter(honeypot=False, state=ITEM.RESERVED)
    assert after.strategy in others.values_list("strategy", flat=True)
    assert not after.reason.startswith("Chosen before")


def test_what_asks_again_stays_as_it_is(project, query_round, graph):
    item = query_round.items.order_by("rank").last()
    query_round.items.filter(pk=item.pk).update(strategy=ASK_AGAIN)
    before = [row for row in state_of(query_round) if row[0] == item.pk]
    learn(project, graph, reads=1)
    rerank(project)
    assert [row for row in state_of(query_round) if row[0] == item.pk] == before


def test_it_is_done_once_a_round_and_champion(project, query_round, graph):
    learn(project, graph, reads=1)
    rerank(project)
    after = state_of(query_round)
    assert advance(project_id=project.pk) == Step.FILLING
    job = Job.objects.get(kind=Job.Kind.RERANK_ROUND)
    import_string(TASKS[job.kind])(RunningJob(job))
    assert state_of(query_round) == after
    learn(project, graph, reads=2)
    rerank(project)
    assert list(query_round.rerankings.order_by("pk").values_list("model_number", flat=True)) == [2, 3]
    assert clean(project)


def test_the_champion_that_chose_the_round_and_a_round_that_is_not_chosen_yet_ask_for_nothing(project, samples, graph):
    learn(project, graph, reads=0)
    open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=ROUND, model_number=1)
    learn(project, graph, reads=1)
    assert advance(project_id=project.pk) == Step.FILLING
    work(project, Job.Kind.FILL_ROUND)
    assert advance(project_id=project.pk) == Step.RE_RANKING


def test_a_long_run_keeps_no_queue_waiting(project, query_round, graph):
    model = learn(project, graph, reads=1)
    snapshot = Snapshot.objects.create(project=project, content_hash="more", address="", count=9)
    TrainingRun.objects.create(
        project=project, kind="deep", state=TrainingRun.State.RUNNING, snapshot=snapshot, seed=1, spent=Decimal(1)
    )
    assert advance(project_id=project.pk) == Step.TRAINING
    work(project, Job.Kind.RERANK_ROUND)
    assert query_round.rerankings.get().model_number == model.number


def test_a_ranking_that_fails_holds_up_nothing(project, query_round, graph):
    learn(project, graph, reads=1)
    assert advance(project_id=project.pk) == Step.RE_RANKING
    fail_job(claimed(project, Job.Kind.RERANK_ROUND).job, error="The disk is full.")
    assert not blocking_jobs(project.pk).exists()
    send(query_round)
    round_sent(round_id=query_round.pk)
    for item in query_round.items.filter(state=ITEM.SENT):
        hear(item, "good")
    assert advance(project_id=project.pk) != Step.RE_RANKING


def test_a_gold_round_is_not_ranked(project, query_round, graph):
    QueryRound.objects.filter(pk=query_round.pk).update(kind=QueryRound.Kind.GOLD)
    learn(project, graph, reads=1)
    assert advance(project_id=project.pk) == Step.FILLING


class Killed(RunningJob):
    """Dies once the first heatmaps are drawn."""

    def progress(self, done: int, total: int, unit: str = "") -> None:
        raise LeaseLost("Killed.")


def test_a_kill_changes_nothing_and_the_next_attempt_does_the_same(project, query_round, graph):
    learn(project, graph, reads=1)
    before = state_of(query_round)
    advance(project_id=project.pk)
    running = claimed(project, Job.Kind.RERANK_ROUND)
    with pytest.raises(LeaseLost):
        import_string(TASKS[Job.Kind.RERANK_ROUND])(Killed(running.job))
    assert state_of(query_round) == before
    assert advance(project_id=project.pk) == Step.RE_RANKING
    import_string(TASKS[Job.Kind.RERANK_ROUND])(running)
    once = state_of(query_round)
    import_string(TASKS[Job.Kind.RERANK_ROUND])(running)
    assert state_of(query_round) == once != before
    assert query_round.rerankings.count() == 1
    assert clean(project)


def test_what_is_answered_while_it_is_ranked_is_left_alone(project, query_round, graph):
    send(query_round, 1)
    item = query_round.items.get(rank=1)
    learn(project, graph, reads=1)
    advance(project_id=project.pk)

    class Answered(RunningJob):
        def progress(self, done: int, total: int, unit: str = "") -> None:
            hear(item, "good")

    import_string(TASKS[Job.Kind.RERANK_ROUND])(Answered(claimed(project, Job.Kind.RERANK_ROUND).job))
    after = QueueItem.objects.get(pk=item.pk)
    assert (after.state, after.edition, after.probabilities) == (ITEM.ANSWERED, 1, item.probabilities)
    assert clean(project)


def test_the_opinion_is_still_one_from_before_any_answer(project, query_round, graph):
    """Refreshed, an item says what the champion said before the answer; answered, it is never refreshed."""
    send(query_round)
    learn(project, graph, reads=1)
    rerank(project)
    item = query_round.items.order_by("rank").first()
    hear(item, "good")
    learn(project, graph, reads=2)
    rerank(project)
    assert opinions_before([item.sample_id]) == {item.sample_id: item.probabilities}
    assert item.pk not in untouched(query_round).values_list("pk", flat=True)


def test_what_was_refreshed_goes_on_to_be_sent(project, query_round, graph):
    learn(project, graph, reads=1)
    rerank(project)
    Job.objects.filter(kind=Job.Kind.SEND_ROUND).delete()
    work(project, Job.Kind.EXPLAIN_ROUND)
    assert Job.objects.filter(kind=Job.Kind.SEND_ROUND, state=Job.State.QUEUED).exists()
