"""What logging costs at its defaults, as a share of the time of training.

    python benchmarks/overhead.py [--models lstm transformer] [--epochs 8] [--minutes 3]

Epochs of 60 batches of 32 x 128 characters. First the same training twice, of so many minutes at least, without SeqViz and with
it at its defaults: what logging takes in the second one, in processor time of all threads, the first log included, and what the
callback itself has measured; that both differ in all tells more of the machine than of logging. Then what a log
of each callback takes: every epoch is trained, then each callback logs it, each timed by itself in the same run, so that the
machine's other work falls on all. The first call of each, which compiles, is told apart.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from generation import Positions
from keras import layers
from measure import Timing, clocked, seconds, table

from tb_seqviz_plugin.callbacks import (
    AttentionLogger,
    EmbeddingLogger,
    SampleLogger,
    SeqViz,
    StructureLogger,
)
from tb_seqviz_plugin.callbacks.base import SeqVizCallback

BATCHES, ROWS, LENGTH, WIDTH = 60, 32, 128, 128
CHARACTERS = "abcdefghijklmnopqrstuvwxyz ,.;!?'-\n"


def text() -> str:
    """Returns words of a made-up language, which can be learnt to some degree."""
    random = np.random.default_rng(0)
    words = ["".join(random.choice(list(CHARACTERS[:26]), random.integers(2, 9))) for _ in range(300)]
    return " ".join(random.choice(words, 40_000, p=1 / np.arange(1, 301) / (1 / np.arange(1, 301)).sum()))


def lstm() -> keras.Model:
    """Returns two LSTM(128)."""
    return keras.Sequential(
        [
            layers.Input((None,), dtype="int32"),
            layers.Embedding(len(CHARACTERS), 64),
            layers.LSTM(WIDTH, return_sequences=True),
            layers.LSTM(WIDTH, return_sequences=True),
            layers.Dense(len(CHARACTERS)),
        ]
    )


def transformer() -> keras.Model:
    """Returns 4 blocks of width 128."""
    ids = layers.Input((None,), dtype="int32")
    x = Positions(528, WIDTH)(layers.Embedding(len(CHARACTERS), WIDTH)(ids))
    for _ in range(4):
        x = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, WIDTH // 4)(x, x, use_causal_mask=True))
        x = layers.LayerNormalization()(x + layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="gelu")(x)))
    return keras.Model(ids, layers.Dense(len(CHARACTERS))(x))


def batches() -> tuple[Any, Any]:
    """Returns windows of the text, and what follows each character."""
    ids = np.array([CHARACTERS.index(character) for character in text()], np.int32)
    starts = np.random.default_rng(1).integers(0, len(ids) - LENGTH - 1, BATCHES * ROWS)
    windows = np.stack([ids[start : start + LENGTH + 1] for start in starts])
    return windows[:, :-1], windows[:, 1:]


def loggers(folder: str, x: Any, y: Any, has_attention: bool) -> dict[str, SeqVizCallback]:
    """Returns the callbacks at their defaults."""
    prompts = ["the truth of ", "what is then "]
    found: dict[str, SeqVizCallback] = {
        "SampleLogger": SampleLogger(folder, prompts, tokenizer=CHARACTERS),
        "StructureLogger": StructureLogger(folder, (x[:ROWS], y[:ROWS])),
        "EmbeddingLogger": EmbeddingLogger(folder),
    }
    if has_attention:
        found["AttentionLogger"] = AttentionLogger(folder, x[:4], tokens=CHARACTERS)
    return found


class Times(keras.callbacks.Callback):
    """Ends a training after so many seconds, and counts its epochs.

    Args:
        seconds: how long it is at least.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds, self._start = seconds, 0.0
        self.epochs = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts counting."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Ends the training once it is long enough."""
        self.epochs = epoch + 1
        if time.perf_counter() - self._start >= self._seconds:
            self.model.stop_training = True


