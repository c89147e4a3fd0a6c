"""What an attention layer connects: which token axis its queries and keys run along, and so its role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tb_seqviz_plugin.callbacks.attention.axes import Axis
from tb_seqviz_plugin.callbacks.attention.capture import Captured
from tb_seqviz_plugin.records.attention.record import guess_self_role
from tb_seqviz_plugin.schema.attention import Role


@dataclass(frozen=True)
class Placement:
    """Where a layer's weights lie.

    Args:
        role: what the layer connects.
        query_axis: the axis along the queries, None if none fits.
        key_axis: the axis along the keys, None if none fits.
    """

    role: Role
    query_axis: Axis | None
    key_axis: Axis | None


def place(layer: Captured, queries: int, axes: Sequence[Axis]) -> Placement:
    """Returns the placement that fits best, by the lengths and by what the values are computed from.

    Args:
        layer: the captured weights.
        queries: number of queries, those of all calls where a loop makes one query a call.
        axes: the probe's axes, the source before the target.
    """
    key_axis = _fitting(layer.weights.shape[3], axes, layer.key_sources)
    beyond_keys = None
    if layer.query_sources is not None and layer.key_sources is not None:
        beyond_keys = layer.query_sources - layer.key_sources
    query_axis = _fitting(queries, axes, beyond_keys or layer.query_sources)
    fits_keys_as_well = key_axis is not None and queries == key_axis.length
    if fits_keys_as_well and not beyond_keys:
        query_axis = key_axis
    if key_axis is not None and key_axis.parts and layer.weights.shape[2] == 1:  # each call asks for its sentence
        query_axis = next((axis for axis in axes if axis.input == key_axis.name), None)
    return Placement(guess_role(layer, query_axis, key_axis, axes), query_axis, key_axis)


def guess_role(layer: Captured, query_axis: Axis | None, key_axis: Axis | None, axes: Sequence[Axis]) -> Role:
    """Returns the role that two axes make."""
    if query_axis is None or key_axis is None:
        apart = layer.weights.shape[2] != layer.weights.shape[3]
        return "cross" if key_axis is not None and apart and len(axes) > 0 and _decodes(layer) else "other"
    if query_axis is not key_axis:
        return "other" if query_axis.of_input == key_axis.of_input else "cross"
    if len({axis.of_input for axis in axes}) == 1:
        return guess_self_role(layer.weights.reshape(-1, *layer.weights.shape[2:]))
    return "encoder self" if query_axis.of_input == axes[0].of_input else "decoder self"


def _decodes(layer: Captured) -> bool:
    """Returns whether a decoder may be asking: more than one query, in one call or in several."""
    return layer.weights.shape[2] > 1 or layer.call > 0


def _fitting(length: int, axes: Sequence[Axis], sources: frozenset[str] | None) -> Axis | None:
    """Returns the axis of this length; of several, the last that the tensor depends on, since a decoder sees both."""
    candidates = [axis for axis in axes if axis.length == length]
    dependent = [axis for axis in candidates if sources and axis.of_input in sources]
    return next(reversed(dependent or candidates), None)
