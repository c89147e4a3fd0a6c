"""Training while samples are logged is training without, to the last bit."""

from __future__ import annotations

import functools
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.writing_runs import CHARACTERS, SIZE, sample_logger, samples_in
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import SampleLogger

BATCH, LENGTH, EXAMPLES = 4, 3, 12
IDS = np.random.default_rng(7).integers(0, SIZE, (EXAMPLES, LENGTH)).astype("int32")


class RandomAtInference(layers.Layer):
    """Random at inference, too, from a seed of its own and from Keras' global one; and counts its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.seed = keras.random.SeedGenerator(3)

    def build(self, shape: Any) -> None:
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x: Any) -> Any:
        self.calls.assign(self.calls + 1.0)
        return x + 0.1 * keras.random.normal(ops.shape(x), seed=self.seed) + 0.1 * keras.random.normal(ops.shape(x))


def _attending() -> keras.Model:
    ids = layers.Input((None,), dtype="int32")
    x = layers.Embedding(SIZE, 8)(ids)
    x = x + layers.MultiHeadAttention(2, 4, dropout=0.3)(x, x, use_causal_mask=True)
    x = layers.BatchNormalization()(layers.Dropout(0.3)(x))
    return keras.Model(ids, layers.Dense(SIZE)(x))


def _stateful() -> keras.Model:
    ids = layers.Input((None,), batch_size=BATCH, dtype="int32")
    x = layers.Embedding(SIZE, 8)(ids)
    x = layers.SimpleRNN(8, stateful=True, return_sequences=True, dropout=0.2, recurrent_dropout=0.2)(x)
    x = x + layers.MultiHeadAttention(2, 4, dropout=0.3)(x, x, use_causal_mask=True)
    return keras.Model(ids, layers.Dense(SIZE)(RandomAtInference()(x)))


MODELS: dict[str, Callable[[], keras.Model]] = {"attending": _attending, "stateful": _stateful}


class Drawing(keras.utils.PyDataset):
    """Batches drawn from the global random numbers of numpy and Python."""

    def __len__(self) -> int:
        return EXAMPLES // BATCH

    def __getitem__(self, index: int) -> Any:
        rows = np.random.permutation(EXAMPLES)[:BATCH]
        first = random.randrange(EXAMPLES)
        rows[0] = first
        return IDS[rows], np.roll(IDS[rows], -1, axis=1)


def _trained(model: str, *callbacks: keras.callbacks.Callback, run_eagerly: bool) -> list[bytes]:
    """Returns everything that training makes: weights, states, seeds, optimizer, history, and what is drawn next."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(42)
    made = MODELS[model]()
    made.compile(
        keras.optimizers.SGD(0.01, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        run_eagerly=run_eagerly,
        jit_compile=False,
    )
    history = made.fit(Drawing(workers=1), epochs=2, verbose=0, callbacks=list(callbacks)).history
    numbers = [variable.numpy() for variable in (*made.variables, *made.optimizer.variables)]
    numbers += [np.random.random(3), np.array(random.random())]
    numbers += [keras.random.normal((3,)).numpy(), tf.random.normal((3,)).numpy()]
    numbers += [np.array(history[name]) for name in sorted(history)]
    return [number.tobytes() for number in numbers]


@functools.cache
def _trained_alone(model: str, run_eagerly: bool) -> list[bytes]:
    return _trained(model, run_eagerly=run_eagerly)


def _logger(folder: Path, **arguments: Any) -> SampleLogger:
    options = {"tokenizer": CHARACTERS, "temperatures": (0, 1), "max_length": 4, "schedule": 2, **arguments}
    return sample_logger(folder, ["ab", "cdefg"], **options)


@pytest.mark.parametrize(
    ("model", "run_eagerly"),
    [("attending", False), *(pytest.param("stateful", eager, marks=pytest.mark.long) for eager in (True, False))],
)
def test_training_is_the_same_to_the_last_bit(model: str, run_eagerly: bool, tmp_path: Path) -> None:
    logger = _logger(tmp_path, beams=2, attention=True)
    assert _trained(model, logger, run_eagerly=run_eagerly) == _trained_alone(model, run_eagerly)
    records = samples_in(tmp_path)
    assert [record.step for record in records] == [2, 4, 6]
    assert records[0].samples[0].probabilities != records[-1].samples[0].probabilities
    assert all(sample.attention for record in records for sample in record.samples)
    assert len(list(seqviz.read(tmp_path, "attention"))) == 3 * 6


def test_a_function_that_seeds_and_draws_changes_nothing(tmp_path: Path) -> None:
    def write(prompts: list[str], seed: int) -> list[str]:
        random.seed(seed)
        np.random.seed(seed)
        return [f"{random.random()} {np.random.random()}" for _ in prompts]

    logger = _logger(tmp_path, generate=write)
    assert _trained("stateful", logger, run_eagerly=True) == _trained_alone("stateful", True)
    assert len({record.samples[0].text for record in samples_in(tmp_path)}) == 1


TURN = threading.Condition()


class DrawnByWorkers(Drawing):
    """Draws in threads of its own, one after the other, while all else goes on."""

    drawn: ClassVar[list[tuple[int, ...]]] = []

    def __len__(self) -> int:
        return 12

    def __getitem__(self, index: int) -> Any:
        if threading.current_thread() is threading.main_thread():  # Keras looks at a batch beforehand
            return IDS[:BATCH], IDS[:BATCH]
        with TURN:
            assert TURN.wait_for(lambda: len(self.drawn) % len(self) == index, timeout=5)
            time.sleep(0.005)
            ids, targets = super().__getitem__(index)
            self.drawn.append(tuple(ids.ravel().tolist()))
            TURN.notify_all()
        return ids, targets


def _generated() -> Any:
    """Yields batches of numbers drawn by TensorFlow's threads."""
    for index in range(2 * 12):
        time.sleep(0.005)
        yield Drawing.__getitem__(None, index)  # type: ignore[arg-type]


def _write_slowly(prompts: list[str]) -> list[str]:
    np.random.seed(5)
    texts = []
    for prompt in prompts:
        time.sleep(0.02)
        texts.append(prompt + "".join(random.choices(CHARACTERS, k=3)) + str(np.random.permutation(9)))
    return texts


def _workers() -> Any:
    DrawnByWorkers.drawn = []
    return DrawnByWorkers(workers=2, max_queue_size=4)


def _dataset() -> Any:
    signature = (tf.TensorSpec((BATCH, LENGTH), tf.int32),) * 2
    return tf.data.Dataset.from_generator(_generated, output_signature=signature).prefetch(4)


@pytest.mark.parametrize("data", [_workers, _dataset])
def test_data_that_other_threads_draw_meanwhile(data: Callable[[], Any], tmp_path: Path) -> None:
    def trained(*callbacks: keras.callbacks.Callback) -> list[bytes]:
        keras.utils.set_random_seed(42)
        model = keras.Sequential([layers.Input((LENGTH,)), layers.Embedding(SIZE, 4), layers.Dense(SIZE)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        steps = (
            None if data is _workers else 12
        )  # early versions of Keras 3 let workers make no more than they were asked for
        history = model.fit(
            data(), epochs=2, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=list(callbacks)
        ).history
        return [np.array(number).tobytes() for number in (*model.get_weights(), history["loss"])]

    logger = sample_logger(tmp_path, ["ab", "c"], generate=_write_slowly, temperatures=(1,), max_length=3, schedule=4)
    assert trained(logger) == trained()
    if data is _workers:
        assert len(set(DrawnByWorkers.drawn)) == len(DrawnByWorkers.drawn)
    records = samples_in(tmp_path)
    assert [record.step for record in records] == [4, 8, 12, 16, 20, 24]
    assert len({record.samples[0].text for record in records}) == 1


class Disturbing(keras.callbacks.Callback):
    """Does what a logger must not."""

    def __init__(self, disturb: Callable[[keras.Model], Any]) -> None:
        super().__init__()
        self.disturb = disturb

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.disturb(self.model)


@pytest.mark.parametrize(
    "disturb",
    [
        pytest.param(lambda model: np.random.random(), id="numpy"),
        pytest.param(lambda model: random.random(), id="Python", marks=pytest.mark.long),
        pytest.param(lambda model: keras.random.normal((1,)), id="Keras", marks=pytest.mark.long),
        pytest.param(lambda model: tf.random.normal((1,)), id="TensorFlow", marks=pytest.mark.long),
        pytest.param(lambda model: model(IDS[:BATCH]), id="states"),
    ],
)
def test_the_comparison_can_fail(disturb: Callable[[keras.Model], Any]) -> None:
    assert _trained("stateful", Disturbing(disturb), run_eagerly=True) != _trained_alone("stateful", True)


def _state(model: keras.Model) -> Any:
    """Returns all that logging might leave on a model."""
    parts = model._flatten_layers(include_self=True, recursive=True)
    return (
        [sorted(vars(part)) for part in parts],
        [len(part._inbound_nodes) for part in parts],
        [variable.numpy().tobytes() for variable in model.variables],
    )


def test_a_loop_of_ones_own_is_the_same_to_the_last_bit(tmp_path: Path) -> None:
    def train(logs: bool) -> list[bytes]:
        keras.utils.clear_session(free_memory=False)  # and the seed generator that early versions of Keras 3 keep
        keras.utils.set_random_seed(42)
        model, optimizer = _stateful(), keras.optimizers.SGD(0.01, momentum=0.9)
        logger = _logger(tmp_path, beams=2, attention=True)
        logger.set_model(model)
        for step in range(3):
            ids = IDS[step : step + BATCH]
            with tf.GradientTape() as tape:
                loss = keras.losses.sparse_categorical_crossentropy(ids, model(ids, training=True), from_logits=True)
            variables = model.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
            if logs:
                before = _state(model)
                logger.log(step)
                assert _state(model) == before
        logger.close()
        return [variable.numpy().tobytes() for variable in (*model.variables, *optimizer.variables)]

    assert train(logs=False) == train(logs=True)
    assert len(samples_in(tmp_path)) == 3
