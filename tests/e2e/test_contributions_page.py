"""What keys bring instead of their weights, in the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect

import tb_seqviz_plugin as seqviz
from e2e.conftest import SeqVizPage
from e2e.logs import softmax
from tb_seqviz_plugin import AttentionLayer

pytestmark = pytest.mark.slow

Open = Callable[..., SeqVizPage]
TOKENS = ["[CLS]", "the", "old", "house", "burns", "."]
NORMS = np.float32([[0.05, 1, 2, 4, 3, 0.5], [1, 1, 1, 1, 1, 1]])


def layer(step: int) -> AttentionLayer:
    """Returns two heads that put half of their weight on the first token, the values of which are short in one."""
    scores = np.random.default_rng(0).normal(size=(2, 6, 6)) * (step + 1)
    scores[..., 0] += 3
    kept = AttentionLayer("encoder/attention", softmax(scores), TOKENS, TOKENS, "encoder self", "MultiHeadAttention")
    return replace(kept, query_axis="source", key_axis="source", value_norms=NORMS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardProcess]:
    folder = tmp_path_factory.mktemp("contributions")
    with seqviz.Writer(folder / "run/seqviz") as writer:
        for step in range(2):
            writer.attention("known", [layer(step)], step=step)
            writer.attention("unknown", [replace(layer(step), value_norms=None)], step=step)
            weights = softmax(np.random.default_rng(step).normal(size=(1, 80, 80)))
            writer.attention("long", [AttentionLayer("encoder", weights, value_norms=np.full((1, 80), 9.0))], step=step)
        most = 2**10
        huge = AttentionLayer("encoder", np.eye(most + 1, dtype=np.float32)[None], value_norms=np.ones((1, most + 1)))
        writer.attention("huge", [huge], step=0)
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps("run/seqviz", "attention/long", 2)
        yield server


def test_contributions_are_drawn_where_the_values_are_known(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, layer="encoder/attention", head=0, step=1, example="known")
    weights = layer(1).weights[0]

    def shown(query: int, key: int, name: str) -> float:
        page.hover_cell(query, key, 6, 6)
        return float(page.detail(name).last.locator("[title]").get_attribute("title") or "nan")

    page.press("i")
    assert shown(3, 0, "weight") == pytest.approx(weights[3, 0], abs=0.005)
    small = page.frame.get_by_role("grid", name="all heads").locator("canvas")
    pictures = small.evaluate("canvas => canvas.toDataURL()")
    page.choose("Weight, or × length of the value", "Contributions")
    page.wait_for_place(quantity="contributions")
    assert shown(3, 0, "contribution") == pytest.approx(weights[3, 0] * 0.05, abs=0.02)
    assert shown(3, 4, "contribution") == pytest.approx(weights[3, 4] * 3, abs=0.02)
    expect(page.frame.get_by_text(re.compile("^contributions ± "))).to_be_visible()
    # What stays of weights says so.
    expect(page.frame.get_by_text("of weights")).to_be_visible()
    assert small.evaluate("canvas => canvas.toDataURL()") == pictures
    page.choose_step(0, 2, compared=True)
    expect(page.frame.get_by_text("A − B")).to_be_visible()
    page.hover_cell(3, 0, 6, 6)
    for step in range(2):
        told = page.details.locator(f"dt:has-text('step {step}') + dd").locator("[title]").get_attribute("title")
        assert float(told or "nan") == pytest.approx(layer(step).weights[0, 3, 0] * 0.05, abs=0.02)


def test_the_film_of_a_long_text_is_of_contributions_too(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, example="long", quantity="contributions")
    film = page.frame.get_by_role("group", name="this head over the steps").locator("canvas")
    expect(film).to_have_count(2)
    frame = film.first.element_handle().owner_frame()
    assert frame
    # Blank ones have one colour.
    frame.wait_for_function(
        """() => [...document.querySelectorAll("[role=group] canvas")].every((canvas) =>
            new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size > 9)"""
    )

    page.open_again(example="huge", quantity="contributions")
    expect(
        page.frame.get_by_text("Not drawn over the steps: each would take all weights of this head, millions of them.")
    ).to_be_visible()


def test_where_they_are_not_known_weights_are_drawn(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, layer="encoder/attention", head=0, example="unknown", quantity="contributions")
    caption = page.frame.locator(".view-top").first
    expect(caption).to_contain_text("Weights of")
    expect(caption.get_by_role("button", name="Contributions")).to_have_count(0)
