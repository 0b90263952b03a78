"""How far maps can be trusted, and whether it is the object that a model looks at, where both are known."""

import numpy as np
import pytest

from ml.explain.attention import LEAST_PICTURES, as_grids, attention_of
from ml.explain.catalogue import find
from ml.explain.method import Method, Target, checked_settings
from ml.explain.trust import deletion_and_insertion, measure_trust
from tests.ml.planted import CLASSES, MARKED, SIZE, opened, pictures


class Blob(Method):
    """Points at the middle, whatever the model and the picture."""

    name, title, sentence, paper = "blob", "Blob", "the middle", "nobody"

    def maps(self, model, image, targets, settings, *, on_progress=None):
        along = np.exp(-(np.linspace(-2, 2, 32) ** 2))
        return np.stack([np.outer(along, along)] * len(targets)).astype(np.float32)


@pytest.fixture(scope="module", params=[False, True], ids=["clean", "marked"])
def planted(request, tmp_path_factory):
    return opened(tmp_path_factory.mktemp("planted"), marked=request.param), pictures(48, seed=4, marked=request.param)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("planted"))


def trust_of(model, method, count=12):
    shown = pictures(count, seed=3)
    rng = np.random.default_rng(0)
    return measure_trust(model, method, checked_settings(method, {}), shown.images, shown.labels, rng=rng)


def test_a_map_of_the_object_beats_its_opposite(model):
    shown = pictures(9, seed=3)
    for image, label, inside in zip(shown.images, shown.labels, shown.inside, strict=True):
        good = deletion_and_insertion(model, image, int(label), inside.astype(np.float32))
        bad = deletion_and_insertion(model, image, int(label), 1 - inside.astype(np.float32))
        assert good[1] - good[0] > bad[1] - bad[0]


def test_activation_is_trusted_and_a_blob_is_not(model):
    activation, blob = trust_of(model, find("activation")), trust_of(model, Blob())
    assert activation.beats_random
    assert activation.depends_on_model
    assert activation.over_centre.low > 0
    assert not blob.depends_on_model
    assert blob.alike == pytest.approx(1)
    assert abs(blob.over_centre.value) < 0.05
    assert "Hardly changes" in blob.sentences[1]
    assert trust_of(model, find("activation")) == activation


def test_a_watermark_is_found_with_its_class_and_place(planted):
    model, shown = planted
    method, rng = find("activation"), np.random.default_rng(0)
    maps = [
        method.maps(model, image, [Target(int(label))], {})[0]
        for image, label in zip(shown.images, shown.labels, strict=True)
    ]
    grids, marked = as_grids(maps), shown.marks.any()
    alarms = {}
    for target, name in enumerate(CLASSES):
        rows = shown.labels == target
        found = attention_of(model, target, shown.images[rows], grids[rows], grids[~rows], regions=None, rng=rng)
        assert found.pictures >= LEAST_PICTURES
        alarms[name] = found.alarm(name)
    assert [name for name, said in alarms.items() if said] == ([CLASSES[MARKED]] if marked else [])
    if marked:
        assert "upper left corner" in alarms[CLASSES[MARKED]]


def test_heat_outside_of_what_people_marked_is_told(model):
    shown = pictures(24, seed=6)
    method, rng = find("activation"), np.random.default_rng(0)
    rows = shown.labels == 0
    grids = as_grids([method.maps(model, image, [Target(0)], {})[0] for image in shown.images[rows]])
    small = shown.inside[rows].reshape(-1, 16, SIZE // 16, 16, SIZE // 16).mean(axis=(2, 4)) > 0.5
    told = [
        attention_of(model, 0, shown.images[rows], grids, grids[:0], regions=regions, rng=rng)
        for regions in (small, ~small)
    ]
    assert told[0].inside > 2 * told[0].area
    assert told[0].alarm("crosses") == ""
    assert "outside of its marked regions" in told[1].alarm("crosses")
