"""Positions inside attention: rotary, biases, relative ones, memory, windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import ANY_NOTE, Drawn, Specimen, attending, given, specimen, told, variant, written
from helpers.zoo.written.dot_products import CAUSAL, SELF, projections
from helpers.zoo.written.masked import scores_of


@variant
def rotary_by_halves() -> Specimen:
    """Rotary positions (Su et al., 2021), the second half of the features turned against the first."""

    def rotated(x: Any) -> Any:
        angles = tf.einsum("i,j->ij", tf.range(6.0), 10000.0 ** (-tf.range(0.0, 4.0) / 4))
        angles = tf.concat([angles, angles], axis=-1)
        one, two = tf.split(x, 2, axis=-1)
        return x * tf.cos(angles) + tf.concat([-two, one], axis=-1) * tf.sin(angles)

    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(tf.matmul(rotated(self.wq(x)), rotated(self.wk(x)), transpose_b=True) / 2.0)
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("RoPEAttention", call, **projections(8)), given(x=6), SELF)


@variant
def rotary_by_pairs() -> Specimen:
    """Neighbouring features turned, with heads, causal, as Llama has it."""

    table = np.arange(6)[:, None] * 10000.0 ** (-np.arange(2) / 2)

    def rotated(x: Any) -> Any:
        cos, sin = (ops.convert_to_tensor(f(table)[:, None].astype("float32")) for f in (np.cos, np.sin))
        even, odd = x[..., ::2], x[..., 1::2]
        return ops.reshape(ops.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1), (-1, 6, 2, 4))

    def call(self: Any, x: Any) -> Any:
        q, k, v = (ops.reshape(part(x), (-1, 6, 2, 4)) for part in (self.wq, self.wk, self.wv))
        scores = ops.einsum("bqhd,bkhd->bhqk", rotated(q), rotated(k))
        scores = scores + ops.triu(ops.full((6, 6), -1e9), k=1)
        return ops.reshape(ops.einsum("bhqk,bkhd->bqhd", told(ops.softmax(scores), "bhqk"), v), (-1, 6, 8))

    return attending(written("LlamaAttention", call, **projections(8)), given(3, x=6), CAUSAL)


@variant
def linear_biases() -> Specimen:
    """ALiBi (Press et al., 2021)."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = (
            tf.transpose(tf.reshape(part(x), [-1, 6, 2, 4]), [0, 2, 1, 3]) for part in (self.wq, self.wk, self.wv)
        )
        distance = tf.cast(tf.range(6)[None, :] - tf.range(6)[:, None], tf.float32)
        scores = tf.matmul(q, k, transpose_b=True) + tf.constant([0.5, 0.25])[:, None, None] * distance
        weights = tf.nn.softmax(tf.where(distance > 0, -1e9, scores))
        return tf.reshape(tf.transpose(tf.matmul(told(weights, "bhqk"), v), [0, 2, 1, 3]), [-1, 6, 8])

    return attending(written("AlibiAttention", call, **projections(8)), given(x=6), CAUSAL)


@variant
def linear_biases_in_both_directions() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        distance = -ops.abs(ops.arange(6, dtype="float32")[None] - ops.arange(6, dtype="float32")[:, None])
        scores = ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2)) + 0.5 * distance
        return ops.matmul(told(ops.softmax(scores), "bqk"), self.wv(x))

    return attending(written("SymmetricAlibi", call, **projections()), given(4, x=6), SELF)


@variant
def learnt_bias_by_distance() -> Specimen:
    """T5: an embedding of the distance is added to the scores of each head."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = (
            tf.transpose(tf.reshape(part(x), [-1, 6, 2, 4]), [0, 2, 1, 3]) for part in (self.wq, self.wk, self.wv)
        )
        distance = tf.clip_by_value(tf.range(6)[None] - tf.range(6)[:, None], -4, 4) + 4
        bias = tf.transpose(self.bias(distance), [2, 0, 1])[None]
        weights = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) + bias)
        return tf.reshape(tf.transpose(tf.matmul(told(weights, "bhqk"), v), [0, 2, 1, 3]), [-1, 6, 8])

    return attending(written("T5Attention", call, bias=layers.Embedding(9, 2), **projections(8)), given(x=6), SELF)


@variant
def learnt_bias_by_distance_taken_from_a_table() -> Specimen:
    """Swin's table of biases."""

    places = (np.arange(6)[None] - np.arange(6)[:, None] + 5).reshape(-1)

    def call(self: Any, x: Any) -> Any:
        bias = ops.reshape(ops.take(self.table, places, axis=0), (6, 6))
        scores = ops.matmul(self.wq(x), ops.swapaxes(self.wk(x), 1, 2)) + bias
        return ops.matmul(told(ops.softmax(scores), "bqk"), self.wv(x))

    return attending(written("WindowAttention", call, table=(11, 1), **projections()), given(3, x=6), SELF)


