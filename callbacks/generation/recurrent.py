"""Stepping with recurrent layers: the model is called on one token, and each of them goes on from the state that it had."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
from keras import ops

from tb_seqviz_plugin.callbacks.decoding.drawn import Ask
from tb_seqviz_plugin.callbacks.errors import SteppingError
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.callbacks.model.layers import shadow
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of
from tb_seqviz_plugin.records.remarks import remark

_ALONE = {"return_state": True, "stateful": False, "unroll": True, "use_cudnn": False}
"""How a recurrent layer runs on one token: without a loop, its state given and returned."""


class Recurrent:
    """Steps with a model whose only memory are its recurrent layers.

    Args:
        model: of which no more is known.

    Raises:
        SteppingError: if it takes something else, reads backwards, or has no recurrent layer.
    """

    way: str = remark("recurrent states")
    knows_padding = True

    def __init__(self, model: NextToken) -> None:
        self._model = model
        self._layers = [layer for layer in layers_of(model.keras_model) if isinstance(layer, keras.layers.RNN)]
        if model.source.is_there or model.length is not None:
            raise SteppingError(remark("other inputs"))
        if not self._layers:
            raise SteppingError(remark("not recurrent"))
        backwards = [layer.name for layer in self._layers if layer.go_backwards]
        if backwards:
            raise SteppingError(remark("reads backwards", layer=repr(backwards[0])))

    def starting(self, tokens: Any, source: Any) -> tuple[Ask, Any]:
        """Returns what calls the model on one token and, of each layer, its first states and zeros as its output before."""
        model = self._model

        def ask(tokens: Any, end: Any, kept: Any) -> tuple[Any, Any]:
            def step(newest: Any, kept: Any) -> Any:
                with self._going_on(kept, ops.equal(end, 1)) as after:
                    result = model.run(newest, None)
                return result, list(after)

            newest = ops.take(tokens, end - 1, axis=1)
            result, after = model.run.in_parts(step, newest[:, None], kept)
            return model.scores(result), after

        return ask, [self._first(layer, tokens.shape[0]) for layer in self._layers]

    def _first(self, layer: keras.layers.RNN, rows: int) -> list[Any]:
        states = keras.tree.flatten(layer.get_initial_state(rows))
        states = [ops.cast(state, layer.cell.compute_dtype) for state in states]
        return [*states, ops.zeros((rows, width_of(layer)), layer.compute_dtype)]

    @contextlib.contextmanager
    def _going_on(self, kept: Sequence[list[Any]], is_first: Any) -> Iterator[list[list[Any]]]:
        """Has recurrent layers go on from what was kept as long as the context lasts; yields what is to be kept then."""
        after = list(kept)
        with contextlib.ExitStack() as undo:
            called: set[int] = set()
            for number, layer in enumerate(self._layers):
                shadow(undo, layer, "call", self._stepping(number, layer, kept[number], is_first, after, called))
            yield after

    def _stepping(
        self,
        number: int,
        layer: keras.layers.RNN,
        kept: Sequence[Any],
        is_first: Any,
        after: list[list[Any]],
        called: set[int],
    ) -> Callable[..., Any]:
        compute = layer.call

        def call(sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
            if sequences.shape[1] != 1 or number in called:
                raise SteppingError(remark("runs over another", layer=repr(layer.name)))
            called.add(number)
            *states, output_before = kept
            if initial_state is not None:
                given = [ops.cast(state, layer.cell.compute_dtype) for state in keras.tree.flatten(initial_state)]
                states = [ops.where(is_first, *pair) for pair in zip(given, states, strict=True)]
            newest, states = advanced(layer, compute, sequences, states, mask, output_before)
            after[number] = [*states, newest]
            output = newest[:, None] if layer.return_sequences else newest
            return (output, *states) if layer.return_state else output

        return call


def advanced(
    layer: keras.layers.RNN,
    compute: Callable[..., Any],
    newest: Any,
    states: Sequence[Any],
    mask: Any,
    output_before: Any,
) -> tuple[Any, list[Any]]:
    """Returns what a recurrent layer makes of one token, [rows, units], and its states then.

    Args:
        layer: the layer.
        compute: its own `call`.
        newest: what it is given, [rows, 1, features].
        states: that it had.
        mask: bool [rows, 1], whether the token counts; None where all do.
        output_before: what it returned of the token before, [rows, units].
    """
    packed = keras.tree.pack_sequence_as(layer.get_initial_state(newest.shape[0]), list(states))
    with contextlib.ExitStack() as undo:
        for name, value in _ALONE.items():
            shadow(undo, layer, name, value)
        output, *after = compute(newest, initial_state=packed, mask=mask)
    output = output[:, 0] if layer.return_sequences else output
    if mask is not None and not layer.zero_output_for_mask:
        # Where a token is masked, the output before it stays.
        output = ops.where(keras.tree.flatten(mask)[0][:, :1], output, output_before)
    return output, keras.tree.flatten(after)


def width_of(layer: keras.layers.RNN) -> int:
    """Returns how many numbers a recurrent layer returns of each token."""
    sizes = getattr(layer.cell, "output_size", None)
    return int(keras.tree.flatten(layer.state_size if sizes is None else sizes)[0])
