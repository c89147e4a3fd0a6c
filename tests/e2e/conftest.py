"""A real TensorBoard, a real Chromium, and a page that fails the test on any console error or request to elsewhere."""

from __future__ import annotations

import contextlib
import re
import time
import urllib.parse
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Frame,
    FrameLocator,
    Locator,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

from e2e.browser import downloaded, launch, launch_remembering, search_of
from e2e.evaluation_logs import write_evaluation
from e2e.logs import SOURCE, translator, write_logs
from e2e.sample_logs import poems
from e2e.structure_logs import RUN, write_structure_logs
from tb_seqviz_plugin import Writer

# Long, since a machine may be busy with other tests; a test that passes waits for none of it.
TIMEOUT_S = 30
expect.set_options(timeout=1000 * TIMEOUT_S)

_pages: weakref.WeakSet[SeqVizPage] = weakref.WeakSet()
_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Adds to a failure what the page shows, which serves no test after it."""
    report: pytest.TestReport = yield
    if report.when == "call" and item.path.parent == Path(__file__).parent:
        item.stash[_failed] = report.failed
        for page in [page for page in _pages if report.failed and not page.page.is_closed()]:
            report.sections.append((f"the page at {page.page.url}", page.outline()))
    return report


# What a test before has left in the browser is none of the next one's: not in a new page, whose address may be one of before, and
# which finds what it has left there itself once it is loaded again (an empty frame has no storage); nor in one that serves on.
BEGIN = "if (self.origin !== 'null') sessionStorage.began ??= (localStorage.clear(), 'now')"
DARK = "if (self.origin !== 'null') localStorage.setItem('_tb_global_settings', JSON.stringify({theme: 'dark'}))"
BEGIN_AGAIN = """
search => {
  localStorage.clear();
  document.body.classList.remove("dark-mode");
  history.replaceState(history.state, "", search + "#seqviz");
}
"""


class SeqVizPage:
    """The plugin's page inside TensorBoard.

    Args:
        page: the browser's page.
        server: the TensorBoard.
    """

    def __init__(self, page: Page, server: TensorBoardProcess) -> None:
        self.page, self.server = page, server
        self.troubles: list[str] = []
        _pages.add(self)
        page.add_init_script(BEGIN)
        page.on("console", lambda message: self.troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", self._check_origin)

    def open(self, **place: object) -> SeqVizPage:
        """Opens a link to a place, and waits for the page."""
        self.page.goto(f"{self.server.url}{search_of(place)}#seqviz")
        self.tabs.wait_for(state="attached")
        return self

    def put_aside(self) -> None:
        """Leaves TensorBoard's page as it is and empties the plugin's frame, which asks for and writes no more."""
        frame = self._child
        if frame.url != "about:blank":
            self.page.mouse.move(0, 0)
            self._address = frame.url
            frame.goto("about:blank")

    def open_again(self, **place: object) -> SeqVizPage:
        """Opens a link in a fresh frame of a TensorBoard that is open, which takes a fourth of the time."""
        self.put_aside()
        self.page.evaluate(BEGIN_AGAIN, search_of(place))
        self._child.goto(self._address)
        self.tabs.wait_for(state="attached")
        return self

    def reload(self) -> None:
        """Loads the plugin's frame anew, TensorBoard's page staying as it is."""
        self._child.goto(self._child.url)
        self.tabs.wait_for(state="attached")

    def set_theme(self, is_dark: bool) -> None:
        """Has TensorBoard change its theme, and waits until the plugin has."""
        self.page.evaluate("isDark => document.body.classList.toggle('dark-mode', isDark)", is_dark)
        expect(self.frame.locator("html")).to_have_attribute("data-theme", "dark" if is_dark else "light")

    @property
    def frame(self) -> FrameLocator:
        """The plugin's frame."""
        return self.page.frame_locator("iframe")

    def outline(self) -> str:
        """Returns what the plugin's frame holds, by role, for a report."""
        with contextlib.suppress(Error):
            return self.frame.locator("body").aria_snapshot(timeout=5_000)[:20_000]
        return "The frame does not answer."

    @property
    def tabs(self) -> Locator:
        """The tabs of the views."""
        return self.frame.get_by_role("tablist")

    @property
    def now(self) -> Locator:
        """What the step bar says of A, the step shown."""
        return self.frame.get_by_role("region", name="steps").get_by_role("paragraph").first

    @property
    def compared(self) -> Locator:
        """What the step bar says of B."""
        return self.frame.get_by_role("region", name="steps").get_by_role("paragraph").nth(1)

    @property
    def slider(self) -> Locator:
        """The handle of A."""
        return self.frame.get_by_role("slider", name="A, the step shown")

    @property
    def reading(self) -> Locator:
        """The line at the bottom."""
        return self.frame.get_by_role("region", name="reading line")

    def choose_step(self, index: int, count: int, *, compared: bool = False) -> None:
        """Clicks a record in the step bar, with Shift for B."""
        box = self.slider.locator("xpath=ancestor::*[local-name()='svg']").bounding_box()
        assert box is not None
        left, right = box["x"] + 114, box["x"] + box["width"] - 12
        self.page.keyboard.down("Shift") if compared else None
        self.page.mouse.click(left + index / (count - 1) * (right - left), box["y"] + 20)
        self.page.keyboard.up("Shift") if compared else None

    @property
    def title(self) -> Locator:
        """What is drawn, in words that can be changed."""
        return self.frame.get_by_label("focused head").get_by_role("paragraph").first

    def word(self, heading: str) -> Locator:
        """A word of a caption that can be changed, by what is chosen there, such as "Head"."""
        return self.frame.get_by_role("button", name=f"; {heading}").first

    def choose(self, heading: str, option: str) -> None:
        """Chooses something in a caption."""
        self.word(heading).click()
        self.frame.get_by_role("listbox", name=heading).get_by_role("option").filter(has_text=option).first.click()

    @property
    def plot(self) -> Locator:
        """The matrix."""
        return self.frame.get_by_label("matrix", exact=True).get_by_role("application").first

    @property
    def details(self) -> Locator:
        """The right side."""
        return self.frame.get_by_role("complementary", name="details")

    def detail(self, term: str) -> Locator:
        """What the right side says of a term."""
        return self.details.locator(f"dt:text-is('{term}') + dd")

    def open_rail(self) -> None:
        """Opens the lists at the left."""
        button = self.frame.get_by_role("button", name="left side")
        if button.get_attribute("aria-expanded") == "false":
            button.click()

    def option(self, listbox: str, name: str) -> Locator:
        """An entry of a list at the left."""
        return self.frame.get_by_role("listbox", name=listbox).get_by_role("option").filter(has_text=name)

    def press(self, key: str, times: int = 1) -> None:
        """Presses a key, the page having the focus."""
        self.frame.locator("body").evaluate("() => window.focus()")
        for _ in range(times):
            self.page.keyboard.press(key)

    def save(self, name: str, kind: str, folder: Path) -> Path:
        """Saves something by the sheet of exports, such as "what is in sight" as "svg"; returns the file."""
        self.frame.get_by_role("button", name="export", exact=True).first.click()
        sheet = self.frame.get_by_role("dialog", name="Export")
        button = sheet.get_by_role("button", name=re.compile(f"^{kind.upper()}: .*{re.escape(name)}"))
        path = downloaded(self.page, button.click, folder)
        sheet.get_by_role("button", name="Close").click()
        return path

    def place(self) -> dict[str, str]:
        """What TensorBoard's address says of the page."""
        # Not the driver's own idea of it, which comes later where the page changes it.
        query = urllib.parse.parse_qs(self.page.evaluate("location.search").removeprefix("?"))
        return {
            name.removeprefix("p.seqviz."): values[0] for name, values in query.items() if name.startswith("p.seqviz.")
        }

    def wait_for_place(self, **wanted: object) -> None:
        """Waits until TensorBoard's address says what is wanted: a value, ANY of `unittest.mock` for any, or None for none."""
        end, place = time.monotonic() + TIMEOUT_S, self.place()
        while any(place.get(name) != value or (name in place) == (value is None) for name, value in wanted.items()):
            assert time.monotonic() < end, f"The address says {place}, not {wanted}."
            self.page.wait_for_timeout(20)
            place = self.place()

    def hover_cell(self, query: int, key: int, queries: int, keys: int) -> None:
        """Moves the pointer onto a cell of the whole matrix, once that rests: what was opened or loaded just now moves it."""
        self.plot.hover(trial=True)
        box = self.plot.bounding_box()
        assert box is not None
        self.page.mouse.move(
            box["x"] + (key + 0.5) / keys * box["width"], box["y"] + (query + 0.5) / queries * box["height"]
        )

    def colour_at(self, query: int, key: int, queries: int, keys: int) -> tuple[int, int, int]:
        """Returns the painted colour of a cell of the whole matrix."""
        red, green, blue, _ = self.plot.locator("canvas").evaluate(
            """(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x * canvas.width, y * canvas.height, 1, 1).data]""",
            [(key + 0.5) / keys, (query + 0.5) / queries],
        )
        return red, green, blue

    @property
    def _child(self) -> Frame:
        (frame,) = (frame for frame in self.page.frames if frame.parent_frame)
        return frame

    def _check_origin(self, request: Request) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.troubles.append(f"request to {request.url}")


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    write_logs(folder)
    return folder


