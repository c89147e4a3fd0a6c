"""What all tests share: random attention, and real TensorBoards that end with the tests."""

from __future__ import annotations

import contextlib
import gc
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from helpers.tensorboard_process import TensorBoardProcess

from tb_seqviz_plugin.callbacks import overhead

Weights = npt.NDArray[np.float32]

# Several processes run side by side; with more threads each, the threads wait for one another most of the time. TensorFlow reads
# this when it is imported, here and in the programs that tests start.
for _threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Looks for no garbage while all is imported, of which nothing becomes garbage, and later never among that."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the files with slow tests first, so that none of them is begun last and runs alone.

    What starts programs (TensorBoard, Chromium, trainings) is run once more where it fails, which the summary says: a busy machine
    may have starved one of them. What is wrong fails twice.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    for item in items:
        if item.path.parent.name == "e2e" or item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Has each file be one process' own, which builds its fixtures once, and all those with a browser be the same process' own:
    two cores draw no more than one."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "browser" if file.startswith("tests/e2e/") else file

    return ByFile(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lets what has the browser go first: it is one process' own, has the most to do, and would end alone."""
    if "PYTEST_XDIST_WORKER" in os.environ and item.path.parent.name != "e2e":
        os.setpriority(os.PRIO_PROCESS, 0, max(os.getpriority(os.PRIO_PROCESS, 0), 5))


@pytest.fixture(scope="session", autouse=True)
def _all_that_is_due_is_logged() -> Iterator[None]:
    """Has no training last long enough for a bound on what logging takes, so that no test depends on how busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overhead, "SHORTEST", math.inf)
        yield


@pytest.fixture(scope="session")
def make_weights() -> Callable[..., Weights]:
    """Returns a function of (heads, queries, keys, seed=0): a softmax over normal scores, float32."""

    def make(heads: int, queries: int, keys: int, seed: int = 0) -> Weights:
        scores = np.exp(2 * np.random.default_rng(seed).standard_normal((heads, queries, keys)))
        return (scores / scores.sum(axis=-1, keepdims=True)).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def start_tensorboard() -> Iterator[Callable[..., str]]:
    """Returns a function of what `TensorBoardProcess` takes, which starts one; it returns the address, without a slash."""
    with contextlib.ExitStack() as started:

        def start(logdir: Path, *flags: str, **options: Any) -> str:
            return started.enter_context(TensorBoardProcess(logdir, *flags, **options)).url.rstrip("/")

        yield start


@pytest.fixture
def without_xla(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has texts written by loops that XLA does not compile, which takes it longer than it saves where they are few."""
    from tb_seqviz_plugin.callbacks.backends.tensorflow import generation
    from tb_seqviz_plugin.callbacks.backends.tensorflow.compiled import Compiled

    def compiled(function: Callable[..., Any], is_static: bool, compiling: Any = None) -> Compiled:
        return Compiled(function, is_static=False)

    monkeypatch.setattr(generation, "Compiled", compiled)
