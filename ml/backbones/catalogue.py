"""The backbones a project can choose from. A new one is an entry here and a module beside this."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import entry_points

from ml.backbones.base import Backbone
from ml.backbones.efficientnet_lite import EMBEDDING_WIDTH, LITE0, LITE1, LITE2, Variant, pretrained
from ml.errors import BrokenContract, NotInstalled
from ml.inference.preprocessing import Preprocessing

ENTRY_POINTS = "heedful.backbones"


@dataclass(frozen=True, slots=True)
class BackboneSpec:
    """`build()` gives the pretrained module in evaluation mode; `origin` says where the weights come from.

    student: what a model on this backbone is distilled into; None leaves it to `student_of`.
    """

    name: str
    origin: str
    licence: str
    embedding_width: int
    preprocessing: Preprocessing
    build: Callable[[], Backbone]
    student: "BackboneSpec | None" = None


def efficientnet_lite(variant: Variant, size: int, *, name: str = "") -> BackboneSpec:
    """For input pictures of size x size pixels (a multiple of 32)."""
    return BackboneSpec(
        name=name or f"efficientnet-lite{variant.number}",
        origin=f"ImageNet weights of the {variant.package.replace('_', '-')} package",
        licence="Apache-2.0",
        embedding_width=EMBEDDING_WIDTH,
        preprocessing=Preprocessing(size=size, mean=0.5, std=0.5),
        build=partial(pretrained, variant),
    )


def lite0(size: int = 160) -> BackboneSpec:
    return efficientnet_lite(LITE0, size)


def student_of(spec: BackboneSpec | None, size: int) -> BackboneSpec:
    """What a model that looks at pictures of that size is distilled into: what its entry names; without, Lite0 on about
    three fifths of the side."""
    return (spec and spec.student) or lite0(max(round(0.6 * size / 32), 1) * 32)


BACKBONES: dict[str, BackboneSpec] = {
    spec.name: spec
    for spec in (
        lite0(),
        efficientnet_lite(LITE0, 224, name="efficientnet-lite0-224"),
        efficientnet_lite(LITE1, 224),
        efficientnet_lite(LITE2, 256),
    )
}


@cache
def find(name: str) -> BackboneSpec:
    """Of the catalogue, or of an installed package. Raises NotInstalled, or BrokenContract where what the package names
    is no entry of a catalogue."""
    if name in BACKBONES:
        return BACKBONES[name]
    found = [one for one in entry_points(group=ENTRY_POINTS) if one.name == name]
    if not found:
        raise NotInstalled(f"There is no backbone called {name}, and no installed package brings one.")
    try:
        spec = found[0].load()
    except (ImportError, AttributeError, ValueError) as error:
        raise NotInstalled(f"The backbone {name} of {found[0].value} cannot be loaded: {error}") from error
    if not isinstance(spec, BackboneSpec) or spec.name != name:
        raise BrokenContract("name", f"{found[0].value} must be a BackboneSpec whose name is {name}.")
    return spec
