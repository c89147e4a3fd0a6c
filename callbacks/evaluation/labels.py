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
    context: bool = False,
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
        context: whether the losses of what comes early and late are told apart.

    Returns:
        float32 [examples, ...] by column, see `measures.py`.
    """
    counted = weights > 0
    correct = (predicted == labels) & counted
    weighed = np.where(counted, weights, 0).astype(np.float64)
    columns: dict[str, Array] = {
        "count": weighed.sum(axis=-1),
        "correct": (weighed * correct).sum(axis=-1),
        "loss": np.where(counted, weighed * np.where(counted, loss, 0), 0).sum(axis=-1),
    }
    if top:
        columns["in_top"] = (weighed * (rank <= top)).sum(axis=-1)
    confidence = np.nan_to_num(confidence)
    bins = np.clip((confidence * BINS).astype(np.int64), 0, BINS - 1)
    names = ("bin_count", "bin_confidence", "bin_correct")
    columns |= zip(names, by_key(bins, BINS, weighed, weighed * confidence, weighed * correct), strict=True)
    if classes:
        columns["actual"], columns["hits"] = by_key(labels, classes, weighed, weighed * correct)
        (columns["predicted"],) = by_key(predicted, classes, weighed)
    if context:
        columns |= _over_context(weighed, loss)
    return {name: column.astype(np.float32) for name, column in columns.items()}


def by_key(keys: Array, count: int, *weights: Array) -> list[Array]:
    """Returns the sums of weights [examples, tokens] by key, each float64 [examples, keys], without other keys."""
    inside = (keys >= 0) & (keys < count)
    places = (np.where(inside, keys, count) + (count + 1) * np.arange(len(keys))[:, None]).ravel()
    size = len(keys) * (count + 1)
    return [np.bincount(places, each.ravel(), size).reshape(len(keys), count + 1)[:, :-1] for each in weights]


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
