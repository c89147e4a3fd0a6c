"""axe-core, run in the page."""

from __future__ import annotations

from pathlib import Path

from e2e.conftest import SeqVizPage

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


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
