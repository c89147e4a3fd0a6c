"""When something that takes long to make, and then runs faster, is made: once what runs in its stead has taken as long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from tb_seqviz_plugin.callbacks.backends.interface import Compiling


class Waiting:
    """Waits for something faster until it repays and there is leave, which takes less than twice what was best.

    Args:
        times: how often as long as the first run in its stead it takes to make it, about.
        compiling: gives leave; None where nothing is waited for.
    """

    def __init__(self, times: float, compiling: Compiling | None) -> None:
        self._times, self._compiling = times, compiling
        self._first: float | None = None
        self._later = 0.0

    @property
    def is_on(self) -> bool:
        """Whether it still waits."""
        return self._compiling is not None

    def end(self) -> None:
        """Waits no longer."""
        self._compiling = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Counts the time in it as a run of what is there meanwhile."""
        begin = time.perf_counter()
        yield
        taken = time.perf_counter() - begin
        if self._first is None:
            self._first = taken
        else:
            self._later += taken

    def leave(self) -> AbstractContextManager[Any] | None:
        """Returns in what to make the faster thing, and waits no longer; None where it is not to be made now."""
        takes = self._times * (self._first or 0.0)
        if self._compiling is None or self._first is None or self._later <= takes:
            return None
        leave = self._compiling(takes)
        if leave is not None:
            self.end()
        return leave
