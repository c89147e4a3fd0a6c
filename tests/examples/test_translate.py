"""The translator: its dates are sound, its attention finds the alignment, and what it logs can be read back."""

from __future__ import annotations

import contextlib
import datetime
import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from e2e.browser import launch
from e2e.conftest import SeqVizPage
from helpers.old_keras import as_far_as_keras_builds
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import Locator, expect, sync_playwright

import tb_seqviz_plugin as seqviz

SCRIPT = Path(__file__).parents[2] / "examples" / "translate.py"


# Whether each box of a drawing is in sight.
WHOLE_DRAWING = """() => {
  const boxes = [...document.querySelectorAll("[data-box]")];
  const isWithin = (one, other) => one.top >= other.top && one.bottom <= other.bottom && one.left >= other.left;
  return boxes.length > 5 && boxes.every(
    (box) => isWithin(box.getBoundingClientRect(), box.closest("svg").getBoundingClientRect()));
}"""

TWO_BATCHES = ["--examples", "142"]
"""After those that are held out, so that Keras makes no second graph for a smaller batch."""


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translate", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["translate"] = module
    spec.loader.exec_module(module)
    return module


translate = _load()


@pytest.fixture(scope="module", params=["--epochs 2 --schedule 20", pytest.param("", marks=pytest.mark.long)])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path, str]:
    """The result, the log directory and the output of the script."""
    log_dir = tmp_path_factory.mktemp("logs") / "translate"
    output = io.StringIO()
    with as_far_as_keras_builds(), contextlib.redirect_stdout(output):
        result = translate.main([*request.param.split(), "--log-dir", str(log_dir)])
    return result, log_dir, output.getvalue()


@pytest.mark.slow
def test_a_run_learns_to_translate_and_finds_the_alignment(
    run: tuple[Any, Path, str], request: pytest.FixtureRequest
) -> None:
    result, log_dir, output = run
    accuracy, exact, aligned = (0.94, 0.5, 0.9) if "--epochs" in request.node.name else (0.99, 0.97, 0.95)
    assert result.accuracy > accuracy
    assert result.exact > exact
    assert result.aligned > aligned
    assert f"falls on the right source span: {result.aligned:.1%}" in output
    assert f"tensorboard --logdir {log_dir.parent}" in output


@pytest.mark.slow
def test_logged_attention_shows_the_alignment_emerge(
    run: tuple[Any, Path, str], request: pytest.FixtureRequest
) -> None:
    _, log_dir, _ = run
    shares: dict[int, list[float]] = {}
    for record in seqviz.read(log_dir, "attention"):
        (layer,) = record.layers
        assert (layer.path, layer.role, layer.class_name) == ("decoder/attention", "cross", "AdditiveAttention")
        iso = "".join(layer.query_tokens).removesuffix("[END]")
        pair = _pair_of(record.title, iso)
        assert "".join(layer.key_tokens) == record.title
        spans = np.array([[*pair.spans, translate.NO_SPAN]])
        shares.setdefault(record.step, []).append(translate.share_aligned(layer.weights, spans))
    if "--schedule 20" in request.node.name:
        assert sorted(shares) == list(range(20, 281, 20))
    else:
        assert len(shares) > 50
    assert {len(examples) for examples in shares.values()} == {translate.PROBES}
    assert np.mean(shares[min(shares)]) < 0.5
    assert np.mean(shares[max(shares)]) > 0.9


