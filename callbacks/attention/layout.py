"""From the axes that weights happen to have to [batch, heads, queries, keys]."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention import codes
from tb_seqviz_plugin.callbacks.attention.codes import Code

Array = npt.NDArray[np.float32]
Axes = tuple[int, ...]


_ENOUGH = 64
"""Entries of other axes that are looked at to find out along which the examples lie."""


class LayoutError(ValueError):
    """Weights whose axes cannot be told."""


@dataclass(frozen=True)
class Fold:
    """Where the examples lie: an axis that is [outer, examples, inner] in one.

    Args:
        axis: of the weights.
        outer: how many blocks there are, each of all examples.
        inner: how many entries of an example lie side by side.
    """

    axis: int
    outer: int = 1
    inner: int = 1


@dataclass(frozen=True)
class Layout:
    """How weights are set in order: split into axes, moved, joined.

    Args:
        shape: the axes that theirs are split into.
        order: of these axes.
        result: [batch, heads, queries, keys]; the batch is 1 where the weights are the same for all examples.
        groups: the axes of each of these four.
        first: axes of which only the first entry counts, as the others repeat it.
    """

    shape: tuple[int, ...]
    order: Axes
    result: tuple[int, int, int, int]
    groups: tuple[Axes, Axes, Axes, Axes]
    first: Axes = ()

    def __call__(self, weights: npt.NDArray[np.generic], batch: int) -> Array:
        """Returns the weights as float32 [batch, heads, queries, keys]."""
        split = weights.reshape(self.shape)[
            tuple(slice(0, 1) if a in self.first else slice(None) for a in range(len(self.shape)))
        ]
        laid = split.transpose(self.order).reshape(self.result).astype(np.float32, copy=False)
        return np.repeat(laid, batch, axis=0) if len(laid) == 1 < batch else laid


def lay_out(shape: Sequence[int], keys: Axes, queries: Axes, fold: Fold | None, batch: int, first: Axes = ()) -> Layout:
    """Returns the layout of weights whose axes are known; what is neither batch, query nor key are heads.

    Args:
        shape: of the weights.
        keys: their axes of keys.
        queries: their axes of queries.
        fold: where the examples lie, None if the weights are the same for all of them.
        batch: number of examples.
        first: see `Layout`.
    """
    sizes = list(shape)
    at = None
    if fold is not None:
        at = fold.axis + 1
        sizes[fold.axis : fold.axis + 1] = [fold.outer, batch, fold.inner]

    def moved(axes: Sequence[int]) -> list[int]:
        return [
            axis if fold is None or axis < fold.axis else axis + 2 for axis in axes if fold is None or axis != fold.axis
        ]

    key_axes, query_axes, left_out = moved(keys), moved(queries), moved(first)
    if fold is not None:  # what is folded with the examples goes with the axis that they are folded into
        beside = [axis for axis, size in ((fold.axis, fold.outer), (fold.axis + 2, fold.inner)) if size > 1]
        if fold.axis in keys:
            key_axes = sorted([*key_axes, *beside])
        elif fold.axis in queries and len(query_axes) == 0:
            query_axes = beside
    kept = [1 if axis in left_out else size for axis, size in enumerate(sizes)]
    heads = [axis for axis in range(len(sizes)) if axis != at and axis not in key_axes and axis not in query_axes]
    groups = (() if at is None else (at,)), tuple(heads), tuple(query_axes), tuple(key_axes)
    examples, *others = (math.prod(kept[axis] for axis in group) for group in groups)
    order = tuple(axis for group in groups for axis in group)
    return Layout(tuple(sizes), order, (examples, others[0], others[1], others[2]), groups, tuple(left_out))


def to_heads(shape: Sequence[int], axes: Sequence[int], batch: int) -> Layout:
    """Returns the layout of weights of which nothing is known but the axes of the keys, as of those that `sow` is given.

    The queries are as many axes before the keys, the first axis is the batch, and everything between them counts as heads.

    Args:
        shape: [batch, ..., queries, keys], [batch, keys], or attention over images with several axes each.
        axes: the axes of the keys.
        batch: number of examples.

    Raises:
        LayoutError: if the first axis is not a multiple of the batch.

    >>> to_heads((2, 5), (-1,), batch=2).result
    (2, 1, 1, 5)
    >>> to_heads((2, 4, 3, 5), (-1,), batch=2).result
    (2, 4, 3, 5)
    """
    keys = tuple(axis % len(shape) for axis in axes)
    before = [axis for axis in range(len(shape)) if axis not in keys]
    if not before or shape[before[0]] % batch:
        raise LayoutError(
            f"its weights have shape {list(shape)}, whose first axis is not a multiple of the probe's {batch} examples"
        )
    count = min(len(keys), len(before) - 1)
    queries = tuple(before[len(before) - count :]) if count else ()
    return lay_out(shape, keys, queries, Fold(before[0], 1, shape[before[0]] // batch), batch)


def fold_by_code(code: Code, shape: Sequence[int], batch: int) -> Fold | None:
    """Returns where the examples lie, as their track says; None if it does not say that they lie along one axis."""
    axes = codes.varying(code)
    if len(axes) != 1:
        return None
    (axis,) = axes
    numbers, size = code.ravel(), shape[axis]
    if size % batch or not np.array_equal(np.unique(numbers), np.arange(batch)):
        return None
    inner = int(np.argmax(numbers != numbers[0]))
    outer = size // batch // max(inner, 1)
    if (
        inner
        and outer * batch * inner == size
        and (numbers == np.tile(np.repeat(np.arange(batch), inner), outer)).all()
    ):
        return Fold(axis, outer, inner)
    return None


def folds_by_rolling(weights: Array, rolled: Array, batch: int, axes: Sequence[int]) -> list[Fold]:
    """Returns all ways in which the examples may lie, given that rolling the examples by one rolls that part of that axis.

    Args:
        weights: as the probe gives them.
        rolled: as the probe with its examples rolled by one gives them.
        batch: number of examples, at least 2.
        axes: along which to look.
    """
    random, folds = np.random.default_rng(0), []
    some = [np.sort(random.permutation(size)[:_ENOUGH]) for size in weights.shape]
    for axis in axes:
        size = weights.shape[axis]
        if size % batch:
            continue
        beside = np.ix_(*some[:axis], np.arange(size), *some[axis + 1 :])
        before, after = (
            np.nan_to_num(np.moveaxis(each[beside], axis, 0).reshape(size, -1)) for each in (weights, rolled)
        )
        noise = random.standard_normal(before.shape[1], dtype=np.float32)
        before, after = before @ noise, after @ noise
        tolerance = 1e-4 * max(float(np.abs(before).max()), 1e-6)
        for outer in range(1, size // batch + 1):
            if (size // batch) % outer == 0:
                split = (outer, batch, size // batch // outer)
                if np.abs(np.roll(before.reshape(split), 1, axis=1) - after.reshape(split)).max() <= tolerance:
                    folds.append(Fold(axis, split[0], split[2]))
    return folds


def unmerged(code_of_axis: Sequence[Code], sizes: Sequence[int], axis: int, size: int) -> tuple[int, ...]:
    """Returns the sizes that an axis joins, () if it joins none.

    Args:
        code_of_axis: for each of the axes that may be joined in it, the place along that of each entry.
        sizes: of these axes.
        axis: the axis of the codes to look at.
        size: of it.
    """
    joined = [k for k, code in enumerate(code_of_axis) if code.shape[axis] > 1 and codes.varying(code) == (axis,)]
    if len(joined) < 2 or math.prod(sizes[k] for k in joined) != size:
        return ()
    # The slowest axis comes first.
    changes = {k: int(np.count_nonzero(np.diff(code_of_axis[k].ravel()))) for k in joined}
    order = sorted(joined, key=lambda k: changes[k])
    wanted = np.unravel_index(np.arange(size), [sizes[k] for k in order])
    if all(np.array_equal(code_of_axis[k].ravel(), want) for k, want in zip(order, wanted, strict=True)):
        return tuple(sizes[k] for k in order)
    return ()
