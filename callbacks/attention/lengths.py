"""How long the values are that weights multiply: beside a weight it tells how much of a key it brings (Kobayashi et al. 2020)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention.layout import Array, Axes, Layout
from tb_seqviz_plugin.callbacks.attention.sums import WeightedSum
from tb_seqviz_plugin.callbacks.backends.interface import Reduction
from tb_seqviz_plugin.callbacks.model.program import Program


@dataclass(frozen=True)
class Lengths:
    """The lengths of the value vectors of a layer's heads, before they are known.

    Args:
        values: number of the tensor.
        axes: of its features.
        along: for each axis of the weights that of the values beside it, -1 for none.
        shape: of the weights, 1 along the queries.
        layout: how that is set in order.
    """

    values: int
    axes: Axes
    along: Axes
    shape: Axes
    layout: Layout

    @property
    def reduction(self) -> Reduction:
        """What has to be computed."""
        return "length", self.values, self.axes

    def of_heads(self, lengths: npt.NDArray[Any], batch: int) -> Array:
        """Returns them as float32 [batch, heads, keys].

        Args:
            lengths: those of the tensor, the axes of the features with size 1.
            batch: number of examples.
        """
        kept = [axis for axis in self.along if axis >= 0]
        beside = np.squeeze(lengths, axis=tuple(axis for axis in range(lengths.ndim) if axis not in kept))
        order = sorted(kept)
        moved = beside.transpose([order.index(axis) for axis in kept])
        missing = tuple(axis for axis, of_values in enumerate(self.along) if of_values < 0)
        spread = np.broadcast_to(np.expand_dims(moved, missing), self.shape)
        return self.layout(spread, batch)[:, :, 0]


def lengths_of(program: Program, each: WeightedSum, layout: Layout) -> Lengths | None:
    """Returns where the values are that some weights multiply; None where they are not known, or each query has its own.

    Args:
        program: the ops.
        each: the weights.
        layout: of them.
    """
    if each.kind != "sum" or not each.along:
        return None
    weights, values = program.shapes[each.weights], program.shapes[each.values]
    features = tuple(axis for axis in range(len(values)) if axis not in each.along)
    if not features or any(each.along[axis] >= 0 and values[each.along[axis]] > 1 for axis in each.free):
        return None
    split = tuple(1 if axis in layout.groups[2] else size for axis, size in enumerate(layout.shape))
    shape = tuple(1 if axis in each.free else size for axis, size in enumerate(weights))
    heads = layout.result
    if math.prod(shape) != math.prod(split) or layout.first:
        return None
    return Lengths(
        each.values, features, each.along, shape, replace(layout, shape=split, result=(*heads[:2], 1, heads[3]))
    )
