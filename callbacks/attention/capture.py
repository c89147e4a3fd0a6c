"""Capture: the attention weights of an unchanged model on a probe batch.

The recorder notes every softmax with the layer call it belongs to; the backend adds those that it cannot see and tells
which of them multiply values. Here it is decided which of them are attention, and they get paths and standard axes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.attention.heads import LayoutError, to_heads
from tb_seqviz_plugin.callbacks.attention.rules import attention_among, is_attention_eagerly, locate, owner_id, owner_of
from tb_seqviz_plugin.callbacks.backends.interface import NotedSoftmaxes
from tb_seqviz_plugin.callbacks.errors import CaptureError
from tb_seqviz_plugin.callbacks.model.calls import Call, Note
from tb_seqviz_plugin.callbacks.model.paths import places_of

Float = npt.NDArray[np.float32]

_HIDDEN = (
    "a softmax of it runs inside a loop or a compiled function, under a name that cannot be followed there; call "
    "tf.nn.softmax by its full name, or pass the weights to sow(name, weights)"
)


@dataclass(frozen=True)
class Captured:
    """The weights of one call of one layer.

    Args:
        path: that of the layer, followed by the name that `sow` was given, if it was.
        class_name: class of the layer.
        call: which call of this layer it is, from 0.
        weights: float32 [batch, heads, queries, keys].
        query_sources: names of the inputs that queries or keys are computed from, None if unknown.
        key_sources: names of the inputs that the values are computed from, None if unknown.
    """

    path: str
    class_name: str
    call: int
    weights: Float
    query_sources: frozenset[str] | None = None
    key_sources: frozenset[str] | None = None


@dataclass(frozen=True)
class _Found:
    """What is known of attention before its values are; `earlier` are the ids of the notes that it is computed from."""

    note: Note
    path: str
    class_name: str
    query_sources: frozenset[str] | None = None
    key_sources: frozenset[str] | None = None
    earlier: frozenset[int] = frozenset()

    @property
    def sources(self) -> tuple[frozenset[str], frozenset[str]] | None:
        """What the weights and the values are computed from, None if unknown."""
        if self.query_sources is None or self.key_sources is None:
            return None
        return self.query_sources, self.key_sources


class Capture:
    """Captures attention as often as it is called; the model is traced once.

    Args:
        model: a built model.
        inputs: the probe by input name, arrays with the batch first.
        run: calls the model on such inputs.
        lengths: lengths of the token axes, to tell attention over tokens from other mixtures.

    Attributes:
        problems: what could not be captured, as sentences without their full stop.
        why_eager: why the model cannot run as a graph, "" if it does.

    Raises:
        CaptureError: if the model is not built.
        BackendError: if Keras runs on a backend on which attention cannot be captured.

    >>> from keras import layers
    >>> tokens = layers.Input((4, 8))
    >>> model = keras.Model(tokens, layers.MultiHeadAttention(2, 4, name="attention")(tokens, tokens))
    >>> x = np.ones((1, 4, 8), "float32")
    >>> capture = Capture(model, {"tokens": x}, lambda inputs: model(inputs["tokens"], training=False))
    >>> [(found.path, found.weights.shape) for found in capture()]
    [('attention', (1, 2, 4, 4))]
    """

    def __init__(
        self,
        model: keras.Model,
        inputs: Mapping[str, npt.NDArray[Any]],
        run: Callable[[Mapping[str, Any]], Any],
        lengths: Sequence[int] = (),
    ) -> None:
        self._backend = backends.attention()
        if not model.built:
            raise CaptureError(
                f"The model {model.name!r} is not built, so it has no weights to look at. Call it once on a batch, or "
                "train one step, before logging."
            )
        self.problems: list[str] = []
        self._model, self._run = model, run
        self._inputs = self._backend.to_tensors(inputs)
        self._batch = len(next(iter(inputs.values())))
        self._lengths = lengths or [array.shape[1] for array in inputs.values() if array.ndim > 1]
        self._found: list[_Found] = []
        # Owners of attention that the graph shows, by path; what the eager pass is to find where values are born in a
        # loop.
        self._owners: dict[str, int] = {}
        self._graph: Callable[..., Sequence[Any]] | None = None
        try:
            graph = self._backend.traced(self._forward, list(self._inputs.values()))
        except Exception as error:  # Python control flow on values, .numpy(), and whatever else a graph cannot hold
            self.why_eager = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        else:
            self.why_eager = "attention inside a loop" if self._owners else ""
            self._graph = None if self._owners else graph

    def __call__(self, inputs: Mapping[str, npt.NDArray[Any]] | None = None) -> list[Captured]:
        """Returns the weights of every attention call, in the order of the forward pass.

        Args:
            inputs: other values for the probe, of the same names, shapes and types; None for those it was made with.
        """
        if inputs is not None:
            self._inputs = self._backend.to_tensors(inputs)
        if self._graph is not None:
            return self._finish(self._found, self._graph(*self._inputs.values()))
        recorder = self._backend.record(self._run, self._model, self._inputs, eager=True)
        owners = self._owners.values()
        notes = [note for note in recorder.notes if is_attention_eagerly(note, self._lengths, owners)]
        found = self._describe(notes, recorder.calls)
        reached = {owner_id(item.note) for item in found}
        for path, owner in self._owners.items():
            if owner not in reached:
                self._report(path, _HIDDEN)
        return self._finish(found, [item.note.tensor for item in found])

    def _forward(self, *tensors: Any) -> list[Any]:
        """Runs the model while a graph is open; returns the weights that are wanted."""
        inputs = dict(zip(self._inputs, tensors, strict=True))
        recorder = self._backend.record(self._run, self._model, inputs)
        softmaxes = self._backend.NotedSoftmaxes(recorder, inputs)
        chosen, hidden = attention_among(softmaxes, self._lengths)
        inner = self._describe(hidden, recorder.calls, softmaxes)
        self._found = self._describe(chosen, recorder.calls, softmaxes)
        self._owners = {item.path: owner_id(item.note) for item in (*inner, *self._found)} if inner else {}
        root, place_of = places_of(self._model, recorder.calls)
        for call in softmaxes.hidden_calls():
            path = root.path if call is None else place_of[call].path
            if not any(item.path.startswith(path) or path == root.path for item in inner):
                self._report(path, _HIDDEN)
        return [note.tensor for note in chosen]

    def _describe(
        self, notes: Sequence[Note], calls: Sequence[Call], softmaxes: NotedSoftmaxes | None = None
    ) -> list[_Found]:
        root, place_of = places_of(self._model, calls)
        found = []
        for number, note in enumerate(notes):
            place, path = locate(note, root, place_of)
            class_name = type(place.layer).__name__
            if softmaxes is None:
                found.append(_Found(note, path, class_name))
                continue
            product = softmaxes.product_of(note)
            key_sources = None if product is None else softmaxes.sources_of(product.values)
            earlier = frozenset(id(other) for other in notes[:number] if softmaxes.reads(note, other))
            query_sources = softmaxes.sources_of(note.tensor)
            found.append(_Found(note, path, class_name, query_sources, key_sources, earlier))
        return found

    def _finish(self, found: Sequence[_Found], tensors: Sequence[Any]) -> list[Captured]:
        captured: list[tuple[_Found, Float]] = []
        for item, tensor in zip(found, tensors, strict=True):
            try:
                captured.append((item, to_heads(self._backend.to_numpy(tensor), item.note.axes, self._batch)))
            except LayoutError as error:
                self._report(item.path, str(error))
        calls: Counter[str] = Counter()
        result: list[Captured] = []
        for item, weights in _join_heads(captured):
            call = calls[item.path]
            calls[item.path] += 1
            result.append(Captured(item.path, item.class_name, call, weights, item.query_sources, item.key_sources))
        return result

    def _report(self, path: str, reason: str) -> None:
        problem = f"{path}: {reason}"
        if problem not in self.problems:
            self.problems.append(problem)


def _join_heads(captured: Sequence[tuple[_Found, Float]]) -> list[tuple[_Found, Float]]:
    """Joins single heads that one call of a layer computes side by side, as tutorials with a loop over heads do."""
    groups: list[list[tuple[_Found, Float]]] = []
    for item in captured:
        if groups and _is_further_head(item, groups[-1]):
            groups[-1].append(item)
        else:
            groups.append([item])
    return [(heads[0][0], np.concatenate([weights for _, weights in heads], axis=1)) for heads in groups]


def _is_further_head(candidate: tuple[_Found, Float], heads: Sequence[tuple[_Found, Float]]) -> bool:
    """Returns whether weights are those of one more head beside others: of the same call, and computed from none of them."""
    (item, weights), (first, its_weights) = candidate, heads[0]
    owner = owner_of(item.note)
    if owner is None or owner is not owner_of(first.note) or item.note.name:
        return False
    if isinstance(owner.layer, keras.Model) and (item.sources is None or item.sources != first.sources):
        # The heads of a model itself may be of several encoders beside each other; op by op, of several layers in a row.
        return False
    fits = weights.shape[1] == 1 and weights.shape[2] > 1 and weights.shape == its_weights.shape
    return fits and not any(id(head.note) in item.earlier for head, _ in heads)
