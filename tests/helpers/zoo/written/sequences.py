"""Sequences that a model reverses, shifts, lengthens or thins out inside: words must go along."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers

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
from helpers.zoo.written.dot_products import projections
from helpers.zoo.written.encoder_decoders import heads
from helpers.zoo.written.masked import scores_of

STEPS = Drawn("cross", "target", "source")


@specimen
def one_layer_for_two_inputs() -> Specimen:
    """Siamese: the same layer over both sides, with the words of each."""

    def build(left: Any, right: Any) -> Any:
        def call(self: Any, x: Any) -> Any:
            own = told(
                tf.nn.softmax(scores_of(self, x)), "bqk", f"part {next(calls)}" if tf.executing_eagerly() else ""
            )
            return tf.reduce_mean(tf.matmul(own, self.wv(x)), 1)

        calls = iter(range(9))
        layer = written("Encoder", call, **projections())
        return layers.Dot(axes=1)([layer(left), layer(right)])

    roles = ("encoder self", "decoder self")
    return attending(build, given(left=6, right=6), Drawn(roles, "left", "left"), Drawn(roles, "right", "right"))


@variant
def source_read_backwards() -> Specimen:
    """The source is reversed inside the model: so must be its words."""

    def build(source: Any, target: Any) -> Any:
        backwards = layers.Lambda(lambda x: x[:, ::-1])(source)
        return heads("cross")(target, backwards)

    return attending(build, given(source=6, target=6), Drawn("cross", "target", "-source?", note=ANY_NOTE))


@variant
def token_put_before() -> Specimen:
    """A learnt token before all others: seven positions for six words."""

    def call(self: Any, x: Any) -> Any:
        x = tf.concat([tf.tile(self.cls, [tf.shape(x)[0], 1, 1]), x], axis=1)
        return self.own(x, x)[:, 0]

    layer = written("ViT", call, cls=(1, 1, 8), own=heads("own"))
    tokens = {"x": [[f"x{row}.{place}" for place in range(6)] for row in range(2)]}
    return attending(layer, given(x=6), Drawn(("encoder self", "other"), ">x?", ">x?", note=ANY_NOTE), tokens=tokens)


@specimen
def target_shifted_inside() -> Specimen:
    """A start before the target, its last dropped: position 1 holds word 0."""

    def call(self: Any, source: Any, target: Any) -> Any:
        x = tf.pad(self.embedding(target), [[0, 0], [1, 0], [0, 0]])[:, :-1] + self.start
        return self.cross(x, self.embedding(source))

    parts = {"embedding": layers.Embedding(12, 8), "start": (1, 6, 8), "cross": heads("cross")}
    drawn = Drawn(("cross", "other"), ">target?", "source", note=ANY_NOTE)
    return attending(written("ShiftRight", call, **parts), given_ids(source=6, target=6), drawn, factor=2.5)


@variant
def every_second_query() -> Specimen:
    """Queries are every second token (a funnel): their words, or none."""

    def call(self: Any, x: Any) -> Any:
        weights = tf.nn.softmax(tf.matmul(self.wq(x)[:, ::2], self.wk(x), transpose_b=True))
        return tf.matmul(told(weights, "bqk"), self.wv(x))

    layer = written("FunnelAttention", call, **projections())
    return attending(layer, given(x=6), Drawn(("encoder self", "other", "cross"), "2x?", "x", note=ANY_NOTE))


@variant
def coverage_of_steps_before() -> Specimen:
    """Each step's scores see the sum of all weights before."""

    def call(self: Any, source: Any, target: Any) -> Any:
        coverage, state, outputs = tf.zeros_like(source[..., :1]), tf.zeros_like(source[:, 0]), []
        for step in range(target.shape[1]):
            hidden = tf.tanh(self.w1(source) + self.w2(state)[:, None] + self.w3(coverage))
            weights = told(tf.nn.softmax(self.v(hidden), axis=1), "bko")
            coverage += weights
            _, (state,) = self.cell(target[:, step] + tf.reduce_sum(weights * source, 1), [state])
            outputs.append(state)
        return tf.stack(outputs, 1)

    parts = {name: layers.Dense(8) for name in ("w1", "w2", "w3")}
    layer = written("CoverageDecoder", call, v=layers.Dense(1), cell=layers.GRUCell(8), **parts)
    return attending(layer, given(source=6, target=6), STEPS, factor=3)


@variant
def location_of_the_step_before() -> Specimen:
    """Tacotron: a convolution over the weights of the step before, in a `tf.while_loop`."""

    def call(self: Any, source: Any, target: Any) -> Any:
        def body(step: Any, state: Any, before: Any, outputs: Any) -> Any:
            located = tf.nn.conv1d(before[..., None], self.filters, 1, "SAME")
            scores = tf.reduce_sum(self.v * tf.tanh(source @ self.w1 + (state @ self.w2)[:, None] + located), -1)
            weights = told(tf.nn.softmax(scores), "bk")
            state = tf.tanh(tf.einsum("bk,bkd->bd", weights, source) + target[:, step] @ self.w2)
            return step + 1, state, weights, outputs.write(step, state)

        start = (0, tf.reduce_mean(source, 1), tf.zeros_like(source[..., 0]), tf.TensorArray(tf.float32, 5))
        return tf.transpose(tf.while_loop(lambda step, *_: step < 5, body, start)[-1].stack(), [1, 0, 2])

    layer = written("LocationSensitive", call, filters=(3, 1, 8), v=(8,), w1=(8, 8), w2=(8, 8))
    return attending(layer, given(source=6, target=5), STEPS, factor=2)
