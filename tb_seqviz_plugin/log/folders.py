"""Folders of logs: as they are given, where they are, and whether they can be written to."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tb_seqviz_plugin.log.remote.address import SPOOL_VARIABLE, address_of, local_path, mirror_of, split_address

_UNREADABLE = re.compile(r'["\\\x00-\x1f]')
"""TensorBoard's data server lists a run with one of these in its name, and then cannot read a blob of it (2.21.0)."""


def absolute_folder(folder: str | os.PathLike[str]) -> Path:
    """Returns where a folder is, whatever the working directory will be; "~" is the home folder, as in a shell.

    For an address of an object store that is the folder that stands for it.

    Raises:
        ValueError: if it is no path.
        OSError: if it is an address without a path, or its name is one that TensorBoard cannot read.

    >>> absolute_folder("~/logs") == Path.home() / "logs"
    True
    """
    address = split_address(folder)
    given = local_path(folder) if address is None else mirror_of(*address)
    for part in given.parts[1:] if given.anchor else given.parts:
        if _UNREADABLE.search(part):
            raise OSError(
                f"The folder is {str(given)!r}; expected a name without quotation marks, backslashes and line breaks, "
                f"since TensorBoard cannot read the records of such a run. Choose one such as {_UNREADABLE.sub('_', part)!r}."
            )
    return given.absolute()


def check_writable(folder: Path) -> None:
    """Raises an OSError that says why, unless `folder` can be made and written to; makes nothing.

    Where it stands for an address of an object store, that is asked, too; that it does not answer for now is no error.
    """
    address = address_of(folder)
    if address is not None:
        # Whoever gives no address needs nothing of what talks to object stores.
        from tb_seqviz_plugin.log.remote.store import check_once

        check_once(address)
    way = (
        "Choose another log_dir."
        if address is None
        else f"Name another folder in the environment variable {SPOOL_VARIABLE}."
    )
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise NotADirectoryError(f"Cannot write to {folder}: {existing} is a file; expected a folder. {way}")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise PermissionError(f"Cannot write to {folder}: no permission for {existing}. {way}")
