"""What tests need of the framework below Keras."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

needs_tensorflow = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="Keras' own preprocessing layers need TensorFlow, on any backend"
)
