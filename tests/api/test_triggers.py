"""Rules over the API: what a manager may state, what is refused and why, the log, and the dry run."""

from heedful.accounts.models import AuditEntry
from heedful.pool.models import Source
from heedful.triggers.measuring import record_drift
from heedful.triggers.services import evaluate_rules, train_now
from tests.training import finished, label, rule


def rules(browser, project):
    return browser.get(f"/api/projects/{project.pk}/rules").json()


def send(browser, method, project, path="", **body):
    url = f"/api/projects/{project.pk}/rules{path}"
    return getattr(browser, method)(url, data=body, content_type="application/json")


def dry_run(browser, project, *rules):
    url = f"/api/projects/{project.pk}/dry-run"
    return browser.post(url, data={"rules": rules}, content_type="application/json")


def test_a_rule_is_added_changed_switched_off_and_deleted(browser, ready, owner):
    added = send(browser, "post", ready, kind="label_count", parameters={"labels": 50})
    assert added.status_code == 201
    body = added.json()
    assert (body["words"], body["due"], body["described"]) == ("2 of 50 new labels", False, "50 new labels")
    assert body["share"] == 0.04
    path = f"/{body['id']}"
    changed = send(browser, "put", ready, path, kind="label_count", parameters={"labels": 4}, run_kind="deep")
    assert (changed.json()["run_kind"], changed.json()["words"]) == ("deep", "2 of 4 new labels")
    off = send(browser, "put", ready, path, kind="label_count", parameters={"labels": 4}, enabled=False)
    assert off.json()["enabled"] is False
    assert send(browser, "delete", ready, path).status_code == 204
    assert rules(browser, ready)["rules"] == []
    assert send(browser, "delete", ready, path).status_code == 404
    assert AuditEntry.objects.filter(project=ready, action="rule", by=owner).count() >= 4


def test_the_page_learns_every_kind_with_its_parameters(browser, ready):
    kinds = {one["kind"]: one for one in rules(browser, ready)["kinds"]}
    assert kinds["quick_gain"]["run_kinds"] == ["deep"]
    [labels] = kinds["label_count"]["parameters"]
    assert (labels["name"], labels["unit"], labels["default"], labels["whole"]) == ("labels", "labels", 20, True)
    assert all(one["title"] and one["sentence"] for one in kinds.values())


def test_a_refusal_names_the_field_and_the_fix(browser, ready):
    refused = send(browser, "post", ready, kind="label_count", parameters={"labels": 0})
    assert refused.status_code == 422
    assert refused.json()["field"] == "labels"
    assert "a whole number from 1 to 1,000,000" in refused.json()["message"]
    good, bad = {"kind": "time"}, {"kind": "drift", "parameters": {"against": "moon"}}
    refused = dry_run(browser, ready, good, bad)
    assert (refused.status_code, refused.json()["field"]) == (422, "rules.1.against")
    assert refused.json()["message"] == "Rule 2: Against: choose pool or training."


def test_the_log_tells_rules_from_people_and_what_a_run_took(browser, ready, owner):
    rule(ready, "label_count", labels=2)
    finished(evaluate_rules(ready), cost=1.0, seconds=30)
    browser.patch(f"/api/projects/{ready.pk}", data={"compute_price": "1.20"}, content_type="application/json")
    ready.refresh_from_db()
    label(ready, "good")
    train_now(project=ready, kind="quick", by=owner)
    page = browser.get(f"/api/projects/{ready.pk}/firings").json()
    by_hand, by_rule = page["items"]
    assert page["count"] == 2
    assert (by_hand["kind"], by_hand["sentence"]) == (None, f"Started by {owner}")
    assert (by_hand["expected_seconds"], by_hand["expected_price"]) == (30.0, "0.0100")
    assert (by_rule["kind"], by_rule["took_seconds"], by_rule["model_number"]) == ("label_count", 30.0, 1)
    expected = {one["run_kind"]: one for one in rules(browser, ready)["expected"]}
    assert expected["quick"] == {"run_kind": "quick", "runs": 1, "seconds": 30.0, "price": "0.0100"}
    assert expected["deep"]["seconds"] is None


def test_a_dry_run_says_when_and_after_how_many_labels_and_stores_nothing(browser, ready):
    label(ready, *["good"] * 6)
    said = dry_run(browser, ready, {"kind": "label_count", "parameters": {"labels": 4}}).json()
    assert [(one["labels"], one["sentence"], one["rule"]) for one in said["firings"]] == [
        (4, "4 new labels (rule: 4 new labels)", 0),
        (8, "4 new labels (rule: 4 new labels)", 0),
    ]
    assert (said["rules_fired"], said["by_hand"], said["cut"]) == (0, 0, False)
    assert rules(browser, ready)["rules"] == []
    assert not ready.runs.exists()


def test_imports_are_listed_with_what_was_tested_or_why_nothing_was(browser, ready, owner):
    run = train_now(project=ready, kind="quick", by=owner)
    model = finished(run, cost=1.0)
    test = {"value": 0.3, "p": 0.0001}
    for name, body in (("Monday", {"reason": "Too few."}), ("Tuesday", {"scores_pool": test, "new": 40, "old": 60})):
        source = Source.objects.create(project=ready, kind=Source.Kind.FOLDER, name=name, address="", state="done")
        record_drift(source=source, model=model, body=body)
    newest, oldest = browser.get(f"/api/projects/{ready.pk}/drift").json()
    assert newest["tests"] == [{"looks_at": "scores", "against": "pool", **test}]
    assert (oldest["name"], oldest["reason"], oldest["tests"]) == ("Monday", "Too few.", [])
