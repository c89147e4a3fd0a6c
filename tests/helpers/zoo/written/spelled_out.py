"""The softmax in other words, and other ways to weights that are not negative and sum to one."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import ANY_NOTE, Drawn, Specimen, attending, given, specimen, told, variant, written
from helpers.zoo.written.dot_products import CROSS, SELF, projections
from helpers.zoo.written.functional import POOL
from helpers.zoo.written.masked import scores_of


@specimen
def exponentials_by_their_sum() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        scores = scores_of(self, x)
        e = tf.exp(scores - tf.reduce_max(scores, axis=-1, keepdims=True))
        return tf.matmul(told(e / tf.reduce_sum(e, axis=-1, keepdims=True), "bqk"), self.wv(x))

    return attending(written("Attention", call, **projections()), given(x=6), SELF)


@variant
def exponentials_by_their_sum_of_a_pool() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        a = ops.exp(ops.squeeze(ops.tanh(ops.dot(x, self.W)), -1) * 3)
        a = a / ops.cast(ops.sum(a, axis=1, keepdims=True) + 1e-7, "float32")
        return ops.sum(x * ops.expand_dims(told(a, "bk"), -1), axis=1)

    return attending(written("AttLayer", call, W=(8, 1)), given(3, x=6), POOL)


@variant
def exponential_sum_divided_behind_the_product() -> Specimen:
    """The division comes last: the product of exponentials and values by the sum of the exponentials."""

    def call(self: Any, x: Any) -> Any:
        e = tf.exp(scores_of(self, x) * 0.3)
        total = tf.reduce_sum(e, axis=-1, keepdims=True)
        told(lambda: e / total, "bqk")
        return tf.matmul(e, self.wv(x)) / total

    layer = written("LateDivision", call, **projections())
    return attending(layer, given(x=6), Drawn("encoder self", "x", "x", note=ANY_NOTE), or_named=True)


@variant
def exponential_of_scores_less_logsumexp() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        scores = scores_of(self, x)
        weights = tf.exp(scores - tf.reduce_logsumexp(scores, axis=-1, keepdims=True))
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("Attention", call, **projections()), given(x=6), SELF)


@variant
def exponential_of_scores_less_logsumexp_of_keras() -> Specimen:
    def call(self: Any, query: Any, value: Any) -> Any:
        scores = ops.matmul(self.wq(query), ops.swapaxes(self.wk(value), 1, 2))
        weights = ops.exp(scores - ops.logsumexp(scores, axis=-1, keepdims=True))
        return ops.einsum("bqk,bkd->bqd", told(weights, "bqk"), self.wv(value))

    layer = written("LogSpaceAttention", call, **projections())
    return attending(lambda source, target: layer(target, source), given(source=5, target=6), CROSS)


@variant
def exponential_of_log_softmax() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        return tf.matmul(told(tf.exp(tf.nn.log_softmax(scores_of(self, x), axis=-1)), "bqk"), self.wv(x))

    return attending(written("Attention", call, **projections()), given(3, x=6), SELF)


@variant
def exponential_of_log_softmax_of_keras() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        log_weights = ops.log_softmax(ops.squeeze(self.score(ops.tanh(self.hidden(x))), -1), axis=-1)
        return ops.einsum("bt,btd->bd", told(ops.exp(log_weights), "bk"), x)

    layer = written("Pooling", call, hidden=layers.Dense(8), score=layers.Dense(1))
    return attending(layer, given(x=6), POOL, factor=2.5)


@variant
def raw_operation() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = tf.raw_ops.Softmax(logits=scores_of(self, x))
        return tf.raw_ops.BatchMatMulV2(x=told(weights, "bqk"), y=self.wv(x))

    return attending(written("Raw", call, **projections()), given(x=6), SELF)


@variant
def activation_function_of_keras() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = keras.activations.softmax(ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2)), axis=-1)
        return ops.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("Attention", call, **projections()), given(4, x=6), SELF)


@variant
def gradient_of_ones_own() -> Specimen:
    @tf.custom_gradient
    def stable(scores: Any) -> Any:
        weights = tf.nn.softmax(scores)
        return weights, lambda upstream: weights * (upstream - tf.reduce_sum(weights * upstream, -1, keepdims=True))

    def call(self: Any, x: Any) -> Any:
        return tf.matmul(told(stable(scores_of(self, x)), "bqk"), self.wv(x))

    return attending(written("Attention", call, **projections()), given(x=6), SELF)


@specimen
def gradient_of_ones_own_spelled_out() -> Specimen:
    @tf.custom_gradient
    def masked(scores: Any) -> Any:
        e = tf.exp(scores - tf.stop_gradient(tf.reduce_max(scores, axis=-1, keepdims=True)))
        weights = e / tf.reduce_sum(e, axis=-1, keepdims=True)
        return weights, lambda upstream: upstream * weights

    def call(self: Any, query: Any, value: Any) -> Any:
        weights = masked(tf.einsum("bqd,bkd->bqk", self.wq(query), self.wk(value)))
        return tf.einsum("bqk,bkd->bqd", told(weights, "bqk"), value)

    layer = written("CrossAttention", call, **projections())
    return attending(lambda source, target: layer(target, source), given(3, source=6, target=6), CROSS)


@variant
def gradient_of_ones_own_by_keras() -> Specimen:
    @keras.ops.custom_gradient
    def straight(scores: Any) -> Any:
        weights = ops.softmax(scores)
        return weights, lambda *args, upstream=None: upstream if upstream is not None else args[0]

    def call(self: Any, x: Any) -> Any:
        return ops.matmul(told(straight(ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2))), "bqk"), self.wv(x))

    return attending(written("Attention", call, **projections()), given(x=6), SELF)


def sparsemax(scores: Any) -> Any:
    """The projection onto the simplex (Martins and Astudillo, 2016)."""
    size = scores.shape[-1]
    ordered = tf.sort(scores, axis=-1, direction="DESCENDING")
    totals = tf.cumsum(ordered, axis=-1)
    numbers = tf.range(1.0, size + 1.0)
    support = tf.reduce_sum(tf.cast(1 + numbers * ordered > totals, tf.int32), axis=-1, keepdims=True)
    threshold = (tf.gather(totals, support - 1, batch_dims=len(scores.shape) - 1) - 1) / tf.cast(support, tf.float32)
    return tf.nn.relu(scores - threshold)


@variant
def sparsemax_of_tensorflow() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        return tf.matmul(told(sparsemax(scores_of(self, x) * 0.3), "bqk"), self.wv(x))

    return attending(written("SparsemaxAttention", call, **projections()), given(x=6), SELF)


@variant
def sparsemax_of_keras_in_a_pool() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        z = ops.squeeze(self.score(x), -1)
        ordered = ops.flip(ops.sort(z, axis=-1), axis=-1)
        totals, numbers = ops.cumsum(ordered, axis=-1), ops.arange(1, 7, dtype="float32")
        is_in = ops.cast(1 + numbers * ordered > totals, "float32")
        count = ops.sum(is_in, axis=-1, keepdims=True)
        threshold = (ops.sum(ordered * is_in, axis=-1, keepdims=True) - 1) / count
        weights = told(ops.maximum(z - threshold, 0.0), "bk")
        return ops.sum(weights[..., None] * x, axis=1)

    return attending(written("SparsePooling", call, score=layers.Dense(1)), given(3, x=6), POOL)


def entmax15(scores: Any) -> Any:
    """Peters, Niculae and Martins (2019), alpha = 1.5, by sorting."""
    z = (scores - tf.reduce_max(scores, axis=-1, keepdims=True)) / 2
    ordered = tf.sort(z, axis=-1, direction="DESCENDING")
    rho = tf.range(1.0, z.shape[-1] + 1.0)
    mean, square = tf.cumsum(ordered, axis=-1) / rho, tf.cumsum(ordered**2, axis=-1) / rho
    delta = tf.nn.relu((1 - rho * (square - mean**2)) / rho)
    tau = mean - tf.sqrt(delta)
    support = tf.reduce_sum(tf.cast(tau <= ordered, tf.int32), axis=-1, keepdims=True)
    return tf.square(tf.nn.relu(z - tf.gather(tau, support - 1, batch_dims=len(z.shape) - 1)))


@specimen
def entmax_by_sorting() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        q, k, v = (
            tf.transpose(tf.reshape(part(x), [-1, 6, 2, 4]), [0, 2, 1, 3]) for part in (self.wq, self.wk, self.wv)
        )
        weights = told(entmax15(tf.matmul(q, k, transpose_b=True) / 2.0), "bhqk")
        return tf.reshape(tf.transpose(tf.matmul(weights, v), [0, 2, 1, 3]), [-1, 6, 8])

    return attending(written("EntmaxAttention", call, **projections(8)), given(x=6), SELF)


@variant
def entmax_by_bisection() -> Specimen:
    """Halving the interval in which the threshold lies, in a python loop, normalised at last."""

    def call(self: Any, query: Any, value: Any) -> Any:
        z = ops.matmul(self.wq(query), ops.swapaxes(self.wk(value), 1, 2)) * 0.5
        low = ops.max(z, axis=-1, keepdims=True) - 1.0
        width = 1.0 - (1.0 / 5.0) ** 0.5
        for _ in range(12):
            width = width / 2
            p = ops.square(ops.maximum(z - (low + width), 0.0))
            low = ops.where(ops.sum(p, axis=-1, keepdims=True) >= 1, low + width, low)
        p = ops.square(ops.maximum(z - (low + width), 0.0))
        p = p / ops.sum(p, axis=-1, keepdims=True)
        return ops.matmul(told(p, "bqk"), self.wv(value))

    layer = written("Entmax", call, **projections())
    return attending(lambda source, target: layer(target, source), given(source=5, target=6), CROSS)


@variant
def softmax_with_one_more_in_the_denominator() -> Specimen:
    """Weights that may sum to less than one, so that a head may look at nothing."""

    def call(self: Any, x: Any) -> Any:
        scores = scores_of(self, x)
        e = tf.exp(scores - tf.maximum(tf.reduce_max(scores, axis=-1, keepdims=True), 0.0))
        one = tf.exp(-tf.maximum(tf.reduce_max(scores, axis=-1, keepdims=True), 0.0))
        return tf.matmul(told(e / (one + tf.reduce_sum(e, axis=-1, keepdims=True)), "bqk"), self.wv(x))

    layer = written("QuietAttention", call, **projections())
    return attending(layer, given(x=6), Drawn("encoder self", "x", "x", note=ANY_NOTE))


@variant
def softmax_with_a_learnt_sink() -> Specimen:
    """A score more for each row, dropped behind the softmax."""

    def call(self: Any, x: Any) -> Any:
        scores = scores_of(self, x)
        sink = tf.broadcast_to(self.sink, [tf.shape(x)[0], 6, 1])
        weights = tf.nn.softmax(tf.concat([scores, sink], axis=-1))[..., :-1]
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    layer = written("SinkAttention", call, sink=(1, 1, 1), **projections())
    return attending(layer, given(3, x=6), Drawn("encoder self", "x", "x", note=ANY_NOTE))


@specimen
def differential() -> Specimen:
    """One softmax less another (Ye et al., 2024): weights with signs."""

    def call(self: Any, x: Any) -> Any:
        (q1, q2), (k1, k2) = tf.split(self.wq(x), 2, axis=-1), tf.split(self.wk(x), 2, axis=-1)
        one, two = (tf.nn.softmax(tf.matmul(q, k, transpose_b=True)) for q, k in ((q1, k1), (q2, k2)))
        return tf.matmul(told(one - 0.6 * two, "bqk"), self.wv(x))

    signed = Drawn("encoder self", "x", "x", signed=True, note=ANY_NOTE)
    return attending(written("DiffAttention", call, **projections(8)), given(x=6), signed)


@variant
def differential_with_heads() -> Specimen:
    """[batch, heads, 2, queries, keys], with a learnt factor."""

    def call(self: Any, x: Any) -> Any:
        q, k = (
            ops.transpose(ops.reshape(part(x), (-1, x.shape[1], 2, 2, 2)), (0, 2, 3, 1, 4))
            for part in (self.wq, self.wk)
        )
        v = ops.transpose(ops.reshape(self.wv(x), (-1, x.shape[1], 2, 4)), (0, 2, 1, 3))
        weights = ops.softmax(ops.matmul(q, ops.swapaxes(k, -1, -2)))
        weights = weights[:, :, 0] - ops.exp(self.factor) * weights[:, :, 1]
        out = ops.matmul(told(weights, "bhqk"), v)
        return ops.reshape(ops.transpose(out, (0, 2, 1, 3)), (-1, x.shape[1], 8))

    signed = Drawn("encoder self", "x", "x", signed=True, note=ANY_NOTE)
    layer = written("MultiheadDiffAttn", call, factor=(1,), **projections(8))
    return attending(layer, given(3, x=6), signed)
