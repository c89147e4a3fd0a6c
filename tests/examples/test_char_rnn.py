"""The model of characters: fit and the loop do the same, what is logged is what it writes, and the judgements are sound."""

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

import tb_seqviz_plugin as seqviz

SCRIPT = Path(__file__).parents[2] / "examples" / "char_rnn.py"
STEPS = 56
LOGGED_STEPS = [1, 2, 3, 4, 6, 7, 9, 12, 15, 20, 26, 33, 43, 56]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("char_rnn", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["char_rnn"] = module
    spec.loader.exec_module(module)
    return module


char_rnn = _load()


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, without_xla: None) -> None:
    for name, value in {"WINDOW": 5, "UNITS": 8, "TEXT_LENGTH": 4000, "MAX_LENGTH": 12, "REPEATS": 1}.items():
        monkeypatch.setattr(char_rnn, name, value)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
@pytest.mark.long
def test_fit_and_loop_learn_and_log_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--steps", str(STEPS), "--log-dir"]
    by_fit = char_rnn.main([*options, str(tmp_path / "fit")])
    output = capsys.readouterr().out
    assert "The model restored from the checkpoint writes the same 8 texts." in output
    assert "The model restored from the SavedModel writes the same 8 texts." in output
    assert f"tensorboard --logdir {tmp_path}" in output
    monkeypatch.setattr(char_rnn, "restore", lambda *_: {})  # once is enough
    by_loop = char_rnn.main(["--loop", *options, str(tmp_path / "loop")])

    assert by_fit.loss < 0.9 * math.log(len(set(char_rnn.compose_text(4000, np.random.default_rng(0)))))
    assert by_loop.loss == pytest.approx(by_fit.loss, abs=1e-3)
    for way, result in (("fit", by_fit), ("loop", by_loop)):
        records = list(seqviz.read(tmp_path / way, "samples"))
        assert [record.step for record in records] == LOGGED_STEPS
        last: dict[float, list[str]] = {}
        for sample in records[-1].samples:
            assert len(sample.prompt) == char_rnn.WINDOW
            last.setdefault(sample.temperature, []).append(sample.text)
        assert last == result.written


@pytest.mark.usefixtures("tiny")
def test_a_text_of_a_file_and_a_model_that_is_not_restored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget(model: Any, steps: int, _: Path) -> dict[str, keras.Model]:
        return {"checkpoint": char_rnn.build(model.vocabulary_size, steps)}

    monkeypatch.setattr(char_rnn, "restore", forget)
    file = tmp_path / "text.txt"
    file.write_text("Ein Männlein steht im Walde, ganz still und stumm.\n" * 40, encoding="utf-8")
    with pytest.raises(SystemExit, match="restored from the checkpoint writes something else"):
        char_rnn.main(["--data", str(file), "--steps", "2", "--log-dir", str(tmp_path / "logs")])
    assert "grammar" not in capsys.readouterr().out
    *_, record = seqviz.read(tmp_path / "logs", "samples")
    assert set("".join(sample.text for sample in record.samples)) <= set(file.read_text(encoding="utf-8"))


def test_a_text_too_short_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("Too short.", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"text\.txt holds 10 characters; expected at least 1600"):
        char_rnn.main(["--data", str(file), "--log-dir", str(tmp_path / "logs")])


def test_windows_are_pieces_of_the_text() -> None:
    windows = char_rnn.draw_windows(np.arange(100, dtype="int32"), 1000, np.random.default_rng(0))
    assert windows.shape == (1000, char_rnn.WINDOW + 1)
    assert (np.diff(windows, axis=1) == 1).all()
    assert (windows[:, 0].min(), windows[:, -1].max()) == (0, 99)


def test_the_judge_knows_the_sentences_of_the_grammar_from_others() -> None:
    text = char_rnn.compose_text(20_000, np.random.default_rng(0))
    assert char_rnn.share_grammatical([f"cut off\n{text}cut off"]) == 1
    assert char_rnn.share_known([text], text) == 1
    wrong = ["The little bakers sings in the garden.", "Do the happy poet sleep?", '"Who opens my lamp?" ask the bird.']
    right = [
        "The little bakers sing in the garden.",
        "Do the happy poets sleep?",
        '"Who opens my lamp?" asks the bird.',
    ]
    for bad, good in zip(wrong, right, strict=True):
        assert char_rnn.share_grammatical([f"\n{bad}\n{good}\n"]) == 0.5
    assert char_rnn.share_known(["cu the bakers xyzzy sing ut"], text) == 0.75


@pytest.mark.long
def test_default_run_goes_from_noise_to_words_to_sentences(tmp_path: Path) -> None:
    result = char_rnn.main(["--log-dir", str(tmp_path)])
    assert result.known[1.0] > 0.9
    assert result.grammatical[0.5] > 0.8
    text = char_rnn.compose_text(char_rnn.TEXT_LENGTH, np.random.default_rng(0))
    known, grammatical = [], []
    for record in seqviz.read(tmp_path, "samples"):
        texts = [sample.text for sample in record.samples if sample.temperature == 0.5]
        known.append(char_rnn.share_known(texts, text))
        grammatical.append(char_rnn.share_grammatical(texts))
    # Words come before sentences.
    assert known[0] < 0.2
    assert next(n for n, share in enumerate(known) if share > 0.8) < next(
        n for n, share in enumerate(grammatical) if share > 0.5
    )
