"""What it costs to write records in the background."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Cost:
    """Bytes and time of what was written so far; only the thread that writes changes it.

    Attributes:
        bytes: on disk.
        seconds: of processor time, in the thread that encodes and writes, and in those that help it.
    """

    bytes: int = 0
    seconds: float = 0.0
