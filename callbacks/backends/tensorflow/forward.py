"""One forward pass of a model, with every call of every layer: through a graph where the model can be one, else op by op.

The model runs inside `keras.StatelessScope()` and with `training=False`, so that no variable, seed or state of it changes.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.model.batch import Spec
from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of
from tb_seqviz_plugin.callbacks.model.recorder import Recorder
from tb_seqviz_plugin.callbacks.model.tap import is_listening, listening
from tb_seqviz_plugin.callbacks.model.trace import Made, Trace

_READING = {"ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape"}
"""Ops that are given a variable and leave it as it is."""
_EXAMPLES = 2
"""Of a batch made up where only shapes are known; with 1, axes of this size would be taken for those of examples."""


@contextlib.contextmanager
def recording(model: keras.Model, recorder: Recorder, *, losses: bool = False) -> Iterator[keras.StatelessScope]:
    """Records what runs in this thread, see `listening`."""
    # Looked up anew, since the statement `from tensorflow.nn import softmax` puts another module in the place of `tf.nn`.
    primitives = [(tf.nn, "softmax")]
    with listening(model, recorder, primitives, losses=losses) as scope, _functions_inlined():
        yield scope


def to_tensors(inputs: Mapping[str, Any]) -> dict[str, tf.Tensor]:
    """Returns arrays as tensors, so that no call converts them anew."""
    return {name: tf.convert_to_tensor(value) for name, value in inputs.items()}


def to_numpy(tensor: Any) -> npt.NDArray[Any]:
    """Returns the values of an eager tensor, copied once; `convert_to_numpy` does so twice."""
    array: npt.NDArray[Any] = np.asarray(
        tensor.numpy() if isinstance(tensor, tf.Tensor) else keras.ops.convert_to_numpy(tensor)
    )
    return array


def traced(function: Callable[..., Sequence[Any]], tensors: Sequence[Any]) -> Callable[..., Sequence[Any]]:
    """Returns a function of tensors as a graph, traced once, that runs only what its results need.

    Args:
        function: returns a list of tensors.
        tensors: such as it is to be called with.

    Raises:
        Exception: whatever it raises where it cannot be traced: Python control flow on values, .numpy(), and the like.
    """
    # Unlike tf.function this runs no assignment to variables that Keras does not know, unless a result needs it.
    graph = tf.compat.v1.wrap_function(function, [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in tensors])
    # Asked for nothing, TensorFlow would run everything.
    return graph if graph.outputs else lambda *_: []


def trace_graph(model: keras.Model, call: ModelCall, examples: int | None = None) -> Trace:
    """Returns a forward pass through a graph, in which nothing is computed; a model that is not built yet is built.

    Args:
        model: the model.
        call: how to call it.
        examples: the number of examples, None to leave it open.
    """
    graph = tf.__internal__.FuncGraph("structure")
    recorder = Recorder(mark=lambda: int(graph.version), renew=tf.identity)
    trace = Trace(call, recorder, eager=False, examples=examples or 0)

    def placeholder(leaf: Any) -> Any:
        shape = (examples, *leaf.shape[1:]) if leaf.shape else leaf.shape
        trace.feeds.append(tf.compat.v1.placeholder(_dtype_of(leaf), shape))
        return trace.feeds[-1]

    with recording(model, recorder), graph.as_default():
        args, kwargs = call.map(placeholder)
        _run(trace, model, args, kwargs)
    trace.only_reads = all(map(_only_reads, graph.get_operations()))
    return trace


def trace_eagerly(model: keras.Model, call: ModelCall) -> Trace:
    """Returns a forward pass that runs op by op, on the batch or, where only shapes are known, on zeros."""
    examples = call.rows or call.examples or _EXAMPLES
    trace = Trace(call, Recorder(renew=tf.identity), eager=True, examples=examples)

    def tensor(leaf: Any) -> Any:
        if not isinstance(leaf, Spec):
            return tf.convert_to_tensor(leaf)
        return tf.zeros([examples if size is None else size for size in leaf.shape], leaf.dtype)

    with recording(model, trace.recorder), _ops_noted(trace.made):
        args, kwargs = call.map(tensor)
        _run(trace, model, args, kwargs)
    return trace


def build(model: keras.Model, call: ModelCall) -> None:
    """Makes the weights that are still missing, as the first call of the model would."""
    for run in (trace_graph, trace_eagerly):
        if not all(layer.built for layer in layers_of(model)):
            run(model, call)


def _run(trace: Trace, model: keras.Model, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    try:
        model(*args, **kwargs, training=False)
    except Exception as error:  # whatever the model raises where it cannot be traced; what was reached is kept
        trace.error = error
    trace.recorder.forget_all_but_last()


def _only_reads(op: Any) -> bool:
    is_given_variable = any(tensor.dtype == tf.resource for tensor in op.inputs)
    return op.type in _READING or not (is_given_variable or op.op_def.is_stateful)


def _dtype_of(leaf: Any) -> Any:
    if isinstance(leaf, Spec):
        return leaf.dtype
    return tf.string if leaf.dtype.kind in "SUO" else np.dtype(leaf.dtype).name


@contextlib.contextmanager
def _ops_noted(made: dict[int, Made]) -> Iterator[None]:
    """Notes what each tensor of an eager pass is computed from."""
    from tensorflow.python.framework import op_callbacks

    def note(op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None) -> None:
        op = Made(op_type.decode() if isinstance(op_type, bytes) else op_type, tuple(inputs), tuple(outputs))
        made.update((id(output), op) for output in outputs)

    op_callbacks.add_op_callback(note)
    try:
        yield
    finally:
        op_callbacks.remove_op_callback(note)


@contextlib.contextmanager
def _functions_inlined() -> Iterator[None]:
    """Lets every tf.function in the model run as plain Python: one that is traced already would run none of its code.

    Unlike `tf.config.run_functions_eagerly` this leaves other threads alone.
    """
    kind = type(tf.function(lambda: None))
    call = kind.__call__

    @functools.wraps(call)
    def inlined(function: Any, *args: Any, **kwargs: Any) -> Any:
        return function.python_function(*args, **kwargs) if is_listening() else call(function, *args, **kwargs)

    kind.__call__ = inlined
    try:
        yield
    finally:
        kind.__call__ = call
