"""Golden files: records as bytes and as the numbers they stand for, read by the tests of both languages.

make golden    writes golden/v<version of the record>-*

For record NAME: NAME.<blob>.bin, its frames without compression, NAME.texts.bin, NAME.setup.bin and NAME.alarms.bin where its kind
has such, and NAME.json, the header and what else is read in them, numbers that are none as "nan" and "inf": of attention per layer
the weights row by row, and of a stack its rollout; of samples the samples; of embeddings all but the layer and notes; of a
structure what flows along its edges; of statistics the layers and the gradients over time; of an evaluation all but the table, and
of tokens all. Once released, the files of a version never change: what they hold must be readable for ever.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from helpers import sample_cases
from helpers.evaluation_cases import EVALUATION_CASE, TOKENS_CASE
from helpers.structure_cases import STATISTICS_CASE, STRUCTURE_CASE

from tb_seqviz_plugin.records.attention.blobs import decode_attention, encode_attention
from tb_seqviz_plugin.records.attention.payload import AttentionPayload
from tb_seqviz_plugin.records.attention.record import AttentionLayer, AttentionRecord
from tb_seqviz_plugin.records.attention.rollout import rollout
from tb_seqviz_plugin.records.attention.watch import Watch
from tb_seqviz_plugin.records.embeddings import blobs as embeddings_blobs
from tb_seqviz_plugin.records.embeddings.blobs import decode_embeddings, encode_embeddings
from tb_seqviz_plugin.records.embeddings.record import Embeddings
from tb_seqviz_plugin.records.evaluation.blobs import decode_evaluation, encode_evaluation
from tb_seqviz_plugin.records.samples.blobs import decode_samples, encode_samples
from tb_seqviz_plugin.records.samples.record import Sample
from tb_seqviz_plugin.records.statistics.blobs import decode_statistics, encode_statistics
from tb_seqviz_plugin.records.structure.blobs import decode_structure, encode_structure
from tb_seqviz_plugin.records.tokens.blobs import decode_tokens, encode_tokens
from tb_seqviz_plugin.schema.attention import LeftOut
from tb_seqviz_plugin.schema.evaluation import EVALUATION_COLUMNS
from tb_seqviz_plugin.schema.samples import SAMPLE_MEASURES
from tb_seqviz_plugin.wire.frame import decode_frame
from tb_seqviz_plugin.wire.payload import Encoded

GOLDEN = Path(__file__).parent / "golden"


def attention_cases() -> dict[str, list[AttentionLayer]]:
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
        "signed": [
            AttentionLayer(
                "decoder/difference",
                cross - np.float32(0.25),
                role="cross",
                notes=["The weights are the difference of two softmaxes."],
                guessed=["queries"],
                softmax=np.concatenate([cross, cross[:1]]),
                **tokens,
            )
        ],
    }


def _long_heads(heads: int, queries: int, keys: int) -> np.ndarray:
    """Returns weights that lie here and there, no two of a query alike, since either might be kept, and a query with few."""
    places = np.arange(heads * queries).reshape(heads, queries, 1) * 7 + np.arange(keys) * 11
    weights = np.float32(1) / np.float32(1 + places % 307)
    weights[:, 3, 2:] = 0
    return weights


STRONGEST_CASE = [
    AttentionLayer(
        "decoder/cross",
        _long_heads(2, 9, 120),
        [f"target{place}" for place in range(9)],
        [f"source{place}" for place in range(120)],
        "cross",
        query_axis="target",
        key_axis="source",
    ),
    AttentionLayer(
        "signed",
        np.where(np.arange(300) == 7, np.float32([np.nan] + [-1] * 7)[:, None], -_long_heads(1, 8, 300)),
        query_unit=("ms", 10),
    ),
]
STRONGEST_BYTES = 1000
"""So much room is there for what is kept of `STRONGEST_CASE`."""


def stack_case() -> tuple[list[AttentionLayer], list[LeftOut]]:
    """Returns the layers of a stack of three, of which the second is broken in one place, and what else attended."""
    raw = (1 + np.arange(3 * 2 * 4 * 4) * 7 % 11).reshape(3, 2, 4, 4) * np.tril(np.ones((4, 4)))
    weights = (raw / raw.sum(axis=-1, keepdims=True)).astype(np.float32)
    weights[1, 0, 2, 1] = np.nan
    weights[2, :, 3, 2] = 0
    axes = {"role": "decoder self", "query_axis": "tokens", "key_axis": "tokens"}
    tokens = ["the", "dog", "barks", "."]
    layers = [AttentionLayer(f"block_{at}/attention", each, tokens, tokens, **axes) for at, each in enumerate(weights)]
    return layers, [LeftOut("block_3/attention", 0, "decoder self", 4, 4, 3)]


def branches_case() -> list[AttentionLayer]:
    """Returns a router, a layer that is computed from it, and two branches above that one."""
    layers, _ = stack_case()
    router = AttentionLayer("router", layers[0].weights[:1], apart=True, reads=())
    return [router, *(replace(layer, reads=own) for layer, own in zip(layers, [(0,), (0, 1), (0, 1)], strict=True))]


EMBEDDINGS_CASE = Embeddings(
    layer="encoder/tokens",
    vectors=np.array([[0.5, -1.25, 3e-8], [np.nan, 0, 1], [1e30, -np.inf, -0.0], [7, 8, 9], [-7, 0.1, 2]], np.float32),
    labels=["", "the", "日本", "\ud83d", "line\nbreak"],
    columns={"frequency": [1061, 93, 0, 7, 7], "kind": ["", "word", "<b>", "x", "y"]},
    rows=[0, 1, 2, 300, 70000],
    table_rows=70001,
    notes=["Made for tests."],
)


def records() -> Iterator[tuple[str, Encoded, dict[str, Any]]]:
    """Yields the name of each record, what today's encoder writes, and what is read in it beside the header."""
    for case, layers in attention_cases().items():
        blobs, measures = encode_attention(layers, title=case, notes=["Made for tests."], record=3)
        yield case, Encoded(blobs, {"measures": measures}), calls_of(blobs)
    blobs, measures = encode_attention(STRONGEST_CASE, title="strongest", record=3, most=STRONGEST_BYTES)
    yield "strongest", Encoded(blobs, {"heads": measures}), calls_of(blobs)
    layers, left_out = stack_case()
    blobs, measures = encode_attention(layers, title="stack", notes=["Made for tests."], record=3, left_out=left_out)
    yield "stack", Encoded(blobs, {"measures": measures}), calls_of(blobs)
    blobs, measures = encode_attention(branches_case(), title="branches", record=3, left_out=[])
    yield "branches", Encoded(blobs, {"heads": measures}), calls_of(blobs)
    causal = [AttentionLayer("self", np.tril(_long_heads(1, 60, 60)), role="decoder self")]
    blobs, measures = encode_attention(causal, title="causal", record=3, most=2000)
    yield "causal", Encoded(blobs, {"heads": measures}), calls_of(blobs)
    alarming = AttentionPayload(attention_cases()["not-finite"], "alarms", ["Made for tests."], step=30, watch=Watch())
    encoded = alarming.encode("attention/golden", 3)
    yield "alarms", encoded, calls_of(encoded.blobs, encoded.part("alarms", bytes))
    for case, samples in sample_cases.cases().items():
        encoded = encode_samples(samples, tag="samples/golden", notes=["Made for tests."], record=3)
        texts, setup = encoded.part("texts", bytes), encoded.part("setup", bytes)
        yield f"samples-{case}", encoded, samples_of(encoded.blobs, texts, setup)
    with patch.object(embeddings_blobs, "_BLOB_BYTES", 2 * EMBEDDINGS_CASE.vectors[0].nbytes):
        encoded = encode_embeddings(EMBEDDINGS_CASE, np.ones((1, 5), np.float32), tag="embeddings/golden", record=3)
    yield "embeddings", encoded, embeddings_of(encoded.blobs, encoded.part("setup", bytes))
    blob = encode_structure(STRUCTURE_CASE, record=3)
    yield "structure", Encoded([blob], {}), edges_of([blob])
    encoded = encode_statistics(STATISTICS_CASE, record=3)
    yield "statistics", encoded, statistics_of(encoded.blobs, encoded.part("setup", bytes))
    encoded = encode_evaluation(EVALUATION_CASE, tag="evaluation/golden", record=3)
    texts, setup = encoded.part("texts", bytes), encoded.part("setup", bytes)
    yield "evaluation", encoded, evaluation_of(encoded.blobs, texts, setup)
    encoded = encode_tokens(TOKENS_CASE, record=3)
    texts, setup = encoded.part("texts", bytes), encoded.part("setup", bytes)
    yield "tokens", encoded, tokens_of(encoded.blobs, texts, setup)


