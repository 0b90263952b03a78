"""The collector: pages that a manager names become pictures of the pool, and their metadata weak labels.

The pictures are a source of the pool like any other, so that each is decoded, hashed and refused like any other, and
keeps the page's metadata. The weak labels are a weak source over what the pages said of them.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO
from urllib.parse import urlsplit

from heedful.pool.models import Source, WeakSource
from heedful.pool.pictures import Refused
from heedful.pool.weak.crawler import PICTURE_BYTES, Crawler
from heedful.pool.weak.labels import ClassNames, Outcome
from heedful.pool.weak.labels import Refused as NoLabel
from heedful.pool.weak.pages import pictures_of, read_page

SAID = "said"
"""The metadata that holds what a page says of its picture."""


@dataclass(frozen=True, slots=True)
class Plan:
    """pages: their addresses. picture, label: rules as `pool.weak.pages` has them."""

    pages: list[str]
    picture: str
    label: str

    @property
    def as_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, source: Source) -> "Plan":
        return cls(**json.loads(source.address))


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a page says counts as the class where this regular expression is found in it, whatever the case."""

    pattern: str
    class_name: str


@dataclass(frozen=True, slots=True)
class Collected:
    """A picture yet to be fetched, with what its page says; or a page of which there is none to be had, `refusal`."""

    number: int
    address: str
    metadata: dict[str, str]
    refusal: str = ""

    @property
    def name(self) -> str:
        """The address without its query, which ends like a file's name."""
        return urlsplit(self.address)._replace(query="", fragment="").geturl()


def collected(plan: Plan, crawler: Crawler) -> Iterator[Collected]:
    """Page by page, in order; no page is asked for before it is needed."""
    number = 0
    for page in plan.pages:
        try:
            read = read_page(crawler.page(page))
            found = pictures_of(read, page, plan.picture, plan.label)
            if not found:
                raise Refused(f"The page names no picture by “{plan.picture}”.")
        except Refused as refused:
            number += 1
            yield Collected(number, page, {}, str(refused))
            continue
        for one in found:
            number += 1
            yield Collected(number, one.address, {**read.metadata, "page": page, SAID: one.label})


def fetched(one: Collected, crawler: Crawler) -> IO[bytes]:
    """The picture itself. Raises Refused."""
    if one.refusal:
        raise Refused(one.refusal)
    return io.BytesIO(crawler.get(one.address, most_bytes=PICTURE_BYTES).body)


def labels_of_pages(source: WeakSource) -> Iterator[Outcome]:
    """The first rule that fits what the page says, else the class of that very name, else silence."""
    rules = [ClassRule(**rule) for rule in source.settings["rules"]]
    names = ClassNames(source.project)
    samples = source.project.samples.filter(source_id=source.settings["source_id"]).order_by("pk")
    for number, (pk, name, metadata) in enumerate(samples.values_list("pk", "name", "metadata"), start=1):
        said = str(metadata.get(SAID, "")).strip()
        fitting = (rule.class_name for rule in rules if re.search(rule.pattern, said, re.IGNORECASE))
        try:
            yield Outcome(number, name, [pk], names[next(fitting, said)]) if said else Outcome(number, name)
        except NoLabel:
            yield Outcome(number, name)
