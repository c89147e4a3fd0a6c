"""What has a softmax, or weights that sum to one, and does not attend: nothing is drawn of it and nothing said."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import Drawn, Specimen, attending, given, given_ids, specimen, told, variant, written


def block() -> Any:
    """Returns attention that is drawn."""

    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(tf.matmul(self.wq(x), self.wk(x), transpose_b=True))
        return x + tf.matmul(told(weights, "bqk", "block"), x)

    return written("SelfAttention", call, name="block", wq=layers.Dense(6), wk=layers.Dense(6))


def beside_a_block(layer: Any, length: int = 6, sentence: str = "") -> Specimen:
    """Returns a model of attention and of something that is none."""
    attends, drawn = block(), Drawn("encoder self", "x", "x", path="*block")
    return attending(lambda x: layer(attends(x)), given(x=length), drawn, sentence=sentence)


def alone(layer: Any, **lengths: int) -> Specimen:
    """Returns a model of which nothing is drawn."""
    return attending(layer, given(**(lengths or {"x": 6})))


@variant
def words_as_an_output() -> Specimen:
    return beside_a_block(layers.Dense(6, activation="softmax"))


@variant
def words_of_a_layer_called_attention() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        return tf.nn.softmax(self.words(x))

    return beside_a_block(written("AttentionDecoder", call, words=layers.Dense(40)))


@specimen
def words_fed_back() -> Specimen:
    """The mean embedding of the predicted words, out of as many words as there are positions."""

    def call(self: Any, x: Any) -> Any:
        return x + tf.matmul(tf.nn.softmax(tf.matmul(x, self.table, transpose_b=True)), self.table)

    return beside_a_block(written("SoftEmbedding", call, table=(6, 8)))


@variant
def words_fed_back_step_by_step() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        state, word, outputs = ops.mean(x, axis=1), ops.zeros_like(x[:, 0]), []
        for _ in range(6):
            _, (state,) = self.cell(word, [state])
            probabilities = ops.softmax(self.out(state))
            word = ops.einsum("bw,wd->bd", probabilities, self.embedding.embeddings)
            outputs.append(probabilities)
        return ops.stack(outputs, axis=1)

    embedding = layers.Embedding(10, 8)
    embedding.build((None,))
    return alone(written("SoftDecoder", call, cell=layers.GRUCell(8), out=layers.Dense(10), embedding=embedding))


@specimen
def capsules_routed() -> Specimen:
    """Dynamic routing: a softmax over output capsules, sums over input capsules."""

    def call(self: Any, x: Any) -> Any:
        votes = tf.einsum("bid,ijdf->bijf", x, self.kernel)
        logits = tf.zeros_like(votes[..., 0])
        for _ in range(3):
            couplings = tf.nn.softmax(logits, axis=2)
            s = tf.reduce_sum(couplings[..., None] * votes, axis=1, keepdims=True)
            square = tf.reduce_sum(s**2, axis=-1, keepdims=True)
            v = s * square / ((1 + square) * tf.sqrt(square + 1e-7))
            logits += tf.reduce_sum(votes * v, axis=-1)
        return v[:, 0]

    return alone(written("CapsuleLayer", call, kernel=(6, 6, 8, 4)))


@variant
def clusters_of_local_descriptors() -> Specimen:
    """NetVLAD: a softmax over clusters, sums over positions."""

    def call(self: Any, x: Any) -> Any:
        assigned = ops.softmax(self.assign(x), axis=-1)
        vlad = ops.einsum("btk,btd->bkd", assigned, x) - ops.sum(assigned, axis=1)[..., None] * self.centres
        return ops.reshape(vlad, (-1, 48))

    return alone(written("NetVLAD", call, assign=layers.Dense(6), centres=(6, 8)))


@variant
def mixture_of_densities() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(self.weights_of(x))
        means = tf.reshape(self.means(x), [-1, 6, 6, 2])
        return tf.reduce_sum(weights[..., None] * means, axis=2)

    return beside_a_block(written("MDN", call, weights_of=layers.Dense(6), means=layers.Dense(12)))


@variant
def mixture_of_softmaxes() -> Specimen:
    """Yang et al. (2017): a softmax over a few softmaxes over words."""

    def call(self: Any, x: Any) -> Any:
        prior = ops.softmax(self.prior(x))
        words = ops.softmax(ops.reshape(self.words(x), (-1, 6, 3, 10)))
        return ops.sum(ops.expand_dims(prior, -1) * words, axis=2)

    return beside_a_block(written("MoS", call, prior=layers.Dense(3), words=layers.Dense(30)))


@variant
def codes_by_gumbel_softmax() -> Specimen:
    """A code of a book for each position, softly; as many codes as positions."""

    def call(self: Any, x: Any) -> Any:
        return tf.matmul(tf.nn.softmax(self.logits(x) / 0.5), self.codebook)

    return beside_a_block(written("GumbelQuantizer", call, logits=layers.Dense(6), codebook=(6, 8)))


@variant
def codes_by_distance() -> Specimen:
    """Softly quantised vectors: a softmax over distances to a codebook."""

    def call(self: Any, x: Any) -> Any:
        distances = ops.sum((x[:, :, None] - self.codebook[None, None]) ** 2, axis=-1)
        return ops.einsum("btk,kd->btd", ops.softmax(-distances), self.codebook)

    return alone(written("SoftVQ", call, codebook=(12, 8)))


@variant
def loss_by_temperature() -> Specimen:
    """A distillation loss inside the model: softmax times log softmax, summed over words."""

    def call(self: Any, x: Any) -> Any:
        teacher, student = self.teacher(x) / 2.0, self.student(x) / 2.0
        self.add_loss(-tf.reduce_mean(tf.reduce_sum(tf.nn.softmax(teacher) * tf.nn.log_softmax(student), axis=-1)))
        return student

    return beside_a_block(written("Distiller", call, teacher=layers.Dense(6), student=layers.Dense(6)))


@variant
def histogram_of_soft_bins() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        bins = ops.softmax(-ops.square(x[..., None] - ops.linspace(-2.0, 2.0, 6)) * 4)
        return ops.mean(bins, axis=1)

    return alone(written("SoftHistogram", call))


@variant
def smoothed_labels() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        probabilities = tf.nn.softmax(self.out(x))
        return probabilities * 0.9 + 0.1 / 6

    return beside_a_block(written("Smoothed", call, out=layers.Dense(6)))


@variant
def transitions_of_states() -> Specimen:
    """A forward algorithm: probabilities of states times a table of transitions, a step a position."""

    def call(self: Any, x: Any) -> Any:
        emissions, transitions = tf.nn.softmax(self.emit(x)), tf.nn.softmax(self.transitions, axis=-1)
        alpha = emissions[:, 0]
        for step in range(1, 6):
            alpha = tf.matmul(alpha, transitions) * emissions[:, step]
            alpha = alpha / tf.reduce_sum(alpha, axis=-1, keepdims=True)
        return alpha

    return alone(written("HMM", call, emit=layers.Dense(6), transitions=(6, 6)))


@variant
def transitions_by_logsumexp() -> Specimen:
    """A conditional random field's partition function."""

    def call(self: Any, x: Any) -> Any:
        emissions = self.emit(x)
        alpha = emissions[:, 0]
        for step in range(1, 6):
            alpha = ops.logsumexp(alpha[:, :, None] + self.transitions[None] + emissions[:, step, None], axis=1)
        return ops.exp(alpha - ops.logsumexp(alpha, axis=-1, keepdims=True))

    return beside_a_block(written("CRF", call, emit=layers.Dense(5), transitions=(5, 5)))


