"""Large pieces of work side by side, by threads; what they cost is told to whoever counts what it costs to log."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from time import thread_time
from typing import TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")

_MOST = 4
"""Threads at most: a training needs its processors itself."""

_thread = threading.local()


def side_by_side(do: Callable[[Item], Done], items: Iterable[Item]) -> list[Done]:
    """Returns what a function makes of each item, in order; it spends its time outside the GIL, as numpy and zlib do.

    What is asked for from inside is done by the thread that asks.

    Raises:
        BaseException: the first that the function raised.

    >>> side_by_side(len, ["a", "bc"])
    [1, 2]
    """
    waiting = deque(enumerate(items))
    done: dict[int, Done] = {}
    errors: list[BaseException] = []
    helped: list[float] = []

    def work() -> None:
        with suppress(IndexError):
            while not errors:
                at, item = waiting.popleft()
                try:
                    done[at] = do(item)
                except BaseException as error:
                    errors.append(error)

    def helping() -> None:
        before, _thread.is_helped = thread_time(), True
        work()
        helped.append(thread_time() - before)

    is_helped = getattr(_thread, "is_helped", False)
    helpers: list[threading.Thread] = []
    with suppress(RuntimeError):  # Python starts no thread any more at its end
        for _ in range(0 if is_helped else min(_MOST, os.cpu_count() or 1, len(waiting)) - 1):
            helper = threading.Thread(target=helping, name="seqviz helper", daemon=True)
            helper.start()
            helpers.append(helper)
    _thread.is_helped = is_helped or bool(helpers)
    work()
    _thread.is_helped = is_helped
    for helper in helpers:
        helper.join()
    _thread.seconds = seconds_beside() + sum(helped)
    if errors:
        raise errors[0]
    return [done[at] for at in range(len(done))]


def seconds_beside() -> float:
    """Returns the processor seconds that other threads have worked for this one."""
    return float(getattr(_thread, "seconds", 0.0))
