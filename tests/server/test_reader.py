"""Reader over TensorBoard's own data provider, no HTTP."""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.served import (
    CHANGED_AT,
    LONG,
    LONG_STEPS,
    PROBE,
    PROBE_STEPS,
    SAMPLE_STEPS,
    SAMPLES,
    Logs,
    decode_texts,
    make_provider,
    make_samples,
)
from tensorboard.context import RequestContext
from tensorboard.data.provider import DataProvider
from tensorboard.errors import InvalidArgumentError
from tensorboard.errors import NotFoundError as Gone

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.blobs import decode_attention
from tb_seqviz_plugin.records.attention.measures import measure
from tb_seqviz_plugin.records.attention.payload import AttentionPayload
from tb_seqviz_plugin.records.columns import with_columns
from tb_seqviz_plugin.schema import SCHEMA_VERSION
from tb_seqviz_plugin.schema.attention import MEASURES
from tb_seqviz_plugin.schema.samples import SAMPLE_MEASURES
from tb_seqviz_plugin.server.reader import NotFoundError, Reader
from tb_seqviz_plugin.wire.frame import decode_frame
from tb_seqviz_plugin.wire.payload import Encoded

HERE = (RequestContext(), "")
BARE = Tokens(different=True)


@pytest.fixture(scope="module")
def reader(provider: DataProvider) -> Reader:
    return Reader(provider)


def test_series_are_ordered_and_newer_ones_apart(reader: Reader) -> None:
    listed = reader.series(*HERE)
    assert listed.version == SCHEMA_VERSION
    assert [(info.run, info.tag, info.kind, info.name, info.last_step) for info in listed.series] == [
        (".", "attention/root", "attention", "root", 1),
        ("gru/seqviz", "attention/probe/0", "attention", "probe/0", 7),
        ("gru/seqviz", "attention/probe/1 日本&?＂＼", "attention", "probe/1 日本&?＂＼", 7),
        ("long", "attention/a", "attention", "a", LONG_STEPS - 1),
        ("words", "samples/probe", "samples", "probe", SAMPLE_STEPS - 1),
    ]
    assert all(info.last_wall_time > 1.7e9 for info in listed.series)
    assert listed.newer == ["future · attention/a", "future · samples/b"]


def test_every_record_decodes_to_what_was_logged(reader: Reader, logs: Logs) -> None:
    for (run, tag, step), weights in logs.logged.items():
        steps = reader.steps(*HERE, run, tag)
        count = steps.blobs[steps.steps.index(step)]
        blobs = [reader.blob(*HERE, run, tag, step, index) for index in range(count)]
        decoded = {layer.path: layer.weights for layer in decode_attention(blobs)[1]}
        assert decoded.keys() == weights.keys()
        for path, original in weights.items():
            assert (np.abs(decoded[path] - original) <= original.max(axis=-1, keepdims=True) / 255).all()


def test_steps_rise_and_say_how_many_blobs_each_has(reader: Reader) -> None:
    steps = reader.steps(*HERE, **PROBE)
    assert steps.steps == list(PROBE_STEPS)
    assert steps.wall_times == sorted(steps.wall_times)
    assert set(steps.blobs) == {4}


def test_measures_are_those_of_every_step(reader: Reader, logs: Logs) -> None:
    frame = decode_frame(reader.measures(*HERE, **LONG))
    assert frame.header == {"names": list(MEASURES)}
    assert frame.arrays["steps"].tolist() == list(range(LONG_STEPS))
    expected = [measure(logs.logged["long", "attention/a", step]["x"], BARE) for step in range(LONG_STEPS)]
    np.testing.assert_array_equal(frame.arrays["values"], np.stack(expected))


def test_measures_of_all_layers_lie_one_after_another(reader: Reader, logs: Logs) -> None:
    values = decode_frame(reader.measures(*HERE, **PROBE)).arrays["values"]
    weights = logs.logged["gru/seqviz", "attention/probe/0", 5]
    assert values[1, :, MEASURES.index("confidence")].tolist() == pytest.approx(
        [float(head.max(axis=-1).mean()) for layer in weights.values() for head in layer], rel=1e-6
    )


