"""The rows of a head, read once: some rows at a time, as many as stay in the processor's cache while all is computed of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.attention.pooling import HeadPool
from tb_seqviz_plugin.records.attention.strongest import TINY, have_shares

Float = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

_CACHED = 1 << 18
"""Weights that are looked at together: with what is computed of them 2 MiB."""
NEAR = (-1, 0, 1)
"""How far the places that `Rows.near` is of are from a row's own."""
_LN_2 = np.float32(np.log(2))

_thread = threading.local()


@dataclass(frozen=True)
class Rows:
    """What is found of the rows of a head that take part.

    Args:
        places: int [rows], of each row among the queries.
        totals: float32 [rows], the sum of its magnitudes, by which they become shares.
        largest: float32 [rows], the largest share.
        least: float32 [rows], the least share.
        strongest: int [rows], place of the largest.
        entropy: float32 [rows], in nats.
        counts: int [rows], how many keys it may look at.
        ahead: float32 [rows], share on later places; 0 where queries and keys are not the same tokens.
        distance: float32 [rows], mean distance from the query's own place; 0 where they are not.
        near: float32 [3, rows], share on the place before its own, on its own and on the next; 0 where there is no such place, and
            where queries and keys are not the same tokens.
        columns: float32 [keys], mean share of each key.
        keys: bool [keys], those that any query may look at, but those that are padding.
        broken: how many weights of the head are not finite.
        is_signed: whether some weight is below 0.
        is_causal: whether queries and keys are the same tokens and all weights on later ones are 0.
    """

    places: Places
    totals: Float
    largest: Float
    least: Float
    strongest: Places
    entropy: Float
    counts: Places
    ahead: Float
    distance: Float
    near: Float
    columns: Float
    keys: Mask
    broken: int
    is_signed: bool
    is_causal: bool

    @cached_property
    def asking(self) -> Mask:
        """The rows that may look at something: not those that are even over all keys where others look at some of them only."""
        even = are_even(self.largest, self.least)
        return ~even if (self.least == 0).any() and not even.all() else np.ones(len(even), bool)


def are_even(largest: Float, least: Float) -> Mask:
    """Returns which rows have equal weights on all keys, to rounding, by the largest and the least of each."""
    return largest - least <= np.float32(1e-6) * least


class Reader:
    """Reads the heads of a layer.

    Args:
        queries: how many there are.
        keys: how many there are.
        same: whether they are the same tokens, place by place.
        mask: bool [queries, keys], True where a query may look; None where weights that are exactly 0 say so.
        padded: places of queries that take no part.
        together: rows are taken in multiples of this, a power of 2.
    """

    def __init__(
        self, queries: int, keys: int, same: bool, mask: Mask | None, padded: Places, together: int = 1
    ) -> None:
        self._queries, self._keys, self._same, self._mask = queries, keys, same, mask
        at_once = max(_CACHED // keys, 1)
        self._rows = min(max(1 << (at_once.bit_length() - 1), together), queries)
        self._real = np.ones(queries, bool)
        self._real[padded] = False
        self._counts = None if mask is None else np.count_nonzero(mask, axis=-1)
        length = np.arange(1, max(queries, keys) + 1, dtype=np.float32)
        # Beside the ones that make a row's sum, how far each key lies from those rows: BLAS has both in one go.
        self._after = np.stack([np.ones_like(length), length], axis=1)
        self._before = self._after[::-1].copy()
        self._before[:, 0] = 1
        own = length[: self._rows]
        self._apart = np.abs(own - own[:, None])
        self._later = (own > own[:, None]).astype(np.float32)

    def __call__(self, head: Float, into: HeadPool | None = None) -> Rows:
        """Returns what is found of a head.

        Args:
            head: float32 [queries, keys].
            into: takes each stretch of rows while it is in the cache; None where nothing is kept of them.
        """
        found = _Found(self._keys)
        if self._mask is not None:
            found.keys |= self._mask[self._real].any(axis=0)
        with np.errstate(all="ignore"):
            for first in range(0, self._queries, self._rows):
                self._add(first, np.ascontiguousarray(head[first : first + self._rows]), found, into)
        return found.rows()

    def _add(self, first: int, rows: Float, found: _Found, into: HeadPool | None) -> None:
        given, least = rows, rows.min(axis=1)
        if not least.min() >= 0:  # also where one is NaN
            found.is_signed |= bool((rows < 0).any())
            rows = np.abs(rows)
            least = rows.min(axis=1)
        totals, ahead, distance, width = self._sums(first, rows)
        near = self._near(first, rows)
        found.looks_ahead |= not self._same or bool((ahead != 0).any())
        if into is not None:
            seen = given[:, :width]
            into.take(first, seen, seen if rows is given else rows[:, :width], totals)
        # To the right of a causal head's diagonal there is nothing more to see.
        rows = rows[:, :width]
        places = np.arange(first, first + len(rows))
        usable = have_shares(totals) & self._real[first : first + len(rows)]
        if not usable.all():
            if not np.isfinite(totals).all():
                found.broken += int(np.count_nonzero(~np.isfinite(rows)))
            if self._mask is None:
                found.keys[:width] |= (rows[self._real[places]] != 0).any(axis=0)
            if not usable.any():
                return
            rows, least, totals = rows[usable], least[usable], totals[usable]
            ahead, distance, near, places = ahead[usable], distance[usable], near[:, usable], places[usable]
        strongest = rows.argmax(axis=1)
        factors = 1 / totals
        found.columns[:width] += factors @ rows
        by_all = _first_seen(rows, least)
        entropy = np.log(totals) - factors * _logarithms_weighed(rows, by_all, _scratch(rows))
        found.parts.append(
            {
                "places": places,
                "totals": totals,
                "largest": rows[np.arange(len(rows)), strongest] * factors,
                "least": least * factors,
                "strongest": strongest,
                "entropy": np.maximum(entropy, 0),  # of a weight of 1 it rounds to a little below
                "counts": self._allowed(places, rows, by_all, found),
                "ahead": ahead * factors,
                "distance": distance * factors,
                "near": near * factors,
            }
        )

    def _sums(self, first: int, rows: Float) -> tuple[Float, Float, Float, int]:
        """Returns of each row its sum, that of later places and of distances, and how many first keys there are to see."""
        if not self._same:
            both = rows @ self._after[: self._keys, :1]
            return both[:, 0], np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32), self._keys
        end = first + len(rows)
        own = np.arange(len(rows), dtype=np.float32)
        left = rows[:, :first] @ self._before[len(self._before) - first :]
        middle = rows[:, first:end]
        right = rows[:, end:] @ self._after[: self._keys - end]
        later = np.einsum("qk,qk->q", middle, self._later[: len(rows), : len(rows)]) + right[:, 0]
        distance = left[:, 1] + own * left[:, 0] + right[:, 1] + (len(rows) - 1 - own) * right[:, 0]
        distance += np.einsum("qk,qk->q", middle, self._apart[: len(rows), : len(rows)])
        totals = left[:, 0] + middle.sum(axis=1) + right[:, 0]
        return totals, later, distance, self._keys if right[:, 0].any() else end

    def _near(self, first: int, rows: Float) -> Float:
        """Returns the weight of each row on the place before its own, on its own and on the next, float32 [3, rows]."""
        near = np.zeros((len(NEAR), len(rows)), np.float32)
        if self._same:
            for own, away in zip(near, NEAR, strict=True):
                there = rows.diagonal(first + away) if first + away >= 0 else rows[1:].diagonal()
                start = max(-first - away, 0)
                own[start : start + len(there)] = there
        return near

    def _allowed(self, places: Places, rows: Float, seen: int, found: _Found) -> Places:
        """Returns how many keys each row may look at, of which all look at so many first ones."""
        if self._counts is not None:
            return self._counts[places]
        found.keys[:seen] = True
        # As floats, which BLAS adds up.
        looks = np.not_equal(rows[:, seen:], 0, out=_scratch(rows)[:, seen:])
        found.keys[seen : rows.shape[1]] |= np.ones(len(looks), np.float32) @ looks > 0
        return seen + (looks @ self._after[: looks.shape[1], 0]).astype(np.intp)


