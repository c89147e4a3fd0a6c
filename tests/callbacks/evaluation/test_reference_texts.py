"""Texts of one's own, of which each token is followed: the same probabilities as in a plain pass over them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from helpers.evaluated_models import (
    IDS,
    classifier,
    drawn_ids,
    language_model,
    log_softmax,
    reversed_pairs,
    tagger,
    translator,
)

from tb_seqviz_plugin.callbacks import EvaluationOptions, Report, evaluate

X = drawn_ids(20)
DATA = (X[:, :-1], X[:, 1:])
LETTERS = "_abcdefghijk"


def followed(model: keras.Model, data: Any, texts: Any, **given: Any) -> Report:
    return evaluate(model, data, options=EvaluationOptions(draws=0, texts=texts), examples=4, **given)


def test_texts_and_ids_of_a_language_model_are_as_in_a_plain_pass() -> None:
    model = language_model()
    first, second = followed(model, DATA, ["cab", [3, 1, 2, 9]], tokenizer=LETTERS).tokens
    assert (first.text, list(first.tokens), second.text) == ("cab", ["c", "a", "b"], "cabi")
    plain = np.exp(log_softmax(model, np.int32([[3, 1, 2, 9]])))[0]
    np.testing.assert_allclose(second.probabilities[1:], [plain[0, 1], plain[1, 2], plain[2, 9]], rtol=1e-4)
    np.testing.assert_allclose(first.probabilities, second.probabilities[:3], rtol=1e-5)
    assert np.isnan(first.probabilities[0])
    assert first.vocabulary_size == IDS


def test_where_all_data_begin_alike_a_string_does_so_too() -> None:
    begun = np.concatenate([np.full((20, 1), 11, np.int32), X], axis=1)
    (text,) = followed(language_model(), (begun[:, :-1], begun[:, 1:]), ["cab"], tokenizer=LETTERS).tokens
    assert list(text.tokens) == ["k", "c", "a", "b"]


def test_of_an_encoder_decoder_each_has_its_source_and_the_end_of_the_data() -> None:
    model, data = translator(), reversed_pairs(20)
    (text,) = followed(model, data, [("123", "321")], tokenizer="_123456789<>").tokens
    assert (text.source, text.text, list(text.tokens)) == ("123", "321>", ["3", "2", "1", ">"])
    inputs = {"source": np.int32([[1, 2, 3, 0]]), "target": np.int32([[10, 3, 2, 1, 0]])}
    plain = np.exp(log_softmax(model, inputs))[0]
    expected = [plain[place, number] for place, number in enumerate((3, 2, 1, 11))]
    np.testing.assert_allclose(text.probabilities, expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("model", "data", "texts", "sentence"),
    [
        (classifier, (X, X[:, 0] % 3), [[1, 2]], "the model writes no tokens"),
        pytest.param(tagger, (X, X % 3), [[1, 2]], "the model writes no tokens", marks=pytest.mark.long),
        (language_model, DATA, [[5]], r"text 0 is \[5\], a single token, which nothing precedes"),
        (language_model, DATA, [[5, 99]], "text 0 holds the id 99, and the model tells 12 apart"),
        (language_model, DATA, [("a", "b")], r"text 0 is \('a', 'b'\); expected a text or its ids"),
        pytest.param(
            translator,
            reversed_pairs(9),
            [([500], [10, 1, 11])],
            r"InvalidArgumentError: indices\[0,0\] = 500 is not in",
            marks=pytest.mark.long,
        ),
        (translator, reversed_pairs(9), ["ab"], r"text 0 is 'ab'; expected a pair \(source, text\)"),
    ],
)
def test_what_a_model_cannot_be_asked_for_is_told_and_the_rest_is_evaluated(
    model: Any, data: Any, texts: Any, sentence: str
) -> None:
    with pytest.warns(UserWarning, match=f"texts= of EvaluationOptions is left out: .*{sentence}"):
        report = followed(model(), data, texts, tokenizer=LETTERS)
    assert not report.tokens
    assert 0 <= report.value("accuracy") <= 1


def test_what_the_vocabulary_does_not_know_is_told() -> None:
    tokens = ["[PAD]", "[UNK]", "the", "cat", *(f"word{number}" for number in range(8))]
    with pytest.warns(UserWarning, match="texts= of EvaluationOptions holds 'dog', not in the vocabulary"):
        (text,) = followed(language_model(), DATA, ["the dog"], tokenizer=tokens).tokens
    assert list(text.tokens) == ["the", "[UNK]"]


@pytest.mark.parametrize(
    ("texts", "given", "sentence"),
    [
        (["ab"], {}, "holds 'ab' as text 0, and tokenizer= is missing; expected ids"),
        ([3], {}, "holds 3 as text 0; expected a string, its ids"),
        ([[0.5, 1]], {}, r"holds \[0.5, 1\] as text 0"),
        (["ab"], {"tokenizer": lambda number: str(number)}, "needs ids of texts, and the vocabulary"),
        ("ab", {}, "texts='ab'; expected a whole number"),
    ],
)
def test_what_are_no_texts_is_refused_at_once(texts: Any, given: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        followed(language_model(), DATA, texts, **given)
