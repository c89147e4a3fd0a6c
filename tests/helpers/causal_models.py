"""Models that look back only, the way people write them, and models that do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.old_keras import as_far_as_keras_builds
from helpers.writers import VOCABULARY, shaken

WIDTH, HEADS = 8, 2


class Block(layers.Layer):
    """Attention of some kind, a residual, and a feed-forward part."""

    def __init__(self, attend: Callable[..., Any], **options: Any) -> None:
        super().__init__(**options)
        self.q, self.k, self.v, self.o = (layers.Dense(WIDTH) for _ in range(4))
        self.norm, self.up, self.down = layers.LayerNormalization(), layers.Dense(16, "gelu"), layers.Dense(WIDTH)
        self.attend = attend

    def call(self, x: Any) -> Any:
        x = x + self.o(self.attend(self.q(x), self.k(x), self.v(x)))
        return x + self.down(self.up(self.norm(x)))


def heads(x: Any) -> Any:
    """Returns [rows, heads, time, features]."""
    return ops.transpose(ops.reshape(x, (-1, ops.shape(x)[1], HEADS, WIDTH // HEADS)), (0, 2, 1, 3))


def joined(x: Any) -> Any:
    """Returns [rows, time, heads x features]."""
    return ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (-1, ops.shape(x)[2], WIDTH))


def causal(scores: Any) -> Any:
    """Returns scores [..., queries, keys] with those of later keys out of reach."""
    time = ops.shape(scores)[-1]
    return ops.where(ops.tril(ops.ones((time, time), "bool")), scores, -1e9)


def usual(q: Any, k: Any, v: Any) -> Any:
    q, k, v = heads(q), heads(k), heads(v)
    return joined(ops.matmul(ops.softmax(causal(ops.matmul(q, ops.swapaxes(k, 2, 3)) / 2)), v))


def rotated(x: Any) -> Any:
    angles = ops.arange(ops.shape(x)[2], dtype="float32")[:, None] / ops.array([1.0, 10.0])
    one, other = ops.split(x, 2, axis=-1)
    cos, sin = ops.cast(ops.cos(angles), x.dtype), ops.cast(ops.sin(angles), x.dtype)
    return ops.concatenate([one * cos - other * sin, one * sin + other * cos], axis=-1)


def rope(q: Any, k: Any, v: Any) -> Any:
    q, k, v = rotated(heads(q)), rotated(heads(k)), heads(v)
    return joined(ops.einsum("bhqk,bhkd->bhqd", ops.softmax(causal(ops.einsum("bhqd,bhkd->bhqk", q, k))), v))


def alibi(q: Any, k: Any, v: Any) -> Any:
    place = ops.arange(ops.shape(q)[1], dtype="float32")
    distance = (place[:, None] - place)[None] * ops.array([0.5, 0.25])[:, None, None]
    scores = ops.matmul(heads(q), ops.swapaxes(heads(k), 2, 3)) - distance
    return joined(ops.matmul(ops.softmax(causal(scores)), heads(v)))


def local(q: Any, k: Any, v: Any) -> Any:
    place = ops.arange(ops.shape(q)[1])
    near = ops.less(place[:, None] - place, 3)
    scores = ops.where(near, ops.matmul(q, ops.swapaxes(k, 1, 2)), -1e9)
    return ops.matmul(ops.softmax(causal(scores)), v)


def merged(q: Any, k: Any, v: Any) -> Any:
    time = q.shape[1] or tf.shape(q)[1]
    q, k, v = (tf.reshape(heads(each), (-1, time, WIDTH // HEADS)) for each in (q, k, v))
    weights = tf.nn.softmax(causal(tf.matmul(q, k, transpose_b=True)))
    return joined(tf.reshape(tf.matmul(weights, v), (-1, HEADS, time, WIDTH // HEADS)))


def keys_first(q: Any, k: Any, v: Any) -> Any:
    scores = ops.einsum("bkd,bqd->bkq", k, q)
    scores = ops.where(ops.triu(ops.ones(scores.shape[-2:] if scores.shape[-1] else (1, 1), "bool")), scores, -1e9)
    return ops.einsum("bkq,bkd->bqd", ops.softmax(scores, axis=1), v)


def linear(q: Any, k: Any, v: Any) -> Any:
    q, k = ops.elu(q) + 1, ops.elu(k) + 1
    sums = ops.cumsum(k[..., :, None] * v[..., None, :], axis=1)
    return ops.einsum("btd,btde->bte", q, sums) / ops.sum(q * ops.cumsum(k, axis=1), axis=-1, keepdims=True)


def additive(q: Any, k: Any, v: Any) -> Any:
    scores = ops.sum(ops.tanh(q[:, :, None] + k[:, None]), axis=-1)
    return ops.matmul(ops.softmax(causal(scores)), v)


def by_hand(q: Any, k: Any, v: Any) -> Any:
    scores = causal(ops.matmul(q, ops.transpose(k, (0, 2, 1))) / 3)
    weights = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    return ops.matmul(weights / ops.sum(weights, axis=-1, keepdims=True), v)


def shared_key(q: Any, k: Any, v: Any) -> Any:
    weights = ops.softmax(causal(ops.einsum("bhqd,bkd->bhqk", heads(q), k[..., :4])))
    return joined(ops.einsum("bhqk,bkd->bhqd", weights, v[..., :4]))


def fading(q: Any, k: Any, v: Any) -> Any:
    place = ops.arange(ops.shape(q)[1], dtype="float32")
    decay = ops.where(place[:, None] >= place, 0.8 ** ops.maximum(place[:, None] - place, 0), 0.0)
    return ops.matmul(ops.matmul(q, ops.swapaxes(k, 1, 2)) * decay, v) / 5


class Learnt(layers.Layer):
    """Adds a vector for the place."""

    def build(self, shape: Any) -> None:
        self.vectors = self.add_weight(shape=(64, shape[-1]), initializer="normal")

    def call(self, x: Any) -> Any:
        return x + self.vectors[: ops.shape(x)[1]]


class Waves(layers.Layer):
    """Adds sines and cosines of the place."""

    def call(self, x: Any) -> Any:
        angles = ops.arange(ops.shape(x)[1], dtype="float32")[:, None] / ops.array([1.0, 4.0, 16.0, 64.0])
        return x + ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)


class Mean(layers.Layer):
    """The mean of all tokens so far."""

    def call(self, x: Any) -> Any:
        count = ops.arange(1, ops.shape(x)[1] + 1, dtype="float32")
        return x + ops.cumsum(x, axis=1) / count[:, None]


class RootMeanSquare(layers.Layer):
    def call(self, x: Any) -> Any:
        return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-6)


class Gated(layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.gate, self.up, self.down = layers.Dense(16, "silu"), layers.Dense(16), layers.Dense(WIDTH)

    def call(self, x: Any) -> Any:
        return x + self.down(self.gate(x) * self.up(x))


class Experts(layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.route, self.experts = layers.Dense(3, "softmax"), [layers.Dense(WIDTH, "tanh") for _ in range(3)]

    def call(self, x: Any) -> Any:
        return ops.sum(self.route(x)[..., None, :] * ops.stack([each(x) for each in self.experts], axis=-1), axis=-1)


class OfKeras(layers.Layer):
    """A layer of attention of Keras' own, on itself."""

    def __init__(self, attention: layers.Layer, **call: Any) -> None:
        super().__init__()
        self.attention, self.options, self.supports_masking = attention, call, True

    def call(self, x: Any) -> Any:
        if isinstance(self.attention, layers.Attention):
            return x + self.attention([x, x], **self.options)
        return x + self.attention(x, x, **self.options)


