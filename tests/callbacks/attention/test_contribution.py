"""How long the values are that weights multiply, as plain numpy has it, of unchanged models; and what a head then contributes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger

TEXTS = np.random.default_rng(0).normal(size=(3, 7, 6)).astype(np.float32)


class Written(layers.Layer):
    """Attention as people write it, in one head, whose weights are [batch, keys, queries]."""

    def __init__(self) -> None:
        super().__init__(name="attention")
        self.runs_in_python = False

    def call(self, x: Any) -> Any:
        """Attends."""
        if self.runs_in_python:
            assert float(ops.max(x)) < 1e9
        scores = ops.einsum("bqd,bkd->bkq", x, x)
        return ops.einsum("bkq,bkd->bqd", ops.softmax(scores, axis=1), 2 * x)


class Gate(layers.Layer):
    """Weights that multiply values which nobody sums, of which each query has its own."""

    def call(self, x: Any) -> Any:
        """Attends."""
        return x * ops.softmax(ops.sum(x, axis=-1, keepdims=True), axis=1)


def logged(
    attend: layers.Layer, folder: Path, arguments: int = 1, runs_in_python: bool = False
) -> list[seqviz.AttentionLayer]:
    inputs = layers.Input((7, 6))
    model = keras.Model(inputs, attend(*[inputs] * arguments))
    attend.runs_in_python = runs_in_python
    AttentionLogger(folder, TEXTS, model=model).log(0)
    return [record.layers[0] for record in seqviz.read(folder, "attention")]


def check(found: list[seqviz.AttentionLayer], values: np.ndarray) -> None:
    """Values: [examples, heads, keys, features]."""
    for layer, lengths in zip(found, np.linalg.norm(values, axis=-1), strict=True):
        np.testing.assert_allclose(layer.value_norms, lengths, rtol=1e-5)
        expected = np.einsum("hqk,hk->hq", layer.weights, lengths).mean(axis=-1)
        np.testing.assert_allclose(layer.measures["contribution"], expected, rtol=0.02)


def test_values_of_keras(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    attention = layers.MultiHeadAttention(2, 4, value_dim=5, name="attention")
    found = logged(attention, tmp_path, arguments=2)
    kernel, bias = (np.array(weight) for weight in attention.weights[4:6])
    check(found, np.einsum("btd,dhe->bhte", TEXTS, kernel) + bias[:, None])


def test_heads_that_share_values(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    attention = layers.GroupQueryAttention(4, 4, 2, name="attention")
    found = logged(attention, tmp_path, arguments=2)
    kernel, bias = (np.array(weight) for weight in attention.weights[4:6])
    check(found, np.repeat(np.einsum("btd,dhe->bhte", TEXTS, kernel) + bias[:, None], 2, axis=1))


@pytest.mark.parametrize("runs_in_python", [False, True])
def test_values_that_are_written_by_hand(runs_in_python: bool, tmp_path: Path) -> None:
    check(logged(Written(), tmp_path, runs_in_python=runs_in_python), 2 * TEXTS[:, None])


def test_where_nothing_is_summed_there_is_none(tmp_path: Path) -> None:
    (first, *_) = logged(Gate(name="gate"), tmp_path)
    assert first.value_norms is None
    assert "contribution" not in first.measures
