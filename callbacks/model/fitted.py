"""The data that a running `fit` was given, as far as looking at them changes nothing."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.model.batch import Structure, parse_batch

DATASET = (
    "inputs= is missing, and fit was given a dataset, which cannot be looked into without changing what training gets; pass one "
    "batch of it, taken before training, such as inputs=next(iter(dataset))"
)
NOT_FITTED = "inputs= is missing; pass the few examples to look at, such as inputs=x_test[:4]"


class NoBatchError(ValueError):
    """That no batch can be had; the message says why, and what to do."""


def first_batch(model: keras.Model, examples: int) -> Structure:
    """Returns the first examples that the `fit` which calls this was given, as `(x, y)` or `(x, y, sample_weight)`, or x alone.

    Only arrays are looked into: they are the same afterwards. A dataset would be gone on by a batch, or shuffled otherwise.

    Args:
        model: the one that is fitted.
        examples: how many at most.

    Raises:
        NoBatchError: if it was given something else than arrays.
    """
    given = _arguments_of_fit(model)
    if given is None:
        raise NoBatchError(NOT_FITTED)
    leaves = keras.tree.flatten(given)
    if not all(_is_array(leaf) for leaf in leaves):
        raise NoBatchError(DATASET)
    try:
        return parse_batch(keras.tree.map_structure(lambda leaf: leaf[:examples], given))
    except Exception as error:  # of arrays of whatever kind
        raise NoBatchError(f"{NOT_FITTED}, since those of fit cannot be used: {error}") from error


def _arguments_of_fit(model: keras.Model) -> Any:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        known = frame.f_locals
        if frame.f_code.co_name == "fit" and known.get("self") is model and known.get("x") is not None:
            given = (known["x"], known.get("y"), known.get("sample_weight"))
            if given[1] is None:
                return given[0]
            return given[:2] if given[2] is None else given
        frame = frame.f_back
    return None


def _is_array(leaf: Any) -> bool:
    is_sliced = hasattr(leaf, "__getitem__") and not isinstance(leaf, keras.utils.PyDataset)
    return is_sliced and len(getattr(leaf, "shape", ())) > 0
