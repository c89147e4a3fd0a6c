"""Probes and tokens in every form, and what is logged for them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.logging_runs import SOURCE_IDS, TARGET_IDS, WORDS, language_model, log_once, roles, translator
from helpers.zoo.case import Calling
from keras import layers

from tb_seqviz_plugin.callbacks.attention.probe import Probe


def _batch(*structure: Any) -> Any:
    return next(iter(tf.data.Dataset.from_tensor_slices(structure).batch(2)))


PAIRS: dict[str, Callable[[], Any]] = {
    "tuple": lambda: (SOURCE_IDS, TARGET_IDS),
    "list": lambda: [SOURCE_IDS, TARGET_IDS],
    "dict": lambda: {"source": SOURCE_IDS, "target": TARGET_IDS},
    "tensors": lambda: (tf.constant(SOURCE_IDS), tf.constant(TARGET_IDS)),
    "batch of a dataset": lambda: _batch((SOURCE_IDS, TARGET_IDS), TARGET_IDS),
    "batch of dicts": lambda: _batch({"source": SOURCE_IDS, "target": TARGET_IDS}, TARGET_IDS),
    "batch with sample weights": lambda: _batch((SOURCE_IDS, TARGET_IDS), TARGET_IDS, np.ones(2)),
    "lists of numbers": lambda: (SOURCE_IDS.tolist(), TARGET_IDS.tolist()),
}


@pytest.mark.parametrize("form", PAIRS)
def test_probes_of_two_inputs(form: str, tmp_path: Path) -> None:
    records = log_once(tmp_path, translator(depth=1), PAIRS[form](), tokens=WORDS)
    assert len(records) == 2
    assert roles(records[0]) == {
        "encoder_0": ("encoder self", "source", "source"),
        "decoder_0": ("decoder self", "target", "target"),
        "cross_0": ("cross", "target", "source"),
    }
    cross = records[0].layers[-1]
    assert cross.key_tokens == ["three", "[UNK]", "four", "[UNK]", "five"]
    assert cross.query_tokens == ["two", "seven", "[UNK]", "eight", "two", "eight"]
    assert records[1].title == "nine two six"


def test_a_batch_whose_inputs_have_one_shape_is_no_pair(tmp_path: Path) -> None:
    batch = _batch((SOURCE_IDS, TARGET_IDS[:, :5]), SOURCE_IDS)
    tokens = {layer.path: layer.key_tokens for layer in log_once(tmp_path, translator(5, 5, depth=1), batch)[0].layers}
    assert tokens["encoder_0"] == tokens["cross_0"] == ["3", "1", "4", "1", "5"]
    assert tokens["decoder_0"] == ["2", "7", "1", "8", "2"]


SINGLES: dict[str, Callable[[], Any]] = {
    "array": lambda: TARGET_IDS,
    "lists": lambda: TARGET_IDS.tolist(),
    "rows": lambda: list(TARGET_IDS),
    "dict": lambda: {"ids": TARGET_IDS},
    "tensor": lambda: tf.constant(TARGET_IDS),
    "batch of a dataset": lambda: _batch(TARGET_IDS, TARGET_IDS),
    "batch with labels": lambda: _batch(TARGET_IDS, np.array([0, 1])),
    "batch with sample weights": lambda: (TARGET_IDS, TARGET_IDS, np.ones(2)),
    "float64": lambda: TARGET_IDS.astype("float64"),
}


@pytest.mark.filterwarnings("ignore:The structure of `inputs`")
@pytest.mark.parametrize(
    ("kind", "form"),
    [
        *(("functional", form) for form in SINGLES),
        ("subclassed", "dict"),
        ("subclassed", "batch of a dataset"),
        *(
            pytest.param("subclassed", form, marks=pytest.mark.long)
            for form in SINGLES
            if form not in ("dict", "batch of a dataset")
        ),
    ],
)
def test_probes_of_one_input(form: str, kind: str, tmp_path: Path) -> None:
    model = language_model()
    if kind == "subclassed":
        inner = model
        model = Calling(lambda self, x: inner(x), TARGET_IDS if form != "dict" else {"ids": TARGET_IDS}, inner=inner)
    tokens = [["a", "b", "c", "d", "e", "f"], ["g", "h", "i"]] if form != "float64" else None  # whose ids are shown
    records = log_once(tmp_path, model, SINGLES[form](), tokens=tokens)
    assert len(records) == 2
    layer = records[1].layers[0]
    assert layer.weights.shape == (2, 6, 6)
    assert layer.key_tokens == (["g", "h", "i", "", "", ""] if tokens else ["1", "8", "2", "0", "0", "0"])


def test_call_with_several_arguments(tmp_path: Path) -> None:
    class Pair(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.attention = layers.Attention(name="attention")
            self.embedding = layers.Embedding(10, 8)

        def call(self, source: Any, target: Any, training: bool = False) -> Any:
            return self.attention([self.embedding(target), self.embedding(source)])

    model = Pair()
    model(SOURCE_IDS, TARGET_IDS)
    (layer,) = log_once(tmp_path, model, (SOURCE_IDS, TARGET_IDS))[0].layers
    assert (layer.role, layer.weights.shape) == ("cross", (1, 6, 5))


@pytest.mark.parametrize("kind", ["lists", "layer", "function"])
def test_strings_are_read_by_a_model_that_makes_tokens_itself(kind: str, tmp_path: Path) -> None:
    vectorize = layers.TextVectorization(vocabulary=["the", "cat", "sat"], output_sequence_length=3)
    embedding = layers.Embedding(10, 8)

    def call(self: Any, texts: Any) -> Any:
        x = embedding(vectorize(texts))
        return self.attention([x, x])

    texts = np.array(["the cat sat", "sat the cat"])
    model = Calling(call, tf.constant(texts), attention=layers.Attention(name="attention"))
    tokens = {"lists": [text.split() for text in texts], "layer": vectorize, "function": str.split}[kind]
    records = log_once(tmp_path, model, texts, tokens=tokens)
    assert [record.title for record in records] == ["the cat sat", "sat the cat"]
    assert [record.layers[0].key_tokens for record in records] == [["the", "cat", "sat"], ["sat", "the", "cat"]]


def test_positions_are_no_title() -> None:
    assert Probe(np.zeros((1, 4, 2), "float32")).title(0) == ""


def test_images_have_no_token_axis_but_one_that_is_given() -> None:
    images = np.zeros((1, 4, 4, 3), "float32")
    assert Probe(images).axes == []
    (axis,) = Probe(images, [["top", "bottom"]]).axes
    assert (axis.length, axis.tokens) == (2, [["top", "bottom"]])


def test_an_input_of_words_names_its_tokens() -> None:
    (axis,) = Probe(np.array([["the", "cat"], ["a", "dog"]])).axes
    assert axis.tokens == [["the", "cat"], ["a", "dog"]]


# Tokens


class Decoding:
    def decode(self, ids: Sequence[int]) -> str:
        return " ".join(WORDS[token] for token in ids)


class Converting(Decoding):
    def convert_ids_to_tokens(self, ids: Sequence[int]) -> list[str]:
        return [WORDS[token] for token in ids]


class Looking:
    def id_to_token(self, token: int) -> str:
        return WORDS[token]


def _vectorization() -> Any:
    return layers.TextVectorization(vocabulary=WORDS[2:])


def _call(function: Any, ids: Any) -> Any:
    return function(ids)


def _lookup(**arguments: Any) -> Any:
    return layers.StringLookup(vocabulary=WORDS[2:], mask_token="", **arguments)


TOKENS: dict[str, Callable[[], Any]] = {
    "lists": lambda: [[WORDS[token] for token in row] for row in SOURCE_IDS],
    "vocabulary": lambda: WORDS,
    "mapping": lambda: dict(enumerate(WORDS)),
    "function of the ids": lambda: lambda ids: [WORDS[token] for token in ids],
    "function of the ids that makes one text": lambda: lambda ids: " ".join(WORDS[token] for token in ids),
    "function of an id": lambda: lambda token: WORDS[token],
    "function of anything": lambda: lambda token: WORDS[token] if isinstance(token, int) else str(token),
    "function to a tensor": lambda: _lookup(invert=True),
    "numpy vocabulary": lambda: lambda ids: np.array(WORDS)[ids],
    "StringLookup": _lookup,
    "inverted StringLookup": lambda: _lookup(invert=True),
    "calling a StringLookup": lambda: functools.partial(_call, _lookup(invert=True)),
    "TextVectorization": _vectorization,
    "decode": Decoding,
    "decode and convert_ids_to_tokens": Converting,
    "id_to_token": Looking,
    "bytes": lambda: lambda token: WORDS[token].encode(),
}


@pytest.mark.parametrize("form", TOKENS)
def test_tokens(form: str) -> None:
    (axis,) = Probe(SOURCE_IDS, TOKENS[form]()).axes
    assert axis.tokens == [["three", "[UNK]", "four", "[UNK]", "five"], ["nine", "two", "six", "", ""]]


def test_ids_are_shown_without_tokens() -> None:
    assert Probe(SOURCE_IDS).axes[0].tokens[0] == ["3", "1", "4", "1", "5"]


def test_ids_out_of_the_vocabulary_are_shown() -> None:
    assert Probe(np.array([[3, 77]]), WORDS).axes[0].tokens == [["three", "[77]"]]


def test_a_flat_list_for_one_example() -> None:
    assert Probe(SOURCE_IDS[:1], ["a", "b", "c", "d", "e"]).axes[0].tokens == [["a", "b", "c", "d", "e"]]


def test_lists_that_padding_makes_short_are_filled() -> None:
    assert Probe(SOURCE_IDS, [list("abcde"), list("fgh")]).axes[0].tokens[1] == ["f", "g", "h", "", ""]


@pytest.mark.parametrize("tokens", [{"source": WORDS, "target": "ids"}, (WORDS, None)], ids=["dict", "tuple"])
def test_tokens_of_two_inputs(tokens: Any) -> None:
    if isinstance(tokens, dict):
        tokens = {"source": WORDS, "target": None}
    source, target = Probe((SOURCE_IDS, TARGET_IDS), tokens).axes
    assert source.tokens[0][0] == "three"
    assert target.tokens[0][0] == "2"


def test_titles_are_the_text_of_the_first_axis() -> None:
    assert Probe(SOURCE_IDS, WORDS).title(1) == "nine two six"
    assert Probe(SOURCE_IDS, [list("abcde"), list("fgh")]).title(1) == "fgh"
    long = Probe(np.ones((1, 300), dtype=int), ["", "word"]).title(0)
    assert len(long) == 200
    assert long.endswith("…")
