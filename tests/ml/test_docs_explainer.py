"""The method of docs/extend.md, as a package would bring it, explains a picture."""

import sys
import tomllib
from importlib.metadata import EntryPoint, EntryPoints
from types import ModuleType

import numpy as np
import pytest

from ml.errors import BadSetting, BrokenMethod
from ml.explain import catalogue
from ml.explain.catalogue import find, names
from ml.explain.method import Target, checked_settings, schema
from tests.ml.planted import opened, pictures
from tests.ml.test_docs_strategy import _block


@pytest.fixture
def installed(monkeypatch):
    module = ModuleType("our_explainers")
    exec(_block("python", "# our_explainers.py"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    declared = tomllib.loads(_block("toml", '[project.entry-points."heedful.explainers"]'))
    _, named = declared["project"]["entry-points"].popitem()
    named["broken"] = "our_explainers:Nothing"
    points = EntryPoints(EntryPoint(name, value, catalogue.ENTRY_POINTS) for name, value in named.items())
    monkeypatch.setattr(catalogue, "entry_points", lambda group: points.select(group=group))
    find.cache_clear()
    yield
    find.cache_clear()


def test_the_documented_method_looks_where_the_class_is(installed, tmp_path):
    assert names()[-1] == "shuffle"
    method, model, shown = find("shuffle"), opened(tmp_path), pictures(6, seed=2)
    settings = checked_settings(method, {"cells": 16})
    shares = []
    for image, label, inside in zip(shown.images, shown.labels, shown.inside, strict=True):
        found = method.maps(model, image, [Target(int(label))], settings)[0]
        heat = np.maximum(found, 0).repeat(4, axis=0).repeat(4, axis=1)
        shares.append(heat[inside].sum() / max(heat.sum(), 1e-9))
    assert np.mean(shares) > 2 * shown.inside.mean()
    assert schema(method)["settings"][0]["maximum"] == 32
    with pytest.raises(BadSetting, match="cells: 64 is not between"):
        checked_settings(method, {"cells": 64})


def test_a_package_that_brings_none_is_told_of(installed):
    with pytest.raises(BrokenMethod, match="our_explainers:Nothing cannot be loaded"):
        find("broken")
