"""The Evaluation view in a real browser, with a real TensorBoard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import Locator, expect

from e2e.conftest import SeqVizPage
from e2e.evaluation_logs import SLICES, STEPS, write_evaluation_logs

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
    expect(page.page).to_have_url(
        re.compile("p.seqviz.measures=chrf,accuracy,log_loss,exact_match".replace(",", "(,|%2C)"))
    )
