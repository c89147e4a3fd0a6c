"""What a TensorFlow graph is made of: inner graphs, such as the body of a loop, and the components of tensors."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

_RUNNING = ("While", "If", "Call", "Map", "Case")
_CALLING_PYTHON = ("PyFunc", "PyFuncStateless", "EagerPyFunc")


def functions_run_by(op: Any) -> list[str]:
    """Returns the names of the inner graphs that an op runs."""
    return functions_named_in(op.node_def) if any(word in op.type for word in _RUNNING) else []


def functions_named_in(node: Any) -> list[str]:
    """Returns the names of the inner graphs in what a node is described by."""
    values = node.attr.values()
    return [function.name for value in values for function in (value.func, *value.list.func) if function.name]


def find_hidden_softmaxes(graph: tf.Graph) -> Iterator[int]:
    """Yields the place of every op that runs a function, such as the body of a loop, with a softmax in it."""
    calls = [(place, functions_run_by(op)) for place, op in enumerate(graph.get_operations())]
    if not any(called for _, called in calls):
        return
    library = {function.signature.name: function.node_def for function in graph.as_graph_def().library.function}
    for place, called in calls:
        waiting, seen = list(called), set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for node in library.get(name, ()):
                if node.op == "Softmax":
                    yield place
                    waiting.clear()
                    break
                waiting += functions_named_in(node)


def calls_python(graph: tf.Graph) -> bool:
    """Returns whether an op of a graph, or of an inner graph, calls a Python function."""
    defined = graph.as_graph_def()
    nodes = itertools.chain(defined.node, *(function.node_def for function in defined.library.function))
    return any(node.op in _CALLING_PYTHON for node in nodes)


def components_of(tensor: Any) -> list[Any]:
    """Returns the dense tensors that a tensor consists of; a ragged or sparse one has several."""
    return [tensor] if isinstance(tensor, tf.Tensor) else list(tf.nest.flatten(tensor, expand_composites=True))
