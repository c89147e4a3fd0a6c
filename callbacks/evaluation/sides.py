"""Which inputs of a model are texts, and by that what it does: found out from the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.evaluation.labelled import Labelled
from tb_seqviz_plugin.callbacks.text.forms import whole_numbers
from tb_seqviz_plugin.schema.evaluation import EvaluationTask

Array = npt.NDArray[Any]

_SHIFTED = 0.9
"""Of the tokens so many at least are those of an input, one place later, where a model predicts the next token."""


@dataclass(frozen=True)
class Sides:
    """Which inputs are texts.

    Args:
        source: name of that which the prediction is made from, "" for none.
        text: name of that which holds the target one place earlier, "" for none.
    """

    source: str
    text: str

    @classmethod
    def of(cls, batch: Labelled) -> Sides:
        """Finds out by the values: ids that are the labels, one place later, are the text so far."""
        named = batch.call.named()
        ids = [name for name, array in named.items() if array.ndim == 2 and _is_ids(array)]
        text = next((name for name in ids if _is_shifted(np.asarray(named[name]), batch)), "")
        others = [name for name in ids if name != text and not name.lower().endswith("mask")]
        return cls(next(iter(others), "" if text else next(iter(ids), "")), text)


def task_of(output_per_token: bool, sides: Sides) -> EvaluationTask:
    """Returns what a model does, as far as its output and the data tell."""
    if not output_per_token:
        return "classification"
    if not sides.text:
        return "token_labelling"
    return "sequence_to_sequence" if sides.source else "language_modelling"


def _is_ids(array: Array) -> bool:
    """Returns whether an input is ids; floating-point zeros and ones may be features as well."""
    ids = whole_numbers(array)
    return ids is not None and (array.dtype.kind in "iu" or bool(ids.min() >= 0 and ids.max() > 1))


def _is_shifted(ids: Array, batch: Labelled) -> bool:
    """Returns whether ids are the labels one place later, where these count."""
    if batch.labels.ndim != 2 or batch.call.cut_one(ids).shape != batch.labels.shape or batch.labels.shape[1] < 2:
        return False
    later, now = batch.call.cut_one(ids)[:, 1:], batch.labels[:, :-1]
    counted = (batch.weights[:, :-1] > 0) & (batch.weights[:, 1:] > 0)
    if not counted.any():
        return False
    # Of labels that are all alike any input that is so, too, would be the text.
    return bool((later == now)[counted].mean() >= _SHIFTED)
