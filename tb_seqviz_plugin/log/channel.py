"""The one way into a run directory: a bounded queue, a thread that encodes and compresses, one event file."""

from __future__ import annotations

import atexit
import multiprocessing.util
import os
import threading
import warnings
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from tb_seqviz_plugin.log.event_file import EventFile
from tb_seqviz_plugin.log.events import last_steps
from tb_seqviz_plugin.log.folders import check_writable
from tb_seqviz_plugin.wire.payload import Payload
from tb_seqviz_plugin.wire.summary import encode_event

_QUEUE_BYTES = 256 << 20
"""Training waits for the disk once this much is queued: memory stays bounded and nothing is dropped."""


@dataclass(frozen=True)
class _Job:
    tag: str
    step: int
    wall_time: float
    payload: Payload
    size: int
    record: int
    log: int
    """Which log of the directory it is for, one that was deleted counting."""


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
            channel._use()
            return channel

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._users = 0
        self._log = 0
        # Per tag: the highest step and the number of records, those of earlier processes included.
        self._logged = last_steps(run_dir)
        # What there is to warn of, and what was warned of: once of each thing.
        self._troubles: dict[str, str] = {}
        self._told: set[str] = set()
        self._start()

    def _start(self) -> None:
        """Sets what belongs to one process: another shares neither its queue nor its thread nor its file."""
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._pending_bytes = 0
        self._closing = False
        self._file = EventFile(self._run_dir)
        self._thread: threading.Thread | None = None

    def put(self, tag: str, step: int, wall_time: float, payload: Payload) -> None:
        """Queues one record; waits only while the queue is full."""
        size = payload.size
        with self._changed:
            self._notice_deletion()
            last, _ = self._logged.get(tag, (None, 0))
            if last is not None and step <= last:
                self._troubles.setdefault(
                    "order",
                    f"Step {step} of {tag!r} was logged after step {last}. TensorBoard's default loader then drops the "
                    f"steps from {step} on that came before; let the step rise, or write to another folder than "
                    f"{self._run_dir}.",
                )
            job = _Job(tag, step, wall_time, payload, size, self._count(tag, step), self._log)
            self._changed.wait_for(lambda: not self._jobs or self._pending_bytes + size <= _QUEUE_BYTES)
            self._jobs.append(job)
            self._pending_bytes += size
            self._changed.notify_all()
            self._start_thread()
        self._tell(stacklevel=5)

    def last_step(self, tag: str) -> int | None:
        """Returns the highest step of a tag and of those below it, None if there is none."""
        with self._changed:
            self._notice_deletion()
            steps = (step for each, (step, _) in self._logged.items() if f"{each}/".startswith(f"{tag}/"))
            return max(steps, default=None)

    def flush(self) -> None:
        """Waits until all that is queued is written."""
        self._wait_until_written()
        self._tell()

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
        self._tell()

    def _use(self) -> None:
        """Counts one more user; for one who comes after the log was deleted, the log begins anew."""
        self._users += 1
        with self._changed:
            if not self._file.is_gone():
                return
            unwritten = len(self._jobs)
            self._log += 1
            self._begin_anew()
            if unwritten:
                self._troubles["unwritten"] = (
                    f"{self._run_dir} was deleted or moved while {unwritten} records were still to be written there; they are "
                    "dropped, and the log begins anew."
                )

    def _notice_deletion(self) -> None:
        """Goes on in a new file where the one there was is gone. The caller holds the lock."""
        if self._file.is_gone():
            self._begin_anew()
            self._troubles["deleted"] = (
                f"{self._run_dir} was deleted or moved while it was written to, and what was logged there is gone with it. "
                "What is logged from now on is written there anew."
            )

    def _begin_anew(self) -> None:
        self._file = EventFile(self._run_dir)
        self._logged = last_steps(self._run_dir)
        self._jobs = deque(
            replace(job, record=self._count(job.tag, job.step)) if job.log == self._log else job for job in self._jobs
        )

    def _count(self, tag: str, step: int) -> int:
        """Counts one more record of a tag; returns how many that makes."""
        last, count = self._logged.get(tag, (step, 0))
        self._logged[tag] = (max(step, last), count + 1)
        return count + 1

    def _wait_until_written(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._jobs)

    def _shut(self) -> None:
        with self._changed:
            thread, self._closing = self._thread, True
            self._changed.notify_all()
        if thread is not None:
            thread.join()
        self._thread, self._closing = None, False

    def _start_thread(self) -> None:
        """Has somebody write what is queued: a thread, or the caller where Python starts no thread any more."""
        if self._thread is not None:
            return
        # A process of `multiprocessing` ends without what `atexit` was told.
        multiprocessing.util.Finalize(None, _shut_all, exitpriority=0)
        self._thread = threading.Thread(target=self._run, name=f"seqviz writer of {self._run_dir.name}", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None
            while self._jobs:
                self._write_first()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closing)
                if not self._jobs:
                    break
            self._write_first()
        self._file.close()

    def _write_first(self) -> None:
        job = self._jobs[0]
        try:
            self._write(job)
        except BaseException as error:  # whatever it is, training must neither end nor wait for ever because of it
            self._troubles.setdefault(
                "write",
                f"A record of {job.tag!r} at step {job.step} could not be written to {self._run_dir}: "
                f"{_reason_of(error)}. Training goes on; this and any later failure loses the record concerned.",
            )
        with self._changed:
            self._jobs.popleft()
            self._pending_bytes -= job.size
            self._changed.notify_all()

    def _write(self, job: _Job) -> None:
        if job.log != self._log:
            return
        encoded = job.payload.encode(job.tag, job.record)
        with self._changed:
            if job.log != self._log:
                return
            self._notice_deletion()
            file = self._file
        setup = encoded.setup
        if setup is not None and setup == file.said.get(job.tag):
            encoded = replace(encoded, setup=None)
        event = encode_event(job.tag, job.step, job.wall_time, encoded)
        try:
            file.write(event)
        except OSError:
            file.close()
            raise
        if setup is not None:
            file.said[job.tag] = setup

    def _tell(self, stacklevel: int = 4) -> None:
        """Warns in the thread of the caller: the background thread has nobody to tell."""
        for about, message in list(self._troubles.items()):
            if about not in self._told:
                self._told.add(about)
                warnings.warn(message, stacklevel=stacklevel)


def _reason_of(error: BaseException) -> str:
    reason = str(error).rstrip(".")
    return reason if reason and isinstance(error, OSError | ValueError) else f"{type(error).__name__}: {reason}"


@atexit.register
def _shut_all() -> None:
    channels = list(Channel._open.values())
    for channel in channels:
        channel._shut()
    # A warning may be made an error: what is to be written is written before.
    for channel in channels:
        channel._tell()


def _begin_in_child() -> None:
    """Gives a forked process channels of its own: the parent's thread, and who held which lock, are not in it."""
    Channel._lock = threading.Lock()
    for channel in Channel._open.values():
        channel._start()
        channel._troubles = {
            "fork": f"This process was forked from one that logs to {channel._run_dir}, too. TensorBoard's Python loader loses "
            "what one of two processes writes to a folder at once; give this one a folder of its own."
        }


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)
