"""Forward passes that can be asked for the values of any tensor in them: through a graph, or op by op."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.interface import Reduction, Run, Tensors
from tb_seqviz_plugin.callbacks.backends.tensorflow.forward import recording, to_numpy
from tb_seqviz_plugin.callbacks.backends.tensorflow.functions import components_of, find_hidden_softmaxes
from tb_seqviz_plugin.callbacks.backends.tensorflow.normalised import is_normalised, normalised_in, summaries_of
from tb_seqviz_plugin.callbacks.backends.tensorflow.program import (
    ProgramReader,
    RawOp,
    key_of,
    ops_in,
    tensors_by_number,
)
from tb_seqviz_plugin.callbacks.backends.tensorflow.subgraph import part_of
from tb_seqviz_plugin.callbacks.backends.tensorflow.unrolling import loops_unrolled
from tb_seqviz_plugin.callbacks.model.program import Program
from tb_seqviz_plugin.callbacks.model.recorder import Recorder

Array = npt.NDArray[Any]
Arrays = list[Array]


class GraphPass:
    """A forward pass through a graph, traced once; only what is asked for is computed.

    Args:
        run: calls the model on tensors by input name.
        model: the model.
        inputs: such as it is to be called with.
        unroll: whether loops of known length become part of the graph.

    Attributes:
        recorder: the calls and softmaxes.
        program: its ops.
        hides: whether softmaxes run in an inner graph, such as the body of a loop, where they cannot be followed.

    Raises:
        Exception: whatever the model raises where it cannot be traced: Python control flow on values, .numpy(), and the like.
    """

    is_eager = False

    def __init__(self, run: Run, model: keras.Model, inputs: Tensors, *, unroll: bool = False) -> None:
        self._inputs = inputs
        outputs: list[Any] = []

        def forward(*tensors: Any) -> Any:
            graph = tf.compat.v1.get_default_graph()
            self.recorder = Recorder(mark=lambda: int(graph.version))
            with recording(model, self.recorder), loops_unrolled() if unroll else contextlib.nullcontext():
                outputs.append(run(dict(zip(inputs, tensors, strict=True))))
            return [tensors[0]]

        specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in inputs.values()]
        # Unlike tf.function this runs no assignment to variables that Keras does not know, unless a result needs it.
        self._graph = tf.compat.v1.wrap_function(forward, specs)
        self._feeds = self._graph.inputs[: len(inputs)]
        graph = self._graph.graph
        self.hides = any(note.tensor.graph is not graph for note in self.recorder.notes) or any(
            find_hidden_softmaxes(graph)
        )
        self._functions: dict[tuple[tuple[int, ...], tuple[Reduction, ...]], Callable[[Tensors], Arrays]] = {}
        self._shapes = _Shapes(self._evaluated)
        self._reader = ProgramReader(
            dict(zip(inputs, self._feeds, strict=True)), self._shapes.of, self._shapes.value_of
        )
        self.program: Program = self._reader.read(ops_in(graph))
        self.program.outputs = _numbers_of(self.program, outputs)
        self._tensors = tensors_by_number(self.program, (out for op in graph.get_operations() for out in op.outputs))

    def number_of(self, tensor: Any) -> int | None:
        """Returns the number of a tensor in the program, None if it is not in it."""
        inside = getattr(tensor, "graph", None) is self._graph.graph
        return self.program.numbers.get(key_of(tensor)) if inside else None

    def values(
        self, numbers: Sequence[int], inputs: Tensors | None = None, reductions: Sequence[Reduction] = ()
    ) -> Arrays:
        """Returns the values of tensors, for the inputs of the pass or for others, and after them the reductions."""
        return self.function(numbers, reductions)(self._inputs if inputs is None else inputs)

    def function(self, numbers: Sequence[int], reductions: Sequence[Reduction] = ()) -> Callable[[Tensors], Arrays]:
        """Returns a function that computes tensors, then reductions, and nothing that they do not need; compiled once."""
        wanted = tuple(numbers), tuple(reductions)
        if wanted not in self._functions:
            with self._graph.graph.as_default():
                reduced = [_reduced(self._tensors, each) for each in reductions]
            self._functions[wanted] = self._pruned([*(self._tensors[number] for number in numbers), *reduced])
        return self._functions[wanted]

    def normalised(self, candidates: Sequence[tuple[int, int]]) -> list[bool]:
        """Returns for each tensor and axis whether its values are not negative, sum to 1 along it, and are not alike."""
        return normalised_in(
            self._graph.graph, [(self._tensors[number], axis) for number, axis in candidates], self._evaluated
        )

    def _evaluated(self, tensors: Sequence[Any]) -> Arrays:
        return self._pruned(tensors)(self._inputs)

    def _pruned(self, tensors: Sequence[Any]) -> Callable[[Tensors], Arrays]:
        if not tensors:
            return lambda _: []
        pruned = part_of(self._graph.graph, self._feeds, tensors)
        return lambda inputs: [to_numpy(tensor) for tensor in pruned(*inputs.values())]


class EagerPass:
    """A forward pass that ran op by op, with the values of all tensors.

    Args:
        run: calls the model on tensors by input name.
        model: the model.
        inputs: what it is called with.

    Attributes:
        recorder: the calls and softmaxes.
        program: its ops.
        hides: False; what runs op by op hides nothing.
    """

    is_eager = True
    hides = False

    def __init__(self, run: Run, model: keras.Model, inputs: Tensors) -> None:
        self._run, self._model = run, model
        ops: list[RawOp] = []
        self.recorder = Recorder(mark=lambda: len(ops))
        with recording(model, self.recorder), _ops_noted(ops):
            self._outputs = run(inputs)
        self._ops = ops  # a tensor is known by its identity, so that it has to be kept
        self._reader = ProgramReader(inputs, lambda tensor: tuple(tensor.shape), to_numpy)
        self.program: Program = self._reader.read(ops)
        self.program.outputs = _numbers_of(self.program, self._outputs)
        self._tensors = tensors_by_number(self.program, (tensor for op in ops for tensor in (*op.inputs, *op.outputs)))

    def number_of(self, tensor: Any) -> int | None:
        """Returns the number of a tensor in the program, None if it is not in it."""
        return self.program.numbers.get(key_of(tensor))

    def values(
        self, numbers: Sequence[int], inputs: Tensors | None = None, reductions: Sequence[Reduction] = ()
    ) -> Arrays:
        """Returns the values of tensors, and after them the reductions; for other inputs of a pass that takes the same way.

        Raises:
            ValueError: if the model takes another way on these inputs.
        """
        there = self if inputs is None else EagerPass(self._run, self._model, inputs)
        if there.program.shapes != self.program.shapes:
            raise ValueError("The model takes another way on these inputs.")
        reduced = [_reduced(there._tensors, each) for each in reductions]
        return [to_numpy(tensor) for tensor in (*(there._tensors[number] for number in numbers), *reduced)]

    def normalised(self, candidates: Sequence[tuple[int, int]]) -> list[bool]:
        """Returns for each tensor and axis whether its values are not negative, sum to 1 along it, and are not alike."""
        return [is_normalised(*map(to_numpy, summaries_of(self._tensors[number], axis))) for number, axis in candidates]


class _Shapes:
    """Shapes of tensors, and orders of axes and the like; what a graph does not tell is found out by running it."""

    def __init__(self, evaluate: Callable[[Sequence[Any]], Arrays]) -> None:
        self._evaluate = evaluate
        self._known: dict[object, tuple[int, ...]] = {}
        self._values: dict[object, Any] = {}

    def of(self, tensor: Any) -> tuple[int, ...]:
        """Returns the shape of a tensor, () of what has none."""
        if tensor.dtype in (tf.variant, tf.resource):
            return ()
        if tensor.shape.is_fully_defined():
            return tuple(tensor.shape)
        if tensor.name not in self._known:
            graph = tensor.graph
            unknown = [
                out
                for op in graph.get_operations()
                for out in op.outputs
                if out.dtype not in (tf.variant, tf.resource) and not out.shape.is_fully_defined()
            ]
            for each, values in zip(unknown, self._evaluate(unknown), strict=True):
                self._known[each.name] = values.shape
        return self._known[tensor.name]

    def value_of(self, tensor: Any) -> Any:
        """Returns what a tensor of whole numbers holds, such as an order of axes, that does not depend on inputs.

        Raises:
            ValueError: if it is anything else.
        """
        value = tf.get_static_value(tensor)
        if value is not None:
            return value
        if not tensor.dtype.is_integer:
            raise ValueError(f"{tensor} is not known before the model runs.")
        if tensor.name not in self._values:
            outputs = [out for op in tensor.graph.get_operations() for out in op.outputs]
            tensors = [out for out in outputs if _is_few_numbers(out)] if _is_few_numbers(tensor) else [tensor]
            self._values.update(zip((each.name for each in tensors), self._evaluate(tensors), strict=True))
        return self._values[tensor.name]


def _reduced(tensors: Mapping[int, Any], reduction: Reduction) -> Any:
    how, number, axes = reduction
    numbers = tf.cast(tensors[number], tf.float32)
    if how == "largest":
        return tf.reduce_max(numbers, axes, keepdims=True)
    return tf.sqrt(tf.reduce_sum(tf.square(numbers), axes, keepdims=True))


def _is_few_numbers(tensor: Any) -> bool:
    rank = tensor.shape.rank
    return bool(tensor.dtype.is_integer and (rank == 0 or (rank == 1 and (tensor.shape[0] or 99) <= 16)))


def _numbers_of(program: Program, outputs: Any) -> list[int]:
    parts = [part for tensor in tf.nest.flatten(outputs) if tf.is_tensor(tensor) for part in components_of(tensor)]
    return [program.numbers[key_of(part)] for part in parts if key_of(part) in program.numbers]


@contextlib.contextmanager
def _ops_noted(ops: list[RawOp]) -> Iterator[None]:
    """Notes every op that runs op by op in this thread."""
    from tensorflow.python.framework import op_callbacks

    def note(op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None) -> None:
        if graph is not None:
            return
        kind = op_type.decode() if isinstance(op_type, bytes) else op_type
        attributes = dict(zip(attrs[::2], attrs[1::2], strict=True)) if attrs else {}
        ops.append(RawOp(kind, tuple(inputs), tuple(outputs), attributes.__getitem__, len(ops)))

    op_callbacks.add_op_callback(note)
    try:
        yield
    finally:
        op_callbacks.remove_op_callback(note)
