"""Small models of each task, with data, for the tests of evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import layers, ops

IDS, CLASSES, LENGTH = 12, 3, 9


def drawn_ids(examples: int, seed: int = 0) -> np.ndarray:
    """Returns int32 [examples, LENGTH], each filled up with zeros from some place on."""
    random = np.random.default_rng(seed)
    ids = random.integers(1, IDS, (examples, LENGTH))
    return np.where(np.arange(LENGTH) < random.integers(3, LENGTH + 1, (examples, 1)), ids, 0).astype("int32")


def classifier(activation: str | None = None, units: int = CLASSES) -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(IDS, 4, mask_zero=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(units, activation=activation),
        ]
    )
    losses = keras.losses
    loss = losses.BinaryCrossentropy if units == 1 else losses.SparseCategoricalCrossentropy
    model.compile("sgd", loss(from_logits=activation is None))
    return model


def tagger() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(IDS, 4, mask_zero=True),
            layers.Bidirectional(layers.GRU(4, return_sequences=True)),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def language_model() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(IDS, 8),
            layers.GRU(8, return_sequences=True),
            layers.Dense(IDS),
        ]
    )


def translator() -> keras.Model:
    source, target = (keras.Input((None,), dtype="int32", name=name) for name in ("source", "target"))
    encoded = layers.GRU(8)(layers.Embedding(IDS, 8)(source))
    decoded = layers.GRU(8, return_sequences=True)(layers.Embedding(IDS, 8)(target), initial_state=encoded)
    return keras.Model({"source": source, "target": target}, layers.Dense(IDS)(decoded))


def reversed_pairs(examples: int, seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Returns inputs, labels and weights: each source backwards, between a start of 10 and an end of 11."""
    random = np.random.default_rng(seed)
    source = random.integers(1, 10, (examples, 4)).astype("int32")
    whole = np.pad(source[:, ::-1], [(0, 0), (1, 1)])
    whole[:, 0], whole[:, -1] = 10, 11
    return {"source": source, "target": whole[:, :-1]}, whole[:, 1:], np.ones((examples, 5), "float32")


def log_softmax(model: keras.Model, inputs: Any) -> np.ndarray:
    """Returns what a plain forward pass says, float64 [..., classes]."""
    given = (
        {name: ops.convert_to_tensor(value) for name, value in inputs.items()}
        if isinstance(inputs, Mapping)
        else inputs
    )
    values = ops.convert_to_numpy(model(given, training=False)).astype(np.float64)
    if model.layers[-1].activation is keras.activations.softmax:
        return np.log(values)
    return values - np.log(np.exp(values).sum(axis=-1, keepdims=True))
