"""Functions of arrays, compiled once in the fastest way that works and repays."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Literal

import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.interface import Compiling
from tb_seqviz_plugin.callbacks.backends.tensorflow.functions import calls_python
from tb_seqviz_plugin.callbacks.backends.tensorflow.unoptimised import as_traced
from tb_seqviz_plugin.callbacks.backends.tensorflow.waiting import Waiting
from tb_seqviz_plugin.callbacks.errors import SteppingError, sentence_of

_XLA_TAKES = 1.5
"""How often as long as the first call as a graph, which traces it, XLA takes to compile a loop over tokens, about."""
GRAPH_TAKES = 5.0
"""How often as long as a run of a model op by op it takes to make it into a graph, about."""

Way = Literal["XLA", "in turn", "graph", "op by op"]


class Compiled:
    """A function of arrays, compiled on its first call in the fastest way that works, or once that repays.

    A loop over tokens that is a graph runs its ops one after the other, as they were traced: to hand each to threads costs more
    than it gains, and so does optimising what gives way to another graph. One that calls Python does not run so.

    Args:
        function: takes nested tensors, or None, and returns a list of tensors.
        is_static: whether it sees one shape only, so that XLA may compile it.
        compiling: where it runs in a way that is ready sooner until that repays, and there is leave: as a graph until XLA has
            compiled it, or, of what XLA does not compile, op by op until it is a graph. None if it is compiled at once.

    Attributes:
        traces: how often it was made into a graph.
        why_eager: why it cannot be a graph, as a sentence; "" if it is one.
    """

    def __init__(self, function: Callable[..., list[Any]], is_static: bool, compiling: Compiling | None = None) -> None:
        self._function = function
        self._ways: tuple[Way, ...] = ("XLA", "in turn", "graph") if is_static else ("graph",)
        self._waiting = Waiting(_XLA_TAKES if is_static else GRAPH_TAKES, compiling)
        self.traces = 0
        self.why_eager = ""
        self._run: Callable[..., Any] | None = None

    @property
    def waits(self) -> bool:
        """Whether something faster is still to be compiled."""
        return self._waiting.is_on

    def __call__(self, *arrays: Any) -> list[npt.NDArray[Any]]:
        """Returns what the function makes of the arrays, as arrays."""
        inputs = tf.nest.map_structure(lambda array: None if array is None else tf.convert_to_tensor(array), arrays)
        with self._waiting.running():
            results = self._first(inputs, self._soon) if self._run is None else self._run(*inputs)
            arrays_of_results = [result.numpy() for result in results]
        if self.why_eager:
            self._waiting.end()
        leave = self._waiting.leave()
        if leave is not None:
            with leave:
                self._first(inputs, self._ways)
        return arrays_of_results

    @property
    def _soon(self) -> tuple[Way, ...]:
        """The ways to run it now."""
        if not self.waits:
            return tuple(way for way in self._ways if way != "in turn")
        return self._ways[1:] or ("op by op",)

    def _first(self, inputs: Any, ways: tuple[Way, ...]) -> Any:
        # Layers whose shapes XLA cannot know, Python control flow on values: what a model does is known on trying only.
        for way in ways:
            try:
                run = self._function if way == "op by op" else self._made(way, inputs)
                results = run(*inputs)
            except Exception as error:
                was_graph = isinstance(error, tf.errors.OpError) and way == "graph"
                would_fail_op_by_op = was_graph or way == "op by op" or isinstance(error, SteppingError)
                if would_fail_op_by_op and self._run is None:
                    raise
                self.why_eager = sentence_of(error)
            else:
                self._run, self.why_eager = run, ""
                return results
        results = self._function(*inputs)
        self._run = self._function
        return results

    def _made(self, way: Way, inputs: Any) -> Callable[..., Any]:
        # A partial of its own: TensorFlow counts the traces of one function together, and warns of several loops as of one
        # that is traced again and again.
        run = tf.function(functools.partial(self._traced), autograph=False, jit_compile=way == "XLA")
        if way != "in turn":
            return run

        def in_turn(call: Callable[..., Any], *inputs: Any) -> Any:
            with as_traced(), tf.experimental.function_executor_type("SINGLE_THREADED_EXECUTOR"):
                return call(*inputs)

        # A Python function that an inner graph calls would be waited for for ever; traced in turn, inner graphs run so anywhere.
        if calls_python(in_turn(run.get_concrete_function, *inputs).graph):
            return self._made("graph", inputs)
        return functools.partial(in_turn, run)

    def _traced(self, *inputs: Any) -> Any:
        self.traces += 1
        return self._function(*inputs)
