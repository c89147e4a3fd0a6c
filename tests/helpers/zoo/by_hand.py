"""Attention written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.nn import softmax as imported_softmax

from helpers.zoo.case import (
    BATCH,
    FEATURES,
    LENGTH,
    Bahdanau,
    Calling,
    Case,
    Head,
    X,
    case,
    of_one_input,
)
from helpers.zoo.reference import (
    dense,
    sigmoid,
    softmax,
    values,
)
from tb_seqviz_plugin.callbacks import sow


@case
def tutorial_bahdanau() -> Case:
    model = Calling(lambda self, x: self.attention(x[:, 0], x)[0], attention=Bahdanau(tf.nn.softmax, name="bahdanau"))
    return Case(model, X, [model.attention.in_numpy(X[:, 0], X)], ["bahdanau"])


@case
def softmax_imported_by_name() -> Case:
    class Mixer(Bahdanau):
        pass

    model = Calling(lambda self, x: self.mixer(x[:, 0], x)[0], mixer=Mixer(imported_softmax, name="mixer"))
    return Case(model, X, [model.mixer.in_numpy(X[:, 0], X)], ["mixer"])


@case
def softmax_spelled_out() -> Case:
    class Mixer(layers.Layer):
        def call(self, x: Any) -> Any:
            scores = tf.matmul(x, x, transpose_b=True)
            exponential = tf.exp(scores - tf.reduce_max(scores, axis=-1, keepdims=True))
            return tf.matmul(exponential / tf.reduce_sum(exponential, axis=-1, keepdims=True), x)

    model = of_one_input(Mixer(name="mixer"))
    return Case(model, X, [softmax(X @ X.transpose(0, 2, 1))[:, None]], ["mixer"])


@case
def softmax_spelled_out_over_time() -> Case:
    """The pooling over an LSTM that many notebooks copy: exponential, mask, division by the sum over axis 1."""

    class Pooling(layers.Layer):
        def build(self, shape: Any) -> None:
            self.context = self.add_weight(shape=(shape[-1],), name="context")

        def call(self, x: Any) -> Any:
            weights = ops.exp(ops.sum(ops.tanh(x) * self.context, axis=-1))
            weights = weights * ops.cast(x[..., 0] > -1, "float32")
            weights = weights / (ops.sum(weights, axis=1, keepdims=True) + 1e-7)
            return ops.sum(x * ops.expand_dims(weights, -1), axis=1)

    layer = Pooling(name="pooling")
    exponential = None
    model = of_one_input(layer)
    exponential = np.exp((np.tanh(X) * values(layer.context)).sum(-1)) * (X[..., 0] > -1)
    weights = exponential / (exponential.sum(axis=1, keepdims=True) + 1e-7)
    return Case(model, X, [weights[:, None, None]], ["pooling"])


@case
def softmax_spelled_out_over_columns() -> Case:
    class Mixer(layers.Layer):
        def call(self, x: Any) -> Any:
            exponential = tf.exp(tf.reduce_sum(x, axis=-1, keepdims=True))
            weights = exponential / tf.reduce_sum(exponential, axis=1, keepdims=True)
            return tf.reduce_sum(weights * x, axis=1)

    model = of_one_input(Mixer(name="mixer"))
    return Case(model, X, [softmax(X.sum(-1))[:, None, None]], ["mixer"])


@case
def heads_as_layers() -> Case:
    class Heads(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="heads")
            self.heads = [Head(name="head"), Head(name="head")]

        def call(self, x: Any) -> Any:
            return ops.concatenate([head(x) for head in self.heads], -1)

    def call(self: Any, x: Any) -> Any:
        return self.words(self.block(x))

    model = Calling(call, block=Heads(), words=layers.Dense(7, activation="softmax"))
    expected = [head.in_numpy(X)[:, None] for head in model.block.heads]
    return Case(model, X, expected, ["heads/head", "heads/head (2)"])


@case
def heads_in_a_loop() -> Case:
    """Heads that one layer computes one after the other become the heads of one layer."""

    def attend(query: Any, key: Any, value: Any) -> Any:
        return ops.matmul(ops.softmax(ops.matmul(query, ops.swapaxes(key, 1, 2)), axis=-1), value)

    class Mixer(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="mixer")
            self.queries = [layers.Dense(4) for _ in range(3)]

        def call(self, x: Any) -> Any:
            return ops.concatenate([attend(query(x), x[..., :4], x) for query in self.queries], -1)

    model = Calling(lambda self, x: self.mixer(x), mixer=Mixer())
    heads = [softmax(dense(query, X) @ X[..., :4].transpose(0, 2, 1)) for query in model.mixer.queries]
    return Case(model, X, [np.stack(heads, axis=1)], ["mixer"])


def attending(x: Any, count: int) -> tuple[list[Any], Any]:
    """Returns the weights of so many heads side by side, and what they make of x, in numpy."""
    weights = [softmax((number + 1) * x @ x.transpose(0, 2, 1)) for number in range(count)]
    return weights, np.concatenate([weight @ x for weight in weights], axis=-1)[..., : x.shape[-1]]


@case
def heads_in_the_model_itself() -> Case:
    """Heads that `Model.call` computes are those of one layer, and those that it computes from these are of another."""

    def layer(x: Any, count: int) -> Any:
        heads = [tf.nn.softmax((number + 1) * tf.matmul(x, x, transpose_b=True)) for number in range(count)]
        return tf.concat([tf.matmul(weights, x) for weights in heads], axis=-1)[..., :FEATURES]

    model = Calling(lambda self, x: layer(layer(x * 0.5, 4), 2))
    model.name = "mine"
    first, hidden = attending(X * 0.5, 4)
    second, _ = attending(hidden, 2)
    return Case(model, X, [np.stack(first, axis=1), np.stack(second, axis=1)], ["mine", "mine"])


@case
def encoders_in_the_model_itself() -> Case:
    """Attention over one input is no further head of attention over another."""

    def attend(x: Any) -> Any:
        return tf.matmul(tf.nn.softmax(tf.matmul(x, x, transpose_b=True)), x)

    other = X[:, ::-1].copy()
    model = Calling(lambda self, inputs: attend(inputs[0]) + attend(inputs[1]), example=(X, other))
    model.name = "mine"
    expected = [softmax(x @ x.transpose(0, 2, 1))[:, None] for x in (X, other)]
    return Case(model, (X, other), expected, ["mine", "mine"])


@case
def one_after_the_other_in_one_layer() -> Case:
    """Attention that reads the result of the one before is no further head of it."""

    class Twice(layers.Layer):
        def call(self, x: Any) -> Any:
            for _ in range(2):
                x = ops.matmul(ops.softmax(ops.matmul(x, ops.swapaxes(x, 1, 2)), axis=-1), x)
            return x

    model = of_one_input(Twice(name="twice"))
    first = softmax(X @ X.transpose(0, 2, 1))
    mixed = first @ X
    return Case(model, X, [first[:, None], softmax(mixed @ mixed.transpose(0, 2, 1))[:, None]], ["twice", "twice"])


@case
def attention_in_the_model_itself() -> Case:
    model = Calling(lambda self, x: tf.matmul(tf.nn.softmax(tf.matmul(x, x, transpose_b=True)), x))
    model.name = "mine"
    return Case(model, X, [softmax(X @ X.transpose(0, 2, 1))[:, None]], ["mine"])


@case
def grouped_in_rank_five() -> Case:
    """[batch, key heads, groups, queries, keys], as Gemma's layers in KerasHub compute."""

    class CachedGroupedAttention(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="attention")
            self.query = layers.EinsumDense("btd,dkgh->bkgth", output_shape=(2, 3, LENGTH, 4))
            self.key = layers.EinsumDense("bsd,dkh->bksh", output_shape=(2, LENGTH, 4))

        def call(self, x: Any) -> Any:
            key = self.key(x)
            weights = ops.softmax(ops.einsum("bkgth,bksh->bkgts", self.query(x), key))
            return ops.einsum("bkgts,bksh->btkgh", weights, key)

    model = Calling(lambda self, x: self.attention(x), attention=CachedGroupedAttention())
    query = np.einsum("btd,dkgh->bkgth", X, values(model.attention.query.kernel))
    key = np.einsum("bsd,dkh->bksh", X, values(model.attention.key.kernel))
    weights = softmax(np.einsum("bkgth,bksh->bkgts", query, key)).reshape(BATCH, 6, LENGTH, LENGTH)
    return Case(model, X, [weights], ["attention"])


@case
def gate_over_time() -> Case:
    """A softmax over the time steps that the sequence is multiplied by, for each of its features, and not summed: a head each."""

    def build(x: Any) -> Any:
        gate = layers.Dense(LENGTH, activation="softmax", name="gate")(layers.Permute((2, 1))(x))
        return layers.LSTM(4)(layers.Multiply()([x, layers.Permute((2, 1))(gate)]))

    model = of_one_input(build)
    return Case(model, X, [softmax(dense(model.get_layer("gate"), X.transpose(0, 2, 1)))[:, :, None]], ["gate"])


@case
def sown() -> Case:
    class Gate(layers.Layer):
        def __init__(self, **arguments: Any) -> None:
            super().__init__(**arguments)
            self.dense = layers.Dense(FEATURES)

        def call(self, x: Any) -> Any:
            return x * sow("gate", ops.sigmoid(self.dense(x)))

    model = Calling(lambda self, x: self.second(self.first(x)), first=Gate(name="first"), second=Gate(name="second"))
    first = sigmoid(dense(model.first.dense, X))
    second = sigmoid(dense(model.second.dense, X * first))
    return Case(model, X, [first[:, None], second[:, None]], ["first/gate", "second/gate"])
