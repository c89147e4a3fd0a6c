"""A small model of long texts, trained, and how much of their weight its heads put on few keys; see `long_heads.py --trained`."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from keras import layers, ops
from measure import table

from tb_seqviz_plugin import AttentionLayer
from tb_seqviz_plugin.callbacks.attention.capture import Capture
from tb_seqviz_plugin.records.attention.blobs import decode_attention, encode_attention

BLOCKS, HEADS, UNITS = 3, 4, 96
BATCH = 2
SHORT = 4
"""At first the model sees texts of a part of the length, as many times as many of them, for as many times as many steps."""
LEARNING_RATE = 3e-3
WARM_UP = 100
HELD_OUT = 0.05
BUDGETS = (4, 16, 64)
"""Of the bytes that all weights take as many parts."""


class Places(layers.Layer):
    """Adds to each vector of a sequence its place, in sines and cosines (Vaswani et al. 2017, section 3.5)."""

    def call(self, x: object) -> object:
        """Returns float32 [batch, length, UNITS]."""
        rates = ops.exp(ops.arange(0, UNITS, 2, dtype="float32") * -(np.log(10_000) / UNITS))
        angles = ops.arange(ops.shape(x)[1], dtype="float32")[:, None] * rates
        return x + ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)


def model_of(vocabulary: int, steps: int) -> keras.Model:
    """Returns a new Transformer that foretells the next character, compiled for so many steps."""
    ids = layers.Input((None,), dtype="int32")
    x = Places()(layers.Embedding(vocabulary, UNITS)(ids))
    for block in range(BLOCKS):
        normed = layers.LayerNormalization()(x)
        attention = layers.MultiHeadAttention(HEADS, UNITS // HEADS, name=f"block_{block}")
        x = x + attention(normed, normed, use_causal_mask=True)
        x = x + layers.Dense(UNITS)(layers.Dense(4 * UNITS, activation="gelu")(layers.LayerNormalization()(x)))
    model = keras.Model(ids, layers.Dense(vocabulary)(layers.LayerNormalization()(x)))
    rate = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=LEARNING_RATE, warmup_steps=WARM_UP)
    model.compile(keras.optimizers.AdamW(rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def train(model: keras.Model, ids: np.ndarray, tokens: int, batch: int, steps: int) -> None:
    """Trains a model on stretches of a text."""
    starts = np.random.default_rng(0).integers(len(ids) - tokens - 1, size=steps * batch)
    x, y = (np.stack([ids[start + shift : start + shift + tokens] for start in starts]) for shift in (0, 1))
    model.fit(x, y, batch_size=batch, shuffle=False, verbose=2)


def held(model: keras.Model, text: np.ndarray) -> list[list[str]]:
    """Returns for each layer and budget how many weights of each query are kept, and what share of its weight they are."""
    rows = []
    for found in Capture(model, {"ids": text}, lambda inputs: model(inputs["ids"], training=False))():
        for part in BUDGETS:
            layer = AttentionLayer(found.path, found.weights[0], role="decoder self")
            blobs, _ = encode_attention([layer], most=layer.weights.size // part)
            kept = decode_attention(blobs)[1][0].strongest
            if kept is None:  # there is no room for them
                continue
            shares = [kept.held.mean(), kept.held.min(), kept.least_held.min()]
            rows.append([found.path, f"1/{part}", str(kept.keys.shape[2]), *(f"{share:.1%}" for share in shares)])
    return rows


def trained_heads(path: Path, tokens: int, steps: int) -> str:
    """Returns a table for a new model and one for the model after it has been trained on a text.

    Args:
        path: of the text, in UTF-8.
        tokens: how many characters the model sees at once.
        steps: of training, of `BATCH` texts each, after those on short ones.
    """
    keras.utils.set_random_seed(0)
    characters, ids = np.unique(list(path.read_text(encoding="utf-8")), return_inverse=True)
    known, unseen = np.split(ids, [int(len(ids) * (1 - HELD_OUT))])
    unseen = unseen[None, : tokens + 1]
    model = model_of(len(characters), steps * (1 + SHORT))
    said = []
    for name in ("new", "trained"):
        if name == "trained":
            train(model, known, tokens // SHORT, BATCH * SHORT, steps * SHORT)
            train(model, known, tokens, BATCH, steps)
        bits = model.evaluate(unseen[:, :-1], unseen[:, 1:], verbose=0) / np.log(2)
        header = [f"{name} model, {bits:.2f} bits a character", "of the bytes", "kept of a query"]
        header += ["of its weight", "in the head with least", "of the query with least"]
        said.append(table(header, held(model, unseen[:, :-1])))
    return "\n\n".join(said)
