"""Small models and what they logged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger

SOURCE_IDS = np.array([[3, 1, 4, 1, 5], [9, 2, 6, 0, 0]])
TARGET_IDS = np.array([[2, 7, 1, 8, 2, 8], [1, 8, 2, 0, 0, 0]])
WORDS = ["", "[UNK]", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def _embedding() -> layers.Embedding:
    """Returns vectors so long that no weight is like another."""
    return layers.Embedding(10, 8, embeddings_initializer=keras.initializers.RandomNormal(stddev=2))


def language_model(causal: bool = True, length: int = 6) -> keras.Model:
    """Returns a model that predicts words from words."""
    ids = layers.Input((length,), dtype="int32", name="ids")
    x = _embedding()(ids)
    x = layers.MultiHeadAttention(2, 4, name="attention")(x, x, use_causal_mask=causal)
    model = keras.Model(ids, layers.Dense(10)(x), name="language")
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def translator(source_length: int = 5, target_length: int = 6, depth: int = 2) -> keras.Model:
    """Returns an encoder-decoder Transformer, as small as can be."""
    source = layers.Input((source_length,), dtype="int32", name="source")
    target = layers.Input((target_length,), dtype="int32", name="target")
    encoded, decoded = _embedding()(source), _embedding()(target)
    for number in range(depth):
        encoded = layers.MultiHeadAttention(2, 4, name=f"encoder_{number}")(encoded, encoded)
    for number in range(depth):
        decoded += layers.MultiHeadAttention(2, 4, name=f"decoder_{number}")(decoded, decoded, use_causal_mask=True)
        decoded += layers.MultiHeadAttention(2, 4, name=f"cross_{number}")(decoded, encoded)
    return keras.Model([source, target], layers.Dense(10)(decoded), name="translator")


def fit(model: keras.Model, *loggers: AttentionLogger, batches: int = 6, **arguments: Any) -> keras.callbacks.History:
    """Trains a language model on batches of one example."""
    ids = np.random.default_rng(0).integers(1, 10, (batches, 6))
    options = {"epochs": 1, "batch_size": 1, "verbose": 0, **arguments}
    return model.fit(ids, ids, callbacks=[*loggers], **options)


def log_once(folder: Path, model: keras.Model, inputs: Any, **arguments: Any) -> list[seqviz.AttentionRecord]:
    """Logs a model as it is at step 0; returns one record per example."""
    logger = AttentionLogger(folder, inputs, **arguments)
    logger.set_model(model)
    logger.log(0)
    logger.close()
    return list(seqviz.read(folder, "attention"))


def steps(folder: str | os.PathLike[str], tag: str = "attention/probe/0") -> list[int]:
    """Returns the steps that a folder holds."""
    return [record.step for record in seqviz.read(folder) if record.tag == tag]


def roles(record: seqviz.AttentionRecord) -> dict[str, tuple[str, str, str]]:
    """Returns the role, query axis and key axis of each layer by its path."""
    return {layer.path: (layer.role, layer.query_axis, layer.key_axis) for layer in record.layers}
