"""Uploads: what is closed in the folder of an address goes to the store, one file after the other, beside the training."""

from __future__ import annotations

import atexit
import concurrent.futures.thread
import contextlib
import functools
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tb_seqviz_plugin.log.cost import Cost
from tb_seqviz_plugin.log.events import entries_in, event_files
from tb_seqviz_plugin.log.remote.address import is_mirror_root, shown
from tb_seqviz_plugin.log.remote.copies import COPIES, Copies, state_of
from tb_seqviz_plugin.log.remote.ledger import LEDGER, Ledger
from tb_seqviz_plugin.log.remote.store import SECONDS_TO_ANSWER, Store, StoreError, processor_seconds, within
from tb_seqviz_plugin.log.spool import SPOOL
from tb_seqviz_plugin.log.troubles import Troubles, reason_of

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 120.0
"""Seconds to wait before a failed upload is tried again: twice as many each time."""
_HOPELESS = 5
"""Where so many tries in a row have failed, whoever waits for what is uploaded does so for one more."""


@functools.cache
def before_exit(do: Callable[[], None]) -> None:
    """Has something done once at the end of the process, before executors are shut down, as they are when `atexit` comes."""
    # The last that is registered comes first, so that the executors, imported above, are still there then.
    assert concurrent.futures.thread
    with contextlib.suppress(RuntimeError):  # at the end already
        getattr(threading, "_register_atexit", atexit.register)(do)


def is_waited_for(thread: threading.Thread) -> bool:
    """Returns whether Python waits for a thread before it ends; those of executors would wait for work for ever."""
    of_executors = getattr(concurrent.futures.thread, "_threads_queues", ())
    return thread.is_alive() and not (thread.daemon or thread is threading.main_thread() or thread in of_executors)


