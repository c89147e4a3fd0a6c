"""One head of dot-product attention, in every way to spell the two products."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.reference import dense, softmax
from helpers.zoo.specimen import Drawn, Specimen, attending, given, specimen, told, variant, written

SELF = Drawn("encoder self", "x", "x")
CAUSAL = Drawn("decoder self", "x", "x")
CROSS = Drawn("cross", "target", "source")


def projections(units: int = 6) -> dict[str, Any]:
    return {name: layers.Dense(units, use_bias=False) for name in ("wq", "wk", "wv")}


@variant
def matmul_of_tensorflow() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        q, k, v = self.wq(x), self.wk(x), self.wv(x)
        scores = tf.matmul(q, k, transpose_b=True) / tf.math.sqrt(6.0)
        return tf.matmul(told(tf.nn.softmax(scores, axis=-1), "bqk"), v)

    return attending(written("SelfAttention", call, **projections()), given(x=6), SELF)


@specimen
def matmul_of_keras() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        scores = ops.matmul(self.wq(x), ops.transpose(self.wk(x), axes=(0, 2, 1))) * 6**-0.5
        return ops.matmul(told(ops.softmax(scores, axis=-1), "bqk"), self.wv(x))

    return attending(written("Head", call, **projections()), given(3, x=6), SELF)


@variant
def matmul_between_unequal_lengths() -> Specimen:
    def call(self: Any, query: Any, value: Any) -> Any:
        weights = tf.nn.softmax(tf.matmul(self.wq(query), self.wk(value), transpose_b=True))
        return tf.matmul(told(weights, "bqk"), self.wv(value))

    layer = written("CrossAttention", call, **projections())
    return attending(lambda source, target: layer(target, source), given(source=5, target=6), CROSS)


@variant
def matmul_between_equal_lengths() -> Specimen:
    def call(self: Any, query: Any, value: Any) -> Any:
        weights = tf.nn.softmax(tf.matmul(self.wq(query), self.wk(value), transpose_b=True))
        return tf.matmul(told(weights, "bqk"), self.wv(value))

    layer = written("CrossAttention", call, **projections())
    return attending(lambda source, target: layer(target, source), given(source=6, target=6), CROSS)


@variant
def operators_of_python() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(self.wq(x) @ tf.transpose(self.wk(x), [0, 2, 1]) / 6**0.5)
        return told(weights, "bqk") @ self.wv(x)

    return attending(written("Attention", call, **projections()), given(x=7), SELF)


@variant
def einsum_of_tensorflow() -> Specimen:
    def call(self: Any, query: Any, value: Any) -> Any:
        weights = tf.nn.softmax(tf.einsum("bqd,bkd->bqk", self.wq(query), self.wk(value)))
        return tf.einsum("bqk,bkd->bqd", told(weights, "bqk"), self.wv(value))

    layer = written("EinsumAttention", call, **projections())
    return attending(lambda source, target: layer(target, source), given(4, source=4, target=6), CROSS)


@variant
def einsum_of_keras_with_keys_first() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = ops.softmax(ops.einsum("bsd,btd->bst", self.wk(x), self.wq(x)), axis=1)
        return ops.einsum("bst,bsd->btd", told(weights, "bkq"), self.wv(x))

    return attending(written("Attention", call, **projections()), given(x=6), SELF)


@specimen
def product_from_the_other_side() -> Specimen:
    """Values times weights, features first, as GAN code over images writes it."""

    def call(self: Any, x: Any) -> Any:
        f, g, h = (ops.transpose(part(x), (0, 2, 1)) for part in (self.wq, self.wk, self.wv))
        attention = ops.softmax(ops.matmul(ops.transpose(f, (0, 2, 1)), g), axis=-1)
        out = ops.matmul(h, ops.transpose(told(attention, "bqk"), (0, 2, 1)))
        return x + ops.transpose(out, (0, 2, 1))

    return attending(written("SelfAttn", call, **projections(8)), given(x=6), SELF)


@variant
def matmul_with_transposed_weights() -> Specimen:
    """Softmax over the keys, which come first; the product transposes them."""

    def call(self: Any, query: Any, value: Any) -> Any:
        weights = tf.nn.softmax(tf.matmul(value, query, transpose_b=True), axis=1)
        return tf.matmul(told(weights, "bkq"), value, transpose_a=True)

    layer = written("LuongAttention", call)
    return attending(lambda source, target: layer(target, source), given(source=6, target=6), CROSS)


@variant
def multiplied_and_summed() -> Specimen:
    def call(self: Any, query: Any, value: Any) -> Any:
        scores = tf.reduce_sum(self.wq(query)[:, :, None, :] * self.wk(value)[:, None, :, :], axis=-1)
        weights = tf.nn.softmax(scores, axis=-1)
        return tf.reduce_sum(told(weights, "bqk")[..., None] * self.wv(value)[:, None], axis=2)

    layer = written("SoftAlignment", call, **projections())
    return attending(lambda source, target: layer(target, source), given(source=5, target=6), CROSS)


@variant
def multiplied_and_summed_by_keras() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        scores = ops.sum(ops.expand_dims(x, 2) * ops.expand_dims(self.wk(x), 1), axis=-1)
        weights = ops.expand_dims(told(ops.softmax(scores), "bqk"), -1)
        return ops.sum(ops.multiply(weights, ops.expand_dims(x, 1)), axis=-2)

    return attending(written("Mixer", call, wk=layers.Dense(8)), given(x=6), SELF, factor=1.2)


@variant
def general_score_by_tensordot() -> Specimen:
    """Luong's general score: a weight between query and key."""

    def call(self: Any, query: Any, value: Any) -> Any:
        scores = tf.matmul(tf.tensordot(query, self.W, axes=[[2], [0]]), tf.transpose(value, perm=[0, 2, 1]))
        return tf.matmul(told(tf.nn.softmax(scores), "bqk"), value)

    layer = written("LuongGeneral", call, W=(8, 8))
    return attending(lambda source, target: layer(target, source), given(3, source=6, target=6), CROSS)


