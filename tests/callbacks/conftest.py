"""Quiet TensorFlow, and names of layers that do not depend on the tests before."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import pytest


@pytest.fixture(autouse=True)
def _fresh_keras() -> None:
    keras.utils.clear_session(free_memory=False)
