"""How many tokens a second are written, beside the handbook's way and the whole text shown again for every token.

    python benchmarks/generation.py [--models character ...]

The handbook's way, one temperature after the other and one call per token, is timed on one of the four temperatures (of the
character model: on its first 100 characters, each of which costs the same) and taken times four. A second table compares with the
`generate` of KerasHub, which draws from the whole distribution as ours does, where KerasHub is installed; as it comes and with XLA,
which it leaves out without a GPU.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import numpy.typing as npt
from keras import layers, ops
from measure import Timing, table

from tb_seqviz_plugin.callbacks.generation.generator import Generator
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.generation.generator_for import generator_for

TEMPERATURES = (0.2, 0.5, 1.0, 1.2)
ROUNDS = 3
MOST_SECONDS = 20.0


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


def first_call(function: Callable[[], object]) -> float:
    """Returns the seconds of a call that compiles."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def in_turn(functions: Sequence[Callable[[], object]], rounds: int) -> list[Timing]:
    """Returns how long each takes, in turn, so that the machine's other work falls on all."""
    taken: list[list[float]] = [[] for _ in functions]
    for _ in range(rounds):
        for seconds, function in zip(taken, functions, strict=True):
            start = time.perf_counter()
            result = function()
            seconds.append(result if isinstance(result, float) else time.perf_counter() - start)
    return [Timing(seconds) for seconds in taken]


def ratio(theirs: Timing, ours: Timing) -> float:
    """Returns the median of the pairs."""
    return Timing([a / b for a, b in zip(theirs.seconds, ours.seconds, strict=True)]).median


def until_xla(generator: Generator, write: Callable[[], object]) -> list[float]:
    """Writes until all that is compiled is as fast as it gets, and returns the seconds that each call took."""
    taken, start = [first_call(write)], time.perf_counter()
    while not generator.is_settled and time.perf_counter() - start < MOST_SECONDS:
        taken.append(first_call(write))
    return taken


def row(task: Task) -> list[str]:
    """Returns the figures of one model."""
    generator, whole = Generator(task.model), Generator(task.model)
    whole.give_up_stepping("of this comparison")
    sampling = Sampling(TEMPERATURES, max_length=task.length)
    write, write_whole = partial(generator, [task.prompt], sampling), partial(whole, [task.prompt], sampling)
    until_settled = until_xla(generator, write)
    write_whole()
    theirs, before, ours = in_turn([lambda: handbook(task), write_whole, write], ROUNDS)
    first = sum(until_settled) - len(until_settled) * ours.median
    written = len(TEMPERATURES) * task.length
    return [
        task.name,
        f"{len(TEMPERATURES)} x {task.length}",
        f"{written / theirs.median:.0f}",
        f"{written / before.median:.0f}",
        f"{written / ours.median:.0f}",
        f"{ratio(theirs, ours):.0f}",
        f"{ratio(before, ours):.1f}",
        f"{first:.1f} s",
        f"{generator.kept_bytes / 1e6:.2f}",
    ]


def keras_hub_rows() -> list[list[str]]:
    """Returns the figures of KerasHub's GPT-2 of 4 layers, 8 heads, width 256 and 5,000 tokens, with a cache in all cases."""
    import keras_hub

    prompt, length, rows = [1, 2, 3, 4], 124, len(TEMPERATURES)
    backbone = keras_hub.models.GPT2Backbone(5000, 4, 8, 256, 1024, max_sequence_length=128)
    model = keras_hub.models.GPT2CausalLM(backbone)
    ids = np.array([prompt + [0] * length] * rows)
    inputs = {"token_ids": ids, "padding_mask": np.arange(128) < np.full((rows, 1), len(prompt))}

    def own(jit_compile: bool | str) -> Callable[[], object]:
        model.compile(sampler="random", jit_compile=jit_compile)
        function = model.make_generate_function()
        return lambda: function(inputs, stop_token_ids=None)["token_ids"].numpy()

    ways = {
        "KerasHub, as it comes": own(jit_compile="auto"),
        "KerasHub with XLA": own(jit_compile=True),
        "KerasHubGenerator": partial(generator_for(model), [prompt], Sampling(TEMPERATURES, max_length=length)),
    }
    firsts = [first_call(write) for write in ways.values()]
    timings = in_turn(list(ways.values()), 3 * ROUNDS)
    return [
        [
            name,
            f"{rows * length / timing.median:.0f}",
            f"{ratio(timings[-1], timing):.2f}",
            f"{first - timing.median:.1f} s",
        ]
        for name, timing, first in zip(ways, timings, firsts, strict=True)
    ]


def main() -> None:
    """Prints the tables."""
    tasks = {"character": character, "poetry": poetry, "transformer": transformer}
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="*", choices=tasks, default=list(tasks))
    rows = []
    for name in parser.parse_args().models:
        keras.utils.set_random_seed(0)
        rows.append(row(tasks[name]()))
    header = [
        "model",
        "tokens",
        "handbook's loop, tokens/s",
        "whole text each time",
        "Generator",
        "x handbook's",
        "x whole text",
        "more until as fast as that, once",
        "MB kept",
    ]
    print(table(header, rows))
    if importlib.util.find_spec("keras_hub") is None:
        print("\nKerasHub is not installed; its table is left out.")
        return
    header = [
        "GPT-2, 4 layers, width 256, 4 x 124 tokens",
        "tokens/s",
        "KerasHubGenerator takes x its time",
        "compiling, once",
    ]
    print(f"\n{table(header, keras_hub_rows())}")


if __name__ == "__main__":
    main()
