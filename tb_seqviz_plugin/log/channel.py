"""The one way into a run directory: a bounded queue, a thread that encodes and compresses, one event file."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import socket
import threading
import time
import warnings
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, ClassVar

from tb_seqviz_plugin.log.events import last_steps
from tb_seqviz_plugin.wire.payload import Payload
from tb_seqviz_plugin.wire.summary import encode_event, encode_file_version
from tb_seqviz_plugin.wire.tfrecord import write_record

_QUEUE_BYTES = 256 << 20
"""Training waits for the disk once this much is queued: memory stays bounded and nothing is dropped."""


@dataclass(frozen=True)
class _Job:
    tag: str
    step: int
    wall_time: float
    payload: Payload
    record: int


class Channel:
    """A run directory that is open for writing, shared by all its writers in this process."""

    _open: ClassVar[dict[Path, Channel]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()

    @classmethod
    def open(cls, run_dir: Path) -> Channel:
        """Returns the channel of a run directory; each call is to be met by one `release`.

        Raises:
            OSError: if nothing can be written there.
        """
        check_writable(run_dir)
        with cls._lock:
            key = run_dir.resolve()
            channel = cls._open.get(key)
            if channel is None:
                channel = cls._open[key] = cls(key)
            channel._users += 1
            return channel

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._users = 0
        # Per tag: the highest step and the number of records, those of earlier processes included.
        self._logged = last_steps(run_dir) if run_dir.is_dir() else {}
        # Per tag: what the file says last of the records to come.
        self._setups: dict[str, bytes] = {}
        self._jobs: deque[_Job] = deque()
        self._pending_bytes = 0
        self._changed = threading.Condition()
        self._closing = False
        self._warned: set[str] = set()
        self._failure = ""
        self._file: BinaryIO | None = None
        self._thread = threading.Thread(target=self._run, name=f"seqviz writer of {run_dir.name}", daemon=True)
        self._thread.start()

    def put(self, tag: str, step: int, wall_time: float, payload: Payload) -> None:
        """Queues one record; waits only while the queue is full."""
        self._warn("write", self._failure)
        with self._changed:
            last, count = self._logged.get(tag, (None, 0))
            if last is not None and step <= last:
                self._warn(
                    "order",
                    f"Step {step} of {tag!r} was logged after step {last}. TensorBoard's default loader then drops the "
                    f"steps from {step} on that came before; let the step rise, or write to another folder than "
                    f"{self._run_dir}.",
                )
            self._logged[tag] = (step if last is None else max(last, step), count + 1)
            job = _Job(tag, step, wall_time, payload, record=count + 1)
            self._changed.wait_for(lambda: not self._jobs or self._pending_bytes + payload.size <= _QUEUE_BYTES)
            self._jobs.append(job)
            self._pending_bytes += payload.size
            self._changed.notify_all()

    def last_step(self, tag: str) -> int | None:
        """Returns the highest step of a tag and of those below it, None if there is none."""
        with self._changed:
            steps = (step for each, (step, _) in self._logged.items() if f"{each}/".startswith(f"{tag}/"))
            return max(steps, default=None)

    def flush(self) -> None:
        """Waits until all that is queued is written."""
        self._wait_until_written()
        self._warn("write", self._failure)

    def release(self) -> None:
        """Gives the channel back; the last user's call writes what is left and closes the file."""
        # Under the lock to the end: who opens the directory meanwhile must find all its records, and no second file.
        with self._lock:
            self._users -= 1
            if self._users > 0:
                self._wait_until_written()
            else:
                self._shut()
                self._open.pop(self._run_dir, None)
        self._warn("write", self._failure)

    def _wait_until_written(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._jobs)

    def _shut(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closing)
                if not self._jobs:
                    break
                job = self._jobs[0]
            try:
                self._write(job)
            except Exception as error:  # a training run must not end because a record could not be written
                reason = str(error).rstrip(".")
                self._failure = self._failure or (
                    f"A record of {job.tag!r} at step {job.step} could not be written to {self._run_dir}: {reason}. "
                    "Training goes on; this and any later failure loses the record concerned."
                )
            with self._changed:
                self._jobs.popleft()
                self._pending_bytes -= job.payload.size
                self._changed.notify_all()
        self._leave_file()

    def _write(self, job: _Job) -> None:
        encoded = job.payload.encode(job.tag, job.record)
        setup = encoded.setup
        if setup is not None and setup == self._setups.get(job.tag):
            encoded = replace(encoded, setup=None)
        event = encode_event(job.tag, job.step, job.wall_time, encoded)
        if self._file is None:
            self._file = create_event_file(self._run_dir)
        try:
            write_record(self._file, event)
            self._file.flush()
            if setup is not None:
                self._setups[job.tag] = setup
        except OSError:
            self._leave_file()
            raise

    def _leave_file(self) -> None:
        """Gives up a file that may end inside a record: what came after it there, no one could read."""
        file, self._file = self._file, None
        self._setups.clear()
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def _warn(self, about: str, message: str) -> None:
        """Warns once of each thing, in the thread of the caller: the background thread has nobody to tell."""
        if message and about not in self._warned:
            self._warned.add(about)
            warnings.warn(message, stacklevel=4)


def check_writable(folder: Path) -> None:
    """Raises an OSError that says why, unless `folder` can be made and written to; makes nothing."""
    if re.match(r"\w[\w+.-]+:/", str(folder)):  # a Path makes one slash of two
        raise OSError(
            f"The folder is {str(folder)!r}; expected a folder of this machine's file system, not an address."
        )
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise NotADirectoryError(
            f"Cannot write to {folder}: {existing} is a file; expected a folder. Choose another log_dir."
        )
    if not os.access(existing, os.W_OK | os.X_OK):
        raise PermissionError(f"Cannot write to {folder}: no permission for {existing}. Choose another log_dir.")


def create_event_file(run_dir: Path) -> BinaryIO:
    """Makes a new event file whose name sorts after those before it, as TensorBoard's Python loader needs."""
    run_dir.mkdir(parents=True, exist_ok=True)
    now = time.time_ns()
    name = f"events.out.tfevents.{now // 10**9:010d}.{now % 10**9:09d}.{socket.gethostname()}.{os.getpid()}.seqviz"
    file = (run_dir / name).open("xb")
    write_record(file, encode_file_version(now / 1e9))
    return file


@atexit.register
def _shut_all() -> None:
    for channel in list(Channel._open.values()):
        channel._shut()
        channel._warn("write", channel._failure)
