"""One version, said in two languages."""

from __future__ import annotations

import json
import re
from importlib.metadata import entry_points
from pathlib import Path

import tb_seqviz_plugin
from tb_seqviz_plugin.plugin import SeqVizLoader

ROOT = Path(__file__).parents[2]


def test_the_page_has_the_version_of_the_package() -> None:
    for name in ("package.json", "package-lock.json"):
        assert json.loads((ROOT / "frontend" / name).read_text())["version"] == tb_seqviz_plugin.__version__, name


def test_whoever_cites_it_cites_this_version() -> None:
    assert f"\nversion: {tb_seqviz_plugin.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_tensorboard_finds_the_plugin() -> None:
    (point,) = entry_points(group="tensorboard_plugins", name="seqviz")
    assert point.load() is SeqVizLoader


def test_no_lock_file_records_where_packages_were_downloaded() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    assert len(lock["packages"]) > 10
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_the_lowest_versions_that_are_tested_are_those_that_are_claimed() -> None:
    claims = (ROOT / "setup.py").read_text(encoding="utf-8").partition('"test": [')[0]
    tested = (ROOT / "tests" / "packaging" / "lowest.txt").read_text(encoding="utf-8")
    claimed = re.findall(r'"([\w-]+)>=([\d.]+)', claims)
    assert dict(re.findall(r"^([\w-]+)==([\d.]+)$", tested, re.M)) == dict(claimed)
    assert len(dict(claimed)) > 10
