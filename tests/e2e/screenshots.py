"""Takes the README's pictures from a real training run in a real TensorBoard.

    python tests/e2e/screenshots.py [LOGDIR]

LOGDIR holds the run `translate` of the example's Transformer; without it, that is trained first.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "examples")]

from e2e.browser import launch
from tensorboard_process import TensorBoardProcess

PICTURES = ROOT / "screenshots"
PLACES = {
    "attention": {
        "runs": "translate/seqviz",
        "layer": "decoder/cross_attention_2",
        "head": "2",
        "heads": "0,2",
        "layout": "lines",
        "hide": "1",
        "pin": "3",
    },
}


def take(browser: Browser, server: TensorBoardProcess, name: str, place: dict[str, str]) -> None:
    """Opens a place and saves the picture of it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
    page.goto(f"{server.url}?{'&'.join(f'p.seqviz.{key}={value}' for key, value in place.items())}#seqviz")
    page.frame_locator("iframe").get_by_label("matrix", exact=True).locator("canvas").first.wait_for()
    page.wait_for_timeout(2000)
    page.screenshot(path=PICTURES / f"{name}.png")
    page.close()


def main() -> None:
    """Takes every picture."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        logdir = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        if len(sys.argv) == 1:
            import translate

            translate.main(["--model", "transformer", "--log-dir", str(logdir / "translate")])
        browser = launch(playwright)
        with TensorBoardProcess(logdir) as server:
            server.wait_for_steps("translate/seqviz", "attention/probe/0", 1)
            for name, place in PLACES.items():
                take(browser, server, name, place)
        browser.close()


if __name__ == "__main__":
    main()
