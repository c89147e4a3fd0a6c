"""Which tokens lie along which axis, through `AttentionLogger` and its event file; and that nothing is left out without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.logging_runs import SOURCE_IDS, TARGET_IDS, WORDS, language_model, translator
from helpers.writing_runs import warnings_of
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger


def _log(
    folder: Path, model: keras.Model, inputs: Any, **arguments: Any
) -> tuple[list[seqviz.AttentionRecord], list[str]]:
    """Returns one record per example, and what was warned of."""
    said = warnings_of(lambda: AttentionLogger(folder, inputs, model=model, **arguments).log(0))
    return list(seqviz.read(folder, "attention")), said


PADDED = np.array([[5, 7, 0, 0, 0, 0]])


@pytest.mark.parametrize(
    ("ids", "tokens"),
    [
        (PADDED, WORDS[:8]),  # longer than the text, which is padded
        (PADDED, [*WORDS[:4], *WORDS[4:]]),
        (TARGET_IDS[:1] % 6, WORDS[:6]),  # as long as the text, and a word for each of its ids
    ],
)
def test_a_flat_list_is_the_vocabulary(ids: Any, tokens: list[str], tmp_path: Path) -> None:
    (record,), said = _log(tmp_path, language_model(), ids, tokens=tokens)
    assert record.layers[0].key_tokens == [WORDS[number] for number in ids[0]]
    assert said == []


@pytest.mark.parametrize(
    ("ids", "tokens", "number"), [(TARGET_IDS[:1], list("abcdef"), 8), (TARGET_IDS[1:], list("abc"), 8)]
)
def test_a_flat_list_that_can_only_be_the_words_of_the_example_is_told(
    ids: Any, tokens: list[str], number: int, tmp_path: Path
) -> None:
    (record,), said = _log(tmp_path, language_model(), ids, tokens=tokens)
    assert record.layers[0].key_tokens == [*tokens, *[""] * (6 - len(tokens))]
    assert said == [
        f"tokens= is a list of {len(tokens)} strings, taken for the words of the one example, since as a vocabulary it has no word "
        f"for the id {number}; a list of lists says so: tokens=[[...]]."
    ]


class ClassToken(layers.Layer):
    """Puts a learned token before a text."""

    def build(self, shape: Any) -> None:
        self.token = self.add_weight(shape=(1, 1, shape[-1]))

    def call(self, x: Any) -> Any:
        return ops.concatenate([ops.repeat(self.token, ops.shape(x)[0], axis=0), x], axis=1)


def test_a_token_that_the_model_adds_is_no_padding(tmp_path: Path) -> None:
    ids = layers.Input((4,))
    x = ClassToken()(layers.Embedding(9, 8)(ids))
    model = keras.Model(ids, layers.MultiHeadAttention(2, 4)(x, x)[:, 0])
    (record,), _ = _log(tmp_path, model, np.array([[5, 7, 1, 2]]))
    (layer,) = record.layers
    assert list(layer.query_tokens) == list(layer.key_tokens) == ["[added]", "5", "7", "1", "2"]
    assert "padding" not in layer.measures
    assert record.alarms == ()


class Attend(layers.Layer):
    """One query that is learned, as in networks of hierarchical attention."""

    def build(self, shape: Any) -> None:
        self.query = self.add_weight(shape=(shape[-1],), initializer="normal")

    def call(self, x: Any) -> Any:
        weights = ops.softmax(ops.sum(ops.tanh(x) * self.query, axis=-1))
        return ops.sum(x * weights[..., None], axis=1)


def _hierarchical(sentences: int = 2, *, at_once: bool = False) -> keras.Model:
    """Returns a network of hierarchical attention.

    Args:
        sentences: in each document.
        at_once: whether the sentences of all documents are one batch, rather than seen one after the other.
    """
    words = layers.Input((3,))
    sentence = keras.Model(words, Attend(name="word_attention")(layers.Embedding(10, 8)(words)))
    documents = layers.Input((sentences, 3))
    if at_once:
        flat = sentence(layers.Lambda(lambda x: ops.reshape(x, (-1, 3)))(documents))
        x = layers.Lambda(lambda x: ops.reshape(x, (-1, sentences, 8)))(flat)
    else:
        x = layers.TimeDistributed(sentence)(documents)
    return keras.Model(documents, layers.Dense(2)(Attend(name="sentence_attention")(x)))


DOCUMENTS = np.array([[[2, 3, 0], [4, 5, 6]], [[7, 8, 9], [9, 9, 0]]])


@pytest.mark.parametrize(
    ("documents", "at_once"),
    [(DOCUMENTS, False), (DOCUMENTS.astype("float32"), False), (DOCUMENTS, True)],
    ids=["integers", "floats", "in one batch"],
)
def test_documents_of_sentences_get_the_words_and_the_sentences(documents: Any, at_once: bool, tmp_path: Path) -> None:
    model = _hierarchical(at_once=at_once)
    (first, second), said = _log(tmp_path, model, documents, tokens=WORDS)
    assert said == []
    assert (first.title, second.title) == ("two three four five six", "seven eight nine nine nine")
    by_name: dict[str, list[Any]] = {"word_attention": [], "sentence_attention": []}
    for layer in first.layers:
        by_name[layer.path.rsplit("/", 1)[-1]].append(layer)
    words, (sentences,) = by_name["word_attention"], by_name["sentence_attention"]
    assert [list(layer.key_tokens) for layer in words] == [["two", "three", ""], ["four", "five", "six"]]
    assert [list(layer.query_tokens) for layer in words] == [["two three"], ["four five six"]]
    assert list(sentences.key_tokens) == ["two three", "four five six"]
    assert (words[0].key_axis, words[0].query_axis, sentences.key_axis.split()[0]) == (
        "tokens",
        "sentences",
        "sentences",
    )
    assert {layer.role for layer in first.layers} == {"other"}
    # The weights are those of the sentence that they are shown with.
    _, embedding, attend = model.layers[2].layers if at_once else model.layers[1].layer.layers
    weights = np.asarray(ops.softmax(ops.sum(ops.tanh(embedding(DOCUMENTS[0])) * attend.query, axis=-1)))
    for sentence, layer in enumerate(words):
        np.testing.assert_allclose(layer.weights[0, 0], weights[sentence], atol=0.01)


def test_documents_of_as_many_sentences_as_words(tmp_path: Path) -> None:
    documents = np.array([[[2, 3, 0], [4, 5, 6], [7, 8, 9]]])
    (record,), _ = _log(tmp_path, _hierarchical(3), documents, tokens=WORDS)
    (*words, sentences) = record.layers
    assert [list(layer.key_tokens)[:2] for layer in words] == [["two", "three"], ["four", "five"], ["seven", "eight"]]
    assert [list(layer.query_tokens) for layer in words] == [["two three"], ["four five six"], ["seven eight nine"]]
    assert list(sentences.key_tokens) == ["two three", "four five six", "seven eight nine"]


def test_documents_without_tokens_show_their_ids(tmp_path: Path) -> None:
    (record, _), said = _log(tmp_path, _hierarchical(), DOCUMENTS)
    assert {tuple(layer.key_tokens) for layer in record.layers} == {
        ("2", "3", "0"),
        ("4", "5", "6"),
        ("2 3 0", "4 5 6"),
    }
    assert said == []


def _of_vectors(size: int = 10) -> keras.Model:
    inputs = layers.Input((6, size))
    x = layers.Dense(8)(inputs)
    return keras.Model(inputs, layers.Attention(name="attention")([x, x]))


def test_one_hot_vectors_are_ids_where_there_are_tokens(tmp_path: Path) -> None:
    vectors = np.eye(10, dtype="float32")[TARGET_IDS]
    vectors[1, 3:] = 0
    (first, second), said = _log(tmp_path / "named", _of_vectors(), vectors, tokens=WORDS)
    assert first.layers[0].key_tokens == [WORDS[number] for number in TARGET_IDS[0]]
    assert second.layers[0].key_tokens == ["[UNK]", "eight", "two", "", "", ""]
    assert said == []
    (record, _), _ = _log(tmp_path / "without", _of_vectors(), vectors)
    assert record.layers[0].key_tokens == list("012345")


def test_tokens_of_no_use_are_told(tmp_path: Path) -> None:
    (record,), said = _log(
        tmp_path, _of_vectors(), np.random.default_rng(0).normal(size=(1, 6, 10)), tokens={"a": 0, "b": 1}
    )
    assert record.layers[0].key_tokens == list("012345")
    assert said == [
        "tokens= names none of the positions of input 'tokens', of shape [1, 6, 10] and type float32, which holds no ids; expected "
        "a list of strings for each example, or no tokens."
    ]


def test_a_dict_of_words_is_a_vocabulary_for_several_inputs_too(tmp_path: Path) -> None:
    ids = {word: number for number, word in enumerate(WORDS)}
    (record, _), said = _log(tmp_path, translator(depth=1), (SOURCE_IDS, TARGET_IDS), tokens=ids)
    assert record.layers[-1].key_tokens == [WORDS[number] for number in SOURCE_IDS[0]]
    assert record.layers[-1].query_tokens == [WORDS[number] for number in TARGET_IDS[0]]
    assert said == []


def test_a_wrong_source_of_one_of_several_inputs_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^tokens\['source'\] is an int; expected a list or a dict of tokens"):
        AttentionLogger(tmp_path, {"source": SOURCE_IDS, "target": TARGET_IDS}, tokens={"source": 3, "target": WORDS})


def test_a_tokenizer_that_knows_bytes_only(tmp_path: Path) -> None:
    def token_of(number: int) -> bytes:
        return "é春".encode()[number : number + 1]

    (record,), _ = _log(tmp_path, language_model(), np.array([[0, 1, 2, 3, 4, 4]]), tokens=token_of)
    assert len(record.layers[0].key_tokens) == 6
