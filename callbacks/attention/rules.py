"""Which softmaxes are attention: by what they multiply, by the class of the layer that they belong to, and by their shape."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import keras

from tb_seqviz_plugin.callbacks.backends.interface import NotedSoftmaxes
from tb_seqviz_plugin.callbacks.model.calls import Call, Note, shape_of
from tb_seqviz_plugin.callbacks.model.paths import Place

_KERAS_ATTENTION = (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention, keras.layers.Attention)
_ATTENTION = re.compile(r"att(ention|n|end)", re.IGNORECASE)
_MIXTURE = re.compile(r"rout(er|ing)|moe|expert", re.IGNORECASE)


def attention_among(softmaxes: NotedSoftmaxes, lengths: Sequence[int]) -> tuple[list[Note], list[Note]]:
    """Returns what is attention of the softmaxes whose values can be had, and of those that are born in a loop.

    Args:
        softmaxes: those of a forward pass.
        lengths: lengths of the token axes, to tell attention over tokens from other mixtures.
    """
    sown = {id(note.tensor) for note in softmaxes.notes if note.name}
    notes = [
        note
        for note in softmaxes.notes
        if note.name or (id(note.tensor) not in sown and _is_attention(note, softmaxes, lengths))
    ]
    return notes, [note for note in softmaxes.inner if note.name or _is_attention(note, softmaxes, lengths)]


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


def locate(note: Note, root: Place, place_of: Mapping[Call, Place]) -> tuple[Place, str]:
    """Returns the place of the layer that attends, and the path of its attention: that of the place, and what `sow` was given."""
    owner = owner_of(note.call)
    place = root if owner is None else place_of[owner]
    return place, f"{place.path}/{note.name}" if note.name else place.path


def is_keras_attention(owner: Call | None) -> bool:
    """Returns whether what attends is one of Keras' attention layers, or made from one."""
    return owner is not None and isinstance(owner.layer, _KERAS_ATTENTION)


def is_called_attention(owner: Call | None) -> bool:
    """Returns whether the class says in its name that it attends."""
    return owner is not None and not isinstance(owner.layer, keras.Model) and _matches(_ATTENTION, owner)


def _is_attention(note: Note, softmaxes: NotedSoftmaxes, lengths: Sequence[int]) -> bool:
    owner = owner_of(note.call)
    if is_keras_attention(owner):
        return True
    fits, product = _fits_tokens(note, lengths), softmaxes.product_of(note)
    if product is None:
        return is_called_attention(owner) and fits
    from_inputs = note in softmaxes.inner or bool(softmaxes.sources_of(product.values))
    if is_called_attention(owner):
        return from_inputs or fits
    shared = product.shared if product.sums and _queries(note) > 1 else fits
    return from_inputs and shared and not (owner is not None and _matches(_MIXTURE, owner))


def _matches(pattern: re.Pattern[str], call: Call) -> bool:
    return pattern.search(type(call.layer).__name__) is not None


def _fits_tokens(note: Note, lengths: Sequence[int]) -> bool:
    """Returns whether the keys can be tokens, rather than experts or words of the vocabulary."""
    shape = shape_of(note.tensor)
    if None in shape[1:] or len(shape) < 2:
        return len(shape) > 1
    keys = shape[note.axes[-1]] or 0
    fits = keys == _queries(note) or any(abs(keys - length) <= 2 for length in lengths)
    return keys > 1 and (fits or len(note.axes) > 1)


def _queries(note: Note) -> int:
    """Returns the number of queries, 1 if the weights have no such axis."""
    shape = shape_of(note.tensor)
    key_axis = note.axes[0] % len(shape)
    return 1 if key_axis < 2 else shape[key_axis - 1] or 1
