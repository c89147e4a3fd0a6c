"""Warnings of a training run: each thing is told once, and at the end how many more there were than anybody would read."""

from __future__ import annotations

import warnings

_MOST_TOLD = 20
_MOST_NAMED = 3


class WarnOnce:
    """Warns of each thing once.

    Args:
        who: warns, for the summary.
    """

    def __init__(self, who: str) -> None:
        self._who = who
        self._known: set[str] = set()
        self._untold: list[str] = []

    def __call__(self, message: str, about: str | None = None) -> None:
        """Warns, or keeps a message for the summary if many were told.

        Args:
            message: what to say.
            about: equal for messages about the same thing, if they vary from step to step; None for the message itself.
        """
        key = message if about is None else about
        if key in self._known:
            return
        self._known.add(key)
        if len(self._known) > _MOST_TOLD:
            self._untold.append(message)
        else:
            warnings.warn(message, stacklevel=5)

    def tell_rest(self) -> None:
        """Says how many there were besides, if any."""
        untold, self._untold = self._untold, []
        if untold:
            named = " | ".join(untold[:_MOST_NAMED])
            warnings.warn(
                f"{self._who} had {len(untold)} more warnings than the {_MOST_TOLD} that it showed: {named}"
                + (" | ..." if len(untold) > _MOST_NAMED else ""),
                stacklevel=5,
            )
