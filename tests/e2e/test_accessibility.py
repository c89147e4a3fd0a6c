"""What axe-core finds in the page, and what the keys reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect

from e2e.axe import found_by_axe
from e2e.conftest import SeqVizPage

pytestmark = pytest.mark.slow

Open = Callable[..., SeqVizPage]
VIEWS = ["Attention", "Samples", "Structure", "Embeddings", "Evaluation"]


def crowded_lists(page: SeqVizPage) -> list[str]:
    """Returns the lists in which Tab stops more than once."""
    lists = page.frame.locator("[role=listbox], [role=toolbar]")
    crowded: list[str] = lists.evaluate_all(
        """lists => lists
            .filter(list => [list, ...list.querySelectorAll("*")].filter(({ tabIndex }) => tabIndex >= 0).length > 1)
            .map(list => list.getAttribute("aria-label"))"""
    )
    return crowded


def test_axe_finds_nothing_in_any_view_and_theme(every_view: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(every_view)
    page.open_rail()
    found = {}
    for view in VIEWS:
        page.tabs.get_by_role("tab", name=view).click()
        expect(page.frame.get_by_role("tabpanel", name=view).locator("canvas, svg, [role=table]").first).to_be_visible()
        page.page.wait_for_timeout(300)
        found[view, "lists"] = crowded_lists(page)
        for is_dark in (False, True):
            page.set_theme(is_dark)
            found[view, is_dark] = found_by_axe(page, *(["color-contrast"] if is_dark else []))
    assert found == {state: [] for state in found}


def canvases_without_words(page: SeqVizPage) -> list[str]:
    """Returns the canvases that are not in anything with a name: a picture, a button, or a row of a table."""
    canvases = page.frame.locator("canvas")
    found: list[str] = canvases.evaluate_all(
        """canvases => canvases
            .filter(canvas => !canvas.closest(
                "[aria-hidden=true], :is([role=img], [role=application], [role=group], [role=grid])[aria-label]," +
                "button[aria-label], [role=row]:has([role=rowheader])"))
            .map(canvas => canvas.parentElement.outerHTML.slice(0, 200))"""
    )
    return found


def test_axe_finds_nothing_in_what_opens(every_view: TensorBoardProcess, open_page: Open) -> None:
    page = open_page(every_view)
    found: dict[tuple[str, str] | str, list[str]] = {}
    for view in VIEWS:
        page.tabs.get_by_role("tab", name=view).click()
        expect(page.frame.get_by_role("tabpanel", name=view).locator("canvas, svg, [role=table]").first).to_be_visible()
        found[view, "canvases"] = canvases_without_words(page)
        word = page.frame.locator(".view-top button.word").first
        word.click()
        expect(page.frame.get_by_role("listbox").locator("[role=option]").first).to_be_visible()
        found[view, "popover"] = found_by_axe(page)
        page.page.keyboard.press("Escape")
        expect(word).to_have_attribute("aria-expanded", "false")
        page.press("i")
        expect(page.details).to_be_visible()
        # What is around it was looked at in the first view.
        found[view, "details"] = found_by_axe(page, within=page.details if view != VIEWS[0] else None)
        page.press("i")
        page.press("?")
        dialog = page.frame.get_by_role("dialog")
        expect(dialog).to_be_visible()
        found[view, "keys"] = found_by_axe(page, within=dialog if view != VIEWS[0] else None)
        page.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    page.press("e")
    expect(page.frame.get_by_role("dialog", name="Export").get_by_role("link").first).to_be_visible()
    found["export"] = found_by_axe(page)
    assert found == {state: [] for state in found}
