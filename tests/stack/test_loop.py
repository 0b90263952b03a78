"""The whole product as processes: the loop on real pictures, and whatever kills a part of it.

Two projects go round the same pool: one undisturbed; in the other, each part is killed while it works.
"""

import os
import signal

import pytest

from heedful.acquisition.models import QueueItem
from heedful.demo.cells import DEFECTIVE, GOOD
from tests.stack.loops import ROUNDS, experts, start_loop
from tests.stack.running import children

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]

# Three shards, as SHARD_SIZE cuts them.
PICTURES = {"good": 250, "defective": 70, "gold_size": 40}
# The rounds by number.
GOLD, FIRST = 1, 2


@pytest.fixture(scope="module")
def undisturbed(heedful):
    """The books of a loop in which nothing went wrong."""
    loop = start_loop(heedful, "undisturbed", **PICTURES)
    with experts(loop):
        loop.finish()
    return loop.books()


@pytest.fixture(scope="module")
def loop(heedful):
    """The loop that is disturbed; it goes on by itself while the tests watch for their moment."""
    loop = start_loop(heedful, "disturbed", **PICTURES)
    with experts(loop):
        yield loop


def assert_all_is_in_order(books):
    assert books["mismatches"] == []
    assert books["charges"] == books["paid"] > 0
    assert set(books["states"]) <= {QueueItem.State.ANSWERED, QueueItem.State.SKIPPED}
    assert books["unread"] == 0
    assert books["without_heatmap"] == 0
    assert [job for job in books["jobs"] if job["state"] == "failed"] == []


def test_the_loop_closes_on_real_pictures(undisturbed):
    assert_all_is_in_order(undisturbed)
    assert undisturbed["rounds"] == ROUNDS
    assert undisturbed["champion"] == 1
    assert {job["attempt"] for job in undisturbed["jobs"]} == {1}


def test_a_worker_killed_while_it_embeds_costs_one_shard(heedful, loop):
    def embedding():
        states = {job["state"] for job in loop.jobs("embed_shard")}
        return {"running", "done"} <= states

    heedful.until(embedding)
    os.kill(heedful.process("heavy@"), signal.SIGKILL)
    loop.until(lambda now: now["queue"]["round_number"] == GOLD)
    attempts = sorted(job["attempt"] for job in loop.jobs("embed_shard"))
    assert attempts == [1, 1, 2]


def test_no_answer_is_lost_or_paid_twice_when_the_web_server_is_killed(heedful, loop):
    loop.until_answered(GOLD, 5)
    os.kill(heedful.process("heedful.conf.wsgi"), signal.SIGKILL)
    loop.until(lambda now: now["queue"]["round_number"] > GOLD)
    assert loop.answered(GOLD) == 40


def test_a_round_goes_on_when_label_studio_restarts(heedful, loop):
    loop.until_answered(FIRST, 2)
    os.kill(heedful.process("label-studio"), signal.SIGTERM)
    loop.until(lambda now: now["queue"]["round_number"] > FIRST)
    assert loop.answered(FIRST) == 12


def test_a_training_run_whose_process_is_killed_is_taken_over(heedful, loop):
    heedful.until(lambda: [job for job in loop.jobs("train_head") if job["state"] == "running"])
    # The pool's process alone, as the kernel does when memory runs out.
    [process] = children(heedful.process("heavy@"))
    os.kill(process, signal.SIGKILL)
    loop.finish()
    [job] = loop.jobs("train_head")
    assert (job["state"], job["attempt"]) == ("done", 2)


def test_a_loop_that_was_killed_everywhere_ends_as_the_undisturbed_one(loop, undisturbed):
    loop.finish()
    books = loop.books()
    assert_all_is_in_order(books)
    for figure in ("rounds", "samples", "champion"):
        assert books[figure] == undisturbed[figure]
    assert books["asked"][0] == undisturbed["asked"][0]
    assert books["asked"][1] == undisturbed["asked"][1]
    known = {name: DEFECTIVE if grade else GOOD for name, grade in loop.grades.items()}
    assert books["labels"].items() <= known.items()
