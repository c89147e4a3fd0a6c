"""What keeps the answers of TensorBoard's data server from being held back."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.data.grpc_provider import GrpcDataProvider

from tb_seqviz_plugin.server import prompt
from tb_seqviz_plugin.server.prompt import PromptProvider, answering_at_once


class HeldBack:
    """Answers a question once another was sent after it, as the data server's socket does."""

    def __init__(self, failure: Exception | None = None, longest: float = 60) -> None:
        self._failure, self._longest = failure, longest
        self._sent = threading.Event()

    def list_runs(self, context: object, *, experiment_id: str) -> tuple[object, str, bool]:
        """Returns what it was asked, and whether something was sent after it."""
        return context, experiment_id, self._sent.wait(self._longest)

    def read_blob(self, context: object, *, blob_key: str) -> bytes:
        """Fails."""
        raise KeyError(blob_key)

    def experiment_metadata(self, context: object, *, experiment_id: str) -> None:
        """Is what is sent."""
        self._sent.set()
        if self._failure:
            raise self._failure


@pytest.mark.parametrize("failure", [None, ConnectionError("it has ended")])
def test_something_is_sent_while_an_answer_is_awaited(failure: Exception | None) -> None:
    provider: Any = PromptProvider(HeldBack(failure))
    context = object()
    assert provider.list_runs(context, experiment_id="one") == (context, "one", True)


def test_nothing_more_is_sent_where_others_have_just_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    provider: Any = PromptProvider(HeldBack(longest=0.1))
    monkeypatch.setattr(prompt, "time", SimpleNamespace(monotonic=lambda: 1.0))
    assert provider.list_runs(None, experiment_id="one") == (None, "one", False)


def test_a_failure_is_that_of_the_question() -> None:
    provider: Any = PromptProvider(HeldBack())
    with pytest.raises(KeyError, match="some key"):
        provider.read_blob(None, blob_key="some key")


def test_only_questions_to_a_data_server_are_followed_by_others() -> None:
    of_server = GrpcDataProvider("localhost:1", None)
    in_process = MultiplexerDataProvider(EventMultiplexer(), "logs")
    assert isinstance(answering_at_once(of_server), PromptProvider)
    assert answering_at_once(in_process) is in_process
