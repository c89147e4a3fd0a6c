"""Whose each weight is: every weight of a model is counted at one place, so that all places sum to `count_params()`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.model.paths import Place
from tb_seqviz_plugin.callbacks.model.private_parts import children_of, variables_of


@dataclass(frozen=True)
class Owned:
    """The weights of a place.

    Args:
        own: those that are counted here.
        all: those of the layer and of all in it.
        shared_with: the first place that uses the same weights, None where this is the first or only one.
    """

    own: list[Any]
    all: list[Any]
    shared_with: Place | None

    @property
    def parameters(self) -> int:
        """Numbers in the weights that are counted here."""
        return count(self.own)

    @property
    def total(self) -> int:
        """Numbers in all weights."""
        return count(self.all)

    @property
    def trainable(self) -> int:
        """Numbers in those that are trained."""
        return count([weight for weight in self.all if weight.trainable])


def count(weights: list[Any]) -> int:
    """Returns how many numbers there are in weights."""
    return sum(math.prod(weight.shape) for weight in weights)


def owners_of(root: Place) -> dict[Place, Owned]:
    """Returns the weights of every place."""
    wanted = {id(weight): weight for weight in _weights(root.layer)}
    places = list(root.walk())
    owner: dict[int, Place] = {}
    direct: dict[Place, list[Any]] = {}
    layers = {id(place.layer) for place in places}
    for place in places:
        direct[place] = _direct(place.layer, layers)
        for weight in direct[place]:
            owner.setdefault(id(weight), place)
    for key in wanted:
        owner.setdefault(key, root)
    own: dict[Place, list[Any]] = {place: [] for place in places}
    for key, weight in wanted.items():
        own[owner[key]].append(weight)
    return {place: Owned(own[place], _weights(place.layer), _shared(place, direct[place], owner)) for place in places}


def _shared(place: Place, direct: list[Any], owner: Mapping[int, Place]) -> Place | None:
    weights = direct or _weights(place.layer)
    first = owner.get(id(weights[0])) if weights else None
    if first is None or first is place:
        return None
    if direct:
        return first
    # A group without weights of its own, such as a sub-model used in two places, is shared with the first place of the same layer.
    while first is not None and first.layer is not place.layer:
        first = first.parent
    return None if first is place else first


def _weights(layer: keras.layers.Layer) -> list[Any]:
    return list({id(weight): weight for weight in layer.weights}.values())


def _direct(layer: keras.layers.Layer, shown: set[int]) -> list[Any]:
    """Returns the weights that a layer holds itself, and those of layers in it that have no place."""
    weights = {id(weight): weight for weight in variables_of(layer)}
    waiting = [inner for inner in children_of(layer) if id(inner) not in shown]
    while waiting:
        inner = waiting.pop(0)
        weights |= {id(weight): weight for weight in variables_of(inner)}
        waiting += [deeper for deeper in children_of(inner) if id(deeper) not in shown]
    return list(weights.values())