def golden_files() -> dict[str, bytes]:
    """Returns every golden file of this version by name, as today's encoder writes it."""
    files: dict[str, bytes] = {}
    for case, encoded, read in records():
        header = decode_frame(encoded.blobs[0]).header
        name = f"v{header['version']}-{case}"
        parts: dict[Any, Any] = {
            **dict(enumerate(encoded.blobs)),
            "texts": encoded.beside.get("texts"),
            "alarms": encoded.beside.get("alarms"),
            "setup": encoded.setup,
        }
        files |= {f"{name}.{part}.bin": gzip.decompress(frame) for part, frame in parts.items() if frame is not None}
        expected = {"header": header, **read}
        files[f"{name}.json"] = (json.dumps(expected, indent=1) + "\n").encode()
    return files


def calls_of(blobs: Sequence[bytes], alarms: bytes | None = None) -> dict[str, Any]:
    """Returns the weights of each call of attention, the strongest of each query if kept, alarms, and the rollout of a stack."""
    header, layers = decode_attention(blobs)
    said = {} if alarms is None else {"alarms": decode_frame(alarms).header["alarms"]}
    if any(layer.strongest for layer in layers):
        said["strongest"] = [to_json(layer.strongest) for layer in layers]
    if header.passes:
        record = AttentionRecord("", "", 0, 0, layers, left_out=header.passes[0].left_out)
        said["rollout"] = to_json(rollout(record).weights)
    return {"calls": [to_json(layer.weights) for layer in layers], **said}


