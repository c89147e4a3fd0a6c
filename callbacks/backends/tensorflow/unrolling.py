"""Loops of TensorFlow run as Python, so that what is computed in them is part of the graph around them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.model.tap import is_listening

_MOST = 512
"""Steps of a loop that is unrolled, at most."""
_COUNTING = {
    "Less", "LessEqual", "Greater", "GreaterEqual", "LogicalAnd", "LogicalNot", "LogicalOr", "AddV2", "Sub", "Mul",
    "Minimum", "Maximum", "StridedSlice", "Shape", "Cast", "Identity", "Pack", "FloorDiv", "All", "Prod", "Range",
    "NotEqual", "Equal", "Const", "Max", "Min",
}  # fmt: skip
"""Ops of which the condition of a loop over steps is made."""


@contextlib.contextmanager
def loops_unrolled() -> Iterator[None]:
    """Runs each `tf.while_loop` as Python while its condition is known as the graph is made; others stay as they are."""
    from tensorflow.python.ops import while_loop as module

    def unrolling(original: Any, joins_one: bool) -> Any:
        def while_loop(cond: Any, body: Any, loop_vars: Any, *args: Any, **options: Any) -> Any:
            most = options.get("maximum_iterations")
            try:
                if len(args) > 3 or not is_listening():  # another thread goes its own way
                    raise _NotKnownError
                result = _unroll(cond, body, loop_vars, None if most is None else _known(most))
            except _NotKnownError:
                return original(cond, body, loop_vars, *args, **options)
            is_one = joins_one and len(result) == 1 and not options.get("return_same_structure")
            return result[0] if is_one else result

        return while_loop

    replaced = [(module, module.while_loop, True), (tf, tf.while_loop, False)]
    for place, original, joins_one in replaced:
        place.while_loop = unrolling(original, joins_one)
    try:
        yield
    finally:
        for place, original, _ in replaced:
            place.while_loop = original


class _NotKnownError(Exception):
    """A condition that depends on what the model computes."""


def _unroll(cond: Any, body: Any, loop_vars: Any, most: Any) -> Any:
    state = [_counted(value) for value in loop_vars]
    for step in range(_MOST + 1):
        if step == _MOST:
            raise _NotKnownError
        if not _known(cond(*state)) or (most is not None and step >= most):
            break
        made = body(*state)
        made = list(made) if isinstance(made, list | tuple) and len(state) == len(made) else [made]
        if any(value is None for value in made):
            raise _NotKnownError
        state = [_counted(value) for value in made]
    state = [_as_tensors(value) for value in state]
    if isinstance(loop_vars, tuple | list) and not hasattr(loop_vars, "_fields"):
        return type(loop_vars)(state)
    return state


def _counted(value: Any) -> Any:
    """Returns a loop's variables, those that count its steps as numbers of Python."""
    if isinstance(value, tf.TensorArray):
        return value

    def counted(part: Any) -> Any:
        if tf.is_tensor(part) and part.dtype.is_integer and part.shape.rank == 0:
            with contextlib.suppress(_NotKnownError):
                return np.asarray(_known(part))[()]
        return part

    return tf.nest.map_structure(counted, value)


def _as_tensors(value: Any) -> Any:
    if isinstance(value, tf.TensorArray):
        return value
    return tf.nest.map_structure(
        lambda part: tf.convert_to_tensor(part) if isinstance(part, np.generic) else part, value
    )


def _known(value: Any, depth: int = 0) -> Any:
    """Returns what a tensor holds whatever the model computes."""
    if not tf.is_tensor(value):
        return value
    if isinstance(value, tf.__internal__.EagerTensor):
        return value.numpy()
    known = tf.get_static_value(value)
    if known is not None:
        return known
    if depth > 12 or not value.op.inputs or value.op.type not in _COUNTING:
        raise _NotKnownError
    given = [_known(tensor, depth + 1) for tensor in value.op.inputs]
    with tf.init_scope():
        return _computed(value.op, given)[value.value_index].numpy()


def _computed(op: Any, given: list[Any]) -> list[Any]:
    """Returns the results of an op on other inputs."""
    from tensorflow.python.eager import context, execute

    tensors = [tf.constant(each, tensor.dtype) for each, tensor in zip(given, op.inputs, strict=True)]
    attributes: list[Any] = []
    for attribute in op.op_def.attr:
        value = op.get_attr(attribute.name)
        attributes += [attribute.name, value.as_datatype_enum if isinstance(value, tf.DType) else value]
    context.ensure_initialized()
    return list(execute.execute(op.type, len(op.outputs), tensors, tuple(attributes), context.context()))
