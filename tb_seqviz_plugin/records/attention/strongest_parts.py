"""The strongest weights of each query as parts of frames, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tb_seqviz_plugin.records.attention.axes import Axes, tokens_of
from tb_seqviz_plugin.records.attention.parts import Names, Packed, decode_parts, quantised
from tb_seqviz_plugin.records.attention.pooling import Pool
from tb_seqviz_plugin.records.attention.quantise import Quantised
from tb_seqviz_plugin.records.attention.record import AttentionLayer
from tb_seqviz_plugin.records.attention.strongest import Float, Places, Strongest, gaps_of, places_of
from tb_seqviz_plugin.schema.attention import AttentionHeader, LayerHeader, StrongestHeader
from tb_seqviz_plugin.wire.frame import Array, FrameError, array_of, narrowest

STRONGEST: Names = ("strongest", "strongest_scale", "strongest_invalid", "strongest_negative")
_GAPS = "strongest_gaps"
_DIGITS = 4
"""Of shares in a header."""


@dataclass(frozen=True)
class StoredStrongest:
    """The strongest weights of each query as bytes.

    Args:
        stored: the weights, stretches of heads.
        gaps: unsigned [heads, queries, count], how far each is from the one before.
    """

    stored: Sequence[Quantised]
    gaps: Array

    @classmethod
    def of(cls, pool: Pool) -> StoredStrongest:
        """Returns those that a pool has taken."""
        return cls(quantised(pool.strongest), narrowest(gaps_of(pool.places)))


def add_strongest(
    packed: Packed, index: int, layer: AttentionLayer, pool: Pool, strongest: StoredStrongest, axes: Axes, causal: bool
) -> StrongestHeader:
    """Packs the strongest weights of each query that a pool has taken of a layer; returns what its header says of them."""
    _, queries, keys = layer.weights.shape
    shares = [each[~np.isnan(each)] for each in pool.shares]
    shares = [each if len(each) else np.zeros(1, np.float32) for each in shares]
    return StrongestHeader(
        parts=packed.add_layer(index, strongest.stored, {_GAPS: strongest.gaps}),
        queries=queries,
        keys=keys,
        count=pool.count,
        query_axis=axes.name(layer.query_axis, layer.query_tokens, layer.query_unit),
        key_axis=axes.name(layer.key_axis, layer.key_tokens, layer.key_unit),
        held=_rounded([each.mean() for each in shares]),
        least_held=_rounded([each.min() for each in shares]),
        causal=causal,
    )


def strongest_in(
    frames: Mapping[int, Mapping[str, Array]], index: int, layer: LayerHeader, header: AttentionHeader, blocks: Float
) -> Strongest | None:
    """Returns the strongest weights of each query of a layer, of which the blocks are known, None where they are not kept.

    Raises:
        FrameError: if they are not as it is said.
        ValueError: if their places are not among the keys.
    """
    if not layer.strongest:
        return None
    said, one = layer.strongest[0], (len(layer.strongest), len(layer.calls), len(layer.pooled)) == (1, 1, 2)
    if not one or _blocks(said, layer.pooled) != [layer.queries, layer.keys]:
        raise FrameError(
            f"Layer {index} keeps the strongest of {said.queries} x {said.keys} weights of {len(layer.calls)} calls beside "
            f"{layer.queries} x {layer.keys} blocks of {layer.pooled}, {len(layer.strongest)} times; expected once, of one call, "
            "and blocks that cover them. The event file is damaged."
        )
    weights = decode_parts(frames, index, (said.queries, said.count), said.parts, STRONGEST)
    if {len(weights), len(said.held), len(said.least_held)} != {layer.heads}:
        raise FrameError(
            f"Layer {index} keeps the strongest weights of {len(weights)} heads and shares of {len(said.held)} and "
            f"{len(said.least_held)}; its header says {layer.heads} heads. The event file is damaged."
        )
    gaps = [
        array_of(frames[part.blob], f"{index}.{_GAPS}", np.unsignedinteger, [part.heads, said.queries, said.count])
        for part in said.parts
    ]
    places = np.concatenate([places_of(each, said.keys) for each in gaps])
    if said.causal and (said.queries != said.keys or _looks_ahead(places, blocks, layer.pooled)):
        raise FrameError(
            f"Layer {index} keeps weights of {said.queries} queries on later ones of {said.keys} keys; its header says that there "
            "are none. The event file is damaged."
        )
    query_tokens = tokens_of(header, said.query_axis, said.queries)
    key_tokens = tokens_of(header, said.key_axis, said.keys)
    for axis, tokens, count in ((said.query_axis, query_tokens, said.queries), (said.key_axis, key_tokens, said.keys)):
        if len(tokens) not in (0, count):
            raise FrameError(f"Axis {axis!r} of layer {index} has {len(tokens)} tokens; its header says {count}.")
    return Strongest(
        np.where(places < 0, np.float32(0), weights),
        places,
        said.keys,
        np.array(said.held, np.float32),
        np.array(said.least_held, np.float32),
        query_tokens,
        key_tokens,
        said.causal,
    )


def _blocks(said: StrongestHeader, pooled: list[int]) -> list[int]:
    """Returns how many blocks cover queries and keys."""
    return [-(-size // max(block, 1)) for size, block in zip((said.queries, said.keys), pooled, strict=True)]


def _looks_ahead(places: Places, blocks: Float, sides: list[int]) -> bool:
    """Returns whether some weight is at a later place than its query, or a block of such places alone has one."""
    _, rows, columns = blocks.shape
    later = np.arange(columns) * sides[1] >= (np.arange(rows)[:, None] + 1) * sides[0]
    return bool((places > np.arange(places.shape[1])[:, None]).any() or (blocks[:, later] != 0).any())


def _rounded(shares: list[Float]) -> list[float]:
    return [round(float(share), _DIGITS) for share in shares]
