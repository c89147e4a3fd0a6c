"""Layers that are too large for what a record may take: of each block of weights the strongest is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tb_seqviz_plugin.records.attention.quantise import Float

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
        kept = [_kept(size, block) for size, block in zip(sizes, blocks, strict=True)]
        able = [at for at, (_, *sides) in enumerate(sizes) if max(sides) > _SMALLEST_SIDE * blocks[at] * 2]
        if sum(kept) <= most or not able:
            break
        blocks[max(able, key=lambda at: kept[at])] *= 2
    return blocks


def _kept(size: Size, block: int) -> int:
    heads, queries, keys = size
    return heads * -(-queries // block) * -(-keys // block)


def pooled(weights: Float, block: int) -> Float:
    """Returns the strongest weight of each block, with its sign; NaN where there is one.

    Args:
        weights: float32 [heads, queries, keys].
        block: the side of a block, a power of 2; at the ends they may be smaller.

    Returns:
        float32 [heads, ceil(queries / block), ceil(keys / block)].
    """
    if block == 1:
        return weights
    largest = _pooled(weights, block, np.maximum)
    if not (weights < 0).any():
        return largest
    least = _pooled(weights, block, np.minimum)
    return np.where(-least > largest, least, largest)


def _pooled(weights: Float, block: int, pick: np.ufunc) -> Float:
    """Returns what a function of two numbers picks of each block, half by half: queries first, whose rows lie side by side."""
    while block > 1:
        for axis in (1, 2):
            even, odd = (weights[:, start::2] if axis == 1 else weights[..., start::2] for start in (0, 1))
            paired = odd.shape[axis]
            both = pick(even[:, :paired] if axis == 1 else even[..., :paired], odd)
            left = even[:, paired:] if axis == 1 else even[..., paired:]
            weights = np.concatenate([both, left], axis=axis) if left.shape[axis] else both
        block //= 2
    return weights


def pooled_tokens(tokens: Sequence[str], block: int) -> list[str]:
    """Returns a name for each block of tokens: its first and its last.

    >>> pooled_tokens(["the", "big", "dog", "barks", "."], 2)
    ['the … big', 'dog … barks', '.']
    """
    parts = [tokens[start : start + block] for start in range(0, len(tokens), block)]
    return [part[0] if len(part) == 1 else f"{part[0]} … {part[-1]}" for part in parts]
