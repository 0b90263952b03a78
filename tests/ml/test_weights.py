"""Weights that are not the backbone's own are refused with a sentence."""

import io

import pytest
import torch
from torch import nn

from ml.backbones.weights import load_weights
from ml.errors import NotAModelFile, NotFinite, WrongShape
from tests.ml.conftest import SmallBackbone


def saved(content):
    stream = io.BytesIO()
    torch.save(content, stream)
    stream.seek(0)
    return stream


def test_weights_come_back_as_they_were():
    one, other = SmallBackbone(), SmallBackbone()
    load_weights(other, saved(one.state_dict()))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_weights_of_another_shape_are_refused_by_name():
    weights = SmallBackbone().state_dict()
    weights["stages.2.0.weight"] = torch.zeros(5, 12, 3, 3)
    with pytest.raises(WrongShape, match=r"stages\.2\.0\.weight is \(5, 12, 3, 3\) and should be \(16, 12, 3, 3\)"):
        load_weights(SmallBackbone(), saved(weights))


def test_weights_of_another_model_are_refused():
    with pytest.raises(WrongShape, match=r"lack stages\.0\.0\.weight"):
        load_weights(SmallBackbone(), saved(nn.Linear(2, 2).state_dict()))


def test_weights_that_are_not_numbers_are_refused():
    weights = SmallBackbone().state_dict()
    weights["stages.1.0.weight"][0] = torch.nan
    with pytest.raises(NotFinite, match=r"stages\.1\.0\.weight"):
        load_weights(SmallBackbone(), saved(weights))


@pytest.mark.parametrize("content", [b"", b"not weights", b"PK\x03\x04 torn"])
def test_what_is_no_file_of_weights_is_refused(content):
    with pytest.raises(NotAModelFile, match="no file of PyTorch weights"):
        load_weights(SmallBackbone(), io.BytesIO(content))


def test_a_whole_module_is_no_file_of_weights():
    with pytest.raises(NotAModelFile):
        load_weights(SmallBackbone(), saved([torch.zeros(2)]))
