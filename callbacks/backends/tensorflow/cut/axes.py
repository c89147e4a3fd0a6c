"""Which axis of a product or a sum of two times goes on: of scores [queries, keys] that of the queries, which is summed last."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

REDUCING = {"Sum", "Mean", "Max", "Min", "Prod", "Any", "All", "ArgMax", "ArgMin"}
PRODUCTS = {"BatchMatMulV2", "BatchMatMul", "MatMul", "BatchMatMulV3", "Einsum"}
ELEMENTWISE = {
    "Add", "AddV2", "Sub", "Mul", "RealDiv", "Div", "DivNoNan", "Maximum", "Minimum", "Pow", "SquaredDifference", "FloorDiv",
    "FloorMod", "Mod", "Atan2", "Xdivy", "Xlogy", "Xlog1py", "Equal", "NotEqual", "Greater", "GreaterEqual", "Less",
    "LessEqual", "LogicalAnd", "LogicalOr", "LogicalNot", "Select", "SelectV2", "Cast", "Neg", "Exp", "Expm1", "Log", "Log1p",
    "Sqrt", "Rsqrt", "Square", "Abs", "Sign", "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Softplus", "Softsign", "Sigmoid",
    "Tanh", "Erf", "Erfc", "Sin", "Cos", "Sinh", "Cosh", "Reciprocal", "Inv", "Floor", "Ceil", "Round", "Rint", "IsNan",
    "IsInf", "IsFinite", "Identity", "StopGradient", "PreventGradient", "CheckNumerics", "BiasAdd", "AddN", "ZerosLike",
    "OnesLike", "ClipByValue", "BitwiseAnd", "BitwiseOr", "Snapshot",
}  # fmt: skip
SOFTMAXES = {"Softmax", "LogSoftmax"}
RESHAPING = {"Reshape", "ExpandDims", "Squeeze"}

NEVER = 10**9


def labels_of(op: Any) -> tuple[list[str], str]:
    """Returns a letter for each axis of the operands of a product, and those of its result."""
    ranks = [len(tensor.shape) for tensor in op.inputs]
    if op.type == "Einsum":
        left, out = op.get_attr("equation").decode().replace(" ", "").split("->")
        labels = left.split(",")
        if "..." not in left:
            return labels, out
        free = [rank - len(label.replace("...", "")) for rank, label in zip(ranks, labels, strict=True)]
        fill = "ZYXWVUTS"[: max(free)]
        labels = [label.replace("...", fill[len(fill) - count :]) for label, count in zip(labels, free, strict=True)]
        return labels, out.replace("...", fill)
    names = ("transpose_a", "transpose_b") if op.type == "MatMul" else ("adj_x", "adj_y")
    batch = "ZYXWVUTS"[: max(ranks) - 2]
    labels = [
        batch[len(batch) - (rank - 2) :] + (pair[::-1] if op.get_attr(name) else pair)
        for rank, name, pair in zip(ranks, names, ("mk", "kn"), strict=True)
    ]
    return labels, batch + "mn"


class Lifetimes:
    """How long the axes of a graph live until they are summed over.

    Args:
        needed: names of the ops that have a part in the result.
        constant: returns the value of a tensor that does not depend on the text.
    """

    def __init__(self, needed: set[str], constant: Callable[[Any], npt.NDArray[Any]]) -> None:
        self._needed, self._constant = needed, constant
        self._known: dict[tuple[str, int], int] = {}

    def of(self, tensor: Any, axis: int) -> int:
        """Returns after how many ops an axis is summed over: of the keys sooner than of the queries, which go on."""
        if (tensor.name, axis) not in self._known:
            seen, edge, steps = {(tensor.name, axis)}, [(tensor, axis)], 0
            while edge:
                after = [
                    self._after(op, one, at) for one, at in edge for op in one.consumers() if op.name in self._needed
                ]
                if True in after:
                    break
                edge = [each for each in after if isinstance(each, tuple) and (each[0].name, each[1]) not in seen]
                seen.update((one.name, at) for one, at in edge)
                steps += 1
            self._known[tensor.name, axis] = steps if edge else NEVER
        return self._known[tensor.name, axis]

    def _after(self, op: Any, tensor: Any, axis: int) -> tuple[Any, int] | bool:
        """Returns where an axis is after an op, True if that sums over it, False if that is unknown."""
        number = next(index for index, each in enumerate(op.inputs) if each is tensor)
        rank, out = len(tensor.shape), op.outputs[0] if op.outputs else None
        if out is None:
            return False
        if op.type in SOFTMAXES:
            return axis == rank - 1 or (out, axis)
        if op.type in REDUCING and number == 0:
            axes = {int(each) % rank for each in np.atleast_1d(self._constant(op.inputs[1]))}
            return axis in axes or (out, after_reducing(op, axis, axes))
        if op.type in PRODUCTS:
            labels, left = labels_of(op)
            return labels[number][axis] not in left or (out, left.index(labels[number][axis]))
        if op.type == "Transpose" and number == 0:
            return out, list(self._constant(op.inputs[1])).index(axis)
        if op.type in RESHAPING and number == 0:
            before, done = math.prod(tensor.shape.as_list()[:axis]), 1
            for new, size in enumerate(out.shape.as_list()):
                if done == before and size == tensor.shape[axis]:
                    return out, new
                done *= size
        if op.type in ELEMENTWISE:
            return out, axis + len(out.shape) - rank
        return False


def after_reducing(op: Any, axis: int, axes: set[int]) -> int:
    """Returns where an axis is once others are reduced."""
    keeps = op.type not in ("ArgMax", "ArgMin") and op.get_attr("keep_dims")
    return axis if keeps else axis - sum(each < axis for each in axes)
