"""The poet: padding does not count, what is logged is what it writes, and the judgements are sound."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import pytest
from helpers.old_keras import as_far_as_keras_builds

import tb_seqviz_plugin as seqviz

SCRIPT = Path(__file__).parents[2] / "examples" / "poetry.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("poetry", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["poetry"] = module
    spec.loader.exec_module(module)
    return module


poetry = _load()

SHORT = "春风照故乡，秋月满衣裳。\n青山人不见，白云雁南翔。"
LONG = "春风万里照故乡，秋月千年满衣裳。\n青山一夜人不见，白云今朝雁南翔。"


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"UNITS": 16, "REPEATS": 1}.items():
        monkeypatch.setattr(poetry, name, value)


@pytest.mark.usefixtures("tiny")
def test_a_run_learns_logs_and_restores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # 512 composed, of which 26 are held out: 16 batches an epoch, and the schedule's last one is the last of training.
    options = ["--poems", "512", "--epochs", "3", "--log-dir", str(tmp_path / "run")]
    with as_far_as_keras_builds():
        result = poetry.main(options)
    output = capsys.readouterr().out
    characters = {
        character for number in range(100) for character in poetry.compose_poem(np.random.default_rng(number))
    }
    assert result.loss < 0.95 * math.log(len(characters))
    texts = sum(map(len, result.written.values()))
    for name in ("checkpoint", "SavedModel"):
        assert f"The model restored from the {name} writes the same {texts} poems." in output
    assert f"tensorboard --logdir {tmp_path}" in output
    records = list(seqviz.read(tmp_path / "run", "samples"))
    assert [record.step for record in records] == [1, 2, 3, 4, 6, 7, 9, 12, 15, 20, 26, 33, 43]
    assert {sample.temperature for sample in records[-1].samples} == set(poetry.TEMPERATURES)
    assert len({sample.prompt for sample in records[-1].samples}) == poetry.PROMPTS
    for sample in records[-1].samples:
        assert len(sample.prompt) == 2
        ended = sample.tokens[-1] == "[END]"
        assert "".join(sample.tokens[: len(sample.tokens) - ended]) == sample.text
        assert ended or len(sample.tokens) == len(LONG)


@pytest.mark.usefixtures("tiny")
def test_padding_does_not_count() -> None:
    poems = [SHORT, LONG]
    vocabulary = {token: number for number, token in enumerate(poetry.SPECIAL_TOKENS + sorted(set(SHORT + LONG)))}
    [(ids, labels, weights)] = poetry.make_batches(poems, vocabulary)
    assert ids.shape == labels.shape == weights.shape == (2, len(LONG))
    assert weights.numpy().sum(axis=1).tolist() == [len(SHORT), len(LONG)]
    for row, poem in enumerate(poems):
        assert ids[row, : len(poem)].numpy().tolist() == [vocabulary[character] for character in poem]
        assert labels[row, : len(poem) - 1].numpy().tolist() == [vocabulary[character] for character in poem[1:]]
        assert labels[row, len(poem) - 1] == poetry.END

    keras.utils.set_random_seed(0)
    with as_far_as_keras_builds():
        model = poetry.build(len(vocabulary), steps=1)
    together = model.evaluate(poetry.make_batches(poems, vocabulary), verbose=0)
    alone = [model.evaluate(poetry.make_batches([poem], vocabulary), verbose=0) for poem in poems]
    assert together == pytest.approx(np.average(alone, weights=[len(SHORT), len(LONG)]), abs=1e-5)


def test_compositions_pass_every_judgement() -> None:
    generator = np.random.default_rng(0)
    poems = [poetry.compose_poem(generator) for _ in range(300)]
    assert {len(poem) for poem in poems} == {len(SHORT), len(LONG)}
    for judge in (poetry.has_form, poetry.is_of_phrases, poetry.rhymes):
        assert all(map(judge, poems))


@pytest.mark.parametrize(
    ("poem", "form", "phrases", "rhyme"),
    [
        (SHORT, True, True, True),
        (SHORT.replace("秋月", "秋月千年"), False, True, True),
        (SHORT.replace("雁南翔", "鸟飞还"), True, True, False),
        (SHORT.replace("人不见", "人不在"), True, False, True),
        (SHORT[: SHORT.index("\n")], True, True, False),
        (SHORT[:-1], False, True, True),
        (SHORT.replace("\n", ""), False, True, True),
    ],
)
def test_judgements(poem: str, form: bool, phrases: bool, rhyme: bool) -> None:
    assert (poetry.has_form(poem), poetry.is_of_phrases(poem), poetry.rhymes(poem)) == (form, phrases, rhyme)


def test_poems_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "poems.tsv"
    lines = ["title\tauthor\tbody", "一\t某\t春风照故乡，秋月满衣裳。青山人不见，白云雁南翔。（某编校）※"]
    lines += ["二\t某\t〈缺〉春风。", "三\t某\t" + "春风照故乡，秋月满衣裳。" * 10]
    file.write_text("\n".join(lines), encoding="utf-8")
    assert poetry.read_poems(file, longest=70) == [SHORT]
    file.write_text("title\tauthor\tbody\n一\t春风。\n", encoding="utf-8")
    with pytest.raises(
        SystemExit, match=r"Line 2 of .*poems\.tsv has 2 columns; expected a title, an author and a poem"
    ):
        poetry.read_poems(file, longest=70)


@pytest.mark.long
@pytest.mark.usefixtures("tiny")
def test_a_model_that_is_not_restored_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(_: Any, vocabulary_size: int, steps: int, __: Path) -> dict[str, keras.Model]:
        return {"SavedModel": poetry.build(vocabulary_size, steps)}

    monkeypatch.setattr(poetry, "restore", forget)
    with pytest.raises(SystemExit, match="restored from the SavedModel writes something else"):
        poetry.main(["--poems", "64", "--epochs", "1", "--log-dir", str(tmp_path)])


@pytest.mark.long
def test_default_run_learns_phrases_and_form_before_rhyme(tmp_path: Path) -> None:
    result = poetry.main(["--log-dir", str(tmp_path)])
    assert min(result.shares[0.5].values()) > 0.8
    assert result.shares[1.0]["of phrases of the grammar"] > 0.8
    judged = {
        record.step: [
            np.mean([judge(sample.prompt + sample.text) for sample in record.samples if sample.temperature <= 0.5])
            for judge in (poetry.is_of_phrases, poetry.rhymes)
        ]
        for record in seqviz.read(tmp_path, "samples")
    }
    phrases, rhymes = (next(step for step, shares in judged.items() if shares[judgement] > 0.8) for judgement in (0, 1))
    assert 50 < phrases < rhymes
