"""The one way into a run directory: a spool that each logging call fills, and behind it what writes what is in there."""

from __future__ import annotations

import multiprocessing.util
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakSet

from tb_seqviz_plugin.log.backlog import JOB_BYTES, Backlog
from tb_seqviz_plugin.log.cost import Cost
from tb_seqviz_plugin.log.encoding import check_size, part_of
from tb_seqviz_plugin.log.lock import LockedError
from tb_seqviz_plugin.log.remote.address import address_of, shown
from tb_seqviz_plugin.log.run_log import Job, RunLog, lost
from tb_seqviz_plugin.log.spool import SPOOL, Part, Spool, Spooled
from tb_seqviz_plugin.log.troubles import Troubles, reason_of
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.schema import parse_tag
from tb_seqviz_plugin.wire.payload import Payload

_QUEUE_BYTES = 256 << 20
"""Training waits for the disk once this much is queued: memory and disk stay bounded and nothing is dropped."""
_SPOOL_BYTES = 2 * _QUEUE_BYTES
"""It also waits once the spool is so long, until that is empty and can be begun anew."""

PATIENCE = 120.0
"""Seconds after which what waits for the disk goes on, and says so."""


class Channel:
    """A run directory that is open for writing, shared by all its writers in this process.

    Args:
        asked: the directory, resolved.
        end_all: ends all channels, at the end of a process.
        log: that of the directory, None for the first that no other process writes to.

    Attributes:
        asked: the directory asked for.

    Raises:
        OSError: if nothing can be written there.
    """

    def __init__(self, asked: Path, end_all: Callable[[], None], log: RunLog | None = None) -> None:
        self.asked, self._end_all = asked, end_all
        self._users = 0
        # The threads that have used it, and when that was last.
        self._threads: WeakSet[threading.Thread] = WeakSet()
        self._used = 0.0
        self._troubles = Troubles()
        self._putting = threading.Lock()
        self._putter: int | None = None
        self._behind = Backlog(self.asked.name, self._troubles)
        self._ends_with_process = False
        # The newest record of each tag that holds until the next one, and those of them that a new log lacks.
        self._lasting: dict[str, tuple[int, Part]] = {}
        self._lacking: dict[str, tuple[int, Part]] = {}
        with self._behind.changed:
            self._begin(log or self._claim())

    @property
    def run_dir(self) -> Path:
        """Where it writes: the directory asked for, or where another process writes to that, one in it."""
        return self.asked if self._log is None else self._log.run_dir

    @property
    def _log(self) -> RunLog | None:
        return self._behind.log

    def tell(self) -> None:
        """Warns of what has gone wrong in the background."""
        self._troubles.tell()

    def size(self) -> int:
        """Returns how many bytes the event files of the run take."""
        log = self._log
        return 0 if log is None else log.size()

    def _begin(self, log: RunLog) -> None:
        """Goes on with a log, and with what another process has left in it. The caller holds the lock."""
        self._behind.begin(log)
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
        return RunLog.claim(self.asked, address_of(self.asked) is not None, self._troubles)

    def use(self) -> None:
        """Counts one more user; for one who comes after the log was deleted, the log begins anew."""
        self._users += 1
        self._note_use()
        with self._behind.changed:
            if self._log is None or not self._log.is_gone():
                return
            unwritten = len(self._behind.jobs)
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
            self._note_use()
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
        with self._behind.changed:
            log = self._claimed_log()
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
        with self._behind.changed:
            for part in parts:
                self._check_order(log, part.tag, step)
            memories = {tag: getattr(payload, "memory", None) for tag, payload in records}
            self._append(log, step, parts, memories, wait, cost)
            for part in parts:
                if KINDS[parse_tag(part.tag)[0]].lasts:
                    self._lasting[part.tag] = (step, part)

    def claim(self) -> Path:
        """Returns the directory that it writes to, and that no other process does from now on.

        Raises:
            OSError: if nothing can be written there.
        """
        with self._behind.changed:
            return self._claimed_log().run_dir

    def _claimed_log(self) -> RunLog:
        """Returns the log with a spool, or another one where a process that writes there came first. The caller holds the lock."""
        log = self._current_log()
        if log.spool is not None:
            return log
        log.run_dir.mkdir(parents=True, exist_ok=True)
        with suppress(LockedError):
            spool = Spool(log.run_dir)
            if not spool.end:
                log.spool = spool
                return log
            spool.close()
        self._begin(RunLog.claim(self.asked, True, self._troubles))
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
            return not self._behind.jobs or (
                self._behind.pending_bytes + size + JOB_BYTES <= _QUEUE_BYTES and spool.end + size <= _SPOOL_BYTES
            )

        if not self._behind.wait_for(has_room, wait):
            raise TimeoutError(f"what was logged before could not be written in {wait:g} seconds")
        try:
            start = spool.append(pieces)
        except OSError:
            # What is still to be written takes up the disk, perhaps.
            if not self._behind.jobs or not self._behind.wait_for(lambda: not self._behind.jobs, wait):
                raise
            start = spool.append(pieces)
        for part in parts:
            log.note(part.tag, step, wall_time, part.record)
        if not self._ends_with_process:
            # A process of `multiprocessing` ends without what `atexit` was told.
            multiprocessing.util.Finalize(None, self._end_all, exitpriority=0)
            self._ends_with_process = True
        self._behind.queue(Job(log, start, size, memories=memories, cost=cost))

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
        with self._behind.changed:
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
            with self._behind.changed:
                is_written = self._behind.wait_for(lambda: not self._behind.jobs, wait)
                if not is_written:
                    self._report_waiting(wait)
                uploads = self._log.uploads if self._log is not None and is_written and upload else None
                if uploads is not None:
                    self._behind.cut(until - time.monotonic())
            if uploads is not None:
                uploads.wait(until - time.monotonic())
        self._troubles.tell()

    def sync(self, folder: Path, cost: Cost) -> None:
        """Brings the object store in step with a folder below the directory asked for, where that stands for one.

        Args:
            folder: of this machine.
            cost: is told what that costs, in time.
        """
        with self._behind.changed:
            uploads = self._current_log().uploads
        if uploads is not None:
            uploads.sync(folder, cost)

    def unuse(self) -> bool:
        """Counts one user less; returns whether it is to stay open: for others, or as it is in the middle of logging."""
        self._users -= 1
        return self._users > 0 or self._is_inside()

    def _note_use(self) -> None:
        with self._behind.changed:
            self._threads.add(threading.current_thread())
            self._used = time.monotonic()

    def threads(self) -> list[threading.Thread]:
        """Returns the threads that have used it, as long as it is used: nobody has closed it, and somebody has logged of late."""
        with self._behind.changed:
            return list(self._threads) if self._users > 0 and time.monotonic() < self._used + PATIENCE else []

    def _is_inside(self) -> bool:
        """Returns whether this thread is in the middle of logging: a signal handler that waited for it would wait for ever."""
        return self._putter == threading.get_ident()

    def _report_waiting(self, wait: float) -> None:
        count = len(self._behind.jobs)
        if not self._behind.failures:
            self._troubles.add(
                "waiting",
                f"{count} steps are still to be written to {self.run_dir} after {wait:g} seconds. They are kept in "
                f"{SPOOL} there, and written as soon as that can be done, or when the folder is next opened.",
            )

    def end(self, wait: float) -> bool:
        """Ends the thread once it has written what is left, and lets go of the directory; returns whether it has ended."""
        until = time.monotonic() + wait
        if not self._behind.end(wait):
            with self._behind.changed:
                self._report_waiting(wait)
            return False
        if self._log is not None and self._log.uploads is not None:
            self._log.uploads.wait(until - time.monotonic())
        with self._behind.changed:
            if self._log is not None:
                self._log.close(is_written=not self._behind.jobs)
            self._behind.clear()
            return True
