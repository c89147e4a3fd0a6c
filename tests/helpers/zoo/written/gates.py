"""Experts, branches and features under a gate: a softmax over something else than tokens; nothing is drawn or said of it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import layers, ops

from helpers.zoo.specimen import Specimen, specimen, variant, written
from helpers.zoo.written.no_attention import alone, beside_a_block


@variant
def experts_by_einsum() -> Specimen:
    """As many experts as tokens."""

    def call(self: Any, x: Any) -> Any:
        gates = tf.nn.softmax(self.gate(x))
        outputs = tf.stack([getattr(self, f"expert_{number}")(x) for number in range(6)], axis=2)
        return tf.einsum("bte,bted->btd", gates, outputs)

    experts = {f"expert_{number}": layers.Dense(8) for number in range(6)}
    return beside_a_block(written("SoftMixture", call, gate=layers.Dense(6), **experts))


@variant
def experts_by_sum() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        gates = ops.softmax(self.gate(x))[..., None]
        return ops.sum(gates * ops.stack([getattr(self, f"expert_{number}")(x) for number in range(6)], axis=2), axis=2)

    experts = {f"expert_{number}": layers.Dense(8) for number in range(6)}
    return beside_a_block(written("SummedGate", call, gate=layers.Dense(6), **experts))


@variant
def experts_by_product() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        gates = ops.softmax(self.gate(x))[:, :, None]
        outputs = ops.stack([getattr(self, f"expert_{number}")(x) for number in range(6)], axis=2)
        return ops.matmul(gates, outputs)[:, :, 0]

    experts = {f"expert_{number}": layers.Dense(8) for number in range(6)}
    return beside_a_block(written("MultipliedGate", call, gate=layers.Dense(6), **experts))


@variant
def experts_by_a_kernel_for_each() -> Specimen:
    """Multi-gate mixture of experts (Ma et al., 2018) over a pooled vector."""

    def call(self: Any, x: Any) -> Any:
        pooled = ops.mean(x, axis=1)
        outputs = ops.einsum("bd,def->bef", pooled, self.kernel)
        gates = ops.expand_dims(ops.softmax(pooled @ self.gate), -1)
        return ops.sum(outputs * gates, axis=1)

    return alone(written("MMoE", call, kernel=(8, 6, 8), gate=(8, 6)))


@variant
def experts_by_the_largest_gates() -> Specimen:
    """Two of the experts, their gates made to sum to one again."""

    def call(self: Any, x: Any) -> Any:
        gates = tf.nn.softmax(self.router(x))
        top, places = tf.math.top_k(gates, k=2)
        top = top / tf.reduce_sum(top, axis=-1, keepdims=True)
        gates = tf.reduce_sum(tf.one_hot(places, 4) * top[..., None], axis=2)
        outputs = tf.einsum("btd,edf->btef", x, self.kernels)
        return tf.einsum("bte,btef->btf", gates, outputs)

    return beside_a_block(written("SparseMoE", call, router=layers.Dense(4), kernels=(4, 8, 8)))


@specimen
def experts_by_dispatch() -> Specimen:
    """Tokens sent to the slots of their experts and back (Switch): the dispatch sums over tokens, and holds one-hots and gates."""

    def call(self: Any, x: Any) -> Any:
        gates = tf.nn.softmax(self.router(x))
        chosen = tf.one_hot(tf.argmax(gates, axis=-1), 3)
        place = tf.cumsum(chosen, axis=1) * chosen - 1
        dispatch = chosen[..., None] * tf.one_hot(tf.cast(place, tf.int32), 6)
        combine = dispatch * tf.reduce_max(gates, axis=-1)[..., None, None]
        inputs = tf.einsum("btec,btd->becd", dispatch, x)
        return tf.einsum("btec,becd->btd", combine, tf.einsum("becd,edf->becf", inputs, self.kernels))

    return beside_a_block(written("SwitchMoE", call, router=layers.Dense(3), kernels=(3, 8, 8)))


@variant
def gates_of_features() -> Specimen:
    def call(self: Any, x: Any) -> Any:
        return x * tf.nn.softmax(self.gate(x), axis=-1)

    return beside_a_block(written("FeatureGate", call, gate=layers.Dense(8)))


@variant
def gates_of_branches() -> Specimen:
    """Selective kernels: two convolutions mixed by a softmax over the two."""

    def call(self: Any, x: Any) -> Any:
        branches = ops.stack([self.narrow(x), self.wide(x)], axis=1)
        pooled = ops.mean(ops.sum(branches, axis=1), axis=1)
        weights = ops.softmax(ops.reshape(self.select(pooled), (-1, 2, 1, 8)), axis=1)
        return ops.sum(branches * weights, axis=1)

    parts = {"narrow": layers.Conv1D(8, 3, padding="same"), "wide": layers.Conv1D(8, 5, padding="same")}
    return beside_a_block(written("SelectiveKernel", call, select=layers.Dense(16), **parts))


@variant
def squeezed_and_excited() -> Specimen:
    """Channels scaled by what their means say."""

    def call(self: Any, x: Any) -> Any:
        squeezed = tf.reduce_mean(x, axis=1, keepdims=True)
        return x * tf.nn.softmax(self.up(tf.nn.relu(self.down(squeezed))))

    return beside_a_block(written("SqueezeExcite", call, down=layers.Dense(2), up=layers.Dense(8)))


@variant
def layers_mixed_by_learnt_scalars() -> Specimen:
    """ELMo's mix: a softmax over a parameter sums the layers."""

    def call(self: Any, x: Any) -> Any:
        states = tf.stack([x, self.one(x), self.two(x)], axis=0)
        return tf.tensordot(tf.nn.softmax(self.scalars), states, axes=1)

    return beside_a_block(written("ScalarMix", call, scalars=(3,), one=layers.Dense(8), two=layers.Dense(8)))
