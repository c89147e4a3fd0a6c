"""Special tokens: what begins and ends texts, fills them up, or stands for what a vocabulary does not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from tb_seqviz_plugin.callbacks.text.forms import ids_of

# What vocabularies call them, in lower case, the usual first.
_STARTS = ("[start]", "<start>", "[bos]", "<bos>", "[sos]", "<sos>", "<s>", "<|startoftext|>", "[cls]", "<cls>")
_ENDS = ("[end]", "<end>", "[eos]", "<eos>", "</s>", "<|endoftext|>", "[sep]", "<sep>")
_UNKNOWNS = ("[unk]", "<unk>", "[oov]", "<oov>")
_PADDINGS = ("[pad]", "<pad>")
_BRACKETED = re.compile(r"<.+>|\[.+\]")

Find = Callable[[str], int | None]


@dataclass(frozen=True)
class SpecialTokens:
    """Ids of special tokens, None for those that a vocabulary has not.

    Args:
        start: begins texts.
        end: ends texts.
        unknown: stands for all that is not in the vocabulary.
        padding: fills texts up to one length.
    """

    start: int | None = None
    end: int | None = None
    unknown: int | None = None
    padding: int | None = None

    @classmethod
    def named(cls, find: Find, **known: int | None) -> SpecialTokens:
        """Returns those that are known, and the rest by the names that are usual for them.

        Args:
            find: a token to its id, None for one that is not in the vocabulary.
            known: ids that the source tells by itself.
        """
        names = {"start": _STARTS, "end": _ENDS, "unknown": _UNKNOWNS, "padding": _PADDINGS}
        found = {what: known.get(what) for what in names}
        return cls(**{what: _first(names[what], find) if id is None else id for what, id in found.items()})


def is_bracketed(token: str) -> bool:
    """Returns whether a token is written as special ones are, such as "<end>" or "[UNK]"."""
    return bool(_BRACKETED.fullmatch(token))


def _first(names: Iterable[str], find: Find) -> int | None:
    spelled = (find(name) for lower in names for name in (lower, lower.upper(), lower.title()))
    return next((number for number in spelled if number is not None), None)


@dataclass(frozen=True)
class Around:
    """What an encoder puts around every text by itself.

    Args:
        before: ids at the beginning.
        behind: ids at the end.
        padding: the id that it fills texts up with, None if it leaves them as long as they are.
    """

    before: tuple[int, ...] = ()
    behind: tuple[int, ...] = ()
    padding: int | None = None

    def without_padding(self, ids: list[int]) -> list[int]:
        """Returns ids without the padding at their end."""
        length = len(ids)
        while self.padding is not None and length and ids[length - 1] == self.padding:
            length -= 1
        return ids[:length]

    def lengths(self, ids: Sequence[int]) -> tuple[int, int]:
        """Returns how many ids at the beginning and at the end of an encoded text are not part of it."""
        before, behind = len(self.before), len(self.behind)
        begins = tuple(ids[:before]) == self.before
        ends = len(ids) >= begins * before + behind and tuple(ids[len(ids) - behind :]) == self.behind
        return begins * before, ends * behind


def find_around(encode: Callable[[str], Any], special: SpecialTokens, samples: Iterable[str]) -> Around:
    """Returns what an encoder puts around texts: what is there when it encodes nothing, and with every other text.

    Args:
        encode: a text to ids, in a form that `ids_of` knows; may raise whatever it likes.
        special: tells the padding, and the ends where encoding nothing tells none.
        samples: texts to try.
    """
    nothing, padding = _encoded(encode, ""), None
    if nothing and (nothing[-1] == special.padding or (len(nothing) > 2 and len(set(nothing)) == 1)):
        padding = nothing[-1]
    around = Around(padding=padding)
    nothing = around.without_padding(nothing)
    found = [around.without_padding(_encoded(encode, sample)) for sample in samples]
    found = [ids for ids in found if ids and ids != nothing]
    if not found:
        return around
    starts: Sequence[int | None] = nothing
    ends: Sequence[int | None] = nothing[::-1]
    if not nothing and all(len(ids) > 1 for ids in found):
        starts, ends = [special.start], [special.end]
    before = min(_alike(starts, ids) for ids in found)
    behind = min(_alike(ends, ids[::-1]) for ids in found)
    return Around(tuple(found[0][:before]), tuple(found[0][len(found[0]) - behind :]), padding)


def _alike(first: Sequence[int | None], second: Sequence[int]) -> int:
    """Returns how many ids two lists begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def _encoded(encode: Callable[[str], Any], text: str) -> list[int]:
    with suppress(Exception):  # whatever an encoder of the user's may raise
        return ids_of(encode(text)) or []
    return []