@variant
def concatenated_score() -> Specimen:
    """Luong's score of query and key side by side, through a dense layer; both are repeated."""

    def call(self: Any, query: Any, value: Any) -> Any:
        queries, keys = query.shape[1], value.shape[1]
        pairs = tf.concat(
            [tf.tile(query[:, :, None], [1, 1, keys, 1]), tf.tile(value[:, None], [1, queries, 1, 1])], axis=-1
        )
        weights = tf.nn.softmax(tf.squeeze(self.v(tf.tanh(self.w(pairs))), -1))
        return tf.matmul(told(weights, "bqk"), value)

    layer = written("ConcatAttention", call, w=layers.Dense(8), v=layers.Dense(1))
    return attending(lambda source, target: layer(target, source), given(source=5, target=4), CROSS, factor=2.5)


@variant
def additive_score_by_broadcasting() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        hidden = ops.tanh(ops.expand_dims(self.w1(x), 2) + ops.expand_dims(self.w2(x), 1))
        weights = ops.softmax(ops.squeeze(self.v(hidden), -1), axis=-1)
        return ops.einsum("bij,bjd->bid", told(weights, "bqk"), x)

    layer = written("AdditiveSelfAttention", call, w1=layers.Dense(8), w2=layers.Dense(8), v=layers.Dense(1))
    return attending(layer, given(x=6), SELF, factor=2.5)


@variant
def causal_by_a_large_negative() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        length = tf.shape(x)[1]
        mask = 1 - tf.linalg.band_part(tf.ones((length, length)), -1, 0)
        scores = tf.matmul(self.wq(x), self.wk(x), transpose_b=True) + mask * -1e9
        return tf.matmul(told(tf.nn.softmax(scores, axis=-1), "bqk"), self.wv(x))

    return attending(written("CausalSelfAttention", call, **projections()), given(x=6), CAUSAL)


