"""What a layer of a model makes of examples, wherever in the model it is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.embedding_tables import children_of, to_float
from tb_seqviz_plugin.embeddings import Float

_BATCH = 256


class OutputError(ValueError):
    """A layer or examples that no vectors can be had of."""


def output_of(model: keras.Model, name: str, inputs: Any) -> tuple[Float, list[str]]:
    """Returns one vector per example, the output of a layer at inference.

    No variable, seed or state of the model changes. An output with axes between that of the examples and the last one, such as
    of time or of a picture, is averaged over these.

    Args:
        model: a built model.
        name: of the layer, or names of the nested layers joined by "/".
        inputs: what the model is called with: an array, or a dict, list or tuple of arrays, the examples first.

    Returns:
        float32 [examples, dimensions], and what a reader should know about them, as sentences.

    Raises:
        OutputError: if there is no such layer, it takes no part, or it returns something else.
    """
    layer = _layer_called(model, name)
    arrays = keras.tree.map_structure(np.asarray, inputs)
    examples = {len(array) for array in keras.tree.flatten(arrays)}
    if len(examples) != 1:
        raise OutputError(f"The inputs of layer {name!r} have {sorted(examples)} examples; expected as many of each.")
    starts = range(0, examples.pop(), _BATCH)
    output = np.concatenate([to_float(_run(model, layer, name, _batch_of(arrays, first))) for first in starts])
    if output.ndim < 2 or 0 in output.shape:
        raise OutputError(
            f"Layer {name!r} returns an array of shape {list(output.shape)}; expected [examples, dimensions]. Name a layer that "
            "returns vectors."
        )
    if output.ndim == 2:
        return output, []
    axes = tuple(range(1, output.ndim - 1))
    shape = ", ".join(map(str, output.shape[1:]))
    return output.mean(axis=axes), [
        f"The output of each example has shape [{shape}]; shown is its mean but for the last axis."
    ]


def _layer_called(model: keras.Model, name: str) -> keras.layers.Layer:
    layer: keras.layers.Layer = model
    for part in name.split("/"):
        found = next((child for child in children_of(layer) if child.name == part), None)
        if found is None:
            names = ", ".join(repr(child.name) for child in children_of(layer)[:20])
            raise OutputError(
                f"The outputs of layer {name!r} are asked for, and {layer.name!r} has no layer {part!r}; expected one of {names}."
            )
        layer = found
    return layer


def _run(model: keras.Model, layer: keras.layers.Layer, name: str, batch: Any) -> Any:
    """Runs the model and returns what the layer returned, the last time if it was called several times."""
    outputs: list[Any] = []
    call = layer.call

    def noting(*args: Any, **kwargs: Any) -> Any:
        outputs.append(call(*args, **kwargs))
        return outputs[-1]

    with _standing_in(layer, noting), keras.StatelessScope():
        model(batch, training=False)
    if not outputs:
        raise OutputError(f"Layer {name!r} takes no part when the model {model.name!r} is called; name one that does.")
    return keras.tree.flatten(outputs[-1])[0]


@contextlib.contextmanager
def _standing_in(layer: keras.layers.Layer, call: Callable[..., Any]) -> Iterator[None]:
    """Puts a function in the place of a layer's `call` on the instance, past Keras' own tracking, for a while."""
    attributes = vars(layer)
    own = {name: attributes[name] for name in ("call",) if name in attributes}
    attributes["call"] = call
    try:
        yield
    finally:
        del attributes["call"]
        attributes.update(own)


def _batch_of(arrays: Any, first: int) -> Any:
    return keras.tree.map_structure(lambda array: keras.ops.convert_to_tensor(array[first : first + _BATCH]), arrays)
