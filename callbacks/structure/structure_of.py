"""The structure of a model: its forward pass, traced, as nodes and edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.attention.judging import owner_of
from tb_seqviz_plugin.callbacks.attention.search import Search
from tb_seqviz_plugin.callbacks.backends.interface import Flow
from tb_seqviz_plugin.callbacks.errors import reason_of
from tb_seqviz_plugin.callbacks.model.call import ModelCall, filled_ways, ways_to_call
from tb_seqviz_plugin.callbacks.model.calls import Call
from tb_seqviz_plugin.callbacks.model.failure import explained
from tb_seqviz_plugin.callbacks.model.paths import Place, places_of
from tb_seqviz_plugin.callbacks.model.private_parts import declared_inputs_of
from tb_seqviz_plugin.callbacks.model.recorder import Recorder
from tb_seqviz_plugin.callbacks.model.signature import check_model, has_call, without_call
from tb_seqviz_plugin.callbacks.model.trace import Trace
from tb_seqviz_plugin.callbacks.structure.edges import Edges, Shapes, vocabularies_of
from tb_seqviz_plugin.callbacks.structure.output_layers import output_layers_of
from tb_seqviz_plugin.callbacks.structure.parameters import Owned, owners_of
from tb_seqviz_plugin.callbacks.structure.repeats import repeats_of
from tb_seqviz_plugin.callbacks.structure.tensor_axes import role_of, with_vocabulary
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.records.structure.record import Edge, Node, Structure
from tb_seqviz_plugin.schema.structure import LayerRole

_FEW = 2
_LONGEST = 60
_UNTOLD = {"name", "dtype", "trainable", "batch_shape", "batch_input_shape", "layers", "build_config"}


@dataclass(frozen=True, eq=False)
class TracedStructure:
    """The structure of a model and how it was found.

    Args:
        structure: the structure.
        call: how the model was called.
        calls: every call of a layer in it, without tensors.
        only_reads: whether it is known that the model does nothing that lasts; see `Trace`.
    """

    structure: Structure
    call: ModelCall
    calls: Sequence[Call]
    only_reads: bool


def structure_of(model: keras.Model, inputs: Any = None) -> TracedStructure:
    """Returns the structure of a model, or as much of it as can be traced, with what is missing in its notes.

    A model that is not built yet is built, as its first call would; else nothing of it changes.

    Args:
        model: the model.
        inputs: see `ways_to_call`.

    Raises:
        ModelCallError: if nothing says what the model takes.
        BackendError: if Keras runs on a backend on which no structure can be traced.
    """
    trace = _trace(model, inputs)
    flow = backends.structure().Flow(trace)
    root, place_of = places_of(model, trace.calls)
    found = Edges(trace, flow, place_of)
    edges = found.made
    owned = owners_of(root)
    nodes = _Nodes(model, trace, flow, owned, _attention_in(trace, root, place_of), found).of(root, edges)
    structure = Structure(model.name, tuple(nodes), tuple(edges), tuple(_notes(model, trace)), tuple(found.tensors))
    trace.recorder.forget_tensors()
    return TracedStructure(structure, trace.call, trace.calls, trace.only_reads)


def _trace(model: keras.Model, inputs: Any) -> Trace:
    """Returns the forward pass that comes furthest: through a graph if possible, else op by op."""
    check_model(model)
    if not has_call(model):
        return Trace(ModelCall((), {}), Recorder(), eager=False, examples=0, error=NotImplementedError())
    ways = ways_to_call(model, inputs)
    backend = backends.structure()
    backend.build(model, ways[0])
    best: Trace | None = None
    why = ""
    for mode, way in _attempts(model, ways):
        if mode == "eager":
            trace = backend.trace_eagerly(model, next(way.batches()) if way.has_values else way)
            trace.call = way
        else:
            trace = backend.trace_graph(model, way, way.rows or ((way.examples or _FEW) if mode == "fixed" else None))
        if trace.error is None:
            trace.why_eager = why if trace.eager else ""
            return trace
        why = why or reason_of(trace.error)
        if best is None or len(trace.calls) > len(best.calls):
            best = trace
    assert best is not None
    return best


def _attempts(model: keras.Model, ways: Sequence[ModelCall]) -> Iterator[tuple[str, ModelCall]]:
    """Yields how to trace a model and how to call it, one after the other until it succeeds."""
    for possible in (ways, filled_ways(model, ways)):
        for mode in ("open", "fixed", "eager"):
            yield from ((mode, way) for way in possible)


def _notes(model: keras.Model, trace: Trace) -> list[str]:
    if not has_call(model):
        return [remark("no flow", reason=without_call(model))]
    notes: list[str] = []
    if trace.why_eager:
        notes.append(remark("run op by op", error=trace.why_eager))
    if trace.error is not None:
        error = explained(model, trace.call.named(), trace.error)
        notes.append(remark("ended early", error=reason_of(error)))
    return notes


class _Nodes:
    """The nodes of a trace."""

    def __init__(
        self,
        model: keras.Model,
        trace: Trace,
        flow: Flow,
        owned: Mapping[Place, Owned],
        attention: Mapping[Place, str],
        found: Edges,
    ) -> None:
        self._flow, self._owned, self._shapes = flow, owned, Shapes(trace)
        self._shared, self._projected = found.shared, found.projected
        self._own_weights = {id(weight) for weight in model.weights}
        self._attention = attention

    def of(self, root: Place, edges: Sequence[Edge]) -> list[Node]:
        """Returns the nodes, each after its parent."""
        made = {place: self._node(place) for place in root.walk()}
        vocabularies = vocabularies_of(root)
        for place in output_layers_of(root, edges, made, self._shared, self._projected):
            made[place] = replace(made[place], role="output")
        for place, node in made.items():
            if node.role == "output" or place is root:
                made[place] = replace(
                    node, outputs=tuple(with_vocabulary(shape, vocabularies) for shape in node.outputs)
                )
        alike = {
            place: (
                node.class_name,
                node.total,
                node.trainable,
                tuple(node.outputs),
                node.role,
                node.calls,
                tuple(node.config.items()),
            )
            for place, node in made.items()
        }
        repeats = repeats_of(root, alike, _links(root, edges))
        return [replace(node, repeats=repeats.get(place, "")) for place, node in made.items()]

    def _node(self, place: Place) -> Node:
        layer, owned = place.layer, self._owned[place]
        first = next(iter(place.calls), None)
        attention = self._attention.get(place, "")
        role: LayerRole = role_of(layer, bool(place.children), place.parent is None)
        shared = owned.shared_with or self._shared.get(place)
        return Node(
            path=place.path,
            class_name=type(layer).__name__,
            parent="" if place.parent is None else place.parent.path,
            parameters=owned.parameters,
            total=owned.total,
            trainable=owned.trainable,
            inputs=tuple(self._shapes.of(tensor, name, place) for name, tensor in (first.arguments if first else ())),
            outputs=tuple(
                self._shapes.of(tensor, name, place, True) for name, tensor in (first.outputs if first else ())
            ),
            dtype=layer.dtype_policy.name,
            role="attention" if attention and place.parent is not None else role,
            calls=self._calls(place),
            shared_with="" if shared is None else shared.path,
            attention=attention,
            config=_config(layer),
            notes=tuple(self._notes(place)),
        )

    def _calls(self, place: Place) -> int:
        """Returns how often one forward pass calls a layer; of a loop its turns, -1 where they are not known."""
        inside = [call for call in place.calls if self._flow.is_inside(call)]
        if not inside:
            return len(place.calls)
        turns = 0
        for call in inside:
            around = call.parent
            while around is not None and self._flow.is_inside(around):
                around = around.parent
            steps = None
            if around is not None and isinstance(around.layer, keras.layers.RNN | keras.layers.TimeDistributed):
                steps = around.arguments[0][1].shape[1] if around.arguments[0][1].shape.rank else None
            if steps is None:
                return -1
            turns += int(steps)
        return turns

    def _notes(self, place: Place) -> list[str]:
        notes: list[str] = []
        notes += [remark("call ended", error=call.error) for call in place.calls if call.error][:1]
        weights = place.layer.weights
        if not place.calls and place.parent is not None:
            notes.append(remark("not called"))
        elif weights and not any(id(weight) in self._own_weights for weight in weights):
            notes.append(remark("weights of its own"))
        return notes


def _attention_in(trace: Trace, root: Place, place_of: Mapping[Call, Place]) -> dict[Place, str]:
    """Returns by the place of each layer that attends the path of its attention, the first if it has several."""
    found: dict[Place, str] = {}
    for ran in backends.structure().read(trace, trace.examples or _FEW):
        search = Search(ran, trace.examples or _FEW)
        named = [(note.span[0], owner_of(note.call), f"/{note.name}") for note, _ in search.sown]
        drawn = [(ran.program.place_of(each.sources[0]), search.owners[each], "") for each in search.found]
        for _, owner, name in sorted([*named, *drawn], key=lambda each: each[0]):
            place = root if owner is None else place_of[owner]
            found.setdefault(place, place.path + name)
    return found


def _links(root: Place, edges: Sequence[Edge]) -> set[tuple[Place, Place]]:
    """Returns the pairs of siblings of which one, or a layer in it, computes from what the other, or a layer in it, returned."""
    place_at = {place.path: place for place in root.walk()}
    links: set[tuple[Place, Place]] = set()
    for edge in edges:
        source, target = place_at.get(edge.source), place_at.get(edge.target)
        if source is None or target is None:
            continue
        above = {id(parent): child for child, parent in _climb(source)}
        links.update((above[id(parent)], child) for child, parent in _climb(target) if id(parent) in above)
    return links


def _climb(place: Place) -> Iterator[tuple[Place, Place]]:
    """Yields a place and each around it with the one around that."""
    while place.parent is not None:
        yield place, place.parent
        place = place.parent


def _config(layer: keras.layers.Layer) -> dict[str, str]:
    """Returns what a layer was made with, in short: what is a number, a word or a few of them."""
    if declared_inputs_of(layer) is not None or isinstance(layer, keras.Sequential):
        return {}
    try:
        config = layer.get_config()
    except Exception:  # whatever a user's own method raises
        return {}
    said = {}
    for name, value in config.items() if isinstance(config, Mapping) else ():
        few = (
            isinstance(value, tuple | list) and len(value) < 9 and all(isinstance(item, int | float) for item in value)
        )
        if name not in _UNTOLD and (few or (isinstance(value, str | int | float) and value is not None)):
            text = str(value)
            said[str(name)] = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return said
