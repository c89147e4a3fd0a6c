"""Samples to blobs and series, and back: how tokens are packed, what is stored once, and what is refused."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from helpers.sample_cases import HOSTILE, assert_same, cases, tree

from tb_seqviz_plugin import Sample
from tb_seqviz_plugin.records.samples import blobs as samples_blobs
from tb_seqviz_plugin.records.samples.blobs import decode_samples, encode_samples
from tb_seqviz_plugin.records.samples.payload import SamplesPayload
from tb_seqviz_plugin.schema import BASE_VERSION, SCHEMA_VERSION
from tb_seqviz_plugin.schema.samples import SAMPLE_MEASURES, SampleHeader
from tb_seqviz_plugin.wire.frame import FrameError, decode_frame, encode_frame
from tb_seqviz_plugin.wire.payload import Encoded

MEASURES = {"length": 1.0}


def encode(samples: Sequence[Sample], **named: Any) -> Encoded:
    return encode_samples(samples, tag="samples/a", **named)


def decode(encoded: Encoded) -> list[Sample]:
    texts, measures = encoded.beside["texts"], encoded.beside["measures"]
    assert isinstance(texts, bytes)
    assert isinstance(measures, np.ndarray)
    assert encoded.setup is not None
    return decode_samples(encoded.blobs, texts, encoded.setup, measures)[1]


def assert_comes_back(samples: Sequence[Sample]) -> Encoded:
    encoded = encode(samples)
    decoded = decode(encoded)
    assert len(decoded) == len(samples)
    for before, after in zip(samples, decoded, strict=True):
        assert_same(after, before)
    return encoded


def headers(encoded: Encoded) -> list[SampleHeader]:
    return [SampleHeader(**sample) for sample in decode_frame(encoded.blobs[0]).header["samples"]]


def spell(text: str, **named: Any) -> Sample:
    """Returns a sample of one token per character."""
    return Sample("p", text, tokens=list(text), measures=MEASURES, **named)


def draw(rng: np.random.Generator, width: int) -> Sample:
    """Returns a sample of which anything may be known or not."""

    def perhaps(values: list[Any]) -> list[Any]:
        return values if rng.random() < 0.6 else []

    count = int(rng.integers(0, 12))
    pieces = [piece for tokens in HOSTILE.values() for piece in tokens]
    tokens = [pieces[place] for place in rng.integers(0, len(pieces), count)]
    alternatives = [
        [(str(rng.choice(pieces)), rng.random()) for _ in range(rng.integers(0, width + 1))] for _ in tokens
    ]
    return Sample(
        prompt=str(rng.choice(pieces)),
        text="".join(tokens),
        temperature=float(rng.random()),
        repeat=int(rng.integers(0, 3)),
        tokens=tokens,
        probabilities=perhaps(rng.random(count).tolist()),
        ranks=perhaps(rng.integers(1, 10 ** int(rng.integers(1, 6)), count).tolist()),
        alternatives=perhaps(alternatives),
        measures={name: rng.standard_normal() for name in SAMPLE_MEASURES},
        tree=tree() if rng.random() < 0.2 else None,
        notes=perhaps(["A note."]),
    )


@pytest.mark.parametrize("case", cases())
def test_everything_comes_back(case: str) -> None:
    assert_comes_back(cases()[case])


@pytest.mark.parametrize("most", [1, 5, 1 << 16])
def test_whatever_is_known_comes_back_in_blobs_of_any_size(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples_blobs, "_BLOB_TOKENS", most)
    rng = np.random.default_rng(most)
    for width in (0, 1, 3):
        for size in range(1, 12):
            assert_comes_back([draw(rng, width) for _ in range(size)])


def test_the_header_says_what_it_was_given() -> None:
    samples = cases()["temperatures"]
    encoded = encode(samples, notes=["Cut."], record=7)
    header, _ = decode_samples(encoded.blobs, encoded.beside["texts"], encoded.setup, encoded.beside["measures"])  # type: ignore[arg-type]
    assert (header.version, header.kind, header.record, header.notes) == (BASE_VERSION, "samples", 7, ["Cut."])
    assert header.vocabulary == [" upon", " ", "a", " more", ""]


def test_samples_share_a_blob_until_it_is_full() -> None:
    long = "ab" * 20_000
    samples = [spell(long), spell("c"), spell(long, repeat=1), spell("d"), spell(long + long, repeat=2), spell("e")]
    encoded = assert_comes_back(samples)
    assert [(sample.blob, sample.first) for sample in headers(encoded)] == [
        (1, 0),
        (1, 40_000),
        (2, 0),
        (2, 40_000),
        (3, 0),
        (4, 0),
    ]
    assert len(encoded.blobs) == 5


def test_what_is_not_known_takes_no_blob(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples_blobs, "_BLOB_TOKENS", 2)
    with_alternatives = spell("ab", alternatives=[[("c", 0.5)], []])
    samples = [Sample("p", "text", measures=MEASURES), spell("cd"), with_alternatives, spell("ef")]
    encoded = assert_comes_back(samples)
    assert [(sample.blob, sample.alternatives) for sample in headers(encoded)] == [(-1, -1), (1, -1), (2, 3), (4, -1)]
    assert len(encoded.blobs) == 5


def test_numbers_are_as_narrow_as_they_can_be() -> None:
    for count, dtype in [(256, "uint8"), (257, "uint16"), (65_537, "uint32")]:
        tokens = [f"{number:5}" for number in range(count)]
        encoded = encode([Sample("p", "".join(tokens), tokens=tokens, ranks=range(count), measures=MEASURES)])
        arrays = decode_frame(encoded.blobs[1]).arrays
        dtypes = {name: str(array.dtype) for name, array in arrays.items()}
        assert dtypes == {"token": dtype, "rank": dtype, "length": "uint8", "probability": "uint8"}


def test_a_prompt_is_stored_once_and_with_each_reference() -> None:
    samples = [
        Sample(prompt, "t", temperature, reference=reference, measures=MEASURES)
        for prompt, reference in [("a", "x"), ("b", "y"), ("a", "z")]
        for temperature in (0, np.float32(0.5))
    ]
    assert encode(samples).setup is not None
    setup = decode_frame(encode(samples).setup or b"").header
    assert (setup["prompts"], setup["references"]) == (["a", "b", "a"], ["x", "y", "z"])
    assert [(key["prompt"], key["temperature"]) for key in setup["samples"]] == [
        (place, temperature) for place in range(3) for temperature in (0, 0.5)
    ]
    assert_comes_back(samples)


def test_the_setup_is_the_same_bytes_while_only_the_texts_change() -> None:
    first, second = (
        [spell(text, temperature=temperature) for text in texts for temperature in (0.2, 1)]
        for texts in (["ab", "c"], ["d", ""])
    )
    assert encode(first).setup == encode(second).setup
    assert encode(first).setup != encode(first[:-1]).setup


def test_scalars_are_means_over_the_samples_made_alike() -> None:
    def one(prompt: str, temperature: float, beams: int = 0, **measures: float) -> Sample:
        return Sample(prompt, "", temperature, beams=beams, measures=measures)

    samples = [
        one("a", 0, length=1),
        one("a", 0.5, length=2, bleu=float("nan")),
        one("b", 0.5, length=4, bleu=30),
        one("a", 0, beams=4, length=8, chrf=float("nan")),
        one("a", 1.0, length=3, perplexity=float("inf")),
    ]
    assert encode(samples).scalars == {
        "samples/a/length/greedy": 1,
        "samples/a/length/temperature 0.5": 3,
        "samples/a/length/temperature 1": 3,
        "samples/a/length/4 beams": 8,
        "samples/a/bleu/temperature 0.5": 30,
        "samples/a/perplexity/temperature 1": float("inf"),
    }


def test_what_cannot_be_measured_is_nan() -> None:
    measures = encode([Sample("p", "t", measures={"length": 2})]).beside["measures"]
    assert isinstance(measures, np.ndarray)
    assert measures.dtype == np.float32
    expected = [2 if name == "length" else np.nan for name in SAMPLE_MEASURES]
    np.testing.assert_array_equal(measures, [expected])


def test_the_samples_given_are_left_as_they_are() -> None:
    for samples in cases().values():
        given = [dataclasses.replace(sample, measures={}) for sample in samples]
        before = [copy.deepcopy(dataclasses.asdict(sample)) for sample in given]
        SamplesPayload.of(given).encode("samples/a", 1)
        for sample, values in zip(given, before, strict=True):
            np.testing.assert_equal(dataclasses.asdict(sample), values)


def with_header(encoded: Encoded, **changes: Any) -> Encoded:
    return dataclasses.replace(
        encoded, blobs=[encode_frame({}, {**decode_frame(encoded.blobs[0]).header, **changes}), *encoded.blobs[1:]]
    )


def with_beside(encoded: Encoded, **changes: Any) -> Encoded:
    return dataclasses.replace(encoded, beside=dict(encoded.beside, **changes))


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: dataclasses.replace(record, blobs=[]),
        lambda record: dataclasses.replace(record, blobs=record.blobs[:1]),
        lambda record: dataclasses.replace(record, blobs=[record.blobs[0], *reversed(record.blobs[1:])]),
        lambda record: dataclasses.replace(record, blobs=[record.blobs[0], b"", b""]),
        lambda record: dataclasses.replace(record, setup=b"no frame"),
        lambda record: dataclasses.replace(record, setup=encode(cases()["bare"]).setup),
        lambda record: dataclasses.replace(record, setup=encode_frame({}, {"version": 1})),
        lambda record: with_beside(record, texts=encode(cases()["bare"]).beside["texts"]),
        lambda record: with_beside(record, texts=encode_frame({}, {"version": 1, "texts": ["x"] * 4})),
        lambda record: with_beside(record, measures=np.zeros((3, 13), np.float32)),
        lambda record: with_header(record, vocabulary=["one"]),
        lambda record: with_header(record, version=SCHEMA_VERSION + 1),
        lambda record: with_header(record, samples=[]),
    ],
)
def test_parts_that_do_not_fit_each_other_are_a_frame_error(damage: Callable[[Encoded], Encoded]) -> None:
    with pytest.raises(FrameError):
        decode(damage(encode(cases()["temperatures"])))
