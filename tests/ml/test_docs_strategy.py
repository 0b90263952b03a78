"""The strategy of docs/extend.md, as a package would bring it, chooses a round."""

import re
import sys
import tomllib
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from ml.strategies import catalogue
from ml.strategies.candidates import Candidates
from ml.strategies.catalogue import find
from ml.strategies.recipes import mixture
from ml.strategies.selection import select

EXTEND = Path(__file__).parents[2] / "docs" / "extend.md"


def _block(language, opening):
    """The example that begins with this line."""
    blocks = re.findall(rf"```{language}\n(.*?)```", EXTEND.read_text(), flags=re.DOTALL)
    [found] = [block for block in blocks if block.startswith(opening)]
    return found


@pytest.fixture
def installed(monkeypatch):
    module = ModuleType("our_strategies")
    exec(_block("python", "# our_strategies.py"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    declared = tomllib.loads(_block("toml", '[project.entry-points."heedful.strategies"]'))
    group, named = declared["project"]["entry-points"].popitem()
    points = EntryPoints(EntryPoint(name, value, group) for name, value in named.items())
    monkeypatch.setattr(catalogue, "entry_points", lambda group: points.select(group=group))
    find.cache_clear()
    yield
    find.cache_clear()


def test_the_documented_strategy_fills_a_round_and_gives_its_reason(installed):
    rng = np.random.default_rng(0)
    pool = Candidates(
        ids=np.arange(60),
        embeddings=rng.normal(size=(60, 4)).astype(np.float32),
        probabilities=rng.dirichlet(np.ones(3), 60).astype(np.float32),
        classes=("good", "cracked", "dirty"),
    )
    before = pool.probabilities.copy()
    plan = mixture({"second-guess": 1}, target=1, n_classes=3, control_share=0.0)
    choices = select(pool, plan, size=10, rng=rng)
    seconds = np.sort(before, axis=1)[:, -2]
    assert {choice.sample_id for choice in choices} == set(np.argsort(-seconds)[:10].tolist())
    assert all(choice.reason.endswith("is much for a second guess.") for choice in choices)
    assert np.array_equal(pool.probabilities, before)
