"""EvaluationLogger: what a real training run logs, and that training is the same with it, to the last bit."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.evaluated_models import (
    CLASSES,
    IDS,
    classifier,
    drawn_ids,
    language_model,
    log_softmax,
    reversed_pairs,
    translator,
)
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import EvaluationLogger, EvaluationOptions
from tb_seqviz_plugin.callbacks.backends.tensorflow import compiled

QUICK = EvaluationOptions(draws=50, batch_size=10)
X = drawn_ids(40)
Y = np.random.default_rng(1).integers(0, CLASSES, 40)


def test_a_training_run_logs_the_same_rows_and_examples_at_every_epoch(tmp_path: Path) -> None:
    model = classifier()
    logger = EvaluationLogger(tmp_path, (X, Y), examples=8, classes=["a", "b", "c"], options=QUICK, max_overhead=None)
    accuracies = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(float((log_softmax(model, X).argmax(axis=-1) == Y).mean()))
    )
    seen: list[float] = []
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[logger, accuracies])
    records = list(seqviz.read(tmp_path, "evaluation"))
    assert [(record.tag, record.step) for record in records] == [("evaluation/validation", step) for step in range(3)]
    whole = [next(row for row in record.table if row.measure == "accuracy") for record in records]
    assert [row.value for row in whole] == pytest.approx(seen)
    names = [[(row.slice, row.measure) for row in record.table] for record in records]
    assert names[0] == names[1] == names[2]
    shown = [[(one.index, one.inputs, one.reference, one.slices) for one in record.examples] for record in records]
    assert len(shown[0]) == 8
    assert shown[0] == shown[1] == shown[2]


def test_the_tokens_of_a_language_model_are_records_of_their_own(tmp_path: Path) -> None:
    model = language_model()
    data = (X[:, :-1], X[:, 1:], (X[:, 1:] > 0).astype("float32"))
    options = EvaluationOptions(draws=0, texts=2)
    logger = EvaluationLogger(tmp_path, data, name="poems", tokenizer="_abcdefghijk", options=options, model=model)
    logger.log(5)
    logger.log(9)
    logger.close()
    records = list(seqviz.read(tmp_path, "tokens"))
    assert [(record.tag, record.step) for record in records] == [
        (f"tokens/poems/{number}", step) for number, step in itertools.product(range(2), (5, 9))
    ]
    first = records[0]
    right = log_softmax(model, X[:1, :-1])[0]
    expected = np.exp([right[place, number] for place, number in enumerate(X[0, 1:]) if number])
    np.testing.assert_allclose(first.probabilities[1:], expected, rtol=1e-3)
    assert first.vocabulary_size == IDS
    (record,) = list(seqviz.read(tmp_path, "evaluation"))[1:]
    assert record.interval == ""
    assert all(np.isnan(row.low) for row in record.table)


class RandomAndCounting(layers.Layer):
    """Random at inference, too, and counts its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.seed = keras.random.SeedGenerator(3)

    def build(self, shape: Any) -> None:
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x: Any) -> Any:
        self.calls.assign(self.calls + 1.0)
        return x + 0.1 * keras.random.normal(ops.shape(x), seed=self.seed) + 0.1 * keras.random.normal(ops.shape(x))


def trained(folder: Path | None) -> list[np.ndarray]:
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(0)
    ids = keras.Input((9,), batch_size=10, dtype="int32")
    x = layers.Embedding(IDS, 8)(ids)
    x = layers.GRU(8, stateful=True, dropout=0.2)(x)
    x = layers.BatchNormalization()(layers.Dropout(0.3)(RandomAndCounting()(x)))
    model = keras.Model(ids, layers.Dense(CLASSES)(x))
    model.compile(
        keras.optimizers.SGD(0.01, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    callbacks = (
        []
        if folder is None
        else [EvaluationLogger(folder, (X[:33], Y[:33]), schedule=1, options=QUICK, max_overhead=None)]
    )
    model.fit(X, Y, batch_size=10, epochs=2, verbose=0, callbacks=callbacks)
    if folder is not None:
        assert len(list(seqviz.read(folder, "evaluation"))) == 8
    return [*model.get_weights(), *(variable.numpy() for variable in model.optimizer.variables)]


def test_training_is_the_same_with_it(tmp_path: Path) -> None:
    for without, with_it in zip(trained(None), trained(tmp_path), strict=True):
        np.testing.assert_array_equal(without, with_it)


def test_trouble_ends_no_training(tmp_path: Path) -> None:
    model = classifier()
    logger = EvaluationLogger(tmp_path, (X, np.ones((40, 5))), options=QUICK)
    with pytest.warns(UserWarning, match="could not log at step 0, and training goes on: The model .* returns"):
        model.fit(X, Y, epochs=1, verbose=0, callbacks=[logger])


def test_a_generator_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"data set is a generator, which is over after .* function that returns"):
        EvaluationLogger(tmp_path, (batch for batch in [(X, Y)]))


def test_what_writes_is_compiled_by_xla_as_the_bound_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_XLA_TAKES", -1)
    data = reversed_pairs(4)
    logger = EvaluationLogger(tmp_path, data, tokenizer="_123456789<>", options=QUICK, model=translator())
    asked: list[float] = []
    monkeypatch.setattr(logger.overhead, "affords", asked.append)
    logger.log(0)
    logger.log(1)
    logger.close()
    assert asked
    assert [record.step for record in seqviz.read(tmp_path, "evaluation")] == [0, 1]
