"""A project's weak labels as arrays: how good each source is, and what all of them say together of each sample."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from heedful.core import artifacts
from heedful.pool.models import WeakSource
from heedful.pool.weak.labels import given_labels
from heedful.projects.models import Project
from heedful.quality.weak import BY_VOTES, Truth, truths
from ml.arrays import Indices
from ml.consensus.answers import Matrix
from ml.consensus.dawid_skene import UNKNOWN
from ml.consensus.label_model import ABSTAIN, Combined, Judged, combine, judge

# A source that says how sure it is counts as so many: where it is less sure, middling, and surer.
PARTS = 3
ENOUGH_FOR_PARTS = 60


@dataclass(frozen=True, slots=True)
class Votes:
    """said: (n_samples, n_sources) classes or ABSTAIN; confidence: the same shape, NaN where a source has none."""

    sources: list[WeakSource]
    sample_ids: list[int]
    said: Indices
    confidence: Matrix


@dataclass(frozen=True, slots=True)
class Weighed:
    """counting: the places of the sources that are enabled and do not contradict the truth; combined: what they say
    together, None where there is none."""

    votes: Votes
    judged: list[Judged]
    counting: list[int]
    combined: Combined | None


def read_votes(project: Project) -> Votes:
    sources = list(project.weak_sources.order_by("pk"))
    of_source = {source.pk: place for place, source in enumerate(sources)}
    given = given_labels(project.pk)
    sample_ids = sorted({one.sample_id for one in given})
    of_sample = {sample_id: place for place, sample_id in enumerate(sample_ids)}
    said = np.full((len(sample_ids), len(sources)), ABSTAIN, np.int64)
    confidence = np.full(said.shape, np.nan)
    rows = np.array([of_sample[one.sample_id] for one in given], np.int64)
    columns = np.array([of_source[one.source_id] for one in given], np.int64)
    said[rows, columns] = [one.position for one in given]
    confidence[rows, columns] = [np.nan if one.confidence is None else one.confidence for one in given]
    return Votes(sources, sample_ids, said, confidence)


def weigh(project: Project, *, known: Mapping[int, int] | None = None) -> Weighed:
    """known: {sample: class} that experts have said; without it what they have said by now, gold aside."""
    votes, said_truly = read_votes(project), truths(project.pk)
    n_classes = project.label_classes.count()
    judged = _judge(votes, said_truly, n_classes)
    counting = [place for place, source in enumerate(votes.sources) if source.enabled and not judged[place].contradicts]
    counting = [place for place in counting if (votes.said[:, place] != ABSTAIN).any()]
    if not counting:
        return Weighed(votes, judged, [], None)
    if known is None:
        known = {sample_id: one.position for sample_id, one in said_truly.items() if not one.gold}
    columns, claimed = _columns(votes, counting)
    combined = combine(
        columns,
        claimed,
        n_classes,
        known=np.array([known.get(sample_id, UNKNOWN) for sample_id in votes.sample_ids], np.int64),
    )
    return Weighed(votes, judged, counting, combined)


def _judge(votes: Votes, said_truly: Mapping[int, Truth], n_classes: int) -> list[Judged]:
    found_so_far = np.bincount([one.position for one in said_truly.values()], minlength=n_classes) + 1.0
    frequencies = np.asarray(found_so_far / found_so_far.sum(), np.float64)
    true = np.array([said_truly[one].position if one in said_truly else UNKNOWN for one in votes.sample_ids], np.int64)
    found = []
    for place, source in enumerate(votes.sources):
        checked = (votes.said[:, place] != ABSTAIN) & (true != UNKNOWN)
        found.append(judge(votes.said[checked, place], true[checked], frequencies, source.claimed_accuracy))
    return found


def _columns(votes: Votes, counting: list[int]) -> tuple[Indices, list[float]]:
    """What counts, as the label model takes it: a source that says how sure it is, in parts."""
    columns, claimed = [], []
    for place in counting:
        said, sure = votes.said[:, place], votes.confidence[:, place]
        part: Indices = np.zeros(len(said), np.int64)
        if np.isfinite(sure).sum() >= ENOUGH_FOR_PARTS:
            edges = np.unique(np.nanquantile(sure, np.arange(1, PARTS) / PARTS))
            part = np.digitize(sure, edges).astype(np.int64)
        for number in np.unique(part[said != ABSTAIN]).tolist():
            columns.append(np.where(part == number, said, ABSTAIN))
            claimed.append(votes.sources[place].claimed_accuracy)
    return np.stack(columns, axis=1), claimed


def covered(weighed: Weighed) -> Indices:
    """The places in `sample_ids` of which at least one source that counts says something."""
    return np.flatnonzero((weighed.votes.said[:, weighed.counting] != ABSTAIN).any(axis=1))


def store_targets(project: Project, weighed: Weighed, *, newest: bool = False) -> tuple[str, str]:
    """The class probabilities of every covered sample as a Parquet file: the name of its content, and its address. A
    run's stays as it is; the newest of a project replaces the one before, and also holds what the sources alone say."""
    assert weighed.combined is not None
    rows = covered(weighed)
    columns = {
        "sample_id": [weighed.votes.sample_ids[row] for row in rows.tolist()],
        "probabilities": weighed.combined.posterior[rows].astype(np.float32).tolist(),
    }
    if newest:
        columns[BY_VOTES] = weighed.combined.by_votes[rows].astype(np.float32).tolist()
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    name = hashlib.sha256(stream.getvalue()).hexdigest()
    address = artifacts.url("weak", str(project.pk), "newest.parquet" if newest else f"{name}.parquet")
    if newest or not artifacts.exists(address):
        artifacts.write(address, stream.getvalue())
    return name, address
