"""TensorBoard's own Projector, in a browser, on a snapshot of ours."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import Browser, expect

from e2e.firefox import no_projector
from tb_seqviz_plugin.projector.files import Cloud, describe, store_bytes, write_snapshot
from tb_seqviz_plugin.records.embeddings.neighbours import nearest

pytestmark = pytest.mark.slow

WORDS = ["", "[UNK]", "tab\there", *(f"word {number}" for number in range(20)), "queen", "king"]


@no_projector
def test_the_projector_finds_the_neighbours_of_a_word(
    browser: Browser, tmp_path: Path, rng: np.random.Generator
) -> None:
    vectors = rng.standard_normal((len(WORDS), 8)).astype(np.float32)
    vectors[-1] = 3 * vectors[-2] + 0.1
    rows, similarities = nearest(vectors, [len(WORDS) - 1], 5)
    assert WORDS[rows[0, 0]] == "queen"
    cloud = Cloud("encoder/words", vectors, WORDS, {"count": [str(row) for row in range(len(WORDS))]})
    write_snapshot(tmp_path / "run" / "step-000000", [cloud], store_bytes)
    with TensorBoardProcess(tmp_path) as server:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        # What it finds when it is opened is all that it shows.
        while page.request.get(f"{server.url}data/plugin/projector/runs").json() != ["run/step-000000"]:
            page.wait_for_timeout(200)
        page.goto(f"{server.url}#projector")
        frame = page.frame_locator("iframe").frame_locator("iframe")
        expect(frame.get_by_text(f"Points: {len(WORDS)}")).to_be_visible()
        inspector = frame.locator("vz-projector-inspector-panel")
        # The box to search in is emptied once the labels have come.
        expect(frame.locator("vz-projector-data-panel")).to_contain_text("metadata_0.tsv")
        expect(inspector.locator("paper-dropdown-menu").get_by_role("button")).to_have_value("label")
        inspector.locator("vz-projector-input input").first.press_sequentially("king")
        neighbours = inspector.locator(".nn-list .neighbor")
        expect(neighbours.first).to_contain_text("queen")
        shown = [neighbour.inner_text().split("\n") for neighbour in neighbours.all()[:5]]
        page.close()
    assert [label for label, _ in shown] == [describe(WORDS[row], row) for row in rows[0]]
    # It shows the distance 1 - cosine.
    np.testing.assert_allclose([float(value) for _, value in shown], 1 - similarities[0], atol=6e-4)


@no_projector
def test_it_opens_on_a_run_and_a_layer(browser: Browser, tmp_path: Path) -> None:
    vectors = np.eye(7, 4, dtype=np.float32)
    clouds = [Cloud("large", vectors, WORDS[:7]), Cloud("encoder/日本", vectors[:5], WORDS[-5:])]
    for step in (0, 7):
        write_snapshot(tmp_path / "run" / f"step-{step:06d}", clouds, store_bytes)
    key = base64.urlsafe_b64encode(
        json.dumps(["run/step-000007", "encoder/日本"], ensure_ascii=False).encode()
    ).decode()
    with TensorBoardProcess(tmp_path, "--path_prefix=/foo") as server:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        troubles: list[str] = []
        # Of a favicon that is missing, only the console tells.
        page.on("console", lambda message: troubles.append(str(message.location)) if message.type == "error" else None)
        while len(page.request.get(f"{server.url}data/plugin/projector/runs").json()) < 2:
            page.wait_for_timeout(200)
        page.goto(f"{server.url}data/plugin/seqviz/projector/{key.rstrip('=')}/")
        assert page.title() == "encoder/日本 · run/step-000007 · Projector"
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("Points: 5")).to_be_visible()
        panel = frame.locator("vz-projector-data-panel")
        expect(panel).to_contain_text("metadata_1.tsv")
        expect(panel).to_contain_text("encoder/日本")
        page.close()
    # TensorBoard asks for its own font without the prefix, unless the machine has it.
    assert [trouble for trouble in troubles if "/font-roboto/" not in trouble] == []
