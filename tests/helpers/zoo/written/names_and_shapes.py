"""What should not matter: names of classes, one example alone, examples alike, lengths unknown beforehand, how a model is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import (
    ANY_NOTE,
    Array,
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
from helpers.zoo.written.dot_products import CAUSAL, CROSS, SELF, projections
from helpers.zoo.written.encoder_decoders import heads
from helpers.zoo.written.functional import POOL
from helpers.zoo.written.masked import scores_of
from helpers.zoo.written.no_attention import beside_a_block


def attend(self: Any, x: Any) -> Any:
    return tf.matmul(told(tf.nn.softmax(scores_of(self, x)), "bqk"), self.wv(x))


@variant
def attention_called_experts() -> Specimen:
    """A layer of a mixture of experts that attends over tokens all the same."""
    return attending(written("ExpertAttention", attend, **projections()), given(x=6), SELF)


@variant
def attention_called_a_router() -> Specimen:
    return attending(written("RoutingTransformerLayer", attend, **projections()), given(3, x=6), SELF)


@specimen
def experts_called_attention() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(self.gate(x))
        return tf.einsum("bte,bted->btd", weights, tf.reshape(self.experts(x), [-1, 6, 6, 8]))

    return beside_a_block(written("AttentionMixture", call, gate=layers.Dense(6), experts=layers.Dense(48)))


@variant
def branches_called_attention() -> Specimen:
    """Selective kernels by their usual name."""

    def call(self: Any, x: Any) -> Any:
        features = tf.stack([self.narrow(x), self.wide(x)])
        squeezed = self.down(tf.reduce_mean(tf.reduce_sum(features, 0), 1))
        weights = tf.nn.softmax(tf.stack([self.one(squeezed), self.two(squeezed)]), axis=0)
        return tf.reduce_sum(features * weights[:, :, None], axis=0)

    parts = {"narrow": layers.Conv1D(8, 3, padding="same"), "wide": layers.Conv1D(8, 5, padding="same")}
    parts |= {name: layers.Dense(8) for name in ("down", "one", "two")}
    return beside_a_block(written("SKAttention", call, **parts))


@variant
def codes_called_attention() -> Specimen:
    """Style tokens: a learnt table, softly chosen from, by multi-head "attention"."""

    def call(self: Any, x: Any) -> Any:
        weights = ops.softmax(ops.matmul(self.query(x), ops.transpose(self.tokens)))
        return ops.matmul(weights, ops.tanh(self.tokens))

    return beside_a_block(written("StyleTokenAttention", call, query=layers.Dense(8), tokens=(6, 8)))


@variant
def one_example_with_heads_in_the_batch() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        q, k, v = (tf.concat(tf.split(part(x), 2, axis=2), axis=0) for part in (self.wq, self.wk, self.wv))
        weights = told(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), "(hb)qk")
        return tf.concat(tf.split(tf.matmul(weights, v), 2, axis=0), axis=2)

    return attending(written("MultiheadAttention", call, **projections(8)), given(1, x=6), SELF)


@variant
def one_example_in_time_major() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        x = tf.transpose(x, [1, 0, 2])
        weights = tf.nn.softmax(tf.einsum("ibd,jbd->ijb", self.wq(x), self.wk(x)), axis=1)
        return tf.transpose(tf.einsum("ijb,jbd->ibd", told(weights, "qkb"), self.wv(x)), [1, 0, 2])

    return attending(written("RelAttention", call, **projections()), given(1, x=6), SELF)


@variant
def one_example_pooled() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = told(ops.softmax(ops.squeeze(self.score(x), -1)), "bk")
        return ops.einsum("bt,btd->bd", weights, x)

    return attending(written("AttentionPool", call, score=layers.Dense(1)), given(1, x=6), POOL, factor=3)


@specimen
def examples_alike() -> Specimen:
    """Two examples that are the same: nothing changes when they are rolled."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = (tf.concat(tf.split(part(x), 2, axis=2), axis=0) for part in (self.wq, self.wk, self.wv))
        weights = told(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), "(hb)qk")
        return tf.concat(tf.split(tf.matmul(weights, v), 2, axis=0), axis=2)

    inputs = {"x": np.repeat(given(1, x=6)["x"], 2, axis=0)}
    return attending(written("MultiheadAttention", call, **projections(8)), inputs, SELF)


@variant
def as_many_examples_as_heads_and_words() -> Specimen:
    """Four examples, four heads, four words, heads last."""

    def call(self: Any, x: Any) -> Any:
        q, k, v = (tf.reshape(part(x), [-1, 4, 4, 2]) for part in (self.wq, self.wk, self.wv))
        weights = told(tf.nn.softmax(tf.einsum("bihd,bjhd->bijh", q, k), axis=2), "bqkh")
        return tf.reshape(tf.einsum("bijh,bjhd->bihd", weights, v), [-1, 4, 8])

    return attending(written("Attention", call, **projections(8)), given(4, x=4), SELF)


@variant
def as_many_examples_as_heads_folded() -> Specimen:
    def call(self: Any, source: Any, target: Any) -> Any:
        def fold(x: Any) -> Any:
            return ops.reshape(ops.transpose(ops.reshape(x, (-1, 4, 4, 2)), (2, 0, 1, 3)), (-1, 4, 2))

        weights = ops.softmax(ops.matmul(fold(self.wq(target)), ops.swapaxes(fold(self.wk(source)), 1, 2)))
        return ops.matmul(told(weights, "(hb)qk"), fold(self.wv(source)))

    return attending(written("Attention", call, **projections(8)), given(4, source=4, target=4), CROSS)


