"""A sequence pooled into one vector, or a few, by weights over its positions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.reference import dense, softmax
from helpers.zoo.specimen import Drawn, Specimen, attending, given, specimen, told, variant, written
from helpers.zoo.written.functional import POOL


@variant
def pooled_by_a_product_with_a_weight() -> Specimen:
    """`tanh(x W + b)`, softmax over axis 1, product, sum over axis 1."""

    def call(self: Any, x: Any) -> Any:
        e = tf.tanh(tf.tensordot(x, self.W, axes=1) + self.b)
        return tf.reduce_sum(x * told(tf.nn.softmax(e, axis=1), "bko"), axis=1)

    return attending(written("attention", call, W=(8, 1), b=(6, 1)), given(x=6), POOL, factor=2)


@variant
def pooled_by_squeezed_weights() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        e = ops.squeeze(ops.tanh(ops.dot(x, self.W) + self.b), axis=-1)
        alpha = ops.expand_dims(told(ops.softmax(e), "bk"), axis=-1)
        return ops.sum(x * alpha, axis=1)

    return attending(written("attention", call, W=(8, 1), b=(6, 1)), given(3, x=6), POOL, factor=2)


@variant
def pooled_by_a_context_vector() -> Specimen:
    """Hierarchical attention's `u_w` (Yang et al., 2016)."""

    def call(self: Any, x: Any) -> Any:
        uit = tf.tanh(tf.tensordot(x, self.W, axes=[[2], [0]]) + self.b)
        ait = tf.nn.softmax(tf.tensordot(uit, self.u, axes=[[2], [0]]))
        return tf.reduce_sum(x * tf.expand_dims(told(ait, "bk"), -1), axis=1)

    return attending(written("AttentionWithContext", call, W=(8, 8), b=(8,), u=(8,)), given(x=6), POOL, factor=2.5)


@variant
def pooled_by_a_product_of_matrices() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = ops.softmax(ops.matmul(self.query, ops.transpose(x, (0, 2, 1))), axis=-1)
        return ops.squeeze(ops.matmul(told(weights, "bqk"), x), axis=1)

    return attending(written("AttentionPooling", call, query=(1, 8)), given(x=6), POOL)


@variant
def pooled_by_einsum() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = told(tf.nn.softmax(tf.einsum("btd,d->bt", x, self.query[:, 0])), "bk")
        return tf.einsum("bt,btd->bd", weights, x)

    return attending(written("Pool", call, query=(8, 1)), given(3, x=6), POOL)


@variant
def pooled_by_a_gate() -> Specimen:
    """Gated attention over instances (Ilse et al., 2018), transposed and multiplied."""

    def call(self: Any, x: Any) -> Any:
        scores = self.w(ops.tanh(self.v(x)) * ops.sigmoid(self.u(x)))
        weights = told(ops.softmax(ops.transpose(scores, (0, 2, 1))), "bqk")
        return ops.matmul(weights, x)

    layer = written("MILAttention", call, w=layers.Dense(1), v=layers.Dense(6), u=layers.Dense(6))
    return attending(layer, given(x=7), POOL, factor=2.5)


@variant
def pooled_into_mean_and_deviation() -> Specimen:
    """Attentive statistics of speaker embeddings: one vector of weights, used twice."""

    def call(self: Any, x: Any) -> Any:
        weights = told(tf.nn.softmax(self.score(tf.tanh(self.hidden(x))), axis=1), "bko")
        mean = tf.reduce_sum(weights * x, axis=1)
        variance = tf.reduce_sum(weights * x**2, axis=1) - mean**2
        return tf.concat([mean, tf.sqrt(tf.maximum(variance, 1e-6))], axis=-1)

    layer = written("AttentiveStatsPool", call, hidden=layers.Dense(8), score=layers.Dense(1))
    return attending(layer, given(x=6), POOL, factor=2.5)


@variant
def pooled_feature_by_feature() -> Specimen:
    """Weights over time for each feature (channel attention of ECAPA): features are heads."""

    def call(self: Any, x: Any) -> Any:
        weights = told(ops.softmax(self.score(ops.tanh(self.hidden(x))), axis=1), "bkh")
        return ops.sum(weights * x, axis=1)

    layer = written("ChannelAttentivePool", call, hidden=layers.Dense(8), score=layers.Dense(8))
    return attending(layer, given(4, x=6), POOL, factor=2)


@variant
def pooled_by_several_learnt_queries() -> Specimen:
    """A structured self-attentive embedding (Lin et al., 2017): several rows of weights."""

    def call(self: Any, x: Any) -> Any:
        hidden = tf.tanh(tf.einsum("btd,ud->but", x, self.w1))
        a = tf.nn.softmax(tf.einsum("ru,but->brt", self.w2, hidden))
        return tf.matmul(told(a, "bqk"), x)

    layer = written("StructuredSelfAttention", call, w1=(6, 8), w2=(3, 6))
    return attending(layer, given(x=6), Drawn(("other", "cross"), "", "x", hops=True), factor=2.5)


@specimen
def pooled_by_latents() -> Specimen:
    """Latent queries, as of a Perceiver, as many as there are tokens."""

    def call(self: Any, x: Any) -> Any:
        scores = ops.einsum("ld,btd->blt", self.latents, self.wk(x))
        return ops.einsum("blt,btd->bld", told(ops.softmax(scores), "bqk"), self.wv(x))

    layer = written("LatentAttention", call, latents=(6, 8), wk=layers.Dense(8), wv=layers.Dense(8))
    return attending(layer, given(x=6), Drawn(("other", "cross"), "", "x", hops=True))


