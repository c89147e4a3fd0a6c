"""What has a softmax and is no attention."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.case import (
    FEATURES,
    LENGTH,
    Block,
    Calling,
    Case,
    X,
    case,
    of_one_input,
)


class Gate(layers.Layer):
    """A mixture of experts with as many experts as there are tokens."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.gate, self.experts = layers.Dense(LENGTH), [layers.Dense(FEATURES) for _ in range(LENGTH)]

    def call(self, x: Any) -> Any:
        gates = ops.softmax(self.gate(x))
        return ops.einsum("bte,bted->btd", gates, ops.stack([expert(x) for expert in self.experts], axis=2))


class SummedGate(Gate):
    """The same with product and sum."""

    def call(self, x: Any) -> Any:
        gates = ops.softmax(self.gate(x))[..., None]
        return ops.sum(gates * ops.stack([expert(x) for expert in self.experts], axis=2), axis=2)


class MultipliedGate(Gate):
    """The same with a matrix product per token."""

    def call(self, x: Any) -> Any:
        gates = ops.softmax(self.gate(x))[:, :, None]
        return ops.matmul(gates, ops.stack([expert(x) for expert in self.experts], axis=2))[:, :, 0]


def _beside_a_block(*others: Any) -> Case:
    block = Block(name="block")

    def build(x: Any) -> Any:
        x = block(x)
        for other in others:
            x = other(x)
        return x

    return Case(of_one_input(build), X, [block.in_numpy(X)[0]], ["block/attention"])


@case
def vocabulary() -> Case:
    return _beside_a_block(layers.Dense(LENGTH, activation="softmax"))


@case
def vocabulary_in_a_layer_called_attention() -> Case:
    class AttentionDecoder(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="decoder")
            self.block, self.words = Block(name="block"), layers.Dense(40)

        def call(self, x: Any) -> Any:
            return tf.nn.softmax(self.words(self.block(x)))

    model = Calling(lambda self, x: self.decoder(x), decoder=AttentionDecoder())
    return Case(model, X, [model.decoder.block.in_numpy(X)[0]], ["decoder/block/attention"])


@case
def soft_embedding() -> Case:
    """The mean embedding of the predicted words, as some decoders feed it back: values that no input flows into."""

    class SoftEmbedding(layers.Layer):
        def build(self, shape: Any) -> None:
            self.table = self.add_weight(shape=(LENGTH, FEATURES), name="table")

        def call(self, x: Any) -> Any:
            return ops.matmul(ops.softmax(ops.matmul(x, ops.transpose(self.table))), self.table)

    return _beside_a_block(SoftEmbedding())


@case
def experts_by_einsum() -> Case:
    return _beside_a_block(Gate())


@case
def experts_by_sum() -> Case:
    return _beside_a_block(SummedGate())


@case
def experts_by_product() -> Case:
    return _beside_a_block(MultipliedGate())


@case
def router() -> Case:
    class Router(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.gate = layers.Dense(FEATURES)

        def call(self, x: Any) -> Any:
            return x * ops.softmax(self.gate(x))

    return _beside_a_block(Router())
