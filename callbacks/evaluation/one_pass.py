"""One pass of a model over a data set, or a part of it: from batches to counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import EvaluationError
from tb_seqviz_plugin.callbacks.evaluation.labelled import Labelled, LabelledSet
from tb_seqviz_plugin.callbacks.evaluation.outputs import Prediction
from tb_seqviz_plugin.callbacks.evaluation.survey import Survey
from tb_seqviz_plugin.callbacks.evaluation.tally import Counting, Tally

Array = npt.NDArray[Any]

_AT_ONCE = 1 << 16
"""Labels that are counted at once: of single batches the overhead of numpy would weigh."""


@dataclass(frozen=True)
class Counts:
    """What one pass over a data set, or a part of it, has counted.

    Args:
        tally: the counts.
        kept: of the examples that are kept, by their places, what `Prediction` returned.
        unusable: how many predictions are NaN, which do not count.
    """

    tally: Tally
    kept: Mapping[int, Mapping[str, Array]]
    unusable: int = 0


def counts_of(
    labelled: LabelledSet, found: Survey, counting: Counting, predict: Prediction, shard: int, shards: int
) -> Counts:
    """Runs a model over a data set, or over a part of it, and counts.

    Args:
        labelled: the data set.
        found: what it holds.
        counting: what is counted.
        predict: runs the model.
        shard: which part, from 0: every so many-th batch.
        shards: how many parts there are.

    Raises:
        EvaluationError: if no batch can be used, or they are others than when the data set was first walked through.
    """
    there = 0
    wanted = {kept.index for kept in found.kept}
    parts: list[Tally] = []
    waiting: list[dict[str, Array]] = []
    kept: dict[int, Mapping[str, Array]] = {}
    unusable = 0
    for number, batch in enumerate(labelled):
        there = number + 1
        if found.marks[number : number + 1] != [batch.mark]:
            raise EvaluationError(
                f"Batch {number} of the data set has other labels than when it was first walked through, so that slices and "
                "examples would be mixed up; expected the same examples in the same order each time. Leave out shuffle(), or "
                "pass reshuffle_each_iteration=False."
            )
        if number % shards != shard:
            continue
        predicted = predict(batch.call, batch.labels)
        weights, lost = _counted(batch, predicted)
        unusable += lost
        predicted |= {
            "labels": batch.labels,
            "weights": weights,
            "index": batch.first + np.arange(len(batch.labels)),
        }
        if waiting and (waiting[0]["labels"].shape[1:] != weights.shape[1:] or len(waiting) * weights.size > _AT_ONCE):
            parts.append(_tally_of(counting, waiting))
            waiting = []
        waiting.append(predicted)
        kept |= {
            place: {name: array[row] for name, array in predicted.items()}
            for row, place in enumerate(predicted["index"].tolist())
            if place in wanted
        }
    if there < len(found.marks):
        raise EvaluationError(
            f"The data set holds {there:,} batches, and held {len(found.marks):,} when it was first walked through; expected the "
            "same examples in the same order each time."
        )
    if not waiting:
        raise labelled.nothing_left()
    parts.append(_tally_of(counting, waiting))
    return Counts(Tally.merged(parts), kept, unusable)


def _counted(batch: Labelled, predicted: Mapping[str, Array]) -> tuple[Array, int]:
    """Returns the weights of the labels that count, and how many predictions are NaN, which do not."""
    weights = batch.weights
    mask = predicted.get("mask")
    if mask is not None and mask.shape == weights.shape:
        weights = np.where(mask, weights, 0)
    lost = np.isnan(predicted["right"]) & (weights > 0)
    return np.where(lost, 0, weights), int(lost.sum())


def _tally_of(counting: Counting, batches: Sequence[Mapping[str, Array]]) -> Tally:
    """Returns the counts of batches whose labels are alike in shape."""
    said = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0] if name != "mask"}
    labels, weights = said["labels"], said["weights"]
    confusion = np.zeros((0, 0), np.int64)
    if counting.classes:
        confusion = counting.confusion(labels, weights, said["chosen"])
    scores = said.get("scores", np.zeros((len(labels), 0), np.float32))
    known = np.where(weights > 0, labels, -1) if labels.ndim == 1 else np.full(len(labels), -1)
    return Tally(said["index"], counting.columns(labels, weights, said), confusion, scores, known)
