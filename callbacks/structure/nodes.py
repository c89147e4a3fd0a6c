"""The calls of a trace as a tree of nodes: all calls of a layer at one place are one node."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.model.calls import Call, dtype_of, hides_cell
from tb_seqviz_plugin.callbacks.model.paths import escape
from tb_seqviz_plugin.callbacks.model.private_parts import children_of

_RESERVED = ("inputs", "outputs")
"""Begin the ends of edges that are no layer."""


@dataclass(eq=False)
class Place:
    """A layer at one place of the model.

    Args:
        layer: the layer.
        parent: the place of the layer that calls it, None for the model.
        calls: its calls there; none where the forward pass leaves it out.
        children: the places inside it, in the order of their first call.
        path: names of the nested layers below the model.
        plain_path: the same without what tells equal names apart.
    """

    layer: keras.layers.Layer
    parent: Place | None
    calls: list[Call] = field(default_factory=list)
    children: list[Place] = field(default_factory=list)
    path: str = ""
    plain_path: str = ""

    def lineage(self) -> Iterator[Place]:
        """Yields this place and all around it, the model's own last."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.parent

    def walk(self) -> Iterator[Place]:
        """Yields this place and all inside it, each before those inside it."""
        waiting = [self]
        while waiting:
            place = waiting.pop()
            yield place
            waiting += reversed(place.children)


def places_of(model: keras.Model, calls: Sequence[Call]) -> tuple[Place, dict[Call, Place]]:
    """Returns the place of the model, with all others in it, and the place of each call.

    Args:
        model: the model.
        calls: every call in the order in which they began.
    """
    root = Place(model, None)
    place_of: dict[Call, Place] = {}
    known: dict[tuple[Any, ...], Place] = {}
    for call in calls:
        if call.parent is None:
            place_of[call] = root
            root.calls.append(call)
            continue
        parent = place_of[call.parent]
        key = (id(parent), id(call.layer), _use(call))
        place = known.get(key)
        if place is None:
            place = known[key] = Place(call.layer, parent)
            parent.children.append(place)
        place.calls.append(call)
        place_of[call] = place
    _add_left_out(root)
    _name(root)
    return root, place_of


def _stem(place: Place) -> str:
    """Returns a layer's name without its numbers; the model's own does not matter."""
    return "" if place.parent is None else re.sub(r"_?\d+", "", place.layer.name)


def _use(call: Call) -> Any:
    """Returns what tells uses of one layer apart that are no repetition, such as an embedding and its reverse at the output."""

    def kind(tensors: Sequence[tuple[str, Any]]) -> Any:
        if not tensors:
            return None
        tensor = tensors[0][1]
        continuous = "float" in dtype_of(tensor) and tensor.shape.rank
        return continuous and tensor.shape[-1]

    return kind(call.arguments), kind(call.outputs)


def _add_left_out(root: Place) -> None:
    """Adds the layers that the forward pass left out, below the layer that holds them."""
    first: dict[int, Place] = {}
    for place in root.walk():
        first.setdefault(id(place.layer), place)
    waiting = list(root.walk())
    while waiting:
        place = waiting.pop(0)
        if hides_cell(place.layer) or first[id(place.layer)] is not place:
            continue
        for layer in children_of(place.layer):
            if isinstance(layer, keras.layers.Layer) and _is_part(layer) and id(layer) not in first:
                added = first[id(layer)] = Place(layer, place)
                place.children.append(added)
                waiting.append(added)


def _is_part(layer: keras.layers.Layer) -> bool:
    """Returns whether a layer is worth a place though nothing called it."""
    return not isinstance(layer, keras.layers.InputLayer | keras.metrics.Metric) and not type(
        layer
    ).__name__.startswith(("DTypePolicy", "Functional") if not layer.weights else "DTypePolicy")


def _name(root: Place) -> None:
    """Gives every place a path of its own."""
    root.path = root.plain_path = escape(root.layer.name)
    taken = {root.path, *_RESERVED}
    for place in root.walk():
        if place.parent is None:
            continue
        above = "" if place.parent is root else f"{place.parent.path}/"
        plain_above = "" if place.parent is root else f"{place.parent.plain_path}/"
        name = escape(place.layer.name)
        place.plain_path, place.path, number = plain_above + place.layer.name, above + name, 1
        while place.path in taken:
            number += 1
            place.path = f"{above}{name} ({number})"
        taken.add(place.path)


def repeats_of(root: Place, alike: Mapping[Place, Any], links: Collection[tuple[Place, Place]]) -> dict[Place, str]:
    """Returns for each place in a chain of siblings built alike, such as the blocks of a Transformer, a name for all of them.

    Their names differ by a number at most: one that somebody chose is there to be read. Each takes what the one before it returned,
    and nothing lies between the two.

    Args:
        root: the place of the model.
        alike: of each place what has to be the same, apart from its name and what is inside it.
        links: pairs of siblings of which the second takes what the first returned.
    """
    signature: dict[Place, int] = {}
    numbers: dict[Any, int] = {}
    for place in reversed(list(root.walk())):
        key = (_stem(place), alike[place], tuple(signature[child] for child in place.children))
        signature[place] = numbers.setdefault(key, len(numbers))
    after: dict[Place, set[Place]] = {}
    ahead: dict[Place, set[Place]] = {}
    for first, second in links:
        after.setdefault(first, set()).add(second)
        ahead.setdefault(second, set()).add(first)

    order = {place: number for number, place in enumerate(root.walk())}

    def lies_between(first: Place, second: Place) -> bool:
        """Returns whether another sibling takes what the first returned, and leads on to the second."""
        waiting, seen = list(ahead[second] - {first, second}), {first, second}
        while waiting:
            place = waiting.pop()
            if place in seen or order[place] < order[first]:
                continue
            if first in ahead.get(place, ()):
                return True
            seen.add(place)
            waiting += ahead.get(place, ())
        return False

    def follows(first: Place, second: Place) -> bool:
        if second not in after.get(first, ()):
            return False
        if second.children:
            return not lies_between(first, second)
        # Of single layers nothing else is beside them either, as between two normalisations.
        return after[first] - {first} == {second} and ahead[second] - {second} == {first}

    names: dict[Place, str] = {}
    chains: Counter[str] = Counter()
    for place in root.walk():
        last: dict[int, Place] = {}
        for child in place.children:
            before = last.get(signature[child])
            if before is not None and follows(before, child):
                kind = type(child.layer).__name__
                if before not in names:
                    chains[f"{place.path}/{kind}"] += 1
                    names[before] = f"{kind} {chains[f'{place.path}/{kind}']}"
                names[child] = names[before]
            last[signature[child]] = child
    return names
