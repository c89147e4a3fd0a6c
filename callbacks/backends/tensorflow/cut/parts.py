"""Tensors of a cut graph: those of which only the newest place is there, and those that are there in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf


@dataclass(eq=False)
class Part:
    """The newest place of a tensor, along an axis of size outer x time x inner: time may be merged with other axes.

    Args:
        value: the tensor, with 1 in the stead of time.
        axis: that of time.
        outer: what is merged before time in it.
        inner: what is merged behind it.
        tensor: of the graph that was traced, None until it is known.
    """

    value: Any
    axis: int
    outer: int = 1
    inner: int = 1
    tensor: Any = None

    def like(self, value: Any, axis: int | None = None) -> Part:
        """Returns another value of the same place."""
        return Part(value, self.axis if axis is None else axis, self.outer, self.inner)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is merged with time."""
        return self.outer == self.inner == 1


@dataclass(eq=False)
class Whole:
    """A tensor in full."""

    value: Any


Operand = Part | Whole


def newest(value: Any, axis: int, place: Any, outer: int = 1, inner: int = 1) -> Any:
    """Returns one place of a whole tensor, along an axis of size outer x time x inner.

    Args:
        value: the tensor.
        axis: that of time.
        place: int32.
        outer: what is merged before time.
        inner: what is merged behind it.
    """
    shape = value.shape.as_list()
    time = shape[axis] // (outer * inner)
    split = tf.reshape(value, [*shape[:axis], outer, time, inner, *shape[axis + 1 :]])
    begin = [0] * len(split.shape)
    begin[axis + 1] = place
    size = split.shape.as_list()
    size[axis + 1] = 1
    return tf.reshape(tf.slice(split, begin, size), [*shape[:axis], outer * inner, *shape[axis + 1 :]])


def run(op: Any, operands: Sequence[Any]) -> list[Any]:
    """Runs an op of another graph on other tensors; inside compiled functions."""
    graph = tf.compat.v1.get_default_graph()
    dtypes = [tensor.dtype for tensor in op.outputs]
    attributes = {name: value for name, value in op.node_def.attr.items() if not name.startswith("_")}
    made = graph.create_op(op.type, list(operands), dtypes, attrs=attributes, op_def=op.op_def)
    return list(made.outputs)
