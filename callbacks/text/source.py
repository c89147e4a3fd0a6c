"""What a vocabulary is made of: the functions of one source, whatever it calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tb_seqviz_plugin.callbacks.text.special_tokens import SpecialTokens

TWO_FUNCTIONS = "Pass a tuple of two functions, from a text to ids and from ids to a text."


@dataclass(frozen=True)
class Source:
    """The functions of a source, each of which may raise; None for those that it has not.

    Args:
        name: what it is, for messages.
        tokens: ids to what it calls them, strings or bytes, None for an id that it does not have.
        find: a token to its id, None for one that it does not have.
        encode: a text to ids, in a form that `ids_of` knows.
        decode: ids to a text, in a form that `text_of` knows.
        cannot: behind "tokenizer= is", why it does not encode or decode, and what to pass instead.
        unknown: the parts of a text that are not in the vocabulary, as far as it tells.
        leaves_out_unknown: whether it leaves these out, rather than putting a token in their place.
        has_spellings: whether what it calls a token is another than how that is shown, as where "▁cat" stands for " cat".
        size: how many ids there are, None if it does not say.
        special: ids of special tokens.
    """

    name: str
    tokens: Callable[[list[int]], Sequence[Any]] | None = None
    find: Callable[[str], int | None] = lambda token: None
    encode: Callable[[str], Any] | None = None
    decode: Callable[[list[int]], Any] | None = None
    cannot: str = ""
    unknown: Callable[[str], Iterable[str]] = lambda text: ()
    leaves_out_unknown: bool = False
    has_spellings: bool = False
    size: int | None = None
    special: SpecialTokens = field(default_factory=SpecialTokens)


def names_in(tokens: Mapping[int, str]) -> Callable[[list[int]], Sequence[str | None]]:
    """Returns `Source.tokens` of a table."""
    return lambda ids: [tokens.get(number) for number in ids]


def kind_of(source: Any) -> str:
    """Returns the class of something with its article, for messages."""
    kind = type(source).__name__
    return f"an {kind}" if kind[0] in "AEIOUaeiou" else f"a {kind}"
