"""Heads of which a byte budget keeps blocks and the strongest weights of each query, in the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect

import tb_seqviz_plugin as seqviz
from e2e.conftest import SeqVizPage
from e2e.logs import softmax
from tb_seqviz_plugin import AttentionLayer
from tb_seqviz_plugin.records.attention.strongest import Strongest

pytestmark = pytest.mark.slow

Open = Callable[..., SeqVizPage]
SIDE = 120
TOKENS = [f"t{place}" for place in range(SIDE)]
HEIGHTS = "panes => panes.map((pane) => pane.clientHeight)"


def weights(step: int) -> np.ndarray:
    """Returns two causal heads, of which each query looks at some keys."""
    scores = np.random.default_rng(step).normal(size=(2, SIDE, SIDE)) * 3
    return softmax(np.where(np.tri(SIDE, dtype=bool), scores, -1e9))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long")
    with seqviz.Writer(folder / "run/seqviz") as writer:
        for step in range(2):
            layer = AttentionLayer(
                "decoder", weights(step), TOKENS, TOKENS, "decoder self", query_axis="words", key_axis="words"
            )
            writer.attention("a", [layer], step=step, byte_budget=6000)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[TensorBoardProcess]:
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps("run/seqviz", "attention/a", 2)
        yield server


def strongest(folder: Path, step: int) -> Strongest:
    (layer,) = [record.layers[0] for record in seqviz.read(folder, "attention") if record.step == step]
    assert layer.strongest is not None
    return layer.strongest


def test_weights_that_are_kept_are_drawn_and_of_others_what_they_are_at_most(
    folder: Path, server: TensorBoardProcess, open_page: Open, tmp_path: Path
) -> None:
    head, step = weights(1)[0], 1
    kept = strongest(folder, step)
    dense = kept.dense(0)
    page = open_page(server, layer="decoder", head=0, step=step)
    said = page.frame.locator(".matrix small")
    share = int(100 * round(float(kept.held[0]), 4))
    expect(said).to_contain_text(
        f"Kept are the {kept.keys.shape[2]} strongest weights of each query, {share}\u00a0% of its"
    )
    page.press("i")

    def told(query: int, key: int, name: str = "weight") -> str:
        page.hover_cell(query, key, SIDE, SIDE)
        expect(page.detail("key")).to_contain_text(f"t{key}")
        return page.detail(name).last.inner_text()

    # Each token by its own name, and its own weight.
    known = int(np.nanargmax(dense[100]))
    assert float(told(100, known).strip()) == pytest.approx(head[100, known], abs=0.005)
    assert page.detail("query").inner_text().split() == ["t100", "100"]
    unknown = int(np.flatnonzero(np.isnan(dense[100]))[0])
    said = told(100, unknown)
    most = float(re.match(r"≤ ([\d.]+)", said).group(1))  # type: ignore[union-attr]
    assert head[100, unknown] - 0.005 <= most <= np.nanmin(dense[100][dense[100] > 0]) + 0.005
    assert "the weight itself was not kept" in said
    expect(page.reading).to_contain_text("was not kept")
    # The layer is causal: in the same block what is ahead is known to be 0.
    assert told(100, 101).strip() == "0"
    # Of the strongest keys only those are listed whose weights are known.
    listed = page.frame.get_by_role("complementary").locator("ol li .small").all_inner_texts()
    assert set(map(int, listed)) <= set(np.flatnonzero(dense[100] > 0).tolist())
    # The file has both, and says which are which.
    saved = json.loads(page.save("step 1", "json", tmp_path).read_text())
    written = np.float32(saved["weights"][0])
    for query, keys in enumerate(saved["known"][0]):
        known = range(SIDE) if keys is None else keys
        assert set(np.flatnonzero(~np.isnan(dense[query]))) <= set(known)
        np.testing.assert_allclose(written[query, known], head[query, known], atol=0.005)
    assert (written >= head - 0.005).all()


def test_heads_that_are_kept_in_part_are_compared(folder: Path, server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, layer="decoder", head=0, step=1, b=0)
    expect(page.compared).to_contain_text("step 0")
    expect(page.frame.locator(".plot canvas")).to_have_count(3)
    # The three fill the view; of what is said below each nothing is cut, and its scale follows, where it stays.
    expect(page.frame.get_by_role("region", name="sentence", exact=True)).to_have_count(0)
    panes = page.frame.locator(".matrix")
    for pane in panes.all():
        assert pane.evaluate("pane => pane.scrollHeight <= pane.clientHeight")
    heights = panes.evaluate_all(HEIGHTS)
    said = page.frame.locator(".matrix small").first.bounding_box()
    legend = page.frame.get_by_role("img", name="scale of the weights").first.bounding_box()
    assert said is not None
    assert legend is not None
    assert 0 <= legend["y"] - (said["y"] + said["height"]) < 16
    page.page.wait_for_timeout(200)
    assert panes.evaluate_all(HEIGHTS) == heights
    dense = [strongest(folder, step).dense(0) for step in range(2)]
    query, key = np.argwhere((np.nan_to_num(dense[1]) > 0.2) & np.isnan(dense[0]))[0].tolist()
    page.hover_cell(query, key, SIDE, SIDE)
    expect(page.reading).to_contain_text(re.compile(r"0\.\d+ at A, ≤ 0\.\d+ at B.* was not kept"))
