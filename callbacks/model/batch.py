"""What is given as the inputs of a model: arrays in tuples, lists and dicts, or shapes in their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import ModelCallError

Array = npt.NDArray[Any]

Structure = Any
"""An array or a `Spec`, or tuples, lists and dicts of them; None where an optional one is left out."""

ONLY_INPUT = "tokens"
"""What an input without a name, and without others, is called."""
_NAMES = {1: (ONLY_INPUT,), 2: ("source", "target")}


@dataclass(frozen=True)
class Spec:
    """A tensor of which the values are not known.

    Args:
        shape: its sizes, None where one is unknown.
        dtype: such as "int32", None if unknown.
        name: what the model calls it, "" if it does not say.
        is_guess: whether nothing is known of it, so that the shape is that of ids.
    """

    shape: tuple[int | None, ...]
    dtype: str | None = "float32"
    name: str = ""
    is_guess: bool = False


def leaves_of(structure: Structure) -> Iterator[Any]:
    """Yields the leaves of nested tuples, lists and dicts, in order, but for None."""
    if isinstance(structure, Mapping):
        for value in structure.values():
            yield from leaves_of(value)
    elif isinstance(structure, tuple | list):
        for value in structure:
            yield from leaves_of(value)
    elif structure is not None:
        yield structure


def map_leaves(change: Callable[[Any], Any], structure: Structure) -> Any:
    """Returns nested tuples, lists and dicts with each leaf changed; None stays None."""
    if isinstance(structure, Mapping):
        return {name: map_leaves(change, value) for name, value in structure.items()}
    if isinstance(structure, tuple | list):
        return type(structure)(map_leaves(change, value) for value in structure)
    return None if structure is None else change(structure)


def rows_of_leaves(structure: Structure, rows: Any) -> Structure:
    """Returns some rows of each array."""
    return map_leaves(lambda leaf: leaf[rows], structure)


def names_of(structure: Structure) -> list[str]:
    """Returns a name for each leaf: its keys joined by "/", "source" and "target" for two without keys, "tokens" for one alone.

    >>> names_of({"text": {"ids": 1}, "length": 2}), names_of((1, 2)), names_of(1)
    (['text/ids', 'length'], ['source', 'target'], ['tokens'])
    """
    if isinstance(structure, tuple | list):
        several = tuple(f"input_{number + 1}" for number in range(len(structure)))
        named = zip(_NAMES.get(len(structure), several), structure, strict=True)
        return [path for name, value in named for path in _paths(name, value)]
    return list(_paths("", structure)) if isinstance(structure, Mapping) else [_NAMES[1][0]]


def _paths(path: str, structure: Structure) -> Iterator[str]:
    if isinstance(structure, Mapping | tuple | list):
        inner = structure.items() if isinstance(structure, Mapping) else enumerate(structure)
        for name, value in inner:
            yield from _paths(f"{path}/{name}" if path else str(name), value)
    elif structure is not None:
        yield path


def parse_inputs(inputs: Any, what: str = "The inputs") -> Structure:
    """Returns arrays as numpy's, and shapes and symbolic tensors as specs.

    A list of numbers, of texts, of such lists or of arrays with one axis is one array; a list of arrays with more axes, and a
    tuple of arrays or lists, are several.

    Args:
        inputs: a batch, or shapes in the places of arrays.
        what: what they are called in messages, in the plural.

    Raises:
        ModelCallError: if there is something else among them, or nothing, or there are not as many examples of each.
    """
    if inputs is None:
        return None
    plain = _plain(inputs, what)
    names = names_of(plain)
    waiting = iter(names)
    given = map_leaves(lambda leaf: _parsed(leaf, next(waiting), what), plain)
    leaves = zip(names, leaves_of(given), strict=True)
    counts = {name: len(leaf) for name, leaf in leaves if not isinstance(leaf, Spec)}
    if not names or 0 in counts.values():
        raise ModelCallError(
            f"{what} are {_short(inputs)}, which holds nothing; expected at least one example. Pass a batch such as x_test[:4]."
        )
    if len(set(counts.values())) > 1:
        raise ModelCallError(f"{what} hold different numbers of examples: {counts}; expected the same of each.")
    return given


def parse_batch(inputs: Any, what: str = "The inputs") -> Structure:
    """Returns the arrays of a batch as `parse_inputs` does, and raises a ModelCallError also where there are only shapes."""
    given = parse_inputs(inputs, what)
    if given is None or any(isinstance(leaf, Spec) for leaf in leaves_of(given)):
        raise ModelCallError(
            f"{what} are {_short(inputs)}, which has no values; expected arrays with the examples along their first axis. "
            "Pass a batch such as x_test[:4]."
        )
    return given


@dataclass(frozen=True, eq=False)
class _Given:
    """What is to become one array; it may be a list itself."""

    value: Any


def _plain(inputs: Any, what: str) -> Any:
    """Returns tuples, lists and dicts of what is to become arrays, and of specs."""
    if isinstance(inputs, Mapping):
        return {str(name): _plain(value, what) for name, value in inputs.items()}
    if isinstance(inputs, tuple) and inputs and is_shape(inputs):
        return Spec(inputs)
    if isinstance(inputs, tuple) and not _is_written_out(inputs):
        return tuple(_plain(value, what) for value in inputs)
    if isinstance(inputs, list) and (not inputs or any(map(_is_of_several, inputs))):
        return [_plain(value, what) for value in inputs]
    if isinstance(inputs, Spec):
        return inputs
    if isinstance(inputs, keras.KerasTensor) or _is_spec(inputs):
        return Spec(tuple(inputs.shape), keras.backend.standardize_dtype(inputs.dtype or "float32"), inputs.name or "")
    if _is_dataset(inputs):
        way = "dataset[0]" if isinstance(inputs, keras.utils.PyDataset) else "next(iter(dataset))"
        raise ModelCallError(
            f"{what} are a dataset; expected one batch of it, since iterating over it here could change the order of "
            f"training. Pass {way}, taken before training."
        )
    return None if inputs is None else _Given(inputs)


def _is_dataset(inputs: Any) -> bool:
    is_array = hasattr(inputs, "shape") or hasattr(inputs, "__array__")
    is_walked = isinstance(inputs, Iterable) and not isinstance(inputs, Sequence) and not is_array
    return hasattr(inputs, "element_spec") or isinstance(inputs, keras.utils.PyDataset) or is_walked


def is_shape(value: Any) -> bool:
    """Returns whether this is a shape, such as (None, 7)."""
    return isinstance(value, tuple | list) and all(
        size is None or (isinstance(size, int) and not isinstance(size, bool)) for size in value
    )


def _is_spec(value: Any) -> bool:
    return type(value).__name__ in ("TensorSpec", "InputSpec") and value.shape is not None


def _is_written_out(values: tuple[Any, ...]) -> bool:
    """Returns whether a tuple is one array with one axis, rather than several."""
    return bool(values) and all(isinstance(value, str | bytes | float) for value in values)


def _is_of_several(value: Any) -> bool:
    """Returns whether a list that holds this is a list of inputs."""
    return isinstance(value, Mapping | tuple) or _is_spec(value) or len(getattr(value, "shape", ())) > 1


def _parsed(leaf: Spec | _Given, name: str, what: str) -> Spec | Array:
    if isinstance(leaf, Spec):
        return leaf
    try:
        array = np.asarray(_to_numpy(leaf.value))
    except Exception as error:  # of whatever framework, such as for ragged tensors
        raise ModelCallError(
            f"{what} cannot be made arrays ({name!r}: {error}); expected rows of one length, padded if need be."
        ) from error
    if array.dtype.name == "bfloat16":
        array = array.astype("float32")
    if array.dtype.kind not in "biuf" and not holds_strings(array):
        raise ModelCallError(
            f"{what} hold {_short(leaf.value)} of type {array.dtype} as {name!r}; expected an array of numbers or strings."
        )
    if array.ndim == 0:
        raise ModelCallError(
            f"{what} hold a single value, {_short(leaf.value)}, as {name!r}; expected an array with the examples along its first "
            "axis."
        )
    return array.astype("float32") if array.dtype == np.float64 else array


def _to_numpy(value: Any) -> Any:
    if keras.ops.is_tensor(value):
        return keras.ops.convert_to_numpy(value)
    return value.detach().cpu() if hasattr(value, "detach") else value  # torch's, on another backend


def holds_strings(leaf: Spec | Array) -> bool:
    """Returns whether an input is made of texts, or of words as such."""
    if isinstance(leaf, Spec):
        return leaf.dtype == "string"
    is_of_objects = leaf.dtype.kind == "O" and all(isinstance(item, str | bytes) for item in leaf.flat)
    return leaf.dtype.kind in "SU" or is_of_objects


def _short(value: Any) -> str:
    if value is None:
        return "None"
    text = " ".join(repr(value).split())
    return f"a {type(value).__name__}, {text if len(text) <= 60 else text[:59] + '…'}"
