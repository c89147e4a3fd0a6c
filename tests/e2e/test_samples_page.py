"""The Samples view in a real TensorBoard and a real Chromium."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import Browser, BrowserContext, expect

import tb_seqviz_plugin as seqviz
from e2e.firefox import no_double_clicks
from e2e.sample_logs import HOSTILE, NOT_A_NUMBER, POEMS, STEPS, TEMPERATURES, poet, write_sample_logs
from e2e.samples_page import SamplesPage
from tb_seqviz_plugin import Sample, SamplesRecord

pytestmark = pytest.mark.slow

Open = Callable[..., SamplesPage]
Records = dict[tuple[str, str], list[SamplesRecord]]
FIRST, SECOND, LAST = "first/seqviz", "second/seqviz", STEPS[-1]
COLD, HOT, SEARCHED = "temperature 0.2", "temperature 1", "3 beams"


@pytest.fixture(scope="module")
def sample_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample_logs")
    write_sample_logs(folder)
    return folder


@pytest.fixture(scope="module")
def records(sample_logs: Path) -> Records:
    """What was logged, by run and group, as `read` gives it."""
    found: Records = {}
    for record in seqviz.read(sample_logs, kind="samples"):
        assert isinstance(record, SamplesRecord)
        found.setdefault((record.run, record.tag.removeprefix("samples/")), []).append(record)
    return found


@pytest.fixture(scope="module")
def samples_server(sample_logs: Path) -> Iterator[TensorBoardProcess]:
    with TensorBoardProcess(sample_logs) as server:
        for number, run in enumerate((FIRST, SECOND)):
            server.wait_for_steps(run, "samples/probe", len(STEPS[:: number + 1]))
        server.wait_for_steps("hostile <b>/seqviz", "samples/<i>", 2)
        server.wait_for_steps("attending/seqviz", "attention/spoken/0", 3)
        yield server


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Keeps what TensorBoard itself loads from test to test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture(scope="module")
def opened(context: BrowserContext, samples_server: TensorBoardProcess) -> SamplesPage:
    """One page for all tests that need no fresh one."""
    return SamplesPage(context.new_page(), samples_server).open(view="samples")


@pytest.fixture
def go_to(opened: SamplesPage) -> Iterator[Open]:
    """Returns a function of (**place) that follows a link in the open page; it must have had no trouble afterwards."""

    def go_to(**place: object) -> SamplesPage:
        opened.page.mouse.move(0, 0)
        opened.go(**{"view": "samples", "runs": FIRST, "group": "probe", **place})
        opened.open_sides()
        return opened

    yield go_to
    troubles, opened.troubles = opened.troubles, []
    assert not troubles


def sample_of(records: list[SamplesRecord], step: int, prompt: str, temperature: float, beams: int = 0) -> Sample:
    """Returns the first repeat."""
    (record,) = (record for record in records if record.step == step)
    return next(
        sample
        for sample in record.samples
        if (sample.prompt, sample.temperature, sample.repeat, sample.beams) == (prompt, temperature, 0, beams)
    )


def test_every_logged_step_is_a_row_within_reach(go_to: Open) -> None:
    page = go_to()
    expect(page.cell(LAST, COLD)).to_be_in_viewport()
    expect(page.grid).to_have_attribute("aria-rowcount", str(len(STEPS)))
    seen: set[str] = set()
    while str(STEPS[0]) not in seen:
        rows = page.grid.get_by_role("rowheader").all_text_contents()
        assert len(rows) < 20
        seen |= {row.strip() for row in rows}
        page.grid.press("PageUp")
    assert seen == {str(step) for step in STEPS}
    expect(page.cell(STEPS[0], HOT)).to_be_in_viewport()


def test_rows_of_prompts_show_the_step_of_the_cursor(go_to: Open, records: Records) -> None:
    page = go_to(rows="prompts", step=300)
    for step in (300, 290):
        for prompt in POEMS:
            for temperature, column in ((0.2, COLD), (1.0, HOT)):
                wanted = sample_of(records[FIRST, "probe"], step, prompt, temperature)
                expect(page.cell(prompt, column).locator(".sample-text")).to_have_text(wanted.text)
        page.press("ArrowLeft")
    expect(page.cell("Let me", SEARCHED)).to_contain_text("not to the marriage of true")


def test_the_cursor_is_one_for_slider_keys_rows_and_views(go_to: Open) -> None:
    page = go_to(runs="attending/seqviz", group="spoken", step=0)
    expect(page.now).to_contain_text(re.compile(r"step 0\b"))
    page.press("ArrowRight")
    expect(page.cell(10, HOT)).to_have_attribute("aria-current", "true")
    page.slider.press("End")
    expect(page.cell(20, HOT)).to_have_attribute("aria-current", "true")
    page.frame.get_by_role("rowheader", name="10").get_by_role("button").click()
    expect(page.now).to_contain_text(re.compile(r"step 10\b"))
    page.frame.get_by_role("tab", name="Attention").click()
    expect(page.plot).to_be_visible()
    expect(page.now).to_contain_text(re.compile(r"step 10\b"))


def test_steps_of_another_run_are_not_new(go_to: Open) -> None:
    go_to(runs="hostile <b>/seqviz", group="<i>", rows="prompts")
    page = go_to(step=300)
    expect(page.cell(300, COLD)).to_have_attribute("aria-current", "true")
    expect(page.frame.get_by_role("button", name="new steps")).to_have_count(0)


def test_keys_go_through_prompts_temperatures_and_repeats(go_to: Open, records: Records) -> None:
    page = go_to(step=LAST)
    expect(page.cell(LAST, COLD)).to_have_attribute("aria-current", "true")
    page.press("]")
    expect(page.cell(LAST, HOT)).to_have_attribute("aria-current", "true")
    page.press("[")
    page.press("ArrowDown")
    expect(page.option("prompts", "When I")).to_have_attribute("aria-selected", "true")
    wanted = [s for s in records[FIRST, "probe"][-1].samples if s.prompt == "When I" and s.temperature == 0.2]
    expect(page.cell(LAST, COLD).locator(".sample-text")).to_have_text(wanted[0].text)
    page.press(".")
    expect(page.cell(LAST, COLD).locator(".sample-text")).to_have_text(wanted[1].text)
    page.choose("Sample (, .)", "all 2 samples")
    expect(page.cell(LAST, COLD).locator(".sample-text")).to_have_text([sample.text for sample in wanted])
    page.press("?")
    expect(page.frame.get_by_role("dialog")).to_contain_text("Next temperature")
    page.press("Escape")
    expect(page.frame.get_by_role("dialog")).to_have_count(0)


def test_tokens_are_shaded_by_their_probability(go_to: Open, records: Records) -> None:
    page = go_to(step=LAST, rows="prompts")
    sample = sample_of(records[FIRST, "probe"], LAST, "Shall I", 1.0)
    shades = {
        (token.strip(), min(5, round(-math.log2(probability))))
        for token, probability in zip(sample.tokens, sample.probabilities, strict=True)
        if token != "\n"
    }
    assert len({shade for _, shade in shades}) > 2
    page.page.wait_for_function(
        "document.querySelector('iframe').contentWindow.CSS.highlights.get('sample-shade-1')?.size"
    )
    expect(page.reading).to_contain_text("each one darker halves the probability")
    for token, shade in shades - {(token, 0) for token, _ in shades}:
        assert any(token in stretch for stretch in page.marked(f"shade-{shade}")), token

    def shaded() -> list[list[str]]:
        return [sorted(page.marked(f"shade-{shade}")) for shade in range(1, 6)]

    before = shaded()
    page.press("ArrowLeft")
    expect(page.cell("Shall I", HOT).locator(".sample-text")).not_to_have_text(sample.text)
    page.press("ArrowRight")
    for legends in (0, 1):
        page.press("s")
        expect(page.reading.get_by_text("halves the probability")).to_have_count(legends)
    page.page.wait_for_function(
        """total => [...document.querySelector('iframe').contentWindow.CSS.highlights.values()]
            .reduce((sum, { size }) => sum + size, 0) === total""",
        arg=sum(map(len, before)),
    )
    assert shaded() == before


def test_hovering_a_token_tells_its_probability_rank_and_alternatives(go_to: Open, records: Records) -> None:
    page = go_to(step=300, rows="prompts")
    sample = sample_of(records[FIRST, "probe"], 300, "When I", 1.0)
    start = 0
    for place, token in enumerate(sample.tokens[:8]):
        end = start + len(token)
        if place in (0, 3, 7):
            page.hover_token(page.cell("When I", HOT), start, end)
            expect(page.detail("position")).to_have_text(str(place))
            expect(page.detail("rank")).to_have_text(str(sample.ranks[place]))
            expect(page.reading).to_contain_text(f"rank {sample.ranks[place]}; instead:")
            shown = float(page.detail("probability").get_attribute("title") or "nan")
            assert shown == pytest.approx(sample.probabilities[place], rel=1e-3)
            rows = page.details.locator("ol li")
            expect(rows).to_have_count(len(sample.alternatives[place]))
            for row, (alternative, probability) in zip(rows.all(), sample.alternatives[place], strict=True):
                expect(row).to_contain_text(alternative.strip() or "↵")
                titled = float(row.locator("[title]").last.get_attribute("title") or "nan")
                assert titled == pytest.approx(probability, rel=1e-3)
        start = end
    page.page.mouse.down()
    page.page.mouse.up()
    page.page.mouse.move(0, 0)
    page.wait_for_place(token="7")
    expect(page.detail("position")).to_have_text("7")
    page.press("Escape")
    expect(page.detail("position")).to_have_count(0)


def test_a_beside_b_each_with_its_own_words_underlined(go_to: Open) -> None:
    page = go_to(group="pairs", step=1, b=0)
    a, b = (page.cell("1", f"step {step}") for step in (1, 0))
    expect(b.locator("ins")).to_have_text(["cat"])
    assert page.own(a) == ["dog"]
    expect(page.reading).to_contain_text("Same beginning: 1 word at temperature 1")
    page.press("Escape")
    expect(page.cell(1, HOT)).to_be_visible()
    page = go_to(group="pairs", step=1, runs=f"{FIRST},{SECOND}", brun=SECOND)
    a, b = (page.cell("1", f"{run}, step 1") for run in ("first", "second"))
    expect(b.locator("ins")).to_have_text(["dogs"])
    assert page.own(a) == ["dog"]
    page.choose("Compared", "character by character")
    expect(b.locator("ins")).to_have_text(["s"])
    assert page.own(a) == []
    page = go_to(group="pairs", step=1, marks="reference")
    expect(page.cell("1", "reference").locator("ins")).to_have_text(["there"])


def test_a_and_b_are_the_texts_that_were_logged(go_to: Open, records: Records) -> None:
    page = go_to(rows="prompts", step=300, b=290, column="1")
    for prompt in POEMS:
        for step in (300, 290):
            wanted = sample_of(records[FIRST, "probe"], step, prompt, 1.0)
            expect(page.cell(prompt, f"step {step}").locator(".sample-text")).to_have_text(wanted.text)


def test_b_is_another_run_from_the_step_bar(go_to: Open, records: Records) -> None:
    page = go_to(step=310)
    page.choose("Compare with", "second")
    for run, step in ((FIRST, 310), (SECOND, 300)):
        wanted = sample_of(records[run, "probe"], step, "Shall I", 0.2)
        cell = page.cell("0.2", f"{run.removesuffix('/seqviz')}, step {step}")
        expect(cell.locator(".sample-text")).to_have_text(wanted.text)
        # The text of A stands there before the texts of the other run have come.
        expect(cell.locator("ins").first).to_be_visible()
        assert 0 < len(page.own(cell)) < len(wanted.text.split())
    expect(page.reading).to_contain_text("Same beginning")
    page.wait_for_place(brun=SECOND, runs=FIRST)
    page.choose("Run of B", "attending")
    expect(page.frame.get_by_role("main")).to_contain_text("Run attending/seqviz has no samples named probe")
    page.press("Escape")
    expect(page.cell(310, COLD)).to_be_visible()
    page.wait_for_place(brun=None)


@no_double_clicks
def test_one_temperature_is_read_as_a_document(go_to: Open, records: Records) -> None:
    page = go_to(step=300)
    page.frame.get_by_role("button", name=HOT, exact=True).dblclick()
    one, other = (sample_of(records[FIRST, "probe"], step, "Shall I", 1.0).text for step in (300, 290))
    cell = page.cell(300, HOT)
    expect(cell.locator("ins").first).to_be_visible()
    assert page.text(cell) == one
    assert 0 < len(page.own(cell)) < len(one.split())
    assert all(word in one for word in page.own(cell))
    assert page.text(page.cell(290, HOT)) == other
    expect(page.frame.get_by_role("cell", name=COLD)).to_have_count(0)
    page.press("]")
    expect(page.cell(300, SEARCHED)).to_be_visible()
    page.press("Escape")
    expect(page.cell(300, COLD)).to_be_visible()
    page.press("d")
    expect(page.cell(300, COLD)).to_have_count(0)


def test_measures_stand_beside_cells_and_over_steps(go_to: Open, records: Records) -> None:
    page = go_to(step=300)
    measures = sample_of(records[FIRST, "probe"], 300, "Shall I", 0.2).measures
    expect(page.cell(300, COLD)).to_contain_text(f"{measures['perplexity']:.3g}")
    page.choose("Bar", "edit distance")
    expect(page.cell(300, COLD)).to_contain_text(f"{measures['edit_distance']:.0f}")
    expect(page.cell(300, COLD)).not_to_contain_text(f"{measures['perplexity']:.3g}")
    values = [sample_of(records[FIRST, "probe"], step, "Shall I", 0.2).measures["edit_distance"] for step in STEPS]
    least, most = f"{min(values):.0f}", f"{max(values):.0f}"
    line = page.frame.get_by_role("img", name=f"edit distance over 60 steps, from {least} to {most}")
    expect(line).to_be_attached()
    row = page.details.locator(".measure", has=line).first
    expect(row.locator(".value")).to_have_text(f"{measures['edit_distance']:.0f}")
    line.hover(position={"x": 3, "y": 5})
    expect(row).to_contain_text("step 0")
    expect(row.locator(".value")).to_have_text(f"{values[0]:.0f}")


def count_of(records: list[SamplesRecord], pattern: str) -> int:
    return sum(bool(re.search(pattern, sample.text, re.I | re.M)) for record in records for sample in record.samples)


def test_search_counts_walks_and_goes_to_what_is_found(go_to: Open, records: Records) -> None:
    page = go_to()
    logged = records[FIRST, "probe"]
    page.press("/")
    expect(page.search_field).to_be_focused()
    page.page.keyboard.type("ghost unto")
    count = count_of(logged, "ghost unto")
    assert 1 < count < 200
    expect(page.found).to_have_text(f"{count} texts")
    page.page.keyboard.press("Enter")
    expect(page.found).to_have_text(f"1 of {count} texts")
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Enter")
    expect(page.found).to_have_text(f"3 of {count} texts")
    expect(page.grid.locator("[aria-current]")).to_be_in_viewport()
    assert re.search("ghost unto", page.text(page.grid.locator("[aria-current]")), re.I)
    page.page.keyboard.press("Shift+Enter")
    expect(page.found).to_have_text(f"2 of {count} texts")
    page.search_field.evaluate("field => field.blur()")
    page.press("n")
    expect(page.found).to_have_text(f"3 of {count} texts")
    assert {stretch.lower() for stretch in page.marked("match")} == {"ghost unto"}
    lines = page.frame.get_by_role("table", name="found").get_by_role("button")
    wanted = lines.nth(4)
    step = wanted.locator(".step").text_content()
    wanted.click()
    expect(page.found).to_have_text(f"5 of {count} texts")
    expect(page.now).to_contain_text(str(step))
    page.search_field.fill("xyzzy")
    expect(page.found).to_have_text("no text matches")


def test_regular_expressions_find_and_mistakes_are_told(go_to: Open, records: Records) -> None:
    page = go_to(search=r"^\S+ winds\b.*\bthe", regex=1)
    count = count_of(records[FIRST, "probe"], r"^\S+ winds\b.*\bthe")
    assert count > 0
    expect(page.found).to_contain_text(f"{count} texts")
    page.search_field.fill("(unclosed")
    expect(page.found).to_contain_text("“(unclosed” is not a regular expression")
    expect(page.search_field).to_have_attribute("aria-invalid", "true")
    page.frame.get_by_role("button", name="Regular expression").click()
    expect(page.found).to_have_text("no text matches")


def test_an_expression_that_takes_for_ever_leaves_the_page_alive(go_to: Open, records: Records) -> None:
    page = go_to(regex=1)
    expect(page.cell(LAST, COLD)).to_be_visible()
    page.search_field.fill(r"(\w+\W?)+\d")
    expect(page.found).to_contain_text("was stopped after a second")
    page.search_field.press("Escape")
    expect(page.search_field).to_have_value("")
    page.search_field.press("Escape")
    page.press("ArrowLeft")
    expect(page.now).to_contain_text(re.compile(r"step 580\b"))
    page.search_field.fill("summer")
    expect(page.found).to_contain_text(f"{count_of(records[FIRST, 'probe'], 'summer')} texts")


def test_filters_choose_run_prompt_temperature_and_measure(go_to: Open, records: Records) -> None:
    page = go_to(search="thee", prompt=2, column="1")
    logged = {run: [sample for record in records[run, "probe"] for sample in record.samples] for run in (FIRST, SECOND)}

    def told(number: int) -> None:
        assert number > 1
        expect(page.found).to_have_text(f"{number:,} texts")

    thee = {run: [s for s in samples if "thee" in s.text.lower()] for run, samples in logged.items()}
    told(len(thee[FIRST]))
    page.frame.get_by_text("filters", exact=True).click()
    prompts, columns = (page.frame.get_by_role("group", name=name, exact=True) for name in ("Prompts", "Temperatures"))
    for other in ("Shall I", "When I"):
        prompts.get_by_role("checkbox", name=other).uncheck()
    at_prompt = [sample for sample in thee[FIRST] if sample.prompt == "Let me"]
    told(len(at_prompt))
    for other in (COLD, SEARCHED):
        columns.get_by_role("checkbox", name=other).uncheck()
    hot = [sample for sample in at_prompt if sample.temperature == 1 and sample.beams == 0]
    told(len(hot))
    # Of as few digits as any browser takes from a field of numbers; a Firefox takes 15.
    limit = round(float(np.median([sample.measures["chrf"] for sample in hot])), 6)
    add = page.frame.get_by_role("button", name="add a measure")
    add.click()
    page.frame.get_by_role("combobox", name="measure").select_option("chrF")
    page.frame.get_by_role("spinbutton", name="value").fill(repr(limit))
    good = [sample for sample in hot if sample.measures["chrf"] >= limit]
    told(len(good))
    edits = float(np.median([sample.measures["edit_distance"] for sample in good]))
    add.click()
    page.frame.get_by_role("combobox", name="measure").last.select_option("edit distance")
    page.frame.get_by_role("combobox", name="comparison").last.select_option("≤")
    page.frame.get_by_role("spinbutton", name="value").last.fill(repr(edits))
    told(sum(sample.measures["edit_distance"] <= edits for sample in good))
    page.frame.get_by_role("button", name="remove").last.click()
    told(len(good))
    page.frame.get_by_role("checkbox", name=SECOND).check()
    theirs = [
        sample
        for sample in thee[SECOND]
        if (sample.prompt, sample.temperature, sample.beams) == ("Let me", 1, 0) and sample.measures["chrf"] >= limit
    ]
    told(len(good) + len(theirs))
    page.frame.get_by_role("spinbutton", name="from step").fill("300")
    page.frame.get_by_role("spinbutton", name="to step").fill("400")
    late = [
        sample
        for record in (*records[FIRST, "probe"], *records[SECOND, "probe"])
        if 300 <= record.step <= 400
        for sample in record.samples
        if any(sample is one for one in (*good, *theirs))
    ]
    told(len(late))
    page.wait_for_place(to="400")
    assert {name: page.place().get(name) for name in ("prompts", "columns", "from", "to", "limits")} == {
        "prompts": "2",
        "columns": "1",
        "from": "300",
        "to": "400",
        "limits": f"chrf>={limit!r}",
    }
    page.reload()
    told(len(late))
    expect(page.frame.get_by_text("filters (4)")).to_be_visible()


def test_what_is_found_is_exported(go_to: Open, records: Records, tmp_path: Path) -> None:
    page = go_to(search="ghost and")
    wanted = [
        (record.step, sample)
        for record in reversed(records[FIRST, "probe"])
        for sample in record.samples
        if "ghost and" in sample.text
    ]
    expect(page.found).to_have_text(f"{len(wanted)} texts")
    saved = page.save(f"what is found: {len(wanted)} texts", "json", tmp_path)
    assert saved.name.endswith("-probe.json")
    rows = json.loads(saved.read_text(encoding="utf-8"))
    assert len(rows) == len(wanted)
    for row, (step, sample) in zip(rows, wanted, strict=True):
        assert (row["run"], row["step"], row["prompt"], row["temperature"]) == (
            FIRST,
            step,
            sample.prompt,
            sample.temperature,
        )
        assert (row["text"], row["repeat"], row["beams"]) == (sample.text, sample.repeat, sample.beams)
        assert row["reference"] == sample.reference
        for name, value in row["measures"].items():
            assert value == pytest.approx(sample.measures[name], rel=1e-6), name
    with page.save("what is found", "csv", tmp_path).open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [(line["step"], line["text"]) for line in lines] == [(str(step), sample.text) for step, sample in wanted]
    assert float(lines[0]["chrf"]) == pytest.approx(wanted[0][1].measures["chrf"])


def test_the_chosen_text_is_copied(go_to: Open, records: Records) -> None:
    page = go_to(step=300)
    page.cell(300, HOT).click(position={"x": 2, "y": 5})
    page.details.get_by_role("button", name="copy").click()
    expect(page.details.get_by_role("button", name="copied")).to_be_visible()
    read = "navigator.clipboard.readText()"
    assert page.page.evaluate(read) == sample_of(records[FIRST, "probe"], 300, "Shall I", 1.0).text
    expect(page.details.get_by_role("button", name="copied")).to_have_count(0)
    page.press("[")
    page.press("c")
    expect(page.details.get_by_role("button", name="copied")).to_be_visible()
    assert page.page.evaluate(read) == sample_of(records[FIRST, "probe"], 300, "Shall I", 0.2).text


def test_the_beam_tree_has_every_node(go_to: Open, records: Records) -> None:
    page = go_to(column="3beams", step=300)
    page.details.get_by_role("button", name="beam tree").click()
    tree = sample_of(records[FIRST, "probe"], 300, "Shall I", 1.0, beams=3).tree
    assert tree is not None
    shown = page.tree.locator("g > text:not(.score)")
    expect(shown).to_have_count(len(tree.tokens))
    assert sorted(text.strip("· ") for text in shown.all_text_contents()) == sorted(t.strip() for t in tree.tokens)
    expect(page.tree.locator("text.score")).to_have_count(int(tree.ends.sum()))
    page.tree.get_by_text("ghost").hover()
    expect(page.tree).to_contain_text(f"probability {tree.probabilities[8]:.3g}")
    page.press("]")
    page.tree.get_by_role("button", name="close", exact=True).click()
    expect(page.tree).to_have_count(0)


def test_from_a_token_to_its_attention_in_one_click(go_to: Open, records: Records) -> None:
    page = go_to(runs="attending/seqviz", group="spoken", step=10, token=4)
    token = records["attending/seqviz", "spoken"][1].samples[0].tokens[4].strip()
    expect(page.details).to_contain_text(token)
    # Where there is little room the small print gives way to what is read, and what can be done stays.
    page.page.set_viewport_size({"width": 640, "height": 800})
    line = page.reading
    expect(line.get_by_role("button", name="attention of this token")).to_be_in_viewport(ratio=1)
    expect(line).to_contain_text("rank")
    cut = line.locator("p > .said, p.text").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
    assert cut[0] == 0 < cut[1]
    page.page.set_viewport_size({"width": 1280, "height": 800})
    page.details.get_by_role("button", name="attention of this token").click()
    expect(page.frame.get_by_role("tab", name="Attention")).to_have_attribute("aria-selected", "true")
    # The query that chose token 4 is the token before it: "When", " I" and four others come before.
    query = records["attending/seqviz", "spoken"][1].samples[0].tokens[3].strip()
    expect(page.reading).to_contain_text(f"{query} looks at")
    expect(page.now).to_contain_text(re.compile(r"step 10\b"))
    page.wait_for_place(pin="5")


def test_two_runs_stand_side_by_side(go_to: Open, records: Records) -> None:
    page = go_to(column="1", step=300)
    page.frame.get_by_role("checkbox", name=SECOND).check()
    for run in (FIRST, SECOND):
        wanted = sample_of(records[run, "probe"], 300, "Shall I", 1.0)
        expect(page.cell(300, run).locator(".sample-text")).to_have_text(wanted.text)
    page.choose("Temperature ([ ])", COLD)
    wanted = sample_of(records[SECOND, "probe"], 300, "Shall I", 0.2)
    expect(page.cell(300, SECOND).locator(".sample-text")).to_have_text(wanted.text)


def test_columns_that_do_not_fit_are_counted_and_come_with_the_keys(go_to: Open) -> None:
    page = go_to(step=300, rows="prompts", prompt=0)
    page.page.set_viewport_size({"width": 940, "height": 800})
    expect(page.word("Columns ([ ], d)")).to_have_text("1 of 3 temperatures")
    expect(page.cell("Shall I", SEARCHED)).to_have_count(0)
    page.press("[")
    expect(page.cell("Shall I", SEARCHED)).to_be_in_viewport(ratio=1)
    expect(page.cell("Shall I", SEARCHED)).to_have_attribute("aria-current", "true")
    page.page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.cell("Shall I", COLD)).to_be_in_viewport(ratio=1)


def test_a_row_is_as_high_as_its_text_and_long_ones_are_cut(go_to: Open) -> None:
    page = go_to(runs="hostile <b>/seqviz", group="<i>", rows="prompts", prompt=list(HOSTILE).index("long line"))
    cell = page.cell("long line", HOT)
    more = cell.get_by_role("button", name="+ about")
    expect(more).to_be_visible()
    more.click()
    expect(cell.locator(".sample-text")).to_have_text(HOSTILE["long line"].strip())
    cell.get_by_role("button", name="fewer lines").click()
    expect(more).to_be_visible()
    expect(page.cell("script", HOT).get_by_role("button")).to_have_count(0)


def test_the_view_comes_with_samples_and_new_steps_are_followed_or_offered(
    tmp_path: Path, context: BrowserContext
) -> None:
    with (
        seqviz.Writer(tmp_path / "run/seqviz") as writer,
        TensorBoardProcess(tmp_path, "--reload_interval=1", "--load_fast=false") as server,
    ):
        writer.attention("bare", {"attention": np.eye(3, dtype=np.float32)[None]}, step=0)
        writer.flush()
        server.wait_for_steps("run/seqviz", "attention/bare", 1)
        page = SamplesPage(context.new_page(), server).open()
        expect(page.plot).to_be_visible()
        expect(page.tabs.get_by_role("tab")).to_have_text(["Attention"])

        def log(*steps: int) -> None:
            for step in steps:
                writer.samples(
                    "probe", [poet(0, step, "Shall I", temperature) for temperature in TEMPERATURES], step=step
                )
            writer.flush()

        log(*range(40))
        server.wait_for_steps("run/seqviz", "samples/probe", 40)
        page.page.get_by_role("button", name="Last Updated").click()
        page.frame.get_by_role("tab", name="Samples").click()
        expect(page.now).to_contain_text(re.compile(r"step 39\b"))
        expect(page.frame.get_by_text("logged steps")).to_have_count(0)
        log(40, 41)
        expect(page.cell(41, COLD)).to_be_in_viewport()
        expect(page.cell(41, COLD)).to_have_attribute("aria-current", "true")
        page.press("Home")
        page.press("s")
        expect(page.cell(0, COLD)).to_be_in_viewport(ratio=1)
        log(42, 43, 44)
        server.wait_for_steps("run/seqviz", "samples/probe", 45)
        page.page.get_by_role("button", name="Last Updated").click()
        offer = page.frame.get_by_role("button", name="3 new steps")
        expect(offer).to_be_visible()
        expect(page.grid).to_have_attribute("aria-rowcount", "45")
        expect(page.cell(0, COLD)).to_be_in_viewport(ratio=1)
        offer.click()
        expect(page.cell(44, COLD)).to_be_in_viewport(ratio=1)
        assert page.troubles == []
        page.page.close()


def test_an_address_brings_everything_back(go_to: Open) -> None:
    page = go_to(step=300)
    page.option("prompts", "Let me").click()
    page.cell(300, HOT).click(position={"x": 2, "y": 5})
    page.press("s")
    page.press(".")
    page.press("d")
    page.choose("What is underlined", "character by character")
    page.choose("Bar", "chrF")
    page.press("ArrowRight")
    page.search_field.fill("love|true")
    page.frame.get_by_role("button", name="Regular expression").click()
    page.frame.get_by_text("filters", exact=True).click()
    page.frame.get_by_role("button", name="add a measure").click()
    page.frame.get_by_role("combobox", name="measure").select_option("perplexity")
    page.frame.get_by_role("combobox", name="comparison").select_option("≤")
    page.frame.get_by_role("spinbutton", name="value").fill("3.4")
    expect(page.found).to_contain_text("texts")
    told = page.found.text_content() or ""
    wanted = {
        "view": "samples",
        "step": "310",
        "prompt": "2",
        "column": "1",
        "repeat": "1",
        "alone": "1",
        "shade": "0",
        "unit": "character",
        "figure": "chrf",
        "search": "love|true",
        "regex": "1",
        "limits": "perplexity<=3.4",
    }
    page.wait_for_place(limits="perplexity<=3.4")

    def check_place() -> None:
        place = page.place()
        assert {name: place.get(name) for name in wanted} == wanted

    check_place()
    page.reload()
    expect(page.cell(310, HOT)).to_have_attribute("aria-current", "true")
    expect(page.cell(310, HOT).locator("ins").first).to_be_visible()
    expect(page.cell(310, COLD)).to_have_count(0)
    expect(page.found).to_have_text(told)
    expect(page.search_field).to_have_value("love|true")
    check_place()


def test_hostile_texts_are_texts(go_to: Open, tmp_path: Path) -> None:
    page = go_to(runs="hostile <b>/seqviz", group="<i>", rows="prompts", marks="new")
    for prompt, text in HOSTILE.items():
        page.option("prompts", prompt).click()
        cell = page.cell(prompt, HOT)
        expect(cell).to_have_attribute("aria-current", "true")
        expect(cell).to_be_in_viewport()
        if prompt in ("right to left", "family", "combining", "script", "half UTF-8"):
            assert page.text(cell) == text, prompt
        elif text and prompt != "long line":
            # What has power over other text, or cannot be drawn, is drawn as something else of the same length.
            utf16 = len(text.encode("utf-16-le", "surrogatepass")) // 2
            drawn = page.text(cell)
            assert len(drawn.encode("utf-16-le", "surrogatepass")) // 2 == utf16, prompt
            assert not re.search("[\u0000\u202a-\u202e\ud800-\udfff]", drawn), prompt
    expect(page.cell("nothing", HOT)).to_contain_text("nothing was generated")
    page.option("prompts", "right to left").click()
    direction = "element => getComputedStyle(element).direction"
    assert page.cell("right to left", HOT).locator(".sample-text").evaluate(direction) == "rtl"
    page.option("prompts", "<b>bold</b>").click()
    poem = page.cell("<b>bold</b>${alert(3)}", HOT).locator(".sample-text")
    assert [line for line in poem.inner_text().replace("↵", "").split("\n") if line] == list(
        HOSTILE["<b>bold</b>${alert(3)}"].split("\n")
    )
    saved = page.save("all texts in sight", "json", tmp_path)
    texts = {row["prompt"]: row["text"] for row in json.loads(saved.read_text("utf-8"))}
    assert texts == HOSTILE
    assert page.frame.locator("img, .sample-text script, .sample-text b").count() == 0


def test_what_was_not_a_number_is_marked_and_told(go_to: Open) -> None:
    page = go_to(runs="hostile <b>/seqviz", group="<i>", rows="prompts", prompt=list(HOSTILE).index("NUL"))
    expect(page.cell("NUL", HOT).locator("strong")).to_have_text("▲ NaN at token 3")
    expect(page.cell("NUL", HOT).locator(".broken")).to_have_css("background-image", re.compile("gradient"))
    expect(page.details.get_by_text(NOT_A_NUMBER)).to_be_visible()
    expect(page.cell("script", HOT).locator("strong")).to_have_count(0)
    page.hover_token(page.cell("NUL", HOT), 1, 2)
    expect(page.detail("probability")).to_have_text("not known")


# Every text in sight whose ink and ground are nearer to each other than WCAG 2, AA, asks for.
POOR_CONTRAST = """
() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((part, i) => part * a + under[i] * (1 - a));
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => (part / 255 <= 0.04045 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const chain = [];
    for (let one = element; one; one = one.parentElement) chain.unshift(parse(getComputedStyle(one).backgroundColor));
    return chain.reduce((under, colour) => over(colour, under), [255, 255, 255]);
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest("svg, :disabled")) continue;
    const paper = ground(element);
    const [one, other] = [light(over(parse(getComputedStyle(element).color), paper)), light(paper)];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) poor.push(`${node.data.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""


def test_everything_has_a_name_and_can_be_read_in_both_themes(go_to: Open) -> None:
    page = go_to(step=300, marks="new", search="the", limits="chrf>=10", token=1)
    expect(page.cell(300, COLD).locator("ins").first).to_be_attached()
    for dark in (True, False):
        page.page.locator("body").evaluate("(body, dark) => body.classList.toggle('dark-mode', dark)", dark)
        expect(page.frame.locator(f".sample-text.{'dark' if dark else 'light'}").first).to_be_attached()
        assert page.frame.locator("body").evaluate(POOR_CONTRAST) == []
    unnamed = page.frame.locator("body").evaluate(
        """() => [...document.querySelectorAll("button, input, select, [role=tab], [role=option]")]
            .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).map((e) => e.outerHTML)"""
    )
    assert unnamed == []
    expect(page.frame.get_by_role("tab", name="Samples")).to_have_attribute("aria-selected", "true")
    expect(page.frame.get_by_role("listbox", name="prompts").get_by_role("option")).to_have_count(len(POEMS))
    expect(page.frame.get_by_role("listbox", name="examples").get_by_role("option")).to_have_count(2)
    for column in (COLD, HOT, SEARCHED):
        expect(page.frame.get_by_role("button", name=column, exact=True)).to_be_visible()
