"""The layers of a model, and how one is changed for a while without a trace."""

from __future__ import annotations

import contextlib
from typing import Any

import keras
import numpy as np
from keras import ops

from tb_seqviz_plugin.records.embeddings.record import Float


def iterations_of(model: Any) -> int:
    """Returns how many batches the optimizer has seen, 0 if there is none; a restored one remembers."""
    optimizer = getattr(model, "optimizer", None)
    try:
        # With tf.distribute it is held once per device, and no number of itself.
        return int(optimizer.iterations.numpy()) if optimizer is not None else 0
    except (AttributeError, TypeError, ValueError):
        return 0


def is_traced() -> bool:
    """Returns whether this runs while a function is made into a graph, as inside a tf.function, where tensors have no values."""
    try:
        ops.convert_to_numpy(ops.zeros(()))
    except Exception:  # another one on each backend
        return True
    return False


def inputs_of(model: Any) -> list[Any]:
    """Returns the tensors that a functional or sequential model declares as its inputs, none where it declares none."""
    try:
        return list(getattr(model, "inputs", None) or ())
    except ValueError:  # of a sequential model that is not built yet, in early versions of Keras 3
        return []


def outputs_of(model: Any) -> list[Any]:
    """Returns the tensors that a functional or sequential model declares as its outputs, none where it declares none."""
    try:
        return list(getattr(model, "outputs", None) or ())
    except ValueError:  # as of its inputs
        return []


def state_of(model: keras.Model) -> tuple[keras.Model, list[int]]:
    """Returns what is another for another model, and for one that was changed since, as by quantising or low-rank weights."""
    return model, [id(variable) for variable in model.weights]


def shadow(undo: contextlib.ExitStack, layer: keras.layers.Layer, name: str, value: Any) -> None:
    """Sets an attribute on the instance, past Keras' own tracking, and leaves no trace of it afterwards."""
    attributes = vars(layer)
    if name in attributes:
        undo.callback(attributes.__setitem__, name, attributes[name])
    else:
        undo.callback(attributes.pop, name, None)
    attributes[name] = value


def to_float(tensor: Any) -> Float:
    """Returns a tensor of floating-point numbers of any width as a float32 array of its own."""
    return np.array(ops.convert_to_numpy(ops.cast(tensor, "float32")), np.float32)
