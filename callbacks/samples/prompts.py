"""Prompts: what a model is to continue, or to write from, as texts, as ids and with what was expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import GenerationError, PromptError, VocabularyError
from tb_seqviz_plugin.callbacks.generation.any_generator import AnyGenerator
from tb_seqviz_plugin.callbacks.generation.batch import Reading, Source
from tb_seqviz_plugin.callbacks.samples.options import SourceTexts
from tb_seqviz_plugin.callbacks.text.encoding import Encoding
from tb_seqviz_plugin.callbacks.text.forms import listed
from tb_seqviz_plugin.callbacks.text.named_token import id_named
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.records.samples.measures import warn_of_left_out

Ids = list[int]


class Prompts:
    """The prompts of one logger.

    Args:
        texts: at least one text; one that comes twice with the same reference counts once.
        references: one text per prompt, None for none.
        tokenizer: of what is generated.
        source: how those that an encoder-decoder writes from are handed to it.
        start: text or id put before every prompt, or before what an encoder-decoder writes; None for what a task of KerasHub or
            the tokenizer puts there itself, and for an encoder-decoder, where that is nothing, the tokenizer's own start; False
            for none.

    Attributes:
        texts: the prompts.
        references: what was expected, one per prompt, or None.
        tokenizer: of the prompts.
        notes: what a reader should know about how texts became ids, as sentences.

    Raises:
        PromptError: if one is empty or unknown to the tokenizer.
        VocabularyError: if a tokenizer or the start is something else.
    """

    def __init__(
        self,
        texts: Sequence[str],
        references: Sequence[str] | None,
        tokenizer: Vocabulary,
        source: SourceTexts | None = None,
        start: str | int | bool | None = None,
    ) -> None:
        self.texts, self.references = texts, references
        self._source = source or SourceTexts()
        self.tokenizer = tokenizer
        if self._source.tokenizer is not None:
            self.tokenizer = Vocabulary.of(self._source.tokenizer, "source=").for_texts("source=", only_to_ids=True)
        self._padding = id_named(self.tokenizer, self._source.padding, "padding", None)
        given = id_named(tokenizer, start, "start", None)
        self._is_given = start is not None
        self._start: Ids = ([] if self._is_given else tokenizer.before) if given is None else [given]
        own = [tokenizer.start] if tokenizer.start is not None and not self._is_given else []
        self._start_to_write: Ids = self._start or own
        self._encodings = [self._encode(number, text) for number, text in enumerate(self.texts)]
        self.notes = [note for note in (self._on_ends(tokenizer), self._on_unknown()) if note]

    def _encode(self, number: int, text: str) -> Encoding:
        if not text and self._start:
            return Encoding([])
        try:
            return self.tokenizer.encoding(text)
        except VocabularyError as error:
            raise PromptError(f"Prompt {number} cannot be used: {error}") from error

    def _on_ends(self, tokenizer: Vocabulary) -> str:
        before, behind = (" ".join(map(tokenizer.token, ids)) for ids in (tokenizer.before, tokenizer.behind))
        if not before and not behind:
            return ""
        puts = " and ".join(f"{each!r} {where}" for each, where in ((before, "before"), (behind, "behind")) if each)
        begins = "begins as start= says" if self._is_given else f"begins with {before!r}" if before else ""
        ends = f"ends without {behind!r}" if behind else ""
        return (
            f"The tokenizer, {tokenizer.name}, puts {puts} each text that it encodes; a prompt that the model continues "
            f"{' and '.join(filter(None, (begins, ends)))}, and a source that it writes from is left as it is."
        )

    def _on_unknown(self) -> str:
        parts = list(dict.fromkeys(part for encoding in self._encodings for part in encoding.unknown))
        if not parts:
            return ""
        return (
            f"The prompts hold {listed(parts)}, not in the vocabulary of the tokenizer, {self.tokenizer.name}, "
            f"{self.tokenizer.for_unknown}."
        )

    def for_model(self, generator: AnyGenerator) -> tuple[Source, list[Ids]]:
        """Returns what a model writes from and the ids that it continues: packed as it does itself, if no start was given.

        Raises:
            GenerationError: as `to_write_from`.
        """
        packed = None
        if not self._is_given and self._source.is_usual:
            packed = generator.packed(self.texts, [encoding.text for encoding in self._encodings])
        if packed is not None:
            return packed
        if generator.takes_source:
            return self.to_write_from(self._length_for(generator), self.padded(generator.reading).padding)
        return None, self.to_continue()

    def padded(self, reading: Reading) -> Reading:
        """Returns how a model reads texts, with sources padded as was asked for."""
        return reading if self._padding is None else replace(reading, padding=self._padding)

    def _length_for(self, generator: AnyGenerator) -> int | None:
        length, own = self._source.length, generator.source_length
        if length is not None and own not in (None, length):
            raise GenerationError(
                f"The sources are to be padded to length={length}, and the model takes {own} tokens; leave length out."
            )
        return own if length is None else length

    def to_continue(self) -> list[Ids]:
        """Returns the ids of each prompt, behind the start."""
        return [self._start + encoding.text for encoding in self._encodings]

    def to_write_from(self, length: int | None, padding: int = 0) -> tuple[npt.NDArray[np.int32], list[Ids]]:
        """Returns what an encoder-decoder is given: the source and the beginnings of what it writes.

        Args:
            length: tokens of source that the model takes, None for as many as the longest prompt has.
            padding: the id put after each prompt.

        Returns:
            int32 [prompts, length], padded, and the start for each.

        Raises:
            GenerationError: if nothing says how a text begins, or a prompt is empty or too long.
        """
        if not self._start_to_write:
            raise GenerationError(
                "The model writes from a source, and nothing says what its text begins with; expected start=, such as "
                "start='[start]', the token that it was trained to begin with."
            )
        sources = [encoding.ids for encoding in self._encodings]
        for number, ids in enumerate(sources):
            if not ids:
                raise GenerationError(f"Prompt {number} is empty; expected a text that the model is to write from.")
        longest = max(map(len, sources))
        if length is not None and longest > length:
            number = next(number for number, ids in enumerate(sources) if len(ids) > length)
            raise GenerationError(
                f"Prompt {number} has {len(sources[number])} tokens and the model takes a source of {length}; expected a "
                "shorter one."
            )
        source = np.full((len(sources), length or longest), padding, np.int32)
        for row, ids in zip(source, sources, strict=True):
            row[: len(ids)] = ids
        return source, [self._start_to_write] * len(sources)


def checked_pairs(texts: Any, references: Any) -> tuple[list[str], list[str] | None]:
    """Returns prompts and their references, None for none, as lists; a pair that is there several times once.

    Raises:
        PromptError: if they are not lists of texts, at least one and as many of both.
    """
    prompts = _texts(texts)
    if references is None:
        return list(dict.fromkeys(prompts)), None
    warn_of_left_out()
    pairs = dict.fromkeys(zip(prompts, _references(references, len(prompts)), strict=True))
    return [prompt for prompt, _ in pairs], [reference for _, reference in pairs]


def _texts(texts: Any) -> list[str]:
    if isinstance(texts, str) or not hasattr(texts, "__iter__"):
        raise PromptError(f"The prompts are {texts!r}; expected a list of texts, such as ['Once upon'].")
    listed = list(texts)
    if not listed:
        raise PromptError("There is no prompt; expected a list of at least one text.")
    for number, text in enumerate(listed):
        if not isinstance(text, str):
            raise PromptError(f"Prompt {number} is {repr(text)[:40]}; expected text, which the tokenizer makes ids of.")
    return listed


def _references(references: Any, prompts: int) -> list[str]:
    if isinstance(references, str) or not hasattr(references, "__iter__"):
        raise PromptError(f"The references are {references!r}; expected a list of texts, one per prompt.")
    listed = list(references)
    if len(listed) != prompts:
        raise PromptError(
            f"There are {len(listed)} references and {prompts} prompts; expected one reference per prompt."
        )
    for number, text in enumerate(listed):
        if not isinstance(text, str):
            raise PromptError(f"Reference {number} is {repr(text)[:40]}; expected text.")
    return listed
