"""Functions of arrays, compiled once in the fastest way that works and repays."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, Literal

import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.interface import Compiling
from tb_seqviz_plugin.callbacks.errors import SteppingError, sentence_of

_XLA_TAKES = 1.5
"""How often as long as the first call as a graph, which traces it, XLA takes to compile a loop over tokens, about."""

Way = Literal["XLA", "in turn", "graph"]


class Compiled:
    """A function of arrays, compiled on its first call in the fastest way that works.

    A loop over tokens that is a graph runs its ops one after the other: to hand each to threads costs more than it gains.

    Args:
        function: takes nested tensors, or None, and returns a list of tensors.
        is_static: whether it sees one shape only, so that XLA may compile it.
        compiling: where it is a graph until XLA repays, and there is leave: when it has run for as long as XLA takes to compile,
            which is less than twice what was best, however long the training goes on. None if XLA compiles it at once.

    Attributes:
        traces: how often it was made into a graph.
        why_eager: why it cannot be a graph, as a sentence; "" if it is one.
        waits: whether it is a graph that XLA is still to compile.
    """

    def __init__(self, function: Callable[..., list[Any]], is_static: bool, compiling: Compiling | None = None) -> None:
        self._function, self._is_static, self._compiling = function, is_static, compiling
        self.waits = is_static and compiling is not None
        self._traced_in = self._seconds = 0.0
        self.traces = 0
        self.why_eager = ""
        self._run: Callable[..., Any] | None = None

    def __call__(self, *arrays: Any) -> list[npt.NDArray[Any]]:
        """Returns what the function makes of the arrays, as arrays."""
        inputs = tf.nest.map_structure(lambda array: None if array is None else tf.convert_to_tensor(array), arrays)
        if self._run is None:
            ways: tuple[Way, ...] = (
                ("in turn", "graph") if self.waits else ("XLA", "graph") if self._is_static else ("graph",)
            )
            begin = time.perf_counter()
            results = self._first(inputs, ways)
            self._traced_in = time.perf_counter() - begin
        else:
            begin = time.perf_counter()
            results = self._run(*inputs)
            self._seconds += time.perf_counter() - begin
        arrays_of_results = [result.numpy() for result in results]
        self.waits = self.waits and not self.why_eager
        takes = _XLA_TAKES * self._traced_in
        leave = self._compiling(takes) if self._compiling and self.waits and self._seconds > takes else None
        if leave is not None:
            with leave:
                self.waits = False
                self._first(inputs, ("XLA", "in turn", "graph"))
        return arrays_of_results

    def _first(self, inputs: Any, ways: tuple[Way, ...]) -> Any:
        # Layers whose shapes XLA cannot know, Python control flow on values: what a model does is known on trying only.
        for way in ways:
            run = self._made(way)
            try:
                results = run(*inputs)
            except Exception as error:
                was_graph = isinstance(error, tf.errors.OpError) and way == "graph"
                if was_graph or isinstance(error, SteppingError):
                    raise  # Op by op it would fail as well.
                self.why_eager = sentence_of(error)
            else:
                self._run, self.why_eager = run, ""
                return results
        results = self._function(*inputs)
        self._run = self._function
        return results

    def _made(self, way: Way) -> Callable[..., Any]:
        # A partial of its own: TensorFlow counts the traces of one function together, and warns of several loops as of one
        # that is traced again and again.
        run = tf.function(functools.partial(self._traced), autograph=False, jit_compile=way == "XLA")

        def in_turn(*inputs: Any) -> Any:
            with tf.experimental.function_executor_type("SINGLE_THREADED_EXECUTOR"):
                return run(*inputs)

        return in_turn if way == "in turn" else run

    def _traced(self, *inputs: Any) -> Any:
        self.traces += 1
        return self._function(*inputs)
