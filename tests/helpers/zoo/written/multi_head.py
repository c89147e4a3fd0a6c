"""Heads: split, folded, looped over, shared and mixed."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import Specimen, attending, given, specimen, told, variant, written
from helpers.zoo.written.dot_products import CAUSAL, CROSS, SELF, projections

HEADS, SIZE = 2, 4


@variant
def heads_by_reshape_of_tensorflow() -> Specimen:
    def split(x: Any) -> Any:
        return tf.transpose(tf.reshape(x, (tf.shape(x)[0], -1, HEADS, SIZE)), perm=[0, 2, 1, 3])

    def call(self: Any, x: Any) -> Any:
        q, k, v = split(self.wq(x)), split(self.wk(x)), split(self.wv(x))
        logits = tf.matmul(q, k, transpose_b=True) / tf.math.sqrt(tf.cast(tf.shape(k)[-1], tf.float32))
        output = tf.matmul(told(tf.nn.softmax(logits, axis=-1), "bhqk"), v)
        output = tf.reshape(tf.transpose(output, perm=[0, 2, 1, 3]), (tf.shape(x)[0], -1, HEADS * SIZE))
        return self.dense(output)

    layer = written("MultiHeadAttention", call, dense=layers.Dense(8), **projections(8))
    return attending(layer, given(x=6), SELF)


@variant
def heads_by_reshape_of_keras() -> Specimen:
    def call(self: Any, query: Any, value: Any) -> Any:
        def split(x: Any) -> Any:
            return ops.transpose(ops.reshape(x, (-1, x.shape[1], HEADS, SIZE)), (0, 2, 1, 3))

        scores = ops.matmul(split(self.wq(query)), ops.transpose(split(self.wk(value)), (0, 1, 3, 2))) / SIZE**0.5
        out = ops.matmul(told(ops.softmax(scores), "bhqk"), split(self.wv(value)))
        return ops.reshape(ops.transpose(out, (0, 2, 1, 3)), (-1, query.shape[1], HEADS * SIZE))

    layer = written("CrossAttention", call, **projections(8))
    return attending(lambda source, target: layer(target, source), given(3, source=6, target=6), CROSS)


@variant
def heads_by_one_projection() -> Specimen:
    """Query, key and value from one dense layer, as minGPT has it."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = tf.split(self.c_attn(x), 3, axis=2)
        q, k, v = (tf.transpose(tf.reshape(part, [-1, 6, HEADS, SIZE]), [0, 2, 1, 3]) for part in (q, k, v))
        att = tf.matmul(q, k, transpose_b=True) * SIZE**-0.5
        att = tf.where(tf.linalg.band_part(tf.ones((6, 6)), -1, 0) == 0, float("-inf"), att)
        y = tf.matmul(told(tf.nn.softmax(att), "bhqk"), v)
        return self.c_proj(tf.reshape(tf.transpose(y, [0, 2, 1, 3]), [-1, 6, 8]))

    layer = written("CausalSelfAttention", call, c_attn=layers.Dense(24), c_proj=layers.Dense(8))
    return attending(layer, given(x=6), CAUSAL)


@variant
def heads_by_unstacking() -> Specimen:
    """[3, batch, heads, positions, features] unstacked, as vision transformers have it."""

    def call(self: Any, x: Any) -> Any:
        qkv = ops.transpose(ops.reshape(self.qkv(x), (-1, x.shape[1], 3, HEADS, SIZE)), (2, 0, 3, 1, 4))
        q, k, v = qkv[0], qkv[1], qkv[2]
        attn = told(ops.softmax(q * SIZE**-0.5 @ ops.swapaxes(k, -2, -1), axis=-1), "bhqk")
        return self.proj(ops.reshape(ops.swapaxes(attn @ v, 1, 2), (-1, x.shape[1], HEADS * SIZE)))

    layer = written("Attention", call, qkv=layers.Dense(24), proj=layers.Dense(8))
    return attending(layer, given(4, x=8), SELF)


@variant
def heads_by_split_and_concat_into_the_batch() -> Specimen:
    """Heads outside, the batch inside: [heads * batch, queries, keys]."""

    def call(self: Any, query: Any, value: Any) -> Any:
        q, k, v = self.wq(query), self.wk(value), self.wv(value)
        q_, k_, v_ = (tf.concat(tf.split(part, HEADS, axis=2), axis=0) for part in (q, k, v))
        weights = tf.nn.softmax(tf.matmul(q_, tf.transpose(k_, [0, 2, 1])) / SIZE**0.5)
        outputs = tf.matmul(told(weights, "(hb)qk"), v_)
        return tf.concat(tf.split(outputs, HEADS, axis=0), axis=2)

    layer = written("MultiheadAttention", call, **projections(8))
    return attending(lambda source, target: layer(target, source), given(source=5, target=6), CROSS)


@variant
def heads_by_split_and_concat_of_keras() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        q, k, v = (ops.concatenate(ops.split(part(x), HEADS, axis=-1), axis=0) for part in (self.wq, self.wk, self.wv))
        weights = told(ops.softmax(ops.einsum("nid,njd->nij", q, k)), "(hb)qk")
        return ops.concatenate(ops.split(ops.einsum("nij,njd->nid", weights, v), HEADS, axis=0), axis=-1)

    return attending(written("MultiHead", call, **projections(8)), given(3, x=6), SELF)


