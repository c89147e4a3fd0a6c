"""Where callbacks log: folders that are deleted, in the home folder, or relative to a working directory that changes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.logging_runs import fit, language_model
from helpers.store import Kept

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger, EmbeddingLogger
from tb_seqviz_plugin.log.remote.address import SPOOL_VARIABLE

PROBE = [[3, 1, 4, 1, 5, 9]]


class Stopping(AttentionLogger):
    """Stops as one does in a notebook, where Keras then tells no callback that the training has ended."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        super().on_epoch_begin(epoch, logs)
        if epoch == 2:
            # What was still to be written would be written anew where the log is deleted before.
            self.writer.flush()
            raise KeyboardInterrupt


def test_training_again_after_it_was_stopped_and_the_log_deleted(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        fit(language_model(), Stopping(tmp_path / "logs", PROBE), epochs=3)
    shutil.rmtree(tmp_path / "logs")
    fit(language_model(), AttentionLogger(tmp_path / "logs", PROBE), epochs=3)
    assert [record.step for record in seqviz.read(tmp_path)] == [0, 1, 2]


def test_the_log_deleted_while_it_trains(tmp_path: Path) -> None:
    class Deleted(AttentionLogger):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            super().on_epoch_begin(epoch, logs)
            if epoch == 2:
                self.writer.flush()
                shutil.rmtree(tmp_path / "logs")

    with pytest.warns(UserWarning, match="was deleted or moved while it was written to"):
        fit(language_model(), Deleted(tmp_path / "logs", PROBE), epochs=4)
    assert [record.step for record in seqviz.read(tmp_path)] == [2, 3]


def test_the_home_folder_and_a_changed_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("home", "here", "there"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    loggers = [AttentionLogger(folder, PROBE) for folder in ("~/logs", "logs")]
    monkeypatch.chdir(tmp_path / "there")
    for logger in loggers:
        fit(language_model(), logger)
    assert [record.run for record in seqviz.read(tmp_path)] == ["here/logs/seqviz", "home/logs/seqviz"]
    assert list((tmp_path / "there").iterdir()) == []


def test_an_address_of_a_store_takes_what_fit_logs_and_the_next_fit_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Kept.begin(tmp_path / "kept")
    monkeypatch.setenv(SPOOL_VARIABLE, str(tmp_path / "spool"))
    ids = np.arange(8, dtype=np.int32).reshape(4, 2)
    model = keras.Sequential([keras.Input((2,), dtype="int32"), keras.layers.Embedding(8, 3), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    for _ in range(2):
        logger = EmbeddingLogger("kept://bucket/logs/run1")
        model.fit(ids, np.zeros((4, 2, 1)), epochs=2, verbose=0, callbacks=[logger])
    records = [(record.run, record.step) for record in seqviz.read("kept://bucket/logs", "embeddings")]
    assert records == [("run1/seqviz", step) for step in range(4)]
    snapshots = {path.parent.name for path in (tmp_path / "kept").rglob("projector_config.pbtxt")}
    assert snapshots == {f"step-{step:06d}" for step in range(4)}
    assert [path for path in (tmp_path / "spool").rglob("*") if path.is_file()] == []
