"""What tests need of Keras and of the framework below it."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec

import pytest

needs_tensorflow = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="Keras' own preprocessing layers need TensorFlow, on any backend"
)


def is_keras_before(wanted: str) -> bool:
    """Returns whether Keras is older than a version such as "3.8"."""
    parts = [tuple(map(int, each.split(".")[:2])) for each in (version("keras"), wanted)]
    return parts[0] < parts[1]


def needs_keras(wanted: str, why: str) -> pytest.MarkDecorator:
    """Skips a test on older versions of Keras."""
    return pytest.mark.skipif(is_keras_before(wanted), reason=f"Keras before {wanted} {why}")


ATTENTION_CALLS_A_SOFTMAX = ("3.8", "calls layers for the softmax and dropout of a MultiHeadAttention")
