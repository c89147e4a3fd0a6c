"""Heads that share keys and values, or are mixed, and fused attention."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import ANY_NOTE, Drawn, Specimen, attending, given, specimen, told, variant, written
from helpers.zoo.written.dot_products import CAUSAL, SELF, projections

HEADS, SIZE = 2, 4


@variant
def keys_and_values_shared_by_all_heads() -> Specimen:
    """Multi-query attention (Shazeer, 2019)."""

    def call(self: Any, x: Any) -> Any:
        q = tf.reshape(self.wq(x), [-1, 6, HEADS, SIZE])
        weights = tf.nn.softmax(tf.einsum("bqhd,bkd->bhqk", q, self.wk(x)))
        return tf.reshape(tf.einsum("bhqk,bkd->bqhd", told(weights, "bhqk"), self.wv(x)), [-1, 6, 8])

    parts = {"wq": layers.Dense(8), "wk": layers.Dense(SIZE), "wv": layers.Dense(SIZE)}
    return attending(written("MultiQueryAttention", call, **parts), given(x=6), SELF)


@specimen
def keys_and_values_shared_by_groups() -> Specimen:
    """Grouped-query attention, keys repeated for each of their queries' heads."""

    def call(self: Any, x: Any) -> Any:
        q = ops.transpose(ops.reshape(self.wq(x), (-1, 6, 4, 2)), (0, 2, 1, 3))
        k, v = (ops.transpose(ops.reshape(part(x), (-1, 6, 2, 2)), (0, 2, 1, 3)) for part in (self.wk, self.wv))
        k, v = ops.repeat(k, 2, axis=1), ops.repeat(v, 2, axis=1)
        scores = ops.matmul(q, ops.swapaxes(k, 2, 3)) + ops.triu(ops.full((6, 6), -1e9), k=1)
        out = ops.matmul(told(ops.softmax(scores), "bhqk"), v)
        return ops.reshape(ops.transpose(out, (0, 2, 1, 3)), (-1, 6, 8))

    parts = {"wq": layers.Dense(8), "wk": layers.Dense(4), "wv": layers.Dense(4)}
    return attending(written("GroupedQueryAttention", call, **parts), given(3, x=6), CAUSAL)


@variant
def groups_in_rank_five() -> Specimen:
    """Grouped queries with an axis of their own."""

    def call(self: Any, x: Any) -> Any:
        q = tf.reshape(self.wq(x), [-1, 6, 2, 2, 2])
        k, v = (tf.reshape(part(x), [-1, 6, 2, 2]) for part in (self.wk, self.wv))
        weights = tf.nn.softmax(tf.einsum("bqkgd,bskd->bkgqs", q, k))
        return tf.reshape(tf.einsum("bkgqs,bskd->bqkgd", told(weights, "bghqk"), v), [-1, 6, 8])

    parts = {"wq": layers.Dense(8), "wk": layers.Dense(4), "wv": layers.Dense(4)}
    return attending(written("GQA", call, **parts), given(2, x=6), SELF)


if hasattr(ops, "dot_product_attention"):  # not in the oldest versions of Keras

    @specimen
    def fused() -> Specimen:
        """`ops.dot_product_attention`, whose weights nobody sees; they are computed from query and key."""

        def call(self: Any, x: Any) -> Any:
            q, k, v = (ops.reshape(part(x), (-1, 6, HEADS, SIZE)) for part in (self.wq, self.wk, self.wv))
            told(lambda: ops.softmax(ops.einsum("bqhd,bkhd->bhqk", q, k) / SIZE**0.5), "bhqk")
            return ops.dot_product_attention(q, k, v)

        return attending(written("FlashAttention", call, **projections(8)), given(x=6), SELF)

    @variant
    def fused_and_causal() -> Specimen:
        def call(self: Any, x: Any) -> Any:
            q, k, v = (ops.reshape(part(x), (-1, 6, HEADS, SIZE)) for part in (self.wq, self.wk, self.wv))

            def weights() -> Any:
                scores = ops.einsum("bqhd,bkhd->bhqk", q, k) * 0.7
                return ops.softmax(ops.where(ops.tril(ops.ones((6, 6), "bool")), scores, -1e9))

            told(weights, "bhqk")
            return ops.reshape(ops.dot_product_attention(q, k, v, scale=0.7, is_causal=True), (-1, 6, 8))

        return attending(written("CausalFlash", call, **projections(8)), given(3, x=6), CAUSAL)


@specimen
def talking_heads() -> Specimen:
    """Heads mixed before and after the softmax (Shazeer, 2020): the mixture is what sums the values."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = (tf.reshape(part(x), [-1, 6, HEADS, SIZE]) for part in (self.wq, self.wk, self.wv))
        logits = tf.einsum("bqhd,bkhd,hn->bnqk", q, k, self.before)
        weights = tf.einsum("bnqk,nh->bhqk", tf.nn.softmax(logits), self.after)
        return tf.reshape(tf.einsum("bhqk,bkhd->bqhd", told(weights, "bhqk"), v), [-1, 6, 8])

    layer = written("TalkingHeads", call, before=(HEADS, HEADS), after=(HEADS, HEADS), **projections(8))
    return attending(layer, given(x=6), Drawn("encoder self", "x", "x", signed=True, note=ANY_NOTE))


@variant
def talking_heads_by_a_dense_layer() -> Specimen:
    """As CaiT has it: heads last, through dense layers."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = (
            ops.transpose(ops.reshape(part(x), (-1, x.shape[1], HEADS, SIZE)), (0, 2, 1, 3))
            for part in (self.wq, self.wk, self.wv)
        )
        attn = self.proj_l(ops.transpose(ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))), (0, 2, 3, 1)))
        attn = ops.softmax(ops.transpose(attn, (0, 3, 1, 2)))
        attn = ops.transpose(self.proj_w(ops.transpose(attn, (0, 2, 3, 1))), (0, 3, 1, 2))
        out = ops.matmul(told(attn, "bhqk"), v)
        return ops.reshape(ops.transpose(out, (0, 2, 1, 3)), (-1, x.shape[1], 8))

    parts = {"proj_l": layers.Dense(HEADS), "proj_w": layers.Dense(HEADS, use_bias=False), **projections(8)}
    layer = written("AttentionTalkingHead", call, **parts)
    return attending(layer, given(3, x=6), Drawn("encoder self", "x", "x", signed=True, note=ANY_NOTE))


@variant
def averaged_heads() -> Specimen:
    """The mean of the heads sums the values, as temporal fusion transformers have it: one matrix is used."""

    def call(self: Any, x: Any) -> Any:
        q, k = (tf.reshape(part(x), [-1, 6, HEADS, SIZE]) for part in (self.wq, self.wk))
        weights = tf.reduce_mean(tf.nn.softmax(tf.einsum("bqhd,bkhd->bhqk", q, k)), axis=1)
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    layer = written("InterpretableMultiHeadAttention", call, **projections(8))
    return attending(layer, given(x=6), Drawn("encoder self", "x", "x", note=ANY_NOTE))
