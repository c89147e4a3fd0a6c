"""Layers that are too large for what a record may take: of each block of weights the strongest is kept, and those of each query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tb_seqviz_plugin.records.attention.strongest import Float, Places, shares, strongest_of

_SMALLEST_SIDE = 28
"""A layer is pooled until its longer side would be below this, the size of a thumbnail."""

_FOR_BLOCKS = 4
"""Of the room of a layer that is pooled its blocks take one part in so many, and the strongest weights of each query the others."""
_FEWEST = 2
"""Of a query; where there is no room for so many, blocks are as small as they can be."""
_SCALE_BYTES = 4
Size = tuple[int, int, int]


@dataclass(frozen=True)
class Keep:
    """What is kept of a layer.

    Args:
        block: the side of the blocks of which the strongest weight is kept, 1 where all weights are.
        count: how many of the strongest weights of each query are kept beside them.
    """

    block: int = 1
    count: int = 0

    def bytes_of(self, size: Size) -> int:
        """Returns how many bytes it takes of a layer of this size, at most."""
        heads, queries, keys = size
        blocks = -(-queries // self.block) * -(-keys // self.block)
        of_query = _SCALE_BYTES + self.count * _bytes_each(keys) if self.count else 0
        return heads * (blocks + queries * of_query)


def _bytes_each(keys: int) -> int:
    """Returns how many bytes a weight takes with its place."""
    return 1 + np.min_scalar_type(keys).itemsize


def kept_of(sizes: Sequence[Size], most: int | None) -> list[Keep]:
    """Returns what is kept of each layer: of those that `blocks_of` pools as much of each, by their size.

    >>> kept_of([(8, 512, 512), (8, 64, 64)], 600_000)
    [Keep(block=4, count=34), Keep(block=1, count=0)]
    """
    keeps = [Keep(block) for block in blocks_of(sizes, most)]
    pooled = [at for at, keep in enumerate(keeps) if keep.block > 1]
    if most is None or not pooled:
        return keeps
    room = most - sum(keep.bytes_of(size) for keep, size in zip(keeps, sizes, strict=True) if keep.block == 1)
    weights = sum(Keep().bytes_of(sizes[at]) for at in pooled)
    shared = list(keeps)
    for at in pooled:
        shared[at] = _within(sizes[at], room * Keep().bytes_of(sizes[at]) // weights)
    # Where some layers are as small as they get, there is not as much room for the others.
    return shared if sum(keep.bytes_of(size) for keep, size in zip(shared, sizes, strict=True)) <= most else keeps


def _within(size: Size, room: int) -> Keep:
    """Returns what there is room for of a layer that is pooled."""
    heads, queries, keys = size
    block = _smallest_block(size, room // _FOR_BLOCKS)
    of_query = (room - Keep(block).bytes_of(size)) // (heads * queries)
    count = min((of_query - _SCALE_BYTES) // _bytes_each(keys), keys)
    return Keep(block, count) if count >= _FEWEST else Keep(_smallest_block(size, room))


def _smallest_block(size: Size, room: int) -> int:
    """Returns the side of the smallest blocks for which there is room, or of the largest that there are."""
    block = 2
    while Keep(block).bytes_of(size) > room and _can_grow(size, block):
        block *= 2
    return block


def _can_grow(size: Size, block: int) -> bool:
    return max(size[1:]) > _SMALLEST_SIDE * block * 2


def blocks_of(sizes: Sequence[Size], most: int | None) -> list[int]:
    """Returns the side of the blocks of each layer, 1 where all weights are kept: the largest layers are pooled first.

    Args:
        sizes: heads, queries and keys of each.
        most: how many weights are to be kept at most, a byte each; None for all.

    >>> blocks_of([(8, 512, 512), (8, 64, 64)], 600_000)
    [2, 1]
    """
    blocks = [1] * len(sizes)
    while most is not None:
        able = [at for at, size in enumerate(sizes) if _can_grow(size, blocks[at])]
        if kept(sizes, blocks) <= most or not able:
            break
        blocks[max(able, key=lambda at: kept([sizes[at]], [blocks[at]]))] *= 2
    return blocks


def kept(sizes: Sequence[Size], blocks: Sequence[int]) -> int:
    """Returns how many weights are kept of layers that are pooled so."""
    return sum(Keep(block).bytes_of(size) for size, block in zip(sizes, blocks, strict=True))


class Pool:
    """The strongest weight of each block of a layer, with its sign, NaN where there is one, and the strongest of each query.

    Args:
        size: heads, queries and keys.
        keep: what is kept; the side of a block is a power of 2, and at the ends blocks may be smaller.

    Attributes:
        block: as given.
        weights: float32 [heads, ceil(queries / block), ceil(keys / block)], of what was taken.
        strongest: float32 [heads, queries, count], those of each query.
        places: int32 [heads, queries, count], where they are, rising; -1 where there are no more that are not 0.
        shares: float32 [heads, queries], what share of its query they are; NaN of a query without usable weights.

    >>> pool = Pool((1, 4, 4), Keep(2, 1))
    >>> rows = np.diag(np.float32([1, 2, 3, -4]))
    >>> pool.of(0).take(0, rows, np.abs(rows), np.float32([1, 2, 3, 4]))
    >>> pool.weights.tolist(), pool.places.tolist(), pool.shares.tolist()
    ([[[2.0, 0.0], [0.0, -4.0]]], [[[0], [1], [2], [3]]], [[1.0, 1.0, 1.0, 1.0]])
    """

    def __init__(self, size: Size, keep: Keep) -> None:
        heads, queries, keys = size
        self.block, self.count = keep.block, keep.count
        self.weights: Float = np.zeros((heads, -(-queries // keep.block), -(-keys // keep.block)), np.float32)
        self.strongest: Float = np.zeros((heads, queries, keep.count), np.float32)
        self.places = np.full((heads, queries, keep.count), -1, np.int32)
        self.shares: Float = np.full((heads, queries), np.nan, np.float32)

    def of(self, head: int) -> HeadPool:
        """Returns what is kept of a head."""
        return HeadPool(self.block, self.weights[head], self.places[head], self.strongest[head], self.shares[head])


@dataclass(frozen=True)
class HeadPool:
    """What a pool keeps of a head, filled while the head is read.

    Args:
        block: the side of the blocks, 0 where nothing is kept.
        blocks: float32 [blocks of queries, blocks of keys], the strongest weight of each.
        places: int32 [queries, count], where the strongest of each query are.
        strongest: float32 [queries, count], these.
        shares: float32 [queries], what share of its query they are.
    """

    block: int
    blocks: Float
    places: Places
    strongest: Float
    shares: Float

    @classmethod
    def nothing(cls, queries: int) -> HeadPool:
        """Returns one that keeps nothing."""
        nothing = np.zeros((queries, 0), np.float32)
        return cls(0, nothing, nothing.astype(np.int32), nothing, np.zeros(0, np.float32))

    @property
    def count(self) -> int:
        """How many of the strongest weights of each query are kept."""
        return self.places.shape[1]

    def take(self, first: int, rows: Float, sizes: Float, totals: Float) -> None:
        """Takes a stretch of rows.

        Args:
            first: the place of the first, a multiple of the block.
            rows: float32 [rows, keys], without those of the last keys that are 0 in all of them.
            sizes: float32 [rows, keys], their magnitudes; the same array where none is below 0.
            totals: float32 [rows], the sum of each.
        """
        strongest = _strongest(rows, self.block, rows is not sizes)
        start = first // self.block
        self.blocks[start : start + len(strongest), : strongest.shape[1]] = strongest
        if self.count:
            taken = slice(first, first + len(rows))
            places, weights = strongest_of(rows, min(self.count, rows.shape[1]), _ordered(sizes, totals))
            self.places[taken, : places.shape[1]] = places
            self.strongest[taken, : places.shape[1]] = weights
            self.add_shares(first, np.abs(weights).sum(axis=1), totals)

    def add_shares(self, first: int, kept: Float, totals: Float) -> None:
        """Adds what share of a stretch of rows their strongest weights are, of which the sums of both are known."""
        if self.count:
            self.shares[first : first + len(totals)] = shares(kept, totals)


def _ordered(sizes: Float, totals: Float) -> Float:
    """Returns magnitudes of which those that are not finite are infinite."""
    return sizes if np.isfinite(totals).all() else np.where(sizes < np.inf, sizes, np.float32(np.inf))


def _strongest(rows: Float, block: int, is_signed: bool) -> Float:
    largest = _picked(rows, block, np.maximum)
    if not is_signed:
        return largest
    least = _picked(rows, block, np.minimum)
    return np.where(-least > largest, least, largest)


def _picked(rows: Float, block: int, pick: np.ufunc) -> Float:
    """Returns what a function of two numbers picks of each block: of rows first, which lie side by side, then of halves."""
    whole = len(rows) // block * block
    parts = [pick.reduce(rows[:whole].reshape(-1, block, rows.shape[1]), axis=1)] if whole else []
    if whole < len(rows):
        parts.append(pick.reduce(rows[whole:], axis=0, keepdims=True))
    found: Float = parts[0] if len(parts) == 1 else np.concatenate(parts)
    while block > 1:
        even, odd = found[:, ::2], found[:, 1::2]
        both = pick(even[:, : odd.shape[1]], odd)
        found = both if odd.shape[1] == even.shape[1] else np.concatenate([both, even[:, -1:]], axis=1)
        block //= 2
    return found


def pooled_tokens(tokens: Sequence[str], block: int) -> list[str]:
    """Returns a name for each block of tokens: its first and its last.

    >>> pooled_tokens(["the", "big", "dog", "barks", "."], 2)
    ['the … big', 'dog … barks', '.']
    """
    parts = [tokens[start : start + block] for start in range(0, len(tokens), block)]
    return [part[0] if len(part) == 1 else f"{part[0]} … {part[-1]}" for part in parts]
