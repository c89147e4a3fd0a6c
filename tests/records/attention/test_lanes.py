"""What loops compare at once is what numpy finds one by one."""

from __future__ import annotations

import numpy as np
import pytest

numba = pytest.importorskip("numba")
from tb_seqviz_plugin.records.attention.lanes import LANES, fetch, lowest, ones, reaching  # noqa: E402


@numba.njit
def word_of(own: np.ndarray, first: int, bound: np.uint32) -> np.uint64:
    return reaching(own, first, bound)


@numba.njit
def count_of(word: np.uint64) -> int:
    return ones(word)


@numba.njit
def place_of(word: np.uint64) -> int:
    return lowest(word)


@numba.njit
def sum_of(weights: np.ndarray) -> float:
    total = 0.0
    for at in range(len(weights)):
        fetch(weights, at + 1000)
        total += weights[at]
    return total


@pytest.mark.parametrize("first", [0, 3, 64, 100])
def test_magnitudes_that_reach_a_bound_are_bits_from_the_lowest_on(first: int) -> None:
    weights = np.random.default_rng(first).standard_normal(first + LANES).astype(np.float32)
    weights[first + 1], weights[first + 2] = np.nan, -0.0
    for bound in (np.float32(0), np.abs(weights[first]), np.float32(1), np.float32(np.inf)):
        word = word_of(weights.view(np.uint32), first, bound.view(np.uint32))
        reach = ~(np.abs(weights[first:]) < bound)
        assert word == sum(1 << at for at in np.flatnonzero(reach).tolist())


def test_bits_are_counted_and_found() -> None:
    for word in (1, 0b1011_0000, 1 << 63, (1 << 64) - 1):
        assert count_of(np.uint64(word)) == word.bit_count()
        assert place_of(np.uint64(word)) == (word & -word).bit_length() - 1
    assert count_of(np.uint64(0)) == 0


def test_what_lies_behind_an_array_may_be_asked_for() -> None:
    assert sum_of(np.ones(100, np.float32)) == 100
