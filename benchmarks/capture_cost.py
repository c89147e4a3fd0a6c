"""What capture costs, as a multiple of a plain forward pass of the same model on the same batch.

python benchmarks/capture_cost.py
"""

from __future__ import annotations

import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers
from measure import Timing, seconds, table

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


def first_capture(model: keras.Model, tokens: npt.NDArray[np.int32]) -> tuple[Capture, float]:
    """Returns what captures, and the CPU seconds until it has captured once."""
    start = time.process_time()
    capture = Capture(model, {"tokens": tokens}, lambda arrays: model(arrays["tokens"], training=False))
    capture()
    return capture, time.process_time() - start


def row_of(batch: int) -> list[str]:
    """Returns a line of the table."""
    model = transformer()
    tokens = np.random.default_rng(0).integers(0, VOCABULARY, (batch, LENGTH)).astype("int32")
    tensor = tf.constant(tokens)
    plain = tf.function(lambda x: model(x, training=False), autograph=False)
    first_capture(model, tokens)  # what TensorFlow does once in a process is not the capture's
    capture, first = first_capture(model, tokens)
    plain(tensor)
    start = time.process_time()
    for _ in range(ROUNDS):
        plain(tensor).numpy()
    a_pass = (time.process_time() - start) / ROUNDS
    ours, theirs = [], []
    for _ in range(ROUNDS):  # in turn, so that the machine's other work falls on both
        start = time.perf_counter()
        plain(tensor).numpy()
        middle = time.perf_counter()
        capture()
        theirs.append(middle - start)
        ours.append(time.perf_counter() - middle)
    ratios = sorted(a / b for a, b in zip(ours, theirs, strict=True))
    times = [str(Timing(theirs)), str(Timing(ours)), f"{ratios[len(ratios) // 2]:.2f}"]
    return [str(batch), *times, seconds(first), f"{first / a_pass:.0f}"]


def main() -> None:
    """Prints the table."""
    print(f"{BLOCKS} blocks x {HEADS} heads, {LENGTH} tokens, width {WIDTH}")
    header = ["batch", "plain forward pass", "capture", "ratio (median of pairs)"]
    header += ["first capture, once per fit, CPU", "first capture, in passes"]
    print(table(header, [row_of(batch) for batch in (1, 4, 8)]))


if __name__ == "__main__":
    main()
