"""What one number says about a head: the measures of `schema.MEASURES`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]


def measure(weights: Float) -> Float:
    """Returns the measures of each head.

    Entropy is that of Shannon, divided by log(keys), as in Ghader and Monz, "What does attention in neural machine
    translation pay attention to?" (2017), section 4, there undivided.

    Args:
        weights: float32 [heads, queries, keys], not negative. Rows need not sum to 1; rows that sum to 0 (fully
            masked) or hold a value that is not finite take no part.

    Returns:
        float32 [heads, measures] as `schema.MEASURES` names them; NaN for a head without any usable row.

    >>> [round(value, 2) for value in measure(np.eye(3, dtype=np.float32)[None])[0].tolist()]
    [0.0, 1.0, 0.0, 0.33]
    """
    queries, keys = weights.shape[1:]
    totals = weights.sum(axis=-1, keepdims=True)
    usable = np.isfinite(totals) & (totals > 0)
    rows = np.where(usable, weights, 0) / np.where(usable, totals, 1)

    logarithms = np.log(np.maximum(rows, np.finfo(np.float32).tiny))
    entropy = -np.einsum("hqk,hqk->hq", rows, logarithms) / max(np.log(keys), np.finfo(np.float32).tiny)
    entropy = np.clip(entropy, 0, 1)  # alike weights round to a little above
    place_of_query = np.arange(queries, dtype=np.float32) / max(queries - 1, 1)
    place_of_key = np.arange(keys, dtype=np.float32) / max(keys - 1, 1)
    from_diagonal = np.abs(place_of_query[:, None] - place_of_key[None, :])
    distance = np.einsum("hqk,qk->hq", rows, from_diagonal)

    values = np.stack([entropy, rows.max(axis=-1), distance, rows[..., 0]], axis=-1)
    weight_of_row = usable.astype(np.float32)
    count = weight_of_row.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Float = ((values * weight_of_row).sum(axis=1) / count).astype(np.float32)
    return means
