"""The Evaluation view in a real browser, with a real TensorBoard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import Locator, expect

from e2e.axe import found_by_axe
from e2e.conftest import SeqVizPage
from e2e.evaluation_logs import SLICES, STEPS, confusion, write_evaluation, write_evaluation_logs
from tb_seqviz_plugin import Writer

pytestmark = pytest.mark.slow

Open = Callable[..., SeqVizPage]
RUN = "baseline/seqviz"


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardProcess]:
    folder = tmp_path_factory.mktemp("evaluation")
    write_evaluation_logs(folder)
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps("small/seqviz", "evaluation/flores-dev", len(STEPS))
        yield server


def table(page: SeqVizPage) -> Locator:
    return page.frame.get_by_role("region", name="slices and measures")


def names(page: SeqVizPage) -> Locator:
    """The slices, from the top."""
    return table(page).get_by_role("rowheader")


def test_slices_are_sorted_compared_and_read(evaluated: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(evaluated, view="evaluation", runs=RUN)
    worst_first = [
        "whole set", "source length 40 or more", "idioms", "numbers and dates", "rare words", "names", "questions",
    ]  # fmt: skip
    expect(names(page)).to_have_count(len(SLICES))
    assert names(page).all_inner_texts()[: len(worst_first)] == worst_first
    # Of twelve sentences, and the worst of all: not ranked.
    assert names(page).all_inner_texts()[-1] == "poems"
    expect(page.frame.get_by_role("region", name="steps")).to_contain_text("chrF")
    expect(table(page)).to_contain_text("left out: 1 slice without any of these measures")

    page.press("ArrowDown", times=3)
    expect(page.reading).to_contain_text("numbers and dates, chrF 43")
    expect(page.reading).to_contain_text("below the whole set")
    expect(page.page).to_have_url(re.compile(r"p\.seqviz\.slice=numbers"))

    page.choose_step(7, len(STEPS), compared=True)
    expect(page.compared).to_contain_text("12,000")
    expect(page.reading).to_contain_text("no clear change")
    page.choose_step(1, len(STEPS), compared=True)
    expect(page.reading).to_contain_text("better by")
    page.choose("Order", "worse than B first")
    expect(page.word("Order")).to_have_text("worse than B first")

    table(page).get_by_role("button", name="loss").click()
    expect(page.word("Sorted by")).to_have_text("loss")
    expect(page.frame.get_by_role("region", name="steps")).to_contain_text("loss")
    page.choose("Measures shown", "exact match")
    expect(table(page).get_by_role("button", name="exact match")).to_be_visible()
    expect(names(page)).to_have_count(len(SLICES) + 1)
    expect(table(page)).not_to_contain_text("left out")
    expect(page.page).to_have_url(
        re.compile("p.seqviz.measures=chrf,accuracy,log_loss,exact_match".replace(",", "(,|%2C)"))
    )


def panel(page: SeqVizPage, name: str) -> None:
    page.choose("Drawn as", name)
    expect(page.word("Drawn as")).to_have_text(name)


def test_examples_stand_beside_their_reference_and_b(evaluated: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(evaluated, view="evaluation", runs=RUN, slice="numbers and dates")
    examples = page.frame.get_by_role("region", name="examples")
    expect(examples.get_by_role("listitem")).to_have_count(20)
    worst = examples.get_by_role("listitem").first
    expect(worst).to_contain_text("The ship is one hundred and two metres long.")
    assert worst.locator("ins.reference").all_inner_texts() == ["about", "120"]
    assert worst.locator("ins.a").all_inner_texts() == ["one", "hundred", "and", "two"]

    page.choose("Which examples", "forgotten since step 1,500")
    expect(examples.get_by_role("listitem")).to_have_count(4)
    assert set(examples.locator("ins.a").all_inner_texts()) == {"one", "hundred", "and", "two"}
    page.choose("Which examples", "learnt since")
    expect(examples.get_by_role("listitem").first).to_contain_text("correct")
    assert page.frame.locator("ins").count() == 0
    page.choose_step(1, len(STEPS), compared=True)
    page.choose("Which examples", "wrong now")
    page.choose("A stands against", "B")
    expect(examples.locator("ins.b").first).to_be_visible()
    # Of a slice that has none.
    page.frame.get_by_role("button", name="idioms").click()
    expect(examples).to_contain_text("No example is like that")


def test_curves_matrices_and_maps_follow_a_and_b(evaluated: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(evaluated, view="evaluation", runs=RUN, b=3000)
    found = {}
    panel(page, "curves")
    chart = page.frame.get_by_role("img", name="accuracy by position, whole set")
    expect(chart.locator("path.line.a")).to_have_count(2)
    expect(chart.locator("path.line.b")).to_have_count(2)
    chart.hover(position={"x": 60, "y": 40})
    expect(page.reading).to_contain_text("A at 0, fed with what is right: 0.797, n = 997 · A at 0, on its own")
    found["curves"] = found_by_axe(page)

    panel(page, "confusion matrix")
    matrix = page.frame.get_by_role("application", name="confusion matrix of 5 classes")
    expect(matrix.locator("text").first).to_have_text(str(confusion(STEPS[-1])[0, 0]))
    page.choose_step(0, len(STEPS))
    expect(matrix.locator("text").first).to_have_text(str(confusion(STEPS[0])[0, 0]))
    matrix.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.page.keyboard.press(key)
    expect(page.frame.get_by_role("region", name="examples")).to_contain_text("Place, right")
    right = confusion(STEPS[0])[1]
    expect(page.reading).to_contain_text(f"Place, rightly so: {right[1]} of {right.sum()}")
    found["confusion"] = found_by_axe(page)

    panel(page, "reliability diagram")
    expect(page.frame.get_by_role("img", name="reliability diagram").locator("circle.a")).to_have_count(10)
    expect(page.frame.get_by_role("tabpanel")).to_contain_text("calibration error")
    found["calibration"] = found_by_axe(page)

    panel(page, "data map")
    page.press("End")
    data_map = page.frame.get_by_role("img", name="data map of 24 examples")
    expect(data_map.locator("circle")).to_have_count(24)
    box = data_map.bounding_box()
    assert box is not None
    page.page.mouse.move(box["x"] + 60, box["y"] + box["height"] * 0.45)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] - 30, box["y"] + box["height"] - 60, steps=4)
    page.page.mouse.up()
    brushed = data_map.locator("circle.brushed")
    expect(brushed.first).to_be_visible()
    expect(page.frame.get_by_role("region", name="examples").get_by_role("listitem")).to_have_count(brushed.count())
    assert 0 < brushed.count() < 24
    found["map"] = found_by_axe(page)
    page.press("Escape")
    expect(brushed).to_have_count(0)
    assert found == {name: [] for name in found}


def test_tokens_are_learnt_forgotten_and_lead_to_their_attention(
    evaluated: TensorBoardProcess, open_page: Open
) -> None:
    page = open_page(evaluated, view="evaluation", runs=RUN, panel="tokens")
    strip = page.frame.get_by_role("group", name="tokens over steps: The agreement")
    cells = strip.locator(".cells")
    box = cells.bounding_box()
    token = strip.get_by_role("button", name="17").bounding_box()
    assert box is not None
    assert token is not None
    row = box["height"] / len(STEPS)
    # "17" at step 9,000, where it was known; at the last step it is no more.
    page.page.mouse.click(token["x"] + token["width"] / 2, box["y"] + 5.5 * row)
    expect(page.now).to_contain_text("9,000")
    expect(page.reading).to_contain_text("“ 17” at step 9,000: probability 0.48")
    expect(page.reading).to_contain_text("learnt at step 6,000")
    page.page.mouse.move(token["x"] + token["width"] / 2, box["y"] + 11.5 * row)
    expect(page.reading).to_contain_text("forgotten once, and is now")
    red, green, blue = cells.locator("canvas").evaluate(
        "(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)",
        [token["x"] - box["x"] + 4, 8.5 * row],
    )
    assert max(red, green, blue) < 120
    assert found_by_axe(page) == []
    page.page.mouse.move(box["x"], box["y"] + box["height"] + 200)
    page.press("ArrowDown", times=2)
    expect(page.reading).to_contain_text("“ 1992”")
    page.frame.get_by_role("button", name="Attention at this step").click()
    expect(page.frame.get_by_role("tab", name="Attention")).to_have_attribute("aria-selected", "true")
    expect(page.page).to_have_url(re.compile(r"p\.seqviz\.pin=7"))


def test_runs_are_a_mean_or_one_is_chosen_or_they_stand_against_each_other(
    evaluated: TensorBoardProcess, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(evaluated, view="evaluation", runs=f"{RUN},small/seqviz")
    expect(table(page).locator("path.band").first).to_be_attached()
    panels = page.frame.get_by_role("tabpanel")
    expect(panels).to_contain_text("the mean of 2 runs")
    page.press("v")
    expect(panels).to_contain_text("curves of whole set, the mean of 2 runs")
    expect(panels).to_contain_text("shaded: lowest to highest run")
    panel(page, "reliability diagram")
    expect(panels).to_contain_text("of whole set, 2 runs side by side")
    for run in ("baseline", "small"):
        diagram = page.frame.get_by_role("img", name=f"reliability diagram of {run}")
        expect(diagram.locator("circle.a")).to_have_count(10)
        diagram.locator("rect.hit").last.hover()
        expect(page.reading).to_contain_text(f"{run}: sure by 0.95, right by")
    panel(page, "confusion matrix")
    first = page.frame.get_by_role("application", name="confusion matrix").locator("text").first
    expect(first).to_have_text(str(confusion(STEPS[-1])[0, 0]))
    page.choose("Run", "small")
    expect(first).to_have_text(str(confusion(STEPS[-1], seed=1)[0, 0]))
    expect(page.page).to_have_url(re.compile(r"arun=small"))
    panel(page, "table")
    expect(page.frame.get_by_role("region", name="examples").get_by_role("button", name="; Run")).to_have_text("small")

    page.word("Which").or_(page.frame.get_by_role("button", name="compare with")).first.click()
    page.frame.get_by_role("option").filter(has_text="small").first.click()
    expect(panels).not_to_contain_text("the mean of")
    page.choose("Order", "clearest first")
    expect(names(page).nth(1)).to_have_text("source length 10 to 39")
    expect(table(page).get_by_role("row").nth(1).locator(".sure").first).to_have_text("+3.1")
    expect(page.reading).to_contain_text("clearly")
    rows = 2 * len(STEPS) * (4 * len(SLICES) + 1)
    lines = page.save("every measure", "csv", tmp_path).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "run,step,slice,measure,value,low,high,count"
    assert len(lines) == 1 + rows
    records = json.loads(page.save("every measure", "json", tmp_path).read_text(encoding="utf-8"))
    assert len(records) == rows
    assert records[0].keys() == set(lines[0].split(","))


def test_what_python_writes_is_said_in_the_readers_words(evaluated: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(evaluated, view="evaluation", language="zh-CN", runs=RUN, step=3000)
    expect(page.frame.get_by_role("list", name="对这次评估的备注").get_by_role("listitem")).to_have_text(
        [
            "3 个预测为 NaN，已略去。",
            "按词元频率划分的切片由词元组成，只有损失、准确率；其他指标只用于由样本组成的切片。",
        ]
    )
    interval = "95 %，按样本自助抽样，1,000 次，种子 0"
    expect(page.frame.get_by_text(f"{interval} · nrefs:1")).to_be_visible()
    page.press("i")
    expect(page.frame.get_by_role("region", name="如何测得").get_by_text(interval, exact=True)).to_be_visible()


def test_what_is_read_is_whole_where_the_small_print_is_not(evaluated: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(evaluated, viewport=(640, 720), view="evaluation", runs=RUN)
    expect(page.reading).to_contain_text("whole set, chrF")
    missing = page.reading.locator("p.text, .said").evaluate_all(
        """all => all.map((one) => {
            const range = document.createRange();
            range.selectNodeContents(one);
            return range.getBoundingClientRect().width - one.getBoundingClientRect().width;
        })"""
    )
    assert missing[0] <= 0 < missing[1]


def test_a_link_leads_to_a_place_that_keys_and_the_cursor_change(
    evaluated: TensorBoardProcess, open_page: Open
) -> None:
    link = {"runs": RUN, "step": 3000, "panel": "map", "slice": "poems", "sorted": "accuracy", "brushed": "0,1,0,0.5"}
    page = open_page(evaluated, view="evaluation", **link)
    remarks = page.frame.get_by_role("list", name="Remarks").get_by_role("listitem")
    expect(remarks).to_have_text(
        [
            "3 predictions are NaN and are left out.",
            "Slices by token frequency are of tokens, and have only loss, accuracy; other measures are of slices of examples.",
        ]
    )
    expect(page.frame.get_by_role("img", name="data map of 4 examples").locator("circle.brushed")).to_have_count(4)
    page.press("Escape", times=2)
    expect(page.word("Slice")).to_have_text("whole set")
    page.press("Escape")
    expect(table(page)).to_be_visible()
    page.press("]")
    expect(page.word("Sorted by")).to_have_text("loss")
    page.press("o")
    expect(page.word("Order")).to_have_text("as logged")
    page.press("ArrowRight")
    expect(page.now).to_contain_text("4,500")
    expect(remarks).to_have_count(0)
    expect(page.page).to_have_url(re.compile(r"step=4500"))
    assert page.place() == {"view": "evaluation", "runs": RUN, "set": "flores-dev", "step": "4500"} | {
        "sorted": "log_loss", "bar": "log_loss", "order": "logged"
    }  # fmt: skip
    page.frame.locator("#tab-attention").click()
    expect(page.frame.get_by_role("tab", name="Attention")).to_have_attribute("aria-selected", "true")
    page.frame.locator("#tab-evaluation").click()
    expect(page.now).to_contain_text("4,500")


def test_labels_of_tokens_stand_under_their_words(evaluated: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(evaluated, view="evaluation", runs="labels/seqviz", panel="confusion", mistaken="2,0")
    examples = page.frame.get_by_role("region", name="examples")
    expect(examples.get_by_role("listitem")).to_have_count(1)
    (only,) = [row.split("\n") for row in examples.get_by_role("listitem").all_inner_texts()]
    assert [part for part in only if part] == [
        "input", "reference", "A 0.400", "In", "O", "NYC", "New York", "today", "Date", "O",
    ]  # fmt: skip
    assert examples.locator("ins.a").all_inner_texts() == ["O"]
    page.choose_step(0, 2)
    expect(examples.locator("ins.a")).to_have_text(["New York", "O", "O"])
    page.frame.get_by_role("button", name="O taken for Date").click()
    expect(examples).to_contain_text("No example is like that")
    assert found_by_axe(page) == []


@pytest.mark.long
def test_new_steps_arrive_and_a_server_that_is_gone_comes_back(tmp_path: Path, open_page: Open) -> None:
    def drawn(lines: Locator) -> str:
        return lines.first.get_attribute("d") or ""

    with Writer(tmp_path / RUN) as writer, TensorBoardProcess(tmp_path, "--reload_interval=1") as server:
        for step in STEPS[:2]:
            write_evaluation(writer, step)
        writer.flush()
        server.wait_for_steps(RUN, "evaluation/flores-dev", 2)
        page = open_page(server, view="evaluation", panel="curves")
        lines = page.frame.get_by_role("img", name="accuracy by position, whole set").locator("path.line.a")
        expect(page.frame.get_by_role("list", name="Remarks")).to_be_visible()
        second = drawn(lines)
        write_evaluation(writer, STEPS[2])
        writer.flush()
        expect(page.now).to_contain_text("4,500")
        expect(lines.first).not_to_have_attribute("d", second)
        expect(page.frame.get_by_role("list", name="Remarks")).to_have_count(0)
    # Of the first step nothing was fetched; what was there stays in sight.
    third = drawn(lines)
    page.press("Home")
    expect(page.reading).to_contain_text("does not answer")
    assert drawn(lines) == third
    panel(page, "table")
    expect(names(page)).to_have_count(len(SLICES))
    panel(page, "curves")
    with TensorBoardProcess(tmp_path, port=server.port):
        expect(lines.first).to_be_visible()
        expect(lines.first).not_to_have_attribute("d", third)
        expect(page.frame.get_by_text("does not answer")).to_have_count(0)
        # The browser itself reports the refused connections; these are the ones meant here.
        page.troubles = [trouble for trouble in page.troubles if "ERR_" not in trouble]
