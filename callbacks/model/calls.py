"""One call of one layer in a forward pass, what may be noted in it, and the tensors in what it takes and returns."""

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
        opened: the backend's mark when it began.
        closed: the backend's mark when it ended.
        takes: what tells its first argument from those of other uses of the layer, see `kind_of`.
        returns: the same of what it returned.
        children: the calls inside it.
        error: what it raised, "" for nothing.
        arguments: the tensors it was given, with the name of the argument, such as "inputs", "inputs/0" or "inputs/tokens".
        outputs: the tensors it returned, with "" for the only one, else its place or name.
        masks: the masks it made for what it returned.
    """

    layer: keras.layers.Layer
    parent: Call | None
    opened: int = 0
    closed: int = -1
    takes: Any = None
    returns: Any = None
    children: list[Call] = field(default_factory=list)
    error: str = ""
    arguments: list[tuple[str, Any]] = field(default_factory=list)
    outputs: list[tuple[str, Any]] = field(default_factory=list)
    masks: list[Any] = field(default_factory=list)

    def is_around(self, call: Call | None) -> bool:
        """Returns whether a call was made inside this one."""
        while call is not None and call.parent is not self:
            call = call.parent
        return call is not None


@dataclass(frozen=True, eq=False)
class Note:
    """One result that may be attention.

    Args:
        tensor: the weights.
        call: the layer call it came from, None outside of any layer.
        axes: the axes along which it sums to 1, that is those of the keys; more than one for attention over images.
        name: what `sow` was given, "" for a softmax.
        span: the backend's marks before and after it was computed.
        keys: what `sow` was given for its keys, if anything.
    """

    tensor: Any
    call: Call | None
    axes: tuple[int, ...]
    name: str
    span: tuple[int, int]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Read:
    """Weights that are read while no layer that holds them is running.

    Args:
        variable: the weights.
        tensor: what was read, under an identity of its own.
        call: the innermost call that was running.
    """

    variable: keras.Variable
    tensor: Any
    call: Call


def hides_cell(layer: keras.layers.Layer) -> bool:
    """Returns whether a recurrent layer has a cell of Keras' own, which is but a part of it to whoever uses it."""
    return isinstance(layer, _OWN_CELLS) or type(layer).__name__.startswith("ConvLSTM")


def is_tensor(value: Any) -> bool:
    """Returns whether something is a tensor, rather than a variable or anything else."""
    return bool(keras.ops.is_tensor(value)) and not hasattr(value, "assign")


def dtype_of(tensor: Any) -> str:
    """Returns the name of a tensor's dtype, such as "int32", also of one that Keras has no name for."""
    return str(getattr(tensor.dtype, "name", tensor.dtype))


def tensors_in(structure: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yields the tensors in nested tuples, lists and dicts with their names, such as "inputs/0"."""
    prefix = f"{name}/" if name else ""
    if isinstance(structure, Mapping):
        for key, value in structure.items():
            yield from tensors_in(value, f"{prefix}{key}")
    elif isinstance(structure, tuple | list):
        for number, value in enumerate(structure):
            yield from tensors_in(value, f"{prefix}{number}")
    elif isinstance(structure, keras.Variable):  # handed on as it is, such as the ids of all positions
        yield name, structure.value
    elif is_tensor(structure):
        yield name, structure


def kind_of(structure: Any) -> Any:
    """Returns how many features the first tensor has, None for no tensor, False for one of anything but features.

    By what it takes and returns, uses of one layer are told apart that do not repeat, such as an embedding and its reverse at
    the output.
    """
    tensor = next((tensor for _, tensor in tensors_in(structure)), None)
    if tensor is None:
        return None
    sizes = shape_of(tensor)
    return bool(sizes) and "float" in dtype_of(tensor) and sizes[-1]


def shape_of(tensor: Any) -> list[int | None]:
    """Returns the sizes of a tensor, None for each that is open; nothing where not even their number is known."""
    try:
        return [None if size is None else int(size) for size in tensor.shape]
    except ValueError:  # of TensorFlow, for an unknown number of axes
        return []
