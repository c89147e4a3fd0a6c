"""Encoding: a text as ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Encoding:
    """A text as ids.

    Args:
        ids: all that the vocabulary makes of the text, without padding.
        before: how many of the first were put there by the vocabulary itself.
        behind: how many of the last.
        unknown: the parts of the text that are not in the vocabulary.
    """

    ids: list[int]
    before: int = 0
    behind: int = 0
    unknown: Sequence[str] = ()

    @property
    def text(self) -> list[int]:
        """The ids of the text itself."""
        return self.ids[self.before : len(self.ids) - self.behind]
