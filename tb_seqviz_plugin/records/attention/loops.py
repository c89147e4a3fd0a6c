"""What `Reader`, `HeadPool` and `agreement` find, to the rounding of float32, by loops that Numba compiles: all of a row is found
while it is in the processor's cache.

Weights are compared as the whole numbers that their bits are: those of magnitudes rise as the magnitudes do, with NaN at the end.
Whole numbers are cast back to 32 bits wherever they are computed: Numba widens them to 64, of which a processor takes half as many
at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numba import njit

from tb_seqviz_plugin.records.attention.rows import Float, Mask

Bits = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int32]
Function = TypeVar("Function", bound=Callable[..., object])

# A sum may be taken in any order, as BLAS does; nothing is assumed of NaN.
_OPTIONS = {"nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}
_MAGNITUDE = np.uint32(0x7FFFFFFF)
_INFINITE = np.uint32(0x7F800000)
_TINY = np.uint32(0x00800000)
_ONE, _SIGN = np.uint32(1), np.uint32(31)
_SQRT_HALF, _MANTISSA, _MANTISSA_BITS = np.uint32(0x3F3504F3), np.uint32(0x007FFFFF), np.int32(23)
_LN_2, _HALF = np.float32(np.log(2)), np.float32(0.5)
_FEW = 32
_EXACT, _ROUGH = np.uint32(0), np.uint32(15)
"""Bits that are left out of a bound."""


def _compiled(function: Function) -> Function:
    """Returns a function that is compiled when it is first called, and kept on disk where there is a place for it."""
    try:
        made: Function = njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:  # no folder to keep it in
        made = njit(**_OPTIONS)(function)
    return made


@_compiled
def _size(weight: np.uint32) -> np.uint32:
    """Returns the bits of a magnitude."""
    return np.uint32(weight & _MAGNITUDE)


@_compiled
def _rank(weight: np.uint32) -> np.uint32:
    """Returns bits with the sign behind them, so that of two weights that are as large the positive one ranks first."""
    return np.uint32(((weight << _ONE) | (weight >> _SIGN)) ^ _ONE)


@_compiled
def _ranked(rank: np.uint32) -> np.float32:
    """Returns the weight of a rank."""
    bits = np.uint32(rank ^ _ONE)
    return np.uint32((bits >> _ONE) | (bits << _SIGN)).view(np.float32)


@_compiled
def _any_bits(own: Bits) -> np.uint32:
    every = np.uint32(0)
    for at in range(len(own)):
        every = np.uint32(every | own[at])
    return every


@_compiled
def _extremes(own: Bits) -> tuple[np.uint32, np.uint32]:
    """Returns the bits of the largest and the least magnitude."""
    largest, least = np.uint32(0), _MAGNITUDE
    for at in range(len(own)):
        size = _size(own[at])
        largest = max(largest, size)
        least = min(least, size)
    return largest, least


@_compiled
def _sums(row: Float, place: Float, query: int, same: bool) -> tuple[np.float32, np.float32, np.float32]:
    """Returns the sum of magnitudes, that of later places and that of distances; the last two are 0 where tokens differ."""
    total, later, distance = np.float32(0), np.float32(0), np.float32(0)
    own = np.float32(query)
    for at in range(len(row)):
        total += abs(row[at])
    if same:
        for at in range(len(row)):
            distance += abs(row[at]) * abs(place[at] - own)
        for at in range(query + 1, len(row)):
            later += abs(row[at])
    return total, later, distance


@_compiled
def _weighed(size: np.float32) -> np.float32:
    """Returns w ln w, by the polynomial of Cephes' logf between sqrt(1/2) and sqrt(2); 0 of 0."""
    shifted = np.int32(np.uint32(np.float32(size).view(np.uint32) - _SQRT_HALF))
    exponent = np.float32(np.int32(shifted >> _MANTISSA_BITS))
    over = np.uint32((np.uint32(shifted) & _MANTISSA) + _SQRT_HALF).view(np.float32) - np.float32(1)
    series = np.float32(7.0376836292e-2) * over - np.float32(1.1514610310e-1)
    series = series * over + np.float32(1.1676998740e-1)
    series = series * over - np.float32(1.2420140846e-1)
    series = series * over + np.float32(1.4249322787e-1)
    series = series * over - np.float32(1.6668057665e-1)
    series = series * over + np.float32(2.0000714765e-1)
    series = series * over - np.float32(2.4999993993e-1)
    series = series * over + np.float32(3.3333331174e-1)
    square = over * over
    return size * (_LN_2 * exponent + (over - _HALF * square + square * over * series))


