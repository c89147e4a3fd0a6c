"""The public names of the callbacks: loaded when asked for, and the same to Python, to type checkers and to editors."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from helpers.sources import CALLBACKS, ROOT, modules

from tb_seqviz_plugin import callbacks


def names_for_type_checkers(path: Path) -> dict[str, str]:
    """Returns the module of each name that is imported for type checkers only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    lines = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(line.module) for line in lines for alias in line.names if alias.name == alias.asname}


def test_type_checkers_are_told_the_same_names() -> None:
    told = names_for_type_checkers(modules()[CALLBACKS])
    assert told == {name: f"{CALLBACKS}.{module}" for name, module in callbacks._MODULE_OF.items()}
    assert sorted(told) == callbacks.__all__


@pytest.mark.parametrize("name", callbacks.__all__)
def test_each_name_is_that_of_the_module_that_defines_it(name: str) -> None:
    value = getattr(callbacks, name)
    assert value is getattr(import_module(f"{CALLBACKS}.{callbacks._MODULE_OF[name]}"), name)
    assert name in dir(callbacks)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__module__ == f"{CALLBACKS}.{callbacks._MODULE_OF[name]}"


def test_any_other_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'AtentionLogger'"):
        callbacks.AtentionLogger  # noqa: B018


WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from tb_seqviz_plugin.callbacks import EmbeddingLogger
"""


@pytest.mark.parametrize("missing", ["keras", "tensorflow"])
def test_where_keras_or_its_framework_is_missing_one_sentence_says_what_to_install(missing: str) -> None:
    command = [sys.executable, "-c", WITHOUT, missing]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == (
        f"ModuleNotFoundError: EmbeddingLogger needs {missing}, which is not installed. For Keras on TensorFlow: pip install "
        "'tb-seqviz-plugin[tensorflow]'; on another backend: install that and keras, and set KERAS_BACKEND."
    )
