"""What a slice as Python writes it, `x[:, -1]`, makes of the newest place of a tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.parts import Operand, Part, Whole

Item = Any


def sliced(x: Part, op: Any, bounds: Sequence[npt.NDArray[Any]]) -> Operand | None:
    """Returns the slice, None where it takes some places only; "the last place" is the newest one.

    Args:
        x: what is sliced.
        op: a StridedSlice.
        bounds: its begin, end and strides.
    """
    rank = len(op.inputs[0].shape)
    items = _items(op, bounds, rank)
    axis, after = -1, 0
    for number, item in enumerate(items):
        axis += item is not None
        if item is not None and axis == x.axis:
            size = op.inputs[0].shape[axis]
            if isinstance(item, slice) and item.indices(size) == (0, size, 1):
                items[number] = slice(None)
                return x.like(x.value[tuple(items)], after)
            if isinstance(item, int) and item in (-1, size - 1) and x.is_plain:
                items[number] = -1
                return Whole(x.value[tuple(items)])
            return None
        after += not isinstance(item, int)
    return None


def _items(op: Any, bounds: Sequence[npt.NDArray[Any]], rank: int) -> list[Item]:
    """Returns what stands in the brackets, one for each axis and each new one."""
    begin, end, strides = (values.tolist() for values in bounds)
    masks = {name: op.get_attr(f"{name}_mask") for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")}
    items: list[Item] = []
    for number, (first, last, stride) in enumerate(zip(begin, end, strides, strict=True)):
        is_set = {name: bool(mask >> number & 1) for name, mask in masks.items()}
        if is_set["ellipsis"]:
            items.append(Ellipsis)
        elif is_set["new_axis"]:
            items.append(None)
        elif is_set["shrink_axis"]:
            items.append(first)
        else:
            items.append(slice(None if is_set["begin"] else first, None if is_set["end"] else last, stride))
    if Ellipsis not in items:
        items.append(Ellipsis)
    taken = sum(item is not None and item is not Ellipsis for item in items)
    place = items.index(Ellipsis)
    items[place : place + 1] = [slice(None)] * (rank - taken)
    return items
