"""Where the page lies, and its modules as they are sent."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[1] / "static" / "index.js"
"""The page's first module; the others lie beside it."""

_COMPRESSION = 9


def modules() -> list[str]:
    """Returns the names of the page's modules, the first of them also where it was not built."""
    return sorted({PAGE.name, *(path.name for path in PAGE.parent.glob("*.js"))})


def packed(name: str) -> tuple[bytes, str]:
    """Returns a module as gzip, and what tells it from one of another content.

    Raises:
        FileNotFoundError: if the page was not built.
    """
    path = PAGE.with_name(name)
    return _packed(path, path.stat().st_mtime_ns)


@cache
def _packed(path: Path, _modified: int) -> tuple[bytes, str]:
    # TensorBoard would compress it itself, at every request, and less.
    source = path.read_bytes()
    return gzip.compress(source, _COMPRESSION, mtime=0), hashlib.sha256(source).hexdigest()[:16]
