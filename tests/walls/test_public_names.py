"""Public names: loaded when asked for, and the same to Python, to type checkers and to editors."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from helpers.sources import ROOT, is_of, modules

import tb_seqviz_plugin
from tb_seqviz_plugin import callbacks

PACKAGES = [tb_seqviz_plugin, callbacks]
NAMES = [(package, name) for package in PACKAGES for name in package._MODULE_OF]


def names_for_type_checkers(path: Path) -> dict[str, str]:
    """Returns the module of each name that is imported for type checkers only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    lines = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(line.module) for line in lines for alias in line.names if alias.name == alias.asname}


@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_are_told_the_same_names(package: ModuleType) -> None:
    told = names_for_type_checkers(modules()[package.__name__])
    assert told == {name: f"{package.__name__}.{module}" for name, module in package._MODULE_OF.items()}
    assert sorted(told) == sorted(set(package.__all__) - {"__version__"})


@pytest.mark.parametrize(("package", "name"), NAMES)
def test_each_name_is_that_of_the_module_that_defines_it(package: ModuleType, name: str) -> None:
    value, module = getattr(package, name), f"{package.__name__}.{package._MODULE_OF[name]}"
    assert value is getattr(import_module(module), name)
    assert name in dir(package)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__module__ == module


@pytest.mark.parametrize("package", PACKAGES)
def test_any_other_name_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'AtentionLogger'"):
        package.AtentionLogger  # noqa: B018


LIGHT = """
import sys
from tensorboard.plugins import base_plugin

before = set(sys.modules)
from tb_seqviz_plugin.plugin import SeqVizLoader

plugin = SeqVizLoader().load(base_plugin.TBContext())
plugin.get_plugin_apps(), plugin.is_active(), plugin.frontend_metadata()
print(*sorted(set(sys.modules) - before))
"""
HEAVY = ("PIL", "google_crc32c", "keras", "numpy", "quickjs", "safetensors", "tensorflow", "threadpoolctl", "werkzeug")


def test_what_tensorboard_loads_at_its_start_is_little() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert [name for name in loaded if name.partition(".")[0] in HEAVY] == []
    ours = {name for name in loaded if is_of(name, ["tb_seqviz_plugin"])}
    rooms = {"plugin", "schema", "schema.common", "server", "server.page"}
    assert ours == {"tb_seqviz_plugin", *(f"tb_seqviz_plugin.{room}" for room in rooms)}
    others = {name.partition(".")[0] for name in loaded} - {"tb_seqviz_plugin", *sys.stdlib_module_names}
    assert others == set()


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
