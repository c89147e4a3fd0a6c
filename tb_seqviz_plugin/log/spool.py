"""The spool: what was logged and is still to be encoded, in a file of the run directory that outlives its process.

A logging call returns once its record is in there, as far as the operating system is concerned. Who holds the lock on it writes to
the directory; what a process that was killed has left in it, the next one that opens the directory encodes.

    4 bytes "SQS1" | u64 bytes of JSON | u64 bytes of arrays | u32 CRC-32C of the JSON | JSON | arrays

A record is whole or absent: what was cut short ends the file. It is no part of the format of logs, and read only by the version of
this package that wrote it, or a later one.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import stat
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.log.lock import LockedError, guarded, lock
from tb_seqviz_plugin.records.arguments import as_array
from tb_seqviz_plugin.wire.payload import Raw

SPOOL = "seqviz.spool"
"""Its name; that of an event file holds "tfevents", so that TensorBoard passes it over."""

_HEAD = struct.Struct("<4sQQI")
_MAGIC = b"SQS1"
_NUMBERS = "biuf"

Array = npt.NDArray[Any]


class SpoolError(ValueError):
    """Bytes in a spool that are no record."""


@dataclass(frozen=True)
class Part:
    """One record of a step.

    Args:
        tag: the record's tag.
        record: how many records the tag has had so far, this one counted.
        raw: what it was given as, or of a kind that is encoded at once, as the only array the bytes of a Summary.
        scalars: numbers for TensorBoard's own tab that are logged beside it, by tag.
    """

    tag: str
    record: int
    raw: Raw
    scalars: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Spooled:
    """What one logging call left: the records of one step, to be written as one Event.

    Args:
        step: of the records.
        wall_time: in seconds since 1970.
        parts: the records.
    """

    step: int
    wall_time: float
    parts: Sequence[Part]

    def packed(self) -> list[bytes | memoryview]:
        """Returns the bytes of it, in pieces that share the memory of its arrays."""
        arrays = [[np.asarray(array, order="C") for array in part.raw.arrays] for part in self.parts]
        said = json.dumps(
            {
                "step": self.step,
                "wall_time": self.wall_time,
                "parts": [
                    {
                        "tag": part.tag,
                        "record": part.record,
                        "said": part.raw.said,
                        "scalars": dict(part.scalars),
                        "arrays": [[array.dtype.str, array.shape] for array in own],
                    }
                    for part, own in zip(self.parts, arrays, strict=True)
                ],
            },
            default=_plain,
            separators=(",", ":"),
        ).encode()
        size = sum(array.nbytes for own in arrays for array in own)
        head = _HEAD.pack(_MAGIC, len(said), size, google_crc32c.value(said))
        return [head + said, *(array.reshape(-1).view(np.uint8).data for own in arrays for array in own)]


@dataclass(frozen=True)
class Place:
    """Where a record lies in a spool, and what it holds.

    Args:
        start: its first byte.
        end: the byte after it.
        step: of the records.
        wall_time: in seconds since 1970.
        records: per tag, how many records it has had, this one counted.
    """

    start: int
    end: int
    step: int
    wall_time: float
    records: Mapping[str, int]


_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""Whoever may write to a log directory could otherwise have another file emptied by who may write to that."""


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_LINK)


def _make(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT | _NO_LINK, 0o666)


