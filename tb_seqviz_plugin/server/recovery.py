"""Recovery: what processes that were killed had logged and not yet written is written while TensorBoard runs."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from tb_seqviz_plugin.log.spool import SPOOL

_SECONDS_BETWEEN = 10.0

_logger = logging.getLogger("tensorboard")


class Recovery:
    """Looks through a log directory, in a thread of its own, for spools that no process holds any more.

    Args:
        logdir: the directory; nothing happens where it is none of this machine's.
    """

    def __init__(self, logdir: str | None) -> None:
        self._logdir = logdir
        self._lock = threading.Lock()
        self._next = 0.0
        self._told: set[Path] = set()

    def look(self) -> None:
        """Begins to look, unless it does or did a moment ago."""
        if not self._logdir or not Path(self._logdir).is_dir() or not self._lock.acquire(blocking=False):
            return
        if time.monotonic() < self._next:
            self._lock.release()
            return
        threading.Thread(target=self._recover, args=(Path(self._logdir),), name="seqviz recovery", daemon=True).start()

    def _recover(self, logdir: Path) -> None:
        try:
            for path in logdir.rglob(SPOOL):
                self._recover_one(path)
        except OSError as error:
            _logger.debug("SeqViz could not look through %s: %s", logdir, error)
        finally:
            self._next = time.monotonic() + _SECONDS_BETWEEN
            self._lock.release()

    def _recover_one(self, path: Path) -> None:
        try:
            if path.stat().st_size:
                # What writes is loaded when it is needed, since it takes longer than the start of the plugin may.
                from tb_seqviz_plugin.log.channels import recover

                recover(path.parent)
        except Exception as error:  # of a folder of whatever kind: TensorBoard goes on
            if path not in self._told:
                self._told.add(path)
                _logger.warning(
                    "%s holds steps that a process was killed before it wrote, and they cannot be written: %s. They are shown once "
                    "seqviz.Writer(%r) was opened by someone who may write there.",
                    path,
                    error,
                    str(path.parent),
                )
