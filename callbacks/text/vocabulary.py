"""Vocabulary: one face for everything that says which token an id is, or makes ids of texts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.forms import as_text, ids_of, shortened, text_of
from tb_seqviz_plugin.callbacks.text.methods import LOOKUP_ERRORS
from tb_seqviz_plugin.callbacks.text.source import Source, kind_of
from tb_seqviz_plugin.callbacks.text.sources import source_of
from tb_seqviz_plugin.callbacks.text.special_tokens import Around, find_around, is_bracketed
from tb_seqviz_plugin.callbacks.text.spelling import SPACE_OF_BYTES, spelled, spelled_by_text

_SHOWN_PARTS = 8


@dataclass(frozen=True)
class Encoding:
    """A text as ids.

    Args:
        ids: all that the vocabulary makes of the text, without padding.
        before: how many of the first were put there by the vocabulary itself.
        behind: how many of the last.
        unknown: the parts of the text that are not in the vocabulary.
    """

    ids: list[int]
    before: int = 0
    behind: int = 0
    unknown: Sequence[str] = ()

    @property
    def text(self) -> list[int]:
        """The ids of the text itself."""
        return self.ids[self.before : len(self.ids) - self.behind]


class Vocabulary:
    """Ids to tokens, and where the source can, texts to ids and back.

    Args:
        source: the functions of it; `Vocabulary.of` finds them.

    Attributes:
        name: what it is, for messages.
        size: how many ids there are, None if the source does not say.

    >>> vocabulary = Vocabulary.of({"a": 0, "b": 1, "c": 2})
    >>> vocabulary.encode("cab"), vocabulary.decode([0, 1]), vocabulary.token(2)
    ([2, 0, 1], 'ab', 'c')
    """

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self.size = source.size
        self._source = source
        self._tokens: dict[int, str] = {}
        self._trouble: Exception | None = None

    @classmethod
    def of(cls, source: Any, argument: str = "tokenizer=") -> Vocabulary:
        """Returns the vocabulary that something is.

        Args:
            source: the tokens in the order of their ids, as a list, an array, a string of characters or a text file; a dict from
                tokens to ids or from ids to tokens; a function from ids to tokens, or a tuple of two functions, from a text to ids
                and from ids to a text; a `TextVectorization` or `StringLookup` layer; a tokenizer of KerasHub, or the preprocessor
                or task that holds it; one of Hugging Face, `tokenizers`, SentencePiece, `tiktoken` or tf.text; a text `Tokenizer`
                of Keras 2; any other object with `encode` and `decode`, `tokenize` and `detokenize`, or `id_to_token`; or a
                `Vocabulary`.
            argument: what it was given as, for messages.

        Raises:
            VocabularyError: if it is none of these.
        """
        if isinstance(source, Vocabulary):
            return source
        try:
            return cls(source_of(source))
        except VocabularyError as error:
            raise VocabularyError(f"{argument} {error}") from error

    def for_texts(self, argument: str = "tokenizer=", *, only_to_ids: bool = False) -> Vocabulary:
        """Returns this vocabulary if it makes ids of texts and texts of ids.

        Args:
            argument: what it was given as, for messages.
            only_to_ids: whether texts are not to be made of ids.

        Raises:
            VocabularyError: if it does not.
        """
        source = self._source
        if source.encode is None or (source.decode is None and not only_to_ids):
            raise VocabularyError(f"{argument} is {source.cannot}")
        return self

    @property
    def encodes(self) -> bool:
        """Whether it makes ids of texts."""
        return self._source.encode is not None

    @cached_property
    def _around(self) -> Around:
        source = self._source
        if not source.adds or source.encode is None:
            return Around()
        some = () if self.size is None else (self.token(self.size * part // 4).strip() for part in (1, 2, 3))
        return find_around(source.encode, source.special, ("a", *some))

    @property
    def before(self) -> list[int]:
        """The ids that the vocabulary puts before each text by itself."""
        return list(self._around.before)

    @property
    def behind(self) -> list[int]:
        """The ids that the vocabulary puts behind each text by itself."""
        return list(self._around.behind)

    @property
    def start(self) -> int | None:
        """The id that texts begin with, None if nothing tells."""
        return next(iter(self._around.before), self._source.special.start)

    @property
    def end(self) -> int | None:
        """The id that texts end with, None if nothing tells."""
        return next(iter(self._around.behind), self._source.special.end)

    @property
    def for_unknown(self) -> str:
        """What becomes of the parts of a text that are not in the vocabulary, as the end of a sentence; "" if nothing can."""
        if self._source.leaves_out_unknown:
            return "which are left out, as it does itself"
        unknown = self._source.special.unknown
        return "" if unknown is None else f"which become {self.token(unknown)!r}, as it does itself"

    def id_of(self, token: str) -> int | None:
        """Returns the id of a token, None if the vocabulary does not hold it or cannot tell."""
        return self._source.find(token)

    def id_named(self, value: str | int | bool | None, argument: str, own: int | None) -> int | None:
        """Returns the id of a token that the user named, None for none.

        Args:
            value: text or id; None for the vocabulary's own, False for none.
            argument: its name, for messages.
            own: the id that the vocabulary uses itself, None for none.

        Raises:
            VocabularyError: if it is no single token.
        """
        if value is None or value is False:
            return own if value is None else None
        if isinstance(value, str):
            known = self.id_of(value)
            return self._only_id_of(value, argument) if known is None else known
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < (self.size or np.inf):
            ids = "" if self.size is None else f" from 0 to {self.size - 1}"
            raise VocabularyError(f"{argument}={value!r}; expected a token as text, or its id{ids}.")
        return int(value)

    def _only_id_of(self, text: str, argument: str) -> int:
        try:
            encoding = self.encoding(text)
        except VocabularyError as error:
            raise VocabularyError(f"{argument}={text!r} cannot be used: {error}") from error
        if encoding.unknown:
            raise VocabularyError(
                f"{argument}={text!r} is no token of the tokenizer, {self.name}; expected one that is, or the id of one."
            )
        if len(encoding.text) != 1:
            raise VocabularyError(
                f"{argument}={text!r} is {len(encoding.text)} tokens to the tokenizer; expected a single one, or the id of one."
            )
        return encoding.text[0]

    def is_silent(self, number: int) -> bool:
        """Returns whether a token that ends texts is no part of them, as "[end]" is not but a line break is."""
        return number in (self.start, self.end) or is_bracketed(self.token(number))

    def encode(self, text: str) -> list[int]:
        """Returns the ids of a text, without any that the vocabulary puts around it.

        Raises:
            VocabularyError: as `encoding`.
        """
        return self.encoding(text).text

    def encoding(self, text: str) -> Encoding:
        """Returns a text as ids, with all that the vocabulary makes of it.

        Raises:
            VocabularyError: if the text has no token, or holds what nothing in the vocabulary stands for.
        """
        encode = self.for_texts(only_to_ids=True)._source.encode
        if not isinstance(text, str):
            raise VocabularyError(f"The text {shortened(repr(text))} is {kind_of(text)}; expected a string.")
        try:
            unknown = list(dict.fromkeys(self._source.unknown(text)))
            value = None if (unknown and not self.for_unknown) or encode is None else encode(text)
        except Exception as error:  # whatever a tokenizer of the user's may raise
            raise VocabularyError(
                f"The tokenizer, {self.name}, cannot encode {shortened(repr(text))} ({type(error).__name__}: {error})."
            ) from error
        if unknown and not self.for_unknown:
            raise VocabularyError(
                f"The text {shortened(repr(text))} holds {listed(unknown)}, which the tokenizer, {self.name}, does not know, and "
                "nothing in it stands for what is unknown; expected only what is in its vocabulary, or one with a token '[UNK]'."
            )
        ids = ids_of(value)
        if ids is None:
            raise VocabularyError(
                f"The tokenizer, {self.name}, encoded {shortened(repr(text))} as {shortened(repr(value))}; expected one "
                "list of whole numbers."
            )
        ids = self._around.without_padding(ids)
        before, behind = self._around.lengths(ids)
        encoding = Encoding(ids, before, behind, unknown)
        if not encoding.text:
            raise VocabularyError(
                f"The text {shortened(repr(text))} has no token; expected a text of at least one token of the tokenizer, "
                f"{self.name}."
            )
        return encoding

    def decode(self, ids: Sequence[int] | npt.NDArray[Any]) -> str:
        """Returns the text of ids.

        Args:
            ids: integers [tokens], a list or an array.

        Raises:
            VocabularyError: if the tokenizer fails.
        """
        decode, numbers = self._source.decode, ids_of(ids)
        if decode is None:
            raise VocabularyError(f"The tokenizer is {self._source.cannot}")
        if numbers is None:
            raise VocabularyError(f"The ids {shortened(repr(ids))} are no list of whole numbers.")
        if not numbers:
            return ""
        try:
            value = decode(numbers)
        except Exception as error:  # as above
            raise VocabularyError(
                f"The tokenizer, {self.name}, cannot decode {shortened(repr(numbers))} ({type(error).__name__}: {error})."
            ) from error
        text = text_of(value)
        if text is None:
            raise VocabularyError(
                f"The tokenizer, {self.name}, decoded {shortened(repr(numbers))} to {shortened(repr(value))}; expected a "
                "string."
            )
        return text

    def token(self, number: int) -> str:
        """Returns what one id is in words, whatever the id; one that has no token as "[7]".

        Bytes that are no whole character are shown as "<0xE4>", or "�" where only their tokenizer knows them.
        """
        if number not in self._tokens:
            self._tokens[number] = self._token(int(number))
        return self._tokens[number]

    def tokens(self, ids: Any) -> list[Any]:
        """Returns the token of each id, in lists like the axes of the ids.

        Args:
            ids: integers of any axes.

        Raises:
            VocabularyError: if a function of the user's fails on them.
        """
        array = np.asarray(ids, np.int64)
        different = np.unique(array).tolist()
        if self._source.tokens is not None:
            self._ask_for([number for number in different if number not in self._tokens])
        named = {number: self.token(number) for number in different}
        if self._trouble is not None:
            raise VocabularyError(
                f"{self.name[0].upper()}{self.name[1:]} cannot tell the tokens of ids ({type(self._trouble).__name__}: "
                f"{self._trouble}); expected one that knows every id."
            ) from self._trouble
        return _nested(array.tolist(), named)

    def table(self, rows: int) -> list[str]:
        """Returns the token of each of the first ids, as far as there are any.

        Args:
            rows: how many are asked for.

        Raises:
            VocabularyError: as `tokens`.
        """
        return self.tokens(range(rows if self.size is None else min(rows, self.size)))

    def _ask_for(self, ids: list[int]) -> None:
        """Asks a function for the tokens of ids."""
        if not ids or self._source.tokens is None:
            return
        try:
            strings = self._source.tokens(ids)
        except Exception as error:  # whatever a function of the user's may raise
            raise VocabularyError(
                f"A function from ids to tokens failed on {_shown(ids)} ({type(error).__name__}: {error}); expected one that "
                "knows every id."
            ) from error
        if len(strings) != len(ids):
            raise VocabularyError(
                f"A function from ids to tokens turned {len(ids)} ids into {len(strings)} strings; expected one string per id."
            )
        self._tokens |= {number: as_text(string) for number, string in zip(ids, strings, strict=True)}

    @cached_property
    def _is_byte_level(self) -> bool:
        number = self._source.find(SPACE_OF_BYTES)
        return number is not None and self._decoded(number) == " "

    def _token(self, number: int) -> str:
        source, name, trouble = self._source, None, None
        if number < 0:
            return f"[{number}]"
        if source.token is not None:
            try:
                name = source.token(number)
            except LOOKUP_ERRORS:
                pass
            except Exception as error:  # whatever a tokenizer of the user's may raise
                trouble = error
        if name is not None:
            shown = spelled(name, is_byte_level=self._is_byte_level) if source.has_spellings else as_text(name)
            return spelled_by_text(name, self._decoded(number) or "") if shown is None else shown
        text = self._decoded(number)
        if text is None or (source.token is not None and not text):
            self._trouble = trouble
            return f"[{number}]"
        return text

    def _decoded(self, number: int) -> str | None:
        """Returns the text of one id by itself, None if it has none or cannot be decoded."""
        with suppress(VocabularyError):
            return None if self._source.decode is None else self.decode([number])
        return None


def listed(parts: Sequence[str]) -> str:
    """Returns parts of texts as a list to read."""
    shown = ", ".join(shortened(repr(part)) for part in parts[:_SHOWN_PARTS])
    return shown + (", …" if len(parts) > _SHOWN_PARTS else "")


def _nested(ids: Any, tokens: dict[int, str]) -> Any:
    return [_nested(each, tokens) for each in ids] if isinstance(ids, list) else tokens[ids]


def _shown(ids: Sequence[int]) -> str:
    return str(list(ids)) if len(ids) <= 8 else f"[{', '.join(map(str, ids[:8]))}, …]"
