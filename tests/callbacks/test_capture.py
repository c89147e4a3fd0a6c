"""Captured weights against numpy, for every kind of attention and of model."""

from __future__ import annotations

import numpy as np
import pytest
from capturing import capture_of
from models import CASES


@pytest.mark.parametrize("name", CASES)
def test_weights_are_those_that_numpy_computes(name: str) -> None:
    case = CASES[name]()
    capture = capture_of(case.model, case.inputs)
    for _ in range(2):
        captured = capture()
        assert [layer.path for layer in captured] == list(case.paths)
        for layer, expected in zip(captured, case.expected, strict=True):
            assert layer.weights.dtype == np.float32
            assert layer.weights.shape == expected.shape
            np.testing.assert_allclose(layer.weights, expected, rtol=0, atol=case.tolerance)
    assert (capture.why_eager == "") == case.compiled, capture.why_eager
    assert list(capture.problems) == list(case.problems)