@specimen
def heads_folded_inside_the_batch() -> Specimen:
    """The batch outside, heads inside: [batch * heads, queries, keys]."""

    def call(self: Any, x: Any) -> Any:
        def fold(part: Any) -> Any:
            part = tf.transpose(tf.reshape(part, [-1, 6, HEADS, SIZE]), [0, 2, 1, 3])
            return tf.reshape(part, [-1, 6, SIZE])

        q, k, v = fold(self.wq(x)), fold(self.wk(x)), fold(self.wv(x))
        weights = told(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), "(bh)qk")
        mixed = tf.reshape(tf.matmul(weights, v), [-1, HEADS, 6, SIZE])
        return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, 6, 8])

    return attending(written("MultiHeadAttention", call, **projections(8)), given(2, x=6), SELF)


@variant
def heads_folded_by_keras() -> Specimen:
    def call(self: Any, query: Any, value: Any) -> Any:
        def reshape_tensor(x: Any) -> Any:
            x = ops.transpose(ops.reshape(x, (-1, x.shape[1], HEADS, SIZE)), (0, 2, 1, 3))
            return ops.reshape(x, (-1, x.shape[2], SIZE))

        q, k, v = reshape_tensor(self.wq(query)), reshape_tensor(self.wk(value)), reshape_tensor(self.wv(value))
        weights = told(ops.softmax(ops.matmul(q, ops.swapaxes(k, 1, 2)) / 2.0), "(bh)qk")
        out = ops.reshape(ops.matmul(weights, v), (-1, HEADS, query.shape[1], SIZE))
        return ops.reshape(ops.transpose(out, (0, 2, 1, 3)), (-1, query.shape[1], 8))

    layer = written("FoldedAttention", call, **projections(8))
    return attending(lambda source, target: layer(target, source), given(4, source=6, target=4), CROSS)


@variant
def heads_last() -> Specimen:
    """[batch, queries, keys, heads], softmax over axis 2."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = (tf.reshape(part(x), [-1, 6, HEADS, SIZE]) for part in (self.wq, self.wk, self.wv))
        weights = tf.nn.softmax(tf.einsum("bihd,bjhd->bijh", q, k), axis=2)
        return tf.reshape(tf.einsum("bijh,bjhd->bihd", told(weights, "bqkh"), v), [-1, 6, 8])

    return attending(written("Attention", call, **projections(8)), given(2, x=6), SELF)


@variant
def heads_last_of_keras() -> Specimen:
    def call(self: Any, query: Any, value: Any) -> Any:
        hidden = ops.tanh(ops.expand_dims(self.wq(query), 2) + ops.expand_dims(self.wk(value), 1))
        weights = told(ops.softmax(self.score(hidden), axis=-2), "bqkh")
        values = ops.reshape(self.wv(value), (-1, 1, value.shape[1], 3, 2))
        return ops.sum(ops.expand_dims(weights, -1) * values, axis=2)

    layer = written("AdditiveHeads", call, score=layers.Dense(3), **projections(6))
    return attending(lambda source, target: layer(target, source), given(3, source=6, target=6), CROSS, factor=2.2)


@variant
def heads_in_time_major_rank_four() -> Specimen:
    """[queries, keys, batch, heads], as Transformer-XL has it."""

    def call(self: Any, x: Any) -> Any:
        w = tf.transpose(x, [1, 0, 2])
        q, k, v = (tf.reshape(part(w), [6, -1, HEADS, SIZE]) for part in (self.wq, self.wk, self.wv))
        prob = tf.nn.softmax(tf.einsum("ibnd,jbnd->ijbn", q, k) * SIZE**-0.5, axis=1)
        vec = tf.einsum("ijbn,jbnd->ibnd", told(prob, "qkbh"), v)
        return tf.transpose(tf.reshape(vec, [6, -1, 8]), [1, 0, 2])

    return attending(written("RelMultiHeadAttn", call, **projections(8)), given(2, x=6), SELF)


@variant
def heads_in_a_loop_of_tensorflow() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        heads = []
        for q, k, v in zip(*(tf.split(part(x), HEADS, axis=-1) for part in (self.wq, self.wk, self.wv)), strict=True):
            heads.append(tf.matmul(told(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), "bqk"), v))
        return tf.concat(heads, axis=-1)

    return attending(written("MultiHeadAttention", call, **projections(8)), given(x=6), SELF)


@variant
def heads_by_einsum_of_kernels() -> Specimen:
    """Kernels [features, heads, size] contracted at once."""

    def call(self: Any, query: Any, value: Any) -> Any:
        q, k, v = (
            ops.einsum("bld,dhe->blhe", x, kernel)
            for x, kernel in ((query, self.wq), (value, self.wk), (value, self.wv))
        )
        logits = ops.einsum("bqhe,bkhe->bhqk", q, k)
        return ops.einsum("bhqk,bkhe,hed->bqd", told(ops.softmax(logits), "bhqk"), v, self.wo)

    shape = (8, HEADS, SIZE)
    layer = written("EinsumHeads", call, wq=shape, wk=shape, wv=shape, wo=(HEADS, SIZE, 8))
    return attending(lambda source, target: layer(target, source), given(source=5, target=5), CROSS)