class Spool:
    """The spool of a run directory, held by this process.

    Args:
        run_dir: the directory, which there must be.
        read_only: whether nothing is to be made or changed.

    Attributes:
        is_locked: whether no other process can hold it, too; False where the file system has no locks.
        end: the byte after its last record.

    Raises:
        LockedError: if another process holds it.
        OSError: if it cannot be made or written to.
    """

    def __init__(self, run_dir: Path, read_only: bool = False) -> None:
        self.path = run_dir / SPOOL
        while True:
            self._file = (
                io.FileIO(self.path, "r", opener=_open) if read_only else io.FileIO(self.path, "r+", opener=_make)
            )
            self._check_kind()
            self.is_locked = lock(self._file)
            # By itself, so that the thread that encodes reads while another one logs.
            with contextlib.suppress(FileNotFoundError):
                self._reader = io.FileIO(self.path, "r", opener=_open)
                # Who held it before may have deleted it in between.
                if not self.is_gone() and os.path.sameopenfile(self._file.fileno(), self._reader.fileno()):
                    break
            self._file.close()
        self.end = os.fstat(self._file.fileno()).st_size

    def _check_kind(self) -> None:
        """Raises an OSError unless it is an ordinary file, of this package as far as can be told: it will be emptied."""
        there = os.fstat(self._file.fileno())
        if stat.S_ISREG(there.st_mode) and there.st_nlink <= 1:
            begins = self._file.read(len(_MAGIC)) or b""
            if begins == _MAGIC[: len(begins)]:
                return
        self._file.close()
        raise OSError(f"{self.path} is no spool of this package; delete or move it, or log to another folder.")

    def is_gone(self) -> bool:
        """Returns whether it, or a folder above it, was deleted or moved. A look takes 4 µs."""
        try:
            there = os.stat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        own = os.fstat(self._file.fileno())
        return (there.st_ino, there.st_dev) != (own.st_ino, own.st_dev)

    def append(self, pieces: Sequence[bytes | memoryview]) -> int:
        """Appends a record; returns where it begins.

        Raises:
            OSError: if it could not be written whole; then none of it is there.
        """
        start = self.end
        try:
            self._file.seek(start)
            for piece in pieces:
                left = memoryview(piece)
                while left:
                    left = left[self._file.write(left) :]
        except BaseException:
            self._file.truncate(start)
            raise
        self.end = self._file.tell()
        return start

    def records(self) -> list[Place]:
        """Returns where whole records lie, and forgets what comes after them: a record that was cut short."""
        found: list[Place] = []
        try:
            while True:
                start = found[-1].end if found else 0
                said, size, body = self._said(start)
                records = {part["tag"]: part["record"] for part in said["parts"]}
                found.append(Place(start, body + size, said["step"], said["wall_time"], records))
        except SpoolError:
            self.end = found[-1].end if found else 0
            return found

    def read(self, start: int) -> Spooled:
        """Returns the record that begins at a byte.

        Raises:
            SpoolError: if there is none.
            OSError: if it cannot be read.
        """
        said, size, _ = self._said(start)
        body = np.empty(size, np.uint8)
        self._fill(body.data)
        arrays = _arrays(body, [layout for part in said["parts"] for layout in part["arrays"]])
        parts = [
            Part(
                part["tag"],
                part["record"],
                Raw(part["said"], [next(arrays) for _ in part["arrays"]]),
                part.get("scalars", {}),
            )
            for part in said["parts"]
        ]
        return Spooled(said["step"], said["wall_time"], parts)

    def clear(self) -> None:
        """Empties it: all that it held is in event files."""
        self._file.truncate(0)
        self.end = 0

    def delete(self) -> None:
        """Empties and deletes it, and lets go of it."""
        self._file.truncate(0)
        if not self.is_gone():
            self.path.unlink()
        self.close()

    def close(self) -> None:
        """Lets go of it; what it holds, the next one who opens the directory encodes."""
        self._file.close()
        self._reader.close()

    def _said(self, start: int) -> tuple[dict[str, Any], int, int]:
        """Returns what a record says, the size of its arrays, and where they begin; the reader stands there."""
        size = os.fstat(self._reader.fileno()).st_size
        self._reader.seek(start)
        head = self._reader.read(_HEAD.size) or b""
        if len(head) < _HEAD.size:
            raise SpoolError(f"{self.path} ends at byte {start}.")
        magic, length, arrays, checksum = _HEAD.unpack(head)
        body = start + _HEAD.size + length
        if magic != _MAGIC or body + arrays > size:
            raise SpoolError(f"{self.path} holds no whole record at byte {start}.")
        said = bytearray(length)
        self._fill(memoryview(said))
        if google_crc32c.value(bytes(said)) != checksum:
            raise SpoolError(f"{self.path} holds a damaged record at byte {start}.")
        return _checked(said), arrays, body

    def _fill(self, memory: memoryview) -> None:
        while memory:
            read = self._reader.readinto(memory)
            if not read:
                raise SpoolError(f"{self.path} is shorter than its records.")
            memory = memory[read:]


def _checked(said: bytearray) -> dict[str, Any]:
    """Returns the JSON of a record, if it is one of a record at all."""
    try:
        values: dict[str, Any] = json.loads(said)
        if not isinstance(values["step"], int) or not math.isfinite(values["wall_time"]):
            raise TypeError("no step or time")
        for part in values["parts"]:
            if not isinstance(part["tag"], str) or not isinstance(part["record"], int):
                raise TypeError("no tag or number")
            if not all(isinstance(value, float) for value in part.get("scalars", {}).values()):
                raise TypeError("no numbers")
        return values
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise SpoolError(f"A record in a spool is none of this package ({error!r}).") from error


def left_in(run_dir: Path) -> list[Spooled]:
    """Returns what a killed process has left in the spool of a directory, which stays as it is; nothing while that process lives.

    Raises:
        OSError: if it cannot be read.
    """
    path = run_dir / SPOOL
    if not path.exists() or not path.stat().st_size:
        return []
    try:
        # Who opens the directory meanwhile waits, and does not take this for a process that writes there.
        with guarded(run_dir, wait=0):
            spool = Spool(run_dir, read_only=True)
            try:
                return [spool.read(place.start) for place in spool.records()] if spool.is_locked else []
            finally:
                spool.close()
    except LockedError:
        return []


def _arrays(body: npt.NDArray[np.uint8], layouts: Sequence[tuple[str, Sequence[int]]]) -> Iterator[Array]:
    """Yields the arrays that bytes hold, one after the other."""
    start = 0
    for name, shape in layouts:
        dtype = np.dtype(name)
        size = dtype.itemsize * math.prod(shape)
        if dtype.kind not in _NUMBERS or min(shape, default=0) < 0 or start + size > len(body):
            raise SpoolError(f"An array of dtype {name} and shape {shape} does not fit {len(body)} bytes.")
        yield body[start : start + size].view(dtype).reshape(shape)
        start += size


def _plain(value: Any) -> Any:
    """Returns what JSON knows for what it does not: numpy's numbers and arrays, and any other sequence or number."""
    if hasattr(value, "__array__"):
        return as_array(value).tolist()
    return float(value) if hasattr(value, "__float__") else list(value)
