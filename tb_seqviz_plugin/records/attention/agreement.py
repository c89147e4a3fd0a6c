"""How alike the heads of a layer are: the Jensen-Shannon divergence between what they look at (Clark et al. 2019)."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np

from tb_seqviz_plugin.records.attention.rows import Float, Mask, Places, dots
from tb_seqviz_plugin.records.side_by_side import side_by_side

_QUERIES = 32
"""Of so many queries, evenly apart, which is a sample: each two heads are compared."""
_CACHED = 1 << 17
"""Weights that are compared together, so that they stay in the processor's cache."""
_TINY = np.finfo(np.float32).tiny


def agreement(weights: Float, by_query: Mask, loops: ModuleType | None = None) -> Float:
    """Returns how much each head looks at the same as the head that is most like it; 1 where it does so, 0 where at nothing of it.

    Args:
        weights: float32 [heads, queries, keys]; magnitudes count.
        by_query: bool [heads, queries], those that take part.
        loops: the module of that name; None where numpy does it.

    Returns:
        float32 [heads], 1 - least mean Jensen-Shannon divergence in bits; NaN where no other head has a query in common.

    >>> one, other = np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)[::-1]
    >>> agreement(np.stack([one, other, one]), np.ones((3, 2), bool)).tolist()
    [1.0, 0.0, 1.0]
    """
    heads, _, keys = weights.shape
    some = np.flatnonzero(by_query.any(axis=0))
    if heads == 1 or not len(some):
        return np.full(heads, np.nan, np.float32)
    sample = some[np.linspace(0, len(some) - 1, min(len(some), _QUERIES)).round().astype(np.intp)]
    taking_part = by_query[:, sample]

    divergence: Callable[[Float, Float], Float] = _divergence if loops is None else loops.divergence

    def summed(stretch: Places) -> Float:
        shares = np.abs(weights[:, sample[stretch]])
        # What comes after the last key that is looked at, as in causal heads, adds nothing.
        last = np.flatnonzero(shares.any(axis=(0, 1))).max(initial=0)
        shares = np.ascontiguousarray(shares[..., : last + 1])
        shares[~taking_part[:, stretch]] = 0
        shares /= np.maximum(shares.sum(axis=-1, keepdims=True), _TINY)
        return divergence(shares, taking_part[:, stretch].astype(np.float32))

    stretches = np.array_split(np.arange(len(sample)), min(-(-heads * keys * len(sample) // _CACHED), len(sample)))
    apart = np.sum(side_by_side(summed, stretches), axis=0, dtype=np.float32)
    counts = np.einsum("aq,bq->ab", taking_part, taking_part, dtype=np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = 1 - np.clip((apart + apart.T) / counts, 0, 1)
    np.fill_diagonal(alike, np.nan)
    nearest: Float = np.fmax.reduce(alike, axis=1)
    return nearest


def _divergence(shares: Float, taking_part: Float) -> Float:
    """Returns the divergence of each two heads, summed over queries of both, float32 [heads, heads], 0 but above the diagonal."""
    entropy = _bits(shares)
    apart = np.zeros((len(shares), len(shares)), np.float32)
    for one in range(len(shares) - 1):
        others = slice(one + 1, None)
        middle = shares[one] + shares[others]
        middle *= 0.5
        of_queries = _bits(middle) - (entropy[one] + entropy[others]) / 2
        apart[one, others] = np.einsum("hq,hq,q->h", of_queries, taking_part[others], taking_part[one])
    return apart


def _bits(shares: Float) -> Float:
    """Returns the entropy of rows of shares, float32 [..., rows]."""
    rows = shares.reshape(-1, shares.shape[-1])
    logarithms = rows + _TINY
    return -dots(rows, np.log2(logarithms, out=logarithms)).reshape(shares.shape[:-1])
