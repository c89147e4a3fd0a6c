"""Plain `tensorboard --logdir`, as a user starts it, on both of its loaders."""

from __future__ import annotations

import gzip
import itertools
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from helpers.served import (
    LONG,
    LONG_STEPS,
    PROBE,
    PROBE_STEPS,
    SAMPLE_STEPS,
    SAMPLES,
    Answer,
    Fetch,
    Logs,
    decode_texts,
    fetch_over_http,
)

from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.blobs import decode_attention
from tb_seqviz_plugin.records.attention.measures import measure
from tb_seqviz_plugin.records.samples.blobs import decode_samples
from tb_seqviz_plugin.schema.samples import SAMPLE_MEASURES
from tb_seqviz_plugin.wire.frame import decode_frame, encode_frame

BLOB: dict[str, Any] = {**PROBE, "step": 5, "index": 0}

BARE = Tokens(different=True)


def wait_for(ask: Callable[[], Answer], ready: Callable[[Any], bool]) -> Any:
    """Returns the JSON of an answer once TensorBoard, which loads while it serves, has loaded that far."""
    deadline = time.monotonic() + 60
    while True:
        answer = ask()
        if answer.status == 200 and ready(answer.json):
            return answer.json
        if time.monotonic() > deadline:
            pytest.fail(f"TensorBoard did not load the logs; last answer {answer.status}: {answer.json}")
        time.sleep(0.1)


@pytest.fixture(scope="module")
def fetch(address: str) -> Fetch:
    fetch = fetch_over_http(address)
    wait_for(lambda: fetch("series"), lambda listed: len(listed["series"]) == 5 and len(listed["newer"]) == 2)
    wait_for(lambda: fetch("steps", **LONG), lambda listed: listed["steps"][-1] == LONG_STEPS - 1)
    wait_for(lambda: fetch("steps", **SAMPLES), lambda listed: listed["steps"][-1] == SAMPLE_STEPS - 1)
    wait_for(lambda: fetch("steps", **PROBE), lambda listed: listed["steps"][-1] == PROBE_STEPS[-1])
    return fetch


def test_300_logged_steps_are_300_steps(fetch: Fetch) -> None:
    listed = fetch("steps", **LONG).json
    assert listed["steps"] == list(range(300))
    assert listed["blobs"] == [2] * 300
    assert listed["wall_times"] == sorted(listed["wall_times"])


def test_series(fetch: Fetch) -> None:
    listed = fetch("series").json
    assert [(info["run"], info["tag"], info["last_step"]) for info in listed["series"]] == [
        (".", "attention/root", 1),
        ("gru/seqviz", "attention/probe/0", 7),
        ("gru/seqviz", "attention/probe/1 日本&?＂＼", 7),
        ("long", "attention/a", 299),
        ("words", "samples/probe", 59),
    ]
    assert listed["newer"] == ["future · attention/a", "future · samples/b"]


def test_every_blob_decodes_to_what_was_logged(fetch: Fetch, logs: Logs) -> None:
    for (run, tag, step), weights in logs.logged.items():
        if run == "long" and step % 50:
            continue
        answers = [
            fetch("blob", run=run, tag=tag, step=step, index=index) for index in range(2 if len(weights) == 1 else 4)
        ]
        assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
        decoded = {layer.path: layer.weights for layer in decode_attention([answer.body for answer in answers])[1]}
        assert decoded.keys() == weights.keys()
        for path, original in weights.items():
            assert (np.abs(decoded[path] - original) <= original.max(axis=-1, keepdims=True) / 255).all()


def test_measures_of_every_step(fetch: Fetch, logs: Logs) -> None:
    arrays = decode_frame(fetch("measures", **LONG).body).arrays
    assert arrays["steps"].tolist() == list(range(300))
    expected = [measure(logs.logged["long", "attention/a", step]["x"], BARE) for step in range(300)]
    np.testing.assert_array_equal(arrays["values"], np.stack(expected))


def test_every_step_of_60_has_its_samples(fetch: Fetch, logs: Logs) -> None:
    listed = fetch("steps", **SAMPLES).json
    assert (listed["steps"], set(listed["blobs"])) == (list(range(60)), {3})
    texts, setups = decode_texts(fetch("texts", {"Accept-Encoding": "identity"}, **SAMPLES).body)
    assert list(texts) == list(range(60))
    assert list(setups) == [0, 30]
    values = decode_frame(fetch("measures", **SAMPLES).body).arrays["values"]
    for step in (0, 29, 30, 59):
        blobs = [fetch("blob", **SAMPLES, step=step, index=index).body for index in range(3)]
        rows = np.full((len(logs.samples[step]), len(SAMPLE_MEASURES)), np.nan) if step < 30 else values[step - 30]
        parts = [encode_frame({}, header) for header in (texts[step], setups[30 if step >= 30 else 0])]
        _, samples = decode_samples(blobs, *parts, rows)
        for logged, read in zip(logs.samples[step], samples, strict=True):
            assert (read.prompt, read.text, read.tokens) == (logged.prompt, logged.text, logged.tokens)
            assert (read.probabilities, read.ranks) == (logged.probabilities, logged.ranks)
            assert read.alternatives == logged.alternatives