@variant
def pooled_by_latents_repeated_for_each_example() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        latents = tf.tile(self.latents[None], [tf.shape(x)[0], 1, 1])
        weights = tf.nn.softmax(tf.matmul(latents, self.wk(x), transpose_b=True))
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    layer = written("ISAB", call, latents=(4, 8), wk=layers.Dense(8), wv=layers.Dense(8))
    return attending(layer, given(3, x=6), Drawn(("other", "cross"), "", "x", hops=True))


@variant
def pooled_by_the_first_token() -> Specimen:
    """The class token asks all."""

    def call(self: Any, x: Any) -> Any:
        query = self.wq(x[:, :1])
        weights = tf.nn.softmax(tf.matmul(query, self.wk(x), transpose_b=True) * 0.5)
        return tf.matmul(told(weights, "bqk"), self.wv(x))[:, 0]

    layer = written("ClassAttention", call, **{name: layers.Dense(8) for name in ("wq", "wk", "wv")})
    return attending(layer, given(x=6), Drawn(("other", "encoder self"), "", "x"))


@variant
def pooled_over_an_lstm_in_numpy() -> Specimen:
    """Weights that numpy computes from the states that the layer before returns."""

    inputs = given(x=6)
    hidden = layers.LSTM(8, return_sequences=True)

    def call(self: Any, x: Any) -> Any:
        return tf.reduce_sum(tf.nn.softmax(self.score(x), axis=1) * x, axis=1)

    layer = written("Attention", call, score=layers.Dense(1))

    def weights(model: Any) -> list[Any]:
        states = np.asarray(hidden(inputs["x"]), np.float64)
        return [softmax(dense(layer.score, states), axis=1).transpose(0, 2, 1)[:, None]]

    return attending(lambda x: layer(hidden(x)), inputs, POOL, weights=weights, factor=3)


@specimen
def words_and_sentences() -> Specimen:
    """Hierarchical attention: words pooled into sentences, folded into the batch, sentences into a document."""

    def pool(name: str) -> Any:
        def call(self: Any, x: Any) -> Any:
            layout = "(bh)k" if name == "words" else "bk"
            weights = told(tf.nn.softmax(tf.squeeze(self.u(tf.tanh(self.w(x))), -1)), layout, name)
            return tf.reduce_sum(weights[..., None] * x, axis=1)

        return written("AttentionLayer", call, name=name, w=layers.Dense(8), u=layers.Dense(1))

    words, sentences, embedding = pool("words"), pool("sentences"), layers.Embedding(20, 8)

    def call(self: Any, x: Any) -> Any:
        folded = tf.reshape(x, [-1, 4, 8])
        return self.sentences(tf.reshape(self.words(folded), [-1, 3, 8]))

    network = written("HierarchicalAttention", call, words=words, sentences=sentences)
    ids = np.random.default_rng(4).integers(1, 20, (2, 3, 4)).astype("int32")
    made = attending(
        lambda doc: network(embedding(doc)),
        {"doc": ids},
        Drawn("other", "", "doc", path="*words"),
        Drawn("other", "", "sentences", path="*sentences"),
        tokens={},
        factor=4,
    )
    return in_sentences(made, ids)


@variant
def words_and_sentences_time_distributed() -> Specimen:
    """The same by `TimeDistributed` around a model of a sentence."""

    def call(self: Any, x: Any) -> Any:
        weights = told(ops.softmax(ops.squeeze(self.u(ops.tanh(self.w(x))), -1), axis=1), "bk", self.name)
        return ops.sum(x * weights[..., None], axis=1)

    def pool(name: str) -> Any:
        return written("AttLayer", call, name=name, w=layers.Dense(8), u=layers.Dense(1))

    words, sentences, embedding = pool("words"), pool("sentences"), layers.Embedding(20, 8)
    sentence = layers.Input((4,), dtype="int32")
    encoder = tf.keras.Model(sentence, words(embedding(sentence)), name="encoder")
    ids = np.random.default_rng(6).integers(1, 20, (2, 3, 4)).astype("int32")
    made = attending(
        lambda doc: sentences(layers.TimeDistributed(encoder)(doc)),
        {"doc": ids},
        Drawn("other", "", "doc", path="*words"),
        Drawn("other", "", "sentences", path="*sentences"),
        tokens={},
        factor=4,
    )
    return in_sentences(made, ids)


def in_sentences(made: Specimen, ids: Any) -> Specimen:
    """Returns the specimen with one layer for each sentence, which sees the words of that one."""
    words, document = made.drawn
    each = words.weights if words.weights.shape[1] == 3 else words.weights.swapaxes(1, 2)
    drawn = [
        replace(words, key=f"doc#{number}", weights=each[:, number : number + 1], is_stepwise=False)
        for number in range(3)
    ]
    texts = [[[f"{word}" for word in sentence] for sentence in document] for document in ids]
    tokens = {f"doc#{number}": [document[number] for document in texts] for number in range(3)}
    tokens["sentences"] = [[" ".join(sentence) for sentence in document] for document in texts]
    return replace(made, drawn=[*drawn, document], tokens=tokens)
