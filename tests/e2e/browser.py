"""The Chromium that the browser tests drive."""

from __future__ import annotations

import os
import shutil
import urllib.parse
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Playwright

ARGUMENTS = [
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
    """Starts the Chromium that `find_chromium` finds.

    Raises:
        RuntimeError: if there is none.
    """
    path = find_chromium(playwright)
    if path is None:
        raise RuntimeError("No Chromium was found. Run: python tests/e2e/install_browser.py")
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
