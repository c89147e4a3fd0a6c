"""What a TensorFlow graph tells about attention: which softmax multiplies values, and which inputs flow into what.

A softmax is attention by what it does, not by its name: its output, through casts, masks, dropout and reshapes, is
multiplied with values and summed over the keys. That also finds what no tap can see, such as
`from tensorflow.nn import softmax` and a softmax spelled as exp / sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.functions import components_of, functions_named_in, functions_run_by
from tb_seqviz_plugin.callbacks.model.calls import Call, Note
from tb_seqviz_plugin.callbacks.model.recorder import Recorder

_TRANSPARENT = {
    "Identity", "Cast", "Reshape", "Transpose", "Select", "SelectV2", "ExpandDims", "Squeeze", "StopGradient", "Pack",
    "ConcatV2", "Tile", "BroadcastTo", "StridedSlice", "Mul", "AddV2",
}  # fmt: skip
_MATRIX_PRODUCTS = {"BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "MatMul"}
_RENAMING = {"Identity", "Cast"}
_GUARDS = _RENAMING | {"Maximum", "AddV2", "ExpandDims", "Reshape"}
_MASKS = _RENAMING | {"Mul", "Select", "SelectV2"}
_REACH = 12
"""Steps from a softmax to the product it is looked for in; Keras' own take up to 6."""


@dataclass(frozen=True)
class Product:
    """What weights are multiplied with.

    Args:
        values: the other factor.
        shared: whether several queries read the same values; the gates of a mixture of experts have their own each.
        sums: whether the product is summed over the keys; else the weights are a gate for each of [batch, time, features].
    """

    values: tf.Tensor
    shared: bool
    sums: bool = True


@dataclass(frozen=True)
class Softmax:
    """A softmax in a graph.

    Args:
        place: its place among the graph's ops.
        weights: what it returns.
        axes: the axes along which that sums to 1.
    """

    place: int
    weights: tf.Tensor
    axes: tuple[int, ...]


def find_softmaxes(graph: tf.Graph) -> Iterator[Softmax]:
    """Yields every softmax of a graph, also one spelled exp / sum."""
    for place, op in enumerate(graph.get_operations()):
        axes: Sequence[int] = (-1,) if op.type == "Softmax" else _axes_of_spelled_out_softmax(op)
        if axes:
            yield Softmax(place, op.outputs[0], tuple(axes))


def find_hidden_softmaxes(graph: tf.Graph) -> Iterator[int]:
    """Yields the place of every op that runs a function, such as the body of a loop, with a softmax in it."""
    calls = [(place, functions_run_by(op)) for place, op in enumerate(graph.get_operations())]
    if not any(called for _, called in calls):
        return
    library = {function.signature.name: function.node_def for function in graph.as_graph_def().library.function}
    for place, called in calls:
        waiting, seen = list(called), set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for node in library.get(name, ()):
                if node.op == "Softmax":
                    yield place
                    waiting.clear()
                    break
                waiting += functions_named_in(node)


def find_product(weights: tf.Tensor, axis: int) -> Product | None:
    """Returns the values that these weights multiply, and as a rule sum over the keys; None if they do no such thing.

    Args:
        weights: the weights.
        axis: the axis of the keys.
    """
    seen: set[str] = set()
    gated: Product | None = None
    reached: list[tuple[tf.Tensor, int, int | None]] = [(weights, 0, axis % (weights.shape.rank or 1))]
    while reached:
        tensor, distance, axis_there = reached.pop(0)
        for op in tensor.consumers():
            if op.name in seen or distance > _REACH:
                continue
            seen.add(op.name)
            others = [other for other in op.inputs if other is not tensor]
            values = others[0] if others else tensor
            if op.type in _MATRIX_PRODUCTS:
                return Product(values, _rows(op, tensor) != 1)
            if op.type == "Einsum":
                return Product(values, _has_free_label(op, tensor))
            if op.type == "Mul" and others and _summed_afterwards(op.outputs[0]):
                return Product(values, _repeats(values, tensor))
            if op.type == "Mul" and axis_there == 1 and values.shape == tensor.shape and _has_features(tensor):
                gated = gated or Product(values, shared=False, sums=False)
            elif op.type in _TRANSPARENT:
                reached.append((op.outputs[0], distance + 1, _axis_after(op, axis_there)))
    return gated


class NotedSoftmaxes:
    """The softmaxes of a forward pass that was recorded in a graph.

    Args:
        recorder: what was recorded in the graph, which is complete.
        inputs: the tensors that came in, by name; at least one.

    Attributes:
        notes: every softmax of the graph itself, in order, those that the recorder did not see included.
        inner: those born in a loop or another inner graph, whose values cannot be had from here.
    """

    def __init__(self, recorder: Recorder, inputs: Mapping[str, tf.Tensor]) -> None:
        parts = [(name, part) for name, tensor in inputs.items() for part in components_of(tensor)]
        graph = self._graph = parts[0][1].graph
        self._calls = recorder.calls
        seen = [note for note in recorder.notes if note.tensor.graph is graph]
        self.inner = [note for note in recorder.notes if note.tensor.graph is not graph]
        self.notes = sorted([*seen, *_unseen(graph, seen, recorder.calls)], key=lambda note: note.span)
        self._origins = _Origins(graph, [*(part for _, part in parts), *(note.tensor for note in self.notes)])
        self._inputs = [name for name, _ in parts]
        self._bit_of = {id(note): bit for bit, note in enumerate(self.notes, len(self._inputs))}

    def hidden_calls(self) -> list[Call | None]:
        """Returns the layer calls in which an inner graph has a softmax that may not be among `inner`."""
        return [_innermost(self._calls, place) for place in find_hidden_softmaxes(self._graph)]

    def product_of(self, note: Note) -> Product | None:
        """Returns what the weights multiply, None if they multiply nothing."""
        return find_product(note.tensor, note.axes[-1])

    def sources_of(self, tensor: tf.Tensor) -> frozenset[str]:
        """Returns the names of the inputs that a tensor depends on."""
        bits = self._origins.of(tensor)
        return frozenset(name for bit, name in enumerate(self._inputs) if bits >> bit & 1)

    def reads(self, note: Note, earlier: Note) -> bool:
        """Returns whether one softmax is computed from another."""
        bit = self._bit_of.get(id(earlier))
        return bit is not None and bool(self._origins.of(note.tensor) >> bit & 1)


