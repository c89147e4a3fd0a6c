"""The Chromium that the browser tests drive."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Returns a Chromium of this machine or the one that Playwright installed; CHROMIUM names another. None if there is none."""
    named = os.environ.get("CHROMIUM")
    found = named or next((path for path in map(shutil.which, _COMMANDS) if path), None)
    if found is not None:
        return found
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch(playwright: Playwright) -> Browser:
    """Starts the Chromium that `find_chromium` finds.

    Raises:
        RuntimeError: if there is none.
    """
    path = find_chromium()
    if path is None:
        raise RuntimeError("No Chromium was found. Run: python tests/e2e/install_browser.py")
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
