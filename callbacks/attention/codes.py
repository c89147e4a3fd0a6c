"""Codes: what each entry of a tensor stands for, as whole numbers, in as few numbers as will do.

A code has an axis for each axis of its tensor, of its size or of size 1 where the number does not depend on it: of [batch, time,
features] the positions are [1, time, 1]. So following them through a model costs next to nothing, whatever its width.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Code = npt.NDArray[np.int64]
"""Whole numbers, -1 for none."""

_MOST = 1 << 21
"""Numbers in a code, at most; what would need more is given up."""


def along(axis: int, rank: int, numbers: npt.ArrayLike) -> Code:
    """Returns the code of a tensor whose entries differ along one axis.

    >>> along(1, 3, [0, 1, 2]).shape
    (1, 3, 1)
    """
    shape = [1] * rank
    shape[axis] = -1
    return np.asarray(numbers, np.int64).reshape(shape)


def varying(code: Code) -> tuple[int, ...]:
    """Returns the axes that a code depends on."""
    return tuple(axis for axis, size in enumerate(code.shape) if size > 1)


def reduced(code: Code) -> Code:
    """Returns a code without the axes that it does not depend on."""
    for axis, size in enumerate(code.shape):
        if size > 1:
            first = code[(slice(None),) * axis + (slice(0, 1),)]
            if (code == first).all():
                code = first
    return code


def reshape(code: Code, shape: Sequence[int], target: Sequence[int]) -> Code | None:
    """Returns the code of a tensor in other axes, None if that is too large.

    Args:
        code: of a tensor of a shape.
        shape: of the tensor.
        target: its new shape.

    >>> reshape(along(1, 2, [0, 1, 2]), (2, 3), (6, 1)).ravel().tolist()
    [0, 1, 2, 0, 1, 2]
    """
    full: list[int] = []
    result: list[int] = []
    for before, after in _groups(shape, target):
        if all(code.shape[axis] == 1 for axis in before):
            full += [1] * len(before)
            result += [1] * len(after)
        else:
            full += [shape[axis] for axis in before]
            result += [target[axis] for axis in after]
    if math.prod(full) > _MOST:
        return None
    return reduced(np.broadcast_to(code, full).reshape(result))


def transpose(code: Code, order: Sequence[int]) -> Code:
    """Returns the code of a tensor with its axes in another order."""
    return code.transpose(order)


def take(code: Code, indices: Mapping[int, npt.NDArray[np.int64]]) -> Code:
    """Returns the code of entries chosen along axes; -1 chooses none."""
    for axis, places in indices.items():
        none = places < 0
        if code.shape[axis] > 1:
            code = code.take(np.where(none, 0, places), axis)
        if none.any():
            code = np.where(along(axis, code.ndim, none).astype(bool), -1, code)
    return reduced(code)


def concat(codes: Sequence[Code | None], axis: int, sizes: Sequence[int]) -> Code | None:
    """Returns the code of tensors one after the other, None if that is too large; of those without a code it is -1."""
    known = [code for code in codes if code is not None]
    shape = list(np.broadcast_shapes(*(_without(code.shape, axis) for code in known)))
    if math.prod(shape) * sum(sizes) > _MOST:
        return None
    parts = []
    for code, size in zip(codes, sizes, strict=True):
        shape[axis] = size
        parts.append(np.full(shape, -1, np.int64) if code is None else np.broadcast_to(code, shape))
    return reduced(np.concatenate(parts, axis))


def agreed(code: Code, axes: Sequence[int]) -> Code:
    """Returns the code of what is made of all entries along axes: what those that have a number agree on, else -1."""
    axes = tuple(axis for axis in axes if code.shape[axis] > 1)
    if not axes:
        return code
    highest = code.max(axes, keepdims=True)
    lowest = np.where(code < 0, highest, code).min(axes, keepdims=True)
    return reduced(np.where(highest == lowest, highest, -1))


def differs(code: Code, axes: Sequence[int]) -> bool:
    """Returns whether places that there are differ along axes."""
    axes = tuple(axis for axis in axes if code.shape[axis] > 1)
    if not axes:
        return False
    highest = code.max(axes, keepdims=True)
    return bool(((code >= 0) & (code != highest)).any())


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (*shape[:axis], 1, *shape[axis + 1 :])


def _groups(shape: Sequence[int], target: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Returns the axes of two shapes of one size in groups that hold the same entries."""
    groups: list[tuple[list[int], list[int]]] = []
    before = after = 0
    while before < len(shape) or after < len(target):
        left, right = ([before] if before < len(shape) else []), ([after] if after < len(target) else [])
        sizes = [math.prod(shape[axis] for axis in left), math.prod(target[axis] for axis in right)]
        before, after = before + len(left), after + len(right)
        while sizes[0] != sizes[1]:
            if sizes[0] < sizes[1]:
                left.append(before)
                sizes[0] *= shape[before]
                before += 1
            else:
                right.append(after)
                sizes[1] *= target[after]
                after += 1
        groups.append((left, right))
    return groups
