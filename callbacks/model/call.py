"""How a model is called on a batch, or on tensors of which only the shapes are known."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.errors import ModelCallError
from tb_seqviz_plugin.callbacks.model.private_parts import declared_inputs_of

_DTYPES = ("float32", "int32")
"""To be tried where only shapes are known: ids come as whole numbers, but most models take them as other numbers, too."""

Structure = Any
"""A `Spec` or an array, or tuples, lists and dicts of them."""


@dataclass(frozen=True)
class Spec:
    """A tensor of which the values are not known.

    Args:
        shape: its sizes, None where one is unknown.
        dtype: such as "int32".
    """

    shape: tuple[int | None, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class ModelCall:
    """One way to call a model.

    Args:
        args: what `call` is given one by one.
        kwargs: what it is given by name.
        targets: what the loss compares with, None if unknown.
        weights: of the examples, None for none.
    """

    args: tuple[Structure, ...]
    kwargs: Mapping[str, Structure]
    targets: Structure = None
    weights: Structure = None

    @property
    def has_values(self) -> bool:
        """Whether there is a batch, rather than shapes."""
        return not any(isinstance(leaf, Spec) for leaf in self.leaves())

    @property
    def examples(self) -> int:
        """The number of examples, 0 where it is unknown."""
        return next((leaf.shape[0] or 0 for leaf in self.leaves() if leaf.shape), 0)

    def leaves(self) -> list[Any]:
        """Returns the arrays and specs that the model is called with, in order."""
        return list(leaves_of((self.args, dict(self.kwargs))))

    def map(self, change: Callable[[Any], Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Returns arguments for `model(*args, **kwargs)`, each array and spec changed."""
        return map_leaves(change, self.args), map_leaves(change, dict(self.kwargs))


def leaves_of(structure: Structure) -> Iterator[Any]:
    """Yields the leaves of nested tuples, lists and dicts, in order; None is none."""
    if isinstance(structure, Mapping):
        for value in structure.values():
            yield from leaves_of(value)
    elif isinstance(structure, tuple | list):
        for value in structure:
            yield from leaves_of(value)
    elif structure is not None:
        yield structure


def map_leaves(change: Callable[[Any], Any], structure: Structure) -> Any:
    """Returns nested tuples, lists and dicts with each leaf changed."""
    if isinstance(structure, Mapping):
        return {name: map_leaves(change, value) for name, value in structure.items()}
    if isinstance(structure, tuple | list):
        return type(structure)(map_leaves(change, value) for value in structure)
    return None if structure is None else change(structure)


def ways_to_call(model: keras.Model, inputs: Any = None) -> list[ModelCall]:
    """Returns how a model may be meant to be called, the most probable way first.

    Args:
        model: the model.
        inputs: a batch (an array, or a dict, list or tuple of arrays; with targets `(x, y)` or `(x, y, weights)`), or shapes in
            the places of arrays, such as `(None, 7)`; a `ModelCall`; None for what the model itself says that it takes.

    Raises:
        ModelCallError: if that does not say how to call the model, or it is no model.
    """
    if not isinstance(model, keras.layers.Layer):
        what = (
            f"the class {model.__name__}"
            if isinstance(model, type)
            else f"{str(model)[:60]!r}, a {type(model).__name__}"
        )
        raise ModelCallError(f"The model is {what}; expected a keras.Model.")
    if isinstance(inputs, ModelCall):
        return [inputs]
    if inputs is None:
        return _declared(model)
    given = parse_inputs(inputs)
    whole, batch = ModelCall((given,), {}), None
    if _is_named(model, given):
        # A single name may be that of the argument, or belong to what is given as a dict.
        return [ModelCall((), given), whole][:: 1 if len(given) > 1 else -1]
    if not isinstance(given, tuple) or len(given) < 2:
        return [whole]
    if not whole.has_values and _positional(model) < len(given) <= _positional(model, optional=True):
        return [ModelCall(given, {}), whole]
    if len(given) in (2, 3):
        batch = ModelCall(*_arguments(model, given[0]), *given[1:])
    declared = getattr(model, "inputs", None)
    if declared:
        counts = [len(list(leaves_of(structure))) for structure in (given, given[0])]
        return [batch] if batch is not None and counts[0] != len(declared) == counts[1] else [whole]
    several = _positional(model)
    if several == len(given) and not (isinstance(given[0], tuple) and len(given[0]) == several):
        return [ModelCall(given, {})]
    ways = [batch, whole] if batch is not None else [whole]
    takes_several = isinstance(_built_for(model), tuple | list | dict) and not _is_shape(_built_for(model))
    return ways[::-1] if takes_several and not isinstance(given[0], tuple | list | Mapping) else ways


def _arguments(model: keras.Model, x: Structure) -> tuple[tuple[Structure, ...], Mapping[str, Structure]]:
    """Returns the inputs of a batch as arguments: one by one, or by name, where `call` takes as many."""
    if _is_named(model, x) and len(x) > 1:
        return (), x
    several = isinstance(x, tuple) and len(x) > 1 and not getattr(model, "inputs", None)
    return (x if several and _positional(model) == len(x) else (x,)), {}


def _is_named(model: keras.Model, given: Structure) -> bool:
    """Returns whether a dict may hold the arguments of `call` by name, none that is required left out."""
    if not isinstance(given, Mapping) or getattr(model, "inputs", None):
        return False
    required = {name for name, parameter in _parameters(model).items() if parameter.default is parameter.empty}
    return required <= set(given) <= set(_parameters(model))


