"""From the shape that a layer happens to use to [batch, heads, queries, keys]."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


class LayoutError(ValueError):
    """Weights whose axes cannot be told."""


def to_heads(weights: npt.NDArray[Any], axes: Sequence[int], batch: int) -> npt.NDArray[np.float32]:
    """Returns weights with the four standard axes.

    The keys are the axes that sum to 1, the queries as many axes before them, the first axis is the batch, and everything
    between them counts as heads. Batches that a layer has split into windows become heads, too.

    Args:
        weights: [batch, ..., queries, keys], [batch, keys], or attention over images with several axes each.
        axes: the axes of the keys.
        batch: number of examples in the probe.

    Returns:
        float32 [batch, heads, queries, keys].

    Raises:
        LayoutError: if the first axis is not a multiple of the batch.

    >>> to_heads(np.zeros((2, 5)), (-1,), batch=2).shape
    (2, 1, 1, 5)
    >>> to_heads(np.zeros((2, 4, 3, 5)), (-1,), batch=2).shape
    (2, 4, 3, 5)
    """
    shape = weights.shape
    last = list(range(len(shape) - len(axes), len(shape)))
    weights = np.moveaxis(weights, [axis % len(shape) for axis in axes], last)
    keys = math.prod(weights.shape[-len(axes) :])
    before = weights.shape[: -len(axes)]
    if not before or before[0] % batch:
        raise LayoutError(
            f"its weights have shape {list(shape)}, whose first axis is not a multiple of the probe's {batch} examples"
        )
    # The batch itself is never a query: [batch, keys] has one query.
    query_axes = min(len(axes), len(before) - 1)
    queries = math.prod(before[len(before) - query_axes :]) if query_axes else 1
    return weights.reshape(batch, -1, queries, keys).astype(np.float32)
