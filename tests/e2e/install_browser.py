"""Finds or installs a Chromium: one on this machine, else Playwright's, else Debian's package when run by root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from browser import find_chromium
from playwright.sync_api import sync_playwright


def main() -> int:
    """Returns 0 once there is a Chromium."""
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        attempts.append(["sh", "-c", "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"])
    with sync_playwright() as playwright:
        for command in attempts:
            if find_chromium(playwright):
                return 0
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, timeout=600)
        if find_chromium(playwright):
            return 0
    print("No Chromium could be installed. Install one, or set CHROMIUM to its path.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