@pytest.fixture(scope="session")
def server(logs: Path) -> Iterator[TensorBoardProcess]:
    with TensorBoardProcess(logs) as server:
        server.wait_for_steps("many/seqviz", "attention/steps", 300)
        yield server


@pytest.fixture(scope="session")
def every_view_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that every view shows something of."""
    folder = tmp_path_factory.mktemp("every_view")
    write_structure_logs(folder)
    rng = np.random.default_rng(0)
    words = [f"word {row}" for row in range(30)]
    with Writer(folder / RUN) as writer:
        for step in range(0, 30, 10):
            writer.attention("dates/0", translator(step), step=step, title="".join(SOURCE))
            writer.samples("poems", poems(0, step), step=step)
            columns = {"kind": ["noun", "verb"] * 15}
            writer.embeddings("token", rng.standard_normal((30, 8)), step=step, labels=words, columns=columns)
            write_evaluation(writer, step)
    return folder


@pytest.fixture(scope="session")
def every_view(every_view_logs: Path) -> Iterator[TensorBoardProcess]:
    """A server of it."""
    with TensorBoardProcess(every_view_logs) as server:
        server.wait_for_steps(RUN, "embeddings/token", 3)
        server.wait_for_steps(RUN, "statistics/model", 3)
        yield server


# Of this folder, not of the session: a process can have one Playwright at a time, and tests elsewhere have their own.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with launch(playwright) as browser:
        yield browser


@pytest.fixture(scope="package")
def remembering(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser that keeps TensorBoard's page compiled from one test to the next, as a reader's does."""
    with launch_remembering(playwright, tmp_path_factory.mktemp("profile")) as context:
        yield context


