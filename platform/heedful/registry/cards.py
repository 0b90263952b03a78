"""The model card: one page that says what a version is, what it rests on, how good it is, and what it is not for.

After Mitchell et al., 2019. HTML that stands alone, and the same as PDF. A section of which nothing is known says what
to do for it.
"""

import base64
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Avg
from django.template.loader import render_to_string
from django.utils import timezone
from PIL import Image, ImageFile

from heedful import __version__
from heedful.budgets.models import Budget
from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.core.money import worded
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.quality.services import read_snapshot
from heedful.registry.models import ModelReport, ModelVersion

KIND = ModelReport.Kind
SHOWN = 6
SIDE = 160
STRENGTH = 0.65
"""Opacity of the hottest spot of a map over its picture."""


def card_html(model: ModelVersion) -> str:
    return render_to_string("registry/card.html", _card(model))


def card_pdf(model: ModelVersion) -> bytes:
    """The same page, for paper. Raises Conflict where the libraries that set it are missing."""
    strict = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        from weasyprint import HTML
    except OSError as error:
        raise Conflict(
            "PDF needs Pango on the server: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
            " The card as HTML needs nothing."
        ) from error
    finally:
        # WeasyPrint has Pillow take pictures that are cut short; what is imported to the pool is not.
        ImageFile.LOAD_TRUNCATED_IMAGES = strict
    # All that the page shows is in it; nothing is fetched.
    content: bytes = HTML(string=card_html(model), url_fetcher=_refuse).write_pdf()
    return content


def _refuse(url: str) -> Any:
    if url.startswith("data:"):
        from weasyprint import default_url_fetcher

        return default_url_fetcher(url)
    raise ValueError(f"A model card fetches nothing, and not {url}.")


def _card(model: ModelVersion) -> dict[str, Any]:
    project = model.project
    reports = {(one.kind, one.subject): one.body for one in model.reports.all()}
    comparisons = [body for (kind, _), body in reports.items() if kind == KIND.COMPARISON]
    names = [one.name for one in project.classes()]
    errors = reports.get((KIND.ERRORS, ""))
    return {
        "model": model,
        "project": project,
        "made": timezone.now(),
        "heedful": __version__,
        "data": _data(project),
        "labels": _labels(model, names),
        "money": _money(model),
        "metrics": _metrics(model, names),
        "costs": _costs(project, names),
        "verdict": model.verdict.get("sentences", []),
        "slices": _slices(errors),
        "errors": errors,
        "maps": _maps(errors, names),
        "attention": reports.get((KIND.ATTENTION, "")),
        "trust": [(subject, body) for (kind, subject), body in reports.items() if kind == KIND.TRUST],
        "robustness": reports.get((KIND.ROBUSTNESS, "")),
        "comparison": comparisons[-1] if comparisons else None,
        "notes": project.card_notes,
    }


def _data(project: Project) -> list[tuple[str, str]]:
    samples = Sample.objects.filter(project=project)
    sources = Counter(samples.values_list("source__name", flat=True))
    gold = samples.gold()
    return [
        ("Samples", f"{samples.count():,}"),
        ("Sources", ", ".join(f"{name} ({count:,})" for name, count in sources.most_common(8))),
        ("Gold, drawn at random, never trained on", f"{gold.count():,}"),
        ("Gold with a label", f"{gold.filter(label__isnull=False).count():,}"),
    ]


def _labels(model: ModelVersion, names: Sequence[str]) -> list[tuple[str, str]]:
    snapshot = model.run.snapshot
    learned = Counter(names[one.position] for one in read_snapshot(snapshot))
    gold = Label.objects.filter(sample__project=model.project, sample__role=Sample.Role.GOLD)
    agreement = gold.aggregate(mean=Avg("quality"))["mean"]
    told = [
        ("Learned from", f"{snapshot.count:,} labels"),
        ("By class", ", ".join(f"{name}: {learned[name]:,}" for name in names)),
        ("Hash of these labels", snapshot.content_hash),
    ]
    if agreement is not None:
        told.append(("Sureness of gold labels, mean", f"{agreement:.0%}"))
    return told


def _money(model: ModelVersion) -> list[tuple[str, str]]:
    budget: Budget = model.project.budget
    spent = model.run.spent
    told = [("Spent on labels until then", worded(spent, budget.currency))]
    gold = model.evaluation.gold_size if hasattr(model, "evaluation") else 0
    if labels := model.run.snapshot.count + gold:
        told.append(("A label, on average, gold among them", worded(spent / labels, budget.currency)))
    return told


def _metrics(model: ModelVersion, names: Sequence[str]) -> list[tuple[str, str]]:
    if not hasattr(model, "evaluation"):
        return []
    metrics = model.evaluation.metrics
    currency = model.project.budget.currency
    told = [(f"Expected cost a sample ({currency})", _interval(metrics["expected_cost"]))]
    told.append(("Calibration error", _interval(metrics["calibration_error"])))
    if metrics.get("macro_f1"):
        told.append(("Macro-F1", _interval(metrics["macro_f1"])))
    for measure, said in (("recall", "Finds"), ("average_precision", "Average precision")):
        found = zip(names, metrics.get(measure) or [], strict=False)
        told += [(f"{said}: {name}", _interval(one)) for name, one in found if one]
    return told


def _costs(project: Project, names: Sequence[str]) -> list[tuple[str, str]]:
    currency = project.budget.currency
    return [
        (f"{names[true]} called {names[called]}", worded(amount, currency))
        for true, row in enumerate(project.decision_costs())
        for called, amount in enumerate(row)
        if amount
    ]


def _slices(errors: Mapping[str, Any] | None) -> list[dict[str, str]]:
    gold = (errors or {}).get("sets", {}).get("gold", {})
    return [
        {
            "name": " and ".join(f"{column} {value}" for column, value in one["conditions"]),
            "size": f"{one['size']:,}",
            "error": _share(one["error"]),
        }
        for one in gold.get("worst", [])[:SHOWN]
    ]


def _maps(errors: Mapping[str, Any] | None, names: Sequence[str]) -> list[dict[str, str]]:
    """The dearest mistakes, with what spoke for them."""
    gold = (errors or {}).get("sets", {}).get("gold", {})
    wrong = [one for one in gold.get("samples", []) if one["label"] != one["predicted"]]
    return [
        {
            "picture": _overlay(one["picture_address"], one["heat_address"]),
            "said": f"{names[one['label']]} called {names[one['predicted']]}",
        }
        for one in wrong[:SHOWN]
    ]


def _overlay(picture_address: str, heat_address: str) -> str:
    """The picture under its map, small, written into the page."""
    with artifacts.open_binary(picture_address) as stream, artifacts.open_binary(heat_address) as warm:
        picture = Image.open(stream).convert("RGB")
        heat = Image.open(warm).convert("RGBA")
        picture.thumbnail((SIDE, SIDE))
        heat = heat.resize(picture.size)
        picture.paste(heat, mask=heat.getchannel("A").point(lambda value: int(value * STRENGTH)))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def _interval(one: Mapping[str, float]) -> str:
    return f"{one['value']:.3g} ({one['low']:.3g} to {one['high']:.3g})"


def _share(one: Mapping[str, float]) -> str:
    return f"{one['value']:.0%} ({one['low']:.0%} to {one['high']:.0%})"
