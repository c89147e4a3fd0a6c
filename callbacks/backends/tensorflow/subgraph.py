"""A part of a graph, put into other graphs or as a function of its own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf


class Subgraph:
    """Tensors of a graph and what they are computed from, and nothing else; inside other graphs, it computes them of other feeds.

    One import does what op by op takes four times as long in Python.

    Args:
        graph: that of a function, with what it captures.
        feeds: the tensors of it that are given.
        tensors: what is computed.
        in_order: whether ops wait for those that the graph has them wait for, which come with them.
    """

    def __init__(self, graph: Any, feeds: Sequence[Any], tensors: Sequence[Any], *, in_order: bool = True) -> None:
        self._names, self._feeds = [tensor.name for tensor in tensors], [feed.name for feed in feeds]
        given = dict.fromkeys(self._feeds)
        captured = {inner.name: outer for outer, inner in graph.captures if inner.name not in given}
        outside = {*given, *captured}
        waiting = [tensor.op for tensor in tensors if tensor.name not in outside]
        needed, used = set[str](), set[str]()
        while waiting:
            op = waiting.pop()
            if op.name in needed:
                continue
            needed.add(op.name)
            used.update(tensor.name for tensor in op.inputs if tensor.name in outside)
            waiting += [tensor.op for tensor in op.inputs if tensor.name not in outside]
            waiting += op.control_inputs if in_order else ()
        self._used = used
        self._captured = {name: outer for name, outer in captured.items() if name in {*used, *self._names}}
        self._definition = graph.as_graph_def()
        nodes = [node for node in self._definition.node if node.name in needed]
        del self._definition.node[:]
        self._definition.node.extend(nodes)
        for node in () if in_order else self._definition.node:
            data = [name for name in node.input if not name.startswith("^")]
            del node.input[:]
            node.input.extend(data)

    def changed(self, change: Callable[[Any], None]) -> Subgraph:
        """Returns the same of other ops.

        Args:
            change: is given each op, as a graph is described, and changes it.
        """
        other = copy.copy(self)
        other._definition = copy.deepcopy(self._definition)
        for node in other._definition.node:
            change(node)
        return other

    def __call__(self, *fed: Any) -> list[Any]:
        """Returns the tensors, inside of the graph that is made."""
        capture = tf.compat.v1.get_default_graph().capture
        given = {name: capture(value) for name, value in zip(self._feeds, fed, strict=True)}
        given |= {name: capture(outer) for name, outer in self._captured.items()}
        used = {name: given[name] for name in self._used}
        inside = [name for name in self._names if name not in given]
        made = iter(tf.import_graph_def(self._definition, used, inside, name="part") if inside else ())
        return [given[name] if name in given else next(made) for name in self._names]


def part_of(graph: Any, feeds: Sequence[Any], tensors: Sequence[Any]) -> Any:
    """Returns a function that computes tensors of a graph, and nothing that they do not need.

    Args:
        graph: that of a function, with what it captures.
        feeds: the tensors of it that the function takes.
        tensors: what it returns.
    """
    part = Subgraph(graph, feeds, tensors)
    return tf.compat.v1.wrap_function(
        lambda *fed: part(*fed), [tf.TensorSpec(feed.shape, feed.dtype) for feed in feeds]
    )
