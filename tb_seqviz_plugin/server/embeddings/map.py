"""Many clouds of vectors on one flat map: what moves on it has moved, and clouds neither turn nor flip from step to step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.projector.alignment import rotation
from tb_seqviz_plugin.records.embeddings.record import Float

_WIDEST = 1024
"""Wider vectors are not turned: the decomposition would take longer than what it is worth."""


@dataclass(frozen=True, eq=False)
class FlatMap:
    """How vectors of several steps become points.

    Args:
        centres: float32 [steps, dimensions], what is subtracted from the vectors of each step.
        bases: float32 [steps, dimensions, 2], what they are then multiplied by.
        shares: how much of the variance each of the two directions holds, from 0 to 1.
    """

    centres: Float
    bases: Float
    shares: tuple[float, float]

    def place(self, at: int, vectors: Float) -> Float:
        """Returns where vectors of a step lie, float32 [rows, 2]; NaN where they are not finite.

        Args:
            at: the place of the step among those of the map.
            vectors: float32 [rows, dimensions].
        """
        with np.errstate(over="ignore", invalid="ignore"):
            points: Float = ((vectors.astype(np.float64) - self.centres[at]) @ self.bases[at]).astype(np.float32)
        return np.where(np.isfinite(points), points, np.nan).astype(np.float32)


class MapFit:
    """Makes a map of several clouds of the same points, one after the other.

    Each cloud is centred and turned onto the one before (`alignment.rotation`); the two directions are those in which all of
    them together vary most (principal components; Pearson, "On lines and planes of closest fit", 1901). Each points to where
    its largest coordinate is positive.

    >>> line = np.float32([[1, 0, 0], [2, 0, 0], [6, 0, 0]])
    >>> fit = MapFit()
    >>> fit.add(line)
    >>> fit.add(line[:, [1, 0, 2]])
    >>> fit.flat_map().place(1, line[:, [1, 0, 2]])[:, 0].tolist()
    [-2.0, -1.0, 3.0]
    """

    def __init__(self) -> None:
        self._centres: list[Float] = []
        self._turns: list[Float] = []
        self._before: npt.NDArray[np.float64] | None = None
        self._covariance = np.zeros((1, 1))

    def add(self, cloud: Float) -> None:
        """Adds the cloud of the next step, float32 [rows, dimensions]; vectors that are not finite take no part."""
        usable: npt.NDArray[np.bool_] = np.asarray(np.isfinite(cloud).all(axis=1))
        dimensions = cloud.shape[1]
        centre = cloud[usable].mean(axis=0, dtype=np.float64) if usable.any() else np.zeros(dimensions)
        # In double precision: squares of large numbers leave the range of float32.
        centred = np.where(usable[:, None], cloud, centre) - centre
        if self._before is None or dimensions > _WIDEST:
            turn = np.eye(dimensions, dtype=np.float32)
        else:
            turn = rotation(centred, self._before)
        self._before = centred @ turn
        self._covariance = self._covariance + self._before.T @ self._before
        self._centres.append(centre.astype(np.float32))
        self._turns.append(turn)

    def flat_map(self) -> FlatMap:
        """Returns the map of all clouds so far; there must be one."""
        values, vectors = np.linalg.eigh(self._covariance)
        directions = np.zeros((len(values), 2))
        found = min(2, len(values))
        directions[:, :found] = vectors[:, ::-1][:, :found]
        largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=0)[None], axis=0)
        directions *= np.where(largest < 0, -1, 1)
        total = max(float(values.sum()), np.finfo(np.float64).tiny)
        first, second = (float(max(value, 0)) / total for value in [*values[::-1][:found], 0.0][:2])
        bases = np.stack([turn @ directions for turn in self._turns]).astype(np.float32)
        return FlatMap(np.stack(self._centres), bases, (first, second))
