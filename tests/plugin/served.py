"""Means of the tests in this folder: a log directory's data, a TensorBoard over it, and asking it."""

from __future__ import annotations

import argparse
import gzip
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.data.provider import DataProvider
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from tb_seqviz_plugin.plugin import SeqVizLoader
from tb_seqviz_plugin.schema import SCHEMA_VERSION
from tb_seqviz_plugin.tfrecord import read_records, write_record

PROBE = {"run": "gru/seqviz", "tag": "attention/probe/0"}
LONG = {"run": "long", "tag": "attention/a"}
LONG_STEPS = 300
PROBE_STEPS = (0, 5, 7)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The JSON of the body, which TensorBoard compresses if it likes."""
        compressed = self.headers.get("Content-Encoding") == "gzip"
        return json.loads(gzip.decompress(self.body) if compressed else self.body)


class Fetch(Protocol):
    """Asks one TensorBoard for a route of the plugin, such as "steps", with parameters."""

    def __call__(
        self, route: str, headers: dict[str, str] | None = None, method: str = "GET", **query: Any
    ) -> Answer: ...


@dataclass(frozen=True)
class Logs:
    """The log directory, and the weights by run, tag and step as they were logged."""

    path: Path
    logged: dict[tuple[str, str, int], dict[str, np.ndarray]]


def raise_version(path: Path) -> None:
    """Says in every record of a file that a newer version wrote it."""
    payloads = [payload for _, payload in read_records(path)]
    with path.open("wb") as file:
        for payload in payloads:
            event = Event.FromString(payload)
            for value in event.summary.value:
                content = {**json.loads(value.metadata.plugin_data.content), "v": SCHEMA_VERSION + 1}
                value.metadata.plugin_data.content = json.dumps(content).encode()
            write_record(file, event.SerializeToString())


def make_provider(folder: Path, samples: int = 0) -> DataProvider:
    """Returns TensorBoard's Python data provider over a folder as it is now."""
    multiplexer = EventMultiplexer(tensor_size_guidance={"seqviz": samples})
    multiplexer.AddRunsFromDirectory(str(folder))
    multiplexer.Reload()
    return MultiplexerDataProvider(multiplexer, str(folder))


def make_client(provider: DataProvider, prefix: str = "") -> Client:
    """Returns a client of a TensorBoard that holds our plugin alone."""
    context = TBContext(data_provider=provider, flags=argparse.Namespace(), logdir="")
    return Client(TensorBoardWSGI([SeqVizLoader().load(context)], prefix, provider))


def fetch_from(client: Client) -> Fetch:
    def fetch(route: str, headers: dict[str, str] | None = None, method: str = "GET", **query: Any) -> Answer:
        headers = {"Accept-Encoding": "gzip", **(headers or {})}
        response = client.open(f"/data/plugin/seqviz/{route}", method=method, query_string=query, headers=headers)
        return Answer(response.status_code, response.headers, response.data)

    return fetch


def fetch_over_http(address: str) -> Fetch:
    def fetch(route: str, headers: dict[str, str] | None = None, method: str = "GET", **query: Any) -> Answer:
        url = f"{address}/data/plugin/seqviz/{route}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", **(headers or {})}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    return fetch
