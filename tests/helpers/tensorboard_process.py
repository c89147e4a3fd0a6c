"""A real `tensorboard` in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

_WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = sys.modules["keras"] = None
from tensorboard.main import run_main
run_main()
"""

# Ports of those that have ended: a browser that has TensorBoard's page of such an address needs not load it once more.
_left: list[int] = []

# Seconds, many of them: a machine may be busy with other tests. A test that passes waits for none of it.
LONGEST = 240


class TensorBoardProcess:
    """`tensorboard --logdir` on a free port of this machine, ended on leaving.

    Args:
        logdir: what it serves.
        arguments: further arguments, such as "--load_fast=false".
        port: the port, 0 for a free one.
        python: the interpreter in whose environment it runs.
        tensorflow: whether it may find TensorFlow there, which it then loads; without, it starts in a fraction of the time.

    Raises:
        RuntimeError: if it does not answer within some minutes, or ends.
    """

    def __init__(
        self, logdir: Path, *arguments: str, port: int = 0, python: str = sys.executable, tensorflow: bool = False
    ) -> None:
        self.port = port or free_port()
        prefix = next((each.partition("=/")[2] + "/" for each in arguments if each.startswith("--path_prefix=")), "")
        self.url = f"http://localhost:{self.port}/{prefix}"
        start = ["-m", "tensorboard.main"] if tensorflow else ["-c", _WITHOUT_TENSORFLOW]
        self._command = [
            python,
            *start,
            "--logdir",
            str(logdir),
            "--port",
            str(self.port),
            "--host",
            "localhost",
            *arguments,
        ]

    def __enter__(self) -> TensorBoardProcess:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            try:
                self.get("series")
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return self
        self.__exit__(None, None, None)
        raise RuntimeError(f"TensorBoard did not answer on {self.url}: {' '.join(self._command)}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Its data server is a child of its own.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        _left.append(self.port)

    @property
    def pid(self) -> int:
        """Number of the process; its data server is a child of it."""
        return self._process.pid

    def get(self, route: str, **parameters: Any) -> Any:
        """Returns the JSON of a route of ours."""
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        with urllib.request.urlopen(f"{self.url}data/plugin/seqviz/{route}{query}", timeout=10) as response:
            return json.load(response)

    def wait_for_steps(self, run: str, tag: str, count: int) -> None:
        """Waits until TensorBoard has loaded so many steps.

        Raises:
            TimeoutError: after some minutes.
        """
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            try:
                if len(self.get("steps", run=run, tag=tag)["steps"]) >= count:
                    return
            except (urllib.error.HTTPError, TimeoutError):
                pass
            time.sleep(0.2)
        raise TimeoutError(f"TensorBoard has not loaded {count} steps of {tag!r} in run {run!r} within {LONGEST} s")


def free_port() -> int:
    """Returns a port that nothing listens on, one of before if there is any."""
    while _left:
        port = _left.pop()
        with socket.socket() as listener, contextlib.suppress(OSError):
            # Connections of before may still be about to end.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("localhost", port))
            return port
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        new: int = listener.getsockname()[1]
        return new