def language(
    *inner: Any, masks: bool = False, length: int | None = None, batch: int | None = None, last: bool = False
) -> keras.Model:
    """Returns a model of ids through some layers, of every token or the last one only."""
    ids = layers.Input((length,), batch_size=batch, dtype="int32")
    x = layers.Embedding(VOCABULARY, WIDTH, mask_zero=masks)(ids)
    with as_far_as_keras_builds():
        for layer in inner:
            x = layer(x)
    return shaken(keras.Model(ids, layers.Dense(VOCABULARY)(x[:, -1] if last else x)))


class Tied(keras.Model):
    """A subclassed model whose output is its embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.places, self.block = layers.Embedding(VOCABULARY, WIDTH), Learnt(), Block(usual)

    def call(self, ids: Any, training: bool = False) -> Any:
        x = self.block(self.places(self.embedding(ids)))
        return ops.matmul(x, ops.transpose(self.embedding.embeddings))


def tied() -> keras.Model:
    model = Tied()
    model(np.ones((2, 5), np.int32))
    return shaken(model)


def told_of_padding() -> keras.Model:
    inputs = {name: layers.Input((None,), dtype="int32", name=name) for name in ("token_ids", "padding_mask")}
    x = Learnt()(layers.Embedding(VOCABULARY, WIDTH)(inputs["token_ids"]))
    mask = ops.cast(inputs["padding_mask"], "bool")
    x = x + layers.MultiHeadAttention(2, 4)(x, x, attention_mask=mask[:, None], use_causal_mask=True)
    return shaken(keras.Model(inputs, layers.Dense(VOCABULARY)(x)))


def in_half(make: Callable[[], keras.Model]) -> keras.Model:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return make()
    finally:
        keras.config.set_dtype_policy(before)


class Settling(layers.Layer):
    """Goes on until three steps are done, in a loop of TensorFlow."""

    def call(self, x: Any) -> Any:
        return tf.while_loop(lambda step, _: step < 3, lambda step, x: (step + 1, tf.tanh(2 * x)), (0, x))[1]


def translating(encode: Callable[[Any], Any], decode: Callable[[Any, Any], Any]) -> keras.Model:
    source = layers.Input((None,), dtype="int32", name="source")
    target = layers.Input((None,), dtype="int32", name="target")
    encoded = encode(layers.Embedding(30, WIDTH)(source))
    x = decode(layers.Embedding(VOCABULARY, WIDTH)(target), encoded)
    return shaken(keras.Model([source, target], layers.Dense(VOCABULARY)(x)))


def _crossing(x: Any, encoded: Any) -> Any:
    x = Block(usual)(Learnt()(x))
    return x + layers.MultiHeadAttention(2, 4)(x, encoded)


def of_hub(**options: Any) -> keras.Model:
    import keras_hub

    ids = layers.Input((None,), dtype="int32")
    x = keras_hub.layers.TokenAndPositionEmbedding(VOCABULARY, 64, WIDTH)(ids)
    x = keras_hub.layers.TransformerDecoder(16, 2, **options)(x)
    return shaken(keras.Model(ids, layers.Dense(VOCABULARY)(x)))


RNN = {"return_sequences": True}


CUT: dict[str, Callable[[], keras.Model]] = {
    "MultiHeadAttention": lambda: language(Learnt(), OfKeras(layers.MultiHeadAttention(2, 4), use_causal_mask=True)),
    "two layers": lambda: language(Learnt(), Block(usual), Block(usual)),
    "sinusoid places": lambda: language(Waves(), Block(usual)),
    "grouped queries": lambda: language(Learnt(), OfKeras(layers.GroupQueryAttention(4, 4, 2), use_causal_mask=True)),
    "Attention": lambda: language(Learnt(), OfKeras(layers.Attention(), use_causal_mask=True)),
    "AdditiveAttention": lambda: language(Learnt(), OfKeras(layers.AdditiveAttention(), use_causal_mask=True)),
    "masked zeros": lambda: language(OfKeras(layers.MultiHeadAttention(2, 4), use_causal_mask=True), masks=True),
    "rotary": lambda: language(Block(rope)),
    "ALiBi": lambda: language(Block(alibi)),
    "local": lambda: language(Block(local)),
    "merged heads": lambda: language(Block(merged)),
    "keys first": lambda: language(Block(keys_first), length=16),
    "linear": lambda: language(Block(linear)),
    "additive": lambda: language(Block(additive)),
    "softmax by hand": lambda: language(Block(by_hand)),
    "one key for all heads": lambda: language(Block(shared_key)),
    "retention": lambda: language(Block(fading)),
    "tied, subclassed": tied,
    "next token only": lambda: language(Learnt(), Block(usual), last=True),
    "convolution": lambda: language(layers.Conv1D(WIDTH, 3, padding="causal", activation="relu")),
    "dilated convolutions": lambda: language(
        *(layers.Conv1D(WIDTH, 2, padding="causal", dilation_rate=rate, activation="relu") for rate in (1, 2, 4))
    ),
    "mean so far": lambda: language(Mean()),
    "root mean square, gated": lambda: language(RootMeanSquare(), Block(rope), Gated()),
    "experts": lambda: language(Block(usual), Experts()),
    "batch normalisation": lambda: language(Block(usual), layers.BatchNormalization()),
    "LSTM and attention": lambda: language(layers.LSTM(WIDTH, **RNN), Block(usual)),
    "attention and GRU": lambda: language(Block(usual), layers.GRU(WIDTH, **RNN)),
    "attention, GRU, next token only": lambda: language(Block(usual), layers.GRU(WIDTH)),
    "one length": lambda: language(Learnt(), Block(usual), length=16),
    "one length, GRU": lambda: language(layers.GRU(WIDTH, **RNN), length=16),
    "one length, TimeDistributed": lambda: language(
        layers.LSTM(WIDTH, **RNN), layers.TimeDistributed(layers.Dense(WIDTH, "relu")), length=16
    ),
    "one batch size": lambda: language(Learnt(), Block(usual), batch=4),
    "told of padding": told_of_padding,
    "half precision": lambda: in_half(lambda: language(Learnt(), Block(usual))),
    "half precision, LSTM": lambda: in_half(lambda: language(layers.LSTM(WIDTH, **RNN))),
    "dropout": lambda: language(layers.Dropout(0.5), Block(usual), layers.SpatialDropout1D(0.5)),
    "KerasHub's decoder": of_hub,
    "KerasHub's decoder, normalised first": lambda: of_hub(normalize_first=True),
}
"""Models of ids."""

TRANSLATING: dict[str, Callable[[], keras.Model]] = {
    "states handed on": lambda: translating(
        lambda x: layers.GRU(WIDTH)(x), lambda x, state: layers.GRU(WIDTH, **RNN)(x, initial_state=state)
    ),
    "LSTM states handed on": lambda: translating(
        lambda x: layers.LSTM(WIDTH, return_state=True)(x)[1:],
        lambda x, states: layers.LSTM(WIDTH, **RNN)(x, initial_state=states),
    ),
    "cross attention": lambda: translating(lambda x: Learnt()(x), _crossing),
    "attention over an LSTM": lambda: translating(
        lambda x: layers.LSTM(WIDTH, **RNN)(x),
        lambda x, encoded: layers.Attention()([layers.LSTM(WIDTH, **RNN)(x), encoded]),
    ),
    "a source read from both ends": lambda: translating(
        lambda x: layers.Bidirectional(layers.GRU(WIDTH, **RNN), merge_mode="sum")(x),
        lambda x, encoded: layers.AdditiveAttention()([layers.GRU(WIDTH, **RNN)(x), encoded]),
    ),
    "a source in a loop of its own": lambda: translating(
        lambda x: Settling()(x), lambda x, encoded: layers.Attention()([layers.GRU(WIDTH, **RNN)(x), encoded])
    ),
}
"""Models of a source and a target."""

LOOKS_AHEAD: dict[str, tuple[Callable[[], keras.Model], str]] = {
    "unmasked attention": (
        lambda: language(OfKeras(layers.MultiHeadAttention(2, 4))),
        "a token changes what the model says before it",
    ),
    "convolution to both sides": (
        lambda: language(layers.Conv1D(WIDTH, 3, padding="same")),
        "a token changes what the model says before it",
    ),
    "time mixed by Dense": (
        lambda: language(layers.Permute((2, 1)), layers.Dense(16), layers.Permute((2, 1)), length=16),
        "a token changes what the model says before it",
    ),
    "normalised over time": (
        lambda: language(layers.LayerNormalization(axis=1), length=16),
        "a token changes what the model says before it",
    ),
    "mean over time": (
        lambda: language(layers.GlobalAveragePooling1D()),
        "step by step it says something else of a text of 1 tokens",
    ),
    "mean over time, one length": (
        lambda: language(layers.GlobalAveragePooling1D(), length=16),
        "the model takes 16 tokens, and speaks of the one after them only",
    ),
    "maximum over time": (
        lambda: language(layers.GlobalMaxPooling1D()),
        "step by step it says something else of a text of 1 tokens",
    ),
    "read backwards": (
        lambda: language(layers.GRU(WIDTH, go_backwards=True)),
        "",
    ),
    "bidirectional": (
        lambda: language(layers.Bidirectional(layers.LSTM(4, **RNN))),
        "a token changes what the model says before it",
    ),
    "bidirectional, next token only": (
        lambda: language(layers.Bidirectional(layers.LSTM(4))),
        "",
    ),
}
"""Models that look ahead, and why they are not stepped."""
