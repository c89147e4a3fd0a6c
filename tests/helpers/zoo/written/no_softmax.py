"""What multiplies values along the tokens by no weights that sum to one: not drawn, but named once, with the way out."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import Specimen, attending, given, specimen, variant, written
from helpers.zoo.written.dot_products import projections
from helpers.zoo.written.no_attention import beside_a_block

NAMED = r"mixer.*sow\("


def alone(layer: Any) -> Specimen:
    return attending(layer, given(x=6), sentence=NAMED)


@specimen
def sigmoid_beside_a_softmax() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = tf.sigmoid(tf.matmul(self.wq(x), self.wk(x), transpose_b=True) - 1.8)
        return tf.matmul(weights, self.wv(x))

    return beside_a_block(written("SigmoidAttention", call, name="mixer", **projections()), sentence=NAMED)


@variant
def sigmoid_alone() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = ops.sigmoid(ops.einsum("bqd,bkd->bqk", self.wq(x), self.wk(x)))
        return ops.einsum("bqk,bkd->bqd", weights, self.wv(x))

    return alone(written("SigmoidMixer", call, name="mixer", **projections()))


@specimen
def linear_by_elu() -> Specimen:
    """Katharopoulos et al. (2020): keys and values are summed first, so that no weights are ever made."""

    def call(self: Any, x: Any) -> Any:
        q, k = tf.nn.elu(self.wq(x)) + 1, tf.nn.elu(self.wk(x)) + 1
        kv = tf.einsum("bkd,bke->bde", k, self.wv(x))
        z = 1 / (tf.einsum("bqd,bd->bq", q, tf.reduce_sum(k, axis=1)) + 1e-6)
        return tf.einsum("bqd,bde,bq->bqe", q, kv, z)

    return alone(written("LinearAttention", call, name="mixer", **projections()))


@variant
def linear_beside_a_softmax() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        q, k = ops.relu(self.wq(x)), ops.relu(self.wk(x))
        kv = ops.matmul(ops.swapaxes(k, 1, 2), self.wv(x))
        return ops.matmul(q, kv) / (ops.matmul(q, ops.sum(k, axis=1)[..., None]) + 1e-6)

    return beside_a_block(written("LinearAttention", call, name="mixer", **projections()), sentence=NAMED)


@variant
def squared_relu() -> Specimen:
    """Gated attention units: squares of what is positive, by the length."""

    def call(self: Any, x: Any) -> Any:
        weights = tf.square(tf.nn.relu(tf.matmul(self.wq(x), self.wk(x), transpose_b=True))) / 6.0
        return tf.matmul(weights, self.wv(x)) * self.gate(x)

    return alone(written("GAU", call, name="mixer", gate=layers.Dense(6, activation="silu"), **projections()))


@variant
def scores_without_any_normalisation() -> Specimen:
    """Retention: scores times a decay."""

    def call(self: Any, x: Any) -> Any:
        distance = ops.arange(6, dtype="float32")[:, None] - ops.arange(6, dtype="float32")[None]
        decay = ops.where(distance >= 0, 0.9 ** ops.abs(distance), 0.0)
        weights = ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2)) * decay
        return ops.matmul(weights, self.wv(x))

    return alone(written("Retention", call, name="mixer", **projections()))


@variant
def chunks_with_a_running_maximum() -> Specimen:
    """The softmax online: parts of the keys, rescaled as the largest score rises; no weights are ever whole."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = self.wq(x), self.wk(x), self.wv(x)
        out, total, largest = tf.zeros_like(v), tf.zeros_like(v[..., :1]), tf.fill(tf.shape(v[..., :1]), -1e9)
        for start in (0, 3):
            scores = tf.matmul(q, k[:, start : start + 3], transpose_b=True)
            now = tf.maximum(largest, tf.reduce_max(scores, axis=-1, keepdims=True))
            e, old = tf.exp(scores - now), tf.exp(largest - now)
            total = total * old + tf.reduce_sum(e, axis=-1, keepdims=True)
            out = out * old + tf.matmul(e, v[:, start : start + 3])
            largest = now
        return out / total

    return alone(written("FlashAttention", call, name="mixer", **projections()))
