"""What the page saves: pictures of any view that look as it does, and data that NumPy reads."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from PIL import Image
from playwright.sync_api import expect

import tb_seqviz_plugin as seqviz
from e2e.conftest import SeqVizPage
from e2e.structure_logs import RUN

pytestmark = pytest.mark.slow

Open = Callable[..., SeqVizPage]
_TEXT = "{http://www.w3.org/2000/svg}text"
_IMAGE = "{http://www.w3.org/2000/svg}image"


def likeness(screen: Image.Image, picture: Image.Image) -> float:
    """Returns the correlation of brightness in squares of 4 pixels: fonts are smoothed otherwise in a picture."""
    size = (screen.width // 4, screen.height // 4)
    one, other = (np.asarray(each.convert("L").resize(size, Image.Resampling.BOX), float) for each in (screen, picture))
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_a_picture_of_any_view_looks_as_the_view_does(
    every_view: TensorBoardProcess, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(every_view)
    page.set_theme(is_dark=True)
    expect(page.plot).to_be_visible()
    alike, texts = {}, {}
    for view in ("attention", "samples", "structure", "embeddings", "evaluation"):
        page.frame.locator(f"#tab-{view}").click()
        shown = page.frame.locator(f"#view[aria-labelledby=tab-{view}]")
        expect(shown.locator("canvas, svg, [role=table]").first).to_be_visible()
        svg, png = (page.save("what is in sight", kind, tmp_path) for kind in ("svg", "png"))
        # What one takes hold of is not in a picture.
        page.frame.locator("[data-for-hands]").evaluate_all("all => all.forEach((each) => each.style.opacity = 0)")
        alike[view] = likeness(
            Image.open(io.BytesIO(page.frame.locator("#view > .view").screenshot())), Image.open(png)
        )
        drawn = ElementTree.parse(svg).getroot()
        texts[view] = {element.text for element in drawn.iter(_TEXT)}
        # Of drawings within it the drawing itself names the font.
        named = {text for each in drawn.iter() if "font-family" in each.attrib for text in each.iter(_TEXT)}
        assert named == set(drawn.iter(_TEXT))
        assert svg.stem == png.stem
        if view == "attention":
            assert svg.name == "translator-decoder_block_1_cross_attention-head-3-step-20.svg"
            assert any(element.attrib["href"].startswith("data:image/png") for element in drawn.iter(_IMAGE))
    assert min(alike.values()) > 0.94, alike
    assert {"[START]", "M", "a", "y", "cross"} <= texts["attention"]
    assert "temperature 1" in texts["samples"]
    assert "whole set" in texts["evaluation"]


def test_numpy_reads_what_is_compared(
    every_view_logs: Path, every_view: TensorBoardProcess, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(every_view, step=20, b=0)
    expect(page.compared).to_contain_text("step 0")
    records = {
        record.step: record for record in seqviz.read(every_view_logs, "attention") if record.tag == "attention/dates/0"
    }
    for side, step in (("A", 20), ("B", 0)):
        path = page.save(f"{side}, step {step}", "npz", tmp_path)
        with np.load(path) as arrays:
            (layer,) = [layer for layer in records[step].layers if layer.path == str(arrays["layer"])]
            assert path.name == f"translator-{layer.path.replace('/', '_')}-step-{step}.npz"
            assert (str(arrays["run"]), str(arrays["tag"]), int(arrays["step"])) == (RUN, "attention/dates/0", step)
            np.testing.assert_allclose(arrays["weights"], layer.weights, rtol=1e-6)
            assert arrays["weights"].dtype == np.float32
            assert arrays["query_tokens"].tolist() == list(layer.query_tokens)
            assert arrays["key_tokens"].tolist() == list(layer.key_tokens)
            measures = dict(zip(arrays["measure_names"].tolist(), arrays["measures"].T, strict=True))
            for name, values in layer.measures.items():
                np.testing.assert_allclose(measures[name], values, rtol=1e-6)
        found = json.loads(page.save(f"{side}, step {step}", "json", tmp_path).read_text("utf-8"))
        np.testing.assert_allclose(found["weights"], layer.weights, rtol=1e-6)
