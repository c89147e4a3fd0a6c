"""A frame: named arrays and one JSON header as bytes, in the safetensors layout.

Any safetensors reader opens a frame. It is stored and sent gzip-compressed; see `schema/` for what frames hold.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt
import safetensors.numpy

from tb_seqviz_plugin.schema import HEADER_KEY, SCHEMA_VERSION

Array = npt.NDArray[Any]
P = ParamSpec("P")
Decoded = TypeVar("Decoded")

MOST_FRAME_BYTES = 1 << 29
"""No frame is larger once it is expanded: a head of 16,384 queries and keys that holds NaN is half of this."""

_SMALL = 1 << 16
_PIECE = 1 << 13
_DENSEST = 1032
"""No byte of deflate holds more (zlib's technical details)."""
_BITE = 1 << 15
_GZIP_HEADER_BYTES = 10
_WORTH_IT = 0.9
"""Of what would keep more of its size than this the bytes are stored as they are: they are read ten times as fast."""


DAMAGE = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError, zlib.error)
"""What goes wrong where bytes are not what they are taken for."""


class FrameError(ValueError):
    """Bytes that are not a frame."""


@dataclasses.dataclass(frozen=True)
class Frame:
    """A decoded frame.

    Args:
        header: the JSON object under `__metadata__.seqviz`, empty where there is none.
        arrays: the arrays by name.
    """

    header: dict[str, Any]
    arrays: dict[str, Array]


def encode_frame(arrays: Mapping[str, Array], header: object = None, *, repetitive: bool = False) -> bytes:
    """Returns a compressed frame.

    Args:
        arrays: arrays by name, of any numeric dtype.
        header: a dataclass or a JSON object, or None for no header.
        repetitive: whether the arrays repeat themselves as text does.

    Returns:
        gzip-compressed safetensors bytes, the same for the same arguments.

    >>> decode_frame(encode_frame({"a": np.zeros(3, np.uint8)}, {"version": 1})).header
    {'version': 1}
    """
    return compress(pack_frame(arrays, header), repetitive or not arrays)


def pack_frame(arrays: Mapping[str, Array], header: object = None) -> bytes:
    """Returns a frame without compression, for arrays that hold compressed bytes; else like `encode_frame`."""
    metadata = {} if header is None else {HEADER_KEY: _to_json(header)}
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return safetensors.numpy.save(contiguous, metadata)


def decode_frame(blob: bytes) -> Frame:
    """Returns what a frame holds; the reverse of `encode_frame`.

    Raises:
        FrameError: if the bytes are not a compressed frame, or one of more than `MOST_FRAME_BYTES`.
    """
    try:
        data = inflate(blob)
        length = int.from_bytes(data[:8], "little")
        metadata = parse_json(data[8 : 8 + length]).get("__metadata__", {})
        header = parse_json(metadata.get(HEADER_KEY, "{}"))
        if not isinstance(header, dict):
            raise ValueError("its header is not a JSON object")
        return Frame(header, safetensors.numpy.load(data))
    except FrameError:
        raise
    except (*DAMAGE, safetensors.SafetensorError) as error:
        raise FrameError(
            f"Received {len(blob)} bytes that are not a gzip-compressed safetensors frame ({error}). "
            "The event file is damaged or was not written by tb_seqviz_plugin."
        ) from error


def array_of(arrays: Mapping[str, Array], name: str, dtype: type[np.generic], shape: Sequence[int | None]) -> Array:
    """Returns an array of a frame, which is as it should be.

    Args:
        arrays: the arrays of the frame, by name.
        name: which of them.
        dtype: what its items are, such as `np.uint8`, or `np.unsignedinteger` for any of these.
        shape: its sizes, None for any.

    Raises:
        FrameError: if there is none, or it is another.

    >>> array_of({"scale": np.zeros((2, 3), np.float32)}, "scale", np.float32, [2, None]).shape
    (2, 3)
    """
    array = arrays.get(name)
    if array is None:
        raise FrameError(f"A frame has no array {name!r}; the event file is damaged.")
    if (
        not issubclass(array.dtype.type, dtype)
        or len(array.shape) != len(shape)
        or any(size not in (None, found) for size, found in zip(shape, array.shape, strict=True))
    ):
        raise FrameError(
            f"The array {name!r} of a frame is {array.dtype} of shape {list(array.shape)}; expected "
            f"{dtype.__name__} of shape {['any' if size is None else size for size in shape]}. The event "
            "file is damaged."
        )
    return array


def narrowest(values: npt.ArrayLike) -> Array:
    """Returns whole numbers of at least 0 as the narrowest unsigned type that holds them all.

    >>> narrowest([3, 256]).dtype
    dtype('uint16')
    """
    array = np.asarray(values, np.int64)
    return array.astype(np.min_scalar_type(int(array.max(initial=0))))


def decode_blob(blobs: Sequence[bytes], index: int) -> dict[str, Array]:
    """Returns the arrays of one blob of a record.

    Args:
        blobs: of the record, the header frame first.
        index: which of them the header names, from 1.

    Raises:
        FrameError: if there is no such blob, or it is damaged.
    """
    if not 0 < index < len(blobs):
        raise FrameError(f"A record of {len(blobs)} blobs names blob {index}; the event file is damaged.")
    return decode_frame(blobs[index]).arrays


