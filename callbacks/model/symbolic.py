"""Where the layers of a model are, without a batch and on any backend of Keras."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterator
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.errors import ModelCallError
from tb_seqviz_plugin.callbacks.model.call import ModelCall, ways_to_call
from tb_seqviz_plugin.callbacks.model.calls import Call
from tb_seqviz_plugin.callbacks.model.paths import places_of
from tb_seqviz_plugin.callbacks.model.private_parts import children_of, layers_of
from tb_seqviz_plugin.callbacks.model.recorder import Recorder
from tb_seqviz_plugin.callbacks.model.tap import listening

_Found = list[tuple[weakref.ref[keras.layers.Layer], str]]
_found: weakref.WeakKeyDictionary[keras.Model, tuple[list[int], _Found]] = weakref.WeakKeyDictionary()
"""By model the ids of its weights, which tell one that was changed since, and its layers with their paths."""


def layers_with_paths(model: keras.Model) -> Iterator[tuple[keras.layers.Layer, str]]:
    """Yields a built model and every layer in it with its path, in the order of the forward pass as far as that is known.

    A layer that one other holds is called by that. Where several hold one, such as an embedding that an encoder and a decoder
    share, the model is run without values, on what it says that it takes, to learn which of them calls it.
    """
    weights = [id(weight) for weight in model.weights]
    if model not in _found or _found[model][0] != weights:
        holders = Counter(id(child) for layer in layers_of(model) for child in children_of(layer))
        calls = _calls_of(model) if max(holders.values(), default=0) > 1 else []
        root, _ = places_of(model, calls)
        _found[model] = weights, [(weakref.ref(place.layer), place.path) for place in root.walk()]
    for reference, path in _found[model][1]:
        layer = reference()
        if layer is not None:
            yield layer, path


def _calls_of(model: keras.Model) -> list[Call]:
    """Returns every call of a pass without values, none if the model does not say what it takes, or cannot run so."""
    try:
        ways = ways_to_call(model)
    except ModelCallError:
        return []
    for call in ways:
        try:
            return _run(model, call)
        except Exception:
            continue
    return []


class _Running(keras.Operation):
    """A call of a model, as something of which Keras finds out what it would return."""

    def __init__(self, model: keras.Model) -> None:
        super().__init__()
        self._model = model

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self._model(*args, **kwargs, training=False)


def _run(model: keras.Model, call: ModelCall) -> list[Call]:
    recorder = Recorder()
    args, kwargs = call.map(lambda spec: keras.KerasTensor(spec.shape, spec.dtype))
    with listening(model, recorder):
        _Running(model).compute_output_spec(*args, **kwargs)
    recorder.forget_all_but_last()
    return recorder.calls
