"""What each side may import: the server no framework, the training side no server."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRAMEWORKS = ("keras", "tensorflow", "torch", "jax")

BLOCKER = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r} or name in {blocked!r}:
            raise ImportError("BLOCKED " + name)

sys.meta_path.insert(0, Blocker())
"""
SERVE_WRITE_AND_READ = """
import sys, tempfile
import numpy as np
import tb_seqviz_plugin as seqviz
import tb_seqviz_plugin.plugin

folder = tempfile.mkdtemp()
with seqviz.Writer(folder) as writer:
    writer.attention("a", {"x": np.full((1, 2, 2), 0.5)}, step=0)
assert [record.step for record in seqviz.read(folder)] == [0]
"""


def run(program: str, blocked: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    ending = f"print('IMPORTED', [name for name in {blocked!r} if name in sys.modules])\n"
    program = BLOCKER.format(blocked=blocked) + program + ending
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_server_and_a_writer_need_no_framework() -> None:
    done = run(SERVE_WRITE_AND_READ, FRAMEWORKS)
    assert done.returncode == 0, done.stderr
    assert "IMPORTED []" in done.stdout


@pytest.mark.parametrize("line", ["import tensorflow", "import keras.layers", "from torch import nn"])
def test_that_check_can_fail(line: str) -> None:
    done = run(f"import sys\n{line}\n" + SERVE_WRITE_AND_READ, FRAMEWORKS)
    assert done.returncode != 0
    assert "BLOCKED" in done.stderr


SERVER_SIDE = ("tb_seqviz_plugin.plugin", "tb_seqviz_plugin.server.reader", "werkzeug")


def test_training_needs_no_server() -> None:
    """By reading the sources, since TensorFlow imports TensorBoard, and that werkzeug, for reasons of its own."""
    found = [f"{path.name}: {name}" for path in training_side() for name in imports_of(path) if is_server_side(name)]
    assert found == []


def test_the_package_itself_needs_no_server() -> None:
    done = run("import sys\n" + SERVE_WRITE_AND_READ.replace("import tb_seqviz_plugin.plugin\n", ""), SERVER_SIDE)
    assert done.returncode == 0, done.stderr
    assert "IMPORTED []" in done.stdout


@pytest.mark.parametrize(
    "line",
    [
        "import werkzeug",
        "from werkzeug.test import Client",
        "from tb_seqviz_plugin import plugin",
        "from tb_seqviz_plugin.server.reader import Reader",
        "def late():\n    import tb_seqviz_plugin.plugin",
    ],
)
def test_those_checks_can_fail(tmp_path: Path, line: str) -> None:
    path = tmp_path / "module.py"
    path.write_text(line)
    assert any(is_server_side(name) for name in imports_of(path))


def test_no_framework_is_imported_outside_of_callbacks() -> None:
    files = [path for path in (ROOT / "tb_seqviz_plugin").glob("*.py") if path.is_file()]
    assert len(files) > 10
    wrong = {*FRAMEWORKS, "callbacks"}
    found = [f"{path.name}: {name}" for path in files for name in imports_of(path) if wrong & set(name.split("."))]
    assert found == []


def training_side() -> list[Path]:
    """Returns the callbacks and all of the package that they reach."""
    reached = sorted((ROOT / "callbacks").glob("*.py"))
    assert len(reached) > 5
    for path in reached:
        for name in imports_of(path):
            module = (
                ROOT / "tb_seqviz_plugin" / (name.split(".")[1] + ".py")
                if name.startswith("tb_seqviz_plugin.")
                else None
            )
            if module is not None and module.is_file() and module not in reached:
                reached.append(module)
    return reached


def imports_of(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def is_server_side(name: str) -> bool:
    return any(name == other or name.startswith(other + ".") for other in SERVER_SIDE)
