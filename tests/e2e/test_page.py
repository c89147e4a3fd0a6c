"""The page in a real TensorBoard and a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from unittest.mock import ANY

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import BrowserContext, Locator, expect

import tb_seqviz_plugin as seqviz
from e2e.axe import found_by_axe
from e2e.conftest import SeqVizPage
from e2e.firefox import no_double_clicks
from e2e.logs import SOURCE, TARGET, translator

pytestmark = pytest.mark.slow

Open = Callable[..., SeqVizPage]
CROSS = "decoder/block_1/cross_attention"


def cross_attention(step: int) -> np.ndarray:
    return next(layer.weights for layer in translator(step) if layer.path == CROSS)


def at_cross_attention(**more: object) -> dict[str, object]:
    return {"runs": "transformer/seqviz", "example": "dates/0", "layer": CROSS, "head": 3, **more}


def test_the_first_paint_shows_data_and_the_address_says_which(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server)
    expect(page.plot).to_be_visible()
    expect(page.now).to_contain_text("step ")
    page.wait_for_place(view=ANY, runs=ANY, example=ANY, layer=ANY, head=ANY)


def test_300_logged_steps_are_300_in_the_page(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, runs="many/seqviz", example="steps")
    expect(page.now).to_contain_text(re.compile(r"step 2,990\b"))
    expect(page.slider).to_have_attribute("aria-valuemax", "299")
    expect(page.frame.get_by_text("logged steps")).to_have_count(0)
    page.press("Home")
    expect(page.now).to_contain_text(re.compile(r"step 0\b"))


def test_hovering_a_cell_gives_its_weight(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(step=20))
    expect(page.now).to_contain_text(re.compile(r"step 20\b"))
    page.press("i")
    weights = cross_attention(20)[3]
    for query, key in ((0, 0), (5, 9), (10, 18)):
        page.hover_cell(query, key, len(TARGET), len(SOURCE))
        expect(page.reading).to_contain_text(f"{TARGET[query]} → ")
        expect(page.detail("query")).to_contain_text(TARGET[query])
        expect(page.detail("key")).to_contain_text(str(key))
        shown = float(page.detail("weight").locator("[title]").get_attribute("title") or "nan")
        assert shown == pytest.approx(weights[query, key], abs=float(weights[query].max()) / 255)
    page.page.mouse.move(0, 0)
    expect(page.detail("weight")).to_have_count(0)
    expect(page.reading).to_contain_text("Point at a word")


def test_strong_weights_are_painted_darker(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(step=39))
    expect(page.plot).to_be_visible()
    weights, size = cross_attention(39)[3], (len(TARGET), len(SOURCE))
    strongest, weakest = (np.unravel_index(index, weights.shape) for index in (weights.argmax(), weights.argmin()))
    assert sum(page.colour_at(*map(int, strongest), *size)) + 200 < sum(page.colour_at(*map(int, weakest), *size))


def test_clicking_pins_a_query_and_escape_releases_it(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention())
    page.hover_cell(4, 2, len(TARGET), len(SOURCE))
    page.page.mouse.down()
    page.page.mouse.up()
    page.wait_for_place(pin="4")
    page.page.mouse.move(0, 0)
    expect(page.reading).to_contain_text(f"{TARGET[4]} looks at")
    page.press("Escape")
    expect(page.reading).to_contain_text("Point at a word")
    page.wait_for_place(pin=None)


def test_keys_and_the_slider_go_through_the_steps(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(step=5))
    expect(page.now).to_contain_text(re.compile(r"step 5\b"))
    page.press("ArrowRight", 3)
    expect(page.now).to_contain_text(re.compile(r"step 8\b"))
    page.press("ArrowLeft")
    expect(page.now).to_contain_text(re.compile(r"step 7\b"))
    page.choose_step(21, 40)
    expect(page.now).to_contain_text(re.compile(r"step 21\b"))
    page.press("Home")
    page.frame.get_by_role("button", name="play").click()
    expect(page.now).to_contain_text(re.compile(r"step [3-9]\b"))
    page.frame.get_by_role("button", name="stop").click()


def test_the_page_speaks_the_readers_language_and_remembers_another(
    server: TensorBoardProcess, open_page: Open
) -> None:
    page = open_page(server, language="zh-TW", **at_cross_attention(step=20))
    root, attention = page.frame.locator("html"), page.tabs.get_by_role("tab").first
    expect(attention).to_have_text("注意力")
    expect(root).to_have_attribute("lang", "zh-CN")
    expect(page.frame.get_by_text("第 20 步").first).to_be_visible()
    loaded = root.evaluate("() => performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1))")
    assert "attention.zh-CN.js" in loaded
    assert not [name for name in loaded if re.match(r"en\d*\.js|\w+\.en\.js", name)]
    page.frame.get_by_role("button", name="English").click()
    expect(attention).to_have_text("Attention")
    expect(root).to_have_attribute("lang", "en")
    expect(page.now).to_contain_text(re.compile(r"step 20\b"))
    page.reload()
    expect(attention).to_have_text("Attention")


def test_what_is_drawn_changes_with_the_step(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(step=0))
    expect(page.now).to_contain_text(re.compile(r"step 0\b"))
    size = (len(TARGET), len(SOURCE))
    before = page.colour_at(10, 18, *size)
    page.press("End")
    expect(page.now).to_contain_text(re.compile(r"step 39\b"))
    page.page.wait_for_timeout(300)
    assert page.colour_at(10, 18, *size) != before


def test_keys_choose_layer_and_head(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(head=0))
    expect(page.title).to_contain_text(f"{CROSS}, head 0")
    page.press("]", 2)
    expect(page.title).to_contain_text("head 2")
    page.press("[")
    expect(page.title).to_contain_text("head 1")
    page.press("ArrowUp")
    expect(page.title).not_to_contain_text("block_1/cross_attention")
    page.press("?")
    expect(page.frame.get_by_role("dialog")).to_be_visible()
    expect(page.frame.get_by_role("dialog")).to_contain_text("Head by its number")
    page.press("Escape")
    expect(page.frame.get_by_role("dialog")).to_have_count(0)
    page.frame.get_by_label("measures of this head").get_by_role("button", name="entropy", exact=True).hover()
    expect(page.reading).to_contain_text("how spread out the weights of a query are")
    page.press("t")
    expect(page.frame.get_by_label("measures of this head")).to_have_count(0)
    expect(page.reading).not_to_contain_text("how spread out")


def test_lists_choose_example_and_layer(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, runs="transformer/seqviz")
    page.choose("Example", "dates/1")
    page.wait_for_place(example="dates/1")
    page.choose("Layer", "encoder/block_0/attention")
    expect(page.title).to_contain_text("encoder/block_0/attention")
    page.open_rail()
    page.option("examples", "dates/0").click()
    page.option("layers", "block_1/attention").first.click()
    expect(page.title).to_contain_text("encoder/block_1/attention")


def test_a_word_of_the_caption_is_chosen_by_keys(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(head=0))
    word = page.word("Head")
    word.focus()
    word.press("Enter")
    options = page.frame.get_by_role("listbox", name="Head")
    expect(options).to_be_focused()
    options.press("ArrowDown")
    options.press("Enter")
    expect(page.title).to_contain_text("head 1")
    expect(page.word("Head")).to_be_focused()
    page.word("Head").press("Enter")
    page.page.keyboard.type("mean")
    page.page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(page.title).to_contain_text("head 1")


def test_a_link_leads_to_the_same_place_and_survives_a_reload(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(step=12, mapping="per row", pin=3))
    for is_again in (False, True):
        if is_again:
            page.page.reload()
        expect(page.title).to_contain_text(f"{CROSS}, head 3")
        expect(page.now).to_contain_text(re.compile(r"step 12\b"))
        expect(page.reading).to_contain_text(f"{TARGET[3]} looks at")
        page.page.wait_for_timeout(400)
        place = page.place()
        assert (place["step"], place["mapping"], place["pin"], place["head"]) == ("12", "per row", "3", "3")


def test_back_goes_to_what_was_looked_at_before(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention())
    expect(page.title).to_contain_text(CROSS)
    page.page.wait_for_timeout(400)
    page.choose("Layer", "encoder/block_0/attention")
    expect(page.title).to_contain_text("encoder/block_0/attention")
    page.wait_for_place(layer="encoder/block_0/attention")
    page.press("]")
    page.wait_for_place(head="0")
    page.page.evaluate("history.back()")
    expect(page.title).to_contain_text(CROSS)
    assert "#seqviz" in page.page.url


def test_an_address_that_leads_nowhere_says_so_and_shows_what_there_is(
    server: TensorBoardProcess, open_page: Open
) -> None:
    page = open_page(server, runs="nosuch", example="nope", layer="none", head=99, step=123456)
    expect(page.plot).to_be_visible()
    expect(page.frame.get_by_text("nosuch").first).to_be_visible()
    assert found_by_axe(page) == []


def test_what_a_link_chose_is_in_sight_among_many_runs(tmp_path: Path, open_page: Open) -> None:
    weights = {f"layer_{number}": np.eye(10, dtype="float32")[None] for number in range(2)}
    for run in range(30):
        with seqviz.Writer(tmp_path / f"run{run:02}" / "seqviz") as writer:
            for example in range(3 if run == 29 else 1):
                writer.attention(f"probe/{example}", weights, step=0)
    with TensorBoardProcess(tmp_path) as server:
        server.wait_for_steps("run29/seqviz", "attention/probe/2", 1)
        place = {"runs": "run29/seqviz", "example": "probe/2", "layer": "layer_1"}
        page = open_page(server, **place)
        expect(page.title).to_contain_text("layer_1")
        page.open_rail()
        expect(page.frame.get_by_role("checkbox", name="run29/seqviz")).to_be_in_viewport(ratio=1)
        expect(page.option("examples", "probe/2")).to_be_in_viewport(ratio=1)
        expect(page.plot).to_be_in_viewport(ratio=1)
        page.page.set_viewport_size({"width": 640, "height": 400})
        page.open_again(**place)
        expect(page.plot).to_be_visible()
        page.press("/")
        expect(page.frame.get_by_role("searchbox")).to_be_focused()
        expect(page.frame.get_by_role("checkbox", name="run29/seqviz")).to_be_in_viewport(ratio=1)


def test_two_runs_are_compared_as_a_and_b(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, runs="transformer/seqviz", example="dates/0")
    plots = page.frame.get_by_label("matrix", exact=True).get_by_role("application")
    expect(plots).to_have_count(1)
    page.choose("Compare with", "gru")
    expect(page.compared).to_contain_text("gru")
    # Layers have other names there, or other heads: A is drawn by itself.
    expect(page.frame.get_by_text(re.compile("has no (layer|head) "))).to_be_visible()
    expect(page.title).not_to_contain_text("in runs A and B")
    page.frame.get_by_role("button", name="stop comparing").click()
    expect(page.compared).to_contain_text("compare with")
    expect(plots).to_have_count(1)


def test_two_steps_are_compared_as_a_and_b(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention())
    expect(page.plot).to_be_visible()
    page.choose_step(0, 40, compared=True)
    expect(page.compared).to_contain_text("step 0")
    plots = page.frame.get_by_label("matrix", exact=True).get_by_role("application")
    expect(plots).to_have_count(3)
    weights = cross_attention(39)[3] - cross_attention(0)[3]
    query, key = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    expect(page.reading).to_contain_text(f"{TARGET[query]} → {SOURCE[key].strip() or '␣'}")
    page.wait_for_place(b="0")
    page.press("Shift+ArrowRight")
    expect(page.compared).to_contain_text("step 1")
    page.press("Escape")
    expect(page.compared).to_contain_text("compare with")
    expect(plots).to_have_count(1)


def test_shade_heads_and_what_is_left_out_are_chosen_in_the_caption(
    server: TensorBoardProcess, open_page: Open
) -> None:
    page = open_page(server, **at_cross_attention(step=30))
    expect(page.plot).to_be_visible()
    before = page.colour_at(2, 3, len(TARGET), len(SOURCE))
    page.choose("Shade", "linear")
    page.wait_for_place(mapping="linear")
    page.page.wait_for_timeout(200)
    assert page.colour_at(2, 3, len(TARGET), len(SOURCE)) != before
    page.choose("Head", "mean of all heads")
    expect(page.title).to_contain_text("all 4 heads, their mean")
    expect(page.plot).to_have_attribute("aria-label", re.compile(f"{len(TARGET)} queries"))
    page.choose("Left out", "marks left out")
    expect(page.plot).to_have_attribute("aria-label", re.compile(f"{len(TARGET) - 1} queries"))


def test_one_colour_means_one_weight_at_every_step(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(step=0))
    expect(page.plot).to_be_visible()
    early, size = cross_attention(0)[3], (len(TARGET), len(SOURCE))
    late = cross_attention(39)[3]
    # As strong at both steps, whatever else there is.
    pairs = [
        (abs(float(early[one]) - float(late[other])), one, other)
        for one in np.ndindex(*size)
        for other in np.ndindex(*size)
    ]
    _, one, other = min(pair for pair in pairs if float(early[pair[1]]) > 0.05)
    before = page.colour_at(*one, *size)
    page.press("End")
    page.page.wait_for_timeout(400)
    after = page.colour_at(*other, *size)
    assert max(abs(first - second) for first, second in zip(before, after, strict=True)) <= 4


def test_matrix_and_text_take_most_of_the_room_and_nothing_is_cut(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, viewport=(1280, 784), runs="transformer/seqviz", example="dates/0")
    expect(page.plot).to_be_visible()
    boxes = {
        name: page.frame.get_by_role("region", name=name, exact=True).locator(inner).first.bounding_box()
        for name, inner in (("sentence", ".sentence"), ("matrix", ".matrix"))
    }
    tab = page.page.locator("iframe").bounding_box()
    assert tab is not None
    assert sum(box["width"] * box["height"] for box in boxes.values() if box) >= 0.45 * tab["width"] * tab["height"]
    for cell in page.frame.get_by_role("grid", name="all heads").get_by_role("gridcell").all():
        expect(cell).to_be_in_viewport(ratio=1)
    for word in page.frame.locator(".sentence .word").all():
        expect(word).to_be_in_viewport(ratio=1)


# Counts how often a head is painted on the wall: each has a border.
COUNT_HEADS = """
window.headsPainted = 0;
const stroke = CanvasRenderingContext2D.prototype.strokeRect;
CanvasRenderingContext2D.prototype.strokeRect = function (...rest) {
  if (this.canvas.closest("[role=grid]")) window.headsPainted += 1;
  return stroke.apply(this, rest);
};
"""


def test_the_wall_is_painted_once_for_a_record(server: TensorBoardProcess, open_page: Open) -> None:
    # A page of its own, since what counts stays in it.
    page = open_page(server, language="en-US")
    page.page.add_init_script(COUNT_HEADS)
    page.open_again(**at_cross_attention(step=0))
    (frame,) = (frame for frame in page.page.frames if frame.parent_frame)
    heads = page.frame.get_by_role("grid", name="all heads").get_by_role("gridcell")

    def assert_painted(count: int) -> None:
        frame.wait_for_function("count => window.headsPainted >= count", arg=count)
        page.page.wait_for_timeout(400)
        assert frame.evaluate("() => window.headsPainted") == count

    expect(page.plot).to_be_visible()
    count = heads.count()
    assert_painted(count)
    heads.first.click()
    expect(page.title).to_contain_text("encoder/block_0")
    assert_painted(count)
    page.choose_step(1, 40)
    expect(page.now).to_contain_text("step 1")
    assert_painted(2 * count)


def test_with_what_b_lacks_a_is_drawn_by_itself_and_what_both_have_can_be_chosen(
    server: TensorBoardProcess, open_page: Open
) -> None:
    page = open_page(server, viewport=(1280, 720), **at_cross_attention(brun="gru/seqviz"))
    expect(page.frame.get_by_text("B has no head 3 in")).to_be_visible()
    plots = page.frame.get_by_label("matrix", exact=True).get_by_role("application")
    expect(plots).to_have_count(1)
    expect(page.frame.get_by_role("region", name="sentence").get_by_role("listbox")).to_have_count(2)
    expect(page.frame.get_by_role("grid", name="all heads")).to_be_in_viewport(ratio=1)
    expect(plots.first).to_be_in_viewport(ratio=1)
    expect(page.frame.get_by_label("this head over the steps").locator("canvas").first).to_be_visible()
    page.frame.get_by_role("gridcell", name=re.compile(r"cross_attention, head 0$")).last.click()
    expect(plots).to_have_count(3)


@no_double_clicks
def test_heads_are_added_and_isolated(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(head=0))
    page.choose("Head", "all heads, in their colours")
    heads = page.frame.get_by_label("focused head").get_by_role("button", name="Head 2")
    heads.click()
    page.wait_for_place(heads="0,1,3")
    heads.click()
    heads.dblclick()
    page.wait_for_place(heads=None, head="2")
    page.press("1")
    expect(page.title).to_contain_text("head 1")


def test_new_steps_are_followed_at_the_end_and_offered_elsewhere(tmp_path: Path, open_page: Open) -> None:
    with (
        seqviz.Writer(tmp_path / "run/seqviz") as writer,
        TensorBoardProcess(tmp_path, "--reload_interval=1") as server,
    ):

        def log(*steps: int) -> None:
            for step in steps:
                writer.attention("live", translator(step), step=step)
            writer.flush()

        log(0, 1, 2)
        server.wait_for_steps("run/seqviz", "attention/live", 3)
        page = open_page(server, example="live", layer=CROSS, head=1, pin=2)
        expect(page.now).to_contain_text(re.compile(r"step 2\b"))
        log(3, 4)
        expect(page.now).to_contain_text(re.compile(r"step 4\b"))
        page.press("Home")
        expect(page.now).to_contain_text(re.compile(r"step 0\b"))
        log(5, 6, 7)
        offer = page.frame.get_by_role("button", name="3 new steps")
        expect(offer).to_be_visible()
        expect(page.now).to_contain_text(re.compile(r"step 0\b"))
        expect(page.title).to_contain_text(f"{CROSS}, head 1")
        expect(page.reading).to_contain_text(f"{TARGET[2]} looks at")
        offer.click()
        expect(page.now).to_contain_text(re.compile(r"step 7\b"))


def test_light_and_dark_follow_tensorboard(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, dark=True, **at_cross_attention())
    expect(page.plot).to_be_visible()

    def background() -> int:
        colour = page.frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3])

    assert background() < 300
    page.page.locator("body").evaluate("body => body.classList.remove('dark-mode')")
    page.page.wait_for_timeout(200)
    assert background() > 600


def test_hostile_tokens_are_text(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, runs="hostile <b>/seqviz", example="tokens", viewport=(1600, 1000))
    expect(page.plot).to_be_visible()
    page.press("i")
    page.hover_cell(0, 1, 18, 18)
    expect(page.detail("query")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.reading).to_contain_text("<img src=x onerror=alert(1)>")
    page.hover_cell(2, 3, 18, 18)
    assert "\u202e" not in (page.detail("query").text_content() or "")
    page.page.wait_for_timeout(500)
    images = [page.frame.locator(f"{tag}").count() for tag in ("img", "b:text-is('/seqviz')")]
    assert images == [0, 0]


def test_weights_that_are_not_finite_are_told(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, runs="odd/seqviz", example="not-finite", layer="attention", head=0)
    page.press("i")
    page.hover_cell(3, 1, 8, 8)
    expect(page.reading).to_contain_text("not a number")
    expect(page.detail("weight")).to_contain_text("not a number")
    expect(page.frame.get_by_text("NaN or infinite").first).to_be_visible()


def test_a_decoder_loop_is_one_matrix(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, runs="odd/seqviz", example="decoder-loop")
    expect(page.plot).to_have_attribute("aria-label", re.compile("6 queries, 6 keys"))
    page.hover_cell(4, 4, 6, 6)
    expect(page.reading).to_contain_text("q4 → ")


@pytest.mark.parametrize(("example", "size"), [pytest.param("512", 512, marks=pytest.mark.long), ("2048", 2048)])
def test_long_sequences_are_shown_and_zoomed(
    server: TensorBoardProcess, open_page: Open, example: str, size: int
) -> None:
    page = open_page(server, runs="long/seqviz", example=example, layer="attention", head=0)
    expect(page.plot).to_have_attribute("aria-label", re.compile(f"{size:,}".replace(",", ",?")))
    page.plot.focus()
    page.plot.press("+")
    page.wait_for_place(zoom=ANY)
    page.plot.press("0")
    page.wait_for_place(zoom=None)
    # What a pixel stood for gives way to the cell under the pointer, as if the pointer had come to it now.
    box = page.plot.bounding_box()
    assert box is not None
    x, y = int(box["x"] + box["width"] / 5), int(box["y"] + box["height"] / 3)
    page.page.mouse.move(x, y)
    expect(page.reading).to_contain_text(" → ")
    page.page.mouse.wheel(0, -2500)
    page.wait_for_place(zoom=ANY)
    told = page.reading.get_by_role("paragraph").first.text_content()
    page.page.mouse.move(x + 40, y + 40)
    page.page.mouse.move(x, y)
    expect(page.reading.get_by_role("paragraph").first).to_have_text(told or "")


def test_what_the_pointer_is_at_stays_there_while_one_zooms(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, runs="long/seqviz", example="2048", layer="attention", head=0)
    box = page.plot.bounding_box()
    assert box is not None
    page.page.mouse.move(int(box["x"] + box["width"] / 5), int(box["y"] + box["height"] / 3))
    expect(page.reading).to_contain_text(" → ")
    before = _places_in(page.reading.get_by_role("paragraph").first)
    # A picture that is not as wide as its room grows from its left edge first.
    for _ in range(8):
        page.page.mouse.wheel(0, -400)
        page.wait_for_place(zoom=ANY)
        page.page.wait_for_timeout(200)
    after = _places_in(page.reading.get_by_role("paragraph").first)
    # A pixel of the whole picture stands for several cells.
    assert np.abs(np.subtract(after, before)).max() <= 5, (before, after)


def _places_in(told: Locator) -> list[int]:
    """Returns the places of the query and the key that a sentence tells."""
    query, key = re.findall(r"\d+", told.text_content() or "")[:2]
    return [int(query), int(key)]


def test_records_of_a_newer_version_are_named(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server)
    expect(page.frame.get_by_text("newer version").first).to_be_visible()


def test_an_empty_log_directory_says_what_to_do(tmp_path: Path, open_page: Open) -> None:
    with TensorBoardProcess(tmp_path) as server:
        page = open_page(server)
        expect(page.frame.get_by_role("heading", name="Nothing logged yet")).to_be_visible()
        expect(page.frame.get_by_role("button", name="copy")).to_have_count(1)
        assert found_by_axe(page) == []


def test_a_server_that_is_gone_is_told_and_comes_back(tmp_path: Path, open_page: Open) -> None:
    with seqviz.Writer(tmp_path / "run/seqviz") as writer:
        for step in (5, 6):
            writer.attention("dates/0", translator(step), step=step)
    with TensorBoardProcess(tmp_path) as server:
        server.wait_for_steps("run/seqviz", "attention/dates/0", 2)
        page = open_page(server, layer=CROSS, step=5)
        expect(page.plot).to_be_visible()
        page.press("ArrowRight")
        expect(page.now).to_contain_text(re.compile(r"step 6\b"))
    expect(page.reading.get_by_text("does not answer").first).to_be_visible()
    expect(page.plot).to_be_visible()
    assert found_by_axe(page) == []
    # The browser itself reports the refused connections; these are the ones meant here.
    page.troubles = [trouble for trouble in page.troubles if "ERR_CONNECTION_REFUSED" not in trouble]
    with TensorBoardProcess(tmp_path, port=server.port):
        expect(page.frame.get_by_text("does not answer")).to_have_count(0, timeout=30_000)
        page.troubles = [trouble for trouble in page.troubles if "ERR_" not in trouble]


def test_dropped_steps_are_told_below_a_path_prefix_too(logs: Path, open_page: Open) -> None:
    with TensorBoardProcess(logs, "--path_prefix=/prefix", "--samples_per_plugin=seqviz=7") as server:
        server.wait_for_steps("many/seqviz", "attention/steps", 7)
        page = open_page(server, runs="many/seqviz", example="steps")
        expect(page.plot).to_be_visible()
        expect(page.frame.get_by_text("TensorBoard holds 7 of 300 logged steps")).to_be_visible()
    # TensorBoard asks for its own font without the prefix, unless the machine has it.
    fonts = [trouble for trouble in page.troubles if "/font-roboto/" in trouble]
    page.troubles = [trouble for trouble in page.troubles if trouble not in fonts and not (fonts and "404" in trouble)]


def test_nothing_is_needed_from_the_tensorboard_around_it(
    server: TensorBoardProcess, remembering: BrowserContext
) -> None:
    page = SeqVizPage(remembering.new_page(), server)
    page.page.goto(f"{server.url}data/plugin_entry.html?name=seqviz")
    expect(page.page.get_by_label("matrix", exact=True).get_by_role("application").first).to_be_visible()
    page.page.close()
    # The browser asks for an icon of the bare document.
    assert [trouble for trouble in page.troubles if "404" not in trouble] == []


def test_rows_sum_to_one_in_the_details(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, **at_cross_attention(step=39, pin=6))
    page.press("i")
    weights = cross_attention(39)[3][6]
    strongest = page.details.locator("ol li").first
    expect(strongest).to_contain_text(SOURCE[int(weights.argmax())].strip() or "␣")
