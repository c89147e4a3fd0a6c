"""Loops that attend, however they are run: one layer, a row a step, the first step included."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import Drawn, Specimen, attending, given, given_ids, specimen, told, variant, written

STEPS = Drawn("cross", "target", "source")
OWN = Drawn(("encoder self", "other"), "x", "x")


@variant
def loop_of_a_tutorial() -> Specimen:
    """A decoder's steps in a python loop: the state asks the encoder's, and the context goes into the cell."""

    def call(self: Any, source: Any, target: Any) -> Any:
        encoded, state = self.encoder(source)
        outputs = []
        for step in range(target.shape[1]):
            score = self.v(tf.nn.tanh(self.w1(encoded) + self.w2(tf.expand_dims(state, 1))))
            weights = told(tf.nn.softmax(score, axis=1), "bko")
            context = tf.reduce_sum(weights * encoded, axis=1)
            output, (state,) = self.cell(tf.concat([context, target[:, step]], axis=-1), [state])
            outputs.append(output)
        return tf.stack(outputs, axis=1)

    layer = written(
        "Seq2Seq",
        call,
        encoder=layers.GRU(8, return_sequences=True, return_state=True),
        cell=layers.GRUCell(8),
        w1=layers.Dense(8),
        w2=layers.Dense(8),
        v=layers.Dense(1),
    )
    return attending(layer, given(source=6, target=5), STEPS, factor=3)


@variant
def loop_over_ids_of_equal_lengths() -> Specimen:
    """Luong's order: the cell first, then its output asks, and the attentional vector goes on."""

    def call(self: Any, source: Any, target: Any) -> Any:
        encoded = self.encoder(self.embedding(source))
        words = self.embedding(target)
        states, attentional, outputs = [ops.zeros_like(encoded[:, 0])] * 2, ops.zeros_like(encoded[:, 0]), []
        for step in range(target.shape[1]):
            output, states = self.cell(ops.concatenate([words[:, step], attentional], axis=-1), states)
            scores = ops.einsum("bd,bkd->bk", output, self.general(encoded))
            weights = told(ops.softmax(scores * 3), "bk")
            context = ops.einsum("bk,bkd->bd", weights, encoded)
            attentional = ops.tanh(self.combine(ops.concatenate([context, output], axis=-1)))
            outputs.append(attentional)
        return ops.stack(outputs, axis=1)

    layer = written(
        "LuongDecoder",
        call,
        embedding=layers.Embedding(12, 8),
        encoder=layers.LSTM(8, return_sequences=True),
        cell=layers.LSTMCell(8),
        general=layers.Dense(8),
        combine=layers.Dense(8),
    )
    return attending(layer, given_ids(3, source=6, target=6), STEPS, factor=2.5)


@variant
def loop_of_a_functional_model() -> Specimen:
    """One step of attention as shared plain layers, called once for each word of the output."""

    def build(source: Any) -> Any:
        repeat, concatenate = layers.RepeatVector(6), layers.Concatenate(axis=-1)
        dense_1, dense_2 = layers.Dense(10, activation="tanh"), layers.Dense(1, activation="relu")
        activator, dot = (
            layers.Activation(lambda t: told(ops.softmax(t, axis=1), "bko"), name="attention"),
            layers.Dot(axes=1),
        )
        cell, output = layers.LSTM(8, return_state=True), layers.Dense(4)
        a = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(source)
        s = c = layers.Lambda(lambda t: ops.zeros_like(t[:, 0]))(a)
        outputs = []
        for _ in range(4):
            alphas = activator(dense_2(dense_1(concatenate([a, repeat(s)]))))
            s, _, c = cell(dot([alphas, a]), initial_state=[s, c])
            outputs.append(output(s))
        return outputs

    return attending(build, given(source=6), Drawn(("cross", "other"), "", "source", note="."), factor=3)


