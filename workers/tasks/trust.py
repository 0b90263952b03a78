"""How far the maps of a method can be trusted on a version. The report's subject is the method's name; its body:

pictures            of gold, on which it was measured
score, over_random, over_centre     intervals, as of `ml.explain.trust.Trust`
deletion, insertion, alike          numbers, of the same
beats_random, depends_on_model      what follows from them
sentences           the same in words
"""

from dataclasses import asdict

import numpy as np

from heedful.core.errors import NotFound
from heedful.registry.models import ModelReport, ModelVersion
from heedful.registry.reports import record_report
from ml.explain.catalogue import find
from ml.explain.method import checked_settings
from ml.explain.trust import measure_trust as measured
from workers.files import CORES, explained
from workers.judged import drawn, on_gold, prepared
from workers.running import RunningJob

MOST_PICTURES = 32


def measure_trust(running: RunningJob) -> None:
    """Raises BrokenMethod, NotExplainable."""
    model = version_of(running)
    method = find(running.arguments["of"])
    gold = on_gold(model)
    rng = np.random.default_rng(model.run.seed)
    rows = drawn(gold.labels, MOST_PICTURES, rng)
    opened = explained(model.graph_address, threads=CORES)
    trust = measured(
        opened,
        method,
        checked_settings(method, {}),
        prepared([gold.samples[row] for row in rows], opened.preprocessing),
        # What it says, right or wrong: that is what a map has to explain.
        gold.probabilities[rows].argmax(axis=1),
        rng=rng,
        on_progress=lambda done, total: running.progress(done, total, "pictures"),
    )
    body = {
        **asdict(trust),
        "beats_random": trust.beats_random,
        "depends_on_model": trust.depends_on_model,
        "sentences": list(trust.sentences),
    }
    record_report(model_id=model.pk, kind=ModelReport.Kind.TRUST, subject=method.name, body=body)


def version_of(running: RunningJob) -> ModelVersion:
    """The version that a report is asked of. Raises NotFound."""
    versions = ModelVersion.objects.select_related("project", "run__snapshot", "backbone")
    found = versions.filter(pk=running.arguments["model_id"]).first()
    if found is None:
        raise NotFound("The version is gone.")
    return found
