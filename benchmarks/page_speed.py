"""How fast the page shows attention, in a real TensorBoard and Chromium, beside BertViz on the same weights in the same run.

    python benchmarks/page_speed.py [--bertviz-scripts NODE_MODULES]

BertViz takes part if it is installed (pip install bertviz) and its scripts lie in a folder of node modules (npm install
requirejs@2.3.6 d3@5.7.0 jquery@2.2.4), since it loads them from a host of others, which is not done here.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from measure import seconds, table
from playwright.sync_api import Browser, CDPSession, Frame, Page, Route, sync_playwright

import tb_seqviz_plugin as seqviz

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from e2e.browser import launch
from helpers.tensorboard_process import TensorBoardProcess

LAYERS, HEADS, STEPS, REPEATS = 12, 12, 6, 5
VIEWPORT = {"width": 1440, "height": 900}
# In which the canvas of a 4,096-token head has about 1,464 x 2,172 pixels while it is panned.
LARGE, RATIO, FRAMES = {"width": 1750, "height": 1360}, 2, 90

# Notes when a canvas was last painted, and the wall of heads first; `settled` resolves once the page shows `wanted` and has painted
# since `start`.
PAINT_CLOCK = """
window.lastPaint = 0;
for (const name of ["putImageData", "drawImage", "fillRect"]) {
  const paint = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...rest) {
    window.lastPaint = performance.now();
    if (this.canvas.closest("[role=grid]")) window.wallPaint ??= window.lastPaint;
    return paint.apply(this, rest);
  };
}
"""
SETTLED = """
async ([wanted, trigger]) => {
  const plot = () => document.querySelector("section[aria-label=matrix] [role=application]");
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  const start = performance.now();
  if (trigger.click) document.querySelector(trigger.click).click();
  if (trigger.key) document.body.dispatchEvent(new KeyboardEvent("keydown", { key: trigger.key, bubbles: true }));
  const shown = () => [...document.querySelectorAll(wanted.selector)].some((each) => each.textContent.includes(wanted.text));
  while (!(shown() && window.lastPaint > start && !plot()?.classList.contains("dimmed"))) {
    if (performance.now() - start > 30000) throw new Error("nothing was painted within 30 s");
    await frame();
  }
  await frame(); // by then the frame that holds the painting is on the screen
  return performance.now() - start;
}
"""
# Pans or zooms the matrix in every frame, for so many frames; returns the times between them, and the pixels of the canvas while it
# moves and at rest.
MOVE = """
async ([kind, count]) => {
  const plot = document.querySelector("section[aria-label=matrix] [role=application]");
  const frame = () => new Promise(requestAnimationFrame);
  const { left, top, width, height } = plot.getBoundingClientRect();
  const at = (x, y) => ({ bubbles: true, cancelable: true, clientX: left + x * width, clientY: top + y * height });
  const turn = (deltaY) => plot.dispatchEvent(new WheelEvent("wheel", { ...at(0.4, 0.6), deltaY, ctrlKey: true }));
  const point = (type, x, y) => {
    plot.dispatchEvent(new PointerEvent(type, { ...at(x, y), buttons: 1, pointerId: 1, isPrimary: true }));
  };
  if (kind === "pan") {
    for (let i = 0; i < 4; i++) turn(-100);
    point("pointerdown", 0.7, 0.7);
  }
  for (let i = 0; i < 10; i++) await frame();
  const times = [];
  let last = await frame();
  for (let i = 0; i < count; i++) {
    if (kind === "pan") point("pointermove", 0.7 - (0.4 * i) / count, 0.7 - (0.4 * i) / count);
    else turn(i < count / 2 ? -20 : 20);
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  const size = () => (({ width, height }) => `${width} x ${height}`)(plot.querySelector("canvas"));
  const moving = size();
  point("pointerup", 0.5, 0.5);
  await new Promise((done) => setTimeout(done, 500));
  return [times, moving, size()];
}
"""


def random_attention(heads: int, length: int, seed: int) -> npt.NDArray[np.float32]:
    """Returns softmax(2 N(0, 1)), float32 [heads, queries, keys]."""
    logits = 2 * np.random.default_rng(seed).standard_normal((heads, length, length), dtype=np.float32)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def write_logs(root: Path) -> None:
    """Writes the runs that are looked at."""
    tokens = [f"token{i}" for i in range(512)]
    with seqviz.Writer(root / "long") as writer:
        for step in range(STEPS):
            layers = {f"block_{layer}/attention": random_attention(HEADS, 512, 10 * step + layer) for layer in range(3)}
            writer.attention("512", layers, query_tokens=tokens, key_tokens=tokens, step=step)
    with seqviz.Writer(root / "deep") as writer:
        layers = {f"block_{layer}/attention": random_attention(HEADS, 512, layer) for layer in range(LAYERS)}
        writer.attention("512", layers, query_tokens=tokens, key_tokens=tokens, step=0)
    with seqviz.Writer(root / "longest") as writer:
        for step in range(REPEATS):
            layers = {
                "small/attention": random_attention(1, 16, step),
                "whole/attention": random_attention(1, 4096, step),
            }
            writer.attention("4096", layers, step=step)


def address(server: TensorBoardProcess, run: str, example: str, layer: str, step: int) -> str:
    """Returns a link to a place in the page."""
    place = {"runs": run, "example": example, "layer": layer, "head": 0, "step": step}
    return f"{server.url}?{'&'.join(f'p.seqviz.{name}={value}' for name, value in place.items())}#seqviz"


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[tuple[Page, Frame]]:
    """Opens the page in a fresh context and yields it with the plugin's frame, once a matrix is shown."""
    page = browser.new_page(viewport=VIEWPORT)
    page.add_init_script(PAINT_CLOCK)
    try:
        page.goto(url)
        page.frame_locator("iframe").locator("section[aria-label=matrix] canvas").first.wait_for()
        page.wait_for_timeout(1500)
        frame = next(frame for frame in page.frames if frame.parent_frame is not None)
        yield page, frame
    finally:
        page.close()


def moved(browser: Browser, server: TensorBoardProcess) -> Iterator[list[str]]:
    """Yields a line of the table for zooming, and one for panning, a head of 4,096 tokens on a large canvas."""
    for kind in ("zoom", "pan"):
        page = browser.new_page(viewport=LARGE, device_scale_factor=RATIO)
        page.goto(address(server, "longest", "4096", "whole/attention", 0))
        page.frame_locator("iframe").locator("section[aria-label=matrix] canvas").first.wait_for()
        page.wait_for_timeout(3000)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        frame = next(frame for frame in page.frames if frame.parent_frame is not None)
        before = busy(devtools)
        times, moving, canvas = frame.evaluate(MOVE, [kind, FRAMES])
        worked = (busy(devtools) - before) / (len(times) + 10)
        page.close()
        rate = f"{1000 * len(times) / sum(times):.0f} frames a second, the longest {seconds(max(times) / 1e3)}"
        yield [
            f"SeqViz: {kind} a 4,096-token head, canvas of {canvas} pixels, {moving} while it moves",
            f"{rate}; {seconds(worked)} of processor time of the page's thread a frame",
        ]


def busy(devtools: CDPSession) -> float:
    """Returns for how many seconds the page's thread has had the processor."""
    metrics: list[dict[str, Any]] = devtools.send("Performance.getMetrics")["metrics"]
    (worked,) = (float(each["value"]) for each in metrics if each["name"] == "TaskDuration")
    return worked


def milliseconds(frame: Frame, wanted: dict[str, str], trigger: dict[str, str]) -> float:
    """Returns how long the page takes from an event until what is wanted is painted."""
    taken: float = frame.evaluate(SETTLED, [wanted, trigger])
    return taken


def ours(browser: Browser, server: TensorBoardProcess) -> list[list[str]]:
    """Measures the page."""
    wall, layer, cached, head = [], [], [], []
    for step in range(REPEATS):
        with opened(browser, address(server, "deep", "512", "block_0/attention", 0)) as (_, frame):
            wall.append(float(frame.evaluate("window.wallPaint")))
        with opened(browser, address(server, "long", "512", "block_0/attention", step)) as (_, frame):
            option = "#head-1-0"
            wanted = {"selector": "section[aria-label='focused head'] .view-top", "text": "block_1/attention"}
            layer.append(milliseconds(frame, wanted, {"click": option}))
            for key, place in (("ArrowRight", step + 1), ("ArrowLeft", step), ("ArrowRight", step + 1)):
                if place < STEPS:
                    frame.page.wait_for_timeout(700)
                    shown = {"selector": "[aria-label=steps]", "text": f"step {place}"}
                    cached.append(milliseconds(frame, shown, {"key": key}))
        with opened(browser, address(server, "longest", "4096", "small/attention", step)) as (_, frame):
            option = "#head-1-0"
            wanted = {"selector": "section[aria-label='focused head'] .view-top", "text": "whole/attention"}
            head.append(milliseconds(frame, wanted, {"click": option}))
    return [
        row(f"SeqViz: wall of {LAYERS} layers x {HEADS} heads, 512 tokens, from the start of the plugin's frame", wall),
        row("SeqViz: click to a 512-token, 12-head layer not yet fetched", layer),
        row("SeqViz: key to a neighbouring step, prefetched, 512 tokens", cached),
        row("SeqViz: click to a 4,096-token head not yet fetched", head),
        *moved(browser, server),
    ]


def bertviz(browser: Browser, scripts: Path, length: int) -> list[str] | None:
    """Measures BertViz's head view of one layer, from navigation to a screenshot; None if it is not installed."""
    try:
        import torch
        from bertviz import head_view
    except ImportError:
        return None
    weights = torch.from_numpy(random_attention(HEADS, length, 0))[None]
    start = time.perf_counter()
    html = head_view([weights], [f"token{i}" for i in range(length)], html_action="return").data
    built = time.perf_counter() - start
    files = {"require": "requirejs/require.js", "d3": "d3/dist/d3.min.js", "jquery": "jquery/dist/jquery.min.js"}

    def fulfil(route: Route) -> None:
        found = next((path for name, path in files.items() if name in route.request.url), None)
        if found is None:
            route.abort()
        else:
            route.fulfill(path=scripts / found, content_type="application/javascript")

    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "bertviz.html"
        document.write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
        page = browser.new_page(viewport=VIEWPORT)
        page.route(re.compile("^https:"), fulfil)
        start = time.perf_counter()
        page.goto(document.as_uri())
        try:
            page.wait_for_function(
                f"document.querySelectorAll('svg line').length >= {HEADS * length**2}", timeout=120_000
            )
            page.screenshot()
            taken = seconds(time.perf_counter() - start)
        except Exception as error:
            taken = f"nothing within 120 s ({type(error).__name__})"
        page.close()
    return [
        f"BertViz head_view: one layer, 12 heads, {length} tokens (page built in {seconds(built)})",
        f"{taken} (1 run)",
    ]


def row(name: str, taken: list[float]) -> list[str]:
    """Returns a line of the table."""
    low, middle, high = min(taken), statistics.median(taken), max(taken)
    return [name, f"{seconds(middle / 1e3)} [{seconds(low / 1e3)}-{seconds(high / 1e3)}]"]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bertviz-scripts", type=Path, default=None)
    parser.add_argument("--bertviz-lengths", type=int, nargs="*", default=[64, 128, 256])
    options = parser.parse_args()
    measured: list[list[str]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_logs(Path(folder))
        browser = launch(playwright)
        with TensorBoardProcess(Path(folder)) as server:
            server.wait_for_steps("longest", "attention/4096", REPEATS)
            measured += ours(browser, server)
        if options.bertviz_scripts:
            attempt: Callable[[int], list[str] | None] = lambda n: bertviz(browser, options.bertviz_scripts, n)  # noqa: E731
            measured += [line for length in options.bertviz_lengths if (line := attempt(length))]
        browser.close()
    print(table(["what is shown", "time to painted"], measured))


if __name__ == "__main__":
    main()
