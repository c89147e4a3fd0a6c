"""What a few numbers say about the vectors of one layer: the measures of `schema.embeddings.EMBEDDING_MEASURES`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_seqviz_plugin.records.embeddings.neighbours import CHURN_NEIGHBOURS, Rows, churn, lengths, nearest
from tb_seqviz_plugin.records.embeddings.record import Embeddings, EmbeddingsRecord, Float
from tb_seqviz_plugin.schema.embeddings import EMBEDDING_MEASURES

_WATCHED = 500
"""Of so many vectors, evenly spread over the table, neighbours are compared and ways measured."""


@dataclass(frozen=True, eq=False)
class _Before:
    """What is remembered of the record before: the vectors watched and their neighbours."""

    labels: list[str]
    vectors: Float
    neighbours: Rows


class EmbeddingMeasures:
    """Measures the records of one tag, one after the other.

    norm: mean Euclidean length of the vectors.
    movement: mean distance between the vectors and the same ones in the record before, divided by `norm`.
    churn: mean share of the 10 nearest neighbours, by cosine, that are others than in the record before.
    similarity: mean cosine similarity of two vectors; near 1 they all point one way (the anisotropy of Ethayarajh, "How
        contextual are contextualized word representations?" (2019), section 3.3).
    dimensions: how many directions they use, (sum of e)² / sum of e², e the eigenvalues of their covariance: the
        participation ratio of Gao et al., "A theory of multineuronal dimensionality, dynamics and measurement" (2017).

    Movement and churn are those of at most 500 vectors, evenly spread over the table, among all of them. Vectors that are
    not finite take no part.
    """

    def __init__(self) -> None:
        self._before: _Before | None = None
        self._is_begun = False

    @classmethod
    def after(cls, record: Embeddings | EmbeddingsRecord | None) -> EmbeddingMeasures:
        """Returns what goes on after a record, None for none."""
        measures = cls()
        if record is not None:
            measures(record)
        return measures

    def begin(self) -> bool:
        """Notes that one more record is to be measured; returns whether it follows another."""
        follows, self._is_begun = self._is_begun, True
        return follows

    def forget(self) -> None:
        """Takes the next record for the first one."""
        self._before = None

    def __call__(self, embeddings: Embeddings | EmbeddingsRecord) -> Float:
        """Returns the measures, float32 [1, measures]."""
        vectors = embeddings.vectors
        watched = np.unique(np.linspace(0, len(vectors) - 1, min(_WATCHED, len(vectors))).astype(np.int64))
        now = _Before(
            [embeddings.labels[row] for row in watched],
            vectors[watched].copy(),
            nearest(vectors, watched, CHURN_NEIGHBOURS)[0],
        )
        before, self._before = self._before, now
        usable = vectors[np.isfinite(vectors).all(axis=1)]
        if not len(usable):
            return np.full((1, len(EMBEDDING_MEASURES)), np.nan, np.float32)
        norms = lengths(usable)
        norm = float(norms.mean(dtype=np.float64))
        movement = changed = np.nan
        if before is not None and before.labels == now.labels and before.vectors.shape == now.vectors.shape:
            ways = np.linalg.norm(now.vectors.astype(np.float64) - before.vectors, axis=1)
            known = np.isfinite(ways)
            movement = float(ways[known].mean()) / norm if known.any() and norm else np.nan
            changed = float(churn(before.neighbours, now.neighbours)[known].mean()) if known.any() else np.nan
        numbers = [norm, movement, changed, _similarity(usable, norms), _dimensions(usable)]
        return np.array([numbers], np.float32)


def _similarity(vectors: Float, norms: Float) -> float:
    """Returns the mean cosine similarity over all pairs of two different vectors that have a direction."""
    units = vectors[norms > 0] / norms[norms > 0, None]
    count = len(units)
    # The squared length of the sum holds every pair twice, and each vector with itself.
    return (
        float((np.square(units.sum(axis=0, dtype=np.float64)).sum() - count) / (count * (count - 1)))
        if count > 1
        else np.nan
    )


def _dimensions(vectors: Float) -> float:
    # Of numbers up to 1, whatever the scale: their squares stay within the range of float32.
    scaled = vectors / max(float(np.abs(vectors).max()), np.finfo(np.float32).tiny)
    centred = scaled - scaled.mean(axis=0, dtype=np.float64).astype(np.float32)
    covariance = (centred.T @ centred).astype(np.float64)
    # The sum of the eigenvalues is the trace; that of their squares the squared Frobenius norm.
    squares = float(np.square(covariance).sum())
    return float(np.trace(covariance)) ** 2 / squares if squares else np.nan
