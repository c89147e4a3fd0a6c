"""Vocabularies that are a table of tokens: lists, dicts and text files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from numbers import Integral
from pathlib import Path
from typing import Any

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.files import is_file, read_table
from tb_seqviz_plugin.callbacks.text.forms import as_text
from tb_seqviz_plugin.callbacks.text.source import TWO_FUNCTIONS, Source, kind_of, names_in
from tb_seqviz_plugin.callbacks.text.special_tokens import SpecialTokens, is_bracketed


def of_file(source: Any) -> Source | None:
    """Returns the source that a text file is: a token per line, the first that of id 0."""
    if not is_file(source):
        return None
    return _of_given(f"the file {str(source)!r}", dict(enumerate(read_table(Path(source)).labels)))


def of_list(source: Any) -> Source | None:
    """Returns the source that tokens in the order of their ids are; a string is its characters."""
    given = collected(source)
    if given is None:
        return None
    tokens = list(given)
    for token in tokens:
        if not isinstance(token, str | bytes):
            raise VocabularyError(
                f"is {kind_of(source)} that holds {token!r}; expected tokens as texts, in the order of their ids."
            )
    if not tokens:
        raise VocabularyError(f"is {kind_of(source)} of 0 entries; expected at least one token.")
    return _of_given(kind_of(source), dict(enumerate(map(as_text, tokens))))


def of_mapping(source: Any) -> Source | None:
    """Returns the source that a dict from tokens to ids, or from ids to tokens, is."""
    if not isinstance(source, Mapping):
        return None
    pairs = list(source.items())
    if not all(isinstance(key, Integral) for key, _ in pairs):
        pairs = [(number, token) for token, number in pairs]
    fitting = [pair for pair in pairs if isinstance(pair[0], Integral) and isinstance(pair[1], str | bytes)]
    if not pairs or len(fitting) < len(pairs):
        raise VocabularyError(
            f"is {kind_of(source)} of {len(pairs)} entries, {len(pairs) - len(fitting)} of which are not a token with an id; "
            "expected one from tokens to ids or from ids to tokens."
        )
    tokens = {int(number): as_text(token) for number, token in fitting}
    if len(tokens) < len(pairs):
        raise VocabularyError(
            f"is {kind_of(source)} of {len(pairs)} entries, some of which share an id; expected an id of its own for each token."
        )
    return _of_given(kind_of(source), tokens)


def collected(source: Any) -> Collection[Any] | None:
    """Returns what holds tokens in an order as a collection, None if it is something else."""
    source = source.tolist() if hasattr(source, "tolist") else source
    return source if isinstance(source, Collection) and not isinstance(source, set | frozenset | Mapping) else None


def is_mapping_of_ids(source: Any) -> bool:
    """Returns whether something is a dict from tokens to ids, or from ids to tokens, and not one from names to other things."""
    return isinstance(source, Mapping) and (
        any(isinstance(key, Integral) for key in source)
        or (bool(source) and all(isinstance(value, Integral) for value in source.values()))
    )


def table(
    name: str,
    tokens: Mapping[int, str],
    *,
    split: Callable[[str], Iterable[str]],
    joint: str,
    special: SpecialTokens,
    unknown_id: Callable[[str], int | None],
) -> Source:
    """Returns the source of a table that goes both ways.

    Args:
        name: what it is.
        tokens: of each id; ids of "", as that of padding, are left out when decoding.
        split: a text to its tokens.
        joint: what stands between two tokens.
        special: ids of special tokens.
        unknown_id: the id of a token that is not in the table, None if it has none.
    """
    ids = ids_in(tokens)

    def encode(text: str) -> list[int | None]:
        return [ids[token] if token in ids else unknown_id(token) for token in split(text)]

    def decode(numbers: list[int]) -> str:
        return joint.join(filter(None, [tokens.get(number, f"[{number}]") for number in numbers]))

    return Source(
        name,
        tokens=names_in(tokens),
        find=ids.get,
        encode=encode,
        decode=decode,
        unknown=lambda text: [token for token in split(text) if token not in ids],
        size=max(tokens) + 1,
        special=special,
    )


def ids_in(tokens: Mapping[int, str]) -> dict[str, int]:
    """Returns the id of each token but "", the first of several."""
    ids: dict[str, int] = {}
    for number, token in tokens.items():
        if token:
            ids.setdefault(token, number)
    return ids


def is_of_characters(tokens: Iterable[str]) -> bool:
    """Returns whether a vocabulary is one of characters, but for special tokens such as "<end>"."""
    lengths = [len(token) for token in tokens if not is_bracketed(token)]
    return 2 * sum(length > 1 for length in lengths) <= len(lengths)


def _is_piece(token: str) -> bool:
    """Returns whether a token is a part of a word, by the marks that subword tokenizers set, or more than one word."""
    return token.startswith(("##", "▁", "Ġ")) or token.endswith("@@") or len(token.split()) > 1


def _of_given(kind: str, tokens: dict[int, str]) -> Source:
    """Returns the source of a table that tells tokens only: it goes both ways if they are characters or words, each there once."""
    ids = ids_in(tokens)
    special = SpecialTokens.named(ids.get)
    repeated = len(ids) < len([token for token in tokens.values() if token])
    if is_of_characters(tokens.values()) and not repeated:
        name = f"a map of {len(tokens)} characters"
        return table(name, tokens, split=list, joint="", special=special, unknown_id=lambda token: special.unknown)
    if not repeated and not any(map(_is_piece, tokens.values())):
        name = f"{kind} of words"
        return table(
            name, tokens, split=str.split, joint=" ", special=special, unknown_id=lambda token: special.unknown
        )
    cannot = (
        f"{kind} of {len(tokens)} tokens, some of which are there twice; expected each once, so that a text has one encoding."
        if repeated
        else f"{kind} of parts of words, which does not say how a text is split into them and joined of them; expected characters "
        f"or words. {TWO_FUNCTIONS}"
    )
    return Source(kind, tokens=names_in(tokens), find=ids.get, cannot=cannot, size=max(tokens) + 1, special=special)