@variant
def relative_keys_and_values() -> Specimen:
    """Shaw et al. (2018): keys and values of distances beside those of tokens; one matrix of weights sums both."""

    def call(self: Any, x: Any) -> Any:
        distance = tf.range(6)[None] - tf.range(6)[:, None] + 5
        of_keys, of_values = tf.gather(self.key_table, distance), tf.gather(self.value_table, distance)
        q = self.wq(x)
        scores = tf.matmul(q, self.wk(x), transpose_b=True) + tf.einsum("bqd,qkd->bqk", q, of_keys)
        weights = told(tf.nn.softmax(scores), "bqk")
        return tf.matmul(weights, self.wv(x)) + tf.einsum("bqk,qkd->bqd", weights, of_values)

    layer = written("RelativeAttention", call, key_table=(11, 6), value_table=(11, 6), **projections())
    return attending(layer, given(x=6), SELF)


@specimen
def relative_scores_by_a_shift() -> Specimen:
    """Transformer-XL's shift: padded, reshaped, cut."""

    def shifted(scores: Any) -> Any:
        scores = tf.pad(scores, [[0, 0], [0, 0], [1, 0]])
        return tf.reshape(tf.reshape(scores, [-1, 7, 6])[:, 1:], [-1, 6, 6])

    def call(self: Any, x: Any) -> Any:
        q = self.wq(x)
        content = tf.matmul(q + self.u, self.wk(x), transpose_b=True)
        position = shifted(tf.einsum("bqd,kd->bqk", q + self.v, self.table))
        scores = tf.linalg.band_part(tf.ones((6, 6)), -1, 0)
        scores = tf.where(scores > 0, content + position, -1e9)
        return tf.matmul(told(tf.nn.softmax(scores), "bqk"), self.wv(x))

    layer = written("RelPartialAttention", call, u=(6,), v=(6,), table=(6, 6), **projections())
    return attending(layer, given(x=6), CAUSAL)


@variant
def memory_before_the_segment() -> Specimen:
    """Transformer-XL: keys are a memory and the segment; queries the segment."""

    def call(self: Any, memory: Any, x: Any) -> Any:
        cat = tf.concat([memory, x], axis=1)
        weights = tf.nn.softmax(tf.matmul(self.wq(x), self.wk(cat), transpose_b=True))
        return tf.matmul(told(weights, "bqk"), self.wv(cat))

    return attending(
        written("MemoryAttention", call, **projections()), given(memory=4, x=6), Drawn("other", "x", "", note=ANY_NOTE)
    )


@variant
def memory_in_time_major() -> Specimen:
    def call(self: Any, memory: Any, x: Any) -> Any:
        m, h = (ops.transpose(part, (1, 0, 2)) for part in (memory, x))
        cat = ops.concatenate([m, h], axis=0)
        scores = ops.einsum("ibd,jbd->ijb", self.wq(h), self.wk(cat))
        out = ops.einsum("ijb,jbd->ibd", told(ops.softmax(scores, axis=1), "qkb"), self.wv(cat))
        return ops.transpose(out, (1, 0, 2))

    layer = written("RelMultiHeadAttn", call, **projections())
    return attending(layer, given(3, memory=6, x=6), Drawn("other", "x", "", note=ANY_NOTE))


@specimen
def windows_folded_into_the_batch() -> Specimen:
    """Windows of the sequence beside each other in the batch, as Swin has it; windows count as heads."""

    def call(self: Any, x: Any) -> Any:
        windows = tf.reshape(x, [-1, 3, 8])
        q, k, v = (
            tf.transpose(tf.reshape(part(windows), [-1, 3, 2, 4]), [0, 2, 1, 3]) for part in (self.wq, self.wk, self.wv)
        )
        out = tf.matmul(told(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), "(bw)hqk"), v)
        return tf.reshape(tf.transpose(out, [0, 2, 1, 3]), [-1, 9, 8])

    return attending(
        written("WindowAttention", call, **projections(8)), given(x=9), Drawn("other", "", "", note=ANY_NOTE)
    )


@variant
def windows_on_an_axis_of_their_own() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        q, k, v = (ops.reshape(part(x), (-1, 2, 4, 6)) for part in (self.wq, self.wk, self.wv))
        weights = told(ops.softmax(ops.einsum("bwid,bwjd->bwij", q, k)), "bwqk")
        return ops.reshape(ops.einsum("bwij,bwjd->bwid", weights, v), (-1, 8, 6))

    return attending(
        written("BlockAttention", call, **projections()), given(3, x=8), Drawn("other", "", "", note=ANY_NOTE)
    )


@variant
def band_around_the_diagonal() -> Specimen:
    """A window as a mask over all pairs."""

    def call(self: Any, x: Any) -> Any:
        band = tf.linalg.band_part(tf.ones((7, 7)), 1, 1)
        weights = tf.nn.softmax(scores_of(self, x) + (1 - band) * -1e9)
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    return attending(written("LocalAttention", call, **projections()), given(x=7), SELF)


