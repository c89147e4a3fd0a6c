"""What all tests share: random attention, and real TensorBoards that end with the tests."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

Weights = npt.NDArray[np.float32]


@pytest.fixture(scope="session")
def make_weights() -> Callable[..., Weights]:
    """Returns a function of (heads, queries, keys, seed=0): a softmax over normal scores, float32."""

    def make(heads: int, queries: int, keys: int, seed: int = 0) -> Weights:
        scores = np.exp(2 * np.random.default_rng(seed).standard_normal((heads, queries, keys)))
        return (scores / scores.sum(axis=-1, keepdims=True)).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def start_tensorboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Returns a function of (logdir, *flags, python=...) that starts `tensorboard`; it returns the address, without a slash."""
    started: list[subprocess.Popen[bytes]] = []

    def start(logdir: Path, *flags: str, python: str = sys.executable) -> str:
        log = tmp_path_factory.mktemp("tensorboard") / "log"
        command = [python, "-m", "tensorboard.main", "--logdir", str(logdir), "--port", "0", *flags]
        with log.open("wb") as file:
            process = subprocess.Popen([*command, "--host", "127.0.0.1"], stdout=file, stderr=subprocess.STDOUT)
        started.append(process)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            if found := re.search(r"at (http://\S+?)/? \(Press", log.read_text(errors="replace")):
                return found[1]
            time.sleep(0.05)
        raise RuntimeError(f"TensorBoard did not start:\n{log.read_text(errors='replace')}")

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=20)
