"""Once a logging call returns, its step survives its process being killed in any way: real processes, really killed."""

from __future__ import annotations

import ctypes
import io
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from helpers.forked import forked, in_a_process

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log import channel, run_log
from tb_seqviz_plugin.log.spool import SPOOL
from tb_seqviz_plugin.schema.statistics import STATISTICS
from tb_seqviz_plugin.wire.tfrecord import read_records, write_record

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

WORDS = ["the", "dog", "sat"]


def vectors_of(step: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(step).random((len(WORDS), 4), np.float32)


def weights_of(step: int, size: int) -> npt.NDArray[np.float32]:
    return np.full((2, size, size), 1 / (step + 1), np.float32)


def log(writer: seqviz.Writer, step: int, size: int = 3) -> None:
    """Logs a step of every kind, whole or absent."""
    with writer.together():
        writer.attention("a", {"layer": weights_of(step, size)}, step=step)
        writer.attention("b", {"layer": weights_of(step, size)}, step=step)
        writer.embeddings("words", vectors_of(step), labels=WORDS, step=step)
        sample = seqviz.Sample("Once", "ab", tokens=["a", "b"], probabilities=[0.5, float("nan")], ranks=[1, 2])
        writer.samples("poems", [sample], step=step)
        writer.statistics("model", seqviz.Statistics(["layer"], np.full((1, len(STATISTICS)), step)), step=step)
        writer.beside({"overhead/percent/a": step / 3})


def never_encode(*_: object) -> Any:
    time.sleep(3600)


def summary_of(folder: Path) -> list[tuple[Any, ...]]:
    """Returns what every record holds, its numbers included."""
    return [
        (record.tag, record.step, record.wall_time, repr(getattr(record, "measures", "")), repr(record))
        for record in seqviz.read(folder)
    ]


def crash() -> None:
    ctypes.string_at(0)


WAYS: dict[str, Callable[[], None]] = {
    "SIGKILL": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "SIGTERM": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "SIGHUP": lambda: os.kill(os.getpid(), signal.SIGHUP),
    "_exit": lambda: os._exit(0),
    "abort": os.abort,
    "segfault": crash,
    "exec": lambda: os.execv("/bin/true", ["true"]),
}


@pytest.mark.parametrize("ends", WAYS.values(), ids=WAYS)
def test_what_was_logged_survives_however_the_process_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: Callable[[], None]
) -> None:
    def train() -> None:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        for received in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(received, signal.SIG_DFL)
        writer = seqviz.Writer(tmp_path / "killed")
        log(writer, 0)
        log(writer, 1)
        writer.flush()
        monkeypatch.setattr(run_log, "values_in", never_encode)
        log(writer, 2)
        log(writer, 3)
        ends()

    assert in_a_process(train) != 77
    with seqviz.Writer(tmp_path / "whole") as writer:
        for step in range(4):
            log(writer, step)
    whole = [(tag, step, measures) for tag, step, _, measures, _ in summary_of(tmp_path / "whole")]
    before = summary_of(tmp_path / "killed")
    assert [(tag, step, measures) for tag, step, _, measures, _ in before] == whole
    with seqviz.Writer(tmp_path / "killed") as writer:
        assert writer.last_step("attention") == 3
    assert [entry[:4] for entry in summary_of(tmp_path / "killed")] == [entry[:4] for entry in before]
    assert not (tmp_path / "killed" / SPOOL).exists()


def test_what_is_recovered_is_the_same_to_the_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def train() -> None:
        monkeypatch.setattr(run_log, "values_in", never_encode)
        writer = seqviz.Writer(tmp_path / "killed")
        for step in range(3):
            log(writer, step)
        os.kill(os.getpid(), signal.SIGKILL)

    # The same moments in both, the only thing that may differ; the forked process has an iterator of its own.
    moments = iter([1e9, 1e9 + 1, 1e9 + 2])
    with monkeypatch.context() as clock:
        clock.setattr(channel, "time", SimpleNamespace(time=lambda: next(moments), monotonic=time.monotonic))
        in_a_process(train)
        with seqviz.Writer(tmp_path / "whole") as writer:
            for step in range(3):
                log(writer, step)
    with seqviz.Writer(tmp_path / "killed"):
        pass
    killed, whole = (
        [payload for path in folder.glob("*tfevents*") for _, payload in read_records(path)][1:]
        for folder in (tmp_path / "killed", tmp_path / "whole")
    )
    assert len(whole) == 3
    assert [payload.count(b"overhead/percent/a") for payload in whole] == [1, 1, 1]
    assert killed == whole


def test_a_step_that_was_being_logged_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def train() -> None:
        monkeypatch.setattr(run_log, "values_in", never_encode)
        writer = seqviz.Writer(tmp_path)
        log(writer, 0)
        append = channel.Spool.append

        def append_some(spool: channel.Spool, pieces: Any) -> Any:
            append(spool, pieces[:-1])
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(channel.Spool, "append", append_some)
        log(writer, 1)

    in_a_process(train)
    assert {step for _, step, *_ in summary_of(tmp_path)} == {0}
    with seqviz.Writer(tmp_path) as writer:
        log(writer, 1)
    assert [(tag, step) for tag, step, *_ in summary_of(tmp_path) if tag == "attention/b"] == [
        ("attention/b", 0),
        ("attention/b", 1),
    ]


