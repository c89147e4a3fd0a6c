"""One face for all that is called a tokenizer: texts to ids and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tb_seqviz_plugin.callbacks.errors import TokenizerError
from tb_seqviz_plugin.callbacks.text.codec import Codec, ids_of, text_of
from tb_seqviz_plugin.callbacks.text.kinds import codec_of

__all__ = ["Tokenizer", "TokenizerError"]

_SHOWN_CHARACTERS, _SHOWN_PARTS = 40, 8

_REPLACEMENT = "\ufffd"
_SPACE_OF_SENTENCEPIECE = "\u2581"

# What the characters of a byte-level vocabulary stand for: those from 256 on, as in the tokenizer of GPT-2, for the bytes that
# cannot be printed.
_NOT_PRINTED = [*range(0x21), *range(0x7F, 0xA1), 0xAD]
_BYTES = {chr(byte): byte for byte in range(256)} | {chr(256 + at): byte for at, byte in enumerate(_NOT_PRINTED)}


class Tokenizer:
    """Texts to ids and back, by whatever the user has.

    Args:
        codec: how to; `Tokenizer.of` finds it.

    >>> tokenizer = Tokenizer.of({"a": 0, "b": 1, "c": 2})
    >>> tokenizer.encode("cab"), tokenizer.decode([0, 1]), tokenizer.token(2)
    ([2, 0, 1], 'ab', 'c')
    """

    def __init__(self, codec: Codec) -> None:
        self.name = codec.name
        self.vocabulary_size = codec.vocabulary_size
        self.start = codec.start
        self.end = codec.end
        self._codec = codec
        self._tokens: dict[int, str] = {}

    @classmethod
    def of(cls, source: Any) -> Tokenizer:
        """Returns the tokenizer that something is.

        `vocabulary_size`, and the ids `start` and `end` that texts begin and end with, are None where the source does not say.

        Args:
            source: an object with `encode` and `decode`, as tokenizers of Hugging Face, `tiktoken` and SentencePiece are; a
                tokenizer of KerasHub, or the preprocessor or task that holds it; a `TextVectorization` or `StringLookup` layer;
                a Keras text `Tokenizer`; a map from characters to ids or from ids to characters; the characters in the order
                of their ids; a tuple of two functions, from a text to ids and from ids to a text; or a `Tokenizer`.

        Raises:
            TokenizerError: if it is none of these, or cannot go both ways.
        """
        return source if isinstance(source, Tokenizer) else cls(codec_of(source))

    def encode(self, text: str) -> list[int]:
        """Returns the ids of a text, without any that mark its start or end.

        Raises:
            TokenizerError: if the text is empty, or holds what the tokenizer is known not to know.
        """
        if not isinstance(text, str):
            raise TokenizerError(f"The text {_shortened(repr(text))} is a {type(text).__name__}; expected a string.")
        try:
            unknown = list(dict.fromkeys(self._codec.unknown(text)))
            value = None if unknown else self._codec.encode(text)
        except Exception as error:  # whatever a tokenizer of the user's may raise
            raise TokenizerError(
                f"The tokenizer, {self.name}, cannot encode {_shortened(repr(text))} ({type(error).__name__}: {error})."
            ) from error
        if unknown:
            shown = ", ".join(_shortened(repr(part)) for part in unknown[:_SHOWN_PARTS])
            shown += ", …" if len(unknown) > _SHOWN_PARTS else ""
            raise TokenizerError(
                f"The text {_shortened(repr(text))} holds {shown}, which the tokenizer, {self.name}, does not know; expected "
                "only what is in its vocabulary."
            )
        ids = ids_of(value)
        if ids is None:
            raise TokenizerError(
                f"The tokenizer, {self.name}, encoded {_shortened(repr(text))} as {_shortened(repr(value))}; expected one "
                "list of whole numbers."
            )
        if not ids:
            raise TokenizerError(
                f"The text {_shortened(repr(text))} has no token; expected a text of at least one token of the tokenizer, "
                f"{self.name}."
            )
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Returns the text of ids.

        Args:
            ids: integers [tokens], a list or an array.

        Raises:
            TokenizerError: if the tokenizer fails.
        """
        numbers = ids_of(ids)
        if numbers is None:
            raise TokenizerError(f"The ids {_shortened(repr(ids))} are no list of whole numbers.")
        if not numbers:
            return ""
        try:
            value = self._codec.decode(numbers)
        except Exception as error:  # as above
            raise TokenizerError(
                f"The tokenizer, {self.name}, cannot decode {_shortened(repr(numbers))} ({type(error).__name__}: {error})."
            ) from error
        text = text_of(value)
        if text is None:
            raise TokenizerError(
                f"The tokenizer, {self.name}, decoded {_shortened(repr(numbers))} to {_shortened(repr(value))}; expected a "
                "string."
            )
        return text

    def token(self, number: int) -> str:
        """Returns what one id is in words, whatever the id.

        Bytes that are no whole character are shown as "<0xE4>", or "�" where only their tokenizer knows them; an id without
        a text as "[7]".
        """
        if number not in self._tokens:
            self._tokens[number] = self._token(int(number))
        return self._tokens[number]

    def _token(self, number: int) -> str:
        text = raw = None
        with suppress(TokenizerError):
            text = self.decode([number])
        if self._codec.raw_token is not None:
            with suppress(Exception):  # ids beyond the vocabulary, whatever that raises
                raw = self._codec.raw_token(number)
            if raw is None:
                return text or f"[{number}]"
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


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
