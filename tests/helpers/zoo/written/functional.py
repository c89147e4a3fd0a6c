"""Attention put together from Keras' plain layers, without a class of its own."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from helpers.zoo.specimen import ANY_NOTE, Drawn, Specimen, attending, given, output_of, specimen, variant
from helpers.zoo.written.dot_products import CROSS, SELF

POOL = Drawn(("other", "cross"), "", "x")


def summed(axis: int) -> Any:
    return layers.Lambda(lambda x: ops.sum(x, axis=axis))


@variant
def dot_activation_dot() -> Specimen:
    """The attention of many translation notebooks: decoder states against encoder states."""

    def build(source: Any, target: Any) -> Any:
        encoder, decoder = layers.Dense(8)(source), layers.Dense(8)(target)
        attention = layers.dot([decoder, encoder], axes=[2, 2])
        attention = layers.Activation("softmax", name="attention")(attention)
        context = layers.dot([attention, encoder], axes=[2, 1])
        return layers.Dense(4)(layers.concatenate([context, decoder]))

    inputs = given(source=5, target=6)
    return attending(build, inputs, CROSS, weights=output_of("attention", "bqk", inputs))


@variant
def dot_activation_dot_of_equal_lengths() -> Specimen:
    def build(source: Any, target: Any) -> Any:
        scores = layers.Dot(axes=(2, 2))([target, layers.Dense(8)(source)])
        weights = layers.Activation("softmax", name="attention_weights")(scores)
        return layers.Dot(axes=(2, 1))([weights, source])

    inputs = given(3, source=6, target=6)
    return attending(build, inputs, CROSS, weights=output_of("attention_weights", "bqk", inputs))


@variant
def softmax_layer_over_the_other_axis() -> Specimen:
    """Keys before queries: `Softmax(axis=1)`, then a product over axis 1 of both."""

    def build(x: Any) -> Any:
        scores = layers.Dot(axes=-1)([layers.Dense(6)(x), layers.Dense(6)(x)])
        return layers.Dot(axes=1)([layers.Softmax(axis=1, name="weights")(scores), x])

    inputs = given(x=6)
    return attending(build, inputs, SELF, weights=output_of("weights", "bkq", inputs))


@variant
def softmax_layer_and_permute() -> Specimen:
    def build(source: Any, target: Any) -> Any:
        scores = layers.Dot(axes=(2, 2))([source, target])
        weights = layers.Softmax(name="weights")(layers.Permute((2, 1))(scores))
        return layers.Add()([target, layers.Dot(axes=(2, 1))([weights, source])])

    inputs = given(source=6, target=6)
    return attending(build, inputs, CROSS, weights=output_of("weights", "bqk", inputs))


@specimen
def dense_softmax_between_permutes() -> Specimen:
    """Each feature has weights of its own over the time steps: they count as heads."""

    def build(x: Any) -> Any:
        a = layers.Dense(6, activation="softmax", name="gate")(layers.Permute((2, 1))(x))
        return summed(1)(layers.Multiply()([x, layers.Permute((2, 1))(a)]))

    inputs = given(x=6)
    return attending(build, inputs, POOL, weights=output_of("gate", "bhk", inputs))


@variant
def dense_softmax_averaged_over_features() -> Specimen:
    """One vector of weights for all features, repeated for each."""

    def build(x: Any) -> Any:
        a = layers.Dense(7, activation="softmax")(layers.Permute((2, 1))(x))
        a = layers.Lambda(lambda t: ops.mean(t, axis=1), name="mean")(a)
        a = layers.Permute((2, 1), name="attention_vec")(layers.RepeatVector(8)(a))
        return summed(-2)(layers.multiply([x, a]))

    inputs = given(4, x=7)
    return attending(
        build, inputs, Drawn("other", "", "x", note=ANY_NOTE), weights=output_of("mean", "bk", inputs), factor=3
    )


@variant
def flattened_repeated_permuted() -> Specimen:
    """The pooling over an LSTM of countless notebooks."""

    def build(x: Any) -> Any:
        activations = layers.LSTM(8, return_sequences=True)(x)
        attention = layers.Flatten()(layers.Dense(1, activation="tanh")(activations))
        attention = layers.Activation("softmax", name="attention")(attention)
        attention = layers.Permute([2, 1])(layers.RepeatVector(8)(attention))
        sent = layers.Multiply()([activations, attention])
        return layers.Dense(3, activation="softmax")(layers.Lambda(lambda xin: ops.sum(xin, axis=-2))(sent))

    inputs = given(x=6)
    return attending(build, inputs, POOL, weights=output_of("attention", "bk", inputs), factor=3)


@variant
def flattened_repeated_permuted_over_two_directions() -> Specimen:
    def build(x: Any) -> Any:
        hidden = layers.Bidirectional(layers.GRU(4, return_sequences=True))(x)
        attention = layers.Flatten()(layers.Dense(1)(hidden))
        attention = layers.Softmax(name="attention")(attention)
        attention = layers.Permute((2, 1))(layers.RepeatVector(8)(attention))
        return layers.Lambda(lambda t: ops.sum(t, axis=1))(layers.multiply([attention, hidden]))

    inputs = given(3, x=6)
    return attending(build, inputs, POOL, weights=output_of("attention", "bk", inputs), factor=3)


@variant
def dense_with_softmax_over_axis_one() -> Specimen:
    """Scores of a dense layer of one unit, then a dot product over the time steps."""

    def build(x: Any) -> Any:
        energies = layers.Dense(1, activation="relu")(layers.Dense(10, activation="tanh")(x))
        alphas = layers.Lambda(lambda t: ops.softmax(t, axis=1), name="attention_weights")(energies)
        return layers.Dot(axes=1)([alphas, x])

    inputs = given(x=5)
    return attending(build, inputs, POOL, weights=output_of("attention_weights", "bko", inputs), factor=2)


@variant
def batch_dot_of_the_last_state() -> Specimen:
    """The last state of an LSTM asks all of them."""

    def build(x: Any) -> Any:
        hidden, state, _ = layers.LSTM(8, return_sequences=True, return_state=True)(x)
        scores = layers.Dot(axes=(2, 1))([layers.Dense(8, use_bias=False)(hidden), state])
        weights = layers.Activation("softmax", name="attention_weight")(scores)
        context = layers.Dot(axes=(1, 1))([hidden, weights])
        return layers.Dense(6, activation="tanh")(layers.Concatenate()([context, state]))

    inputs = given(x=6)
    return attending(build, inputs, POOL, weights=output_of("attention_weight", "bk", inputs), factor=3)


@variant
def soft_alignment_in_two_directions() -> Specimen:
    """ESIM: one matrix of scores, normalised along each of its axes, is two attentions."""

    def build(source: Any, target: Any) -> Any:
        attention = layers.Dot(axes=-1)([source, target])
        w_1 = layers.Lambda(lambda t: ops.softmax(t, axis=1), name="one")(attention)
        w_2 = layers.Permute((2, 1))(layers.Lambda(lambda t: ops.softmax(t, axis=2), name="two")(attention))
        in_1 = layers.Dot(axes=1)([w_1, source])
        in_2 = layers.Dot(axes=1)([w_2, target])
        return layers.Concatenate(axis=1)([in_1, in_2])

    inputs = given(source=7, target=6)

    def weights(model: keras.Model) -> Any:
        return [*output_of("one", "bkq", inputs)(model), *output_of("two", "bqk", inputs)(model)]

    return attending(build, inputs, CROSS, Drawn("cross", "source", "target"), weights=weights)


@variant
def soft_alignment_in_two_directions_of_equal_lengths() -> Specimen:
    def build(source: Any, target: Any) -> Any:
        scores = layers.Dot(axes=(2, 2))([layers.Dense(8)(source), layers.Dense(8)(target)])
        beta = layers.Softmax(axis=-1, name="beta")(scores)
        alpha = layers.Softmax(axis=-1, name="alpha")(layers.Permute((2, 1))(scores))
        attended = layers.Dot(axes=(2, 1))([beta, target])
        return layers.Add()([attended, layers.Dot(axes=(2, 1))([alpha, source])])

    inputs = given(2, source=6, target=6)

    def weights(model: keras.Model) -> Any:
        return [*output_of("beta", "bqk", inputs)(model), *output_of("alpha", "bqk", inputs)(model)]

    return attending(build, inputs, Drawn("cross", "source", "target"), CROSS, weights=weights)


@variant
def operations_on_symbolic_tensors() -> Specimen:
    """`keras.ops` straight on the tensors of a functional model."""

    def build(x: Any) -> Any:
        q, k, v = layers.Dense(4)(x), layers.Dense(4)(x), layers.Dense(4)(x)
        scores = layers.Softmax(name="weights")(ops.matmul(q, ops.transpose(k, (0, 2, 1))) / 2.0)
        return layers.LayerNormalization()(ops.matmul(scores, v))

    inputs = given(3, x=6)
    return attending(build, inputs, SELF, weights=output_of("weights", "bqk", inputs))


@variant
def dropout_layer_between() -> Specimen:
    def build(source: Any, target: Any) -> Any:
        scores = layers.Dot(axes=(2, 2), normalize=True)([target, source])
        weights = layers.Softmax(name="weights")(layers.Rescaling(4.0)(scores))
        return layers.Dot(axes=(2, 1))([layers.Dropout(0.3)(weights), source])

    inputs = given(source=5, target=6)
    return attending(build, inputs, CROSS, weights=output_of("weights", "bqk", inputs))
