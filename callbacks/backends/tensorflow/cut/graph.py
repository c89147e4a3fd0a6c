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
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.rows import with_rows_first
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.standing_in import Markers
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.step import Step
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.writing import is_for_xla, write_by_xla
from tb_seqviz_plugin.callbacks.backends.tensorflow.subgraph import Subgraph
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
        buffers: shape, with rows first, and type of what is kept, by name; one that begins with something else than zeros is in
            `given`.

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
        self._plan_statics()

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
        """Returns what a step needs that does not depend on the text, by name, with the weights of now; in compiled functions."""
        if tf.executing_eagerly():
            raise SteppingError(remark("op by op only"))
        known: Tensors = {} if not self._source else {self._source[0].name: source}
        for op, before in self._static_loops:
            layer = self.markers.layer_of(op)
            assert layer is not None
            made = self._whole_loop(op, layer, before(*known.values()))
            known |= {tensor.name: value for tensor, value in zip(op.outputs, made, strict=True)}
        found = dict(zip(self._read, self._statics(*known.values()), strict=True))
        for name, value in found.items():
            value.set_shape(self._read[name].shape)
        return found

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
            name: with_rows_first(tf.cast(statics[self.given[name]], dtype), self.rows)
            if name in self.given
            else tf.zeros(shape, dtype)
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
        read, before = [statics[name] for name in self._by_step], [buffers[name] for name in self.buffers]
        step = self._step.changed(write_by_xla) if is_for_xla() else self._step
        scores, *kept = step(ids, place, *read, *before)
        scores.set_shape(self._scores_shape)
        for value, (shape, _) in zip(kept, self.buffers.values(), strict=True):
            value.set_shape(shape)
        return scores, dict(zip(self.buffers, kept, strict=True))

    def _plan(self) -> None:
        """Makes the graph of a step, which says what has to be kept and what has to be known; nothing is run."""
        with self._traced.graph.as_default():
            graph = tf.__internal__.FuncGraph("step")
        with graph.as_default():
            ids, place = (tf.compat.v1.placeholder(tf.int32, shape) for shape in ((self.rows, 1), ()))
            step = Step(self, place)
            scores = self._stepped(step, ids)
        # Variables of recurrent layers are known wherever the step runs.
        read = [each for each in graph.captures if not isinstance(each[0], tf.__internal__.EagerTensor)]
        self._by_step, feeds = [outer.name for outer, _ in read], [inner for _, inner in read]
        named = self._traced.graph.get_tensor_by_name
        self._read = {name: named(name) for name in (*self._by_step, *self.given.values())}
        self.buffers = {name: (tensor.shape.as_list(), tensor.dtype) for name, tensor in step.before.items()}
        self._scores_shape = scores.shape
        kept = [step.after[name] for name in self.buffers]
        self._step = Subgraph(graph, [ids, place, *feeds, *step.before.values()], [scores, *kept])

    def _plan_statics(self) -> None:
        """Finds out how to compute what a step reads that does not depend on the text."""
        graph, known = self._traced.graph, list(self._source)
        self._static_loops: list[tuple[Any, Subgraph]] = []
        for op in self.ops:
            is_loop = op.type in _FUNCTIONS and self.markers.layer_of(op) is not None
            if is_loop and op.outputs[0].name not in self.dynamic:
                self._static_loops.append((op, Subgraph(graph, known, list(op.inputs), in_order=False)))
                known += op.outputs
        self._statics = Subgraph(graph, known, list(self._read.values()), in_order=False)

    def _stepped(self, step: Step, ids: Any) -> Any:
        """Returns scores of the newest place."""
        known: dict[str, Operand] = {self._text.name: Part(ids, 1, tensor=self._text)}

        def operand(tensor: Any) -> Operand:
            if tensor.name not in known:
                known[tensor.name] = Whole(_fixed(tensor))
            return known[tensor.name]

        for op in self.ops:
            if op is self._text.op or not op.outputs or op.outputs[0].name not in self.dynamic:
                continue
            made_of = [operand(tensor) for tensor in op.inputs]
            for tensor, made in zip(op.outputs, step.run(op, made_of), strict=True):
                shape = tensor.shape.as_list()
                if isinstance(made, Part):
                    made.tensor = tensor
                    shape[made.axis] = made.outer * made.inner
                made.value.set_shape(shape)
                known[tensor.name] = made
        result = known[self._output.name]
        if isinstance(result, Whole):
            return result.value
        if result.axis != 1 or not result.is_plain or len(self._output.shape) != 3:
            raise SteppingError(remark("not in order"))
        return result.value[:, 0]


def _fixed(tensor: Any) -> Any:
    """Returns a tensor that does not depend on the text, for the graph of a step: what is known and small as a constant in it."""
    value = tf.get_static_value(tensor) if _is_small(tensor) else None
    return tensor if value is None else tf.constant(value, tensor.dtype)


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
