"""What the user says about layers, by patterns of their paths: which are logged, and what holds instead of a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tb_seqviz_plugin.callbacks.arguments import matches
from tb_seqviz_plugin.callbacks.attention.axes import Axis
from tb_seqviz_plugin.callbacks.attention.capture import Captured
from tb_seqviz_plugin.callbacks.attention.roles import Placed, Placement, Roles
from tb_seqviz_plugin.callbacks.errors import CaptureError
from tb_seqviz_plugin.schema.attention import ROLES, Role


@dataclass(frozen=True)
class _Override:
    """What the user said about the layers that match a pattern."""

    pattern: str
    role: Role | None = None
    query: str | None = None
    key: str | None = None

    def matches(self, path: str) -> bool:
        return matches(path, self.pattern)


class Overrides:
    """The argument `layers` of AttentionLogger. Where several patterns match a layer, the first holds.

    Args:
        layers: patterns of the paths to log; or a dict from pattern to role, or to a dict with "role", "query" and "key", by which
            every layer is logged; None for every layer as it is guessed.
        axes: the names that axes may have.

    Raises:
        ValueError: if they are something else.

    >>> overrides = Overrides(["decoder/*"], axes=["tokens"])
    >>> overrides.selects("decoder/cross"), overrides.selects("encoder/self")
    (True, False)
    >>> overrides.unmatched(["encoder/self"])
    ['decoder/*']
    """

    def __init__(self, layers: str | Sequence[str] | Mapping[str, Any] | None, axes: Sequence[str]) -> None:
        self._overrides = _parse_layers(layers, axes)
        self._select_all = layers is None or isinstance(layers, Mapping)

    def selects(self, path: str) -> bool:
        """Returns whether a layer is to be logged."""
        return self._select_all or self._of(path) is not None

    def unmatched(self, paths: Sequence[str]) -> list[str]:
        """Returns the patterns that match none of these layers."""
        return [each.pattern for each in self._overrides if not any(each.matches(path) for path in paths)]

    def corrected(self, layer: Captured, guess: Placement, roles: Roles, axes: Sequence[Axis]) -> Placement:
        """Returns where the weights of a layer lie.

        Args:
            layer: the layer.
            guess: what holds where nothing else was said.
            roles: of the layers of the model.
            axes: those of the probe.

        Raises:
            CaptureError: if the probe, as the model takes it, has no such axis.
        """
        override = self._of(layer.path)
        if override is None:
            return guess
        _, _, length, keys = layer.weights.shape
        query = _along(override.query, length, guess.queries, axes) if override.query else guess.queries
        key = _along(override.key, keys, guess.keys, axes) if override.key else guess.keys
        role = override.role
        if role is None:
            role = roles.of(layer, query, key) if override.query or override.key else guess.role
        return Placement(role, query, key)

    def _of(self, path: str) -> _Override | None:
        return next((override for override in self._overrides if override.matches(path)), None)


def _along(name: str, length: int, guess: Placed, axes: Sequence[Axis]) -> Placed:
    """Returns the tokens along an axis that the user names: the positions that are known of it, else all of them."""
    axis = _axis(name, axes)
    places = guess.places if guess.axis is axis or length == 1 else tuple(range(axis.length))
    return Placed(axis, places)


def _axis(name: str, axes: Sequence[Axis]) -> Axis:
    known = {axis.name: axis for axis in axes}
    if name not in known:
        raise CaptureError(f"`layers` names the axis {name!r}; this model has {', '.join(map(repr, known))}.")
    return known[name]


def _parse_layers(layers: Any, axes: Sequence[str]) -> list[_Override]:
    if layers is None:
        return []
    if isinstance(layers, str) and layers:
        layers = [layers]
    if isinstance(layers, Mapping) and layers:
        return [_parse_override(str(pattern), value, axes) for pattern, value in layers.items()]
    if isinstance(layers, Sequence) and layers and all(isinstance(pattern, str) for pattern in layers):
        return [_Override(pattern) for pattern in layers]
    raise ValueError(
        f"The layers are {layers!r}; expected patterns such as ['decoder/*'], or a dict from pattern to role."
    )


def _parse_override(pattern: str, value: Any, axes: Sequence[str]) -> _Override:
    options = {"role": value} if isinstance(value, str) else value
    if not isinstance(options, Mapping) or not set(options) <= {"role", "query", "key"}:
        raise ValueError(
            f"The layers {pattern!r} are given {value!r}; expected a role, or a dict with 'role', 'query' and 'key'."
        )
    role = options.get("role")
    if role is not None and role not in ROLES:
        raise ValueError(
            f"The layers {pattern!r} are given the role {role!r}; expected one of {', '.join(map(repr, ROLES))}."
        )
    for side in ("query", "key"):
        if options.get(side) is not None and options[side] not in axes:
            raise ValueError(
                f"The layers {pattern!r} are given the {side} axis {options[side]!r}; expected one of "
                f"{', '.join(map(repr, axes))}."
            )
    return _Override(pattern, cast("Role | None", role), options.get("query"), options.get("key"))
