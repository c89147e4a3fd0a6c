"""What Keras keeps to itself and we read all the same, one function for each; elsewhere nothing of ours touches it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras


def layers_of(model: keras.Model) -> list[keras.layers.Layer]:
    """Returns the model and every layer in it, however deep, each once."""
    found = {id(layer): layer for layer in model._flatten_layers(include_self=True, recursive=True)}
    return list(found.values())


def children_of(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Returns the layers that one holds directly."""
    return list(layer._flatten_layers(include_self=False, recursive=False))


def variables_of(layer: keras.layers.Layer) -> list[keras.Variable]:
    """Returns the variables that a layer holds directly, those that are trained first."""
    return [*layer._trainable_variables, *layer._non_trainable_variables]


def table_of(layer: keras.layers.Embedding) -> keras.Variable | None:
    """Returns the vectors of an embedding as they are stored, None if it is not built."""
    return getattr(layer, "_embeddings", None)


def stored_value_of(variable: keras.Variable) -> Any:
    """Returns the value of a variable, whatever a scope says that is read of it."""
    return variable._value


def declared_inputs_of(model: keras.layers.Layer) -> Any:
    """Returns the symbolic inputs that a functional model was made from, as it takes them; None of any other."""
    return getattr(model, "_inputs_struct", None)


def name_of_input(tensor: Any) -> str:
    """Returns what a symbolic input of a functional model is called."""
    name: str = tensor._keras_history.operation.name
    return name


def maker_of(tensor: Any) -> Any:
    """Returns the layer or operation that made an output of a functional model, None if that is not known."""
    return getattr(getattr(tensor, "_keras_history", None), "operation", None)


def mask_of(tensor: Any) -> Any:
    """Returns the mask that a tensor carries, None for none."""
    return getattr(tensor, "_keras_mask", None)


def give_mask(tensor: Any, mask: Any) -> None:
    """Has a tensor carry a mask."""
    tensor._keras_mask = mask


def has_loss(model: keras.Model) -> bool:
    """Returns whether `compile` was given a loss."""
    return getattr(model, "_compile_loss", None) is not None


@contextlib.contextmanager
def losses_kept(model: keras.Model) -> Iterator[None]:
    """Leaves what layers know of their own losses as it was."""
    layers = layers_of(model)
    before = [set(layer._loss_ids) for layer in layers]
    try:
        yield
    finally:
        for layer, ids in zip(layers, before, strict=True):
            layer._loss_ids.clear()
            layer._loss_ids.update(ids)


def without_recomputing(layer: keras.layers.Layer, shadow: Callable[[str, Any], None]) -> None:
    """Has a layer run as it is, though it was made in a `RematScope`, under which what is computed cannot be reached."""
    if getattr(layer, "_remat_mode", None):
        shadow("_remat_mode", None)
