"""The log of a run directory: its spool, its event file, and what both hold. Which thread does what, the channel says."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tensorboard.compat.proto.summary_pb2 import Summary

from tb_seqviz_plugin.log.cost import Cost
from tb_seqviz_plugin.log.encoding import EVENT_BYTES, values_in
from tb_seqviz_plugin.log.event_file import EventFile, Parts, cut_torn_end
from tb_seqviz_plugin.log.events import entries_of, event_files, newest_record
from tb_seqviz_plugin.log.lock import LockedError, guarded
from tb_seqviz_plugin.log.remote.address import address_of, shown
from tb_seqviz_plugin.log.remote.ledger import LEDGER, Ledger
from tb_seqviz_plugin.log.spool import SPOOL, Part, Spool, Spooled
from tb_seqviz_plugin.log.troubles import Troubles, reason_of
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.schema import parse_tag
from tb_seqviz_plugin.wire.summary import encode_event

if TYPE_CHECKING:
    from tb_seqviz_plugin.log.remote.uploads import Uploads

_PART_SECONDS = 30.0
_PART_BYTES = 64 << 20
"""An event file goes to an object store whole: it is closed so long after its first record, or once it is so large."""
_RECOVERY_SECONDS = 30.0
"""How long to wait for another process that recovers what a killed one has left."""


@dataclass(frozen=True, eq=False)
class Job:
    """A step in the spool that is still to be written.

    Args:
        log: which it was logged to.
        start: where in the spool it begins.
        size: bytes that it takes there.
        written: tags of those of its records that are in an event file already.
        memories: by tag, what its records are encoded with; empty where another process logged it.
        cost: is told what it costs to write it.
    """

    log: RunLog
    start: int
    size: int
    written: frozenset[str] = frozenset()
    memories: Mapping[str, Any] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)


@dataclass
class Step:
    """A step that is encoded.

    Args:
        step: of the records.
        wall_time: in seconds since 1970.
        records: by tag the values of those that are still to be written.
    """

    step: int
    wall_time: float
    records: dict[str, list[Summary.Value]]

    @property
    def tags(self) -> str:
        """The tags, to be read."""
        return ", ".join(map(repr, self.records))


class RunLog:
    """A log, as long as it is where it was: where a directory was deleted or moved, and is made anew, it is another one.

    Args:
        run_dir: the directory.
        spool: its spool, None where there is none yet.
        uploads: what takes its files to an object store, None where they stay.

    Attributes:
        left: what another process has left in the spool.
        wall_time: when the last record was logged, in seconds since 1970; later ones are later, whatever the clock says.
    """

    def __init__(self, run_dir: Path, spool: Spool | None = None, uploads: Uploads | None = None) -> None:
        self.run_dir, self.spool, self.uploads = run_dir, spool, uploads
        places = [] if spool is None else spool.records()
        if places:
            cut_torn_end(run_dir)
        parts = None if uploads is None else Parts(self._upload, _PART_SECONDS, _PART_BYTES)
        uploaded = Ledger.of_file(run_dir / LEDGER) if uploads is None else uploads.ledger
        self._file = EventFile(run_dir, parts, uploaded.until)
        # Per tag: the highest step and the number of records, those of earlier processes included.
        self._logged: dict[str, tuple[int, int]] = {}
        self.wall_time = 0.0
        # Who wrote how many bytes of the event file that is open.
        self._shares: dict[Cost, int] = {}
        self._memories: dict[str, Any] = {}
        for tag, logged in uploaded.logged.items():
            self.note(tag, logged.step, logged.wall_time, logged.records)
        entries = [entry for entry in entries_of(run_dir) if entry.path.name > uploaded.until]
        for entry in entries:
            self.note(entry.tag, entry.step, entry.wall_time, self.count(entry.tag) + 1)
        known = {(entry.tag, entry.step, entry.wall_time) for entry in entries} if places else set()
        self.left: list[Job] = []
        for place in places:
            written = {
                tag
                for tag, record in place.records.items()
                if (tag, place.step, place.wall_time) in known or record <= uploaded.records(tag)
            }
            for tag in place.records.keys() - written:
                self.note(tag, place.step, place.wall_time, place.records[tag])
            if len(written) < len(place.records):
                self.left.append(Job(self, place.start, place.end - place.start, frozenset(written)))
        if spool is not None and not self.left:
            spool.clear()

    @classmethod
    def claim(cls, asked: Path, make: bool, troubles: Troubles) -> RunLog:
        """Returns the log of the first directory that no other process writes to: the one asked for, or one in it.

        Args:
            asked: the directory.
            make: whether to make it and its spool where there is none.
            troubles: is told where it is another one.

        Raises:
            OSError: if nothing can be written there.
        """
        for number in itertools.count(1):
            run_dir = asked if number == 1 else asked / f"process-{number}"
            if make:
                run_dir.mkdir(parents=True, exist_ok=True)
            try:
                with guarded(run_dir, _RECOVERY_SECONDS):
                    spool = Spool(run_dir) if make or (run_dir / SPOOL).exists() else None
            except LockedError:
                continue
            uploads = None
            if address_of(asked) is not None:
                # What talks to object stores is loaded for whoever gives an address.
                from tb_seqviz_plugin.log.remote.uploads import Uploads

                uploads = Uploads(asked, run_dir, troubles)
            if number > 1:
                troubles.add(
                    "process",
                    f"Another process writes to {shown(asked)}, so that this one writes to {shown(run_dir)}, which TensorBoard "
                    "shows as a run of its own. Give each process a folder of its own.",
                )
            return cls(run_dir, spool, uploads)
        raise AssertionError("unreachable")

    def is_gone(self) -> bool:
        """Returns whether it was deleted or moved."""
        return self._file.is_gone() or (self.spool is not None and self.spool.is_gone())

    def let_go(self) -> None:
        """Gives up what is gone: what was queued is gone with it, or where the directory was moved to, the next one recovers it."""
        if self.spool is not None:
            with suppress(OSError):
                self.spool.close() if self.spool.is_gone() else self.spool.delete()
        if self.uploads is not None:
            self.uploads.stop()

    def close(self, is_written: bool) -> None:
        """Lets go of the directory; what is not written stays in the spool for the next one."""
        spool, self.spool = self.spool, None
        if spool is not None:
            with suppress(OSError):
                spool.delete() if is_written else spool.close()
        if self.uploads is not None:
            self.uploads.stop()
            self.uploads.tidy()

    def close_file(self) -> None:
        """Closes the event file; what is written after that begins another."""
        self._file.close()

    def _upload(self, part: Path) -> None:
        shares, self._shares = self._shares, {}
        assert self.uploads is not None
        self.uploads.add(part, shares)

    def seconds_left(self) -> float | None:
        """Returns after how many seconds the event file has to be closed, None if that is not so."""
        return self._file.seconds_left()

    # What it holds.

    def note(self, tag: str, step: int, wall_time: float, record: int) -> None:
        """Notes a record: its place among those of its tag."""
        last, count = self._logged.get(tag, (step, 0))
        self._logged[tag] = max(step, last), max(record, count)
        self.wall_time = max(wall_time, self.wall_time)

    def count(self, tag: str) -> int:
        """Returns how many records of a tag there are."""
        return self._logged.get(tag, (0, 0))[1]

    def last_step(self, tag: str) -> int | None:
        """Returns the highest step of a tag, None if there is none."""
        return self._logged[tag][0] if tag in self._logged else None

    def size(self) -> int:
        """Returns how many bytes its event files take, here and in the object store."""
        sizes = {} if self.uploads is None else self.uploads.sizes()
        for path in event_files(self.run_dir):
            with suppress(OSError):  # uploaded in between
                sizes[path.name] = path.stat().st_size
        return sum(sizes.values())

    def last_step_below(self, tag: str) -> int | None:
        """Returns the highest step of a tag and of those below it, None if there is none."""
        return max((step for each, (step, _) in self._logged.items() if f"{each}/".startswith(f"{tag}/")), default=None)

    # From the spool to the event file.

    def encode(self, job: Job, troubles: Troubles) -> Step:
        """Returns a step as it is written; what cannot be encoded is told and left out.

        Raises:
            ValueError: if the spool holds something else.
            OSError: if it cannot be read.
        """
        assert self.spool is not None
        spooled: Spooled = self.spool.read(job.start)
        done = Step(spooled.step, spooled.wall_time, {})
        for part in spooled.parts:
            if part.tag in job.written:
                continue
            try:
                values, memory = values_in(part, self._memory_of(part, job))
                done.records.setdefault(part.tag, []).extend(values)
                self._memories[part.tag] = memory
            except BaseException as error:  # whatever it is, training must neither end nor wait for ever because of it
                troubles.add("lost", lost(spooled.step, repr(part.tag), self.run_dir, reason_of(error)))
        return done

    def write(self, step: Step, cost: Cost) -> None:
        """Writes a step as one Event, or where that would be too large, as several; takes out of it what is written.

        Args:
            step: the step.
            cost: is told of the bytes.

        Raises:
            OSError: if the disk did not take all.
            ValueError: if a record is too large for an Event.
        """
        while step.records:
            tags = _fitting(step.records)
            setups = {
                value.tag: value.tensor.string_val[0]
                for tag in tags
                for value in step.records[tag]
                if value.tag == f"setup/{tag}" and value.tensor.string_val
            }
            said = {tag for tag, setup in setups.items() if self._file.said.get(tag) == setup}
            values = [value for tag in tags for value in step.records[tag] if value.tag not in said]
            event = encode_event(step.step, step.wall_time, values)
            self._file.write(event)
            cost.bytes += len(event)
            self._shares[cost] = self._shares.get(cost, 0) + len(event)
            self._file.said.update(setups)
            for tag in tags:
                del step.records[tag]

    def _memory_of(self, part: Part, job: Job) -> Any:
        """Returns what the record before has left; where another process logged this one, from what that has written."""
        memory, remember = job.memories.get(part.tag), KINDS[parse_tag(part.tag)[0]].remember
        if memory is None and remember is not None:
            memory = self._memories.get(part.tag) or remember(newest_record(self.run_dir, part.tag))
        return memory


def lost(step: int, tags: str, run_dir: Path, reason: str) -> str:
    """Returns the sentence about a step that is lost."""
    return (
        f"Step {step} of {tags} could not be logged to {run_dir}: {reason}. Training goes on; this and any later failure loses the "
        "step concerned."
    )


def _fitting(records: Mapping[str, Sequence[Summary.Value]]) -> list[str]:
    """Returns the first tags whose values fit into one Event, one at least."""
    tags: list[str] = []
    size = 0
    for tag, values in records.items():
        size += sum(value.ByteSize() for value in values)
        if tags and size > EVENT_BYTES:
            break
        tags.append(tag)
    return tags
