"""Which layers make the outputs of a model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import keras

from tb_seqviz_plugin.callbacks.model.paths import Place
from tb_seqviz_plugin.records.structure.record import Edge, Node


def output_layers_of(
    root: Place,
    edges: Sequence[Edge],
    nodes: Mapping[Place, Node],
    shared: Mapping[Place, Place],
    projected: Mapping[str, Collection[Place]],
) -> list[Place]:
    """Returns the layers that make the model's outputs: the last ones with a matrix of weights, their own or another layer's.

    Where the model itself multiplies by a matrix at its output there is none: no layer before that is the last one.
    """
    place_at = {place.path: place for place in root.walk()}
    before: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind == "data":
            before.setdefault(edge.target, []).append(edge.source)
    waiting = [end for end in before if end.startswith("outputs/")]
    seen: set[str] = set()
    heads: list[Place] = []
    while waiting:
        end = waiting.pop()
        if end in projected:
            heads += (place for place in projected[end] if place is not root and not nodes[place].role)
            continue
        for path in before.get(end, ()):
            place = place_at.get(path)
            if path in seen or place is None:
                continue
            seen.add(path)
            if not place.layer.weights and place not in shared:
                waiting.append(path)
            elif _makes_output(place, nodes, shared):
                heads.append(place)
    return heads


def _makes_output(place: Place, nodes: Mapping[Place, Node], shared: Mapping[Place, Place]) -> bool:
    weights = [weight for each in (place, shared.get(place)) if each is not None for weight in each.layer.weights]
    matrix = any(len(weight.shape) > 1 for weight in weights)
    reads_numbers = any(not shape.dtype.startswith(("int", "uint")) for shape in nodes[place].inputs[:1])
    above = place.parent
    while above is not None and nodes[above].role != "attention":
        above = above.parent
    recurrent = isinstance(place.layer, keras.layers.RNN | keras.layers.Bidirectional)
    return matrix and reads_numbers and above is None and not recurrent and nodes[place].role != "attention"
