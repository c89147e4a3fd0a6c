"""The one way into a run directory: a spool that each logging call fills, and a thread that encodes what is in it."""

from __future__ import annotations

import atexit
import multiprocessing.util
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import thread_time
from typing import Any, ClassVar

from tb_seqviz_plugin.log.cost import Cost
from tb_seqviz_plugin.log.encoding import check_size, part_of
from tb_seqviz_plugin.log.folders import check_writable
from tb_seqviz_plugin.log.lock import LockedError, guarded
from tb_seqviz_plugin.log.remote.address import address_of, shown
from tb_seqviz_plugin.log.run_log import Job, RunLog, Step, lost
from tb_seqviz_plugin.log.spool import SPOOL, Part, Spool, Spooled
from tb_seqviz_plugin.log.troubles import Troubles, reason_of
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.records.side_by_side import seconds_beside
from tb_seqviz_plugin.schema import parse_tag
from tb_seqviz_plugin.wire.payload import Payload

_QUEUE_BYTES = 256 << 20
"""Training waits for the disk once this much is queued: memory and disk stay bounded and nothing is dropped."""
_SPOOL_BYTES = 2 * _QUEUE_BYTES
"""It also waits once the spool is so long, until that is empty and can be begun anew."""
_JOB_BYTES = 1 << 10
"""What a queued step takes in memory, whatever its size: all else of it is in the spool."""
_RETRY_SECONDS = 1.0
"""How long the thread waits after the disk took nothing."""