class Clock:
    """Counts the processor time of all threads while `fit` calls a callback, but for what this writes in the background.

    Args:
        callback: the callback.
    """

    def __init__(self, callback: SeqViz) -> None:
        self._callback = callback
        self.taken = self._since = 0.0

    @property
    def callbacks(self) -> list[keras.callbacks.Callback]:
        """What `fit` is given."""
        return [self._called(self._begin), self._callback, self._called(self._end)]

    @property
    def in_background(self) -> float:
        """Seconds of processor time of the threads that write."""
        return sum(each.seconds_in_background for each in self._callback.overhead.expenses)

    def _called(self, do: Callable[..., None]) -> keras.callbacks.Callback:
        # Not after each batch: there the callback takes microseconds, and threads of training go on meanwhile.
        return keras.callbacks.LambdaCallback(
            **{f"on_{hook}": do for hook in ("train_begin", "epoch_end", "train_end")}
        )

    def _begin(self, *given: Any, **named: Any) -> None:
        self._since = time.process_time() - self.in_background

    def _end(self, *given: Any, **named: Any) -> None:
        self.taken += time.process_time() - self.in_background - self._since


def with_and_without(name: str, make: Callable[[], keras.Model], minutes: float) -> list[str]:
    """Returns the line of one training with everything at its defaults, and without."""
    x, y = batches()

    def trained(epochs: int, *callbacks: keras.callbacks.Callback) -> float:
        keras.utils.set_random_seed(0)
        model = make()
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(x[:ROWS], y[:ROWS], batch_size=ROWS, verbose=0)
        fit = partial(model.fit, x, y, batch_size=ROWS, epochs=epochs, verbose=0, callbacks=list(callbacks))
        return clocked(fit).processor

    times = Times(60 * minutes)
    without = trained(10**6, times)
    with tempfile.TemporaryDirectory() as folder:
        prompts = ["the truth of ", "what is then "]
        seqviz = SeqViz(folder, x[:4], tokens=CHARACTERS, targets=y[:4], prompts=prompts, verbose=0)
        clock = Clock(seqviz)
        taken = trained(times.epochs, *clock.callbacks)
        logged = seqviz.structure.logged if seqviz.structure is not None else 0
        overhead, expenses = seqviz.overhead, seqviz.overhead.expenses
    later = sum(each.later for each in expenses) / overhead.trained
    logging = clock.taken + clock.in_background
    return [
        name,
        str(times.epochs),
        str(logged),
        seconds(without),
        seconds(taken),
        f"{100 * (taken / without - 1):.1f} %",
        seconds(logging),
        f"{100 * logging / (taken - logging):.1f} %",
        f"{100 * overhead.share(*expenses):.1f} %",
        f"{100 * later:.1f} %",
    ]


def rows_of(name: str, model: keras.Model, epochs: int, is_transformer: bool) -> list[list[str]]:
    """Returns the lines of one training."""
    x, y = batches()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x[:ROWS], y[:ROWS], batch_size=ROWS, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        every = loggers(folder, x, y, is_transformer)
        for logger in every.values():
            logger.set_model(model)
        training: list[float] = []
        taken: dict[str, list[float]] = {each: [] for each in every}
        for epoch in range(epochs):
            training.append(clocked(lambda: model.fit(x, y, batch_size=ROWS, verbose=0)).processor)
            for each, logger in every.items():
                taken[each].append(clocked(partial(logger.log, epoch)).processor)
        for logger in every.values():
            logger.close()
    epoch_takes = Timing(training).median
    return [
        [
            name,
            each,
            str(Timing(training)),
            seconds(times[0]),
            str(Timing(times[len(times) // 2 :])),
            f"{100 * Timing(times[len(times) // 2 :]).median / epoch_takes:.1f} %",
            f"{100 * sum(times) / sum(training):.1f} %",
        ]
        for each, times in taken.items()
    ]


def main() -> None:
    """Prints the table."""
    models = {"lstm": ("2 LSTM(128)", lstm), "transformer": ("4-block Transformer", transformer)}
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="*", choices=models, default=list(models))
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=3)
    given = parser.parse_args()
    header = ["training", "epochs", "logged", "without", "with", "more", "logging", "share", "measured"]
    header.append("of it after the first log")
    print(table(header, [with_and_without(*models[each], given.minutes) for each in given.models]), "\n", flush=True)
    if not given.epochs:
        return
    rows = []
    for each in given.models:
        keras.utils.set_random_seed(0)
        name, make = models[each]
        rows += rows_of(name, make(), given.epochs, each == "transformer")
    header = ["training", "callback", "an epoch", "first call", "a later call", "share of an epoch", "share of all"]
    print(table(header, rows))


if __name__ == "__main__":
    main()
