"""Troubles: what goes wrong in the background is told by the thread that logs, of each thing once."""

from __future__ import annotations

import inspect
import threading
import warnings


class Troubles:
    """What there is to warn of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._untold: dict[str, str] = {}
        self._told: set[str] = set()

    def add(self, about: str, message: str) -> None:
        """Notes what to warn of, unless something like it was told or noted already."""
        with self._lock:
            if about not in self._told:
                self._untold.setdefault(about, message)

    def tell(self) -> None:
        """Warns, at the line of whoever called this room."""
        with self._lock:
            untold, self._untold = self._untold, {}
            self._told.update(untold)
        for message in untold.values():
            warnings.warn(message, stacklevel=_levels_to_caller())


def reason_of(error: BaseException) -> str:
    """Returns what an error says, with its kind where that tells more, without a full stop."""
    reason = str(error).rstrip(".")
    return reason if reason and isinstance(error, OSError | ValueError) else f"{type(error).__name__}: {reason}"


def _levels_to_caller() -> int:
    """Returns how many frames up it is out of this room, as `warnings.warn` counts them."""
    room = (__name__.rpartition(".")[0], "contextlib")
    frame, levels = inspect.currentframe(), 0
    while frame is not None and frame.f_globals.get("__name__", "").startswith(room):
        frame, levels = frame.f_back, levels + 1
    return levels
