"""Training with generation after every epoch is training without it, to the last bit."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.generation.generated import Generated
from tb_seqviz_plugin.callbacks.generation.generator import Generator

BATCH, LENGTH, EXAMPLES, VOCABULARY = 8, 5, 24, 9
_random = np.random.default_rng(7)
TEXTS = _random.integers(0, VOCABULARY, (EXAMPLES, LENGTH)).astype("int32")
TARGETS = _random.integers(0, VOCABULARY, EXAMPLES).astype("int32")


class RandomAtInference(layers.Layer):
    """Random at inference, too, from a seed of its own or Keras' global one."""

    def __init__(self, seed: int | None) -> None:
        super().__init__()
        self.seed = None if seed is None else keras.random.SeedGenerator(seed)

    def call(self, x: Any) -> Any:
        return x + 0.1 * keras.random.normal(ops.shape(x), seed=self.seed)


class Counting(layers.Layer):
    """Assigns a variable at inference, too."""

    def build(self, shape: Any) -> None:
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x: Any) -> Any:
        self.calls.assign(self.calls + 1.0)
        return x * (1 + 0.001 * self.calls)


def _writing(*after: layers.Layer, **lstm: Any) -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((LENGTH,), batch_size=BATCH),
            layers.Embedding(VOCABULARY, 4),
            layers.LSTM(8, dropout=0.2, **lstm),
            *after,
            layers.Dropout(0.3),
            layers.Dense(VOCABULARY),
        ]
    )


MODELS: dict[str, Callable[[], keras.Model]] = {
    "dropout": _writing,
    "batch normalisation": lambda: _writing(layers.BatchNormalization()),
    "stateful LSTM": lambda: _writing(stateful=True),
    "own seed": lambda: _writing(RandomAtInference(3)),
    "global seed": lambda: _writing(RandomAtInference(None)),
    "assigned at inference": lambda: _writing(Counting()),
}


class Drawing(keras.utils.PyDataset):
    """Batches drawn from numpy's global random numbers."""

    def __len__(self) -> int:
        return EXAMPLES // BATCH

    def __getitem__(self, index: int) -> Any:
        rows = np.random.permutation(EXAMPLES)[:BATCH]
        return TEXTS[rows], TARGETS[rows]


class Writing(keras.callbacks.Callback):
    """Generates after every epoch, and once in the middle of each."""

    def __init__(self) -> None:
        super().__init__()
        self.samples: list[list[Generated]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.generator = Generator(self.model)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.samples.append(self.generator([[1, 2], [3] * 7], Sampling((0, 1.0), max_length=9)))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == 1:
            self.on_epoch_end(0)


def _trained(
    model: str, *callbacks: keras.callbacks.Callback, run_eagerly: bool = False, by_xla: bool = False
) -> list[bytes]:
    """Returns everything that training makes: weights, states, seeds, optimizer and history."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(42)
    made = MODELS[model]()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = "adam" if by_xla else keras.optimizers.SGD(0.01, momentum=0.9)
    made.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=run_eagerly, jit_compile=by_xla)
    history = made.fit(Drawing(workers=1), epochs=2, verbose=0, callbacks=list(callbacks)).history
    numbers = [variable.numpy() for variable in (*made.variables, *made.optimizer.variables)]
    next_random = [np.random.random(3), keras.random.normal((3,)).numpy()]
    return [
        value.tobytes() for value in (*numbers, *next_random, *(np.array(history[name]) for name in sorted(history)))
    ]


@pytest.mark.parametrize(
    ("model", "by_xla"),
    [
        ("dropout", False),
        pytest.param("dropout", True, marks=pytest.mark.long),
        *(pytest.param(model, False, marks=pytest.mark.long) for model in MODELS if model != "dropout"),
    ],
)
def test_training_is_the_same_to_the_last_bit(model: str, by_xla: bool) -> None:
    writing = Writing()
    assert _trained(model, by_xla=by_xla) == _trained(model, writing, by_xla=by_xla)
    written = [[sample.probabilities.tolist() for sample in samples] for samples in writing.samples]
    assert len(written) == 4
    assert all(before != after for before, after in itertools.pairwise(written))
    assert writing.generator.traces == 1


class Disturbing(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        np.random.random()


def test_the_comparison_can_fail() -> None:
    once, again = (_trained("stateful LSTM", run_eagerly=True) for _ in range(2))
    assert once == again != _trained("stateful LSTM", Disturbing(), run_eagerly=True)


def test_a_model_is_left_as_it_was() -> None:
    model = MODELS["stateful LSTM"]()
    model(TEXTS[:BATCH])
    parts = model._flatten_layers(include_self=True, recursive=True)
    before = [sorted(vars(layer)) for layer in parts], [variable.numpy().tobytes() for variable in model.variables]
    Generator(model)([[1]], Sampling(max_length=3))
    assert (
        [sorted(vars(layer)) for layer in parts],
        [variable.numpy().tobytes() for variable in model.variables],
    ) == before
    assert np.any(model.layers[1].states[0].numpy())
