"""What the lowest version of Keras that is supported cannot do itself, so that there is nothing of ours to test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import pytest

_FAULTS = (
    "pred must not be a Python bool",  # ops.tril and ops.triu while a model is built of symbols
    "Iterating over a symbolic KerasTensor is not supported",  # AdditiveAttention that returns its weights
    "reduction=mean_with_sample_weight",  # of a loss
)


@contextmanager
def as_far_as_keras_builds() -> Iterator[None]:
    """Skips the test where Keras 3.5 itself cannot build the model."""
    try:
        yield
    except Exception as error:
        if keras.__version__.startswith("3.5.") and any(fault in str(error) for fault in _FAULTS):
            pytest.skip(f"Keras {keras.__version__} cannot build this model: {error}")
        raise
