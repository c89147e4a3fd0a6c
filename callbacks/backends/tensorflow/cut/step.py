"""One step of a cut graph: what each op makes of operands of which only the newest place is there."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.axes import (
    ELEMENTWISE,
    PRODUCTS,
    REDUCING,
    RESHAPING,
    SOFTMAXES,
    Lifetimes,
    after_reducing,
    labels_of,
)
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.parts import Operand, Part, Whole, newest, run
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.rows import as_was, shape_with_rows_first, with_rows_first
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.slices import sliced
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.standing_in import Markers
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.writing import written
from tb_seqviz_plugin.callbacks.errors import SteppingError
from tb_seqviz_plugin.callbacks.generation.recurrent import advanced, width_of
from tb_seqviz_plugin.records.remarks import remark


class Traced(Protocol):
    """What a step needs to know of the graph that is cut: see `CutGraph`."""

    rows: int
    time: int
    markers: Markers
    lifetimes: Lifetimes
    given: dict[str, str]

    def constant(self, tensor: Any) -> Any:
        """Returns the value of an axis or a shape."""

    def loop_operands(self, op: Any, operands: Sequence[Any]) -> tuple[Any, list[Any], Any]:
        """Returns what a recurrent layer was given: the sequences, its first states and a mask."""


Rule = Callable[["Step", Any, Sequence[Operand]], "list[Operand] | None"]
"""(step, op, operands) -> what the op returns, None where it is to be run in full."""


class Step:
    """Runs ops of a graph on their newest place.

    Args:
        graph: what is cut.
        place: int32, the newest.

    Attributes:
        before: what is found to be kept of the places before, as placeholders, with rows first, by name.
        after: the same, with this place.
    """

    def __init__(self, graph: Traced, place: Any) -> None:
        self.graph, self.place = graph, place
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}
        self._wholes: dict[str, Any] = {}

    def run(self, op: Any, operands: Sequence[Operand]) -> list[Operand]:
        """Returns what an op makes of its operands, of which one at least depends on the text."""
        rule = _RULES.get(op.type)
        if rule is not None and (rule is _called or any(isinstance(each, Part) for each in operands)):
            made = rule(self, op, operands)
            if made is not None:
                return made
        return self._in_full(op, operands)

    def constant(self, op: Any, number: int) -> Any:
        """Returns the value of an operand that tells axes or shapes."""
        return self.graph.constant(op.inputs[number])

    def newest(self, value: Any, axis: int, outer: int = 1, inner: int = 1) -> Any:
        """Returns the newest place of a whole tensor."""
        return newest(value, axis, self.place, outer, inner)

    def whole(self, operand: Operand, order: Sequence[int] | None = None) -> Any:
        """Returns an operand in full: a part together with the places before it, which are kept for that.

        Args:
            operand: of an op.
            order: that in which its axes are wanted, None for their own.
        """
        if isinstance(operand, Whole):
            return operand.value if order is None else tf.transpose(operand.value, order)
        name, value, axis, shape = operand.tensor.name, operand.value, operand.axis, operand.tensor.shape.as_list()
        if order is not None:
            name = f"{name} {list(order)}"
        if name not in self._wholes:
            if order is not None:
                value, axis, shape = tf.transpose(value, order), order.index(axis), [shape[at] for at in order]
            before, after = shape[:axis], shape[axis + 1 :]
            dtype = tf.uint8 if value.dtype == tf.bool else value.dtype
            buffer = self._kept(name, [*before, operand.outer, self.graph.time, operand.inner, *after], dtype)
            cut = tf.reshape(tf.cast(value, dtype), [*before, operand.outer, 1, operand.inner, *after])
            begin = [0] * len(buffer.shape)
            begin[axis + 1] = self.place
            full = written(buffer, begin, cut)
            self._keep(name, full)
            self._wholes[name] = tf.cast(tf.reshape(full, shape), value.dtype)
        return self._wholes[name]

    def _kept(self, name: str, shape: Sequence[int], dtype: Any) -> Any:
        """Returns what is kept under a name of the places before, which is noted."""
        kept = self.before[name] = tf.compat.v1.placeholder(dtype, shape_with_rows_first(shape, self.graph.rows))
        return as_was(kept, shape, self.graph.rows)

    def _keep(self, name: str, value: Any) -> None:
        self.after[name] = with_rows_first(value, self.graph.rows)

    def on(self, operand: Operand, axis: int, like: Part | None = None) -> Any:
        """Returns the newest place of an operand along an axis of its own, the whole if it has no places there."""
        if isinstance(operand, Part) and operand.axis == axis:
            return operand.value
        value = self.whole(operand)
        size = value.shape[axis] if 0 <= axis < len(value.shape) else 1
        outer, inner = (like.outer, like.inner) if like is not None else (1, 1)
        if size == 1 and self.graph.time != 1:
            return value
        if size != outer * self.graph.time * inner:
            raise SteppingError(remark("no places", shape=str(value.shape), axis=axis))
        return self.newest(value, axis, outer, inner)

    def away_from(self, operand: Operand, axes: set[int]) -> Operand:
        """Returns an operand along an axis of time that is none of these, or in full."""
        if isinstance(operand, Whole) or operand.axis not in axes:
            return operand
        shape = operand.tensor.shape.as_list()
        others = [axis for axis in range(1, len(shape)) if shape[axis] == self.graph.time and axis not in axes]
        whole = self.whole(operand)
        return Part(self.newest(whole, others[0]), others[0], tensor=operand.tensor) if others else Whole(whole)

    def longest_lived(self, tensor: Any, axes: Sequence[int]) -> int:
        """Returns which of several axes of time of a result goes on."""
        several = len(set(axes)) > 1
        return min(axes, key=lambda axis: (-self.graph.lifetimes.of(tensor, axis) if several else 0, axis))

    def _in_full(self, op: Any, operands: Sequence[Operand]) -> list[Operand]:
        """Runs an op on the whole text, and cuts the result."""
        if any(attribute.func.name or attribute.list.func for attribute in op.node_def.attr.values()):
            raise SteppingError(remark("function of its own", op=repr(op.name), kind=op.type))
        axis = next((each.axis for each in operands if isinstance(each, Part)), None)
        results: list[Operand] = []
        for tensor, value in zip(op.outputs, run(op, [self.whole(each) for each in operands]), strict=True):
            value.set_shape(tensor.shape)
            shape = tensor.shape.as_list()
            axes = [at for at in range(1, len(shape)) if shape[at] == self.graph.time]
            if axis in axes:
                axes = [axis]
            results.append(Part(self.newest(value, axes[0]), axes[0]) if axes else Whole(value))
        return results

    def loop(self, op: Any, layer: keras.layers.RNN, operands: Sequence[Operand]) -> list[Operand]:
        """Returns what a recurrent layer makes of one more place, from the states that it had."""
        sequences, given, mask = self.graph.loop_operands(op, operands)
        if layer.go_backwards:
            raise SteppingError(remark("from the end", layer=repr(layer.name)))
        if not isinstance(sequences, Part) or sequences.axis != 1 or not sequences.is_plain:
            raise SteppingError(remark("not along", layer=repr(layer.name)))
        if any(isinstance(each, Part) for each in given):
            raise SteppingError(remark("states from text", layer=repr(layer.name)))
        first = keras.tree.flatten(layer.get_initial_state(self.graph.rows))
        names = [f"{op.name} state {number}" for number in range(len(first))]
        for name, tensor in zip(names, op.inputs[1 : 1 + len(given)], strict=False):
            self.graph.given[name] = tensor.name
        dtype = layer.cell.compute_dtype
        states = [self._kept(name, state.shape.as_list(), dtype) for name, state in zip(names, first, strict=True)]
        before = self._kept(f"{op.name} output", [self.graph.rows, width_of(layer)], layer.compute_dtype)
        compute = functools.partial(type(layer).call, layer)
        with keras.StatelessScope():
            output, states = advanced(
                layer, compute, sequences.value, states, None if mask is None else mask.value, before
            )
        for name, state in zip(names, states, strict=True):
            self._keep(name, state)
        self._keep(f"{op.name} output", output)
        returned: Operand = Part(output[:, None], 1) if layer.return_sequences else Whole(output)
        return [returned, *(Whole(tf.cast(state, layer.compute_dtype)) for state in states)]


def _value(operand: Operand) -> Any:
    return operand.value


def _elementwise(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    shape = op.outputs[0].shape.as_list()
    shift = [len(shape) - len(tensor.shape) for tensor in op.inputs]
    if op.type == "BiasAdd":
        shift = [0, len(shape) - 1]
    parts = [(each.axis + by, each) for each, by in zip(operands, shift, strict=True) if isinstance(each, Part)]
    axes = [axis for axis, _ in parts]
    if all(part.is_plain for _, part in parts):
        # A mask of keys meets a table of queries and keys: the queries' axis is the one to cut.
        wide = [axis for axis in range(1, len(shape)) if shape[axis] == step.graph.time]
        axes += wide if len(wide) > 1 else []
    axis = step.longest_lived(op.outputs[0], axes)
    like = next((part for at, part in parts if at == axis), None)
    values = [
        step.on(each, axis - by, like) if len(tensor.shape) else step.whole(each)
        for each, by, tensor in zip(operands, shift, op.inputs, strict=True)
    ]
    [value] = run(op, values)
    return [Part(value, axis) if like is None else like.like(value, axis)]


def _product(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    labels, out = labels_of(op)
    both = list(zip(operands, labels, strict=True))
    parts = [(own[each.axis], each) for each, own in both if isinstance(each, Part)]
    found = [label for label, _ in parts if label in out]
    if not found:  # It is summed over; another axis of places may be left.
        found = [
            label
            for (each, own), tensor in zip(both, op.inputs, strict=True)
            if isinstance(each, Part)
            for axis, label in enumerate(own)
            if axis > 0 and tensor.shape[axis] == step.graph.time and label in out
        ]
    if not found:
        return [Whole(run(op, [step.whole(each) for each in operands])[0])]
    axis = step.longest_lived(op.outputs[0], [out.index(label) for label in found])
    label = out[axis]
    like = next((part for own, part in parts if own == label), None)
    read = [each for each, own in both if label not in own and isinstance(each, Part)]
    if op.type == "Einsum" and len(both) == 2 and len(read) == 1 and b"..." not in op.get_attr("equation"):
        value = _einsum_in_order(step, both, out, read[0], label, like)
    else:
        values = [step.on(each, own.index(label), like) if label in own else step.whole(each) for each, own in both]
        [value] = run(op, values)
    return [Part(value, axis) if like is None else like.like(value, axis)]


def _einsum_in_order(
    step: Step, both: Sequence[tuple[Operand, str]], out: str, read: Part, label: str, like: Part | None
) -> Any:
    """Returns a product of which one operand is read in full, kept in the order in which that is multiplied.

    An Einsum copies what is in another order first, which for all keys and values, at each place, takes longer than all else.
    """
    [(own, own_labels)] = [each for each in both if each[0] is not read]
    [labels] = [labels for each, labels in both if each is read]
    # What both have and the result has, too, then the rest as it is.
    order = sorted(range(len(labels)), key=lambda at: (not (labels[at] in own_labels and labels[at] in out), at))
    equation = f"{own_labels},{''.join(labels[at] for at in order)}->{out}"
    operands = [step.on(own, own_labels.index(label), like), step.whole(read, order)]
    return tf.raw_ops.Einsum(inputs=operands, equation=equation)


def _each_alike(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    return [each.like(each.value) if isinstance(each, Part) else each for each in operands]


def _reshape(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    old, new = op.inputs[0].shape.as_list(), op.outputs[0].shape.as_list()
    [x, *_] = operands
    if isinstance(x, Whole):
        return [Whole(tf.reshape(x.value, new))]
    time = step.graph.time
    before, done = math.prod(old[: x.axis]) * x.outer, 1
    for axis, size in enumerate(new):
        if size > 1 and before % done == 0 and (done * size) % (before * time) == 0:
            outer, inner = before // done, done * size // (before * time)
            shape = [*new[:axis], outer * inner, *new[axis + 1 :]]
            return [Part(tf.reshape(x.value, shape), axis, outer, inner)]
        done *= size
    return [Whole(tf.reshape(step.whole(x), new))]


def _transpose(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    order, [x, *_] = step.constant(op, 1).tolist(), operands
    assert isinstance(x, Part)
    return [x.like(tf.transpose(x.value, order), order.index(x.axis))]


def _reduce(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    axes = {int(axis) % len(op.inputs[0].shape) for axis in np.atleast_1d(step.constant(op, 1))}
    x = step.away_from(operands[0], axes)
    [value] = run(op, [x.value, operands[1].value])
    return [Whole(value) if isinstance(x, Whole) else x.like(value, after_reducing(op, x.axis, axes))]


def _softmax(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    x = step.away_from(operands[0], {len(op.inputs[0].shape) - 1})
    [value] = run(op, [x.value])
    return [Whole(value) if isinstance(x, Whole) else x.like(value)]


def _gather_of_variable(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    _, ids = operands
    assert isinstance(ids, Part)
    return [ids.like(run(op, [each.value for each in operands])[0])]


def _gather(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    table, ids, *_ = operands
    rank = len(op.inputs[0].shape)
    axis = int(step.constant(op, 2)) % rank
    if op.get_attr("batch_dims"):
        return None
    if isinstance(ids, Part) and isinstance(table, Whole):
        return [ids.like(run(op, [each.value for each in operands])[0], ids.axis + axis)]
    if isinstance(table, Part) and isinstance(ids, Whole) and axis != table.axis:
        moved = table.axis + (len(op.inputs[1].shape) - 1 if axis < table.axis else 0)
        return [table.like(run(op, [each.value for each in operands])[0], moved)]
    return None


def _one_hot(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    x, axis = operands[0], op.get_attr("axis")
    if not isinstance(x, Part):
        return None
    return [x.like(run(op, [each.value for each in operands])[0], x.axis + (axis != -1 and axis <= x.axis))]


def _strided_slice(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    x = operands[0]
    if not isinstance(x, Part):
        return None
    found = sliced(x, op, [step.constant(op, number) for number in (1, 2, 3)])
    return None if found is None else [found]


def _slice(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    x, shape = operands[0], op.outputs[0].shape.as_list()
    if not isinstance(x, Part) or shape[x.axis] != op.inputs[0].shape[x.axis]:
        return None
    begin = step.constant(op, 1).tolist()
    size = [x.value.shape[axis] if axis == x.axis else count for axis, count in enumerate(shape)]
    return [x.like(tf.slice(x.value, begin, size))]


def _joined(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    rank, is_concat = len(op.outputs[0].shape), op.type == "ConcatV2"
    axis = int(step.constant(op, len(operands) - 1) if is_concat else op.get_attr("axis")) % rank
    given = [step.away_from(each, {axis}) for each in operands[:-1]] if is_concat else list(operands)
    time = next((each for each in given if isinstance(each, Part)), None)
    if time is None:
        return None
    values = [step.on(each, time.axis, time) for each in given]
    moved = time.axis + (not is_concat and axis <= time.axis)
    return [time.like(run(op, [*values, *([operands[-1].value] if is_concat else [])])[0], moved)]


def _split(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    number = 1 if op.type == "Split" else 0
    x = operands[number]
    told = op.get_attr("axis") if op.type == "Unpack" else step.constant(op, 0 if op.type == "Split" else 2)
    axis = int(told) % len(op.inputs[number].shape)
    if not isinstance(x, Part) or x.axis == axis:
        return None
    moved = x.axis - (op.type == "Unpack" and axis < x.axis)
    return [x.like(value, moved) for value in run(op, [each.value for each in operands])]


def _beside_time(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    """Ops that leave time alone, where their second operand says so."""
    x = operands[0]
    if not isinstance(x, Part):
        return None
    told, rank = step.constant(op, 1), len(op.inputs[0].shape)
    if op.type == "BroadcastTo":
        axis = x.axis + len(op.outputs[0].shape) - rank
        shape = op.outputs[0].shape.as_list()
        shape[axis] = x.value.shape[x.axis]
        return [x.like(tf.broadcast_to(x.value, shape), axis)]
    if op.type == "Tile":
        is_beside = told[x.axis] == 1
    elif op.type in ("Cumsum", "Cumprod", "ReverseV2"):
        is_beside = x.axis not in np.atleast_1d(told) % rank
    else:
        is_beside = not told[x.axis].any()
    return [x.like(run(op, [each.value for each in operands])[0])] if is_beside else None


def _along_last(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    """Ops along the last axis."""
    x = step.away_from(operands[0], {len(op.inputs[0].shape) - 1})
    if isinstance(x, Whole):
        return None
    return [x.like(value) for value in run(op, [x.value, *(each.value for each in operands[1:])])]


def _called(step: Step, op: Any, operands: Sequence[Operand]) -> list[Operand] | None:
    layer = step.graph.markers.layer_of(op)
    return None if layer is None else step.loop(op, layer, operands)


_RULES: dict[str, Rule] = {
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    **dict.fromkeys(PRODUCTS, _product),
    **dict.fromkeys(RESHAPING, _reshape),
    **dict.fromkeys(REDUCING, _reduce),
    **dict.fromkeys(SOFTMAXES, _softmax),
    **dict.fromkeys(("IdentityN", "EnsureShape"), _each_alike),
    **dict.fromkeys(("ConcatV2", "Pack"), _joined),
    **dict.fromkeys(("Split", "SplitV", "Unpack"), _split),
    **dict.fromkeys(
        ("Tile", "BroadcastTo", "Pad", "PadV2", "MirrorPad", "Cumsum", "Cumprod", "ReverseV2"), _beside_time
    ),
    **dict.fromkeys(("PartitionedCall", "StatefulPartitionedCall"), _called),
    "TopKV2": _along_last,
    "Transpose": _transpose,
    "ResourceGather": _gather_of_variable,
    "GatherV2": _gather,
    "OneHot": _one_hot,
    "StridedSlice": _strided_slice,
    "Slice": _slice,
}
