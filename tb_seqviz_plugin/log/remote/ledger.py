"""What has been uploaded, and need not lie on this machine any more: of each tag how far it got, of each folder which files."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tb_seqviz_plugin.log.events import Entry

LEDGER = "seqviz.uploaded.json"
"""Its name, beside the parts in the store and in the folder of this machine that stands for it."""


class Logged(NamedTuple):
    """What was logged of one tag.

    Args:
        step: the highest.
        records: how many.
        wall_time: of the last, in seconds since 1970.
    """

    step: int
    records: int
    wall_time: float


@dataclass
class Ledger:
    """What the parts of a run hold, up to one of them.

    Args:
        until: the name of the newest part that is counted; those after it have to be looked into.
        logged: by tag.
    """

    until: str = ""
    logged: dict[str, Logged] = field(default_factory=dict)

    def add(self, part: str, entries: Iterable[Entry]) -> None:
        """Counts what a part holds."""
        self.until = max(self.until, part)
        for entry in entries:
            step, records, wall_time = self.logged.get(entry.tag, Logged(entry.step, 0, entry.wall_time))
            self.logged[entry.tag] = Logged(max(step, entry.step), records + 1, max(wall_time, entry.wall_time))

    def records(self, tag: str) -> int:
        """Returns how many records of a tag there are."""
        return self.logged[tag].records if tag in self.logged else 0

    def to_bytes(self) -> bytes:
        """Returns it as it is stored."""
        return json.dumps({"until": self.until, "logged": self.logged}).encode()

    @classmethod
    def of_bytes(cls, stored: bytes) -> Ledger:
        """Returns what is stored; one that counts nothing where that is damaged."""
        try:
            said = json.loads(stored)
            logged = {
                tag: Logged(int(step), int(records), _finite(wall_time))
                for tag, (step, records, wall_time) in said["logged"].items()
            }
            return cls(str(said["until"]), logged)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError):
            return cls()

    @classmethod
    def of_file(cls, path: Path) -> Ledger:
        """Returns what a file of this machine holds; one that counts nothing where there is none."""
        try:
            return cls.of_bytes(path.read_bytes())
        except OSError:
            return cls()


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is no time")
    return float(value)
