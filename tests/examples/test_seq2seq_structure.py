"""The three tasks: sentences are sound, the model learns them, and its structure can be read back."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz

SCRIPT = Path(__file__).parents[2] / "examples" / "seq2seq_structure.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("seq2seq_structure", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["seq2seq_structure"] = module
    spec.loader.exec_module(module)
    return module


example = _load()


@pytest.mark.parametrize("task", example.TASKS)
def test_a_source_has_one_target(task: str) -> None:
    random = np.random.default_rng(0)
    targets: dict[str, set[str]] = {}
    for _ in range(2000):
        source, target = example.TASKS[task](random)
        targets.setdefault(" ".join(source), set()).add(" ".join(target))
    assert len(targets) > 500
    assert {len(found) for found in targets.values()} == {1}


def test_german_bends_with_the_noun() -> None:
    class Fixed:
        def __init__(self, *words: str) -> None:
            self.words = list(words)

        def choice(self, options: list[str]) -> str:
            word = self.words.pop(0)
            assert word in options
            return word

    source, target = example.draw_translation(Fixed("cat", "dog", "sees", "small", "old"))
    assert " ".join(source) == "a small cat sees the old dog"
    assert " ".join(target) == "eine kleine Katze hat den alten Hund gesehen"


def test_words_come_back_up_to_the_end() -> None:
    words = example.Words.of([["b", "a"]])
    ids = words.encode([["a", "b", example.END], ["b"]])
    assert ids.tolist() == [[3, 4, 2], [4, 0, 0]]
    assert words.decode(ids[0]) == ["a", "b"]


def test_the_structure_is_that_of_the_classes(tmp_path: Path) -> None:
    options = ["--task", "dialogue", "--examples", "200", "--epochs", "1", "--width", "8", "--log-dir", str(tmp_path)]
    (result,) = example.main(options)
    assert 0 <= result.exact <= 1
    (structure,) = seqviz.read(tmp_path, "structure")
    assert [(node.path, node.class_name, node.role) for node in structure.nodes] == [
        ("seq2seq", "Seq2Seq", ""),
        ("encoder", "Encoder", "encoder"),
        ("encoder/embedding", "Embedding", "embedding"),
        ("encoder/gru", "GRU", ""),
        ("decoder", "Decoder", "decoder"),
        ("decoder/embedding", "Embedding", "embedding"),
        ("decoder/gru", "GRU", ""),
        ("decoder/dense", "Dense", "output"),
    ]
    states = [(edge.source, edge.target, tuple(edge.shape)) for edge in structure.edges if edge.kind == "state"]
    assert states == [("encoder/gru", "decoder/gru", (None, 8))]
    (statistics,) = seqviz.read(tmp_path, "statistics")
    assert set(statistics.gradients_over_time) == {"encoder/gru", "decoder/gru"}
    assert statistics.of("decoder/dense")["gradient_norm"] > 0
    assert "encoder" in (tmp_path / "dialogue" / "model.svg").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize("task", example.TASKS)
def test_the_model_learns_the_task(task: str, tmp_path: Path) -> None:
    (result,) = example.main(["--task", task, "--log-dir", str(tmp_path)])
    assert result.exact > 0.9
