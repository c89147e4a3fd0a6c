"""The walls of the house: what each room may import, whose private parts it may touch, and that nothing runs in circles."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable

import pytest
from helpers.sources import CALLBACKS, ROOT, circles_of, foreign_privates, graph_of, imports_of, is_of, modules

FRAMEWORKS = ("tensorflow", "torch", "jax")
SERVER = ("tb_seqviz_plugin.plugin", "tb_seqviz_plugin.server", "werkzeug")

SOURCES = {name: path.read_text(encoding="utf-8") for name, path in modules().items()}
PLUGIN = {name: source for name, source in SOURCES.items() if not is_of(name, [CALLBACKS])}
TRAINING = {name: source for name, source in SOURCES.items() if is_of(name, [CALLBACKS])}


def wrong(sources: Iterable[tuple[str, str]], packages: Iterable[str]) -> list[str]:
    """Returns what is imported of packages that must not be."""
    return [f"{module}: {name}" for module, source in sources for name in imports_of(source) if is_of(name, packages)]


def test_all_modules_are_seen() -> None:
    assert len(PLUGIN) > 40
    assert len(TRAINING) > 70


def test_only_a_backends_folder_imports_its_framework() -> None:
    for framework in FRAMEWORKS:
        home = f"{CALLBACKS}.backends.{framework}"
        assert wrong(((m, s) for m, s in TRAINING.items() if not is_of(m, [home])), [framework]) == []


def test_the_plugin_imports_no_framework_and_nothing_of_the_training_side() -> None:
    assert wrong(PLUGIN.items(), ["keras", *FRAMEWORKS, CALLBACKS]) == []


def test_the_training_side_imports_no_server() -> None:
    """By reading the sources, since TensorFlow imports TensorBoard, and that werkzeug, for reasons of its own."""
    graph = graph_of(SOURCES)
    # The package itself shows names, whose modules are loaded when they are asked for.
    shown = {"tb_seqviz_plugin"}
    reached = set(TRAINING)
    while further := {other for module in reached for other in graph[module]} - reached - shown:
        reached |= further
    assert wrong(((m, SOURCES[m]) for m in reached), SERVER) == []


def test_only_the_room_of_models_and_the_backends_touch_private_parts_of_others() -> None:
    rooms = (f"{CALLBACKS}.model", f"{CALLBACKS}.backends")
    found = {m: foreign_privates(s) for m, s in SOURCES.items() if not is_of(m, rooms)}
    # What ends a process has no public place before the executors are shut down, nor are their threads told from others.
    assert {module: names for module, names in found.items() if names} == {
        "tb_seqviz_plugin.log.remote.uploads": {"_register_atexit", "_threads_queues"}
    }


def test_nothing_imports_in_circles() -> None:
    assert circles_of(graph_of(SOURCES)) == []


@pytest.mark.parametrize(
    "line",
    [
        "import tensorflow",
        "from tensorflow import nn",
        "from tensorflow.python.framework import ops",
        "def late():\n    import tensorflow as tf",
        "if TYPE_CHECKING:\n    from tensorflow import Tensor",
    ],
)
def test_the_check_of_imports_can_fail(line: str) -> None:
    assert wrong([("module", line)], ["tensorflow"])
    assert not wrong([("module", line.replace("tensorflow", "tensorflow_of_another_name"))], ["tensorflow"])


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("layer._layers", "_layers"),
        ("getattr(layer, '_remat_mode', None)", "_remat_mode"),
        ("from keras.src import backend", "keras.src.backend"),
        ("from tensorflow.python.framework import op_callbacks", "tensorflow.python.framework.op_callbacks"),
    ],
)
def test_the_check_of_private_parts_can_fail(line: str, name: str) -> None:
    assert foreign_privates(line) == {name}
    assert (
        foreign_privates("class A:\n    def f(self):\n        self._layers = 1\n        return other._layers") == set()
    )


def test_the_check_of_circles_can_fail() -> None:
    sources = {"a": "from b import f", "b": "def late():\n    from c import g", "c": "import a", "d": "import a"}
    assert circles_of(graph_of(sources)) == [["a", "b", "c"]]


BLOCKER = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r} or name in {blocked!r}:
            raise ImportError("BLOCKED " + name)

sys.meta_path.insert(0, Blocker())
"""
WRITE_AND_READ = """
import sys, tempfile
import numpy as np
import tb_seqviz_plugin as seqviz

folder = tempfile.mkdtemp()
with seqviz.Writer(folder) as writer:
    writer.attention("a", {"x": np.full((1, 2, 2), 0.5)}, step=0)
assert [record.step for record in seqviz.read(folder)] == [0]
"""


def run(program: str, blocked: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    ending = f"\nprint('IMPORTED', [name for name in {blocked!r} if name in sys.modules])\n"
    program = BLOCKER.format(blocked=blocked) + program + ending
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("program", "blocked"),
    [
        pytest.param("import tb_seqviz_plugin.plugin\n" + WRITE_AND_READ, ("keras", *FRAMEWORKS), id="server"),
        pytest.param(WRITE_AND_READ, ("keras", *FRAMEWORKS, *SERVER), id="writer"),
        pytest.param("import tb_seqviz_plugin.callbacks", ("keras", *FRAMEWORKS), id="callbacks"),
    ],
)
def test_it_runs_without(program: str, blocked: tuple[str, ...]) -> None:
    done = run(program, blocked)
    assert done.returncode == 0, done.stderr
    assert "IMPORTED []" in done.stdout


@pytest.mark.parametrize("line", ["import tensorflow", "import keras.layers", "from torch import nn"])
def test_that_check_can_fail(line: str) -> None:
    done = run(f"{line}\n", ("keras", *FRAMEWORKS))
    assert done.returncode != 0
    assert "BLOCKED" in done.stderr
