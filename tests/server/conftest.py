"""One log directory, and the plugin over it: in process, and in real TensorBoards on both loaders."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from helpers.served import (
    LONG_STEPS,
    PROBE_STEPS,
    SAMPLE_STEPS,
    Fetch,
    Logs,
    fetch_from,
    make_client,
    make_provider,
    make_samples,
    raise_version,
)
from tensorboard.data.provider import DataProvider
from werkzeug.test import Client

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.schema import make_tag


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory, make_weights: Callable[..., np.ndarray]) -> Logs:
    folder = tmp_path_factory.mktemp("logs")
    logged: dict[tuple[str, str, int], dict[str, np.ndarray]] = {}

    def log(run: str, name: str, step: int, weights: dict[str, np.ndarray]) -> None:
        logged[run, make_tag("attention", name), step] = weights
        with_tokens = {"query_tokens": {"decoder/cross": ["der", "Hund"]}} if "decoder/cross" in weights else {}
        writer.attention(name, weights, step=step, **with_tokens)

    with seqviz.Writer(folder / "gru" / "seqviz") as writer:
        for step in PROBE_STEPS:
            for name in ("probe/0", 'probe/1 日本&?"\\'):
                log(
                    "gru/seqviz",
                    name,
                    step,
                    {
                        "decoder/cross": make_weights(2, 2, 3, step),
                        "large": make_weights(3, 700, 700, step + 1),
                        "last": make_weights(1, 4, 4, step + 2),
                    },
                )
    with seqviz.Writer(folder / "long") as writer:
        for step in range(LONG_STEPS):
            log("long", "a", step, {"x": make_weights(1, 3, 4, step)})
    samples = {step: make_samples(step) for step in range(SAMPLE_STEPS)}
    with seqviz.Writer(folder / "words") as writer:
        for step, group in samples.items():
            writer.samples("probe", group, step=step)
    with seqviz.Writer(folder) as writer:
        log(".", "root", 1, {"x": make_weights(1, 2, 2)})
    with seqviz.Writer(folder / "future") as writer:
        writer.attention("a", {"x": make_weights(1, 2, 2)}, step=0)
        writer.samples("b", [seqviz.Sample("p", "t")], step=0)
    raise_version(max((folder / "future").iterdir()))
    return Logs(folder, logged, samples)


@pytest.fixture(scope="session")
def provider(logs: Logs) -> DataProvider:
    return make_provider(logs.path)


@pytest.fixture(scope="session")
def client(provider: DataProvider) -> Client:
    return make_client(provider)


@pytest.fixture(scope="session")
def fetch_in_process(client: Client) -> Fetch:
    return fetch_from(client)


REAL = [pytest.param("true", marks=pytest.mark.slow), pytest.param("false", marks=pytest.mark.slow)]


@pytest.fixture(scope="session", params=REAL, ids=["fast loader", "Python loader"])
def address(request: pytest.FixtureRequest, logs: Logs, start_tensorboard: Callable[..., str]) -> str:
    """A real `tensorboard --logdir`, once per loader, and once with TensorFlow beside."""
    return start_tensorboard(logs.path, f"--load_fast={request.param}", tensorflow=request.param == "true")


@pytest.fixture(scope="session", params=REAL, ids=["fast loader", "Python loader"])
def address_with_flags(request: pytest.FixtureRequest, logs: Logs, start_tensorboard: Callable[..., str]) -> str:
    """A real one whose user has wishes of their own: 7 samples of ours, all below /foo."""
    flags = ("--samples_per_plugin=scalars=3,seqviz=7", "--path_prefix=/foo")
    return start_tensorboard(logs.path, f"--load_fast={request.param}", *flags)
