"""How much the page loads, as the server sends it: no more than what is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect

from e2e.conftest import SeqVizPage

pytestmark = pytest.mark.slow

# In bytes as they are sent: what is loaded before the first view is drawn, and with each further one.
FIRST_PAINT, FURTHER_VIEW = 95_000, 30_000
# Of both, what is said in one language.
LANGUAGE, LANGUAGE_OF_VIEW = 12_000, 6_500
# What is asked for by itself once the first matrix is drawn: the film strip, the picture as a table, and alarms. How soon depends
# on how busy the machine is; all of it is waited for, so that what is counted does not.
AFTER_THE_FIRST = {"FilmStrip.js", "StrongestKeys.js", "reading.js", "alarms.js", "packed.js"}


def loaded(page: SeqVizPage) -> dict[str, int]:
    """Returns the bytes of each module that the page has loaded, compressed."""
    sizes: dict[str, int] = page.frame.locator("html").evaluate(
        """() => Object.fromEntries(performance.getEntriesByType("resource")
            .filter(({ name }) => name.endsWith(".js"))
            .map(({ name, encodedBodySize }) => [name.split("/").at(-1), encodedBodySize]))"""
    )
    return sizes


def wait_for_what_follows(page: SeqVizPage) -> None:
    """Waits until all that follows the first drawing by itself is loaded."""
    (frame,) = (frame for frame in page.page.frames if frame.parent_frame)
    frame.wait_for_function(
        """names => {
            const all = performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1));
            return names.every((name) => all.includes(name));
        }""",
        arg=sorted(AFTER_THE_FIRST),
    )


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_more_is_loaded_than_is_looked_at(
    every_view: TensorBoardProcess, open_page: Callable[..., SeqVizPage], language: str
) -> None:
    page = open_page(every_view, language=language)
    sizes: dict[str, dict[str, int]] = {}
    expect(page.tabs.get_by_role("tab").first).to_be_visible()
    for tab in page.tabs.get_by_role("tab").all():
        view = str(tab.get_attribute("id")).removeprefix("tab-")
        tab.click()
        shown = page.frame.locator(f"#view[aria-labelledby=tab-{view}]")
        expect(shown.locator("canvas, svg, [role=table]").first).to_be_visible()
        if view == "attention":
            wait_for_what_follows(page)
        known = {name for sizes in sizes.values() for name in sizes}
        sizes[view] = {name: size for name, size in loaded(page).items() if name not in known | AFTER_THE_FIRST}
    is_said = re.compile(rf"(^|\.){language}\d*\.js$").search
    said = [sum(size for name, size in view_sizes.items() if is_said(name)) for view_sizes in sizes.values()]
    does = [sum(view_sizes.values()) for view_sizes in sizes.values()]
    assert "svelte.js" in sizes["attention"]
    assert does[0] <= FIRST_PAINT
    assert 4_000 < said[0] <= LANGUAGE
    for does_say, does_all in zip(said[1:], does[1:], strict=True):
        assert 1_000 < does_say <= LANGUAGE_OF_VIEW
        assert 10_000 < does_all - does_say <= FURTHER_VIEW


def test_what_a_link_leads_to_is_asked_for_before_anything_answers(
    every_view: TensorBoardProcess, open_page: Callable[..., SeqVizPage]
) -> None:
    page = open_page(every_view, language="zh-CN", view="structure")
    expect(page.frame.locator("[data-box]").first).to_be_visible()
    asked = page.frame.locator("html").evaluate(
        """() => performance.getEntriesByType("resource").sort((one, other) => one.startTime - other.startTime)
            .map(({ name }) => new URL(name).pathname.split("/").at(-1))"""
    )
    first = asked[: asked.index("steps")]
    assert first.count("series") == 1
    assert {"page.js", "svelte.js", "zh-CN.js", "structure.js", "structure.zh-CN.js", "labels.js"} <= set(first)
    assert not {"en.js", "structure.en.js", "attention.js"} & set(asked)
    modules = [name for name in asked if name.endswith(".js")]
    assert len(modules) == len(set(modules))
