"""What one call of the structure logger costs, as a multiple of a training step of the same model on the same batch.

    python benchmarks/structure_cost.py [--layers 100 1000 10000]

CPU seconds of all threads. Beside both stands the least that gradients can cost: the loss, taken through the model and back.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from capture_cost import VOCABULARY, transformer
from keras import layers
from measure import Timing, clocked, seconds, table

from tb_seqviz_plugin.callbacks.model.call import ways_to_call
from tb_seqviz_plugin.callbacks.drawing.svg import to_svg
from tb_seqviz_plugin.callbacks.structure.statistics import GROUPS, ModelStatistics
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of

BATCH, ROUNDS, WIDTH = 32, 9, 128


def recurrent() -> keras.Model:
    """Returns two LSTM layers that foretell the next word."""
    return keras.Sequential(
        [
            layers.Input((128,), dtype="int32"),
            layers.Embedding(VOCABULARY, WIDTH),
            layers.LSTM(WIDTH, return_sequences=True),
            layers.LSTM(WIDTH, return_sequences=True),
            layers.Dense(VOCABULARY),
        ]
    )


def there_and_back(model: keras.Model, tokens: Any) -> Callable[[], object]:
    """Returns what computes the gradients of the loss, and nothing else."""
    weights = [weight.value for weight in model.trainable_weights]

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def gradients(tokens: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = model.compute_loss(y=tokens, y_pred=model(tokens, training=False))
        return [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, weights)]

    return lambda: gradients(tf.constant(tokens))


def row_of(name: str, model: keras.Model, groups: tuple[str, ...]) -> list[str]:
    """Returns a line of the table."""
    tokens = np.random.default_rng(0).integers(1, VOCABULARY, (BATCH, 128)).astype("int32")
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(tokens, tokens)
    traced = clocked(lambda: structure_of(model)).processor
    measure = ModelStatistics(model, ways_to_call(model, (tokens, tokens))[0], groups)
    first = clocked(measure).processor
    ways = [lambda: model.train_on_batch(tokens, tokens), there_and_back(model, tokens), measure]
    for way in ways:
        way()
    # In turn: the machine's other work falls on all.
    rounds = [[clocked(way).processor for way in ways] for _ in range(ROUNDS)]
    ratios = sorted(call / step for step, _, call in rounds)
    times = [str(Timing(list(each))) for each in zip(*rounds, strict=True)]
    return [name, ", ".join(groups), seconds(traced), seconds(first), *times, f"{ratios[len(ratios) // 2]:.2f}"]


class Stack(keras.Model):
    """Many layers one after the other."""

    def __init__(self, count: int) -> None:
        super().__init__(name="stack")
        self.parts = [layers.Dense(8) for _ in range(count)]

    def call(self, x: object) -> object:
        """Returns what comes out of the last."""
        for part in self.parts:
            x = part(x)
        return x


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--layers", nargs="*", type=int, default=[100, 1000, 10_000])
    counts = parser.parse_args().layers
    rows = []
    for name, make in {"2 LSTM layers": recurrent, "Transformer, 6 blocks": transformer}.items():
        for groups in (("parameters",), ("parameters", "activations"), GROUPS):
            keras.utils.clear_session()
            rows.append(row_of(name, make(), groups))
    print(f"128 tokens, width {WIDTH}, batch {BATCH}")
    header = [
        "model",
        "statistics",
        "structure, once",
        "first call, tracing included",
        "training step",
        "loss there and back",
    ]
    print(table([*header, "call", "calls in steps (median of pairs)"], rows), end="\n\n")
    sizes = []
    for count in counts:
        model = Stack(count)
        start = time.perf_counter()
        model(np.ones((1, 8), "float32"))
        built = time.perf_counter() - start
        start = time.perf_counter()
        structure = structure_of(model, (None, 8)).structure
        middle = time.perf_counter()
        svg = to_svg(structure)
        with tempfile.NamedTemporaryFile("w", suffix=".svg", encoding="utf-8") as file:
            file.write(svg)
        sizes.append([f"{count:,}", seconds(built), seconds(middle - start), seconds(time.perf_counter() - middle)])
    print(table(["layers", "the model's own first call", "structure", "drawing"], sizes))


if __name__ == "__main__":
    main()
