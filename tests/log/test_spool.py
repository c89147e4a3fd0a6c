"""The spool as a file: what it keeps, and that no other file is taken for one."""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log.channels import recover
from tb_seqviz_plugin.log.encoding import part_of
from tb_seqviz_plugin.log.lock import LockedError
from tb_seqviz_plugin.log.spool import _HEAD, _MAGIC, SPOOL, Part, Spool, Spooled, SpoolError, _arrays, left_in
from tb_seqviz_plugin.records.attention.payload import AttentionPayload
from tb_seqviz_plugin.records.embeddings.blobs import EmbeddingsPayload
from tb_seqviz_plugin.records.embeddings.measures import EmbeddingMeasures
from tb_seqviz_plugin.records.embeddings.record import Embeddings
from tb_seqviz_plugin.records.samples.payload import SamplesPayload
from tb_seqviz_plugin.records.structure.blobs import StructurePayload
from tb_seqviz_plugin.wire.payload import Payload, Raw

ARRAYS = [
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.array([1, 2, 3], np.uint8),
    np.array(2.5),
    np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3)),
    np.array([[True], [False]]),
]


def spooled(step: int) -> Spooled:
    said = {"text": "\udce9 ＂", "numbers": [0.1, float("nan")], "scalar": np.float32(0.1), "array": np.arange(2)}
    return Spooled(
        step,
        1e9 + step / 3,
        [Part("attention/a", step + 1, Raw(said, ARRAYS), {"a/b": 0.5}), Part("b", 1, Raw(None, ARRAYS[1:2]))],
    )


def fill(folder: Path, steps: int = 3) -> bytes:
    """Writes a spool as a killed process leaves it; returns its bytes."""
    spool = Spool(folder)
    for step in range(steps):
        spool.append(spooled(step).packed())
    spool.close()
    return (folder / SPOOL).read_bytes()


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    fill(tmp_path)
    spool = Spool(tmp_path)
    places = spool.records()
    assert [(place.step, dict(place.records)) for place in places] == [
        (step, {"attention/a": step + 1, "b": 1}) for step in range(3)
    ]
    found = spool.read(places[1].start)
    wanted = spooled(1)
    assert (found.step, found.wall_time) == (wanted.step, wanted.wall_time)
    first, second = found.parts
    assert (first.tag, first.record, second.raw.said) == ("attention/a", 2, None)
    assert (first.scalars, second.scalars) == ({"a/b": 0.5}, {})
    np.testing.assert_equal(
        first.raw.said,
        {"text": "\udce9 ＂", "numbers": [0.1, np.nan], "scalar": np.float32(0.1).item(), "array": [0, 1]},
    )
    for array, original in zip(first.raw.arrays, ARRAYS, strict=True):
        assert (array.dtype, array.shape) == (original.dtype, original.shape)
        np.testing.assert_array_equal(array, original)
    spool.close()


def test_what_was_cut_short_anywhere_leaves_the_records_before(tmp_path: Path) -> None:
    whole = fill(tmp_path, 2)
    first = fill(tmp_path / "one", 1) if (tmp_path / "one").mkdir() is None else b""
    for end in range(0, len(whole), 7):
        (tmp_path / SPOOL).write_bytes(whole[:end])
        assert [each.step for each in left_in(tmp_path)] == [0] * (end >= len(first))


def test_a_failed_record_is_taken_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    start = spool.append(spooled(0).packed())
    end = spool.end
    with pytest.raises(TypeError):
        spool.append([b"begun", "text"])  # type: ignore[list-item]
    assert (spool.end, (tmp_path / SPOOL).stat().st_size) == (end, end)
    spool.append(spooled(1).packed())
    assert [place.start for place in spool.records()] == [start, end]
    spool.delete()
    assert list(tmp_path.iterdir()) == []


def test_one_at_a_time_holds_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    with pytest.raises(LockedError, match="held by another process"):
        Spool(tmp_path)
    spool.close()
    Spool(tmp_path).close()


VALUABLE = b"worth more than a log"


