"""Pages as data: what of a page's metadata is a picture, and what says its class, by simple rules.

meta:NAME        the content of `<meta name="NAME">` or `<meta property="NAME">`: og:image, keywords, …
title            the page's title
TAG@ATTRIBUTE    that attribute of every such tag: img@src, img@alt, time@datetime
regex:PATTERN    the first group of every match in the page's source
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from heedful.core.errors import InvalidInput

VALUE_CHARACTERS = 1_000
PICTURES_A_PAGE = 200
_RULE = re.compile(r"title|meta:.+|regex:.+|[a-z][a-z0-9]*@[a-z][a-z0-9-]*", re.IGNORECASE | re.DOTALL)

Attributes = Mapping[str, str]


@dataclass(slots=True)
class Page:
    """metadata: name → content of its meta tags, and its title. tags: (name, attributes) of every other."""

    source: str
    metadata: dict[str, str] = field(default_factory=dict)
    tags: list[tuple[str, Attributes]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that a page names, and what the page says of it."""

    address: str
    label: str


def check_rule(rule: str, name: str) -> str:
    """Raises InvalidInput for what is no rule."""
    rule = rule.strip()
    if not _RULE.fullmatch(rule):
        raise InvalidInput("A rule is meta:NAME, title, TAG@ATTRIBUTE or regex:PATTERN.", field=name)
    if rule.startswith("regex:"):
        check_pattern(rule.removeprefix("regex:"), name, groups=1)
    return rule


def check_pattern(pattern: str, name: str, *, groups: int = 0) -> None:
    """Raises InvalidInput."""
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise InvalidInput(f"“{pattern}” is no regular expression: {error}.", field=name) from error
    if found.groups < groups:
        raise InvalidInput(f"“{pattern}” needs a group in brackets: that is what is taken.", field=name)


def read_page(source: str) -> Page:
    """Whatever of it can be read; pages are often broken."""
    reader = _Reader(Page(source))
    reader.feed(source)
    reader.close()
    return reader.page


def pictures_of(page: Page, address: str, picture: str, label: str) -> Sequence[Found]:
    """The pictures that the rule finds, each with what the other rule says: of the same tag if both are of one tag,
    else of the page."""
    tag, _, attribute = picture.partition("@")
    of_tag, _, label_attribute = label.partition("@")
    if attribute and of_tag == tag and label_attribute:
        tags = [attributes for name, attributes in page.tags if name == tag and attributes.get(attribute)]
        pairs = [(one[attribute], one.get(label_attribute, "")) for one in tags]
    else:
        said = next(iter(_values(page, label)), "")
        pairs = [(one, said) for one in _values(page, picture)]
    found = {urljoin(address, one.strip()): said[:VALUE_CHARACTERS] for one, said in pairs if one.strip()}
    return [Found(one, said) for one, said in list(found.items())[:PICTURES_A_PAGE]]


def _values(page: Page, rule: str) -> list[str]:
    if rule == "title":
        return [page.metadata["title"]] if "title" in page.metadata else []
    if rule.startswith("meta:"):
        name = rule.removeprefix("meta:").strip().lower()
        return [page.metadata[name]] if name in page.metadata else []
    if rule.startswith("regex:"):
        return [found.group(1) or "" for found in re.finditer(rule.removeprefix("regex:"), page.source)]
    tag, _, attribute = rule.lower().partition("@")
    return [attributes[attribute] for name, attributes in page.tags if name == tag and attributes.get(attribute)]


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._in_title = tag == "title"
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            if name and "content" in attributes:
                self.page.metadata.setdefault(name.lower(), attributes["content"][:VALUE_CHARACTERS])
        else:
            self.page.tags.append((tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title and data.strip():
            self.page.metadata.setdefault("title", data.strip()[:VALUE_CHARACTERS])
