"""Ways to build a model around attention."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from helpers.zoo.case import (
    BATCH,
    FEATURES,
    LENGTH,
    SOURCE,
    SOURCE_LENGTH,
    Block,
    Calling,
    Case,
    Head,
    X,
    case,
    of_one_input,
    randomised,
)
from helpers.zoo.reference import (
    Float,
    additive,
    dense,
    gru_step,
    values,
)


@case
def sequential() -> Case:
    model = keras.Sequential([layers.Input((LENGTH, FEATURES)), Block(name="one"), Block(name="two"), layers.Dense(3)])
    randomised(model)
    first, hidden = model.layers[0].in_numpy(X)
    return Case(model, X, [first, model.layers[1].in_numpy(hidden)[0]], ["one/attention", "two/attention"])


@case
def subclassed_with_lists_and_dicts() -> Case:
    def call(self: Any, x: Any) -> Any:
        for block in self.blocks:
            x = block(x)
        return self.further["last"](x)

    blocks = [Block(name=f"block{number}") for number in range(2)]
    model = Calling(call, blocks=blocks, further={"last": Block(name="last")})
    expected, x = [], X
    for block in [*model.blocks, model.further["last"]]:
        weights, x = block.in_numpy(x)
        expected.append(weights)
    return Case(model, X, expected, ["block0/attention", "block1/attention", "last/attention"])


@case
def nested_models() -> Case:
    def functional(name: str, layer: Any) -> keras.Model:
        inputs = layers.Input((LENGTH, FEATURES))
        return keras.Model(inputs, layer(inputs), name=name)

    inner, outer = Block(name="block"), layers.Dense(FEATURES)
    middle = functional("middle", functional("inner", inner))
    model = Calling(
        lambda self, x: self.sequential(self.middle(x)),
        middle=middle,
        sequential=keras.Sequential([outer, Block(name="block")], name="sequential"),
    )
    first, hidden = inner.in_numpy(X)
    second = model.sequential.layers[1].in_numpy(dense(outer, hidden))[0]
    return Case(model, X, [first, second], ["middle/inner/block/attention", "sequential/block/attention"])


@case
def shared_layer() -> Case:
    block = Block(name="block")
    expected, x = [], X
    model = of_one_input(lambda x: block(block(block(x))))
    for _ in range(3):
        weights, x = block.in_numpy(x)
        expected.append(weights)
    return Case(model, X, expected, ["block/attention"] * 3)


@case
def same_name_twice() -> Case:
    def call(self: Any, x: Any) -> Any:
        return self.second(self.first(x))

    model = Calling(call, first=Block(name="block"), second=Block(name="block"))
    first, hidden = model.first.in_numpy(X)
    return Case(model, X, [first, model.second.in_numpy(hidden)[0]], ["block/attention", "block (2)/attention"])


@case
def names_of_the_world() -> Case:
    # TensorFlow takes such names into no graph, so that Keras trains such a model with run_eagerly=True only.
    model = Calling(lambda self, x: self.block(x), block=Block(name="注意力 Größe"))
    return Case(model, X, [model.block.in_numpy(X)[0]], ["注意力 Größe/attention"])


@case
def decoder_loop() -> Case:
    def call(self: Any, inputs: Any) -> Any:
        encoded, target = inputs
        state, outputs = ops.zeros_like(encoded[:, 0]), []
        for step in range(target.shape[1]):
            context = self.attention([state[:, None, :], encoded])
            state, _ = self.cell(target[:, step] + context[:, 0], [state])
            outputs.append(state)
        return ops.stack(outputs, 1)

    parts = {"cell": layers.GRUCell(FEATURES), "attention": layers.AdditiveAttention(name="attention")}
    model = Calling(call, (X, SOURCE), **parts)
    return Case(model, (X, SOURCE), _decoded(model.attention, model.cell), ["attention"] * SOURCE_LENGTH)


def _decoded(attention: Any, cell: Any) -> list[Float]:
    state, expected = np.zeros((BATCH, FEATURES)), []
    for step in range(SOURCE_LENGTH):
        weights = additive(attention, state[:, None], X)
        context = np.einsum("bts,bsd->btd", weights, X)[:, 0]
        state = gru_step(cell, SOURCE[:, step] + context, state)
        expected.append(weights[:, None])
    return expected


@case
def cell_of_a_recurrent_layer() -> Case:
    class Attending(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="cell")
            self.state_size = self.output_size = FEATURES
            self.attention, self.inner = layers.AdditiveAttention(name="attention"), layers.GRUCell(FEATURES)

        def build(self, shape: Any) -> None:
            self.memory = self.add_weight(shape=(1, SOURCE_LENGTH, FEATURES), name="memory")
            self.inner.build((shape[0], FEATURES))
            self.attention.build([(None, 1, FEATURES), (None, SOURCE_LENGTH, FEATURES)])

        def call(self, x: Any, states: Any) -> Any:
            memory = ops.repeat(ops.convert_to_tensor(self.memory), ops.shape(x)[0], axis=0)
            context = self.attention([states[0][:, None, :], memory])
            return self.inner(x + context[:, 0], states)

    cell = Attending()
    model = of_one_input(layers.RNN(cell, return_sequences=True, name="rnn"))
    memory, state, expected = np.repeat(values(cell.memory), BATCH, 0), np.zeros((BATCH, FEATURES)), []
    for step in range(LENGTH):
        weights = additive(cell.attention, state[:, None], memory)
        state = gru_step(cell.inner, X[:, step] + np.einsum("bts,bsd->btd", weights, memory)[:, 0], state)
        expected.append(weights[:, None])
    return Case(model, X, expected, ["rnn/cell/attention"] * LENGTH)


@case
def time_distributed() -> Case:
    head = Head(name="head")
    model = of_one_input(layers.TimeDistributed(head, name="each"), (3, LENGTH, FEATURES))
    x = np.stack([X, X + 1, 2 - X], 1)
    return Case(model, x, [head.in_numpy(x[:, step])[:, None] for step in range(3)], ["each/head"] * 3)


@case
def time_distributed_of_unknown_length() -> Case:
    head = Head(name="head")
    model = of_one_input(layers.TimeDistributed(head, name="each"), (None, LENGTH, FEATURES))
    x = np.stack([X, X + 1, 2 - X], 1)
    return Case(model, x, [head.in_numpy(x[:, step])[:, None] for step in range(3)], ["each/head"] * 3)
