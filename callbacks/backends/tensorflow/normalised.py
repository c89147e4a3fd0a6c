"""Which tensors sum to 1 along an axis, as their values tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

Array = npt.NDArray[Any]

_SUMMARIES = 4


def summaries_of(tensor: Any, axis: Any) -> list[Any]:
    """Returns the sum, the smallest, the largest and the sum of squares of each row along an axis, by few ops.

    The ops that have to be made are most of what a search takes.
    """
    values, ops = tensor if tensor.dtype == tf.float32 else tf.cast(tensor, tf.float32), tf.raw_ops
    squares = ops.Sum(input=ops.Square(x=values), axis=axis)
    return [
        ops.Sum(input=values, axis=axis),
        ops.Min(input=values, axis=axis),
        ops.Max(input=values, axis=axis),
        squares,
    ]


def is_normalised(sums: Array, smallest: Array, largest: Array, squares: Array) -> bool:
    """Returns whether rows sum to 1, are not negative and no means, whose weights are all alike; half of them may be masked."""
    empty = sums == 0
    if not ((empty | (np.abs(sums - 1) < 2e-3)).all() and empty.mean() <= 0.5 and (smallest >= 0).all()):
        return False
    # Of weights that are alike the sum of squares is the largest one; a row may also be but one weight.
    uneven = largest * sums - squares > 1e-4 * largest
    return bool((~empty & (uneven | (largest > 1 - 1e-3))).any())


def normalised_in(
    graph: Any, candidates: Sequence[tuple[Any, int]], evaluate: Callable[[Sequence[Any]], Sequence[Array]]
) -> list[bool]:
    """Returns for each tensor of a graph and axis of it whether its values sum to 1 along it; see `is_normalised`.

    Args:
        graph: in which the sums are made, too.
        candidates: tensors with an axis each.
        evaluate: returns the values of tensors.
    """
    with graph.as_default():
        fetched = [each for tensor, axis in candidates for each in summaries_of(tensor, tf.constant(axis))]
    found = evaluate(fetched)
    return [is_normalised(*found[at : at + _SUMMARIES]) for at in range(0, len(found), _SUMMARIES)]
