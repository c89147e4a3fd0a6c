"""What a softmax was taken of: its scores, and of these the largest of each row, which is all that is computed of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention.layout import Array, Axes, Layout
from tb_seqviz_plugin.callbacks.backends.interface import Reduction
from tb_seqviz_plugin.callbacks.model.program import Elementwise, Program, Reshape, Transpose


@dataclass(frozen=True)
class Peaks:
    """The largest scores along the keys, before their values are known.

    What is masked by a large negative number is never the largest, unless all of a head is.

    Args:
        scores: number of the tensor.
        axes: of its keys.
        layout: how what is left of it is set in order.
    """

    scores: int
    axes: Axes
    layout: Layout

    @property
    def reduction(self) -> Reduction:
        """What has to be computed."""
        return "largest", self.scores, self.axes

    def of_heads(self, rows: npt.NDArray[Any], batch: int) -> Array:
        """Returns the largest score of each head, float32 [batch, heads]; NaN for a head without a finite one.

        Args:
            rows: the largest of each row, the axes of the keys with size 1.
            batch: number of examples.
        """
        laid = self.layout(rows, batch)
        largest = np.where(np.isfinite(laid), laid, -np.inf).max(axis=(2, 3))
        return np.where(np.isfinite(largest), largest, np.nan).astype(np.float32)


def peaks_of(program: Program, source: int, axes: Sequence[int], layout: Layout) -> Peaks | None:
    """Returns where the scores of a softmax are; None where there are none, as of a sparsemax or a softmax that is spelled out.

    Args:
        program: the ops.
        source: number of what the softmax returns.
        axes: along which it sums to 1.
        layout: of it.
    """
    scores, keys = _scores_of(program, source), layout.groups[3]
    if scores is None or math.prod(layout.shape[axis] for axis in keys) != math.prod(
        program.shapes[source][axis] for axis in axes
    ):
        return None
    shape = tuple(1 if axis in keys else size for axis, size in enumerate(layout.shape))
    return Peaks(scores, tuple(axes), replace(layout, shape=shape, result=(*layout.result[:3], 1)))


def _scores_of(program: Program, source: int) -> int | None:
    """Returns the tensor that a softmax was taken of, in the axes of what it returns: axes move before it as they do after."""
    after, softmax = _moved(program, source)
    op = program.makers.get(softmax)
    if isinstance(op, Elementwise) and op.how == "select":  # as Keras' own softmax has masked weights at 0
        made = [each for each in op.inputs[1:] if each not in program.parameters]
        if len(made) != 1:
            return None
        before, softmax = _moved(program, made[0])
        after, op = after + before, program.makers.get(softmax)
    if not isinstance(op, Elementwise) or op.how != "other" or len(op.inputs) != 1:
        return None
    scores = op.inputs[0]
    for _ in range(after):
        move = program.makers.get(scores)
        if not isinstance(move, Reshape | Transpose):
            return None
        scores = move.inputs[0]
    return scores if program.shapes[scores] == program.shapes[source] else None


def _moved(program: Program, tensor: int) -> tuple[int, int]:
    """Returns how often the axes of a tensor were moved since some op made its values, and what that made."""
    moves = 0
    while True:
        op = program.makers.get(tensor)
        if isinstance(op, Reshape | Transpose):
            moves += 1
        elif not isinstance(op, Elementwise) or op.how != "same":
            return moves, tensor
        tensor = op.inputs[0]
