"""Statistics of all steps in one answer, with the layers that they are of."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from helpers.served import make_provider
from tensorboard.context import RequestContext

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.schema.statistics import STATISTICS
from tb_seqviz_plugin.server.reader import Reader
from tb_seqviz_plugin.wire.frame import decode_frame


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
