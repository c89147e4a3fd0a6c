"""How fast the page opens a model of 48 blocks and the groups in it, in a real TensorBoard and Chromium.

    python benchmarks/structure_page_speed.py [--logdir FOLDER]

A Transformer as it is written by hand, `x = x + f(x)` in a layer of its own, logged by `StructureLogger`, and a group of 100 layers
of which each takes what one or two of the eight before it return. A folder keeps what is written for the next time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from measure import seconds, table
from playwright.sync_api import Browser, Frame, Page, sync_playwright

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import StructureLogger

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from e2e.browser import launch
from helpers.tensorboard_process import TensorBoardProcess

BLOCKS, LAYERS, OPENINGS = 48, 100, 5
VIEWPORT = {"width": 1280, "height": 800}
TRANSFORMER, GROUP = "transformer", "group"
# A place in which no group is open; without it the page opens what there is room for.
CLOSED = "&p.seqviz.open="

# Notes when the drawing was in the page, in milliseconds since the plugin's frame began to load.
OPENING_CLOCK = """
(() => {
  if (window === window.top) return;
  const note = () => {
    if (document.querySelector("g[data-box]")) requestAnimationFrame(() => { window.opened = performance.now(); });
    else requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
})();
"""
# From a double-click on a group until the frame after the one that shows what is in it, and the longest time between two frames
# until some frames later.
OPEN_GROUP = """
async ([group, inside]) => {
  const frame = () => new Promise(requestAnimationFrame);
  const box = (key) => [...document.querySelectorAll("g[data-box]")].find(({ dataset }) => dataset.box === key);
  let longest = 0;
  let last = 0;
  let isOver = false;
  const watch = (now) => {
    if (last > 0) longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) requestAnimationFrame(watch);
  };
  await frame();
  requestAnimationFrame(watch);
  await frame();
  const start = performance.now();
  box(group).dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  while (!box(inside)) {
    if (performance.now() - start > 30000) throw new Error(`${group} did not open`);
    await frame();
  }
  await frame();
  const taken = performance.now() - start;
  for (let i = 0; i < 10; i++) await frame();
  isOver = true;
  return [taken, longest];
}
"""


class Block(keras.layers.Layer):
    """Attention and two dense layers, each added to what comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = keras.layers.LayerNormalization()
        self.attention = keras.layers.MultiHeadAttention(2, 4)
        self.dense = keras.Sequential([keras.layers.Dense(16, activation="gelu"), keras.layers.Dense(8)])

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Returns as many vectors as come in."""
        h = self.norm(x)
        x = x + self.attention(h, h)
        return x + self.dense(x)


class Transformer(keras.Model):
    """A language model."""

    def __init__(self) -> None:
        super().__init__(name="transformer")
        self.embedding = keras.layers.Embedding(20, 8)
        self.blocks = [Block() for _ in range(BLOCKS)]
        self.head = keras.layers.Dense(20)

    def call(self, tokens: keras.KerasTensor) -> keras.KerasTensor:
        """Returns logits of the next tokens."""
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def write_transformer(folder: Path) -> None:
    """Logs the model, and the weights of its layers."""
    logger = StructureLogger(folder / TRANSFORMER, (None, 64), statistics=("parameters",))
    logger.set_model(Transformer())
    logger.log(0)
    logger.close()


def write_group(folder: Path) -> None:
    """Writes a model of one group beside two other layers."""
    shape = seqviz.Shape((None, 8), ("batch", "features"))
    paths = [f"group/layer_{number}" for number in range(LAYERS)]
    before = [sorted({max(0, at - 1 - at * salt % 8) for salt in (3, 5)}) for at in range(LAYERS)]
    nodes = [
        seqviz.Node("model", "Model", "", 0, 0, 0),
        *(seqviz.Node(path, "Dense", "model", 0, 0, 0) for path in ("first", "group", "last")),
        *(seqviz.Node(path, "Dense", "group", 0, 0, 0) for path in paths),
    ]
    edges = [
        seqviz.Edge("inputs/x", "first", shape),
        seqviz.Edge("first", paths[0], shape),
        *(seqviz.Edge(paths[source], paths[at], shape) for at in range(1, LAYERS) for source in before[at]),
        seqviz.Edge(paths[-1], "last", shape),
        seqviz.Edge("last", "outputs/0", shape),
    ]
    with seqviz.Writer(folder / GROUP) as writer:
        writer.structure("model", seqviz.Structure("model", nodes, edges), step=0)


def open_page(browser: Browser, server: TensorBoardProcess, run: str, place: str = "") -> tuple[Page, Frame, float]:
    """Opens the page in a fresh context, and returns it with the plugin's frame and how many seconds TensorBoard and page took."""
    page = browser.new_page(viewport=VIEWPORT)
    page.add_init_script(OPENING_CLOCK)
    start = time.perf_counter()
    page.goto(f"{server.url}?p.seqviz.view=structure&p.seqviz.runs={run}{place}#seqviz")
    page.frame_locator("iframe").locator("g[data-box]").first.wait_for()
    taken = time.perf_counter() - start
    frame = next(frame for frame in page.frames if frame.parent_frame is not None)
    frame.wait_for_function("window.opened")
    page.wait_for_timeout(500)
    return page, frame, taken


