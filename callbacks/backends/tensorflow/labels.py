"""The axes of TensorFlow's products as letters, as an einsum has them."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

_OUTER = string.ascii_uppercase


def labels_of(op: Any, shapes: Sequence[tuple[int, ...]]) -> tuple[str, str, str]:
    """Returns a letter for each axis of the two factors and of the product.

    Args:
        op: a matrix product or an einsum of two tensors.
        shapes: those of the factors.

    Raises:
        ValueError: if a factor has a letter twice.
    """
    labels = _of_einsum(op, shapes) if op.type == "Einsum" else _of_matrix_product(op, shapes)
    if any(len(set(each)) < len(each) for each in labels):
        raise ValueError(f"An einsum of {labels} takes a diagonal.")
    return labels


def _of_matrix_product(op: Any, shapes: Sequence[tuple[int, ...]]) -> tuple[str, str, str]:
    names = ("transpose_a", "transpose_b") if op.type == "MatMul" else ("adj_x", "adj_y")
    first, second = (op.attributes(name) for name in names)
    outer = _OUTER[: max(map(len, shapes)) - 2]
    left = outer[len(outer) - len(shapes[0]) + 2 :] + ("zm" if first else "mz")
    right = outer[len(outer) - len(shapes[1]) + 2 :] + ("nz" if second else "zn")
    return left, right, outer + "mn"


def _of_einsum(op: Any, shapes: Sequence[tuple[int, ...]]) -> tuple[str, str, str]:
    equation = op.attributes("equation")
    equation = equation.decode() if isinstance(equation, bytes) else equation
    operands, _, result = equation.replace(" ", "").partition("->")
    left, right = operands.split(",")
    known = set(equation)
    free = [letter for letter in _OUTER if letter not in known]
    hidden = [
        len(shape) - len(labels.replace("...", "")) if "..." in labels else 0
        for labels, shape in zip((left, right), shapes, strict=True)
    ]
    outer = "".join(free[: max(hidden)])
    spelled = [
        labels.replace("...", outer[len(outer) - count :] if count else "")
        for labels, count in zip((left, right), hidden, strict=True)
    ]
    return spelled[0], spelled[1], result.replace("...", outer)
