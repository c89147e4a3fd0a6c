"""Capture: the attention weights of an unchanged model on a probe batch.

The tap (`tap.py`) notes every softmax with the layer it belongs to; the backend adds those that the tap cannot see and tells
which of them multiply values. Here it is decided which of them are attention, and they get paths and standard axes. The model
runs inside `keras.StatelessScope()` and with `training=False`: no variable, seed or state of it changes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.layout import LayoutError, to_heads
from tb_seqviz_plugin.callbacks.tap import Frame, Note
from tb_seqviz_plugin.callbacks.tensorflow_backend import GraphPass, eager_pass, to_numpy, to_tensors

Float = npt.NDArray[np.float32]

_ATTENTION = re.compile(r"att(ention|n|end)", re.IGNORECASE)
_MIXTURE = re.compile(r"rout(er|ing)|moe|expert", re.IGNORECASE)
_SUPPORTED_BACKENDS = ("tensorflow",)


class CaptureError(RuntimeError):
    """A model whose attention cannot be captured as it is."""


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
    """What is known of a softmax before its values are."""

    note: Note
    path: str
    class_name: str
    invocation: tuple[int, int]
    query_sources: frozenset[str] | None = None
    key_sources: frozenset[str] | None = None


class Capture:
    """Captures attention as often as it is called; the model is traced once.

    Args:
        model: a built model.
        inputs: the probe by input name, arrays with the batch first.
        run: calls the model on such inputs.
        lengths: lengths of the token axes, to tell attention over tokens from other mixtures.

    Raises:
        CaptureError: if the model is not built or Keras runs on a backend that is not supported.

    >>> from keras import layers
    >>> tokens = layers.Input((4, 8))
    >>> model = keras.Model(tokens, layers.MultiHeadAttention(2, 4, name="attention")(tokens, tokens))
    >>> capture = Capture(model, {"tokens": np.ones((1, 4, 8), "float32")}, lambda x: model(x["tokens"], training=False))
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
        check_backend()
        if not model.built:
            raise CaptureError(
                f"The model {model.name!r} is not built, so it has no weights to look at. Call it once on a batch, or train "
                "one step, before logging."
            )
        self.problems: list[str] = []
        self._model, self._run = model, run
        self._inputs = to_tensors(inputs)
        self._batch = len(next(iter(inputs.values())))
        self._lengths = lengths or [array.shape[1] for array in inputs.values() if array.ndim > 1]
        self._found: list[_Found] = []
        # Owners of attention that the graph shows, by path; what the eager pass is to find where values are born in a loop.
        self._owners: dict[str, int] = {}
        self._pass: GraphPass | None = None
        try:
            traced = GraphPass(self._run, self._model, self._inputs, self._choose)
        except Exception as error:  # Python control flow on values, .numpy(), and whatever else a graph cannot hold
            self.why_eager = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        else:
            self.why_eager = "attention inside a loop" if self._owners else ""
            self._pass = None if self._owners else traced

    def __call__(self) -> list[Captured]:
        """Returns the weights of every attention call, in the order of the forward pass."""
        if self._pass is not None:
            return self._finish(self._found, self._pass())
        notes = eager_pass(self._run, self._model, self._inputs)
        found = self._select(notes, self._is_attention_eagerly)
        reached = {_owner_id(item.note) for item in found}
        self._report(
            {path for path, owner in self._owners.items() if owner not in reached},
            "its softmax runs inside a loop, under a name that cannot be followed there; call tf.nn.softmax by its full name "
            "or pass the weights to sow(name, weights)",
        )
        return self._finish(found, [to_numpy(item.note.tensor) for item in found])

    def _choose(self, traced: GraphPass) -> list[Note]:
        def accept(note: Note) -> bool:
            return self._is_attention(note, traced)

        inner, outer = self._select(traced.inner, accept), self._select(traced.notes, accept)
        self._owners = {item.path: _owner_id(item.note) for item in (*inner, *outer)} if inner else {}
        self._found = [self._with_sources(item, traced) for item in outer]
        return [item.note for item in outer]

    def _with_sources(self, item: _Found, traced: GraphPass) -> _Found:
        values = traced.values_of(item.note)
        return replace(
            item,
            query_sources=traced.sources_of(item.note.tensor),
            key_sources=None if values is None else traced.sources_of(values),
        )

    def _is_attention(self, note: Note, traced: GraphPass) -> bool:
        if note.name or _is_named_attention(note):
            return True
        values = traced.values_of(note)
        if values is None or not self._is_plausible(note):
            return False
        return note in traced.inner or bool(traced.sources_of(values))

    def _is_attention_eagerly(self, note: Note) -> bool:
        if note.name or _is_named_attention(note) or _owner_id(note) in self._owners.values():
            return True
        own_class = note.frame is not None and not type(_owner(note.frame).layer).__module__.startswith("keras.")
        return not self._owners and own_class and len(note.tensor.shape) > 2 and self._is_plausible(note)

    def _is_plausible(self, note: Note) -> bool:
        """Returns whether the keys can be tokens, rather than experts or words of the vocabulary."""
        shape = [size for size in note.tensor.shape]
        if None in shape or len(shape) < 2:
            return len(shape) > 1
        keys = shape[note.axes[-1]]
        queries = shape[note.axes[-1] - 1] if len(shape) > 2 else 1
        names = "" if note.frame is None else type(_owner(note.frame).layer).__name__
        fits = keys == queries or any(abs(keys - length) <= 2 for length in self._lengths) or len(note.axes) > 1
        return keys > 1 and fits and not _MIXTURE.search(names)

    def _select(self, notes: Sequence[Note], accept: Callable[[Note], bool]) -> list[_Found]:
        paths = _Paths(self._model)
        return [paths.describe(note) for note in notes if accept(note)]

    def _finish(self, found: Sequence[_Found], arrays: Sequence[npt.NDArray[Any]]) -> list[Captured]:
        captured: list[tuple[_Found, Float]] = []
        for item, array in zip(found, arrays, strict=True):
            try:
                captured.append((item, to_heads(array, item.note.axes, self._batch)))
            except LayoutError as error:
                self._report({item.path}, str(error))
        calls: Counter[str] = Counter()
        result: list[Captured] = []
        for item, weights in _join_heads(captured):
            result.append(
                Captured(
                    item.path, item.class_name, calls[item.path], weights, item.query_sources, item.key_sources
                )
            )
            calls[item.path] += 1
        return result

    def _report(self, paths: set[str], reason: str) -> None:
        self.problems.extend(f"{path}: {reason}" for path in sorted(paths))


