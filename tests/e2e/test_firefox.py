"""Every view in Firefox, where FIREFOX names one: FIREFOX=firefox make test-browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from helpers.tensorboard_process import TensorBoardProcess

from e2e.firefox import started

pytestmark = pytest.mark.slow

VIEWS = ["attention", "samples", "structure", "embeddings", "evaluation"]
# Looks at each view until it is drawn; returns how many options the first word of its caption opens.
LOOK = """
const [views] = args;
const until = async (find, what) => {
  for (let tries = 0; tries < 500; tries++) {
    const found = find();
    if (found) return found;
    await new Promise((go) => setTimeout(go, 100));
  }
  throw new Error(`There is no ${what}.`);
};
const frame = () => document.querySelector("iframe")?.contentDocument;
const painted = (canvas) => {
  const { width, height } = canvas;
  if (width * height === 0) return 0;
  return canvas.getContext("2d").getImageData(0, 0, width, height).data.filter((part, at) => at % 4 === 3 && part > 0).length;
};
const looks = {};
for (const view of views) {
  (await until(() => frame()?.querySelector(`#tab-${view}`), `tab of ${view}`)).click();
  const shown = () => frame().querySelector(`#view[aria-labelledby=tab-${view}]`);
  const word = await until(() => shown()?.querySelector("button.word"), `caption of ${view}`);
  const count = () => ({
    pixels: [...shown().querySelectorAll("canvas")].reduce((sum, canvas) => sum + painted(canvas), 0),
    shapes: shown().querySelectorAll("svg path, svg rect").length,
    texts: shown().querySelectorAll("[role=row]").length,
  });
  const wanted = { attention: "pixels", samples: "texts", structure: "shapes", embeddings: "pixels", evaluation: "texts" }[view];
  await until(() => count()[wanted] > 1, `picture of ${view}`);
  word.click();
  const list = await until(() => word.popoverTargetElement.querySelector("[role=option]")?.parentElement, `list of ${view}`);
  looks[view] = list.children.length;
  list.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
}
return looks;
"""


FIREFOX = os.environ.get("FIREFOX", "")


@pytest.mark.skipif(FIREFOX == "", reason="FIREFOX names no browser")
def test_firefox_draws_every_view_without_errors(every_view: TensorBoardProcess, tmp_path: Path) -> None:
    with started(FIREFOX, tmp_path) as (firefox, report):
        firefox.open(f"{every_view.url}#seqviz")
        looks = firefox.run(LOOK, VIEWS)
    assert list(looks) == VIEWS, looks
    assert min(looks.values()) > 0
    errors = [
        line for line in report.read_text(encoding="utf-8", errors="replace").splitlines() if "rror: http" in line
    ]
    assert errors == []
