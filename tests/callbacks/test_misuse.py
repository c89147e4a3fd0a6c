"""What is easily done wrong is told in one sentence that says what to write: classes for objects, examples without a batch, ..."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.logging_runs import language_model
from helpers.writing_runs import CHARACTERS, bigrams, chain, warnings_of

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import (
    AttentionLogger,
    BeamSearch,
    EmbeddingLogger,
    EveryEpochs,
    Generator,
    Labels,
    ProjectorOptions,
    SampleLogger,
    SampleOptions,
    Sampling,
    SeqViz,
    SourceTexts,
    StructureLogger,
    plot_structure,
)
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of

IDS = np.array([[1, 2, 3, 4, 5, 6]] * 2)
Given = Callable[[Path], Any]


# Classes where objects are expected


@pytest.mark.parametrize("kind", [AttentionLogger, SampleLogger, StructureLogger, EmbeddingLogger, SeqViz])
def test_a_callback_without_parentheses(kind: Any) -> None:
    """`fit` ends before it trains, as a wrong argument ends it."""
    model = language_model()
    before = model.get_weights()
    said = rf"^A callback is the class {kind.__name__}; expected an object of it: write {kind.__name__}\(\.\.\.\)\.$"
    with pytest.raises(ValueError, match=said):
        model.fit(IDS, IDS, verbose=0, callbacks=[kind])
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


CLASSES: dict[str, tuple[str, Given]] = {
    "beams=BeamSearch": ("beams=", lambda at: SampleLogger(at, ["a"], tokenizer=CHARACTERS, beams=BeamSearch)),
    "sampling=Sampling": ("sampling=", lambda at: SampleLogger(at, ["a"], tokenizer=CHARACTERS, sampling=Sampling)),
    "options=SampleOptions": ("options=", lambda at: SampleLogger(at, ["a"], tokenizer="abc", options=SampleOptions)),
    "source=SourceTexts": ("source=", lambda at: SampleLogger(at, ["a"], tokenizer=CHARACTERS, source=SourceTexts)),
    "projector=ProjectorOptions": ("projector=", lambda at: EmbeddingLogger(at, projector=ProjectorOptions)),
    "schedule=EveryEpochs": ("schedule=", lambda at: EmbeddingLogger(at, schedule=EveryEpochs)),
    "labels=Labels": ("labels=", lambda at: EmbeddingLogger(at, labels=Labels)),
    "tokens=StringLookup": ("tokens=", lambda at: AttentionLogger(at, IDS, tokens=keras.layers.StringLookup)),
    "generator(ids, Sampling)": ("sampling=", lambda at: Generator(bigrams())([[1]], Sampling)),
    "generator.search(ids, BeamSearch)": ("beams=", lambda at: Generator(bigrams()).search([[1]], BeamSearch)),
}


@pytest.mark.parametrize("case", CLASSES)
def test_a_class_where_an_object_is_expected(case: str, tmp_path: Path) -> None:
    argument, given = CLASSES[case]
    with pytest.raises(ValueError, match=r"\(\.\.\.\)\.$") as error:
        given(tmp_path)
    name = re.split(r"[=, )]+", case.rstrip(")"))[-1]
    assert str(error.value) == f"{argument} is the class {name}; expected an object of it: write {name}(...)."


# Folders


@pytest.mark.parametrize("folder", [None, 3, IDS, language_model], ids=["None", "number", "array", "function"])
def test_a_folder_that_is_no_path(folder: Any) -> None:
    said = rf"^The path is of type {type(folder).__name__}; expected text or a Path, such as 'logs/run1'\.$"
    for make in (EmbeddingLogger, seqviz.Writer, lambda at: StructureLogger(at, "inputs")):
        with pytest.raises(ValueError, match=said):
            make(folder)


# What a model cannot be called with


INPUTS = {
    "one example": (IDS[0], "takes 2 axes, of examples first, and 'tokens' has the shape (6,). If this is one example, pass"),
    "texts": (["a b", "c"], "failed on 'tokens', which holds texts. If it takes ids, pass those of the texts, as in training."),
}  # fmt: skip


@pytest.mark.parametrize("case", INPUTS)
def test_inputs_that_the_model_does_not_take(case: str, tmp_path: Path) -> None:
    inputs, said = INPUTS[case]
    model = language_model()
    logger = AttentionLogger(tmp_path, inputs, model=model)
    (told,) = warnings_of(lambda: logger.log(0))
    assert told.startswith(
        "AttentionLogger could not log at step 0, and training goes on: The model 'language' " + said
    )
    (note,) = structure_of(model, inputs).structure.notes
    assert note.startswith("The forward pass ended early (ModelCallError: The model 'language' " + said.split(". ")[0])
    outputs = EmbeddingLogger(tmp_path, outputs={"attention": (inputs, ["a", "b", *"cdef"[: 4 * (case != "texts")]])})
    outputs.set_model(model)
    (told,) = warnings_of(lambda: outputs.log(0))
    assert told.startswith("The outputs of layer 'attention' are not logged: The model 'language' " + said)


def test_a_model_that_fails_on_its_own_says_it_in_its_own_words(tmp_path: Path) -> None:
    class Failing(keras.Model):
        def call(self, ids: Any) -> Any:
            raise RuntimeError("The moon is not full.")

    model = Failing()
    model.built = True
    (told,) = warnings_of(lambda: AttentionLogger(tmp_path, IDS, model=model).log(0))
    assert "The moon is not full." in told
    assert "axes" not in told


# Functions that are compiled


def test_logging_inside_a_compiled_function(tmp_path: Path) -> None:
    model = language_model()
    loggers = [
        AttentionLogger(tmp_path, IDS, model=model), StructureLogger(tmp_path, (IDS, IDS), model=model),
        EmbeddingLogger(tmp_path, model=model), SampleLogger(tmp_path, ["a"], tokenizer=CHARACTERS, model=model),
    ]  # fmt: skip

    @tf.function
    def train(step: Any) -> Any:
        for logger in loggers:
            logger.log(step)
        return step

    told = warnings_of(lambda: train(tf.constant(3)))
    assert told == [
        f"{type(logger).__name__} logs nothing inside a tf.function or another function that is compiled: its Python code runs "
        "once, before there are any values. Call log(step) in the loop around it."
        for logger in loggers
    ]  # fmt: skip
    assert not any(tmp_path.iterdir())
    loggers[2].log(tf.constant(3))
    assert [record.step for record in seqviz.read(tmp_path)] == [3]


# Vocabularies that are too short


def test_a_vocabulary_that_is_too_short_is_told_by_every_logger(tmp_path: Path) -> None:
    model = bigrams(4)
    attention = AttentionLogger(tmp_path, IDS, tokens=["", "the", "cat"], model=language_model())
    samples = SampleLogger(tmp_path, ["a"], tokenizer="ab", sampling=Sampling((1,), max_length=50), model=model)
    embeddings = EmbeddingLogger(tmp_path, labels=["", "the", "cat"], model=model)
    (on_attention,), (on_samples,), (on_rows,) = (
        warnings_of(lambda logger=logger: logger.log(0) or logger.close())  # type: ignore[misc, func-returns-value]
        for logger in (attention, samples, embeddings)
    )
    assert on_attention == (
        "Input 'tokens' holds ids up to 6, and tokens=, a list of words, has 3 tokens, so that those from 3 on are shown by "
        "number, as [6]; expected a token for each id. Does it belong to this model?"
    )
    assert on_samples.startswith(
        "What the model wrote holds ids up to 3, and tokenizer=, a map of 2 characters, has 2 tokens"
    )
    assert "1 fewer; the last row is named by its number" in on_rows


# Vocabularies that decode otherwise


def test_a_decode_that_returns_a_list_is_told_of_once(tmp_path: Path) -> None:
    tokenizer = (lambda text: list(map("abcd".index, text)), lambda ids: ["abcd"[number] for number in ids])
    logger = SampleLogger(
        tmp_path, ["ab", "c"], tokenizer=tokenizer, sampling=Sampling((0, 1), max_length=4), model=bigrams(4)
    )
    (told,) = warnings_of(lambda: [logger.log(step) for step in range(2)] and logger.close())  # type: ignore[func-returns-value]
    assert re.fullmatch(
        r"Samples that cannot be decoded as a whole are shown token by token, such as one of prompt 0: The tokenizer, two "
        r"functions, decoded \[.+\] to \[.+\]; expected a string\.",
        told,
    )  # fmt: skip


@pytest.mark.parametrize(("stop", "name"), [(2, "[2]"), ("[SEP]", "[SEP]")])
def test_an_end_that_decoding_leaves_out_has_a_name(stop: Any, name: str, tmp_path: Path) -> None:
    class Tokenizer:
        def encode(self, text: str) -> list[int]:
            return [2] if text == "[SEP]" else list(map("ab".index, text))

        def decode(self, ids: list[int]) -> str:
            return "".join("ab"[number] for number in ids if number != 2)

    sampling = Sampling((0,), max_length=4, stop=stop)
    SampleLogger(
        tmp_path, ["a"], tokenizer=Tokenizer(), sampling=sampling, beams=2, model=chain({0: 1, 1: 2, 2: 0}, 3)
    ).log(0)
    ((plain, search),) = (record.samples for record in seqviz.read(tmp_path))
    assert (plain.text, plain.tokens, plain.lengths) == ("b", ["b", name], [1, 0])
    assert all({token for token, _ in row} == {"a", "b", name} for row in plain.alternatives)
    assert set(search.tree.tokens) == {"a", "b", name}


# Drawings


def test_a_file_in_the_place_of_the_inputs(tmp_path: Path) -> None:
    model = language_model()
    assert plot_structure(model, str(tmp_path / "model.svg")) == tmp_path / "model.svg"
    assert (tmp_path / "model.svg").read_text() == plot_structure(model, to_file=tmp_path / "2.svg").read_text()
    with pytest.raises(
        ValueError, match=r"^The inputs are 'a\.svg' and to_file='b\.svg'; expected one file, and a batch or shapes"
    ):
        plot_structure(model, "a.svg", "b.svg")
