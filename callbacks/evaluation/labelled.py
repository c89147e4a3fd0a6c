"""Labelled batches: what the model is called with, and of each label the class that is right and how much it counts."""

from __future__ import annotations

import re
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
from tb_seqviz_plugin.records.remarks import remark

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
                remark(
                    "one of several outputs",
                    model=repr(model.name),
                    count=self.output.returned,
                    place=self.output.place + 1,
                    target=self._target + 1,
                )
            )
        self._told: set[str] = set()
        self._failure = "there is none."
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
                    self._failure = str(error)
                    self._tell_once(remark("a batch left out", error=str(error)))
                else:
                    yield Labelled(part, labels, weights, first)
                    first += part.examples

    def nothing_left(self) -> EvaluationError:
        """Returns what to raise where none of the batches could be used."""
        return EvaluationError(f"No batch of the data set can be used: {self._failure}")

    def _tell_once(self, sentence: str) -> None:
        """Tells what is the same of batch after batch but for what stands in it."""
        kind = re.sub(r"'[^']*'|[-.,\d]", "", sentence)
        if kind not in self._told:
            self._told.add(kind)
            self._tell(sentence)

    def _labels_of(self, call: ModelCall) -> tuple[Array, Array]:
        target = list(leaves_of(call.targets))[self._target]
        labels = self._as_classes(np.asarray(target))
        weights = np.ones(labels.shape, np.float32)
        given = list(leaves_of(call.weights))
        if given:
            weights = _broadcast(np.asarray(given[min(self._target, len(given) - 1)]), labels.shape)
            if not (weights >= 0).all():
                self._tell_once(remark("weights below 0"))
                weights = np.where(weights >= 0, weights, 0)
        if self._ignored is not None:
            weights = np.where(labels == self._ignored, 0, weights)
        outside = labels >= self.output.classes
        if outside.any():
            self._tell_once(
                remark(
                    "labels too large",
                    label=int(labels.max()),
                    model=repr(self._model.name),
                    classes=self.output.classes,
                    last=self.output.classes - 1,
                )
            )
        known = (labels >= 0) & ~outside
        return np.where(known, labels, -1).astype(np.int32), np.where(known, weights, 0).astype(np.float32)

    def _as_classes(self, target: Array) -> Array:
        """Returns labels as numbers of classes, however they are given."""
        output = self.output
        if target.dtype.kind not in "biuf":
            held = target.flat[0].item() if target.size else ""
            raise EvaluationError(
                f"The labels hold {held!r}, of type {type(held).__name__}; expected numbers of classes, such as "
                "names.index(label), or one-hot vectors."
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
            known = np.where(np.isfinite(target), target, -1)
            is_between = (known >= 0) & (known <= 1)
            odd = known[~is_between & (known != np.floor(known))]
            if len(odd):
                raise EvaluationError(
                    f"The labels hold {odd[0]:g}, and the model {self._model.name!r} returns one number for each; expected 0 for "
                    "one class and 1 for the other, or what lies between. Only models of classes are evaluated, not those of "
                    "quantities."
                )
            return np.where(is_between, known > 0.5, known).astype(np.int64)
        if target.dtype.kind == "f":
            whole = np.isfinite(target) & (target == np.floor(target))
            if not whole.any():
                raise EvaluationError(
                    f"The labels hold {target.flat[0]:g}; expected whole numbers of classes, or one-hot."
                )
            target = np.where(whole, target, -1)
        return target.astype(np.int64)


def _broadcast(given: Array, shape: tuple[int, ...]) -> Array:
    """Returns weights of examples or of labels, one for each label; NaN stays.

    Raises:
        EvaluationError: if they are not of these shapes.
    """
    weights = given[..., 0] if given.ndim > len(shape) and given.shape[-1] == 1 else given
    weights = weights.reshape(*weights.shape, *[1] * (len(shape) - weights.ndim))
    fits = weights.ndim == len(shape) and all(
        one in (1, other) for one, other in zip(weights.shape, shape, strict=True)
    )
    if not fits or weights.shape[0] != shape[0]:
        raise EvaluationError(
            f"The weights have the shape {list(given.shape)}, and the labels {list(shape)}; expected one weight for each example, "
            "or for each label."
        )
    return np.broadcast_to(weights, shape).astype(np.float32)
