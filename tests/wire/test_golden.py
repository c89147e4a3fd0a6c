"""Golden files: today's encoder still writes them, and every version's can be read; `golden.test.ts` reads them in the page."""

from __future__ import annotations

import dataclasses
import gzip
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from helpers import sample_cases
from helpers.sample_cases import assert_same
from wire.make_golden import (
    EMBEDDINGS_CASE,
    GOLDEN,
    attention_cases,
    calls_of,
    edges_of,
    embeddings_of,
    evaluation_of,
    golden_files,
    read_samples,
    samples_of,
    statistics_of,
    tokens_of,
)

from tb_seqviz_plugin.records.attention.blobs import decode_attention
from tb_seqviz_plugin.records.embeddings.blobs import decode_embeddings
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.wire.frame import decode_frame

READS: dict[str, Callable[..., dict[str, Any]]] = {
    "attention": calls_of,
    "samples": samples_of,
    "embeddings": embeddings_of,
    "structure": edges_of,
    "statistics": statistics_of,
    "evaluation": evaluation_of,
    "tokens": tokens_of,
}
EXPECTED = {path.stem: json.loads(path.read_text()) for path in sorted(GOLDEN.glob("*.json"))}


def read_blobs(name: str) -> list[bytes]:
    count = len(list(GOLDEN.glob(f"{name}.[0-9]*.bin")))
    return [read_part(name, str(index)) for index in range(count)]


def read_part(name: str, part: str) -> bytes:
    return gzip.compress((GOLDEN / f"{name}.{part}.bin").read_bytes())


def read_beside(name: str) -> dict[str, bytes]:
    return {
        part: read_part(name, part)
        for part in ("texts", "setup", "alarms")
        if (GOLDEN / f"{name}.{part}.bin").is_file()
    }


def test_the_encoder_writes_the_same_bytes() -> None:
    written = golden_files()
    assert written.keys() == {path.name for path in GOLDEN.iterdir()}
    for name, content in written.items():
        assert content == (GOLDEN / name).read_bytes(), f"{name}: if that is meant, raise SCHEMA_VERSION"


@pytest.mark.parametrize("name", EXPECTED)
def test_golden_files_decode(name: str) -> None:
    expected = EXPECTED[name]
    blobs = read_blobs(name)
    assert decode_frame(blobs[0]).header == expected["header"]
    read = READS[expected["header"]["kind"]](blobs, **read_beside(name))
    assert {"header": expected["header"], **read} == expected


def test_every_kind_has_a_golden_file() -> None:
    assert {expected["header"]["kind"] for expected in EXPECTED.values()} == set(KINDS)


def test_golden_samples_are_what_went_in() -> None:
    for case, samples in sample_cases.cases().items():
        name = f"v1-samples-{case}"
        for before, after in zip(samples, read_samples(read_blobs(name), **read_beside(name)), strict=True):
            assert_same(after, dataclasses.replace(before, measures={}))


def test_golden_embeddings_are_what_went_in() -> None:
    blobs = read_blobs("v1-embeddings")
    assert len(blobs) == 4
    embeddings = decode_embeddings(blobs, **read_beside("v1-embeddings"))
    for field in dataclasses.fields(embeddings):
        np.testing.assert_array_equal(getattr(embeddings, field.name), getattr(EMBEDDINGS_CASE, field.name))


def test_golden_files_hold_what_went_in() -> None:
    for case, layers in attention_cases().items():
        decoded = decode_attention(read_blobs(next(name for name in EXPECTED if name.partition("-")[2] == case)))[1]
        for before, after in zip(layers, decoded, strict=True):
            bound = np.abs(np.nan_to_num(before.weights, posinf=0)).max(axis=-1, keepdims=True) / 255
            finite = np.isfinite(before.weights)
            apart = np.abs(np.nan_to_num(after.weights) - np.nan_to_num(before.weights))
            assert (apart <= bound)[finite].all(), case
            np.testing.assert_array_equal(after.weights[~finite], before.weights[~finite])
