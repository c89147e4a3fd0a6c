"""Layers that are stood in for while a graph is traced: recurrent ones, whose loops cannot be cut, and `TimeDistributed`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from tb_seqviz_plugin.callbacks.model.layers import shadow


class Markers:
    """What stands for recurrent layers in a graph: a function for each, by whose name it is known again.

    Args:
        layers: those of the model, wherever they are.
    """

    def __init__(self, layers: Sequence[keras.layers.Layer]) -> None:
        self._recurrent = [layer for layer in layers if isinstance(layer, keras.layers.RNN)]
        self._distributed = [layer for layer in layers if isinstance(layer, keras.layers.TimeDistributed)]

    def layer_of(self, op: Any) -> keras.layers.RNN | None:
        """Returns the layer that an op stands for, None if it is another call of a function."""
        name = op.get_attr("f").name
        return next((each for number, each in enumerate(self._recurrent) if self._name(number) in name), None)

    @contextlib.contextmanager
    def standing_in(self) -> Iterator[None]:
        """Stands in for the calls of the layers as long as the context lasts."""
        with contextlib.ExitStack() as undo:
            for number, layer in enumerate(self._recurrent):
                shadow(undo, layer, "call", self._marking(number, layer))
            for distributed in self._distributed:
                shadow(undo, distributed, "call", _on_all_places(distributed))
            yield

    def _name(self, number: int) -> str:
        return f"seqviz_recurrent_{id(self)}_{number}_"

    def _marking(self, number: int, layer: keras.layers.RNN) -> Any:
        def call(sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
            rows, time, _ = sequences.shape
            given = [] if initial_state is None else keras.tree.flatten(initial_state)
            masks = [] if mask is None else [keras.tree.flatten(mask)[0]]
            shapes = [tuple(state.shape) for state in keras.tree.flatten(layer.get_initial_state(rows))]
            sizes = getattr(layer.cell, "output_size", None)
            width = keras.tree.flatten(layer.state_size if sizes is None else sizes)[0]
            shape = (rows, time, width) if layer.return_sequences else (rows, width)

            def marker(sequences: Any, *others: Any) -> list[Any]:
                # All that it is given has a part in what it returns, so that none of it is left out of the graph.
                linked = sum(tf.reduce_sum(tf.cast(each, layer.compute_dtype)) for each in (sequences, *others))
                return [tf.zeros(each, layer.compute_dtype) + linked for each in (shape, *shapes)]

            marker.__name__ = f"{self._name(number)}{len(given)}"
            output, *states = tf.function(marker, autograph=False)(sequences, *given, *masks)
            return (output, *states) if layer.return_state else output

        return call


def _on_all_places(layer: keras.layers.TimeDistributed) -> Any:
    def call(inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        rows, time, *rest = inputs.shape
        result = layer.layer(tf.reshape(inputs, (rows * time, *rest)))
        return tf.reshape(result, (rows, time, *result.shape[1:]))

    return call
