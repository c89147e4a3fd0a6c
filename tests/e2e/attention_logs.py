"""Runs in which attention is of all that it can be of: images, time, experts, words and values, stacks, long texts, alarms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from e2e.logs import Weights, softmax
from tb_seqviz_plugin import AttentionLayer, Image, Writer

STEPS, HEADS = range(0, 60, 10), 4
PIECES = ["[CLS]", "the", "un", "##believ", "##able", "fish", "##er", "##man", "sails", "to", "##morrow", ".", "[SEP]"]
CHINESE = list("注意力机制使模型在生成每个词时关注输入序列中的不同部分，因此能够处理很长的句子。")
SPOKEN = list("attention forms")
EXPERTS = [f"expert {at}" for at in range(1, 7)]
PATCHES, PIXELS = 12, 8


def write_attention(root: Path) -> None:
    """Writes a run of each."""
    runs = {"image": _image, "speech": _speech, "experts": _experts, "words": _words, "chinese": _chinese}
    for run, layers in runs.items():
        image = Image.of(_disc(), PATCHES, PATCHES, first=1) if run == "image" else None
        with Writer(root / run / "seqviz") as writer:
            for step in STEPS:
                writer.attention(run, layers(step), step=step, image=image, left_out=())
    with Writer(root / "pooled" / "seqviz") as writer:
        for step in STEPS:
            tokens = [f"token{at}" for at in range(400)]
            causal = _look(step, 400, 400, seed=7, near=0.4) * np.tri(400, dtype=np.float32)
            layer = _own("decoder", causal / causal.sum(axis=-1, keepdims=True), tokens)
            writer.attention("pooled", [replace(layer, role="decoder self")], step=step, byte_budget=90_000)
    tokens = [*PIECES[:-1], "[PAD]"]
    with Writer(root / "alarms" / "seqviz") as writer:
        for step in STEPS:
            weights = _look(step, len(tokens), len(tokens), seed=3)
            if step > 20:
                weights[0] = np.eye(len(tokens), dtype=np.float32)[[-1] * len(tokens)]
                weights[1] = 1 / len(tokens)
            writer.attention("probe", [_own("block_0/attention", weights, tokens)], step=step)


def _look(step: int, queries: int, keys: int, seed: int, near: float = 1.0) -> Weights:
    """Returns heads that look along the diagonal, the later the step the more sharply, each by itself."""
    place = np.arange(queries)[:, None] * keys / queries
    along = -np.abs(place - np.arange(keys))[None] * np.linspace(0.2, 1, HEADS)[:, None, None]
    noise = np.random.default_rng(seed).standard_normal((HEADS, queries, keys))
    return softmax(near * 4 * step / (step + 15) * along + noise)


def _own(path: str, weights: Weights, tokens: list[str]) -> AttentionLayer:
    return AttentionLayer(path, weights, tokens, tokens, "encoder self", "MultiHeadAttention", 0, "text", "text")


def _stack(step: int, tokens: list[str]) -> list[AttentionLayer]:
    layers = [
        _own(f"encoder/block_{at}/attention", _look(step, len(tokens), len(tokens), at), tokens) for at in range(3)
    ]
    return [replace(layer, reads=range(at)) for at, layer in enumerate(layers)]


def _words(step: int) -> list[AttentionLayer]:
    lengths = np.random.default_rng(8).uniform(0.3, 3, (HEADS, len(PIECES)))
    lengths[:, [0, -1]] = 0.05
    return [replace(layer, value_norms=lengths) for layer in _stack(step, PIECES)]


def _chinese(step: int) -> list[AttentionLayer]:
    return _stack(step, CHINESE * 3)


def _speech(step: int) -> list[AttentionLayer]:
    weights = _look(step, len(SPOKEN), 160, seed=5, near=0.3)
    axes = {"role": "cross", "query_axis": "text", "key_axis": "sound", "key_unit": ("ms", 12.5)}
    return [AttentionLayer("decoder/cross_attention", weights, SPOKEN, **axes)]


def _experts(step: int) -> list[AttentionLayer]:
    chosen = np.arange(len(PIECES)) * 5 % len(EXPERTS)
    scores = np.random.default_rng(6).standard_normal((1, len(PIECES), len(EXPERTS)))
    scores[0, np.arange(len(PIECES)), chosen] += step / 10
    return [
        AttentionLayer(
            "moe/router", softmax(scores), PIECES, EXPERTS, query_axis="text", key_axis="experts", apart=True
        )
    ]


def _is_disc(size: int) -> np.ndarray:
    y, x = np.mgrid[:size, :size] / size
    return (y - 0.4) ** 2 + (x - 0.6) ** 2 < 0.06


def _disc() -> np.ndarray:
    size = PATCHES * PIXELS
    ground = 40 + 80 * np.mgrid[:size, :size][1] / size
    return np.stack([np.where(_is_disc(size), at, ground) for at in (230, 190, 90)], axis=-1).astype(np.uint8)


def _image(step: int) -> list[AttentionLayer]:
    """Returns three layers whose class token looks at the disc, and whose patches look at those beside them."""
    row, column = np.divmod(np.arange(PATCHES**2), PATCHES)
    away = np.hypot(row[:, None] - row, column[:, None] - column)
    is_disc = _is_disc(PATCHES).ravel()
    layers = []
    for at in range(3):
        scores = np.random.default_rng(at).standard_normal((HEADS, 1 + PATCHES**2, 1 + PATCHES**2))
        scores[:, 1:, 1:] -= away * step / 30
        scores[:, 0, 1:] += is_disc * step / 12 * np.arange(1, HEADS + 1)[:, None] / 2
        axes = {"role": "encoder self", "query_axis": "patches", "key_axis": "patches", "reads": range(at)}
        layers.append(AttentionLayer(f"vit/block_{at}/attention", softmax(scores), **axes))
    return layers
