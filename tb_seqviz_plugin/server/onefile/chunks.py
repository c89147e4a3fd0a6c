"""Frames in chunks that are compressed together: what is small and alike, such as headers, costs little then."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from tb_seqviz_plugin.wire.frame import inflate

_CHUNK = 1 << 20
_LARGE = _CHUNK // 4
"""From here on a blob is a chunk of its own, as it is stored: recompressed it would be no smaller."""

Place = list[int]
"""Which chunk, and from where to where in what it holds; see `schema/onefile.py`."""


class Chunks:
    """Puts byte strings into chunks.

    Args:
        write: takes each chunk that is full, gzip-compressed, in order.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._count = 0
        self._open: list[bytes] = []
        self._size = 0

    def add(self, data: bytes) -> Place:
        """Returns where a frame is that was not compressed."""
        place = [self._count, self._size, self._size + len(data)]
        self._open.append(data)
        self._size += len(data)
        if self._size >= _CHUNK:
            self.close()
        return place

    def add_stored(self, blob: bytes) -> Place:
        """Returns where a frame is that was compressed.

        Raises:
            FrameError: if it was not.
        """
        if len(blob) < _LARGE:
            return self.add(inflate(blob))
        self.close()
        self._write(blob)
        self._count += 1
        return [self._count - 1, 0, -1]

    def close(self) -> None:
        """Ends the chunk that is open: what comes next is compressed apart from it."""
        if not self._open:
            return
        self._write(smallest(b"".join(self._open)))
        self._count += 1
        self._open, self._size = [], 0


def smallest(data: bytes) -> bytes:
    """Returns gzip bytes, as small as zlib makes them."""
    strategies = (zlib.Z_RLE, zlib.Z_DEFAULT_STRATEGY)
    sample = data[: 1 << 16]
    best = min(strategies, key=lambda strategy: len(_deflate(sample, strategy)))
    return _deflate(data, best)


def _deflate(data: bytes, strategy: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS, 9, strategy)
    return compressor.compress(data) + compressor.flush()
