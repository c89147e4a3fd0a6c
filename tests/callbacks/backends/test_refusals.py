"""What needs a backend that Keras does not run on says so when it is made, speaks of itself, and names the ways out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from tb_seqviz_plugin.callbacks import (
    AttentionLogger,
    EmbeddingLogger,
    Generator,
    SampleLogger,
    SeqViz,
    StructureLogger,
    backends,
    generator_for,
)
from tb_seqviz_plugin.callbacks.attention.capture import Capture
from tb_seqviz_plugin.callbacks.errors import BackendError
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of

IDS = np.zeros((1, 4), np.int32)


@pytest.fixture
def on_another_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "openvino")


def model() -> keras.Model:
    return keras.Sequential([layers.Input((None,)), layers.Embedding(9, 4), layers.GRU(4), layers.Dense(9)])


class MyLogger(AttentionLogger):
    """A name of its own."""


NEED = {
    "AttentionLogger": (lambda folder: AttentionLogger(folder, IDS), "attention cannot be captured"),
    "MyLogger": (lambda folder: MyLogger(folder, IDS), "attention cannot be captured"),
    "The capture of attention": (lambda folder: Capture(model(), {}, print), "attention cannot be captured"),
    "SampleLogger": (lambda folder: SampleLogger(folder, ["a"], tokenizer="ab"), "text cannot be generated"),
    "Generator": (lambda folder: Generator(model()), "text cannot be generated"),
    "StructureLogger": (lambda folder: StructureLogger(folder), "structure cannot be traced"),
    "The structure of a model": (lambda folder: structure_of(model(), IDS), "structure cannot be traced"),
}


@pytest.mark.parametrize(("asked_by", "make", "lacks"), [(name, *row) for name, row in NEED.items()], ids=list(NEED))
@pytest.mark.usefixtures("on_another_backend")
def test_it_is_refused(asked_by: str, make: Callable[[Path], Any], lacks: str, tmp_path: Path) -> None:
    with pytest.raises(BackendError) as raised:
        make(tmp_path)
    said = str(raised.value)
    assert said.startswith(f"{asked_by} needs Keras on TensorFlow: Keras runs on 'openvino', where {lacks} yet. Set ")
    assert "Set KERAS_BACKEND=tensorflow before Keras is imported, or " in said
    assert "tb_seqviz_plugin.Writer(log_dir)." in said
    assert said.endswith("What works on any backend is EmbeddingLogger and SampleLogger(generate=...).")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("on_another_backend")
def test_what_needs_no_backend_is_made(tmp_path: Path) -> None:
    EmbeddingLogger(tmp_path)
    SampleLogger(tmp_path, ["a"], generate=lambda prompts: prompts)


def test_a_backend_that_traces_and_measures_nothing_takes_the_structure_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "partial")
    monkeypatch.setitem(backends._MODULES, "partial", {"structure": "partial.structure"})
    StructureLogger(tmp_path, statistics=())
    with pytest.raises(
        BackendError, match=r"^StructureLogger\(statistics=\('parameters',\)\) needs Keras on TensorFlow: "
    ):
        StructureLogger(tmp_path, statistics=["parameters"])


def test_the_generator_for_a_model_is_refused_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    made = model()
    monkeypatch.setattr(keras.backend, "backend", lambda: "openvino")
    with pytest.raises(BackendError, match=r"^Generator needs Keras on TensorFlow"):
        generator_for(made)


@pytest.mark.usefixtures("on_another_backend")
def test_the_callback_for_everything_logs_what_it_can_and_says_of_the_rest_why_not(tmp_path: Path) -> None:
    callback = SeqViz(tmp_path, IDS, prompts=["a"], tokens="abcdefghi", evaluation=(IDS, IDS), model=model(), verbose=0)
    callback.log(0)
    assert (callback.attention, callback.samples, callback.structure) == (None, None, None)
    assert {name: reason.partition(" ")[0] for name, reason in callback.reasons.items()} == {
        "attention": "AttentionLogger",
        "samples": "SampleLogger",
        "structure": "StructureLogger",
        "evaluation": "EvaluationLogger",
    }
    assert callback.embeddings is not None
    assert callback.embeddings.logged == 1
