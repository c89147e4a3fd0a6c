"""Where the page lies."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[1] / "static" / "index.js"
"""The page's first module; the others lie beside it."""


def modules() -> list[str]:
    """Returns the names of the page's modules, the first of them also where it was not built."""
    return sorted({PAGE.name, *(path.name for path in PAGE.parent.glob("*.js"))})