def test_scalars_are_in_the_tab_of_tensorboard(address: str, fetch: Fetch) -> None:
    def ask(route: str, **query: str) -> Any:
        url = f"{address}/data/plugin/scalars/{route}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=60) as response:
            return json.load(response)

    tags = {f"samples/probe/{name}/{how}" for name in ("length", "perplexity") for how in ("greedy", "temperature 0.5")}
    assert set(ask("tags")["words"]) == tags
    values = ask("scalars", run="words", tag="samples/probe/perplexity/temperature 0.5")
    assert [(step, value) for _, step, value in values] == [(step, step + 0.5) for step in range(60)]


def test_blobs_are_kept_for_ever(fetch: Fetch) -> None:
    kept = fetch("blob", **BLOB, written=1763624883).headers["Cache-Control"]
    assert {"private", "max-age=31536000", "immutable"} <= {part.strip() for part in kept.split(",")}


def test_head_and_etag(fetch: Fetch) -> None:
    head = fetch("blob", method="HEAD", **BLOB)
    assert (head.status, head.body) == (200, b"")
    first = fetch("index.js")
    assert first.status == 200
    assert fetch("index.js", {"If-None-Match": first.headers["ETag"]}).status == 304


def test_the_tab_is_listed(address: str, fetch: Fetch) -> None:
    with urllib.request.urlopen(f"{address}/data/plugins_listing", timeout=60) as response:
        listed = json.load(response)
    assert (listed["seqviz"]["tab_name"], listed["seqviz"]["enabled"]) == ("SeqViz", True)


def test_wrong_requests_get_a_sentence(fetch: Fetch) -> None:
    wrong = [
        ("steps", {"run": "nowhere", "tag": "a"}, 404, "holds no run 'nowhere'"),
        ("steps", {"run": "long", "tag": "a"}, 404, "Run 'long' has no tag 'a'; it has 'attention/a'"),
        ("measures", {"run": "long", "tag": "a"}, 404, "has no tag 'a'"),
        ("texts", {"run": "words", "tag": "samples/a"}, 404, "Run 'words' has no tag 'samples/a'"),
        ("texts", {**SAMPLES, "after": "x"}, 400, "expected a whole number"),
        ("blob", {**BLOB, "step": 6}, 404, "holds no step 6"),
        ("blob", {**BLOB, "index": 9}, 404, "has 4 blobs"),
        ("blob", {**BLOB, "step": "x"}, 400, "expected a whole number"),
        ("blob", PROBE, 400, "no parameter 'step'"),
    ]
    for route, query, status, sentence in wrong:
        answer = fetch(route, **query)
        assert answer.status == status
        assert sentence in answer.json["error"]


def test_no_odd_parameter_makes_the_server_fail(fetch: Fetch) -> None:
    odd = ["", "0", "-1", "9" * 30, "nan", "\x00", b"\xff\xfe", "../../etc/passwd", "a" * 5000]
    for name, value in itertools.product(("run", "tag", "step", "index"), odd):
        for route in ("steps", "blob", "measures"):
            answer = fetch(route, **{**BLOB, name: value})
            assert answer.status in (200, 400, 404), (route, name, value, answer.status)


def test_a_client_without_gzip_gets_the_plain_frame(fetch: Fetch) -> None:
    answer = fetch("blob", {"Accept-Encoding": "identity"}, **BLOB)
    assert decode_frame(gzip.compress(answer.body)).header["kind"] == "attention"


def test_the_wishes_of_the_user_win(address_with_flags: str) -> None:
    assert address_with_flags.endswith("/foo")
    fetch = fetch_over_http(address_with_flags)
    listed = wait_for(lambda: fetch("steps", **LONG), lambda listed: listed["steps"][-1] == LONG_STEPS - 1)
    assert len(listed["steps"]) == 7
    answer = fetch("blob", **LONG, step=listed["steps"][3], index=0)
    assert decode_frame(answer.body).header["record"] == listed["steps"][3] + 1
    assert fetch_over_http(address_with_flags.removesuffix("/foo"))("series").status == 404


@pytest.mark.slow
def test_zero_means_all(logs: Logs, start_tensorboard: Callable[..., str]) -> None:
    fetch = fetch_over_http(start_tensorboard(logs.path, "--load_fast=false", "--samples_per_plugin=seqviz=0"))
    listed = wait_for(lambda: fetch("steps", **LONG), lambda listed: listed["steps"][-1] == LONG_STEPS - 1)
    assert listed["steps"] == list(range(300))
