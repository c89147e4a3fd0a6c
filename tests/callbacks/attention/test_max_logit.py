"""The largest score before the softmax of each head, as plain numpy has it, of unchanged models that `fit` logs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger

IDS = np.array([[1, 2, 3, 4, 5, 0, 0], [5, 3, 1, 0, 0, 0, 0], [2, 4, 6, 1, 3, 5, 7]])


class Written(layers.Layer):
    """Attention as people write it, in one head: of scores [batch, keys, queries], which are masked by a large negative number."""

    def __init__(self) -> None:
        super().__init__(name="written")
        self.query, self.key, self.runs_in_python = layers.Dense(4), layers.Dense(4), False

    def call(self, x: Any) -> Any:
        """Attends."""
        if self.runs_in_python:
            assert float(ops.max(x)) < 1e9
        scores = ops.einsum("bqd,bkd->bkq", self.query(x), self.key(x)) * 3
        scores = scores + ops.cast(ops.equal(ops.mean(x, -1, keepdims=True), 0), "float32") * -1e9
        return ops.einsum("bkq,bkd->bqd", ops.softmax(scores, axis=1), x)


class Squares(layers.Layer):
    """Weights that no softmax made."""

    def call(self, x: Any) -> Any:
        """Attends."""
        scores = ops.square(ops.matmul(x, ops.transpose(x, (0, 2, 1))))
        return ops.matmul(scores / ops.sum(scores, axis=-1, keepdims=True), x)


def model_of(layer: layers.Layer, **named: Any) -> keras.Model:
    ids = layers.Input((7,))
    x = layers.Embedding(8, 6, mask_zero=bool(named), embeddings_initializer="normal", name="embedding")(ids)
    x = layer(x, x, **named) if named else layer(x)
    return keras.Model(ids, layers.Dense(8)(x))


def logged(model: keras.Model, folder: Path) -> list[seqviz.AttentionLayer]:
    AttentionLogger(folder, IDS, model=model).log(0)
    return [record.layers[0] for record in seqviz.read(folder, "attention")]


@pytest.mark.parametrize("dropout", [0.0, 0.1])  # with dropout Keras masks what its softmax returns, too
def test_scores_of_keras_are_scaled_and_masked_ones_left_out(dropout: float, tmp_path: Path) -> None:
    attention = layers.MultiHeadAttention(2, 4, dropout=dropout, name="attention")
    model = model_of(attention, use_causal_mask=True)
    query, query_bias, key, key_bias = (np.array(weight) for weight in attention.weights[:4])
    query_bias[:], key_bias[:] = 2, -1
    attention.weights[1].assign(query_bias)
    attention.weights[3].assign(key_bias)
    x = np.array(model.get_layer("embedding").weights[0])[IDS]
    queries, keys = (
        np.einsum("btd,dhe->bhte", x, kernel) + bias[:, None] for kernel, bias in ((query, query_bias), (key, key_bias))
    )
    scores = np.einsum("bhqe,bhke->bhqk", queries, keys) / np.sqrt(4)
    allowed = (IDS != 0)[:, None, None, :] & (IDS != 0)[:, None, :, None] & np.tri(7, dtype=bool)
    expected = np.where(allowed, scores, -np.inf).max(axis=(2, 3))
    for layer, of_example in zip(logged(model, tmp_path), expected, strict=True):
        np.testing.assert_allclose(layer.measures["max_logit"], of_example, rtol=1e-5)


@pytest.mark.parametrize("runs_in_python", [False, True])
def test_scores_that_are_written_by_hand(runs_in_python: bool, tmp_path: Path) -> None:
    written = Written()
    model = model_of(written)
    written.runs_in_python = runs_in_python
    table = np.array(model.get_layer("embedding").weights[0])
    table[0] = 0
    model.get_layer("embedding").weights[0].assign(table)
    x = table[IDS]
    queries, keys = (x @ np.array(dense.weights[0]) for dense in (written.query, written.key))
    scores = np.where((IDS != 0)[:, None, :], 3 * queries @ np.swapaxes(keys, 1, 2), -np.inf)
    found = [layer.measures["max_logit"] for layer in logged(model, tmp_path)]
    np.testing.assert_allclose(np.concatenate(found), scores.max(axis=(1, 2)), rtol=1e-5)


def test_scores_of_a_softmax_layer_with_a_mask(tmp_path: Path) -> None:
    ids = layers.Input((7,))
    x = layers.Embedding(8, 6, embeddings_initializer="normal", name="embedding")(ids)
    weights = layers.Softmax(name="weights")(layers.Dot((2, 2))([x, x]), mask=(ids != 0)[:, None, :])
    model = keras.Model(ids, layers.Dot((2, 1), name="attention")([weights, x]))
    table = np.array(model.get_layer("embedding").weights[0])[IDS]
    scores = np.where((IDS != 0)[:, None, :], table @ np.swapaxes(table, 1, 2), -np.inf)
    found = [layer.measures["max_logit"] for layer in logged(model, tmp_path)]
    np.testing.assert_allclose(np.concatenate(found), scores.max(axis=(1, 2)), rtol=1e-5)


def test_where_there_are_no_scores_there_is_no_largest(tmp_path: Path) -> None:
    found = logged(model_of(Squares(name="squares")), tmp_path)
    assert len(found) == 3
    assert all("max_logit" not in layer.measures for layer in found)
