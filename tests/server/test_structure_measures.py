"""Statistics of all steps in one answer, with the layers that they are of."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from helpers.served import make_provider
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.context import RequestContext

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.schema.statistics import STATISTICS
from tb_seqviz_plugin.server.reader import Reader
from tb_seqviz_plugin.wire.frame import decode_frame
from tb_seqviz_plugin.wire.tfrecord import read_records, write_record


def test_statistics_are_those_of_the_newest_layers(tmp_path: Path) -> None:
    before = seqviz.Statistics(["model", "old"], np.ones((2, len(STATISTICS))))
    with seqviz.Writer(tmp_path / "run") as writer:
        writer.statistics("model", before, step=0)
        for step in (1, 2):
            values = np.full((2, len(STATISTICS)), step, np.float32)
            writer.statistics("model", dataclasses.replace(before, layers=["model", "new"], values=values), step=step)
    reader = Reader(make_provider(tmp_path))
    frame = decode_frame(reader.measures(RequestContext(), "", "run", "statistics/model"))
    assert frame.header == {"names": list(STATISTICS), "layers": ["model", "new"]}
    assert frame.arrays["steps"].tolist() == [1, 2]
    assert frame.arrays["values"][:, 1, 0].tolist() == [1, 2]


def test_measures_are_given_where_what_names_their_layers_is_lost(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        for step in (-2, -1):
            writer.statistics("m", seqviz.Statistics(["m"], np.full((1, len(STATISTICS)), step, np.float32)), step=step)
    (path,) = tmp_path.glob("*tfevents*")
    payloads = [payload for _, payload in read_records(path)]
    with path.open("wb") as file:
        for payload in payloads:
            event = Event.FromString(payload)
            kept = [value for value in event.summary.value if not value.tag.startswith("setup/")]
            del event.summary.value[:]
            event.summary.value.extend(kept)
            write_record(file, event.SerializeToString())
    frame = decode_frame(Reader(make_provider(tmp_path)).measures(RequestContext(), "", ".", "statistics/m"))
    assert frame.arrays["steps"].tolist() == [-2, -1]
    assert frame.header["layers"] == []
