"""Labelled batches: what the model is called with, and of each label the class that is right and how much it counts."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import EvaluationError
from tb_seqviz_plugin.callbacks.evaluation.datasets import Dataset
from tb_seqviz_plugin.callbacks.evaluation.outputs import Output, find_output
from tb_seqviz_plugin.callbacks.model.batch import leaves_of
from tb_seqviz_plugin.callbacks.model.call import ModelCall, run_first, ways_to_call

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Labelled:
    """A batch.

    Args:
        call: how the model is called on it.
        labels: int32 [examples] or [examples, time], the class that is right, -1 where it is not known.
        weights: float32 like the labels, 0 where a label does not count.
        first: place of the first example among those that can be used.
    """

    call: ModelCall
    labels: Array
    weights: Array
    first: int

    @property
    def mark(self) -> int:
        """What tells whether a later walk comes to the same labels here."""
        return zlib.crc32(self.labels.tobytes())


class LabelledSet:
    """A data set as a model takes it.

    Args:
        model: the model.
        dataset: the batches.
        batch_size: examples that the model is called on at once.
        tell: is told what is left out.

    Attributes:
        output: what of the model's outputs the labels are compared with.

    Raises:
        EvaluationError: if there is no example, or what the model returns does not fit the labels.
        ModelCallError: if the model cannot be called on the inputs.
    """

    def __init__(self, model: keras.Model, dataset: Dataset, batch_size: int, tell: Callable[[str], None]) -> None:
        self._model, self._dataset, self._batch_size, self._tell = model, dataset, batch_size, tell
        first = next(iter(dataset), None)
        if first is None:
            raise EvaluationError("The data set holds no example that can be used; expected at least one.")
        ways = ways_to_call(model, first)
        found: list[tuple[Output, int]] = []

        def attempt(way: ModelCall) -> ModelCall:
            if way.targets is None:
                raise EvaluationError(
                    f"The inputs of the model {model.name!r} are not told apart from its labels; expected batches (x, y)."
                )
            few = next(iter(way.batches(2)))
            found.append(find_output(model, few, list(leaves_of(few.targets))))
            return way

        chosen = run_first(model, ways, attempt)
        self._way = next((number for number, way in enumerate(ways) if way is chosen), 0)
        self._rows = chosen.rows
        self.output, self._target = found[-1]
        if self.output.returned > 1:
            tell(
                f"The model {model.name!r} returns {self.output.returned} tensors; the one that is evaluated is number "
                f"{self.output.place}, whose labels are {self._target + 1} of those given."
            )
        self._is_outside_told = False
        self._ignored = getattr(getattr(model, "loss", None), "ignore_class", None)

    def __iter__(self) -> Iterator[Labelled]:
        """Yields the batches; those that do not fit the model are left out, and told."""
        first = 0
        for batch in self._dataset:
            call = ways_to_call(self._model, batch)[self._way]
            if self._rows is not None:
                call = ModelCall(call.args, call.kwargs, call.targets, call.weights, self._rows)
            for part in call.batches(self._batch_size):
                try:
                    labels, weights = self._labels_of(part)
                except EvaluationError as error:
                    self._tell(f"A batch is left out: {error}")
                else:
                    yield Labelled(part, labels, weights, first)
                    first += part.examples

    def _labels_of(self, call: ModelCall) -> tuple[Array, Array]:
        target = list(leaves_of(call.targets))[self._target]
        labels = self._as_classes(np.asarray(target))
        weights = np.ones(labels.shape, np.float32)
        given = list(leaves_of(call.weights))
        if given:
            weights = _broadcast(np.asarray(given[min(self._target, len(given) - 1)]), labels.shape)
        if self._ignored is not None:
            weights = np.where(labels == self._ignored, 0, weights)
        outside = labels >= self.output.classes
        if outside.any() and not self._is_outside_told:
            self._is_outside_told = True  # how many there are differs from batch to batch
            self._tell(
                f"The labels hold {labels.max()}, and the model {self._model.name!r} tells {self.output.classes} classes apart, 0 "
                f"to {self.output.classes - 1}; such labels are left out."
            )
        known = (labels >= 0) & ~outside
        return np.where(known, labels, -1).astype(np.int32), np.where(known, weights, 0).astype(np.float32)

    def _as_classes(self, target: Array) -> Array:
        """Returns labels as numbers of classes, however they are given."""
        output = self.output
        if target.dtype.kind not in "biuf":
            raise EvaluationError(
                f"The labels are of type {target.dtype}; expected numbers of classes, or one-hot vectors."
            )
        axes = 2 if output.per_token else 1
        if target.ndim > axes and target.shape[-1] == 1:
            target = target[..., 0]
        if target.ndim > axes:
            if target.shape[-1] != output.classes:
                raise EvaluationError(
                    f"The labels have shape {list(target.shape)}; expected {output.classes} at the end."
                )
            total = target.sum(axis=-1)
            if np.any((total > 1.5) & np.isfinite(total)):
                raise EvaluationError(
                    "The labels say several classes of one example; expected one each. Evaluate each class by itself."
                )
            # Masked ones are all 0, or NaN.
            return np.where(total > 0, np.nan_to_num(target).argmax(axis=-1), -1)
        if output.is_binary:
            return np.where(np.isfinite(target) & (target >= 0), target > 0.5, -1).astype(np.int64)
        if target.dtype.kind == "f":
            whole = np.isfinite(target) & (target == np.floor(target))
            if not whole.any():
                raise EvaluationError(
                    f"The labels hold {target.flat[0]:g}; expected whole numbers of classes, or one-hot."
                )
            target = np.where(whole, target, -1)
        return target.astype(np.int64)


def _broadcast(weights: Array, shape: tuple[int, ...]) -> Array:
    """Returns weights of examples or of labels, one for each label."""
    if weights.ndim > len(shape) and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.ndim < len(shape):
        weights = weights.reshape(*weights.shape, *[1] * (len(shape) - weights.ndim))
    if weights.shape[0] != shape[0]:
        raise EvaluationError(f"The weights have shape {list(weights.shape)}, and the labels {list(shape)}.")
    return np.broadcast_to(np.nan_to_num(weights), shape).astype(np.float32)
