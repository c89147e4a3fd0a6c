"""Every source for every use, through the real callbacks and their event files: tokens=, labels= and tokenizer= accept the same."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.vocabularies import SENTENCE, SOURCES, WORDS
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger, EmbeddingLogger, SampleLogger
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def model() -> keras.Model:
    ids = layers.Input((3,))
    x = layers.Embedding(len(WORDS), 4, name="words")(ids)
    return keras.Model(ids, layers.Attention(name="attention")([x, x]))


def _shown(tokens: Sequence[str]) -> list[str]:
    return [token.strip() for token in tokens]


@pytest.mark.parametrize(
    ("name", "dtype"),
    [*((name, "int64") for name in SOURCES), *((name, "float32") for name in ("list", "StringLookup", "with ends"))],
)
def test_tokens(name: str, dtype: str, model: keras.Model, tmp_path: Path) -> None:
    known = SOURCES[name](tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        AttentionLogger(tmp_path / "log", np.array([known.ids], dtype), tokens=known.source, model=model).log(0)
    (record,) = seqviz.read(tmp_path / "log", "attention")
    assert _shown(record.layers[0].key_tokens) == SENTENCE.split()
    assert record.title == SENTENCE


@pytest.mark.parametrize("name", SOURCES)
def test_labels(name: str, model: keras.Model, tmp_path: Path) -> None:
    known = SOURCES[name](tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        EmbeddingLogger(tmp_path / "log", labels=known.source, model=model).log(0)
    (record,) = seqviz.read(tmp_path / "log", "embeddings")
    labels = _shown(record.labels)
    assert len(labels) == len(WORDS)
    assert [labels[number] for number in known.ids] == SENTENCE.split()


@pytest.mark.parametrize("name", SOURCES)
def test_tokenizer(name: str, model: keras.Model, tmp_path: Path) -> None:
    known = SOURCES[name](tmp_path)
    options: dict[str, Any] = {"tokenizer": known.source, "generate": lambda prompts: [SENTENCE for _ in prompts]}
    if not known.encodes:
        with pytest.raises(ValueError, match=r"^tokenizer= is .*(expected|which).*two functions"):
            SampleLogger(tmp_path / "log", ["mat"], **options)
        return
    SampleLogger(tmp_path / "log", ["mat"], model=model, **options).log(0)
    (record,) = seqviz.read(tmp_path / "log", "samples")
    (sample,) = record.samples
    assert (sample.text, _shown(sample.tokens)) == (SENTENCE, SENTENCE.split())


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_around_a_text_is_told_from_it(name: str, tmp_path: Path) -> None:
    known = SOURCES[name](tmp_path)
    if not known.encodes:
        return
    vocabulary, (before, behind) = Vocabulary.of(known.source), known.around
    encoding = vocabulary.encoding(SENTENCE)
    assert (vocabulary.before, vocabulary.behind) == known.around
    assert (encoding.text, encoding.ids) == (list(known.ids), [*before, *known.ids, *behind])
    assert Vocabulary.of(vocabulary) is vocabulary
