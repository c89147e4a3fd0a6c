"""What flows between the layers of a trace, and the shapes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.backends.interface import Flow
from tb_seqviz_plugin.callbacks.model.calls import Call, Read, dtype_of, shape_of
from tb_seqviz_plugin.callbacks.model.layers import inputs_of
from tb_seqviz_plugin.callbacks.model.paths import Place
from tb_seqviz_plugin.callbacks.model.private_parts import name_of_input
from tb_seqviz_plugin.callbacks.model.sources import Source, Tensor
from tb_seqviz_plugin.callbacks.model.trace import Trace
from tb_seqviz_plugin.callbacks.structure.tensor_axes import (
    axes_of,
    is_mask,
    is_state,
    knows_axes,
    moves_axes,
    usual_axes,
    with_vocabulary,
)
from tb_seqviz_plugin.records.structure.record import Edge, Shape
from tb_seqviz_plugin.schema.structure import EdgeKind


class Edges:
    """The edges of a trace.

    Attributes:
        made: every edge once, in the order in which they are computed.
        tensors: what they carry, each tensor once.
        shared: by place whose call reads weights of another layer, that layer's place.
        projected: by the end of edges the places that made what arrives there with a matrix of another layer.
    """

    def __init__(self, trace: Trace, flow: Flow, place_of: Mapping[Call, Place]) -> None:
        self._trace, self._place_of = trace, place_of
        self._shapes = Shapes(trace)
        self._inputs = _input_names(trace)
        self._number_of: dict[int, int] = {}
        self.tensors: list[Shape] = []
        self.shared: dict[Place, Place] = {}
        self.projected: dict[str, set[Place]] = {}
        edges: dict[tuple[str, str, str], Edge] = {}
        if not trace.calls:
            self.made: list[Edge] = []
            return
        self._root = place_of[trace.calls[0]]
        self._vocabularies = vocabularies_of(self._root)
        outputs = [(name, flow.sources_of(tensor)) for name, tensor in trace.calls[0].outputs]
        self._last = {
            id(tensor.value)
            for _, sources in outputs
            for source in sources
            for tensor in (source.tensor, *source.leaves)
        }

        for read, holder in flow.reads:
            if not read.call.children:
                self.shared.setdefault(place_of[read.call], place_of[holder])

        def add(source: Source, target: str, around_target: Place, label: str) -> None:
            if source.read is not None and source.call is not None:
                label, reader = "weights", place_of[source.read.call]
                self.shared.setdefault(reader, place_of[source.call])
                if source.projects:
                    self.projected.setdefault(target, set()).add(reader)
            start = self._inputs[source.place] if source.call is None else place_of[source.call].path
            if (start, target, label) not in edges:
                edges[start, target, label] = self._edge(source, start, target, around_target, label)

        for call in trace.calls:
            place = place_of[call]
            for label, tensor in () if call.children else call.arguments:
                for source in flow.sources_of(tensor):
                    add(source, place.path, place.parent or place, label)
        for number, (name, sources) in enumerate(outputs):
            for source in sources:
                add(source, f"outputs/{name or number}", self._root, "")
        self.made = list(edges.values())

    def _edge(self, source: Source, start: str, target: str, around_target: Place, label: str) -> Edge:
        around_source = self._root if source.call is None else self._place_of[source.call].parent or self._root
        above, below = list(around_source.lineage()), list(around_target.lineage())
        while above and below and above[-1] is below[-1]:
            above.pop()
            below.pop()
        tensor = (
            self._number(source.tensor, is_result=source.call is not None)
            if source.read is None
            else self._number_of_weights(source.read)
        )
        operations = ", ".join(source.operations)
        leaves = self._at_borders(above, source.leaves, is_result=True)
        enters = self._at_borders(below, source.enters, is_result=False)
        return Edge(
            start, target, self.tensors[tensor], label, operations, _kind(source, start, label), tensor, leaves, enters
        )

    def _at_borders(self, groups: Sequence[Place], tensors: Sequence[Tensor], is_result: bool) -> tuple[int, ...]:
        at = {id(self._place_of[tensor.call]): tensor for tensor in tensors if tensor.call is not None}
        return tuple(self._number(at[id(group)], is_result) if id(group) in at else -1 for group in groups)

    def _number_of_weights(self, read: Read) -> int:
        number = self._number_of.get(id(read.variable))
        if number is None:
            number = self._number_of[id(read.variable)] = len(self.tensors)
            variable = read.variable
            self.tensors.append(Shape(variable.shape, name=variable.name, dtype=variable.dtype))
        return number

    def _number(self, tensor: Tensor, is_result: bool) -> int:
        """Returns the number of a tensor; one that is passed on untouched keeps its own."""
        identity = self._trace.first_identity(tensor.value)
        number = self._number_of.get(identity)
        if number is None:
            number = self._number_of[identity] = len(self.tensors)
            place = self._root if tensor.call is None else self._place_of[tensor.call]
            shape = self._shapes.of(tensor.value, tensor.name, place, is_result)
            self.tensors.append(with_vocabulary(shape, self._vocabularies) if id(tensor.value) in self._last else shape)
        return number


def _kind(source: Source, start: str, label: str) -> EdgeKind:
    is_input_mask = source.call is None and is_mask(start)
    if source.is_mask or is_input_mask or is_mask(label) or label.startswith("mask/"):
        return "mask"
    return "state" if is_state(label, None if source.call is None else source.call.layer, source.place) else "data"


def _input_names(trace: Trace) -> list[str]:
    """Returns what edges from the model's inputs start at."""
    if not trace.calls:
        return []
    call = trace.calls[0]
    names = [name for name, _ in call.arguments]
    declared = inputs_of(call.layer)
    if all(name.startswith("inputs/") and not name[7:].isdigit() for name in names):  # a dict
        names = [name[7:] for name in names]
    elif len(declared) == len(names):
        names = [name_of_input(tensor) for tensor in declared]
    return [f"inputs/{name}" for name in names]


