"""One event file: made with its first record, given up where it was deleted or moved, and never left cut short by a full disk."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tb_seqviz_plugin.log.events import event_files
from tb_seqviz_plugin.wire.summary import encode_file_version
from tb_seqviz_plugin.wire.tfrecord import end_of_records, write_record

_OURS = ".seqviz"
_MOMENT = re.compile(r"tfevents\.(\d{10})(?:\.(\d{9}))?\.")


@dataclass(frozen=True)
class Parts:
    """How event files end that are parts of a log, each readable by itself.

    Args:
        closed: is given each that is closed.
        seconds: after which it is closed.
        most_bytes: from which on it is closed.
    """

    closed: Callable[[Path], None]
    seconds: float
    most_bytes: int


class EventFile:
    """A file of a run directory, that nobody else writes to.

    Args:
        run_dir: the directory, which there must be when something is written.
        parts: how it ends where it is one part of several, None where it is not.
        after: the name of an event file that this one is to sort after, though it is not there.

    Attributes:
        said: per tag what the file says last of the records to come.
    """

    def __init__(self, run_dir: Path, parts: Parts | None = None, after: str = "") -> None:
        self.said: dict[str, bytes] = {}
        self._run_dir, self._parts, self._after = run_dir, parts, after
        self._file: BinaryIO | None = None
        self._opened = 0.0
        # What lies there as long as the log does. A look at it takes 3 µs, and sees that a folder above was moved, too.
        self._witness = None if parts else max(event_files(run_dir), default=None)

    def is_gone(self) -> bool:
        """Returns whether the log that it belongs to was deleted or moved: what is written to it, no one would find."""
        if self._witness is None:
            return False
        try:
            os.stat(self._witness)
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return False

    def write(self, event: bytes) -> None:
        """Appends an event, on disk when this returns as far as the operating system is concerned.

        Raises:
            OSError: if it could not be written whole; then none of it is there, and it may be tried again.
        """
        if self._file is None:
            path = event_path(self._run_dir, self._after)
            self._file, self._opened = create_event_file(path), time.monotonic()
            self._witness = path
        end = self._file.tell()
        try:
            write_record(self._file, event)
            self._file.flush()
        except BaseException:
            self._take_back(end)
            raise

    def close(self) -> None:
        """Closes the file, if it was made; what is written after that begins another."""
        path = self._witness if self._file is not None else None
        self._let_go()
        if self._parts is not None and path is not None:
            self._after = path.name
            self._parts.closed(path)

    def seconds_left(self) -> float | None:
        """Returns after how many seconds it has to be closed, None if that is not so."""
        if self._parts is None or self._file is None:
            return None
        is_full = self._file.tell() >= self._parts.most_bytes
        return 0.0 if is_full else max(self._opened + self._parts.seconds - time.monotonic(), 0.0)

    def _let_go(self) -> None:
        file, self._file, self._witness = self._file, None, None
        self.said.clear()
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def _take_back(self, end: int) -> None:
        """Cuts off the beginning of an event: what would come after it in this file, no one could read."""
        assert self._file is not None
        try:
            self._file.seek(end)
            self._file.truncate()
        except OSError:
            self.close()

    def __del__(self) -> None:
        # Whoever lets go of it last: where a log is deleted, or a process is forked, a thread may be writing to it.
        self._let_go()


def create_event_file(path: Path) -> BinaryIO:
    """Makes an event file in a folder that there is; where it cannot be begun, there is none.

    It has no buffer of its own: a process that is forked meanwhile would write its copy of that, too.
    """
    file = path.open("xb", buffering=0)
    try:
        write_record(file, encode_file_version(time.time()))
    except BaseException:
        file.close()
        path.unlink(missing_ok=True)
        raise
    return file


def cut_torn_end(run_dir: Path) -> None:
    """Takes an event that its process was killed in the middle of off the newest file of a directory."""
    path = max(event_files(run_dir), default=None)
    if path is None or not path.name.endswith(_OURS):
        return
    end = end_of_records(path)
    if end is not None and end < path.stat().st_size:
        with contextlib.suppress(OSError):
            os.truncate(path, end)


def event_path(run_dir: Path, after: str = "") -> Path:
    """Returns a name that sorts after those there are, as TensorBoard's loaders need, also where the clock was set back.

    Args:
        run_dir: the directory.
        after: one more name that it is to sort after.
    """
    last = max(map(_moment_of, [after, *(path.name for path in event_files(run_dir))]))
    moment = max(time.time_ns(), last + 1)
    seconds = f"{moment // 10**9:010d}.{moment % 10**9:09d}"
    return run_dir / f"events.out.tfevents.{seconds}.{socket.gethostname()}.{os.getpid()}{_OURS}"


def _moment_of(name: str) -> int:
    """Returns the nanoseconds since 1970 that the name of an event file says, 0 where it says none."""
    found = _MOMENT.search(name)
    return int(found[1]) * 10**9 + int(found[2] or 999_999_999) if found else 0