class _Origins:
    """Which of some tensors each tensor of a graph is computed from, however far back.

    Args:
        graph: the graph, complete.
        origins: tensors of it, each of which has the bit of its number.
    """

    def __init__(self, graph: tf.Graph, origins: Sequence[tf.Tensor]) -> None:
        own = dict[str, int]()
        for bit, tensor in enumerate(origins):
            own[tensor.op.name] = own.get(tensor.op.name, 0) | 1 << bit
        # Ops are listed after those that they read, so that one walk is enough.
        self._bits: dict[str, int] = {}
        for op in graph.get_operations():
            bits = own.get(op.name, 0)
            for source in op.inputs:
                bits |= self._bits.get(source.op.name, 0)
            self._bits[op.name] = bits
        self._graph = graph

    def of(self, tensor: tf.Tensor) -> int:
        """Returns the bits of the origins that a tensor is computed from, its own included."""
        return self._bits.get(tensor.op.name, 0) if tensor.graph is self._graph else 0


def _unseen(graph: tf.Graph, seen: Sequence[Note], calls: Sequence[Call]) -> Iterator[Note]:
    covered = {place for note in seen for place in range(*note.span)}
    for found in find_softmaxes(graph):
        if found.place not in covered:
            call = _innermost(calls, found.place)
            yield Note(found.weights, call, found.axes, "", (found.place, found.place + 1))


def _innermost(calls: Sequence[Call], place: int) -> Call | None:
    """Returns the layer call in which an op was made; calls are listed as they began."""
    return next((call for call in reversed(calls) if call.opened <= place < call.closed), None)


def _axes_of_spelled_out_softmax(op: Any) -> Sequence[int]:
    """Returns the axes of the keys if an op divides an exponential by its own sum, else nothing."""
    if op.type not in {"RealDiv", "DivNoNan"}:
        return ()
    numerator, denominator = op.inputs
    total = _behind(denominator, _GUARDS, "Sum")
    if total is None or _behind(numerator, _MASKS, "Exp") is None:
        return ()
    summed, axes = total.op.inputs[0], tf.get_static_value(total.op.inputs[1])
    if axes is None or _renamed(summed) is not _renamed(numerator) or summed.shape.rank != op.outputs[0].shape.rank:
        return ()
    return tuple(int(axis) for axis in axes.reshape(-1))


def _behind(tensor: tf.Tensor, through: set[str], kind: str, steps: int = 6) -> tf.Tensor | None:
    """Returns the nearest tensor made by an op of a kind, looking back through ops of some other kinds."""
    reached = [tensor]
    for _ in range(steps):
        for source in reached:
            if source.op.type == kind:
                return source
        reached = [source for made in reached if made.op.type in through for source in made.op.inputs]
    return None


def _renamed(tensor: tf.Tensor) -> tf.Tensor:
    while tensor.op.type in _RENAMING:
        tensor = tensor.op.inputs[0]
    return tensor


def _axis_after(op: Any, axis: int | None) -> int | None:
    """Returns where an axis is after an op, None where that is not known."""
    if op.type == "Transpose":
        order = tf.get_static_value(op.inputs[1])
        return None if order is None or axis is None else list(order).index(axis)
    return axis if op.type in _RENAMING else None


def _has_features(tensor: tf.Tensor) -> bool:
    """Returns whether a tensor may be [batch, time, features], rather than one number for each step."""
    return tensor.shape.rank == 3 and tensor.shape[2] != 1


def _rows(op: Any, weights: tf.Tensor) -> int | None:
    """Returns how many rows of weights one matrix product takes; None if unknown."""
    first = op.inputs[0] is weights
    names = ("transpose_a", "transpose_b") if op.type == "MatMul" else ("adj_x", "adj_y")
    transposed = op.get_attr(names[0] if first else names[1])
    rows: int | None = weights.shape[-1 if transposed == first else -2]
    return rows


def _has_free_label(op: Any, weights: tf.Tensor) -> bool:
    """Returns whether an einsum keeps an axis of the weights that the values do not have."""
    operands, _, output = op.get_attr("equation").decode().partition("->")
    labels = operands.split(",")
    place = next(place for place, tensor in enumerate(op.inputs) if tensor is weights)
    others = set("".join(label for at, label in enumerate(labels) if at != place))
    sizes = dict(zip(labels[place], weights.shape, strict=False))
    return any(sizes[label] != 1 for label in sizes if label in output and label not in others)


def _repeats(values: tf.Tensor, weights: tf.Tensor) -> bool:
    """Returns whether values are repeated along an axis of the weights."""
    if values.shape.rank is None or weights.shape.rank is None:
        return True
    missing = weights.shape.rank - values.shape.rank
    sizes = [1] * missing + list(values.shape)
    return any(value == 1 != weight for value, weight in zip(sizes[-weights.shape.rank :], weights.shape, strict=True))


def _summed_afterwards(tensor: tf.Tensor) -> bool:
    return any(op.type in {"Sum", "Mean"} for op in tensor.consumers())
