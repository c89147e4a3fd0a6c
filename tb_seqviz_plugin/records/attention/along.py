"""What stands along a head's axes, as far as measures ask."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.schema.attention import PADDING_NAME, SEPARATOR_NAME, Role

Places = npt.NDArray[np.intp]

_TEXTS_AT_ONCE = 16
"""Texts of which is remembered what stands where: all layers of a record have the same few."""


@dataclass(frozen=True)
class Tokens:
    """What stands along a head's axes, as far as measures ask.

    Args:
        same: whether queries and keys are, or may be, the same tokens, place by place.
        different: whether they are, or may be, different ones, such as a text and its translation.
        keys: one string per key; empty for bare positions.
        queries: the same of the queries.
    """

    same: bool = False
    different: bool = False
    keys: Sequence[str] = ()
    queries: Sequence[str] = ()

    @classmethod
    def of(
        cls,
        role: Role,
        queries: int,
        keys: int,
        key_tokens: Sequence[str],
        query_tokens: Sequence[str] = (),
        apart: bool = False,
    ) -> Tokens:
        """Returns what stands along the axes of a layer; `apart` as `AttentionLayer` has it."""
        same = queries == keys and may_be_same(role, query_tokens, key_tokens, apart)
        return cls(same, role in ("cross", "other"), key_tokens, query_tokens)

    @property
    def is_half_named(self) -> bool:
        """Whether only one side has names, so that these do not tell whether both are the same tokens."""
        return is_bare(self.keys) != is_bare(self.queries)

    @cached_property
    def padding(self) -> Places:
        """Places of the keys that are padding."""
        return _padding(tuple(self.keys))

    @cached_property
    def separators(self) -> Places:
        """Places of the keys that are separators."""
        return _separators(tuple(self.keys))

    @cached_property
    def padded(self) -> Places:
        """Places of queries that are padding, and take no part: what they look at is used by nobody."""
        padded = _padding(tuple(self.queries))
        # Of a text of padding alone nothing else would be left.
        return padded if len(padded) < len(self.queries) else padded[:0]

    def repeats(self, queries: int) -> Mapping[str, tuple[Places, Places]]:
        """Returns for `duplicate` and `induction` the places that count, as queries and keys; nothing without tokens.

        What came after the place just before is the query itself, and padding is no token.
        """
        return _repeats(tuple(self.keys)) if self.same and len(self.keys) == queries else {}


def may_be_same(role: Role, query_tokens: Sequence[str], key_tokens: Sequence[str], apart: bool = False) -> bool:
    """Returns whether as many queries as keys are, or may be, the same tokens, place by place.

    Where a role does not say what a layer connects, names do if both sides have them: tokens and experts are not the same, even if
    there are as many. Where a side has none, nothing says that they are not, unless somebody knows that they are apart.

    >>> may_be_same("other", ["a", "b"], []), may_be_same("other", ["a", "b"], ["expert 0", "expert 1"])
    (True, False)
    """
    if role != "other":
        return role != "cross"
    known = not is_bare(query_tokens) and not is_bare(key_tokens)
    return not apart and (not known or list(query_tokens) == list(key_tokens))


def is_bare(tokens: Sequence[str]) -> bool:
    """Returns whether tokens are mere positions, or none."""
    return all(token == str(place) for place, token in enumerate(tokens))


@lru_cache(_TEXTS_AT_ONCE)
def _padding(tokens: tuple[str, ...]) -> Places:
    return _places(tokens, rf"|{_special(PADDING_NAME)}")


@lru_cache(_TEXTS_AT_ONCE)
def _separators(tokens: tuple[str, ...]) -> Places:
    return _places(tokens, _special(SEPARATOR_NAME))


@lru_cache(_TEXTS_AT_ONCE)
def _repeats(tokens: tuple[str, ...]) -> Mapping[str, tuple[Places, Places]]:
    _, numbers = np.unique(tokens, return_inverse=True)
    same = np.tril(numbers[:, None] == numbers, k=-1)
    same[:, _padding(tokens)] = False
    behind = np.zeros_like(same)
    behind[:, 1:] = same[:, :-1]
    return {name: _marked(marks) for name, marks in (("duplicate", same), ("induction", np.tril(behind, k=-1)))}


def _marked(marks: npt.NDArray[np.bool_]) -> tuple[Places, Places]:
    queries, keys = np.nonzero(marks)
    return queries, keys


def _special(names: str) -> str:
    return rf"\[(?:{names})\]|<\|?/?(?:{names})\|?>"


def _places(tokens: Sequence[str], pattern: str) -> Places:
    special = re.compile(pattern, re.IGNORECASE)
    return np.array([place for place, token in enumerate(tokens) if special.fullmatch(token)], np.intp)
