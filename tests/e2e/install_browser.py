"""Finds or installs the browser of the tests: one on this machine, Playwright's Chromium, or Debian's package when run by root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from browser import FIREFOX, find_chromium
from playwright.sync_api import sync_playwright


def main() -> int:
    """Returns 0 once there is the browser."""
    if FIREFOX:
        return _installed("Firefox", lambda: shutil.which(FIREFOX), [_by_debian("firefox-esr")], "FIREFOX")
    with sync_playwright() as playwright:
        attempts = [[sys.executable, "-m", "playwright", "install", "chromium"], _by_debian("chromium")]
        return _installed("Chromium", lambda: find_chromium(playwright), attempts, "CHROMIUM")


def _by_debian(package: str) -> list[str]:
    """Returns the command that installs a package, if that can be."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return []
    return ["sh", "-c", f"apt-get update -qq && apt-get install -y -qq --no-install-recommends {package}"]


def _installed(name: str, find: Callable[[], str | None], attempts: list[list[str]], variable: str) -> int:
    for command in filter(None, attempts):
        if find():
            return 0
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, timeout=600)
    if find():
        return 0
    print(f"No {name} could be installed. Install one, or set {variable} to its path.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
