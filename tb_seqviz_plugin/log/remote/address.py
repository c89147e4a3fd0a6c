"""Addresses of object stores, and the folder of this machine that stands for each until all of it is uploaded."""

from __future__ import annotations

import os
import re
from pathlib import Path

SPOOL_VARIABLE = "SEQVIZ_SPOOL"
"""The environment variable that names another place for the folders than `~/.local/state/seqviz`."""

_ADDRESS = re.compile(r"([a-zA-Z][\w+.-]+(?:::[\w+.:-]+)?):/+(.*)", re.DOTALL)  # a Path makes one slash of two
_LOCAL = ("file", "local")


def split_address(folder: str | os.PathLike[str]) -> tuple[str, str] | None:
    """Returns scheme and place of an address of an object store, None for a path of this machine.

    Raises:
        ValueError: if it is neither.

    >>> split_address("s3://bucket/run"), split_address("logs/run"), split_address("file:///logs/run")
    (('s3', 'bucket/run'), None, None)
    """
    if not isinstance(folder, str | os.PathLike):
        raise ValueError(f"The path is of type {type(folder).__name__}; expected text or a Path, such as 'logs/run1'.")
    found = _ADDRESS.fullmatch(os.fspath(folder))
    return None if found is None or found[1] in _LOCAL else (found[1], found[2].rstrip("/"))


def local_path(folder: str | os.PathLike[str]) -> Path:
    """Returns a path of this machine, which may be given as an address of the scheme "file"; "~" is the home folder.

    >>> local_path("file:///logs/run").as_posix()
    '/logs/run'
    """
    found = _ADDRESS.fullmatch(os.fspath(folder))
    return Path(os.path.expanduser(folder)) if found is None else Path(f"/{found[2]}")


def mirror_of(scheme: str, place: str) -> Path:
    """Returns the folder that stands for an address, whether it is there or not.

    Raises:
        OSError: if there is no such address.
    """
    parts = place.split("/")
    if ":" in scheme or not all(part and part.strip(".") for part in parts):
        raise OSError(
            f"The folder is {scheme + '://' + place!r}; expected an address of one scheme and a whole path, such as "
            "'s3://bucket/run'."
        )
    return _root().joinpath(scheme, *parts)


def address_of(folder: Path) -> str | None:
    """Returns the address that a folder or file stands for, None if it is one of this machine.

    >>> address_of(mirror_of("s3", "bucket/run") / "seqviz"), address_of(Path("/logs/run"))
    ('s3://bucket/run/seqviz', None)
    """
    try:
        scheme, *parts = folder.relative_to(_root()).parts
    except ValueError:
        return None
    return f"{scheme}://{'/'.join(parts)}" if parts else None


def shown(folder: Path) -> str:
    """Returns a folder as it was given: by its address, if it stands for one."""
    return address_of(folder) or str(folder)


def is_mirror_root(folder: Path) -> bool:
    """Returns whether a folder holds those of all addresses, or of all of one scheme."""
    return folder == _root() or folder.parent == _root()


def _root() -> Path:
    # Resolved, as a channel's directory is.
    return Path(os.environ.get(SPOOL_VARIABLE) or "~/.local/state/seqviz").expanduser().resolve()
