"""How many tokens a second are written, beside the handbook's way: one temperature after the other, one call per token.

    python benchmarks/generation.py [--models character ...]

The handbook's way is timed on one of the four temperatures (of the character model: on its first 100 characters, each of
which costs the same) and taken times four.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import numpy.typing as npt
from keras import layers, ops
from measure import Timing, table

from tb_seqviz_plugin.callbacks.generate import Generator, Sampling

TEMPERATURES = (0.2, 0.5, 1.0, 1.2)
ROUNDS = 3


class CharacterRnn(keras.Model):
    """An LSTM cell, unrolled over a window of one-hot characters."""

    def __init__(self, characters: int, window: int) -> None:
        super().__init__()
        self.window = window
        self.cell = layers.LSTMCell(256)
        self.dense = layers.Dense(characters)

    def call(self, inputs: Any) -> Any:
        """Returns logits of the next character, [batch, characters]."""
        state = [ops.zeros((ops.shape(inputs)[0], 256))] * 2
        for place in range(self.window):
            output, state = self.cell(inputs[:, place, :], state)
        return self.dense(output)


@dataclass
class Task:
    """A model to write with.

    Args:
        name: of the row.
        model: the model.
        prompt: what to continue.
        length: how many tokens to write at each temperature.
        timed: how many of them the handbook's way is timed on.
        chances: the handbook's way to ask for the next token.
    """

    name: str
    model: keras.Model
    prompt: list[int]
    length: int
    timed: int
    chances: Callable[[list[int]], npt.NDArray[np.float64]]


def softmax(logits: Any) -> npt.NDArray[np.float64]:
    """Returns probabilities, float64 [vocabulary]."""
    values = np.asarray(logits, np.float64)
    weights = np.exp(values - values.max())
    return weights / weights.sum()


def character() -> Task:
    """The fifth of the classic tutorials: windows of 40 of 60 characters."""
    characters, window = 60, 40
    model = CharacterRnn(characters, window)
    vectors = np.eye(characters, dtype=np.float32)
    model(vectors[None, :window])
    prompt = np.random.default_rng(0).integers(0, characters, window).tolist()
    return Task(
        "character RNN, LSTMCell(256), window of 40",
        model,
        prompt,
        400,
        100,
        lambda ids: softmax(model(vectors[ids[-window:]][None])[0]),
    )


def poetry() -> Task:
    """The fourth: two LSTM(128) and a softmax over 3,000 characters at every position."""
    model = keras.Sequential(
        [
            layers.Input((None,)),
            layers.Embedding(3000, 128),
            layers.LSTM(128, dropout=0.5, return_sequences=True),
            layers.LSTM(128, dropout=0.5, return_sequences=True),
            layers.TimeDistributed(layers.Dense(3000, activation="softmax")),
        ]
    )
    return Task(
        "poetry, two LSTM(128), TimeDistributed, 3,000 characters",
        model,
        [1, 2, 3, 4, 5],
        60,
        60,
        lambda ids: np.asarray(model(np.array([ids]))[0, -1], np.float64),
    )


class Positions(layers.Layer):
    """Adds an embedding of the place."""

    def __init__(self, longest: int, width: int) -> None:
        super().__init__()
        self.embedding = layers.Embedding(longest, width)

    def build(self, shape: Any) -> None:
        """Makes the weights."""
        self.embedding.build((None,))

    def call(self, x: Any) -> Any:
        """Returns x with places, [batch, time, width]."""
        return x + self.embedding(ops.arange(ops.shape(x)[1]))[None]


def transformer() -> Task:
    """A decoder-only Transformer of 4 layers, 8 heads and width 128, without a cache."""
    tokens = layers.Input((None,), dtype="int32")
    x = Positions(128, 128)(layers.Embedding(1000, 128)(tokens))
    for _ in range(4):
        normed = layers.LayerNormalization()(x)
        x = x + layers.MultiHeadAttention(8, 16)(normed, normed, use_causal_mask=True)
        x = x + layers.Dense(128)(layers.Dense(512, activation="gelu")(layers.LayerNormalization()(x)))
    model = keras.Model(tokens, layers.Dense(1000)(layers.LayerNormalization()(x)))
    return Task(
        "Transformer, 4 layers, width 128",
        model,
        [1, 2, 3, 4],
        124,
        124,
        lambda ids: softmax(model(np.array([ids]))[0, -1]),
    )


def handbook(task: Task) -> float:
    """Returns the seconds that the handbook's loop takes for all temperatures."""
    random = np.random.default_rng(0)
    task.chances(task.prompt)
    ids = list(task.prompt)
    start = time.perf_counter()
    for _ in range(task.timed):
        weights = np.log(task.chances(ids))
        ids.append(int(random.choice(len(weights), p=softmax(weights / 1.0))))
    return (time.perf_counter() - start) * len(TEMPERATURES) * task.length / task.timed


def main() -> None:
    """Prints the table."""
    tasks = {"character": character, "poetry": poetry, "transformer": transformer}
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="+", choices=tasks, default=list(tasks))
    rows = []
    for name in parser.parse_args().models:
        keras.utils.set_random_seed(0)
        task = tasks[name]()
        generator = Generator(task.model)
        sampling = Sampling(TEMPERATURES, max_length=task.length)
        start = time.perf_counter()
        generator([task.prompt], sampling)
        first = time.perf_counter() - start
        ours, theirs = [], []
        for _ in range(ROUNDS):  # in turn, so that the machine's other work falls on both
            theirs.append(handbook(task))
            start = time.perf_counter()
            generator([task.prompt], sampling)
            ours.append(time.perf_counter() - start)
        written = len(TEMPERATURES) * task.length
        rows.append(
            [
                task.name,
                f"{len(TEMPERATURES)} x {task.length}",
                f"{written / Timing(theirs).median:.0f}",
                f"{written / Timing(ours).median:.0f}",
                f"{Timing([a / b for a, b in zip(theirs, ours, strict=True)]).median:.0f}",
                f"{first:.1f} s",
            ]
        )
    header = [
        "model",
        "tokens",
        "handbook's loop, tokens/s",
        "Generator, tokens/s",
        "ratio",
        "first call, compiling included",
    ]
    print(table(header, rows))


if __name__ == "__main__":
    main()
