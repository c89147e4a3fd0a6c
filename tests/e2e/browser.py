"""The browser that the tests drive: a Chromium, or the Firefox of this machine that FIREFOX names, such as FIREFOX=firefox."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Playwright

FIREFOX = os.environ.get("FIREFOX", "")

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Follows a link in an open page as the browser's own buttons do; takes what `search_of` returns.
FOLLOW = """
search => { history.pushState(history.state, "", search + "#seqviz"); dispatchEvent(new PopStateEvent("popstate")); }
"""
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def search_of(place: Mapping[str, object]) -> str:
    """Returns the part of an address that leads to a place in the page."""
    return "?" + urllib.parse.urlencode({f"p.seqviz.{name}": value for name, value in place.items()})


def find_chromium(playwright: Playwright) -> str | None:
    """Returns a Chromium of this machine or the one that Playwright installed; CHROMIUM names another. None if there is none."""
    named = os.environ.get("CHROMIUM")
    found = named or next((path for path in map(shutil.which, _COMMANDS) if path), None)
    if found is not None:
        return found
    path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch(playwright: Playwright) -> Browser:
    """Starts the browser.

    Raises:
        RuntimeError: if there is none.
    """
    kind, options = _chosen(playwright)
    return kind.launch(**options)


def launch_remembering(playwright: Playwright, profile: Path) -> BrowserContext:
    """Starts the browser with a folder in which it keeps what it has cached and compiled; see `launch`."""
    kind, options = _chosen(playwright)
    return kind.launch_persistent_context(profile, **options, locale="en-US")


def downloaded(page: Page, start: Callable[[], None], folder: Path) -> Path:
    """Returns the file that the page saves, moved to a folder.

    Args:
        page: the page.
        start: has it saved, as by a click.
        folder: where the file is to lie.
    """
    if not FIREFOX:
        with page.expect_download() as download:
            start()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path
    # A Firefox tells Playwright nothing of it.
    before, end = set(_downloads().iterdir()), time.monotonic() + 30
    start()
    while time.monotonic() < end:
        new = [path for path in _downloads().iterdir() if path not in before]
        if new and all(path.suffix != ".part" and path.stat().st_size for path in new):
            return Path(shutil.move(new[0], folder / new[0].name))
        page.wait_for_timeout(50)
    raise TimeoutError("The page saved no file within 30 s.")


@cache
def _downloads() -> Path:
    return Path(tempfile.mkdtemp(prefix="seqviz-downloads-"))


def _chosen(playwright: Playwright) -> tuple[BrowserType, dict[str, Any]]:
    """Returns which kind of browser is started, and how."""
    if FIREFOX:
        path = shutil.which(FIREFOX)
        if path is None:
            raise RuntimeError(f"FIREFOX={FIREFOX} is no command of this machine. Install it, or give its path.")
        return playwright.firefox, {
            "executable_path": path,
            # By WebDriver BiDi, which any Firefox speaks; without the channel Playwright expects one of its own.
            "channel": "moz-firefox",
            "downloads_path": _downloads(),
            # What opens where a file is saved takes the focus, and no page has it any more.
            "firefox_user_prefs": {"browser.download.alwaysOpenPanel": False},
        }
    path = find_chromium(playwright)
    if path is None:
        raise RuntimeError("No Chromium was found. Run: python tests/e2e/install_browser.py")
    return playwright.chromium, {"executable_path": path, "args": _ARGUMENTS}