@pytest.mark.slow
def test_the_first_paint_shows_the_alignment(run: tuple[Any, Path, str]) -> None:
    """In a window of 1280 x 720 sentence and matrix take most of the tab, nothing is cut, and each digit points at its source."""
    _, log_dir, _ = run
    example = next(iter(seqviz.read(log_dir, "attention")))
    with TensorBoardProcess(log_dir.parent) as server, sync_playwright() as playwright:
        server.wait_for_steps("translate/seqviz", example.tag, 1)
        browser = launch(playwright)
        window = browser.new_page(viewport={"width": 1280, "height": 720}, locale="en-US")
        # The address that `make demo` prints.
        page = SeqVizPage(window, server).open(view="attention")
        rows = page.frame.get_by_role("table", name="strongest key").locator("tbody tr")
        expect(rows).to_have_count(len(example.layers[0].query_tokens))
        expect(page.frame.get_by_label("this head over the steps").locator("canvas").first).to_be_visible()
        sentence, matrix = page.frame.locator(".sentence"), page.frame.locator(".matrix")
        words, tab = sentence.locator(".word").all(), window.locator("iframe").bounding_box()
        assert tab is not None
        areas = (
            _area([*words, *sentence.locator(".label").all()]),
            _area([page.plot, *matrix.locator(".label").all()]),
        )
        assert sum(areas) >= 0.45 * tab["width"] * tab["height"]
        for part in (*words, *matrix.locator(".label").all(), *page.frame.locator("canvas, dt").all()):
            expect(part).to_be_in_viewport(ratio=1)
        strongest = rows.evaluate_all(
            "rows => rows.map(row => [...row.cells].slice(0, 2).map(cell => cell.textContent))"
        )
        page.tabs.get_by_role("tab", name="Structure").click()
        expect(page.frame.locator(".health")).to_be_visible()
        window.frames[1].wait_for_function(WHOLE_DRAWING)
        browser.close()
    assert page.troubles == []
    pair = _pair_of(example.title, "".join(digit for digit, _ in strongest).removesuffix("[END]"))
    said = [
        key in pair.source[slice(*span)] for (_, key), span in zip(strongest, pair.spans, strict=False) if any(span)
    ]
    assert np.mean(said) > 0.7


def _area(parts: list[Locator]) -> float:
    """Returns the area of the box around some parts of a page."""
    boxes = [box for box in (part.bounding_box() for part in parts) if box]
    width, height = (
        max(box[side] + box[length] for box in boxes) - min(box[side] for box in boxes)
        for side, length in (("x", "width"), ("y", "height"))
    )
    return width * height


def _pair_of(source: str, iso: str) -> Any:
    pairs = (translate.write_date(datetime.date.fromisoformat(iso), way) for way in translate.DATE_FORMATS)
    return next(pair for pair in pairs if "".join(pair.source) == source)


@pytest.mark.parametrize(
    ("date_format", "source", "sources_of_digits"),
    [
        ("the {day:ordinal} of {month:name} {year:full}", "the 3rd of May 1994", "1994 1994 1994 1994 May May - 3rd"),
        ("{day:number}/{month:number}/{year:short}", "3/5/94", "- - 94 94 - 5 - 3"),
        ("{year:full}.{month:padded}.{day:padded}", "1994.05.03", "1994 1994 1994 1994 05 05 03 03"),
        ("{weekday:name}, {day:number} {month:name} {year:full}", "Tuesday, 3 May 1994", "1994 1994 1994 1994 May May - 3"),
    ],
)  # fmt: skip
def test_spans_are_where_each_digit_is_written(date_format: str, source: str, sources_of_digits: str) -> None:
    pair = translate.write_date(datetime.date(1994, 5, 3), date_format)
    assert ("".join(pair.source), "".join(pair.target)) == (source, "1994-05-03")
    hyphens = [span for token, span in zip(pair.target, pair.spans, strict=True) if token == "-"]
    digits = [span for token, span in zip(pair.target, pair.spans, strict=True) if token != "-"]
    assert hyphens == [translate.NO_SPAN] * 2
    assert [source[start:stop] or "-" for start, stop in digits] == sources_of_digits.split()


def test_no_source_can_be_read_as_two_dates() -> None:
    days = [datetime.date(1911, 1, 1) + datetime.timedelta(days) for days in range(3 * 365)]
    meanings: dict[str, set[str]] = {}
    for date_format in translate.DATE_FORMATS:
        for day in days:
            pair = translate.write_date(day, date_format)
            meanings.setdefault("".join(pair.source), set()).add("".join(pair.target))
    assert len(translate.DATE_FORMATS) >= 12
    assert {len(dates) for dates in meanings.values()} == {1}


def test_share_aligned_counts_only_tokens_that_have_a_span() -> None:
    weights = np.array([[[0.1, 0.7, 0.2], [0.6, 0.3, 0.1], [0.0, 0.1, 0.9], [0.2, 0.2, 0.6]]])
    spans = np.array([[[1, 2], [1, 3], [0, 0], [2, 3]]])
    assert translate.share_aligned(weights, spans) == pytest.approx(2 / 3)


