"""How much the page loads, as the server sends it: no more than what is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect

from e2e.conftest import SeqVizPage

pytestmark = pytest.mark.slow

FIRST_PAINT, FURTHER_VIEW = 95_000, 30_500
# Of the first paint, what is said.
LANGUAGE = 12_000


def loaded(page: SeqVizPage) -> dict[str, int]:
    """Returns the bytes of each module that the page has loaded, compressed."""
    sizes: dict[str, int] = page.frame.locator("html").evaluate(
        """() => Object.fromEntries(performance.getEntriesByType("resource")
            .filter(({ name }) => name.endsWith(".js"))
            .map(({ name, encodedBodySize }) => [name.split("/").at(-1), encodedBodySize]))"""
    )
    return sizes


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_more_is_loaded_than_is_looked_at(
    every_view: TensorBoardProcess, open_page: Callable[..., SeqVizPage], language: str
) -> None:
    page = open_page(every_view, language=language)
    sizes: dict[str, dict[str, int]] = {}
    for view in ("attention", "samples", "structure", "embeddings", "evaluation"):
        page.frame.locator(f"#tab-{view}").click()
        shown = page.frame.locator(f"#view[aria-labelledby=tab-{view}]")
        expect(shown.locator("canvas, svg, [role=table]").first).to_be_visible()
        known = {name for sizes in sizes.values() for name in sizes}
        sizes[view] = {name: size for name, size in loaded(page).items() if name not in known}
    first, *further = sizes.values()
    is_said = re.compile(rf"(^|\.){language}\d*\.js$").search
    assert "svelte.js" in first
    assert sum(first.values()) <= FIRST_PAINT
    for view_sizes in further:
        assert 10_000 < sum(size for name, size in view_sizes.items() if not is_said(name)) <= FURTHER_VIEW
    said = [size for name, size in first.items() if is_said(name)]
    assert len(said) > 1
    assert sum(said) <= LANGUAGE
