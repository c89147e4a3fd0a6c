"""Tokens to show: ids to strings, by whatever the user has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import TokenError

Texts = list[list[str]]

TOKEN_OF_ID = ("id_to_token", "id_to_piece", "IdToPiece")
"""Methods that tell the token of an id: of `tokenizers` and KerasHub, and of SentencePiece."""


def tokens_of_ids(ids: npt.NDArray[Any], source: Any, axis: str) -> Texts:
    """Returns one string per id.

    Args:
        ids: integers [batch, time].
        source: lists of strings per example, a function ids -> strings, a mapping or list id -> string, a
            `TextVectorization` or `StringLookup` layer, a tokenizer with `convert_ids_to_tokens`, `id_to_token`,
            `id_to_piece` or `decode`, or None for the ids themselves.
        axis: name of the input, for messages.

    Raises:
        TokenError: if they do not fit.

    >>> tokens_of_ids(np.array([[1, 0]]), {0: "[pad]", 1: "hello"}, "source")
    [['hello', '[pad]']]
    """
    if source is None:
        return [[str(value) for value in row] for row in ids.tolist()]
    if is_text_lists(source):
        return fitted(source, ids, axis)
    convert = _converter(source, axis)
    texts = []
    for row in ids.tolist():
        try:
            strings = convert(row)
        except Exception as error:  # whatever a function of the user's may raise
            raise TokenError(
                f"The tokens for input {axis!r} cannot be made of the ids {_shortened(row)} "
                f"({type(error).__name__}: {error}); expected a function from ids to strings that knows every id."
            ) from error
        if len(strings) != len(row):
            raise TokenError(
                f"The tokens for input {axis!r} turned {len(row)} ids into {len(strings)} strings; expected one string "
                "per id."
            )
        texts.append([as_text(string) for string in strings])
    return texts


def tokens_of_texts(texts: Sequence[str], source: Any, axis: str) -> Texts:
    """Returns the tokens that a model makes of texts by itself, filled with "" to one length.

    Args:
        texts: one text per example.
        source: the `TextVectorization` layer of the model, or a function from a text to its list of strings.
        axis: name of the input, for messages.

    Raises:
        TokenError: if it does not make a list of tokens of each text.
    """
    if hasattr(source, "get_vocabulary"):
        ids = source(np.array(texts, object))
        ids = keras.ops.convert_to_numpy(ids.to_tensor() if hasattr(ids, "to_tensor") else ids)
        if ids.ndim == 2 and ids.dtype.kind in "iu":
            return tokens_of_ids(ids, source, axis)
    elif callable(source):
        rows = [source(text) for text in texts]
        if is_text_lists(rows):
            return of_one_length(rows)
    raise TokenError(
        f"The tokens for input {axis!r}, which holds texts, are a {type(source).__name__} that makes no lists of tokens of "
        "them; expected the TextVectorization layer of the model, a function from a text to a list of strings, or lists of "
        "strings."
    )


def fitted(texts: Sequence[Sequence[str]], values: npt.NDArray[Any], axis: str) -> Texts:
    """Returns lists of strings that fit an input; lists that are short by padding are filled with "".

    Args:
        texts: one list of strings per example.
        values: the input [batch, time] or [batch, time, features].
        axis: name of the input, for messages.

    Raises:
        TokenError: if their number or length does not fit.
    """
    batch, time = values.shape[:2]
    if len(texts) != batch:
        raise TokenError(
            f"Input {axis!r} has {batch} examples and {len(texts)} lists of tokens; expected one list per example."
        )
    result: Texts = []
    for number, (strings, row) in enumerate(zip(texts, values, strict=True)):
        rest_is_padding = values.ndim == 2 and len(strings) < time and not np.any(row[len(strings) :])
        if len(strings) != time and not rest_is_padding:
            raise TokenError(
                f"Example {number} of input {axis!r} has {len(strings)} tokens for {time} positions; expected one token per "
                "position, or fewer where the rest is padding (id 0)."
            )
        result.append([as_text(string) for string in strings] + [""] * (time - len(strings)))
    return result


def of_one_length(texts: Sequence[Sequence[str]]) -> Texts:
    """Returns lists of strings, one per example, filled with "" to the length of the longest."""
    length = max(len(row) for row in texts)
    return [[*row, *[""] * (length - len(row))] for row in texts]


def is_text_lists(source: Any) -> bool:
    """Returns whether something is a list of lists of strings."""
    return (
        isinstance(source, list | tuple)
        and len(source) > 0
        and all(isinstance(row, list | tuple) and all(isinstance(text, str) for text in row) for row in source)
    )


def _converter(source: Any, axis: str) -> Callable[[list[int]], Sequence[Any]]:
    """Returns a function from ids to strings, whatever the source can do."""
    if isinstance(source, Mapping):
        return lambda row: [source.get(token, f"[{token}]") for token in row]
    if isinstance(source, list | tuple) and all(isinstance(text, str) for text in source):
        return lambda row: [_word(source, token) for token in row]
    if hasattr(source, "convert_ids_to_tokens"):
        return lambda row: list(source.convert_ids_to_tokens(row))
    # Before the vocabulary, which need not be in the order of the ids.
    for name in TOKEN_OF_ID:
        if hasattr(source, name):
            token_of = getattr(source, name)
            return lambda row: [_token(token_of, token) for token in row]
    if hasattr(source, "get_vocabulary"):
        vocabulary = source.get_vocabulary()
        return lambda row: [_word(vocabulary, token) for token in row]
    if hasattr(source, "decode"):
        return lambda row: [source.decode([token]) for token in row]
    if callable(source):
        return lambda row: _call(source, row)
    raise TokenError(
        f"The tokens for input {axis!r} are a {type(source).__name__}; expected lists of strings, a function from ids to "
        "strings, a TextVectorization or StringLookup layer, or a tokenizer with decode or convert_ids_to_tokens."
    )


def _call(function: Callable[[Any], Any], row: list[int]) -> Sequence[Any]:
    """Calls a function with all ids; one that takes a single id, or makes one text of them, is called for each."""
    try:
        strings = function(row)
    except (TypeError, KeyError, IndexError, ValueError, AttributeError):
        return [function(token) for token in row]
    if isinstance(strings, str | bytes):
        try:
            return [function(token) for token in row]
        except (TypeError, KeyError, IndexError, ValueError, AttributeError):
            return [function([token]) for token in row]
    return list(strings.numpy() if hasattr(strings, "numpy") else strings)


def _word(vocabulary: Sequence[Any], token: int) -> Any:
    return vocabulary[token] if 0 <= token < len(vocabulary) else f"[{token}]"


def _token(token_of: Callable[[int], Any], token: int) -> Any:
    try:
        text = token_of(token)
    except (IndexError, KeyError, ValueError):
        text = None
    return f"[{token}]" if text is None else text


def as_text(value: Any) -> str:
    """Returns a string as one, whether of bytes or missing."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    return "" if value is None else str(value)


def _shortened(row: Sequence[int]) -> str:
    return str(list(row)) if len(row) <= 8 else f"[{', '.join(map(str, row[:8]))}, …]"
