"""Graphs read as programs where little is computed: sizes that are left open are taken to be some number."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.forward import to_numpy
from tb_seqviz_plugin.callbacks.backends.tensorflow.functions import components_of
from tb_seqviz_plugin.callbacks.backends.tensorflow.labels import labels_of
from tb_seqviz_plugin.callbacks.backends.tensorflow.moves import chosen_by
from tb_seqviz_plugin.callbacks.backends.tensorflow.normalised import normalised_in
from tb_seqviz_plugin.callbacks.backends.tensorflow.program import (
    PRODUCTS,
    REDUCTIONS,
    ProgramReader,
    RawOp,
    key_of,
    ops_in,
    tensors_by_number,
)
from tb_seqviz_plugin.callbacks.backends.tensorflow.subgraph import part_of
from tb_seqviz_plugin.callbacks.backends.tensorflow.windows import WINDOWS
from tb_seqviz_plugin.callbacks.model.program import Program
from tb_seqviz_plugin.callbacks.model.recorder import Recorder
from tb_seqviz_plugin.callbacks.model.trace import Trace

Shape = tuple[int, ...]

_LENGTH = 7
"""What an open size is taken for that is not that of the examples."""
_FOLDED: dict[str, Callable[..., Any]] = {
    "Pack": lambda op, *given: np.stack(given, op.get_attr("axis")),
    "ConcatV2": lambda op, *given: np.concatenate(given[:-1], int(given[-1])),
    "GatherV2": lambda op, table, places, axis: np.take(table, places, int(axis)),
    "Prod": lambda op, given, axes: np.prod(given, tuple(np.atleast_1d(axes)), keepdims=op.get_attr("keep_dims")),
    "StridedSlice": lambda op, given, begin, end, strides: _sliced(op, given),
    "Mul": lambda op, *given: np.multiply(*given),
    "AddV2": lambda op, *given: np.add(*given),
    "Sub": lambda op, *given: np.subtract(*given),
    "FloorDiv": lambda op, *given: np.floor_divide(*given),
    "FloorMod": lambda op, *given: np.mod(*given),
    "Range": lambda op, *given: np.arange(*given),
    "Less": lambda op, *given: np.less(*given),
    "SelectV2": lambda op, *given: np.where(*given),
    "Cast": lambda op, given: given,
    "Identity": lambda op, given: given,
}
"""Ops that sizes are computed by."""
_RESHAPING = {"Reshape", "ExpandDims", "Squeeze"}
_SHAPELESS = {tf.variant.as_datatype_enum, tf.resource.as_datatype_enum}


class ReadGraph:
    """A graph as a program.

    Args:
        recorder: what was recorded as it was made.
        graph: the graph.
        inputs: the tensors that come in, by name.
        outputs: what comes out.
        examples: the number of examples where that is open.
        around: of a graph inside another, the mark when it was made.
        fed: what comes in, each with its value; none where there are no values.

    Attributes:
        recorder: as given.
        program: its ops.
    """

    def __init__(
        self,
        recorder: Recorder,
        graph: Any,
        inputs: Mapping[str, Any],
        outputs: Sequence[Any],
        examples: int,
        around: int | None = None,
        fed: Sequence[tuple[Any, Any]] = (),
    ) -> None:
        self.recorder, self._graph, self._fed = recorder, graph, fed
        shapes = _Shapes(examples)
        reader = ProgramReader(inputs, shapes.of, shapes.value_of)
        self.program: Program = reader.read(ops_in(graph, around))
        numbers = (self.program.numbers.get(key_of(part)) for tensor in outputs for part in components_of(tensor))
        self.program.outputs = [number for number in numbers if number is not None]

    def number_of(self, tensor: Any) -> int | None:
        """Returns the number of a tensor in the program, None if it is not in it."""
        inside = getattr(tensor, "graph", None) is self._graph
        return self.program.numbers.get(key_of(tensor)) if inside else None

    def normalised(self, candidates: Sequence[tuple[int, int]]) -> list[bool]:
        """Returns for each tensor and axis whether its values sum to 1 along it; of none where there are no values."""
        if not candidates or not self._fed:
            return [False] * len(candidates)
        tensors = tensors_by_number(self.program, (out for op in self._graph.get_operations() for out in op.outputs))
        feeds = [feed for feed, _ in self._fed]
        given = [tf.convert_to_tensor(value, feed.dtype) for feed, value in self._fed]

        def evaluated(fetched: Sequence[Any]) -> list[Any]:
            return [to_numpy(each) for each in part_of(self._graph, feeds, fetched)(*given)]

        try:
            return normalised_in(self._graph, [(tensors[number], axis) for number, axis in candidates], evaluated)
        except Exception:  # whatever a model raises on its first batch: what sums to 1 by its values alone is not told
            return [False] * len(candidates)


def read(trace: Trace, examples: int) -> Iterator[ReadGraph]:
    """Yields the graph of a trace that holds softmaxes or what was sown, and those in it in which such were noted.

    Args:
        trace: a forward pass; of one that ran op by op or ended early there is nothing to read.
        examples: the number of examples where that was left open.
    """
    arguments = trace.calls[0].arguments if trace.calls else []
    if trace.eager or trace.error is not None or not arguments:
        return
    noted = {id(note.tensor.graph): note for note in reversed(trace.recorder.notes)}
    outer = components_of(arguments[0][1])[0].graph
    values = trace.call.leaves() if trace.call.has_values else []
    if values or id(outer) in noted or any(op.type in ("Softmax", "Exp") for op in outer.get_operations()):
        inputs = {str(number): tensor for number, (_, tensor) in enumerate(arguments)}
        outputs = [tensor for _, tensor in trace.calls[0].outputs]
        few = [leaf if trace.examples else leaf[:examples] for leaf in values]
        fed = list(zip(trace.feeds, few, strict=True)) if values else []
        yield ReadGraph(trace.recorder, outer, inputs, outputs, examples, fed=fed)
    for note in noted.values():
        graph = note.tensor.graph
        if graph is not outer:  # the body of a loop, of which all that it is given may be data but the variables
            inputs = {each.name: each for each in graph.inputs if each.dtype not in (tf.resource, tf.variant)}
            yield ReadGraph(trace.recorder, graph, inputs, graph.outputs, examples, note.span[0])


def _sliced(op: Any, given: Any) -> Any:
    raw = RawOp(op.type, op.inputs, op.outputs, op.get_attr, 0)
    target = tuple(op.outputs[0].shape)
    _, indices = chosen_by(raw, given.shape, target, tf.get_static_value)
    return np.take(given, indices.get(0, np.arange(len(given)))).reshape(target)


class _Shapes:
    """Shapes of the tensors of a graph, with numbers for the sizes that are open."""

    def __init__(self, examples: int) -> None:
        self._examples = examples
        self._known: dict[str, Shape] = {}
        self._values: dict[str, Any] = {}

    def of(self, tensor: Any) -> Shape:
        """Returns the shape of a tensor, () of what has none."""
        key = tensor.name
        if key not in self._known:
            shape = tensor.shape
            if shape.rank is None or tensor.dtype.as_datatype_enum in _SHAPELESS:
                self._known[key] = ()
            elif shape.is_fully_defined():
                self._known[key] = tuple(shape)
            else:
                self._known[key] = self._filled(tensor.op, list(shape))
        return self._known[key]

    def value_of(self, tensor: Any) -> Any:
        """Returns what a tensor of sizes, places or axes holds.

        Raises:
            ValueError: if it is computed from anything else.
        """
        value = self._computed(tensor)
        if value is None:
            raise ValueError(f"{tensor} is not known before the model runs.")
        return value

    def _filled(self, op: Any, sizes: list[int | None]) -> Shape:
        """Returns the sizes of what an op makes, those that are open as those that it is computed from have them."""
        with contextlib.suppress(ValueError, IndexError, KeyError, TypeError):  # of shapes that do not fit each other
            known = self._told(op, sizes)
            return tuple(k if size is None else size for k, size in zip(known, sizes, strict=True))
        return tuple(self._made_up(axis) if size is None else size for axis, size in enumerate(sizes))

    def _told(self, op: Any, sizes: list[int | None]) -> Sequence[int]:
        given = [self.of(each) for each in op.inputs]
        if op.type in _RESHAPING:
            return self._reshaped(op, given[0], sizes)
        if op.type == "StridedSlice":
            raw = RawOp(op.type, op.inputs, op.outputs, op.get_attr, 0)
            _, places = chosen_by(raw, given[0], (), self.value_of)
            taken = [len(places[axis]) if axis in places else size for axis, size in enumerate(given[0])]
            return self._reshaped(op, tuple(taken), sizes)
        if op.type == "Transpose":
            return [given[0][axis] for axis in self.value_of(op.inputs[1])]
        if op.type == "Pack":
            axis = op.get_attr("axis") % len(sizes)
            return [*given[0][:axis], len(given), *given[0][axis:]]
        if op.type in PRODUCTS and len(given) == 2:
            left, right, result = labels_of(RawOp(op.type, op.inputs, op.outputs, op.get_attr, 0), given)
            size_of = dict(zip(right + left, given[1] + given[0], strict=True))
            return [size_of[label] for label in result]
        if op.type in REDUCTIONS and len(given[0]) > len(sizes):
            dropped = {int(axis) % len(given[0]) for axis in np.atleast_1d(self.value_of(op.inputs[1]))}
            return [size for axis, size in enumerate(given[0]) if axis not in dropped]
        if op.type == "GatherV2":
            axis = int(self.value_of(op.inputs[2])) % len(given[0])
            return [*given[0][:axis], *given[1][op.get_attr("batch_dims") :], *given[0][axis + 1 :]]
        if op.type == "ResourceGather":
            given = [(*given[1], *[1] * (len(sizes) - len(given[1])))]
        # Entries one by one, windows of the first input, or anything else that keeps its axes.
        alike = [shape for shape in (given[:1] if op.type in WINDOWS else given) if len(shape) == len(sizes)]
        return [max((shape[axis] for shape in alike), default=self._made_up(axis)) for axis in range(len(sizes))]

    def _reshaped(self, op: Any, given: Shape, sizes: list[int | None]) -> Shape:
        """Returns sizes of as many entries."""
        if op.type == "Reshape" and (wanted := self._computed(op.inputs[1])) is not None:
            sizes = [None if size < 0 else int(size) for size in wanted]
        # As many open sizes as before are those in their order.
        kept = [size for size, before in zip(given, op.inputs[0].shape, strict=True) if before is None]
        places = [axis for axis, size in enumerate(sizes) if size is None]
        filled = [size if size is not None else self._made_up(axis) for axis, size in enumerate(sizes)]
        if len(kept) == len(places):
            for axis, size in zip(places, kept, strict=True):
                filled[axis] = size
        if places and math.prod(filled) != math.prod(given):
            others = math.prod(size for axis, size in enumerate(filled) if axis != places[-1])
            filled[places[-1]] = max(math.prod(given) // max(others, 1), 1)
        return tuple(filled)

    def _computed(self, tensor: Any) -> Any:
        """Returns what a tensor of sizes holds, None where it is computed from anything else."""
        key = tensor.name
        if key not in self._values:
            op = tensor.op
            if op.type == "Shape":
                self._values[key] = np.array(self.of(op.inputs[0]))
            elif op.type in _FOLDED:
                given = [self._computed(each) for each in op.inputs]
                self._values[key] = None if any(each is None for each in given) else _FOLDED[op.type](op, *given)
            else:
                self._values[key] = tf.get_static_value(tensor)
        return self._values[key]

    def _made_up(self, axis: int) -> int:
        return _LENGTH if axis else self._examples
