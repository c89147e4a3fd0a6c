"""Attention whose weights are an answer as well, and attention over candidates."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import Drawn, Specimen, attending, given, given_ids, specimen, told, variant, written
from helpers.zoo.written.dot_products import CROSS

PLAIN = Drawn(("other", "cross"), "", "x")


@variant
def pointer_with_a_glimpse() -> Specimen:
    """The glimpse sums what is pointed at; what points at last sums nothing."""

    def call(self: Any, query: Any, x: Any) -> Any:
        def scores(query: Any) -> Any:
            return tf.squeeze(self.v(tf.tanh(self.w1(x)[:, None] + self.w2(query)[:, :, None])), -1)

        glimpse = tf.matmul(told(tf.nn.softmax(scores(query)), "bqk"), x)
        return tf.nn.softmax(scores(glimpse))

    layer = written("Pointer", call, w1=layers.Dense(8), w2=layers.Dense(8), v=layers.Dense(1))
    return attending(lambda source, target: layer(target, source), given(source=5, target=6), CROSS, factor=3)


@variant
def pointer_that_feeds_what_it_points_at() -> Specimen:
    """Each step's input is the mean of the candidates by the step before's weights."""

    def call(self: Any, x: Any) -> Any:
        chosen, state, pointed = ops.mean(x, axis=1), ops.zeros_like(x[:, 0]), []
        for _ in range(x.shape[1]):
            _, (state,) = self.cell(chosen, [state])
            weights = told(ops.softmax(ops.einsum("bd,bkd->bk", state, self.w(x))), "bk")
            chosen = ops.einsum("bk,bkd->bd", weights, x)
            pointed.append(weights)
        return ops.stack(pointed, axis=1)

    layer = written("PointerNetwork", call, cell=layers.GRUCell(8), w=layers.Dense(8))
    return attending(
        layer, given(x=6), Drawn(("other", "cross", "encoder self", "decoder self"), "", "x", note="."), factor=3
    )


@specimen
def pointer_generator() -> Specimen:
    """One matrix of weights sums states and copies words (See et al., 2017)."""

    def call(self: Any, source: Any, target: Any) -> Any:
        encoded, decoded = self.embedding(source), self.embedding(target)
        weights = told(tf.nn.softmax(tf.matmul(self.w(decoded), encoded, transpose_b=True)), "bqk")
        context = tf.matmul(weights, encoded)
        generate = tf.sigmoid(self.gate(tf.concat([context, decoded], -1)))
        words = tf.nn.softmax(self.out(context))
        return generate * words + (1 - generate) * tf.matmul(weights, tf.one_hot(source, 12))

    layer = written(
        "PointerGenerator",
        call,
        embedding=layers.Embedding(12, 8),
        w=layers.Dense(8),
        gate=layers.Dense(1),
        out=layers.Dense(12),
    )
    return attending(layer, given_ids(source=6, target=6), CROSS, factor=3)


@variant
def sum_over_places_of_a_word() -> Specimen:
    """Attention-sum reader: weights of positions summed by the word that stands there."""

    def call(self: Any, ids: Any) -> Any:
        x = self.embedding(ids)
        weights = told(ops.softmax(ops.einsum("btd,bd->bt", self.w(x), ops.mean(x, axis=1))), "bk")
        return ops.einsum("bt,btw->bw", weights, ops.one_hot(ids, 12))

    layer = written("AttentionSumReader", call, embedding=layers.Embedding(12, 8), w=layers.Dense(8))
    return attending(layer, given_ids(3, x=6), PLAIN, factor=6)


@specimen
def context_to_query_and_back() -> Specimen:
    """BiDAF: context asks query; and the largest scores of each context word pool the context."""

    def call(self: Any, context: Any, query: Any) -> Any:
        s = tf.einsum("bcd,bqd->bcq", context, self.w(query))
        c2q = tf.matmul(told(tf.nn.softmax(s, axis=-1), "bqk", "one"), query)
        b = told(tf.nn.softmax(tf.reduce_max(s, axis=-1), axis=-1), "bk", "two")
        q2c = tf.tile(tf.matmul(b[:, None], context), [1, tf.shape(context)[1], 1])
        return tf.concat([context, c2q, context * c2q, context * q2c], axis=-1)

    layer = written("AttentionFlow", call, w=layers.Dense(8))
    drawn = Drawn("cross", "context", "query"), Drawn(("other", "cross", "encoder self"), "", "context")
    return attending(layer, given(context=6, query=6), *drawn)


@variant
def coattention() -> Specimen:
    """Both directions, and the second sums what the first made as well."""

    def call(self: Any, document: Any, question: Any) -> Any:
        affinity = ops.matmul(document, ops.transpose(self.w(question), (0, 2, 1)))
        of_question = told(ops.softmax(affinity, axis=1), "bkq", "one")
        of_document = told(ops.softmax(affinity, axis=2), "bqk", "two")
        summary = ops.matmul(ops.transpose(of_question, (0, 2, 1)), document)
        return ops.matmul(of_document, ops.concatenate([question, summary], axis=-1))

    layer = written("Coattention", call, w=layers.Dense(8))
    drawn = Drawn("cross", "question", "document"), Drawn("cross", "document", "question")
    return attending(layer, given(3, document=6, question=5), *drawn)


@variant
def neighbours_of_a_graph() -> Specimen:
    """Graph attention: additive scores of pairs, masked by an adjacency."""

    def call(self: Any, x: Any, mask: Any) -> Any:
        h = self.w(x)
        e = tf.nn.leaky_relu(self.a1(h) + tf.transpose(self.a2(h), [0, 2, 1]), alpha=0.2)
        weights = tf.nn.softmax(tf.where(mask > 0, e, -1e9), axis=-1)
        return tf.matmul(told(weights, "bqk"), h)

    layer = written("GraphAttention", call, w=layers.Dense(8), a1=layers.Dense(1), a2=layers.Dense(1))
    inputs = given(x=6)
    inputs["mask"] = ((inputs["x"] @ inputs["x"].transpose(0, 2, 1)) > -1).astype("float32")
    return attending(layer, inputs, Drawn("encoder self", "x", "x"), factor=2.5)
