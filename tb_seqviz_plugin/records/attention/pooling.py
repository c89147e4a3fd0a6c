"""Layers that are too large for what a record may take: of each block of weights the strongest is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tb_seqviz_plugin.records.attention.rows import Float, Take

_SMALLEST_SIDE = 28
"""A layer is pooled until its longer side would be below this, the size of a thumbnail."""

Size = tuple[int, int, int]


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
        able = [at for at, (_, *sides) in enumerate(sizes) if max(sides) > _SMALLEST_SIDE * blocks[at] * 2]
        if kept(sizes, blocks) <= most or not able:
            break
        blocks[max(able, key=lambda at: kept([sizes[at]], [blocks[at]]))] *= 2
    return blocks


def kept(sizes: Sequence[Size], blocks: Sequence[int]) -> int:
    """Returns how many weights are kept of layers that are pooled so."""
    return sum(
        heads * -(-queries // block) * -(-keys // block)
        for (heads, queries, keys), block in zip(sizes, blocks, strict=True)
    )


class Pool:
    """The strongest weight of each block of a layer, with its sign; NaN where there is one.

    Args:
        size: heads, queries and keys.
        block: the side of a block, a power of 2; at the ends they may be smaller.

    Attributes:
        block: as given.
        weights: float32 [heads, ceil(queries / block), ceil(keys / block)], of what was taken.

    >>> pool = Pool((1, 4, 4), 2)
    >>> pool.of(0)(0, np.diag(np.float32([1, 2, 3, -4])))
    >>> pool.weights.tolist()
    [[[2.0, 0.0], [0.0, -4.0]]]
    """

    def __init__(self, size: Size, block: int) -> None:
        heads, queries, keys = size
        self.block = block
        self.weights: Float = np.empty((heads, -(-queries // block), -(-keys // block)), np.float32)

    def of(self, head: int) -> Take:
        """Returns what takes the rows of a head, of which the first stands at a multiple of the block."""

        def take(first: int, rows: Float) -> None:
            strongest = _strongest(rows, self.block)
            start = first // self.block
            self.weights[head, start : start + len(strongest)] = strongest

        return take


def _strongest(rows: Float, block: int) -> Float:
    largest = _picked(rows, block, np.maximum)
    if not np.fmin.reduce(rows, axis=None) < 0:
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
