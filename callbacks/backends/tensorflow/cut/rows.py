"""What is kept from token to token, with its rows first, so that a search can put its hypotheses in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tb_seqviz_plugin.callbacks.errors import SteppingError
from tb_seqviz_plugin.records.remarks import remark


def shape_with_rows_first(shape: Sequence[int], rows: int) -> list[int]:
    """Returns the shape that a tensor of a shape has with its rows first."""
    axis = _axis_of_rows(shape, rows)
    return [rows, *shape[:axis], shape[axis] // rows, *shape[axis + 1 :]]


def with_rows_first(tensor: Any, rows: int) -> Any:
    """Returns a tensor with its rows first; they may be merged with other axes in it."""
    shape = tensor.shape.as_list()
    axis = _axis_of_rows(shape, rows)
    split = tf.reshape(tensor, [*shape[:axis], rows, shape[axis] // rows, *shape[axis + 1 :]])
    return split if not axis else tf.transpose(split, [axis, *(at for at in range(len(shape) + 1) if at != axis)])


def as_was(kept: Any, shape: Sequence[int], rows: int) -> Any:
    """Returns the tensor of a shape of which these are the rows first."""
    axis = _axis_of_rows(shape, rows)
    if axis:
        others = list(range(1, len(shape) + 1))
        kept = tf.transpose(kept, [*others[:axis], 0, *others[axis:]])
    return tf.reshape(kept, shape)


def _axis_of_rows(shape: Sequence[int], rows: int) -> int:
    axis = next((axis for axis, size in enumerate(shape) if size % rows == 0), None)
    if axis is None:
        raise SteppingError(remark("not by rows"))
    return axis
