"""The operators of ONNX that picture classifiers are made of, in PyTorch, so that a graph can be differentiated.

As opset 11 to 20 write them. An operator takes its inputs, None where an optional one is left out, and its attributes,
and gives its first output; `Split` alone gives several.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from onnx import helper, numpy_helper
from torch import Tensor
from torch.nn import functional

from ml.errors import NotExplainable

Attributes = Mapping[str, Any]
Inputs = Sequence[Tensor | None]
Operator = Callable[..., Any]

_DTYPES = {1: torch.float32, 6: torch.int32, 7: torch.int64, 9: torch.bool, 10: torch.float16, 11: torch.float64}


def _conv(attributes: Attributes, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    places = weight.dim() - 2
    strides = attributes.get("strides", [1] * places)
    dilations = attributes.get("dilations", [1] * places)
    kernel = list(weight.shape[2:])
    x = _padded(x, attributes, kernel, strides, dilations, 0.0)
    function = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}[places]
    return function(x, weight, bias, tuple(strides), 0, tuple(dilations), attributes.get("group", 1))


def _padded(
    x: Tensor,
    attributes: Attributes,
    kernel: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    fill: float,
) -> Tensor:
    places = len(kernel)
    auto = attributes.get("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        begins, ends = [], []
        for size, length, stride, dilation in zip(x.shape[2:], kernel, strides, dilations, strict=True):
            total = max((math.ceil(size / stride) - 1) * stride + (length - 1) * dilation + 1 - size, 0)
            small, large = total // 2, total - total // 2
            begins.append(small if auto == "SAME_UPPER" else large)
            ends.append(large if auto == "SAME_UPPER" else small)
    else:
        pads = attributes.get("pads", [0] * 2 * places)
        begins, ends = list(pads[:places]), list(pads[places:])
    if not any(begins) and not any(ends):
        return x
    # PyTorch counts axes from the last one.
    pairs = [side for begin, end in zip(reversed(begins), reversed(ends), strict=True) for side in (begin, end)]
    return functional.pad(x, pairs, value=fill)


def _max_pool(attributes: Attributes, x: Tensor) -> Tensor:
    kernel = attributes["kernel_shape"]
    strides = attributes.get("strides", [1] * len(kernel))
    dilations = attributes.get("dilations", [1] * len(kernel))
    _only(attributes, "ceil_mode", 0, "MaxPool")
    x = _padded(x, attributes, kernel, strides, dilations, -math.inf)
    function = {1: functional.max_pool1d, 2: functional.max_pool2d}[len(kernel)]
    pooled: Tensor = function(x, kernel, strides, 0, dilations)
    return pooled


def _average_pool(attributes: Attributes, x: Tensor) -> Tensor:
    kernel = attributes["kernel_shape"]
    strides = attributes.get("strides", [1] * len(kernel))
    ones = [1] * len(kernel)
    _only(attributes, "ceil_mode", 0, "AveragePool")
    function: Callable[..., Tensor] = {1: functional.avg_pool1d, 2: functional.avg_pool2d}[len(kernel)]
    summed = function(_padded(x, attributes, kernel, strides, ones, 0.0), kernel, strides)
    if attributes.get("count_include_pad", 0):
        return summed
    there: Tensor = _padded(torch.ones_like(x[:1, :1]), attributes, kernel, strides, ones, 0.0)
    averaged: Tensor = summed / function(there, kernel, strides)
    return averaged


def _gemm(attributes: Attributes, a: Tensor, b: Tensor, c: Tensor | None = None) -> Tensor:
    a = a.T if attributes.get("transA") else a
    b = b.T if attributes.get("transB") else b
    product: Tensor = float(attributes.get("alpha", 1.0)) * (a @ b)
    return product if c is None else product + float(attributes.get("beta", 1.0)) * c


def _batch_norm(attributes: Attributes, x: Tensor, *weights: Tensor) -> Tensor:
    scale, bias, mean, variance = weights
    return functional.batch_norm(x, mean, variance, scale, bias, False, 0.0, attributes.get("epsilon", 1e-5))


def _layer_norm(attributes: Attributes, x: Tensor, scale: Tensor, bias: Tensor | None = None) -> Tensor:
    axis = attributes.get("axis", -1) % x.dim()
    return functional.layer_norm(x, list(x.shape[axis:]), scale, bias, attributes.get("epsilon", 1e-5))


def _reduced(function: Callable[..., Tensor]) -> Operator:
    """Axes are an attribute up to opset 17 and an input from then on."""

    def operator(attributes: Attributes, x: Tensor, axes: Tensor | None = None) -> Tensor:
        named = attributes.get("axes") if axes is None else axes.tolist()
        if not named and attributes.get("noop_with_empty_axes"):
            return x
        return function(x, tuple(named or range(x.dim())), bool(attributes.get("keepdims", 1)))

    return operator


def _reshape(attributes: Attributes, x: Tensor, shape: Tensor) -> Tensor:
    wanted = shape.tolist()
    if not attributes.get("allowzero"):
        wanted = [x.shape[place] if size == 0 else size for place, size in enumerate(wanted)]
    return x.reshape(wanted)


def _flatten(attributes: Attributes, x: Tensor) -> Tensor:
    axis = attributes.get("axis", 1)
    axis = axis + x.dim() if axis < 0 else axis
    return x.reshape(math.prod(x.shape[:axis]), -1)


def _axes(attributes: Attributes, axes: Tensor | None) -> list[int] | None:
    return attributes.get("axes") if axes is None else axes.tolist()


def _squeeze(attributes: Attributes, x: Tensor, axes: Tensor | None = None) -> Tensor:
    named = _axes(attributes, axes)
    return x.squeeze() if named is None else x.squeeze(tuple(named))


def _unsqueeze(attributes: Attributes, x: Tensor, axes: Tensor | None = None) -> Tensor:
    named = _axes(attributes, axes) or []
    for axis in sorted(one % (x.dim() + len(named)) for one in named):
        x = x.unsqueeze(axis)
    return x


def _slice(
    attributes: Attributes,
    x: Tensor,
    starts: Tensor,
    ends: Tensor,
    axes: Tensor | None = None,
    steps: Tensor | None = None,
) -> Tensor:
    places = axes.tolist() if axes is not None else list(range(len(starts)))
    strides = steps.tolist() if steps is not None else [1] * len(places)
    parts: list[slice] = [slice(None)] * x.dim()
    for place, start, end, step in zip(places, starts.tolist(), ends.tolist(), strides, strict=True):
        if step < 0:
            raise NotExplainable("This model slices backwards, which has no gradient here.")
        # To the end is written as the largest number there is.
        parts[place] = slice(max(start, -x.shape[place]), min(end, x.shape[place]), step)
    return x[tuple(parts)]


def _split(attributes: Attributes, x: Tensor, sizes: Tensor | None = None) -> tuple[Tensor, ...]:
    axis = attributes.get("axis", 0)
    named = attributes.get("split") if sizes is None else sizes.tolist()
    if named is None:
        named = math.ceil(x.shape[axis] / attributes["num_outputs"])
    return torch.split(x, named, axis)


def _gather(attributes: Attributes, x: Tensor, indices: Tensor) -> Tensor:
    axis = attributes.get("axis", 0) % x.dim()
    indices = torch.where(indices < 0, indices + x.shape[axis], indices)
    picked = torch.index_select(x, axis, indices.reshape(-1))
    return picked.reshape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


def _clip(attributes: Attributes, x: Tensor, low: Tensor | None = None, high: Tensor | None = None) -> Tensor:
    lowest = attributes.get("min") if low is None else low
    highest = attributes.get("max") if high is None else high
    x = x if lowest is None else torch.maximum(x, torch.as_tensor(lowest, dtype=x.dtype))
    return x if highest is None else torch.minimum(x, torch.as_tensor(highest, dtype=x.dtype))


def _pad(
    attributes: Attributes, x: Tensor, pads: Tensor, value: Tensor | None = None, axes: Tensor | None = None
) -> Tensor:
    wide = pads.tolist()
    places = axes.tolist() if axes is not None else list(range(x.dim()))
    sides = [[0, 0] for _ in range(x.dim())]
    for order, place in enumerate(places):
        sides[place] = [wide[order], wide[order + len(places)]]
    pairs = [side for both in reversed(sides) for side in both]
    mode = attributes.get("mode", "constant")
    if mode == "constant":
        return functional.pad(x, pairs, value=0.0 if value is None else float(value))
    return functional.pad(x, pairs[:-4], mode={"reflect": "reflect", "edge": "replicate"}[mode])


def _global_pool(function: Callable[..., Tensor]) -> Operator:
    return lambda _, x: function(x, tuple(range(2, x.dim())), True)


def _where(attributes: Attributes, condition: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return torch.where(condition.bool(), a, b)


def _constant(attributes: Attributes) -> Tensor:
    for name in ("value", "value_float", "value_int", "value_floats", "value_ints"):
        if name in attributes:
            kept = attributes[name]
            return kept if isinstance(kept, Tensor) else torch.as_tensor(kept)
    raise NotExplainable("This model holds a constant that is neither numbers nor an array.")


def _filled(attributes: Attributes, shape: Tensor) -> Tensor:
    value = attributes.get("value", torch.zeros(1))
    return torch.full(shape.tolist(), value.item(), dtype=value.dtype)


def _divided(attributes: Attributes, a: Tensor, b: Tensor) -> Tensor:
    return a / b if a.is_floating_point() else torch.div(a, b, rounding_mode="trunc")


def _only(attributes: Attributes, name: str, value: object, operator: str) -> None:
    if attributes.get(name, value) != value:
        raise NotExplainable(f"This model uses {operator} with {name}={attributes[name]}, which has no gradient here.")


def _mean(x: Tensor, axes: tuple[int, ...], keep: bool) -> Tensor:
    return x.mean(axes, keep)


def _plain(function: Callable[..., Tensor]) -> Operator:
    """Of an operator that is its inputs alone."""
    return lambda _, *inputs: function(*inputs)


OPERATORS: Mapping[str, Operator] = {
    "Abs": _plain(torch.abs),
    "Add": _plain(torch.add),
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Cast": lambda attributes, x: x.to(_DTYPES[attributes["to"]]),
    "Clip": _clip,
    "Concat": lambda attributes, *parts: torch.cat(parts, attributes["axis"]),
    "Constant": _constant,
    "ConstantOfShape": _filled,
    "Conv": _conv,
    "Div": _divided,
    "Dropout": lambda _, x, *_ratio: x,
    "Elu": lambda attributes, x: functional.elu(x, attributes.get("alpha", 1.0)),
    "Equal": _plain(torch.eq),
    "Erf": _plain(torch.erf),
    "Exp": _plain(torch.exp),
    "Expand": lambda _, x, shape: x * torch.ones(shape.tolist(), dtype=x.dtype),
    "Flatten": _flatten,
    "Gather": _gather,
    "Gelu": lambda attributes, x: functional.gelu(x, approximate=attributes.get("approximate", "none")),
    "Gemm": _gemm,
    "GlobalAveragePool": _global_pool(_mean),
    "GlobalMaxPool": _global_pool(torch.amax),
    "HardSigmoid": lambda attributes, x: torch.clamp(
        attributes.get("alpha", 0.2) * x + attributes.get("beta", 0.5), 0, 1
    ),
    "HardSwish": _plain(functional.hardswish),
    "Identity": _plain(lambda x: x),
    "LayerNormalization": _layer_norm,
    "LeakyRelu": lambda attributes, x: functional.leaky_relu(x, attributes.get("alpha", 0.01)),
    "Log": _plain(torch.log),
    "LogSoftmax": lambda attributes, x: torch.log_softmax(x, attributes.get("axis", -1)),
    "MatMul": _plain(torch.matmul),
    "Max": _plain(lambda *parts: functools.reduce(torch.maximum, parts)),
    "MaxPool": _max_pool,
    "Min": _plain(lambda *parts: functools.reduce(torch.minimum, parts)),
    "Mod": lambda attributes, a, b: (torch.fmod if attributes.get("fmod") else torch.remainder)(a, b),
    "Mul": _plain(torch.mul),
    "Neg": _plain(torch.neg),
    "PRelu": _plain(lambda x, slope: torch.where(x < 0, slope * x, x)),
    "Pad": _pad,
    "Pow": _plain(torch.pow),
    "ReduceMax": _reduced(torch.amax),
    "ReduceMean": _reduced(_mean),
    "ReduceSum": _reduced(lambda x, axes, keep: x.sum(axes, keep)),
    "Relu": _plain(torch.relu),
    "Reshape": _reshape,
    "Shape": lambda attributes, x: torch.tensor(list(x.shape)[attributes.get("start", 0) : attributes.get("end")]),
    "Sigmoid": _plain(torch.sigmoid),
    "Slice": _slice,
    "Softmax": lambda attributes, x: torch.softmax(x, attributes.get("axis", -1)),
    "Softplus": _plain(functional.softplus),
    "Split": _split,
    "Sqrt": _plain(torch.sqrt),
    "Squeeze": _squeeze,
    "Sub": _plain(torch.sub),
    "Tanh": _plain(torch.tanh),
    "Transpose": lambda attributes, x: x.permute(attributes.get("perm", list(reversed(range(x.dim()))))),
    "Unsqueeze": _unsqueeze,
    "Where": _where,
}


def attributes_of(node: Any) -> dict[str, Any]:
    """Numbers, lists and text as they are, arrays as tensors."""
    found: dict[str, Any] = {}
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        if isinstance(value, bytes):
            value = value.decode()
        elif hasattr(value, "raw_data"):
            value = torch.from_numpy(np.array(numpy_helper.to_array(value)))
        found[attribute.name] = value
    return found
