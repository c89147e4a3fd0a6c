"""Weights that something is done to before the softmax or behind it: what is drawn is what sums the values."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import (
    ANY_NOTE,
    Drawn,
    Specimen,
    attending,
    given,
    given_ids,
    specimen,
    told,
    variant,
    written,
)
from helpers.zoo.written.dot_products import CAUSAL, SELF, projections

CHANGED = Drawn("encoder self", "x", "x", note=ANY_NOTE)
CHANGED_CAUSAL = Drawn("decoder self", "x", "x", note=ANY_NOTE)
CHANGED_CROSS = Drawn("cross", "target", "source", note=ANY_NOTE)
POOL_CHANGED = Drawn(("other", "cross"), "", "x", note=ANY_NOTE)


def scores_of(self: Any, x: Any) -> Any:
    return tf.matmul(self.wq(x), self.wk(x), transpose_b=True)


def padding(*lengths: int, length: int = 6) -> Any:
    """Returns float32 [batch, length], 1 where there is a token."""
    return (np.arange(length) < np.array(lengths)[:, None]).astype("float32")


@variant
def padding_by_an_input_before_the_softmax() -> Specimen:
    def call(self: Any, x: Any, mask: Any) -> Any:
        scores = scores_of(self, x) + (1.0 - mask[:, None, :]) * -1e9
        return tf.matmul(told(tf.nn.softmax(scores), "bqk"), self.wv(x))

    inputs = {**given(x=6), "mask": padding(4, 6)}
    return attending(written("MaskedAttention", call, **projections()), inputs, SELF)


@variant
def padding_by_ids_before_the_softmax() -> Specimen:
    def call(self: Any, ids: Any) -> Any:
        x = self.embedding(ids)
        scores = ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2))
        there = ops.expand_dims(ops.not_equal(ids, 0), 1)
        weights = ops.softmax(ops.where(there, scores, ops.full_like(scores, -1e9)))
        return ops.matmul(told(weights, "bqk"), self.wv(x))

    inputs = given_ids(3, x=6)
    inputs["x"][0, 4:], inputs["x"][2, 5:] = 0, 0
    layer = written("SelfAttention", call, embedding=layers.Embedding(12, 8), **projections())
    return attending(layer, inputs, SELF, factor=4)


@specimen
def mask_behind_the_softmax() -> Specimen:
    def call(self: Any, x: Any, mask: Any) -> Any:
        weights = tf.nn.softmax(scores_of(self, x)) * mask[:, None, :]
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    inputs = {**given(x=6), "mask": padding(4, 5)}
    return attending(written("SelfAttention", call, **projections()), inputs, CHANGED)


@variant
def mask_behind_the_softmax_of_a_pool() -> Specimen:
    def call(self: Any, x: Any, mask: Any) -> Any:
        weights = ops.softmax(ops.squeeze(self.score(x), -1)) * mask
        return ops.sum(ops.expand_dims(told(weights, "bk"), -1) * x, axis=1)

    inputs = {**given(3, x=6), "mask": padding(4, 5, 3)}
    return attending(written("AttentionPool", call, score=layers.Dense(1)), inputs, POOL_CHANGED, factor=2.5)


@variant
def mask_and_renormalise() -> Specimen:
    def call(self: Any, x: Any, mask: Any) -> Any:
        weights = tf.nn.softmax(scores_of(self, x)) * mask[:, None, :]
        weights = weights / (tf.reduce_sum(weights, axis=-1, keepdims=True) + 1e-9)
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    inputs = {**given(x=6), "mask": padding(4, 5)}
    return attending(written("MaskedAttention", call, **projections()), inputs, CHANGED)


@variant
def mask_and_renormalise_by_keras() -> Specimen:
    """As ESIM and BiDAF do it, in two directions."""

    def masked(scores: Any, mask: Any) -> Any:
        result = ops.softmax(scores * mask, axis=-1) * mask
        return result / (ops.sum(result, axis=-1, keepdims=True) + 1e-13)

    def call(self: Any, source: Any, target: Any, source_mask: Any, target_mask: Any) -> Any:
        similarity = ops.matmul(source, ops.transpose(self.w(target), (0, 2, 1)))
        one = told(masked(similarity, target_mask[:, None]), "bqk", "one")
        two = told(masked(ops.transpose(similarity, (0, 2, 1)), source_mask[:, None]), "bqk", "two")
        return ops.matmul(one, target), ops.matmul(two, source)

    inputs = {**given(source=6, target=6), "source_mask": padding(4, 5), "target_mask": padding(6, 3)}
    other = Drawn("cross", "source", "target", note=ANY_NOTE)
    return attending(written("SoftmaxAttention", call, w=layers.Dense(8)), inputs, other, CHANGED_CROSS)


@variant
def mask_and_renormalise_a_pool_by_division() -> Specimen:
    def call(self: Any, x: Any, mask: Any) -> Any:
        a = tf.nn.softmax(tf.squeeze(self.score(x), -1), axis=1)
        a = tf.multiply(a, mask)
        a = tf.math.divide_no_nan(a, tf.reduce_sum(a, axis=1, keepdims=True))
        return tf.squeeze(tf.matmul(tf.expand_dims(told(a, "bk"), 1), x), 1)

    inputs = {**given(x=6), "mask": padding(4, 5)}
    return attending(written("WordAttention", call, score=layers.Dense(1)), inputs, POOL_CHANGED, factor=2.5)


@variant
def causal_behind_the_softmax() -> Specimen:
    """Lower triangle of the weights, rows made to sum to one again."""

    def call(self: Any, x: Any) -> Any:
        weights = tf.linalg.band_part(tf.nn.softmax(scores_of(self, x)), -1, 0)
        weights /= tf.reduce_sum(weights, axis=-1, keepdims=True)
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("CausalAttention", call, **projections()), given(x=6), CHANGED_CAUSAL)


@specimen
def causal_behind_the_softmax_by_tril() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = ops.softmax(ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2)))
        return ops.matmul(told(ops.tril(weights), "bqk"), self.wv(x))

    return attending(written("CausalAttention", call, **projections()), given(3, x=6), CHANGED_CAUSAL)


@variant
def largest_kept_and_renormalised() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(scores_of(self, x))
        smallest = tf.reduce_min(tf.math.top_k(weights, k=3).values, axis=-1, keepdims=True)
        weights = tf.where(weights >= smallest, weights, tf.zeros_like(weights))
        weights = weights / tf.reduce_sum(weights, axis=-1, keepdims=True)
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("TopKAttention", call, **projections()), given(x=6), CHANGED)


@variant
def largest_kept_and_renormalised_by_keras() -> Specimen:
    def call(self: Any, query: Any, value: Any) -> Any:
        weights = ops.softmax(ops.matmul(self.wq(query), ops.swapaxes(self.wk(value), 1, 2)))
        kept, _ = ops.top_k(weights, 2)
        weights = weights * ops.cast(weights >= kept[..., -1:], weights.dtype)
        return ops.matmul(told(weights / ops.sum(weights, axis=-1, keepdims=True), "bqk"), self.wv(value))

    layer = written("SparseAttention", call, **projections())
    return attending(lambda source, target: layer(target, source), given(source=5, target=6), CHANGED_CROSS)


@variant
def largest_scores_kept() -> Specimen:
    """Top-k before the softmax."""

    def call(self: Any, x: Any) -> Any:
        scores = scores_of(self, x)
        least = tf.math.top_k(scores, k=3).values[..., -1:]
        scores = tf.where(scores < least, -1e9 * tf.ones_like(scores), scores)
        return tf.matmul(told(tf.nn.softmax(scores), "bqk"), self.wv(x))

    return attending(written("KNNAttention", call, **projections()), given(3, x=6), SELF)


@variant
def values_gathered_by_the_largest() -> Specimen:
    """The values at the places of the largest scores, gathered: keys are the first and the second, not tokens."""

    def call(self: Any, x: Any) -> Any:
        scores = scores_of(self, x)
        top, places = tf.math.top_k(scores, k=2)
        weights = told(tf.nn.softmax(top), "bqk")
        return tf.reduce_sum(tf.gather(self.wv(x), places, batch_dims=1) * weights[..., None], axis=2)

    gathered = Drawn(("other", "cross"), "x", "", note=ANY_NOTE)
    return attending(written("SparseTopK", call, **projections()), given(x=6), gathered)


@variant
def queries_masked_behind_the_softmax() -> Specimen:
    """Weights of padded queries set to 0, with heads in the batch, as in a well-known port of the Transformer."""

    def call(self: Any, x: Any, mask: Any) -> Any:
        q, k, v = (tf.concat(tf.split(part(x), 2, axis=2), axis=0) for part in (self.wq, self.wk, self.wv))
        weights = tf.nn.softmax(tf.matmul(q, k, transpose_b=True))
        weights *= tf.tile(mask, [2, 1])[:, :, None]
        outputs = tf.matmul(told(weights, "(hb)qk"), v)
        return tf.concat(tf.split(outputs, 2, axis=0), axis=2)

    inputs = {**given(x=6), "mask": padding(4, 5)}
    return attending(written("MultiheadAttention", call, **projections(8)), inputs, CHANGED)


@variant
def gaussian_window_behind_the_softmax() -> Specimen:
    """Luong's local attention: a window around a predicted place."""

    def call(self: Any, query: Any, value: Any) -> Any:
        weights = tf.nn.softmax(tf.matmul(query, value, transpose_b=True))
        place = 5.0 * tf.sigmoid(self.v(tf.tanh(self.w(query))))
        window = tf.exp(-((tf.range(5.0)[None, None] - place) ** 2) / 2.0)
        return tf.matmul(told(weights * window, "bqk"), value)

    layer = written("LocalAttention", call, w=layers.Dense(8), v=layers.Dense(1))
    return attending(lambda source, target: layer(target, source), given(source=5, target=6), CHANGED_CROSS)


