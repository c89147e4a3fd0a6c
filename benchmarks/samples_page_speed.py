"""How fast the page opens and searches samples of a long training, in a real TensorBoard and Chromium.

    python benchmarks/samples_page_speed.py [--steps 1000] [--logdir FOLDER]

At each step 8 prompts at 4 temperatures are continued by 400 characters, each a token with its probability: some five times as many
as a text of words has, so that shades cost as much as they ever do. A folder keeps what is written for the next time.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from measure import seconds, table
from playwright.sync_api import Browser, Frame, Page, sync_playwright

import tb_seqviz_plugin as seqviz

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from e2e.browser import launch
from helpers.tensorboard_process import TensorBoardProcess

PROMPTS, LENGTH, WORDS, OPENINGS = 8, 400, 2000, 7
TEMPERATURES = (0.2, 0.5, 1.0, 1.2)
VIEWPORT = {"width": 1440, "height": 900}
RUN = "long"

# Notes when the first text was in the page, in milliseconds since the plugin's frame began to load.
OPENING_CLOCK = """
(() => {
  if (window === window.top) return;
  const note = () => {
    if (document.querySelector("[role=table] .sample-text")?.textContent) window.opened = performance.now();
    else requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
})();
"""
# From the last letter of a query until the frame after the one that shows what was found, marked in the texts in sight.
SEARCH = """
async ([query, isRegex]) => {
  const frame = () => new Promise(requestAnimationFrame);
  const field = document.querySelector("input[type=search]");
  const status = () => document.querySelector("search [role=status]")?.textContent.trim() ?? "";
  const regex = document.querySelector("search .regex");
  const write = (text) => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); };
  write("");
  if (regex.ariaPressed !== String(isRegex)) regex.click();
  field.focus();
  for (let i = 0; i < 20; i++) await frame();
  const start = performance.now();
  write(query);
  await frame();
  while (!/text/.test(status())) {
    if (performance.now() - start > 30000) throw new Error(`no answer to ${query}`);
    await frame();
  }
  await frame();
  return [performance.now() - start, status()];
}
"""
# Words that are in many texts, in few, in none; expressions that are quick, and that look far.
QUERIES = {
    "plain text": [("{common}", False), ("{rare} {rare}", False), ("nowhere to be found", False)],
    "regular expression": [
        ("({common}|{rare})s? ", True),
        (r"\b{rare}\b.*\b{common}$", True),
        (r"^\w+ \w+ {rare}", True),
    ],
}


def invent_words(rng: np.random.Generator) -> list[str]:
    """Returns words of syllables, the shortest first, as often used ones are."""
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    words = {"".join(rng.choice(syllables, rng.integers(1, 5))) for _ in range(2 * WORDS)}
    return sorted(words, key=lambda word: (len(word), word))[:WORDS]


def write_log(folder: Path, words: list[str], steps: int) -> None:
    """Writes the run that is looked at; how often a word comes falls with its place (Zipf)."""
    rng = np.random.default_rng(1)
    shares = 1 / np.arange(1, len(words) + 1)
    shares /= shares.sum()
    with seqviz.Writer(folder) as writer:
        for step in range(steps):
            samples = []
            for prompt in range(PROMPTS):
                for temperature in TEMPERATURES:
                    text = " ".join(rng.choice(words, LENGTH // 2, p=shares))[:LENGTH]
                    samples.append(
                        seqviz.Sample(
                            f"prompt {prompt}",
                            text,
                            temperature,
                            tokens=list(text),
                            probabilities=rng.random(len(text)).tolist(),
                        )
                    )
            writer.samples("probe", samples, step=step)


def open_page(browser: Browser, server: TensorBoardProcess, shade: bool) -> tuple[Page, Frame, float]:
    """Opens the page in a fresh context, tokens shaded by their probability or not.

    Returns it with the plugin's frame and how many seconds TensorBoard and page took.
    """
    page = browser.new_page(viewport=VIEWPORT)
    page.add_init_script(OPENING_CLOCK)
    start = time.perf_counter()
    page.goto(f"{server.url}?p.seqviz.view=samples&p.seqviz.shade={int(shade)}#seqviz")
    page.frame_locator("iframe").locator(".sample-text").first.wait_for()
    taken = time.perf_counter() - start
    frame = next(frame for frame in page.frames if frame.parent_frame is not None)
    frame.wait_for_function("window.opened")
    return page, frame, taken


def spread(taken: list[float]) -> str:
    """Returns a field of the table, of milliseconds."""
    low, middle, high = min(taken), statistics.median(taken), max(taken)
    return f"{seconds(middle / 1e3)} [{seconds(low / 1e3)}-{seconds(high / 1e3)}]"


def measured(browser: Browser, server: TensorBoardProcess, words: list[str]) -> list[list[str]]:
    """Measures the page with and without shades, in turn; the first opening of each only warms TensorBoard up."""
    taken: dict[str, dict[bool, list[float]]] = {
        name: {True: [], False: []}
        for name in (
            "opening, from the plugin's frame to the newest texts",
            "opening, TensorBoard itself included",
            "first search",
            *(f"search, {kind}" for kind in QUERIES),
        )
    }
    opening_page, opening_all, first_search, *_ = taken.values()
    rng = np.random.default_rng(2)
    for opening, shade in itertools.product(range(OPENINGS + 1), (True, False)):
        page, frame, total = open_page(browser, server, shade)
        if opening > 0:
            opening_page[shade].append(frame.evaluate("window.opened"))
            opening_all[shade].append(1e3 * total)
            for kind, queries in QUERIES.items():
                for number, (query, is_regex) in enumerate(queries):
                    common, rare = words[rng.integers(50)], words[rng.integers(200, len(words))]
                    needed, said = frame.evaluate(SEARCH, [query.format(common=common, rare=rare), is_regex])
                    print(f"{kind}: {query} {seconds(needed / 1e3)}, {said}", file=sys.stderr)
                    is_first = number == 0 and not is_regex
                    (first_search if is_first else taken[f"search, {kind}"])[shade].append(needed)
        page.close()
    return [[name, spread(times[True]), spread(times[False])] for name, times in taken.items()]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--logdir", type=Path, default=None, help="where the log is kept, or was kept before")
    options = parser.parse_args()
    words = invent_words(np.random.default_rng(0))
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        logdir = options.logdir or Path(temporary)
        if not (logdir / RUN).exists():
            write_log(logdir / RUN, words, options.steps)
        browser = launch(playwright)
        with TensorBoardProcess(logdir) as server:
            server.wait_for_steps(RUN, "samples/probe", options.steps)
            rows = measured(browser, server, words)
        browser.close()
    size = len(TEMPERATURES) * PROMPTS
    print(table([f"{options.steps:,} steps x {size} texts of {LENGTH} characters", "shaded", "not shaded"], rows))


if __name__ == "__main__":
    main()
