"""Logs in object stores, brought to this machine to be read."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tb_seqviz_plugin.log.remote.address import mirror_of, shown
from tb_seqviz_plugin.log.remote.store import Store


def fetched(scheme: str, place: str) -> TemporaryDirectory[str]:
    """Returns a folder with all event files below an address.

    Raises:
        FileNotFoundError: if there are none.
        OSError: if the store does not give them.
    """
    address = shown(mirror_of(scheme, place))
    folder = TemporaryDirectory(prefix="seqviz-")
    try:
        if not Store(address).fetch(Path(folder.name), lambda name: "tfevents" in name):
            raise FileNotFoundError(
                f"{address} holds no event files; expected the folder that `tensorboard --logdir` is given."
            )
    except BaseException:
        folder.cleanup()
        raise
    return folder