def test_steps_of_before_tell_what_their_measures_said(tmp_path: Path, make_weights: Callable[..., np.ndarray]) -> None:
    weights, former = make_weights(2, 3, 4), np.array([[0.5, 0.9, 0.3, 0.2], [1, 0.25, 0.1, 0.3]], np.float32)
    encode = AttentionPayload.encode

    def encode_as_before(payload: AttentionPayload, tag: str, record: int) -> Encoded:
        return replace(encode(payload, tag, record), beside={"measures": former})

    with pytest.MonkeyPatch.context() as patch, seqviz.Writer(tmp_path) as writer:
        patch.setattr(AttentionPayload, "encode", encode_as_before)
        writer.attention("a", {"x": weights}, step=0)
        writer.flush()
        unwatched = Reader(make_provider(tmp_path)).alarms(*HERE, ".", "attention/a", after=-1)
        patch.undo()
        writer.attention("a", {"x": weights}, step=1)
    assert decode_frame(gzip.compress(unwatched)).arrays["alarms.steps"].size == 0
    frame = decode_frame(Reader(make_provider(tmp_path)).measures(*HERE, ".", "attention/a"))
    assert frame.arrays["steps"].tolist() == [0, 1]
    before, today = (dict(zip(frame.header["names"], step.T, strict=True)) for step in frame.arrays["values"])
    np.testing.assert_allclose(before["entropy"], np.array([0.5, 1]) * np.log(4), rtol=1e-6)
    np.testing.assert_array_equal(before["confidence"], former[:, 1])
    assert np.isnan(before["normalized_entropy"]).all()
    assert not np.isnan(today["normalized_entropy"]).any()
    records = list(seqviz.read(tmp_path))
    assert sorted(records[0].layers[0].measures) == ["confidence", "entropy", "first"]
    np.testing.assert_array_equal(records[1].layers[0].measures["confidence"], today["confidence"])


def test_a_package_that_knew_fewer_measures_or_knows_more_is_read(
    tmp_path: Path, make_weights: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = AttentionPayload.encode
    columns = iter([len(MEASURES) - 2, len(MEASURES), len(MEASURES) + 3])

    def encode_elsewhere(payload: AttentionPayload, tag: str, record: int) -> Encoded:
        encoded = encode(payload, tag, record)
        there = with_columns(encoded.beside["heads"], next(columns))
        return replace(encoded, beside={**encoded.beside, "heads": there})

    monkeypatch.setattr(AttentionPayload, "encode", encode_elsewhere)
    with seqviz.Writer(tmp_path) as writer:
        for step in range(3):
            writer.attention("a", {"x": make_weights(2, 3, 4)}, step=step)
    frame = decode_frame(Reader(make_provider(tmp_path)).measures(*HERE, ".", "attention/a"))
    assert frame.header["names"] == list(MEASURES)
    assert frame.arrays["steps"].tolist() == [0, 1, 2]
    values = frame.arrays["values"]
    assert values.shape == (3, 2, len(MEASURES))
    assert np.isnan(values[0, :, -2:]).all()
    np.testing.assert_array_equal(values[0, :, :-2], values[1, :, :-2])
    np.testing.assert_array_equal(values[2], values[1])


def test_only_measures_of_the_newest_heads_are_given(tmp_path: Path, make_weights: Callable[..., np.ndarray]) -> None:
    with seqviz.Writer(tmp_path) as writer:
        for step, heads in enumerate([2, 2, 3, 3]):
            writer.attention("a", {"x": make_weights(heads, 2, 2)}, step=step)
    frame = decode_frame(Reader(make_provider(tmp_path)).measures(*HERE, ".", "attention/a"))
    assert frame.arrays["steps"].tolist() == [2, 3]
    assert frame.arrays["values"].shape == (2, 3, len(MEASURES))


def test_texts_are_those_of_every_step_and_the_setup_is_there_where_it_changed(reader: Reader, logs: Logs) -> None:
    texts, setups = decode_texts(reader.texts(*HERE, **SAMPLES, after=-1))
    assert {step: header["texts"] for step, header in texts.items()} == {
        step: [sample.text for sample in samples] for step, samples in logs.samples.items()
    }
    assert {step: setup["prompts"] for step, setup in setups.items()} == {
        0: ["a", "b\x00"],
        CHANGED_AT: ["a", "b\x00", "c"],
    }


def test_only_what_is_newer_than_a_step_is_given(reader: Reader) -> None:
    for after in (CHANGED_AT - 1, CHANGED_AT, SAMPLE_STEPS - 1, 10**30):
        texts, setups = decode_texts(reader.texts(*HERE, **SAMPLES, after=after))
        assert list(texts) == list(range(after + 1, SAMPLE_STEPS))
        assert list(setups) == [CHANGED_AT] * (after < CHANGED_AT)


def test_texts_keep_their_prompts_where_a_training_went_back(tmp_path: Path) -> None:
    for steps, prompt in [(range(6), "first"), (range(3, 5), "second"), (range(0, 1), "third")]:
        with seqviz.Writer(tmp_path) as writer, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for step in steps:
                writer.samples("a", [seqviz.Sample(prompt, f"{prompt} {step}", measures={"length": 1})], step=step)
    texts, setups = decode_texts(Reader(make_provider(tmp_path)).texts(*HERE, ".", "samples/a", -1))
    written = {0: "third", 1: "first", 2: "first", 3: "second", 4: "second", 5: "first"}
    assert {step: header["texts"] for step, header in texts.items()} == {
        step: [f"{prompt} {step}"] for step, prompt in written.items()
    }
    assert {step: setup["prompts"] for step, setup in setups.items()} == {
        step: [written[step]] for step in (0, 1, 3, 5)
    }


def test_alarms_are_those_of_each_step(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        for step in range(4):
            weights = np.full((1, 3, 3), np.nan if step == 2 else 1 / 3, np.float32)
            writer.attention("a", {"x": weights}, step=step)
    answer = Reader(make_provider(tmp_path)).alarms(*HERE, ".", "attention/a", after=0)
    arrays = decode_frame(gzip.compress(answer)).arrays
    assert arrays["alarms.steps"].tolist() == [1, 2, 3]
    pieces = np.split(arrays["alarms.frames"], arrays["alarms.ends"][:-1])
    said = [decode_frame(piece.tobytes()).header["alarms"] for piece in pieces]
    assert [[(alarm["kind"], alarm["step"]) for alarm in alarms] for alarms in said] == [[], [("nan", 2)], []]


def test_measures_of_samples_are_those_of_the_newest_number_of_samples(reader: Reader) -> None:
    frame = decode_frame(reader.measures(*HERE, **SAMPLES))
    assert frame.header == {"names": list(SAMPLE_MEASURES)}
    assert frame.arrays["steps"].tolist() == list(range(CHANGED_AT, SAMPLE_STEPS))
    expected = [
        [[sample.measures.get(name, np.nan) for name in SAMPLE_MEASURES] for sample in make_samples(step)]
        for step in range(CHANGED_AT, SAMPLE_STEPS)
    ]
    np.testing.assert_array_equal(frame.arrays["values"], np.array(expected, np.float32))


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (
            lambda reader: reader.steps(*HERE, "nowhere", "attention/a"),
            "holds no run 'nowhere' .* it holds '.', 'gru/seqviz', 'long'",
        ),
        (
            lambda reader: reader.steps(*HERE, "long", "attention/b"),
            "'long' has no tag 'attention/b'; it has 'attention/a'",
        ),
        (lambda reader: reader.measures(*HERE, "long", "attention/b"), "'long' has no tag 'attention/b'"),
        (lambda reader: reader.texts(*HERE, "nowhere", "samples/a", 0), "holds no run 'nowhere'"),
        (lambda reader: reader.texts(*HERE, "words", "samples/a", 0), "no tag 'samples/a'; it has 'samples/probe'"),
        (
            lambda reader: reader.texts(*HERE, **PROBE, after=0),
            "expected one of samples or evaluation or tokens, such as 'samples/probe': no other has texts",
        ),
        (lambda reader: reader.blob(*HERE, "nowhere", "attention/a", 0, 0), "holds no run 'nowhere'"),
        (
            lambda reader: reader.blob(*HERE, **PROBE, step=6, index=0),
            "holds no step 6 of 'attention/probe/0' in run 'gru/seqviz', but 3 steps from 0 to 7.*samples_per_plugin",
        ),
        (lambda reader: reader.blob(*HERE, **PROBE, step=5, index=4), "has 4 blobs; index 4 is not one of them"),
        (lambda reader: reader.blob(*HERE, **PROBE, step=5, index=-1), "has 4 blobs; index -1 is not one of them"),
    ],
)
def test_what_is_not_held_is_told_with_what_is(reader: Reader, ask: Callable[[Reader], Any], sentence: str) -> None:
    with pytest.raises(NotFoundError, match=sentence):
        ask(reader)


