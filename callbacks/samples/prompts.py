"""Prompts: what a model is to continue, or to write from, as texts, as ids and with what was expected of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import GenerationError, PromptError
from tb_seqviz_plugin.callbacks.generation.batch import Source
from tb_seqviz_plugin.callbacks.generation.generator import AnyGenerator
from tb_seqviz_plugin.callbacks.text.special_tokens import id_of
from tb_seqviz_plugin.callbacks.text.tokenizer import Tokenizer, TokenizerError

Ids = list[int]


class Prompts:
    """The prompts of one logger.

    Args:
        texts: at least one text; one that comes twice with the same reference counts once.
        references: one text per prompt, None for none.
        tokenizer: of what is generated.
        source_tokenizer: of what an encoder-decoder writes from, None for the same.
        start: text or id put before every prompt, or before what an encoder-decoder writes; None for what a task of KerasHub
            puts there itself, and of other models for none before prompts, and for an encoder-decoder the tokenizer's own start.

    Attributes:
        texts: the prompts.
        references: what was expected, one per prompt, or None.
        tokenizer: of the prompts.

    Raises:
        PromptError: if there is none, one is empty or unknown to the tokenizer, or the references are of another number.
    """

    def __init__(
        self,
        texts: Any,
        references: Any,
        tokenizer: Tokenizer,
        source_tokenizer: Any = None,
        start: str | int | None = None,
    ) -> None:
        self.texts, self.references = checked_pairs(texts, references)
        given, own = id_of(tokenizer, start, "start", None), tokenizer.start
        self._start: Ids = [] if given is None else [given]
        self._start_to_write: Ids = self._start or ([] if own is None else [own])
        self._has_two_tokenizers = source_tokenizer is not None
        self.tokenizer = tokenizer if source_tokenizer is None else Tokenizer.of(source_tokenizer)
        self._ids = [self._encode(number, text) for number, text in enumerate(self.texts)]

    def _encode(self, number: int, text: str) -> Ids:
        if not text and self._start:
            return []
        try:
            return self.tokenizer.encode(text)
        except TokenizerError as error:
            raise PromptError(f"Prompt {number} cannot be used: {error}") from error

    def for_model(self, generator: AnyGenerator) -> tuple[Source, list[Ids]]:
        """Returns what a model writes from and the ids that it continues: packed as it does itself, if no start was given.

        Raises:
            GenerationError: as `to_write_from`.
        """
        packed = None if self._start or self._has_two_tokenizers else generator.packed(self.texts, self._ids)
        if packed is not None:
            return packed
        if generator.takes_source:
            return self.to_write_from(generator.source_length, generator.reading.padding)
        return None, self.to_continue()

    def to_continue(self) -> list[Ids]:
        """Returns the ids of each prompt, behind the start."""
        return [self._start + ids for ids in self._ids]

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
        for number, ids in enumerate(self._ids):
            if not ids:
                raise GenerationError(f"Prompt {number} is empty; expected a text that the model is to write from.")
        longest = max(map(len, self._ids))
        if length is not None and longest > length:
            number = next(number for number, ids in enumerate(self._ids) if len(ids) > length)
            raise GenerationError(
                f"Prompt {number} has {len(self._ids[number])} tokens and the model takes a source of {length}; expected a "
                "shorter one."
            )
        source = np.full((len(self._ids), length or longest), padding, np.int32)
        for row, ids in zip(source, self._ids, strict=True):
            row[: len(ids)] = ids
        return source, [self._start_to_write] * len(self._ids)


def checked_pairs(texts: Any, references: Any) -> tuple[list[str], list[str] | None]:
    """Returns prompts and their references, None for none, as lists; a pair that is there several times once.

    Raises:
        PromptError: if they are no lists of texts, at least one and as many of both.
    """
    prompts = _texts(texts)
    if references is None:
        return list(dict.fromkeys(prompts)), None
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