class Uploads:
    """What is uploaded of a run directory, by a thread of its own, in the order in which it was written.

    What is still to be uploaded is what lies in the folder: whoever opens it next goes on with that.

    Args:
        asked: the folder that stands for the address that was given.
        run_dir: where this process writes, that folder or one in it; no other process writes there.
        troubles: is told what goes wrong.

    Attributes:
        ledger: what the store held of the run when it was opened.
    """

    def __init__(self, asked: Path, run_dir: Path, troubles: Troubles) -> None:
        self._asked, self._run_dir, self._troubles = asked, run_dir, troubles
        self._store = Store(shown(asked))
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = self._hurried = False
        self._failures = 0
        self._failed: StoreError | None = None
        self._copies: dict[Path, Copies] = {}
        self._there: dict[str, int] = {}
        self.ledger = self._look()
        # By path, in order: what is to be done with it.
        self._shares: dict[Path, Mapping[Cost, int]] = {}
        self._queue: dict[Path, Callable[[], None]] = {
            path: functools.partial(self._upload_part, path) for path in self._left()
        }
        for path in sorted(run_dir.rglob(COPIES)):
            if not any(each in path.parents for each in self._beside() if (each / SPOOL).exists()):
                self._queue_copies(path.parent)

    def sizes(self) -> dict[str, int]:
        """Returns the names of the event files that the store holds, with their sizes in bytes."""
        with self._changed:
            return {name: size for name, size in self._there.items() if "tfevents" in name}

    def begin(self) -> None:
        """Begins with what an earlier process has left."""
        with self._changed:
            if self._queue:
                self._start_thread()

    def add(self, part: Path, shares: Mapping[Cost, int]) -> None:
        """Uploads an event file that is closed, and deletes it then.

        Args:
            part: the file.
            shares: how many bytes are whose, who are told of what it costs, in time.
        """
        with self._changed:
            self._queue[part] = functools.partial(self._upload_part, part)
            self._shares[part] = shares
            self._start_thread()

    def sync(self, folder: Path, cost: Cost) -> None:
        """Brings the store in step with a folder below the one asked for; where there is none, it is downloaded first.

        Args:
            folder: of this machine.
            cost: is told of what that costs, in time.
        """
        with self._changed:
            is_known = folder in self._copies
        if not is_known and not folder.exists():
            folder.mkdir(parents=True)
            try:
                address = Store(shown(folder))
                fetched = within(2 * SECONDS_TO_ANSWER, lambda: address.fetch(folder))
            except StoreError as error:
                fetched = []
                self._troubles.add(
                    "look", f"What {shown(folder)} holds could not be looked at, and is begun anew: {reason_of(error)}."
                )
            with self._changed:
                copies = self._copies[folder] = Copies(folder)
                for path in fetched:
                    copies.note(path, state_of(path))
        with self._changed:
            self._queue_copies(folder)
            self._shares.update((path, {cost: 1}) for path in self._queue if folder in path.parents)
            if self._queue:
                self._start_thread()

    def wait(self, seconds: float) -> bool:
        """Waits until all is uploaded; returns whether it is.

        It does not wait on where trying again does not help, and where uploads have been failing for long, for one try only.
        """
        with self._changed:
            before, self._hurried = self._failures, True
            if self._queue:
                self._start_thread()
            self._changed.wait_for(lambda: not self._queue or self._closing or self._is_stuck(before), seconds)
            if not self._queue:
                return True
            # What is uploaded meanwhile is gone.
            size = sum(sum(state_of(path)[:1]) for path in self._queue)
            reason = f" ({reason_of(self._failed)})" if self._failed else f" after {max(seconds, 0):.3g} seconds"
            self._troubles.add(
                "kept",
                f"Still to be uploaded to {shown(self._asked)}: {len(self._queue)} file{'s' * (len(self._queue) != 1)}, "
                f"{size / 1e6:.1f} MB{reason}. They are kept in {self._asked}, and uploaded as soon as that can be done, or by "
                "the next Writer of that address.",
            )
            return False

    def stop(self) -> None:
        """Ends with what is being uploaded; the rest stays in the folder."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def tidy(self) -> None:
        """Takes away what stood for the address on this machine, once all is uploaded; what another process writes there stays."""
        if self._queue:
            return
        with contextlib.suppress(OSError):
            for folder in self._copies:
                shutil.rmtree(folder)
            for folder in (*self._left_beside(), self._run_dir):
                (folder / LEDGER).unlink(missing_ok=True)
                folder.rmdir()
            folder = self._run_dir.parent
            while not is_mirror_root(folder):
                folder.rmdir()
                folder = folder.parent

    # What there is.

    def _look(self) -> Ledger:
        """Returns what the store holds, which others may have written or deleted meanwhile."""
        here = Ledger.of_file(self._run_dir / LEDGER)
        store = Store(shown(self._run_dir))
        try:
            return within(SECONDS_TO_ANSWER, lambda: self._look_into(store, here))
        except StoreError as error:
            self._troubles.add(
                "look",
                f"What {shown(self._run_dir)} holds could not be looked at, and steps go on from what this machine knows of it: "
                f"{reason_of(error)}.",
            )
            return here

    def _look_into(self, store: Store, here: Ledger) -> Ledger:
        sizes = store.sizes()
        parts = sorted(name for name in sizes if "tfevents" in name)
        there = Ledger.of_bytes(store.read(LEDGER)) if LEDGER in sizes else Ledger()
        known = max(
            (each for each in (here, there) if each.until in sizes), key=lambda each: each.until, default=Ledger()
        )
        new = [name for name in parts if name > known.until and not (self._run_dir / name).exists()]
        if new:
            with tempfile.TemporaryDirectory() as folder:
                for path in sorted(store.fetch(Path(folder), set(new).__contains__)):
                    known.add(path.name, entries_in(path.parent, path))
        self._there = sizes
        return known

    def _left(self) -> list[Path]:
        """Returns the parts that earlier processes have closed, or were killed before they did."""
        return [path for folder in (self._run_dir, *self._left_beside()) for path in event_files(folder)]

    def _beside(self) -> list[Path]:
        """Returns the folders in that of this process, each of a process that has written, or writes, beside it."""
        return sorted(self._run_dir.glob("process-*"))

    def _left_beside(self) -> list[Path]:
        """Returns those of processes that have ended."""
        return [each for each in self._beside() if not (each / SPOOL).exists()]

    def _queue_copies(self, folder: Path) -> None:
        copies = self._copies.setdefault(folder, Copies(folder))
        for path in copies.gone():
            self._queue[path] = functools.partial(self._remove_copy, copies, path)
        for path in copies.changed():
            # Also where it is being uploaded as it was before.
            self._queue[path] = functools.partial(self._upload_copy, copies, path)

    def _name(self, path: Path) -> str:
        return path.relative_to(self._asked).as_posix()

    # In the background.

    def _start_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(
                target=self._run, name=f"seqviz uploads of {self._run_dir.name}", daemon=True
            )
            with contextlib.suppress(RuntimeError):  # at the end of the process: the rest stays in the folder
                self._thread.start()
        self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing)
                if self._closing or not self._queue:
                    return
                path, do = next(iter(self._queue.items()))
            started = processor_seconds()
            try:
                do()
            except Exception as error:
                if path.exists():
                    self._share(path, processor_seconds() - started)
                    self._pause(error if isinstance(error, StoreError) else StoreError(reason_of(error), lasts=False))
                    continue
            self._share(path, processor_seconds() - started)
            with self._changed:
                self._failures, self._failed = 0, None
                if self._queue.get(path) is do:
                    del self._queue[path]
                    self._shares.pop(path, None)
                self._changed.notify_all()

    def _share(self, path: Path, seconds: float) -> None:
        """Tells those who have written a file what it took."""
        shares = self._shares.get(path, {})
        for cost, count in shares.items():
            cost.uploading += seconds * count / sum(shares.values())

    def _pause(self, error: StoreError) -> None:
        self._troubles.add(
            "upload",
            f"Nothing is uploaded to {shown(self._asked)} for now: {reason_of(error)}. Training goes on; what is logged is kept in "
            f"{self._asked}, and uploaded as soon as that can be done, or by the next Writer of that address.",
        )
        with self._changed:
            self._failures, self._failed, self._hurried = self._failures + 1, error, False
            self._changed.notify_all()
        self._sleep(min(_FIRST_PAUSE * 2 ** min(self._failures - 1, 10), _LONGEST_PAUSE))

    def _sleep(self, seconds: float) -> None:
        """Waits, unless somebody waits for what is uploaded."""
        with self._changed:
            self._changed.wait_for(lambda: self._hurried or self._closing, seconds)

    def _is_stuck(self, before: int) -> bool:
        """Returns whether it helps nothing to wait on, when so many tries in a row had failed before."""
        return self._failures > before and self._failed is not None and (self._failed.lasts or before >= _HOPELESS)

    def _upload_part(self, path: Path) -> None:
        if not path.exists():
            return
        name, is_own = self._name(path), path.parent == self._run_dir
        # An earlier process may have been killed when it was uploaded and not yet deleted.
        if not is_own or self._there.get(path.name) != path.stat().st_size:
            self._store.put(path, name)
        if is_own:
            with self._changed:
                self._there[path.name] = path.stat().st_size
            if path.name > self.ledger.until:
                self.ledger.add(path.name, entries_in(path.parent, path))
            written = self._run_dir / LEDGER
            written.write_bytes(self.ledger.to_bytes())
            with self._changed:
                is_last = not any(other.parent == path.parent for other in self._queue if other != path)
            if is_last:
                self._store.put(written, self._name(written))
        path.unlink(missing_ok=True)

    def _upload_copy(self, copies: Copies, path: Path) -> None:
        state = state_of(path)
        if state and not copies.has(path, state):
            self._store.put(path, self._name(path))
        with self._changed:
            copies.note(path, state)

    def _remove_copy(self, copies: Copies, path: Path) -> None:
        if not path.exists():
            self._store.remove(self._name(path))
            with self._changed:
                copies.note(path, [])