@_compiled
def _all_weighed(row: Float) -> np.float32:
    """Returns the sum of w ln w."""
    total = np.float32(0)
    for at in range(len(row)):
        total += _weighed(abs(row[at]))
    return total


@_compiled
def _first_of(own: Bits, size: np.uint32) -> int:
    """Returns the first place of a magnitude that there is."""
    first = np.int32(len(own))
    for at in range(len(own)):
        first = min(first, np.int32(at) if _size(own[at]) == size else np.int32(len(own)))
    return first


@_compiled
def _reaching(own: Bits, bound: np.uint32) -> np.int32:
    """Returns how many magnitudes reach a bound."""
    count = np.int32(0)
    for at in range(len(own)):
        count = np.int32(count + np.int32(_size(own[at]) >= bound))
    return count


@_compiled
def _add_bits(own: Bits, seen: Bits) -> None:
    for at in range(len(own)):
        seen[at] |= own[at]


@_compiled
def _add_shares(row: Float, factor: np.float32, columns: Float) -> None:
    for at in range(len(row)):
        columns[at] += factor * abs(row[at])


@_compiled
def _add_ranks(own: Bits, ranks: Bits) -> None:
    """Raises the ranks of keys to those of a row."""
    for at in range(len(own)):
        ranks[at] = max(ranks[at], _rank(own[at]))


@_compiled
def _fold(ranks: Bits, block: int, strongest: Float) -> None:
    """Fills in the strongest weight of each block of keys, and starts the ranks of the next block of queries."""
    for at in range(len(strongest)):
        rank = _ONE
        for key in range(at * block, min((at + 1) * block, len(ranks))):
            rank = max(rank, ranks[key])
        strongest[at] = _ranked(np.uint32(rank))
    ranks[:] = _ONE


@_compiled
def _strongest(
    row: Float, own: Bits, tops: Bits, hits: Places, candidates: Places, sizes: Bits, places: Places, strongest: Float
) -> None:
    """Fills in the strongest weights of a row, rising by their places.

    So many groups of keys that lie far apart, since strong ones are neighbours, have one that reaches a bound: as many keys do, at
    least, and only keys of these groups.
    """
    groups, count = len(tops), len(places)
    tops[:] = 0
    for start in range(0, len(own), groups):
        some = own[start : start + groups]
        for at in range(len(some)):
            tops[at] = max(tops[at], _size(some[at]))
    bound = max(_bound(tops, count, _ROUGH), _TINY) if count < groups else _TINY
    # Without branches, which a processor cannot foretell here: each place is written, and stays if it counts.
    several = 0
    for group in range(groups):
        hits[several] = group
        several += np.int64(tops[group] >= bound)
    found = 0
    for hit in range(several):
        for at in range(hits[hit], len(own), groups):
            candidates[found] = at
            sizes[found] = _size(own[at])
            found += np.int64(sizes[found] >= bound)
    if found > count:
        found = _only(candidates, sizes[:found], count)
    _sort(candidates[:found])
    for at in range(found):
        places[at] = candidates[at]
        strongest[at] = row[candidates[at]]


@_compiled
def _sort(places: Places) -> None:
    """Sorts places; a few of them by insertion, for which Numba's own sort takes five times as long."""
    if len(places) > _FEW:
        places.sort()
        return
    for at in range(1, len(places)):
        place, free = places[at], at
        while free > 0 and places[free - 1] > place:
            places[free] = places[free - 1]
            free -= 1
        places[free] = place


@_compiled
def _only(candidates: Places, sizes: Bits, count: int) -> int:
    """Brings the strongest of the candidates to the front; returns how many that are."""
    bound = _bound(sizes, count, _EXACT)
    alike = count - _reaching(sizes, np.uint32(bound + _ONE))
    found = 0
    for at in range(len(sizes)):
        same = np.int64(sizes[at] == bound) & np.int64(alike > 0)
        alike -= same
        candidates[found] = candidates[at]
        found += same | np.int64(sizes[at] > bound)
    return found


@_compiled
def _bound(sizes: Bits, count: int, left_out: int) -> np.uint32:
    """Returns the largest number, but for its last bits, that so many of the sizes reach, of which there are more."""
    largest, least = _extremes(sizes)
    bit = np.uint32(0)
    while np.uint32((largest ^ least) >> bit):
        bit = np.uint32(bit + _ONE)
    bound = np.uint32((least >> bit) << bit)
    while bit > left_out:
        bit = np.uint32(bit - _ONE)
        trial = np.uint32(bound | np.uint32(_ONE << bit))
        bound = trial if _reaching(sizes, trial) >= count else bound
    return bound


