"""A round on its way out: every sample once before the experts, the most valuable first, whatever was cut off."""

import re
from html import unescape

import pytest
from django.db.models import F
from django.test import Client

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import withdraw
from heedful.core.errors import LeaseLost
from heedful.core.signing import media_url
from heedful.labeling.label_studio.client import LabelStudio
from heedful.labeling.label_studio.errors import LabelStudioUnavailable
from heedful.labeling.models import LabelingTask
from heedful.labeling.outbox import BATCH, BLIND, begun, send_round
from tests.labeling.sending import draft_there, mirror_of, next_task, ranked_again, ready_round, task_id, tasks_there
from tests.services import free_port

pytestmark = pytest.mark.services


@pytest.fixture
def studio(label_studio, settings):
    settings.LABEL_STUDIO_URL = label_studio.url
    settings.LABEL_STUDIO_WEBHOOK_HOST = f"http://127.0.0.1:{free_port()}"
    return LabelStudio(label_studio.url, label_studio.token)


@pytest.fixture
def query_round(project, tmp_path):
    return ready_round(project, tmp_path, size=4)


def send(query_round, client):
    steps = []
    send_round(round_id=query_round.pk, client=client, on_progress=lambda done, total: steps.append((done, total)))
    return steps


def items_there(server, project):
    return sorted(row["meta"]["queue_item"] for row in tasks_there(server, project))


def test_a_round_becomes_one_task_an_item_and_opens(label_studio, studio, project, query_round):
    steps = send(query_round, studio)
    items = list(query_round.items.order_by("pk"))
    assert items_there(label_studio, project) == [item.pk for item in items]
    assert {item.state for item in items} == {QueueItem.State.SENT}
    assert QueryRound.objects.get().state == QueryRound.State.OPEN
    assert steps[-1] == (4, 4)


def test_a_task_shows_picture_heatmap_reason_and_the_models_view(label_studio, studio, project, query_round):
    send(query_round, studio)
    item = query_round.items.select_related("sample", "explanation").get(rank=2)
    [row] = [row for row in tasks_there(label_studio, project) if row["meta"]["queue_item"] == item.pk]
    shown = row["data"]["viewer_html"]
    assert item.reason in unescape(shown)
    assert re.findall(r'hf-name">(\w+)<.*?hf-percent">(\d+)%', shown) == [("defective", "75"), ("good", "25")]
    pictures = [Client().get(url[url.index("/media/") :]) for url in re.findall(r'src="([^"]+)"', unescape(shown))]
    files = [item.sample.address, item.explanation.overlay_address]
    for picture, address in zip(pictures, files, strict=True):
        with open(address.removeprefix("file://"), "rb") as file:
            assert picture.getvalue() == file.read()
        assert picture["Access-Control-Allow-Origin"] == "*"


def test_the_likeliest_class_is_preselected(label_studio, studio, project, query_round):
    send(query_round, studio)
    defective = str(project.label_classes.get(name="defective").pk)
    for row in tasks_there(label_studio, project):
        [prediction] = row["predictions"]
        assert prediction["result"][0]["value"]["choices"] == [defective]


def test_the_most_valuable_is_served_first(label_studio, studio, project, query_round):
    send(query_round, studio)
    first = query_round.items.order_by("rank").first()
    assert next_task(label_studio, project)["meta"]["queue_item"] == first.pk


def test_a_round_that_was_cut_off_half_way_is_completed_without_doubles(label_studio, studio, project, tmp_path):
    def cut_off(done: int, total: int) -> None:
        raise LeaseLost("Another worker has taken over.")

    query_round = ready_round(project, tmp_path, size=BATCH + 2)
    with pytest.raises(LeaseLost):
        send_round(round_id=query_round.pk, client=studio, on_progress=cut_off)
    assert len(tasks_there(label_studio, project)) == BATCH
    assert send(query_round, studio) == [(BATCH + 2, BATCH + 2)]
    assert items_there(label_studio, project) == sorted(query_round.items.values_list("pk", flat=True))


def test_tasks_that_arrived_before_we_could_note_them_are_found_again(label_studio, studio, project, query_round):
    send(query_round, studio)
    noted = dict(LabelingTask.objects.values_list("item_id", "external_id"))
    LabelingTask.objects.all().delete()
    query_round.items.update(state=QueueItem.State.RESERVED)
    send(query_round, studio)
    assert len(tasks_there(label_studio, project)) == 4
    assert dict(LabelingTask.objects.values_list("item_id", "external_id")) == noted


def test_sending_again_uses_the_same_project_and_follows_our_names(label_studio, studio, project, query_round):
    send(query_round, studio)
    mirror = mirror_of(project).external_id
    project.name = "Renamed"
    project.save()
    send(query_round, studio)
    assert mirror_of(project).external_id == mirror
    assert len(tasks_there(label_studio, project)) == 4


