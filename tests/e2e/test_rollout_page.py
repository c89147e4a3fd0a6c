"""The rollout over layers, in a real TensorBoard and a real Chromium."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect

import tb_seqviz_plugin as seqviz
from e2e.conftest import SeqVizPage
from tb_seqviz_plugin import AttentionLayer, Image
from tb_seqviz_plugin.schema.attention import LeftOut

pytestmark = pytest.mark.slow

WORDS = ["the", "dog", "barks", "loudly"]
HEAD = "Head · 0–9 or [ ]"


def looking_at(keys: list[int]) -> np.ndarray:
    return np.eye(len(keys), dtype=np.float32)[None, keys]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("stacks")
    axes = {"role": "encoder self", "query_axis": "source", "key_axis": "source"}
    looks = [[1, 1, 2, 3], [0, 2, 2, 3], [2, 1, 2, 3]]
    layers = [AttentionLayer(f"block_{at}", looking_at(keys), WORDS, WORDS, **axes) for at, keys in enumerate(looks)]
    in_series = [replace(layer, reads=range(at)) for at, layer in enumerate(layers)]
    branches = [replace(layer, reads=own) for layer, own in zip(layers, [(), (), (0, 1)], strict=True)]
    cross = AttentionLayer(
        "cross",
        looking_at([0, 1, 2, 3]),
        WORDS,
        WORDS,
        "cross",
        query_axis="target",
        key_axis="source",
        reads=(0, 1, 2),
    )
    with seqviz.Writer(root / "run") as writer:
        for step in range(3):
            writer.attention("whole", [*in_series, cross], step=step, left_out=())
        writer.attention("branches", branches, step=0, left_out=())
        missing = LeftOut("block_gone", 0, "encoder self", 4, 4, 1)
        writer.attention("some", layers, step=0, left_out=[missing])
        writer.attention("unknown", layers, step=0)
        patches = [AttentionLayer(f"vit_{at}", looking_at(keys), role="encoder self") for at, keys in enumerate(looks)]
        image = Image.of(np.zeros((8, 24), np.uint8), 1, 3, first=1)
        writer.attention("image", patches, step=0, image=image, left_out=())
    return root


@pytest.fixture(scope="module")
def stacks(folder: Path) -> Iterator[TensorBoardProcess]:
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps("run", "attention/whole", 3)
        server.wait_for_steps("run", "attention/image", 1)
        yield server


def test_a_rollout_is_drawn_up_to_a_layer_wherever_a_head_is(
    folder: Path, stacks: TensorBoardProcess, open_page: Callable[..., SeqVizPage], tmp_path: Path
) -> None:
    page = open_page(stacks, example="whole", layer="block_1")
    page.choose(HEAD, "rollout up to this layer")
    expect(page.title).to_contain_text("Rollout of 2 layers up to block_1 for")
    page.wait_for_place(combine="rollout")
    # 0.5 of itself and 0.5 of what it looks at, twice: (0.5, 0.5) of "the" again for itself.
    expect(page.frame.get_by_role("row", name="the the 0.500").first).to_be_attached()
    expect(page.frame.get_by_role("row", name="dog dog 0.500").first).to_be_attached()
    expect(page.frame.get_by_text("This rollout at 3 steps, same scale")).to_be_visible()
    for remark in ("does not say whether layers are left out", "does not say which layers are computed"):
        expect(page.frame.get_by_text(remark)).to_have_count(0)
    page.press("i")
    details = page.frame.get_by_text("The rollout is the product over block_0, block_1 of")
    expect(details).to_be_visible()
    page.press("i")

    # As a file it is the one that Python makes.
    record = next(each for each in seqviz.read(folder, "attention") if each.step == 2)
    expected = seqviz.rollout(record, "block_1")
    with np.load(page.save("rollout of 2 layers up to block_1", "npz", tmp_path)) as arrays:
        assert (arrays["layers"].tolist(), str(arrays["layer"])) == (["block_0", "block_1"], "block_1")
        np.testing.assert_allclose(arrays["rollout"], expected.weights, atol=float(arrays["bound"]))
    found = json.loads(page.save("rollout of 2 layers up to block_1", "json", tmp_path).read_text("utf-8"))
    np.testing.assert_allclose(found["rollout"], expected.weights, atol=found["bound"])

    # Another layer: its rollout. Another head: no rollout any more.
    page.press("ArrowDown")
    expect(page.title).to_contain_text("Rollout of 3 layers up to block_2 for")
    expect(page.frame.get_by_role("row", name="the barks 0.500").first).to_be_attached()
    page.choose_step(0, 3, compared=True)
    expect(page.title).to_contain_text("Rollout of 3 layers up to block_2 for whole at A and B")
    expect(page.frame.get_by_role("row", name="the barks 0.500").first).to_be_attached()
    page.press("Escape")
    page.press("ArrowDown")
    expect(
        page.frame.get_by_text("There is no rollout up to cross: its queries and keys are not the same")
    ).to_be_visible()
    expect(page.title).to_contain_text("Weights of cross, head 0")
    page.press("ArrowUp")
    page.press("0")
    expect(page.title).to_contain_text("Weights of block_2, head 0")


@pytest.mark.long
def test_a_caption_of_other_words_takes_the_place_of_that_of_a_rollout(
    stacks: TensorBoardProcess, open_page: Callable[..., SeqVizPage]
) -> None:
    page = open_page(stacks, language="zh-CN", example="whole", layer="block_2", combine="rollout", b=0)
    caption = page.frame.locator(".view-top").get_by_role("paragraph").first
    expect(caption).to_contain_text("的注意力展开，到 block_2 层为止")
    page.press("0")
    expect(caption).to_contain_text("上的权重")
    expect(caption).to_contain_text("A 与 B 两步对比")
    page.press("Escape")
    expect(caption).not_to_contain_text("对比")
    expect(caption).to_contain_text("上的权重")


def test_what_a_rollout_lacks_is_told(stacks: TensorBoardProcess, open_page: Callable[..., SeqVizPage]) -> None:
    page = open_page(stacks, example="some", layer="block_2", combine="rollout")
    expect(
        page.frame.get_by_text("There is no rollout up to block_2: the record leaves out block_gone.")
    ).to_be_visible()
    expect(page.title).to_contain_text("Weights of block_2, head 0")
    page.open_again(example="unknown", layer="block_2", combine="rollout")
    expect(page.frame.get_by_text("The record does not say whether layers are left out of it")).to_be_visible()
    expect(page.frame.get_by_text("The record does not say which layers are computed from which")).to_be_visible()
    expect(page.title).to_contain_text("Rollout of 3 layers up to block_2")
    page.open_again(example="branches", layer="block_2", combine="rollout")
    expect(
        page.frame.get_by_text("There is no rollout up to block_2: block_0, block_1 lie beside each other")
    ).to_be_visible()
    expect(page.title).to_contain_text("Weights of block_2, head 0")
    page.open_again(example="image", layer="vit_2", combine="rollout")
    expect(page.title).to_contain_text("Rollout of 3 layers up to vit_2 for image, over the image")
    pane = page.frame.get_by_label("sentence", exact=True)
    expect(pane.get_by_role("application", name="class token looks at, most: row 1, column 2 0.5")).to_be_visible()