def decode_header(blob: bytes) -> dict[str, Any]:
    """Returns what a header frame says.

    Raises:
        FrameError: if the bytes are not a compressed frame, or of a newer version.
    """
    return checked_header(decode_frame(blob).header)


def checked_header(header: dict[str, Any]) -> dict[str, Any]:
    """Returns what a header says, unless it is of a newer version: raises a FrameError then."""
    version = header.get("version")
    if type(version) is not int or version > SCHEMA_VERSION:
        raise FrameError(
            f"A record has format version {version!r}; this tb_seqviz_plugin reads up to {SCHEMA_VERSION}. "
            "Upgrade it: pip install --upgrade tb-seqviz-plugin."
        )
    return header


def decoder(decode: Callable[P, Decoded]) -> Callable[P, Decoded]:
    """Makes a FrameError of what goes wrong while bytes are decoded: nothing that a file says is believed before."""

    @functools.wraps(decode)
    def decoding(*args: P.args, **named: P.kwargs) -> Decoded:
        try:
            return decode(*args, **named)
        except FrameError:
            raise
        except DAMAGE as error:
            raise FrameError(
                f"The parts of a record do not fit each other ({error!r}); the event file is damaged."
            ) from error

    return decoding


def compress(data: bytes, repetitive: bool = False) -> bytes:
    """Returns gzip bytes, without time or file name; zlib works outside the GIL.

    Large frames are run- and entropy-coded without a search for matches: on companded weights that is about as small as
    level 6 and several times as fast (`benchmarks/README.md`). The search pays in small ones, where names and tokens weigh, and in
    those that repeat themselves. Where neither does, as in large arrays of float32, bytes are only wrapped.
    """
    if repetitive or len(data) <= _SMALL:
        return min((_deflate(data, strategy) for strategy in (zlib.Z_RLE, zlib.Z_DEFAULT_STRATEGY)), key=len)
    pieces = (data[first : first + _PIECE] for first in range(0, len(data), len(data) * _PIECE // _SMALL))
    sample = b"".join(pieces)
    pays = len(_deflate(sample, zlib.Z_RLE)) < _WORTH_IT * len(sample)
    return _deflate(data, zlib.Z_RLE) if pays else _deflate(data, zlib.Z_RLE, level=0)


def _deflate(data: bytes, strategy: int, level: int = 6) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, strategy)
    return compressor.compress(data) + compressor.flush()


def inflate(blob: bytes) -> bytes:
    """Returns what gzip bytes hold.

    Raises:
        FrameError: if they are damaged, or hold more than `MOST_FRAME_BYTES`.
    """
    try:
        wrapped = _wrapped_size(blob)
        most = _DENSEST * len(blob) if wrapped is None else wrapped
        if most <= MOST_FRAME_BYTES:
            # They end with the size of what they hold, so that there is room for it from the first.
            size = min(int.from_bytes(blob[-4:], "little"), most)
            return zlib.decompress(blob, 16 + zlib.MAX_WBITS, max(size, 1))
        return b"".join(_bites(blob))
    except (MemoryError, zlib.error) as error:
        raise FrameError(
            f"Received {len(blob)} bytes that are not a gzip-compressed safetensors frame ({error}). "
            "The event file is damaged or was not written by tb_seqviz_plugin."
        ) from error


def _wrapped_size(blob: bytes) -> int | None:
    """Returns how much gzip bytes hold that are only wrapped (RFC 1951, section 3.2.4), None for any others."""
    at, size = _GZIP_HEADER_BYTES, 0
    if blob[3:4] != b"\0":  # further parts of the header
        return None
    while at + 5 <= len(blob) and not blob[at] & 0b110:
        length = int.from_bytes(blob[at + 1 : at + 3], "little")
        size += length
        if blob[at] & 1:  # the last block
            return size
        at += 5 + length
    return None


def _bites(blob: bytes) -> Iterator[bytes]:
    """Yields what gzip bytes hold bit by bit; what they say at their end of its size need not be so."""
    decompressor, room = zlib.decompressobj(16 + zlib.MAX_WBITS), MOST_FRAME_BYTES
    for first in range(0, len(blob), _BITE):
        bite = decompressor.decompress(blob[first : first + _BITE], room + 1)
        room -= len(bite)
        if room < 0:
            raise FrameError(
                f"Received {len(blob)} bytes of gzip that hold more than {MOST_FRAME_BYTES} bytes, the most of a frame. The event "
                "file was not written by tb_seqviz_plugin."
            )
        yield bite
    if not decompressor.eof:
        raise zlib.error("incomplete or truncated stream")


def parse_json(text: str | bytes) -> Any:
    """Returns what JSON says.

    Raises:
        ValueError: if it is none, or is nested deeper than Python goes.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("JSON that is nested too deep") from None


def _to_json(header: object) -> str:
    value = _fields_of(header) if dataclasses.is_dataclass(header) and not isinstance(header, type) else header
    # Escaped, since tokens may hold lone surrogates (bytes that no one could decode), which UTF-8 cannot carry.
    return json.dumps(value, separators=(",", ":"))


def _fields_of(header: Any) -> dict[str, Any]:
    """Returns the fields of a header without those that were added later where they say nothing."""
    values = dataclasses.asdict(header)
    silent = [each.name for each in dataclasses.fields(header) if each.metadata.get("later") and not values[each.name]]
    return {name: value for name, value in values.items() if name not in silent}
