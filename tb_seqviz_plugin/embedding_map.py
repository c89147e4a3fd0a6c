"""Many clouds of vectors on one flat map: what moves on it has moved, and clouds neither turn nor flip from step to step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.alignment import rotation
from tb_seqviz_plugin.embeddings import Float

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
        points: Float = (vectors - self.centres[at]) @ self.bases[at]
        return np.where(np.isfinite(points), points, np.nan).astype(np.float32)


def fit_map(clouds: Iterable[Float]) -> FlatMap:
    """Returns a map of several clouds of the same points.

    Each cloud is centred and turned onto the one before (`alignment.rotation`); the two directions are those in which all of
    them together vary most (principal components; Pearson, "On lines and planes of closest fit", 1901). Each points to where
    its largest coordinate is positive.

    Args:
        clouds: float32 [rows, dimensions] of each step, in order; vectors that are not finite take no part.

    >>> line = np.float32([[1, 0, 0], [2, 0, 0], [6, 0, 0]])
    >>> flat = fit_map([line, line[:, [1, 0, 2]]])
    >>> [flat.place(at, cloud)[:, 0].tolist() for at, cloud in enumerate([line, line[:, [1, 0, 2]]])]
    [[-2.0, -1.0, 3.0], [-2.0, -1.0, 3.0]]
    """
    centres, turns = [], []
    covariance, before = np.zeros((0, 0)), None
    for cloud in clouds:
        usable: npt.NDArray[np.bool_] = np.asarray(np.isfinite(cloud).all(axis=1))
        centre = cloud[usable].mean(axis=0, dtype=np.float64) if usable.any() else np.zeros(cloud.shape[1])
        centred = np.where(usable[:, None], cloud - centre, 0).astype(np.float32)
        narrow = cloud.shape[1] <= _WIDEST
        turn = rotation(centred, before) if before is not None and narrow else np.eye(cloud.shape[1], dtype=np.float32)
        before = centred @ turn
        squares = (before.T @ before).astype(np.float64)
        covariance = covariance + squares if covariance.size else squares
        centres.append(centre)
        turns.append(turn)
    values, vectors = np.linalg.eigh(covariance)
    directions = np.zeros((len(values), 2))
    found = min(2, len(values))
    directions[:, :found] = vectors[:, ::-1][:, :found]
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=0)[None], axis=0)
    directions *= np.where(largest < 0, -1, 1)
    total = max(float(values.sum()), np.finfo(np.float64).tiny)
    first, second = (float(max(value, 0)) / total for value in [*values[::-1][:found], 0.0][:2])
    return FlatMap(
        np.array(centres, np.float32),
        np.stack([turn @ directions for turn in turns]).astype(np.float32),
        (first, second),
    )