def test_encoded_examples_are_shifted_by_one_and_padded() -> None:
    pairs = [translate.Pair(list("ab"), list("xyz"), [(0, 1)] * 3), translate.Pair(list("?"), list("x"), [(0, 1)])]
    source_tokens, target_tokens = translate.list_tokens(["ab"]), translate.list_tokens(["xyz"])
    examples = translate.encode(pairs, source_tokens, target_tokens)
    assert examples.inputs["source"].tolist() == [[4, 5], [translate.UNKNOWN, translate.PAD]]
    assert examples.inputs["target"].tolist() == [[1, 4, 5, 6], [1, 4, 0, 0]]
    assert examples.labels.tolist() == [[4, 5, 6, 2], [4, 2, 0, 0]]
    assert examples.weights.tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]
    assert examples.spans[1].tolist() == [[0, 1], [0, 0], [0, 0], [0, 0]]
    assert translate.decode(examples.labels[0], target_tokens) == ["x", "y", "z", "[END]"]


def test_all_translations_of_a_source_are_held_out_together() -> None:
    pairs = [translate.Pair([source], [target], [translate.NO_SPAN]) for source in "abcdefghij" for target in "xyz"]
    held_out = translate.draw_held_out(pairs, np.random.default_rng(0))
    assert held_out.reshape(10, 3).sum(axis=1).tolist().count(3) == 1
    assert held_out.sum() == 3


@pytest.mark.slow
@pytest.mark.long
def test_transformer_logs_its_three_kinds_of_attention(tmp_path: Path) -> None:
    options = ["--model", "transformer", *TWO_BATCHES, "--epochs", "1", "--schedule", "epoch"]
    result = translate.main([*options, "--log-dir", str(tmp_path)])
    assert 0 < result.accuracy < 1
    assert 0 <= result.aligned <= 1
    record = next(iter(seqviz.read(tmp_path, "attention")))
    assert {(layer.path, layer.role) for layer in record.layers} == {
        (f"{part}/{kind}_attention_{number}", role)
        for number in (1, 2)
        for part, kind, role in (
            ("encoder", "self", "encoder self"),
            ("decoder", "self", "decoder self"),
            ("decoder", "cross", "cross"),
        )
    }
    assert {layer.weights.shape[0] for layer in record.layers} == {translate.HEADS}
    assert all(layer.query_tokens[0] == "[START]" for layer in record.layers if layer.path.startswith("decoder"))


@pytest.mark.long
def test_sentence_pairs_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pairs.txt"
    english, french = ["I", "you", "we", "they"], ["je", "vous", "nous", "elles"]
    animals = {"dogs": "chiens", "cats": "chats", "birds": "oiseaux", "mice": "souris", "hens": "poules"}
    adverbs = {"now": "maintenant", "here": "ici", "often": "bien souvent", "again": "encore"}
    lines = [
        f"{subject} see {animal} {adverb}!\t{sujet} voir {animals[animal]} {adverbs[adverb]} !\tsome attribution\n"
        for subject, sujet in zip(english, french, strict=True)
        for animal in animals
        for adverb in adverbs
    ]
    file.write_text("".join(lines), encoding="utf-8")
    options = ["--data", str(file), "--epochs", "1", "--schedule", "1", "--log-dir", str(tmp_path / "logs")]
    result = translate.main(options)
    output = capsys.readouterr().out
    assert result.aligned is None
    assert "source span" not in output
    records = list(seqviz.read(tmp_path / "logs", "attention"))
    assert {record.step for record in records} == {1, 2}
    assert len(records) == 2 * translate.PROBES
    for record in records:
        assert f"  {record.title} " in output
        subject, see, *_, mark = record.layers[0].key_tokens
        assert (subject in {"i", "you", "we", "they"}, see, mark) == (True, "see", "!")
        assert record.layers[0].query_tokens[1] == "voir"
        assert [token for token in record.layers[0].query_tokens if token][-1] == "[END]"


@pytest.mark.long
def test_same_seed_gives_the_same_result(tmp_path: Path) -> None:
    options = [*TWO_BATCHES, "--epochs", "1", "--seed", "7", "--schedule", "100"]
    first, second = (translate.main([*options, "--log-dir", str(tmp_path / run)]) for run in "ab")
    assert first == second


def test_a_line_without_a_tab_is_named(tmp_path: Path) -> None:
    file = tmp_path / "pairs.txt"
    file.write_text("Go.\tVa !\nStop.\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"Line 2 of .*pairs\.txt has no tab; write a source, a tab"):
        translate.main(["--data", str(file), "--log-dir", str(tmp_path / "logs")])