@variant
def hidden_units_of_a_feed_forward_layer() -> Specimen:
    """A softmax where a ReLU is usual; as many units as positions."""

    def call(self: Any, x: Any) -> Any:
        return x + self.down(tf.nn.softmax(self.up(x)))

    return beside_a_block(written("FeedForward", call, up=layers.Dense(6), down=layers.Dense(8)))


@variant
def ranks_of_soft_sorting() -> Specimen:
    """How many scores are larger, softly."""

    def call(self: Any, x: Any) -> Any:
        s = ops.squeeze(self.score(x), -1)
        return ops.sum(ops.sigmoid((s[:, :, None] - s[:, None]) * 4.0), axis=-1)

    return alone(written("SoftRank", call, score=layers.Dense(1)))


@specimen
def mean_over_what_is_there() -> Specimen:
    """A mask that sums to one is no attention."""

    def call(self: Any, x: Any, mask: Any) -> Any:
        share = mask / tf.reduce_sum(mask, axis=1, keepdims=True)
        return tf.reduce_sum(self.dense(x) * share[..., None], axis=1)

    mask = (np.arange(6) < np.array([[4], [6]])).astype("float32")
    return attending(written("MaskedMean", call, dense=layers.Dense(8)), {**given(x=6), "mask": mask})


@variant
def mean_by_a_product_of_matrices() -> Specimen:
    def call(self: Any, ids: Any) -> Any:
        there = ops.cast(ops.not_equal(ids, 0), "float32")
        share = there / ops.sum(there, axis=1, keepdims=True)
        return ops.squeeze(ops.matmul(ops.expand_dims(share, 1), self.embedding(ids)), 1)

    inputs = given_ids(3, ids=6)
    inputs["ids"][0, 4:] = 0
    return attending(written("BagOfWords", call, embedding=layers.Embedding(12, 8)), inputs)


@variant
def neighbours_by_degree() -> Specimen:
    """A graph convolution: an adjacency whose rows sum to one."""

    def call(self: Any, x: Any, mask: Any) -> Any:
        return self.dense(tf.matmul(mask / tf.reduce_sum(mask, axis=-1, keepdims=True), x))

    adjacency = (np.random.default_rng(8).random((2, 6, 6)) < 0.6).astype("float32") + np.eye(6, dtype="float32")
    return attending(written("GraphConvolution", call, dense=layers.Dense(8)), {**given(x=6), "mask": adjacency})


@variant
def last_state_by_a_one_hot() -> Specimen:
    def call(self: Any, ids: Any) -> Any:
        states = self.rnn(self.embedding(ids))
        last = tf.reduce_sum(tf.cast(ids != 0, tf.int32), axis=1) - 1
        return tf.einsum("bt,btd->bd", tf.one_hot(last, 6), states)

    inputs = given_ids(3, ids=6)
    inputs["ids"][0, 4:] = 0
    layer = written("LastState", call, embedding=layers.Embedding(12, 8), rnn=layers.GRU(8, return_sequences=True))
    return attending(layer, inputs)


@variant
def place_by_the_mean_of_coordinates() -> Specimen:
    """Soft argmax: a softmax over positions sums their coordinates, which are no data."""

    def call(self: Any, x: Any) -> Any:
        heat = ops.softmax(ops.squeeze(self.score(x), -1), axis=-1)
        return ops.sum(heat * ops.arange(6, dtype="float32"), axis=-1, keepdims=True)

    return alone(written("SoftArgmax", call, score=layers.Dense(1)))


@variant
def span_of_an_answer() -> Specimen:
    """Where an answer starts and ends: a softmax over positions that sums nothing."""

    def call(self: Any, x: Any) -> Any:
        start, end = tf.unstack(self.out(x), axis=-1)
        return tf.nn.softmax(start), tf.nn.softmax(end)

    return beside_a_block(written("Span", call, out=layers.Dense(2)))
