"""Snapshots for the Projector: a bounded number of folders, written in a thread of its own."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tb_seqviz_plugin.log.cost import Cost
from tb_seqviz_plugin.projector.alignment import Alignment
from tb_seqviz_plugin.projector.files import Cloud, Store, read_snapshot, remove_snapshot, shown_labels, write_snapshot
from tb_seqviz_plugin.projector.sprite import SpriteFiles

MOST_BYTES = 256 << 20
"""All snapshots of a run take about so much of the disk at most, unless two of them alone take more."""

_NAME = re.compile(r"step-(\d+)")
_SPREAD = "spread.json"


@dataclass
class _Spread:
    """How the snapshots are spread over the training; kept beside them, for the next process.

    Args:
        every: every so many that are due one stays.
        due: how many were due so far.
        besides: the step of the newest, if it is not one of those that stay.
    """

    every: int = 1
    due: int = 0
    besides: int | None = None


class Snapshots:
    """The runs below a folder that the Projector shows, one per snapshot.

    With one more than `most`, or than there is room for, every second goes, but never the first and the newest, and from then on
    only every second that is due is taken: they stay evenly spread over the training, however long it takes. What is taken
    without being due gives way to the next. A number of records that is thinned out like this grows with the logarithm of the
    training's length: `most`, and half as many again each time that doubles.

    Args:
        folder: where they are, each in a folder of its own; those of an earlier process count.
        most: how many there may be, at least 2; of odd numbers one less.
        store: how vectors are written.
        sync: is called before the folder is first looked at, and when something in it has changed, with what is told what that
            costs.

    Attributes:
        folder: where they are.
        cost: what was written so far, in bytes, and in processor time of the thread.
    """

    def __init__(self, folder: Path, most: int, store: Store, sync: Callable[[Cost], None] = lambda cost: None) -> None:
        self.cost = Cost()
        self.folder, self._sync = folder, sync
        self._most = most // 2 * 2
        self._store = store
        self._spread: _Spread | None = None
        self._align: Alignment | None = None
        self._sprites = SpriteFiles()
        self._thread: ThreadPoolExecutor | None = None
        self._job: Future[None] | None = None

    @property
    def steps(self) -> list[int]:
        """The steps of the snapshots there are, rising."""
        names = (_NAME.fullmatch(path.name) for path in self.folder.glob("step-*"))
        return sorted(int(name[1]) for name in names if name)

    def is_due(self) -> bool:
        """Returns whether the next to be taken or passed over is one of those that stay."""
        spread = self._read_spread()
        return spread.due % spread.every == 0

    def pass_over(self) -> None:
        """Notes that one that the schedule asked for was not taken."""
        self._read_spread().due += 1

    def take(self, step: int, clouds: Sequence[Cloud]) -> None:
        """Writes a snapshot, each cloud aligned to the one before; waits for the one before to be written.

        Args:
            step: the training step, from 0.
            clouds: what to show; their arrays must not be changed afterwards.

        Raises:
            OSError: if the snapshot before could not be written.
        """
        self.wait()
        spread = self._read_spread()
        before = self.steps
        there = sorted({*(each for each in before if each != spread.besides), step})
        # The next will take about as much as the newest, but for its pictures, which are there already.
        size = _size([self._path(before[-1])], pictures=False) if before else 0
        room = MOST_BYTES - size
        while len(there) > 2 and (len(there) > self._most or _size(map(self._path, {*there} - {step})) > room):
            del there[1:-1:2]
            spread.every *= 2
        spread.besides = step if spread.due % spread.every else None
        spread.due += 1
        gone = sorted({*before} - {*there})
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="seqviz projector")
        self._job = self._thread.submit(self._write, step, clouds, gone, json.dumps(asdict(spread)))

    def wait(self) -> None:
        """Waits until the last snapshot is written.

        Raises:
            OSError: if it could not be written.
        """
        job, self._job = self._job, None
        if job is not None:
            job.result()

    def close(self) -> None:
        """Waits until all is written, and ends the thread.

        Raises:
            OSError: if the last snapshot could not be written.
        """
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()
        self.wait()

    def _write(self, step: int, clouds: Sequence[Cloud], gone: Sequence[int], spread: str) -> None:
        started = time.thread_time()
        if self._align is None:
            steps = self.steps
            self._align = Alignment(read_snapshot(self._path(steps[-1])) if steps else {})
        align = self._align
        aligned = [replace(cloud, vectors=align(cloud.name, shown_labels(cloud), cloud.vectors)) for cloud in clouds]
        write_snapshot(self._path(step), aligned, self._store, self._sprites)
        for each in gone:
            remove_snapshot(self._path(each))
        if self.folder.is_dir():
            (self.folder / _SPREAD).write_text(spread, encoding="utf-8")
        self._sync(self.cost)
        self.cost.bytes += _size([self._path(step)])
        self.cost.writing += time.thread_time() - started

    def _read_spread(self) -> _Spread:
        if self._spread is None:
            self._sync(self.cost)
            try:
                self._spread = _Spread(**json.loads((self.folder / _SPREAD).read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError):
                self._spread = _Spread(due=len(self.steps))
        return self._spread

    def _path(self, step: int) -> Path:
        return self.folder / f"step-{step:06d}"


def _size(folders: Iterable[Path], pictures: bool = True) -> int:
    """Returns how many bytes the files of folders take, those that several share counted once."""
    files = [path for folder in folders for path in folder.glob("*") if pictures or path.suffix != ".png"]
    return sum({(stat.st_dev, stat.st_ino): stat.st_size for stat in (path.stat() for path in files)}.values())
