"""One forward pass of a model, with every call of every layer.

The model runs in a graph of its own, inside `keras.StatelessScope()`, so that nothing of it changes and nothing is computed; where
it cannot run as a graph, it runs op by op.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.recording import CallRecorder, recording
from tb_seqviz_plugin.callbacks.model.batch import Spec
from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of
from tb_seqviz_plugin.callbacks.model.trace import Made, Trace

_EXAMPLES = 2
"""Of a batch made up where only shapes are known; with 1, axes of this size would be taken for those of examples."""


def trace_graph(model: keras.Model, call: ModelCall, examples: int | None = None) -> Trace:
    """Returns a forward pass through a graph, in which nothing is computed; a model that is not built yet is built.

    Args:
        model: the model.
        call: how to call it.
        examples: the number of examples, None to leave it open.
    """
    recorder = CallRecorder()
    trace = Trace(
        call, recorder.calls, eager=False, examples=examples or 0, renewed=recorder.renewed, reads=recorder.reads
    )
    graph = tf.__internal__.FuncGraph("structure")

    def placeholder(leaf: Any) -> Any:
        shape = (examples, *leaf.shape[1:]) if leaf.shape else leaf.shape
        return tf.compat.v1.placeholder(_dtype_of(leaf), shape)

    with recording(model, recorder), graph.as_default():
        args, kwargs = call.map(placeholder)
        _run(trace, model, args, kwargs)
    return trace


def trace_eagerly(model: keras.Model, call: ModelCall) -> Trace:
    """Returns a forward pass that runs op by op, on the batch or, where only shapes are known, on zeros."""
    recorder = CallRecorder()
    examples = call.rows or call.examples or _EXAMPLES
    trace = Trace(call, recorder.calls, eager=True, examples=examples, renewed=recorder.renewed, reads=recorder.reads)

    def tensor(leaf: Any) -> Any:
        if not isinstance(leaf, Spec):
            return tf.convert_to_tensor(leaf)
        return tf.zeros([examples if size is None else size for size in leaf.shape], leaf.dtype)

    with recording(model, recorder), _ops_noted(trace.made):
        args, kwargs = call.map(tensor)
        _run(trace, model, args, kwargs)
    return trace


def build(model: keras.Model, call: ModelCall) -> None:
    """Makes the weights that are still missing, as the first call of the model would."""
    for run in (trace_graph, trace_eagerly):
        if not all(layer.built for layer in layers_of(model)):
            run(model, call)


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


def _run(trace: Trace, model: keras.Model, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    try:
        model(*args, **kwargs, training=False)
    except Exception as error:  # whatever the model raises where it cannot be traced; what was reached is kept
        trace.error = error
    # Calls before the last of the model itself were made to build it.
    begins = [place for place, entered in enumerate(trace.calls) if entered.parent is None]
    del trace.calls[: begins[-1] if begins else 0]
    kept = set(trace.calls)
    trace.reads[:] = [read for read in trace.reads if read.call in kept]


def _dtype_of(leaf: Any) -> Any:
    if isinstance(leaf, Spec):
        return leaf.dtype
    return tf.string if leaf.dtype.kind in "SUO" else np.dtype(leaf.dtype).name
