"""Which layer a softmax belongs to: its path in the model, and what its class says about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import keras

from tb_seqviz_plugin.callbacks.model.paths import path_of
from tb_seqviz_plugin.callbacks.model.tap import Frame, Note

_KERAS_ATTENTION = (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention, keras.layers.Attention)
_ATTENTION = re.compile(r"att(ention|n|end)", re.IGNORECASE)
_MIXTURE = re.compile(r"rout(er|ing)|moe|expert", re.IGNORECASE)


def owner_of(note: Note) -> Frame | None:
    """Returns the call that attends: a bare `Softmax` or `Activation` layer stands for the layer around it."""
    frame = note.frame
    while (
        frame is not None
        and isinstance(frame.layer, keras.layers.Softmax | keras.layers.Activation)
        and frame.parent is not None
        and not isinstance(frame.parent.layer, keras.Model)
    ):
        frame = frame.parent
    return frame


def owner_id(note: Note) -> int:
    """Returns what tells the owning layer from others."""
    frame = owner_of(note)
    return 0 if frame is None else id(frame.layer)


def is_keras_attention(note: Note) -> bool:
    """Returns whether the owner is one of Keras' attention layers, or made from one."""
    frame = owner_of(note)
    return frame is not None and isinstance(frame.layer, _KERAS_ATTENTION)


def is_called_attention(note: Note) -> bool:
    """Returns whether the owner's class says in its name that it attends."""
    frame = owner_of(note)
    return frame is not None and not isinstance(frame.layer, keras.Model) and _matches(_ATTENTION, frame)


def is_called_mixture(note: Note) -> bool:
    """Returns whether the owner's class says in its name that it mixes experts."""
    frame = owner_of(note)
    return frame is not None and _matches(_MIXTURE, frame)


def is_own_class(note: Note) -> bool:
    """Returns whether the user wrote the class of the owner."""
    frame = owner_of(note)
    return frame is not None and not type(frame.layer).__module__.startswith("keras.")


def class_name_of(note: Note, model: keras.Model) -> str:
    """Returns the class of the owner."""
    frame = owner_of(note)
    return type(model if frame is None else frame.layer).__name__


def number_paths(notes: Sequence[Note], model: keras.Model) -> list[str]:
    """Returns the path of every note; layers of one path are told apart by a number."""
    owner_of_path: dict[str, int] = {}
    paths = []
    for note in notes:
        path = path_of(owner_of(note), model)
        candidate, number = path, 1
        while owner_of_path.setdefault(candidate, owner_id(note)) != owner_id(note):
            number += 1
            candidate = f"{path} ({number})"
        paths.append(f"{candidate}/{note.name}" if note.name else candidate)
    return paths


def _matches(pattern: re.Pattern[str], frame: Frame) -> bool:
    return pattern.search(type(frame.layer).__name__) is not None
