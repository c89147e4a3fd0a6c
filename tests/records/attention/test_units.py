"""Units of axes: written, read, pooled, and refused where they cannot be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.records.attention.blobs import decode_attention, encode_attention
from tb_seqviz_plugin.records.attention.record import AttentionLayer
from tb_seqviz_plugin.wire.frame import FrameError, decode_header, encode_frame

WEIGHTS = np.full((2, 4, 64), 1 / 64, np.float32)


def _written(folder: Path, weights: Any, **arguments: Any) -> list[AttentionLayer]:
    with seqviz.Writer(folder) as writer:
        writer.attention("a", weights, step=0, **arguments)
    (record,) = seqviz.read(folder)
    assert isinstance(record, seqviz.AttentionRecord)
    return list(record.layers)


def test_units_come_back_beside_words(tmp_path: Path) -> None:
    axes = {"keys": ("ms", np.float32(12.5))}
    (layer,) = _written(tmp_path, {"cross": WEIGHTS}, query_tokens=list("abcd"), axes=axes)
    assert (layer.query_unit, layer.key_unit) == (None, ("ms", 12.5))
    assert (list(layer.query_tokens), list(layer.key_tokens)) == (list("abcd"), [])


def test_each_layer_has_its_own(tmp_path: Path) -> None:
    given = [
        AttentionLayer("fine", WEIGHTS, key_axis="audio"),
        AttentionLayer("coarse", WEIGHTS[:, :, :32], key_axis="audio", key_unit=("ms", 20)),
        AttentionLayer("words", WEIGHTS[:, :, :3], key_tokens=["a", "b", "c"], key_axis="audio"),
    ]
    fine, coarse, words = _written(tmp_path, given[::2] + given[1:2], axes={"audio": ("ms", 10)})
    assert [each.key_unit for each in (fine, coarse, words)] == [("ms", 10.0), None, ("ms", 10.0)]
    fine, coarse, words = _written(tmp_path / "own", given)
    assert [(each.key_unit, each.key_axis) for each in (fine, coarse)] == [(None, ""), (("ms", 20.0), "audio")]


def test_pooled_positions_last_longer(tmp_path: Path) -> None:
    (layer,) = _written(tmp_path, {"a": np.full((1, 64, 64), 1 / 64)}, axes={"keys": ("frames", 2)}, byte_budget=1100)
    assert (layer.pooled, layer.key_unit) == ((2, 2), ("frames", 4.0))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"axes": {"keys": ("ms", -1)}}, "axes= has 'keys' as ('ms', -1); expected a unit"),
        (
            {"axes": {"audio": ("ms", 1)}},
            "axes= has a unit for 'audio', along which no layer runs without tokens; those that do",
        ),
        ({"axes": {"queries": ("ms", 1)}, "query_tokens": list("abcd")}, "those that do are 'keys', 'key'."),
    ],
)
def test_units_of_nothing_are_refused(arguments: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer, pytest.raises(ValueError, match=re.escape(sentence)):
        writer.attention("a", {"x": WEIGHTS}, step=0, **arguments)


def test_words_and_time_exclude_each_other() -> None:
    with pytest.raises(
        ValueError, match=re.escape("has query tokens and a query_unit, ('ms', 10); expected one of them")
    ):
        AttentionLayer("x", WEIGHTS, query_tokens=list("abcd"), query_unit=("ms", 10))


@pytest.mark.parametrize(
    "changes", [{"per_token": 0.0}, {"per_token": float("inf")}, {"unit": "hours"}, {"per_token": "1"}]
)
def test_a_header_that_lies_about_time_is_refused(changes: dict[str, Any]) -> None:
    blobs, _ = encode_attention([AttentionLayer("x", WEIGHTS, key_unit=("ms", 10))])
    header = json.loads(json.dumps(decode_header(blobs[0])))
    header["units"][0] |= changes
    with pytest.raises(FrameError, match="damaged"):
        decode_attention([encode_frame({}, header), *blobs[1:]])