PATIENCE = 120.0
"""Seconds after which what waits for the disk goes on, and says so."""


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
        if address_of(run_dir) is not None:
            from tb_seqviz_plugin.log.remote.uploads import before_exit

            before_exit(_shut_all)
            # What processes have left that wrote beside another one is uploaded, too.
            for beside in run_dir.glob("process-*"):
                cls.recover(beside)
        with cls._lock:
            key = run_dir.resolve()
            channel = cls._open.get(key)
            if channel is None:
                channel = cls._open[key] = cls(key)
            channel._use()
            return channel

    @classmethod
    def recover(cls, run_dir: Path) -> None:
        """Writes what a killed process has left in the spool of a directory; nothing happens while that process lives.

        Raises:
            OSError: if nothing can be written there.
        """
        with cls._lock:
            key = run_dir.resolve()
            if key in cls._open or not (key / SPOOL).exists():
                return
            try:
                with guarded(key, wait=0):
                    spool = Spool(key)
                    if not spool.is_locked:  # whose process may live
                        spool.close()
                        return
                    channel = cls(key, RunLog(key, spool))
                    channel._shut(PATIENCE)
            except LockedError:
                return
        channel._troubles.tell()

    def __init__(self, run_dir: Path, log: RunLog | None = None) -> None:
        self._asked = run_dir
        self._users = 0
        self._start()
        with self._changed:
            self._begin(log or self._claim())

    def _start(self) -> None:
        """Sets what belongs to one process: another shares neither its log nor its thread."""
        self._troubles = Troubles()
        self._putting = threading.Lock()
        self._putter: int | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = self._cutting = False
        self._failures = 0
        self._log: RunLog | None = None
        self._jobs: deque[Job] = deque()
        self._pending_bytes = 0
        # The newest record of each tag that holds until the next one, and those of them that a new log lacks.
        self._lasting: dict[str, tuple[int, Part]] = {}
        self._lacking: dict[str, tuple[int, Part]] = {}

    @property
    def run_dir(self) -> Path:
        """Where it writes: the directory asked for, or where another process writes to that, one in it."""
        return self._asked if self._log is None else self._log.run_dir

    def size(self) -> int:
        """Returns how many bytes the event files of the run take."""
        log = self._log
        return 0 if log is None else log.size()

    def _begin(self, log: RunLog) -> None:
        """Goes on with a log, and with what another process has left in it. The caller holds the lock."""
        self._log = log
        self._jobs.clear()
        self._pending_bytes = 0
        for job in log.left:
            self._queue(job)
        if self._jobs:
            self._start_thread()
        if log.uploads is not None:
            log.uploads.begin()

    def _current_log(self) -> RunLog:
        """Returns the log, a new one where it is gone. The caller holds the lock."""
        if self._log is None:
            self._begin(self._claim())
        elif self._log.is_gone():
            self._begin_anew()
            self._lacking = dict(self._lasting)
            self._troubles.add(
                "deleted",
                f"{self.run_dir} was deleted or moved while it was written to, and what was logged there is gone with it. "
                "What is logged from now on is written there anew.",
            )
        assert self._log is not None
        return self._log

    def _begin_anew(self) -> None:
        assert self._log is not None
        self._log.let_go()
        self._begin(self._claim())

    def _claim(self) -> RunLog:
        # A folder that stands for an address is nobody else's, and what is left in it is uploaded by one process.
        return RunLog.claim(self._asked, address_of(self._asked) is not None, self._troubles)

    def _use(self) -> None:
        """Counts one more user; for one who comes after the log was deleted, the log begins anew."""
        self._users += 1
        with self._changed:
            if self._log is None or not self._log.is_gone():
                return
            unwritten = len(self._jobs)
            self._begin_anew()
            self._lasting.clear()
            self._lacking.clear()
            if unwritten:
                self._troubles.add(
                    "unwritten",
                    f"{self.run_dir} was deleted or moved while {unwritten} steps were still to be written there; they are gone "
                    "with it, and the log begins anew.",
                )

    # Logging.

    def put(
        self,
        step: int,
        records: Sequence[tuple[str, Payload]],
        wait: float = PATIENCE,
        scalars: Mapping[str, float] | None = None,
        cost: Cost | None = None,
    ) -> None:
        """Logs the records of one step; when this returns, they survive the process. Waits while too much is queued.

        Args:
            step: of all of them.
            records: tags and payloads.
            wait: how long at most, in seconds.
            scalars: numbers for TensorBoard's own tab that are logged beside them, by tag.
            cost: is told what it costs to write them, in time.

        Raises:
            ValueError: if a record is too large.
        """
        tags = ", ".join(repr(tag) for tag, _ in records)
        if self._is_inside():
            reason = "it was logged in the middle of logging, as by a signal handler"
            self._troubles.add("lost", lost(step, tags, self.run_dir, reason))
            return
        with self._putting:
            self._putter = threading.get_ident()
            try:
                self._put(step, records, wait, scalars or {}, cost or Cost())
            except OSError as error:
                self._troubles.add("lost", lost(step, tags, self.run_dir, reason_of(error)))
            finally:
                self._putter = None
        self._troubles.tell()

    def _put(
        self,
        step: int,
        records: Sequence[tuple[str, Payload]],
        wait: float,
        scalars: Mapping[str, float],
        cost: Cost,
    ) -> None:
        with self._changed:
            log = self._current_log()
            if log.spool is None:
                log = self._log_with_spool(log)
            for lasting_step, part in self._lacking.values():
                if part.tag not in dict(records):
                    self._append(log, lasting_step, [part], {}, wait, cost)
            self._lacking.clear()
        parts: list[Part] = []
        for tag, payload in records:
            before = sum(part.tag == tag for part in parts)
            parts.append(part_of(tag, log.count(tag) + before + 1, payload))
        parts[0] = replace(parts[0], scalars=scalars)
        check_size(parts)
        with self._changed:
            for part in parts:
                self._check_order(log, part.tag, step)
            memories = {tag: getattr(payload, "memory", None) for tag, payload in records}
            self._append(log, step, parts, memories, wait, cost)
            for part in parts:
                if KINDS[parse_tag(part.tag)[0]].lasts:
                    self._lasting[part.tag] = (step, part)

    def _log_with_spool(self, log: RunLog) -> RunLog:
        """Returns the log with a spool, or another one where a process that writes there came first."""
        log.run_dir.mkdir(parents=True, exist_ok=True)
        with suppress(LockedError):
            spool = Spool(log.run_dir)
            if not spool.end:
                log.spool = spool
                return log
            spool.close()
        self._begin(RunLog.claim(self._asked, True, self._troubles))
        assert self._log is not None
        return self._log

    def _append(
        self, log: RunLog, step: int, parts: Sequence[Part], memories: Mapping[str, Any], wait: float, cost: Cost
    ) -> None:
        """Puts a step into the spool. The caller holds the lock.

        Raises:
            OSError: if it does not go in.
        """
        spool = log.spool
        assert spool is not None
        wall_time = max(time.time(), log.wall_time + 1e-6)
        pieces = Spooled(step, wall_time, parts).packed()
        size = sum(map(len, pieces))

        def has_room() -> bool:
            return not self._jobs or (
                self._pending_bytes + size + _JOB_BYTES <= _QUEUE_BYTES and spool.end + size <= _SPOOL_BYTES
            )

        if not self._wait_for(has_room, wait):
            raise TimeoutError(f"what was logged before could not be written in {wait:g} seconds")
        try:
            start = spool.append(pieces)
        except OSError:
            # What is still to be written takes up the disk, perhaps.
            if not self._jobs or not self._wait_for(lambda: not self._jobs, wait):
                raise
            start = spool.append(pieces)
        for part in parts:
            log.note(part.tag, step, wall_time, part.record)
        self._queue(Job(log, start, size, memories=memories, cost=cost))
        self._start_thread()

    def _queue(self, job: Job) -> None:
        self._jobs.append(job)
        self._pending_bytes += job.size + _JOB_BYTES
        self._changed.notify_all()

    def _check_order(self, log: RunLog, tag: str, step: int) -> None:
        last = log.last_step(tag)
        if last is not None and step <= last:
            self._troubles.add(
                "order",
                f"Step {step} of {tag!r} was logged after step {last}. TensorBoard's default loader then drops the "
                f"steps from {step} on that came before; let the step rise, or write to another folder than "
                f"{shown(self.run_dir)}.",
            )

    def last_step(self, tag: str) -> int | None:
        """Returns the highest step of a tag and of those below it, None if there is none."""
        with self._changed:
            return self._current_log().last_step_below(tag)

    # Waiting.

    def flush(self, wait: float = PATIENCE, upload: bool = True) -> None:
        """Waits until all that is queued is in the event file, or the disk takes nothing, so long at most.

        Args:
            wait: in seconds.
            upload: whether to wait until it is in the object store, too, where the directory stands for one.
        """
        if not self._is_inside():
            until = time.monotonic() + wait
            with self._changed:
                is_written = self._wait_for(lambda: not self._jobs, wait)
                if not is_written:
                    self._report_waiting(wait)
                uploads = self._log.uploads if self._log is not None and is_written and upload else None
                if uploads is not None and self._thread is not None:
                    self._cutting = True
                    self._wait_for(lambda: not self._cutting, until - time.monotonic())
            if uploads is not None:
                uploads.wait(until - time.monotonic())
        self._troubles.tell()

    def sync(self, folder: Path) -> None:
        """Brings the object store in step with a folder below the directory asked for, where that stands for one."""
        with self._changed:
            uploads = self._current_log().uploads
        if uploads is not None:
            uploads.sync(folder)

    def release(self, wait: float = PATIENCE) -> None:
        """Gives the channel back; the last user's call writes what is left, so long at most, and closes the file."""
        # Under the lock to the end: who opens the directory meanwhile must find all its records, and no second file.
        with self._lock:
            self._users -= 1
            if self._users > 0 or self._is_inside():
                self.flush(wait)
            elif self._shut(wait):
                self._open.pop(self._asked, None)
        self._troubles.tell()

    def _is_inside(self) -> bool:
        """Returns whether this thread is in the middle of logging: a signal handler that waited for it would wait for ever."""
        return self._putter == threading.get_ident()

    def _wait_for(self, done: Callable[[], bool], wait: float) -> bool:
        """Waits until something is so, unless the disk takes nothing; returns whether it is. The caller holds the lock."""
        failures = self._failures
        self._changed.notify_all()
        self._changed.wait_for(lambda: done() or self._failures > failures, wait)
        return done()

    def _report_waiting(self, wait: float) -> None:
        if not self._failures:
            self._troubles.add(
                "waiting",
                f"{len(self._jobs)} steps are still to be written to {self.run_dir} after {wait:g} seconds. They are kept in "
                f"{SPOOL} there, and written as soon as that can be done, or when the folder is next opened.",
            )

    def _shut(self, wait: float) -> bool:
        """Ends the thread once it has written what is left; returns whether it has ended."""
        with self._changed:
            thread, self._closing = self._thread, True
            self._changed.notify_all()
        until = time.monotonic() + wait
        if thread is not None:
            thread.join(wait)
        with self._changed:
            self._closing = False
            if thread is not None and thread.is_alive():
                self._report_waiting(wait)
                return False
            self._thread = None
        if self._log is not None and self._log.uploads is not None:
            self._log.uploads.wait(until - time.monotonic())
        with self._changed:
            if self._log is not None:
                self._log.close(is_written=not self._jobs)
            self._jobs.clear()
            self._pending_bytes = 0
            return True

    # Writing, in the background.

    def _start_thread(self) -> None:
        """Has somebody write what is queued: a thread, or the caller where Python starts no thread any more."""
        if self._thread is not None:
            return
        # A process of `multiprocessing` ends without what `atexit` was told.
        multiprocessing.util.Finalize(None, _shut_all, exitpriority=0)
        self._thread = threading.Thread(target=self._run, name=f"seqviz writer of {self.run_dir.name}", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None
            self._write_all(again=False)

    def _run(self) -> None:
        self._write_all(again=True)
        if self._log is not None:
            self._log.close_file()

    def _write_all(self, again: bool) -> None:
        """Writes what is queued.

        Args:
            again: whether to wait for more, and for the disk, until the channel closes.
        """
        while True:
            with self._changed:
                left = None if self._log is None else self._log.seconds_left()
                self._changed.wait_for(lambda: self._jobs or self._closing or self._cutting or not again, left)
                log, job = self._log, self._jobs[0] if self._jobs else None
                if job is None and (self._closing or not again):
                    return
                is_due = job is None and self._cutting
            if log is not None and (is_due or log.seconds_left() == 0):
                log.close_file()
            if job is None:
                with self._changed:
                    self._cutting = False
                    self._changed.notify_all()
                continue
            started = thread_time() + seconds_beside()
            is_done = self._write(job, again)
            job.cost.seconds += thread_time() + seconds_beside() - started
            if not is_done:
                return
            with self._changed:
                if self._jobs and self._jobs[0] is job:
                    self._jobs.popleft()
                    self._pending_bytes -= job.size + _JOB_BYTES
                    if not self._jobs and job.log.spool is not None:
                        with suppress(OSError):
                            job.log.spool.clear()
                self._changed.notify_all()

    def _write(self, job: Job, again: bool) -> bool:
        """Writes a step to the event file; returns whether it is done with, be it written, lost, or of a log that is gone."""
        step = Step(0, 0.0, {})
        try:
            if self._is_current(job):
                step = job.log.encode(job, self._troubles)
            while step.records and self._is_current(job):
                try:
                    job.log.write(step, job.cost)
                except OSError as error:
                    if not self._is_current(job):
                        break
                    if not self._wait_for_disk(step, reason_of(error), again):
                        return False
        except BaseException as error:  # whatever it is, it is about this step alone
            if self._is_current(job):
                self._troubles.add("lost", lost(step.step, step.tags or "a record", self.run_dir, reason_of(error)))
        return True

    def _is_current(self, job: Job) -> bool:
        """Returns whether the log that a step was logged to is there: it must not turn up in the next one."""
        return job.log is self._log and not job.log.is_gone()

    def _wait_for_disk(self, step: Step, reason: str, again: bool) -> bool:
        """Says that the disk took nothing, and waits a moment; returns whether to try again."""
        self._troubles.add(
            "disk",
            f"Step {step.step} of {step.tags} could not be written to {self.run_dir}: {reason}. Training goes on; what is logged "
            f"is kept in {SPOOL} there as far as there is room, and written as soon as that can be done, or when the folder is "
            "next opened.",
        )
        with self._changed:
            self._failures += 1
            self._changed.notify_all()
            if again and not self._closing:
                self._changed.wait(_RETRY_SECONDS)
                return True
        return False


@atexit.register
def _shut_all() -> None:
    channels = list(Channel._open.values())
    for channel in channels:
        channel._shut(PATIENCE)
    # A warning may be made an error: what is to be written is written before.
    for channel in channels:
        channel._troubles.tell()


def _begin_in_child() -> None:
    """Gives a forked process channels of its own: the parent's thread, and who held which lock, are not in it."""
    Channel._lock = threading.Lock()
    for channel in Channel._open.values():
        channel._start()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)
