"""Alignment of vectors to earlier ones, so that clouds of points do not turn or flip from step to step."""

from __future__ import annotations

import numpy as np

from tb_seqviz_plugin.embeddings import Float


def rotation(moving: Float, fixed: Float) -> Float:
    """Returns the rotation, or reflection, that takes vectors nearest to others.

    The orthogonal Procrustes problem, argmin over orthogonal R of ||moving R - fixed||: R = U V' where U S V' is the singular
    value decomposition of moving' fixed. Schönemann, "A generalized solution of the orthogonal Procrustes problem" (1966).
    Distances and angles between vectors stay as they are.

    Args:
        moving: float32 [rows, dimensions]; rows that are not finite in both take no part.
        fixed: the same, of the same shape.

    Returns:
        float32 [dimensions, dimensions].

    >>> turned = np.float32([[0, 1], [-2, 0], [0, 3]])
    >>> (turned @ rotation(turned, np.float32([[1, 0], [0, 2], [3, 0]]))).round(3).tolist()
    [[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]]
    """
    usable = np.isfinite(moving.sum(axis=1)) & np.isfinite(fixed.sum(axis=1))
    left, _, right = np.linalg.svd((moving[usable].T @ fixed[usable]).astype(np.float64))
    return (left @ right).astype(np.float32)
