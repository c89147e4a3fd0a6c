"""What logging costs, and when it is said: between the lines of Keras' own progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from tb_seqviz_plugin.callbacks.base import SeqVizCallback
from tb_seqviz_plugin.callbacks.composing import report
from tb_seqviz_plugin.log.remote.address import address_of

Verbose = Literal["auto", 0, 1]


class Account:
    """Adds up what loggers cost, and says it.

    Args:
        folder: where they write.
        to_open: what TensorBoard is to open.
        verbose: 0 to say nothing, 1 to say it, "auto" to say it unless `fit(verbose=0)` was asked for.

    Attributes:
        of_fit: how much `fit` says, as it was asked for; None outside of it.
    """

    def __init__(self, folder: Path, to_open: Path, verbose: Verbose) -> None:
        if isinstance(verbose, str) != (verbose == "auto") or verbose not in ("auto", 0, 1):
            raise ValueError(
                f"verbose={verbose!r}; expected 0, 1, or 'auto' to print unless fit(verbose=0) was asked for."
            )
        self.of_fit: int | str | None = None
        self._folder, self._to_open, self._verbose = folder, to_open, verbose
        self._size_before: int | None = None
        self._first = ""
        self._is_told = False

    def begin(self) -> None:
        """Notes what the folder holds before anything is logged."""
        if self._size_before is None:
            self._size_before = report.bytes_in(self._folder)

    def note(self, parts: Mapping[str, SeqVizCallback], seconds: float, outlook: Callable[[], str] = str) -> None:
        """Measures the first log, once there is one; that has to be on disk for it.

        Args:
            parts: the loggers by name.
            seconds: how long training waited for all.
            outlook: tells how long it may wait for later logs, "" if that is not bounded.
        """
        if self._is_told:
            return
        logging = {name: part for name, part in parts.items() if part.logged}
        if not logging:
            return
        for part in logging.values():
            part.flush(upload=False)
        self._is_told = True
        taken = {name: part.seconds for name, part in logging.items()}
        self._first = report.cost(seconds, taken, self._size, outlook())

    def say_first(self, *, in_progress: bool = False) -> bool:
        """Says what the first log took, if that was not said yet; returns whether there was something to say.

        Args:
            in_progress: whether Keras is drawing its progress on the last line.
        """
        said, self._first = self._first, ""
        if said:
            self.say(f"\n{said}" if in_progress and self.of_fit in (1, "auto") else said)
        return bool(said)

    def say_all(self, parts: Mapping[str, SeqVizCallback], seconds: float) -> None:
        """Says what all logs took, and how to look at them.

        Args:
            parts: the loggers by name.
            seconds: how long training waited for all.
        """
        times = max((part.logged for part in parts.values()), default=0)
        # What is uploaded is no longer there to be counted.
        size = self._size if address_of(self._folder) is None else None
        self.say(report.closing(times, seconds, size, self._to_open))

    def say_how_to_open(self) -> None:
        """Says how to look at what was logged."""
        self.say(report.how_to_open(self._to_open))

    def say(self, text: str) -> None:
        """Prints, if that is wished for."""
        is_wished = self._verbose == 1 or (self._verbose == "auto" and self.of_fit != 0)
        if is_wished:
            print(text, flush=True)

    @property
    def _size(self) -> int:
        return max(report.bytes_in(self._folder) - (self._size_before or 0), 0)
