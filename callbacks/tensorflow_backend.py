"""How a forward pass is recorded on TensorFlow: compiled once where the graph allows it, else run eagerly."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.graph import find_softmaxes, sources_of, values_multiplied_by
from tb_seqviz_plugin.callbacks.tap import Frame, Note, Recorder, listening

PRIMITIVES = ((tf.nn, "softmax"),)
"""Every softmax and fused attention of Keras' TensorFlow backend ends in this function."""


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
        choose: is given this object while the graph is open, with `notes` (every softmax of the outer graph, in order,
            those that the tap did not see included) and `inner` (those born in a loop or another inner graph, whose values
            cannot be had from here); returns the notes whose weights are wanted.
    """

    def __init__(
        self,
        run: Callable[[Mapping[str, tf.Tensor]], Any],
        model: keras.Model,
        inputs: Mapping[str, tf.Tensor],
        choose: Callable[[GraphPass], Sequence[Note]],
    ) -> None:
        self.notes: list[Note] = []
        self.inner: list[Note] = []
        self._placeholders: dict[str, tf.Tensor] = {}
        self._tensors = list(inputs.values())

        def forward(*tensors: tf.Tensor) -> list[tf.Tensor]:
            self._placeholders = dict(zip(inputs, tensors, strict=True))
            self._record(run, model)
            return [note.tensor for note in choose(self)]

        signature = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in self._tensors]
        self._function = tf.function(forward, autograph=False).get_concrete_function(*signature)

    def __call__(self) -> list[npt.NDArray[Any]]:
        """Returns the chosen weights, with the model's variables as they are now."""
        return [to_numpy(tensor) for tensor in self._function(*self._tensors)]

    def values_of(self, note: Note) -> tf.Tensor | None:
        """Returns the values that the weights multiply, None if they multiply none."""
        return values_multiplied_by(note.tensor)

    def sources_of(self, tensor: tf.Tensor) -> frozenset[str]:
        """Returns the names of the inputs that a tensor depends on."""
        return sources_of(tensor, self._placeholders)

    def _record(self, run: Callable[[Mapping[str, tf.Tensor]], Any], model: keras.Model) -> None:
        graph = tf.compat.v1.get_default_graph()
        recorder = Recorder(mark=lambda: int(graph.version))
        with listening(model, recorder, PRIMITIVES), keras.StatelessScope():
            run(self._placeholders)
        tapped = [note for note in recorder.notes if note.tensor.graph is graph]
        self.inner = [note for note in recorder.notes if note.tensor.graph is not graph]
        self.notes = sorted([*tapped, *_untapped(graph, tapped, recorder.frames)], key=lambda note: note.span)


def eager_pass(
    run: Callable[[Mapping[str, tf.Tensor]], Any], model: keras.Model, inputs: Mapping[str, tf.Tensor]
) -> list[Note]:
    """Returns every softmax of a forward pass that runs op by op; loops run as Python loops."""
    recorder = Recorder(mark=lambda: len(recorder.notes))
    with _functions_run_eagerly(), listening(model, recorder, PRIMITIVES), keras.StatelessScope():
        run(inputs)
    return recorder.notes


def _untapped(graph: tf.Graph, tapped: Sequence[Note], frames: Sequence[Frame]) -> Iterator[Note]:
    covered = {place for note in tapped for place in range(*note.span)}
    for place, tensor in find_softmaxes(graph):
        if place not in covered:
            around = [frame for frame in frames if frame.opened <= place < frame.closed]
            innermost = max(around, key=lambda frame: frame.opened, default=None)
            yield Note(tensor, innermost, (-1,), "", (place, place + 1))


@contextlib.contextmanager
def _functions_run_eagerly() -> Iterator[None]:
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)
