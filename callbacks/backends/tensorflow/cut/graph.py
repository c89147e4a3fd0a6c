"""A graph that was traced for a text of one length, and one step of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.axes import Lifetimes
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.parts import Operand, Part, Whole, run
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.standing_in import Markers
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.step import Step
from tb_seqviz_plugin.callbacks.errors import SteppingError
from tb_seqviz_plugin.records.remarks import remark

Tensors = dict[str, Any]

_FEW = 64
"""Numbers, as of a shape or an order of axes."""

_SHAPES = {"Shape", "Size", "Rank", "ShapeN"}
_FUNCTIONS = ("PartitionedCall", "StatefulPartitionedCall")


class CutGraph:
    """The graph of a model, and what of it depends on the text.

    Args:
        call: from ids int32 [rows, time], and a source, to scores [rows, time, vocabulary] or, of the last place,
            [rows, vocabulary].
        layers: all of the model.
        rows: of the text.
        time: places of the text.
        source: [rows, ...], of which shape and type count; None if the model takes none.

    Attributes:
        buffers: shape and type of what is kept, by name; one that begins with something else than zeros is in `given`.

    Raises:
        SteppingError: if the graph cannot be cut.
    """

    def __init__(
        self, call: Callable[[Any, Any], Any], layers: Sequence[keras.layers.Layer], rows: int, time: int, source: Any
    ) -> None:
        self.rows, self.time = rows, time
        self.markers = Markers(layers)
        specs = [tf.TensorSpec((rows, time), tf.int32)]
        if source is not None:
            specs.append(tf.TensorSpec(source.shape, source.dtype))
        with self.markers.standing_in():
            self._traced = tf.function(
                lambda ids, source=None: call(ids, source), autograph=False
            ).get_concrete_function(*specs)
        graph = self._traced.graph
        self._text, *self._source = self._traced.inputs[: len(specs)]
        self._output = self._traced.outputs[0]
        self._captured = {inner.name: outer for outer, inner in graph.captures}
        needed = _needed_for(self._output)
        self.ops = [op for op in graph.get_operations() if op.name in needed]
        self.dynamic = {self._text.name}
        for op in self.ops:
            if op.type not in _SHAPES and any(tensor.name in self.dynamic for tensor in op.inputs):
                self.dynamic.update(tensor.name for tensor in op.outputs)
        if self._output.name not in self.dynamic:
            raise SteppingError(remark("not of the text"))
        self._constants: dict[str, npt.NDArray[Any]] = {}
        self.lifetimes = Lifetimes(needed, self.constant)
        self.buffers: dict[str, tuple[list[int], Any]] = {}
        self.given: dict[str, str] = {}
        self._plan()

    def constant(self, tensor: Any) -> npt.NDArray[Any]:
        """Returns the value of an axis or a shape.

        Raises:
            SteppingError: if it depends on the text, the source or weights.
        """
        if tensor.name not in self._constants:
            value = tf.get_static_value(tensor)
            self._constants[tensor.name] = np.asarray(self._computed(tensor) if value is None else value)
        return self._constants[tensor.name]

    def _computed(self, tensor: Any) -> npt.NDArray[Any]:
        """Returns what an op makes of constants."""
        op = tensor.op
        if op.type in _SHAPES:
            shape = op.inputs[0].shape.as_list()
            return np.array({"Rank": len(shape), "Size": math.prod(shape)}.get(op.type, shape), np.int32)
        if tensor.name in self.dynamic or not op.inputs or op.type == "ReadVariableOp":
            raise SteppingError(remark("computes a shape", op=repr(op.name), kind=op.type))
        operands = [self.constant(each) for each in op.inputs]
        compute = tf.function(lambda: run(op, [tf.constant(each) for each in operands]), autograph=False)
        with tf.init_scope():
            return np.asarray(compute.get_concrete_function()()[tensor.value_index])

    def statics(self, source: Any) -> Tensors:
        """Returns all that does not depend on the text, by name, with the weights of now; inside compiled functions."""
        known: Tensors = {}
        if self._source:
            known[self._source[0].name] = source
        for op in self.ops:
            names = [tensor.name for tensor in op.outputs]
            if any(name in self.dynamic or name in known for name in names):
                continue
            fixed = [tf.get_static_value(tensor) if _is_small(tensor) else None for tensor in op.outputs]
            if op.type == "Placeholder":
                known[names[0]] = self._captured[names[0]]
            elif all(value is not None for value in fixed):
                for tensor, value in zip(op.outputs, fixed, strict=True):
                    known[tensor.name] = tf.constant(value, tensor.dtype)
            else:
                operands = [known[tensor.name] for tensor in op.inputs]
                layer = self.markers.layer_of(op) if op.type in _FUNCTIONS else None
                made = run(op, operands) if layer is None else self._whole_loop(op, layer, operands)
                for tensor, value in zip(op.outputs, made, strict=True):
                    value.set_shape(tensor.shape)
                    known[tensor.name] = value
        return known

    def _whole_loop(self, op: Any, layer: keras.layers.RNN, operands: Sequence[Any]) -> list[Any]:
        """Returns what a recurrent layer makes of something else than the text, such as a source."""
        sequences, given, mask = self.loop_operands(op, operands)
        states = keras.tree.pack_sequence_as(layer.get_initial_state(self.rows), given) if given else None
        with keras.StatelessScope():
            returned = type(layer).call(layer, sequences, initial_state=states, mask=mask)
        output = keras.tree.flatten(returned)
        if not layer.return_state:
            # No one asks for these states.
            output += [tf.zeros(tensor.shape, tensor.dtype) for tensor in op.outputs[1:]]
        return output

    def loop_operands(self, op: Any, operands: Sequence[Any]) -> tuple[Any, list[Any], Any]:
        """Returns what a recurrent layer was given: the sequences, its first states, none if they are its own, and a mask."""
        count = int(op.get_attr("f").name.split("seqviz_recurrent_")[1].split("_")[2])
        sequences, *others = operands
        return sequences, others[:count], others[count] if len(others) > count else None

    def first_buffers(self, statics: Tensors) -> Tensors:
        """Returns what is kept before the first token; inside compiled functions."""
        return {
            name: tf.cast(statics[self.given[name]], dtype) if name in self.given else tf.zeros(shape, dtype)
            for name, (shape, dtype) in self.buffers.items()
        }

    def step(self, statics: Tensors, buffers: Tensors, ids: Any, place: Any) -> tuple[Any, Tensors]:
        """Returns scores [rows, vocabulary] after one more token, and what is kept then; inside compiled functions.

        Args:
            statics: of all steps.
            buffers: before this one.
            ids: int32 [rows, 1].
            place: int32, of the token.
        """
        step = Step(self, buffers, place)
        known: dict[str, Operand] = {name: Whole(value) for name, value in statics.items()}
        known[self._text.name] = Part(ids, 1, tensor=self._text)
        for op in self.ops:
            if op.outputs and op.outputs[0].name in self.dynamic and op.outputs[0].name not in known:
                operands = [known[tensor.name] for tensor in op.inputs]
                for tensor, made in zip(op.outputs, step.run(op, operands), strict=True):
                    shape = tensor.shape.as_list()
                    if isinstance(made, Part):
                        made.tensor = tensor
                        shape[made.axis] = made.outer * made.inner
                    made.value.set_shape(shape)
                    known[tensor.name] = made
        result = known[self._output.name]
        if isinstance(result, Part):
            if result.axis != 1 or not result.is_plain or len(self._output.shape) != 3:
                raise SteppingError(remark("not in order"))
            return result.value[:, 0], step.buffers
        return result.value, step.buffers

    def _plan(self) -> None:
        """Finds out what has to be kept, by a step in the graph itself, of which nothing is run."""
        with self._traced.graph.as_default():
            made = (tensor for op in self.ops for tensor in op.outputs)
            statics = {tensor.name: tensor for tensor in made if tensor.name not in self.dynamic}
            _, buffers = self.step(statics, {}, tf.zeros((self.rows, 1), tf.int32), tf.constant(0))
        self.buffers = {name: (tensor.shape.as_list(), tensor.dtype) for name, tensor in buffers.items()}


def _is_small(tensor: Any) -> bool:
    """Returns whether a tensor may be written into a graph: a mask of booleans, say, goes there one by one, in seconds."""
    size = tensor.shape.num_elements()
    return tensor.op.type != "ReadVariableOp" and size is not None and size <= _FEW


def _needed_for(tensor: Any) -> set[str]:
    needed: set[str] = set()
    stack = [tensor.op]
    while stack:
        op = stack.pop()
        if op.name not in needed:
            needed.add(op.name)
            stack += [each.op for each in op.inputs]
    return needed
