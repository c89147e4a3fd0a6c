"""How one token is shown: what its vocabulary calls it, with spaces and bytes as what they stand for."""

from __future__ import annotations

import re

from tb_seqviz_plugin.callbacks.text.special_tokens import is_bracketed

SPACE_OF_BYTES = "\u0120"
"""What byte-level vocabularies call the space."""

_REPLACEMENT = "\ufffd"
_SPACE_OF_SENTENCEPIECE = "\u2581"
_BYTE_OF_SENTENCEPIECE = "<0x"

# What the characters of a byte-level vocabulary stand for: those from 256 on, as in the tokenizer of GPT-2, for the bytes that
# cannot be printed.
_NOT_PRINTED = [*range(0x21), *range(0x7F, 0xA1), 0xAD]
_BYTES = {chr(byte): byte for byte in range(256)} | {chr(256 + at): byte for at, byte in enumerate(_NOT_PRINTED)}


def spelled(name: str | bytes, *, is_byte_level: bool = False) -> str | None:
    """Returns what a token is in words, None if only decoding it tells.

    Args:
        name: what the vocabulary calls it.
        is_byte_level: whether its characters stand for bytes.

    >>> spelled("▁cat"), spelled(bytes([228])), spelled("Ġcat", is_byte_level=True), spelled("##s")
    (' cat', '<0xE4>', ' cat', None)
    """
    if isinstance(name, bytes):
        return _with_bytes(name)
    if _SPACE_OF_SENTENCEPIECE in name:
        return name.replace(_SPACE_OF_SENTENCEPIECE, " ")
    if (name.isascii() and name.isalnum()) or (is_bracketed(name) and not name.startswith(_BYTE_OF_SENTENCEPIECE)):
        return name
    data = _bytes_of(name) if is_byte_level else None
    return None if data is None else _with_bytes(data)


def spelled_by_text(name: str, text: str) -> str:
    """Returns what a token is in words.

    Args:
        name: what the vocabulary calls it.
        text: what it is decoded to by itself, "" for nothing.
    """
    data = _bytes_of(name) if _REPLACEMENT in text else None
    return (text or name) if data is None else _with_bytes(data)


def _with_bytes(data: bytes) -> str:
    """Returns bytes as a text, those that are not a whole character as "<0xE4>"."""
    text = data.decode("utf-8", errors="surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda found: f"<0x{ord(found[0]) - 0xDC00:02X}>", text)


def _bytes_of(name: str) -> bytes | None:
    """Returns the bytes that a token of a byte-level vocabulary is, None if it is not of such a one."""
    try:
        return bytes(_BYTES[character] for character in name)
    except KeyError:
        return None
