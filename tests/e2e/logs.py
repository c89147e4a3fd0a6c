"""Logs for the browser tests and the screenshots, written without training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import AttentionLayer

Weights = npt.NDArray[np.float32]

SOURCE = list("the 3rd of May 1994")
TARGET = ["[START]", *"1994-05-03"]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "\u202eevil\u202c",
    "\u0000",
    "\n",
    "Ġword",
    "▁word",
    "##ing",
    "",
    "[PAD]",
    "白日依山盡",
    "שלום",
    "مرحبا",
    "👩‍👩‍👧",
    "e\u0301",
    "\ud83d",
    "${alert(3)}{{alert(4)}}",
    "x" * 200,
]


def softmax(scores: npt.NDArray[np.float64]) -> Weights:
    """Returns a softmax along the last axis, float32."""
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (scores / scores.sum(axis=-1, keepdims=True)).astype(np.float32)


def translator(step: int, heads: int = 4, blocks: int = 2) -> list[AttentionLayer]:
    """Returns the attention of a translator that learns to align, as it is after a step."""
    sharpness = 6 * step / (step + 10)
    rng = np.random.default_rng(1)

    def layer(
        path: str, role: str, queries: list[str], keys: list[str], axes: tuple[str, str], slope: float
    ) -> AttentionLayer:
        place = np.arange(len(queries))[:, None] * len(keys) / len(queries)
        near = -np.abs(place - np.arange(len(keys)))[None] * np.linspace(0.2, 1, heads)[:, None, None]
        scores = sharpness * slope * near + rng.standard_normal((heads, len(queries), len(keys)))
        if role == "decoder self":
            scores = np.where(np.tri(len(queries), len(keys), dtype=bool), scores, -1e9)
        return AttentionLayer(path, softmax(scores), queries, keys, role, "MultiHeadAttention", 0, *axes)  # type: ignore[arg-type]

    source, target = ("source", "source"), ("target", "target")
    layers = [layer(f"encoder/block_{b}/attention", "encoder self", SOURCE, SOURCE, source, 0.5) for b in range(blocks)]
    for b in range(blocks):
        layers.append(layer(f"decoder/block_{b}/self_attention", "decoder self", TARGET, TARGET, target, 0.7))
        layers.append(layer(f"decoder/block_{b}/cross_attention", "cross", TARGET, SOURCE, ("target", "source"), 1.0))
    return layers


def write_logs(root: Path) -> None:
    """Writes the runs that the tests look at."""
    for run, heads, steps in (("gru/seqviz", 1, 30), ("transformer/seqviz", 4, 40)):
        with seqviz.Writer(root / run) as writer:
            for step in range(steps):
                for example in ("dates/0", "dates/1"):
                    writer.attention(example, translator(step, heads), step=step, title="".join(SOURCE))
    with seqviz.Writer(root / "many/seqviz") as writer:
        weights = softmax(np.random.default_rng(2).standard_normal((2, 6, 6)))
        for step in range(300):
            writer.attention("steps", {"attention": weights}, step=step * 10)
    with seqviz.Writer(root / "hostile <b>/seqviz") as writer:
        size = len(HOSTILE)
        weights = softmax(np.random.default_rng(3).standard_normal((2, size, size)))
        writer.attention(
            "tokens",
            {"<img src=x onerror=alert(5)>/attention": weights},
            query_tokens=HOSTILE,
            key_tokens=HOSTILE,
            step=0,
            title="".join(HOSTILE[:-1]),
        )
    with seqviz.Writer(root / "odd/seqviz") as writer:
        weights = softmax(np.random.default_rng(4).standard_normal((2, 8, 8)))
        weights[0, 3], weights[1, 2, 2] = np.nan, np.inf
        writer.attention("not-finite", {"attention": weights}, step=0)
        stacked = [
            AttentionLayer("decoder/attention", softmax(np.eye(6)[None, [row]] * 5), [f"q{row}"], call=row)
            for row in range(6)
        ]
        writer.attention("decoder-loop", stacked, step=0)
    with seqviz.Writer(root / "long/seqviz") as writer:
        tokens = [f"token{position}" for position in range(512)]
        for step in range(3):
            scores = 2 * np.random.default_rng(5 + step).standard_normal((12, 512, 512))
            writer.attention("512", {"attention": softmax(scores)}, query_tokens=tokens, key_tokens=tokens, step=step)
        writer.attention(
            "2048", {"attention": softmax(2 * np.random.default_rng(9).standard_normal((1, 2048, 2048)))}, step=0
        )
    _write_newer_version(root / "tomorrow/seqviz")


def _write_newer_version(folder: Path) -> None:
    """Writes a record and then says in its bytes that a newer version wrote it."""
    with seqviz.Writer(folder) as writer:
        writer.attention("future", {"attention": np.eye(4, dtype=np.float32)[None]}, step=0)
    from tensorboard.compat.proto.event_pb2 import Event

    from tb_seqviz_plugin.wire.tfrecord import read_records, write_record

    (path,) = folder.glob("*tfevents*")
    payloads = [payload for _, payload in read_records(path)]
    with path.open("wb") as file:
        for payload in payloads:
            event = Event.FromString(payload)
            for value in event.summary.value:
                content = json.loads(value.metadata.plugin_data.content)
                value.metadata.plugin_data.content = json.dumps({**content, "v": 999}).encode()
            write_record(file, event.SerializeToString())
