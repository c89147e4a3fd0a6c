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

from tb_seqviz_plugin import Sample
from tb_seqviz_plugin.plugin import SeqVizLoader
from tb_seqviz_plugin.schema import PLUGIN_NAME, SCHEMA_VERSION
from tb_seqviz_plugin.wire.frame import decode_frame
from tb_seqviz_plugin.wire.tfrecord import read_records, write_record

PROBE = {"run": "gru/seqviz", "tag": "attention/probe/0"}
LONG = {"run": "long", "tag": "attention/a"}
SAMPLES = {"run": "words", "tag": "samples/probe"}
LONG_STEPS = 300
SAMPLE_STEPS = 60
CHANGED_AT = 30
"""From this step on there is one more prompt."""
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
    """The log directory, the weights by run, tag and step, and the samples by step, as they were logged."""

    path: Path
    logged: dict[tuple[str, str, int], dict[str, np.ndarray]]
    samples: dict[int, list[Sample]]


def raise_version(path: Path) -> None:
    """Says in every record of ours in a file that a newer version wrote it."""
    payloads = [payload for _, payload in read_records(path)]
    with path.open("wb") as file:
        for payload in payloads:
            event = Event.FromString(payload)
            for value in event.summary.value:
                data = value.metadata.plugin_data
                if data.plugin_name == PLUGIN_NAME:
                    data.content = json.dumps({**json.loads(data.content), "v": SCHEMA_VERSION + 1}).encode()
            write_record(file, event.SerializeToString())


def make_samples(step: int) -> list[Sample]:
    """Returns samples of one step: two or three prompts at two temperatures, with hard characters."""
    return [
        Sample(
            prompt,
            f"{step} 日\ud83d\n",
            temperature,
            tokens=[f"{step} 日", "\ud83d\n"],
            probabilities=[0.5, 0.25],
            ranks=[1, 2],
            alternatives=[[("x", 0.5)], []],
            measures={"length": 2, "perplexity": step + temperature},
        )
        for prompt in ("a", "b\x00", "c")[: 2 if step < CHANGED_AT else 3]
        for temperature in (0, 0.5)
    ]


def decode_texts(body: bytes) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """Returns what route `texts` answers: the texts and the setups, each by step."""
    arrays = decode_frame(gzip.compress(body)).arrays

    def series(name: str) -> dict[int, dict[str, Any]]:
        steps, ends, data = (arrays[f"{name}.{part}"] for part in ("steps", "ends", "frames"))
        frames = [frame.tobytes() for frame in np.split(data, ends)]
        assert frames.pop() == b""
        return {int(step): decode_frame(frame).header for step, frame in zip(steps, frames, strict=True)}

    return series("texts"), series("setup")


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
