"""The image of an example under its weights, and axes that are time, in a real TensorBoard and a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import Locator, expect

import tb_seqviz_plugin as seqviz
from e2e.conftest import SeqVizPage
from tb_seqviz_plugin import AttentionLayer, Image

pytestmark = pytest.mark.slow

ROWS, COLUMNS = 3, 4
TOKENS = 1 + ROWS * COLUMNS
PICTURE = np.kron(np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS) * 20, np.ones((8, 8))).astype(np.uint8)


def looking_at(*keys: int) -> npt.NDArray[np.float32]:
    """Returns a head whose class token and patches look at one place each, [1, TOKENS, TOKENS]."""
    weights = np.full((1, TOKENS, TOKENS), 0.02 / TOKENS, np.float32)
    for query in range(TOKENS):
        weights[0, query, keys[query % len(keys)]] += 0.98
    return weights


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardProcess]:
    root = tmp_path_factory.mktemp("images")
    with seqviz.Writer(root / "run") as writer:
        for step, places in enumerate(((2,), (7, 12), (12, 1))):
            layers = [
                AttentionLayer("encoder/attention", looking_at(*places), role="encoder self"),
                AttentionLayer("encoder/odd", np.full((1, 20, 20), 0.05, np.float32), role="encoder self"),
            ]
            writer.attention("image", layers, step=step, image=Image.of(PICTURE, ROWS, COLUMNS, first=1))
        speech = np.eye(40, dtype=np.float32)[None, :5]
        writer.attention("speech", {"cross": speech}, query_tokens=list("hello"), step=0, axes={"keys": ("ms", 12.5)})
    with TensorBoardProcess(root) as server:
        server.wait_for_steps("run", "attention/image", 3)
        server.wait_for_steps("run", "attention/speech", 1)
        yield server


def colour(picture: Locator, row: int, column: int) -> tuple[int, int, int]:
    """Returns what the middle of a patch is painted in."""
    red, green, blue, _ = picture.locator("canvas").evaluate(
        """(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x * canvas.width, y * canvas.height, 1, 1).data]""",
        [(column + 0.5) / COLUMNS, (row + 0.5) / ROWS],
    )
    return red, green, blue


def is_dark(picture: Locator, row: int, column: int) -> bool:
    """Returns whether a patch has the darkest colour of weights; without weight none of this image is darker than half."""
    return sum(colour(picture, row, column)) < 3 * 85


def point(page: SeqVizPage, picture: Locator, row: int, column: int, *, click: bool = False) -> None:
    box = picture.bounding_box()
    assert box is not None
    x, y = box["x"] + (column + 0.5) / COLUMNS * box["width"], box["y"] + (row + 0.5) / ROWS * box["height"]
    page.page.mouse.click(x, y) if click else page.page.mouse.move(x, y)


def test_an_image_lies_under_the_weights_of_its_class_token_and_of_a_patch(
    images: TensorBoardProcess, open_page: Callable[..., SeqVizPage]
) -> None:
    page = open_page(images, example="image", layer="encoder/attention")
    pane = page.frame.get_by_label("sentence", exact=True)
    of_class = pane.get_by_role("application", name="class token looks at, most: row 3, column 4 0.982")
    plain = pane.get_by_role("application", name="The image in its patches.")
    expect(of_class).to_be_visible()
    assert [is_dark(of_class, row, column) for row, column in ((2, 3), (0, 1), (1, 1))] == [True, False, False]
    assert colour(plain, 2, 3) == (220, 220, 220)
    expect(pane.get_by_text("3 × 4 patches")).to_be_visible()

    # The image chooses a query; a map is read.
    point(page, plain, 0, 0)
    expect(page.reading).to_contain_text("row 1, column 1 looks at row 1, column 1 0.982")
    of_patch = pane.get_by_role("application", name="row 1, column 1 looks at, most: row 1, column 1 0.982")
    expect(of_patch).to_be_visible()
    point(page, plain, 0, 0, click=True)
    page.wait_for_place(pin="1")
    point(page, of_patch, 2, 3)
    expect(page.reading).to_contain_text("row 1, column 1 → row 3, column 4 0.0015")
    expect(of_patch).to_be_visible()

    # By keys, as everywhere: what is pointed at is moved, and pinned.
    plain.focus()
    page.page.keyboard.press("Shift+ArrowRight")
    page.page.keyboard.press("Shift+ArrowDown")
    expect(page.reading).to_contain_text("row 2, column 2 looks at")
    page.page.keyboard.press("Enter")
    page.wait_for_place(pin="6")

    # Patch by patch a colour ends with its patch.
    smooth = of_class.locator("canvas").evaluate("(canvas) => canvas.toDataURL()")
    page.choose("How weights lie over the image", "patch by patch")
    expect(page.title).to_contain_text("over the image patch by patch")
    expect(page.title).to_contain_text("0 to 1, all steps; the image on a scale of its own.")
    assert of_class.locator("canvas").evaluate("(canvas) => canvas.toDataURL()") != smooth
    page.wait_for_place(overlay="patches")

    # The film strip has a map of each step.
    film = page.frame.get_by_role("group", name="this head over the steps")
    expect(film.get_by_role("button")).to_have_count(3)
    page.press("Escape")
    expect(film.get_by_role("button").first).to_be_visible()
    page.page.wait_for_function(
        """() => document.querySelector('iframe').contentDocument.querySelector('.film button canvas')
            .getContext('2d').getImageData(5, 5, 1, 1).data[3] === 255"""
    )
    assert is_dark(film.get_by_role("button").first, 0, 1)
    assert is_dark(film.get_by_role("button").last, 2, 3)
    assert not is_dark(film.get_by_role("button").last, 0, 1)

    # Compared: A, B, and what they differ in.
    page.choose_step(0, 3, compared=True)
    expect(pane.get_by_role("application", name="A: class token looks at, most: row 3, column 4")).to_be_visible()
    expect(pane.get_by_role("application", name="B: class token looks at, most: row 1, column 2")).to_be_visible()
    difference = pane.get_by_role("application", name="A − B, most: row 3, column 4 0.980")
    expect(difference).to_be_visible()
    red, _, blue = colour(difference, 2, 3)
    assert red > blue + 60
    expect(pane.get_by_text("B more", exact=True)).to_be_visible()
    page.press("Escape")


def test_patches_that_do_not_fit_are_told_and_what_tells_time_says_so(
    images: TensorBoardProcess, open_page: Callable[..., SeqVizPage]
) -> None:
    page = open_page(images, example="image", layer="encoder/odd")
    said = page.frame.get_by_text("The image has 3 × 4 patches after 1 other token, and this layer 20 keys")
    expect(said).to_be_visible()
    expect(page.frame.get_by_role("img", name="The image in its patches.")).to_be_visible()

    page.open_again(example="speech", pin=2)
    matrix = page.frame.get_by_label("matrix", exact=True)
    expect(matrix.get_by_text("key, ms →")).to_be_visible()
    ticks = matrix.locator(".labels.flat .label").all_inner_texts()
    assert ticks[:3] in (["0", "50", "100"], ["0", "20", "40"], ["0", "100", "200"])
    expect(page.reading).to_contain_text("l looks at 25–37.5 ms 1.00")
    expect(page.frame.get_by_role("row", name="l 25–37.5 ms 1.00").first).to_be_attached()
