"""Weak labels by the API: what is known of each source, and what only those may do who run the project."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from heedful.jobs.models import Job
from heedful.pool.models import Sample, WeakLabel, WeakSource
from heedful.pool.weak.sources import apply_source
from tests.accounts.people import logged_in, member
from tests.factories import hear, queue
from workers.running import RunningJob
from workers.tasks.weak import weigh

CODE = "def label(sample):\n    return 'good' if sample.width < 100 else None\n"


def address(project, rest=""):
    return f"/api/projects/{project.pk}/weak-labels{rest}"


def upload(client, project, text, *, name="Scribbles", file="labels.csv", path="/tables", **fields):
    body = {"file": SimpleUploadedFile(file, text.encode()), "name": name, "key": "name", "label": "class", **fields}
    return client.post(address(project, path), body)


def send(client, project, path, method="post", **body):
    return getattr(client, method)(address(project, path), json.dumps(body), content_type="application/json")


def work(project):
    """What the workers would do now."""
    for job in Job.objects.filter(kind=Job.Kind.APPLY_WEAK_SOURCE):
        apply_source(source_id=job.arguments["source_id"], on_progress=lambda done, total: None)
    for job in Job.objects.filter(kind=Job.Kind.WEIGH_WEAK_LABELS):
        weigh(RunningJob(job))


def table(said):
    return "name,class\n" + "".join(f"{number}.png,{name}\n" for number, name in said.items())


def test_before_there_is_any_source_it_says_so(browser, project, pool):
    Sample.objects.filter(pk=pool[0].pk).update(metadata={"maker": "a"})
    shown = browser.get(address(project)).json()
    assert (shown["sources"], shown["together"], shown["pool"]) == ([], None, 30)
    assert (shown["metadata_keys"], shown["functions_allowed"]) == (["maker"], True)


def test_a_table_is_looked_into_imported_run_and_held_against_experts(browser, project, pool):
    look = browser.post(
        address(project, "/tables/look"), {"file": SimpleUploadedFile("l.csv", b"name,class\n0.png,good")}
    )
    assert look.json() == {
        "columns": ["name", "class"],
        "key": "name",
        "label": "class",
        "confidence": "",
        "rows": [{"name": "0.png", "class": "good"}],
    }
    for item in queue(project, pool[:10]):
        hear(item, "good" if item.sample_id % 2 else "defective")
    truth = {sample.name[:-4]: "good" if sample.pk % 2 else "defective" for sample in pool}
    said = {number: name if int(number) else "defective" for number, name in truth.items()}
    made = upload(browser, project, table(said) + "x.png,good\n", claimed_accuracy="0.7")
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    assert "address" not in made.json()["settings"]
    work(project)
    shown = browser.get(address(project)).json()
    [source] = shown["sources"]
    assert (source["state"], source["labeled"], source["refused"]) == ("done", 30, 1)
    judged = source["judged"]
    assert judged["right"]["of"] == 10
    assert judged["right"]["right"] >= 9
    assert judged["right"]["share"]["low"] < 0.9
    assert (judged["counts"], judged["contradicts"], judged["shared"]) == (True, False, 0)
    assert [one["named"] for one in judged["classes"]] == [said_of(said, "good"), said_of(said, "defective")]
    assert shown["together"]["samples"] == 30
    assert sum(shown["together"]["expected"]) == pytest.approx(30, abs=0.01)
    refusals = browser.get(address(project, f"/{source['id']}/refusals")).json()
    assert [(one["row"], one["name"]) for one in refusals["items"]] == [(31, "x.png")]


def said_of(said, name):
    return list(said.values()).count(name)


def test_a_source_that_contradicts_everything_is_reported_and_counts_for_nothing(browser, project, pool):
    for item in queue(project, pool[:20]):
        hear(item, "good" if item.sample_id % 2 else "defective")
    wrong = {sample.name[:-4]: "defective" if sample.pk % 2 else "good" for sample in pool}
    right = {sample.name[:-4]: "good" if sample.pk % 2 else "defective" for sample in pool}
    upload(browser, project, table(wrong), name="Wrong")
    upload(browser, project, table(right), name="Right")
    work(project)
    shown = {one["name"]: one["judged"] for one in browser.get(address(project)).json()["sources"]}
    assert (shown["Wrong"]["contradicts"], shown["Wrong"]["counts"]) == (True, False)
    assert (shown["Right"]["contradicts"], shown["Right"]["counts"]) == (False, True)
    assert [(one["shared"], one["conflicting"]) for one in (shown["Wrong"], shown["Right"])] == [(30, 30), (0, 0)]
    assert browser.get(address(project)).json()["together"]["sources"] == 1


def test_a_sample_shows_what_each_source_says_of_it_beside_the_experts(browser, project, pool):
    def of(sample):
        return browser.get(f"/api/projects/{project.pk}/samples/{sample.pk}").json()

    assert of(pool[0])["weak"] is None
    truth = {sample.name[:-4]: "good" if sample.pk % 2 else "defective" for sample in pool}
    for item in queue(project, pool[:20]):
        hear(item, truth[item.sample.name[:-4]])
    number = pool[0].name[:-4]
    mistaken = "defective" if truth[number] == "good" else "good"
    upload(browser, project, table(truth | {number: mistaken}), name="Mistaken once")
    upload(browser, project, table({pool[1].name[:-4]: "good"}), name="Names one")
    assert of(pool[2])["weak"]["together"] is None
    work(project)
    shown = of(pool[0])
    [vote] = shown["weak"]["votes"]
    assert (shown["label"]["label"]["name"], vote["label"]["name"]) == (truth[number], mistaken)
    assert (vote["source"], vote["counts"], vote["confidence"]) == ("Mistaken once", True, None)
    assert (vote["right"]["right"], vote["right"]["of"]) == (19, 20)
    assert vote["right_here"]["of"] - vote["right_here"]["right"] == 1
    assert 0.7 < vote["estimate"] < 1
    assert shown["weak"]["silent"] == ["Names one"]
    likeliest, other = shown["weak"]["together"]
    assert (likeliest["label_class"]["name"], likeliest["probability"] > 0.6) == (mistaken, True)
    assert likeliest["probability"] + other["probability"] == pytest.approx(1, abs=1e-5)


def test_a_table_without_the_column_is_refused_by_the_field(browser, project):
    refused = upload(browser, project, "name,class\n", label="kind")
    assert (refused.status_code, refused.json()["field"]) == (422, "label")
    assert upload(browser, project, "x", file="l.xlsx").json()["field"] == "file"
    assert not WeakSource.objects.exists()


def test_a_function_is_tried_on_samples_then_saved_and_run(browser, project, pool):
    shown = send(browser, project, "/functions/preview", code=CODE).json()
    assert len(shown) == 20
    assert {one["said"] for one in shown} == {"good"}
    assert send(browser, project, "/functions", name="Small", code=CODE).status_code == 201
    work(project)
    assert WeakLabel.objects.filter(label_class__name="good").count() == 30


def test_a_function_that_does_not_compile_names_the_line(browser, project, pool):
    refused = send(browser, project, "/functions/preview", code="def label(sample)\n")
    assert (refused.status_code, refused.json()["field"]) == (422, "code")
    assert refused.json()["message"].startswith("Line 1: SyntaxError")


def test_sources_are_switched_off_run_again_and_deleted(browser, project, pool):
    source = upload(browser, project, table({0: "good"})).json()
    work(project)
    off = send(browser, project, f"/{source['id']}", "patch", enabled=False)
    assert off.json()["enabled"] is False
    work(project)
    assert browser.get(address(project)).json()["together"] is None
    assert send(browser, project, f"/{source['id']}/run").json()["state"] == "waiting"
    assert browser.delete(address(project, f"/{source['id']}")).status_code == 204
    assert browser.get(address(project)).json()["sources"] == []
    assert browser.delete(address(project, f"/{source['id']}")).status_code == 404


def test_viewers_see_and_change_nothing(project, pool, owner):
    viewer = logged_in(member(project, "viewer"))
    assert viewer.get(address(project)).status_code == 200
    assert upload(viewer, project, table({0: "good"})).status_code == 403
    assert send(viewer, project, "/functions/preview", code=CODE).status_code == 403