def row(name: str, taken: list[float]) -> list[str]:
    """Returns a line of the table, of milliseconds."""
    low, middle, high = min(taken), statistics.median(taken), max(taken)
    return [name, f"{seconds(middle / 1e3)} [{seconds(low / 1e3)}-{seconds(high / 1e3)}]"]


def measured(browser: Browser, server: TensorBoardProcess, runs: dict[str, str]) -> list[list[str]]:
    """Measures the page; the first opening only warms TensorBoard up."""
    groups = {
        f'opening "Block x {BLOCKS}"': (f"block × {BLOCKS}", "block"),
        "opening a block in it": ("block", "block/multi_head_attention"),
        "opening the attention in that": ("block/multi_head_attention", "block/multi_head_attention/query"),
    }
    firsts, totals, hundreds, frames = [], [], [], []
    opened: dict[str, list[float]] = {name: [] for name in groups}
    for opening in range(OPENINGS + 1):
        page, frame, total = open_page(browser, server, runs[TRANSFORMER])
        if opening > 0:
            firsts.append(frame.evaluate("window.opened"))
            totals.append(1e3 * total)
        page.close()
        page, frame, _ = open_page(browser, server, runs[TRANSFORMER], CLOSED)
        if opening > 0:
            for name, keys in groups.items():
                taken, longest = frame.evaluate(OPEN_GROUP, list(keys))
                opened[name].append(taken)
                frames.append(longest)
                page.wait_for_timeout(300)
        page.close()
        page, frame, _ = open_page(browser, server, runs[GROUP], CLOSED)
        if opening > 0:
            taken, longest = frame.evaluate(OPEN_GROUP, ["group", "group/layer_1"])
            hundreds.append(taken)
            frames.append(longest)
        page.close()
    return [
        row(f"model of {BLOCKS} blocks, from the plugin's frame to the drawing", firsts),
        row("the same, TensorBoard itself included", totals),
        *(row(name, taken) for name, taken in opened.items()),
        row(f"opening a group of {LAYERS} layers", hundreds),
        row("longest time between two frames while a group opens", frames),
    ]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logdir", type=Path, default=None, help="where the log is kept, or was kept before")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        logdir = options.logdir or Path(temporary)
        for run, write in ((TRANSFORMER, write_transformer), (GROUP, write_group)):
            if not (logdir / run).exists():
                write(logdir)
        runs = {
            run: str(next((logdir / run).rglob("events.*")).parent.relative_to(logdir)) for run in (TRANSFORMER, GROUP)
        }
        browser = launch(playwright)
        with TensorBoardProcess(logdir) as server:
            for run in runs.values():
                server.wait_for_steps(run, "structure/model", 1)
            rows = measured(browser, server, runs)
        browser.close()
    print(table(["structure in the page", "time"], rows))


if __name__ == "__main__":
    main()
