"""Captured weights against numpy, for every kind of attention and of model, and what capturing costs and says."""

from __future__ import annotations

import gc
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.capturing import capture_of
from helpers.zoo import CASES
from helpers.zoo.case import LENGTH, Block, Calling, X, of_one_input
from helpers.zoo.reference import multi_head, softmax
from keras import layers, ops
from tensorflow.nn import softmax as imported_softmax

from tb_seqviz_plugin.callbacks import CaptureError, sow

# Cases that others are much like, and what XLA compiles, which takes seconds: test_noninterference.py captures beside it, too.
LONG = {
    "attention_over_images",
    "attention_over_one_axis_of_images",
    "compiled_with_xla",
    "dot_product_concat",
    "dot_product_scaled",
    "encoders_in_the_model_itself",
    "function_of_the_user",
    "gate_over_time",
    "grouped_in_rank_five",
    "heads_as_layers",
    "mixed_float16",
    "multi_head_causal",
    "multi_head_cross",
    "multi_head_cross_explicit_mask",
    "multi_head_padding_mask",
    "names_of_the_world",
    "nested_models",
    "quantised",
    "same_name_twice",
    "scores_asked_for_by_the_model",
    "sequential",
    "softmax_spelled_out_over_columns",
    "softmax_spelled_out_over_time",
    "subclassed_with_lists_and_dicts",
    "time_distributed_of_unknown_length",
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.long] * (name in LONG)) for name in CASES])
def test_weights_are_those_that_numpy_computes(name: str) -> None:
    case = CASES[name]()
    capture = capture_of(case.model, case.inputs)
    for _ in range(2):
        captured = capture()
        assert [layer.path for layer in captured] == list(case.paths)
        for layer, expected in zip(captured, case.expected, strict=True):
            assert layer.weights.dtype == np.float32
            assert layer.weights.shape == expected.shape
            expected = np.where(np.isnan(expected), layer.weights, expected)
            np.testing.assert_allclose(layer.weights, expected, rtol=0, atol=case.tolerance)
    assert (capture.why_eager == "") == case.compiled, capture.why_eager
    assert capture.problems == []


def test_calls_of_one_layer_are_numbered_in_order() -> None:
    case = CASES["decoder_loop"]()
    assert [layer.call for layer in capture_of(case.model, case.inputs)()] == list(range(len(case.expected)))


def test_weights_are_those_of_now() -> None:
    layer = layers.MultiHeadAttention(2, 4)
    capture = capture_of(of_one_input(lambda x: layer(x, x)), X)
    before = capture()[0].weights
    layer._query_dense.kernel.assign(layer._query_dense.kernel * 3)
    after = capture()[0].weights
    np.testing.assert_allclose(after, multi_head(layer, X, X)[0], atol=1e-6)
    assert not np.allclose(before, after, atol=1e-3)


def test_model_is_traced_once() -> None:
    calls = []

    def call(self: Any, x: Any) -> Any:
        calls.append(tf.inside_function())
        return self.block(x)

    model = Calling(call, block=Block())
    calls.clear()
    capture = capture_of(model, X)
    for _ in range(5):
        capture()
    assert calls == [True]


def test_nothing_piles_up() -> None:
    for name in ("multi_head_self", "while_loop"):
        case = CASES[name]()
        capture = capture_of(case.model, case.inputs)
        for _ in range(20):
            capture()
        gc.collect()
        before = len(gc.get_objects())
        for _ in range(200):
            capture()
        gc.collect()
        assert len(gc.get_objects()) - before < 100, name


def test_variables_unknown_to_keras_are_not_assigned() -> None:
    class Counting(layers.Layer):
        def build(self, shape: Any) -> None:
            self.calls = tf.Variable(0, trainable=False)

        def call(self, x: Any) -> Any:
            self.calls.assign_add(1)
            return x

    counting, block = Counting(), Block()
    capture = capture_of(of_one_input(lambda x: block(counting(x))), X)
    before = int(counting.calls.numpy())
    capture()
    assert int(counting.calls.numpy()) == before


class Sowing(layers.Layer):
    def call(self, x: Any) -> Any:
        weights = sow("mine", tf.nn.softmax(tf.matmul(x, x, transpose_b=True)))
        return tf.matmul(weights, x)


def test_attention_that_is_sown_and_found_comes_once() -> None:
    captured = capture_of(of_one_input(Sowing(name="layer")), X)()
    assert [layer.path for layer in captured] == ["layer/mine"]


def test_sow_returns_its_tensor_where_nothing_listens() -> None:
    weights = tf.ones((1, 2, 3))
    assert sow("gate", weights) is weights


def test_attention_in_a_loop_is_that_of_each_step() -> None:
    class Mixer(layers.Layer):
        def call(self, x: Any) -> Any:
            def body(step: Any, state: Any) -> Any:
                return step + 1, tf.matmul(imported_softmax(tf.matmul(state, x, transpose_b=True)), x)

            return tf.while_loop(lambda step, state: step < 3, body, (0, x))[1]

    block, mixer = Block(name="block"), Mixer(name="mixer")
    capture = capture_of(of_one_input(lambda x: mixer(block(x))), X)
    hidden, state = block(X).numpy(), block(X).numpy()
    first, *steps = capture()
    assert [layer.path for layer in (first, *steps)] == ["block/attention", *["mixer"] * 3]
    for layer in steps:
        weights = softmax(state @ hidden.transpose(0, 2, 1))
        np.testing.assert_allclose(layer.weights[:, 0], weights, atol=1e-5)
        state = weights @ hidden
    assert capture.problems == []


def test_weights_without_a_batch_are_named() -> None:
    class Positions(layers.Layer):
        def call(self, x: Any) -> Any:
            sow("table", ops.softmax(ops.ones((3, LENGTH, LENGTH))))
            return x

    capture = capture_of(of_one_input(Positions(name="positions")), X)
    assert capture() == []
    assert capture() == []
    (problem,) = capture.problems
    assert problem == (
        "positions/table: its weights have shape [3, 6, 6], whose first axis is not a multiple of the probe's 2 examples"
    )


def test_one_model_may_be_captured_again_after_it_changed() -> None:
    layer = layers.Attention(name="attention")
    model = Calling(lambda self, x: self.attention([x * self.factor, x]), attention=layer, factor=1.0)
    capture_of(model, X)()
    model.factor = 2.0
    (captured,) = capture_of(model, X)()
    np.testing.assert_allclose(captured.weights[:, 0], softmax(2 * X @ X.transpose(0, 2, 1)), atol=1e-6)


def test_unbuilt_model_is_refused() -> None:
    with pytest.raises(CaptureError, match=r"The model 'fresh' is not built.*Call it once on a batch"):
        capture_of(keras.Sequential([layers.Dense(3)], name="fresh"), X)
