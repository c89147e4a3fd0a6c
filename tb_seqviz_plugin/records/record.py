"""What all records have in common in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, eq=False)
class Record:
    """What an event file holds under one run, tag and step.

    Args:
        run: the run, that is the folder below the log directory.
        tag: `<kind>/<name>`.
        step: the step at which it was logged.
        wall_time: when it was logged, in seconds since 1970.
    """

    kind: ClassVar[str]
    run: str
    tag: str
    step: int
    wall_time: float
