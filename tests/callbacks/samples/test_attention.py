"""With `attention=True`, a sample leads to the very weights with which each of its tokens was chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
from helpers.writing_runs import (
    CHARACTERS,
    SIZE,
    Keeping,
    compiled,
    log,
    sample_logger,
    samples_in,
    shaken,
    transformer,
    translator,
    warnings_of,
)
from helpers.zoo.reference import causal, embed, multi_head, values
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks.attention.capture import Capture
from tb_seqviz_plugin.schema import make_tag

pytestmark = pytest.mark.usefixtures("without_xla")

IDS = np.random.default_rng(3).integers(1, SIZE, (4, 6))


def _attention_in(folder: Path) -> dict[tuple[str, int], seqviz.AttentionRecord]:
    return {(record.tag, record.step): record for record in seqviz.read(folder, "attention")}


def _embedded(model: keras.Model, ids: list[int], side: str = "") -> npt.NDArray[np.float64]:
    places = values(model.get_layer(f"{side}positions").vectors)[: len(ids)]
    return embed(model.get_layer(f"{side}embedding"), np.array([ids])) + places


def _rows_on_prefix(model: keras.Model, ids: list[int], source: list[int] | None) -> dict[str, npt.NDArray[np.float64]]:
    """Returns with which weights [heads, keys] the model looks at a text, or from its last token."""
    x = _embedded(model, ids)
    of_self, output = multi_head(model.get_layer("attention"), x, x, causal(len(ids)))
    rows = {"attention": of_self[0, :, -1]}
    if source is not None:
        encoded = _embedded(model, source, "source_")
        rows["cross"] = multi_head(model.get_layer("cross"), x + output, encoded)[0][0, :, -1]
    return rows


def _assert_rows_are_those_of_each_token(
    model: keras.Model,
    sample: seqviz.Sample,
    record: seqviz.AttentionRecord,
    begin: list[int],
    source: list[int] | None,
    logged: int | None = None,
) -> None:
    for place in range(logged or len(sample.tokens)):
        ids = begin + list(map(CHARACTERS.index, sample.tokens[:place]))
        expected = _rows_on_prefix(model, ids, source)
        assert [layer.path for layer in record.layers] == list(expected)
        for layer, row in zip(record.layers, expected.values(), strict=True):
            logged = layer.weights[:, sample.first_query + place]
            bound = row.max(axis=-1, keepdims=True) / 255 + 1e-5
            assert np.all(np.abs(logged[:, : row.shape[1]] - row) <= bound)
            assert not logged[:, row.shape[1] :].any()


@pytest.mark.parametrize("length", [None, pytest.param(12, marks=pytest.mark.long)])
def test_a_sample_leads_to_the_weights_that_chose_each_token(length: int | None, tmp_path: Path) -> None:
    model, keeping, prompts = transformer(length), Keeping(), ["abcd", "h"]
    logger = sample_logger(
        tmp_path, prompts, tokenizer=CHARACTERS, temperatures=(0, 1), repeats=2, max_length=6, beams=2, attention=True,
        start="g",
    )  # fmt: skip
    ids = IDS if length is None else np.tile(IDS, 2)
    model.fit(ids, ids, epochs=2, batch_size=2, verbose=0, callbacks=[logger, keeping])
    attention, names = _attention_in(tmp_path), set()
    for record, weights in zip(samples_in(tmp_path), keeping.weights, strict=True):
        model.set_weights(weights)
        assert len(record.samples) == 10
        for sample in record.samples:
            found = attention.pop((make_tag("attention", sample.attention), record.step))
            names.add(sample.attention)
            begin = [6, *map(CHARACTERS.index, sample.prompt)]
            _assert_rows_are_those_of_each_token(model, sample, found, begin, None)
            assert found.title == f"g{sample.prompt}{sample.text}"
            (layer,) = found.layers
            assert "".join(layer.query_tokens) == "".join(layer.key_tokens) == found.title[:-1]
            assert sample.first_query == len(sample.prompt)
    assert not attention
    assert len(names) == 10
    assert "samples/probe/prompt 1, temperature 1, 1" in names


@pytest.mark.parametrize("lengths", [(4, None), pytest.param((None, 9), marks=pytest.mark.long)])
def test_of_an_encoder_decoder(lengths: tuple[int | None, int | None], tmp_path: Path) -> None:
    """Both sources are padded to what the model takes, or to the longer one; the model looks at the padding, too."""
    model, prompts = translator(*lengths), ["cde", "fl"]
    (record,) = log(
        tmp_path, model, prompts, source="abcdefghijkl", start="b", attention=True, max_length=7, name="some"
    )
    attention = _attention_in(tmp_path)
    sources = {"cde": [2, 3, 4], "fl": [5, 11]}
    for sample in record.samples:
        source = (sources[sample.prompt] + [0, 0])[: lengths[0] or 3]
        found = attention.pop((make_tag("attention", sample.attention), 0))
        _assert_rows_are_those_of_each_token(model, sample, found, [1], source)
        by_path = {layer.path: layer for layer in found.layers}
        assert (by_path["cross"].role, by_path["attention"].role) == ("cross", "decoder self")
        assert by_path["cross"].query_tokens == ["b", *sample.tokens[:-1]]
        assert [token for token in by_path["cross"].key_tokens if token] == list(sample.prompt)
        assert sample.first_query == 0
    assert not attention


@pytest.mark.parametrize("has_source", [False, True])
def test_the_pass_that_checks_the_texts_is_the_only_one(
    has_source: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []

    class Counted(Capture):
        def __call__(self, inputs: Any = None) -> Any:
            passes.append(len(inputs["target"]))
            return super().__call__(inputs)

    monkeypatch.setattr("tb_seqviz_plugin.callbacks.samples.attention.Capture", Counted)
    model = translator(4, None) if has_source else transformer(None)
    arguments = {"source": "abcdefghijkl", "start": "b"} if has_source else {}
    records = log(tmp_path, model, ["cde", "fa"], times=2, attention=True, **arguments)
    assert passes == [4, 4]
    assert all(sample.attention for record in records for sample in record.samples)


class Masked(layers.Layer):
    """Looks with what came out of a softmax, but for padding."""

    def call(self, inputs: Any) -> Any:
        queries, keys, ids = inputs
        softmax = keras.ops.softmax(queries @ keras.ops.swapaxes(keys, 1, 2))
        return (softmax * keras.ops.cast(ids[:, None] != 0, "float32")) @ keys


def test_padding_that_nothing_looks_at_is_left_out(tmp_path: Path) -> None:
    source, target = (
        layers.Input((6,), dtype="int32", name="source"),
        layers.Input((None,), dtype="int32", name="target"),
    )
    asked, encoded = layers.Embedding(SIZE, 8)(target), layers.Embedding(SIZE, 8, mask_zero=True)(source)
    x = layers.MultiHeadAttention(2, 4, name="cross")(asked, encoded)
    x = x + Masked(name="masked")([asked, layers.Embedding(SIZE, 8)(source), source])
    model = compiled(shaken(keras.Model([source, target], layers.Dense(SIZE)(x))))
    log(tmp_path, model, ["bcd"], start="b", attention=True)
    found = _attention_in(tmp_path).values()
    assert found
    for record in found:
        cross, masked = record.layers
        for layer in (cross, masked):
            assert layer.key_tokens == ["b", "c", "d"]
        np.testing.assert_allclose(cross.weights.sum(axis=-1), 1, atol=0.03)
        assert masked.softmax is not None
        assert masked.softmax.shape == masked.weights.shape


def _assert_samples_without(folder: Path, model: keras.Model, message: str, **arguments: Any) -> None:
    records: list[Any] = []
    options = {"attention": True, "times": 3, **arguments}
    messages = warnings_of(lambda: records.extend(log(folder, model, **options)))
    assert len(messages) == 1, messages
    assert re.fullmatch(message, messages[0]), messages[0]
    assert [record.step for record in records] == [0, 1, 2]
    assert all(len(sample.text) == 6 and not sample.attention for record in records for sample in record.samples)
    assert not _attention_in(folder)


def _recurrent(attends: bool = False, batch: int | None = None) -> keras.Model:
    ids = layers.Input((None,), batch_size=batch)
    x = layers.GRU(8, return_sequences=True, stateful=batch is not None)(layers.Embedding(SIZE, 8)(ids))
    if attends:
        x = layers.MultiHeadAttention(2, 4, name="attention")(x, x, use_causal_mask=True)
    return shaken(keras.Model(ids, layers.Dense(SIZE)(x), name="recurrent"))


def _next_only() -> keras.Model:
    ids = layers.Input((None,))
    x = layers.Embedding(SIZE, 8)(ids)
    x = layers.Attention(name="attention")([x, x])
    return keras.Model(ids, layers.Dense(SIZE)(layers.GlobalAveragePooling1D()(x)), name="pooled")


class Picky(layers.Layer):
    """Fails at a length that only a sample as a whole has, while a loop grows to it."""

    def call(self, x: Any) -> Any:
        if x.shape[1] == 7:
            raise ValueError("seven are too many")
        return x

    def compute_output_shape(self, shape: Any) -> Any:
        return shape


def _picky() -> keras.Model:
    ids = layers.Input((None,))
    x = Picky()(layers.Embedding(SIZE, 8)(ids))
    x = layers.MultiHeadAttention(2, 4, name="attention")(x, x, use_causal_mask=True)
    return keras.Model(ids, layers.Dense(SIZE)(x), name="picky")


CANNOT: dict[str, tuple[Callable[[], keras.Model], str]] = {
    "no attention": (
        _recurrent,
        r"The attention of samples cannot be logged: none was found in the model 'recurrent'\. Leave attention out\.",
    ),
    "next token only": (
        _next_only,
        r"The attention of samples cannot be logged: the model 'pooled' does not give a result at every position from those "
        r"before it alone\. Leave attention out, or log it on a probe with AttentionLogger\.",
    ),
    "fails on a whole sample": (
        _picky,
        r"The attention of samples cannot be logged: .*seven are too many.*\.",
    ),
}


@pytest.mark.parametrize("what", CANNOT)
def test_models_of_which_it_cannot_be_logged(what: str, tmp_path: Path) -> None:
    make, message = CANNOT[what]
    _assert_samples_without(tmp_path, make(), message)


@pytest.mark.long
def test_states_of_training_play_no_part(tmp_path: Path) -> None:
    rows = []
    for name, batch in (("stateful", 3), ("stateless", None)):
        model = _recurrent(attends=True, batch=batch)
        model(IDS[:3])
        log(tmp_path / name, model, attention=True)
        rows += [record.layers[0].weights for record in _attention_in(tmp_path / name).values()]
    assert len(rows) == 4
    np.testing.assert_array_equal(rows[:2], rows[2:])


@pytest.mark.parametrize(("length", "window"), [pytest.param(6, None, marks=pytest.mark.long), (None, 6)])
def test_of_a_window_it_is_logged_as_long_as_nothing_leaves_it(
    length: int | None, window: int | None, tmp_path: Path
) -> None:
    model, records = transformer(length), []
    (said,) = warnings_of(
        lambda: records.extend(log(tmp_path, model, ["abcd", "a"], window=window, attention=True, times=2))
    )
    note = "The attention is logged up to token 2: from there on the model was shown the last 6 tokens only, not all before."
    assert said == f"Samples of prompt 0 at step 0: {note}"
    attention = _attention_in(tmp_path)
    for record in records:
        for sample in record.samples:
            found = attention.pop((make_tag("attention", sample.attention), record.step))
            whole = sample.prompt == "a"
            assert list(sample.notes) == ([] if whole else [note])
            assert found.title == sample.prompt + (sample.text if whole else sample.text[:3])
            assert len(found.layers[0].query_tokens) == len(found.title) - 1 == 6
            begin = list(map(CHARACTERS.index, sample.prompt))
            _assert_rows_are_those_of_each_token(model, sample, found, begin, None, logged=6 if whole else 3)
    assert not attention


def test_a_prompt_that_the_model_never_saw_whole(tmp_path: Path) -> None:
    message = (
        "The attention is not logged: the model would have to be shown all 12 tokens before the last one, and was shown 6 at a "
        "time."
    )
    window = "The prompt has 7 tokens; the model was shown the last 6 of them."
    messages = warnings_of(
        lambda: log(tmp_path, transformer(), ["abcdefg"], window=6, attention=True, temperatures=(0,))
    )
    assert messages == [f"Samples of prompt 0 at step 0: {note}" for note in (window, message)]
    (sample,) = samples_in(tmp_path)[0].samples
    assert (list(sample.notes), sample.attention) == ([window, message], "")


def test_a_model_is_shown_no_more_than_while_writing(tmp_path: Path) -> None:
    """Its 32 places are enough for 2 tokens and all but the last of 31 more."""
    (record,) = log(tmp_path, transformer(), attention=True, max_length=31)
    assert all(sample.attention for sample in record.samples)


def test_a_text_that_could_have_grown_beyond_the_window(tmp_path: Path) -> None:
    (short,) = log(tmp_path / "short", transformer(), temperatures=(0,), max_length=1)
    end = short.samples[0].tokens[0]
    (record,) = log(
        tmp_path / "long", transformer(), temperatures=(0,), max_length=40, window=32, stop=end, attention=True
    )
    assert [(list(sample.tokens), sample.attention != "") for sample in record.samples] == [([end], True)]


def test_a_model_of_nan_still_writes(tmp_path: Path) -> None:
    model = transformer()
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    messages = warnings_of(lambda: log(tmp_path, model, attention=True, times=2))
    assert len(messages) == 1
    assert "NaN at token 0" in messages[0]
    assert [sample.attention for record in samples_in(tmp_path) for sample in record.samples] == [""] * 4
    assert not _attention_in(tmp_path)
