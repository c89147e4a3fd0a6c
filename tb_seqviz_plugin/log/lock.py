"""Locks on files and folders, which end with the process that holds them, however it ends."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

_POLL_SECONDS = 0.05

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 40  # beyond what is ever written, since what is locked cannot be read by others

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_files: weakref.WeakSet[io.FileIO] = weakref.WeakSet()
_folders: set[int] = set()


class LockedError(OSError):
    """A file or folder that another process holds."""


def lock(file: io.FileIO) -> bool:
    """Locks a file until it is closed; returns whether it is locked, which some network file systems cannot do.

    Raises:
        LockedError: if it is held already, be it by this process.
    """
    _files.add(file)
    return _lock(file.fileno(), str(file.name))


@contextlib.contextmanager
def guarded(folder: Path, wait: float) -> Iterator[None]:
    """Lets one process at a time do what is done inside of it with a folder.

    Args:
        folder: which; nothing happens where there is none, or the system has no locks on folders.
        wait: how many seconds to wait for another process.

    Raises:
        LockedError: if another held it all that time.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        yield
        return
    _folders.add(descriptor)
    try:
        until = time.monotonic() + wait
        while True:
            try:
                _lock(descriptor, str(folder))
                break
            except LockedError:
                if time.monotonic() >= until:
                    raise
                time.sleep(_POLL_SECONDS)
        yield
    finally:
        _folders.discard(descriptor)
        os.close(descriptor)


def _lock(descriptor: int, name: str) -> bool:
    try:
        _take(descriptor)
        return True
    except (BlockingIOError, PermissionError) as error:
        raise LockedError(f"{name} is held by another process.") from error
    except OSError:
        return False


def _let_go_in_child() -> None:
    """Closes what a forked process inherited, which would hold the locks of its parent; unlocking it would end the parent's."""
    for file in list(_files):
        file.close()
    for descriptor in list(_folders):
        os.close(descriptor)
    _folders.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_in_child)
