"""Which layer a softmax belongs to, and what its class says about it."""

from __future__ import annotations

import re

import keras

from tb_seqviz_plugin.callbacks.model.recorder import Call, Note

_KERAS_ATTENTION = (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention, keras.layers.Attention)
_ATTENTION = re.compile(r"att(ention|n|end)", re.IGNORECASE)
_MIXTURE = re.compile(r"rout(er|ing)|moe|expert", re.IGNORECASE)


def owner_of(note: Note) -> Call | None:
    """Returns the call that attends: a bare `Softmax` or `Activation` layer stands for the layer around it."""
    call = note.call
    while (
        call is not None
        and isinstance(call.layer, keras.layers.Softmax | keras.layers.Activation)
        and call.parent is not None
        and not isinstance(call.parent.layer, keras.Model)
    ):
        call = call.parent
    return call


def owner_id(note: Note) -> int:
    """Returns what tells the owning layer from others."""
    call = owner_of(note)
    return 0 if call is None else id(call.layer)


def is_keras_attention(note: Note) -> bool:
    """Returns whether the owner is one of Keras' attention layers, or made from one."""
    call = owner_of(note)
    return call is not None and isinstance(call.layer, _KERAS_ATTENTION)


def is_called_attention(note: Note) -> bool:
    """Returns whether the owner's class says in its name that it attends."""
    call = owner_of(note)
    return call is not None and not isinstance(call.layer, keras.Model) and _matches(_ATTENTION, call)


def is_called_mixture(note: Note) -> bool:
    """Returns whether the owner's class says in its name that it mixes experts."""
    call = owner_of(note)
    return call is not None and _matches(_MIXTURE, call)


def is_own_class(note: Note) -> bool:
    """Returns whether the user wrote the class of the owner."""
    call = owner_of(note)
    return call is not None and not type(call.layer).__module__.startswith("keras.")


def _matches(pattern: re.Pattern[str], call: Call) -> bool:
    return pattern.search(type(call.layer).__name__) is not None
