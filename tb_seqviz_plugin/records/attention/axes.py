"""What stands along the axes of a record: tokens, or what each position lasts, once for all layers that share them."""

from __future__ import annotations

from collections.abc import Sequence

from tb_seqviz_plugin.records.attention.record import PerToken
from tb_seqviz_plugin.schema.attention import AttentionHeader, AxisUnit


class Axes:
    """The axes of a record that is encoded.

    >>> axes = Axes()
    >>> axes.name("source", ["the", "dog"]), axes.name("source", ["a", "cat"]), axes.name("source", ["the", "dog"])
    ('source', 'source 2', 'source')
    """

    def __init__(self) -> None:
        self._of: dict[str, tuple[list[str], PerToken | None]] = {}

    def name(self, name: str, tokens: Sequence[str], unit: PerToken | None = None) -> str:
        """Files what stands along an axis under its name, or a numbered one if other things have it; returns the name used."""
        if not tokens and unit is None:
            return ""
        filed, candidate, number = (list(tokens), unit), name, 1
        while self._of.setdefault(candidate, filed) != filed:
            number += 1
            candidate = f"{name} {number}"
        return candidate

    @property
    def tokens(self) -> dict[str, list[str]]:
        """`AttentionHeader.axes`."""
        return {name: tokens for name, (tokens, _) in self._of.items() if tokens}

    @property
    def units(self) -> list[AxisUnit]:
        """`AttentionHeader.units`."""
        return [AxisUnit(name, *unit) for name, (_, unit) in self._of.items() if unit is not None]


def tokens_of(header: AttentionHeader, axis: str, count: int) -> list[str]:
    """Returns the tokens of an axis, of which a layer has so many; its positions where it has none, and none where it is time."""
    tokens = header.axes.get(axis)
    if tokens is None and any(axis == each.axis for each in header.units):
        return []
    return [str(position) for position in range(count)] if tokens is None else tokens
