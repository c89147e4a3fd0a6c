"""Golden files: today's encoder still writes them, and every version's can be read; `golden.test.ts` reads them in the page."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from make_golden import GOLDEN, cases, golden_files, to_json

from tb_seqviz_plugin.attention_blobs import decode_attention
from tb_seqviz_plugin.frame import decode_frame

NAMES = sorted(path.stem for path in GOLDEN.glob("*.json"))


def read_blobs(name: str) -> list[bytes]:
    return [gzip.compress((GOLDEN / f"{name}.{index}.bin").read_bytes()) for index in range(blob_count(name))]


def blob_count(name: str) -> int:
    return len(list(GOLDEN.glob(f"{name}.*.bin")))


def test_the_encoder_writes_the_same_bytes() -> None:
    written = golden_files()
    assert written.keys() == {path.name for path in GOLDEN.iterdir() if path.name.startswith("v1-")}
    for name, content in written.items():
        assert content == (GOLDEN / name).read_bytes(), f"{name}: if that is meant, raise SCHEMA_VERSION"


@pytest.mark.parametrize("name", NAMES)
def test_golden_files_decode(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.json").read_text())
    blobs = read_blobs(name)
    assert decode_frame(blobs[0]).header == expected["header"]
    _, layers = decode_attention(blobs)
    assert [to_json(layer.weights) for layer in layers] == expected["calls"]


def test_golden_files_hold_what_went_in() -> None:
    for case, layers in cases().items():
        decoded = decode_attention(read_blobs(f"v1-{case}"))[1]
        for before, after in zip(layers, decoded, strict=True):
            bound = np.nan_to_num(before.weights, posinf=0).max(axis=-1, keepdims=True) / 255
            finite = np.isfinite(before.weights)
            apart = np.abs(np.nan_to_num(after.weights) - np.nan_to_num(before.weights))
            assert (apart <= bound)[finite].all(), case
            np.testing.assert_array_equal(after.weights[~finite], before.weights[~finite])
