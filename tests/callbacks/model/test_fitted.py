"""What a running `fit` was given is found where that changes nothing, and refused in words where it would."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tb_seqviz_plugin.callbacks.model.fitted import DATASET, NOT_FITTED, NoBatchError, first_batch

X, OTHER, Y = np.arange(12.0).reshape(6, 2), np.ones((6, 3)), np.arange(6.0)
WEIGHTS = np.linspace(0, 1, 6)


class Summing(keras.Model):
    """Takes arrays in whatever structure."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, given: Any) -> Any:
        return self.dense(keras.ops.concatenate(keras.tree.flatten(given), axis=-1))


class Asking(keras.callbacks.Callback):
    """Asks when `fit` begins."""

    found: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        try:
            self.found = first_batch(self.model, 2)
        except NoBatchError as error:
            self.found = str(error)


class Batches(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> Any:
        return X, Y


def asked(**data: Any) -> Any:
    """Returns what is found while a model is fitted."""
    model, asking = Summing(), Asking()
    model.compile("sgd", "mse", run_eagerly=True)
    model.fit(**data, verbose=0, callbacks=[asking])
    return asking.found


def test_arrays() -> None:
    x, y = asked(x=X, y=Y)
    assert (x.tolist(), y.tolist()) == (X[:2].tolist(), Y[:2].tolist())
    x, y, weights = asked(x=tf.constant(X), y=Y, sample_weight=WEIGHTS)
    assert (x.tolist(), weights.tolist()) == (X[:2].tolist(), WEIGHTS[:2].astype("float32").tolist())


def test_several_inputs() -> None:
    x, _ = asked(x={"one": X, "other": OTHER}, y=Y)
    assert {name: array.shape for name, array in x.items()} == {"one": (2, 2), "other": (2, 3)}
    x, _ = asked(x=[X, OTHER], y=Y)
    assert [array.shape for array in x] == [(2, 2), (2, 3)]


def test_what_is_held_out_for_validation_is_not_among_them() -> None:
    x, _ = asked(x=X, y=Y, validation_split=0.8)
    assert x.tolist() == X[:1].tolist()


@pytest.mark.parametrize(
    "data",
    [
        {"x": tf.data.Dataset.from_tensor_slices((X, Y)).batch(3)},
        {"x": Batches()},
        {"x": (batch for batch in [(X, Y)] * 2), "steps_per_epoch": 1},
    ],
    ids=["tf.data", "PyDataset", "generator"],
)
@pytest.mark.filterwarnings("ignore")
def test_datasets_are_left_alone(data: Any) -> None:
    assert asked(**data) == DATASET


def test_outside_of_fit_there_is_nothing() -> None:
    with pytest.raises(NoBatchError) as raised:
        first_batch(Summing(), 2)
    assert str(raised.value) == NOT_FITTED
