"""A frame: named arrays and one JSON header as bytes, in the safetensors layout.

Any safetensors reader opens a frame. It is stored and sent gzip-compressed; see `schema/` for what frames hold.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt
import safetensors.numpy

from tb_seqviz_plugin.schema import HEADER_KEY, SCHEMA_VERSION

Array = npt.NDArray[Any]
P = ParamSpec("P")
Decoded = TypeVar("Decoded")

_SMALL = 1 << 16
_PIECE = 1 << 13
_DENSEST = 1032
"""No bytes of deflate hold more (zlib's technical details)."""
_WORTH_IT = 0.9
"""Of what would keep more of its size than this the bytes are stored as they are: they are read ten times as fast."""


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
        FrameError: if the bytes are not a compressed frame.
    """
    try:
        data = _inflate(blob)
        length = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + length]).get("__metadata__", {})
        return Frame(json.loads(metadata.get(HEADER_KEY, "{}")), safetensors.numpy.load(data))
    except (ValueError, AttributeError, zlib.error, safetensors.SafetensorError) as error:
        raise FrameError(
            f"Received {len(blob)} bytes that are not a gzip-compressed safetensors frame ({error}). "
            "The event file is damaged or was not written by tb_seqviz_plugin."
        ) from error


def decode_header(blob: bytes) -> dict[str, Any]:
    """Returns what a header frame says.

    Raises:
        FrameError: if the bytes are not a compressed frame, or of a newer version.
    """
    return checked_header(decode_frame(blob).header)


def checked_header(header: dict[str, Any]) -> dict[str, Any]:
    """Returns what a header says, unless it is of a newer version: raises a FrameError then."""
    version = header.get("version")
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise FrameError(
            f"A record has format version {version!r}; this tb_seqviz_plugin reads up to {SCHEMA_VERSION}. "
            "Upgrade it: pip install --upgrade tb-seqviz-plugin."
        )
    return header


def known_fields(cls: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns those of the values that a dataclass of the schema has a field for; a later version may have added others.

    >>> from tb_seqviz_plugin.schema.attention import Part
    >>> known_fields(Part, {"blob": 1, "first_head": 0, "heads": 2, "of a later version": 3})
    {'blob': 1, 'first_head': 0, 'heads': 2}
    """
    names = {field.name for field in dataclasses.fields(cls)}
    return {name: value for name, value in values.items() if name in names}


def decoder(decode: Callable[P, Decoded]) -> Callable[P, Decoded]:
    """Makes a FrameError of what goes wrong while bytes are decoded: nothing that a file says is believed before."""

    @functools.wraps(decode)
    def decoding(*args: P.args, **named: P.kwargs) -> Decoded:
        try:
            return decode(*args, **named)
        except FrameError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
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


def _inflate(blob: bytes) -> bytes:
    """Returns what gzip bytes hold; they end with its size, so that there is room for it from the first."""
    size = min(int.from_bytes(blob[-4:], "little"), _DENSEST * len(blob))
    return zlib.decompress(blob, 16 + zlib.MAX_WBITS, max(size, 1))


def _to_json(header: object) -> str:
    value = dataclasses.asdict(header) if dataclasses.is_dataclass(header) and not isinstance(header, type) else header
    # Escaped, since tokens may hold lone surrogates (bytes that no one could decode), which UTF-8 cannot carry.
    return json.dumps(value, separators=(",", ":"))
