"""Takes the README's pictures from real training runs in a real TensorBoard.

    python tests/e2e/screenshots.py [LOGDIR] [--pairs FILE] [--reviews FILE] [--only PART_OF_A_NAME]

LOGDIR holds the runs of the examples, `translate` that of the Transformer; what it does not hold is trained first. The pictures
of Evaluation are of text that people wrote: of pairs of sentences (a source, a tab, its translation) and of reviews (a text, a
tab, 0 or 1), as the examples take them with `--data`; without, they stay as they are.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import PIL.Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "examples")]

from e2e.browser import launch, search_of
from helpers.tensorboard_process import TensorBoardProcess

FOLDER = ROOT / "screenshots"


@dataclass(frozen=True)
class Picture:
    """What a picture shows.

    Args:
        example: name of the example, and of the run in the log directory.
        arguments: what it is trained with.
        tag: one that it logs.
        place: where in the page.
        drawn: what of the page waits to be drawn, as a selector.
        run: name of the run below the example, where it makes several.
        data: the option that names the file it is trained with; "" for what the example generates. The run is named after it.
    """

    example: str
    arguments: Sequence[str]
    tag: str
    place: Mapping[str, str]
    drawn: str
    run: str = ""
    data: str = ""

    @property
    def folder(self) -> str:
        """Name of the run in the log directory."""
        return self.data or self.example


PICTURES = {
    "attention": Picture(
        "translate",
        ["--model", "transformer"],
        "attention/probe/0",
        {
            "runs": "translate/seqviz",
            "layer": "decoder/cross_attention_2",
            "head": "2",
            "pin": "3",
        },
        "section[aria-label=matrix] canvas",
    ),
    "vision": Picture(
        "vision_attention",
        [],
        "attention/probe/1",
        {
            "runs": "vision_attention/seqviz",
            "example": "probe/1",
            "layer": "attention_1",
            "head": "1",
            "pin": "22",
        },
        "section[aria-label=sentence] canvas",
    ),
    "samples": Picture(
        "char_rnn",
        ["--steps", "1000"],
        "samples/probe",
        {
            "view": "samples",
            "runs": "char_rnn/seqviz",
            "step": "450",
            "column": "1",
            "token": "21",
        },
        "[role=table] .sample-text[role=application]",
    ),
    "structure": Picture(
        "seq2seq_structure",
        ["--task", "translation"],
        "statistics/model",
        {"view": "structure", "runs": "seq2seq_structure/translation/seqviz", "step": "5", "colour": "gradient_norm"},
        "main svg",
        run="translation",
    ),
    "embeddings": Picture(
        "sentiment_embeddings",
        [],
        "embeddings/subwords",
        {
            "view": "embeddings",
            "runs": "sentiment_embeddings/seqviz",
            "table": "subwords",
            "word": "awful_",
            "pins": "awful_,touching_,film_",
        },
        "main canvas",
    ),
    "evaluation": Picture(
        "translate",
        ["--model", "transformer", "--epochs", "12"],
        "evaluation/held out",
        {
            "view": "evaluation",
            "runs": "pairs/seqviz",
            "measures": "accuracy,log_loss,chrf",
            "sorted": "accuracy",
            "b": "280",
        },
        "main [role=listitem]",
        data="pairs",
    ),
    "data_map": Picture(
        "sentiment_embeddings",
        ["--epochs", "20"],
        "evaluation/held out",
        {"view": "evaluation", "runs": "reviews/seqviz", "panel": "map", "brushed": "0,0.5,0,0.5"},
        "main svg circle",
        data="reviews",
    ),
}


def take(browser: Browser, server: TensorBoardProcess, name: str, picture: Picture) -> None:
    """Opens a place and saves the picture of it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
    page.goto(f"{server.url}{search_of(picture.place)}#seqviz")
    page.frame_locator("iframe").locator(picture.drawn).first.wait_for()
    page.wait_for_timeout(2000)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    page.close()
    # A third of the bytes, and no difference that one sees.
    PIL.Image.open(path).convert("RGB").quantize(256, dither=PIL.Image.Dither.NONE).save(path, optimize=True)


def train(picture: Picture, folder: Path, data: Path | None) -> None:
    """Runs the example of a picture, which logs to a folder."""
    arguments = [*picture.arguments, *(["--data", str(data)] if data else []), "--log-dir", str(folder)]
    importlib.import_module(picture.example).main(arguments)


def main() -> None:
    """Takes every picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logdir", type=Path, nargs="?")
    parser.add_argument("--pairs", type=Path, help="sentence pairs, such as those of tatoeba.org")
    parser.add_argument("--reviews", type=Path, help="film reviews with their sentiment")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        logdir = options.logdir or Path(temporary)
        wanted = {
            name: picture for name, picture in PICTURES.items() if options.only in name or options.only == picture.data
        }
        for name, picture in list(wanted.items()):
            data = getattr(options, picture.data) if picture.data else None
            if (logdir / picture.folder).exists():
                continue
            if picture.data and data is None:
                print(f"{name}: left as it is, since --{picture.data} names no file.")
                del wanted[name]
            else:
                train(picture, logdir / picture.folder, data)
        browser = launch(playwright)
        with TensorBoardProcess(logdir) as server:
            for name, picture in wanted.items():
                run = "/".join(filter(None, (picture.folder, picture.run, "seqviz")))
                server.wait_for_steps(run, picture.tag, 1)
                take(browser, server, name, picture)
        browser.close()


if __name__ == "__main__":
    main()
