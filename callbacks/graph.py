"""What a TensorFlow graph tells about attention: which softmax multiplies values, and which inputs flow into what.

A softmax is attention by what it does, not by its name: its output, through casts, masks, dropout and reshapes, is multiplied
with values and summed over the keys. That also finds what no tap can see, such as `from tensorflow.nn import softmax` and a
softmax spelled as exp / sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import tensorflow as tf

_TRANSPARENT = {
    "Identity", "Cast", "Reshape", "Transpose", "Select", "SelectV2", "ExpandDims", "Squeeze", "StopGradient", "Pack",
    "ConcatV2", "Tile", "BroadcastTo", "StridedSlice", "Mul", "AddV2",
}  # fmt: skip
_PRODUCTS = {"BatchMatMulV2", "BatchMatMulV3", "MatMul", "Einsum", "XlaDotV2"}
_REACH = 12
"""Steps from a softmax to the product it is looked for in; Keras' own take up to 6."""


def find_softmaxes(graph: tf.Graph) -> Iterator[tuple[int, tf.Tensor]]:
    """Yields the place among the graph's ops and the output of every softmax, also one spelled exp / sum."""
    for place, op in enumerate(graph.get_operations()):
        if op.type == "Softmax" or _is_spelled_out_softmax(op):
            yield place, op.outputs[0]


def values_multiplied_by(weights: tf.Tensor) -> tf.Tensor | None:
    """Returns the values that these weights multiply and sum over the keys; None if they do no such thing."""
    seen: set[str] = set()
    reached = [(weights, 0)]
    while reached:
        tensor, distance = reached.pop(0)
        for op in tensor.consumers():
            if op.name in seen or distance > _REACH:
                continue
            seen.add(op.name)
            others = [other for other in op.inputs if other is not tensor]
            if op.type in _PRODUCTS:
                return others[0] if others else tensor
            if op.type == "Mul" and others and _summed_afterwards(op.outputs[0]):
                return others[0]
            if op.type in _TRANSPARENT:
                reached.append((op.outputs[0], distance + 1))
    return None


def sources_of(tensor: tf.Tensor, inputs: Mapping[str, tf.Tensor]) -> frozenset[str]:
    """Returns the names of the inputs from which a tensor is computed.

    Args:
        tensor: any tensor of the graph.
        inputs: the graph's placeholders by name.
    """
    names = {placeholder.op.name: name for name, placeholder in inputs.items()}
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [tensor.op]
    while waiting:
        op = waiting.pop()
        if op.name in seen:
            continue
        seen.add(op.name)
        if op.name in names:
            found.add(names[op.name])
        waiting.extend(source.op for source in op.inputs)
    return frozenset(found)


def _is_spelled_out_softmax(op: Any) -> bool:
    if op.type not in {"RealDiv", "DivNoNan"}:
        return False
    numerator, denominator = (_behind(tensor, {"Identity", "Cast", "Maximum", "AddV2"}) for tensor in op.inputs)
    return bool(
        numerator.op.type == "Exp"
        and denominator.op.type == "Sum"
        and _behind(denominator.op.inputs[0], {"Identity", "Cast"}) is numerator
        and op.inputs[1].shape.rank == op.outputs[0].shape.rank
        and op.inputs[1].shape[-1] == 1
    )


def _behind(tensor: tf.Tensor, kinds: set[str]) -> tf.Tensor:
    while tensor.op.type in kinds:
        tensor = tensor.op.inputs[0]
    return tensor


def _summed_afterwards(tensor: tf.Tensor) -> bool:
    return any(op.type in {"Sum", "Mean"} for op in tensor.consumers())
