"""Attention between words, across layers, and beside that of other tokens, in the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect

import tb_seqviz_plugin as seqviz
from e2e.conftest import SeqVizPage
from e2e.logs import Weights, softmax
from tb_seqviz_plugin import AttentionLayer

pytestmark = pytest.mark.slow

Open = Callable[..., SeqVizPage]
PIECES = ["the", "un", "##believ", "##able", "fish", "##er", "##man", "sails", "to", "##morrow", "."]
TOKENS = ["[CLS]", *PIECES, "[SEP]", "[PAD]", "[PAD]"]
WORDS = ["[CLS]", "the", "unbelievable", "fisherman", "sails", "tomorrow", ".", "[SEP]"]
OTHER = ["[CLS]", "a", *PIECES[1:8], "off", "[SEP]", "[PAD]"]
FAR = ["[CLS]", "snow", "falls", "on", "cedars", "[SEP]"]
# Of the tokens, with the padding.
STRETCHES = [(0, 1), (1, 2), (2, 5), (5, 8), (8, 9), (9, 11), (11, 12), (12, 13), (13, 14), (14, 15)]


def encoder(step: int, tokens: list[str], names: str = "encoder/block_{}/attention") -> list[AttentionLayer]:
    """Returns three layers of four heads that look around their own place."""
    place = np.arange(len(tokens))
    near = -np.abs(place[:, None] - place)[None] * np.linspace(0.2, 1, 4)[:, None, None]
    padding = np.where(np.array(tokens) == "[PAD]", -1e9, 0.0)
    layers = []
    for block in range(3):
        noise = np.random.default_rng(block).standard_normal((4, len(tokens), len(tokens)))
        weights = softmax((step + 1) * near + noise + padding)
        layers.append(
            AttentionLayer(
                names.format(block),
                weights,
                tokens,
                tokens,
                "encoder self",
                "MultiHeadAttention",
                0,
                "source",
                "source",
            )
        )
    return layers


def between_words(weights: Weights) -> Weights:
    """Returns the mean over queries of the sums over keys."""
    sums = np.stack([weights[:, start:end].sum(axis=1) for start, end in STRETCHES], axis=1)
    return np.stack([sums[start:end].mean(axis=0) for start, end in STRETCHES])


def write_logs(folder: Path) -> None:
    """Writes a run, one of a text that differs by some words and whose layers have other names, and one of another text."""
    with seqviz.Writer(folder / "bert/seqviz") as writer:
        for step in range(3):
            writer.attention("text", encoder(step, TOKENS), step=step, title="a fisherman")
    with seqviz.Writer(folder / "other/seqviz") as writer:
        writer.attention("text", encoder(1, OTHER, "encoder/block_1{}/attention"), step=1, title="a fisherman")
    with seqviz.Writer(folder / "far/seqviz") as writer:
        writer.attention("text", encoder(1, FAR), step=1, title="a fisherman")


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardProcess]:
    folder = tmp_path_factory.mktemp("words")
    write_logs(folder)
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps("bert/seqviz", "attention/text", 3)
        server.wait_for_steps("other/seqviz", "attention/text", 1)
        server.wait_for_steps("far/seqviz", "attention/text", 1)
        yield server


def test_words_flow_through_everything_that_is_drawn(words: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(words, runs="bert/seqviz", layer="encoder/block_1/attention", head=2, step=1)
    expect(page.plot).to_have_attribute("aria-label", re.compile("13 queries, 13 keys"))
    page.choose("Queries and keys", "word by word")
    expect(page.plot).to_have_attribute("aria-label", re.compile("8 queries, 8 keys"))
    page.wait_for_place(level="words")
    page.press("i")
    page.hover_cell(2, 3, len(WORDS), len(WORDS))
    expect(page.reading).to_contain_text("unbelievable → fisherman")
    merged = between_words(encoder(1, TOKENS)[1].weights[2])
    shown = float(page.detail("weight").locator("[title]").get_attribute("title") or "nan")
    assert shown == pytest.approx(merged[2, 3], abs=0.01)
    sentence = page.frame.get_by_role("region", name="sentence", exact=True)
    expect(sentence.get_by_text("unbelievable").first).to_be_visible()
    # B, too, and where they differ most.
    page.choose_step(0, 3, compared=True)
    expect(page.frame.get_by_text("A − B")).to_be_visible()
    page.page.mouse.move(0, 0)
    change = merged - between_words(encoder(0, TOKENS)[1].weights[2])
    query, key = np.unravel_index(np.abs(change[:8, :8]).argmax(), (8, 8))
    expect(page.reading).to_contain_text(f"Largest change: {WORDS[query]} → {WORDS[key]}")


def test_runs_of_other_tokens_are_compared_where_they_have_the_same(words: TensorBoardProcess, open_page: Open) -> None:
    place = {"runs": "bert/seqviz,other/seqviz", "brun": "other/seqviz", "layer": "encoder/block_1/attention"}
    page = open_page(words, **place, head=2, step=1)
    expect(page.frame.get_by_text("compared are those that both have: 9 of 13 and 11 along source")).to_be_visible()
    expect(page.frame.get_by_text("only in A: the to ##morrow .; only in B: a off")).to_be_visible()
    expect(page.frame.get_by_text("shown is encoder/block_11/attention, which has its place")).to_be_visible()
    plots = page.frame.get_by_label("matrix", exact=True).get_by_role("application")
    expect(plots).to_have_count(3)
    for plot in plots.all():
        expect(plot).to_have_attribute("aria-label", re.compile("9 queries, 9 keys"))
    page.hover_cell(1, 2, 9, 9)
    expect(page.reading).to_contain_text("un → believ")
    a, b = (
        encoder(1, tokens)[1].weights[2][tokens.index("un"), tokens.index("##believ")] for tokens in (TOKENS, OTHER)
    )
    shown = re.findall(r"([\d.]+) at [AB]", page.reading.text_content() or "")
    assert [float(number) for number in shown[:2]] == pytest.approx([float(a), float(b)], abs=1 / 255)
    page.page.mouse.move(0, 0)
    expect(page.reading).to_contain_text("Largest difference")


def test_runs_with_little_in_common_stand_side_by_side(words: TensorBoardProcess, open_page: Open) -> None:
    place = {"runs": "bert/seqviz,far/seqviz", "brun": "far/seqviz", "layer": "encoder/block_1/attention"}
    page = open_page(words, **place, head=2, step=1)
    expect(page.frame.get_by_text("too few tokens in common to be compared: 2 of 13 and 6")).to_be_visible()
    plots = page.frame.get_by_label("matrix", exact=True).get_by_role("application")
    expect(plots).to_have_count(2)
    expect(plots.nth(1)).to_have_attribute("aria-label", re.compile("6 queries, 6 keys"))
    expect(page.frame.get_by_text("A − B")).to_have_count(0)
    plots.nth(1).hover()
    expect(page.reading).to_contain_text(re.compile("(falls|on) → "))
