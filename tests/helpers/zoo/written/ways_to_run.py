"""Attention in maps, conditions, modules, anonymous layers and layers of layers."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import Specimen, attending, given, specimen, told, variant, written
from helpers.zoo.written.dot_products import CAUSAL, CROSS, SELF, projections
from helpers.zoo.written.masked import padding, scores_of


@variant
def example_by_example() -> Specimen:
    """`tf.map_fn` over the examples: the loop runs along the batch."""

    def call(self: Any, x: Any) -> Any:
        def one(parts: Any) -> Any:
            q, k, v = parts
            return tf.matmul(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), v)

        q, k, v = self.wq(x), self.wk(x), self.wv(x)
        told(lambda: tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), "bqk")
        return tf.map_fn(one, (q, k, v), fn_output_signature=tf.float32)

    return attending(written("PerExample", call, **projections()), given(3, x=6), SELF, or_named=True)


@specimen
def vectorised_over_heads() -> Specimen:
    """`tf.vectorized_map` over the heads, which come first."""

    def call(self: Any, x: Any) -> Any:
        def one(kernels: Any) -> Any:
            q, k = tf.tensordot(x, kernels[0], 1), tf.tensordot(x, kernels[1], 1)
            return tf.matmul(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), x)

        q, k = tf.einsum("btd,hde->hbte", x, self.wq), tf.einsum("btd,hde->hbte", x, self.wk)
        told(lambda: tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), "hbqk")
        return tf.concat(tf.unstack(tf.vectorized_map(one, (self.wq, self.wk)), num=2), -1)

    return attending(written("MappedHeads", call, wq=(2, 8, 4), wk=(2, 8, 4)), given(x=6), SELF, or_named=True)


@variant
def lambda_layer() -> Specimen:
    """All of it in one anonymous layer."""

    def attend(x: Any) -> Any:
        return tf.matmul(told(tf.nn.softmax(tf.matmul(x[..., :4], x[..., 4:], transpose_b=True)), "bqk"), x)

    return attending(lambda x: layers.Lambda(attend)(layers.Dense(8)(x)), given(3, x=6), SELF)


@variant
def module_of_tensorflow() -> Specimen:
    """A `tf.Module` with a `tf.function` of unknown lengths inside a layer."""

    class Attend(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, None, None])] * 3)
        def __call__(self, q: Any, k: Any, v: Any) -> Any:
            return tf.matmul(tf.nn.softmax(tf.matmul(q, k, transpose_b=True) / 2.0), v)

    attend = Attend()

    def call(self: Any, source: Any, target: Any) -> Any:
        q, k = self.wq(target), self.wk(source)
        told(lambda: tf.nn.softmax(tf.matmul(q, k, transpose_b=True) / 2.0), "bqk")
        return attend(q, k, self.wv(source))

    return attending(written("Wrapped", call, **projections()), given(source=6, target=6), CROSS)


@variant
def softmax_layer_with_a_mask() -> Specimen:
    """`Softmax` called with a mask, between `EinsumDense` layers."""

    def call(self: Any, x: Any, mask: Any) -> Any:
        q, k, v = self.wq(x), self.wk(x), self.wv(x)
        weights = self.softmax(ops.einsum("bqhd,bkhd->bhqk", q, k), ops.cast(mask, "bool")[:, None, None])
        return self.wo(ops.einsum("bhqk,bkhd->bqhd", told(weights, "bhqk"), v))

    parts = {name: layers.EinsumDense("btd,dhe->bthe", (None, 2, 4)) for name in ("wq", "wk", "wv")}
    out = layers.EinsumDense("bthe,hed->btd", (None, 8))
    layer = written("EinsumAttention", call, softmax=layers.Softmax(), wo=out, **parts)
    return attending(layer, {**given(x=6), "mask": padding(4, 6)}, SELF)


@variant
def branch_by_a_condition() -> Specimen:
    """`tf.cond` around the mask."""

    def call(self: Any, x: Any) -> Any:
        scores = scores_of(self, x)
        future = -1e9 * (1 - tf.linalg.band_part(tf.ones((6, 6)), -1, 0))
        scores = tf.cond(tf.reduce_sum(x) > -1e6, lambda: scores + future, lambda: scores)
        return tf.matmul(told(tf.nn.softmax(scores), "bqk"), self.wv(x))

    return attending(written("ConditionalMask", call, **projections()), given(x=6), CAUSAL)
