"""What a version was trained and judged on, told with it and with its point of the curve."""

from tests.registry.versions import make_version


def shown(browser, project, path):
    return browser.get(f"/api/projects/{project.pk}/{path}").json()


def changed(model, **terms):
    model.run.terms = terms
    model.run.save()


def judged(project):
    model = make_version(project, spent=10, cost=1, labels=20)
    model.verdict = {"promote": True, "sentences": [], "probability_cheaper": None, "cost_difference": None}
    model.save()
    return model


def worded(browser, project):
    return [{one["name"]: one["says"] for one in model["terms"]} for model in shown(browser, project, "models")]


def test_the_defaults_are_told_too(browser, project):
    judged(project)
    [terms] = worded(browser, project)
    assert terms == {
        "Mistakes cost": "good taken for defective 5.00 USD; defective taken for good 100.00 USD",
        "One class in training": "none",
        "One class in evaluation": "none",
        "Loss": "every class weighs alike",
        "Sampling": "every labeled sample once",
        "Weak labels": "none",
    }


def test_what_was_chosen_is_told_as_it_was_when_the_run_started(browser, project):
    model = judged(project)
    imbalance = {"loss": {"weights": "effective_number", "focal_gamma": 2}, "sampling": {"method": "under"}}
    changed(model, imbalance=imbalance, training=[[0, 1]], evaluation=[[0, 1]], weak="abc")
    model.run.kind, model.run.terms = "deep", {**model.run.terms, "augmentation": {"mode": "searched"}}
    model.run.report = {"priors": {"labels": [0.7, 0.3], "gold": [0.9, 0.1], "pool": [0.88, 0.12], "warning": None}}
    model.run.save()
    [terms] = worded(browser, project)
    assert terms["Mistakes cost"] == "nothing, all classes are one"
    assert terms["One class in training"] == terms["One class in evaluation"] == "good or defective"
    assert "beta 0.99" in terms["Loss"]
    assert "gamma 2" in terms["Loss"]
    assert terms["Sampling"] == "of a frequent class a random part, at most 3 times the rarest"
    assert (terms["Weak labels"], terms["Changed pictures"]) == (
        "there were some to begin from",
        "searched for by the run",
    )
    assert "defective 30% of the labels, 10% of gold, 12% of the pool" in terms["Share of each class"]


def test_the_curve_says_which_classes_were_one_when_each_version_was_judged(browser, project):
    make_version(project, spent=10, cost=1, labels=20)
    changed(make_version(project, spent=20, cost=0.5, labels=40), evaluation=[[0, 1]])
    points = shown(browser, project, "curve")["points"]
    assert [one["evaluation_merges"] for one in points] == [[], ["good or defective"]]
