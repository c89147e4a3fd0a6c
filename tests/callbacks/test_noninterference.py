"""A model that draws from every source of randomness there is, op by op and as a graph, trains the same with each logger."""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.writing_runs import CHARACTERS, SIZE, sample_logger
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger, EvaluationLogger, StructureLogger
from tb_seqviz_plugin.callbacks.base import SeqVizCallback

BATCH, LENGTH, EXAMPLES = 4, 5, 12
IDS = np.random.default_rng(7).integers(0, SIZE, (EXAMPLES, LENGTH)).astype("int32")
PROBE = IDS[:BATCH]
TARGETS = np.roll(IDS, -1, axis=1)


class OfTensorFlow(layers.Layer):
    """Draws from the op seeds of the global seed."""

    def call(self, x: Any) -> Any:
        return x + tf.random.normal(tf.shape(x))


class OfOneOpSeed(layers.Layer):
    """Draws from an op with a seed of its own, whose kernel goes on from call to call."""

    def call(self, x: Any) -> Any:
        return x + tf.random.normal(tf.shape(x), seed=5)


class OfTheGlobalGenerator(layers.Layer):
    """Draws from the generator that TensorFlow keeps for all."""

    def call(self, x: Any) -> Any:
        return x + tf.random.get_global_generator().normal(tf.shape(x))


class OfItsGenerator(layers.Layer):
    """Draws from a generator of its own, whose state Keras does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = tf.random.Generator.from_seed(3)

    def call(self, x: Any) -> Any:
        return x + self.generator.normal(tf.shape(x))


class OfKeras(layers.Layer):
    """Draws from Keras' global seed, and from one of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seed = keras.random.SeedGenerator(3)

    def call(self, x: Any) -> Any:
        return x + keras.random.normal(ops.shape(x)) + keras.random.normal(ops.shape(x), seed=self.seed)


class OfPython(layers.Layer):
    """Draws from Python and numpy, in a graph by a call back into Python."""

    def call(self, x: Any) -> Any:
        noise = tf.numpy_function(lambda: np.float32(np.random.normal() + random.random()), [], tf.float32)
        return x + tf.ensure_shape(noise, [])


class OfAFunction(layers.Layer):
    """Draws in a function that is traced once for all that call it."""

    def __init__(self) -> None:
        super().__init__()
        self.noise = tf.function(self._with_noise)

    def _with_noise(self, x: Any) -> Any:
        by_python = tf.numpy_function(lambda: np.float32(np.random.normal()), [], tf.float32)
        return x + tf.random.normal(tf.shape(x), seed=7) + tf.ensure_shape(by_python, [])

    def call(self, x: Any) -> Any:
        return self.noise(x)


class Counting(layers.Layer):
    """Assigns a variable that Keras does not know."""

    def build(self, shape: Any) -> None:
        self.calls = tf.Variable(0.0, trainable=False)

    def call(self, x: Any) -> Any:
        return x * (1 + 0.01 * self.calls.assign_add(1.0))


DRAWING = (
    OfTensorFlow,
    OfOneOpSeed,
    OfTheGlobalGenerator,
    OfItsGenerator,
    OfKeras,
    OfPython,
    OfAFunction,
    Counting,
)


def _language_model(*drawing: type[layers.Layer]) -> keras.Model:
    ids = layers.Input((LENGTH,), batch_size=BATCH, dtype="int32")
    x = layers.Embedding(SIZE, 8)(ids)
    for layer in drawing:
        x = layer()(x)
    x = x + layers.MultiHeadAttention(2, 4, dropout=0.3)(x, x, use_causal_mask=True)
    return keras.Model(ids, layers.Dense(SIZE)(layers.Dropout(0.3)(x)))


OPTIONS: dict[str, Any] = {"schedule": 1, "max_overhead": None}
LOGGERS: dict[str, Callable[[Path], keras.callbacks.Callback]] = {
    "attention": lambda folder: AttentionLogger(folder, PROBE, **OPTIONS),
    "evaluation": lambda folder: EvaluationLogger(folder, (IDS, TARGETS), tokenizer=CHARACTERS, **OPTIONS),
    "samples": lambda folder: sample_logger(
        folder, ["abcde"], tokenizer=CHARACTERS, temperatures=(0, 1), max_length=3, beams=2, **OPTIONS
    ),
    "statistics": lambda folder: StructureLogger(folder, (PROBE, PROBE), **OPTIONS),
}


def _trained(
    drawing: tuple[type[layers.Layer], ...], run_eagerly: bool, seed: int | None, *callbacks: keras.callbacks.Callback
) -> list[bytes]:
    """Returns everything that training makes, and what is drawn next."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(42)
    tf.random.set_seed(seed)
    tf.random.set_global_generator(tf.random.Generator.from_seed(1))
    model = _language_model(*drawing)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01), loss, run_eagerly=run_eagerly, jit_compile=False)
    for logger in callbacks:
        if isinstance(logger, SeqVizCallback):
            # Before anything of the model was made into a graph by training.
            logger.set_model(model)
            logger.log(0)
    history = model.fit(IDS, TARGETS, batch_size=BATCH, epochs=2, shuffle=False, verbose=0, callbacks=list(callbacks))
    numbers = [variable.numpy() for variable in model.variables]
    numbers += [np.random.random(3), random.random(), keras.random.normal((3,)).numpy(), history.history["loss"]]
    numbers += [tf.random.get_global_generator().normal((3,)).numpy(), tf.random.normal((3,), seed=5).numpy()]
    if seed is not None:
        numbers.append(tf.random.normal((3,)).numpy())
    return [np.asarray(number).tobytes() for number in numbers]


_trained_alone = functools.cache(_trained)

USUAL = [("attention", False), ("evaluation", True)]


@pytest.mark.parametrize(
    ("logger", "run_eagerly"),
    [
        *USUAL,
        *(
            pytest.param(*case, marks=pytest.mark.long)
            for case in itertools.product(LOGGERS, (False, True))
            if case not in USUAL
        ),
    ],
)
def test_training_is_the_same_to_the_last_bit(logger: str, run_eagerly: bool, tmp_path: Path) -> None:
    alone = _trained_alone(DRAWING, run_eagerly, 42)
    assert alone == _trained(DRAWING, run_eagerly, 42, LOGGERS[logger](tmp_path))
    assert {record.step for record in seqviz.read(tmp_path, logger)} == {0, 1, 2, 3, 4, 5, 6}


@pytest.mark.long
@pytest.mark.parametrize("run_eagerly", [True, False])
@pytest.mark.parametrize("drawing", DRAWING[1:])
@pytest.mark.parametrize("logger", LOGGERS)
def test_it_is_where_there_is_no_global_seed(
    drawing: type[layers.Layer], logger: str, run_eagerly: bool, tmp_path: Path
) -> None:
    alone = _trained_alone((drawing,), run_eagerly, None)
    assert alone == _trained((drawing,), run_eagerly, None, LOGGERS[logger](tmp_path))


class Disturbing(keras.callbacks.Callback):
    """Does what a logger must not: runs the model without more ado."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        with keras.StatelessScope():
            self.model(PROBE)


@pytest.mark.parametrize(
    "drawing",
    [
        pytest.param(each, marks=() if each is OfTensorFlow else pytest.mark.long)
        for each in DRAWING
        if each is not OfKeras  # whose seeds the scope keeps
    ],
)
def test_the_comparison_can_fail(drawing: type[layers.Layer]) -> None:
    assert _trained_alone((drawing,), True, 42) != _trained((drawing,), True, 42, Disturbing())
