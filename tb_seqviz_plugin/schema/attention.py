"""Records of attention weights.

An **attention** record holds, for layer `i` of `AttentionHeader.layers`, in the blobs that `parts` names:

    {i}.weights  uint8   [heads, queries, keys]  round(255 * sqrt(w / scale)); decoded: scale * (q / 255) ** 2
    {i}.scale    float32 [heads, queries]        the largest weight of the row, whatever its sign, rounded up by at most 0.05 %
    {i}.invalid  uint8   [heads, queries, keys]  only where some weight was not finite: 0 finite, 1 NaN, 2 infinite
    {i}.negative uint8   [heads, queries, bytes] only where some weight is below 0: a bit per key, the highest of a byte first,
                                                 1 where the weight is minus what is decoded

in the blobs that `softmax` names, where the weights are something else than the softmax that they were made from, that softmax:

    {i}.softmax       uint8   [heads, queries, keys]  as `{i}.weights`
    {i}.softmax_scale float32 [heads, queries]        as `{i}.scale`
    {i}.softmax_invalid uint8 [heads, queries, keys]  as `{i}.invalid`
    {i}.softmax_negative uint8 [heads, queries, bytes] as `{i}.negative`

and in blob `AttentionHeader.overview`, for each layer whose `thumbnail` is true:

    {i}.thumbnail uint8  [heads, rows, columns]  weights, max-pooled, 255 * sqrt(w) in 16 levels, on one scale for all

Its measures are a row per head of all layers, in order: `MEASURES`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

Role = Literal["encoder self", "decoder self", "cross", "other"]
ROLES: tuple[str, ...] = get_args(Role)
MEASURES = ("entropy", "peak", "distance", "first")
"""One number per head and step, each the mean over the queries and between 0 and 1; of weights below 0 the magnitude counts.

entropy: of a row, divided by log(keys); 0 looks at one key, 1 at all alike.
peak: the largest weight of a row.
distance: how far the row looks from the diagonal, sum_k w |q / (queries - 1) - k / (keys - 1)|.
first: the weight on the first key (where heads without work put it).
"""
WEIGHT_LEVELS = 255
THUMBNAIL_FROM = 64
"""A layer with more queries or keys than this gets a thumbnail; smaller ones are drawn whole."""
THUMBNAIL_SIDE = 28
"""The most rows and columns of a thumbnail."""


@dataclass(frozen=True)
class Part:
    """A stretch of a layer's heads that lies in one blob.

    Args:
        blob: index of the blob in the record.
        first_head: the first head in it.
        heads: how many heads from there.
    """

    blob: int
    first_head: int
    heads: int


@dataclass(frozen=True)
class LayerHeader:
    """One attention layer as one forward pass used it.

    A layer that a decoder calls once per step with one query each is kept as one matrix: `calls` then has one
    entry per query, in order. Otherwise each call is a layer of its own, told apart by `call`.

    Args:
        path: names of the nested layers, joined by "/", such as "decoder/attention".
        call: which call of this layer it is, from 0; of a stack, the first.
        calls: place of each call among all attention calls of the forward pass.
        role: what it connects, or "other" where that is unknown.
        class_name: the layer's class, "" if there is none.
        heads: number of heads.
        queries: number of queries, that is rows.
        keys: number of keys, that is columns.
        query_axis: name in `AttentionHeader.axes` of the tokens along the queries, "" for bare positions.
        key_axis: the same along the keys.
        parts: where the weights are, by rising `first_head`.
        thumbnail: whether the overview blob holds a thumbnail.
        notes: what a reader should know about these weights, as sentences.
        guessed: which of "queries" and "keys" got their tokens by a guess, from their number alone.
        softmax: where the plain softmax is, by rising `first_head`; empty where it is the weights, or none is known.
    """

    path: str
    call: int
    calls: list[int]
    role: Role
    class_name: str
    heads: int
    queries: int
    keys: int
    query_axis: str
    key_axis: str
    parts: list[Part]
    thumbnail: bool
    notes: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    softmax: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class AttentionHeader:
    """Blob 0 of an attention record.

    Args:
        version: the oldest version of the format that tells all it holds.
        kind: "attention".
        title: the example in words, such as its source text; may be "".
        record: how many records this tag has had so far, this one counted.
        layers: the layers, in the order of their first call.
        axes: tokens by axis name, such as {"source": [...], "target": [...]}.
        overview: index of the blob with the thumbnails, -1 where there are none.
        notes: what a reader should know about this record, as sentences.
    """

    version: int
    kind: Literal["attention"]
    title: str
    record: int
    layers: list[LayerHeader]
    axes: dict[str, list[str]]
    overview: int
    notes: list[str] = field(default_factory=list)
