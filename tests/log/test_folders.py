"""Folders: where a log is, whatever becomes of the working directory, and which names TensorBoard can read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log.folders import absolute_folder

ONE = np.full((1, 2, 2), 0.5, np.float32)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


@pytest.mark.parametrize("folder", ["~/logs", Path("~/logs")])
def test_the_home_folder(home: Path, folder: str | Path) -> None:
    with seqviz.Writer(folder) as writer:
        writer.attention("a", {"x": ONE}, step=0)
    assert [record.step for record in seqviz.read(folder)] == [0]
    assert [path.name for path in home.iterdir()] == ["logs"]
    assert list(Path.cwd().iterdir()) == []


def test_a_user_that_is_not_there_is_a_name(home: Path) -> None:
    assert absolute_folder("~nobody-of-that-name/logs") == Path.cwd() / "~nobody-of-that-name" / "logs"


def test_a_relative_folder_stays_where_it_was(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Path.cwd()
    with seqviz.Writer("logs") as writer:
        assert writer.run_dir == here / "logs"
        writer.attention("a", {"x": ONE}, step=0)
        writer.flush()
        monkeypatch.chdir(home)
        writer.attention("a", {"x": ONE}, step=1)
    assert [record.step for record in seqviz.read(here / "logs")] == [0, 1]
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", ['lr="0.1"', "a\\b", "a\nb"])
def test_a_name_that_tensorboard_cannot_read_is_refused(tmp_path: Path, name: str) -> None:
    for folder in (tmp_path / name / "seqviz", Path(name)):
        with pytest.raises(OSError, match=r"expected a name without quotation marks.*Choose one such as '\w+=?_"):
            seqviz.Writer(folder)


@pytest.mark.parametrize("name", ["it's", "a b", "100%", "#1?&+;=", "日本", "<b>", "a,b:c|d*", "`$HOME`", "[1]"])
def test_other_names_are_taken(tmp_path: Path, name: str) -> None:
    with seqviz.Writer(tmp_path / name) as writer:
        writer.attention(name, {name: ONE}, step=0)
    (record,) = seqviz.read(tmp_path)
    assert (record.run, record.tag) == (name, f"attention/{name}")
