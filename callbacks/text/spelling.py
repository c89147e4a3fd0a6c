"""How one token is shown: what its vocabulary calls it, with spaces and bytes as what they stand for."""

from __future__ import annotations

import re

_REPLACEMENT = "\ufffd"
_SPACE_OF_SENTENCEPIECE = "\u2581"

# What the characters of a byte-level vocabulary stand for: those from 256 on, as in the tokenizer of GPT-2, for the bytes that
# cannot be printed.
_NOT_PRINTED = [*range(0x21), *range(0x7F, 0xA1), 0xAD]
_BYTES = {chr(byte): byte for byte in range(256)} | {chr(256 + at): byte for at, byte in enumerate(_NOT_PRINTED)}


def spelled(number: int, raw: str | bytes | None, text: str | None) -> str:
    """Returns what to show for an id.

    Args:
        number: the id.
        raw: what the vocabulary calls it, None if it does not say.
        text: what it is decoded to by itself, None if it cannot be.

    >>> spelled(7, "▁cat", "cat"), spelled(7, bytes([228]), None), spelled(7, None, None)
    (' cat', '<0xE4>', '[7]')
    """
    if isinstance(raw, bytes):
        return _with_bytes(raw)
    if raw is None:
        return f"[{number}]" if text is None else text
    if _SPACE_OF_SENTENCEPIECE in raw:
        return raw.replace(_SPACE_OF_SENTENCEPIECE, " ")
    data = _bytes_of(raw) if text is not None and _REPLACEMENT in text else None
    return (text or raw) if data is None else _with_bytes(data)


def _with_bytes(data: bytes) -> str:
    """Returns bytes as a text, those that are no whole character as "<0xE4>"."""
    text = data.decode("utf-8", errors="surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda found: f"<0x{ord(found[0]) - 0xDC00:02X}>", text)


def _bytes_of(raw: str) -> bytes | None:
    """Returns the bytes that a token of a byte-level vocabulary is, None if it is not of such a one."""
    try:
        return bytes(_BYTES[character] for character in raw)
    except KeyError:
        return None
