"""The Samples view as the tests handle it."""

from __future__ import annotations

from playwright.sync_api import Locator

from e2e.browser import FOLLOW, search_of
from e2e.conftest import SeqVizPage

# Where a stretch of a text is drawn, in code points.
BOX_OF_STRETCH = """
(element, [start, end]) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let before = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("em")) continue;
    const { length } = node.data;
    if (before <= start && start < before + length) range.setStart(node, start - before);
    if (before < end && end <= before + length) range.setEnd(node, end - before);
    before += length;
  }
  const { x, y, width, height } = range.getClientRects()[0];
  const { x: left, y: top } = window.frameElement.getBoundingClientRect();
  return [left + x + width / 2, top + y + height / 2];
}
"""


class SamplesPage(SeqVizPage):
    """The page with the Samples view in it."""

    def go(self, **place: object) -> None:
        """Follows a link to a place, the page being open: as the browser's own buttons do."""
        self.page.evaluate(FOLLOW, search_of(place))

    @property
    def grid(self) -> Locator:
        """The texts."""
        return self.frame.get_by_role("table", name="samples", exact=True)

    @property
    def tree(self) -> Locator:
        """The pane with the beam search."""
        return self.frame.get_by_role("region", name="beam search")

    @property
    def search_field(self) -> Locator:
        """Where a query is written."""
        return self.frame.get_by_role("searchbox")

    @property
    def found(self) -> Locator:
        """What a search came to, in words."""
        return self.frame.get_by_role("search").get_by_role("status")

    def cell(self, row: str | int, column: str) -> Locator:
        """A cell by its step, or prompt, and its temperature, or run."""
        name = f"step {row:,}" if isinstance(row, int) else row
        return self.grid.get_by_role("cell", name=f"{name}, {column}", exact=True)

    def text(self, cell: Locator) -> str:
        """Returns what a cell says."""
        return cell.locator(".sample-text").first.text_content() or ""

    def own(self, cell: Locator) -> list[str]:
        """Returns the underlined words of a cell."""
        return cell.locator("ins").all_text_contents()

    def open_sides(self) -> None:
        """Opens the lists at the left and the details at the right."""
        self.open_rail()
        if self.details.count() == 0:
            self.press("i")

    def hover_token(self, cell: Locator, start: int, end: int) -> None:
        """Moves the pointer onto a stretch of a text."""
        x, y = cell.locator(".sample-text").first.evaluate(BOX_OF_STRETCH, [start, end])
        self.page.mouse.move(x, y)

    def marked(self, name: str) -> list[str]:
        """Returns the stretches of the texts that have a mark, such as "match" or "shade-3"."""
        found: list[str] = self.grid.evaluate(
            """(_, name) => [...(CSS.highlights.get(`sample-${name}`) ?? [])].map(
                ({ startContainer: { data }, startOffset, endOffset }) => data.slice(startOffset, endOffset))""",
            name,
        )
        return found
