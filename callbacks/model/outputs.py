"""What a layer of a model makes of examples, wherever in the model it is."""

from __future__ import annotations

import contextlib
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.model.call import ModelCall, run_first, ways_to_call
from tb_seqviz_plugin.callbacks.model.layers import shadow, to_float
from tb_seqviz_plugin.callbacks.model.private_parts import mask_of
from tb_seqviz_plugin.callbacks.model.symbolic import layers_with_paths
from tb_seqviz_plugin.records.embeddings.record import Float
from tb_seqviz_plugin.records.remarks import remark

_BATCH = 256


class OutputError(ValueError):
    """A layer or examples that no vectors can be had of."""


def output_of(model: keras.Model, name: str, inputs: Any) -> tuple[Float, list[str]]:
    """Returns one vector per example, the output of a layer at inference.

    No variable, seed or state of the model changes. An output with axes between that of the examples and the last one, such as
    of time or of a picture, is averaged over these; where the layer passes on a mask, without what it masks.

    Args:
        model: a built model.
        name: path of the layer: its name, or the names of the layers around it and its own, joined by "/".
        inputs: see `ways_to_call`; at least one example.

    Returns:
        float32 [examples, dimensions], and what a reader should know about them, as sentences.

    Raises:
        OutputError: if there is no such layer, it takes no part, or it returns something else.
        ModelCallError: if the model cannot be called on such inputs.
    """
    layer = _layer_called(model, name)

    def run(way: ModelCall) -> tuple[Float, list[str]]:
        parts = [_as_vectors(name, *_run(model, layer, name, batch)) for batch in way.batches(_BATCH)]
        return np.concatenate([vectors for vectors, _ in parts]), list(parts[0][1])

    return run_first(model, ways_to_call(model, inputs), run)


def _as_vectors(name: str, output: Float, mask: npt.NDArray[Any] | None) -> tuple[Float, tuple[str, ...]]:
    """Returns one vector per example, and what is to be said of them: a mean where there are more axes, of what is not masked."""
    if output.ndim < 2 or 0 in output.shape:
        raise OutputError(
            f"Layer {name!r} returns an array of shape {list(output.shape)}; expected [examples, dimensions]. Name a layer that "
            "returns vectors."
        )
    if output.ndim == 2:
        return output, ()
    shape = f"[{', '.join(map(str, output.shape[1:]))}]"
    axes = tuple(range(1, output.ndim - 1))
    if mask is None or mask.shape != output.shape[: mask.ndim]:
        return output.mean(axis=axes), (remark("mean with padding" if output.ndim == 3 else "mean", shape=shape),)
    there = np.broadcast_to(mask.reshape(*mask.shape, *[1] * (output.ndim - mask.ndim)), output.shape)
    with np.errstate(invalid="ignore"):  # of padding alone there is no mean
        mean = np.where(there, output, 0).sum(axis=axes) / there.sum(axis=axes)
    return mean.astype(np.float32), (remark("mean without padding", shape=shape),)


def _layer_called(model: keras.Model, path: str) -> keras.layers.Layer:
    layers = {known: layer for layer, known in reversed(list(layers_with_paths(model)))}
    if path in layers:
        return layers[path]
    around, name = "", path
    while "/" in name and around + name.partition("/")[0] in layers:
        first, _, name = name.partition("/")
        around += f"{first}/"
    beside = [known.removeprefix(around) for known in reversed(layers) if known.startswith(around)]
    names = ", ".join(repr(known) for known in beside if "/" not in known and known != model.name)
    holder = layers[around[:-1]] if around else model
    raise OutputError(f"{holder.name!r} has no layer {name.partition('/')[0]!r}; expected one of {names}.")


def _run(
    model: keras.Model, layer: keras.layers.Layer, name: str, batch: ModelCall
) -> tuple[Float, npt.NDArray[np.bool_] | None]:
    """Runs the model and returns what the layer returned, the last time if it was called several times, and its mask."""
    outputs: list[Any] = []
    call = layer.call

    def noting(*args: Any, **kwargs: Any) -> Any:
        outputs.append(call(*args, **kwargs))
        return outputs[-1]

    with contextlib.ExitStack() as undo, keras.StatelessScope():
        shadow(undo, layer, "call", noting)
        batch.run(model, map(keras.ops.convert_to_tensor, batch.leaves()))
    if not outputs:
        raise OutputError(f"Layer {name!r} takes no part when the model {model.name!r} is called; name one that does.")
    output = keras.tree.flatten(outputs[-1])[0]
    mask = mask_of(output)
    known = None if mask is None else batch.cut(np.array(keras.ops.convert_to_numpy(mask), bool))
    return batch.cut(to_float(output)), known
