"""A log as one HTML file, opened from the disk in a real Chromium that has no network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from PIL import Image
from playwright.sync_api import Browser, Page, expect

import tb_seqviz_plugin as seqviz
from e2e.browser import downloaded
from e2e.conftest import SeqVizPage
from e2e.logs import HOSTILE, softmax

pytestmark = pytest.mark.slow

Open = Callable[[Path], Page]
WORDS = ["the", "dog", "barks"]
SVG = {"svg", "title", "defs", "clipPath", "linearGradient", "stop", "g", "rect", "path", "circle", "text", "image"}


@pytest.fixture
def open_file(browser: Browser) -> Iterator[Open]:
    """Returns a function that opens a file, without a network; what the browser complains of fails the test."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800}, locale="en-US")
    troubles: list[str] = []

    def open_file(path: Path) -> Page:
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: troubles.append(request.url) if request.url.startswith("http") else None)
        page.goto(path.as_uri())
        return page

    yield open_file
    context.close()
    assert troubles == []


def test_every_view_works_from_the_disk(every_view_logs: Path, open_file: Open, tmp_path: Path) -> None:
    page = open_file(seqviz.export(every_view_logs, tmp_path / "log.html"))
    steps = page.get_by_role("region", name="steps")
    matrix = page.get_by_label("matrix", exact=True).get_by_role("application").first
    expect(matrix).to_be_visible()
    page.get_by_role("slider", name="A, the step shown").focus()
    page.keyboard.press("Home")
    expect(steps.get_by_role("paragraph").first).to_contain_text("step 0")
    matrix.hover()
    expect(page.get_by_role("region", name="reading line")).to_contain_text("largest of this query")
    for view in ("Samples", "Structure", "Evaluation", "Embeddings"):
        page.get_by_role("tab", name=view).click()
        expect(page.get_by_role("tabpanel").locator("canvas, svg, [role=table]").first).to_be_visible()
    page.get_by_role("option").first.click()
    # Computed in the file: neighbours, and what share of them is new.
    expect(page.get_by_role("button", name=", new").first).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_role("dialog", name="Export")).to_contain_text("there is no server")


def test_a_rollout_is_worked_out_in_the_file(open_file: Open, tmp_path: Path) -> None:
    axes = {"role": "encoder self", "query_axis": "source", "key_axis": "source"}
    looks = [[1, 1, 2], [0, 2, 2], [2, 1, 2]]
    with seqviz.Writer(tmp_path / "run") as writer:
        for step in range(3):
            eyes = [np.float32((step + 1) * np.eye(3)[None, keys] + (2 - step) / 3) / 3 for keys in looks]
            layers = [seqviz.AttentionLayer(f"block_{at}", eye, WORDS, WORDS, **axes) for at, eye in enumerate(eyes)]
            writer.attention("example", layers, step=step, left_out=())
    whole = [seqviz.rollout(record).weights for record in seqviz.read(tmp_path / "run", "attention")]
    page = open_file(seqviz.export(tmp_path / "run", tmp_path / "log.html"))
    # By a link into the file.
    page.goto(f"{page.url}?p.seqviz.layer=block_2&p.seqviz.combine=rollout")
    matrix = page.get_by_label("matrix", exact=True).get_by_role("application").first

    def read() -> float:
        page.mouse.move(0, 0)
        matrix.hover(position={"x": 5, "y": 5})
        line = page.get_by_role("region", name="reading line")
        expect(line).to_contain_text("the → the")
        return float((line.text_content() or "").split("→ the")[1].split()[0])

    for caption in ("step 2", "step 0"):
        expect(page.get_by_role("region", name="steps").get_by_role("paragraph").first).to_contain_text(caption)
        expect(page.get_by_text("Rollout of 3 layers up to block_2")).to_be_visible()
        assert read() == pytest.approx(whole[int(caption[-1])][0, 0], abs=0.01)
        page.get_by_role("slider", name="A, the step shown").focus()
        page.keyboard.press("Home")
    expect(page.get_by_text("This rollout at 3 steps, same scale")).to_be_visible()


def test_hostile_texts_are_drawn_and_do_nothing(open_file: Open, tmp_path: Path) -> None:
    size, name = len(HOSTILE), "</title><script>alert(6)<\u2044script>"
    weights = softmax(np.random.default_rng(3).standard_normal((2, size, size)))
    with seqviz.Writer(tmp_path / name / "<b>") as writer:
        tokens = {"query_tokens": HOSTILE, "key_tokens": HOSTILE}
        writer.attention("<!--", {"</script><script>alert(7)</script>": weights}, step=0, title=HOSTILE[1], **tokens)
    page = open_file(seqviz.export(tmp_path / name, tmp_path / "log.html"))
    matrix = page.get_by_label("matrix", exact=True).get_by_role("application").first
    matrix.hover()
    expect(page.get_by_role("region", name="reading line")).to_contain_text("largest of this query")
    assert page.title() == "SeqViz, Attention"
    page.keyboard.press("e")
    saved: dict[str, Path] = {}
    for kind in ("svg", "png", "npz", "json"):
        saved[kind] = downloaded(page, page.get_by_role("button", name=f"{kind.upper()}: ").click, tmp_path)
    # What no XML may hold is left out; everything else is text, and no element of its own.
    drawn = ElementTree.parse(saved["svg"]).getroot()
    assert {element.tag.rpartition("}")[2] for element in drawn.iter()} <= SVG
    said = {element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"<img src=x onerror=alert(1)>", "白日依山盡", "${alert(3)}{{alert(4)}}"} <= said
    assert Image.open(saved["png"]).size[0] == 2 * float(drawn.attrib["width"])
    with np.load(saved["npz"]) as arrays:
        np.testing.assert_allclose(arrays["weights"], weights, atol=arrays["bound"].max())
        assert [token.rstrip("\0") for token in HOSTILE] == arrays["query_tokens"].tolist()
    assert json.loads(saved["json"].read_text("utf-8"))["key_tokens"] == HOSTILE


def test_the_page_saves_the_runs_shown(
    every_view: TensorBoardProcess, open_page: Callable[..., SeqVizPage], open_file: Open, tmp_path: Path
) -> None:
    page = open_page(every_view)
    page.frame.get_by_role("button", name="export", exact=True).first.click()
    link = page.frame.get_by_role("dialog", name="Export").get_by_role("link").first
    path = downloaded(page.page, link.click, tmp_path)
    assert path.name == "seqviz.html"
    saved = open_file(path)
    expect(saved.get_by_role("tab")).to_have_count(5)
    expect(saved.get_by_label("matrix", exact=True).get_by_role("application").first).to_be_visible()
