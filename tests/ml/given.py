"""A pool with labels and a model, made by seed: all that any strategy may ask for."""

import numpy as np

from ml.geometry import unit_length
from ml.heads import HeadEnsemble, LinearHead
from ml.strategies.evidence import Evidence
from ml.strategies.strategy import Picking, Scoring

CLASSES = 3
WIDTH = 6


def some_head(rng, width=WIDTH, classes=CLASSES):
    return LinearHead(
        rng.normal(size=(classes, width)).astype(np.float32), rng.normal(size=classes).astype(np.float32), 1.0
    )


def some_evidence(seed, m=30, width=WIDTH, classes=CLASSES):
    """Labels of every class, and every class mistaken for the target 1 at least once."""
    rng = np.random.default_rng([seed, 1])
    labels = np.concatenate((np.arange(classes), rng.integers(0, classes, m - classes)))
    said = np.where(rng.random(m) < 0.5, 1, labels)
    said[labels == 0] = 1
    return Evidence(
        ids=np.arange(m) + 50_000,
        embeddings=rng.normal(size=(m, width)).astype(np.float32),
        labels=labels,
        said=said,
        costs=rng.random((classes, classes)) * (1 - np.eye(classes)),
        names=[f"sample {number}" for number in range(m)],
        head=some_head(rng, width, classes),
        ensemble=HeadEnsemble(tuple(some_head(rng, width, classes) for _ in range(4))),
    )


def scoring(n, seed, *, evidence=None, rows=slice(None), target=1, width=WIDTH, classes=CLASSES):
    rng = np.random.default_rng(seed)
    evidence = evidence or some_evidence(seed, width=width, classes=classes)
    embeddings = rng.normal(size=(n, width)).astype(np.float32)[rows]
    return Scoring(
        n=len(embeddings),
        probabilities=evidence.head.probabilities(embeddings),
        target=target,
        rng=np.random.default_rng([seed, 2]),
        embeddings=embeddings,
        evidence=evidence,
        members=evidence.ensemble.probabilities(embeddings),
    )


def picking(embeddings, size, seed, *, labeled=None, classes=CLASSES):
    rng = np.random.default_rng([seed, 3])
    return Picking(
        size=size,
        embeddings=embeddings,
        labeled=labeled,
        rng=np.random.default_rng(seed),
        probabilities=some_head(rng, embeddings.shape[1], classes).probabilities(embeddings),
        target=1,
    )


def cosines(a, b):
    return unit_length(a).astype(np.float64) @ unit_length(b).astype(np.float64).T
