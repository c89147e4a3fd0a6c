"""Logs of structures for the browser tests, written without training."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from tb_seqviz_plugin import Edge, Node, Shape, Statistics, Structure, Writer
from tb_seqviz_plugin.schema.statistics import STATISTICS
from tb_seqviz_plugin.schema.structure import EdgeKind

RUN = "translator/seqviz"
BLOCKS = 12
STEPS = [0, 10, 20]
NOT_FINITE_FROM = 20
HOSTILE = "<img src=x onerror=alert(1)>"

_TOKENS = Shape((None, 7), ("batch", "time"), "tokens", "int32")
_SEQUENCE = Shape((None, 7, 16), ("batch", "time", "features"))
_STATE = Shape((None, 16), ("batch", "units"))


def translator() -> Structure:
    """An encoder and a decoder with a stack of blocks between them."""
    blocks = [
        Node(f"block_{at}", "Block", "translator", 100, 100, 100, (_SEQUENCE,), (_SEQUENCE,), repeats="Block 1")
        for at in range(BLOCKS)
    ]
    nodes = [
        Node("translator", "Translator", "", 0, 3200, 3200, (_TOKENS,), (_SEQUENCE,)),
        Node("encoder", "Encoder", "translator", 0, 1000, 1000, (_TOKENS,), (_SEQUENCE, _STATE), role="encoder"),
        Node(
            "encoder/gru", "GRU", "encoder", 1000, 1000, 1000, (_TOKENS,), (_SEQUENCE, _STATE), config={"units": "16"}
        ),
        *blocks,
        Node("decoder", "Decoder", "translator", 0, 1000, 900, (_TOKENS,), (_SEQUENCE,), role="decoder"),
        Node("decoder/gru", "GRU", "decoder", 600, 600, 500, (_TOKENS, _STATE), (_SEQUENCE,)),
        Node(
            "decoder/attention", "Attention", "decoder", 400, 400, 400, role="attention", attention="decoder/attention"
        ),
        Node(f"decoder/{HOSTILE.replace('/', '∕')}", "Dropout", "decoder", 0, 0, 0, calls=0),
    ]

    def edge(source: str, target: str, label: str, shape: Shape = _SEQUENCE, kind: EdgeKind = "data") -> Edge:
        return Edge(source, target, shape, label, "", kind)

    chain = ["encoder/gru", *(block.path for block in blocks)]
    edges = [
        edge("inputs/source", "encoder/gru", "sequences", _TOKENS),
        *(edge(one, other, "inputs") for one, other in itertools.pairwise(chain)),
        edge("encoder/gru", "decoder/gru", "initial_state", _STATE, "state"),
        edge("inputs/target", "decoder/gru", "sequences", _TOKENS),
        edge("decoder/gru", "decoder/attention", "query"),
        edge(chain[-1], "decoder/attention", "value"),
        edge("decoder/attention", "outputs/0", ""),
    ]
    return Structure("translator", nodes, edges, ["A note of the tracer."])


def gradient_norm(layer: int, step: int) -> float:
    """Returns what is logged of a layer at a step."""
    return float(np.float32((layer + 1) * (step + 1) / 1000))


def statistics(structure: Structure, step: int) -> Statistics:
    """Returns numbers that differ from layer to layer and from step to step."""
    paths = [node.path for node in structure.nodes]
    values = np.full((len(paths), len(STATISTICS)), np.nan, np.float32)
    values[:, STATISTICS.index("gradient_norm")] = [gradient_norm(layer, step) for layer in range(len(paths))]
    values[:, STATISTICS.index("gradient_not_finite")] = 0
    if step >= NOT_FINITE_FROM:
        values[paths.index("encoder/gru"), STATISTICS.index("gradient_not_finite")] = 0.5
    over_time = {"encoder/gru": np.geomspace(1e-4, 1, 7).astype(np.float32)}
    return Statistics(paths, values, over_time, examples=4, update_steps=1)


def write_structure_logs(folder: Path) -> None:
    """Writes a structure with its statistics, and attention of one of its layers."""
    structure = translator()
    weights = np.full((2, 3, 4), 0.25, np.float32)
    with Writer(folder / RUN) as writer:
        for step in (STEPS[0], STEPS[-1]):
            writer.structure("model", structure, step=step)
        for step in STEPS:
            writer.statistics("model", statistics(structure, step), step=step)
            writer.attention("probe/0", {"encoder/self": weights, "decoder/attention": weights}, step=step)
