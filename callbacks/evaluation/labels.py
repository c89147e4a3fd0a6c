"""Columns of predicted labels: what each example adds to the counts that measures are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.evaluation.measures import BINS

Array = npt.NDArray[Any]
_LEAST_FOR_CONTEXT = 8


def columns_of_labels(
    labels: Array,
    predicted: Array,
    loss: Array,
    confidence: Array,
    rank: Array,
    weights: Array,
    classes: int,
    top: int,
) -> dict[str, Array]:
    """Returns what each example adds, by column.

    Args:
        labels: int [examples, tokens], what is right; of one label per example [examples, 1].
        predicted: int [examples, tokens], what is most probable.
        loss: float [examples, tokens], minus the logarithm of the probability of what is right.
        confidence: float [examples, tokens], the probability of what was predicted.
        rank: int [examples, tokens], place of what is right by probability, from 1.
        weights: float [examples, tokens], 0 for what does not count.
        classes: how many there are, 0 where they are not told apart.
        top: the k of the accuracy among the k most probable, 0 for none.

    Returns:
        float64 [examples, ...] by column, see `measures.py`.
    """
    counted = weights > 0
    correct = (predicted == labels) & counted
    weighed = np.where(counted, weights, 0).astype(np.float64)
    columns: dict[str, Array] = {
        "count": weighed.sum(axis=-1),
        "correct": (weighed * correct).sum(axis=-1),
        "loss": np.where(counted, weighed * np.where(counted, loss, 0), 0).sum(axis=-1),
        **_calibration(weighed, correct, confidence),
    }
    if top:
        columns["in_top"] = (weighed * (rank <= top)).sum(axis=-1)
    if classes:
        hits = np.where(correct, weighed, 0)
        columns["actual"] = by_key(labels, weighed, classes)
        columns["predicted"] = by_key(predicted, weighed, classes)
        columns["hits"] = by_key(labels, hits, classes)
    return columns | _over_context(weighed, loss)


def by_key(keys: Array, weights: Array, count: int) -> Array:
    """Returns the sums of weights [examples, tokens] by key [examples, tokens], float64 [examples, keys], without other keys."""
    examples = len(keys)
    inside = (keys >= 0) & (keys < count)
    places = np.where(inside, keys, 0) + count * np.arange(examples)[:, None]
    summed = np.bincount(places.ravel(), np.where(inside, weights, 0).ravel(), minlength=examples * count)
    return summed.reshape(examples, count)


def _calibration(weighed: Array, correct: Array, confidence: Array) -> dict[str, Array]:
    confidence = np.nan_to_num(confidence)
    bins = np.clip((confidence * BINS).astype(np.int64), 0, BINS - 1)
    return {
        "bin_count": by_key(bins, weighed, BINS),
        "bin_confidence": by_key(bins, weighed * confidence, BINS),
        "bin_correct": by_key(bins, weighed * correct, BINS),
    }


def _over_context(weighed: Array, loss: Array) -> dict[str, Array]:
    """Returns the losses of the first and the last quarter of the tokens that count, of sequences of eight and more."""
    place = np.cumsum(weighed > 0, axis=-1) - 1
    length = place[:, -1:] + 1
    is_long = length >= _LEAST_FOR_CONTEXT
    early, late = (place < length // 4) & is_long, (place >= length - length // 4) & is_long
    found: dict[str, Array] = {}
    for name, part in (("early", early), ("late", late)):
        share = np.where(part, weighed, 0)
        found[f"{name}_count"] = share.sum(axis=-1)
        found[f"{name}_loss"] = (share * np.where(share > 0, loss, 0)).sum(axis=-1)
    return found
