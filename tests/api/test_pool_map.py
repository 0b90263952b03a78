"""The map of the pool over the API, and what people mark on it."""

import numpy as np
import pytest

from heedful.accounts.models import AuditEntry
from heedful.acquisition.models import ASKED_FIRST, QueryRound
from heedful.jobs.models import Job
from heedful.pool.models import Priority, SetAside
from heedful.quality.models import Label
from heedful.registry.services import enqueue_scoring
from tests.factories import queue
from tests.trained import make_trained
from workers.first import put_first
from workers.runner import run_job

COLUMNS = (
    ("x", "<f4"),
    ("y", "<f4"),
    ("uncertainty", "<f4"),
    ("id", "<u4"),
    ("round", "<u2"),
    ("source", "<u2"),
    ("label", "u1"),
    ("predicted", "u1"),
    ("state", "u1"),
)


@pytest.fixture
def model(project, tmp_path):
    return make_trained(project, tmp_path / "pictures", size=100)


def decoded(content, size):
    found, at = {}, 0
    for name, kind in COLUMNS:
        found[name] = np.frombuffer(content, kind, size, at)
        at += found[name].nbytes
    assert at == len(content)
    return found


def mark(client, project, samples, kind):
    body = {"samples": [one.pk for one in samples], "mark": kind}
    return client.post(f"/api/projects/{project.pk}/marks", body, content_type="application/json")


def test_every_sample_is_a_point(browser, project, model):
    address = f"/api/projects/{project.pk}/map"
    before = browser.get(address).json()
    assert (before["size"], before["missing"], before["live"]) == (0, 100, False)
    assert browser.get(f"{address}/points").status_code == 404
    assert browser.post(address).json()["live"]
    run_job.apply(kwargs={"job_id": Job.objects.latest("pk").pk}, throw=True)
    after = browser.get(address).json()
    assert (after["size"], after["missing"], after["stale"]) == (100, 0, False)
    assert 0 <= after["kept"] <= 1
    points = decoded(browser.get(f"{address}/points").content, 100)
    assert sorted(points["id"].tolist()) == sorted(project.samples.values_list("pk", flat=True))
    labels = dict(Label.objects.values_list("sample_id", "label_class__position"))
    assert [labels[pk] for pk in points["id"].tolist()] == points["label"].tolist()
    assert np.isnan(points["uncertainty"]).all()
    assert (points["predicted"] == 255).all()
    assert (points["state"] & 1).sum() == 60
    enqueue_scoring(model=model, shard=project.shards.get())
    run_job.apply(kwargs={"job_id": Job.objects.latest("pk").pk}, throw=True)
    scored = decoded(browser.get(f"{address}/points").content, 100)
    assert set(scored["predicted"].tolist()) == {0, 1}
    assert 0 <= scored["uncertainty"].min() <= scored["uncertainty"].max() <= 0.5
    assert ((scored["state"] & 2) > 0).tolist() == (scored["label"] != scored["predicted"]).tolist()
    assert after["sources"][points["source"][0]] == project.sources.get().name


def test_excluded_samples_are_no_candidates_until_that_is_taken_back(browser, project, model):
    chosen = list(project.samples.filter(role="pool").order_by("pk")[:3])
    Label.objects.filter(sample__in=chosen).delete()
    assert project.samples.candidates().count() == 3
    assert mark(browser, project, chosen[:2], "exclude").json()["set_aside"] == 2
    assert list(project.samples.candidates()) == chosen[2:]
    assert mark(browser, project, chosen[:1], "clear").json()["set_aside"] == 1
    assert project.samples.candidates().count() == 2
    assert AuditEntry.objects.filter(action="samples_marked").count() == 2


def test_what_is_foreign_is_asked_about_once_a_person_says_so(browser, project, model):
    (one,) = project.samples.filter(role="pool").order_by("pk")[:1]
    Label.objects.filter(sample=one).delete()
    SetAside.objects.create(sample=one, why="foreign", score=0.9, threshold=0.4, model_number=1)
    told = browser.get(f"/api/projects/{project.pk}/marks").json()
    assert (told["foreign"], told["items"][0]["score"]) == (1, 0.9)
    assert project.samples.candidates().count() == 0
    mark(browser, project, [one], "clear")
    assert list(project.samples.candidates()) == [one]
    assert SetAside.objects.get().allowed


def test_what_is_put_first_takes_the_first_places_of_a_round(browser, project, model):
    wanted = list(project.samples.filter(role="pool").order_by("pk")[:3])
    assert mark(browser, project, wanted, "first").json()["first"] == 3
    query_round = QueryRound.objects.create(project=project, number=1, kind="query", strategy="", size=2)
    first = put_first(query_round, [], model)
    assert [one.sample_id for one in first] == [one.pk for one in wanted[:2]]
    assert {(one.strategy, one.selection_probability) for one in first} == {(ASKED_FIRST, 1.0)}
    assert first[0].reason == "Put first by owner@example.com."
    # Whoever answers is shown what the champion says of it, as of any other.
    assert sum(first[0].probabilities) == pytest.approx(1)
    assert put_first(query_round, [], None)[0].probabilities is None


def test_what_was_asked_is_wanted_no_more(browser, project, model):
    wanted = list(project.samples.filter(role="pool").order_by("pk")[:3])
    Label.objects.filter(sample__in=wanted).delete()
    mark(browser, project, wanted, "first")
    queue(project, wanted[:1])
    assert {one.sample for one in Priority.objects.all()} == set(wanted[1:])
    assert browser.get(f"/api/projects/{project.pk}/marks").json()["first"] == 2


@pytest.mark.parametrize("kind", ["first", "exclude"])
def test_gold_is_not_marked(browser, project, model, kind):
    answer = mark(browser, project, [project.samples.filter(role="gold").first()], kind)
    assert (answer.status_code, answer.json()["field"]) == (422, "samples")
    assert "is gold" in answer.json()["message"]
