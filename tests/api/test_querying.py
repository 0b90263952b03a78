"""The manager chooses how samples are chosen; the page shows what there is and what a round used."""

import pytest

from heedful.accounts.models import AuditEntry
from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import open_round
from heedful.projects import recipes as shown
from heedful.projects.recipes import recipes
from tests.factories import make_pool, queue


def change(browser, project, plan):
    return browser.patch(f"/api/projects/{project.pk}", {"query_plan": plan}, content_type="application/json")


def look(browser, project):
    return browser.get(f"/api/projects/{project.pk}/query-plan").json()


def test_a_project_begins_in_the_usual_way_and_may_choose_any_recipe(browser, project):
    found = look(browser, project)
    assert found["plan"] == {"kind": "usual", "parts": []}
    assert {one["name"] for one in found["recipes"]} == set(recipes())
    assert all(one["sentence"].endswith(".") for one in found["recipes"])
    assert found["used"] is None


def test_a_mixture_is_kept_with_shares_that_sum_to_one_and_is_audited(browser, project):
    plan = {"kind": "mixture", "parts": [{"recipe": "badge", "share": 30}, {"recipe": "look-alike", "share": 10}]}
    changed = change(browser, project, plan)
    assert changed.status_code == 200, changed.json()
    kept = {
        "kind": "mixture",
        "parts": [{"recipe": "badge", "share": 0.75}, {"recipe": "look-alike", "share": 0.25}],
    }
    assert changed.json()["query_plan"] == look(browser, project)["plan"] == kept
    entry = AuditEntry.objects.filter(project=project, action=AuditEntry.Action.SETTINGS).latest("pk")
    assert (entry.before, entry.after) == ({"query_plan": None}, {"query_plan": kept})


def test_auto_needs_no_parts_and_usual_takes_it_back(browser, project):
    assert change(browser, project, {"kind": "auto", "parts": [{"recipe": "margin"}]}).json()["query_plan"] == {
        "kind": "auto",
        "parts": [],
    }
    assert change(browser, project, {"kind": "usual"}).json()["query_plan"] == {"kind": "usual", "parts": []}
    project.refresh_from_db()
    assert project.query_plan is None


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({"kind": "recipe", "parts": []}, "Choose one recipe"),
        ({"kind": "recipe", "parts": [{"recipe": "margin"}, {"recipe": "bald"}]}, "Choose one recipe"),
        ({"kind": "mixture", "parts": []}, "A mixture needs a recipe."),
        ({"kind": "mixture", "parts": [{"recipe": "tarot"}]}, "There is no recipe called tarot"),
        ({"kind": "mixture", "parts": [{"recipe": "bald"}, {"recipe": "bald"}]}, "BALD is in the mixture"),
        ({"kind": "mixture", "parts": [{"recipe": "bald", "share": 0}]}, "share above 0"),
        ({"kind": "mixture", "parts": [{"recipe": "bald", "share": -1}]}, "share above 0"),
        ({"kind": "mixture", "parts": [{"recipe": name} for name in list(recipes())[:13]]}, "at most 12"),
        ({"kind": "guess"}, "kind"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(browser, project, plan, says):
    refused = change(browser, project, plan)
    assert refused.status_code == 422
    assert says in refused.json()["message"]
    assert refused.json()["field"].startswith("query_plan")
    assert look(browser, project)["plan"]["kind"] == "usual"


def test_an_installed_package_adds_a_recipe(browser, project, monkeypatch):
    from importlib.metadata import EntryPoint, EntryPoints

    theirs = EntryPoints([EntryPoint("tarot", "cards:draw", shown.ENTRY_POINTS)])
    monkeypatch.setattr(shown, "entry_points", lambda group: theirs.select(group=group))
    recipes.cache_clear()
    try:
        assert change(browser, project, {"kind": "recipe", "parts": [{"recipe": "tarot"}]}).status_code == 200
        assert look(browser, project)["recipes"][0]["from_package"] == "cards:draw"
    finally:
        recipes.cache_clear()


def test_the_newest_round_says_how_it_chose(browser, project):
    make_pool(project, size=10)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=5, model_number=None)
    asked_by = {
        "kind": "auto",
        "slots": [{"slot": "badge", "share": 0.6}, {"slot": "gone", "share": 0.3}],
        "left_out": ["look-alike"],
        "arms": [{"recipe": "badge", "mean": 0.4, "deviation": 0.1}],
    }
    advice = {"size": 12, "redundancy": 0.2, "sentence": "About 12 samples a round."}
    QueryRound.objects.filter(pk=opened.pk).update(plan={"asked_by": asked_by, "advice": advice}, strategy="60% badge")
    used = look(browser, project)["used"]
    assert used["shares"] == [
        {"recipe": "badge", "title": "BADGE", "share": 0.6},
        {"recipe": "gone", "title": "gone", "share": 0.3},
    ]
    assert used["control_share"] == pytest.approx(0.1)
    assert used["left_out"] == ["Hard negatives: look-alikes"]
    assert used["arms"][0]["low"] == pytest.approx(0.204)
    assert used["advice"] == advice


def test_an_item_shows_the_sample_that_betrays_it(browser, project):
    samples = make_pool(project, size=3)
    item = queue(project, samples[:1])[0]
    QueueItem.objects.filter(pk=item.pk).update(neighbour=samples[2])
    shown_item = browser.get(f"/api/projects/{project.pk}/queue/{item.pk}").json()
    assert shown_item["neighbour"]["sample_id"] == samples[2].pk
    assert shown_item["neighbour"]["label"] is None
    assert "/media/" in shown_item["neighbour"]["picture_url"]
