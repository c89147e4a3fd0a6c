"""What a model is asked to continue, through `SampleLogger` and its event file: special tokens and words that nobody knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.vocabularies import WORDS, WithEnds, with_template
from helpers.writing_runs import bigrams, chain, sample_logger, samples_in, translator, warnings_of
from keras import layers

from tb_seqviz_plugin.callbacks import SampleLogger

pytestmark = pytest.mark.usefixtures("without_xla")

CLS, SEP, UNK = 6, 7, 1
FOLLOWING = {CLS: 4, 2: 3, 3: 4, 4: 5, 5: SEP, SEP: 2, UNK: 5}
"""Which token of `helpers.vocabularies.WORDS` is followed by which: "the cat sat mat [SEP] the"."""


def _log(folder: Path, model: keras.Model, prompts: list[str], **arguments: Any) -> tuple[list[str], list[str]]:
    """Returns the texts that a model writes, and what was warned of."""
    options = {"temperatures": (0,), "max_length": 6, **arguments}
    said = warnings_of(lambda: sample_logger(folder, prompts, model=model, **options).log(0))
    ((*samples,),) = [record.samples for record in samples_in(folder)]
    return [sample.text.strip() for sample in samples], said


def _continued_plainly(ids: list[int], length: int) -> list[int]:
    """Returns what the model of `FOLLOWING` writes, up to the end, in a loop by hand."""
    written: list[int] = []
    while len(written) < length and (not written or written[-1] != SEP):
        written.append(FOLLOWING[[*ids, *written][-1]])
    return written


@pytest.mark.parametrize("make", [WithEnds, with_template], ids=["by hand", "tokenizers"])
def test_the_end_that_a_tokenizer_puts_behind_each_text_is_not_behind_a_prompt(make: Any, tmp_path: Path) -> None:
    tokenizer, model = make(), chain(FOLLOWING, 8)
    texts, said = _log(tmp_path, model, ["the", "the cat"], tokenizer=tokenizer)
    for text, prompt in zip(texts, (["the"], ["the", "cat"]), strict=True):
        ids = [CLS, *[{"the": 2, "cat": 3}[word] for word in prompt]]
        plainly = [{3: "cat", 4: "sat", 5: "mat", SEP: ""}[number] for number in _continued_plainly(ids, 6)]
        assert text == " ".join(filter(None, plainly))
    assert len(said) == 1
    assert said[0].endswith(
        "puts '[CLS]' before and '[SEP]' behind each text that it encodes; a prompt that the model continues begins with '[CLS]' "
        "and ends without '[SEP]', and a source that it writes from is left as it is."
    )


def test_the_model_is_shown_what_is_put_before_each_text(tmp_path: Path) -> None:
    """A prompt of nothing goes on from [CLS] alone."""
    texts, _ = _log(tmp_path, chain(FOLLOWING, 8), [""], tokenizer=WithEnds())
    assert texts == ["sat mat"]


@pytest.mark.parametrize("stop", ["[SEP]", SEP, None])
def test_the_end_may_be_named(stop: Any, tmp_path: Path) -> None:
    texts, _ = _log(tmp_path, chain(FOLLOWING, 8), ["the"], tokenizer=WithEnds(), stop=stop)
    assert texts == ["cat sat mat"]


def test_no_end_and_another_end(tmp_path: Path) -> None:
    for name, stop, expected in (("none", False, "cat sat mat the cat"), ("sat", "sat", "cat")):
        texts, _ = _log(tmp_path / name, chain(FOLLOWING, 8), ["the"], tokenizer=WithEnds(), stop=stop)
        assert texts == [expected if name == "none" else f"{expected} sat"]


@pytest.mark.parametrize(
    ("start", "said"),
    [(False, "begins as start= says"), ("[SEP]", "begins as start= says"), (None, "begins with '[CLS]'")],
)
def test_start_stands_in_the_place_of_what_a_tokenizer_puts_there(start: Any, said: str, tmp_path: Path) -> None:
    texts, (sentence,) = _log(tmp_path, chain(FOLLOWING, 8), ["the"], tokenizer=WithEnds(), start=start)
    assert texts == ["cat sat mat"]
    assert said in sentence


@pytest.mark.parametrize("kind", ["TextVectorization", "StringLookup"])
def test_an_unknown_word_is_what_the_layer_makes_of_it_and_told_once(kind: str, tmp_path: Path) -> None:
    words = ["the", "cat", "sat", "mat"]
    layer = getattr(layers, kind)(vocabulary=words, **({"mask_token": ""} if kind == "StringLookup" else {}))
    texts, said = _log(tmp_path, chain(FOLLOWING, 8), ["the dog", "the cat", "a cat"], tokenizer=layer, max_length=1)
    assert texts == ["mat", "sat", "sat"]
    assert said[0] == (
        f"The prompts hold 'dog', 'a', not in the vocabulary of the tokenizer, a {kind}, which become '[UNK]', as it does itself."
    )
    assert sum("not in the vocabulary" in sentence for sentence in said) == 1


def test_an_unknown_word_of_a_source(tmp_path: Path) -> None:
    source = layers.TextVectorization(vocabulary=list("bcdefghijk"), split="character")
    texts, said = _log(tmp_path, translator(), ["bxc"], tokenizer="abcdefgh.", source=source, start="a", max_length=3)
    model, written = translator(), [0]
    for _ in range(3):
        scores = model([np.array([[2, 1, 3]]), np.array([written])])
        written.append(int(np.argmax(scores[0, -1])))
    assert texts == ["".join("abcdefgh."[number] for number in written[1:])]
    assert said == [
        "The prompts hold 'x', not in the vocabulary of the tokenizer, a TextVectorization, which become '[UNK]', as it does "
        "itself."
    ]


def test_a_source_keeps_the_ends_that_its_tokenizer_puts_there(tmp_path: Path) -> None:
    """As it was trained: the model is shown [CLS] the [SEP], and writes behind what the target's own tokenizer begins with."""
    _log(tmp_path, translator(), ["the"], tokenizer=WithEnds(), max_length=3, stop=False)
    model, written = translator(), [CLS]
    for _ in range(3):
        scores = model([np.array([[CLS, 2, SEP]]), np.array([written])])
        written.append(int(np.argmax(scores[0, -1])))
    (sample,) = samples_in(tmp_path)[0].samples
    assert list(sample.tokens) == [WORDS[number] if number < 8 else "[8]" for number in written[1:]]


def test_a_word_that_nothing_stands_for_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"^Prompt 0 .* holds '!', .* nothing in it stands .* or one with a token '\[UNK\]'\.$"
    ):
        SampleLogger(tmp_path, ["ab!"], tokenizer="abc")
    _, said = _log(tmp_path, bigrams(4), ["ab!"], tokenizer={"a": 0, "b": 1, "c": 2, "[UNK]": 3})
    assert said == [
        "The prompts hold '!', not in the vocabulary of the tokenizer, a map of 4 characters, which become '[UNK]', as it does "
        "itself."
    ]


def test_words_that_the_tokenizer_of_keras_2_leaves_out(tmp_path: Path) -> None:
    text = pytest.importorskip("tensorflow").keras.preprocessing.text
    tokenizer = text.Tokenizer()
    tokenizer.fit_on_texts(["the cat sat mat the cat sat the cat the"])
    texts, said = _log(tmp_path, chain({1: 2, 2: 3, 3: 4, 4: 1}, 5), ["the dog"], tokenizer=tokenizer, max_length=2)
    assert texts == ["cat sat"]
    assert said[0].endswith("which are left out, as it does itself.")
