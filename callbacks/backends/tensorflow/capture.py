"""How a forward pass is recorded on TensorFlow: compiled once where the graph allows it, else run eagerly."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.softmaxes import (
    Flow,
    Product,
    find_hidden_softmaxes,
    find_product,
    find_softmaxes,
)
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of
from tb_seqviz_plugin.callbacks.model.tap import Frame, Note, Recorder, is_listening, listening

Run = Callable[[Mapping[str, tf.Tensor]], Any]


def to_tensors(inputs: Mapping[str, Any]) -> dict[str, tf.Tensor]:
    """Returns the probe as tensors, so that no call converts it anew."""
    return {name: tf.convert_to_tensor(value) for name, value in inputs.items()}


def to_numpy(tensor: Any) -> npt.NDArray[Any]:
    """Returns the values of an eager tensor."""
    array: npt.NDArray[Any] = np.asarray(keras.ops.convert_to_numpy(tensor))
    return array


class GraphPass:
    """A forward pass traced into a graph, once, and run as often as it is called.

    Args:
        run: calls the model on the probe's tensors by name.
        model: the model.
        inputs: the probe's tensors by name.
        choose: is given this object while the graph is open; returns the notes whose weights are wanted.

    Attributes:
        notes: every softmax of the outer graph, in order, those that the tap did not see included.
        inner: those born in a loop or another inner graph, whose values cannot be had from here.
        hidden: the layer calls in which an inner graph has a softmax that may be none of `inner`.

    Raises:
        Exception: whatever the model raises where it cannot be traced.
    """

    def __init__(
        self,
        run: Run,
        model: keras.Model,
        inputs: Mapping[str, tf.Tensor],
        choose: Callable[[GraphPass], Sequence[Note]],
    ) -> None:
        _check_names(model)
        self.notes: list[Note] = []
        self.inner: list[Note] = []
        self.hidden: list[Frame | None] = []

        def forward(*tensors: tf.Tensor) -> list[tf.Tensor]:
            placeholders = dict(zip(inputs, tensors, strict=True))
            self._record(run, model, placeholders)
            self._flow = Flow(
                tf.compat.v1.get_default_graph(),
                {**placeholders, **{_origin(note): note.tensor for note in self.notes}},
            )
            return [note.tensor for note in choose(self)]

        # Unlike tf.function this runs only what the weights need, and so neither the rest of the model nor assignments
        # to variables that Keras does not know.
        signature = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in inputs.values()]
        self._function = tf.compat.v1.wrap_function(forward, signature)

    def __call__(self, inputs: Mapping[str, tf.Tensor]) -> list[npt.NDArray[Any]]:
        """Returns the chosen weights for such inputs as it was traced on, with the model's variables as they are now."""
        if not self._function.outputs:
            return []  # Asked for nothing, TensorFlow would run everything.
        return [to_numpy(tensor) for tensor in self._function(*inputs.values())]

    def product_of(self, note: Note) -> Product | None:
        """Returns what the weights multiply, None if they multiply nothing."""
        return find_product(note.tensor)

    def sources_of(self, tensor: tf.Tensor) -> frozenset[str]:
        """Returns the names of the inputs that a tensor depends on."""
        return frozenset(name for name in self._flow.origins_of(tensor) if not name.startswith(_NOTE))

    def reads(self, note: Note, earlier: Note) -> bool:
        """Returns whether one softmax is computed from another."""
        return _origin(earlier) in self._flow.origins_of(note.tensor)

    def _record(self, run: Run, model: keras.Model, placeholders: Mapping[str, tf.Tensor]) -> None:
        graph = tf.compat.v1.get_default_graph()
        recorder = Recorder(mark=lambda: int(graph.version))
        with listening(model, recorder, _primitives()), functions_inlined(), keras.StatelessScope():
            run(placeholders)
        tapped = [note for note in recorder.notes if note.tensor.graph is graph]
        self.inner = [note for note in recorder.notes if note.tensor.graph is not graph]
        self.notes = sorted([*tapped, *_untapped(graph, tapped, recorder.frames)], key=lambda note: note.span)
        self.hidden = [_innermost(recorder.frames, place) for place in find_hidden_softmaxes(graph)]


def eager_pass(run: Run, model: keras.Model, inputs: Mapping[str, tf.Tensor]) -> list[Note]:
    """Returns every softmax of a forward pass that runs op by op; loops run as Python loops."""
    recorder = Recorder(mark=lambda: len(recorder.notes))
    with listening(model, recorder, _primitives()), functions_inlined(), keras.StatelessScope():
        run(inputs)
    return recorder.notes


def _primitives() -> list[tuple[Any, str]]:
    """Returns where every softmax and fused attention of Keras' TensorFlow backend ends.

    Looked up anew, since the statement `from tensorflow.nn import softmax` puts another module in the place of `tf.nn`.
    """
    return [(tf.nn, "softmax")]


def _check_names(model: keras.Model) -> None:
    """Raises a ValueError if TensorFlow takes a layer's name into no graph; Keras would take damage on finding out."""
    for layer in layers_of(model):
        if not _SCOPE.fullmatch(layer.name):
            raise ValueError(f"TensorFlow takes no layer called {layer.name!r} into a graph")


_SCOPE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\\/>-]*")
_NOTE = "\0softmax "
"""Begins the names of softmaxes among those of the inputs."""


def _origin(note: Note) -> str:
    return f"{_NOTE}{note.tensor.name}"


def _untapped(graph: tf.Graph, tapped: Sequence[Note], frames: Sequence[Frame]) -> Iterator[Note]:
    covered = {place for note in tapped for place in range(*note.span)}
    for found in find_softmaxes(graph):
        if found.place not in covered:
            frame = _innermost(frames, found.place)
            yield Note(found.weights, frame, found.axes, "", (found.place, found.place + 1))


def _innermost(frames: Sequence[Frame], place: int) -> Frame | None:
    """Returns the layer call in which an op was made; frames are listed as they were entered."""
    return next((frame for frame in reversed(frames) if frame.opened <= place < frame.closed), None)


@contextlib.contextmanager
def functions_inlined() -> Iterator[None]:
    """Lets every tf.function in the model run as plain Python: one that is traced already would run none of its code.

    Unlike `tf.config.run_functions_eagerly` this leaves other threads alone.
    """
    kind = type(tf.function(lambda: None))
    call = kind.__call__

    @functools.wraps(call)
    def inlined(function: Any, *args: Any, **kwargs: Any) -> Any:
        return function.python_function(*args, **kwargs) if is_listening() else call(function, *args, **kwargs)

    kind.__call__ = inlined
    try:
        yield
    finally:
        kind.__call__ = call
