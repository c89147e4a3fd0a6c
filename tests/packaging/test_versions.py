"""One version, said in two languages."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path

import tb_seqviz_plugin
from tb_seqviz_plugin.plugin import SeqVizLoader

ROOT = Path(__file__).parents[2]


def test_the_page_has_the_version_of_the_package() -> None:
    for name in ("package.json", "package-lock.json"):
        assert json.loads((ROOT / "frontend" / name).read_text())["version"] == tb_seqviz_plugin.__version__, name


def test_tensorboard_finds_the_plugin() -> None:
    (point,) = entry_points(group="tensorboard_plugins", name="seqviz")
    assert point.load() is SeqVizLoader


def test_no_lock_file_records_where_packages_were_downloaded() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    assert len(lock["packages"]) > 10
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
