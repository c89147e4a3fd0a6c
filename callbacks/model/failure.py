"""Why a model failed, where what it was given is the likely reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.errors import ModelCallError, sentence_of
from tb_seqviz_plugin.callbacks.model.batch import holds_strings, leaves_of
from tb_seqviz_plugin.callbacks.model.layers import inputs_of
from tb_seqviz_plugin.callbacks.model.signature import declared, rows_built_for, rows_of

_OF_SHAPES = re.compile("shape|dimension|batch size|broadcast", re.IGNORECASE)


def explained(model: keras.Model, given: Mapping[str, Any], failure: Exception) -> Exception:
    """Returns what to say of a failure: a ModelCallError where the inputs are probably the reason, else the failure itself.

    Args:
        model: the model.
        given: the arrays and specs that it was called with, by name.
        failure: what it raised.
    """
    if isinstance(failure, ModelCallError):
        return failure
    name = next((name for name, leaf in given.items() if holds_strings(leaf)), None)
    if name is not None:
        return ModelCallError(
            f"The model {model.name!r} failed on {name!r}, which holds texts. If it takes ids, pass those of the texts, as in "
            f"training. What it said: {sentence_of(failure)}"
        )
    wanted = declared(model)
    for (name, leaf), spec in zip(given.items(), leaves_of(wanted), strict=False):
        if not spec.is_guess and len(leaf.shape) == len(spec.shape) - 1:
            return ModelCallError(
                f"The model {model.name!r} takes {len(spec.shape)} axes, of examples first, and {name!r} has the shape "
                f"{tuple(leaf.shape)}. If this is one example, pass a batch of it, such as x[:1] instead of x[0]. What the model "
                f"said: {sentence_of(failure)}"
            )
    if may_be_of_one_batch_size(model, failure):
        examples = next(leaf.shape[0] for leaf in given.values())
        return ModelCallError(
            f"{sentence_of(failure)} If the model {model.name!r} takes one batch size only, pass as many examples; there are "
            f"{examples}."
        )
    return failure


def may_be_of_one_batch_size(model: keras.Model, failure: Exception) -> bool:
    """Returns whether a call may have failed because the model takes one number of rows only, which nothing tells."""
    if not model.built or inputs_of(model) or isinstance(failure, ModelCallError):
        return False
    return rows_of(model) is None and rows_built_for(model) is None and bool(_OF_SHAPES.search(str(failure)))
