"""What an evaluation costs beside the bare `model.predict` on the same 10,000 sequences, in turn.

python benchmarks/evaluation_cost.py

All teacher-forced measures, slices, intervals and examples of `evaluate`, at its defaults. Both have run once before: what is
compiled and found out once is told beside. Time of the processor is of all cores, and says what there is to do, however busy the
machine is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from statistics import median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers
from measure import Timing, clocked, seconds, table

from tb_seqviz_plugin.callbacks import EvaluationOptions
from tb_seqviz_plugin.callbacks.evaluation.evaluator import Evaluator

SEQUENCES, LENGTH, VOCABULARY, WIDTH = 10_000, 32, 1000, 64
ROUNDS = 7


def classifier() -> tuple[keras.Model, Any]:
    """Returns a recurrent classifier of two classes, and its data."""
    ids = np.random.default_rng(0).integers(1, VOCABULARY, (SEQUENCES, LENGTH)).astype("int32")
    model = keras.Sequential(
        [
            layers.Input((LENGTH,), dtype="int32"),
            layers.Embedding(VOCABULARY, WIDTH),
            layers.Bidirectional(layers.GRU(WIDTH)),
            layers.Dense(2),
        ]
    )
    return model, (ids, ids[:, 0] % 2)


def tagger() -> tuple[keras.Model, Any]:
    """Returns a recurrent tagger of nine classes, and its data."""
    ids = np.random.default_rng(0).integers(1, VOCABULARY, (SEQUENCES, LENGTH)).astype("int32")
    model = keras.Sequential(
        [
            layers.Input((LENGTH,), dtype="int32"),
            layers.Embedding(VOCABULARY, WIDTH),
            layers.Bidirectional(layers.GRU(WIDTH, return_sequences=True)),
            layers.Dense(9),
        ]
    )
    return model, (ids, ids % 9)


def language_model() -> tuple[keras.Model, Any]:
    """Returns a Transformer that predicts the next token, and its data."""
    ids = np.random.default_rng(0).integers(1, VOCABULARY, (SEQUENCES, LENGTH + 1)).astype("int32")
    tokens = layers.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(VOCABULARY, WIDTH)(tokens)
    for _ in range(2):
        x = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, WIDTH // 4)(x, x, use_causal_mask=True))
        x = layers.LayerNormalization()(x + layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="gelu")(x)))
    return keras.Model(tokens, layers.Dense(VOCABULARY)(x)), (ids[:, :-1], ids[:, 1:])


def row_of(name: str, make: Callable[[], tuple[keras.Model, Any]]) -> list[str]:
    """Returns a line of the table."""
    model, (x, y) = make()
    evaluator = Evaluator((x, y), "auto", None, 64, None, None, None, (), EvaluationOptions(), print)
    batch_size = EvaluationOptions().batch_size
    first = clocked(lambda: evaluator(model)).wall
    model.predict(x, batch_size=batch_size, verbose=0)
    theirs, ours = [], []
    for _ in range(ROUNDS):  # in turn, so that the machine's other work falls on both
        theirs.append(clocked(lambda: model.predict(x, batch_size=batch_size, verbose=0)))
        ours.append(clocked(lambda: evaluator(model)))
    walls = [str(Timing([took.wall for took in each])) for each in (theirs, ours)]
    pairs = list(zip(ours, theirs, strict=True))
    ratios = (f"{median([a[kind] / b[kind] for a, b in pairs]):.2f}" for kind in (0, 1))
    return [name, *walls, *ratios, seconds(first)]


def main() -> None:
    """Prints the table."""
    print(f"{SEQUENCES:,} sequences of {LENGTH} tokens")
    models = {
        "classifier, GRU": classifier,
        "tagger, GRU": tagger,
        "language model, Transformer": language_model,
    }
    header = ["model", "predict", "evaluation", "x predict", "x predict, processor", "first evaluation"]
    print(table(header, [row_of(name, make) for name, make in models.items()]))


if __name__ == "__main__":
    main()
