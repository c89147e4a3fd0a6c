"""Capture: the attention weights of an unchanged model on a probe batch.

The tap (`tap.py`) notes every softmax with the layer it belongs to; the backend adds those that the tap cannot see and
tells which of them multiply values. Here it is decided which of them are attention, and they get paths and standard
axes. The model runs inside `keras.StatelessScope()` and with `training=False`: no variable, seed or state of it changes.
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
from tb_seqviz_plugin.callbacks.attention.owners import (
    class_name_of,
    is_called_attention,
    is_called_mixture,
    is_keras_attention,
    is_own_class,
    number_paths,
    owner_id,
    owner_of,
)
from tb_seqviz_plugin.callbacks.backends.interface import AttentionPass
from tb_seqviz_plugin.callbacks.errors import CaptureError
from tb_seqviz_plugin.callbacks.model.paths import path_of
from tb_seqviz_plugin.callbacks.model.tap import Note

Float = npt.NDArray[np.float32]

_HIDDEN = (
    "a softmax of it runs inside a loop or a compiled function, under a name that cannot be followed there; call "
    "tf.nn.softmax by its full name, or pass the weights to sow(name, weights)"
)


@dataclass(frozen=True)
class Captured:
    """The weights of one call of one layer.

    Args:
        path: names of the nested layers below the model, joined by "/".
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
    """What is known of attention before its values are."""

    note: Note
    path: str
    class_name: str
    query_sources: frozenset[str] | None = None
    key_sources: frozenset[str] | None = None
    reads_previous: bool = False


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
        self._pass: AttentionPass | None = None
        try:
            traced = self._backend.GraphPass(self._run, self._model, self._inputs, self._choose)
        except Exception as error:  # Python control flow on values, .numpy(), and whatever else a graph cannot hold
            self.why_eager = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        else:
            self.why_eager = "attention inside a loop" if self._owners else ""
            self._pass = None if self._owners else traced

    def __call__(self, inputs: Mapping[str, npt.NDArray[Any]] | None = None) -> list[Captured]:
        """Returns the weights of every attention call, in the order of the forward pass.

        Args:
            inputs: other values for the probe, of the same names, shapes and types; None for those it was made with.
        """
        if inputs is not None:
            self._inputs = self._backend.to_tensors(inputs)
        if self._pass is not None:
            return self._finish(self._found, self._pass(self._inputs))
        found = self._describe(
            [
                note
                for note in self._backend.eager_pass(self._run, self._model, self._inputs)
                if self._is_attention_eagerly(note)
            ]
        )
        reached = {owner_id(item.note) for item in found}
        for path, owner in self._owners.items():
            if owner not in reached:
                self._report(path, _HIDDEN)
        return self._finish(found, [self._backend.to_numpy(item.note.tensor) for item in found])

    def _choose(self, traced: AttentionPass) -> list[Note]:
        sown = {id(note.tensor) for note in traced.notes if note.name}
        chosen = [
            note
            for note in traced.notes
            if note.name or (id(note.tensor) not in sown and self._is_attention(note, traced))
        ]
        inner = self._describe([note for note in traced.inner if note.name or self._is_attention(note, traced)])
        self._found = self._describe(chosen, traced)
        self._owners = {item.path: owner_id(item.note) for item in (*inner, *self._found)} if inner else {}
        for frame in traced.hidden:
            path = path_of(frame, self._model)
            if not any(item.path.startswith(path) or path == self._model.name for item in inner):
                self._report(path, _HIDDEN)
        return chosen

    def _describe(self, notes: Sequence[Note], traced: AttentionPass | None = None) -> list[_Found]:
        found = []
        previous: Note | None = None
        for note, path in zip(notes, number_paths(notes, self._model), strict=True):
            class_name = class_name_of(note, self._model)
            if traced is None:
                found.append(_Found(note, path, class_name))
                continue
            product = traced.product_of(note)
            key_sources = None if product is None else traced.sources_of(product.values)
            reads_previous = previous is not None and traced.reads(note, previous)
            found.append(_Found(note, path, class_name, traced.sources_of(note.tensor), key_sources, reads_previous))
            previous = note
        return found

    def _is_attention(self, note: Note, traced: AttentionPass) -> bool:
        """Returns whether a softmax that the graph shows is attention."""
        if is_keras_attention(note):
            return True
        fits, product = self._fits_tokens(note), traced.product_of(note)
        if product is None:
            return is_called_attention(note) and fits
        from_inputs = note in traced.inner or bool(traced.sources_of(product.values))
        if is_called_attention(note):
            return from_inputs or fits
        shared = product.shared if _queries(note) > 1 else fits
        return from_inputs and shared and not is_called_mixture(note)

    def _is_attention_eagerly(self, note: Note) -> bool:
        """Returns whether a softmax is attention where nothing tells what it multiplies."""
        if note.name or is_keras_attention(note) or owner_id(note) in self._owners.values():
            return True
        if self._owners or is_called_mixture(note) or not self._fits_tokens(note):
            return False
        return is_called_attention(note) or (is_own_class(note) and len(note.tensor.shape) > 2)

    def _fits_tokens(self, note: Note) -> bool:
        """Returns whether the keys can be tokens, rather than experts or words of the vocabulary."""
        shape = list(note.tensor.shape)
        if None in shape or len(shape) < 2:
            return len(shape) > 1
        keys = shape[note.axes[-1]]
        fits = keys == _queries(note) or any(abs(keys - length) <= 2 for length in self._lengths)
        return keys > 1 and (fits or len(note.axes) > 1)

    def _finish(self, found: Sequence[_Found], arrays: Sequence[npt.NDArray[Any]]) -> list[Captured]:
        captured: list[tuple[_Found, Float]] = []
        for item, array in zip(found, arrays, strict=True):
            try:
                captured.append((item, to_heads(array, item.note.axes, self._batch)))
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


def _queries(note: Note) -> int:
    """Returns the number of queries, 1 if the weights have no such axis."""
    shape = note.tensor.shape
    key_axis = note.axes[0] % len(shape)
    return 1 if key_axis < 2 or shape[key_axis - 1] is None else int(shape[key_axis - 1])


def _join_heads(captured: Sequence[tuple[_Found, Float]]) -> list[tuple[_Found, Float]]:
    """Joins single heads that one call of a layer computes side by side, as tutorials with a loop over heads do."""
    joined: list[tuple[_Found, list[Float]]] = []
    for item, weights in captured:
        if joined and _is_further_head(item, weights, *joined[-1]):
            joined[-1][1].append(weights)
        else:
            joined.append((item, [weights]))
    return [(item, heads[0] if len(heads) == 1 else np.concatenate(heads, axis=1)) for item, heads in joined]


def _is_further_head(item: _Found, weights: Float, first: _Found, heads: Sequence[Float]) -> bool:
    owner = owner_of(item.note)
    return (
        owner is not None
        and owner is owner_of(first.note)
        and not isinstance(owner.layer, keras.Model)
        and not item.note.name
        and not item.reads_previous
        and weights.shape[1] == 1
        and weights.shape[2] > 1
        and weights.shape == heads[0].shape
    )
