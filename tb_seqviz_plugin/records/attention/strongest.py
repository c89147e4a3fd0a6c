"""The strongest weights of each query, which a layer that is pooled keeps beside its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]

_GROUPS = 4
"""For each weight that is wanted, so many groups of keys are looked at for how strong it must be,"""
_FEWEST_GROUPS = 128
"""and as many as this, which are as quickly looked at."""
TINY = np.finfo(np.float32).tiny
"""The smallest number that float32 holds in full."""


@dataclass(frozen=True)
class Strongest:
    """The strongest weights of each query of a layer, of which all weights are not kept.

    Args:
        weights: float32 [heads, queries, count], of either sign, 0 where `keys` has no place.
        keys: int32 [heads, queries, count], the place of each, rising, -1 behind the last: the other weights of a query that has
            fewer than `count` are 0.
        all_keys: how many keys there are.
        held: float32 [heads], the mean share of a query's weight that is kept.
        least_held: float32 [heads], the share of the query of which the least is kept.
        query_tokens: one string per query; empty for bare positions.
        key_tokens: one string per key; empty for bare positions.
        causal: whether all weights on keys after the query's own place are 0.

    >>> kept = Strongest(np.float32([[[0.5, 0.4], [1, 0]]]), np.int32([[[0, 2], [1, -1]]]), 3, np.ones(1), np.ones(1))
    >>> kept.dense(0).tolist()
    [[0.5, nan, 0.4000000059604645], [0.0, 1.0, 0.0]]
    """

    weights: Float
    keys: Places
    all_keys: int
    held: Float
    least_held: Float
    query_tokens: Sequence[str] = ()
    key_tokens: Sequence[str] = ()
    causal: bool = False

    def dense(self, head: int) -> Float:
        """Returns a head, float32 [queries, keys], NaN where the weight is not kept and not known to be 0.

        Args:
            head: which, from 0.
        """
        keys, weights = self.keys[head], self.weights[head]
        found = np.full((len(keys), self.all_keys), np.nan, np.float32)
        found[keys[:, -1] < 0] = 0
        if self.causal:
            found[np.arange(len(keys))[:, None] < np.arange(self.all_keys)] = 0
        rows, columns = np.nonzero(keys >= 0)
        found[rows, keys[rows, columns]] = weights[rows, columns]
        return found


def strongest_of(rows: Float, count: int, sizes: Float) -> tuple[Places, Float]:
    """Returns the strongest weights of each row, and where they are.

    Args:
        rows: float32 [rows, keys], of either sign.
        count: how many of each, at least 1.
        sizes: float32 [rows, keys], how strong they are: not NaN, and at least 0.

    Returns:
        int32 [rows, count], rising, -1 where a row has fewer that are not 0, and float32 [rows, count], 0 there.

    >>> rows = np.float32([[1, 5, 0, -3], [0, 0, 2, 0]])
    >>> [found.tolist() for found in strongest_of(rows, 2, np.abs(rows))]
    [[[1, 3], [2, -1]], [[5.0, -3.0], [2.0, 0.0]]]
    """
    width = rows.shape[1]
    # Not np.nonzero of two axes: of a flat array it is several times as fast.
    row, key = np.divmod(np.flatnonzero(sizes >= _least(sizes, count)[:, None]).astype(np.int32), np.int32(width))
    found = np.bincount(row, minlength=len(rows))
    most = max(int(found.max(initial=0)), count)
    nth = np.arange(len(row), dtype=np.int32) - np.repeat((np.cumsum(found) - found).astype(np.int32), found)
    keys = np.full((len(rows), most), -1, np.int32)
    keys[row, nth] = key
    if most > count:
        several = np.flatnonzero(found > count)
        among = keys[several]
        strength = np.where(among < 0, np.float32(-1), sizes[several[:, None], among])
        picked = np.argpartition(strength, most - count, axis=1)[:, most - count :]
        picked.sort(axis=1)
        keys = keys[:, :count]
        keys[several] = among[np.arange(len(several))[:, None], picked]
    weights = rows[np.arange(len(rows))[:, None], keys]
    weights[keys < 0] = 0
    return keys, weights


def _least(sizes: Float, count: int) -> Float:
    """Returns a bound of each row that at least its `count` strongest reach, and few others, float32 [rows], above 0.

    So many groups of keys have one that reaches the bound: as many keys do, at least. Keys of a group lie far apart, since strong
    ones are neighbours.
    """
    width = sizes.shape[1]
    groups = min(max(_GROUPS * count, _FEWEST_GROUPS), width)
    tops = sizes[:, :groups].copy()
    for first in range(groups, width, groups):
        others = sizes[:, first : first + groups]
        np.maximum(tops[:, : others.shape[1]], others, out=tops[:, : others.shape[1]])
    if count >= groups:
        return np.full(len(sizes), TINY, np.float32)
    tops.sort(axis=1)  # which is quicker than a partition of so few
    return np.maximum(tops[:, groups - count], TINY)


def have_shares(totals: Float) -> npt.NDArray[np.bool_]:
    """Returns which rows can be divided by the sum of their magnitudes: not by 0, nor by what float32 does not hold in full."""
    return (totals >= TINY) & (totals < np.inf)


def shares(kept: Float, totals: Float) -> Float:
    """Returns the share of each row that is kept, float32 [rows]; NaN of rows that have none.

    Args:
        kept: float32 [rows], the sum of the magnitudes that are.
        totals: float32 [rows], that of all.
    """
    usable = have_shares(totals)
    return np.where(usable, np.minimum(kept / np.where(usable, totals, np.float32(1)), 1), np.float32(np.nan))


def gaps_of(keys: Places) -> Places:
    """Returns places as how far each is from the one before, the first from -1; 0 behind the last, int32 like `keys`."""
    before = np.concatenate([np.full((*keys.shape[:-1], 1), -1, np.int32), keys[..., :-1]], axis=-1)
    return np.where(keys < 0, np.int32(0), keys - before)


def places_of(gaps: npt.NDArray[np.unsignedinteger], all_keys: int) -> Places:
    """Returns the places that `gaps_of` was made of.

    Args:
        gaps: unsigned [heads, queries, count].
        all_keys: how many keys there are.

    Raises:
        ValueError: if they leave the keys, or go on behind the last.
    """
    none = gaps == 0
    places = np.cumsum(gaps, axis=-1, dtype=np.uint64)
    if (none[..., :-1] & ~none[..., 1:]).any() or (places > all_keys).any():
        raise ValueError(f"places of strongest weights do not rise within {all_keys} keys")
    return np.where(none, np.int32(-1), places.astype(np.int32) - np.int32(1))
