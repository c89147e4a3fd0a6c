"""Frames: any safetensors reader opens them, and what is none is told so."""

from __future__ import annotations

import gzip
import json
import tracemalloc

import numpy as np
import pytest
import safetensors.numpy
from helpers.lies import bomb

from tb_seqviz_plugin.wire import frame as frame_module
from tb_seqviz_plugin.wire.frame import FrameError, array_of, decode_blob, decode_frame, encode_frame

ARRAYS = {
    "0.weights": np.arange(6, dtype=np.uint8).reshape(1, 2, 3),
    "0.scale": np.array([[0.5, 1.0]], np.float32),
    "steps": np.array([1, 2**40], np.int64),
}


def test_any_safetensors_reader_opens_a_frame() -> None:
    data = gzip.decompress(encode_frame(ARRAYS, {"version": 1}))
    loaded = safetensors.numpy.load(data)
    assert loaded.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(loaded[name], array)
        assert loaded[name].dtype == array.dtype


def test_the_header_is_text_in_the_metadata() -> None:
    data = gzip.decompress(encode_frame({}, {"tokens": ["日本", "</script>"]}))
    length = int.from_bytes(data[:8], "little")
    assert json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["seqviz"]) == {"tokens": ["日本", "</script>"]}


def test_arrays_are_aligned_to_their_items() -> None:
    data = gzip.decompress(encode_frame({"a": np.zeros(3, np.uint8), **ARRAYS}, {"title": "x"}))
    length = int.from_bytes(data[:8], "little")
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            item = {"U8": 1, "F32": 4, "I64": 8}[entry["dtype"]]
            assert (8 + length + entry["data_offsets"][0]) % item == 0, name


def test_round_trip_of_slices_and_of_text_that_is_hard_to_write() -> None:
    header = {"title": '\u2028 \u202e "quoted" \\ \x00 \ud800 🙂'}
    frame = decode_frame(encode_frame({"a": np.arange(12, dtype=np.uint8).reshape(3, 4)[:, ::2]}, header))
    assert frame.header == header
    assert frame.arrays["a"].tolist() == [[0, 2], [4, 6], [8, 10]]


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert encode_frame(ARRAYS, {"a": 1}) == encode_frame(dict(reversed(ARRAYS.items())), {"a": 1})


def test_what_repeats_itself_is_stored_once_however_large_it_is() -> None:
    words = np.tile(np.random.default_rng(0).integers(0, 256, 1000, dtype=np.uint8), 200)
    assert len(encode_frame({"a": words}, repetitive=True)) < 5_000 < len(encode_frame({"a": words}))
    assert len(encode_frame({}, {"texts": [words.tobytes().hex()]})) < 10_000


def test_what_compression_does_not_make_smaller_is_only_wrapped() -> None:
    noise = np.random.default_rng(0).standard_normal((200, 256)).astype(np.float32)
    stored = encode_frame({"a": noise})
    assert noise.nbytes < len(stored) < 1.01 * noise.nbytes
    assert noise.tobytes() in gzip.decompress(stored)
    assert np.array_equal(decode_frame(stored).arrays["a"], noise)
    half = noise.copy()
    half[100:] = 0
    assert len(encode_frame({"a": half})) < 0.6 * noise.nbytes


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"no gzip at all",
        encode_frame(ARRAYS)[:-9],
        encode_frame(ARRAYS)[:20] + bytes(20) + encode_frame(ARRAYS)[40:],
        gzip.compress(b""),
        gzip.compress(b"\xff" * 40),
        gzip.compress((2).to_bytes(8, "little") + b"[]"),
        gzip.compress((4).to_bytes(8, "little") + b"null"),
        gzip.compress(gzip.decompress(encode_frame(ARRAYS))[:-1]),
    ],
    ids=["nothing", "text", "cut", "damaged", "empty", "huge header", "a list", "null", "short arrays"],
)
def test_what_is_no_frame_is_told_so(blob: bytes) -> None:
    with pytest.raises(
        FrameError, match=f"Received {len(blob)} bytes that are not a gzip-compressed safetensors frame"
    ):
        decode_frame(blob)


@pytest.mark.parametrize("claims", [None, 1, 2**32 - 1])
def test_what_expands_without_end_is_not_expanded(monkeypatch: pytest.MonkeyPatch, claims: int | None) -> None:
    monkeypatch.setattr(frame_module, "MOST_FRAME_BYTES", 1 << 20)
    blob = bomb(64 << 20, claims=claims)
    tracemalloc.start()
    try:
        with pytest.raises(FrameError, match=f"Received {len(blob)} bytes of gzip that hold more than {1 << 20} bytes"):
            decode_frame(blob)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_large_frames_are_whole_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that could hold more than a frame may are expanded bit by bit."""
    noise = np.random.default_rng(0).integers(0, 256, 300_000, dtype=np.uint8)
    stored = encode_frame({"a": noise})
    monkeypatch.setattr(frame_module, "MOST_FRAME_BYTES", 400_000)
    assert np.array_equal(decode_frame(stored).arrays["a"], noise)
    with pytest.raises(FrameError, match="incomplete or truncated stream"):
        decode_frame(stored[:-9])
    monkeypatch.setattr(frame_module, "MOST_FRAME_BYTES", 200_000)
    with pytest.raises(FrameError, match=f"Received {len(stored)} bytes of gzip that hold more than 200000 bytes"):
        decode_frame(stored)


def test_json_that_is_nested_too_deep_is_told() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    header = json.dumps({"__metadata__": {"seqviz": deep}}).encode()
    for said in (header, deep.encode()):
        with pytest.raises(FrameError, match=r"nested too deep|not a gzip-compressed safetensors frame"):
            decode_frame(gzip.compress(len(said).to_bytes(8, "little") + said))


@pytest.mark.parametrize(
    ("name", "dtype", "shape", "sentence"),
    [
        ("weights", np.uint8, [1, 2, 3], "A frame has no array 'weights'"),
        ("0.weights", np.float32, [1, 2, 3], r"is uint8 of shape \[1, 2, 3\]; expected float32 of shape \[1, 2, 3\]"),
        ("0.weights", np.uint8, [2, 3], r"is uint8 of shape \[1, 2, 3\]; expected uint8 of shape \[2, 3\]"),
        ("0.weights", np.uint8, [None, 2, 4], r"expected uint8 of shape \['any', 2, 4\]"),
        ("steps", np.unsignedinteger, [None], "is int64 of shape .* expected unsignedinteger"),
    ],
)
def test_an_array_that_is_another_is_told(name: str, dtype: type, shape: list[int | None], sentence: str) -> None:
    with pytest.raises(FrameError, match=sentence):
        array_of(ARRAYS, name, dtype, shape)


@pytest.mark.parametrize("index", [-1, 0, 2, 10**18])
def test_a_blob_that_is_not_there_is_told(index: int) -> None:
    with pytest.raises(FrameError, match=f"A record of 2 blobs names blob {index}"):
        decode_blob([encode_frame({}), encode_frame(ARRAYS)], index)
