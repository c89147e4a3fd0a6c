"""Of several processes that train one model together, the chief logs."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.writing_runs import warnings_of
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import EmbeddingLogger, SeqViz
from tb_seqviz_plugin.callbacks.chief import FIT_FAILS, follower

TWO = {"worker": ["a:1", "b:1"]}


def config(kind: str, index: Any, cluster: dict[str, list[str]]) -> dict[str, str]:
    return {"TF_CONFIG": json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})}


CASES: dict[str, tuple[dict[str, str], str | None]] = {
    "alone": ({}, None),
    "a cluster of one": (config("worker", 0, {"worker": ["a:1"]}), None),
    "first worker": (config("worker", 0, TWO), None),
    "second worker": (config("worker", 1, TWO), "worker 1"),
    "index as text": (config("worker", "1", TWO), "worker 1"),
    "chief": (config("chief", 0, {"chief": ["c:1"], **TWO}), None),
    "first worker beside a chief": (config("worker", 0, {"chief": ["c:1"], **TWO}), "worker 0"),
    "parameter server": (config("ps", 0, {"chief": ["c:1"], "ps": ["p:1"], **TWO}), "ps 0"),
    "evaluator": (config("evaluator", 0, TWO), "evaluator 0"),
    "rank 0": ({"RANK": "0", "WORLD_SIZE": "2"}, None),
    "rank 3": ({"RANK": "3", "WORLD_SIZE": "4"}, "rank 3"),
    "a rank of nothing": ({"RANK": "3"}, None),
    "no JSON": ({"TF_CONFIG": "{"}, None),
    "no object": ({"TF_CONFIG": "[1]"}, None),
    "no list": ({"TF_CONFIG": '{"cluster": {"worker": 3}, "task": {"type": "worker", "index": 1}}'}, None),
}


@pytest.mark.parametrize(("environment", "name"), CASES.values(), ids=CASES)
def test_who_logs_is_known_from_how_it_was_started(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], name: str | None
) -> None:
    for each in ("TF_CONFIG", "RANK", "WORLD_SIZE"):
        monkeypatch.delenv(each, raising=False)
    for each, value in environment.items():
        monkeypatch.setenv(each, value)
    assert follower() == name


def model_and_data() -> tuple[keras.Model, np.ndarray]:
    model = keras.Sequential([layers.Input((3,)), layers.Embedding(5, 2), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model, np.ones((4, 3), np.int32)


@pytest.mark.parametrize("kind", [EmbeddingLogger, SeqViz])
def test_where_fit_fails_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type) -> None:
    model, _ = model_and_data()
    assert warnings_of(lambda: kind(tmp_path)) == []
    for name, value in config("worker", 0, TWO).items():
        monkeypatch.setenv(name, value)
    assert set(warnings_of(lambda: kind(tmp_path))) == {FIT_FAILS}
    assert warnings_of(lambda: kind(tmp_path, model=model)) == []


@pytest.mark.parametrize("kind", [EmbeddingLogger, SeqViz])
def test_a_worker_trains_and_logs_nothing_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type
) -> None:
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    model, x = model_and_data()
    logger = kind(tmp_path / "worker")
    with warnings.catch_warnings(record=True) as got:
        warnings.simplefilter("always")
        history = model.fit(x, np.ones(4), epochs=2, verbose=0, callbacks=[logger])
        logger.log(7)
    assert len(history.history["loss"]) == 2
    assert [str(warning.message) for warning in got if "logs nothing on" in str(warning.message)] == [
        f"{kind.__name__} logs nothing on rank 1: the chief of the processes that train together logs, so that each step is there "
        "once."
    ]
    assert not (tmp_path / "worker").exists()
    monkeypatch.setenv("RANK", "0")
    model.fit(x, np.ones(4), epochs=2, verbose=0, callbacks=[EmbeddingLogger(tmp_path / "chief")])
    assert [record.step for record in seqviz.read(tmp_path / "chief", "embeddings")] == [0, 1]
