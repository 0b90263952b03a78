"""How sure labels are goes with them into training."""

import numpy as np

from heedful.pool.models import Sample
from heedful.quality.models import Label
from heedful.quality.services import content_hash, labeled_samples, read_snapshot, take_snapshot
from tests.answering import asked, gold, said, weigh
from tests.factories import tier_of
from workers.labeled import sureness_of


def test_a_run_learns_from_each_label_as_far_as_it_is_sure(staffed, settings, tmp_path):
    settings.ARTIFACT_ROOT = f"file://{tmp_path}"
    weak = tier_of(staffed, "weak").pk
    certain, doubtful = asked(staffed, staffed.samples.order_by("pk")[:2], tier_id=weak)
    said(certain, (1, "good"))
    said(doubtful, (11, "good"), (12, "good"), (13, "defective"))
    weigh(staffed)
    quality = Label.objects.get(sample=doubtful.sample).quality
    frozen = read_snapshot(take_snapshot(project=staffed))
    assert [one.sample_id for one in frozen] == [certain.sample_id, doubtful.sample_id]
    assert np.allclose(sureness_of(frozen), [1, quality], atol=0.006)
    assert 0.5 < quality < 1


def test_labels_that_became_surer_are_other_labels_to_train_on(staffed):
    (item,) = asked(staffed, staffed.samples.all()[:1], answers=3)
    said(item, (11, "good"), (12, "defective"))
    weigh(staffed)
    before = labeled_samples(project_id=staffed.pk, role=Sample.Role.POOL)
    said(item, (13, (before[0].position and "defective") or "good"))
    weigh(staffed)
    after = labeled_samples(project_id=staffed.pk, role=Sample.Role.POOL)
    assert after[0].position == before[0].position
    assert content_hash(after) != content_hash(before)


def test_gold_is_what_models_are_held_against_and_counts_as_certain(staffed):
    gold(staffed, 2)
    weigh(staffed)
    assert {one.sureness for one in labeled_samples(project_id=staffed.pk, role=Sample.Role.GOLD)} == {1}