@variant
def scaled_by_a_gate_for_each_head() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        q, k, v = (ops.reshape(part(x), (-1, 6, 2, 4)) for part in (self.wq, self.wk, self.wv))
        weights = ops.softmax(ops.einsum("bqhd,bkhd->bhqk", q, k))
        weights = weights * ops.sigmoid(self.gate)[:, None, None]
        return ops.reshape(ops.einsum("bhqk,bkhd->bqhd", told(weights, "bhqk"), v), (-1, 6, 8))

    return attending(written("GatedHeads", call, gate=(2,), **projections(8)), given(x=6), CHANGED)


@variant
def sharpened_behind_the_softmax() -> Specimen:
    """Powers of the weights, normalised again."""

    def call(self: Any, x: Any) -> Any:
        weights = tf.pow(tf.nn.softmax(scores_of(self, x) * 0.3), 2.0)
        weights = weights / tf.reduce_sum(weights, axis=-1, keepdims=True)
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("SharpAttention", call, **projections()), given(3, x=6), CHANGED)


@variant
def masked_by_keras() -> Specimen:
    """The mask that an embedding gives on, taken by `call`."""

    class Attention(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="layer")
            self.supports_masking = True
            self.score = layers.Dense(1)

        def build(self, shape: Any) -> None:
            self.score.build(shape)

        def call(self, x: Any, mask: Any = None) -> Any:
            scores = ops.squeeze(self.score(x), -1)
            if mask is not None:
                scores = ops.where(mask, scores, -1e9)
            return ops.einsum("bt,btd->bd", told(ops.softmax(scores), "bk"), x)

        def compute_mask(self, x: Any, mask: Any = None) -> None:
            return None

    inputs = given_ids(3, x=6)
    inputs["x"][0, 4:], inputs["x"][2, 5:] = 0, 0
    attention, embedding = Attention(), layers.Embedding(12, 8, mask_zero=True)
    return attending(lambda x: attention(embedding(x)), inputs, Drawn(("other", "cross"), "", "x"), factor=4)


@variant
def cross_causal_in_a_decoder() -> Specimen:
    """A causal mask given as an argument, over one input twice."""

    def call(self: Any, x: Any) -> Any:
        mask = tf.cast(tf.range(6)[:, None] >= tf.range(6), tf.float32)
        scores = scores_of(self, x) * mask - 1e10 * (1 - mask)
        return tf.matmul(told(tf.nn.softmax(scores), "bqk"), self.wv(x))

    return attending(written("Attn", call, **projections()), given(4, x=6), CAUSAL)
