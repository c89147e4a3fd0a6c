"""Golden files: records as bytes and as the numbers they stand for, read by the tests of both languages.

make golden    writes golden/v<SCHEMA_VERSION>-*

For record NAME: NAME.<blob>.bin, its frames without compression, and NAME.json, the header and what else is read in them,
numbers that are none as "nan" and "inf": of attention per layer the weights row by row; of samples, which have NAME.texts.bin and
NAME.setup.bin, too, the samples; of a structure what flows along its edges; of statistics, which have NAME.setup.bin, too, the
layers and the gradients over time. Once released, the files of a version never change: what they hold must be readable for ever.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from helpers import sample_cases
from helpers.structure_cases import STATISTICS_CASE, STRUCTURE_CASE

from tb_seqviz_plugin.records.attention.blobs import decode_attention, encode_attention
from tb_seqviz_plugin.records.attention.record import AttentionLayer
from tb_seqviz_plugin.records.samples.blobs import decode_samples, encode_samples
from tb_seqviz_plugin.records.samples.record import Sample
from tb_seqviz_plugin.records.statistics.blobs import decode_statistics, encode_statistics
from tb_seqviz_plugin.records.structure.blobs import decode_structure, encode_structure
from tb_seqviz_plugin.records.structure.record import Structure
from tb_seqviz_plugin.schema import SAMPLE_MEASURES, SCHEMA_VERSION
from tb_seqviz_plugin.wire.frame import decode_frame

GOLDEN = Path(__file__).parent / "golden"


def cases() -> dict[str, list[AttentionLayer]]:
    """Returns the layers of each record; plain arithmetic, so that no random generator has a say."""
    wide = (1 + np.arange(2 * 3 * 70) % 7).reshape(2, 3, 70)
    source, target = ["the", "</s>", "日本", "\u202e🙂"], ["der", "\ud83d", "."]
    cross = np.array(
        [[[0.97, 0.01, 0.02, 0], [0.25] * 4, [0, 0, 0, 1]], [[1e-7, 1, 1e-3, 0], [0] * 4, [0.5, 0.5, 0, 0]]], np.float32
    )
    broken = cross.copy()
    broken[0, 0, 1], broken[1, 2, 3] = np.nan, np.inf
    tokens = {"query_tokens": target, "key_tokens": source, "query_axis": "target", "key_axis": "source"}
    loop = [
        AttentionLayer("decoder/attention", cross[:, at : at + 1], [target[at]], source, "cross", call=at)
        for at in range(3)
    ]
    return {
        "one-layer": [AttentionLayer("decoder/cross", cross, role="cross", class_name="MultiHeadAttention", **tokens)],
        "not-finite": [AttentionLayer("decoder/cross", broken, role="cross", **tokens)],
        "wide": [
            AttentionLayer("bare", cross[:1]),
            AttentionLayer("wide", (wide / wide.sum(axis=-1, keepdims=True)).astype(np.float32)),
        ],
        "decoder-loop": loop,
    }


def golden_files() -> dict[str, bytes]:
    """Returns every golden file of this version by name, as today's encoder writes it."""
    files: dict[str, bytes] = {}
    for case, layers in cases().items():
        name = f"v{SCHEMA_VERSION}-{case}"
        blobs, _ = encode_attention(layers, title=case, notes=["Made for tests."], record=3)
        for index, blob in enumerate(blobs):
            files[f"{name}.{index}.bin"] = gzip.decompress(blob)
        header = decode_frame(blobs[0]).header
        decoded = [layer.weights for layer in decode_attention(blobs)[1]]
        expected = {"header": header, "calls": [to_json(weights) for weights in decoded]}
        files[f"{name}.json"] = (json.dumps(expected, indent=1) + "\n").encode()
    for case, samples in sample_cases.cases().items():
        name = f"v{SCHEMA_VERSION}-samples-{case}"
        encoded = encode_samples(samples, tag="samples/golden", notes=["Made for tests."], record=3)
        parts: dict[str, Any] = {
            **dict(enumerate(encoded.blobs)),
            "texts": encoded.beside["texts"],
            "setup": encoded.setup,
        }
        files |= {f"{name}.{part}.bin": gzip.decompress(frame) for part, frame in parts.items()}
        _, decoded = decode_samples(encoded.blobs, parts["texts"], parts["setup"], no_measures(len(samples)))
        expected = {
            "header": decode_frame(encoded.blobs[0]).header,
            "samples": [sample_to_json(each) for each in decoded],
        }
        files[f"{name}.json"] = (json.dumps(expected, indent=1) + "\n").encode()
    return files | structure_files() | statistics_files()


def structure_files() -> dict[str, bytes]:
    """Returns the golden files of a structure."""
    name, blob = f"v{SCHEMA_VERSION}-structure", encode_structure(STRUCTURE_CASE, record=3)
    expected = {"header": decode_frame(blob).header, "edges": edges_to_json(decode_structure([blob]))}
    return {f"{name}.0.bin": gzip.decompress(blob), f"{name}.json": (json.dumps(expected, indent=1) + "\n").encode()}


def statistics_files() -> dict[str, bytes]:
    """Returns the golden files of statistics."""
    name, encoded = f"v{SCHEMA_VERSION}-statistics", encode_statistics(STATISTICS_CASE, record=3)
    assert encoded.setup is not None
    parts: dict[str, bytes] = {**{str(index): blob for index, blob in enumerate(encoded.blobs)}, "setup": encoded.setup}
    decoded = decode_statistics(encoded.blobs, encoded.setup, STATISTICS_CASE.values)
    expected = {
        "header": decode_frame(encoded.blobs[0]).header,
        "layers": decoded.layers,
        "gradients_over_time": to_json(decoded.gradients_over_time),
    }
    files = {f"{name}.{part}.bin": gzip.decompress(frame) for part, frame in parts.items()}
    return {**files, f"{name}.json": (json.dumps(expected, indent=1) + "\n").encode()}


def edges_to_json(structure: Structure) -> Any:
    """Returns where each edge leads from and to, and the sizes, axes and type of what flows along it."""
    return [
        [edge.source, edge.target, list(edge.shape), list(edge.shape.axes), edge.shape.dtype]
        for edge in structure.edges
    ]


def no_measures(samples: int) -> Any:
    """Returns measures of which none is known: they are a bare array, not a frame."""
    return np.full((samples, len(SAMPLE_MEASURES)), np.nan, np.float32)


def sample_to_json(sample: Sample) -> Any:
    """Returns the fields of a sample, but its measures."""
    fields: dict[str, Any] = to_json(sample)
    del fields["measures"]
    return fields


def to_json(value: Any) -> Any:
    """Returns nested lists and objects; NaN and infinity as the words "nan" and "inf", which JSON has no numbers for."""
    if dataclasses.is_dataclass(value):
        return to_json({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, Mapping):
        return {name: to_json(item) for name, item in value.items()}
    if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str):
        return [to_json(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else str(float(value))
    return value.item() if isinstance(value, np.generic) else value


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for file_name, content in golden_files().items():
        (GOLDEN / file_name).write_bytes(content)
