"""A special token that the user names, by its text or its id."""

from __future__ import annotations

import numpy as np

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary


def id_named(vocabulary: Vocabulary, value: str | int | bool | None, argument: str, own: int | None) -> int | None:
    """Returns the id of a token that the user named, None for none.

    Args:
        vocabulary: knows the tokens.
        value: text or id; None for the vocabulary's own, False for none.
        argument: its name, for messages.
        own: the id that the vocabulary uses itself, None for none.

    Raises:
        VocabularyError: if it is not a single token.
    """
    if value is None or value is False:
        return own if value is None else None
    size = vocabulary.size
    if isinstance(value, str):
        known = vocabulary.id_of(value)
        return _only_id_of(vocabulary, value, argument) if known is None else known
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < (size or np.inf):
        ids = "" if size is None else f" from 0 to {size - 1}"
        raise VocabularyError(f"{argument}={value!r}; expected a token as text, or its id{ids}.")
    return int(value)


def _only_id_of(vocabulary: Vocabulary, text: str, argument: str) -> int:
    try:
        encoding = vocabulary.encoding(text)
    except VocabularyError as error:
        raise VocabularyError(f"{argument}={text!r} cannot be used: {error}") from error
    if encoding.unknown:
        raise VocabularyError(
            f"{argument}={text!r} is not a token of the tokenizer, {vocabulary.name}; expected one that is, or the id of one."
        )
    if len(encoding.text) != 1:
        raise VocabularyError(
            f"{argument}={text!r} is {len(encoding.text)} tokens to the tokenizer; expected a single one, or the id of one."
        )
    return encoding.text[0]
