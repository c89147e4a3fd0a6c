"""What one call of the structure logger costs, as a multiple of a training step of the same model on the same batch.

python benchmarks/structure_cost.py
"""

from __future__ import annotations

import os
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from capture_cost import VOCABULARY, transformer
from keras import layers
from measure import Timing, seconds, table

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


def row_of(name: str, model: keras.Model, groups: tuple[str, ...]) -> list[str]:
    """Returns a line of the table."""
    tokens = np.random.default_rng(0).integers(1, VOCABULARY, (BATCH, 128)).astype("int32")
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(tokens, tokens)
    start = time.perf_counter()
    structure_of(model)
    traced = time.perf_counter() - start
    start = time.perf_counter()
    measure = ModelStatistics(model, ways_to_call(model, (tokens, tokens))[0], groups)
    measure()
    first = time.perf_counter() - start
    steps, calls = [], []
    for _ in range(ROUNDS):  # in turn, so that the machine's other work falls on both
        start = time.perf_counter()
        model.train_on_batch(tokens, tokens)
        middle = time.perf_counter()
        measure()
        steps.append(middle - start)
        calls.append(time.perf_counter() - middle)
    ratios = sorted(call / step for call, step in zip(calls, steps, strict=True))
    return [
        name,
        ", ".join(groups),
        seconds(traced),
        seconds(first),
        str(Timing(steps)),
        str(Timing(calls)),
        f"{ratios[len(ratios) // 2]:.2f}",
    ]


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
    rows = []
    for name, make in {"2 LSTM layers": recurrent, "Transformer, 4 blocks": transformer}.items():
        for groups in (("parameters",), ("parameters", "activations"), GROUPS):
            keras.utils.clear_session()
            rows.append(row_of(name, make(), groups))
    print(f"128 tokens, width {WIDTH}, batch {BATCH}")
    header = ["model", "statistics", "structure, once", "first call, tracing included", "training step", "call"]
    print(table([*header, "ratio (median of pairs)"], rows), end="\n\n")
    sizes = []
    for count in (100, 1000, 10_000):
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
