"""Axes that are time: what the positions along queries and keys last, as of the frames of speech."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tb_seqviz_plugin.records.attention.record import AttentionLayer, PerToken, per_token


def parse_axes(axes: Any) -> dict[str, PerToken]:
    """Returns what a user says of axes, by name.

    Args:
        axes: such as {"keys": ("ms", 12.5)}; None for nothing.

    Raises:
        ValueError: if it is something else.

    >>> parse_axes({"queries": ("frames", 2), "keys": ("ms", 12.5)})
    {'queries': ('frames', 2.0), 'keys': ('ms', 12.5)}
    """
    if axes is None:
        return {}
    if not isinstance(axes, Mapping):
        raise ValueError(f"axes={axes!r}; expected a dict, such as {{'keys': ('ms', 12.5)}}.")
    return {str(name): per_token(value, f"axes= has {name!r} as {value!r}") for name, value in axes.items()}


def with_units(layers: Sequence[AttentionLayer], units: Mapping[str, PerToken]) -> list[AttentionLayer]:
    """Returns layers with what their positions last; words stay words.

    Args:
        layers: of one forward pass.
        units: by the name of an axis, or "queries" or "keys" for that side of every layer.

    Raises:
        ValueError: if a name is that of nothing without tokens.
    """
    used: set[str] = set()

    def of(side: str, axis: str, tokens: Sequence[str]) -> PerToken | None:
        name = next((name for name in (axis, side) if name in units and not len(tokens)), None)
        used.update(() if name is None else (name,))
        return None if name is None else units[name]

    found = [
        replace(
            layer,
            query_unit=of("queries", layer.query_axis, layer.query_tokens) or layer.query_unit,
            key_unit=of("keys", layer.key_axis, layer.key_tokens) or layer.key_unit,
        )
        for layer in layers
    ]
    for name in units:
        if name not in used:
            known = [name for layer in layers for name in _bare(layer)]
            raise ValueError(
                f"axes= has a unit for {name!r}, along which no layer runs without tokens; those that do are "
                f"{', '.join(map(repr, dict.fromkeys(known))) or 'none'}."
            )
    return found


def _bare(layer: AttentionLayer) -> list[str]:
    sides = (("queries", layer.query_axis, layer.query_tokens), ("keys", layer.key_axis, layer.key_tokens))
    return [name for side, axis, tokens in sides if not len(tokens) for name in (side, axis) if name]
