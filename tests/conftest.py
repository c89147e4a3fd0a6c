"""What all tests share: random attention, and real TensorBoards that end with the tests."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from helpers.tensorboard_process import TensorBoardProcess

Weights = npt.NDArray[np.float32]


@pytest.fixture(scope="session")
def make_weights() -> Callable[..., Weights]:
    """Returns a function of (heads, queries, keys, seed=0): a softmax over normal scores, float32."""

    def make(heads: int, queries: int, keys: int, seed: int = 0) -> Weights:
        scores = np.exp(2 * np.random.default_rng(seed).standard_normal((heads, queries, keys)))
        return (scores / scores.sum(axis=-1, keepdims=True)).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def start_tensorboard() -> Iterator[Callable[..., str]]:
    """Returns a function of (logdir, *flags, python=...) that starts `tensorboard`; it returns the address, without a slash."""
    with contextlib.ExitStack() as started:

        def start(logdir: Path, *flags: str, python: str = sys.executable) -> str:
            return started.enter_context(TensorBoardProcess(logdir, *flags, python=python)).url.rstrip("/")

        yield start
