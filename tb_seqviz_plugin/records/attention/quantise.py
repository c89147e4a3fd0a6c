"""Weights as bytes: square-root companding with a scale per query row.

Linear bytes would turn a row of 4,096 alike weights into zeros; the row's own scale and the square root keep small weights
beside a strong one. Signs are kept apart. Bound: |decoded - original| <= largest magnitude of the row / 255.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.schema.attention import THUMBNAIL_FROM, THUMBNAIL_SIDE, WEIGHT_LEVELS

Float = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

NOT_A_NUMBER, INFINITE = 1, 2
_THUMBNAIL_LEVELS = 15
_SCALE_BITS_DROPPED = 12


@dataclass(frozen=True)
class Quantised:
    """Weights as bytes.

    Args:
        levels: uint8 [heads, queries, keys], of the magnitudes.
        scale: float32 [heads, queries].
        invalid: uint8 like levels, 0 finite, 1 NaN, 2 infinite; None where all is finite.
        negative: uint8 [heads, queries, bytes], a bit per key that is 1 for weights below 0; None where there is none.
    """

    levels: Bytes
    scale: Float
    invalid: Bytes | None = None
    negative: Bytes | None = None


def quantise(weights: Float) -> Quantised:
    """Returns weights as levels and row scales.

    Args:
        weights: float32 [heads, queries, keys]; signs, NaN and infinite values are kept apart.
    """
    negative: Bytes | None = None
    below = weights < 0
    if below.any():
        negative, weights = np.packbits(below, axis=-1), np.abs(weights)
    invalid: Bytes | None = None
    if not np.isfinite(weights).all():
        invalid = np.where(np.isnan(weights), NOT_A_NUMBER, np.where(np.isinf(weights), INFINITE, 0)).astype(np.uint8)
        weights = np.where(invalid > 0, np.float32(0), weights)
    scale = _rounded_up(weights.max(axis=-1, initial=0))
    levels = weights / np.where(scale > 0, scale, np.float32(1))[..., None]
    np.sqrt(levels, out=levels)
    levels *= WEIGHT_LEVELS
    np.rint(levels, out=levels)
    return Quantised(levels.astype(np.uint8), scale, invalid, negative)


def dequantise(stored: Quantised) -> Float:
    """Returns the weights, float32 [heads, queries, keys]; the reverse of `quantise` within its bound."""
    squares: Float = np.square(np.linspace(0, 1, WEIGHT_LEVELS + 1, dtype=np.float32))
    weights: Float = squares[stored.levels] * stored.scale[..., None]
    if stored.invalid is not None:
        weights[stored.invalid == NOT_A_NUMBER] = np.nan
        weights[stored.invalid == INFINITE] = np.inf
    if stored.negative is not None:
        below = np.unpackbits(stored.negative, axis=-1, count=weights.shape[-1]).astype(bool)
        np.negative(weights, out=weights, where=below)
    return weights


def _rounded_up(scale: Float) -> Float:
    """Returns scales with 12 fewer bits, at most 0.05 % above: half the bytes, and still within the bound."""
    low = np.uint32((1 << _SCALE_BITS_DROPPED) - 1)
    return ((np.ascontiguousarray(scale, np.float32).view(np.uint32) + low) & ~low).view(np.float32)


def needs_thumbnail(queries: int, keys: int) -> bool:
    """Returns whether a matrix of this size is pooled for the overview."""
    return max(queries, keys) > THUMBNAIL_FROM


def thumbnail(weights: Float) -> Bytes:
    """Returns weights max-pooled to at most `THUMBNAIL_SIDE` rows and columns, so that no strong link vanishes.

    Args:
        weights: float32 [heads, queries, keys], of magnitudes between 0 and 1; other values are clipped, NaN counts as 0.

    Returns:
        uint8 [heads, rows, columns]: 255 * sqrt(|w|) in 16 levels.
    """
    pooled: Float = np.abs(weights)
    for axis in (1, 2):
        side = -(-weights.shape[axis] // THUMBNAIL_SIDE)
        each = [np.moveaxis(pooled, axis, 0)[at::side] for at in range(side)]
        pooled = each[0].copy(order="K")  # as its axes lie
        for others in each[1:]:
            np.fmax(pooled[: len(others)], others, out=pooled[: len(others)])
        pooled = np.moveaxis(pooled, 0, axis)
    root = np.sqrt(np.clip(np.nan_to_num(pooled, nan=0.0), 0.0, 1.0))
    levels: Bytes = (np.rint(root * _THUMBNAIL_LEVELS) * (255 / _THUMBNAIL_LEVELS)).astype(np.uint8)
    return levels