@variant
def neighbours_shifted_beside_each_other() -> Specimen:
    """Keys are the token before, itself and the one after: three offsets, no tokens."""

    def call(self: Any, x: Any) -> Any:
        padded = tf.pad(x, [[0, 0], [1, 1], [0, 0]])
        around = tf.stack([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]], axis=2)
        weights = tf.nn.softmax(tf.einsum("btd,btod->bto", self.wq(x), self.wk(around)))
        return tf.einsum("bto,btod->btd", told(weights, "bqk"), self.wv(around))

    layer = written("NeighbourAttention", call, **projections())
    return attending(layer, given(x=6), Drawn("other", "x", "", note=ANY_NOTE))


@variant
def places_that_each_query_chooses() -> Specimen:
    """Deformable attention (Zhu et al., 2021), heads in the batch: weights and places are made of the query alone."""

    def call(self: Any, x: Any) -> Any:
        places = tf.cast(tf.clip_by_value(tf.round(2 * tf.reshape(self.places(x), [-1, 6, 2, 3]) + 3), 0, 5), tf.int32)
        values = tf.transpose(tf.reshape(self.wv(x), [-1, 6, 2, 4]), [0, 2, 1, 3])
        chosen = tf.gather(values, tf.transpose(places, [0, 2, 1, 3]), batch_dims=2)
        weights = tf.transpose(tf.nn.softmax(tf.reshape(self.weights_of(x), [-1, 6, 2, 3])), [0, 2, 1, 3])
        weights = told(tf.reshape(weights, [-1, 6, 3]), "(bh)qk")
        out = tf.reduce_sum(tf.reshape(chosen, [-1, 6, 3, 4]) * weights[..., None], axis=2)
        return tf.reshape(tf.transpose(tf.reshape(out, [-1, 2, 6, 4]), [0, 2, 1, 3]), [-1, 6, 8])

    parts = {"places": layers.Dense(6), "weights_of": layers.Dense(6), "wv": layers.Dense(8)}
    return attending(
        written("DeformableAttention", call, **parts), given(3, x=6), Drawn(("other", "cross"), "x", "", note=ANY_NOTE)
    )


@variant
def patches_with_a_learnt_bias_of_queries() -> Specimen:
    """Positions relative to each query as ViTDet has them, over patches of an image, which are no tokens."""

    def call(self: Any, x: Any) -> Any:
        patches = tf.reshape(self.patches(x), [-1, 9, 8])
        q = self.wq(patches)
        scores = tf.matmul(q, self.wk(patches), transpose_b=True) + tf.einsum("bqd,qkd->bqk", q, self.table)
        return tf.matmul(told(tf.nn.softmax(scores), "bqk"), self.wv(patches))

    layer = written(
        "RelativeOverPatches", call, patches=layers.Conv2D(8, 2, strides=2), table=(9, 9, 6), **projections()
    )
    image = np.random.default_rng(3).normal(size=(2, 6, 6, 3)).astype("float32")
    return attending(layer, {"x": image}, Drawn("other", "", "", note=ANY_NOTE))


@variant
def neighbours_gathered() -> Specimen:
    places = np.clip(np.arange(6)[:, None] + np.arange(-1, 2), 0, 5)

    def call(self: Any, x: Any) -> Any:
        around = ops.take(x, places, axis=1)
        scores = ops.sum(ops.expand_dims(self.wq(x), 2) * self.wk(around), axis=-1)
        weights = told(ops.softmax(scores, axis=-1), "bqk")
        return ops.sum(ops.expand_dims(weights, -1) * self.wv(around), axis=2)

    layer = written("SlidingWindow", call, **projections())
    return attending(layer, given(3, x=6), Drawn("other", "x", "", note=ANY_NOTE))


@variant
def every_second_token() -> Specimen:
    """Dilated: even and odd positions attend among themselves; the two count as heads."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = (
            ops.transpose(ops.reshape(part(x), (-1, 4, 2, 6)), (0, 2, 1, 3)) for part in (self.wq, self.wk, self.wv)
        )
        weights = told(ops.softmax(ops.matmul(q, ops.swapaxes(k, 2, 3))), "bwqk")
        return ops.reshape(ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3)), (-1, 8, 6))

    return attending(
        written("DilatedAttention", call, **projections()), given(x=8), Drawn("other", "", "", note=ANY_NOTE)
    )


@variant
def pixels_of_an_image() -> Specimen:
    """A non-local block: rows and columns of an image are one axis without tokens."""

    def call(self: Any, x: Any) -> Any:
        theta, phi, g = (tf.reshape(part(x), [-1, 12, 4]) for part in (self.theta, self.phi, self.g))
        weights = told(tf.nn.softmax(tf.matmul(theta, phi, transpose_b=True)), "bqk")
        return x + self.out(tf.reshape(tf.matmul(weights, g), [-1, 3, 4, 4]))

    parts = {name: layers.Conv2D(4, 1) for name in ("theta", "phi", "g")}
    layer = written("NonLocalBlock", call, out=layers.Conv2D(8, 1), **parts)
    images = np.random.default_rng(2).normal(size=(2, 3, 4, 8)).astype("float32")
    return attending(layer, {"image": images}, Drawn(("other", "encoder self"), "", "", note=ANY_NOTE), tokens={})
