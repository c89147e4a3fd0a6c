"""The run directories that this process has open, each through one channel; and what becomes of them at its end, and in a fork."""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tb_seqviz_plugin.log.channel import PATIENCE, Channel
from tb_seqviz_plugin.log.folders import check_writable
from tb_seqviz_plugin.log.lock import LockedError, guarded
from tb_seqviz_plugin.log.remote.address import address_of
from tb_seqviz_plugin.log.run_log import RunLog
from tb_seqviz_plugin.log.spool import SPOOL, Spool

_POLL_SECONDS = 0.05

_open: dict[Path, Channel] = {}
_turns: dict[Path, threading.Lock] = {}


@contextmanager
def _alone_with(run_dir: Path) -> Iterator[None]:
    """Lets one thread at a time open or close a directory, however long that takes, while those of others go on."""
    with _turns.setdefault(run_dir, threading.Lock()):
        yield


def open_channel(run_dir: Path) -> Channel:
    """Returns the channel of a run directory; each call is to be met by one of `release`.

    Raises:
        OSError: if nothing can be written there.
    """
    check_writable(run_dir)
    if address_of(run_dir) is not None:
        from tb_seqviz_plugin.log.remote.uploads import before_exit

        before_exit(_end_uploads)
        # What processes have left that wrote beside another one is uploaded, too.
        for beside in run_dir.glob("process-*"):
            recover(beside)
    key = run_dir.resolve()
    with _alone_with(key):
        channel = _open.get(key) or Channel(key, _end_all)
        _open[key] = channel
        channel.use()
        return channel


def release(channel: Channel, wait: float = PATIENCE) -> None:
    """Gives a channel back; the last user's call writes what is left, so long at most, and closes the file."""
    # Alone to the end: who opens the directory meanwhile must find all its records, and no second file.
    with _alone_with(channel.asked):
        if channel.unuse():
            channel.flush(wait)
        elif channel.end(wait):
            _open.pop(channel.asked, None)
    channel.tell()


def recover(run_dir: Path) -> None:
    """Writes what a killed process has left in the spool of a directory; nothing happens while that process lives.

    Raises:
        OSError: if nothing can be written there.
    """
    key = run_dir.resolve()
    with _alone_with(key):
        if key in _open or not (key / SPOOL).exists():
            return
        try:
            with guarded(key, wait=0):
                spool = Spool(key)
                if not spool.is_locked:  # whose process may live
                    spool.close()
                    return
                channel = Channel(key, _end_all, RunLog(key, spool))
                channel.end(PATIENCE)
        except LockedError:
            return
    channel.tell()


@atexit.register
def _end_all() -> None:
    channels = list(_open.values())
    for channel in channels:
        channel.end(PATIENCE)
    # A warning may be made an error: what is to be written is written before.
    for channel in channels:
        channel.tell()


def _end_uploads() -> None:
    """Ends all before that is too late for uploads; a thread that still trains, for which Python waits, is waited for here."""
    from tb_seqviz_plugin.log.remote.uploads import is_waited_for

    while any(is_waited_for(thread) for channel in list(_open.values()) for thread in channel.threads()):
        time.sleep(_POLL_SECONDS)
    _end_all()


def _begin_in_child() -> None:
    """Lets a forked process open channels of its own: the parent's threads, and who held which lock, are not in it."""
    _turns.clear()
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)
