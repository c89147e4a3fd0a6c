"""One call of one layer, and the tensors in what it takes and returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras

_OWN_CELLS = (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN)


@dataclass(eq=False)
class Call:
    """One call of one layer.

    Args:
        layer: the layer.
        parent: the call around it, None for the model itself.
        arguments: the tensors it was given, with the name of the argument, such as "inputs", "inputs/0" or "inputs/tokens".
        outputs: the tensors it returned, with "" for the only one, else its place or name.
        children: the calls inside it.
        error: what it raised, "" for nothing.
        masks: the masks it made for what it returned.
    """

    layer: keras.layers.Layer
    parent: Call | None
    arguments: list[tuple[str, Any]]
    outputs: list[tuple[str, Any]] = field(default_factory=list)
    children: list[Call] = field(default_factory=list)
    error: str = ""
    masks: list[Any] = field(default_factory=list)

    def is_around(self, call: Call | None) -> bool:
        """Returns whether a call was made inside this one."""
        while call is not None and call.parent is not self:
            call = call.parent
        return call is not None


def hides_cell(layer: keras.layers.Layer) -> bool:
    """Returns whether a recurrent layer has a cell of Keras' own, which is but a part of it to whoever uses it."""
    return isinstance(layer, _OWN_CELLS) or type(layer).__name__.startswith("ConvLSTM")


def tensors_in(structure: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yields the tensors in nested tuples, lists and dicts with their names, such as "inputs/0"."""
    prefix = f"{name}/" if name else ""
    if isinstance(structure, Mapping):
        for key, value in structure.items():
            yield from tensors_in(value, f"{prefix}{key}")
    elif isinstance(structure, tuple | list):
        for place, value in enumerate(structure):
            yield from tensors_in(value, f"{prefix}{place}")
    elif isinstance(structure, keras.Variable):  # handed on as it is, such as the ids of all positions
        yield name, structure.value
    elif is_tensor(structure):
        yield name, structure


def is_tensor(value: Any) -> bool:
    """Returns whether something is a tensor, rather than a variable or anything else."""
    return bool(keras.ops.is_tensor(value)) and not hasattr(value, "assign")


def dtype_of(tensor: Any) -> str:
    """Returns the name of a tensor's dtype, such as "int32", also of one that Keras has no name for."""
    return str(getattr(tensor.dtype, "name", tensor.dtype))
