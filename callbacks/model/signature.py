"""What a model says of its own call: its arguments, the shapes that it takes, and the number of rows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.errors import ModelCallError
from tb_seqviz_plugin.callbacks.model.batch import Spec, Structure, is_shape, leaves_of, map_leaves
from tb_seqviz_plugin.callbacks.model.layers import inputs_of
from tb_seqviz_plugin.callbacks.model.legacy import is_of_keras_2
from tb_seqviz_plugin.callbacks.model.private_parts import declared_inputs_of, layers_of
from tb_seqviz_plugin.records.remarks import remark


def is_model(model: Any) -> bool:
    """Returns whether this is a model of Keras 3, or a layer, which can be called like one."""
    return isinstance(model, keras.layers.Layer)


def check_model(model: Any) -> None:
    """Raises a ModelCallError unless this is a model of Keras 3."""
    if is_model(model):
        return
    if is_of_keras_2(model):
        raise ModelCallError(
            f"The model {model.name!r} is of Keras 2, which tf.keras is where TF_USE_LEGACY_KERAS=1; expected a model of Keras 3. "
            "Unset TF_USE_LEGACY_KERAS, or make the model of `import keras`."
        )
    what = (
        f"the class {model.__name__}" if isinstance(model, type) else f"{str(model)[:60]!r}, a {type(model).__name__}"
    )
    raise ModelCallError(f"The model is {what}; expected a keras.Model.")


def has_call(model: keras.Model) -> bool:
    """Returns whether a model can be called; one with nothing but a `train_step` of its own cannot."""
    return type(model).call not in (keras.Model.call, keras.layers.Layer.call)


def without_call(model: keras.Model) -> str:
    """Returns the sentence that says of a model that it cannot be called."""
    return remark("no call method", model=repr(model.name))


def parameters_of(model: keras.Model) -> dict[str, inspect.Parameter]:
    """Returns the arguments of `call` that are inputs, by name."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(model.call).parameters.items()
    return {name: each for name, each in parameters if name not in ("training", "mask") and each.kind not in kinds}


def positional_of(model: keras.Model, *, optional: bool = False) -> list[str]:
    """Returns the inputs that `call` takes one by one, as in `call(self, source, target)`, those that may be left out or not."""
    return [
        name
        for name, each in parameters_of(model).items()
        if each.kind is not inspect.Parameter.KEYWORD_ONLY and (optional or each.default is each.empty)
    ]


def is_named(model: keras.Model, given: Structure) -> bool:
    """Returns whether a dict may hold the arguments of `call` by name, none that is required left out."""
    if not isinstance(given, Mapping) or inputs_of(model):
        return False
    parameters = parameters_of(model)
    required = {name for name, parameter in parameters.items() if parameter.default is parameter.empty}
    masks = {"mask"} & set(inspect.signature(model.call).parameters)
    return required <= set(given) <= set(parameters) | masks


def declared(model: keras.Model) -> tuple[tuple[Structure, ...], dict[str, Structure]] | None:
    """Returns what a model takes one by one and by name, as specs; None if it does not say.

    A functional model declares its inputs. Another knows the shapes of the batch that it was built for, of which the number of
    examples is left open, not the types; where it takes several arguments Keras may have noted only the first.
    """
    tensors = inputs_of(model)
    if tensors:
        # A functional model of one input may take it in a dict; a sequential one says nothing of this.
        structure = declared_inputs_of(model)
        return (map_leaves(_spec_of, tensors[0] if structure is None else structure),), {}
    config = built_for(model)
    shapes = config.get("shapes_dict") or {}
    named = {name.removesuffix("_shape"): shape for name, shape in shapes.items() if shape is not None}
    if is_named(model, named):
        return (), {name: _opened(shape, name) for name, shape in named.items()}
    shape = config.get("input_shape")
    if shape is None:
        return None
    first, *others = positional_of(model) or [""]
    return (
        _opened(shape, first if others else ""),
        *(Spec((None, None), None, name, is_guess=True) for name in others),
    ), {}


def built_for(model: keras.Model) -> Mapping[str, Any]:
    """Returns the shapes that a model was built for, as Keras keeps them; nothing if it does not."""
    return (model.get_build_config() or {}) if model.built else {}


def rows_of(model: keras.Model) -> int | None:
    """Returns the only number of rows that a model takes, as it declares or as its recurrent states hold; None for any."""
    states = states_of(model)
    if states:
        return int(states[0].shape[0])
    tensors = inputs_of(model)
    return next((int(tensor.shape[0]) for tensor in tensors if tensor.shape and tensor.shape[0] is not None), None)


def rows_built_for(model: keras.Model) -> int | None:
    """Returns the number of rows of the batch that a model was built for, None if unknown: it may take no other."""
    if inputs_of(model):
        return None
    shapes: list[Any] = []
    config = built_for(model)
    _map_shapes(shapes.append, config.get("input_shape") or list((config.get("shapes_dict") or {}).values()))
    return next((int(shape[0]) for shape in shapes if shape and shape[0] is not None), None)


def states_of(model: keras.Model) -> list[Any]:
    """Returns the states that stateful layers keep between batches."""
    return [
        state
        for layer in layers_of(model)
        if isinstance(layer, keras.layers.RNN) and layer.stateful
        for state in leaves_of(layer.states)
    ]


def _spec_of(tensor: Any) -> Spec:
    return Spec(tuple(tensor.shape), keras.backend.standardize_dtype(tensor.dtype), tensor.name)


def _opened(shapes: Any, name: str) -> Structure:
    """Returns tensors of such shapes, the number of examples left open."""
    return _map_shapes(lambda sizes: Spec((None, *sizes[1:]), None, name), shapes)


def _map_shapes(change: Callable[[tuple[int | None, ...]], Any], shapes: Any) -> Any:
    if shapes is None:
        return None
    if is_shape(shapes) and shapes:
        return change(tuple(shapes))
    if isinstance(shapes, Mapping):
        return {name: _map_shapes(change, shape) for name, shape in shapes.items()}
    return type(shapes)(_map_shapes(change, shape) for shape in shapes)
