"""What is said: commands that a shell reads back, folders that hold several runs, figures in their units."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tb_seqviz_plugin.callbacks import EveryBatches, EveryEpochs, Geometric
from tb_seqviz_plugin.callbacks.composing import report


@pytest.mark.parametrize("folder", ["logs", "my logs", "it's", "$HOME;ls"])
def test_a_shell_reads_the_folder_back(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path, said in ((tmp_path / folder, folder), (Path("/elsewhere") / folder, f"/elsewhere/{folder}")):
        command = report.how_to_open(path).removeprefix("To look at it: ")
        assert shlex.split(command) == ["tensorboard", "--logdir", said]


def test_in_a_notebook_it_is_a_magic_command(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = ModuleType("IPython")
    monkeypatch.setitem(sys.modules, "IPython", shell)
    for has_page in (True, False):
        found = SimpleNamespace(kernel=object()) if has_page else SimpleNamespace()
        shell.get_ipython = lambda found=found: found  # type: ignore[attr-defined]
        said = report.how_to_open(Path("/logs/a b"))
        assert ("%load_ext tensorboard" in said, "%tensorboard --logdir '/logs/a b'" in said) == (has_page, has_page)


@pytest.mark.parametrize(
    ("given", "opened"),
    [("logs/run1", "logs"), ("./logs/run1", "logs"), ("logs", "logs"), ("../run1", "../run1"), ("a/b/c", "a/b")],
)
def test_a_run_among_others_is_opened_with_them(given: str, opened: str, tmp_path: Path) -> None:
    assert report.folder_to_open(tmp_path / given, given) == tmp_path / opened


def test_a_run_elsewhere_is_opened_alone(tmp_path: Path) -> None:
    assert report.folder_to_open(tmp_path, tmp_path) == tmp_path
    assert report.folder_to_open(Path.home() / "logs/run1", "~/logs/run1") == Path.home() / "logs/run1"


def test_bytes_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "a").write_bytes(bytes(10))
    (tmp_path / "inner" / "b").write_bytes(bytes(2000))
    assert report.bytes_in(tmp_path) == 2010
    assert report.bytes_in(tmp_path / "missing") == 0


def test_costs_are_said_in_fitting_units() -> None:
    assert report.cost(3.2, {"attention": 0.7, "samples": 2.0}, 1_500_000, "") == (
        "SeqViz: the first log took 3.2 s, 2.0 s of it for samples, and 1.5 MB. What was traced and compiled for it is kept for "
        "later ones."
    )
    assert report.cost(0.012, {"embeddings": 0.012}, 999, "").startswith(
        "SeqViz: the first log took 12 ms, and 999 bytes. "
    )
    times = [report.closing(times, 1.0, 2_000, Path("/logs")).partition(":")[0] for times in (1, 2, 1234)]
    assert times == ["SeqViz logged once", "SeqViz logged twice", "SeqViz logged 1,234 times"]


def test_when_is_said_as_it_was_asked_for() -> None:
    schedules = [EveryEpochs(), EveryEpochs(5), EveryBatches(1), EveryBatches(1000), Geometric(), None]
    said = [report.opening(Path("/logs"), schedule, {}, {}).partition(", ")[2] for schedule in schedules]
    assert said == [
        "after every epoch:",
        "after every 5 epochs:",
        "after every batch:",
        "after every 1,000 batches:",
        "after every one of the first batches, then less and less often:",
        "whenever log(step) is called:",
    ]
