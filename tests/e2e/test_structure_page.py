"""The structure view in a real TensorBoard and a real browser."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.drawn import drawn_in
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import Locator, Route, expect

import tb_seqviz_plugin
from e2e.conftest import SeqVizPage
from e2e.firefox import no_double_clicks
from e2e.structure_logs import BLOCKS, HOSTILE, RUN, gradient_norm, translator, write_structure_logs
from tb_seqviz_plugin.records.structure.blobs import structure_header

pytestmark = pytest.mark.slow

PATHS = [node.path for node in translator().nodes]
Open = Callable[..., SeqVizPage]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardProcess]:
    folder = tmp_path_factory.mktemp("structure")
    write_structure_logs(folder)
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps(RUN, "statistics/model", 3)
        yield server


@pytest.fixture
def page(server: TensorBoardProcess, open_page: Open) -> SeqVizPage:
    """The page with nothing open but the model, and with its details."""
    page = open_page(server, view="structure", open="translator")
    expect(box(page, "encoder")).to_be_visible()
    page.press("i")
    return page


def box(page: SeqVizPage, key: str) -> Locator:
    """The box of a layer, or what stands above it where it is open."""
    return page.frame.locator(f'g[data-box="{key}"]')


def heading(page: SeqVizPage) -> Locator:
    """What the right side is about."""
    return page.details.get_by_role("heading").first


def row(page: SeqVizPage, name: str) -> Locator:
    """A layer in the table."""
    table = page.frame.get_by_role("table", name="gradient norm, layers down, steps across")
    return table.get_by_role("row").filter(has=page.frame.get_by_role("rowheader", name=name, exact=True))


def test_a_model_opens_as_far_as_it_can_be_read(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, view="structure")
    repeats = f"block_0 × {BLOCKS}"
    for key in ("inputs/source", "encoder", "encoder/gru", repeats, "decoder/gru", "outputs/0"):
        expect(box(page, key)).to_be_in_viewport(ratio=0.99)
    expect(page.word("Open")).to_have_text("2 levels open")
    expect(page.reading).to_contain_text("A note of the tracer.")


@no_double_clicks
def test_of_layers_built_alike_the_first_is_drawn_for_all(page: SeqVizPage) -> None:
    repeats = f"block_0 × {BLOCKS}"
    box(page, repeats).dblclick()
    expect(box(page, "block_0")).to_be_in_viewport(ratio=0.99)
    expect(box(page, "block_1")).to_have_count(0)
    row(page, "block_7").get_by_role("button").click()
    expect(heading(page)).to_have_text("block_7")
    expect(box(page, "block_0").locator("rect").first).to_have_attribute("stroke-width", "2.5")
    box(page, repeats).get_by_text("Block ×").dblclick()
    expect(box(page, "block_0")).to_have_count(0)


def test_the_table_has_the_numbers_of_the_steps_and_leads_to_layer_and_step(page: SeqVizPage) -> None:
    for name in ("block_3", "block_11"):
        expect(row(page, name)).to_contain_text(str(round(gradient_norm(PATHS.index(name), 20), 3)))
    heat = row(page, "block_3").locator("canvas")
    bounds = heat.bounding_box()
    assert bounds is not None
    at = {"x": bounds["width"] / 2, "y": 5}
    heat.hover(position=at)
    number = round(gradient_norm(PATHS.index("block_3"), 10), 3)
    expect(page.reading).to_contain_text(f"block_3 gradient norm {number} at step 10")
    heat.click(position=at)
    expect(page.now).to_contain_text(re.compile(r"step 10\b"))
    expect(heading(page)).to_have_text("block_3")
    expect(row(page, "block_3")).to_contain_text(str(number))


def test_the_panel_of_a_layer(page: SeqVizPage) -> None:
    box(page, "decoder").click()
    expect(heading(page)).to_have_text("decoder")
    expect(page.detail("class")).to_have_text("Decoder")
    expect(page.detail("own parameters")).to_have_text("0")
    expect(page.detail("including sublayers")).to_have_text("1,000")
    expect(page.detail("trainable")).to_have_text("900")
    page.details.get_by_role("button", name="open").click()
    box(page, "decoder/gru").click()
    expect(page.details.get_by_role("region", name="Outputs")).to_contain_text("batch × time 7 × features 16, float32")


def test_gradients_over_time_of_a_recurrent_layer(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, view="structure", open="encoder", box="encoder/gru")
    expect(box(page, "encoder/gru")).to_be_visible()
    page.press("i")
    line = re.compile("^Gradient over time over 7 steps, from 1.0e.4 to 1$")
    expect(page.details.get_by_role("img", name=line)).to_be_visible()
    expect(page.detail("units")).to_have_text("16")


def test_a_line_lists_its_tensors(page: SeqVizPage) -> None:
    page.choose("Shapes", "with axes")
    page.frame.locator("g[data-line]").filter(has_text="batch × units 16").click()
    expect(heading(page)).to_have_text("1 tensor")
    expect(page.detail("from")).to_have_text("encoder/gru")
    expect(page.detail("as")).to_have_text("initial_state")
    page.detail("to").get_by_role("button").click()
    expect(heading(page)).to_have_text("gru")
    expect(box(page, "decoder/gru")).to_be_visible()


def test_colours_and_figures_are_those_of_the_step(page: SeqVizPage) -> None:
    decoder, ground = box(page, "decoder"), box(page, "decoder").locator("rect").first
    expect(decoder).to_contain_text(str(round(gradient_norm(PATHS.index("decoder"), 20), 3)))
    last = ground.get_attribute("fill")
    page.press("Home")
    expect(page.now).to_contain_text(re.compile(r"step 0\b"))
    expect(decoder).to_contain_text(str(round(gradient_norm(PATHS.index("decoder"), 0), 3)))
    assert ground.get_attribute("fill") != last
    expect(page.frame.get_by_text("on a logarithmic scale over all steps")).to_be_visible()
    page.choose("Colour", "parameters")
    expect(decoder).to_contain_text("1K params")
    expect(page.frame.get_by_role("table")).to_have_count(0)


def test_the_last_drawing_stays_while_that_of_another_step_is_on_its_way(page: SeqVizPage) -> None:
    held: list[Route] = []
    page.page.route(re.compile(r"/blob\?.*structure.*\bstep=0\b"), lambda route: held.append(route))
    page.press("Home")
    expect(page.frame.get_by_text("Waiting for the structure")).to_be_visible()
    expect(box(page, "encoder")).to_be_visible()
    drawing = page.frame.locator("svg[role=application]")
    expect(drawing).to_have_css("opacity", "0.62")
    for route in held:
        route.continue_()
    expect(drawing).to_have_css("opacity", "1")
    expect(box(page, "encoder")).to_be_visible()
    page.page.unroute_all()


def test_numbers_that_are_not_finite_are_marked_and_found(page: SeqVizPage) -> None:
    alert = page.frame.get_by_role("alert")
    expect(alert).to_contain_text("NaN or infinite numbers at step 20 in encoder/gru")
    expect(box(page, "encoder")).to_contain_text("NaN")
    expect(box(page, "decoder")).not_to_contain_text("NaN")
    page.choose("Layers", "encoder/gru")
    expect(heading(page)).to_have_text("gru")
    page.press("Home")
    expect(alert).to_have_count(0)
    expect(page.frame.get_by_text("No NaN or infinite values")).to_be_visible()


def test_search_opens_what_it_finds(page: SeqVizPage) -> None:
    page.press("/")
    page.page.keyboard.type("gru")
    expect(page.frame.get_by_role("status").filter(has_text="2 layers")).to_be_visible()
    page.page.keyboard.press("Enter")
    expect(box(page, "encoder/gru")).to_be_visible()
    page.page.keyboard.press("Enter")
    expect(box(page, "decoder/gru")).to_be_visible()
    expect(page.frame.get_by_role("status").filter(has_text="2 of 2 layers")).to_be_visible()


def test_keys_follow_what_flows(page: SeqVizPage) -> None:
    box(page, "inputs/source").click()
    for key, name in (
        ("ArrowDown", "encoder"),
        ("ArrowDown", f"Block × {BLOCKS}"),
        ("ArrowDown", "decoder"),
        ("ArrowUp", f"Block × {BLOCKS}"),
    ):
        page.page.keyboard.press(key)
        expect(heading(page)).to_have_text(name)
    page.page.keyboard.press("Enter")
    expect(box(page, "block_0")).to_be_attached()
    page.page.keyboard.press("Escape")
    expect(heading(page)).to_have_text("translator")


@no_double_clicks
def test_the_address_brings_all_of_it_back(page: SeqVizPage) -> None:
    box(page, "decoder").dblclick()
    box(page, "decoder/gru").click()
    page.choose("Shapes", "sizes")
    page.press("-")
    # The address follows the drawing, in which the layers come to their places one after the other.
    page.page.wait_for_function(
        """() => {
          const [before, now] = [window.before, location.search];
          window.before = now;
          return now === before && now.includes("view_box") && now.includes("sizes");
        }""",
        polling=600,
    )
    transforms = [page.frame.locator("svg[role=application] > g").get_attribute("transform")]
    page.open_again(**page.place())
    expect(box(page, "decoder/gru")).to_be_attached()
    page.press("i")
    expect(heading(page)).to_have_text("gru")
    expect(box(page, "decoder/attention")).to_be_attached()
    transforms.append(page.frame.locator("svg[role=application] > g").get_attribute("transform"))
    numbers = [[float(number) for number in re.findall(r"-?[\d.]+", transform or "")] for transform in transforms]
    assert numbers[0] == pytest.approx(numbers[1], abs=1)


def test_an_attention_layer_leads_to_its_weights(server: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(server, view="structure", open="decoder", step=10, colour="role")
    box(page, "decoder/attention").get_by_text("attention →").click()
    expect(page.title).to_contain_text("decoder/attention")
    expect(page.now).to_contain_text(re.compile(r"step 10\b"))


def test_drawings_are_saved(server: TensorBoardProcess, open_page: Open, tmp_path: Path) -> None:
    page = open_page(server, view="structure", open="decoder", colour="role")
    expect(box(page, "decoder/gru")).to_be_visible()
    svg, png = (page.save("the whole drawing", kind, tmp_path) for kind in ("svg", "png"))
    assert (svg.name, png.name) == ("translator-translator.svg", "translator-translator.png")
    texts = "\n".join(ElementTree.parse(svg).getroot().itertext())
    for text in ("encoder", "gru", "attention", f"Block × {BLOCKS}", "batch × units 16", HOSTILE[:8]):
        assert text in texts
    assert png.read_bytes().startswith(b"\x89PNG")


def test_the_page_and_plot_structure_draw_alike(server: TensorBoardProcess, open_page: Open, tmp_path: Path) -> None:
    page = open_page(server, view="structure", open="encoder,decoder", step=10, colour="role")
    expect(box(page, "encoder/gru")).to_be_visible()
    expect(box(page, "decoder/gru")).to_be_visible()
    saved = page.save("the whole drawing", "svg", tmp_path)
    script = (Path(tb_seqviz_plugin.__file__).parent / "static" / "draw.js").read_text(encoding="utf-8")
    header = json.dumps(structure_header(translator()), default=vars)
    # Its letters are as broad as those of the page; plot_structure cannot know them.
    drawn = page.frame.locator("body").evaluate(
        """(body, [header, options]) => {
            SCRIPT
            const context = document.createElement("canvas").getContext("2d");
            const family = document.querySelector("g[font-family]").getAttribute("font-family");
            const fontOf = (font) => (text) => { context.font = `${font} ${family}`; return context.measureText(text).width; };
            return drawing.drawStructure(header, options, { name: fontOf("500 13px"), small: fontOf("11px") });
        }""".replace("SCRIPT", script),
        [header, json.dumps({"depth": 2, "own": []})],
    )
    of_page, of_script = drawn_in(saved.read_text(encoding="utf-8")), drawn_in(drawn)
    assert of_page.boxes == of_script.boxes
    assert of_page.lines == of_script.lines
    assert of_page.texts == of_script.texts
