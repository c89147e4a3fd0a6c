"""What a layer is called, in every record: the names of the layers around it below the model, and its own, joined by "/".

Around a layer is what calls it; one that is called in several places has a path in each. Where the calls are not known, and for
layers that none is of, it is what holds the layer as an attribute. Of layers of one name beside each other all but the first get
a number, in the order in which they are held: "head", "head (2)". The model's own path is its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.model.calls import Call, hides_cell
from tb_seqviz_plugin.callbacks.model.private_parts import children_of

_RESERVED = ("inputs", "outputs")
"""Begin the ends of edges that are not a layer."""


@dataclass(eq=False)
class Place:
    """A layer at one place of the model.

    Args:
        layer: the layer.
        parent: the place of the layer that calls it, None for the model.
        calls: its calls there; none where the forward pass leaves it out.
        children: the places inside it, in the order of their first call.
        path: what the layer is called there.
    """

    layer: keras.layers.Layer
    parent: Place | None
    calls: list[Call] = field(default_factory=list)
    children: list[Place] = field(default_factory=list)
    path: str = ""

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


def places_of(model: keras.Model, calls: Iterable[Call] = ()) -> tuple[Place, dict[Call, Place]]:
    """Returns the place of the model, with all others in it, and the place of each call.

    Args:
        model: the model.
        calls: every call in the order in which they began, those of the model itself included; none where they are not known.
    """
    root = Place(model, None)
    place_of: dict[Call, Place] = {}
    known: dict[tuple[Any, ...], Place] = {}
    for call in calls:
        if call.layer is model and call.parent is None:
            place_of[call] = root
            root.calls.append(call)
            continue
        parent = root if call.parent is None else place_of[call.parent]
        key = (parent, id(call.layer), call.takes, call.returns)
        if key not in known:
            known[key] = Place(call.layer, parent)
            parent.children.append(known[key])
        place = known[key]
        place.calls.append(call)
        place_of[call] = place
    _add_left_out(root)
    _name(root)
    return root, place_of


def _add_left_out(root: Place) -> None:
    """Adds the layers that no call is known of, below the layer that holds them."""
    places: dict[int, Place] = {}
    for place in root.walk():
        places.setdefault(id(place.layer), place)
    seen: set[int] = set()
    waiting: list[tuple[keras.layers.Layer, Place]] = [(root.layer, root)]
    while waiting:
        layer, holder = waiting.pop()
        if id(layer) in seen or not (id(layer) in places or _is_part(layer)):
            continue
        seen.add(id(layer))
        if id(layer) not in places:
            places[id(layer)] = Place(layer, holder)
            holder.children.append(places[id(layer)])
        place = places[id(layer)]
        if not hides_cell(layer):
            inside = (*children_of(layer), *(child.layer for child in place.children))
            waiting += ((child, place) for child in reversed(inside))


def _is_part(layer: keras.layers.Layer) -> bool:
    """Returns whether a layer is worth a place though nothing called it."""
    if isinstance(layer, keras.layers.InputLayer):
        return False
    return bool(layer.weights) or not type(layer).__name__.startswith("Functional")


def _name(root: Place) -> None:
    """Gives every place a path of its own."""
    root.path = _without_slash(root.layer.name)
    for parent in root.walk():
        above = "" if parent is root else f"{parent.path}/"
        taken = {root.path, *_RESERVED} if parent is root else set()
        for place in _in_order_of_naming(parent):
            name = _without_slash(place.layer.name)
            candidate, number = name, 1
            while candidate in taken:
                number += 1
                candidate = f"{name} ({number})"
            taken.add(candidate)
            place.path = above + candidate


def _in_order_of_naming(parent: Place) -> Sequence[Place]:
    """Returns the places in another: those of layers that it holds as it holds them, then others; second uses of a layer last."""
    if len({place.layer.name for place in parent.children}) == len(parent.children):
        return parent.children
    held = {id(layer): number for number, layer in enumerate(children_of(parent.layer))}
    uses: dict[int, int] = {}

    def order(place: Place) -> tuple[int, int]:
        use = uses[id(place.layer)] = uses.get(id(place.layer), -1) + 1
        return use, held.get(id(place.layer), len(held))

    return sorted(parent.children, key=order)


def _without_slash(name: str) -> str:
    """Returns a layer's name without the character that parts the names of a path."""
    return name.replace("/", "∕")
