"""What is logged and still to be written: steps in the spool, in order, and the thread that takes them to the event file."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import thread_time

from tb_seqviz_plugin.log.run_log import Job, RunLog, Step, lost
from tb_seqviz_plugin.log.spool import SPOOL
from tb_seqviz_plugin.log.troubles import Troubles, reason_of
from tb_seqviz_plugin.records.side_by_side import seconds_beside

JOB_BYTES = 1 << 10
"""What a queued step takes in memory, whatever its size: all else of it is in the spool."""
_RETRY_SECONDS = 1.0
"""How long the thread waits after the disk took nothing."""


class Backlog:
    """The steps that a run directory's event file lacks, written in order by a thread that is there while there is work.

    Args:
        name: of the directory, for the thread's.
        troubles: is told what goes wrong.

    Attributes:
        changed: guards all of it, and is notified of what happens to it.
        log: the log that is written to, None where there is none; steps of another one, which is gone, are dropped.
        jobs: the steps, in order.
        pending_bytes: what they take in the spool and in memory.
        failures: how often the disk took nothing.
    """

    def __init__(self, name: str, troubles: Troubles) -> None:
        self._name, self._troubles = name, troubles
        self.changed = threading.Condition()
        self.log: RunLog | None = None
        self.jobs: deque[Job] = deque()
        self.pending_bytes = 0
        self.failures = 0
        self._thread: threading.Thread | None = None
        self._closing = self._cutting = False

    def begin(self, log: RunLog) -> None:
        """Goes on with a log, and with what another process has left in it. The caller holds the lock."""
        self.log = log
        self.clear()
        for job in log.left:
            self._add(job)
        if self.jobs:
            self.start()

    def queue(self, job: Job) -> None:
        """Has a step written. The caller holds the lock."""
        self._add(job)
        self.start()

    def clear(self) -> None:
        """Drops all steps; they stay in the spool. The caller holds the lock."""
        self.jobs.clear()
        self.pending_bytes = 0

    def wait_for(self, done: Callable[[], bool], wait: float) -> bool:
        """Waits until something is so, unless the disk takes nothing; returns whether it is. The caller holds the lock."""
        failures = self.failures
        self.changed.notify_all()
        self.changed.wait_for(lambda: done() or self.failures > failures, wait)
        return done()

    def cut(self, wait: float) -> None:
        """Has the event file closed, so that what is in it goes to the object store. The caller holds the lock."""
        if self._thread is not None:
            self._cutting = True
            self.wait_for(lambda: not self._cutting, wait)

    def end(self, wait: float) -> bool:
        """Ends the thread once it has written what is left; returns whether it has ended."""
        with self.changed:
            thread, self._closing = self._thread, True
            self.changed.notify_all()
        if thread is not None:
            thread.join(wait)
        with self.changed:
            self._closing = False
            if thread is not None and thread.is_alive():
                return False
            self._thread = None
            return True

    def start(self) -> None:
        """Has somebody write what is queued: a thread, or the caller where Python starts no thread any more."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._run, name=f"seqviz writer of {self._name}", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None
            self._write_all(again=False)

    def _add(self, job: Job) -> None:
        self.jobs.append(job)
        self.pending_bytes += job.size + JOB_BYTES
        self.changed.notify_all()

    # In the background.

    def _run(self) -> None:
        self._write_all(again=True)
        if self.log is not None:
            self.log.close_file()

    def _write_all(self, again: bool) -> None:
        """Writes what is queued.

        Args:
            again: whether to wait for more, and for the disk, until the thread is to end.
        """
        while True:
            with self.changed:
                left = None if self.log is None else self.log.seconds_left()
                self.changed.wait_for(lambda: self.jobs or self._closing or self._cutting or not again, left)
                log, job = self.log, self.jobs[0] if self.jobs else None
                if job is None and (self._closing or not again):
                    return
                is_due = job is None and self._cutting
            if log is not None and (is_due or log.seconds_left() == 0):
                log.close_file()
            if job is None:
                with self.changed:
                    self._cutting = False
                    self.changed.notify_all()
                continue
            started = thread_time() + seconds_beside()
            is_done = self._write(job, again)
            job.cost.writing += thread_time() + seconds_beside() - started
            if not is_done:
                return
            with self.changed:
                if self.jobs and self.jobs[0] is job:
                    self.jobs.popleft()
                    self.pending_bytes -= job.size + JOB_BYTES
                    if not self.jobs and job.log.spool is not None:
                        with suppress(OSError):
                            job.log.spool.clear()
                self.changed.notify_all()

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
                    if not self._wait_for_disk(job.log, step, reason_of(error), again):
                        return False
        except BaseException as error:  # whatever it is, it is about this step alone
            if self._is_current(job):
                self._troubles.add("lost", lost(step.step, step.tags or "a record", job.log.run_dir, reason_of(error)))
        return True

    def _is_current(self, job: Job) -> bool:
        """Returns whether the log that a step was logged to is there: it must not turn up in the next one."""
        return job.log is self.log and not job.log.is_gone()

    def _wait_for_disk(self, log: RunLog, step: Step, reason: str, again: bool) -> bool:
        """Says that the disk took nothing, and waits a moment; returns whether to try again."""
        self._troubles.add(
            "disk",
            f"Step {step.step} of {step.tags} could not be written to {log.run_dir}: {reason}. Training goes on; what is logged "
            f"is kept in {SPOOL} there as far as there is room, and written as soon as that can be done, or when the folder is "
            "next opened.",
        )
        with self.changed:
            self.failures += 1
            self.changed.notify_all()
            if again and not self._closing:
                self.changed.wait(_RETRY_SECONDS)
                return True
        return False
