"""Which call's output each tensor of a trace is computed from, through whatever is computed outside of any layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.backends.tensorflow.functions import components_of, functions_run_by
from tb_seqviz_plugin.callbacks.model.calls import Call, Read, hides_cell
from tb_seqviz_plugin.callbacks.model.private_parts import variables_of
from tb_seqviz_plugin.callbacks.model.sources import Source, Tensor
from tb_seqviz_plugin.callbacks.model.trace import Trace

_SILENT = {
    "Identity", "IdentityN", "Cast", "Reshape", "StopGradient", "ReadVariableOp", "ExpandDims", "Squeeze", "Pack", "Unpack",
    "Shape", "BroadcastTo", "EnsureShape", "PreventGradient", "Snapshot", "NoOp", "Placeholder", "PlaceholderWithDefault",
}  # fmt: skip
"""Ops that change no numbers, and are not worth a word."""
_SIZES = {"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike", "BroadcastGradientArgs"}
"""Ops whose result does not depend on the values."""
_NAMES = {
    "AddV2": "Add", "RealDiv": "Divide", "Mul": "Multiply", "Sub": "Subtract", "ConcatV2": "Concat", "BatchMatMulV2": "MatMul",
    "BatchMatMul": "MatMul", "BatchMatMulV3": "MatMul", "StridedSlice": "Slice", "SelectV2": "Select", "GatherV2": "Gather",
    "StatelessWhile": "While", "StatelessIf": "If", "PartitionedCall": "Function", "StatefulPartitionedCall": "Function",
    "ResourceGather": "Gather",
}  # fmt: skip


class Flow:
    """The sources of every tensor of a trace.

    What a call returns comes from the calls in it if any contribute to it, and not from what it merely adds of its own arguments:
    behind a residual connection begins something new, or each block of a Transformer would be linked to all before it.

    Args:
        trace: a forward pass.
    """

    def __init__(self, trace: Trace) -> None:
        self._made = trace.made
        self._found: dict[int, tuple[Source, ...]] = {}
        self._kept: list[Any] = []  # tensors are known by their ids
        # Calls in a graph inside another, such as the body of a loop, by that graph, and the call that runs it.
        self._inside: dict[int, list[Call]] = {}
        self._around: dict[int, Call] = {}
        self._bodies: dict[str, Any] = {}
        self._ops_that_call: dict[str, Any] = {}
        self._outer = _graph_of(trace.calls[0]) if trace.calls else None
        self._entering: dict[int, Tensor] = {}
        self._leaving: dict[int, Tensor] = {}
        for place, (name, tensor) in enumerate(trace.calls[0].arguments if trace.calls else ()):
            self._say(tensor, Source(Tensor(tensor, name, None), place))
        for call in trace.calls:
            if call.children:
                self._note_borders(call)
                continue
            if self.is_inside(call):
                self._enter(call)
            for place, (name, tensor) in enumerate(call.outputs):
                self._say(tensor, Source(Tensor(tensor, name, call), place))
        self.reads = _of_called_layers(trace)
        for read, holder in self.reads:
            self._say(read.tensor, Source(Tensor(read.tensor, read.variable.name, holder), 0, read=read))
        self._first_identity = trace.first_identity
        self._mask_of: dict[int, Source] = {}
        for call in trace.calls:
            for tensor in call.masks:
                mask = Source(Tensor(tensor, "mask", call), 0, is_mask=True)
                self._say(tensor, mask)
                for _, given in call.arguments[:1]:
                    self._mask_of.setdefault(trace.first_identity(given), mask)

    def sources_of(self, tensor: Any) -> tuple[Source, ...]:
        """Returns what a tensor is computed from, each source once."""
        return _merged(source for part in components_of(tensor) for source in self._sources_of(part))

    def is_inside(self, call: Call) -> bool:
        """Returns whether a call was made inside a loop or branch that the graph holds as a function."""
        graph = _graph_of(call)
        return graph is not None and graph is not self._outer

    def _say(self, tensor: Any, source: Source) -> None:
        for part in components_of(tensor):
            self._kept.append(part)
            self._found.setdefault(id(part), (source,))

    def _note_borders(self, call: Call) -> None:
        for borders, tensors in ((self._entering, call.arguments), (self._leaving, call.outputs)):
            for name, tensor in tensors if call.parent is not None else ():
                for part in components_of(tensor):
                    self._kept.append(part)
                    borders.setdefault(id(part), Tensor(tensor, name, call))

    def _enter(self, call: Call) -> None:
        graph, around = _graph_of(call), call.parent
        while around is not None and around.parent is not None and _graph_of(around) is graph:
            around = around.parent
        self._inside.setdefault(id(graph), []).append(call)
        self._bodies[graph.name] = graph
        if around is not None:
            self._around.setdefault(id(graph), around)

    def _across(self, tensor: Any, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        """Returns the sources of a tensor, with the border that it is at."""
        entering, leaving = self._entering.get(id(tensor)), self._leaving.get(id(tensor))
        if entering is not None:
            sources = tuple(replace(source, enters=(*source.enters, entering)) for source in sources)
        if leaving is None or leaving.call is None:
            return sources
        group = leaving.call
        within = [source for source in sources if source.is_from(group)]
        if all(source.read is not None for source in within):
            # Weights alone are not what it returns: what they are applied to came in from outside.
            within = self._last_in_loop_of(group)
        if within:
            return tuple(replace(source, leaves=(*source.leaves, leaving)) for source in within)
        return tuple(
            replace(source, enters=tuple(border for border in source.enters if border.call is not group))
            for source in sources
        )

    def _last_in_loop_of(self, call: Call) -> list[Source]:
        """Returns what the loop that a layer runs returns last, where the graph does not say what becomes of that."""
        if isinstance(call.layer, keras.layers.TimeDistributed):
            return [source for _, tensor in call.children[-1].outputs for source in self.sources_of(tensor)]
        inner = next((_graph_of(child) for child in reversed(call.children) if self.is_inside(child)), None)
        if inner is None or self.is_inside(call) or self._around.get(id(inner)) is not call:
            return []
        found = (source for out in getattr(inner, "outputs", ()) for source in self.sources_of(out))
        return [source for source in _merged(found) if call.is_around(source.call)]

    def _sources_of(self, tensor: Any) -> tuple[Source, ...]:
        waiting, begun = [tensor], set[int]()
        while waiting:
            reached = waiting[-1]
            if id(reached) not in self._found:
                operation, before = self._step(reached)
                begun.add(id(reached))
                # What a loop hands on unchanged comes back to itself, and adds nothing.
                missing = [each for each in before if id(each) not in self._found and id(each) not in begun]
                if missing:
                    waiting += missing
                    continue
                mask = self._mask_of.get(self._first_identity(before[0])) if operation == "NotEqual" else None
                # A functional model computes the mask of a layer once more, from what that layer is given.
                known = [(mask,)] if mask is not None else (self._found.get(id(each), ()) for each in before)
                found = (source.through("" if mask is source else operation) for each in known for source in each)
                self._kept.append(reached)
                self._found[id(reached)] = self._across(reached, _merged(found))
            waiting.pop()
        return self._found[id(tensor)]

    def _step(self, tensor: Any) -> tuple[str, list[Any]]:
        """Returns the op that made a tensor, "" if it is not worth a word, and what it was made from."""
        graph = getattr(tensor, "graph", None)
        if graph is None:
            made = self._made.get(id(tensor))
            return ("", []) if made is None else (_name_of(made.type), [] if made.type in _SIZES else list(made.inputs))
        op = tensor.op
        if op.type in _SIZES:
            return "", []
        if op.type == "Placeholder":
            return "", [] if graph is self._outer else self._outside(tensor, graph)
        bodies = [self._bodies[name] for name in functions_run_by(op) if name in self._bodies]
        if bodies:
            at = tensor.value_index
            return "", [part for body in bodies for part in body.outputs[at : at + 1]]
        return _name_of(op.type), list(op.inputs)

    def _outside(self, tensor: Any, graph: Any) -> list[Any]:
        """Returns what a tensor that comes into an inner graph is outside of it."""
        captured = next((outer for outer, inner in getattr(graph, "captures", ()) if inner is tensor), None)
        if captured is not None:
            return [captured]
        caller = self._callers().get(graph.name)
        place = next((at for at, inner in enumerate(getattr(graph, "inputs", ())) if inner is tensor), None)
        if caller is not None and place is not None:
            before = list(caller.inputs)[
                len(caller.inputs) - len(graph.inputs) :
            ]  # a branch is not given its condition
            turn_before = graph.outputs[place : place + 1] if "While" in caller.type else []
            return [*before[place : place + 1], *turn_before]
        around = self._around.get(id(graph))
        return [] if around is None else [part for _, given in around.arguments for part in components_of(given)]

    def _callers(self) -> dict[str, Any]:
        """Returns by the name of each inner graph the op that runs it."""
        if not self._ops_that_call:
            graphs = [self._outer, *(_graph_of(calls[0]) for calls in self._inside.values())]
            for graph in graphs if self._inside else ():
                for op in graph.get_operations() if graph is not None else ():
                    self._ops_that_call.update((name, op) for name in functions_run_by(op))
        return self._ops_that_call


def _graph_of(call: Call) -> Any:
    """Returns the graph that a call was made in, None if it ran op by op."""
    tensors = [*call.arguments, *call.outputs]
    return next((getattr(part, "graph", None) for _, tensor in tensors for part in components_of(tensor)), None)


def _merged(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Returns each source once, by the shortest way."""
    found: dict[tuple[Any, ...], Source] = {}
    for source in sources:
        known = found.get(source.key)
        if known is None or len(source.operations) < len(known.operations):
            found[source.key] = source
    return tuple(found.values())


def _of_called_layers(trace: Trace) -> list[tuple[Read, Call]]:
    """Returns what is read of layers that are called, too, each with the first call of such a layer."""
    first: dict[int, Call] = {}
    for call in trace.calls if trace.reads else ():
        layer = call.layer
        held = layer.weights if hides_cell(layer) else variables_of(layer)
        for variable in () if call.children else held:
            first.setdefault(id(variable), call)
    return [(read, first[id(read.variable)]) for read in trace.reads if id(read.variable) in first]


def _name_of(op_type: str) -> str:
    return "" if op_type in _SILENT else _NAMES.get(op_type, op_type)
