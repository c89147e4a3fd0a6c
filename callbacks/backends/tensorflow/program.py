"""The ops of a forward pass in the few kinds of `callbacks/model/program.py`: of a graph, or of what ran op by op."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.functions import components_of
from tb_seqviz_plugin.callbacks.backends.tensorflow.labels import labels_of
from tb_seqviz_plugin.callbacks.backends.tensorflow.moves import MOVES, chosen_by, parts_of
from tb_seqviz_plugin.callbacks.backends.tensorflow.windows import WINDOWS, middles_of
from tb_seqviz_plugin.callbacks.model.program import (
    Concat,
    Elementwise,
    How,
    Lookup,
    Opaque,
    Product,
    Program,
    Reduce,
    Reshape,
    Take,
    Transpose,
    Window,
)

Shape = tuple[int, ...]

_GIVEN = {
    "Placeholder", "PlaceholderWithDefault", "Const", "VarHandleOp", "ReadVariableOp", "Shape", "ShapeN", "Size", "Rank",
    "ZerosLike", "OnesLike", "Fill", "Range",
}  # fmt: skip
"""Ops whose results are computed from no values."""
_READING = {"Placeholder", "PlaceholderWithDefault", "VarHandleOp", "ReadVariableOp"}
"""Those of them whose results are no constants."""
_SAME = {
    "Identity", "IdentityN", "Cast", "StopGradient", "CheckNumerics", "CheckNumericsV2", "PreventGradient", "Snapshot",
    "EnsureShape", "TensorListFromTensor", "DebugIdentityV2",
}  # fmt: skip
_HOW: dict[str, How] = {
    "Mul": "multiply", "MulNoNan": "multiply", "Neg": "multiply", "RealDiv": "divide", "Div": "divide", "DivNoNan": "divide",
    "AddV2": "add", "Add": "add", "AddN": "add", "BiasAdd": "add", "Sub": "subtract", "Select": "select", "SelectV2": "select",
    "MatrixBandPart": "select", "Maximum": "clip", "Minimum": "clip", "ClipByValue": "clip", "Exp": "exp",
}  # fmt: skip
REDUCTIONS = {"Sum", "Mean", "Max", "Min", "Prod", "Any", "All", "EuclideanNorm", "ArgMax", "ArgMin"}
PRODUCTS = {"MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum"}
_MIXING = {"FFT", "IFFT", "RFFT", "IRFFT", "FFT2D", "IFFT2D", "RandomShuffle", "MatrixInverse", "Cholesky", "LRN"}
"""Ops that return the shape that they are given, and compute no entry from that at its place."""


@dataclass(frozen=True, eq=False)
class RawOp:
    """An op as TensorFlow has it.

    Args:
        type: such as "MatMul".
        inputs: what it reads.
        outputs: what it makes.
        attributes: returns one of its attributes by name.
        place: the backend's mark when it was made.
    """

    type: str
    inputs: Sequence[Any]
    outputs: Sequence[Any]
    attributes: Callable[[str], Any]
    place: int


def ops_in(graph: Any, around: int | None = None) -> Iterable[RawOp]:
    """Yields the ops of a graph, at their own marks or, of a graph inside another, all at that of what runs it."""
    for place, op in enumerate(graph.get_operations()):
        yield RawOp(op.type, op.inputs, op.outputs, op.get_attr, place if around is None else around)


def key_of(tensor: Any) -> object:
    """Returns what a tensor is known by: its name in a graph, its identity where it has a value."""
    return tensor.name if hasattr(tensor, "graph") else id(tensor)


class ProgramReader:
    """Makes a program of ops.

    Args:
        inputs: the model's inputs by name.
        shape_of: returns the shape of a tensor, whether or not the graph tells it.
        value_of: returns what a tensor of whole numbers holds that is small or not computed from inputs.

    Attributes:
        program: what was read so far.
    """

    def __init__(
        self, inputs: Mapping[str, Any], shape_of: Callable[[Any], Shape], value_of: Callable[[Any], Any]
    ) -> None:
        self.program = Program()
        self._shape_of, self._value_of = shape_of, value_of
        self._lists: dict[int, list[int]] = {}  # of what a loop writes, the tensors that it reads step by step
        self._constant: set[object] = set()
        self._variables: set[object] = set()
        self._place = -1
        for name, tensor in inputs.items():
            for part in components_of(tensor):
                self.program.inputs.setdefault(name, self._number(part))
                self.program.moving.add(self._number(part))

    def read(self, ops: Iterable[RawOp]) -> Program:
        """Returns the program of all ops."""
        for op in ops:
            self._place = op.place
            if self._is_constant(op):
                self._constant.update(map(key_of, op.outputs))
            elif op.type == "ReadVariableOp":
                self._variables.update(map(key_of, op.outputs))
            elif op.type not in _GIVEN and op.outputs:
                try:
                    self._read(op)
                except (ValueError, TypeError, IndexError, KeyError):
                    self._read_opaque(op)  # what cannot be made out counts as anything
        return self.program

    def _is_constant(self, op: RawOp) -> bool:
        """Returns whether what an op makes is no floats and depends on no values, as sizes do not: nothing of it is followed."""
        if op.type in _GIVEN:
            return op.type not in _READING
        if (
            not op.inputs
            or op.type.endswith("While")
            or any(out.dtype.is_floating or out.dtype == tf.variant for out in op.outputs)
        ):
            return False
        return all(key_of(tensor) in self._constant for tensor in op.inputs)

    def _read(self, op: RawOp) -> None:
        kind, out = op.type, op.outputs[0]
        if kind in _SAME:
            for given, made in zip(op.inputs, op.outputs, strict=False):
                self._elementwise("same", [given], made)
        elif kind in _HOW:
            count = 1 if kind == "MatrixBandPart" else len(op.inputs)
            self._elementwise(_HOW[kind], op.inputs[:count], out)
        elif kind in MOVES:
            self._move(op)
        elif kind in ("ConcatV2", "Concat"):
            *parts, axis = op.inputs if kind == "ConcatV2" else [*op.inputs[1:], op.inputs[0]]
            rank = len(self._shape(out))
            self._set(
                out, Concat(self._numbers(parts), self._new_like(out), self._place, int(self._value_of(axis)) % rank)
            )
        elif kind == "Pack":
            axis = op.attributes("axis") % len(self._shape(out))
            shape = (*self._shape(out)[:axis], 1, *self._shape(out)[axis + 1 :])
            parts = [self._reshaped(self._number(part), shape) for part in op.inputs]
            self._set(out, Concat(tuple(parts), self._new_like(out), self._place, axis))
        elif kind == "Transpose":
            order = tuple(int(axis) for axis in self._value_of(op.inputs[1]))
            self._set(out, Transpose(self._numbers(op.inputs[:1]), self._new_like(out), self._place, order))
        elif kind in PRODUCTS and len(op.inputs) == 2:
            left, right, result = labels_of(op, [self._shape(tensor) for tensor in op.inputs])
            self._set(out, Product(self._numbers(op.inputs), self._new_like(out), self._place, left, right, result))
        elif kind in REDUCTIONS:
            self._reduce(op)
        elif kind in ("GatherV2", "ResourceGather", "Gather"):
            self._gather(op)
        elif kind == "TopKV2":
            self._sort(op)
        elif kind in WINDOWS:
            padding = self._padding_before(self._number(op.inputs[0]))
            indices, features, has_kernel = middles_of(op, self._shape(op.inputs[0]), self._shape(out), padding)
            inputs = self._numbers(op.inputs[: 2 if has_kernel else 1])
            self._set(out, Window(inputs, self._new_like(out), self._place, indices, features, has_kernel))
        elif kind.startswith("TensorList"):
            self._list(op)
        elif kind in ("While", "StatelessWhile"):
            self._loop(op)
        elif kind == "OneHot":
            axis = op.attributes("axis") % len(self._shape(out))
            shape = (*self._shape(out)[:axis], 1, *self._shape(out)[axis + 1 :])
            ids = self._reshaped(self._number(op.inputs[0]), shape)
            self._set(out, Elementwise((ids,), self._new_like(out), self._place, "other"))
        elif kind == "Softmax":
            self.program.softmaxes[self._elementwise("other", op.inputs, out)] = (len(self._shape(out)) - 1,)
        elif kind.startswith("FusedBatchNorm"):
            self._elementwise("other", op.inputs[:3], out)
        elif len(op.outputs) == 1 and kind not in _MIXING and self._is_elementwise(op):
            self._elementwise("other", op.inputs, out)
        else:
            self._read_opaque(op)

    def _read_opaque(self, op: RawOp) -> None:
        for out in op.outputs:
            self._set(out, Opaque(self._numbers(op.inputs), self._new_like(out), self._place, op.type))

    # What all kinds need

    def _number(self, tensor: Any) -> int:
        key, program = key_of(tensor), self.program
        if key not in program.numbers:
            program.numbers[key] = self._new_like(tensor)
            program.parameters.add(program.numbers[key])
            if key in self._variables or tensor.dtype == tf.resource:
                program.variables.add(program.numbers[key])
        return program.numbers[key]

    def _numbers(self, tensors: Iterable[Any]) -> tuple[int, ...]:
        return tuple(self._number(tensor) for tensor in tensors)

    def _shape(self, tensor: Any) -> Shape:
        number = self.program.numbers.get(key_of(tensor))
        return self._shape_of(tensor) if number is None else self.program.shapes[number]

    def _new_like(self, tensor: Any) -> int:
        return self.program.new(self._shape_of(tensor), tensor.dtype.is_floating)

    def _set(self, tensor: Any, op: Any) -> int:
        self.program.numbers[key_of(tensor)] = self.program.add(op)
        return int(op.output)

    def _elementwise(self, how: How, inputs: Sequence[Any], out: Any) -> int:
        if tf.variant in (inputs[0].dtype, out.dtype):  # a list of tensors has no shape of its own
            (given,) = self._numbers(inputs[:1])
            number = self.program.new(self.program.shapes[given], given in self.program.floats)
            return self._set(out, Elementwise((given,), number, self._place, how))
        return self._set(out, Elementwise(self._numbers(inputs), self._new_like(out), self._place, how))

    def _is_elementwise(self, op: RawOp) -> bool:
        shapes = [self._shape(tensor) for tensor in op.inputs]
        try:
            return bool(shapes) and np.broadcast_shapes(*shapes) == self._shape(op.outputs[0]) != ()
        except ValueError:
            return False

    def _reshaped(self, number: int, shape: Sequence[int]) -> int:
        if self.program.shapes[number] == tuple(shape):
            return number
        output = self.program.new(shape, number in self.program.floats)
        return self.program.add(Reshape((number,), output, self._place))

    def _taken(self, number: int, indices: Mapping[int, Any]) -> int:
        shape = list(self.program.shapes[number])
        for axis, places in indices.items():
            shape[axis] = len(places)
        output = self.program.new(shape, number in self.program.floats)
        return self.program.add(Take((number,), output, self._place, indices))

    def _padding_before(self, number: int) -> list[tuple[int, int, int]]:
        """Returns of each axis that was padded its size, how much was put before it, and how much there was."""
        maker = self.program.makers.get(number)
        while isinstance(maker, Reshape):
            maker = self.program.makers.get(maker.inputs[0])
        found = []
        for places in maker.indices.values() if isinstance(maker, Take) else ():
            there = np.flatnonzero(places >= 0)
            if 0 < len(there) < len(places):
                found.append((len(places), int(there[0]), len(there)))
        return found

    # Kinds

    def _move(self, op: RawOp) -> None:
        """Reads an op that only chooses entries: by places along axes, then in a new shape."""
        if op.type in ("Split", "SplitV", "Unpack"):
            given, axis, parts = parts_of(op, self._shape, self._value_of)
            for out, places in zip(op.outputs, parts, strict=True):
                number = self._taken(self._number(given), {axis: places})
                self.program.numbers[key_of(out)] = self._reshaped(number, self._shape_of(out))
            return
        (out,) = op.outputs
        number = self._number(op.inputs[0])
        shape, indices = chosen_by(op, self._shape(op.inputs[0]), self._shape_of(out), self._value_of)
        number = self._reshaped(number, shape)
        if indices:
            number = self._taken(number, indices)
        self.program.numbers[key_of(out)] = self._reshaped(number, self._shape_of(out))

    def _reduce(self, op: RawOp) -> None:
        (out,), rank = op.outputs, len(self._shape(op.inputs[0]))
        axes = tuple(int(axis) % rank for axis in np.atleast_1d(self._value_of(op.inputs[1]))) if rank else ()
        keeps = not op.type.startswith("Arg") and bool(op.attributes("keep_dims"))
        is_sum = op.type in ("Sum", "Mean")
        self._set(out, Reduce(self._numbers(op.inputs[:1]), self._new_like(out), self._place, axes, keeps, is_sum))

    def _gather(self, op: RawOp) -> None:
        (out,), (table, ids) = op.outputs, op.inputs[:2]
        axis = int(self._value_of(op.inputs[2])) % len(self._shape(table)) if op.type == "GatherV2" else 0
        batch_axes = 0 if op.type == "Gather" else op.attributes("batch_dims")
        if op.type != "ResourceGather" and batch_axes == 0 and self._number(ids) not in self.program.moving:
            places = np.asarray(self._value_of(ids), np.int64).ravel()
            number = self._taken(self._number(table), {axis: places})
            self.program.numbers[key_of(out)] = self._reshaped(number, self._shape_of(out))
        else:
            numbers = self._numbers([table, ids])
            self._set(out, Lookup(numbers, self._new_like(out), self._place, axis, batch_axes))

    def _sort(self, op: RawOp) -> None:
        """Reads the largest entries along the last axis, and their places: each is made of all along it."""
        (given,), last = self._numbers(op.inputs[:1]), len(self._shape(op.inputs[0])) - 1
        shape = self.program.shapes[given]
        for out in op.outputs:
            kept = self.program.new((*shape[:last], 1), out.dtype.is_floating)
            self.program.add(Reduce((given,), kept, self._place, (last,), True, False))
            self.program.numbers[key_of(out)] = self._taken(kept, {last: np.zeros(self._shape(out)[last], np.int64)})

    def _list(self, op: RawOp) -> None:
        """Reads an op on the list of tensors that a loop reads or writes, which counts as one tensor with the steps first."""
        (out,), kind = op.outputs, op.type
        given = self._number(op.inputs[0])
        if kind in ("TensorListReserve", "EmptyTensorList"):
            self._lists[self._set(out, Opaque((), self.program.new((), False), self._place, kind))] = []
        elif kind == "TensorListSetItem":
            step, item = int(self._value_of(op.inputs[1])), self._number(op.inputs[2])
            count = len(self._list_shape(given)) and self._list_shape(given)[0]
            steps = count or int(self._value_of(self._reserved(op.inputs[0])))
            item = self._reshaped(item, (1, *self.program.shapes[item]))
            places = np.where(np.arange(steps) == step, 0, -1)
            item = self._taken(item, {0: places})
            if count:
                output = self.program.new(self.program.shapes[item], item in self.program.floats)
                item = self.program.add(Elementwise((given, item), output, self._place, "add"))
            self.program.numbers[key_of(out)] = item
        elif kind == "TensorListGetItem":
            number = self._taken(given, {0: np.array([int(self._value_of(op.inputs[1]))])})
            self.program.numbers[key_of(out)] = self._reshaped(number, self._shape_of(out))
        elif kind == "TensorListStack" and given in self._lists:
            shape = self._shape_of(out)
            read = [self._only_first_axes(number, shape) for number in self._lists[given]]
            self._set(out, Elementwise(tuple(read), self._new_like(out), self._place, "other"))
        elif kind == "TensorListStack":
            self.program.numbers[key_of(out)] = self._reshaped(given, self._shape_of(out))
        else:
            self._read_opaque(op)

    def _list_shape(self, number: int) -> Shape:
        return () if number in self._lists else self.program.shapes[number]

    def _reserved(self, tensor: Any) -> Any:
        """Returns how many tensors a list is made for."""
        return tensor.op.inputs[1] if tensor.op.type == "TensorListReserve" else tensor.op.inputs[0]

    def _only_first_axes(self, number: int, shape: Shape) -> int:
        """Returns a list that a loop reads, with one entry for each step and example."""
        own = self.program.shapes[number]
        output = self.program.new((*own[:2], *[1] * (len(shape) - 2)), number in self.program.floats)
        reduced = self.program.new((*own[:2], *[1] * (len(own) - 2)), number in self.program.floats)
        self.program.add(Reduce((number,), reduced, self._place, tuple(range(2, len(own))), True, False))
        return self.program.add(Reshape((reduced,), output, self._place))

    def _loop(self, op: RawOp) -> None:
        """Reads a loop: what it writes at a step stands for what it reads at that step."""
        numbers = self._numbers(op.inputs)
        lengths = {
            self.program.shapes[number][0]
            for number, tensor in zip(numbers, op.inputs, strict=True)
            if self._is_read(number, tensor)
        }
        for given, tensor, out in zip(numbers, op.inputs, op.outputs, strict=True):
            if tensor.dtype == tf.variant and given not in self._lists:
                self.program.numbers[key_of(out)] = given
                continue
            made = self._set(
                out,
                Opaque(
                    numbers,
                    self.program.new((), False) if tensor.dtype == tf.variant else self._new_like(out),
                    self._place,
                    op.type,
                ),
            )
            if tensor.dtype == tf.variant and len(lengths) == 1:
                self._lists[made] = [
                    number for number, each in zip(numbers, op.inputs, strict=True) if self._is_read(number, each)
                ]

    def _is_read(self, number: int, tensor: Any) -> bool:
        return bool(tensor.dtype == tf.variant and number not in self._lists and len(self.program.shapes[number]) > 1)


def tensors_by_number(program: Program, tensors: Iterable[Any]) -> dict[int, Any]:
    """Returns those of some tensors that are in a program, by their numbers."""
    found: dict[int, Any] = {}
    for tensor in tensors:
        number = program.numbers.get(key_of(tensor))
        if number is not None and tensor.dtype not in (tf.variant, tf.resource):
            found.setdefault(number, tensor)
    return found
