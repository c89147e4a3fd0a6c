"""Readers and recommenders: histories, fields, support sets, pools in odd words."""

from __future__ import annotations

from typing import Any

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
from helpers.zoo.written.dot_products import CROSS, SELF, projections
from helpers.zoo.written.functional import POOL
from helpers.zoo.written.masked import padding


@variant
def interest_in_a_history() -> Specimen:
    """Deep interest network: query and keys, their difference and product through a small network; padding at -2 ** 32 + 1."""

    def call(self: Any, query: Any, history: Any, mask: Any) -> Any:
        queries = tf.tile(query, [1, tf.shape(history)[1], 1])
        pairs = tf.concat([queries, history, queries - history, queries * history], axis=-1)
        scores = tf.transpose(self.out(tf.nn.sigmoid(self.hidden(pairs))), [0, 2, 1])
        paddings = tf.ones_like(scores) * (-(2**32) + 1)
        scores = tf.where(mask[:, None] > 0, scores, paddings)
        return tf.matmul(told(tf.nn.softmax(scores), "bqk"), history)

    layer = written("LocalActivationUnit", call, hidden=layers.Dense(8), out=layers.Dense(1))
    inputs = {**given(query=1, history=6), "mask": padding(4, 6)}
    return attending(layer, inputs, Drawn(("other", "cross"), "", "history"), factor=3)


@variant
def heads_stacked_before_the_batch() -> Specimen:
    """AutoInt's interacting layer: [heads, batch, fields, fields]."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = (tf.stack(tf.split(tf.tensordot(x, w, axes=(-1, 0)), 2, axis=2)) for w in (self.wq, self.wk, self.wv))
        weights = told(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), "hbqk")
        out = tf.squeeze(tf.concat(tf.split(tf.matmul(weights, v), 2), axis=-1), axis=0)
        return tf.nn.relu(out + tf.tensordot(x, self.res, axes=(-1, 0)))

    layer = written("InteractingLayer", call, wq=(8, 8), wk=(8, 8), wv=(8, 8), res=(8, 8))
    return attending(layer, given(2, x=6), SELF)


@specimen
def pairs_of_fields() -> Specimen:
    """An attentional factorisation machine: products of pairs pooled by weights; a pair is no token."""

    def call(self: Any, x: Any) -> Any:
        rows, columns = zip(*[(i, j) for i in range(4) for j in range(i + 1, 4)], strict=True)
        pairs = tf.gather(x, rows, axis=1) * tf.gather(x, columns, axis=1)
        scores = tf.tensordot(tf.nn.relu(tf.tensordot(pairs, self.w, axes=(-1, 0)) + self.b), self.h, axes=(-1, 0))
        return tf.reduce_sum(told(tf.nn.softmax(scores, axis=1), "bko") * pairs, axis=1)

    return attending(
        written("AFM", call, w=(8, 6), b=(6,), h=(6, 1)), given(3, x=4), Drawn("other", "", "", note=ANY_NOTE), factor=2
    )


@variant
def pooled_by_a_product_with_a_vector() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = told(tf.nn.softmax(tf.linalg.matvec(x, self.query)), "bk")
        return tf.linalg.matvec(x, weights, transpose_a=True)

    return attending(written("Readout", call, query=(8,)), given(3, x=6), POOL, factor=3)


@variant
def pooled_by_a_mean_of_products() -> Specimen:
    """A mean over time behind the product, as `GlobalAveragePooling1D` takes it: the weights are those of the product."""

    def build(x: Any) -> Any:
        scores = layers.Dense(1)(layers.Dense(8, activation="tanh")(x))

        def weights(scores: Any) -> Any:
            return told(ops.softmax(scores, axis=1), "bko")

        return layers.GlobalAveragePooling1D()(layers.Multiply()([x, layers.Lambda(weights)(scores)]))

    return attending(build, given(x=6), Drawn(("other", "cross"), "", "x", note=ANY_NOTE), factor=3)


@variant
def pooled_by_adding_up_in_python() -> Specimen:
    """The sum as a loop over the positions."""

    def call(self: Any, x: Any) -> Any:
        weights = told(tf.nn.softmax(tf.squeeze(self.score(x), -1)), "bk")
        context = tf.zeros_like(x[:, 0])
        for place in range(6):
            context += weights[:, place : place + 1] * x[:, place]
        return context

    return attending(written("LoopPool", call, score=layers.Dense(1)), given(x=6), POOL, or_named=True, factor=3)


@variant
def kernel_regression() -> Specimen:
    """Nadaraya and Watson, as textbooks begin with: distances of numbers."""

    def call(self: Any, source: Any, target: Any) -> Any:
        distance = target - tf.transpose(source, [0, 2, 1])
        weights = told(tf.nn.softmax(-((distance * self.width) ** 2) / 2, axis=2), "bqk")
        return tf.matmul(weights, tf.sin(source))

    return attending(
        written("NWKernelRegression", call, width=(1, 1)), given(features=1, source=5, target=6), CROSS, factor=3
    )


@variant
def matching_a_support_set() -> Specimen:
    """Matching networks: cosines to examples, times their labels."""

    def call(self: Any, support: Any, labels: Any, query: Any) -> Any:
        keys, queries = tf.math.l2_normalize(self.f(support), -1), tf.math.l2_normalize(self.f(query), -1)
        weights = tf.nn.softmax(6.0 * tf.einsum("bqd,bkd->bqk", queries, keys))
        return tf.einsum("bqk,bkc->bqc", told(weights, "bqk"), tf.one_hot(labels, 3))

    layer = written("MatchingNetwork", call, f=layers.Dense(8))
    inputs = {"support": given(support=6)["support"], **given_ids(words=3, labels=6), **given(query=4)}
    return attending(layer, inputs, Drawn(("cross", "other"), "query", ("support", "labels"), note=ANY_NOTE))


@variant
def keys_and_values_from_two_inputs() -> Specimen:
    def call(self: Any, query: Any, key: Any, value: Any) -> Any:
        return ops.einsum("bqk,bkd->bqd", told(ops.softmax(ops.einsum("bqd,bkd->bqk", query, key)), "bqk"), value)

    inputs = given(3, query=6, key=6, value=6)
    return attending(
        written("KeyValueMemory", call), inputs, Drawn(("cross", "other"), "query", ("key", "value"), note=ANY_NOTE)
    )


@variant
def pools_of_queries_and_of_keys() -> Specimen:
    """Fastformer: queries pooled, multiplied into keys, these pooled: two layers that pool."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = self.wq(x), self.wk(x), self.wv(x)
        of_q = told(ops.softmax(ops.squeeze(self.a(q), -1), axis=-1), "bk", "one")
        p = k * ops.einsum("bt,btd->bd", of_q, q)[:, None]
        of_p = told(ops.softmax(ops.squeeze(self.b(p), -1), axis=-1), "bk", "two")
        return v * ops.einsum("bt,btd->bd", of_p, p)[:, None] + q

    layer = written("FastAttention", call, a=layers.Dense(1), b=layers.Dense(1), **projections())
    return attending(layer, given(3, x=6), POOL, POOL, factor=3)
