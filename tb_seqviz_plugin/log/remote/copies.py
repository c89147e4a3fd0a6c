"""Folders of files that are uploaded and stay: which of them the store has as they are."""

from __future__ import annotations

import json
from pathlib import Path

COPIES = "seqviz.copied.json"
"""Its name, in the folder of this machine; it is not uploaded."""

State = list[int]


class Copies:
    """What a store has of a folder; kept in a file in it, for the next process.

    Args:
        folder: of this machine, which there must be.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._there: dict[str, State] = {}
        try:
            said = json.loads((folder / COPIES).read_bytes())
            self._there = {str(name): list(map(int, state)) for name, state in said.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            self._write()

    def has(self, path: Path, state: State) -> bool:
        """Returns whether the store has a file as it is said to be."""
        return self._there.get(self._name(path)) == state

    def changed(self) -> list[Path]:
        """Returns the files that the store has otherwise or not at all, in the order in which they were written."""
        states = {path: state_of(path) for path in self._folder.rglob("*") if path.is_file() and path.name != COPIES}
        wanted = [path for path, state in states.items() if state and not self.has(path, state)]
        return sorted(wanted, key=lambda path: (states[path][1], path))

    def gone(self) -> list[Path]:
        """Returns the files that the store has and this folder has no more."""
        return [self._folder / name for name in sorted(self._there) if not (self._folder / name).exists()]

    def note(self, path: Path, state: State) -> None:
        """Notes that the store has a file as it was, or where it was gone, has it no more."""
        if state:
            self._there[self._name(path)] = state
        else:
            self._there.pop(self._name(path), None)
        self._write()

    def _write(self) -> None:
        (self._folder / COPIES).write_text(json.dumps(self._there), encoding="utf-8")

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def state_of(path: Path) -> State:
    """Returns what changes when a file is written anew, nothing where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns]