@_compiled
def read_head(
    head: Float,
    bits: Bits,
    real: Mask,
    same: bool,
    block: int,
    groups: int,
    blocks: Float,
    places: Places,
    strongest: Float,
) -> tuple[Float, Places, Float, Bits, int, bool]:
    """Reads a head row by row.

    Args:
        head: float32 [queries, keys].
        bits: uint32, the same memory.
        real: bool [queries], of those that are no padding.
        same: whether queries and keys are the same tokens, place by place.
        block: the side of the blocks of which the strongest weight is kept, 0 for none.
        groups: how many groups of keys are looked at for how strong the strongest are.
        blocks: float32 [blocks of queries, blocks of keys]; is filled with the strongest of each.
        places: int32 [queries, count], -1; is filled with where the strongest of each query are, rising.
        strongest: float32 [queries, count], 0; is filled with these.

    Returns:
        of each query its sum, largest and least magnitude, sum of w ln w, sum of later places and of distances, float32
        [6, queries]; the place of its largest and how many are not 0, int32 [2, queries]; the sum of each key's shares, float32
        [keys]; all bits of each key in rows that have no shares; how many weights are not finite; and whether some are below 0.
    """
    queries, keys = head.shape
    of_rows = np.zeros((6, queries), np.float32)
    counts = np.zeros((2, queries), np.int32)
    columns = np.zeros(keys, np.float32)
    seen = np.zeros(keys, np.uint32)
    place = np.arange(keys).astype(np.float32)
    ranks = np.full(keys, _ONE)
    tops = np.empty(groups, np.uint32)
    hits = np.empty(groups + 1, np.int32)
    candidates = np.empty(keys + 1, np.int32)
    sizes = np.empty(keys + 1, np.uint32)
    broken, signed = 0, False
    for query in range(queries):
        # Memory is read from the first key to the last; of a causal head there is nothing to see after the query's own place.
        end = min(query + 1, keys) if same else keys
        first, after = _any_bits(bits[query, :end]), _any_bits(bits[query, end:])
        width = keys if _size(after) else end
        row, own = head[query, :width], bits[query, :width]
        largest, least = _extremes(own)
        signed = signed or ((first | after) >> _SIGN != 0 and bool((row < 0).any()))
        of_rows[0, query], of_rows[4, query], of_rows[5, query] = _sums(row, place[:width], query, same)
        of_rows[1, query] = np.uint32(largest).view(np.float32)
        if width == keys:
            of_rows[2, query] = np.uint32(least).view(np.float32)
        if block:
            _add_ranks(own, ranks)
            if (query + 1) % block == 0 or query + 1 == queries:
                _fold(ranks, block, blocks[query // block])
        if places.shape[1]:
            _strongest(row, own, tops[: min(groups, width)], hits, candidates, sizes, places[query], strongest[query])
        if largest >= _INFINITE:
            broken += _reaching(own, _INFINITE)
        total = of_rows[0, query]
        if not real[query]:
            continue
        if total > 0 and total < np.inf:
            counts[0, query] = _first_of(own, largest)
            counts[1, query] = _reaching(own, _ONE)
            of_rows[3, query] = _all_weighed(row)
            _add_shares(row, np.float32(1) / total, columns)
        else:
            _add_bits(own, seen)
    return of_rows, counts, columns, seen, broken, signed


@_compiled
def divergence(shares: Float, taking_part: Float) -> Float:
    """Returns the Jensen-Shannon divergence of each two heads, summed over queries of both.

    Args:
        shares: float32 [heads, queries, keys].
        taking_part: float32 [heads, queries], 1 or 0.

    Returns:
        float32 [heads, heads], in bits, 0 but above the diagonal.
    """
    heads, queries, _ = shares.shape
    apart = np.zeros((heads, heads), np.float32)
    own = np.empty(heads, np.float32)
    for query in range(queries):
        for head in range(heads):
            own[head] = _all_weighed(shares[head, query])
        for one in range(heads):
            for other in range(one + 1, heads):
                if taking_part[one, query] and taking_part[other, query]:
                    middle = _middle_weighed(shares[one, query], shares[other, query])
                    apart[one, other] += (own[one] + own[other]) / 2 - middle
    return apart / _LN_2


@_compiled
def _middle_weighed(one: Float, other: Float) -> np.float32:
    """Returns the sum of m ln m of what lies in the middle of two rows."""
    total = np.float32(0)
    for at in range(len(one)):
        total += _weighed(_HALF * (one[at] + other[at]))
    return total
