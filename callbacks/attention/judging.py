"""Which weighted sums are attention: by what multiplies what; the class of the layer only decides where that says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import keras

from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.attention.sums import SumFinder, WeightedSum
from tb_seqviz_plugin.callbacks.model.calls import Call
from tb_seqviz_plugin.callbacks.model.program import Program

_KERAS_ATTENTION = (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention, keras.layers.Attention)
_ATTENTION = re.compile(r"att(ention|n|end)", re.IGNORECASE)


def attention_among(
    found: Sequence[WeightedSum],
    owners: Mapping[WeightedSum, Call | None],
    finder: SumFinder,
    dependence: Dependence,
    program: Program,
) -> list[WeightedSum]:
    """Returns the weighted sums that are attention.

    Args:
        found: all that there are.
        owners: the call that attends, of each.
        finder: what found them.
        dependence: of the program's tensors.
        program: the ops.
    """
    chosen = {each for each in found if _attends(each, owners[each], finder, dependence, program)}
    layers = {id(owner.layer) for each in chosen if (owner := owners[each]) is not None}
    for each in found:
        owner = owners[each]
        # The first memory of a loop may be all zeros: the layer attends to it as in its other steps.
        if owner is not None and id(owner.layer) in layers and not dependence.is_data(each.values):
            chosen.add(each)
    return [each for each in found if each in chosen]


def _attends(
    each: WeightedSum, owner: Call | None, finder: SumFinder, dependence: Dependence, program: Program
) -> bool:
    if _is_keras_attention(owner):
        return True
    is_called = _is_called_attention(owner)
    if not dependence.is_data(each.values):  # learnt queries that attend to each other come from no input
        return is_called and bool(each.free) and not dependence.is_data(each.weights)
    if finder.is_aligned(each):
        return True
    if each.kind == "gate" or each.sources[0] not in program.softmaxes or not dependence.is_data(each.weights):
        return False
    if finder.sums_alternatives(each):
        return False
    # Weights that a parameter made may be of places that each query chooses itself, where no axis of the values says so.
    return not finder.is_made(each) or (is_called and not each.free)


def owner_of(call: Call | None) -> Call | None:
    """Returns the call that attends, given that in which its softmax ran: a bare `Softmax` stands for the layer around it."""
    while (
        call is not None
        and isinstance(call.layer, keras.layers.Softmax | keras.layers.Activation)
        and call.parent is not None
        and not isinstance(call.parent.layer, keras.Model)
    ):
        call = call.parent
    return call


def _is_keras_attention(owner: Call | None) -> bool:
    """Returns whether what attends is one of Keras' attention layers, or made from one."""
    return owner is not None and isinstance(owner.layer, _KERAS_ATTENTION)


def _is_called_attention(owner: Call | None) -> bool:
    """Returns whether the class says in its name that it attends."""
    if owner is None or isinstance(owner.layer, keras.Model):
        return False
    return _ATTENTION.search(type(owner.layer).__name__) is not None