@dataclass
class _Found:
    """What is found of a head, stretch by stretch."""

    length: int
    parts: list[dict[str, npt.NDArray[Any]]] = field(default_factory=list)
    broken: int = 0
    is_signed: bool = False
    looks_ahead: bool = False

    def __post_init__(self) -> None:
        self.columns = np.zeros(self.length, np.float32)
        self.keys = np.zeros(self.length, bool)

    def rows(self) -> Rows:
        """Returns all that was found."""
        parts = self.parts or [_NOTHING]
        arrays = {name: np.concatenate([part[name] for part in parts], axis=-1) for name in _NOTHING}
        columns = self.columns / np.float32(max(len(arrays["places"]), 1))
        return Rows(
            **arrays,
            columns=columns,
            keys=self.keys,
            broken=self.broken,
            is_signed=self.is_signed,
            is_causal=not self.looks_ahead,
        )


_NOTHING: dict[str, npt.NDArray[Any]] = {
    **{name: np.zeros(0, np.intp) for name in ("places", "strongest", "counts")},
    "near": np.zeros((len(NEAR), 0), np.float32),
    **{name: np.zeros(0, np.float32) for name in ("totals", "largest", "least", "entropy", "ahead", "distance")},
}


def _scratch(like: Float) -> Float:
    """Returns room for what is computed of each weight, the same each time in a thread: new memory would take longer."""
    room: Float | None = getattr(_thread, "room", None)
    if room is None or room.size < like.size:
        room = _thread.room = np.empty(like.size, np.float32)
    return room[: like.size].reshape(like.shape)


def _first_seen(rows: Float, least: Float) -> int:
    """Returns how many first keys all rows look at, as those before the queries of a causal head; 0 for fewer than half."""
    if least.all():
        return rows.shape[1]
    most = _before_a_zero(rows[0])
    return _before_a_zero(rows[:, :most].min(axis=0)) if 2 * most >= rows.shape[1] else 0


def _before_a_zero(weights: Float) -> int:
    unseen = ~(weights > 0)
    return int(unseen.argmax()) if unseen.any() else len(weights)


def _logarithms_weighed(rows: Float, seen: int, scratch: Float) -> Float:
    """Returns the sum of w ln w of each row, float32 [rows], all of which look at so many first keys."""
    # In binary, which is quicker; 0 ln 0 is 0.
    np.log2(rows[:, :seen], out=scratch[:, :seen])
    rest = np.add(rows[:, seen:], TINY, out=scratch[:, seen:])
    np.log2(rest, out=rest)
    return _LN_2 * dots(rows, scratch)


def dots(one: Float, other: Float) -> Float:
    """Returns the product of each row of one with that of the other, float32 [rows]."""
    products: Float = np.matmul(one[:, None, :], other[:, :, None])[:, 0, 0]
    return products
