"""What capture costs, as a multiple of a plain forward pass of the same model on the same batch.

python benchmarks/capture_cost.py
"""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from measure import Timing, table

from tb_seqviz_plugin.callbacks.attention.capture import Capture

BLOCKS, HEADS, WIDTH, LENGTH, VOCABULARY = 6, 8, 256, 128, 1000
ROUNDS = 15


def transformer() -> keras.Model:
    """Returns a decoder-only Transformer."""
    tokens = layers.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(VOCABULARY, WIDTH)(tokens)
    for _ in range(BLOCKS):
        attended = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, x, use_causal_mask=True)
        x = layers.LayerNormalization()(x + attended)
        x = layers.LayerNormalization()(x + layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="gelu")(x)))
    return keras.Model(tokens, layers.Dense(VOCABULARY)(x))


def main() -> None:
    """Prints the table."""
    import time

    rows = []
    for batch in (1, 4, 8):
        model = transformer()
        tokens = np.random.default_rng(0).integers(0, VOCABULARY, (batch, LENGTH)).astype("int32")
        tensor = tf.constant(tokens)
        plain = tf.function(lambda x, model=model: model(x, training=False), autograph=False)
        start = time.perf_counter()
        capture = Capture(
            model, {"tokens": tokens}, lambda arrays, model=model: model(arrays["tokens"], training=False)
        )
        capture()
        first = time.perf_counter() - start
        plain(tensor)
        ours, theirs = [], []
        for _ in range(ROUNDS):  # in turn, so that the machine's other work falls on both
            start = time.perf_counter()
            plain(tensor).numpy()
            middle = time.perf_counter()
            capture()
            theirs.append(middle - start)
            ours.append(time.perf_counter() - middle)
        ratios = sorted(a / b for a, b in zip(ours, theirs, strict=True))
        rows.append(
            [
                str(batch),
                str(Timing(theirs)),
                str(Timing(ours)),
                f"{ratios[len(ratios) // 2]:.2f}",
                f"{first:.2f} s",
                f"{first / np.median(theirs):.0f}",
            ]
        )
    print(f"{BLOCKS} blocks x {HEADS} heads, {LENGTH} tokens, width {WIDTH}")
    print(
        table(
            [
                "batch",
                "plain forward pass",
                "capture",
                "ratio (median of pairs)",
                "first capture, once per fit",
                "in plain passes",
            ],
            rows,
        )
    )


if __name__ == "__main__":
    main()
