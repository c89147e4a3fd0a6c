"""What one number says about a head: the measures of `schema.attention.MEASURES`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.schema.attention import MEASURES

Float = npt.NDArray[np.float32]


def measure(weights: Float) -> Float:
    """Returns the measures of each head.

    Entropy is that of Shannon, divided by log(keys), as in Ghader and Monz, "What does attention in neural machine
    translation pay attention to?" (2017), section 4, there undivided.

    Args:
        weights: float32 [heads, queries, keys]; magnitudes count. Rows need not sum to 1; rows that sum to 0 (fully
            masked) or hold a value that is not finite take no part.

    Returns:
        float32 [heads, measures] as `schema.attention.MEASURES` names them; NaN for a head without any usable row.

    >>> [round(value, 2) for value in measure(np.eye(3, dtype=np.float32)[None])[0].tolist()]
    [0.0, 1.0, 0.0, 0.33]
    """
    # Head by head: of a long sequence a single one fills memory several times over.
    return np.stack([_measure_head(head) for head in weights])


def _measure_head(weights: Float) -> Float:
    queries, keys = weights.shape
    weights = np.abs(weights)
    totals = weights.sum(axis=-1, keepdims=True)
    usable = np.isfinite(totals) & (totals > 0)
    if not usable.any():
        return np.full(len(MEASURES), np.nan, np.float32)
    rows = np.where(usable, weights, 0) / np.where(usable, totals, 1)

    logarithms = np.log(np.maximum(rows, np.finfo(np.float32).tiny))
    entropy = -np.einsum("qk,qk->q", rows, logarithms) / max(np.log(keys), np.finfo(np.float32).tiny)
    entropy = np.clip(entropy, 0, 1)  # alike weights round to a little above
    place_of_query = np.arange(queries, dtype=np.float32) / max(queries - 1, 1)
    place_of_key = np.arange(keys, dtype=np.float32) / max(keys - 1, 1)
    distance = np.einsum("qk,qk->q", rows, np.abs(place_of_query[:, None] - place_of_key[None, :]))

    values = np.stack([entropy, rows.max(axis=-1), distance, rows[:, 0]], axis=-1)
    means: Float = values[usable[:, 0]].mean(axis=0).astype(np.float32)
    return means
