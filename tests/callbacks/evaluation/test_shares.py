"""Several workers evaluate a share each, and the chief's table is exactly that of one that evaluates all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.evaluated_models import classifier
from helpers.evaluating_worker import DATA, QUICK, X
from helpers.sources import ROOT
from helpers.workers import run_workers
from helpers.writing_runs import warnings_of

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import EvaluationLogger, SeqViz
from tb_seqviz_plugin.callbacks.evaluation import shares
from tb_seqviz_plugin.callbacks.evaluation.evaluator import Evaluator


def config(index: int, addresses: list[str]) -> str:
    return json.dumps({"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}})


def rows(folder: Path) -> dict[str, list[str]]:
    return {f"{record.tag} {record.step}": [*map(repr, record.table)] for record in seqviz.read(folder, "evaluation")}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The parts that were counted, in order."""
    found: list[tuple[int, int]] = []
    count = Evaluator.count

    def noted(self: Evaluator, model: object, shard: int = 0, of: int = 1) -> object:
        found.append((shard, of))
        return count(self, model, shard, of)  # type: ignore[arg-type]

    monkeypatch.setattr(Evaluator, "count", noted)
    return found


@pytest.mark.filterwarnings("ignore:.*logs nothing on worker 1")
@pytest.mark.parametrize("is_damaged", [False, True])
def test_counts_of_other_arguments_or_that_are_damaged_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_damaged: bool
) -> None:
    monkeypatch.setattr(shares, "PATIENCE", 0.05)
    model = classifier()
    loggers = []
    for worker, examples in enumerate([64, 64 if is_damaged else 10]):
        monkeypatch.setenv("TF_CONFIG", config(worker, ["a:1", "b:1"]))
        loggers.append(EvaluationLogger(tmp_path, DATA, examples=examples, options=QUICK, model=model))
    chief, other = loggers
    other.log(0)
    if is_damaged:
        (path,) = tmp_path.rglob("*.npz")
        path.write_bytes(path.read_bytes()[:100])
    assert [each for each in warnings_of(lambda: chief.log(0)) if "From worker 1 no counts came" in each]
    chief.close()
    (record,) = seqviz.read(tmp_path, "evaluation")
    assert len(record.examples) == 64
    assert record.evaluated == 90


@pytest.mark.filterwarnings("ignore:.*logs nothing on worker 1")
def test_each_counts_a_share_and_what_does_not_come_the_chief_counts_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr(shares, "PATIENCE", 0.0)
    model = classifier()
    loggers = []
    for worker in (0, 1):
        monkeypatch.setenv("TF_CONFIG", config(worker, ["a:1", "b:1"]))
        given = {"options": {"structure": False, "evaluation": {"options": QUICK}}, "model": model, "verbose": 0}
        loggers.append(SeqViz(tmp_path / "run", X[:2], evaluation=DATA, **given))
    chief, other = loggers
    left = tmp_path / "run" / "seqviz" / "shares"
    other.log(0)
    assert len(list(left.iterdir())) == 1
    chief.log(0)
    assert not list(left.iterdir())
    assert counted == [(1, 2), (0, 2)]
    model.set_weights([weight + 0.1 for weight in model.get_weights()])
    other.log(1)  # of other weights than those that the chief then has
    model.set_weights([weight + 0.1 for weight in model.get_weights()])
    said = warnings_of(lambda: chief.log(1))
    assert [each for each in said if "From worker 1 no counts came for the weights that the chief has" in each]
    chief.log(2)
    assert counted[2:] == [(1, 2), (0, 2), (1, 2), (0, 1)]
    chief.close()
    monkeypatch.delenv("TF_CONFIG")
    EvaluationLogger(tmp_path / "plain", DATA, options=QUICK, model=model).log(2)
    *_, last = rows(tmp_path / "run").values()
    assert [last] == [*rows(tmp_path / "plain").values()]


def test_what_other_workers_left_unread_they_take_away_and_help_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[tuple[int, int]]
) -> None:
    monkeypatch.setenv("TF_CONFIG", config(1, ["a:1", "b:1"]))
    logger = EvaluationLogger(tmp_path, DATA, options=QUICK, model=classifier())
    with pytest.warns(UserWarning, match="EvaluationLogger logs nothing on worker 1"):
        logger.log(0)
    logger.log(1)
    logger.log(2)
    assert counted == [(1, 2)]
    assert not list((tmp_path / "seqviz" / "shares").iterdir())


@pytest.mark.filterwarnings("ignore:.*logs nothing on worker 1")
def test_what_a_killed_worker_has_not_finished_the_next_one_writes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CONFIG", config(1, ["a:1", "b:1"]))
    first, second = (EvaluationLogger(tmp_path, DATA, options=QUICK, model=classifier()) for _ in range(2))

    def killed(file: Any, **_: object) -> None:
        file.write(b"half of it")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", killed)
        with pytest.raises(KeyboardInterrupt):
            first.log(0)
    second.log(0)
    (left,) = (tmp_path / "seqviz" / "shares").iterdir()
    assert left.suffix == ".npz"


def run(folder: Path, *role: str) -> str:
    """Trains as two processes, and returns what they said."""
    ended = run_workers(2, str(ROOT / "tests/helpers/evaluating_worker.py"), str(folder), "2", *role)
    return "".join(part for said in ended for part in said)


def check(folder: Path) -> None:
    model = classifier()
    model.load_weights(folder / "trained.weights.h5")
    EvaluationLogger(folder / "plain", DATA, options=QUICK, model=model).log(1)
    found = rows(folder / "seqviz")
    assert not list((folder / "seqviz" / "shares").glob("*"))
    assert list(found) == [f"evaluation/{name} {step}" for name in ("of all", "validation") for step in (0, 1)]
    (plain,) = rows(folder / "plain").values()
    assert found["evaluation/validation 1"] == found["evaluation/of all 1"] == plain
    assert found["evaluation/validation 0"] != plain


@pytest.mark.long
def test_two_processes_evaluate_half_of_the_data_each(tmp_path: Path) -> None:
    said = run(tmp_path)
    counts = re.findall(r"^worker (\d) counts (\d) of (\d)$", said, re.M)
    assert sorted(counts) == sorted([("0", "0", "2"), ("1", "1", "2")] * 4)
    check(tmp_path)


@pytest.mark.long
def test_a_worker_that_does_not_log_ends_nothing(tmp_path: Path) -> None:
    said = run(tmp_path, "silent")
    assert "From worker 1 no counts came" in said
    assert ("0", "0", "1") in re.findall(r"^worker (\d) counts (\d) of (\d)$", said, re.M)
    check(tmp_path)