def test_an_empty_log_directory_has_no_series(tmp_path: Path) -> None:
    reader = Reader(make_provider(tmp_path))
    assert (reader.series(*HERE).series, reader.series(*HERE).newer) == ([], [])
    with pytest.raises(NotFoundError, match="it holds none"):
        reader.steps(*HERE, "a", "b")


def test_records_logged_later_are_found(tmp_path: Path, make_weights: Callable[..., np.ndarray]) -> None:
    folder = tmp_path / "run"
    with seqviz.Writer(folder) as writer:
        writer.attention("a", {"x": make_weights(1, 2, 2)}, step=0)
        writer.flush()
        provider = make_provider(tmp_path)
        reader = Reader(provider)
        assert reader.blob(*HERE, "run", "attention/a", 0, 0)
        writer.attention("a", {"x": make_weights(1, 2, 2)}, step=1)
        writer.flush()
        provider._multiplexer.Reload()
        assert reader.blob(*HERE, "run", "attention/a", 1, 1)
        assert reader.steps(*HERE, "run", "attention/a").steps == [0, 1]


def test_a_name_that_the_data_server_cannot_read_is_told(
    provider: DataProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of logs from before names were made readable, and of folders that were renamed."""

    def refuse(*_: object, **__: object) -> bytes:
        raise InvalidArgumentError("failed to parse blob key")

    monkeypatch.setattr(provider, "read_blob", refuse)
    with pytest.raises(NotFoundError, match=r"has a quotation mark or a backslash\. Rename .* --load_fast=false"):
        Reader(provider).blob(*HERE, **PROBE, step=5, index=0)


def test_a_blob_that_is_gone_meanwhile_is_told(provider: DataProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(provider)
    reader.steps(*HERE, **PROBE)

    def gone(*_: object, **__: object) -> bytes:
        raise Gone("no such step")

    monkeypatch.setattr(provider, "read_blob", gone)
    with pytest.raises(NotFoundError, match=r"Step 5 .* is gone from the log directory\. Reload the page"):
        reader.blob(*HERE, **PROBE, step=5, index=0)