def samples_of(blobs: Sequence[bytes], texts: bytes, setup: bytes) -> dict[str, Any]:
    """Returns the samples of a record, their measures left out: these are a bare array, not a frame."""
    samples = read_samples(blobs, texts, setup)
    fields = [to_json(sample) for sample in samples]
    return {"samples": [{name: value for name, value in each.items() if name != "measures"} for each in fields]}


def read_samples(blobs: Sequence[bytes], texts: bytes, setup: bytes) -> list[Sample]:
    """Returns the samples of a record of which no measure is known."""
    count = len(decode_frame(texts).header["texts"])
    return decode_samples(blobs, texts, setup, np.full((count, len(SAMPLE_MEASURES)), np.nan, np.float32))[1]


def embeddings_of(blobs: Sequence[bytes], setup: bytes) -> dict[str, Any]:
    """Returns the vectors of a record, and what is said of them."""
    fields = to_json(decode_embeddings(blobs, setup))
    return {name: fields[name] for name in ("vectors", "labels", "columns", "rows", "table_rows")}


def edges_of(blobs: Sequence[bytes]) -> dict[str, Any]:
    """Returns where each edge of a structure leads from and to, and the sizes, axes and type of what flows along it."""
    edges = decode_structure(blobs).edges
    flows = [[edge.source, edge.target, list(edge.shape), list(edge.shape.axes), edge.shape.dtype] for edge in edges]
    return {"edges": flows}


def statistics_of(blobs: Sequence[bytes], setup: bytes) -> dict[str, Any]:
    """Returns the layers and gradients over time of a record of statistics."""
    statistics = decode_statistics(blobs, setup, STATISTICS_CASE.values)
    gradients = to_json(statistics.gradients_over_time)
    return {"layers": list(statistics.layers), "gradients_over_time": gradients}


def evaluation_of(blobs: Sequence[bytes], texts: bytes, setup: bytes) -> dict[str, Any]:
    """Returns an evaluation, but for its table, whose numbers are a bare array and not a frame."""
    none = np.full((len(decode_frame(setup).header["slices"]), len(EVALUATION_COLUMNS)), np.nan, np.float32)
    fields = to_json(decode_evaluation(blobs, texts, setup, none))
    return {name: value for name, value in fields.items() if name not in ("table", "notes")}


def tokens_of(blobs: Sequence[bytes], texts: bytes, setup: bytes) -> dict[str, Any]:
    """Returns the tokens of a text, and how probable they are."""
    fields = to_json(decode_tokens(blobs, texts, setup))
    return {name: value for name, value in fields.items() if name != "notes"}


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
