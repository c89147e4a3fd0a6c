"""One event file: made with its first record, and given up where it was deleted, moved or cut short."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from pathlib import Path
from typing import BinaryIO

from tb_seqviz_plugin.log.events import event_files
from tb_seqviz_plugin.wire.summary import encode_file_version
from tb_seqviz_plugin.wire.tfrecord import write_record


class EventFile:
    """A file of a run directory, that nobody else writes to.

    Args:
        run_dir: the directory, made with the file.
        said: per tag what the file says last of the records to come.
    """

    def __init__(self, run_dir: Path) -> None:
        self.said: dict[str, bytes] = {}
        self._run_dir = run_dir
        self._file: BinaryIO | None = None
        # What lies there as long as the log does. A look at it takes 3 µs, and sees that a folder above was moved, too.
        self._witness = max(event_files(run_dir), default=None)

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
            OSError: if it could not be written whole: what would come after it in this file, no one could read.
        """
        if self._file is None:
            path = event_path(self._run_dir)
            self._file = create_event_file(path)
            self._witness = path
        write_record(self._file, event)
        self._file.flush()

    def close(self) -> None:
        """Closes the file, if it was made; what is written after that begins another."""
        file, self._file, self._witness = self._file, None, None
        self.said.clear()
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def __del__(self) -> None:
        # Whoever lets go of it last: where a log is deleted, or a process is forked, a thread may be writing to it.
        self.close()


def create_event_file(path: Path) -> BinaryIO:
    """Makes an event file, and its folder where there is none.

    It has no buffer of its own: a process that is forked meanwhile would write its copy of that, too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("xb", buffering=0)
    write_record(file, encode_file_version(time.time()))
    return file


def event_path(run_dir: Path) -> Path:
    """Returns a name that sorts after those before it, as TensorBoard's Python loader needs."""
    now = time.time_ns()
    moment = f"{now // 10**9:010d}.{now % 10**9:09d}"
    return run_dir / f"events.out.tfevents.{moment}.{socket.gethostname()}.{os.getpid()}.seqviz"
