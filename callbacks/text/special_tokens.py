"""Tokens that begin and end texts."""

from __future__ import annotations

import re

import numpy as np

from tb_seqviz_plugin.callbacks.text.tokenizer import Tokenizer, TokenizerError

_BRACKETED = re.compile(r"<.+>|\[.+\]")


def id_of(tokenizer: Tokenizer, value: str | int | bool | None, name: str, own: int | None) -> int | None:
    """Returns the id of a token that the user named, None for none.

    Args:
        tokenizer: knows the tokens.
        value: text or id; None for the tokenizer's own, False for none.
        name: of the argument, for messages.
        own: the id that the tokenizer uses itself, None for none.

    Raises:
        TokenizerError: if it is no single token.
    """
    if value is None or value is False:
        return own if value is None else None
    if isinstance(value, str):
        try:
            ids = tokenizer.encode(value)
        except TokenizerError as error:
            raise TokenizerError(f"{name}={value!r} cannot be used: {error}") from error
        if len(ids) != 1:
            raise TokenizerError(
                f"{name}={value!r} is {len(ids)} tokens to the tokenizer; expected a single one, or the id of one."
            )
        return ids[0]
    size = tokenizer.vocabulary_size
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < (size or np.inf):
        known = "" if size is None else f" from 0 to {size - 1}"
        raise TokenizerError(f"{name}={value!r}; expected a token as text, or its id{known}.")
    return int(value)


def is_silent(tokenizer: Tokenizer, token: int) -> bool:
    """Returns whether a token that ends texts is no part of them, as "[end]" is not but a line break is."""
    return token in (tokenizer.start, tokenizer.end) or bool(_BRACKETED.fullmatch(tokenizer.token(token)))
