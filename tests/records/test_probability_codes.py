"""Probabilities in two bytes: how far they may be off, and what has a code of its own."""

from __future__ import annotations

import numpy as np
import pytest

from tb_seqviz_plugin.records.probability_codes import decode_probabilities, encode_probabilities


def there_and_back(values: np.ndarray) -> np.ndarray:
    return decode_probabilities(encode_probabilities(values))


def test_none_is_off_by_more_than_the_bound() -> None:
    between_codes = np.exp2(-(np.arange(63 * 1024) + 0.5) / 1024)
    spread = np.exp2(np.random.default_rng(0).uniform(-63, 0, 200_000))
    values = np.concatenate([between_codes, spread, [1, 2**-63]]).astype(np.float32)
    decoded = there_and_back(values)
    assert decoded.dtype == np.float32
    off = np.abs(decoded / values.astype(np.float64) - 1)
    assert 0.00033 < off.max() <= 0.00034


@pytest.mark.parametrize("value", [0.0, 1.0, 0.5, 2**-20, 2**-63, np.nan])
def test_what_has_a_code_of_its_own_comes_back_as_it_was(value: float) -> None:
    np.testing.assert_array_equal(there_and_back(np.array([value])), np.float32(value))


@pytest.mark.parametrize("value", [2.0**-64, 1e-30, 1e-45, 1e-300])
def test_what_is_smaller_than_every_code_is_not_0(value: float) -> None:
    assert 0 < there_and_back(np.array([value]))[0] <= 2**-63.9


def test_a_softmax_may_end_a_little_above_1() -> None:
    assert there_and_back(np.array([1 + 1e-6]))[0] == 1


def test_the_order_stays() -> None:
    values = np.sort(np.random.default_rng(1).random(10_000).astype(np.float32) ** 4)
    assert (np.diff(there_and_back(values)) >= 0).all()


@pytest.mark.parametrize("shape", [(0,), (3,), (2, 0), (4, 5)])
def test_high_and_low_bytes_lie_apart(shape: tuple[int, ...]) -> None:
    codes = encode_probabilities(np.full(shape, 0.3))
    assert codes.dtype == np.uint8
    assert codes.shape == (2, *shape)
    assert (codes[0] * 256.0 + codes[1] == np.rint(-1024 * np.log2(0.3))).all()
    np.testing.assert_allclose(decode_probabilities(codes), np.full(shape, 0.3), rtol=0.00034)
