"""Logs that lie, through every route: what is wrong with one record costs that record, and is told in one sentence."""

from __future__ import annotations

import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.lies import bomb
from helpers.served import Fetch, decode_texts, fetch_from, make_client, make_provider
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.types_pb2 import DT_FLOAT

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.wire import frame as frame_module
from tb_seqviz_plugin.wire.frame import decode_frame, encode_frame
from tb_seqviz_plugin.wire.tfrecord import read_records, write_record

STEPS = (0, 1, 2)
LIE = 1
"""At this step."""
Change = Callable[[Any], None]


def log(folder: Path) -> None:
    """Logs a run with a tag of each kind, and another run."""
    with seqviz.Writer(folder / "lying") as writer:
        for step in STEPS:
            writer.attention("a", {"x": np.full((2, 2, 2), 0.5)}, step=step)
            writer.samples("s", [seqviz.Sample("p", f"text {step}", measures={"length": 1})], step=step)
            writer.embeddings("e", np.eye(3) + step, step=step)
            writer.structure("m", seqviz.Structure("m", [seqviz.Node("m", "Model", "", step, step, step)]), step=step)
    with seqviz.Writer(folder / "sound") as writer:
        writer.attention("a", {"x": np.full((1, 2, 2), 0.5)}, step=0)


def change_events(folder: Path, edit: Change) -> None:
    """Changes each event of the run."""
    (path,) = (folder / "lying").iterdir()
    payloads = [payload for _, payload in read_records(path)]
    with path.open("wb") as file:
        for payload in payloads:
            event = Event.FromString(payload)
            edit(event)
            write_record(file, event.SerializeToString())


def change(folder: Path, tag: str, edit: Change, steps: tuple[int, ...] = (LIE,)) -> None:
    """Changes the value of one tag at the step of the lie, or at others."""

    def edit_value(event: Event) -> None:
        for value in event.summary.value if event.step in steps else ():
            if value.tag == tag:
                edit(value)

    change_events(folder, edit_value)


def header(**fields: Any) -> Change:
    """Has the header frame say something else."""

    def edit(value: Any) -> None:
        said = decode_frame(value.tensor.string_val[0]).header
        value.tensor.string_val[0] = encode_frame({}, {**said, **fields})

    return edit


def layer(**fields: Any) -> Change:
    """Has the header of the only layer say something else."""

    def edit(value: Any) -> None:
        said = decode_frame(value.tensor.string_val[0]).header
        header(layers=[{**said["layers"][0], **fields}])(value)

    return edit


def blob(content: bytes, index: int = 0) -> Change:
    return lambda value: value.tensor.string_val.__setitem__(index, content)


def serve(folder: Path) -> Fetch:
    return fetch_from(make_client(make_provider(folder)))


NO_TOKENS = {"tokens": 10**18, "first": 0, "blob": 1, "alternatives": -1, "tree": -1, "attention": "", "first_query": 0}
LIES = [
    ("attention/a", layer(queries=10**18), "expected uint8 of shape"),
    ("attention/a", layer(heads=10**9), "has 2 heads; its header says 1000000000"),
    ("attention/a", layer(calls=[0] * 3), "queries of 3 calls"),
    ("attention/a", layer(calls=[]), "ZeroDivisionError"),
    ("attention/a", layer(role="king"), "role of a record is 'king'"),
    ("attention/a", layer(parts=[{"blob": -1, "first_head": 0, "heads": 2}]), "names blob -1"),
    ("attention/a", layer(parts=[{"blob": 1, "first_head": 0, "heads": 2}] * 9), "begins at head 0; expected head 2"),
    ("attention/a", header(axes=3), "axes of a record is 3; expected an object"),
    ("attention/a", header(notes=None), "notes of a record is None"),
    ("attention/a", blob(bomb(2 << 20)), "hold more than 1048576 bytes"),
    ("attention/a", blob(b"?", 1), "not a gzip-compressed safetensors frame"),
    ("attention/a", lambda value: value.tensor.ClearField("string_val"), "has no blob"),
    (
        "samples/s",
        header(samples=[NO_TOKENS]),
        "names blob 1",
    ),
    ("samples/s", header(vocabulary="abc"), "vocabulary of a record is 'abc'"),
    ("texts/samples/s", blob(encode_frame({}, {"version": 1, "texts": [7]})), r"texts\[0\] of a record is 7"),
    ("texts/samples/s", blob(encode_frame({}, {"version": 1, "texts": []})), "do not fit each other"),
    ("measures/samples/s", lambda value: value.tensor.ClearField("tensor_content"), "missing or damaged"),
    ("embeddings/e", header(rows=2 * 10**9), "expected float32 of shape"),
    ("embeddings/e", header(rows_per_blob=0), "0 in each blob"),
    ("structure/m", header(nodes=[]), "do not fit each other"),
    ("structure/m", header(nodes=[{}]), r"nodes\[0\]\.attention of a record is None; expected a value"),
]


@pytest.mark.parametrize(("tag", "edit", "sentence"), LIES)
def test_a_lie_costs_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tag: str, edit: Change, sentence: str
) -> None:
    monkeypatch.setattr(frame_module, "MOST_FRAME_BYTES", 1 << 20)
    log(tmp_path)
    whole = [(record.tag, record.step) for record in seqviz.read(tmp_path)]
    change(tmp_path, tag, edit)
    lost = tag.removeprefix("texts/").removeprefix("measures/")
    tracemalloc.start()
    with pytest.warns(UserWarning, match=f"Left out {lost} at step {LIE} of run 'lying': .*{sentence}") as warned:
        read = [(record.tag, record.step) for record in seqviz.read(tmp_path)]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(warned) == 1
    assert most < 32 << 20
    assert read == [record for record in whole if record != (lost, LIE)]
    fetch = serve(tmp_path)
    assert len(fetch("series").json["series"]) == 5
    assert fetch("steps", run="lying", tag=lost).json["steps"] == list(STEPS)


