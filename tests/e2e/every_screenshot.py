"""Takes a picture of every state of the page, in both themes and languages and at four widths, to be looked at.

    python tests/e2e/every_screenshot.py FOLDER [--only PART_OF_A_NAME] [--widths 1280 640]

Each is `FOLDER/<state>_<width>_<theme>_<language>.png`. Chinese needs a font that has it, such as that of `fonts-noto-cjk`.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Error, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from helpers.tensorboard_process import TensorBoardProcess

from e2e.attention_logs import write_attention
from e2e.browser import FOLLOW, launch, search_of
from e2e.evaluation_logs import write_evaluation
from e2e.logs import SOURCE, translator, write_logs
from e2e.sample_logs import write_sample_logs
from e2e.structure_logs import RUN, write_structure_logs
from e2e.test_heads_table import TOKENS, forming
from tb_seqviz_plugin import Sample, Writer

HEIGHTS = {1280: 720, 1600: 900, 3840: 2160, 640: 720}
POEM = "白日依山盡，黃河入海流。\n欲窮千里目，更上一層樓。"

LAST = {"layer": "encoder/block_2/attention", "head": 1}
ON_IMAGE = {"layer": "vit/block_2/attention", "head": 2}

STATES: Mapping[str, Mapping[str, object]] = {
    "attention": {"runs": RUN},
    "attention_pinned": {"runs": RUN, "pin": 3},
    "attention_compared": {"runs": RUN, "step": 20, "b": 0},
    "attention_runs": {"runs": "transformer/seqviz", "brun": "gru/seqviz"},
    "attention_long": {"runs": "long/seqviz", "example": 512, "pin": 40},
    "attention_wall": {"runs": "wall", "example": "24 x 16"},
    "attention_one_head": {"runs": "many/seqviz"},
    "attention_heads": {"runs": RUN, "headtable": "alarms"},
    "attention_menu": {"runs": RUN},
    "attention_forced_colours": {"runs": RUN},
    "attention_classes": {"runs": "forming/seqviz", "headtable": "pattern"},
    "attention_head_wall": {"runs": "wall", "example": "24 x 16", "headtable": "change", "headshape": "wall", "b": 0},
    "attention_alarms": {"runs": "alarms/seqviz", "headtable": "alarms"},
    "attention_several": {"runs": "words/seqviz", "layer": "encoder/block_1/attention", "head": 1, "heads": "0,1,3"},
    "attention_rollout": {"runs": "words/seqviz", **LAST, "combine": "rollout"},
    "attention_rollout_compared": {"runs": "words/seqviz", **LAST, "combine": "rollout", "b": 0},
    "attention_words": {"runs": "words/seqviz", **LAST, "level": "words"},
    "attention_contributions": {"runs": "words/seqviz", **LAST, "quantity": "contributions"},
    "attention_contributions_compared": {"runs": "words/seqviz", **LAST, "quantity": "contributions", "b": 0},
    "attention_chinese": {"runs": "chinese/seqviz", **LAST, "pin": 30},
    "attention_pooled": {"runs": "pooled/seqviz", "pin": 200},
    "attention_image": {"runs": "image/seqviz", **ON_IMAGE, "pin": 68},
    "attention_image_patches": {"runs": "image/seqviz", **ON_IMAGE, "overlay": "patches"},
    "attention_image_compared": {"runs": "image/seqviz", **ON_IMAGE, "pin": 68, "b": 0},
    "attention_image_rollout": {"runs": "image/seqviz", **ON_IMAGE, "combine": "rollout"},
    "attention_experts": {"runs": "experts/seqviz"},
    "attention_speech": {"runs": "speech/seqviz", "pin": 4},
    "attention_speech_compared": {"runs": "speech/seqviz", "pin": 4, "b": 0},
    "samples": {"view": "samples", "runs": "first/seqviz", "group": "probe"},
    "samples_document": {"view": "samples", "runs": "first/seqviz", "group": "probe", "alone": 1},
    "samples_compared": {"view": "samples", "runs": "first/seqviz", "group": "probe", "b": 300},
    "samples_runs": {"view": "samples", "runs": "first/seqviz", "group": "probe", "brun": "second/seqviz"},
    "samples_poems": {"view": "samples", "runs": "verse"},
    "samples_found": {"view": "samples", "runs": "first/seqviz", "group": "probe", "search": "the"},
    "structure": {"view": "structure", "runs": RUN},
    "structure_chosen": {"view": "structure", "runs": RUN, "box": "decoder/attention"},
    "embeddings": {"view": "embeddings", "runs": RUN, "word": "word 3"},
    "embeddings_compared": {"view": "embeddings", "runs": RUN, "word": "word 3", "b": 0},
    "evaluation": {"view": "evaluation", "runs": RUN},
    "evaluation_compared": {"view": "evaluation", "runs": RUN, "b": 0},
    "unknown_link": {"view": "attention", "runs": RUN, "layer": "no/such/layer"},
    "server_gone": {"runs": RUN},
}
"""Where in the page each is."""


def write_everything(folder: Path) -> None:
    """Writes runs of all kinds."""
    rng = np.random.default_rng(0)
    write_logs(folder)
    # Each picture would have a notice of the record that this version cannot read.
    shutil.rmtree(folder / "tomorrow")
    write_attention(folder)
    with Writer(folder / "forming/seqviz") as writer:
        for step in range(0, 200, 20):
            writer.attention("probe", forming(step), query_tokens=TOKENS, key_tokens=TOKENS, step=step)
    write_sample_logs(folder)
    write_structure_logs(folder)
    words = [f"word {row}" for row in range(30)]
    with Writer(folder / RUN) as writer:
        for step in range(0, 30, 10):
            writer.attention("dates/0", translator(step), step=step, title="".join(SOURCE))
            columns = {"kind": ["noun", "verb"] * 15}
            writer.embeddings("token", rng.standard_normal((30, 8)), step=step, labels=words, columns=columns)
            write_evaluation(writer, step)
    tokens = [f"token{i}" for i in range(20)]
    with Writer(folder / "wall") as writer:
        for step in range(0, 40, 10):
            scores = np.exp((1 + step / 20) * rng.standard_normal((24, 16, 20, 20)))
            layers = {
                f"block_{layer}/attention": each / each.sum(-1, keepdims=True) for layer, each in enumerate(scores)
            }
            writer.attention("24 x 16", layers, step=step, query_tokens=tokens, key_tokens=tokens)
    with Writer(folder / "verse") as writer:
        for step in range(0, 50, 10):
            texts = [Sample("白日", POEM[2:][: 5 + step], temperature=t) for t in (0.2, 1.0)]
            writer.samples("poems", texts, step=step)


class Look:
    """A page of one width, in one theme and language, which goes from state to state.

    Args:
        browser: a browser.
        width: of the window, in CSS pixels, one of `HEIGHTS`.
        theme: "light" or "dark".
        language: of the browser.
    """

    def __init__(self, browser: Browser, width: int, theme: str, language: str) -> None:
        self.name = f"{width}_{theme}_{language}"
        self.page = browser.new_page(locale=language, viewport={"width": width, "height": HEIGHTS[width]})
        if theme == "dark":
            self.page.add_init_script("localStorage.setItem('_tb_global_settings', JSON.stringify({theme: 'dark'}))")
        self.frame = self.page.frame_locator("iframe")

    def take(self, server: TensorBoardProcess, name: str, place: Mapping[str, object], folder: Path) -> None:
        """Goes to a place and saves the picture of it; one of the empty page, or of a message, is one, too."""
        search = search_of(place)
        if self.page.url.startswith(server.url):
            self.page.evaluate(FOLLOW, search)
        else:
            self.page.goto(f"{server.url}{search}#seqviz")
        path = folder / f"{name}_{self.name}.png"
        view = place.get("view", "attention")
        try:
            drawn = f"#view[aria-labelledby=tab-{view}] :is(canvas, svg, [role=table])" if place else "main"
            self.frame.locator(drawn).first.wait_for(timeout=15_000)
        except Error:
            print(f"{path.name}: nothing is drawn", file=sys.stderr)
        self.page.mouse.move(0, 0)
        undo = DONE[name](self) if name in DONE else None
        self.page.wait_for_timeout(1_000)
        self.page.screenshot(path=path)
        if undo:
            undo()


def _open_menu(look: Look) -> Callable[[], None]:
    look.frame.locator(".view-top button.word").first.click()
    return lambda: look.page.keyboard.press("Escape")


def _lose_server(look: Look) -> Callable[[], None]:
    look.page.route("**/data/plugin/seqviz/**", lambda route: route.abort())
    # TensorBoard's own, which has the page ask for what is new.
    look.page.locator(".reload-button").click()
    look.page.mouse.move(0, 0)
    look.page.wait_for_timeout(2_000)
    return lambda: look.page.unroute("**/data/plugin/seqviz/**")


def _force_colours(look: Look) -> Callable[[], None]:
    look.page.emulate_media(forced_colors="active")
    # Drawn anew, as for a reader who has them from the start.
    look.frame.locator("body").evaluate("() => window.focus()")
    for key in ("[", "]"):
        look.page.keyboard.press(key)
        look.page.wait_for_timeout(500)
    return lambda: look.page.emulate_media(forced_colors="none")


DONE: Mapping[str, Callable[[Look], Callable[[], None]]] = {
    "attention_menu": _open_menu,
    "attention_forced_colours": _force_colours,
    "server_gone": _lose_server,
}
"""What is done in a state that no link leads to; each returns what undoes it."""


def main() -> None:
    """Takes every picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--widths", type=int, nargs="*", default=list(HEIGHTS), choices=list(HEIGHTS))
    parser.add_argument("--themes", nargs="*", default=["light", "dark"])
    parser.add_argument("--languages", nargs="*", default=["en", "zh-CN"])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    looks = list(itertools.product(options.widths, options.themes, options.languages))
    with tempfile.TemporaryDirectory() as logs, tempfile.TemporaryDirectory() as empty, sync_playwright() as playwright:
        write_everything(Path(logs))
        browser = launch(playwright)
        with TensorBoardProcess(Path(logs)) as server, TensorBoardProcess(Path(empty)) as nothing:
            server.wait_for_steps(RUN, "embeddings/token", 3)
            shots = [(name, server, place) for name, place in STATES.items()] + [("empty", nothing, {})]
            for width, theme, language in looks:
                look = Look(browser, width, theme, language)
                for name, of, place in shots:
                    if options.only in name:
                        look.take(of, name, place, options.folder)
                look.page.close()
        browser.close()


if __name__ == "__main__":
    main()