def as_link(path: Path, valuable: Path) -> None:
    path.symlink_to(valuable)


def as_hard_link(path: Path, valuable: Path) -> None:
    path.hardlink_to(valuable)


def as_file_of_others(path: Path, valuable: Path) -> None:
    path.write_bytes(VALUABLE)


def as_pipe(path: Path, valuable: Path) -> None:
    os.mkfifo(path)


def as_folder(path: Path, valuable: Path) -> None:
    path.mkdir()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@pytest.mark.parametrize("make", [as_link, as_hard_link, as_file_of_others, as_pipe, as_folder])
def test_no_other_file_is_taken_for_a_spool(tmp_path: Path, make: Callable[[Path, Path], None]) -> None:
    valuable, run = tmp_path / "valuable", tmp_path / "run"
    valuable.write_bytes(VALUABLE)
    run.mkdir()
    make(run / SPOOL, valuable)
    for use in (lambda: recover(run), lambda: seqviz.Writer(run)):
        with pytest.raises(OSError):  # noqa: PT011 what the system says of each
            use()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert list(seqviz.read(run)) == []
    assert valuable.read_bytes() == VALUABLE
    if make is as_file_of_others:
        assert (run / SPOOL).read_bytes() == VALUABLE


def harmed(whole: bytes, draw: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(4, len(data))
        data[at : at + draw.randint(1, 9)] = draw.randbytes(draw.randint(0, 9))
    return bytes(data)


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=[] if seed < 3 else pytest.mark.long) for seed in range(40)])
def test_a_damaged_spool_costs_records_and_nothing_else(tmp_path: Path, seed: int) -> None:
    weights = np.full((1, 2, 2), 0.5, np.float32)
    payloads: dict[str, Payload] = {
        "attention/a": AttentionPayload([seqviz.AttentionLayer("x", weights)], "", ()),
        "samples/s": SamplesPayload.of([seqviz.Sample("p", "ab", tokens=["a", "b"], probabilities=[0.5, 0.5])]),
        "embeddings/e": EmbeddingsPayload(Embeddings("e", np.eye(3, dtype=np.float32)), EmbeddingMeasures()),
        "structure/m": StructurePayload(seqviz.Structure("m", [seqviz.Node("m", "Model", "", 0, 0, 0)])),
    }
    steps = [
        Spooled(step, 1e9 + step, [part_of(tag, step + 1, payload) for tag, payload in payloads.items()])
        for step in range(3)
    ]
    whole = b"".join(bytes(piece) for step in steps for piece in step.packed())
    (tmp_path / SPOOL).write_bytes(harmed(whole, random.Random(seed)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(list(seqviz.read(tmp_path))) <= 12
        recover(tmp_path)
        assert len(list(seqviz.read(tmp_path))) <= 12
    assert not (tmp_path / SPOOL).exists()


@pytest.mark.parametrize(
    "said",
    [
        b"[" * 100_000,
        b'{"step": "0", "wall_time": 1.0, "parts": []}',
        b'{"step": 0, "wall_time": Infinity, "parts": []}',
        b'{"step": 0, "wall_time": 1.0, "parts": [3]}',
        b'{"step": 0, "wall_time": 1.0, "parts": 3}',
        b"3",
        b"\xff",
    ],
)
def test_json_that_lies_is_no_record(tmp_path: Path, said: bytes) -> None:
    (tmp_path / SPOOL).write_bytes(_HEAD.pack(_MAGIC, len(said), 0, google_crc32c.value(said)) + said)
    assert left_in(tmp_path) == []
    recover(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "layout",
    [["<f4", [1 << 40]], ["<f4", [-1, -1]], ["|O", [1]], ["<U4", [1]], ["<V8", [1]], ["f", "x"], ["nothing", [1]]],
)
def test_arrays_that_lie_are_refused_before_memory_is_taken(tmp_path: Path, layout: Any) -> None:
    with pytest.raises((SpoolError, TypeError)):
        list(_arrays(np.zeros(8, np.uint8), [layout]))
