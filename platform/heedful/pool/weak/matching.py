"""Which samples a key in a table means: by name, content hash, id, or some of their metadata."""

from collections.abc import Callable

from heedful.pool.weak.labels import Refused
from heedful.projects.models import Project

HASH_LENGTH = 64

Finder = Callable[[str], list[int]]
"""Raises Refused where there is no such sample, or it cannot be told which is meant."""


def by_identity(project: Project) -> Finder:
    """A key is a sample's name, else the hash of its content, else its id."""
    names: dict[str, list[int]] = {}
    hashes: dict[str, int] = {}
    ids: set[int] = set()
    for pk, name, content_hash in project.samples.values_list("pk", "name", "content_hash").iterator():
        names.setdefault(name, []).append(pk)
        hashes[content_hash] = pk
        ids.add(pk)

    def find(key: str) -> list[int]:
        if not key:
            raise Refused("The key is empty.")
        named = names.get(key, [])
        if len(named) > 1:
            raise Refused(f"{len(named)} samples are called so; use their content hash or id.")
        if named:
            return named
        if key.lower() in hashes:
            return [hashes[key.lower()]]
        if key.isdecimal() and int(key) in ids:
            return [int(key)]
        raise Refused("There is no such sample, by name, content hash or id.")

    return find


def by_metadata(project: Project, metadata_key: str) -> Finder:
    """A key means every sample whose metadata says so."""
    samples: dict[str, list[int]] = {}
    for pk, metadata in project.samples.values_list("pk", "metadata").iterator():
        if value := str(metadata.get(metadata_key, "")).strip():
            samples.setdefault(value, []).append(pk)

    def find(key: str) -> list[int]:
        if not key:
            raise Refused("The key is empty.")
        if key not in samples:
            raise Refused(f"No sample's “{metadata_key}” is this.")
        return samples[key]

    return find


def metadata_keys(project: Project, *, looked_at: int = 500) -> list[str]:
    """What is known of samples beside their content, from some of them."""
    some = project.samples.order_by("-pk").values_list("metadata", flat=True)[:looked_at]
    return sorted({key for metadata in some for key in metadata})
