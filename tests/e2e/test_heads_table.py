"""The table of heads: what each does and since when, and what is wrong, each with its way to the matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect

import tb_seqviz_plugin as seqviz
from e2e.axe import found_by_axe
from e2e.conftest import SeqVizPage
from e2e.logs import softmax

pytestmark = pytest.mark.slow

RUN, TAG = "forming/seqviz", "attention/probe"
TOKENS = ["the", "river", "bent", "east", "below", "a", "castle", "and", "its", "wizards", "learned", "to", "brew"]


def forming(step: int) -> dict[str, np.ndarray]:
    """Returns three heads: one that looks at the token before from step 60 on, one at the first from 100 on, one at padding."""
    places, scores = np.arange(len(TOKENS)), np.random.default_rng(0).standard_normal((3, len(TOKENS), len(TOKENS)))
    if step >= 60:
        scores[0, places[1:], places[1:] - 1] += 6
    if step >= 100:
        scores[1, :, 0] += 6
    if step < 40:
        scores[2, :, -1] = -1e9
    return {"block_0/attention": softmax(scores)}


@pytest.fixture(scope="module")
def forming_heads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardProcess]:
    folder = tmp_path_factory.mktemp("forming")
    tokens = [*TOKENS[:-1], "[PAD]"]
    with seqviz.Writer(folder / RUN) as writer:
        for step in range(0, 200, 20):
            writer.attention("probe", forming(step), query_tokens=tokens, key_tokens=tokens, step=step)
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps(RUN, TAG, 10)
        yield server


def test_heads_are_told_by_what_they_do_and_alarms_lead_to_the_matrix(
    forming_heads: TensorBoardProcess, open_page: Callable[..., SeqVizPage]
) -> None:
    page = open_page(forming_heads)
    expect(page.plot).to_be_visible()
    page.press("t")
    table = page.frame.get_by_role("listbox", name="table of heads")
    before = table.get_by_role("option").filter(has_text="token before")
    expect(before).to_contain_text("head 0")
    expect(before).to_contain_text("step 60")
    expect(table.get_by_role("option").filter(has_text="first token")).to_contain_text("step 100")
    assert found_by_axe(page) == []
    # The head with an alarm comes first; the alarm is on the bar, too.
    alarms = page.frame.get_by_role("region", name="alarms")
    expect(alarms).to_contain_text("Looks at padding")
    expect(table.get_by_role("option").first).to_contain_text("alarm")
    page.choose("Which heads", "first token")
    expect(table.get_by_role("option")).to_have_count(1)
    page.wait_for_place(headpattern="first")
    page.page.evaluate("() => history.pushState(history.state, '', location.href)")
    page.choose("Which heads", "token before")
    page.wait_for_place(headpattern="previous")
    expect(table.get_by_role("option")).to_contain_text(["head 0"])
    page.page.go_back()
    expect(table.get_by_role("option")).to_contain_text(["head 1"])
    page.choose("Which heads", "whatever they do")
    page.frame.get_by_role("searchbox", name="Find heads").fill("previous>0.5")
    expect(table.get_by_role("option")).to_have_count(1)
    assert page.frame.locator("html").evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    # Dragging over a line makes its ends B and A.
    line = table.locator("svg").first
    box = line.bounding_box()
    assert box is not None
    page.page.mouse.move(box["x"] + 3, box["y"] + 8)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 8)
    page.page.mouse.up()
    expect(page.compared).to_contain_text("step 0")
    # The same heads as pictures, in the same order and by the same words, beside those of B.
    page.frame.get_by_role("searchbox", name="Find heads").fill("previous>0.1 change>0.01")
    page.choose("How heads are shown", "wall of pictures")
    page.choose("Order of the heads", "largest change from B first")
    cards = page.frame.get_by_role("table", name="wall of heads").get_by_role("cell")
    expect(cards.first).to_contain_text("token before ← ")
    expect(cards.first.locator("canvas")).to_have_count(2)
    count = cards.count()
    assert 0 < count < 3
    page.frame.get_by_role("searchbox", name="Find heads").fill("")
    expect(cards).to_have_count(3)
    assert found_by_axe(page) == []
    cards.nth(1).click()
    expect(cards.nth(1)).to_have_attribute("aria-current", "true")
    page.frame.get_by_role("table", name="wall of heads").press("ArrowRight")
    expect(cards.nth(2)).to_have_attribute("aria-current", "true")
    page.choose("How heads are shown", "as a table")
    page.press("Escape")
    alarms.get_by_role("button", name="show").first.click()
    expect(page.plot).to_be_visible()
    expect(page.now).to_contain_text("step 0")
    page.press("t")
    table.focus()
    page.page.keyboard.press("End")
    page.page.keyboard.press("Enter")
    expect(page.plot).to_be_visible()
