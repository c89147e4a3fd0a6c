"""The embeddings view in a real TensorBoard and a real Chromium."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import Locator, expect

import tb_seqviz_plugin as seqviz
from e2e.conftest import SeqVizPage
from e2e.firefox import no_projector
from tb_seqviz_plugin.projector.files import Cloud, store_bytes, write_snapshot
from tb_seqviz_plugin.records.embeddings.neighbours import churn, nearest
from tb_seqviz_plugin.records.embeddings.record import EmbeddingsRecord
from tb_seqviz_plugin.wire.frame import Frame, decode_frame

pytestmark = pytest.mark.slow

Open = Callable[..., SeqVizPage]
HOSTILE = ["", "[UNK]", "<img src=x onerror=alert(1)>", "a\nb\t", "\u202eevil", "日本語", "שלום", "x" * 300, "▁good"]
WORDS = [*HOSTILE, *(f"go{row}" for row in range(20)), *(f"word {row}" for row in range(71))]
STEPS = range(0, 80, 10)
TAG = "embeddings/encoder/token"


def cloud(step: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    start, end = rng.standard_normal((2, len(WORDS), 8))
    noise = 0.1 * np.random.default_rng(step).standard_normal(start.shape)
    moved: np.ndarray = start + step / 70 * end + noise
    return moved.astype(np.float32)


@pytest.fixture(scope="module")
def words_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words")
    columns: dict[str, list[Any]] = {
        "frequency": [1000 // (row + 1) for row in range(len(WORDS))],
        "kind": ["日\n"] * len(WORDS),
    }
    for seed, run in enumerate(("one/seqviz", "two/seqviz")):
        with seqviz.Writer(folder / run) as writer:
            if seed == 0:
                writer.embeddings("encoder/token", np.eye(3), step=-5, labels=["not", "these", "words"])
            for step in STEPS:
                writer.embeddings("encoder/token", cloud(step, seed), step=step, labels=WORDS, columns=columns)
    for step, labels in ((0, WORDS[:9]), (70, WORDS)):
        clouds = [Cloud("larger", cloud(0), WORDS), Cloud("encoder/token", cloud(step)[: len(labels)], labels)]
        write_snapshot(folder / f"one/seqviz/embeddings/step-{step:06d}", clouds, store_bytes)
    return folder


@pytest.fixture(scope="module")
def words_server(words_logs: Path) -> Iterator[TensorBoardProcess]:
    with TensorBoardProcess(words_logs, "--reload_interval=1") as server:
        server.wait_for_steps("two/seqviz", TAG, len(STEPS))
        server.wait_for_steps("one/seqviz", TAG, len(STEPS) + 1)
        yield server


def frame_of(server: TensorBoardProcess, route: str, **query: object) -> Frame:
    place = urllib.parse.urlencode({"run": "one/seqviz", "tag": TAG, **query})
    request = urllib.request.Request(
        f"{server.url}data/plugin/seqviz/{route}?{place}", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return decode_frame(response.read())


def column(page: SeqVizPage, step: int, run: str = "one/seqviz") -> Locator:
    return page.frame.get_by_label(f"nearest neighbours, {run}").get_by_label(f"step {step}", exact=True)


def listed(page: SeqVizPage, step: int) -> list[tuple[str, bool, bool]]:
    """Returns the word and the value of each neighbour in a column, and whether it is new, and gone in the next."""
    expect(column(page, step).get_by_role("listitem")).to_have_count(10)
    names = (
        column(page, step)
        .get_by_role("listitem")
        .get_by_role("button")
        .evaluate_all("buttons => buttons.map(button => button.getAttribute('aria-label'))")
    )
    return [(name.split(",")[0], ", new" in name, ", gone" in name) for name in names]


def nearest_in(page: SeqVizPage, step: int, run: str = "one/seqviz") -> Locator:
    return column(page, step, run).get_by_role("listitem").first.get_by_role("button")


def chosen(page: SeqVizPage) -> Locator:
    return page.word("Word")


def test_neighbours_are_those_of_the_logged_vectors(
    words_logs: Path, words_server: TensorBoardProcess, open_page: Open
) -> None:
    page = open_page(words_server, runs="one/seqviz", word="日本語", step=40)
    row = WORDS.index("日本語")
    # What stands in the log, read back and searched without the server.
    vectors = {
        record.step: record.vectors
        for record in seqviz.read(words_logs / "one/seqviz")
        if isinstance(record, EmbeddingsRecord)
    }
    expect(column(page, 70)).to_be_visible()
    shown = (
        page.frame.get_by_label("nearest neighbours, one/seqviz")
        .locator("section")
        .evaluate_all("columns => columns.map(column => Number(column.getAttribute('aria-label').split(' ')[1]))")
    )
    assert shown[0] == 0
    assert shown[-1] == 70
    assert 40 in shown
    for metric in ("cosine", "euclidean"):
        expected = {step: nearest(vectors[step], [row], 10, metric) for step in shown}
        for at, step in enumerate(shown):
            rows = expected[step][0][0].tolist()
            values = [f"{value:#.3g}".replace("-", "−") for value in expected[step][1][0]]
            expect(nearest_in(page, step)).to_have_accessible_name(re.compile(re.escape(values[0])))
            expect(column(page, step).get_by_role("paragraph")).to_have_text(f"{values[0]} – {values[-1]}")
            found = listed(page, step)
            assert [name.rsplit(" ", 1)[1] for name, _, _ in found] == values
            older = expected[shown[at - 1]][0][0].tolist() if at else rows
            newer = expected[shown[at + 1]][0][0].tolist() if at + 1 < len(shown) else rows
            assert [marks for _, *marks in found] == [[r not in older, r not in newer] for r in rows]
            words = [name.rsplit(" ", 1)[0] for name, _, _ in found]
            assert [WORDS[r] for r in rows if WORDS[r].startswith("go")] == [w for w in words if w.startswith("go")]
        page.press("m")


def test_words_are_found_by_their_beginning_and_by_keys(words_server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(words_server, runs="one/seqviz")
    # The page chose the word that moved furthest, and says so in the address.
    moved = np.linalg.norm(cloud(70) - cloud(0), axis=1)
    moved[:2] = 0
    page.wait_for_place(word=ANY)
    assert page.place()["row"] == str(int(moved.argmax()))
    first = page.place()["word"]
    page.press("/")
    page.page.keyboard.type("GO")
    words = page.frame.get_by_role("region", name="words")
    expect(words.get_by_role("status")).to_contain_text("21 begin with it")
    begin = sorted(
        (row for row, word in enumerate(WORDS) if word.strip("▁").startswith("go")), key=lambda row: -moved[row]
    )
    for key, row in zip(("Enter", "ArrowDown"), begin, strict=False):
        page.page.keyboard.press(key)
        expect(chosen(page)).to_have_text(WORDS[row])
        expect(words.get_by_role("option", selected=True)).to_contain_text(WORDS[row].strip("▁"))
    words.get_by_role("searchbox").blur()
    page.press("b", times=2)
    expect(chosen(page)).to_have_text(first)


def test_words_are_ranked_by_how_far_they_moved_or_how_many_neighbours_changed(
    words_server: TensorBoardProcess, open_page: Open
) -> None:
    # As high as the list.
    page = open_page(words_server, (1280, 2600), runs="one/seqviz", word="go3", metric="euclidean")
    rows = range(1, len(WORDS))
    moved = np.linalg.norm(cloud(70) - cloud(0), axis=1)
    near, before = (nearest(cloud(step), range(len(WORDS)), 10, "euclidean")[0] for step in (70, 0))
    changed = churn(before, near)
    first = page.frame.get_by_role("listbox", name="words").get_by_role("option").first
    for ranking, values, row in (
        ("moved most", moved, max(rows, key=lambda row: moved[row])),
        ("most neighbours replaced", changed, max(rows, key=lambda row: (changed[row], moved[row]))),
    ):
        page.choose("Order of the words", ranking)
        expect(first).to_contain_text(WORDS[row].strip("▁"))
        expect(first.locator(".value")).to_have_text(f"{float(f'{values[row]:.3g}'):g}")


def test_the_map_shows_words_where_the_server_puts_them(words_server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(words_server, (1280, 1200), runs="one/seqviz", word="go3", step=70)
    page.set_theme(is_dark=True)
    flat = frame_of(words_server, "map")
    plot = page.frame.get_by_role("img", name="map of words, one/seqviz")
    box = plot.bounding_box()
    assert box is not None
    points = flat.arrays["position"]
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    factor = min((box["width"] - 32) / (high - low)[0], (box["height"] - 32) / (high - low)[1])
    offsets = (points[-1] - (low + high) / 2) * factor * [1, -1] + [box["width"] / 2, box["height"] / 2]
    gaps = np.linalg.norm(offsets[:, None] - offsets[None], axis=2) + 1e9 * np.eye(len(offsets))
    alone = next(at for at in np.argsort(-gaps.min(axis=1)) if WORDS[flat.arrays["row"][at]].startswith(("word", "go")))
    word, (x, y) = WORDS[flat.arrays["row"][alone]], offsets[alone].tolist()
    plot.click(position={"x": x, "y": y})
    expect(chosen(page)).to_have_text(word)
    plot.click(position={"x": x, "y": y}, modifiers=["Shift"])
    expect(page.frame.get_by_role("list", name="Pinned")).to_contain_text(word)
    page.wait_for_place(pins=word)


def test_two_runs_stand_side_by_side(words_server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(words_server, runs="one/seqviz,two/seqviz", word="go3")
    row = WORDS.index("go3")
    for seed, run in enumerate(("one/seqviz", "two/seqviz")):
        near = nearest(cloud(70, seed), [row], 1)
        expect(nearest_in(page, 70, run)).to_have_accessible_name(re.compile(f"{near[1][0, 0]:#.3g}"))
        expect(page.frame.get_by_role("img", name=f"map of words, {run}")).to_be_visible()
    expect(page.frame.get_by_text("Steps before 0 have other words and are left out.")).to_have_count(1)
    page.press("i")
    expect(page.details.get_by_label("TensorBoard’s Projector").nth(1)).to_contain_text("no snapshot of this run")


def test_any_two_steps_stand_side_by_side(words_server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(words_server, (700, 700), runs="one/seqviz", word="go3", step=50, b=20)
    for step, which in ((50, "A"), (20, "B")):
        expect(column(page, step).get_by_role("button", name=f"{which} {step}")).to_be_visible()
    # Movement is counted since B.
    moved = np.linalg.norm(cloud(50) - cloud(20), axis=1)[WORDS.index("go3")]
    expect(page.frame.get_by_text("distance moved, since step 20").locator("..")).to_contain_text(f"{moved:.3g}")


@no_projector
def test_the_projector_opens_on_the_nearest_snapshot(words_server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(words_server, runs="one/seqviz", word="go3", step=60)
    page.press("i")
    projector = page.details.get_by_label("TensorBoard’s Projector")
    expect(projector).to_contain_text("of step 60 there is none")
    with page.page.expect_popup() as opened:
        projector.get_by_role("link", name="open step 70 in it").click()
    tab = opened.value
    expect(tab).to_have_title("encoder/token · one/seqviz/embeddings/step-000070 · Projector")
    expect(tab.frame_locator("iframe").get_by_text(f"Points: {len(WORDS)}")).to_be_visible()
    tab.close()
    page.press("End")
    expect(projector).not_to_contain_text("there is none")


def test_the_view_follows_a_training(words_logs: Path, words_server: TensorBoardProcess, open_page: Open) -> None:
    folder = words_logs / "live"
    with seqviz.Writer(folder) as writer:
        writer.embeddings("words", cloud(0), step=0, labels=WORDS)
        writer.flush()
        words_server.wait_for_steps("live", "embeddings/words", 1)
        page = open_page(words_server, runs="live", word="go3")
        expect(column(page, 0, "live")).to_be_visible()
        writer.embeddings("words", cloud(10), step=10, labels=WORDS)
        writer.flush()
        near = nearest(cloud(10), [WORDS.index("go3")], 1)
        expect(nearest_in(page, 10, "live")).to_have_accessible_name(re.compile(f"{near[1][0, 0]:#.3g}"))
        expect(page.frame.get_by_role("region", name="map of words, live")).to_contain_text("Map at step 10")


def test_a_link_to_a_view_without_data_says_what_to_do(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, view="embeddings")
    expect(page.frame.get_by_text("No embeddings logged yet.")).to_be_visible()
    expect(page.frame.get_by_text("EmbeddingLogger(log_dir, labels=vocabulary)").last).to_be_visible()
