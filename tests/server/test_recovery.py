"""A TensorBoard that runs writes what processes that were killed had left, where it may."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.forked import forked, in_a_process
from helpers.served import fetch_over_http

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log import channels, run_log
from tb_seqviz_plugin.log.spool import SPOOL
from tb_seqviz_plugin.server import recovery
from tb_seqviz_plugin.server.recovery import Recovery

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

ONE = np.full((1, 2, 2), 0.5, np.float32)


def never_encode(*_: object) -> None:
    time.sleep(3600)


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run whose process was killed after two steps, of which none was written."""
    run = tmp_path / "logs" / "run"

    def train() -> None:
        monkeypatch.setattr(run_log, "values_in", never_encode)
        writer = seqviz.Writer(run)
        for step in range(2):
            writer.attention("a", {"x": ONE}, step=step)
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_process(train) == -signal.SIGKILL
    assert [path.name for path in run.iterdir()] == [SPOOL]
    return run


def look(logdir: Path) -> None:
    """Looks once, and waits for the end of it."""
    looking = Recovery(str(logdir))
    looking.look()
    with looking._lock:
        pass


def test_what_a_killed_process_left_is_written(killed: Path) -> None:
    look(killed.parent)
    assert not (killed / SPOOL).exists()
    assert len(list(killed.glob("*tfevents*"))) == 1
    assert [record.step for record in seqviz.read(killed)] == [0, 1]


@pytest.mark.parametrize(
    "flags", [[], pytest.param(["--load_fast=false"], marks=pytest.mark.long)], ids=["data server", "Python loader"]
)
def test_a_tensorboard_that_runs_shows_it(
    killed: Path, start_tensorboard: Callable[..., str], flags: list[str]
) -> None:
    fetch = fetch_over_http(start_tensorboard(killed.parent, "--reload_interval=1", *flags))
    until = time.monotonic() + 120
    while not (series := fetch("series").json["series"]) and time.monotonic() < until:
        time.sleep(0.2)
    assert [(info["run"], info["tag"], info["last_step"]) for info in series] == [("run", "attention/a", 1)]
    assert not (killed / SPOOL).exists()


def test_what_a_process_still_writes_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()

    def train() -> None:
        monkeypatch.setattr(run_log, "values_in", never_encode)
        seqviz.Writer(tmp_path).attention("a", {"x": ONE}, step=0)
        os.write(writing, b".")
        time.sleep(3600)

    pid = forked(train)
    try:
        assert os.read(reading, 1) == b"."
        look(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [SPOOL]
        assert list(seqviz.read(tmp_path)) == []
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    look(tmp_path)
    assert [record.step for record in seqviz.read(tmp_path)] == [0]


def test_what_cannot_be_written_is_said_once(
    killed: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(run_dir: Path) -> None:
        raise PermissionError(13, "Permission denied", str(run_dir))

    monkeypatch.setattr(channels, "recover", refuse)
    monkeypatch.setattr(recovery, "_SECONDS_BETWEEN", 0.0)
    looking = Recovery(str(killed.parent))
    with caplog.at_level(logging.WARNING, logger="tensorboard"):
        for _ in range(2):
            looking.look()
            with looking._lock:
                pass
    assert len(caplog.messages) == 1
    assert "holds steps that a process was killed before it wrote" in caplog.messages[0]
    assert "Permission denied" in caplog.messages[0]


@pytest.mark.parametrize("logdir", [None, "", "gs://bucket/logs", "/no/such/folder"])
def test_where_there_is_no_folder_nothing_happens(logdir: str | None) -> None:
    Recovery(logdir).look()
