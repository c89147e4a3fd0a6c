"""One HTML file holds what the server would answer: read back here by a plain reading of the format."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.served import Logs
from helpers.store import Kept
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.context import RequestContext
from tensorboard.data.provider import DataProvider
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_tensor_proto
from werkzeug.test import Client

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log.remote.address import SPOOL_VARIABLE
from tb_seqviz_plugin.server.onefile import file as onefile
from tb_seqviz_plugin.server.onefile.packing import pack
from tb_seqviz_plugin.server.reader import Reader

pytestmark = pytest.mark.filterwarnings("ignore:Left out future")


def unpacked(text: str) -> bytes:
    """Returns what a text stands for, bit by bit."""
    bits = "".join(format(ord(unit) - 0x4000, "015b") for unit in text)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return data[8 : 8 + int.from_bytes(data[:8], "big")]


class Opened:
    """What is in a file."""

    def __init__(self, content: bytes) -> None:
        self.text = content.decode("utf-16")
        parts = re.findall(r'<script type="seqviz/(\w+)">([^<]*)</script>', self.text)
        self._chunks = [text for kind, text in parts if kind == "chunk"]
        self._expanded: dict[int, bytes] = {}
        (index,) = [text for kind, text in parts if kind == "index"]
        self.index: dict[str, Any] = json.loads(zlib.decompress(unpacked(index), 31))
        self.tags = {(tag["run"], tag["tag"]): tag for tag in self.index["tags"]}

    def frame(self, place: list[int]) -> bytes:
        chunk, start, end = place
        if chunk not in self._expanded:
            self._expanded[chunk] = zlib.decompress(unpacked(self._chunks[chunk]), 31)
        return self._expanded[chunk][start : None if end < 0 else end]


@pytest.fixture(autouse=True)
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page, built or not."""
    path = tmp_path / "onefile.js"
    path.write_text("page")
    path.with_name("onefileStart.js").write_text("start")
    monkeypatch.setattr(onefile, "SCRIPT", path)


@pytest.mark.parametrize("size", [0, 1, 6, 7, 8, 15, 1000])
def test_bytes_come_back(size: int) -> None:
    data = bytes(np.random.default_rng(size).integers(0, 256, size, np.uint8))
    text = pack(data).decode("utf-16-le")
    assert unpacked(text) == data
    assert all("\u4000" <= unit < "\uc000" for unit in text)


def test_the_file_holds_every_blob_and_what_stands_beside(
    logs: Logs, provider: DataProvider, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    reader, context = Reader(provider), RequestContext()
    opened = Opened(seqviz.export(logs.path, tmp_path / "log.html").read_bytes())
    assert any("a newer version wrote it" in str(warning.message) for warning in recwarn)
    assert f"<title>SeqViz: {logs.path.name}</title>" in opened.text
    listed = reader.series(context, "").series
    assert set(opened.tags) == {(info.run, info.tag) for info in listed}
    compared = 0
    for info in listed:
        tag = opened.tags[info.run, info.tag]
        where = (context, "", info.run, info.tag)
        steps = reader.steps(*where)
        assert tag["steps"]["steps"] == steps.steps
        for step, places in zip(steps.steps, tag["blobs"], strict=True):
            for index, place in enumerate(places):
                compared += 1
                assert opened.frame(place) == zlib.decompress(reader.blob(*where, step, index), 31)
        assert opened.frame(tag["frames"]["measures"]) == zlib.decompress(reader.measures(*where), 31)
    assert compared > 50


def test_runs_and_tags_are_chosen(logs: Logs, tmp_path: Path, client: Client) -> None:
    path = seqviz.export(logs.path, tmp_path / "log.html", runs=["gru/seqviz"], tags=["attention/probe/0"])
    assert [*Opened(path.read_bytes()).tags] == [("gru/seqviz", "attention/probe/0")]
    answer = client.get("/data/plugin/seqviz/export", query_string={"run": "gru/seqviz", "tag": "attention/probe/0"})
    assert answer.headers["Content-Disposition"] == "attachment; filename=seqviz.html"
    assert Opened(answer.data).tags.keys() == Opened(path.read_bytes()).tags.keys()
    missing = client.get("/data/plugin/seqviz/export", query_string={"run": "nowhere"})
    assert missing.status_code == 404
    assert missing.json is not None
    assert "There is no run 'nowhere'" in missing.json["error"]


def test_it_is_under_a_third_larger_than_its_records(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(256), (8, 256)).astype(np.float32)
    with seqviz.Writer(tmp_path / "logs") as writer:
        for step in range(4):
            writer.attention("example", {"attention": np.roll(weights, step, axis=1)}, step=step)
    stored = sum(path.stat().st_size for path in (tmp_path / "logs").glob("*tfevents*"))
    content = seqviz.export(tmp_path / "logs", tmp_path / "log.html").read_bytes()
    assert stored > 1_000_000
    assert len(content) < 1.1 * stored


def test_hostile_names_are_text(tmp_path: Path) -> None:
    name = "a</title><script>alert(1)<⁄script>"
    with seqviz.Writer(tmp_path / name / "<b>") as writer:
        writer.attention(
            "</script>", {"<!--": np.ones((1, 1, 1), np.float32)}, query_tokens=["\ud83d</script>"], step=0
        )
    opened = Opened(seqviz.export(tmp_path / name, tmp_path / "log.html").read_bytes())
    assert opened.text.count("<script>") == 1
    assert opened.text.count("<title>") == 1
    assert "<!--" not in opened.text


def write_losses(run_dir: Path, losses: list[float]) -> None:
    events = EventFileWriter(str(run_dir))
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="scalars"))
    for step, loss in enumerate(losses):
        value = Summary.Value(tag="epoch_loss", tensor=make_tensor_proto(np.float32(loss)), metadata=metadata)
        events.add_event(Event(step=step, wall_time=float(step), summary=Summary(value=[value])))
    events.close()


