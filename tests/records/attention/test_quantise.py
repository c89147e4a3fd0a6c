"""Weights as bytes: what is lost, and that it is never more than promised."""

from __future__ import annotations

import numpy as np
import pytest

from tb_seqviz_plugin.records.attention.quantise import dequantise, needs_thumbnail, quantise, thumbnail
from tb_seqviz_plugin.schema.attention import THUMBNAIL_FROM, THUMBNAIL_SIDE


def dirichlet(alpha: float, keys: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet([alpha] * keys, size=(3, 5)).astype(np.float32)


def one_key(keys: int) -> np.ndarray:
    return np.eye(keys, dtype=np.float32)[None, :5]


ROWS = {
    "peaked": dirichlet(0.02, 30),
    "flat": dirichlet(50.0, 30),
    "mixed": dirichlet(1.0, 200),
    "uniform over 4,096 keys": np.full((1, 2, 4096), 1 / 4096, np.float32),
    "4,096 keys": dirichlet(0.5, 4096),
    "one key only": one_key(9),
    "zeros": np.zeros((2, 3, 4), np.float32),
    "one weight": np.full((1, 1, 1), 0.3, np.float32),
    "rows that sum to more than 1": dirichlet(1.0, 20) * 900,
    "tiny rows": dirichlet(1.0, 20) * np.float32(1e-30),
    "from float16": dirichlet(1.0, 60).astype(np.float16).astype(np.float32),
    "of both signs": dirichlet(1.0, 20) - dirichlet(1.0, 20, 1),
    "nothing above zero": -dirichlet(1.0, 9),
    "a strong one beside weak ones": np.array([[[1.0, 1e-4, 3e-5, 0.0]]], np.float32),
}


@pytest.mark.parametrize("weights", ROWS.values(), ids=ROWS.keys())
def test_decoded_is_within_the_bound(weights: np.ndarray) -> None:
    stored = quantise(weights)
    decoded = dequantise(stored)
    bound = np.abs(weights).max(axis=-1, keepdims=True) / 255
    assert stored.invalid is None
    assert (stored.negative is not None) == bool((weights < 0).any())
    assert (stored.levels.dtype, stored.scale.dtype, decoded.dtype) == (np.uint8, np.float32, np.float32)
    assert decoded.shape == weights.shape
    assert (np.abs(decoded.astype(np.float64) - weights) <= bound).all()


@pytest.mark.parametrize("seed", range(20))
def test_decoded_is_within_the_bound_of_random_rows(seed: int) -> None:
    random = np.random.default_rng(seed)
    weights = dirichlet(10 ** random.uniform(-2, 2), int(random.integers(1, 300)), seed)
    decoded = dequantise(quantise(weights))
    assert (np.abs(decoded.astype(np.float64) - weights) <= weights.max(axis=-1, keepdims=True) / 255).all()


def test_weak_weights_beside_a_strong_one_survive() -> None:
    decoded = dequantise(quantise(np.array([[[0.99, 1e-4]]], np.float32)))
    assert decoded[0, 0, 1] == pytest.approx(1e-4, rel=0.5)


def test_zero_stays_zero_and_equal_weights_stay_equal() -> None:
    decoded = dequantise(quantise(np.array([[[0.5, 0.0, 0.25, 0.25]]], np.float32)))[0, 0]
    assert decoded[1] == 0
    assert decoded[2] == decoded[3]


def test_the_scale_is_the_row_maximum_rounded_up() -> None:
    weights = ROWS["mixed"]
    maximum, scale = weights.max(axis=-1), quantise(weights).scale
    assert (scale >= maximum).all()
    assert (scale <= maximum * 1.0005).all()


def test_values_that_are_not_finite_come_back_and_spoil_no_other() -> None:
    weights = ROWS["mixed"].copy()
    weights[0, 0, 3], weights[1, 2, 0], weights[1, 2, 1] = np.nan, np.inf, np.nan
    stored = quantise(weights)
    decoded = dequantise(stored)
    assert np.isfinite(stored.scale).all()
    assert np.isnan(decoded[0, 0, 3])
    assert np.isnan(decoded[1, 2, 1])
    assert decoded[1, 2, 0] == np.inf
    finite = np.isfinite(weights)
    assert (np.isfinite(decoded) == finite).all()
    assert np.abs(decoded[finite] - ROWS["mixed"][finite]).max() <= ROWS["mixed"].max() / 255


def test_a_row_without_any_finite_value_comes_back() -> None:
    assert np.isnan(dequantise(quantise(np.full((1, 1, 3), np.nan, np.float32)))).all()


@pytest.mark.parametrize(
    ("queries", "keys", "expected"),
    [(THUMBNAIL_FROM, THUMBNAIL_FROM, False), (1, THUMBNAIL_FROM + 1, True), (THUMBNAIL_FROM + 1, 1, True)],
)
def test_only_large_matrices_get_a_thumbnail(queries: int, keys: int, expected: bool) -> None:
    assert needs_thumbnail(queries, keys) is expected


@pytest.mark.parametrize(("queries", "keys"), [(65, 65), (1, 4096), (4096, 1), (29, 100), (28, 28), (300, 57)])
def test_a_thumbnail_never_loses_a_strong_link(queries: int, keys: int) -> None:
    random = np.random.default_rng(queries + keys)
    for _ in range(20):
        weights = np.full((2, queries, keys), 1e-6, np.float32)
        query, key = random.integers(queries), random.integers(keys)
        weights[1, query, key] = 1
        small = thumbnail(weights)
        assert max(small.shape[1:]) <= THUMBNAIL_SIDE
        assert small[0].max() == 0
        assert np.argwhere(small[1] == 255).shape == (1, 2)
        row, column = np.argwhere(small[1] == 255)[0]
        assert row == query // -(-queries // THUMBNAIL_SIDE)
        assert column == key // -(-keys // THUMBNAIL_SIDE)


def test_a_thumbnail_holds_the_largest_weight_of_each_block() -> None:
    weights = dirichlet(0.3, 70)
    block = -(-70 // THUMBNAIL_SIDE)
    small = thumbnail(weights)
    for row in range(weights.shape[1]):
        for column in range(small.shape[2]):
            largest = weights[:, row, column * block : (column + 1) * block].max(axis=-1)
            steps = np.rint(np.sqrt(largest) * 15)
            assert small[:, row, column].tolist() == (steps * 17).tolist()


def test_a_thumbnail_of_values_that_are_not_finite_is_drawn_all_the_same() -> None:
    weights = np.full((1, 70, 70), np.nan, np.float32)
    weights[0, 0, 0], weights[0, 69, 69] = 0.5, np.inf
    small = thumbnail(weights)
    assert small[0, 0, 0] > 0
    assert small[0, -1, -1] == 255
    assert np.count_nonzero(small) == 2
