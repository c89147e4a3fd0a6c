"""Structure and statistics to event files and back, and into TensorBoard's own histograms."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.structure_cases import STATISTICS_CASE, STRUCTURE_CASE
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.records.statistics.blobs import decode_statistics, encode_statistics
from tb_seqviz_plugin.records.structure.blobs import decode_structure, encode_structure
from tb_seqviz_plugin.schema import BASE_VERSION, SCHEMA_VERSION
from tb_seqviz_plugin.schema.statistics import STATISTICS
from tb_seqviz_plugin.wire.frame import FrameError, decode_frame, encode_frame


def same_shapes(one: seqviz.Shape, other: seqviz.Shape) -> bool:
    return (tuple(one), one.axes, one.name, one.dtype) == (tuple(other), other.axes, other.name, other.dtype)


def test_a_structure_comes_back() -> None:
    decoded = decode_structure([encode_structure(STRUCTURE_CASE)])
    assert decoded == STRUCTURE_CASE
    for before, after in zip(STRUCTURE_CASE.nodes, decoded.nodes, strict=True):
        shapes = zip((*before.inputs, *before.outputs), (*after.inputs, *after.outputs), strict=True)
        assert all(same_shapes(*pair) for pair in shapes)
    assert all(same_shapes(a.shape, b.shape) for a, b in zip(STRUCTURE_CASE.edges, decoded.edges, strict=True))


def test_an_edge_that_names_no_tensor_carries_its_own() -> None:
    shape = seqviz.Shape((1, 2), name="x")
    edges = [seqviz.Edge("inputs/x", "cell", shape), seqviz.Edge("cell", "outputs/0", shape)]
    decoded = decode_structure([encode_structure(dataclasses.replace(STRUCTURE_CASE, edges=edges))])
    assert [(edge.tensor, edge.shape) for edge in decoded.edges] == [(6, shape), (7, shape)]


def test_the_header_is_plain_json() -> None:
    header = decode_frame(encode_structure(STRUCTURE_CASE, record=2)).header
    json.dumps(header, allow_nan=False)
    assert (header["version"], header["kind"], header["record"]) == (BASE_VERSION, "structure", 2)
    embedding = next(node for node in header["nodes"] if node["path"] == "encoder/einbettung ∕ 語")
    assert embedding["inputs"] == [{"name": "inputs", "shape": [-1, 7], "axes": ["batch", "time"], "dtype": "int32"}]


def test_statistics_come_back() -> None:
    encoded = encode_statistics(STATISTICS_CASE)
    assert encoded.setup is not None
    decoded = decode_statistics(encoded.blobs, encoded.setup, STATISTICS_CASE.values)
    assert decoded.layers == STATISTICS_CASE.layers
    np.testing.assert_array_equal(decoded.values, STATISTICS_CASE.values)
    assert list(decoded.gradients_over_time) == ["encoder"]
    np.testing.assert_array_equal(decoded.gradients_over_time["encoder"], [0.5, 0.25, np.nan])
    assert (decoded.examples, decoded.update_steps, decoded.notes) == (4, 1, ("A note.",))
    assert decoded.of("encoder") == {name: float(place) for place, name in enumerate(STATISTICS) if place}


def test_records_are_read_from_a_run(tmp_path: Path) -> None:
    changed = dataclasses.replace(STATISTICS_CASE, layers=["seq", "other"], gradients_over_time={})
    with seqviz.Writer(tmp_path / "run") as writer:
        writer.structure("model", STRUCTURE_CASE, step=0)
        for step in (0, 1):
            writer.statistics("model", STATISTICS_CASE, step=step)
        writer.statistics("model", changed, step=2)
    (structure,) = seqviz.read(tmp_path, "structure")
    assert (structure.run, structure.tag, structure.step) == ("run", "structure/model", 0)
    assert structure.nodes == STRUCTURE_CASE.nodes
    assert structure.edges == STRUCTURE_CASE.edges
    statistics = list(seqviz.read(tmp_path, "statistics"))
    assert [(record.tag, record.step) for record in statistics] == [("statistics/model", step) for step in range(3)]
    assert [list(record.layers) for record in statistics] == [["seq", "encoder"]] * 2 + [["seq", "other"]]
    events = EventAccumulator(str(tmp_path / "run"), {"tensors": 0}).Reload()
    histogram = events.Tensors("activations/encoder")[0].tensor_proto
    assert [dim.size for dim in histogram.tensor_shape.dim] == [2, 3]
    assert events.SummaryMetadata("activations/encoder").plugin_data.plugin_name == "histograms"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nodes": []}, "no node"),
        ({"nodes": [seqviz.Node("a", "A", "", 0, 0, 0), seqviz.Node("a", "A", "a", 0, 0, 0)]}, "paths that differ"),
        ({"nodes": [seqviz.Node("a", "A", "b", 0, 0, 0)]}, "has the parent 'b'"),
        ({"edges": [seqviz.Edge("inputs/x", "missing", seqviz.Shape((1,)))]}, "An edge names 'missing'"),
        (
            {"edges": [seqviz.Edge("inputs/x", "cell", seqviz.Shape((1,)), leaves=(6,))]},
            "An edge names tensor 6; expected one of the 6",
        ),
    ],
)
def test_what_is_no_structure_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(STRUCTURE_CASE, **change)


def test_damage_is_told() -> None:
    with pytest.raises(FrameError, match="damaged"):
        decode_structure(
            [encode_frame({}, {"version": SCHEMA_VERSION, "nodes": [{}], "tensors": [], "edges": [], "name": ""})]
        )
    with pytest.raises(FrameError, match="Upgrade"):
        decode_structure([encode_frame({}, {"version": SCHEMA_VERSION + 1})])
    encoded = encode_statistics(STATISTICS_CASE)
    assert encoded.setup is not None
    with pytest.raises(FrameError, match="damaged"):
        decode_statistics(encoded.blobs[:1], encoded.setup, STATISTICS_CASE.values)


def test_a_shape_is_a_tuple_that_says_more() -> None:
    shape = seqviz.Shape((None, 3), axes=("batch", "units"), name="states", dtype="float16")
    assert shape == (None, 3)
    assert same_shapes(pickle.loads(pickle.dumps(shape)), shape)
    assert str(shape) == "states: batch ? x units 3"
    assert seqviz.Shape((2, 3)).axes == ("", "")
