"""What a quick run makes of its labels: a head that learned from each as far as it is sure, calibrated on gold."""

import numpy as np

from heedful.pool.models import Sample
from heedful.quality.models import Label
from heedful.quality.services import labeled_samples, read_snapshot
from ml.heads import LinearHead
from ml.training.calibration import calibrated
from ml.training.head import HeadConfig
from tests.workers.quick_runs import GOLD, WRONG, learned
from workers.labeled import labels_of
from workers.terms import Terms, learn_head


def same(one: LinearHead, other: LinearHead) -> bool:
    return all(np.allclose(mine, theirs) for mine, theirs in zip(one.calibrated, other.calibrated, strict=True))


def test_the_head_that_a_run_leaves_is_calibrated_on_gold(project, embedded):
    run, left = learned(project)
    labeled, gold = read_snapshot(run.snapshot), labeled_samples(project_id=project.pk, role=Sample.Role.GOLD)
    rng = np.random.default_rng(run.seed)
    bare = learn_head(embedded[GOLD:], labeled, Terms.of(run), config=HeadConfig(), rng=rng).head
    assert same(left, calibrated(bare, embedded[:GOLD], labels_of(gold)))
    assert not same(left, bare)
    bad = labels_of(gold).mean()
    assert abs(left.probabilities(embedded[:GOLD])[:, 1].mean() - bad) < 0.1
    assert bare.probabilities(embedded[:GOLD])[:, 1].mean() > bad + 0.2


def test_the_head_that_a_run_leaves_believes_a_label_as_far_as_it_is_sure(project, embedded):
    (first, sure), doubted = learned(project), project.samples.order_by("pk")[GOLD:WRONG]
    Label.objects.filter(sample__in=[one.pk for one in doubted]).update(quality=0.55)
    second, unsure = learned(project)
    assert first.seed == second.seed
    said = labels_of(read_snapshot(second.snapshot))[: WRONG - GOLD]
    before, after = (
        one.probabilities(embedded[GOLD:WRONG])[np.arange(len(said)), said].mean() for one in (sure, unsure)
    )
    assert after < before - 0.02
