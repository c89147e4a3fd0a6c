"""Golden files: today's encoder still writes them, and every version's can be read; `golden.test.ts` reads them in the page."""

from __future__ import annotations

import dataclasses
import gzip
import json

import numpy as np
import pytest
from helpers import sample_cases
from helpers.sample_cases import assert_same
from helpers.structure_cases import STATISTICS_CASE
from wire.make_golden import GOLDEN, cases, edges_to_json, golden_files, no_measures, sample_to_json, to_json

from tb_seqviz_plugin import Sample
from tb_seqviz_plugin.records.attention.blobs import decode_attention
from tb_seqviz_plugin.records.samples.blobs import decode_samples
from tb_seqviz_plugin.records.statistics.blobs import decode_statistics
from tb_seqviz_plugin.records.structure.blobs import decode_structure
from tb_seqviz_plugin.wire.frame import decode_frame

NAMES = sorted(path.stem for path in GOLDEN.glob("*.json"))
SAMPLES = [name for name in NAMES if "-samples-" in name]
STRUCTURES = [name for name in NAMES if name.endswith("-structure")]
STATISTICS = [name for name in NAMES if name.endswith("-statistics")]
ATTENTION = [name for name in NAMES if name not in {*SAMPLES, *STRUCTURES, *STATISTICS}]


def read_blobs(name: str) -> list[bytes]:
    return [gzip.compress((GOLDEN / f"{name}.{index}.bin").read_bytes()) for index in range(blob_count(name))]


def blob_count(name: str) -> int:
    return len(list(GOLDEN.glob(f"{name}.[0-9]*.bin")))


def read_samples(name: str) -> list[Sample]:
    """Returns the samples of a record, their measures left out."""
    texts, setup = (gzip.compress((GOLDEN / f"{name}.{part}.bin").read_bytes()) for part in ("texts", "setup"))
    count = len(decode_frame(texts).header["texts"])
    return decode_samples(read_blobs(name), texts, setup, no_measures(count))[1]


def test_the_encoder_writes_the_same_bytes() -> None:
    written = golden_files()
    assert written.keys() == {path.name for path in GOLDEN.iterdir() if path.name.startswith("v1-")}
    for name, content in written.items():
        assert content == (GOLDEN / name).read_bytes(), f"{name}: if that is meant, raise SCHEMA_VERSION"


@pytest.mark.parametrize("name", ATTENTION)
def test_golden_files_decode(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.json").read_text())
    blobs = read_blobs(name)
    assert decode_frame(blobs[0]).header == expected["header"]
    _, layers = decode_attention(blobs)
    assert [to_json(layer.weights) for layer in layers] == expected["calls"]


@pytest.mark.parametrize("name", SAMPLES)
def test_golden_samples_decode(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.json").read_text())
    assert decode_frame(read_blobs(name)[0]).header == expected["header"]
    assert [sample_to_json(sample) for sample in read_samples(name)] == expected["samples"]


@pytest.mark.parametrize("name", STRUCTURES)
def test_golden_structures_decode(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.json").read_text())
    assert decode_frame(read_blobs(name)[0]).header == expected["header"]
    assert edges_to_json(decode_structure(read_blobs(name))) == expected["edges"]


@pytest.mark.parametrize("name", STATISTICS)
def test_golden_statistics_decode(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.json").read_text())
    assert decode_frame(read_blobs(name)[0]).header == expected["header"]
    setup = gzip.compress((GOLDEN / f"{name}.setup.bin").read_bytes())
    statistics = decode_statistics(read_blobs(name), setup, STATISTICS_CASE.values)
    assert list(statistics.layers) == expected["layers"]
    assert to_json(statistics.gradients_over_time) == expected["gradients_over_time"]


def test_golden_samples_are_what_went_in() -> None:
    for case, samples in sample_cases.cases().items():
        for before, after in zip(samples, read_samples(f"v1-samples-{case}"), strict=True):
            assert_same(after, dataclasses.replace(before, measures={}))


def test_golden_files_hold_what_went_in() -> None:
    for case, layers in cases().items():
        decoded = decode_attention(read_blobs(f"v1-{case}"))[1]
        for before, after in zip(layers, decoded, strict=True):
            bound = np.nan_to_num(before.weights, posinf=0).max(axis=-1, keepdims=True) / 255
            finite = np.isfinite(before.weights)
            apart = np.abs(np.nan_to_num(after.weights) - np.nan_to_num(before.weights))
            assert (apart <= bound)[finite].all(), case
            np.testing.assert_array_equal(after.weights[~finite], before.weights[~finite])
