"""Nearest neighbours among vectors, and how many of them changed; numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.embeddings.record import Float

Metric = Literal["cosine", "euclidean"]
METRICS: tuple[Metric, ...] = ("cosine", "euclidean")
Rows = npt.NDArray[np.int64]

CHURN_NEIGHBOURS = 10
"""Churn is counted among so many nearest neighbours."""
_CHUNK, _CHUNK_NUMBERS = 256, 1 << 24
"""So many rows are looked at at once, and scores of so many pairs, 64 MB."""
_SPARE = 16
"""So many more than asked for are found in single precision, and sorted in double."""


def nearest(
    vectors: Float, of: Sequence[int] | npt.NDArray[Any], count: int = 10, metric: Metric = "cosine"
) -> tuple[Rows, Float]:
    """Returns the nearest neighbours of some of the vectors among all the others.

    Of those equally near any may come first. A vector that is not finite is nobody's neighbour; one of zeros has no
    direction, so its cosine similarity to any other counts as 0.

    Args:
        vectors: float32 [rows, dimensions].
        of: the rows whose neighbours are asked for.
        count: how many of each; fewer where there are not so many others.
        metric: "cosine" or "euclidean".

    Returns:
        the rows of the neighbours, int64 [of, count], the nearest first; and float32 [of, count], their similarity from -1
        to 1 (cosine, the highest first) or distance (Euclidean, the lowest first). A vector that is not finite has the
        neighbours -1, at NaN.

    Raises:
        ValueError: if the metric is unknown, or a row is out of range.

    >>> rows, similarities = nearest(np.float32([[1, 0], [0, 1], [2, 0.1]]), of=[0], count=1)
    >>> rows.tolist(), similarities.round(3).tolist()
    ([[2]], [[0.9990000128746033]])
    """
    if metric not in METRICS:
        raise ValueError(f"The metric is {metric!r}; expected one of {', '.join(map(repr, METRICS))}.")
    asked = np.asarray(of, np.int64)
    if asked.size and not (asked.min() >= 0 and asked.max() < len(vectors)):
        wrong = asked.max() if asked.min() >= 0 else asked.min()
        raise ValueError(f"Neighbours are asked for of row {wrong}; expected rows from 0 to {len(vectors) - 1}.")
    points, squares, usable = _prepared(vectors, metric)
    others = int(usable.sum()) - 1
    count = max(min(count, others), 0)
    found = np.full((len(asked), count), -1, np.int64)
    scores = np.full((len(asked), count), np.nan, np.float32)
    if count == 0:
        return found, scores
    sizes = np.sqrt(np.where(squares > 0, squares, 1))
    width = min(count + _SPARE, others)
    step = max(1, min(_CHUNK, _CHUNK_NUMBERS // len(vectors)))
    for first in range(0, len(asked), step):
        chunk = asked[first : first + step]
        closeness = points[chunk] @ points.T
        if metric == "cosine":
            closeness /= sizes
        else:
            closeness -= squares / 2  # of the same order as the negative distance
        closeness[:, ~usable] = -np.inf
        closeness[np.arange(len(chunk)), chunk] = -np.inf
        candidates = np.sort(np.argpartition(closeness, -width, axis=1)[:, -width:], axis=1)
        exact = _exact(vectors, chunk, candidates, metric)
        order = np.argsort(-exact if metric == "cosine" else exact, axis=1, kind="stable")[:, :count]
        known = usable[chunk]
        found[first : first + step][known] = np.take_along_axis(candidates, order, axis=1)[known]
        scores[first : first + step][known] = np.take_along_axis(exact, order, axis=1)[known]
    return found, scores


def lengths(vectors: Float) -> Float:
    """Returns the Euclidean lengths of vectors, float32 [rows], also of those whose squares leave the range of float32.

    Args:
        vectors: float32 [rows, dimensions].

    >>> lengths(np.float32([[3, 4], [3e30, 4e30]])).tolist() == np.float32([5, 5e30]).tolist()
    True
    """
    with np.errstate(over="ignore", invalid="ignore"):
        found: Float = np.sqrt(np.einsum("rd,rd->r", vectors, vectors))
        far = ~((found > 1e-15) & (found < 1e18))
        found[far] = np.linalg.norm(vectors[far].astype(np.float64), axis=1)
    return found


def churn(before: Rows, after: Rows) -> Float:
    """Returns what share of each row's neighbours is new.

    Args:
        before: int [rows, count], neighbours at one step.
        after: the same at a later one.

    Returns:
        float32 [rows], 0 where all are the same, in whatever order, and 1 where none is.

    >>> churn(np.array([[1, 2, 3, 4]]), np.array([[4, 3, 8, 9]])).tolist()
    [0.5]
    """
    if before.shape != after.shape or not before.size:
        return np.full(len(after), np.nan, np.float32)
    kept = (after[:, :, None] == before[:, None, :]).any(axis=2)
    shares: Float = 1 - kept.mean(axis=1, dtype=np.float32)
    return shares


def _prepared(vectors: Float, metric: Metric) -> tuple[Float, Float, npt.NDArray[np.bool_]]:
    """Returns vectors that can be multiplied in single precision, their squared lengths, and which are finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.einsum("rd,rd->r", vectors, vectors)
    if ((squares > 1e-20) & (squares < 1e20)).all():
        return vectors, squares, np.ones(len(vectors), np.bool_)
    usable: npt.NDArray[np.bool_] = np.asarray(np.isfinite(vectors).all(axis=1))
    points = np.where(usable[:, None], vectors, 0)
    # Squares of huge and tiny numbers leave the range of float32. Each vector may be scaled by itself for its direction,
    # all only alike for their distances.
    largest = np.abs(points).max(axis=1 if metric == "cosine" else None, keepdims=True)
    points /= np.where(largest > 0, largest, 1)
    return points, np.einsum("rd,rd->r", points, points), usable


def _exact(vectors: Float, rows: Rows, candidates: Rows, metric: Metric) -> npt.NDArray[np.float64]:
    """Returns similarities or distances between rows and the candidates of each, in double precision."""
    queries, others = vectors[rows].astype(np.float64), vectors[candidates].astype(np.float64)
    if metric == "euclidean":
        return np.asarray(np.linalg.norm(others - queries[:, None], axis=2))
    # Of a vector that is not finite nothing is said; its row is left out by whoever asked.
    with np.errstate(invalid="ignore"):
        sizes = np.linalg.norm(others, axis=2) * np.linalg.norm(queries, axis=1)[:, None]
        products = np.einsum("qcd,qd->qc", others, queries)
        return np.asarray(products / np.where(sizes > 0, sizes, 1))