@pytest.fixture(scope="package")
def kept() -> dict[str, SeqVizPage]:
    """Pages of tests before, by the address of their TensorBoard."""
    return {}


@pytest.fixture
def open_page(
    browser: Browser, remembering: BrowserContext, kept: dict[str, SeqVizPage], request: pytest.FixtureRequest
) -> Iterator[Callable[..., SeqVizPage]]:
    """Returns a function of (server, viewport=..., dark=..., language=..., **place) that opens the page."""
    opened: list[SeqVizPage] = []
    special: list[SeqVizPage] = []

    def open_page(
        server: TensorBoardProcess,
        viewport: tuple[int, int] = (1280, 800),
        dark: bool = False,
        language: str = "",
        **place: object,
    ) -> SeqVizPage:
        is_plain = not dark and not language
        before = kept.pop(server.url, None) if is_plain else None
        page = before.page if before else browser.new_page(locale=language) if language else remembering.new_page()
        page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
        seqviz = before or SeqVizPage(page, server)
        (opened if is_plain else special).append(seqviz)
        if before:
            # Perhaps another than before, at the same address.
            before.server, before.troubles = server, []
            # What is behind another page gets no keys once it has saved something.
            before.page.bring_to_front()
            return before.open_again(**place)
        if dark:
            page.add_init_script(DARK)
        return seqviz.open(**place)

    yield open_page
    troubles = [trouble for seqviz in (*opened, *special) for trouble in seqviz.troubles]
    has_failed = bool(troubles) or request.node.stash.get(_failed, False)
    for seqviz in (*opened, *special):
        is_whole = seqviz in opened and not has_failed and len(seqviz.page.frames) == 2
        if is_whole and seqviz.server.url not in kept:
            seqviz.put_aside()
            kept[seqviz.server.url] = seqviz
        else:
            seqviz.page.close()
    assert not troubles


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)
