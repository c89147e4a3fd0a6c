"""The language model: its questions have one answer, what is logged is what it writes, and it learns to look answers up."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import pytest

import tb_seqviz_plugin as seqviz

SCRIPT = Path(__file__).parents[2] / "examples" / "language_model.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("language_model", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["language_model"] = module
    spec.loader.exec_module(module)
    return module


language_model = _load()


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, without_xla: None) -> None:
    sizes = {"UNITS": 8, "HEADS": 2, "BLOCKS": 1, "QUESTIONS": 6, "LOGGED_QUESTIONS": 2}
    lengths = {"PERSONS": 2, "SENTENCES": 4, "LENGTH": 14}
    for name, value in {**sizes, **lengths}.items():
        monkeypatch.setattr(language_model, name, value)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.usefixtures("tiny")
def test_a_run_learns_logs_and_restores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # 320 composed, of which 16 are held out: 5 batches an epoch.
    result = language_model.main(["--stories", "320", "--epochs", "3", "--log-dir", str(tmp_path / "run")])
    output = capsys.readouterr().out
    untrained = np.log(
        len([*language_model.SPECIAL_TOKENS, *language_model.NAMES, *language_model.VERBS, "Today", "."])
    )
    assert result.loss < 0.9 * untrained
    for name in ("checkpoint", "SavedModel"):
        assert f"The model restored from the {name} writes the same {len(result.written)} texts." in output
    assert f"tensorboard --logdir {tmp_path}" in output

    samples = list(seqviz.read(tmp_path / "run", "samples"))
    attention = {(record.tag, record.step): record for record in seqviz.read(tmp_path / "run", "attention")}
    for name in ("answers", "texts"):
        records = [record for record in samples if record.tag == f"samples/{name}"]
        assert [record.step for record in records] == [1, 2, 3, 4, 6, 7, 9, 12, 15]
        for record in records:
            for sample in record.samples:
                logged = attention[f"attention/{sample.attention}", record.step]
                [layer] = logged.layers
                prompt = language_model.split_words(sample.prompt)
                assert list(layer.key_tokens) == [*prompt, *sample.tokens[:-1]]
                assert sample.first_query == len(prompt) - 1
    answers = list(samples[0].samples)
    assert len(answers) == 2
    for sample in answers:
        assert sample.prompt.split()[-1] in language_model.NAMES
        assert sample.reference in {f" {verb}." for verb in language_model.VERBS}
        assert sample.measures["exact_match"] == (sample.text == sample.reference)


@pytest.mark.long
@pytest.mark.usefixtures("tiny")
def test_a_text_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(_: Any, vocabulary_size: int, steps: int, __: Path) -> dict[str, keras.Model]:
        return {"checkpoint": language_model.build(vocabulary_size, steps)}

    monkeypatch.setattr(language_model, "restore", forget)
    file = tmp_path / "text.txt"
    file.write_text("The owl and\nthe pussycat went to sea, in a beautiful pea-green boat.\n" * 30, encoding="utf-8")
    with pytest.raises(SystemExit, match="restored from the checkpoint writes something else"):
        language_model.main(["--data", str(file), "--epochs", "1", "--log-dir", str(tmp_path / "logs")])
    assert {record.tag for record in seqviz.read(tmp_path / "logs", "samples")} == {"samples/texts"}


def test_an_answer_is_what_the_person_did_before() -> None:
    generator = np.random.default_rng(0)
    for _ in range(100):
        story = language_model.compose_story(generator)
        prompt, answer = language_model.ask(story)
        assert story.startswith(prompt + answer)
        name = prompt.split()[-1]
        assert {sentence for sentence in prompt.removeprefix("Today ").split(". ")[:-1] if name in sentence} == {
            name + answer.removesuffix(".")
        }


def test_words_are_split_and_joined_without_loss(tmp_path: Path) -> None:
    text = language_model.compose_story(np.random.default_rng(0))
    tokenizer = language_model.WordTokenizer([text])
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.encode(" xyzzy") == [language_model.UNKNOWN]
    file = tmp_path / "text.txt"
    file.write_text("Well, so\nit goes.  And on! " * 30, encoding="utf-8")
    pieces = language_model.read_pieces(file)
    assert "".join(pieces) == " ".join(["Well, so it goes. And on!"] * 30)
    assert {len(language_model.split_words(piece)) for piece in pieces[:-1]} == {language_model.LENGTH + 1}


def test_repeated_words_have_a_period() -> None:
    rows = language_model.repeated_rows(3, 24, np.random.default_rng(0))
    assert rows.shape == (3, language_model.LENGTH + 1)
    for row in rows:
        period = len(set(row.tolist()))
        assert language_model.PERIOD // 2 <= period <= language_model.PERIOD
        assert (row[period:] == row[:-period]).all()
    assert rows.min() >= len(language_model.SPECIAL_TOKENS)


def test_padding_has_no_weight() -> None:
    tokenizer = language_model.WordTokenizer(["a b c"])
    rows = language_model.encode_rows(["a b", "a b c" * 100], tokenizer)
    assert rows.shape == (2, language_model.LENGTH + 1)
    assert tokenizer.decode(rows[0, :3]) == "a b[END]"
    assert language_model.weights_of(rows).sum(axis=1).tolist() == [2, language_model.LENGTH]


@pytest.mark.long
def test_default_run_learns_to_look_answers_up(tmp_path: Path) -> None:
    result = language_model.main(["--log-dir", str(tmp_path)])
    assert result.right > 0.9
    answers = [record for record in seqviz.read(tmp_path, "samples") if record.tag == "samples/answers"]
    shares = [np.mean([sample.measures["exact_match"] for sample in record.samples]) for record in answers]
    assert shares[0] == 0
    assert shares[-1] > 0.8
    # An induction head forms, on words in random order that are repeated.
    probes = [record for record in seqviz.read(tmp_path, "attention") if record.tag == "attention/induction/0"]
    induction = [max(layer.measures["induction"].max() for layer in record.layers) for record in probes]
    assert induction[0] < 0.3
    assert induction[-1] > 0.5
    assert not [alarm.text for record in seqviz.read(tmp_path, "attention") for alarm in record.alarms]
    # The name looks at what followed it before, with some head of the last layer.
    attention = {(record.tag, record.step): record for record in seqviz.read(tmp_path, "attention")}
    for sample in answers[-1].samples:
        if sample.text == sample.reference:
            layer = attention[f"attention/{sample.attention}", answers[-1].step].layers[-1]
            before = np.array(layer.key_tokens[: sample.first_query]) == sample.tokens[0]
            assert layer.weights[:, sample.first_query, : sample.first_query][:, before].sum(axis=-1).max() > 0.5
