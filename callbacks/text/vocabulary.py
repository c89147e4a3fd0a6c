"""Vocabulary: one face for everything that says which token an id is, or makes ids of texts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.arguments import check_no_class
from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.encoding import Encoding
from tb_seqviz_plugin.callbacks.text.forms import as_text, ids_of, listed, shortened, text_of
from tb_seqviz_plugin.callbacks.text.source import Source, kind_of
from tb_seqviz_plugin.callbacks.text.sources import source_of
from tb_seqviz_plugin.callbacks.text.special_tokens import Around, find_around, is_bracketed
from tb_seqviz_plugin.callbacks.text.spelling import SPACE_OF_BYTES, spelled, spelled_by_text


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
        if getattr(source, "__module__", "") != "builtins":  # such as `str`, a function from ids to tokens
            check_no_class(argument, source, VocabularyError)
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
        if source.encode is None:
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
    def unknown(self) -> int | None:
        """The id that stands for all that is not in the vocabulary, None if nothing tells."""
        return self._source.special.unknown

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

    def is_silent(self, number: int) -> bool:
        """Returns whether a token that ends texts is no part of them, as "[end]" is not but a line break is."""
        token = self.token(number)
        return not token or number in (self.start, self.end) or is_bracketed(token)

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
            raise VocabularyError(f"The ids {shortened(repr(ids))} are not a list of whole numbers.")
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

        Bytes that are not a whole character are shown as "<0xE4>", or "�" where only their tokenizer knows them.
        """
        if number not in self._tokens:
            with suppress(VocabularyError):
                self._learn([int(number)])
        return self._tokens.get(number, f"[{number}]")

    def tokens(self, ids: Any) -> list[Any]:
        """Returns the token of each id, in lists like the axes of the ids.

        Args:
            ids: integers of any axes.

        Raises:
            VocabularyError: if the source fails on them.
        """
        array = np.asarray(ids, np.int64)
        self._learn([number for number in np.unique(array).tolist() if number not in self._tokens])
        return self._nested(array.tolist())

    def on_missing(self, ids: npt.NDArray[Any], where: str, argument: str = "tokenizer=") -> str:
        """Returns a sentence on ids beyond the last that has a token, "" if there are none or the source does not say.

        Args:
            ids: integers of any axes.
            where: they are, as what it begins with.
            argument: what the vocabulary was given as.
        """
        highest = int(np.max(ids, initial=-1))
        if self.size is None or highest < self.size:
            return ""
        return (
            f"{where} holds ids up to {highest}, and {argument}, {self.name}, has {self.size} tokens, so that those from "
            f"{self.size} on are shown by number, as [{highest}]; expected a token for each id. Does it belong to this model?"
        )

    def table(self, rows: int) -> list[str]:
        """Returns the token of each of the first ids, as far as there are any.

        Args:
            rows: how many are asked for.

        Raises:
            VocabularyError: as `tokens`.
        """
        return self.tokens(range(rows if self.size is None else min(rows, self.size)))

    def _nested(self, ids: Any) -> Any:
        return list(map(self._nested, ids)) if isinstance(ids, list) else self.token(ids)

    def _learn(self, ids: list[int]) -> None:
        """Asks for the tokens of ids."""
        ids, names = [number for number in ids if number >= 0], None
        try:
            names = [None] * len(ids) if self._source.tokens is None else self._source.tokens(ids)
        except Exception as error:  # whatever a tokenizer of the user's may raise
            raise VocabularyError(
                f"{self.name} failed on the ids {shortened(repr(ids))} ({type(error).__name__}: {error}); expected one that knows "
                "every id."
            ) from error
        if len(names) != len(ids):
            raise VocabularyError(
                f"{self.name} turned {len(ids)} ids into {len(names)} strings; expected one string per id."
            )
        shown = {number: self._shown(number, name) for number, name in zip(ids, names, strict=True)}
        self._tokens |= {number: token for number, token in shown.items() if token is not None}

    def _shown(self, number: int, name: Any) -> str | None:
        if name is None:
            # What has names for ids and none for this one decodes it, if at all, to nothing.
            text = self._decoded(number)
            return text if text or self._source.tokens is None else None
        if not self._source.has_spellings:
            return as_text(name)
        shown = spelled(name, is_byte_level=self._is_byte_level)
        return spelled_by_text(name, self._decoded(number) or "") if shown is None else shown

    @cached_property
    def _is_byte_level(self) -> bool:
        number = self._source.find(SPACE_OF_BYTES)
        return number is not None and self._decoded(number) == " "

    def _decoded(self, number: int) -> str | None:
        """Returns the text of one id by itself, None if it has none or cannot be decoded."""
        with suppress(VocabularyError):
            return None if self._source.decode is None else self.decode([number])
        return None
