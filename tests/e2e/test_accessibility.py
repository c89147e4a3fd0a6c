"""What axe-core finds in the page, and what the keys reach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect

from e2e.conftest import SeqVizPage

pytestmark = pytest.mark.slow

Open = Callable[..., SeqVizPage]
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
VIEWS = ["Attention", "Samples", "Structure", "Embeddings"]


def found_by_axe(page: SeqVizPage, *rules: str) -> list[str]:
    """Returns what axe-core finds in the page as it stands; by default by all rules."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    root = page.frame.locator("html")
    if not root.evaluate("() => 'axe' in window"):
        root.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = root.evaluate(
        """async (root, options) => (await axe.run(document, options)).violations.map(
            ({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(' | ')}`
        )""",
        options,
    )
    return found


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
            page.page.evaluate("isDark => document.body.classList.toggle('dark-mode', isDark)", is_dark)
            expect(page.frame.locator("html")).to_have_attribute("data-theme", "dark" if is_dark else "light")
            found[view, is_dark] = found_by_axe(page, *(["color-contrast"] if is_dark else []))
    assert found == {state: [] for state in found}
