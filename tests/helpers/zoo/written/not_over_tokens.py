"""More that does not attend: variables, features, classes, examples; nothing is drawn of it and nothing said."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import Specimen, attending, given, specimen, variant, written


def alone(layer: Any, **lengths: int) -> Specimen:
    return attending(layer, given(**(lengths or {"x": 6})))


@variant
def variables_selected() -> Specimen:
    """Temporal fusion: a softmax over variables sums what each was made into."""

    def call(self: Any, x: Any) -> Any:
        variables = tf.unstack(x, axis=-1)
        made = tf.stack([getattr(self, f"g{number}")(each[..., None]) for number, each in enumerate(variables)], axis=2)
        weights = tf.nn.softmax(self.gate(x))[..., None]
        return tf.squeeze(tf.matmul(weights, made, transpose_a=True), 2)

    parts = {f"g{number}": layers.Dense(4) for number in range(6)}
    return attending(written("VariableSelection", call, gate=layers.Dense(6), **parts), given(features=6, x=6))


@variant
def features_masked_by_sparsemax() -> Specimen:
    """TabNet: a sparse mask multiplies features, and nothing is summed."""

    def call(self: Any, x: Any) -> Any:
        z = self.mask(x)
        ordered = tf.sort(z, direction="DESCENDING")
        totals, rank = tf.cumsum(ordered, -1), tf.range(1.0, 9.0)
        count = tf.reduce_sum(tf.cast(1 + rank * ordered > totals, tf.float32), -1, keepdims=True)
        threshold = (tf.gather(totals, tf.cast(count, tf.int32) - 1, batch_dims=2) - 1) / count
        return self.out(x * tf.nn.relu(z - threshold))

    return alone(written("AttentiveTransformer", call, mask=layers.Dense(8), out=layers.Dense(8)))


@variant
def memory_units_of_parameters() -> Specimen:
    """External attention: both memories are learnt, normalised over positions and over units."""

    def call(self: Any, x: Any) -> Any:
        weights = ops.softmax(self.mk(x), axis=1)
        weights = weights / (1e-9 + ops.sum(weights, axis=2, keepdims=True))
        return self.mv(weights)

    return alone(
        written("ExternalAttention", call, mk=layers.Dense(6, use_bias=False), mv=layers.Dense(8, use_bias=False))
    )


@variant
def positions_scaled_by_a_gate() -> Specimen:
    """Spatial gates of CBAM: a sigmoid for each position, which is multiplied and not summed."""

    def call(self: Any, x: Any) -> Any:
        pooled = tf.stack([tf.reduce_mean(x, -1), tf.reduce_max(x, -1)], axis=-1)
        return x * tf.sigmoid(self.conv(pooled))

    return alone(written("SpatialAttention", call, conv=layers.Conv1D(1, 3, padding="same")))


@specimen
def examples_against_each_other() -> Specimen:
    """A contrastive loss: a softmax over the batch."""

    def call(self: Any, x: Any) -> Any:
        z = tf.math.l2_normalize(tf.reduce_mean(self.f(x), 1), -1)
        logits = tf.matmul(z, z, transpose_b=True) * 5.0
        self.add_loss(-tf.reduce_mean(tf.linalg.diag_part(tf.nn.log_softmax(logits))))
        return z

    return alone(written("InfoNCE", call, f=layers.Dense(8)))


@variant
def largest_similarity() -> Specimen:
    """Late interaction: the largest score of each query, summed; no values."""

    def call(self: Any, query: Any, document: Any) -> Any:
        scores = tf.einsum("bqd,bkd->bqk", tf.math.l2_normalize(query, -1), tf.math.l2_normalize(document, -1))
        return tf.reduce_sum(tf.reduce_max(scores, axis=-1), axis=-1)

    return alone(written("MaxSim", call), query=5, document=6)


@variant
def features_shared_out() -> Specimen:
    """Probabilities of classes times embeddings of classes, a class for each position by chance."""

    def call(self: Any, x: Any) -> Any:
        probabilities = ops.exp(ops.log_softmax(self.classes(x)))
        return ops.concatenate([x, ops.einsum("btc,cd->btd", probabilities, self.labels)], axis=-1)

    return alone(written("LabelEmbedding", call, classes=layers.Dense(6), labels=(6, 4)))


@variant
def interpolated_in_time() -> Specimen:
    """Twice as many positions by a fixed matrix whose rows sum to one."""

    def call(self: Any, x: Any) -> Any:
        places = tf.linspace(0.0, 5.0, 11)
        matrix = tf.nn.relu(1 - tf.abs(places[:, None] - tf.range(6.0)[None]))
        return self.out(tf.einsum("qk,bkd->bqd", matrix, x))

    return alone(written("Upsample", call, out=layers.Dense(4)))