def test_vectors_that_cannot_be_cost_their_step(tmp_path: Path) -> None:
    log(tmp_path)
    change(tmp_path, "embeddings/e", header(rows=2 * 10**9))
    fetch, place = serve(tmp_path), {"run": "lying", "tag": "embeddings/e"}
    assert decode_frame(fetch("labels", **place).body).header["rows"] == 3
    assert decode_frame(fetch("map", **place).body).arrays["steps"].tolist() == [0, 2]
    near = decode_frame(fetch("neighbours", **place, rows=0, metric="cosine", count=2).body).arrays
    assert near["steps"].tolist() == [0, 1, 2]
    assert (near["neighbour"] < 0).all(axis=(1, 2)).tolist() == [False, True, False]
    alone = {"rows": 0, "metric": "cosine", "count": 2, "steps": 1}
    for route, query in [("neighbours", alone), ("movement", {"step": 1, "since": 0})]:
        answer = fetch(route, **place, **query)
        assert (answer.status, list(answer.json)) == (422, ["error"])
        assert "has 2000000000 vectors of 3 numbers; expected one for each of 3 labels" in answer.json["error"]


def test_texts_that_are_none_cost_their_step(tmp_path: Path) -> None:
    log(tmp_path)
    change(tmp_path, "texts/samples/s", lambda value: value.tensor.CopyFrom(TensorProto(dtype=DT_FLOAT, float_val=[1])))
    texts, _ = decode_texts(
        serve(tmp_path)("texts", {"Accept-Encoding": "identity"}, run="lying", tag="samples/s").body
    )
    assert sorted(texts) == [0, 2]
    # What TensorBoard itself cannot read, it gives of no step.
    change(tmp_path, "texts/samples/s", lambda value: value.tensor.ClearField("dtype"))
    answer = serve(tmp_path)("texts", run="lying", tag="samples/s")
    assert (answer.status, list(answer.json)) == (422, ["error"])


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"v":' * 50_000, '{"v": 1, "kind": ' + "[" * 100_000])
def test_json_that_is_nested_deep_empties_no_list(tmp_path: Path, deep: str) -> None:
    log(tmp_path)

    def nest(event: Event) -> None:
        for value in event.summary.value:
            value.metadata.plugin_data.content = deep.encode()

    change_events(tmp_path, nest)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert [record.run for record in seqviz.read(tmp_path)] == ["sound"]
    listed = serve(tmp_path)("series").json
    assert [info["run"] for info in listed["series"]] == ["sound"]


def test_a_run_that_tensorboard_cannot_list_empties_no_list(tmp_path: Path) -> None:
    log(tmp_path)
    change(tmp_path, "attention/a", lambda value: value.ClearField("tensor"), STEPS)
    listed = serve(tmp_path)("series").json
    assert [info["run"] for info in listed["series"]] == ["sound"]
    assert listed["damaged"] == ["lying"]


def test_more_blobs_than_a_record_can_have_are_not_listed(tmp_path: Path) -> None:
    log(tmp_path)
    change(tmp_path, "attention/a", lambda value: value.tensor.tensor_shape.dim.add(size=2**40))
    fetch = serve(tmp_path)
    for route, query in [("steps", {}), ("blob", {"step": 0, "index": 0})]:
        answer = fetch(route, run="lying", tag="attention/a", **query)
        assert answer.status == 422
        assert "has a record that says it has 2199023255552 blobs; it is damaged" in answer.json["error"]
    assert fetch("steps", run="sound", tag="attention/a").status == 200


@pytest.mark.parametrize("accepts", ["gzip", "identity", "gzip;q=0", "gzip;q=0.5", "deflate, gzip"])
def test_a_blob_that_is_no_frame_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accepts: str) -> None:
    monkeypatch.setattr(frame_module, "MOST_FRAME_BYTES", 1 << 20)
    log(tmp_path)
    change(tmp_path, "attention/a", blob(b"no gzip"))
    answer = serve(tmp_path)("blob", {"Accept-Encoding": accepts}, run="lying", tag="attention/a", step=1, index=0)
    assert (answer.status, list(answer.json)) == (422, ["error"])
    change(tmp_path, "attention/a", blob(bomb(8 << 20)))
    answer = serve(tmp_path)("blob", {"Accept-Encoding": accepts}, run="lying", tag="attention/a", step=1, index=0)
    # It is sent as it is stored to who expands it, and refused where the server would.
    assert answer.status == (200 if accepts in ("gzip", "deflate, gzip") else 422)
    assert len(answer.body) < 1 << 16


def test_wall_times_that_are_none_are_numbers_all_the_same(tmp_path: Path) -> None:
    log(tmp_path)

    def lose_time(event: Event) -> None:
        event.wall_time = float("nan") if event.step else event.wall_time

    change_events(tmp_path, lose_time)
    fetch = serve(tmp_path)
    assert all(isinstance(info["last_wall_time"], float) for info in fetch("series").json["series"])
    assert all(isinstance(time, float) for time in fetch("steps", run="lying", tag="attention/a").json["wall_times"])