@specimen
def causal_by_where() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        scores = ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2))
        mask = ops.tril(ops.ones_like(scores))
        weights = ops.softmax(ops.where(mask == 0, ops.full_like(scores, -1e10), scores))
        return ops.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("Head", call, **projections()), given(3, x=6), CAUSAL)


@variant
def time_major() -> Specimen:
    """[time, batch, features], as older recurrent code has it."""

    def call(self: Any, x: Any) -> Any:
        x = tf.transpose(x, [1, 0, 2])
        scores = tf.einsum("ibd,jbd->ijb", self.wq(x), self.wk(x))
        weights = tf.nn.softmax(scores, axis=1)
        return tf.transpose(tf.einsum("ijb,jbd->ibd", told(weights, "qkb"), self.wv(x)), [1, 0, 2])

    return attending(written("RelAttention", call, **projections()), given(3, x=6), SELF)


@variant
def time_major_summed() -> Specimen:
    def call(self: Any, query: Any, memory: Any) -> Any:
        memory, query = ops.transpose(memory, (1, 0, 2)), ops.transpose(query, (1, 0, 2))
        scores = ops.sum(query[:, None] * memory[None], axis=-1)
        weights = told(ops.softmax(scores, axis=1), "qkb")
        return ops.transpose(ops.sum(weights[..., None] * memory[None], axis=1), (1, 0, 2))

    layer = written("MemoryReader", call)
    return attending(lambda source, target: layer(target, source), given(2, source=4, target=6), CROSS)


@specimen
def mixed_precision() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        scores = ops.cast(ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2)), "float32")
        weights = ops.cast(told(ops.softmax(scores), "bqk"), x.dtype)
        return ops.matmul(weights, self.wv(x))

    layer = written(
        "SelfAttention",
        call,
        dtype="mixed_float16",
        **{name: layers.Dense(6, dtype="mixed_float16") for name in ("wq", "wk", "wv")},
    )
    return attending(layer, given(x=6), SELF, factor=1.2, tolerance=4e-3)


@variant
def mixed_precision_of_tensorflow() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        q, k, v = (tf.cast(part(x), tf.float16) for part in (self.wq, self.wk, self.wv))
        weights = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) * tf.cast(0.4, tf.float16))
        return tf.cast(tf.matmul(told(weights, "bqk"), v), tf.float32)

    return attending(written("HalfAttention", call, **projections()), given(x=5), SELF, tolerance=6e-3)


@variant
def dropout_at_inference() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        scores = tf.matmul(self.wq(x), self.wk(x), transpose_b=True)
        weights = self.dropout(told(tf.nn.softmax(scores), "bqk"))
        return tf.matmul(weights, self.wv(x))

    layer = written("SelfAttention", call, dropout=layers.Dropout(0.4), **projections())
    return attending(layer, given(x=6), SELF)


@variant
def dropout_beside_a_residual_sum() -> Specimen:
    """The weights that are dropped out are those of the scores and of a bias, both learnt."""

    def call(self: Any, x: Any) -> Any:
        scores = ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2)) + self.bias
        return x + self.out(ops.matmul(self.dropout(told(ops.softmax(scores), "bqk")), self.wv(x)))

    parts = {"dropout": layers.Dropout(0.2), "out": layers.Dense(8), "bias": (6, 6), **projections()}
    return attending(written("AttentionBlock", call, **parts), given(4, x=6), SELF)


@specimen
def against_plain_numpy() -> Specimen:
    """Its weights are computed from its kernels alone."""

    def call(self: Any, query: Any, value: Any) -> Any:
        weights = tf.nn.softmax(tf.matmul(self.wq(query), self.wk(value), transpose_b=True))
        return tf.matmul(weights, self.wv(value))

    layer, inputs = written("CrossAttention", call, **projections()), given(source=6, target=6)

    def weights(model: Any) -> list[Any]:
        scores = dense(layer.wq, inputs["target"]) @ dense(layer.wk, inputs["source"]).transpose(0, 2, 1)
        return [softmax(np.asarray(scores))[:, None]]

    return attending(lambda source, target: layer(target, source), inputs, CROSS, weights=weights)
