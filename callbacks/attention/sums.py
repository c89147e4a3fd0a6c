"""Weighted sums: where what comes out of a softmax multiplies values, and which of its axes do what in that.

A weight sums along its keys, which must be the axis along which the softmax sums to 1. Of the other axes those that the values lack
are free, as the queries; those that they have are shared, as examples and heads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tb_seqviz_plugin.callbacks.attention import codes
from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.attention.tracks import Example, Made, Position, Term, Track, Tracks, Weight
from tb_seqviz_plugin.callbacks.model.program import Elementwise, Op, Product, Program, Reduce, Reshape

Axes = tuple[int, ...]
Sources = Mapping[int, Axes]
"""The axes along which each tensor sums to 1, by its number."""


@dataclass(frozen=True, eq=False)
class WeightedSum:
    """Weights as they are used.

    Args:
        weights: the tensor that multiplies the values.
        values: what it multiplies, -1 for a pointer, whose weights are themselves the answer.
        sources: the tensors that it was made from and that sum to 1, at least one, the first the one to name.
        keys: axes of the weights that are summed.
        free: axes that the values lack.
        shared: axes that the values have, too.
        repeated: axes along which all weights are alike.
        value_axes: axes of the values that are summed.
        kind: "sum", or "gate" where values are only multiplied.
        place: the backend's mark of the product.
        done: what was done to the weights since the softmax.
        along: for each axis of the weights that of the values beside it, -1 for none; empty where that is not known.
    """

    weights: int
    values: int
    sources: tuple[int, ...]
    keys: Axes
    free: Axes
    shared: Axes
    repeated: Axes
    value_axes: Axes
    kind: Literal["sum", "gate", "pointer"]
    place: int
    done: frozenset[str]
    along: Axes = ()


class SumFinder:
    """Finds the weighted sums of a program.

    Args:
        program: the ops.
        dependence: of its tensors.
        tracks: of its tensors, those of the sources included.
        sources: what sums to 1, along which axes.
    """

    def __init__(self, program: Program, dependence: Dependence, tracks: Tracks, sources: Sources) -> None:
        self._program, self._dependence, self._tracks, self._sources = program, dependence, tracks, sources
        self._consumers: dict[int, list[Op]] = {}
        for op in program.ops:
            for number in op.inputs:
                self._consumers.setdefault(number, []).append(op)

    def find(self) -> list[WeightedSum]:
        """Returns all sums in which weights are summed along the axis along which they sum to 1, and gates, once each."""
        found: dict[int, WeightedSum] = {}
        gates: list[WeightedSum] = []
        for op in self._program.ops:
            if isinstance(op, Product):
                for each in self._in_product(op):
                    found.setdefault(each.weights, each)
            elif isinstance(op, Reduce) and op.is_sum and not self._normalises(op):
                for each in self._in_sum(op):
                    found.setdefault(each.weights, each)
            elif isinstance(op, Elementwise) and op.how == "multiply" and len(op.inputs) == 2:
                gates += self._in_gate(op)
        summed = {source for each in found.values() for source in each.sources}
        kept = [gate for gate in gates if summed.isdisjoint(gate.sources)]
        return sorted([*found.values(), *kept], key=lambda each: each.place)

    def own_tracks(self, tensor: int) -> list[Track]:
        """Returns the tracks at a tensor of axes along which a source sums to 1."""
        tracks = self._tracks.of(tensor, Weight)
        return [track for track in tracks if track.origin.axis in self._sources[track.origin.source]]  # type: ignore[attr-defined]

    def _in_product(self, op: Product) -> Iterator[WeightedSum]:
        for place, (labels, other) in enumerate(((op.left, op.right), (op.right, op.left))):
            weights, values = op.inputs[place], op.inputs[1 - place]
            summed = [axis for axis, label in enumerate(labels) if label not in op.result and label in other]
            own = [track for track in self.own_tracks(weights) if _varies(track, summed)]
            if not own:
                continue
            keys = tuple(axis for axis in summed if any(_varies(track, [axis]) for track in own))
            sizes = dict(zip(other, self._program.shapes[values], strict=True))
            mine = self._program.shapes[weights]
            free = tuple(
                axis
                for axis, label in enumerate(labels)
                if label in op.result and (label not in sizes or sizes[label] == 1 < mine[axis])
            )
            shared = tuple(axis for axis in range(len(labels)) if axis not in keys and axis not in free)
            value_axes = tuple(other.index(labels[axis]) for axis in keys)
            found = self._sum(weights, values, own, keys, free, shared, (), value_axes, "sum", op)
            yield replace(found, along=tuple(other.find(label) for label in labels))

    def _in_sum(self, op: Reduce) -> Iterator[WeightedSum]:
        terms: dict[int, set[int]] = {}
        for track in self._tracks.of(op.inputs[0], Term):
            if _varies(track, op.axes):
                terms.setdefault(track.origin.product, set()).add(track.origin.axis)  # type: ignore[attr-defined]
        found = [each for product, axes in terms.items() for each in self._of_product(product, axes)]
        spread = [each for each in found if len(self._features(each)) > 0]
        if found:
            yield (spread or found)[-1]

    def _of_product(self, product: int, summed: set[int]) -> Iterator[WeightedSum]:
        """Yields the weighted sum that is a product of entries summed along some of its axes."""
        op = self._program.makers[product]
        for weights, values in (op.inputs, op.inputs[::-1]):
            own = self._tracks.of(weights, Weight) and self.own_tracks(weights)
            if own and self._dependence.is_soft(values) and not self._tracks.of(values, Weight):
                yield from self._of_factors(op, weights, values, own, summed, "sum")

    def _of_factors(
        self, op: Op, weights: int, values: int, own: Sequence[Track], summed: set[int], kind: Literal["sum", "gate"]
    ) -> Iterator[WeightedSum]:
        rank = len(self._program.shapes[op.output])
        mine, theirs = (self._program.shapes[number] for number in (weights, values))
        before, before_values = rank - len(mine), rank - len(theirs)
        keys, free, shared, repeated = [], [], [], []
        for axis in range(len(mine)):
            size = theirs[axis + before - before_values] if axis + before >= before_values else 1
            if axis + before in summed and any(_varies(track, [axis]) for track in own):
                keys.append(axis)
            elif mine[axis] > 1 and self._is_repeated(weights, axis):
                repeated.append(axis)
            elif mine[axis] > 1 and size == 1:
                free.append(axis)
            else:
                shared.append(axis)
        if keys:
            own = [track for track in own if _varies(track, keys)]
            value_axes = tuple(axis + before - before_values for axis in keys if axis + before >= before_values)
            yield self._sum(
                weights, values, own, tuple(keys), tuple(free), tuple(shared), tuple(repeated), value_axes, kind, op
            )

    def _in_gate(self, op: Elementwise) -> Iterator[WeightedSum]:
        """Yields weights that multiply positions of an input and are not summed, as some notebooks gate a sequence."""
        for weights, values in (op.inputs, op.inputs[::-1]):
            own = self.own_tracks(weights)
            if own and self._dependence.is_soft(values) and not self._tracks.of(values, Weight):
                everywhere = set(range(len(self._program.shapes[op.output])))
                for each in self._of_factors(op, weights, values, own, everywhere, "gate"):
                    if self._features(each) and self.is_aligned(each):
                        yield each

    def _features(self, each: WeightedSum) -> list[int]:
        """Returns the axes of the values that the weights lack, repeat or share beside the keys, such as features."""
        values, weights = self._program.shapes[each.values], self._program.shapes[each.weights]
        lacked = [axis for axis, size in enumerate(values) if size > 1 and _size_at(weights, len(values) - axis) == 1]
        return [*lacked, *each.repeated] or [axis for axis in each.shared if axis > 0 and weights[axis] > 1]

    def _is_repeated(self, weights: int, axis: int) -> bool:
        tracks = self._tracks.of(weights)
        if any("mixed" in track.done for track in tracks):
            return False
        return not any(
            isinstance(track.origin, Weight | Made | Position | Example) and _varies(track, [axis]) for track in tracks
        )

    def is_aligned(self, each: WeightedSum) -> bool:
        """Returns whether the keys are positions of an input."""
        tracks = self._tracks.of(each.values, Position) if each.values >= 0 else ()
        if any(codes.differs(track.code, each.value_axes) for track in tracks):
            return True
        return any(codes.differs(track.code, each.keys) for track in self._tracks.of(each.weights, Position))

    def sums_alternatives(self, each: WeightedSum) -> bool:
        """Returns whether the values differ along the keys because a parameter made them so or they are stacked, as of experts."""
        tracks = self._tracks.of(each.values, Made) if each.values >= 0 else ()
        return any(_varies(track, each.value_axes) for track in tracks)

    def is_made(self, each: WeightedSum) -> bool:
        """Returns whether a parameter made the axis of the keys, as of a router or a codebook."""
        source = each.sources[0]
        return any(_varies(track, self._sources[source]) for track in self._tracks.of(source, Made))

    def _sum(
        self,
        weights: int,
        values: int,
        own: Sequence[Track],
        keys: Axes,
        free: Axes,
        shared: Axes,
        repeated: Axes,
        value_axes: Axes,
        kind: Literal["sum", "gate"],
        op: Op,
    ) -> WeightedSum:
        by_source = {track.origin.source: track for track in own}  # type: ignore[attr-defined]
        exact = [source for source in by_source if source in self._program.softmaxes]
        sources = tuple(dict.fromkeys([*exact, *sorted(by_source, reverse=True)]))
        of_first = [track for track in own if track.origin.source in (exact or sources[:1])]  # type: ignore[attr-defined]
        done = frozenset[str]().union(*(track.done for track in of_first))
        return WeightedSum(weights, values, sources, keys, free, shared, repeated, value_axes, kind, op.place, done)

    def _normalises(self, op: Reduce) -> bool:
        """Returns whether a sum is what its own terms are divided by."""
        reached, seen = [op.output], set[int]()
        own = {track.origin.source for track in self._tracks.of(op.inputs[0], Weight)}  # type: ignore[attr-defined]
        while reached and len(seen) < 12:
            tensor = reached.pop(0)
            seen.add(tensor)
            for consumer in self._consumers.get(tensor, ()):
                if isinstance(consumer, Elementwise) and consumer.how == "divide" and consumer.inputs[1] == tensor:
                    over = {track.origin.source for track in self._tracks.of(consumer.inputs[0], Weight)}  # type: ignore[attr-defined]
                    if own & over:
                        return True
                elif isinstance(consumer, Reshape) or (
                    isinstance(consumer, Elementwise) and consumer.how in ("same", "add", "clip")
                ):
                    reached.append(consumer.output)
        return False


def origins_of(source: int, shape: Sequence[int]) -> list[Track]:
    """Returns the tracks that begin at something that sums to 1, one for each of its axes."""
    return [
        Track(Weight(source, axis), codes.along(axis, len(shape), range(size)))
        for axis, size in enumerate(shape)
        if size > 1
    ]


def _varies(track: Track, axes: Sequence[int]) -> bool:
    return any(track.code.shape[axis] > 1 for axis in axes)


def _size_at(shape: Sequence[int], from_end: int) -> int:
    return shape[-from_end] if from_end <= len(shape) else 1
