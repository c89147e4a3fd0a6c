"""axe-core, run in the page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator

from e2e.conftest import SeqVizPage

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


def found_by_axe(page: SeqVizPage, *rules: str, within: Locator | None = None) -> list[str]:
    """Returns what axe-core finds in the page as it stands, or in a part of it; by default by all rules."""
    # It need not load style sheets and films anew, which only rules ask for that are off or about films.
    options = {"resultTypes": ["violations"], "preload": False, **({"runOnly": list(rules)} if rules else {})}
    root = page.frame.locator("html")
    if not root.evaluate("() => 'axe' in window"):
        root.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = (within or root).evaluate(
        """async (part, options) => (await axe.run(part, options)).violations.map(
            ({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(' | ')}`
        )""",
        options,
    )
    return found
