"""Vocabularies that are functions, or objects with methods such as tokenizers of KerasHub, Hugging Face or SentencePiece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import numpy as np

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.forms import ids_of, text_of, texts_of
from tb_seqviz_plugin.callbacks.text.source import TWO_FUNCTIONS, Source, kind_of
from tb_seqviz_plugin.callbacks.text.special_tokens import SpecialTokens

# What each capability is called, the most telling name first.
_TOKEN = ("convert_ids_to_tokens", "decode_single_token_bytes", "id_to_token", "id_to_piece", "lookup")
_FIND = ("convert_tokens_to_ids", "encode_single_token", "token_to_id", "piece_to_id")
_PAIRS = (("encode", "decode"), ("tokenize", "detokenize"))
_SIZE = ("vocabulary_size", "get_vocab_size", "__len__", "n_vocab", "vocab_size")
_START = ("bos_token_id", "start_token_id", "bos_id", "cls_token_id")
_END = ("eos_token_id", "end_token_id", "eot_token", "eos_id", "sep_token_id")
_UNKNOWN = ("unk_token_id", "unk_id")
_PADDING = ("pad_token_id", "pad_id")

_LOOKUP_ERRORS = (LookupError, ValueError, TypeError, OverflowError)
"""What is raised for an id or a token that a vocabulary does not have."""


def goes_both_ways(source: Any) -> bool:
    """Returns whether an object has a method for each way between texts and ids."""
    return any(hasattr(source, there) and hasattr(source, back) for there, back in _PAIRS)


def of_methods(source: Any) -> Source | None:
    """Returns the source that an object with methods is."""
    token, find = _token_of(source), _find_in(source)
    # The pair of which it has most.
    there, back = max(_PAIRS, key=lambda pair: [hasattr(source, name) for name in reversed(pair)])
    encode, decode = _texts_of(source, there, back)
    if token is None and encode is None and decode is None:
        return None
    kind = kind_of(source)
    if token is None and decode is None:
        raise VocabularyError(
            f"is {kind} with {there} and without {back}; expected both, or id_to_token, since ids are shown as tokens. "
            f"{TWO_FUNCTIONS}"
        )
    has = f"with {there} and without {back}" if encode is not None else f"without {there}"

    def found(text: str) -> int | None:
        try:
            number = None if find is None or token is None else find(text)
            return number if number is not None and token is not None and _same(token(number), text) else None
        except Exception:  # names that the vocabulary does not know, whatever that raises
            return None

    # That of `tokenizers` says what it calls the unknown by its model.
    unknown_name = getattr(getattr(source, "model", None), "unk_token", None)
    special = SpecialTokens.named(
        found,
        start=_number(source, *_START),
        end=_number(source, *_END),
        unknown=found(unknown_name) if isinstance(unknown_name, str) else _number(source, *_UNKNOWN),
        padding=_number(source, *_PADDING),
    )

    def unknown(text: str) -> list[str]:
        def holds_unknown(part: str) -> bool:
            return encode is not None and special.unknown in (ids_of(encode(part)) or ())

        # Some name a token of another use as that of the unknown, which a text may well hold.
        named = token is not None and special.unknown is not None and str(token(special.unknown)) in text
        if special.unknown is None or named or not holds_unknown(text):
            return []
        return list(filter(holds_unknown, text.split()))

    return Source(
        kind,
        tokens=None if token is None else lambda ids: [_known(token, number) for number in ids],
        find=found,
        encode=encode,
        decode=decode,
        cannot=f"{kind} {has}; expected both, since texts become ids and ids texts. {TWO_FUNCTIONS}",
        unknown=unknown,
        has_spellings=True,
        size=_number(source, *_SIZE),
        special=special,
    )


def of_two_functions(source: Any) -> Source | None:
    """Returns the source that a function from a text to ids and one back are."""
    if not (isinstance(source, tuple) and len(source) == 2 and all(map(callable, source))):
        return None
    encode, decode = source
    return Source("two functions", encode=_one_or_batch(encode, ids_of), decode=_one_or_batch(decode, text_of))


def of_function(function: Any) -> Source | None:
    """Returns the source that a function from ids to tokens is: of all at once, or of one."""
    if not callable(function):
        return None

    def tokens(ids: list[int]) -> Sequence[Any]:
        try:
            given = function(ids)
        except (*_LOOKUP_ERRORS, AttributeError):
            return [function(number) for number in ids]
        if isinstance(given, str | bytes):
            try:
                return [function(number) for number in ids]
            except (*_LOOKUP_ERRORS, AttributeError):
                return [function([number]) for number in ids]
        known = texts_of(given)
        return list(given) if known is None else known

    return Source(
        "a function from ids to tokens",
        tokens=tokens,
        cannot=f"a function from ids to tokens; expected what makes ids of texts, too. {TWO_FUNCTIONS}",
    )


def _texts_of(
    source: Any, there: str, back: str
) -> tuple[Callable[[str], Any] | None, Callable[[list[int]], Any] | None]:
    """Returns the functions of an object from texts to ids and back, None for one that it has not."""
    encode, decode = getattr(source, there, None), getattr(source, back, None)
    if encode is not None and hasattr(source, "decode_single_token_bytes"):  # tiktoken
        return lambda text: encode(text, allowed_special="all"), decode
    if hasattr(source, "encode_batch") and hasattr(source, "get_vocab_size"):  # tokenizers
        return encode, lambda ids: source.decode(ids, skip_special_tokens=False)
    if hasattr(source, "convert_ids_to_tokens"):  # transformers
        return encode, decode
    return (
        None if encode is None else _one_or_batch(encode, ids_of),
        None if decode is None else _one_or_batch(decode, text_of),
    )


def _one_or_batch(function: Callable[[Any], Any], read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Returns a function that also calls one of batches, as those of tf.text are, with a batch of one.

    Args:
        function: of one text or one list of ids, or of a batch of these.
        read: returns None for what is not an answer.
    """
    takes_batches = False

    def batch(value: Any) -> Any:
        return function(np.array([value], np.int64 if isinstance(value, list) else np.str_))

    def call(value: Any) -> Any:
        nonlocal takes_batches
        if takes_batches:
            return batch(value)
        try:
            answer, error = function(value), None
        except Exception as raised:  # whatever a function of the user's may raise
            answer, error = None, raised
        if read(answer) is not None:
            return answer
        try:
            answer_of_batch = batch(value)
        except Exception:  # as above; what it said first tells more
            answer_of_batch = None
        if read(answer_of_batch) is not None:
            takes_batches = True
            return answer_of_batch
        if error is not None:
            raise error
        return answer

    return call


