"""What a graph cannot hold or hides, and ways to compute."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.case import (
    FEATURES,
    HEADS,
    LENGTH,
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
    multi_head,
    softmax,
)


@case
def while_loop() -> Case:
    def call(self: Any, x: Any) -> Any:
        def body(step: Any, state: Any) -> Any:
            return step + 1, state + self.attention([state[:, None], x])[:, 0]

        return ops.while_loop(lambda step, state: step < 4, body, (0, x[:, 0]))[1]

    model = Calling(call, attention=layers.Attention(name="attention"))
    state, expected = X[:, 0].astype("float64"), []
    for _ in range(4):
        weights = softmax(np.einsum("btd,bsd->bts", state[:, None], X))
        state = state + np.einsum("bts,bsd->btd", weights, X)[:, 0]
        expected.append(weights[:, None])
    return Case(model, X, expected, ["attention"] * 4)


@case
def control_flow_on_values() -> Case:
    def call(self: Any, x: Any) -> Any:
        return self.first(x) if ops.sum(x) > -1e9 else self.second(x)

    model = Calling(call, first=Block(name="first"), second=Block(name="second"))
    return Case(model, X, [model.first.in_numpy(X)[0]], ["first/attention"], compiled=False)


@case
def numpy_inside_call() -> Case:
    def call(self: Any, x: Any) -> Any:
        return self.head(x * float(x.numpy().std()))

    model = Calling(call, head=Head(name="head"))
    return Case(model, X, [model.head.in_numpy(X * float(X.std()))[:, None]], ["head"], compiled=False)


@case
def function_of_the_user() -> Case:
    """Traced by the user before we look: a trace that is in the cache runs none of our code."""

    class Attending(layers.Layer):
        @tf.function
        def attend(self, x: Any) -> Any:
            return tf.matmul(tf.nn.softmax(tf.matmul(x, x, transpose_b=True)), x)

        def call(self, x: Any) -> Any:
            return self.attend(x)

    model = Calling(lambda self, x: self.layer(x), layer=Attending(name="attending"))
    tf.function(model)(tf.constant(X))
    return Case(model, X, [softmax(X @ X.transpose(0, 2, 1))[:, None]], ["attending"])


# Ways to compute


@case
def mixed_float16() -> Case:
    first = layers.MultiHeadAttention(HEADS, 4, dtype="mixed_float16", name="first")
    second = layers.GroupQueryAttention(4, 4, 2, dropout=0.1, dtype="mixed_float16", name="second")

    def build(x: Any) -> Any:
        hidden = first(x, x)
        return second(hidden, hidden)

    model = of_one_input(build)
    weights, hidden = multi_head(first, X, X)
    return Case(model, X, [weights, multi_head(second, hidden, hidden)[0]], ["first", "second"], tolerance=4e-3)


@case
def compiled_with_xla() -> Case:
    block = Block(name="block")
    model = of_one_input(block)
    model.compile("adam", "mse", jit_compile=True)
    model.fit(X, X, verbose=0)
    return Case(model, X, [block.in_numpy(X)[0]], ["block/attention"])


if hasattr(keras, "RematScope"):  # not in the oldest versions of Keras

    @case
    def rematerialised() -> Case:
        with keras.RematScope(mode="full"):
            layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
            model = of_one_input(lambda x: layer(x, x))
        return Case(model, X, [multi_head(layer, X, X)[0]], ["attention"])


@case
def quantised() -> Case:
    layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
    inputs = layers.Input((LENGTH, FEATURES))
    model = randomised(keras.Model(inputs, layers.Dense(3)(layer(inputs, inputs))))
    expected = multi_head(layer, X, X)[0]
    for part in (layer._query_dense, layer._key_dense, layer._value_dense, layer._output_dense):
        part.quantize("int8")
    return Case(model, X, [expected], ["attention"], tolerance=3e-2)


@case
def low_rank_adapted() -> Case:
    layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
    model = of_one_input(lambda x: layer(x, x))
    layer._query_dense.enable_lora(2)
    layer._query_dense.lora_kernel_b.assign(
        np.random.default_rng(3).normal(size=layer._query_dense.lora_kernel_b.shape)
    )
    return Case(model, X, [multi_head(layer, X, X)[0]], ["attention"])
