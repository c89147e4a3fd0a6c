"""The counts of one evaluation: what each example adds, so that the parts of several workers are put together exactly."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import EvaluationError
from tb_seqviz_plugin.callbacks.evaluation.labels import by_key, columns_of_labels
from tb_seqviz_plugin.callbacks.evaluation.measures import BINS
from tb_seqviz_plugin.callbacks.evaluation.slices import FREQUENCIES, bucket_of
from tb_seqviz_plugin.callbacks.evaluation.survey import Survey

Array = npt.NDArray[Any]

BASIC = ("count", "correct", "loss", "in_top")
"""Columns of slices of tokens; of classes the first two are `actual` and `hits`."""
CURVE = (*range(32), *(32 + 8 * place for place in range(12)), 128, 192, 256, 384, 512, 768, 1024, 2048)
"""Where the points of curves by position begin."""


@dataclass(frozen=True)
class Counting:
    """What is counted of every batch.

    Args:
        classes: how many are told apart, 0 for none.
        top: the k of the accuracy among the k most probable, 0 for none.
        frequencies: int [ids], how often each comes; None where tokens are not told apart by it.
        positions: by how many points of `CURVE` tokens are told apart, 0 for none.
        token_classes: whether tokens are told apart by their class.
        context: whether the losses of what comes early and late are told apart.
    """

    classes: int
    top: int
    frequencies: Array | None
    positions: int
    token_classes: bool
    context: bool

    @classmethod
    def of(cls, found: Survey, names: Sequence[str], classes: int, top: int) -> Counting:
        """Returns what there is to count of a data set with these slices asked for."""
        per_token = found.task != "classification"
        is_written = found.task in ("language_modelling", "sequence_to_sequence")
        told = 0 if is_written or classes > MOST_CLASSES else classes
        return cls(
            told,
            top if classes > top + 1 else 0,
            found.counts if "frequency" in names and is_written else None,
            bisect_left(CURVE, found.longest) if per_token else 0,
            per_token and "class" in names and bool(told),
            found.task == "language_modelling",
        )

    def columns(self, labels: Array, weights: Array, predicted: Mapping[str, Array]) -> dict[str, Array]:
        """Returns what each example of a batch adds, by column.

        Args:
            labels: int [examples] or [examples, time].
            weights: like the labels.
            predicted: what `Prediction` returns.
        """
        many = labels.reshape(len(labels), -1)
        weights = weights.reshape(many.shape)
        said = {name: predicted[name].reshape(many.shape) for name in ("right", "best", "chosen", "rank")}
        loss, correct = -said["right"].astype(np.float64), said["chosen"] == many
        columns = columns_of_labels(
            many,
            said["chosen"],
            loss,
            np.exp(said["best"]),
            said["rank"],
            weights,
            self.classes,
            self.top,
            self.context,
        )
        loss = np.where(weights > 0, loss, 0)
        parts = np.stack([weights, weights * correct, weights * loss, weights * (said["rank"] <= self.top)])
        for name, summed in self._by_token(many, parts):
            added = zip(BASIC, summed, strict=True)
            columns |= {f"{name}.{each}": column.astype(np.float32) for each, column in added if column is not None}
        return columns

    def confusion(self, labels: Array, weights: Array, chosen: Array) -> Array:
        """Returns how often what is of a class (rows) was taken for one (columns), int64 [classes, classes]."""
        counted = weights.ravel() > 0
        pairs = labels.ravel()[counted].astype(np.int64) * self.classes + chosen.ravel()[counted]
        return np.bincount(pairs, minlength=self.classes**2).reshape(self.classes, self.classes)

    def _by_token(self, labels: Array, parts: Array) -> Iterator[tuple[str, Iterable[Array | None]]]:
        """Yields what tells tokens apart by name, and the sums of each of the parts [parts, examples, tokens] by it."""
        if self.positions:
            starts = CURVE[: bisect_left(CURVE, labels.shape[1])]
            summed = np.zeros((*parts.shape[:2], self.positions))
            summed[..., : len(starts)] = np.add.reduceat(parts, starts, axis=-1)
            yield "position", summed
        if self.frequencies is not None:
            often = self.frequencies[np.clip(labels, 0, len(self.frequencies) - 1)]
            yield "frequency", by_key(bucket_of(often, FREQUENCIES), len(FREQUENCIES), *parts)
        if self.token_classes:
            yield "class", (None, None, *by_key(labels, self.classes, *parts[2:]))


MOST_CLASSES = 50
"""So many classes at most are told apart."""


@dataclass(frozen=True)
class Tally:
    """The counts of some examples of a data set.

    Args:
        index: int64 [examples], their places in the data set.
        columns: float32 [examples, ...] by name, see `measures.py`.
        confusion: int64 [classes, classes], empty where classes are not told apart.
        scores: float32 [examples, classes], the probabilities where classes are few, else empty.
        labels: int32 [examples], the classes that are right, for the scores.
    """

    index: Array
    columns: Mapping[str, Array]
    confusion: Array
    scores: Array
    labels: Array

    @classmethod
    def merged(cls, parts: Sequence[Tally]) -> Tally:
        """Returns the counts of several parts of a data set as those of one: exactly what one pass over all would have counted.

        Raises:
            EvaluationError: if there is no part, they hold other columns, or one example is in two.
        """
        if not parts:
            raise EvaluationError("There are no counts to put together; expected at least one part.")
        index = np.concatenate([part.index for part in parts])
        order = np.argsort(index, kind="stable")
        if len(np.unique(index)) < len(index):
            raise EvaluationError("Two parts hold the same example; expected each example of the data set in one part.")
        if len({tuple(sorted(part.columns)) for part in parts}) > 1:
            raise EvaluationError("The parts hold other columns; expected one model, task and set of slices for all.")

        def joined(arrays: Iterable[Array]) -> Array:
            return np.concatenate(list(arrays))[order]

        return cls(
            index[order],
            {name: joined(part.columns[name] for part in parts) for name in parts[0].columns},
            np.sum([part.confusion for part in parts], axis=0),
            joined(part.scores for part in parts),
            joined(part.labels for part in parts),
        )


def bins_of(columns: Mapping[str, Array]) -> tuple[Array, Array, Array]:
    """Returns of each bin of confidence the count, the mean confidence and the accuracy, those that hold something."""
    count, confidence, correct = (columns[f"bin_{name}"].sum(axis=0) for name in ("count", "confidence", "correct"))
    there = count > 0
    assert len(count) == BINS
    return count[there], confidence[there] / count[there], correct[there] / count[there]
