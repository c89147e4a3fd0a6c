"""Cells of Keras' `RNN` that attend: one layer, a row a step, the first step included."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers

from helpers.zoo.specimen import Drawn, Specimen, attending, given, specimen, told, variant, written

STEPS = Drawn("cross", "target", "source")
OWN = Drawn(("encoder self", "other"), "x", "x")


@keras.saving.register_keras_serializable("zoo")
class AttentionCell(layers.Layer):
    """A recurrent cell that reads a memory at each step.

    Args:
        in_state: whether the memory comes as a second state, which stays; else as the attribute `memory`.
    """

    def __init__(self, in_state: bool = False, part: str = "", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.in_state, self.part, self.memory = in_state, part, None
        self.inner, self.w1, self.w2, self.v = layers.GRUCell(8), layers.Dense(8), layers.Dense(8), layers.Dense(1)
        self.state_size = [8, (6, 8)] if in_state else 8
        self.output_size = 8

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "in_state": self.in_state, "part": self.part}

    def build(self, shape: Any) -> None:
        self.inner.build((None, shape[-1] + 8))
        for part in (self.w1, self.w2, self.v):
            part.build((None, None, 8))

    def call(self, x: Any, states: Any) -> Any:
        memory = states[1] if self.in_state else self.memory
        scores = self.v(tf.tanh(self.w1(states[0])[:, None] + self.w2(memory)))
        weights = told(tf.nn.softmax(tf.squeeze(scores, -1)), "bk", self.part)
        context = tf.reduce_sum(weights[..., None] * memory, axis=1)
        output, (state,) = self.inner(tf.concat([x, context], -1), [states[0]])
        return output, [state, memory] if self.in_state else [state]


@specimen
def cell_with_the_memory_as_a_state() -> Specimen:
    def call(self: Any, source: Any, target: Any) -> Any:
        return self.rnn(target, initial_state=[tf.zeros_like(source[:, 0]), source])

    rnn = layers.RNN(AttentionCell(in_state=True), return_sequences=True)
    return attending(written("Decoder", call, rnn=rnn), given(source=6, target=5), STEPS, skipped=1, factor=3)


@variant
def cell_with_the_memory_as_an_attribute() -> Specimen:
    def call(self: Any, source: Any, target: Any) -> Any:
        self.cell.memory = source
        return self.rnn(target)

    cell = AttentionCell()
    layer = written("Decoder", call, cell=cell, rnn=layers.RNN(cell, return_sequences=True))
    return attending(layer, given(3, source=6, target=6), STEPS, skipped=1, factor=3)


@variant
def cell_unrolled() -> Specimen:
    def call(self: Any, source: Any, target: Any) -> Any:
        self.cell.memory = source
        return self.rnn(target)

    cell = AttentionCell()
    layer = written("Decoder", call, cell=cell, rnn=layers.RNN(cell, return_sequences=True, unroll=True))
    return attending(layer, given(source=5, target=4), STEPS, factor=3)


@variant
def cell_of_which_only_the_last_output_is_used() -> Specimen:
    def call(self: Any, source: Any, target: Any) -> Any:
        self.cell.memory = source
        return self.rnn(target)

    cell = AttentionCell()
    return attending(
        written("Reader", call, cell=cell, rnn=layers.RNN(cell)), given(source=5, target=6), STEPS, skipped=1, factor=3
    )


@variant
def cell_in_two_directions() -> Specimen:
    """A layer for each direction; the second one starts at the end."""

    def call(self: Any, x: Any) -> Any:
        self.one.memory = self.two.memory = x
        return tf.concat([self.forward(x), tf.reverse(self.backward(x), [1])], axis=-1)

    one, two = AttentionCell(part="one", name="one"), AttentionCell(part="two", name="two")
    layer = written(
        "BidirectionalAttention",
        call,
        one=one,
        two=two,
        forward=layers.RNN(one, return_sequences=True, name="forward"),
        backward=layers.RNN(two, return_sequences=True, go_backwards=True, name="backward"),
    )
    backwards = Drawn(OWN.role, "-x", "x")
    return attending(layer, given(x=6), OWN, backwards, skipped=1, factor=3)


@variant
def cells_in_the_wrapper_of_keras() -> Specimen:
    def call(self: Any, source: Any, target: Any) -> Any:
        self.both.forward_layer.cell.memory = source
        self.both.backward_layer.cell.memory = source
        return self.both(target)

    forward = layers.RNN(AttentionCell(part="one", name="one"), return_sequences=True, name="forward")
    backward = layers.RNN(
        AttentionCell(part="two", name="two"), return_sequences=True, go_backwards=True, name="backward"
    )
    both = layers.Bidirectional(forward, backward_layer=backward)
    inputs = given(source=5, target=6)
    return attending(
        written("Reader", call, both=both), inputs, STEPS, Drawn("cross", "-target", "source"), skipped=1, factor=3
    )


@variant
def cells_stacked() -> Specimen:
    """Two cells on top of each other, both of which attend."""

    def call(self: Any, source: Any, target: Any) -> Any:
        self.one.memory = self.two.memory = source
        return self.rnn(target)

    one, two = AttentionCell(part="one", name="one"), AttentionCell(part="two", name="two")
    layer = written("Decoder", call, one=one, two=two, rnn=layers.RNN([one, two], return_sequences=True))
    # Of stacked cells Keras' `RNN` asks each once more, for the shape of a dropout mask.
    return attending(layer, given(source=5, target=6), STEPS, STEPS, skipped=2, factor=3)
