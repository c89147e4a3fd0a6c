"""Attention between words, across layers, and beside that of other tokens, in the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

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


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardProcess]:
    folder = tmp_path_factory.mktemp("words")
    with seqviz.Writer(folder / "bert/seqviz") as writer:
        for step in range(3):
            writer.attention("text", encoder(step, TOKENS), step=step, title="a fisherman")
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps("bert/seqviz", "attention/text", 3)
        yield server


def test_words_flow_through_everything_that_is_drawn(words: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(words, layer="encoder/block_1/attention", head=2, step=1)
    expect(page.plot).to_have_attribute("aria-label", re.compile("13 queries, 13 keys"))
    page.choose("Queries and keys", "word by word")
    expect(page.plot).to_have_attribute("aria-label", re.compile("8 queries, 8 keys"))
    page.page.wait_for_function("location.search.includes('p.seqviz.level=words')")
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
