"""Several workers train one model, started by the example itself: the chief logs, once, and training is not changed by it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.sources import ROOT

import tb_seqviz_plugin as seqviz


def run(*arguments: str) -> tuple[str, list[str]]:
    """Returns what the workers said, and the weights that each ended with."""
    given = ["--steps", "4", "--log-every", "2", "--words", "512", *arguments]
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "distributed.py", *given], capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stderr[-3000:]
    ends = re.findall(r"^Worker (\d) of \d: 4 steps, loss [\d.]+, weights (\w{12})$", done.stdout, re.M)
    return done.stdout + done.stderr, [weights for _, weights in sorted(ends)]


def check(folder: Path, said: str, workers: int) -> None:
    steps: dict[str, list[int]] = {}
    for record in seqviz.read(folder):
        steps.setdefault(record.tag, []).append(record.step)
    assert steps.pop("structure/model") == [2]
    assert {tag.partition("/")[0] for tag in steps} == {"attention", "samples", "statistics", "embeddings"}
    assert set(map(tuple, steps.values())) == {(2, 4)}
    *_, last = seqviz.read(folder, "statistics")
    assert "gradient_norm" in last.statistics.of("cross")
    assert sorted(re.findall(r"SeqViz logs nothing on worker (\d)", said)) == [str(each) for each in range(1, workers)]
    assert len(list((folder / "seqviz").glob("*.seqviz"))) == 1


@pytest.mark.long
@pytest.mark.parametrize("workers", [2, 4])
def test_the_chief_logs_each_step_once_and_weights_are_the_same_bit_for_bit_as_without(
    tmp_path: Path, workers: int
) -> None:
    said, logged = run("--workers", str(workers), "--log-dir", str(tmp_path / "run"))
    check(tmp_path / "run", said, workers)
    assert f"tensorboard --logdir {tmp_path}" in said
    assert "unhealthy" not in said
    _, plain = run("--workers", str(workers), "--without-logging")
    assert len(plain) == len(logged) == workers
    assert len(set(plain + logged)) == 1
