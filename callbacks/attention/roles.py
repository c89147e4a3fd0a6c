"""What an attention layer connects: which token axis its queries and keys run along, and so its role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention.axes import Along, Axis
from tb_seqviz_plugin.callbacks.attention.capture import Captured
from tb_seqviz_plugin.records.attention.record import Side, guess_self_role
from tb_seqviz_plugin.schema.attention import Role


@dataclass(frozen=True)
class Placed:
    """The tokens along one side of a layer.

    Args:
        axis: the axis, None if none is known.
        places: for each query or key its position on the axis, -1 for none.
        is_guess: whether the axis was chosen by its length alone.
    """

    axis: Axis | None = None
    places: tuple[int, ...] = ()
    is_guess: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether these are all positions of the axis in their order."""
        return self.axis is not None and self.places == tuple(range(self.axis.length))


@dataclass(frozen=True)
class Placement:
    """Where a layer's weights lie.

    Args:
        role: what the layer connects.
        queries: the tokens along the queries.
        keys: the tokens along the keys.
    """

    role: Role
    queries: Placed
    keys: Placed

    @property
    def guessed(self) -> list[Side]:
        """The sides whose axis was chosen by its length alone."""
        sides: list[tuple[Side, Placed]] = [("queries", self.queries), ("keys", self.keys)]
        return [side for side, placed in sides if placed.is_guess]


def placed_along(known: Along, length: int, axes: Sequence[Axis], beyond: frozenset[str] = frozenset()) -> Placed:
    """Returns the tokens along one side of a layer: by what is known of it, else by its length.

    Args:
        known: what lies along it.
        length: how many queries or keys there are.
        axes: the probe's axes, the source before the target.
        beyond: inputs that this side alone is computed from, which count first where its length decides.
    """
    mixed = _is_of_several(known)
    named = {axis.name for axis in axes if axis.input or axis.is_input}
    fits = [] if mixed else list(_known(known, axes, named))
    # What has two values only, as a mask, is laid over what it is a mask of.
    for placed in sorted(fits, key=lambda placed: placed.axis is not None and placed.axis.is_mask):
        added = [each for each in axes if each.name not in named and each.length == length]
        if placed.is_whole or length == 1 or not added:
            return placed
    if length < 2:
        return Placed()
    fitting = [axis for axis in axes if axis.length == length and not _excluded(axis, known, named)]
    if mixed:
        fitting = [axis for axis in fitting if axis.name not in named]
    for sources in (beyond, known.inputs):
        dependent = [axis for axis in fitting if axis.of_input in sources]
        fitting = dependent or fitting
    if not fitting:
        return Placed()
    return Placed(fitting[-1], tuple(range(length)), is_guess=True)


def _known(known: Along, axes: Sequence[Axis], named: set[str]) -> Iterator[Placed]:
    """Yields the axes of inputs whose positions are known, the nearest first."""
    for origin, places in known.places:
        for axis in axes:
            of_input = axis.of_input == origin.input and axis.name in named
            if of_input and (2 if axis.parts else 1) == origin.axis and max(places) < axis.length:
                yield Placed(axis, places)


def _is_of_several(known: Along) -> bool:
    """Returns whether some positions are of one input and others of another, as where source and target are one sequence."""
    for origin, places in known.places:
        missing = [number for number, place in enumerate(places) if place < 0]
        others = [other for its, other in known.places if its.input != origin.input]
        if missing and any(max(other[number] for number in missing) >= 0 for other in others):
            return True
    return False


def _excluded(axis: Axis, known: Along, named: set[str]) -> bool:
    """Returns whether an input cannot be what lies along a side, since that is computed from others only."""
    return axis.name in named and axis.of_input not in known.inputs


class Roles:
    """Which inputs are encoded and which decoded, as the layers between two inputs tell.

    Args:
        layers: all calls of layers.
        sides: the queries and keys of each.
    """

    def __init__(self, layers: Sequence[Captured], sides: Sequence[tuple[Placed, Placed]]) -> None:
        crossed = {
            (queries.axis.of_input, keys.axis.of_input)
            for queries, keys in sides
            if queries.axis is not None and keys.axis is not None
        }
        self._asking = {asking for asking, asked in crossed if asking != asked}
        self._asked = {asked for asking, asked in crossed if asking != asked}
        self._steps: dict[object, list[tuple[Captured, int]]] = {}
        for layer, (queries, _) in zip(layers, sides, strict=True):
            if layer.weights.shape[2] == 1:
                self._steps.setdefault(_loop_of(layer), []).append((layer, max((0, *queries.places))))

    def of(self, layer: Captured, queries: Placed, keys: Placed) -> Role:
        """Returns the role of a layer."""
        if queries.axis is None or keys.axis is None:
            return "other"
        asking, asked = queries.axis, keys.axis
        if asking is not asked:
            return "other" if asking.of_input == asked.of_input else "cross"
        is_asking, is_asked = asking.of_input in self._asking, asking.of_input in self._asked
        if is_asking != is_asked:
            return "decoder self" if is_asking else "encoder self"
        steps = self._steps.get(_loop_of(layer), ())
        weights = layer.weights.reshape(-1, *layer.weights.shape[2:])
        return guess_self_role(_as_one(steps) if steps else weights)


def _loop_of(layer: Captured) -> object:
    """Returns what calls have in common that a loop makes with one query each."""
    return layer.path, layer.weights.shape


def _as_one(steps: Sequence[tuple[Captured, int]]) -> npt.NDArray[np.float32]:
    """Returns the weights of calls with one query each, each at its place, float32 [batch * heads, queries, keys]."""
    batch, heads, _, keys = steps[0][0].weights.shape
    weights = np.zeros((batch * heads, 1 + max(place for _, place in steps), keys), np.float32)
    for layer, place in steps:
        weights[:, place] = layer.weights.reshape(-1, keys)
    return weights
