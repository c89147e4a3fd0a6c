"""What it costs to write records in the background."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class Cost:
    """Bytes and time of what was written so far; each number is changed by one thread only.

    Attributes:
        bytes: on disk.
        writing: seconds of processor time, in the thread that encodes and writes, and in those that help it.
        uploading: those in the threads that upload it, where it goes to an object store.
    """

    bytes: int = 0
    writing: float = 0.0
    uploading: float = 0.0

    @property
    def seconds(self) -> float:
        """Processor time of all these threads."""
        return self.writing + self.uploading
