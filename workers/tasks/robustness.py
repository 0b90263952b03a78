"""What fools a version, on the file that ships and on gold. The report's body:

currency, pictures, clean       expected cost a sample, interval; on so many pictures
right                           share decided right, clean
corruptions                     of each: name, and severities: severity, cost, rise (over clean, paired; intervals),
                                right (share), picture_address, and what that picture is called: predicted,
                                probability
mean_rise                       of the cost a sample, over all corruptions and severities
noise                           epsilon (of a pixel's range), flips (share of decisions that change)
attacks                         empty with `no_attacks` saying why; else name, epsilon, right, cost
nonsense                        of nothing, of gold in disorder, and of other things: share (called something
                                surely), sure (the probability above which half of the right answers lie), tried, and
                                shown: name, predicted, probability, picture_address, foreign
foreign                         threshold, passing, auroc (nonsense above ordinary samples), energy_auroc, caught (share
                                of nonsense above the threshold)
sentences
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from PIL import Image

from heedful.core import artifacts
from heedful.registry.models import ModelReport, ModelVersion
from heedful.registry.reports import record_report
from ml.arrays import Costs, Images, Labels, Pixels, Probabilities
from ml.errors import NotExplainable
from ml.evaluation.bootstrap import mean_interval
from ml.evaluation.decisions import decide
from ml.evaluation.outliers import auroc, energy
from ml.evaluation.robustness.attacks import fgsm, pgd, random_noise
from ml.evaluation.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupted
from ml.evaluation.robustness.nonsense import of_nothing, of_other_things, scrambled
from ml.explain.model import ExplainedModel
from ml.inference.embedding import pixels
from ml.inference.preprocessing import normalised
from workers.files import CORES, explained, source
from workers.foreign import foreign_of
from workers.inspecting import encoded
from workers.judged import drawn, on_gold
from workers.running import RunningJob
from workers.tasks.trust import version_of
from workers.terms import Terms

MOST_PICTURES, MOST_ATTACKED = 160, 48
EPSILONS = (1 / 255, 2 / 255, 4 / 255, 8 / 255)
SMALL_NOISE = 4 / 255
NONSENSE = 24
BATCH = 16


def measure_robustness(running: RunningJob) -> None:
    model = version_of(running)
    body = robustness(running, model)
    record_report(model_id=model.pk, kind=ModelReport.Kind.ROBUSTNESS, body=body)


def robustness(running: RunningJob, model: ModelVersion) -> dict[str, Any]:
    opened, terms = explained(model.graph_address, threads=CORES), Terms.of(model.run)
    gold, rng = on_gold(model), np.random.default_rng(model.run.seed)
    rows = drawn(gold.labels, MOST_PICTURES, rng)
    labels = gold.labels[rows]
    seen = [pixels(source(gold.samples[row].address), opened.preprocessing.size) for row in rows]
    steps = len(CORRUPTIONS) + 3
    clean = opened.scores(_prepared(opened, seen), "probabilities")
    costs = terms.costs[labels, decide(clean, terms.costs)]
    made = []
    for done, name in enumerate(CORRUPTIONS):
        made.append(_corruption(model, opened, terms, name, seen, labels, costs))
        running.progress(done + 1, steps, "ways of fooling it")
    attacks, why = _attacks(opened, terms, _prepared(opened, seen[:MOST_ATTACKED]), labels[:MOST_ATTACKED])
    running.progress(steps - 1, steps, "ways of fooling it")
    noisy = opened.scores(random_noise(opened, _prepared(opened, seen), SMALL_NOISE, rng), "probabilities")
    flips = float((decide(noisy, terms.costs) != decide(clean, terms.costs)).mean())
    odd = _nonsense(model, opened, seen, clean, labels, rng)
    rise = float(np.mean([one["rise"]["value"] for kind in made for one in kind["severities"]]))
    body: dict[str, Any] = {
        "currency": model.project.budget.currency,
        "pictures": len(rows),
        "clean": asdict(mean_interval(costs, rng=rng, labels=labels)),
        "right": float((decide(clean, terms.costs) == labels).mean()),
        "corruptions": made,
        "mean_rise": rise,
        "noise": {"epsilon": SMALL_NOISE, "flips": flips},
        "attacks": attacks,
        "no_attacks": why,
        **odd,
    }
    return {**body, "sentences": _sentences(body)}


def _corruption(
    model: ModelVersion,
    opened: ExplainedModel,
    terms: Terms,
    name: str,
    seen: list[Pixels],
    labels: Labels,
    clean: Costs,
) -> dict[str, Any]:
    told = []
    for severity in SEVERITIES:
        # A picture that is made brighter at first is so at each severity, and turned the same way.
        rng = np.random.default_rng(model.run.seed)
        worse = [corrupted(one, name, severity, rng) for one in seen]
        said = opened.scores(_prepared(opened, worse), "probabilities")
        decided = decide(said, terms.costs)
        costs = terms.costs[labels, decided]
        address = _kept(model, f"{name}-{severity}", worse[0])
        told.append(
            {
                "severity": severity,
                "cost": asdict(mean_interval(costs, rng=rng, labels=labels)),
                "rise": asdict(mean_interval(costs - clean, rng=rng, labels=labels)),
                "right": float((decided == labels).mean()),
                "picture_address": address,
                "predicted": opened.classes[int(decided[0])],
                "probability": float(said[0, decided[0]]),
            }
        )
    return {"name": name, "severities": told}


def _attacks(opened: ExplainedModel, terms: Terms, images: Images, labels: Labels) -> tuple[list[dict[str, Any]], str]:
    told = []
    try:
        for name, attack in (("FGSM", fgsm), ("PGD", pgd)):
            for epsilon in EPSILONS:
                parts = [
                    attack(opened, images[at : at + BATCH], labels[at : at + BATCH], epsilon)
                    for at in range(0, len(images), BATCH)
                ]
                # By the file that ships, not by the module that the gradients came from.
                decided = decide(opened.scores(np.concatenate(parts), "probabilities"), terms.costs)
                told.append(
                    {
                        "name": name,
                        "epsilon": epsilon,
                        "right": float((decided == labels).mean()),
                        "cost": float(terms.costs[labels, decided].mean()),
                    }
                )
    except NotExplainable as error:
        return [], str(error)
    return told, ""


def _nonsense(
    model: ModelVersion,
    opened: ExplainedModel,
    seen: list[Pixels],
    clean: Probabilities,
    labels: Labels,
    rng: np.random.Generator,
) -> dict[str, Any]:
    side = opened.preprocessing.size
    odd = [("scrambled", scrambled(one, rng)) for one in seen[:NONSENSE]]
    for make in (of_nothing, of_other_things):
        made: list[tuple[str, Pixels]] = []
        while len(made) < NONSENSE:
            made += make(side, rng).items()
        odd += made[:NONSENSE]
    images = _prepared(opened, [one for _, one in odd])
    said = opened.scores(images, "probabilities")
    right = clean.argmax(axis=1) == labels
    sure = float(np.median(clean.max(axis=1)[right])) if right.any() else 1.0
    top = said.max(axis=1)
    foreign, passing = foreign_of(model), 1 - model.project.foreign_share
    threshold = foreign.threshold(passing)
    ordinary, strange = (opened.embeddings(one) for one in (_prepared(opened, seen), images))
    scores = foreign.scores(strange)
    energies = [energy(opened.scores(one, "logits")) for one in (_prepared(opened, seen), images)]
    shown = np.argsort(-top, kind="stable")[:12].tolist()
    return {
        "nonsense": {
            "share": float((top >= sure).mean()),
            "sure": sure,
            "tried": len(odd),
            "shown": [
                {
                    "name": odd[row][0],
                    "predicted": opened.classes[int(said[row].argmax())],
                    "probability": float(top[row]),
                    "foreign": bool(scores[row] > threshold),
                    "picture_address": _kept(model, f"nonsense-{row}", odd[row][1]),
                }
                for row in shown
            ],
        },
        "foreign": {
            "threshold": threshold,
            "passing": passing,
            "auroc": auroc(foreign.scores(ordinary), scores),
            "energy_auroc": auroc(*energies),
            "caught": float((scores > threshold).mean()),
        },
    }


def _prepared(opened: ExplainedModel, seen: list[Pixels]) -> Images:
    return np.stack([normalised(one, opened.preprocessing) for one in seen])


def _kept(model: ModelVersion, name: str, shown: Pixels) -> str:
    address = artifacts.url("robustness", str(model.project_id), model.content_hash[:32], f"{name}.webp")
    artifacts.write(address, encoded(Image.fromarray(shown), "WEBP"))
    return address


def _sentences(body: Mapping[str, Any]) -> list[str]:
    every = [(one["rise"]["value"], kind["name"], one) for kind in body["corruptions"] for one in kind["severities"]]
    _, name, one = max(every, key=lambda found: found[0])
    odd, foreign = body["nonsense"], body["foreign"]
    said = [
        f"Decides {body['right']:.0%} right as it is, and {one['right']:.0%} under the worst of 40 corruptions:"
        f" {name}, severity {one['severity']}.",
        f"Noise of {255 * body['noise']['epsilon']:.0f} of 255 levels changes {body['noise']['flips']:.0%} of its"
        " decisions.",
    ]
    if body["attacks"]:
        worst = min(body["attacks"], key=lambda attack: (attack["right"], attack["epsilon"]))
        said.append(
            f"{worst['name']} of {255 * worst['epsilon']:.0f} of 255 levels, which nobody sees, leaves"
            f" {worst['right']:.0%} right."
        )
    said.append(
        f"Is as sure of {odd['share']:.0%} of nonsense pictures as of right answers; the guard takes"
        f" {foreign['caught']:.0%} of them for foreign (AUROC {foreign['auroc']:.2f})."
    )
    return said