def check_backend() -> None:
    """Raises a CaptureError unless Keras runs on a backend that attention can be captured on."""
    backend = keras.backend.backend()
    if backend not in _SUPPORTED_BACKENDS:
        raise CaptureError(
            f"Keras runs on the backend {backend!r}; attention is captured on {', '.join(_SUPPORTED_BACKENDS)} in this "
            "version. Compute the weights yourself and log them with tb_seqviz_plugin.Writer(log_dir).attention(...)."
        )


class _Paths:
    """Gives each layer its path, and layers that share one a number."""

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._owner_of_path: dict[str, int] = {}
        self._softmaxes: Counter[tuple[int, int]] = Counter()

    def describe(self, note: Note) -> _Found:
        frame = None if note.frame is None else _owner(note.frame)
        layer = self._model if frame is None else frame.layer
        path = self._unique(_path(frame) or self._model.name, id(layer))
        if note.name:
            path = f"{_path(frame)}/{note.name}".lstrip("/")
        invocation = (id(layer), 0 if frame is None else frame.invocation)
        return _Found(note, path, type(layer).__name__, invocation)

    def _unique(self, path: str, owner: int) -> str:
        candidate, number = path, 1
        while self._owner_of_path.setdefault(candidate, owner) != owner:
            number += 1
            candidate = f"{path} ({number})"
        return candidate


def _owner(frame: Frame) -> Frame:
    """Returns the call that attends: a bare `Softmax` or `Activation` layer stands for the layer around it."""
    while (
        isinstance(frame.layer, keras.layers.Softmax | keras.layers.Activation)
        and frame.parent is not None
        and not isinstance(frame.parent.layer, keras.Model)
    ):
        frame = frame.parent
    return frame


def _owner_id(note: Note) -> int:
    return 0 if note.frame is None else id(_owner(note.frame).layer)


def _is_named_attention(note: Note) -> bool:
    if note.frame is None:
        return False
    layer = _owner(note.frame).layer
    is_model = isinstance(layer, keras.Model)
    return not is_model and bool(_ATTENTION.search(type(layer).__name__)) and not _MIXTURE.search(type(layer).__name__)


def _path(frame: Frame | None) -> str:
    """Returns the names below the model."""
    names: list[str] = []
    while frame is not None and frame.parent is not None:
        names.append(frame.layer.name)
        frame = frame.parent
    return "/".join(reversed(names))


def _join_heads(captured: Sequence[tuple[_Found, Float]]) -> list[tuple[_Found, Float]]:
    """Joins single heads that one call of a layer computed one after the other, as tutorials with a loop over heads do."""
    joined: list[tuple[_Found, list[Float]]] = []
    for item, weights in captured:
        if joined:
            before, heads = joined[-1]
            same_call = before.invocation == item.invocation and not item.note.name and before.path == item.path
            model_itself = item.note.frame is None or isinstance(_owner(item.note.frame).layer, keras.Model)
            matrix = weights.shape[1] == 1 and weights.shape[2] > 1 and weights.shape == heads[0].shape
            if same_call and matrix and not model_itself:
                heads.append(weights)
                continue
        joined.append((item, [weights]))
    return [(item, heads[0] if len(heads) == 1 else np.concatenate(heads, axis=1)) for item, heads in joined]