def of_unknown_length(build: Callable[..., Any], inputs: Mapping[str, Array]) -> keras.Model:
    """Returns a functional model whose inputs have no length before they come."""
    shapes = {name: (None, *array.shape[2:]) for name, array in inputs.items()}
    symbols = {name: layers.Input(shape, dtype=inputs[name].dtype.name, name=name) for name, shape in shapes.items()}
    return keras.Model(symbols, build(*symbols.values()))


@variant
def unknown_lengths_of_a_transformer() -> Specimen:
    inputs = given_ids(source=6, target=6)

    def build(source: Any, target: Any) -> Any:
        embedding = layers.Embedding(12, 8)
        encoded, x = embedding(source), embedding(target)
        encoded = encoded + heads("encoder")(encoded, encoded)
        x = x + heads("decoder", True)(x, x)
        return heads("cross")(x, encoded)

    drawn = (
        Drawn("encoder self", "source", "source", path="*encoder"),
        Drawn("decoder self", "target", "target", path="*decoder"),
        Drawn("cross", "target", "source", path="*cross"),
    )
    return attending(of_unknown_length(build, inputs), inputs, *drawn, factor=2.5)


@variant
def unknown_lengths_of_functional_layers() -> Specimen:
    inputs = given(3, source=6, target=6)

    def build(source: Any, target: Any) -> Any:
        scores = layers.Dot(axes=(2, 2))([target, layers.Dense(8)(source)])
        weights = layers.Activation(lambda t: told(ops.softmax(t), "bqk"))(scores)
        return layers.Dot(axes=(2, 1))([weights, source])

    return attending(of_unknown_length(build, inputs), inputs, CROSS)


@variant
def unknown_lengths_with_a_causal_mask() -> Specimen:
    inputs = given(x=6)

    def call(self: Any, x: Any) -> Any:
        length = tf.shape(x)[1]
        places = tf.range(length)
        scores = tf.where(places[:, None] >= places, scores_of(self, x), -1e9)
        return tf.matmul(told(tf.nn.softmax(scores), "bqk"), self.wv(x))

    layer = written("CausalSelfAttention", call, **projections())
    return attending(of_unknown_length(layer, inputs), inputs, CAUSAL)


@variant
def unknown_lengths_of_a_loop() -> Specimen:
    """A `tf.while_loop` over as many steps as the target happens to have."""
    inputs = given(source=6, target=5)

    def call(self: Any, source: Any, target: Any) -> Any:
        steps = tf.shape(target)[1]

        def body(step: Any, state: Any, outputs: Any) -> Any:
            weights = told(tf.nn.softmax(tf.einsum("bd,bkd->bk", state @ self.w, source)), "bk")
            state = tf.tanh((tf.einsum("bk,bkd->bd", weights, source) + target[:, step]) @ self.u)
            return step + 1, state, outputs.write(step, state)

        outputs = tf.TensorArray(tf.float32, size=steps)
        _, _, outputs = tf.while_loop(lambda step, *_: step < steps, body, (0, tf.reduce_mean(source, 1), outputs))
        return tf.transpose(outputs.stack(), [1, 0, 2])

    layer = written("Decoder", call, w=(8, 8), u=(8, 8))
    return attending(of_unknown_length(layer, inputs), inputs, Drawn("cross", "target", "source"))


def in_plain_python() -> Any:
    """Returns a layer that keeps a model from running as a graph."""

    class InPlainPython(layers.Layer):
        def call(self, x: Any) -> Any:
            return x * (2.0 if float(np.abs(x.numpy()).max()) > 0 else 1.0)

        def compute_output_spec(self, x: Any) -> Any:
            return keras.KerasTensor(x.shape, x.dtype)

    return InPlainPython()


@specimen
def op_by_op_without_more() -> Specimen:
    layer = written("SelfAttention", attend, **projections())
    return attending(lambda x: layer(in_plain_python()(x)), given(x=6), SELF)


@variant
def op_by_op_with_a_mask_behind_the_softmax() -> Specimen:
    """What the softmax gave is not what was used: that is drawn, or the layer is named."""

    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(scores_of(self, x)) * tf.linalg.band_part(tf.ones((6, 6)), -1, 0)
        weights /= tf.reduce_sum(weights, axis=-1, keepdims=True)
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    layer = written("SelfAttention", call, **projections())
    changed = Drawn("decoder self", "x", "x", note=ANY_NOTE)
    return attending(lambda x: layer(in_plain_python()(x)), given(3, x=6), changed, or_named=True)


@variant
def op_by_op_with_experts() -> Specimen:
    layer = written("SoftMixture", _experts, gate=layers.Dense(6), experts=layers.Dense(48))
    return attending(lambda x: layer(in_plain_python()(x)), given(x=6))


def _experts(self: Any, x: Any) -> Any:
    return tf.einsum("bte,bted->btd", tf.nn.softmax(self.gate(x)), tf.reshape(self.experts(x), [-1, 6, 6, 8]))


@variant
def compiled_to_run_eagerly() -> Specimen:
    layer = written("SelfAttention", attend, **projections())
    made = attending(layer, given(x=6), SELF)
    made.model.compile("adam", "mse", run_eagerly=True)
    return made


@variant
def weights_returned_beside_the_output() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(scores_of(self, x))
        return tf.matmul(told(weights, "bqk"), self.wv(x)), weights

    layer = written("SelfAttention", call, **projections())
    return attending(lambda x: dict(zip(("output", "weights"), layer(x), strict=True)), given(x=6), SELF)
