"""What `Reader`, `HeadPool` and `agreement` find, to the rounding of float32, by loops that Numba compiles: all of a row is found
while it is in the processor's cache, and the next one is on its way there.

Whole numbers are cast back to 32 bits wherever they are computed: Numba widens them to 64, of which a processor takes half as many
at once. Arrays are passed whole, with how much of them counts: of each part of one Numba would count who uses it, which all
processors have to agree on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numba import njit

from tb_seqviz_plugin.records.attention.lanes import LANES, MAGNITUDE, Bits, fetch, lowest, ones, reaching
from tb_seqviz_plugin.records.attention.rows import NEAR, Float, Mask
from tb_seqviz_plugin.records.attention.strongest import TINY

Places = npt.NDArray[np.int32]
Function = TypeVar("Function", bound=Callable[..., object])

# A sum may be taken in any order, as BLAS does; nothing is assumed of NaN.
_OPTIONS = {"nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}
_MAGNITUDE = np.uint32(MAGNITUDE)
_INFINITE = np.uint32(0x7F800000)
_TINY = np.uint32(0x00800000)
_LEAST_TOTAL = TINY
_ONE, _SIGN = np.uint32(1), np.uint32(31)
_SQRT_HALF, _MANTISSA, _MANTISSA_BITS = np.uint32(0x3F3504F3), np.uint32(0x007FFFFF), np.int32(23)
_LN_2, _HALF = np.float32(np.log(2)), np.float32(0.5)
_LINE = 16
"""Weights that the cache takes at once."""
_FEW = LANES // 2
"""So many strongest weights are found among the largest of `LANES` groups, and few others."""


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
def _taken(
    bits: Bits, query: int, first: int, last: int, place: Float, own: Bits
) -> tuple[np.uint32, np.float32, np.float32, np.int32]:
    """Copies weights of a query to where they are worked with, and looks at them while memory is waited for.

    Returns:
        all bits that any of them has, the sum of magnitudes, that of distances, and how many are not 0.
    """
    every, total, distance, count = np.uint32(0), np.float32(0), np.float32(0), np.int32(0)
    middle = np.float32(query)
    for at in range(np.uint64(first), np.uint64(last)):
        weight = bits[query, at]
        own[at] = weight
        every = np.uint32(every | weight)
        size = np.uint32(_size(weight)).view(np.float32)
        total += size
        distance += size * abs(place[at] - middle)
        count = np.int32(count + np.int32(size != 0))
    return every, total, distance, count


@_compiled
def _any_bits(bits: Bits, query: int, first: int) -> np.uint32:
    """Returns all bits that any weight of a query has from a place on."""
    every = np.uint32(0)
    for at in range(np.uint64(first), np.uint64(bits.shape[1])):
        every = np.uint32(every | bits[query, at])
    return every


@_compiled
def _is_any_below(row: Float, width: int) -> bool:
    """Returns whether a weight is below 0, which neither -0.0 is nor NaN."""
    count = np.int32(0)
    for at in range(width):
        count = np.int32(count + np.int32(row[at] < 0))
    return count > 0


@_compiled
def _sum(row: Float, first: int, last: int) -> np.float32:
    total = np.float32(0)
    for at in range(np.uint64(first), np.uint64(last)):
        total += abs(row[at])
    return total


@_compiled
def _least(own: Bits, width: int) -> np.uint32:
    """Returns the bits of the least magnitude."""
    least = _MAGNITUDE
    for at in range(width):
        least = min(least, _size(own[at]))
    return least


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
def _all_weighed(row: Float, width: int) -> np.float32:
    """Returns the sum of w ln w."""
    total = np.float32(0)
    for at in range(width):
        total += _weighed(abs(row[at]))
    return total


@_compiled
def _fetch_lanes(bits: Bits, place: int) -> None:
    for line in range(LANES // _LINE):
        fetch(bits, place + line * _LINE)


@_compiled
def _fill_tops(own: Bits, width: int, tops: Bits, bits: Bits, ahead: int) -> np.uint32:
    """Fills in the largest magnitude of each of `LANES` groups of keys, and fetches as many weights from a place ahead on.

    Keys of a group lie far apart, since strong ones are neighbours.

    Returns:
        the largest of all.
    """
    for at in range(LANES):
        tops[at] = 0
    for lanes in range(width // LANES):
        first = lanes * LANES
        _fetch_lanes(bits, ahead + first)
        for at in range(LANES):
            tops[at] = max(tops[at], _size(own[first + at]))
    largest = np.uint32(0)
    for at in range(len(tops)):
        largest = max(largest, tops[at])
    return largest


@_compiled
def _add_shares(row: Float, width: int, factor: np.float32, columns: Float, bits: Bits, ahead: int) -> None:
    """Adds the shares of a row, and fetches as many weights from a place ahead on."""
    for lanes in range(width // LANES):
        first = lanes * LANES
        _fetch_lanes(bits, ahead + first)
        for at in range(LANES):
            columns[first + at] += factor * abs(row[first + at])


@_compiled
def _add_bits(bits: Bits, query: int, seen: Bits) -> None:
    for at in range(bits.shape[1]):
        seen[at] |= bits[query, at]


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
def _add_ranks(own: Bits, width: int, ranks: Bits) -> None:
    """Raises the ranks of keys to those of a row."""
    for lanes in range(width // LANES):
        first = lanes * LANES
        for at in range(LANES):
            ranks[first + at] = max(ranks[first + at], _rank(own[first + at]))


@_compiled
def _fold(ranks: Bits, room: Bits, block: int, blocks: Float, row: int) -> None:
    """Fills in the strongest weight of each block of keys, and starts the ranks of the next block of queries."""
    left = len(ranks)
    while block > 1:
        left, block = left // 2, block // 2
        _halve(ranks, left, room)
    for at in range(blocks.shape[1]):
        blocks[row, at] = _ranked(ranks[at])
    for at in range(len(ranks)):
        ranks[at] = _ONE


@_compiled
def _halve(ranks: Bits, count: int, room: Bits) -> None:
    """Leaves the larger of each two ranks."""
    for at in range(count):
        room[at] = max(ranks[2 * at], ranks[2 * at + 1])
    for at in range(count):
        ranks[at] = room[at]


@_compiled
def _first_of(own: Bits, width: int, size: np.uint32) -> int:
    """Returns the first place of the largest magnitude."""
    for lanes in range(width // LANES):
        word = reaching(own, lanes * LANES, size)
        if word:
            return lanes * LANES + lowest(word)
    return width


@_compiled
def _reached(own: Bits, width: int, bound: np.uint32) -> int:
    """Returns how many magnitudes reach a bound."""
    count = 0
    for lanes in range(width // LANES):
        count += ones(reaching(own, lanes * LANES, bound))
    return count


@_compiled
def _bound(own: Bits, width: int, count: int) -> np.uint32:
    """Returns a bound that so many magnitudes reach: bit by bit the largest, until it is reached by no more than that."""
    bound, bit, reached = np.uint32(0), 31, width
    while bit > 0 and reached != count:
        bit -= 1
        trial = np.uint32(bound | np.uint32(_ONE << np.uint32(bit)))
        of_trial = _reached(own, width, trial)
        # Without a branch, which a processor cannot foretell here.
        enough = of_trial >= count
        reached = of_trial if enough else reached
        bound = np.uint32(bound | np.uint32(np.uint32(enough) << np.uint32(bit)))
    return bound


@_compiled
def _gather(own: Bits, width: int, bound: np.uint32, into: Bits) -> None:
    """Fills in the magnitudes that reach a bound, of which there are `LANES` at most, and 0 behind them."""
    found = 0
    for at in range(LANES):
        into[at] = 0
    for lanes in range(width // LANES):
        word = reaching(own, lanes * LANES, bound)
        while word:
            into[found] = _size(own[lanes * LANES + lowest(word)])
            word &= word - np.uint64(1)
            found += 1


@_compiled
def _keep(
    row: Float, own: Bits, width: int, bound: np.uint32, alike: int, places: Places, strongest: Float, query: int
) -> np.float32:
    """Fills in what reaches a bound, rising by their places, and of what is just as strong as it so many first ones.

    Returns:
        the sum of their magnitudes.
    """
    found, total = 0, np.float32(0)
    for lanes in range(width // LANES):
        word = reaching(own, lanes * LANES, bound)
        while word:
            at = lanes * LANES + lowest(word)
            word &= word - np.uint64(1)
            just = _size(own[at]) == bound
            if alike > 0 or not just:
                places[query, found] = at
                strongest[query, found] = row[at]
                found += 1
                total += abs(row[at])
            alike -= just
    return total


@_compiled
def read_head(
    head: Float,
    bits: Bits,
    real: Mask,
    same: bool,
    block: int,
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
        block: the side of the blocks of which the strongest weight is kept, a power of 2, 0 for none.
        blocks: float32 [blocks of queries, blocks of keys]; is filled with the strongest of each.
        places: int32 [queries, count], -1; is filled with where the strongest of each query are, rising.
        strongest: float32 [queries, count], 0; is filled with these.

    Returns:
        of each query its sum, largest and least magnitude, sum of w ln w, sum of later places, sum of distances, magnitudes at the
        places `NEAR` its own and sum of those that are kept, float32 [10, queries]; the place of its largest magnitude and how many
        are not 0, int32 [2, queries]; the sum of each key's shares, float32 [keys]; all bits of each key in rows that have no
        shares, uint32 [keys]; how many weights are not finite; and whether some are below 0.
    """
    queries, keys = head.shape
    count = places.shape[1]
    unit = max(block, LANES)
    padded = (keys + unit - 1) // unit * unit
    of_rows = np.zeros((10, queries), np.float32)
    counts = np.zeros((2, queries), np.int32)
    columns = np.zeros(padded, np.float32)
    seen = np.zeros(keys, np.uint32)
    place = np.arange(padded).astype(np.float32)
    ranks, room = np.full(padded, _ONE), np.empty(padded, np.uint32)
    tops = np.empty(LANES, np.uint32)
    own = np.zeros(padded, np.uint32)
    row = own.view(np.float32)
    broken, signed, looks_ahead = 0, False, not same
    for query in range(queries):
        # Of a causal head there is nothing to see after the query's own place.
        width = padded if looks_ahead else min((query // LANES + 1) * LANES, padded)
        every, total, distance, some = _taken(bits, query, 0, min(width, keys), place, own)
        after = _any_bits(bits, query, width)
        if _size(after):
            _, others, away, more = _taken(bits, query, width, keys, place, own)
            total, distance, some = total + others, distance + away, np.int32(some + more)
            looks_ahead, width = True, padded
        signed = signed or ((every | after) >> _SIGN != 0 and _is_any_below(row, width))
        following = (query + 1) * keys
        largest = np.uint32(_fill_tops(own, width, tops, bits, following))
        of_rows[0, query], of_rows[1, query] = total, largest.view(np.float32)
        if some == keys:
            of_rows[2, query] = np.uint32(_least(own, keys)).view(np.float32)
        if same:
            of_rows[4, query], of_rows[5, query] = _sum(row, query + 1, width), distance
            for at in range(len(NEAR)):
                near = query + NEAR[at]
                if 0 <= near < keys:
                    of_rows[6 + at, query] = abs(row[near])
        if block:
            _add_ranks(own, width, ranks)
            if (query + 1) % block == 0 or query + 1 == queries:
                _fold(ranks, room, block, blocks, query // block)
        if count:
            bound, alike = _TINY, count
            if count <= _FEW:
                bound = np.uint32(max(_bound(tops, LANES, count), _TINY))
            reached = _reached(own, width, bound)
            if reached > count:
                if reached <= LANES:
                    _gather(own, width, bound, tops)
                    bound = _bound(tops, LANES, count)
                else:
                    bound = _bound(own, width, count)
                alike = count - _reached(own, width, np.uint32(bound + _ONE))
            of_rows[9, query] = _keep(row, own, width, bound, alike, places, strongest, query)
        if largest >= _INFINITE:
            broken += _reached(own, width, _INFINITE)
        if not real[query]:
            continue
        if _LEAST_TOTAL <= total < np.inf:
            counts[0, query], counts[1, query] = _first_of(own, width, largest), some
            _add_shares(row, width, np.float32(1) / total, columns, bits, following + width)
            of_rows[3, query] = _all_weighed(row, width)
        else:
            _add_bits(bits, query, seen)
    return of_rows, counts, columns[:keys], seen, broken, signed


@_compiled
def divergence(shares: Float, taking_part: Float) -> Float:
    """Returns the Jensen-Shannon divergence of each two heads, summed over queries of both.

    Args:
        shares: float32 [heads, queries, keys].
        taking_part: float32 [heads, queries], 1 or 0.

    Returns:
        float32 [heads, heads], in bits, 0 but above the diagonal.
    """
    heads, queries, keys = shares.shape
    apart = np.zeros((heads, heads), np.float32)
    own = np.empty(heads, np.float32)
    for query in range(queries):
        for head in range(heads):
            own[head] = _all_weighed(shares[head, query], keys)
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
