"""Snapshots for the Projector: a bounded number of folders, written in a thread of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from tb_seqviz_plugin.alignment import Alignment
from tb_seqviz_plugin.projector import Cloud, Store, remove_snapshot, write_snapshot

MOST_BYTES = 256 << 20
"""All snapshots of a run take about so much of the disk at most, unless two of them alone take more."""

_NAME = re.compile(r"step-(\d+)")


class Snapshots:
    """The runs below a folder that the Projector shows, one per snapshot.

    With one more than `most`, every second goes, but never the first and the newest, and from then on only every second that is
    due is taken: they stay evenly spread over the training, however long it takes. A number of records that is thinned out
    like this grows with the logarithm of the training's length: `most`, and half as many again each time that doubles.

    Args:
        folder: where they are, each in a folder of its own.
        most: how many there may be, at least 2; of odd numbers one less.
        store: how vectors are written.
    """

    def __init__(self, folder: Path, most: int, store: Store) -> None:
        self._folder = folder
        self._most = most
        self._store = store
        self._every = 1
        self._times_due = 0
        self._align = Alignment()
        self._thread: ThreadPoolExecutor | None = None
        self._job: Future[None] | None = None

    @property
    def steps(self) -> list[int]:
        """The steps of the snapshots there are, rising."""
        names = (_NAME.fullmatch(path.name) for path in self._folder.glob("step-*"))
        return sorted(int(name[1]) for name in names if name)

    def is_due(self) -> bool:
        """Returns whether to take a snapshot, asked each time that the schedule would."""
        self._times_due += 1
        return (self._times_due - 1) % self._every == 0

    def take(self, step: int, clouds: Sequence[Cloud]) -> None:
        """Writes a snapshot, each cloud aligned to the one before; waits for the one before to be written.

        Args:
            step: the training step.
            clouds: what to show; their arrays are to be left alone from then on.

        Raises:
            OSError: if the snapshot before could not be written.
        """
        self.wait()
        size = sum(cloud.vectors.nbytes for cloud in clouds)
        # Even, so that the newest is one of those that stay evenly spread.
        most = max(2, min(self._most, MOST_BYTES // max(size, 1)) // 2 * 2)
        there = sorted({*self.steps, step})
        gone: list[int] = []
        while len(there) > most:
            gone += there[1:-1:2]
            there = [each for each in there if each not in gone]
            self._every *= 2
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="seqviz projector")
        self._job = self._thread.submit(self._write, step, clouds, gone)

    def wait(self) -> None:
        """Waits until the last snapshot is written.

        Raises:
            OSError: if it could not be written.
        """
        job, self._job = self._job, None
        if job is not None:
            job.result()

    def close(self) -> None:
        """Waits until all is written, and ends the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()
        self.wait()

    def _write(self, step: int, clouds: Sequence[Cloud], gone: Sequence[int]) -> None:
        aligned = [replace(cloud, vectors=self._align(cloud.name, cloud.labels, cloud.vectors)) for cloud in clouds]
        write_snapshot(self._path(step), aligned, self._store)
        for each in gone:
            remove_snapshot(self._path(each))

    def _path(self, step: int) -> Path:
        return self._folder / f"step-{step:06d}"
