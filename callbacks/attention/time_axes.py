"""What the positions of weights last, where a user says what those of an input do: layers may see it shortened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention.axes import Along
from tb_seqviz_plugin.callbacks.attention.capture import Captured
from tb_seqviz_plugin.callbacks.attention.roles import Placed, Placement
from tb_seqviz_plugin.records.attention.record import PerToken
from tb_seqviz_plugin.records.attention.units import parse_axes

SIDES = ("queries", "keys")
_LOST = 0.1
"""Share of an input that convolutions without padding lose at its ends, at most."""


class TimeAxes:
    """The argument `axes` of AttentionLogger.

    Args:
        axes: unit and length of a position, by the name of an input or axis, or "queries" or "keys" for that side of every layer as
            it is; or that of the only input.
        names: those of inputs and axes.

    Raises:
        ValueError: if they are something else.
    """

    def __init__(self, axes: Any, names: Sequence[str]) -> None:
        self._units = parse_axes({names[0]: axes} if isinstance(axes, tuple) and len(names) == 1 else axes)
        known = dict.fromkeys((*SIDES, *names))
        for name in self._units:
            if name not in known:
                raise ValueError(
                    f"axes= has a unit for {name!r}; expected one of {', '.join(map(repr, known))}, that is a side of every layer "
                    "or an input."
                )

    def of(
        self, layer: Captured, placement: Placement, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> list[PerToken | None]:
        """Returns what the queries and the keys of a layer last, None where they are words, or it is not known.

        Args:
            layer: the layer.
            placement: where it lies.
            arrays: the inputs by name, time along their second axis.
        """
        if not self._units:
            return [None, None]
        _, _, *lengths = layer.weights.shape
        sides = zip(
            SIDES, lengths, (placement.queries, placement.keys), (layer.queries, layer.keys), (False, True), strict=True
        )
        return [
            None if is_key and layer.key_names else self._along(side, length, placed, along, arrays)
            for side, length, placed, along, is_key in sides
        ]

    def unused(self, layers: Sequence[Sequence[PerToken | None]]) -> str:
        """Returns a sentence where a unit was given, and no position of any layer has one; else ""."""
        if not self._units or any(unit is not None for layer in layers for unit in layer):
            return ""
        return (
            f"axes= has units for {', '.join(map(repr, self._units))}, and no layer that is logged is known to run along that "
            "without tokens. Name the side that is time: axes={'keys': ('ms', 12.5)}."
        )

    def _along(
        self, side: str, length: int, placed: Placed, along: Along, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> PerToken | None:
        axis = placed.axis
        if axis is not None and not axis.numbered:
            return None
        # As much as is known of the positions; a layer of several inputs is along none of them, unless its positions say so.
        name = next(iter(along.inputs)) if axis is None and len(along.inputs) == 1 else axis and axis.of_input
        if name not in self._units:
            return self._units.get(side)
        unit, per_token = self._units[name]
        stride = 0.0
        if axis is not None:
            stride = _stride(placed.places)
        elif np.ndim(arrays[name]) > 1:
            stride = shortened(arrays[name].shape[1], length)
        return (unit, per_token * stride) if stride else None


def _stride(places: Sequence[int]) -> float:
    """Returns by how many positions of an input each of these is on from the one before, from its first; 0 where they are not."""
    stride = places[1] - places[0] if len(places) > 1 else 1
    return stride if stride > 0 and list(places) == list(range(0, stride * len(places), stride)) else 0


def shortened(length: int, positions: int) -> float:
    """Returns how many positions of an input one of a layer stands for: what strides make, else its share of the whole.

    Args:
        length: of the input.
        positions: how many the layer has.

    >>> shortened(100, 24), shortened(101, 51), shortened(100, 98), shortened(100, 80), shortened(50, 100)
    (4.0, 2.0, 1.0, 1.25, 0.5)
    """
    stride = round(length / positions)
    # Convolutions without padding lose a few positions at the end; those with it may add one that is not full.
    is_whole = stride >= 1 and abs(length - stride * positions) <= max(2 * stride, _LOST * length)
    return float(stride) if is_whole and positions <= length else length / positions