@pytest.mark.parametrize("moment", ["an event is half written", "an event is written and still in the spool"])
def test_what_was_being_written_is_there_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    def train() -> None:
        writer = seqviz.Writer(tmp_path)
        log(writer, 0)
        writer.flush()
        write = run_log.EventFile.write

        def write_some(file: run_log.EventFile, event: bytes) -> None:
            if moment == "an event is half written":
                whole = io.BytesIO()
                write_record(whole, event)
                file._file.write(whole.getvalue()[:100])  # type: ignore[union-attr]
            else:
                write(file, event)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(run_log.EventFile, "write", write_some)
        log(writer, 1)
        time.sleep(3600)

    assert in_a_process(train) == -signal.SIGKILL
    with warnings.catch_warnings():
        # Of the event that was cut short.
        warnings.simplefilter("ignore")
        before = summary_of(tmp_path)
    assert [step for tag, step, *_ in before if tag == "attention/a"] == [0, 1]
    with seqviz.Writer(tmp_path) as writer:
        log(writer, 2)
    assert [step for tag, step, *_ in summary_of(tmp_path) if tag == "attention/a"] == [0, 1, 2]


def test_a_writer_that_is_killed_while_it_recovers_loses_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train() -> None:
        monkeypatch.setattr(run_log, "values_in", never_encode)
        writer = seqviz.Writer(tmp_path)
        for step in range(3):
            log(writer, step)
        os.kill(os.getpid(), signal.SIGKILL)

    def recover() -> None:
        write = run_log.EventFile.write

        def write_one(file: run_log.EventFile, event: bytes) -> None:
            write(file, event)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(run_log.EventFile, "write", write_one)
        seqviz.Writer(tmp_path).flush()

    in_a_process(train)
    assert in_a_process(recover) == -signal.SIGKILL
    with seqviz.Writer(tmp_path):
        pass
    assert [step for tag, step, *_ in summary_of(tmp_path) if tag == "attention/a"] == [0, 1, 2]


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[] if seed < 4 else pytest.mark.long) for seed in range(200)]
)
def test_at_a_random_moment_nothing_that_was_logged_is_lost_and_nothing_is_torn(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    size, pause = draw.choice([(3, 0), (3, 0.0002), (40, 0.002), (128, 0.02)])
    reading, writing = os.pipe()

    def train() -> None:
        writer = seqviz.Writer(tmp_path)
        for step in range(100_000):
            log(writer, step, size)
            os.write(writing, b".")
            time.sleep(pause)

    pid = forked(train)
    os.close(writing)
    told = os.read(reading, 1)
    time.sleep(draw.random() * 0.2)
    os.kill(pid, draw.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
    os.waitpid(pid, 0)
    while piece := os.read(reading, 1 << 16):
        told += piece
    os.close(reading)
    returned = len(told)
    assert returned
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = [entry[:4] for entry in summary_of(tmp_path)]
    with seqviz.Writer(tmp_path) as writer:
        last = writer.last_step("attention")
    assert last in (returned - 1, returned)  # one whose call was about to return
    after = [entry[:4] for entry in summary_of(tmp_path)]
    assert after == before
    tags = ("attention/a", "attention/b", "embeddings/words", "samples/poems", "statistics/model")
    assert [(tag, step) for tag, step, *_ in after] == [(tag, step) for tag in tags for step in range(last + 1)]


FIT = """
import os, sys
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
import keras, numpy as np
from keras import layers
from tb_seqviz_plugin.callbacks import AttentionLogger, EmbeddingLogger, SampleLogger, Sampling, StructureLogger

class Tell(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        os.write(1, bytes([epoch]))

ids = layers.Input((6,))
x = layers.Embedding(20, 8)(ids)
x = layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)
model = keras.Model(ids, layers.Dense(20)(x))
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
x = np.random.default_rng(0).integers(1, 20, (64, 6))
folder, all = sys.argv[1], {"max_overhead": None}
model.fit(x, x, epochs=250, verbose=0, callbacks=[
    AttentionLogger(folder, x[:2], **all), StructureLogger(folder, (x[:4], x[:4]), **all), EmbeddingLogger(folder, **all),
    SampleLogger(
        folder, ["ab"], tokenizer="abcdefghijklmnopqrst", sampling=Sampling(temperatures=(0, 1), max_length=5), **all
    ),
    Tell(),
])
"""


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_a_fit_that_is_killed_at_a_random_moment_keeps_every_epoch(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", FIT, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        told = process.stdout.read(1 + draw.randrange(8))
        time.sleep(draw.random() * 0.3)
        process.kill()
        told += process.stdout.read()
    epochs = list(told)
    assert epochs
    with seqviz.Writer(tmp_path / "seqviz"):
        pass
    for kind in ("attention", "statistics", "embeddings", "samples"):
        by_tag: dict[str, list[int]] = {}
        for record in seqviz.read(tmp_path, kind):
            by_tag.setdefault(record.tag, []).append(record.step)
        assert by_tag
        for tag, steps in by_tag.items():
            assert steps == list(range(len(steps))), tag
            assert len(steps) - len(epochs) in (0, 1), tag
