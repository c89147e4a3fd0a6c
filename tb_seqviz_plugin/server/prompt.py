"""Has TensorBoard's data server answer at once.

It sends an answer in several small segments, and keeps those after the first back until that one is acknowledged (RFC 896), which
the kernel of this side does after 40 ms, unless it has something to send by then (RFC 1122). A page's first questions follow each
other, so that it would wait several times as long. Another question, which nobody needs answered, is something to send.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from tensorboard.context import RequestContext
from tensorboard.data.grpc_provider import GrpcDataProvider
from tensorboard.data.provider import DataProvider

_PAUSES = 0.004, 0.008, 0.016
"""Seconds: most answers are there before the first has passed; after the last, little would be saved."""


def answering_at_once(provider: DataProvider) -> DataProvider | PromptProvider:
    """Returns a data provider that waits for no acknowledgement; one that asks no data server is left as it is."""
    return PromptProvider(provider) if isinstance(provider, GrpcDataProvider) else provider


class PromptProvider:
    """A data provider that waits for no acknowledgement.

    Args:
        provider: what answers.
    """

    def __init__(self, provider: DataProvider) -> None:
        self._provider = provider
        self._sent = 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        question = getattr(self._provider, name)

        def ask(context: RequestContext, **asked: Any) -> Any:
            answered = threading.Event()
            self._sent = time.monotonic()
            threading.Thread(target=self._send_something, args=(context, answered), daemon=True).start()
            try:
                return question(context, **asked)
            finally:
                answered.set()

        return ask

    def _send_something(self, context: RequestContext, answered: threading.Event) -> None:
        for pause in _PAUSES:
            if answered.wait(pause):
                return
            if time.monotonic() - self._sent < pause:
                # Where many ask at once, their questions are what is sent.
                continue
            self._sent = time.monotonic()
            # Whatever is wrong, the question itself will tell.
            with contextlib.suppress(Exception):
                self._provider.experiment_metadata(context, experiment_id="")
