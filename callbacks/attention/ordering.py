"""Which axes of weights are the examples, the heads, the queries and the keys."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention import codes
from tb_seqviz_plugin.callbacks.attention.codes import Code
from tb_seqviz_plugin.callbacks.attention.layout import (
    Fold,
    Layout,
    LayoutError,
    fold_by_code,
    folds_by_rolling,
    lay_out,
    unmerged,
)
from tb_seqviz_plugin.callbacks.attention.sums import SumFinder, WeightedSum
from tb_seqviz_plugin.callbacks.attention.tracks import Example, Made, Position, Tracks, Weight
from tb_seqviz_plugin.callbacks.model.program import Program

Values = npt.NDArray[Any]
Axes = tuple[int, ...]


class Ordering:
    """Sets weights in order.

    Args:
        program: the ops.
        tracks: of its tensors.
        finder: what found the weights.
        batch: number of examples.
    """

    def __init__(self, program: Program, tracks: Tracks, finder: SumFinder, batch: int) -> None:
        self._program, self._tracks, self._finder, self._batch = program, tracks, finder, batch
        self._queries: dict[WeightedSum, tuple[Axes, tuple[Axes, ...]]] = {}

    def of(self, each: WeightedSum, plain: Values, rolled: Values | None) -> Layout:
        """Returns the layout of weights.

        Args:
            each: the weights.
            plain: their values.
            rolled: those with the examples rolled by one, None if there are none.

        Raises:
            LayoutError: if it cannot be told where the examples lie.
        """
        shape = self._program.shapes[each.weights]
        split, parts = self._split(each, shape)

        def axes_of(axes: Axes) -> Axes:
            return tuple(part for axis in axes for part in parts[axis])

        keys, free, shared = axes_of(each.keys), axes_of(each.free), axes_of(each.shared)
        fold = self._fold(each.weights, shape, split, plain, rolled, [*shared, *free])
        queries = self._query_axes(each, shape, split, fold, keys, free, shared)
        self._queries[each] = queries, tuple(parts)
        return lay_out(split, keys, queries, fold, self._batch, axes_of(each.repeated))

    def of_source(self, source: int, own: Axes, each: WeightedSum, plain: Values, rolled: Values | None) -> Layout:
        """Returns the layout of a softmax that weights were made from, as that of these."""
        shape = self._program.shapes[source]
        split_queries, parts = self._queries[each]
        asked = {axis for axis, those in enumerate(parts) if set(those) & set(split_queries)}
        queries = tuple(
            track.origin.axis  # type: ignore[attr-defined]
            for track in self._tracks.of(each.weights, Weight)
            if track.origin.source == source  # type: ignore[attr-defined]
            and track.origin.axis not in own  # type: ignore[attr-defined]
            and set() < set(codes.varying(track.code)) <= asked
        )
        order = [axis for axis in range(len(shape)) if axis not in own]
        fold = self._fold(source, shape, shape, plain, rolled, order)
        return lay_out(shape, own, tuple(dict.fromkeys(queries)), fold, self._batch)

    def _split(self, each: WeightedSum, shape: Axes) -> tuple[Axes, list[Axes]]:
        """Returns the shape of weights with those axes apart that the softmax has apart, and these of each axis."""
        source = each.sources[0]
        own = self._program.shapes[source]
        by_axis: dict[int, Code] = {}
        for track in self._tracks.of(each.weights, Weight):
            if track.origin.source == source:  # type: ignore[attr-defined]
                by_axis.setdefault(track.origin.axis, track.code)  # type: ignore[attr-defined]
        sizes = [own[axis] for axis in by_axis]
        split: list[int] = []
        parts: list[Axes] = []
        for axis, size in enumerate(shape):
            joined = unmerged(list(by_axis.values()), sizes, axis, size) if axis not in each.keys else ()
            parts.append(tuple(range(len(split), len(split) + len(joined or (size,)))))
            split += joined or (size,)
        return tuple(split), parts

    def _fold(
        self, tensor: int, shape: Axes, split: Axes, plain: Values, rolled: Values | None, order: Sequence[int]
    ) -> Fold | None:
        """Returns where the examples lie: along one of some axes, those of the keys not among them; the likeliest come first."""
        if self._batch == 1:
            return None
        told = self._fold_by_tracks(tensor, shape, split, order)
        if rolled is None:
            if told is None:
                raise LayoutError(
                    f"its weights have shape {list(shape)}, of which no axis can be told to be the examples"
                )
            return told
        before, after = (each.reshape(split).astype(np.float32, copy=False) for each in (plain, rolled))
        if told is not None and told in folds_by_rolling(before, after, self._batch, [told.axis]):
            return told
        folds = folds_by_rolling(before, after, self._batch, order)
        if told is not None and not folds:
            return told
        if folds:
            return min(folds, key=lambda fold: (order.index(fold.axis), fold.outer))
        if np.allclose(plain, rolled, atol=1e-6, equal_nan=True):
            return None
        sizes = [axis for axis in order if split[axis] == self._batch]
        if not sizes:
            raise LayoutError(f"its weights have shape {list(shape)}, of which no axis can be told to be the examples")
        return Fold(sizes[0])  # the model itself mixes its examples

    def _fold_by_tracks(self, tensor: int, shape: Axes, split: Axes, order: Sequence[int]) -> Fold | None:
        for track in self._tracks.of(tensor, Example):
            code = codes.reshape(track.code, shape, split)
            fold = None if code is None else fold_by_code(code, split, self._batch)
            if fold is not None and fold.axis in order:
                return fold
        return None

    def _query_axes(
        self, each: WeightedSum, shape: Axes, split: Axes, fold: Fold | None, keys: Axes, free: Axes, shared: Axes
    ) -> Axes:
        """Returns the axes of the queries: of the free ones that along which positions differ, else the last."""
        whole = fold.axis if fold is not None and fold.outer == fold.inner == 1 else -1
        free = tuple(axis for axis in free if split[axis] > 1 and axis != whole)
        if free:
            if len(each.keys) > 1:  # attention over images has as many axes of each
                return tuple(free[-len(each.keys) :])
            known = [axis for axis in free if self._has_positions(each.weights, shape, split, axis)]
            return tuple(known or free)[-1:]
        # Each position has neighbours of its own, or chooses its keys itself.
        origins = self._moving(each) if self._finder.is_aligned(each) else None
        around = [
            axis for axis in shared if axis != whole and self._has_positions(each.weights, shape, split, axis, origins)
        ]
        if around:
            return (around[-1],)
        if self._finder.is_made(each) and not self._finder.is_aligned(each):
            # Each query has values of its own, at places that it chooses itself.
            made = [codes.reshape(track.code, shape, split) for track in self._tracks.of(each.weights, Made)]
            beside_keys = {
                axis
                for code in made
                if code is not None and any(code.shape[key] > 1 for key in keys)
                for axis in codes.varying(code)
            }
            left = [axis for axis in shared if axis != whole and split[axis] > 1 and axis not in beside_keys]
            return tuple(left[:1])
        return ()

    def _has_positions(
        self, tensor: int, shape: Axes, split: Axes, axis: int, origins: Collection[Hashable] | None = None
    ) -> bool:
        """Returns whether positions, of some inputs only where these are given, differ along an axis and no other."""
        for track in self._tracks.of(tensor, Position):
            code = codes.reshape(track.code, shape, split)
            if code is not None and codes.varying(code) == (axis,) and (origins is None or track.origin in origins):
                return True
        return False

    def _moving(self, each: WeightedSum) -> set[Hashable]:
        """Returns the inputs whose positions along the keys are others from query to query."""
        tracks = self._tracks.of(each.values, Position) if each.values >= 0 else []
        return {
            track.origin
            for track in tracks
            if codes.differs(track.code, each.value_axes) and not set(codes.varying(track.code)) <= set(each.value_axes)
        }
