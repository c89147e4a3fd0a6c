"""What a model returns that labels are compared with, and how little of it leaves the device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.errors import EvaluationError
from tb_seqviz_plugin.callbacks.generation.next_token import may_be_probabilities
from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.model.layers import to_float
from tb_seqviz_plugin.callbacks.model.private_parts import mask_of

Array = npt.NDArray[Any]

MOST_SCORED = 20
"""So many classes at most have their probabilities leave the device, for the area under the ROC curve."""
_LEAST = 1e-37
"""Stands for a probability that is 0 in single precision, so that the loss stays finite."""


@dataclass(frozen=True)
class Output:
    """What a model says of each label.

    Args:
        place: which of the tensors that it returns.
        per_token: whether it is [batch, time, ...] rather than [batch, ...].
        classes: how many there are to choose from.
        is_binary: whether there is one number for two of them.
        has_axis: whether that number has an axis of its own.
        probabilities: whether these are probabilities, and not logits.
        is_masked: whether the model says which of them count.
        returned: how many tensors the model returns.
    """

    place: int
    per_token: bool
    classes: int
    is_binary: bool
    has_axis: bool
    probabilities: bool
    is_masked: bool
    returned: int = 1

    @property
    def scored(self) -> bool:
        """Whether the probabilities of all classes leave the device."""
        return not self.per_token and self.classes <= MOST_SCORED

    def logarithms(self, result: Any) -> Any:
        """Returns the logarithms of the probabilities of the classes, [..., classes], of what the model returned."""
        values = ops.cast(result, "float32")
        if self.is_binary:
            values = values[..., 0] if self.has_axis else values
            if self.probabilities:
                return ops.log(ops.maximum(ops.stack([1 - values, values], axis=-1), _LEAST))
            return ops.stack([ops.log_sigmoid(-values), ops.log_sigmoid(values)], axis=-1)
        return ops.log(ops.maximum(values, _LEAST)) if self.probabilities else ops.log_softmax(values, axis=-1)


def find_output(model: keras.Model, call: ModelCall, targets: Sequence[Array]) -> tuple[Output, int]:
    """Returns what of a model's outputs is to be compared with which of the targets.

    Args:
        model: the model.
        call: how it is called, on a few examples.
        targets: the leaves of what is given as labels, of the same examples.

    Raises:
        EvaluationError: if nothing fits.
    """
    with keras.StatelessScope():
        results = keras.tree.flatten(call.run(model, map(ops.convert_to_tensor, call.leaves())))
    arrays = [to_float(call.cut_one(result)) for result in results]
    for place, array in enumerate(arrays):
        for number, target in enumerate(targets):
            per_token = _is_per_token(array, target)
            if per_token is None:
                continue
            is_binary = array.ndim == 1 + per_token or array.shape[-1] == 1
            found = Output(
                place,
                per_token,
                2 if is_binary else array.shape[-1],
                is_binary,
                array.ndim > 1 + per_token,
                _are_probabilities(model, array, is_binary),
                per_token and mask_of(results[place]) is not None,
                len(arrays),
            )
            return found, number
    shapes, wanted = (", ".join(str(list(each.shape)) for each in given) for given in (arrays, targets))
    raise EvaluationError(
        f"The model {model.name!r} returns {shapes}, and the labels have the shape {wanted}; expected labels [batch] beside "
        "[batch, classes], or [batch, time] beside [batch, time, classes], as numbers of classes or one-hot."
    )


def _is_per_token(array: Array, target: Array) -> bool | None:
    """Returns whether there is a label for every token; None if they do not fit."""
    if array.ndim == 0 or array.ndim > 3 or target.ndim == 0 or len(array) != len(target):
        return None
    classes = array.shape[-1]
    if array.ndim == 3:
        fits = target.shape[:2] == array.shape[:2] and target.shape[2:] in ((), (1,), (classes,))
        return True if fits else None
    if array.ndim == 2 and target.ndim == 2 and classes > 1 and target.shape[1] not in (1, classes):
        return None
    return False if target.ndim <= 2 and (target.ndim == 1 or target.shape[1] in (1, classes)) else None


def _are_probabilities(model: keras.Model, array: Array, is_binary: bool) -> bool:
    known = array[np.isfinite(array)]
    inside = bool(((known >= 0) & (known <= 1)).all())
    adds_up = is_binary or bool(np.allclose(np.nan_to_num(array.sum(axis=-1), nan=1.0), 1, atol=0.02))
    return inside and adds_up and may_be_probabilities(model)


class Prediction:
    """Runs a model on batches, and returns of each label what measures need; compiled once.

    Args:
        model: the model.
        output: what of its outputs is looked at.
    """

    def __init__(self, model: keras.Model, output: Output) -> None:
        self._model, self._output = model, output
        self._call: ModelCall | None = None
        self._run: Callable[..., list[Array]] = backends.evaluation().compiled(self._reduced)

    def __call__(self, call: ModelCall, labels: Array) -> dict[str, Array]:
        """Returns of each label, [examples] or [examples, time]:

        `right`, the logarithm of the probability of what is right; `best`, of what is most probable; `chosen`, that class; `rank`,
        the place of what is right by probability, from 1, of those that are equally probable the middle one, where samples have the
        first; `mask`, whether the model itself counts it, where it says; and where there are few classes `scores`, the
        probabilities [examples, classes].

        Args:
            call: how the model is called on a batch.
            labels: int32, the class that is right; -1 for one that is not known.
        """
        self._call = call
        if call.repeated:
            labels = np.pad(labels, [(0, call.repeated)] + [(0, 0)] * (labels.ndim - 1))
        values = self._run(labels, *call.leaves())
        names = ["right", "best", "chosen", "rank", *(["scores"] if self._output.scored else []), "mask"]
        return {name: call.cut_one(value) for name, value in zip(names, values, strict=False)}

    def _reduced(self, labels: Any, *leaves: Any) -> list[Any]:
        assert self._call is not None
        with keras.StatelessScope():
            result = keras.tree.flatten(self._call.run(self._model, leaves))[self._output.place]
            logarithms = self._output.logarithms(result)
            right = ops.take_along_axis(logarithms, ops.maximum(labels, 0)[..., None], axis=-1)
            # Those ahead, and half of those that are level with it, itself counted: the mean rank, rounded up.
            ahead = (ops.cast(each, "int32") for each in (logarithms > right, logarithms >= right))
            rank = 1 + ops.sum(ops.add(*ahead), axis=-1) // 2
            mask = mask_of(result)
            reduced = [right[..., 0], ops.max(logarithms, axis=-1), ops.argmax(logarithms, axis=-1), rank]
            reduced += [ops.exp(logarithms)] if self._output.scored else []
            return reduced + ([] if mask is None else [mask])