class Shapes:
    """The shapes of a trace's tensors.

    What the axes of a tensor are, recurrent layers and embeddings know best; it holds wherever else that tensor goes.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._known: dict[int, tuple[str, ...]] = {}
        for call in trace.calls:
            if knows_axes(call.layer):
                for result, tensors in ((False, call.arguments), (True, call.outputs)):
                    for name, tensor in tensors:
                        sizes, dtype = self._sizes(tensor), dtype_of(tensor)
                        axes = axes_of(sizes, name, dtype, call.layer, None, result)
                        self._known.setdefault(trace.first_identity(tensor), axes)
        for call in trace.calls:
            for name, tensor in () if call.children else call.arguments:  # nobody says more of an input of the model
                axes = axes_of(self._sizes(tensor), name, "", call.layer, None, False)
                if "channels" in axes:
                    self._known.setdefault(trace.first_identity(tensor), axes)
            for name, tensor in () if call.children else call.outputs:
                self._known.setdefault(trace.first_identity(tensor), self._axes_after(call, name, tensor))

    def of(self, tensor: Any, name: str, place: Place, result: bool = False) -> Shape:
        """Returns the shape of a tensor that the layer at a place takes, or returns."""
        sizes, dtype = self._sizes(tensor), dtype_of(tensor)
        around = None if place.parent is None else place.parent.layer
        axes = self._known.get(self._trace.first_identity(tensor)) or axes_of(
            sizes, name, dtype, place.layer, around, result
        )
        return Shape(sizes, axes, name, dtype)

    def _axes_after(self, call: Call, name: str, tensor: Any) -> tuple[str, ...]:
        """Returns the axes of what a layer returns: where its class says nothing, those of what it was given."""
        sizes, around = self._sizes(tensor), None if call.parent is None else call.parent.layer
        axes = axes_of(sizes, name, dtype_of(tensor), call.layer, around, True)
        if axes != usual_axes(len(sizes)) or moves_axes(call.layer):
            return axes
        for _, given in call.arguments:
            before = self._known.get(self._trace.first_identity(given), ())
            if len(before) == len(axes) > 1:
                return (*before[:-1], before[-1] if self._sizes(given)[-1] == sizes[-1] else axes[-1])
        return axes

    def _sizes(self, tensor: Any) -> list[int | None]:
        sizes = shape_of(tensor)
        if sizes and self._trace.examples and sizes[0] == self._trace.examples:
            sizes[0] = None
        return sizes


def vocabularies_of(root: Place) -> set[int]:
    """Returns how many words each embedding of a model has."""
    layers: Iterable[keras.layers.Layer] = (place.layer for place in root.walk())
    return {int(layer.input_dim) for layer in layers if isinstance(layer, keras.layers.Embedding)}
