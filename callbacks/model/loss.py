"""The loss that a model is trained with, on a batch that it has been run on."""

from __future__ import annotations

from typing import Any

import keras

from tb_seqviz_plugin.callbacks.errors import NoLossError, sentence_of
from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.model.private_parts import has_loss
from tb_seqviz_plugin.records.remarks import remark


def why_no_loss(model: keras.Model, call: ModelCall) -> str:
    """Returns why there can be no loss, as a sentence; "" where running the model will tell."""
    has_own = _has_own(model)
    if call.targets is None and has_loss(model) and not has_own:
        return remark("no targets")
    return "" if model.compiled or has_own else _without(model)


def loss_of(model: keras.Model, call: ModelCall, result: Any) -> Any:
    """Returns the loss as training has it, with losses that layers add and those of regularisers.

    Args:
        model: the model, which has just been called.
        call: how, with targets.
        result: what it returned.

    Raises:
        NoLossError: if there is none.
    """
    if not (_has_own(model) or has_loss(model) or model.losses):
        raise NoLossError(_without(model))
    x, y_pred = call.cut(call.inputs), call.cut(result)
    try:
        loss = model.compute_loss(x=x, y=call.targets, y_pred=y_pred, sample_weight=call.weights, training=False)
    except Exception as error:  # whatever a user's own method raises
        raise NoLossError(remark("failing loss", model=repr(model.name), error=sentence_of(error))) from error
    if loss is None:
        raise NoLossError(_without(model))
    return loss


def _has_own(model: keras.Model) -> bool:
    return type(model).compute_loss is not keras.Model.compute_loss


def _without(model: keras.Model) -> str:
    return remark("no loss", model=repr(model.name))