def _declared(model: keras.Model) -> list[ModelCall]:
    """Returns the call that a functional model was made from, or that another model was built for."""
    declared = getattr(model, "inputs", None)
    if declared:
        struct = declared_inputs_of(model)
        whole = declared[0] if struct is None else struct
        return [ModelCall((parse_inputs(whole),), {})]
    by_name = _built_by_name(model)
    if by_name:
        return [ModelCall((), {name: _specs(shape, dtype) for name, shape in by_name.items()}) for dtype in _DTYPES]
    shape = _built_for(model)
    several = _positional(model)
    if shape is None or several > 1:
        state = "is not built, so that nothing says what it takes"
        if model.built:
            state = (
                "does not say what it takes"
                if shape is None
                else f"takes {several} inputs, and Keras knows only of the first"
            )
        raise ModelCallError(
            f"The model {model.name!r} {state}. Pass inputs=: a batch such as x_train[:4], or shapes such as (None, 7)."
        )
    return [ModelCall((_specs(shape, dtype),), {}) for dtype in _DTYPES]


def _built_for(model: keras.Model) -> Any:
    """Returns the shapes that a model was built for, None if unknown."""
    return (model.get_build_config() or {}).get("input_shape") if model.built else None


def _built_by_name(model: keras.Model) -> dict[str, Any]:
    """Returns the shapes that a model of several arguments was built for, by argument; nothing if unknown."""
    shapes = (model.get_build_config() or {}).get("shapes_dict") if model.built else None
    named = {name.removesuffix("_shape"): shape for name, shape in (shapes or {}).items() if shape is not None}
    return named if _is_named(model, named) else {}


def _specs(shapes: Any, dtype: str) -> Any:
    """Returns tensors of such shapes, the number of examples left open."""
    return _map_shapes(lambda sizes: Spec((None, *sizes[1:]), dtype), shapes)


def _map_shapes(change: Callable[[tuple[int | None, ...]], Any], shapes: Any) -> Any:
    if _is_shape(shapes):
        return change(tuple(shapes))
    if isinstance(shapes, Mapping):
        return {name: _map_shapes(change, shape) for name, shape in shapes.items()}
    return type(shapes)(_map_shapes(change, shape) for shape in shapes)


def _is_shape(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(
        size is None or (isinstance(size, int) and not isinstance(size, bool)) for size in value
    )


def parse_inputs(inputs: Any) -> Structure:
    """Returns arrays as numpy's, and shapes and symbolic tensors as specs.

    Raises:
        ModelCallError: if there is something else among them, or nothing.
    """
    given = _parse(inputs)
    leaves = list(leaves_of(given))
    if inputs is not None and (not leaves or any(len(leaf) == 0 for leaf in leaves if not isinstance(leaf, Spec))):
        raise ModelCallError(
            f"The inputs are {inputs!r}, which hold nothing; expected a batch such as x_train[:4], or shapes such as (None, 7)."
        )
    return given


def _parse(inputs: Any) -> Structure:
    if hasattr(inputs, "element_spec") or isinstance(inputs, keras.utils.PyDataset) or inspect.isgenerator(inputs):
        raise ModelCallError(
            "The inputs are a dataset; expected one batch of it, since iterating over it here could change the order of "
            "training. Pass next(iter(dataset)), taken before training."
        )
    if isinstance(inputs, Mapping):
        return {str(name): _parse(value) for name, value in inputs.items()}
    if isinstance(inputs, tuple) and inputs and _is_shape(inputs):
        return Spec(inputs)
    if isinstance(inputs, tuple) or (isinstance(inputs, list) and not _is_rows(inputs)):
        return type(inputs)(_parse(value) for value in inputs)
    if isinstance(inputs, keras.KerasTensor) or _is_spec(inputs):
        return Spec(tuple(inputs.shape), keras.backend.standardize_dtype(inputs.dtype or "float32"))
    if inputs is None:
        return None
    return _array(inputs)


def _is_spec(value: Any) -> bool:
    return type(value).__name__ in ("TensorSpec", "InputSpec") and value.shape is not None


def _is_rows(values: Sequence[Any]) -> bool:
    """Returns whether a list is one array written out, rather than several."""
    return not any(isinstance(value, Mapping | tuple) or len(getattr(value, "shape", ())) > 0 for value in values)


def _array(value: Any) -> Any:
    try:
        array = np.asarray(keras.ops.convert_to_numpy(value) if keras.ops.is_tensor(value) else value)
    except ValueError as error:
        raise ModelCallError(f"An input cannot be made an array ({error}); expected rows of one length.") from error
    if array.ndim == 0 or (array.dtype.kind not in "biufSU" and not _holds_texts(array)):
        raise ModelCallError(
            f"An input is {str(value)[:60]!r}, a {type(value).__name__}; expected an array with the examples along its first "
            "axis, or a shape such as (None, 7)."
        )
    return array.astype("float32") if array.dtype == np.float64 else array


def _holds_texts(array: Any) -> bool:
    return array.dtype.kind == "O" and all(isinstance(item, str | bytes) for item in array.flat)


def _parameters(model: keras.Model) -> dict[str, inspect.Parameter]:
    """Returns the arguments of `call` that are inputs."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(model.call).parameters.items()
    return {name: each for name, each in parameters if name not in ("training", "mask") and each.kind not in kinds}


def _positional(model: keras.Model, *, optional: bool = False) -> int:
    """Returns how many inputs `call` takes one by one, as in `call(self, source, target)`, those that may be left out or not."""
    if getattr(model, "inputs", None):
        return 1
    parameters = [each for each in _parameters(model).values() if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    return len([each for each in parameters if optional or each.default is each.empty])