def test_a_withdrawn_item_is_not_sent(label_studio, studio, project, query_round):
    item = query_round.items.get(rank=1)
    withdraw(project_id=project.pk, item_id=item.pk)
    send(query_round, studio)
    assert item.pk not in items_there(label_studio, project)


def test_without_label_studio_nothing_is_taken_for_sent(project, query_round):
    nowhere = LabelStudio(f"http://127.0.0.1:{free_port()}", "0" * 40, timeout=2)
    with pytest.raises(LabelStudioUnavailable):
        send(query_round, nowhere)
    assert set(query_round.items.values_list("state", flat=True)) == {QueueItem.State.RESERVED}
    assert QueryRound.objects.get().state == QueryRound.State.FILLING


def test_what_was_ranked_again_shows_what_the_champion_says(label_studio, studio, project, query_round, tmp_path):
    send(query_round, studio)
    before = {row["id"]: row["meta"] for row in tasks_there(label_studio, project)}
    ranked_again(query_round, tmp_path)
    send(query_round, studio)
    rows = tasks_there(label_studio, project)
    assert {row["id"]: row["meta"] for row in rows} == before
    good = str(project.label_classes.get(name="good").pk)
    for row in rows:
        item = query_round.items.select_related("explanation").get(pk=row["meta"]["queue_item"])
        shown = unescape(row["data"]["viewer_html"])
        assert item.reason == row["data"]["reason"]
        assert item.reason in shown
        assert re.findall(r'hf-name">(\w+)<.*?hf-percent">(\d+)%', shown) == [("good", "90"), ("defective", "10")]
        assert shown.count(media_url(item.explanation.overlay_address).split("?")[0]) == 1
        [prediction] = row["predictions"]
        assert prediction["result"][0]["value"]["choices"] == [good]
    first = query_round.items.order_by("rank").first()
    assert next_task(label_studio, project)["meta"]["queue_item"] == first.pk
    assert set(LabelingTask.objects.values_list("edition", flat=True)) == {2}


def test_what_somebody_has_begun_is_not_changed_under_their_hands(label_studio, studio, project, query_round, tmp_path):
    send(query_round, studio)
    begun_by_one = query_round.items.get(rank=2)
    draft_there(label_studio, task_id(begun_by_one))
    assert begun(query_round, client=studio) == {begun_by_one.pk}
    ranked_again(query_round, tmp_path)
    send(query_round, studio)
    [row] = [row for row in tasks_there(label_studio, project) if row["meta"]["queue_item"] == begun_by_one.pk]
    assert row["data"]["reason"] == begun_by_one.reason
    assert LabelingTask.objects.get(item=begun_by_one).edition == 1


def test_a_blind_task_stays_blind_when_it_is_ranked_again(label_studio, studio, project, query_round, tmp_path):
    query_round.items.update(blind=True)
    send(query_round, studio)
    ranked_again(query_round, tmp_path)
    send(query_round, studio)
    for row in tasks_there(label_studio, project):
        assert row["data"]["reason"] == BLIND
        assert not re.search("champion|hf-percent|hf-over", row["data"]["viewer_html"])
        assert [one["result"] for one in row["predictions"]] == [[]]


def test_a_task_that_arrived_unnoted_before_the_ranking_is_brought_up_to_date(
    label_studio, studio, project, query_round, tmp_path
):
    send(query_round, studio)
    LabelingTask.objects.all().delete()
    query_round.items.update(state=QueueItem.State.RESERVED)
    ranked_again(query_round, tmp_path)
    send(query_round, studio)
    assert all("champion" in row["data"]["reason"] for row in tasks_there(label_studio, project))
    assert len(tasks_there(label_studio, project)) == 4


def test_what_is_outbid_is_not_sent(label_studio, studio, project, query_round, tmp_path):
    last = query_round.items.get(rank=4)
    ranked_again(query_round, tmp_path, lost=[last.pk])
    send(query_round, studio)
    assert items_there(label_studio, project) == sorted(
        query_round.items.filter(state=QueueItem.State.SENT).values_list("pk", flat=True)
    )
    assert QueueItem.objects.get(pk=last.pk).ended_because == QueueItem.Ending.OUTBID


def test_a_plan_with_gaps_in_its_ranks_is_sent(label_studio, studio, project, query_round):
    query_round.items.update(rank=F("rank") + 10)
    send(query_round, studio)
    assert next_task(label_studio, project)["meta"]["queue_item"] == query_round.items.get(rank=11).pk


def test_the_page_of_an_item_is_known_once_it_is_sent(browser, label_studio, studio, project, query_round):
    address = f"/api/projects/{project.pk}/queue"
    assert {item["label_studio_url"] for item in browser.get(address).json()["items"]} == {None}
    send(query_round, studio)
    first = browser.get(address).json()["items"][0]
    task = task_id(QueueItem.objects.get(pk=first["id"]))
    page = f"{label_studio.url}/projects/{mirror_of(project).external_id}/data?task={task}"
    assert first["label_studio_url"] == page
