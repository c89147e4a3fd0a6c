"""What the embeddings of a model are asked for while it runs: tokens, or positions in the text."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.model.layers import shadow
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of

Noted = list[tuple[keras.layers.Embedding, npt.NDArray[Any]]]


@contextlib.contextmanager
def embeddings_noted(model: keras.Model) -> Iterator[Noted]:
    """Notes every embedding layer with the ids that it is given, as far as they are known, while the context lasts."""
    noted: Noted = []

    def noting(layer: keras.layers.Embedding, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def entering(inputs: Any, *args: Any, **kwargs: Any) -> Any:
            if hasattr(inputs, "numpy"):  # in a graph there are no values
                noted.append((layer, np.asarray(inputs.numpy())))
            return call(inputs, *args, **kwargs)

        return entering

    with contextlib.ExitStack() as undo:
        for layer in layers_of(model):
            if isinstance(layer, keras.layers.Embedding):
                shadow(undo, layer, "call", noting(layer, layer.call))
        yield noted


def tokens_among(noted: Noted, text: npt.NDArray[np.int32]) -> int | None:
    """Returns how many tokens the embedding of a text knows, None if none was asked for it."""
    return min((layer.input_dim for layer, ids in noted if np.array_equal(ids, text)), default=None)


def positions_among(noted: Noted, length: int) -> int:
    """Returns how many tokens the position embeddings have room for that were asked for those of a text of some length."""
    return min((_room(layer, ids) for layer, ids in noted if _are_positions(ids, length)), default=sys.maxsize)


def positions_of_layers(model: keras.Model) -> int:
    """Returns how many tokens the layers of KerasHub that embed positions have room for."""
    keras_hub = sys.modules.get("keras_hub")
    kind = () if keras_hub is None else keras_hub.layers.PositionEmbedding
    return min(
        (int(layer.sequence_length) for layer in layers_of(model) if isinstance(layer, kind)), default=sys.maxsize
    )


def _room(layer: keras.layers.Embedding, ids: npt.NDArray[Any]) -> int:
    return int(layer.input_dim - ids.min())


def _are_positions(ids: npt.NDArray[Any], length: int) -> bool:
    """Returns whether ids count up along a text, the same in every row, from wherever."""
    if not ids.ndim or ids.shape[-1] != length or length < 2:
        return False
    return bool((ids == ids.min() + np.arange(length)).all())
