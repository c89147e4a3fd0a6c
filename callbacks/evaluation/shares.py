"""Evaluations that several processes share: each counts a part of the data set, and the chief puts the counts together.

Counts go through files of the run's folder and not through a collective: a collective would wait for ever for a worker that has no
logger, has failed, or logs at other steps. What does not come the chief counts itself, so that its table is the same in any case.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.chief import place_among_workers
from tb_seqviz_plugin.callbacks.evaluation.evaluator import Evaluator
from tb_seqviz_plugin.callbacks.evaluation.one_pass import Counts
from tb_seqviz_plugin.callbacks.evaluation.tally import Tally
from tb_seqviz_plugin.log.remote.address import address_of
from tb_seqviz_plugin.records.remarks import remark

Array = npt.NDArray[Any]

PATIENCE = 5.0
"""Seconds that the chief waits for others at least, or as long as its own part took, once that is counted."""
_UNSEEN = 1.0
"""The same while it has seen none of them begin."""
_TALLY = ("index", "confusion", "scores", "labels")


class Shares:
    """The parts of the evaluations of one logger.

    Args:
        folder: of the run, which all workers see; one that stands for an address of an object store is not shared.
        name: of the logger, the same on all workers.
        evaluator: counts.
        tell: is told if others do not come.
    """

    def __init__(self, folder: Path, name: str, evaluator: Evaluator, tell: Callable[[str], None]) -> None:
        self._folder, self._evaluator, self._tell = folder / "shares", evaluator, tell
        self._prefix = _digest(name.encode())
        self._worker, self._workers = place_among_workers() if address_of(folder) is None else (0, 1)
        self._left: Path | None = None

    def counted(self, model: keras.Model) -> list[Counts]:
        """Returns, on the chief, the counts of all parts for the model as it is now; each example is in one."""
        workers = self._workers_for(model)
        began = time.monotonic()
        found = [self._evaluator.count(model, 0, workers)]
        if workers == 1:
            return found
        counted = time.monotonic()
        key = self._key(model)
        missing = dict.fromkeys(range(1, workers))
        while missing and time.monotonic() < counted + max(self._patience(missing), counted - began):
            for worker in list(missing):
                path = self._path(key, worker)
                with contextlib.suppress(OSError, ValueError, KeyError, BadZipFile):  # not there, or damaged
                    found.append(_read(path))
                    del missing[worker]
            if missing:
                time.sleep(0.01)
        self._clear()
        if missing:
            self._workers = 1
            self._tell(remark("workers missing", workers=", ".join(map(str, missing))))
            found += [self._evaluator.count(model, worker, workers) for worker in missing]
        return found

    def leave(self, model: keras.Model) -> None:
        """Counts, on a worker that is not the chief, its part, and leaves the counts for the chief."""
        if self._left is not None and self._left.exists():  # the chief does without
            self._left.unlink(missing_ok=True)
            self._workers = 1
        if self._workers == 1:
            return
        unfinished = self._unfinished(self._worker)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        unfinished.touch()
        try:
            workers = self._workers_for(model)
            if self._worker >= workers:
                return
            counts = self._evaluator.count(model, self._worker, workers)
            path = self._path(self._key(model), self._worker)
            with unfinished.open("wb") as file:
                np.savez(file, **_arrays_of(counts))  # type: ignore[arg-type]
            unfinished.replace(path)
            self._left = path
        finally:
            unfinished.unlink(missing_ok=True)

    def _patience(self, workers: Iterable[int]) -> float:
        """Returns how many seconds some workers are waited for at least: fewer where none has begun to count."""
        return PATIENCE if any(self._unfinished(each).exists() for each in workers) else min(PATIENCE, _UNSEEN)

    def _workers_for(self, model: keras.Model) -> int:
        """Returns how many have a part: not more than there are batches."""
        return 1 if self._workers == 1 else min(self._workers, len(self._evaluator.find(model).marks))

    def _key(self, model: keras.Model) -> str:
        """Returns what stands for the model's weights and what is counted: counts with another key are of something else."""
        weights = (keras.ops.convert_to_numpy(weight).tobytes() for weight in model.weights)
        return _digest(*weights, self._evaluator.what_is_counted(model).encode())

    def _path(self, key: str, worker: int) -> Path:
        return self._folder / f"{self._prefix}-{key}-{worker}.npz"

    def _unfinished(self, worker: int) -> Path:
        """Returns the file that is there while a worker counts; of one name at all steps, so that one killed leaves no more."""
        return self._folder / f"{self._prefix}-{worker}.part"

    def _clear(self) -> None:
        """Removes what was taken, and what is left of trainings before."""
        for path in self._folder.glob(f"{self._prefix}-*.npz"):
            path.unlink(missing_ok=True)


def _digest(*parts: bytes) -> str:
    found = hashlib.blake2b(digest_size=8)
    for part in parts:
        found.update(part)
    return found.hexdigest()


def _arrays_of(counts: Counts) -> dict[str, Array]:
    arrays = {name: getattr(counts.tally, name) for name in _TALLY} | {"unusable": np.array(counts.unusable)}
    arrays |= {f"columns/{name}": column for name, column in counts.tally.columns.items()}
    for place, said in counts.kept.items():
        arrays |= {f"kept/{place}/{name}": np.asarray(array) for name, array in said.items()}
    return arrays


def _read(path: Path) -> Counts:
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file.items())
    kept: dict[int, dict[str, Array]] = {}
    columns: dict[str, Array] = {}
    for name, array in arrays.items():
        kind, _, rest = name.partition("/")
        if kind == "columns":
            columns[rest] = array
        elif kind == "kept":
            place, _, own = rest.partition("/")
            kept.setdefault(int(place), {})[own] = array
    tally = Tally(columns=columns, **{name: arrays[name] for name in _TALLY})
    return Counts(tally, kept, int(arrays["unusable"]))
