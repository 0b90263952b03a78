"""What a method of explaining is: what it is asked, how it is set, and the float maps that it answers with.

A method says of one prepared picture where in it lies what speaks for a class. Its settings are data, so that a page
can offer them and a cache can name what they were.
"""

import hashlib
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, ClassVar, Literal

from ml.arrays import FeatureMaps, Images, Pixels
from ml.errors import BadSetting
from ml.explain.model import ExplainedModel
from ml.progress import Progress, no_progress

SettingValue = str | float | int | bool


class SettingKind(StrEnum):
    CHOICE = "choice"
    NUMBER = "number"
    INTEGER = "integer"
    LAYER = "layer"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set of a method.

    minimum, maximum: of a number or an integer, both allowed. choices: of a choice. A layer is one of the model's own,
    or "" for the last that has a place in the picture.
    """

    name: str
    title: str
    kind: SettingKind
    default: SettingValue
    help: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None

    def checked(self, value: object) -> SettingValue:
        """The value as this setting holds it. Raises BadSetting."""
        if self.kind in (SettingKind.CHOICE, SettingKind.LAYER):
            return self._chosen(value)
        try:
            number = float(value) if isinstance(value, int | float | str) else math.nan
        except ValueError:
            number = math.nan
        if math.isnan(number):
            raise BadSetting(self.name, f"{value!r} is not a number.")
        low, high = self.minimum, self.maximum
        if not (low is None or number >= low) or not (high is None or number <= high):
            raise BadSetting(self.name, f"{value} is not between {low} and {high}.")
        if self.kind == SettingKind.NUMBER:
            return number
        if number != int(number):
            raise BadSetting(self.name, f"{value} is not a whole number.")
        return int(number)

    def _chosen(self, value: object) -> SettingValue:
        if self.kind == SettingKind.CHOICE and value not in self.choices:
            raise BadSetting(self.name, f"{value!r} is not one of {', '.join(self.choices)}.")
        if not isinstance(value, str):
            raise BadSetting(self.name, f"{value!r} is not a name.")
        return value


SCORE = Setting(
    name="score",
    title="Explain",
    kind=SettingKind.CHOICE,
    default="logits",
    choices=("logits", "probabilities"),
    help="The class's own score before the softmax, or its probability, on which all other classes weigh as well.",
)

Settings = Mapping[str, SettingValue]


@dataclass(frozen=True, slots=True)
class Target:
    """The class that a map argues for, and the one that it argues against, if any: places in the model's classes."""

    index: int
    contrast: int | None = None


class Method(ABC):
    """One way of explaining. Stateless: an instance may be shared.

    `takes`: what a model must have for it besides scores: a linear `head` on a mean, or `gradients`. `signed`: maps are
    below zero where the picture speaks against the class. `version` goes up whenever the same settings give other maps,
    so that maps kept earlier are not taken for these.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    sentence: ClassVar[str]
    """What its maps show, after “Each map shows”."""
    paper: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]] = ()
    takes: ClassVar[Literal["scores", "head", "gradients"]] = "scores"
    signed: ClassVar[bool] = False
    version: ClassVar[int] = 1

    @abstractmethod
    def maps(
        self,
        model: ExplainedModel,
        image: Images,
        targets: Sequence[Target],
        settings: Settings,
        *,
        on_progress: Progress = no_progress,
    ) -> FeatureMaps:
        """(3, s, s), k targets -> (k, h, w) float32, higher = speaks more for the target. h and w are the method's own:
        a map lies over the whole picture, whatever its size.

        settings: as `checked_settings` returned them. Raises NotExplainable when the model has not what it takes.
        """

    def maps_of_many(
        self, model: ExplainedModel, images: Images, targets: Sequence[Sequence[Target]], settings: Settings
    ) -> list[FeatureMaps]:
        """(n, 3, s, s), each with its own targets -> what `maps` gives for each. Faster where pictures share a pass."""
        return [self.maps(model, image, asked, settings) for image, asked in zip(images, targets, strict=True)]

    def example(self, pixels: Pixels, settings: Settings) -> Pixels | None:
        """What one step of it does to a picture (s, s, 3), for people to see; None where there is nothing to see."""
        return None


def checked_settings(method: Method, given: Mapping[str, object]) -> dict[str, SettingValue]:
    """Every setting of the method: as given, else its default. Raises BadSetting, which names the setting."""
    known = {setting.name: setting for setting in method.settings}
    for name in given:
        if name not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise BadSetting(name, f"{method.title} has no such setting; {there}.")
    return {name: one.checked(given.get(name, one.default)) for name, one in known.items()}


def settings_key(method: Method, settings: Settings) -> str:
    """A short name for maps of this method under these settings: equal only for equal ones."""
    told = json.dumps([method.name, method.version, sorted(settings.items())])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def schema(method: Method) -> dict[str, Any]:
    """All that a page needs to offer the method, as JSON can hold it."""
    return {
        "name": method.name,
        "title": method.title,
        "sentence": method.sentence,
        "paper": method.paper,
        "signed": method.signed,
        "settings": [asdict(setting) for setting in method.settings],
    }
