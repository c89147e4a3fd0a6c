"""Weights that are split, shaped, convolved, sharpened or made hard before they sum the values."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import ANY_NOTE, Drawn, Specimen, attending, given, told, variant, written
from helpers.zoo.written.dot_products import SELF, projections
from helpers.zoo.written.masked import scores_of

CHANGED = Drawn("encoder self", "x", "x", note=ANY_NOTE)
SIGNED = Drawn("encoder self", "x", "x", signed=True, note=ANY_NOTE)


@variant
def softmax_over_two_memories_at_once() -> Specimen:
    """One softmax over the source and the target itself, whose parts sum the values of each."""

    def call(self: Any, source: Any, target: Any) -> Any:
        q = self.wq(target)
        scores = tf.concat([tf.matmul(q, self.wk(part), transpose_b=True) for part in (source, target)], axis=-1)
        of_source, of_target = tf.split(tf.nn.softmax(scores), [5, 6], axis=-1)
        told(of_source, "bqk", "source")
        told(of_target, "bqk", "target")
        return tf.matmul(of_source, self.wv(source)) + tf.matmul(of_target, self.wv(target))

    own = Drawn(("decoder self", "encoder self"), "target", "target", note=ANY_NOTE)
    drawn = Drawn("cross", "target", "source", note=ANY_NOTE), own
    return attending(written("JointAttention", call, **projections()), given(source=5, target=6), *drawn)


@variant
def hard_by_straight_through() -> Specimen:
    """Forward, the weight of the largest score is 1; backward it is the softmax."""

    def call(self: Any, query: Any, value: Any) -> Any:
        soft = tf.nn.softmax(tf.matmul(self.wq(query), self.wk(value), transpose_b=True))
        hard = tf.one_hot(tf.argmax(soft, axis=-1), tf.shape(soft)[-1])
        weights = tf.stop_gradient(hard - soft) + soft
        return tf.matmul(told(weights, "bqk"), self.wv(value))

    layer = written("HardAttention", call, **projections())
    drawn = Drawn("cross", "target", "source", signed=True, note=ANY_NOTE)
    return attending(lambda source, target: layer(target, source), given(source=5, target=6), drawn)


@variant
def shaped_by_the_identity() -> Specimen:
    """Shaped attention: the identity and the weights, less their mean at the start."""

    def call(self: Any, x: Any) -> Any:
        weights = ops.softmax(ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2)))
        weights = 0.4 * ops.eye(6) + 0.9 * weights - 0.3 / 6
        return ops.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("ShapedAttention", call, **projections()), given(3, x=6), SIGNED)


@variant
def weights_convolved() -> Specimen:
    """Multi-token attention: neighbours of keys and queries are mixed behind the softmax."""

    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(scores_of(self, x))
        weights = tf.nn.conv2d(weights[..., None], tf.abs(self.kernel), strides=1, padding="SAME")[..., 0]
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("MultiTokenAttention", call, kernel=(3, 3, 1, 1), **projections()), given(x=6), CHANGED)


@variant
def rows_and_columns_normalised() -> Specimen:
    """Sinkhorn's iterations, in logarithms."""

    def call(self: Any, x: Any) -> Any:
        scores = scores_of(self, x)
        for _ in range(5):
            scores = scores - tf.reduce_logsumexp(scores, axis=1, keepdims=True)
            scores = scores - tf.reduce_logsumexp(scores, axis=2, keepdims=True)
        return tf.matmul(told(tf.exp(scores), "bqk"), self.wv(x))

    return attending(written("SinkhornAttention", call, **projections()), given(x=6), CHANGED)


@variant
def addressing_of_a_turing_machine() -> Specimen:
    """Cosines, a gate to what was looked at before, a shift, sharpening."""

    def call(self: Any, query: Any, x: Any) -> Any:
        key = tf.math.l2_normalize(tf.reduce_mean(query, 1), -1)
        content = tf.nn.softmax(4.0 * tf.einsum("bd,bkd->bk", key, tf.math.l2_normalize(x, -1)))
        weights = 0.7 * content + 0.3 * tf.one_hot(tf.zeros_like(query[:, 0, 0], tf.int32), 6)
        weights = 0.6 * weights + 0.3 * tf.roll(weights, 1, axis=1) + 0.1 * tf.roll(weights, -1, axis=1)
        weights = tf.pow(weights, 1.5)
        weights = weights / tf.reduce_sum(weights, axis=1, keepdims=True)
        return tf.squeeze(tf.matmul(told(weights, "bk")[:, None], self.w(x)), 1)

    layer = written("NTMRead", call, w=layers.Dense(8))
    return attending(layer, given(query=3, x=6), Drawn(("other", "cross"), "", "x", note=ANY_NOTE))


@variant
def scores_handed_on() -> Specimen:
    """RealFormer: the second layer adds the first one's scores."""

    def call(self: Any, x: Any) -> Any:
        before = 0.0
        for number in range(2):
            q, k = getattr(self, f"q{number}")(x), getattr(self, f"k{number}")(x)
            before = before + tf.matmul(q, k, transpose_b=True)
            x = x + tf.matmul(told(tf.nn.softmax(before), "bqk", str(number)), x)
        return x

    parts = {f"{name}{number}": layers.Dense(6) for name in "qk" for number in range(2)}
    return attending(written("RealFormer", call, **parts), given(x=6), SELF, SELF, factor=1.3)


@variant
def half_precision_of_brains() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        q, k, v = (ops.cast(part(x), "bfloat16") for part in (self.wq, self.wk, self.wv))
        weights = ops.softmax(ops.cast(ops.matmul(q, ops.swapaxes(k, 1, 2)), "float32"))
        weights = told(ops.cast(weights, "bfloat16"), "bqk")
        return ops.cast(ops.matmul(weights, v), "float32")

    return attending(written("BFloatAttention", call, **projections()), given(x=6), SELF, tolerance=2e-2)
