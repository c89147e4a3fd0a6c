"""The one way into a run directory: a spool that each logging call fills, a thread that encodes what is in it, one event file."""

from __future__ import annotations

import atexit
import contextlib
import inspect
import itertools
import multiprocessing.util
import os
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from tensorboard.compat.proto.summary_pb2 import Summary

from tb_seqviz_plugin.log.encoding import part_of, values_in
from tb_seqviz_plugin.log.event_file import EventFile, cut_torn_end
from tb_seqviz_plugin.log.events import entries_of, newest_record
from tb_seqviz_plugin.log.folders import check_writable
from tb_seqviz_plugin.log.lock import LockedError, guarded
from tb_seqviz_plugin.log.memory import available_memory
from tb_seqviz_plugin.log.spool import SPOOL, Part, Spool, Spooled
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.schema import parse_tag
from tb_seqviz_plugin.wire.payload import Payload
from tb_seqviz_plugin.wire.summary import encode_event

_QUEUE_BYTES = 256 << 20
"""Training waits for the disk once this much is queued: memory and disk stay bounded and nothing is dropped."""
_SPOOL_BYTES = 2 * _QUEUE_BYTES
"""It also waits once the spool is so long, until that is empty and can be begun anew."""
_JOB_BYTES = 1 << 10
"""What a queued record takes in memory, whatever its size: all else of it is in the spool."""
_EVENT_BYTES = 2**31 - 2**20
"""The most that an Event can hold, a protobuf message."""
_CHECKED_BYTES = 64 << 20
"""From this size on, a record is compared with the memory that there is."""

_TIMES_IN_MEMORY = 2
"""How often what is logged lies in memory while it is encoded, about."""

PATIENCE = 120.0
"""Seconds after which what waits for the disk goes on, and says so."""
_RECOVERY_SECONDS = 30.0
"""How long to wait for another process that recovers what a killed one has left."""
_RETRY_SECONDS = 1.0
"""How long the thread waits after the disk took nothing."""


@dataclass(frozen=True)
class _Job:
    spool: Spool
    start: int
    size: int
    known: frozenset[str]
    """Tags of which the event file has this record already."""
    memories: dict[str, Any]


