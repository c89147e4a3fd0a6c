"""The examples in docstrings run and give what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import tb_seqviz_plugin

FOLDER = Path(tb_seqviz_plugin.__file__).parent
SOURCES = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py")}
MODULES = sorted(name for name, source in SOURCES.items() if ">>>" in source and "+SKIP" not in source)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    done = doctest.testmod(importlib.import_module(f"tb_seqviz_plugin.{name}"))
    assert done.attempted > 0
    assert done.failed == 0
