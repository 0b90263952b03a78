"""Files too big for rows: pictures, embeddings, scores, graphs, heatmaps.

All lie under one root (`file://…`, `s3://…`) and are named by what they hold, so that writing the same thing twice
is harmless and two backbones' embeddings lie side by side. On a local root a file appears whole or not at all.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import fsspec
from django.conf import settings


def url(*parts: str) -> str:
    """The address of an artifact below the storage root."""
    return "/".join([settings.ARTIFACT_ROOT.rstrip("/"), *parts])


def exists(address: str) -> bool:
    filesystem, path = fsspec.core.url_to_fs(address)
    return bool(filesystem.exists(path))


def write(address: str, content: bytes) -> None:
    with staged(address) as path:
        path.write_bytes(content)


def read(address: str) -> bytes:
    with open_binary(address) as stream:
        return stream.read()


def open_binary(address: str) -> IO[bytes]:
    return fsspec.open(address, "rb").open()  # type: ignore[no-any-return]


@contextmanager
def staged(address: str) -> Iterator[Path]:
    """A local path to write to; its content becomes the artifact when the block ends without an error."""
    filesystem, path = fsspec.core.url_to_fs(address)
    local = "file" in filesystem.protocol
    if local:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=Path(path).suffix, dir=Path(path).parent if local else None)
    os.close(handle)
    try:
        yield Path(name)
        if local:
            os.replace(name, path)
        else:
            filesystem.put_file(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def local_copy(address: str) -> Iterator[Path]:
    """A local path that holds the artifact: itself on a local root, otherwise a copy that goes with the block."""
    filesystem, path = fsspec.core.url_to_fs(address)
    if "file" in filesystem.protocol:
        yield Path(path)
        return
    handle, name = tempfile.mkstemp(suffix=Path(path).suffix)
    os.close(handle)
    try:
        filesystem.get_file(path, name)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def delete(address: str) -> None:
    """Remove an artifact; one that is gone already is no error."""
    filesystem, path = fsspec.core.url_to_fs(address)
    if filesystem.exists(path):
        filesystem.rm_file(path)


def delete_below(address: str) -> None:
    """Remove every artifact whose address begins with this folder's; none is no error."""
    filesystem, path = fsspec.core.url_to_fs(address)
    if filesystem.exists(path):
        filesystem.rm(path, recursive=True)