def test_a_loss_that_is_no_number_is_json_as_of_tensorboard(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path / "logs") as writer:
        writer.attention("example", {"attention": np.ones((1, 2, 2), np.float32) / 2}, step=0)
    write_losses(tmp_path / "logs" / "train", [1.5, np.nan, np.inf])
    index = Opened(seqviz.export(tmp_path / "logs", tmp_path / "log.html").read_bytes()).index
    assert [value for *_, value in index["scalars"]["train"]["epoch_loss"]] == [1.5, "NaN", "Infinity"]


@pytest.mark.parametrize(
    ("runs", "kept"),
    [
        (None, {"one/train", "one", "two/train", "three", "four", "train"}),
        (["one/seqviz"], {"one/train", "one"}),
        (["three"], {"three", "train"}),
        (["four/seqviz"], {"four"}),
    ],
)
def test_of_chosen_runs_the_losses_beside_them_are_kept(runs: list[str] | None, kept: set[str], tmp_path: Path) -> None:
    for run in ("one/seqviz", "two/seqviz", "three", "four/seqviz", "four/other"):
        with seqviz.Writer(tmp_path / "logs" / run) as writer:
            writer.attention("example", {"attention": np.ones((1, 2, 2), np.float32) / 2}, step=0)
    for run in ("one/train", "one", "two/train", "three", "four", "four/other", "train", "elsewhere/train"):
        write_losses(tmp_path / "logs" / run, [1.5])
    index = Opened(seqviz.export(tmp_path / "logs", tmp_path / "log.html", runs=runs).read_bytes()).index
    assert index["scalars"].keys() == kept | ({"four/other"} if runs is None else set())


def test_a_log_in_an_object_store_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Kept.begin(tmp_path / "kept")
    monkeypatch.setenv(SPOOL_VARIABLE, str(tmp_path / "spool"))
    with seqviz.Writer("kept://bucket/logs/run") as writer:
        writer.attention("example", {"attention": np.ones((1, 2, 2), np.float32) / 2}, step=3)
    opened = Opened(seqviz.export("kept://bucket/logs", tmp_path / "log.html").read_bytes())
    assert [*opened.tags] == [("run", "attention/example")]
    assert "<title>SeqViz: logs</title>" in opened.text
    with pytest.raises(FileNotFoundError, match="kept://bucket/nowhere holds no event files"):
        seqviz.export("kept://bucket/nowhere", tmp_path / "log.html")


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"logdir": "nowhere"}, FileNotFoundError, "is not a folder; expected the folder that `tensorboard --logdir`"),
        ({"runs": ["other"]}, ValueError, "There is no run 'other'; there are '.'."),
        ({"tags": ["other"]}, ValueError, "There is no tag 'other'; there are 'attention/example'."),
        ({"runs": "."}, ValueError, "The runs are '.'; expected a list of names, such as ['.']."),
        (
            {"path": "s3://bucket/log.html"},
            ValueError,
            "The path is 's3://bucket/log.html'; expected a file on this machine",
        ),
        ({"path": "."}, ValueError, "is a folder; expected the path of a file"),
        ({"runs": []}, ValueError, "No runs are chosen; expected names of runs, or None for all."),
        ({"logdir": "empty"}, ValueError, "holds no records of SeqViz"),
    ],
)
def test_wrong_arguments_are_told(
    arguments: dict[str, Any], error: type[Exception], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with seqviz.Writer("logs") as writer:
        writer.attention("example", {"attention": np.ones((1, 2, 2), np.float32) / 2}, step=0)
    with pytest.raises(error) as raised:
        seqviz.export(**{"logdir": "logs", "path": "log.html", **arguments})
    assert sentence in str(raised.value)
    assert not list(tmp_path.glob("*.part"))


def test_without_the_page_it_says_how_to_build_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logs: Logs) -> None:
    monkeypatch.setattr(onefile, "SCRIPT", tmp_path / "nowhere.js")
    with pytest.raises(FileNotFoundError, match="Run `make build`"):
        seqviz.export(logs.path, tmp_path / "log.html", runs=["long"])
