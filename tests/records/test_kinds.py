"""A record kind is a row of one table: a made-up one is written, read and served like those that there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from helpers.served import decode_texts, fetch_from, make_client, make_provider

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.records import kinds
from tb_seqviz_plugin.records.kinds import KINDS, Kind
from tb_seqviz_plugin.records.record import Record
from tb_seqviz_plugin.wire.frame import decode_frame, decode_header, decoder, encode_frame
from tb_seqviz_plugin.wire.payload import Encoded


@dataclass(frozen=True, eq=False)
class TidesRecord(Record):
    """What `records/tides/` would hold, and below it what `schema/tides.py` would."""

    kind: ClassVar[str] = "tides"
    levels: Mapping[str, float]
    words: str


@dataclass(frozen=True)
class TidesHeader:
    version: int
    record: int


@dataclass(frozen=True)
class TidesPayload:
    kind: ClassVar[str] = TidesRecord.kind
    levels: Mapping[str, float]
    words: str
    size: int = 100

    def encode(self, tag: str, record: int) -> Encoded:
        measures = np.array([[level] for level in self.levels.values()], np.float32)
        return Encoded(
            blobs=[encode_frame({}, TidesHeader(1, record))],
            beside={"measures": measures, "texts": encode_frame({}, {"version": 1, "words": self.words})},
            setup=encode_frame({}, {"version": 1, "harbours": list(self.levels)}),
        )


@decoder
def tides_fields(stored: Encoded) -> dict[str, Any]:
    decode_header(stored.blobs[0])
    harbours = decode_header(stored.part("setup", bytes))["harbours"]
    levels = stored.part("measures", np.ndarray).ravel().tolist()
    words = decode_header(stored.part("texts", bytes))["words"]
    return {"levels": dict(zip(harbours, levels, strict=True)), "words": words}


ROW = Kind(TidesRecord, tides_fields, measures=("level",), rows=("harbours",), texts=True)


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kind]:
    """The one line in `records/kinds.py`."""
    monkeypatch.setitem(kinds.KINDS, TidesRecord.kind, ROW)
    return ROW


def log(folder: Path) -> None:
    with seqviz.Writer(folder) as writer:
        for step in range(3):
            writer.put("north", TidesPayload({"Ems": step, "Elbe": -step}, f"words {step}"), step=step)
        writer.attention("a", {"x": np.full((1, 2, 2), 0.5)}, step=0)


@pytest.mark.usefixtures("row")
def test_a_kind_of_ones_own_is_written_and_read(tmp_path: Path) -> None:
    log(tmp_path)
    records = list(seqviz.read(tmp_path, "tides"))
    assert [type(record) for record in records] == [TidesRecord] * 3
    assert [(record.tag, record.step) for record in records] == [("tides/north", step) for step in range(3)]
    assert records[2].levels == {"Ems": 2, "Elbe": -2}  # type: ignore[attr-defined]
    assert len(list(seqviz.read(tmp_path))) == 4


@pytest.mark.usefixtures("row")
def test_it_is_served(tmp_path: Path) -> None:
    log(tmp_path)
    fetch = fetch_from(make_client(make_provider(tmp_path)))
    assert [info["kind"] for info in fetch("series").json["series"]] == ["attention", "tides"]
    place = {"run": ".", "tag": "tides/north"}
    assert fetch("steps", **place).json["blobs"] == [1, 1, 1]
    assert decode_frame(fetch("blob", **place, step=2, index=0).body).header == {"version": 1, "record": 3}
    measures = decode_frame(fetch("measures", **place).body)
    assert measures.header == {"names": ["level"], "harbours": ["Ems", "Elbe"]}
    assert measures.arrays["values"].tolist() == [[[step], [-step]] for step in range(3)]
    texts, setups = decode_texts(fetch("texts", {"Accept-Encoding": "identity"}, **place).body)
    assert [header["words"] for header in texts.values()] == ["words 0", "words 1", "words 2"]
    assert list(setups) == [0]


def test_without_its_row_it_is_refused_and_what_holds_it_is_of_a_newer_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as registered:
        registered.setitem(kinds.KINDS, TidesRecord.kind, ROW)
        log(tmp_path)
    with (
        seqviz.Writer(tmp_path / "other") as writer,
        pytest.raises(ValueError, match="The kind of 'north' is 'tides'; expected one of 'attention', 'samples'"),
    ):
        writer.put("north", TidesPayload({}, ""), step=3)
    with pytest.warns(UserWarning, match="Left out tides/north of .*: written in a newer format"):
        assert [record.kind for record in seqviz.read(tmp_path)] == ["attention"]
    listed = fetch_from(make_client(make_provider(tmp_path)))("series").json
    assert [info["kind"] for info in listed["series"]] == ["attention"]
    assert listed["newer"] == [". · tides/north"]
    with pytest.raises(ValueError, match="The kind is 'tides'; expected one of 'attention'"):
        seqviz.read(tmp_path, "tides")


@pytest.mark.parametrize("harm", [{"measures": b"?"}, {"texts": b"no frame"}, {"setup": np.zeros(3, np.float32)}])
@pytest.mark.usefixtures("row")
def test_what_is_damaged_is_left_out_with_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: dict[str, Any]
) -> None:
    encode = TidesPayload.encode

    def harmed(self: TidesPayload, tag: str, record: int) -> Encoded:
        encoded = encode(self, tag, record)
        setup = harm.get("setup", encoded.setup)
        return dataclasses.replace(encoded, beside={**encoded.beside, **harm}, setup=None if "setup" in harm else setup)

    monkeypatch.setattr(TidesPayload, "encode", harmed)
    log(tmp_path)
    with pytest.warns(
        UserWarning, match=r"Left out tides/north at step \d of run '\.': .*(missing or damaged|not a gzip)"
    ):
        assert [record.kind for record in seqviz.read(tmp_path)] == ["attention"]


def test_every_kind_is_a_row() -> None:
    for name, kind in KINDS.items():
        assert kind.record.kind == name
        assert kind.measures or not kind.rows
