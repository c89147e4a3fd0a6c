"""What flows between the layers of a trace, and the shapes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import keras
import tensorflow as tf

from tb_seqviz_plugin.callbacks.structure_axes import axes_of, is_state, knows_axes, with_vocabulary
from tb_seqviz_plugin.callbacks.structure_flow import Flow, Source
from tb_seqviz_plugin.callbacks.structure_nodes import Place
from tb_seqviz_plugin.callbacks.structure_trace import Call, Trace
from tb_seqviz_plugin.schema import EdgeKind
from tb_seqviz_plugin.structure import Edge, Shape


class Edges:
    """The edges of a trace."""

    def __init__(self, trace: Trace, flow: Flow, place_of: Mapping[Call, Place]) -> None:
        self._trace, self._flow, self._place_of = trace, flow, place_of
        self._shapes = Shapes(trace)
        self._inputs = _input_names(trace)

    def made(self) -> list[Edge]:
        """Returns every edge once, in the order in which they are computed."""
        edges: dict[tuple[str, str, str], Edge] = {}

        def add(source: Source, target: str, label: str, shape: Shape) -> None:
            start = self._inputs[source.place] if source.call is None else self._place_of[source.call].path
            edge = Edge(start, target, shape, label, ", ".join(source.operations), _kind(source, label))
            edges.setdefault((start, target, label), edge)

        for call in self._trace.calls:
            if call.children:
                continue
            place = self._place_of[call]
            for label, tensor in call.arguments:
                shape = self._shapes.of(tensor, label, place)
                for source in self._flow.sources_of(tensor):
                    add(source, place.path, label, shape)
        for number, (name, tensor) in enumerate(self._trace.calls[0].outputs if self._trace.calls else ()):
            root = self._place_of[self._trace.calls[0]]
            shape = with_vocabulary(self._shapes.of(tensor, "", root, True), vocabularies_of(root))
            for source in self._flow.sources_of(tensor):
                add(source, f"outputs/{name or number}", "", shape)
        return list(edges.values())


def _kind(source: Source, label: str) -> EdgeKind:
    last = label.rpartition("/")[2]
    if source.is_mask or last == "mask" or last.endswith("_mask") or label.startswith("mask/"):
        return "mask"
    return "state" if is_state(label, None if source.call is None else source.call.layer, source.place) else "data"


def _input_names(trace: Trace) -> list[str]:
    """Returns what edges from the model's inputs start at."""
    if not trace.calls:
        return []
    call = trace.calls[0]
    names = [name for name, _ in call.arguments]
    declared = getattr(call.layer, "inputs", None) or []
    if all(name.startswith("inputs/") and not name[7:].isdigit() for name in names):  # a dict
        names = [name[7:] for name in names]
    elif len(declared) == len(names):
        names = [tensor._keras_history.operation.name for tensor in declared]
    return [f"inputs/{name}" for name in names]


class Shapes:
    """The shapes of a trace's tensors.

    What the axes of a tensor are, recurrent layers and embeddings know best; it holds wherever else that tensor goes.
    """

    def __init__(self, trace: Trace) -> None:
        self._examples = trace.examples
        self._known: dict[int, tuple[str, ...]] = {}
        for call in trace.calls:
            if knows_axes(call.layer):
                for result, tensors in ((False, call.arguments), (True, call.outputs)):
                    for name, tensor in tensors:
                        sizes, dtype = self._sizes(tensor), tf.as_dtype(tensor.dtype).name
                        self._known.setdefault(id(tensor), axes_of(sizes, name, dtype, call.layer, None, result))

    def of(self, tensor: Any, name: str, place: Place, result: bool = False) -> Shape:
        """Returns the shape of a tensor that the layer at a place takes, or returns."""
        sizes, dtype = self._sizes(tensor), tf.as_dtype(tensor.dtype).name
        around = None if place.parent is None else place.parent.layer
        axes = self._known.get(id(tensor)) or axes_of(sizes, name, dtype, place.layer, around, result)
        return Shape(sizes, axes, name, dtype)

    def _sizes(self, tensor: Any) -> list[int | None]:
        sizes: list[int | None] = [] if tensor.shape.rank is None else tensor.shape.as_list()
        if sizes and self._examples and sizes[0] == self._examples:
            sizes[0] = None
        return sizes


def vocabularies_of(root: Place) -> set[int]:
    """Returns how many words each embedding of a model has."""
    layers: Iterable[keras.layers.Layer] = (place.layer for place in root.walk())
    return {int(layer.input_dim) for layer in layers if isinstance(layer, keras.layers.Embedding)}
