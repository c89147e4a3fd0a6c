"""TensorFlow's ops that only choose entries and set them into another shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Shape = tuple[int, ...]
Places = npt.NDArray[np.int64]

MOVES = {
    "Reshape", "ExpandDims", "Squeeze", "Split", "SplitV", "Unpack", "Slice", "StridedSlice", "Tile", "BroadcastTo", "ReverseV2",
    "Roll", "Pad", "PadV2", "MirrorPad",
}  # fmt: skip


def chosen_by(
    op: Any, shape: Shape, target: Shape, value_of: Callable[[Any], Any]
) -> tuple[Shape, Mapping[int, Places]]:
    """Returns the shape that an op's input is first given, and the places along its axes that are then chosen.

    Args:
        op: one of `MOVES` with one output.
        shape: of its first input.
        target: of its output.
        value_of: returns what a tensor holds.
    """
    if op.type == "Tile":
        return shape, {
            axis: np.tile(np.arange(size), after // max(size, 1))
            for axis, (size, after) in _of_each(shape, target)
            if size != after
        }
    if op.type == "BroadcastTo":
        shape = (*[1] * (len(target) - len(shape)), *shape)
        return shape, {axis: np.zeros(size, np.int64) for axis, (own, size) in _of_each(shape, target) if own != size}
    if op.type == "ReverseV2":
        axes = [int(axis) % len(shape) for axis in np.atleast_1d(value_of(op.inputs[1]))]
        return shape, {axis: np.arange(shape[axis])[::-1] for axis in axes}
    if op.type == "Roll":
        rolls = zip(*(np.atleast_1d(value_of(tensor)) for tensor in op.inputs[1:3]), strict=True)
        return shape, {int(axis) % len(shape): np.roll(np.arange(shape[axis]), shift) for shift, axis in rolls}
    if op.type in ("Pad", "PadV2", "MirrorPad"):
        pads = [(int(before), int(after)) for before, after in value_of(op.inputs[1])]
        padded = {axis: np.pad(np.arange(size), pad, constant_values=-1) for axis, (size, pad) in _of_each(shape, pads)}
        return shape, {axis: places for axis, places in padded.items() if pads[axis] != (0, 0)}
    if op.type == "Slice":
        begin = [int(start) for start in value_of(op.inputs[1])]
        return shape, {
            axis: np.arange(start, start + size)
            for axis, (start, size) in _of_each(begin, target)
            if size != shape[axis]
        }
    if op.type == "StridedSlice":
        return _strided(op, shape, value_of)
    return shape, {}


def parts_of(
    op: Any, shape_of: Callable[[Any], Shape], value_of: Callable[[Any], Any]
) -> tuple[Any, int, list[Places]]:
    """Returns what an op splits, the axis, and the places along it of each part."""
    if op.type == "Unpack":
        (given,) = op.inputs
        axis = op.attributes("axis") % len(shape_of(given))
        return given, axis, [np.array([place]) for place in range(shape_of(given)[axis])]
    given, axis = (op.inputs[1], op.inputs[0]) if op.type == "Split" else (op.inputs[0], op.inputs[2])
    axis = int(value_of(axis)) % len(shape_of(given))
    length = shape_of(given)[axis]
    if op.type == "Split":
        return given, axis, np.split(np.arange(length), len(op.outputs))
    return given, axis, np.split(np.arange(length), np.cumsum([shape_of(out)[axis] for out in op.outputs])[:-1])


def _strided(op: Any, shape: Shape, value_of: Callable[[Any], Any]) -> tuple[Shape, dict[int, Places]]:
    begin, end, strides = (np.asarray(value_of(tensor)) for tensor in op.inputs[1:4])
    names = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
    from_start, to_end, ellipsis, new_axis, shrink = (op.attributes(name) for name in names)
    axis, indices = 0, dict[int, Places]()
    named = sum(1 for k in range(len(begin)) if not (new_axis >> k & 1 or ellipsis >> k & 1))
    for k in range(len(begin)):
        if ellipsis >> k & 1:
            axis += len(shape) - named
        elif not new_axis >> k & 1:
            start = None if from_start >> k & 1 else int(begin[k])
            stop = None if to_end >> k & 1 else int(end[k])
            everywhere = np.arange(shape[axis])
            chosen = everywhere[[int(begin[k])]] if shrink >> k & 1 else everywhere[start : stop : int(strides[k])]
            if len(chosen) != shape[axis] or (chosen != everywhere).any():
                indices[axis] = chosen
            axis += 1
    return shape, indices


def _of_each(first: Any, second: Any) -> Any:
    return enumerate(zip(first, second, strict=True))
