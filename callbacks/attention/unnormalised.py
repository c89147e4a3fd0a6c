"""What multiplies values along the tokens and is no softmax, such as a sigmoid of scores: it is not drawn, but named."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tb_seqviz_plugin.callbacks.attention import codes
from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.attention.tracks import Position, Tracks, Weight
from tb_seqviz_plugin.callbacks.model.program import (
    Concat,
    Elementwise,
    Op,
    Product,
    Program,
    Reduce,
    Reshape,
    Take,
    Transpose,
)

_REACH = 24
"""Ops from scores to what multiplies values, at most."""


class Unnormalised:
    """Finds sums over tokens that are weighted by no softmax.

    Args:
        program: the ops.
        dependence: of its tensors.
        tracks: of its tensors.
        drawn: tensors of weights that are drawn.
    """

    def __init__(self, program: Program, dependence: Dependence, tracks: Tracks, drawn: Collection[int]) -> None:
        self._program, self._dependence, self._tracks, self._drawn = program, dependence, tracks, drawn

    def places(self) -> Iterator[int]:
        """Yields the backend's marks of such products."""
        summaries: set[int] = set()
        for op in self._program.ops:
            if not isinstance(op, Product):
                if summaries.intersection(op.inputs) and _hands_on(op):
                    summaries.add(op.output)
                continue
            if not all(map(self._dependence.is_soft, op.inputs)) or any(
                self._tracks.of(number, Weight) for number in op.inputs
            ):
                continue
            if self._is_summary(op):
                summaries.add(op.output)
            for place in (0, 1):
                asks = op.inputs[1 - place] in summaries and self._stands_free(op, place)
                if asks or (op.inputs[place] not in self._drawn and self._weighs(op, place)):
                    yield op.place
                    break

    def _weighs(self, op: Product, place: int) -> bool:
        """Returns whether a factor holds scores between positions, and the other the values at the positions that are summed."""
        return self._is_summed(op) and self._stands_free(op, place) and self._is_of_scores(op.inputs[place])

    def _is_summary(self, op: Product) -> bool:
        """Returns whether positions are summed that neither factor has beside others."""
        return self._is_summed(op) and not any(self._stands_free(op, place) for place in (0, 1))

    def _is_summed(self, op: Product) -> bool:
        """Returns whether both factors have positions along an axis that is summed."""
        sides = []
        for place, labels in enumerate((op.left, op.right)):
            summed = [axis for axis, label in enumerate(labels) if label not in op.result]
            sides.append(
                any(codes.differs(track.code, summed) for track in self._tracks.of(op.inputs[place], Position))
            )
        return all(sides)

    def _stands_free(self, op: Product, place: int) -> bool:
        """Returns whether a factor has positions along an axis that the other lacks."""
        labels, other = (op.left, op.right) if place == 0 else (op.right, op.left)
        free = [axis for axis, label in enumerate(labels) if label in op.result and label not in other]
        return any(codes.differs(track.code, free) for track in self._tracks.of(op.inputs[place], Position))

    def _is_of_scores(self, tensor: int) -> bool:
        """Returns whether a tensor is computed entry by entry from a product of two tensors that depend on inputs."""
        waiting, seen = [tensor], set[int]()
        while waiting and len(seen) < _REACH:
            number = waiting.pop(0)
            maker = self._program.makers.get(number)
            if number in seen or maker is None:
                continue
            seen.add(number)
            if isinstance(maker, Product):
                if all(map(self._dependence.is_soft, maker.inputs)):
                    return True
            elif _hands_on(maker):
                waiting += [each for each in maker.inputs if self._dependence.is_soft(each)]
        return False


def _hands_on(op: Op) -> bool:
    return isinstance(op, Elementwise | Reshape | Transpose | Take | Concat) or (isinstance(op, Reduce) and op.keeps)
