"""Labels asked again at a shown price, and what a version had learned from that is like a sample."""

import numpy as np
import pytest

from heedful.acquisition.models import ASK_AGAIN, QueueItem
from heedful.budgets.models import Budget
from heedful.pool.models import ShardArtifact
from tests.trained import make_trained
from workers.files import load_array


@pytest.fixture
def model(project, tmp_path, predictor):
    return make_trained(project, tmp_path / "pictures", size=80)


def test_what_a_version_learned_nearest_to_a_sample_is_told(browser, model, project):
    gold, known = project.samples.gold().order_by("pk")[4], list(project.samples.exclude(role="gold"))
    address = f"/api/projects/{project.pk}/models/{model.number}/nearest"
    found = browser.get(f"{address}/{gold.pk}?most=5").json()
    rows = load_array(ShardArtifact.objects.get(kind=ShardArtifact.Kind.EMBEDDINGS).address)
    directions = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    apart = {one.pk: 1 - float(directions[one.row] @ directions[gold.row]) for one in known}
    assert [one["sample_id"] for one in found] == sorted(apart, key=apart.__getitem__)[:5]
    assert found[0]["distance"] == pytest.approx(min(apart.values()), abs=1e-5)
    assert found[0]["label"]["name"] in ("good", "defective")
    itself = browser.get(f"{address}/{known[0].pk}?most=50").json()
    assert len(itself) == len(known) - 1
    assert browser.get(f"{address}/0").status_code == 404


def test_what_is_not_embedded_has_no_neighbours(browser, model, project):
    ShardArtifact.objects.all().delete()
    answer = browser.get(f"/api/projects/{project.pk}/models/1/nearest/{project.samples.first().pk}")
    assert (answer.status_code, "is not embedded under small" in answer.json()["message"]) == (409, True)


def test_labels_are_asked_again_for_the_money_that_was_shown(browser, model, project):
    address = f"/api/projects/{project.pk}/ask-again"
    pool, gold = project.samples.exclude(role="gold")[:2], project.samples.gold().first()
    wanted = [one.pk for one in pool]
    shown = browser.get(address, {"samples": [*wanted, gold.pk]}).json()
    assert shown["open"] == wanted
    (tier,) = shown["tiers"]
    held = Budget.objects.get(project=project).reserved
    done = browser.post(address, {"samples": wanted, "tier_id": tier["id"]}, content_type="application/json").json()
    assert float(done["reserved"]) == 2 * float(tier["price"])
    assert float(done["left"]) == float(shown["left"][0]) - float(done["reserved"])
    assert Budget.objects.get(project=project).reserved - held == float(done["reserved"])
    assert QueueItem.objects.filter(strategy=ASK_AGAIN, round__number=done["round_number"]).count() == 2
    refused = browser.post(address, {"samples": [gold.pk], "tier_id": tier["id"]}, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (422, "samples")
