"""A Firefox, driven by the protocol that it speaks itself (Marionette): a browser of the system does, and no driver beside it."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_START_S = 60


class Firefox:
    """A tab in which scripts are run.

    Args:
        connection: to its Marionette.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._reader, self._sent = connection, connection.makefile("rb"), 0
        self._receive()
        self._do("WebDriver:NewSession")
        self._do("WebDriver:SetTimeouts", script=120_000)

    def open(self, url: str) -> None:
        """Opens an address, and waits for its page."""
        self._do("WebDriver:Navigate", url=url)

    def run(self, script: str, *arguments: object) -> Any:
        """Returns what the body of an async function returns in the page."""
        asynchronous = f"(async () => {{ {script} }})()"
        body = (
            f"const [give, args] = [[...arguments].at(-1), arguments]; {asynchronous}.then(give, (e) => give(`${{e}}`))"
        )
        return self._do("WebDriver:ExecuteAsyncScript", script=body, args=list(arguments))["value"]

    def close(self) -> None:
        """Ends the browser."""
        self._do("Marionette:Quit", flags=["eForceQuit"])

    def _do(self, command: str, **parameters: object) -> Any:
        self._sent += 1
        message = json.dumps([0, self._sent, command, parameters]).encode()
        self._connection.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._receive()
        if error is not None:
            raise RuntimeError(f"Firefox answered {command} with: {error['message']}")
        return result

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            byte = self._reader.read(1)
            if byte == b"":
                raise RuntimeError("Firefox closed the connection.")
            length += byte
        return json.loads(self._reader.read(int(length[:-1])))


@contextmanager
def started(command: str, folder: Path) -> Iterator[tuple[Firefox, Path]]:
    """Starts a Firefox with its profile in a folder; yields it with the file of what it reports."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    preferences = {
        "marionette.port": port,
        "browser.dom.window.dump.enabled": True,
        "devtools.console.stdout.content": True,
    }
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
    (folder / "user.js").write_text("".join(lines), encoding="utf-8")
    report = folder / "report.txt"
    with report.open("wb") as out:
        arguments = [command, "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
        process = subprocess.Popen(arguments, stdout=out, stderr=out)
        try:
            firefox = Firefox(_connected(port))
            yield firefox, report
            firefox.close()
        finally:
            process.kill()
            process.wait()


def _connected(port: int) -> socket.socket:
    end = time.monotonic() + _START_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=120)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