def _token_of(source: Any) -> Callable[[int], Any] | None:
    name = next((name for name in _TOKEN if hasattr(source, name)), None)
    if name is None:
        return None
    function = getattr(source, name)
    if name == "lookup":  # as in tutorials on tf.text
        return lambda number: text_of(function(np.array([[number]], np.int64)))
    if name != "convert_ids_to_tokens":
        return lambda number: function(number)

    def token(number: int) -> Any:
        try:
            return function([number])[0]
        except TypeError:  # of one id only
            return function(number)

    return token


def _known(token: Callable[[int], Any], number: int) -> Any:
    """Returns the token of an id, None if the vocabulary does not have it."""
    try:
        return token(number)
    except _LOOKUP_ERRORS:
        return None


def _find_in(source: Any) -> Callable[[str], int | None] | None:
    function = next((getattr(source, name) for name in _FIND if hasattr(source, name)), None)
    return None if function is None else lambda text: _whole(function(text))


def _number(source: Any, *names: str) -> int | None:
    """Returns the first of some attributes, or results of methods, that is a whole number of at least 0."""
    for name in names:
        try:
            value = getattr(source, name)
            value = _whole(value() if callable(value) else value)
        except Exception:  # properties may raise anything where there is no such token
            continue
        if value is not None and value >= 0:
            return value
    return None


def _whole(value: Any) -> int | None:
    value = value.numpy() if hasattr(value, "numpy") else value
    value = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    return int(value) if isinstance(value, Integral) and not isinstance(value, bool) else None


def _same(token: Any, text: str) -> bool:
    return bool(token == text or token == text.encode())