@specimen
def loop_of_tensorflow() -> Specimen:
    """`tf.while_loop` with a `TensorArray`."""

    def call(self: Any, source: Any, target: Any) -> Any:
        def body(step: Any, state: Any, outputs: Any) -> Any:
            scores = tf.einsum("bd,bkd->bk", self.w(state), source)
            weights = told(tf.nn.softmax(scores), "bk")
            context = tf.einsum("bk,bkd->bd", weights, source)
            state = tf.tanh(self.u(tf.concat([context, target[:, step]], -1)))
            return step + 1, state, outputs.write(step, state)

        outputs = tf.TensorArray(tf.float32, size=5)
        state = tf.reduce_mean(source, axis=1)
        _, _, outputs = tf.while_loop(lambda step, *_: step < 5, body, (0, state, outputs))
        return tf.transpose(outputs.stack(), [1, 0, 2])

    layer = written("Decoder", call, w=layers.Dense(8), u=layers.Dense(8))
    return attending(layer, given(source=6, target=5), STEPS)


@variant
def scan_of_tensorflow() -> Specimen:
    def call(self: Any, source: Any, target: Any) -> Any:
        def step(state: Any, x: Any) -> Any:
            weights = told(tf.nn.softmax(tf.squeeze(tf.matmul(source, self.w(state)[..., None]), -1)), "bk")
            return tf.tanh(self.u(tf.concat([tf.reduce_sum(weights[..., None] * source, 1), x], -1)))

        states = tf.scan(step, tf.transpose(target, [1, 0, 2]), initializer=tf.reduce_mean(source, axis=1))
        return tf.transpose(states, [1, 0, 2])

    layer = written("ScanDecoder", call, w=layers.Dense(8), u=layers.Dense(8))
    return attending(layer, given(3, source=6, target=6), STEPS)


@variant
def scan_of_keras() -> Specimen:
    def call(self: Any, source: Any, target: Any) -> Any:
        def step(state: Any, x: Any) -> Any:
            weights = told(ops.softmax(ops.einsum("bd,bkd->bk", state @ self.w, source)), "bk")
            context = ops.einsum("bk,bkd->bd", weights, source)
            state = ops.tanh((context + x) @ self.u)
            return state, state

        _, states = ops.scan(step, ops.mean(source, axis=1), ops.transpose(target, (1, 0, 2)))
        return ops.transpose(states, (1, 0, 2))

    layer = written("ScanDecoder", call, w=(8, 8), u=(8, 8))
    return attending(layer, given(source=5, target=6), STEPS)


@variant
def loop_written_as_python_that_becomes_a_graph() -> Specimen:
    """`for step in tf.range(...)` inside a `tf.function`."""

    def call(self: Any, source: Any, target: Any) -> Any:
        @tf.function
        def decode(source: Any, target: Any) -> Any:
            state = tf.reduce_mean(source, axis=1)
            outputs = tf.TensorArray(tf.float32, size=6)
            for step in tf.range(6):
                weights = tf.nn.softmax(tf.einsum("bd,bkd->bk", tf.matmul(state, self.w), source))
                state = tf.tanh(tf.matmul(tf.einsum("bk,bkd->bd", weights, source) + target[:, step], self.u))
                outputs = outputs.write(step, state)
            return tf.transpose(outputs.stack(), [1, 0, 2])

        told_states = tf.reduce_mean(source, axis=1)
        for step in range(6) if tf.executing_eagerly() else ():
            weights = told(tf.nn.softmax(tf.einsum("bd,bkd->bk", tf.matmul(told_states, self.w), source)), "bk")
            told_states = tf.tanh(tf.matmul(tf.einsum("bk,bkd->bd", weights, source) + target[:, step], self.u))
        return decode(source, target)

    layer = written("GraphDecoder", call, w=(8, 8), u=(8, 8))
    return attending(layer, given(source=6, target=6), STEPS)


@variant
def steps_that_read_memory_slots() -> Specimen:
    """Several reads of one memory, a question that changes with each (memory networks): hops are rows without words."""

    def call(self: Any, question: Any, x: Any) -> Any:
        u = tf.reduce_sum(question, axis=1)
        for _ in range(3):
            weights = told(tf.nn.softmax(tf.einsum("bd,bkd->bk", u, self.a(x)) * 0.5), "bk")
            u = self.h(u) + tf.einsum("bk,bkd->bd", weights, self.c(x))
        return u

    layer = written("MemN2N", call, a=layers.Dense(8), c=layers.Dense(8), h=layers.Dense(8))
    hops = Drawn(("cross", "other"), "", "x", note=".")
    return attending(layer, given(question=4, x=6), hops, factor=1.2)
