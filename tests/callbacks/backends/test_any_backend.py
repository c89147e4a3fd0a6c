"""What works on any backend of Keras; `make test-jax` runs this on JAX, where there is no TensorFlow."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger, EmbeddingLogger, SampleLogger, Sampling, StructureLogger
from tb_seqviz_plugin.callbacks.errors import BackendError

WORDS = ["", "[UNK]", "the", "cat", "sat", "dog"]
X = np.array([[2, 3, 4, 0], [2, 5, 4, 0]] * 8)


def compiled() -> keras.Model:
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [layers.Input((4,)), layers.Embedding(6, 8, name="words"), layers.Flatten(name="flat"), layers.Dense(6)]
    )
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def table(model: keras.Model) -> np.ndarray:
    return keras.ops.convert_to_numpy(model.get_layer("words").embeddings)


def test_embeddings_and_outputs_are_logged_during_fit(tmp_path: Path) -> None:
    model, tables = compiled(), []
    logger = EmbeddingLogger(tmp_path, labels=WORDS, outputs={"flat": (X[:2], ["cat", "dog"])})
    note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: tables.append(table(model)))
    model.fit(X, X[:, 2], epochs=3, verbose=0, callbacks=[logger, note])
    records = list(seqviz.read(tmp_path, "embeddings"))
    of_table = [record for record in records if record.layer == "words"]
    assert [record.step for record in of_table] == [0, 1, 2]
    for record, expected in zip(of_table, tables, strict=True):
        assert record.labels == WORDS
        np.testing.assert_allclose(record.vectors, expected, atol=np.abs(expected).max() / 1000)
    assert len(records) == 6
    projected = sorted(path.name for path in (tmp_path / "seqviz" / "embeddings").glob("step-*"))
    assert projected == ["step-000000", "step-000001", "step-000002"]


def test_texts_of_a_function_are_logged_during_fit(tmp_path: Path) -> None:
    model = compiled()

    def write(prompts: list[str], temperature: float) -> list[str]:
        ids = np.array([[WORDS.index(word) for word in prompt.split()] for prompt in prompts])
        return [WORDS[int(row.argmax())] for row in np.asarray(model.predict_on_batch(ids))]

    logger = SampleLogger(tmp_path, {"the cat sat the": "cat"}, generate=write, sampling=Sampling(temperatures=(0, 1)))
    model.fit(X, X[:, 2], epochs=2, verbose=0, callbacks=[logger])
    records = list(seqviz.read(tmp_path, "samples"))
    assert [record.step for record in records] == [0, 1]
    for record in records:
        assert [sample.temperature for sample in record.samples] == [0, 1]
        assert {sample.text for sample in record.samples} <= set(WORDS)
        assert all(sample.measures["exact_match"] == (sample.text == "cat") for sample in record.samples)


def test_training_is_not_changed(tmp_path: Path) -> None:
    def trained(*loggers: keras.callbacks.Callback) -> list[np.ndarray]:
        model = compiled()
        model.fit(X, X[:, 2], epochs=2, verbose=0, callbacks=list(loggers))
        return model.get_weights()

    plain = trained()
    watched = trained(EmbeddingLogger(tmp_path), SampleLogger(tmp_path, ["the"], generate=lambda prompts: prompts))
    for before, after in zip(plain, watched, strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.skipif(keras.backend.backend() == "tensorflow", reason="all of it works there")
@pytest.mark.parametrize(
    "make",
    [
        lambda folder: AttentionLogger(folder, X[:1]),
        lambda folder: StructureLogger(folder),
        lambda folder: SampleLogger(folder, ["a"], tokenizer="ab"),
    ],
)
def test_what_needs_tensorflow_says_so(make, tmp_path: Path) -> None:
    with pytest.raises(BackendError, match=rf"needs Keras on TensorFlow: Keras runs on '{keras.backend.backend()}'"):
        make(tmp_path)
