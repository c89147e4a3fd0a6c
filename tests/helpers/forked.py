"""Forked processes, in which a test does what a process does not survive."""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Callable

WAIT = 120
"""Seconds after which a process that hangs is ended, so that no test waits for ever."""


def forked(do: Callable[[], None], wait: int = WAIT) -> int:
    """Begins a function in a forked process, which it is to end; returns the process' number.

    Args:
        do: the function.
        wait: seconds after which the process is ended if it hangs.
    """
    pid = os.fork()
    if pid == 0:
        faulthandler.disable()
        signal.alarm(wait)
        try:
            do()
        finally:
            os._exit(77)
    return pid


def in_a_process(do: Callable[[], None], wait: int = WAIT) -> int:
    """Runs a function as `forked` does, to its end; returns the signal or status that it ended with."""
    return os.waitstatus_to_exitcode(os.waitpid(forked(do, wait), 0)[1])
