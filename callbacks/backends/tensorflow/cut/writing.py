"""What is kept is written where it lies: by an op that copies nothing that is kept, and by XLA's own where XLA compiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf


def written(kept: Any, begin: Sequence[Any], cut: Any) -> Any:
    """Returns what is kept with a part of it written anew.

    Args:
        kept: of any shape.
        begin: where the part begins along each axis.
        cut: the part.
    """
    at = tf.stack(begin)
    # XLA's own op is compiled on its own where all around it is not, and copies all that is kept at each place.
    full = tf.raw_ops.TensorStridedSliceUpdate(
        input=kept, begin=at, end=at + cut.shape, strides=tf.ones_like(at), value=cut
    )
    return tf.ensure_shape(full, kept.shape)


def write_by_xla(node: Any) -> None:
    """Makes an op that writes, as a graph is described, into that of XLA, which knows no place that is found out as it runs."""
    if node.op != "TensorStridedSliceUpdate":
        return
    kept, begin, _, _, cut, *waited_for = node.input
    node.op = "XlaDynamicUpdateSlice"
    del node.input[:]
    node.input.extend([kept, cut, begin, *waited_for])
    node.attr["Tindices"].CopyFrom(node.attr["Index"])
    del node.attr["Index"]


def is_for_xla() -> bool:
    """Returns whether XLA will compile the graph that is made."""
    from tensorflow.python.ops.control_flow_util import GraphOrParentsInXlaContext

    return bool(GraphOrParentsInXlaContext(tf.compat.v1.get_default_graph()))
