"""Alignment of vectors to earlier ones, so that clouds of points do not turn or flip from step to step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.blas import on_one_thread
from tb_seqviz_plugin.records.embeddings.record import Float

_WIDEST = 1024
"""Beyond so many dimensions, the decomposition takes longer than what it is worth."""


def rotation(moving: npt.NDArray[np.floating], fixed: npt.NDArray[np.floating]) -> Float:
    """Returns the rotation, or reflection, that takes vectors nearest to others.

    The orthogonal Procrustes problem, argmin over orthogonal R of ||moving R - fixed||: R = U V' where U S V' is the singular
    value decomposition of moving' fixed. Schönemann, "A generalized solution of the orthogonal Procrustes problem" (1966).
    Distances and angles between vectors stay as they are.

    Args:
        moving: float [rows, dimensions]; rows that are not finite in both take no part.
        fixed: the same, of the same shape.

    Returns:
        float32 [dimensions, dimensions]; the identity where the decomposition does not converge.

    >>> turned = np.float32([[0, 1], [-2, 0], [0, 3]])
    >>> (turned @ rotation(turned, np.float32([[1, 0], [0, 2], [3, 0]]))).round(3).tolist()
    [[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]]
    """
    usable = np.isfinite(moving).all(axis=1) & np.isfinite(fixed).all(axis=1)
    try:
        with on_one_thread():
            product = _unscaled(moving[usable]).T @ _unscaled(fixed[usable])
            left, _, right = np.linalg.svd(product.astype(np.float64))
    except np.linalg.LinAlgError:
        return np.eye(moving.shape[1], dtype=np.float32)
    return (left @ right).astype(np.float32)


def _unscaled(vectors: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Returns vectors with numbers up to 1, whose products stay within the range of float32; no rotation depends on their scale."""
    largest = np.abs(vectors).max(initial=0)
    return vectors / largest if largest > 0 else vectors


class Alignment:
    """Aligns vectors of several names, each to the ones of that name before, as they were aligned themselves.

    Args:
        before: labels and vectors by name, to go on from.
    """

    def __init__(self, before: Mapping[str, tuple[list[str], Float]]) -> None:
        self._before = dict(before)

    def __call__(self, name: str, labels: Sequence[str], vectors: Float) -> Float:
        """Returns the vectors turned; the first ones, ones of other labels and very wide ones as they are.

        Args:
            name: of the layer.
            labels: what each vector stands for.
            vectors: float32 [rows, dimensions].
        """
        known = list(labels)
        before_labels, before = self._before.get(name, (known, vectors))
        alike = before_labels == known and before.shape == vectors.shape and vectors.shape[1] <= _WIDEST
        with np.errstate(over="ignore", invalid="ignore"):
            aligned = vectors @ rotation(vectors, before) if alike and before is not vectors else vectors
        self._before[name] = (known, aligned)
        return aligned
