"""Timing for the benchmarks: several runs, the median, the spread."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Timing:
    """Seconds of several runs."""

    seconds: list[float]

    @property
    def median(self) -> float:
        """The middle of the runs."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        low, middle, high = (seconds(value) for value in (min(self.seconds), self.median, max(self.seconds)))
        return f"{middle} [{low}-{high}]" if len(self.seconds) > 1 else f"{middle} (1 run)"


def seconds(value: float) -> str:
    """Returns a duration with three significant digits and its unit."""
    return f"{value:.3g} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def timed(function: Callable[[], object], runs: int = 7, warm_up: int = 1) -> Timing:
    """Returns how long calls of a function take."""
    for _ in range(warm_up):
        function()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return Timing(taken)


class Took(NamedTuple):
    """Seconds that a call took, and seconds of the processor, of all threads."""

    wall: float
    processor: float


def clocked(function: Callable[[], object]) -> Took:
    """Returns what a call takes."""
    wall, processor = time.perf_counter(), time.process_time()
    function()
    return Took(time.perf_counter() - wall, time.process_time() - processor)


def table(header: list[str], rows: list[list[str]]) -> str:
    """Returns a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
