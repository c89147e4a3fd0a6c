"""The tokens of a text to blobs and series, and back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.evaluation_cases import TOKENS_CASE
from helpers.served import fetch_from, make_client, make_provider

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.wire.frame import decode_frame

GIVEN: dict[str, Any] = {"text": "the cat", "tokens": ["the", " cat"], "probabilities": [np.nan, 0.25]}


def test_all_comes_back(tmp_path: Path) -> None:
    said = {each.name: getattr(TOKENS_CASE, each.name) for each in dataclasses.fields(TOKENS_CASE)}
    with seqviz.Writer(tmp_path) as writer:
        writer.tokens("golden", **said, step=3)
    (record,) = seqviz.read(tmp_path, "tokens")
    np.testing.assert_array_equal(record.probabilities, TOKENS_CASE.probabilities)
    np.testing.assert_array_equal(record.surprisals.round(4), np.float32([np.nan, 1.3863, np.inf]))
    assert record.ranks.tolist() == [0, 1, 70000]
    for name in ("text", "tokens", "lengths", "source", "vocabulary_size", "attention"):
        assert getattr(record, name) == said[name]
    assert list(record.notes) == said["notes"]


def test_the_measures_are_those_of_what_was_predicted(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.tokens("r/0", **GIVEN, ranks=[0, 2], step=0)
        writer.tokens("r/0", **{**GIVEN, "probabilities": [0.5, 0.5]}, ranks=[1, 2], step=1)
        writer.tokens("r/0", **{**GIVEN, "probabilities": [np.nan, np.nan]}, step=2)
    answer = fetch_from(make_client(make_provider(tmp_path)))("measures", run=".", tag="tokens/r/0")
    frame = decode_frame(answer.body)
    assert frame.header == {"names": ["log_loss", "perplexity", "accuracy"]}
    expected = [[[np.log(4), 4, 0]], [[np.log(2), 2, 0.5]], [[np.nan] * 3]]
    np.testing.assert_allclose(frame.arrays["values"], expected, rtol=1e-3)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text": 3}, "text of a record of tokens is 3; expected text"),
        ({"tokens": "ab"}, "tokens of a text are 'ab'; expected a list of strings"),
        ({"probabilities": [0.5]}, r"2 tokens, and probabilities of shape \[1\]; expected one per token"),
        ({"probabilities": [-1, 0]}, "token has the probability -1; expected 0 to 1"),
        ({"ranks": [1]}, r"2 tokens, and ranks of shape \[1\]; expected one per token"),
        ({"ranks": [0.5, 1]}, "has 0.5 among its ranks; expected whole numbers of at least 0"),
        ({"vocabulary_size": -1}, "has -1 among its sizes of vocabularies; expected whole numbers"),
    ],
)
def test_what_cannot_be_stored_is_refused(tmp_path: Path, given: dict[str, Any], sentence: str) -> None:
    with seqviz.Writer(tmp_path) as writer, pytest.raises(ValueError, match=sentence):
        writer.tokens("t", **{**GIVEN, **given}, step=0)
