"""Bad input for samples: one clear sentence at the right place, what came is logged, and training goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.cases import others_long
from helpers.writing_runs import (
    CHARACTERS,
    SIZE,
    bigrams,
    chain,
    fit,
    log,
    sample_logger,
    samples_in,
    shaken,
    transformer,
    translator,
    warnings_of,
)
from keras import layers

from tb_seqviz_plugin.callbacks import SourceTexts

pytestmark = pytest.mark.usefixtures("without_xla")

# Wrong arguments fail at construction


class WithoutDecode:
    def encode(self, text: str) -> list[int]:
        return [1]


class Silent(WithoutDecode):
    """A tokenizer that makes nothing of some texts."""

    def encode(self, text: str) -> list[int]:
        return [1] * (len(text) - 1)

    def decode(self, ids: list[int]) -> str:
        return "a" * len(ids)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown character": (
        {"prompts": ["ab", "axbyx"]},
        "Prompt 1 cannot be used: The text 'axbyx' holds 'x', 'y', which the tokenizer, a map of 9 characters, does not know, and "
        "nothing in it stands for what is unknown; expected only what is in its vocabulary, or one with a token '[UNK]'.",
    ),
    "unknown word": (
        {"prompts": ["one two"], "tokenizer": layers.StringLookup(vocabulary=["one"], num_oov_indices=0)},
        "Prompt 0 cannot be used: The text 'one two' holds 'two', which the tokenizer, a StringLookup, does not know, and nothing "
        "in it stands for what is unknown; expected only what is in its vocabulary, or one with a token '[UNK]'.",
    ),
    "empty prompt": (
        {"prompts": ["ab", ""]},
        "Prompt 1 cannot be used: The text '' has no token; expected a text of at least one token of the tokenizer, a map of 9 "
        "characters.",
    ),
    "prompt without a token": (
        {"prompts": ["a"], "tokenizer": Silent()},
        "Prompt 0 cannot be used: The text 'a' has no token; expected a text of at least one token of the tokenizer, a Silent.",
    ),
    "no prompt": ({"prompts": []}, "There is no prompt; expected a list of at least one text."),
    "one text": ({"prompts": "abc"}, "The prompts are 'abc'; expected a list of texts, such as ['Once upon']."),
    "no list": ({"prompts": 5}, "The prompts are 5; expected a list of texts, such as ['Once upon']."),
    "ids": ({"prompts": [[0, 1]]}, "Prompt 0 is [0, 1]; expected text, which the tokenizer makes ids of."),
    "no list, and the model's tokenizer": (
        {"prompts": 5, "tokenizer": None},
        "The prompts are 5; expected a list of texts, such as ['Once upon'].",
    ),
    "one text, and the model's tokenizer": (
        {"prompts": "abc", "tokenizer": None},
        "The prompts are 'abc'; expected a list of texts, such as ['Once upon'].",
    ),
    "temperature below 0": (
        {"temperatures": (1, -0.5)},
        "A temperature is -0.5; expected 0, which is greedy, or above.",
    ),
    "temperature NaN": ({"temperatures": [np.nan]}, "A temperature is nan; expected 0, which is greedy, or above."),
    "no temperature": ({"temperatures": ()}, "temperatures=(); expected a list of at least one number, as in (0.5, 1.0)."),
    "one temperature": ({"temperatures": 0.5}, "temperatures=0.5; expected a list of at least one number, as in (0.5, 1.0)."),
    "no length": ({"max_length": 0}, "max_length=0; expected a whole number of at least 1."),
    "no repeat": ({"repeats": 0}, "repeats=0; expected a whole number of at least 1."),
    "seed of a name": ({"seed": "a"}, "seed='a'; expected a whole number of at least 0."),
    "top_k": ({"top_k": 0}, "top_k=0; expected a whole number of at least 1."),
    "top_p of text": ({"top_p": "0.9"}, "top_p='0.9'; expected a share above 0 and at most 1, or None for all tokens."),
    "temperatures of two": (
        {"temperatures": (1, (0, 1))},
        "temperatures=(1, (0, 1)); expected a list of at least one number, as in (0.5, 1.0).",
    ),
    "top_p": ({"top_p": 1.5}, "top_p=1.5; expected a share above 0 and at most 1, or None for all tokens."),
    "beams": ({"beams": -1}, "beams=-1; expected a whole number of at least 0."),
    "beams of yes": ({"beams": True}, "beams=True; expected a whole number of at least 0."),
    "window": ({"window": 0}, "window=0; expected a whole number of at least 1."),
    "alternatives": ({"alternatives": -1}, "alternatives=-1; expected a whole number of at least 0."),
    "outputs": ({"outputs": "logit"}, "outputs='logit'; expected \"logits\", \"probabilities\", or None to find out."),
    "tokenizer without decode": (
        {"tokenizer": WithoutDecode()},
        "tokenizer= is a WithoutDecode with encode and without decode; expected both, or id_to_token, since ids are shown as "
        "tokens. Pass a tuple of two functions, from a text to ids and from ids to a text.",
    ),
    "tokenizer of parts of words": (
        {"tokenizer": ["the", "cat", "##s"]},
        "tokenizer= is a list of parts of words, which does not say how a text is split into them and joined of them; expected "
        "characters or words.",
    ),
    "source tokenizer": ({"source": 3}, "source= is an int; expected a list or a dict of tokens"),
    "references of some": (
        {"prompts": [("a", "c"), "b"]},
        "Prompt 0 is ('a', 'c'); expected text, which the tokenizer makes ids of.",
    ),
    "reference of ids": ({"prompts": {"ab": 3}}, "Reference 0 is 3; expected text."),
    "stop of two tokens": (
        {"stop": "ab"},
        "stop='ab' is 2 tokens to the tokenizer; expected a single one, or the id of one.",
    ),
    "unknown stop": ({"stop": "?"}, "stop='?' cannot be used: The text '?' holds '?', which the tokenizer, a map of 9 characters"),
    "unknown id": ({"stop": 9}, "stop=9; expected a token as text, or its id from 0 to 8."),
    "stop of yes": ({"stop": True}, "stop=True; expected a token as text, or its id from 0 on, or False for none."),
    "start of two tokens": ({"start": "ab"}, "start='ab' is 2 tokens to the tokenizer; expected a single one, or the id of one."),
    "corpus of nothing": (
        {"corpus": []},
        "No text of the corpus has 5 words; expected the texts that the model is trained on.",
    ),
    "corpus of an empty text": ({"corpus": ""}, "No text of the corpus has 5 words; expected the texts"),
    "no function": (
        {"generate": "gpt"},
        "generate='gpt'; expected a function from a list of prompts to a list of texts, or None.",
    ),
    "beams of a function": (
        {"generate": list, "beams": 2},
        "generate= writes in the model's stead, and beams= is about how the model itself writes; leave one of them out.",
    ),
    "top_p of a function": (
        {"generate": list, "top_p": 0.9},
        "generate= writes in the model's stead, and top_p= is about how the model itself writes; leave one of them out.",
    ),
    "attention of a function": (
        {"generate": list, "attention": True},
        "generate= writes in the model's stead, and attention= is about how the model itself writes; leave one of them out.",
    ),
    "stop 0 of a function": (
        {"generate": list, "stop": 0},
        "generate= writes in the model's stead, and stop= is about how the model itself writes; leave one of them out.",
    ),
    "alternatives of a function": (
        {"generate": list, "alternatives": 3},
        "generate= writes in the model's stead, and alternatives= is about how the model itself writes; leave one of them out.",
    ),
    "tokenizer of a function": (
        {"generate": list, "tokenizer": 3},
        "tokenizer= is an int; expected a list or a dict of tokens, a text file",
    ),
    "references of a function": ({"generate": list, "prompts": [("a", 3)]}, "Reference 0 is 3; expected text."),
    "sampling": ({"sampling": (0.5, 1)}, "sampling=(0.5, 1); expected Sampling(...), or None for Sampling()."),
    "options": ({"options": True}, "options=True; expected SampleOptions(...), or None for SampleOptions()."),
    "padding of a source": (
        {"source": SourceTexts(padding="?")},
        "padding='?' cannot be used: The text '?' holds '?', which the tokenizer, a map of 9 characters, does not know",
    ),
    "schedule": ({"schedule": "epochs"}, "The schedule is 'epochs'; expected 'epoch', 'geometric', a number of batches"),
    "name": ({"name": ""}, "The name of a record is ''; expected printable text without space at its ends."),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_arguments_fail_at_construction(what: str, tmp_path: Path) -> None:
    arguments, message = WRONG[what]
    options = {"prompts": ["ab"], "tokenizer": CHARACTERS, **arguments}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}") as raised:
        sample_logger(tmp_path, **options)
    assert str(raised.value).endswith((".", ".]"))
    assert not any(tmp_path.iterdir())


def test_a_corpus_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"^The corpus is a int; expected a text, or an iterable of texts\.$"):
        sample_logger(tmp_path, ["ab"], tokenizer=CHARACTERS, corpus=5)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    with pytest.raises(
        OSError, match=r"^Cannot write to .+: .+ is a file; expected a folder. Choose another log_dir.$"
    ):
        sample_logger(tmp_path / "log", ["ab"], tokenizer=CHARACTERS)


# Trouble while logging is warned of once


def _fit(folder: Path, model: keras.Model, **arguments: Any) -> list[str]:
    """Trains for four epochs; returns what was warned of."""
    options = {"prompts": ["ab"], "tokenizer": CHARACTERS, "temperatures": (0, 1), "max_length": 6, **arguments}
    logger = sample_logger(folder, **options)
    losses: list[float] = []
    messages = warnings_of(lambda: losses.extend(fit(model, logger, batches=1, epochs=4).history["loss"]))
    assert len(losses) == 4
    return messages


def _assert_one(messages: list[str], expected: str) -> None:
    assert len(messages) == 1, messages
    assert re.fullmatch(expected, messages[0], re.DOTALL), messages[0]


COULD_NOT = "SampleLogger could not log at step 0, and training goes on: "


def test_no_model(tmp_path: Path) -> None:
    logger = sample_logger(tmp_path, ["ab"], tokenizer=CHARACTERS)
    _assert_one(
        warnings_of(lambda: [logger.log(step) for step in range(3)]),
        COULD_NOT
        + r"The callback has no model; pass it, as in SampleLogger\(\.\.\., model=model\), or call set_model\(model\)\.",
    )


def _unbuilt() -> keras.Model:
    return keras.Sequential([layers.Embedding(SIZE, 4), layers.Dense(SIZE)], name="fresh")


def _of_images() -> keras.Model:
    return keras.Sequential([layers.Input((8, 8, 1)), layers.Flatten(), layers.Dense(SIZE)], name="images")


NOT_WRITING: dict[str, tuple[Callable[[], keras.Model], dict[str, Any], str]] = {
    "unbuilt": (
        _unbuilt,
        {},
        r"The model 'fresh' is not built, so it has no weights to write with\. Call it once on a batch, or train one step, "
        r"before generating\.",
    ),
    "images": (
        _of_images,
        {},
        r"The model 'images' takes text of the shape \(None, 8, 8, 1\); expected ids \(batch, time\) or one-hot vectors "
        r"\(batch, time, vocabulary\)\.",
    ),
    "window of another length": (
        lambda: transformer(6),
        {"window": 5},
        r"window=5, and the model 'language' takes 6 tokens, no more and no less; leave window out\.",
    ),
    "no start": (
        translator,
        {},
        r"The model writes from a source, and nothing says what its text begins with; expected start=, such as "
        r"start='\[start\]', the token that it was trained to begin with\.",
    ),
    "long source": (
        lambda: translator(3),
        {"start": "a", "prompts": ["ab", "abcde"]},
        r"Prompt 1 has 5 tokens and the model takes a source of 3; expected a shorter one\.",
    ),
    "empty source": (
        translator,
        {"start": "a", "prompts": ["ab", ""]},
        r"Prompt 1 is empty; expected a text that the model is to write from\.",
    ),
    "prompt that the model does not know": (
        lambda: bigrams(4),
        {"prompts": ["ab", "bad.", "a"]},
        r"Prompt 1 has the unknown token 8; expected 0 to 3, as the model returns 4 numbers per token\. Does the tokenizer "
        r"belong to this model\?",
    ),
}


@pytest.mark.parametrize(
    "what", others_long(["no start", "empty source", "prompt that the model does not know"], NOT_WRITING)
)
def test_models_that_cannot_write_so(what: str, tmp_path: Path) -> None:
    make, arguments, message = NOT_WRITING[what]
    records: list[Any] = []
    messages = warnings_of(lambda: records.extend(log(tmp_path, make(), times=3, **arguments)))
    _assert_one(messages, COULD_NOT + message)
    assert records == []
    assert not any(tmp_path.iterdir())


def test_a_tokenizer_that_knows_more_than_the_model(tmp_path: Path) -> None:
    _assert_one(
        _fit(tmp_path, bigrams(4)),
        r"The tokenizer, a map of 9 characters, has 9 tokens and the model returns 4 numbers per token, so that those from 4 "
        r"on never come; expected as many of both\. Does the tokenizer belong to this model\?",
    )
    assert all(set(sample.text) <= set("abcd") for record in samples_in(tmp_path) for sample in record.samples)
    assert len(samples_in(tmp_path)) == 4


def test_a_tokenizer_that_knows_less_than_the_model_writes(tmp_path: Path) -> None:
    model = chain({0: 1, 1: 5, 5: 0}, 6)
    _assert_one(
        _fit(tmp_path, model, tokenizer="abc", prompts=["a"], temperatures=(0,)),
        r"What the model wrote holds ids up to 5, and tokenizer=, a map of 3 characters, has 3 tokens, so that those from 3 on are "
        r"shown by number, as \[5\]; expected a token for each id\. Does it belong to this model\?",
    )
    assert [record.samples[0].text for record in samples_in(tmp_path)] == ["b[5]ab[5]a"] * 4


def test_a_tokenizer_that_knows_less_and_does_not_matter(tmp_path: Path) -> None:
    """As where the vocabulary of the model is rounded up."""
    model = chain({0: 1, 1: 0}, 6)
    assert _fit(tmp_path, model, tokenizer="abc", prompts=["a"], temperatures=(0,)) == []


def test_a_tokenizer_that_cannot_decode_what_the_model_writes(tmp_path: Path) -> None:
    def decode(ids: list[int]) -> str:
        return "".join("ab"[number] for number in ids)

    model = chain({0: 1, 1: 5, 5: 0}, 6)
    tokenizer = (lambda text: list(map("ab".index, text)), decode)
    messages = _fit(tmp_path, model, tokenizer=tokenizer, prompts=["a"], temperatures=(0,))
    reason = (
        r"The tokenizer, two functions, cannot decode \[1, 5, 0, 1, 5, 0\] \(IndexError: string index out of range\)\."
    )
    _assert_one(messages, rf"Samples that cannot be decoded .+ token by token, such as one of prompt 0: {reason}")
    records = samples_in(tmp_path)
    assert [record.samples[0].text for record in records] == ["b[5]ab[5]a"] * 4
    (note,) = records[0].samples[0].notes
    assert re.fullmatch(f"Its tokens are shown one by one, as the whole cannot be decoded: {reason}", note)


class OpByOp(layers.Layer):
    """Runs op by op only."""

    def call(self, x: Any) -> Any:
        return x * float(np.sign(x.numpy().max()))

    def compute_output_spec(self, x: Any) -> Any:
        return keras.KerasTensor(x.shape, x.dtype)


def test_a_model_that_no_graph_holds(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((None,)), layers.Embedding(SIZE, 4), OpByOp(), layers.Dense(SIZE)])
    _assert_one(
        warnings_of(lambda: log(tmp_path, model, times=2)),
        "The samples are written op by op, many times as slowly as by a compiled loop, since the model fits no graph: .*numpy.*",
    )
    assert len(samples_in(tmp_path)) == 2


def test_a_text_that_grows_beyond_the_model(tmp_path: Path) -> None:
    """What to do is told, however long what TensorFlow says of it."""
    _assert_one(
        warnings_of(lambda: log(tmp_path, transformer(), temperatures=(0,), max_length=40)),
        COULD_NOT
        + r"The model failed at prompts of up to 2 tokens and 40 more; expected one that takes them all\. If it takes "
        r"some number of tokens only, pass that as window=\. What it said: .*Incompatible shapes.*",
    )


def test_prompts_that_do_not_fill_a_window(tmp_path: Path) -> None:
    window = layers.Input((6,)), layers.Embedding(SIZE, 4), layers.Flatten(), layers.Dense(SIZE)
    long = "The prompt has 8 tokens; the model was shown the last 6 of them."
    short = "The prompt has 2 tokens and the model takes 6; zeros were put before it."
    records: list[Any] = []
    model = shaken(keras.Sequential(window))
    messages = warnings_of(lambda: records.extend(log(tmp_path, model, ["abcdef", "abcdefgh", "ab"], times=3)))
    assert messages == [f"Samples of prompt 1 at step 0: {long}", f"Samples of prompt 2 at step 0: {short}"]
    assert len(records) == 3
    for record in records:
        assert [list(sample.notes) for sample in record.samples] == [[], [], [long], [long], [short], [short]]


def test_what_is_not_a_number_is_logged_and_said(tmp_path: Path) -> None:
    model = bigrams()
    embedding, *rest = model.get_weights()
    embedding[1] = np.nan
    model.set_weights([embedding, *rest])
    records: list[Any] = []
    messages = warnings_of(lambda: records.extend(log(tmp_path, model, ["ab", "c"], times=3)))
    assert messages == [
        f"Samples of prompt {prompt} at step 0: NaN at token {prompt}: the model returned no probabilities, and the text ends "
        "before it."
        for prompt in (0, 1)
    ]
    assert len(records) == 3
    for record in records:
        assert {sample.prompt for sample in record.samples if not sample.text} == {"ab"}
        for sample in record.samples:
            # Nothing comes after the letter that the model knows no number of.
            assert "b" not in sample.text[:-1]
            ends = len(sample.text) < 6
            assert [note.startswith(f"NaN at token {len(sample.text)}: ") for note in sample.notes] == [True] * ends
            # What fills up is measured as little as it is shown.
            assert sample.measures["length"] == len(sample.text)
            assert np.isnan(sample.measures["repetitive"]) == (not sample.text)


def test_training_that_ends_in_nan(tmp_path: Path) -> None:
    (message,) = _fit(tmp_path, bigrams(optimizer=keras.optimizers.SGD(1e38)), beams=2)
    assert message.startswith("Samples of prompt 0 at step 0: NaN at token ")
    records = samples_in(tmp_path)
    assert [record.step for record in records] == [0, 1, 2, 3]
    assert all(sample.text == "" and sample.notes for sample in records[-1].samples)


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (lambda prompts: ["x"], r"generate returned \['x'\] for 2 prompts; expected a list of as many texts\."),
        (lambda prompts: "xy", "generate returned 'xy' for 2 prompts; expected a list of as many texts."),
        (
            lambda prompts: {"ab": "x", "c": "y"},
            "generate returned {'ab': 'x', 'c': 'y'} for 2 prompts; expected a list .+",
        ),
        (lambda prompts: [1, 2], r"generate returned \[1, 2\] for 2 prompts; expected a list of as many texts\."),
        (lambda prompts: None, r"generate returned None for 2 prompts; expected a list of as many texts\."),
        (lambda prompts: {}["key"], r"KeyError: 'key'\."),
        (
            lambda prompt: prompt + "x",
            r"generate failed on a list of 2 prompts; expected a function from a list of texts to a list of texts, such as lambda "
            r"prompts: \[write\(prompt\) for prompt in prompts\]\. What it said: TypeError: .+",
        ),
    ],
)
def test_a_function_that_does_not_write(write: Any, reason: str, tmp_path: Path) -> None:
    _assert_one(warnings_of(lambda: log(tmp_path, bigrams(), ["ab", "c"], times=2, generate=write)), COULD_NOT + reason)
    assert not any(tmp_path.iterdir())


def test_a_function_that_fails_at_times(tmp_path: Path) -> None:
    calls = []

    def write(prompts: list[str]) -> list[str]:
        calls.append(prompts)
        if len(calls) in (2, 3):
            raise RuntimeError("server is busy")
        return [str(len(calls))]

    messages = _fit(tmp_path, bigrams(), generate=write, temperatures=(0,))
    _assert_one(messages, "SampleLogger could not log at step 1, and training goes on: server is busy.")
    assert [(record.step, record.samples[0].text) for record in samples_in(tmp_path)] == [(0, "1"), (3, "4")]


def test_a_file_that_takes_the_place_of_the_folder(tmp_path: Path) -> None:
    class Spoiling(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 0:
                (tmp_path / "run").write_text("a file where the folder was to be")

    logger = sample_logger(tmp_path / "run", ["ab"], tokenizer=CHARACTERS, max_length=3)
    messages = warnings_of(lambda: fit(bigrams(), Spoiling(), logger, batches=1, epochs=3))
    _assert_one(messages, r"SampleLogger could not .+, and training goes on: Cannot write to .+ is a file; .+")
