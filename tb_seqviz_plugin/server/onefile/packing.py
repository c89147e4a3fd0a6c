"""Bytes as text that no parser of HTML touches; `frontend/src/onefile/unpack.ts` is the reverse."""

from __future__ import annotations

import numpy as np

_BITS = 15
_FIRST_UNIT = 0x4000
"""Units lie from U+4000 to U+BFFF: no markup, no control characters, no surrogates, and nothing that is normalised."""
_SIZE_BYTES = 8


def pack(data: bytes) -> bytes:
    """Returns bytes as UTF-16 text, little-endian without a mark, 15 bits in a unit; their number comes first, in 8 bytes.

    >>> len(pack(bytes(22))) / 22
    1.4545454545454546
    """
    whole = len(data).to_bytes(_SIZE_BYTES, "big") + data
    whole += bytes(-len(whole) % _BITS)
    octets = np.frombuffer(whole, np.uint8).reshape(-1, _BITS)
    units = np.empty((len(octets), 8), "<u2")
    for unit in range(8):
        # Unit k holds bits 15 k to 15 k + 14 of 120, which lie in three bytes or fewer.
        first, shift = divmod(_BITS * unit, 8)
        window = octets[:, first].astype(np.uint32) << 16
        window |= octets[:, first + 1].astype(np.uint32) << 8
        if first + 2 < _BITS:
            window |= octets[:, first + 2]
        units[:, unit] = (window >> (24 - shift - _BITS)) & 0x7FFF
    return (units + np.uint16(_FIRST_UNIT)).astype("<u2").tobytes()
