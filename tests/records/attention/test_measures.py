"""Measures of heads against loops that follow their definition in `schema.attention.MEASURES`."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from tb_seqviz_plugin.records.attention.measures import measure
from tb_seqviz_plugin.schema.attention import MEASURES


def measure_row(row: list[float], query: int, queries: int) -> list[float]:
    keys = len(row)
    total = sum(row)
    shares = [weight / total for weight in row]
    entropy = -sum(share * math.log(share) for share in shares if share > 0)
    distance = sum(
        share * abs(query / max(queries - 1, 1) - key / max(keys - 1, 1)) for key, share in enumerate(shares)
    )
    return [entropy / math.log(keys) if keys > 1 else 0.0, max(shares), distance, shares[0]]


def measure_by_loops(weights: np.ndarray) -> np.ndarray:
    heads = []
    for head in weights.astype(np.float64).tolist():
        rows = [measure_row(row, at, len(head)) for at, row in enumerate(head) if 0 < sum(row) < math.inf]
        heads.append([sum(row[i] for row in rows) / len(rows) if rows else math.nan for i in range(len(MEASURES))])
    return np.array(heads)


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 1, 1), (2, 1, 9), (2, 9, 1), (1, 40, 300)])
def test_equal_to_loops(shape: tuple[int, int, int], make_weights: Callable[..., np.ndarray]) -> None:
    weights = make_weights(*shape)
    np.testing.assert_allclose(measure(weights), measure_by_loops(weights), rtol=1e-4, atol=1e-6)


def test_rows_that_do_not_sum_to_one_count_as_shares(make_weights: Callable[..., np.ndarray]) -> None:
    weights = make_weights(2, 4, 5)
    np.testing.assert_allclose(measure(weights * 7), measure(weights), rtol=1e-5)


def test_masked_and_broken_rows_take_no_part(make_weights: Callable[..., np.ndarray]) -> None:
    weights = make_weights(2, 6, 5)
    weights[0, 1] = 0
    weights[0, 3, 2] = np.nan
    weights[1, 5, 0] = np.inf
    np.testing.assert_allclose(measure(weights), measure_by_loops(weights), rtol=1e-4)
    assert np.isfinite(measure(weights)).all()


def test_a_head_without_a_usable_row_has_no_measures() -> None:
    assert np.isnan(measure(np.zeros((1, 2, 3), np.float32))).all()


@pytest.mark.parametrize("keys", [1, 2, 3, 100, 4096])
def test_between_zero_and_one_also_at_the_ends(keys: int) -> None:
    alike = np.full((1, 3, keys), 1 / keys, np.float32)
    one = np.zeros((1, 3, keys), np.float32)
    one[..., -1] = 1
    for weights in (alike, one):
        values = measure(weights)
        assert (values >= 0).all()
        assert (values <= 1).all()


def test_one_key_and_all_keys_are_the_ends_of_entropy_and_peak() -> None:
    entropy, peak = MEASURES.index("entropy"), MEASURES.index("peak")
    one, alike = measure(np.eye(4, dtype=np.float32)[None])[0], measure(np.full((1, 4, 4), 0.25, np.float32))[0]
    assert (one[entropy], one[peak]) == (0, 1)
    assert (alike[entropy], alike[peak]) == (pytest.approx(1), 0.25)