class Channel:
    """A run directory that is open for writing, shared by all its writers in this process.

    Where another process writes to it, this one takes a directory in it, `process-2` and so on.

    Attributes:
        run_dir: where it writes.
    """

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
                    channel = cls(key, spool)
                    channel._shut(PATIENCE)
            except LockedError:
                return
        channel._tell()

    def __init__(self, run_dir: Path, spool: Spool | None = None) -> None:
        self._asked = run_dir
        self._users = 0
        self._start()
        with self._changed:
            if spool is None:
                self._claim(make=False)
            else:
                self._take(run_dir, spool)

    def _start(self) -> None:
        """Sets what belongs to one process: another shares neither its spool nor its thread nor its files."""
        # What there is to warn of, and what was warned of: once of each thing.
        self._troubles: dict[str, str] = {}
        self._told: set[str] = set()
        self._putting = threading.Lock()
        self._putter: int | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._failures = 0
        self.run_dir = self._asked
        self._is_claimed = False
        self._spool: Spool | None = None
        self._jobs: deque[_Job] = deque()
        # The newest record of each tag that holds until the next one, and those of them that a new log lacks.
        self._lasting: dict[str, tuple[int, Part]] = {}
        self._lacking: dict[str, tuple[int, Part]] = {}

    # Which directory it is.

    def _claim(self, make: bool) -> None:
        """Takes the first directory that no other process writes to, and what a killed one has left in its spool.

        Args:
            make: whether to make the directory and its spool where there is none.
        """
        for number in itertools.count(1):
            run_dir = self._asked if number == 1 else self._asked / f"process-{number}"
            if make:
                run_dir.mkdir(parents=True, exist_ok=True)
            try:
                with guarded(run_dir, _RECOVERY_SECONDS):
                    spool = Spool(run_dir) if make or (run_dir / SPOOL).exists() else None
            except LockedError:
                continue
            if number > 1:
                self._troubles["process"] = (
                    f"Another process writes to {self._asked}, so that this one writes to {run_dir}, which TensorBoard shows as "
                    "a run of its own. Give each process a folder of its own."
                )
            self._take(run_dir, spool)
            return

    def _take(self, run_dir: Path, spool: Spool | None) -> None:
        """Begins with a directory: notes what it holds, and queues what its spool does."""
        left = [] if spool is None else spool.records()
        if left:
            cut_torn_end(run_dir)
        if left or not self._is_claimed or run_dir != self.run_dir:
            self._begin(run_dir)
        self._spool = spool
        if spool is None:
            return
        written = {(entry.tag, entry.step, entry.wall_time) for entry in entries_of(run_dir)} if left else set()
        for place in left:
            known = {tag for tag in place.records if (tag, place.step, place.wall_time) in written}
            for tag in place.records.keys() - known:
                self._note(tag, place.step, place.wall_time, place.records[tag])
            if len(known) < len(place.records):
                size = place.end - place.start + _JOB_BYTES
                self._queue(_Job(spool, place.start, size, frozenset(known), {}))
        if self._jobs:
            self._start_thread()
        else:
            spool.clear()

    def _begin(self, run_dir: Path) -> None:
        self.run_dir, self._is_claimed = run_dir, True
        self._jobs = deque()
        self._pending_bytes = 0
        self._file = EventFile(run_dir)
        # Per tag: the highest step and the number of records, those of earlier processes included.
        self._logged: dict[str, tuple[int, int]] = {}
        self._last_wall_time = 0.0
        # By tag, what records that another process logged are encoded with.
        self._memories: dict[str, Any] = {}
        for entry in entries_of(run_dir):
            self._note(entry.tag, entry.step, entry.wall_time)

    def _note(self, tag: str, step: int, wall_time: float, record: int | None = None) -> None:
        last, count = self._logged.get(tag, (step, 0))
        self._logged[tag] = (max(step, last), count + 1 if record is None else max(record, count))
        self._last_wall_time = max(wall_time, self._last_wall_time)

    def _use(self) -> None:
        """Counts one more user; for one who comes after the log was deleted, the log begins anew."""
        self._users += 1
        with self._changed:
            if self._is_claimed and self._is_gone():
                unwritten = len(self._jobs)
                self._begin_anew()
                self._lasting.clear()
                self._lacking.clear()
                if unwritten:
                    self._troubles["unwritten"] = (
                        f"{self.run_dir} was deleted or moved while {unwritten} steps were still to be written there; they are "
                        "gone with it, and the log begins anew."
                    )

    def _notice_deletion(self) -> None:
        """Goes on in a new log where the one there was is gone. The caller holds the lock."""
        if not self._is_claimed:
            self._claim(make=False)
        elif self._is_gone():
            self._begin_anew()
            self._lacking = dict(self._lasting)
            self._troubles["deleted"] = (
                f"{self.run_dir} was deleted or moved while it was written to, and what was logged there is gone with it. "
                "What is logged from now on is written there anew."
            )

    def _is_gone(self) -> bool:
        return self._file.is_gone() or (self._spool is not None and self._spool.is_gone())

    def _begin_anew(self) -> None:
        """Lets go of what was queued: it is gone with its directory, or where that was moved to, the next one recovers it."""
        spool, self._spool = self._spool, None
        if spool is not None:
            spool.close() if spool.is_gone() else spool.delete()
        self._is_claimed = False
        self._claim(make=False)

    # Logging.

    def put(self, step: int, records: Sequence[tuple[str, Payload]], wait: float = PATIENCE) -> None:
        """Logs the records of one step; when this returns, they survive the process. Waits while too much is queued.

        Args:
            step: of all of them.
            records: tags and payloads.
            wait: how long at most, in seconds.

        Raises:
            ValueError: if a record is too large.
        """
        tags = ", ".join(repr(tag) for tag, _ in records)
        if self._is_inside():
            self._lose(step, tags, "it was logged in the middle of logging, as by a signal handler")
            return
        with self._putting:
            self._putter = threading.get_ident()
            try:
                self._put(step, records, wait)
            except OSError as error:
                self._lose(step, tags, _reason_of(error))
            finally:
                self._putter = None
        self._tell()

    def _put(self, step: int, records: Sequence[tuple[str, Payload]], wait: float) -> None:
        with self._changed:
            self._notice_deletion()
            if self._spool is None:
                self._claim(make=True)
            counts = {tag: count for tag, (_, count) in self._logged.items()}
            for lasting_step, part in self._lacking.values():
                if part.tag not in dict(records):
                    self._append(lasting_step, [part], {}, wait)
            self._lacking.clear()
        parts, memories = [], {}
        for tag, payload in records:
            counts[tag] = counts.get(tag, 0) + 1
            parts.append(part_of(tag, counts[tag], payload))
            memories[tag] = getattr(payload, "memory", None)
        _check_size(parts)
        with self._changed:
            for part in parts:
                self._check_order(part.tag, step)
            self._append(step, parts, memories, wait)
            for part in parts:
                if KINDS[parse_tag(part.tag)[0]].lasts:
                    self._lasting[part.tag] = (step, part)

    def _append(self, step: int, parts: Sequence[Part], memories: dict[str, Any], wait: float) -> None:
        """Puts a step into the spool. The caller holds the lock.

        Raises:
            OSError: if it does not go in.
        """
        spool = self._spool
        assert spool is not None
        wall_time = max(time.time(), self._last_wall_time + 1e-6)
        pieces = Spooled(step, wall_time, parts).packed()
        size = sum(map(len, pieces)) + _JOB_BYTES

        def has_room() -> bool:
            return not self._jobs or (self._pending_bytes + size <= _QUEUE_BYTES and spool.end + size <= _SPOOL_BYTES)

        if not self._wait_for(has_room, wait):
            raise TimeoutError(f"what was logged before could not be written in {wait:g} seconds")
        try:
            start, _ = spool.append(pieces)
        except OSError:
            # What is still to be written takes up the disk, perhaps.
            if not self._jobs or not self._wait_for(lambda: not self._jobs, wait):
                raise
            start, _ = spool.append(pieces)
        for part in parts:
            self._note(part.tag, step, wall_time, part.record)
        self._queue(_Job(spool, start, size, frozenset(), memories))
        self._start_thread()

    def _queue(self, job: _Job) -> None:
        self._jobs.append(job)
        self._pending_bytes += job.size
        self._changed.notify_all()

    def _check_order(self, tag: str, step: int) -> None:
        last, _ = self._logged.get(tag, (None, 0))
        if last is not None and step <= last:
            self._troubles.setdefault(
                "order",
                f"Step {step} of {tag!r} was logged after step {last}. TensorBoard's default loader then drops the "
                f"steps from {step} on that came before; let the step rise, or write to another folder than "
                f"{self.run_dir}.",
            )

    def _lose(self, step: int, tags: str, reason: str) -> None:
        self._troubles.setdefault(
            "lost",
            f"Step {step} of {tags} could not be logged to {self.run_dir}: {reason}. Training goes on; this and any later failure "
            "loses the step concerned.",
        )

    def last_step(self, tag: str) -> int | None:
        """Returns the highest step of a tag and of those below it, None if there is none."""
        with self._changed:
            self._notice_deletion()
            steps = (step for each, (step, _) in self._logged.items() if f"{each}/".startswith(f"{tag}/"))
            return max(steps, default=None)

    # Waiting.

    def flush(self, wait: float = PATIENCE) -> None:
        """Waits until all that is queued is in the event file, or the disk takes nothing, so long at most."""
        if not self._is_inside():
            with self._changed:
                if not self._wait_for(lambda: not self._jobs, wait):
                    self._report_waiting(wait)
        self._tell()

    def release(self, wait: float = PATIENCE) -> None:
        """Gives the channel back; the last user's call writes what is left, so long at most, and closes the file."""
        # Under the lock to the end: who opens the directory meanwhile must find all its records, and no second file.
        with self._lock:
            self._users -= 1
            if self._users > 0 or self._is_inside():
                self.flush(wait)
            elif self._shut(wait):
                self._open.pop(self._asked, None)
        self._tell()

    def _is_inside(self) -> bool:
        """Returns whether this thread is in the middle of logging: a signal handler that waited for it would wait for ever."""
        return self._putter == threading.get_ident()

    def _wait_for(self, done: Callable[[], bool], wait: float) -> bool:
        """Waits until something is so, unless the disk takes nothing. The caller holds the lock."""
        failures = self._failures
        self._changed.notify_all()
        self._changed.wait_for(lambda: done() or self._failures > failures, wait)
        return done()

    def _report_waiting(self, wait: float) -> None:
        if not self._failures:
            self._troubles["waiting"] = (
                f"{len(self._jobs)} steps are still to be written to {self.run_dir} after {wait:g} seconds. They are kept in "
                f"{SPOOL} there, and written as soon as that can be done, or when the folder is next opened."
            )

    def _shut(self, wait: float) -> bool:
        """Ends the thread once it has written what is left; returns whether it has ended."""
        with self._changed:
            thread, self._closing = self._thread, True
            self._changed.notify_all()
        if thread is not None:
            thread.join(wait)
        with self._changed:
            self._closing = False
            if thread is not None and thread.is_alive():
                self._report_waiting(wait)
                return False
            self._thread = None
            spool, self._spool = self._spool, None
            if spool is not None:
                with contextlib.suppress(OSError):
                    # What the disk did not take is recovered by the next one.
                    spool.close() if self._jobs else spool.delete()
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
        self._file.close()

    def _write_all(self, again: bool) -> None:
        """Writes what is queued.

        Args:
            again: whether to wait for more, and for the disk, until the channel closes.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closing or not again)
                if not self._jobs:
                    return
                job = self._jobs[0]
            if not self._write(job, again):
                return
            with self._changed:
                if self._jobs and self._jobs[0] is job:
                    self._jobs.popleft()
                    self._pending_bytes -= job.size
                    if not self._jobs:
                        with contextlib.suppress(OSError):
                            job.spool.clear()
                self._changed.notify_all()

    def _write(self, job: _Job, again: bool) -> bool:
        """Writes a step to the event file; returns whether it is done with, be it written or lost."""
        step, wall_time, records = self._encode(job)
        while records:
            with self._changed:
                if self._is_dropped(job):
                    return True
                file = self._file
            try:
                _write_event(file, step, wall_time, records)
            except OSError as error:
                if self._is_dropped(job):
                    return True
                with self._changed:
                    self._failures += 1
                    self._troubles.setdefault(
                        "disk",
                        f"Step {step} of {', '.join(map(repr, records))} could not be written to {self.run_dir}: "
                        f"{_reason_of(error)}. Training goes on; what is logged is kept in {SPOOL} there as far as there is room, "
                        "and written as soon as that can be done, or when the folder is next opened.",
                    )
                    self._changed.notify_all()
                    if self._closing or not again:
                        return False
                    self._changed.wait(_RETRY_SECONDS)
            except BaseException as error:  # whatever it is, it is about this step alone
                self._lose(step, ", ".join(map(repr, records)), _reason_of(error))
                return True
        return True

    def _encode(self, job: _Job) -> tuple[int, float, dict[str, list[Summary.Value]]]:
        """Returns step, wall time and by tag the values of a step; what cannot be encoded is told and left out."""
        records: dict[str, list[Summary.Value]] = {}
        step, wall_time, tag = 0, 0.0, ""
        try:
            if self._is_dropped(job):
                return step, wall_time, records
            spooled = job.spool.read(job.start)
            step, wall_time = spooled.step, spooled.wall_time
            for part in spooled.parts:
                if part.tag in job.known:
                    continue
                try:
                    values, memory = values_in(part, self._memory_of(part.tag, job))
                    records.setdefault(part.tag, []).extend(values)
                    self._memories[part.tag] = memory
                except (
                    BaseException
                ) as error:  # whatever it is, training must neither end nor wait for ever because of it
                    self._lose(step, repr(part.tag), _reason_of(error))
        except BaseException as error:
            if not self._is_dropped(job):
                self._lose(step, tag, _reason_of(error))
        return step, wall_time, records

    def _memory_of(self, tag: str, job: _Job) -> Any:
        """Returns what the record before has left; where another process logged this one, from what that has written."""
        memory, remember = job.memories.get(tag), KINDS[parse_tag(tag)[0]].remember
        if memory is None and remember is not None:
            memory = self._memories.get(tag) or remember(newest_record(self.run_dir, tag))
        return memory

    def _is_dropped(self, job: _Job) -> bool:
        """Returns whether the log that a step was logged to is gone: it must not turn up in the next one."""
        return job.spool is not self._spool or self._is_gone()

    def _tell(self) -> None:
        """Warns in the thread of the caller: the background thread has nobody to tell."""
        for about, message in list(self._troubles.items()):
            if about not in self._told:
                self._told.add(about)
                warnings.warn(message, stacklevel=_levels_to_caller())


def _write_event(file: EventFile, step: int, wall_time: float, records: dict[str, list[Summary.Value]]) -> None:
    """Writes records of one step as one Event, or where that would be too large, as several; takes out those written.

    Raises:
        OSError: if the disk did not take them all.
        ValueError: if a record is too large for an Event.
    """
    while records:
        tags: list[str] = []
        size = 0
        for tag, values in records.items():
            size += sum(value.ByteSize() for value in values)
            if tags and size > _EVENT_BYTES:
                break
            tags.append(tag)
        setups = {
            value.tag: value.tensor.string_val[0]
            for tag in tags
            for value in records[tag]
            if value.tag == f"setup/{tag}" and value.tensor.string_val
        }
        said = {tag for tag, setup in setups.items() if file.said.get(tag) == setup}
        file.write(
            encode_event(step, wall_time, [value for tag in tags for value in records[tag] if value.tag not in said])
        )
        file.said.update(setups)
        for tag in tags:
            del records[tag]


def _check_size(parts: Sequence[Part]) -> None:
    """Raises a ValueError if a record fits neither the format nor the memory."""
    less = "Log fewer layers (layers=), shorter texts or fewer rows at once."
    for part in parts:
        if part.raw.encoded_size > _EVENT_BYTES:
            raise ValueError(
                f"The record of {part.tag!r} may take {part.raw.encoded_size / 1e9:.1f} GB; expected at most 2 GB, what an event "
                f"file holds as one record. {less}"
            )
    size = sum(array.nbytes for part in parts for array in part.raw.arrays)
    free = available_memory() if size > _CHECKED_BYTES else None
    if free is not None and _TIMES_IN_MEMORY * size > free:
        raise ValueError(
            f"The record of {parts[0].tag!r} takes {_TIMES_IN_MEMORY * size / 1e9:.1f} GB of memory while it is encoded, and "
            f"{free / 1e9:.1f} GB are free. {less}"
        )


def _reason_of(error: BaseException) -> str:
    reason = str(error).rstrip(".")
    return reason if reason and isinstance(error, OSError | ValueError) else f"{type(error).__name__}: {reason}"


def _levels_to_caller() -> int:
    """Returns how many frames up whoever called this room stands, as `warnings.warn` counts them."""
    room = (__name__.rpartition(".")[0], "contextlib")
    callers = inspect.currentframe()
    levels = 0
    while callers is not None and callers.f_globals.get("__name__", "").startswith(room):
        levels, callers = levels + 1, callers.f_back
    return levels


@atexit.register
def _shut_all() -> None:
    channels = list(Channel._open.values())
    for channel in channels:
        channel._shut(PATIENCE)
    # A warning may be made an error: what is to be written is written before.
    for channel in channels:
        channel._tell()


def _begin_in_child() -> None:
    """Gives a forked process channels of its own: the parent's thread, and who held which lock, are not in it."""
    Channel._lock = threading.Lock()
    for channel in Channel._open.values():
        channel._start()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)
