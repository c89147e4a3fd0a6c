"""Lies by the thousand: whatever bytes say, there is an answer or one sentence.

By default a few of each, always the same; `make fuzz` has Hypothesis look for others, SEQVIZ_FUZZ_CASES of them in all. A seed that
failed is kept as an `example`.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.lies import lying_blob, lying_event, lying_record, sound
from helpers.served import Fetch, fetch_from, make_client, make_provider
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.plugin import ROUTES
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.wire.frame import FrameError, decode_frame
from tb_seqviz_plugin.wire.summary import encode_file_version
from tb_seqviz_plugin.wire.tfrecord import write_record

CASES = int(os.environ.get("SEQVIZ_FUZZ_CASES", 0))
SEEDS = st.integers(0, 2**63 - 1)
PER_LOG = 20
"""Lies in one log."""
ANSWERS = (200, 400, 404, 422)


def cases(share: float, few: int) -> Callable[[Any], Any]:
    """Returns the settings of a test: its share of all cases, or a few that are always the same."""
    return settings(
        max_examples=max(1, int(share * CASES)) if CASES else few,
        derandomize=not CASES,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate) if CASES else (Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


@cases(0.3, few=200)
@given(seed=SEEDS)
@example(seed=0)
def test_frames(seed: int) -> None:
    chance = random.Random(seed)
    blobs = chance.choice(sound())[1].blobs
    try:
        frame = decode_frame(lying_blob(chance, chance.choice(blobs)))
    except FrameError:
        return
    assert isinstance(frame.header, dict)
    assert all(isinstance(array, np.ndarray) for array in frame.arrays.values())


@cases(0.3, few=300)
@given(seed=SEEDS)
def test_records(seed: int) -> None:
    kind, stored = lying_record(random.Random(seed))
    try:
        fields = KINDS[kind].fields(stored)
    except FrameError:
        return
    record = KINDS[kind].record("run", f"{kind}/a", 0, 0.0, **fields)
    assert record.kind == kind


@cases(0.2 / PER_LOG, few=4)
@given(seed=SEEDS)
def test_logs(seed: int) -> None:
    """Reading them back, and every route to each of their tags."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        write_log(Path(folder), chance)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert "sound" in {record.run for record in seqviz.read(folder)}
        fetch = fetch_from(make_client(make_provider(Path(folder))))
        listed = asked(fetch, "series")
        assert "sound" in {info["run"] for info in listed["series"]}
        for info in listed["series"]:
            ask_all(fetch, info["run"], info["tag"])


@pytest.fixture(scope="module")
def fetch(tmp_path_factory: pytest.TempPathFactory) -> Fetch:
    """Over a sound log of every kind."""
    folder = tmp_path_factory.mktemp("sound")
    with seqviz.Writer(folder) as writer:
        for step in range(3):
            writer.attention("a", {"x": np.full((2, 2, 2), 0.5)}, step=step)
            writer.samples("s", [seqviz.Sample("p", "t", measures={"length": 1})], step=step)
            writer.embeddings("e", np.eye(4) + step, step=step)
            writer.structure("m", seqviz.Structure("m", [seqviz.Node("m", "Model", "", 0, 0, 0)]), step=step)
    return fetch_from(make_client(make_provider(folder)))


VALUES = st.one_of(
    st.sampled_from([".", "attention/a", "samples/s", "embeddings/e", "structure/m", "0", "1", "2", "-1", "cosine"]),
    st.sampled_from(["9" * 5000, "1e3", "nan", "0,1", ",", "0," * 200, "1_0", "٣", "\x00", "../../etc/passwd", " "]),
    st.text(max_size=30),
    st.integers().map(str),
)
PARAMETERS = ("run", "tag", "step", "since", "index", "written", "after", "rows", "metric", "count", "steps", "more")


@cases(0.2, few=150)
@given(route=st.sampled_from(ROUTES), query=st.dictionaries(st.sampled_from(PARAMETERS), VALUES), data=st.data())
def test_requests(fetch: Fetch, route: str, query: dict[str, str], data: st.DataObject) -> None:
    wanted = {"run": ".", "tag": "embeddings/e", "step": "0", "index": "0", "since": "1", "rows": "0", "count": "2"}
    query = {**(wanted if data.draw(st.booleans()) else {}), **query}
    path = route.replace("*", data.draw(st.text("abcW0-_=/", min_size=1, max_size=40)))
    headers = {"Accept-Encoding": data.draw(st.sampled_from(["gzip", "identity", "gzip;q=0.5", "*", ""]))}
    answer = fetch(path, headers, **{name: value.encode(errors="surrogatepass") for name, value in query.items()})
    assert answer.status in ANSWERS, (route, query, answer)
    assert answer.status == 200 or list(answer.json) == ["error"]


def write_log(folder: Path, chance: random.Random) -> None:
    """Writes a run of lies, and a sound one beside it."""
    run = folder / "lying"
    run.mkdir()
    with (run / "events.out.tfevents.1.x").open("wb") as file:
        write_record(file, encode_file_version(1.0))
        for place in range(PER_LOG):
            write_record(file, lying_event(chance, f"lie{place % 5}", place // 5))
    with seqviz.Writer(folder / "sound") as writer:
        writer.attention("a", {"x": np.full((1, 2, 2), 0.5)}, step=0)


def ask_all(fetch: Fetch, run: str, tag: str) -> None:
    """Asks for all that there may be of a tag."""
    place = {"run": run, "tag": tag}
    for route in ("measures", "texts", "labels", "map"):
        asked(fetch, route, **place)
    listed = asked(fetch, "steps", **place)
    if listed is None:
        return
    for step, blobs in zip(listed["steps"], listed["blobs"], strict=True):
        for index in range(min(blobs, 3)):
            asked(fetch, "blob", **place, step=step, index=index)
    first, last = listed["steps"][0], listed["steps"][-1]
    for metric, steps in itertools.product(("cosine", "euclidean"), ({}, {"steps": first})):
        asked(fetch, "neighbours", **place, rows="0,1", metric=metric, count=3, **steps)
    asked(fetch, "movement", **place, step=first, since=last)
    asked(fetch, "churn", **place, step=first, since=last, metric="cosine")


def asked(fetch: Fetch, route: str, **query: Any) -> Any:
    """Returns what a route answers as JSON; None for any other answer, which is one of those that may be."""
    answer = fetch(route, **query)
    assert answer.status in ANSWERS, (route, query, answer)
    if answer.status != 200:
        assert list(answer.json) == ["error"]
        return None
    is_json = answer.headers["Content-Type"].startswith("application/json")
    return json.loads(gzip.decompress(answer.body)) if is_json else None
