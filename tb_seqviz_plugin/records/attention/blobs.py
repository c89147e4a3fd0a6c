"""The attention record as the blobs that `schema/` lays out, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import numpy as np

from tb_seqviz_plugin.records.attention.alarms import Seen
from tb_seqviz_plugin.records.attention.axes import Axes, tokens_of
from tb_seqviz_plugin.records.attention.images import Image
from tb_seqviz_plugin.records.attention.measures import by_name, looks_at, upgraded
from tb_seqviz_plugin.records.attention.order import all_read, nearest, reads_of
from tb_seqviz_plugin.records.attention.parts import (
    SOFTMAX,
    VALUE_NORMS,
    WEIGHTS,
    Packed,
    decode_parts,
    quantised,
    value_norms_in,
)
from tb_seqviz_plugin.records.attention.pooling import Pool, kept_of, pooled_tokens
from tb_seqviz_plugin.records.attention.quantise import Float, Quantised, needs_thumbnail, thumbnail
from tb_seqviz_plugin.records.attention.record import AttentionLayer, PerToken, Side
from tb_seqviz_plugin.records.attention.stacking import Stack, stacked
from tb_seqviz_plugin.records.attention.strongest_parts import STRONGEST, StoredStrongest, add_strongest, strongest_in
from tb_seqviz_plugin.records.attention.watch import Watch
from tb_seqviz_plugin.records.columns import with_columns
from tb_seqviz_plugin.records.remarks import remark, remarks_in, restoring, with_remarks
from tb_seqviz_plugin.records.side_by_side import side_by_side
from tb_seqviz_plugin.schema import BASE_VERSION, SIGNED_VERSION
from tb_seqviz_plugin.schema.attention import (
    FORMER_MEASURES,
    MEASURES,
    AttentionHeader,
    ForwardPass,
    ImageHeader,
    LayerHeader,
    LeftOut,
    Part,
    StrongestHeader,
)
from tb_seqviz_plugin.wire.frame import Array, FrameError, decode_blob, decode_header, decoder, encode_frame
from tb_seqviz_plugin.wire.header import read_header
from tb_seqviz_plugin.wire.payload import Encoded

_MANY_FRAMES = 8
"""Of about a mebibyte each: so many are compressed side by side."""
_MANY_WEIGHTS = 1 << 22
"""So many are made bytes of side by side."""


def encode_attention(
    layers: Sequence[AttentionLayer],
    *,
    title: str = "",
    notes: Sequence[str] = (),
    record: int = 1,
    step: int = 0,
    watch: Watch | None = None,
    most: int | None = None,
    image: Image | None = None,
    left_out: Sequence[LeftOut] | None = None,
) -> tuple[list[bytes], Float]:
    """Returns the blobs and the measures of a record.

    Args:
        layers: in the order of the forward pass, at least one.
        title: the example in words.
        notes: sentences about the record.
        record: how many records the tag has had so far, this one counted.
        step: the step, for alarms.
        watch: has watched the records before, and is told of this one; None where nothing is watched.
        most: how many bytes the weights that are kept take at most; None for all.
        image: that of the example, None for none.
        left_out: what attends in the forward pass and is none of the layers; None where that is not known.

    Returns:
        the blobs, the header frame first, and the measures, float32 [heads of all layers, measures].

    Raises:
        ValueError: if there is no layer.
    """
    if not layers:
        raise ValueError("A record of attention was given no layer; expected at least one.")
    packed, softmaxes, strongest = Packed(WEIGHTS), Packed(SOFTMAX), Packed(STRONGEST)
    axes = Axes()
    thumbnails: dict[str, Array] = {}
    headers: list[LayerHeader] = []
    stacks = stacked(layers)
    keeps = kept_of([stack.size for stack in stacks], most)
    wholes = [stack.weights() for stack in stacks]
    pools = [Pool(whole.shape, keep) if keep.block > 1 else None for whole, keep in zip(wholes, keeps, strict=True)]
    looks = looks_at(stack.heads(whole, pool) for stack, whole, pool in zip(stacks, wholes, pools, strict=True))
    read = [
        _Read(stack, stack.seen(whole, look), pool)
        for stack, whole, look, pool in zip(stacks, wholes, looks, pools, strict=True)
    ]
    many = sum(each.kept.size for each in read) >= _MANY_WEIGHTS
    stored = list((side_by_side if many else map)(_Stored.of, read))
    for index, (each, as_bytes) in enumerate(zip(read, stored, strict=True)):
        stack, seen, pool = each.stack, each.seen, each.pool
        layer, block, invalid = stack.calls[0], 1 if pool is None else pool.block, int(seen.look.broken.sum())
        query_tokens = pooled_tokens(stack.query_tokens, block)
        axis_names = [f"{name} by {block}" if block > 1 else name for name in (layer.query_axis, layer.key_axis)]
        heads, queries, keys = each.kept.shape
        parts = packed.add_layer(index, as_bytes.weights, {VALUE_NORMS: None if pool else stack.value_norms()})
        said = (
            [add_strongest(strongest, index, layer, pool, as_bytes.strongest, axes, seen.look.is_causal)]
            if pool is not None and as_bytes.strongest is not None
            else []
        )
        if as_bytes.thumbnail is not None:
            thumbnails[f"{index}.thumbnail"] = as_bytes.thumbnail
        headers.append(
            LayerHeader(
                path=layer.path,
                call=layer.call,
                calls=stack.places,
                role=layer.role,
                class_name=layer.class_name,
                heads=heads,
                queries=queries,
                keys=keys,
                query_axis=axes.name(axis_names[0], query_tokens, _pooled_unit(layer.query_unit, block)),
                key_axis=axes.name(
                    axis_names[1], pooled_tokens(layer.key_tokens, block), _pooled_unit(layer.key_unit, block)
                ),
                parts=parts,
                thumbnail=as_bytes.thumbnail is not None,
                guessed=list(layer.guessed),
                softmax=softmaxes.add_layer(index, as_bytes.softmax),
                pooled=[block, block] if block > 1 else [],
                strongest=said,
                apart=layer.apart,
                notes=[
                    *layer.notes,
                    *([remark("not finite", count=invalid, of=seen.weights.size)] if invalid else []),
                    *([_pooled_note(block, seen.weights, said)] if block > 1 else []),
                ],
            )
        )
    overview = len(packed.frames) + 1 if thumbnails else -1
    frames = [*packed.frames, *([thumbnails] if thumbnails else [])]
    for later, lists in (
        (softmaxes, [each.softmax for each in headers]),
        (strongest, [kept.parts for each in headers for kept in each.strongest]),
    ):
        for parts in lists:
            parts[:] = [replace(part, blob=part.blob + len(frames)) for part in parts]
        frames += later.frames
    images: list[ImageHeader] = []
    if image is not None:
        frames.append({"image": np.frombuffer(image.png, np.uint8)})
        images = [ImageHeader(len(frames), image.width, image.height, image.rows, image.columns, image.first)]
    header = AttentionHeader(
        version=SIGNED_VERSION if any(each.seen.look.is_signed for each in read) else BASE_VERSION,
        kind="attention",
        title=title,
        record=record,
        layers=headers,
        axes=axes.tokens,
        overview=overview,
        notes=list(notes),
        remarks=remarks_in(notes, *(header.notes for header in headers)),
        alarms=[] if watch is None else watch(step, [each.seen for each in read]),
        images=images,
        units=axes.units,
        passes=[] if left_out is None else [ForwardPass(list(left_out))],
        reads=nearest(reads_of(stacks) or []),
    )
    compressed = (side_by_side if len(frames) >= _MANY_FRAMES else map)(encode_frame, frames)
    return [encode_frame({}, _to_json(header)), *compressed], np.concatenate([each.seen.look.values for each in read])


@dataclass(frozen=True)
class _Read:
    """A stack that is read.

    Args:
        stack: the calls.
        seen: what was seen of them.
        pool: what was kept meanwhile; None where all weights are.
    """

    stack: Stack
    seen: Seen
    pool: Pool | None

    @property
    def kept(self) -> Float:
        """The weights that are kept, float32 [heads, queries, keys]."""
        return self.seen.weights if self.pool is None else self.pool.weights


@dataclass(frozen=True)
class _Stored:
    """What is kept of a stack, as bytes: the weights, stretches of heads, and what there is besides."""

    weights: Sequence[Quantised]
    strongest: StoredStrongest | None
    softmax: Sequence[Quantised]
    thumbnail: Array | None

    @classmethod
    def of(cls, read: _Read) -> _Stored:
        """Returns what is kept of a stack that is read."""
        softmax = read.stack.softmax() if read.pool is None else None
        return cls(
            quantised(read.kept),
            StoredStrongest.of(read.pool) if read.pool is not None and read.pool.count else None,
            [] if softmax is None else quantised(softmax),
            thumbnail(read.kept) if needs_thumbnail(*read.kept.shape[1:]) else None,
        )


def encoded_size(layers: Sequence[AttentionLayer], most: int | None) -> int:
    """Returns how many bytes the arrays of a record take, about, at most; see `encode_attention`."""
    stacks = stacked(layers)
    sizes = [stack.size for stack in stacks]
    keeps = kept_of(sizes, most)
    softmax = [
        call.softmax.size
        for stack, keep in zip(stacks, keeps, strict=True)
        if keep.block == 1
        for call in stack.calls
        if call.softmax is not None
    ]
    return sum(keep.bytes_of(size) for keep, size in zip(keeps, sizes, strict=True)) + sum(softmax)


def _pooled_note(block: int, whole: Float, strongest: Sequence[StrongestHeader]) -> str:
    size = {"block": block, "queries": whole.shape[1], "keys": whole.shape[2]}
    if not strongest:
        return remark("pooled", **size)
    held = round(100 * float(np.mean([each.held for each in strongest])))
    return remark("pooled, strongest kept", **size, count=strongest[0].count, held=held)


def _to_json(header: AttentionHeader) -> dict[str, Any]:
    """Returns the header without the fields that were added later where they say nothing, so that older readers read on."""
    values = {**asdict(replace(header, axes={})), "axes": header.axes}  # thousands of tokens, which need no copies
    for layer in values["layers"]:
        for name in ("guessed", "softmax", "pooled", "strongest", "apart"):
            if not layer[name]:
                del layer[name]
        for kept in layer.get("strongest", ()):
            if not kept["causal"]:
                del kept["causal"]
    for name in ("alarms", "images", "units", "passes", "reads", "remarks"):
        if not values[name]:
            del values[name]
    return values


@decoder
def decode_attention(blobs: Sequence[bytes], measures: object = None) -> tuple[AttentionHeader, list[AttentionLayer]]:
    """Returns the header and one layer per call, in the order of the forward pass; the reverse of `encode_attention`.

    Args:
        blobs: the header frame first.
        measures: float32 [heads of all layers, measures], as they lie beside the record; layers have none where they are others.

    Raises:
        FrameError: if the blobs are damaged or of a newer version.
    """
    if not blobs:
        raise FrameError(
            "A record has no blob; expected the header frame. The event file was not written by this package."
        )
    header = decode_attention_header(blobs[0])
    return header, _decode_layers(header, blobs, _measures_of(header, measures))


def attention_fields(stored: Encoded) -> dict[str, Any]:
    """Returns the fields of an `AttentionRecord` but its place."""
    header, layers = decode_attention(stored.blobs, stored.beside.get("heads", stored.beside.get("measures")))
    return {
        "layers": tuple(layers),
        "title": header.title,
        "notes": tuple(with_remarks(header.notes, header.remarks)),
        "alarms": tuple(header.alarms),
        "images": tuple(_image_of(stored.blobs, image) for image in header.images),
        "left_out": next((tuple(each.left_out) for each in header.passes), None),
    }


def _image_of(blobs: Sequence[bytes], header: ImageHeader) -> Image:
    png = decode_blob(blobs, header.blob).get("image")
    if png is None or png.dtype != np.uint8 or png.ndim != 1:
        raise FrameError(f"Blob {header.blob} holds no image; the event file is damaged.")
    return Image(png.tobytes(), header.width, header.height, header.rows, header.columns, header.first)


def upgrade_measures(former: Float, header: bytes) -> Float | None:
    """Returns measures of before as those of today, by the record's header frame; None where they are of other heads.

    Raises:
        FrameError: if the header is damaged or of a newer version.
    """
    return _measures_of(decode_attention_header(header), former)


def _measures_of(header: AttentionHeader, stored: object) -> Float | None:
    """Returns the measures of a record's heads, if need be as those of today, float32 [heads of all layers, measures]; None where
    something else is stored."""
    # Heads are counted before there is something for each of them: a header may claim any number.
    if (
        not isinstance(stored, np.ndarray)
        or len(stored.shape) != 2
        or len(stored) != sum(max(layer.heads, 0) for layer in header.layers)
    ):
        return None
    keys = [layer.keys for layer in header.layers for _ in range(layer.heads)]
    if stored.shape == (len(keys), len(FORMER_MEASURES)):
        return upgraded(stored, keys)
    return with_columns(stored, len(MEASURES)) if stored.shape[1] > len(FORMER_MEASURES) else None


def _decode_layers(header: AttentionHeader, blobs: Sequence[bytes], measures: Float | None) -> list[AttentionLayer]:
    used = {part.blob for layer in header.layers for part in _parts_of(layer)}
    units = {each.axis: (each.unit, each.per_token) for each in header.units}
    frames = {blob: decode_blob(blobs, blob) for blob in used}
    layers: list[tuple[int, AttentionLayer]] = []
    reads = [[call for other in own for call in header.layers[other].calls] for own in all_read(header.reads)]
    remarked, first = restoring(header.remarks), 0
    for index, layer in enumerate(header.layers):
        sides = (layer.queries, layer.keys)
        weights = decode_parts(frames, index, sides, layer.parts, WEIGHTS)
        if len(weights) != layer.heads:
            raise FrameError(f"Layer {index} has {len(weights)} heads; its header says {layer.heads}.")
        softmax = decode_parts(frames, index, sides, layer.softmax, SOFTMAX) if layer.softmax else None
        norms = value_norms_in(frames, index, layer)
        kept = strongest_in(frames, index, layer, header, weights)
        query_tokens, key_tokens = (
            tokens_of(header, layer.query_axis, layer.queries),
            tokens_of(header, layer.key_axis, layer.keys),
        )
        queries, left = divmod(layer.queries, len(layer.calls))
        if left:
            raise FrameError(f"Layer {index} has {layer.queries} queries of {len(layer.calls)} calls.")
        measured = {} if measures is None else by_name(measures[first : first + layer.heads])
        first += layer.heads
        for at, call in enumerate(layer.calls):
            rows = slice(at * queries, (at + 1) * queries)
            entry = AttentionLayer(
                path=layer.path,
                weights=weights[:, rows],
                query_tokens=query_tokens[rows],
                key_tokens=key_tokens,
                role=layer.role,
                class_name=layer.class_name,
                call=layer.call + at,
                query_axis=layer.query_axis,
                key_axis=layer.key_axis,
                notes=remarked(layer.notes),
                guessed=cast("list[Side]", layer.guessed),
                softmax=None if softmax is None else softmax[:, rows],
                value_norms=norms,
                measures=measured,
                pooled=cast("tuple[int, int]", tuple(layer.pooled)) if len(layer.pooled) == 2 else (1, 1),
                strongest=kept,
                apart=layer.apart,
                reads=sorted(reads[index]) if reads else None,
                query_unit=units.get(layer.query_axis),
                key_unit=units.get(layer.key_axis),
            )
            layers.append((call, entry))
    return [layer for _, layer in sorted(layers, key=lambda item: item[0])]


def _parts_of(layer: LayerHeader) -> list[Part]:
    return [*layer.parts, *layer.softmax, *(part for each in layer.strongest for part in each.parts)]


@decoder
def decode_attention_header(blob: bytes) -> AttentionHeader:
    """Returns the header of a record from its first blob.

    Raises:
        FrameError: if the blob is not the header of such a record, or of a newer version.
    """
    header = read_header(AttentionHeader, decode_header(blob))
    for each in header.units:
        if not 0 < each.per_token < math.inf or each.axis in header.axes:
            raise FrameError(
                f"The positions of axis {each.axis!r} last {each.per_token!r} {each.unit} each; expected a number above 0, and no "
                "tokens beside it. The event file is damaged."
            )
    calls = sorted(call for layer in header.layers for call in layer.calls)
    if header.reads and (len(header.reads) != len(header.layers) or calls != [*range(len(calls))]):
        raise FrameError(
            f"The record has {len(header.layers)} layers of the calls {calls} and says of {len(header.reads)} what they are "
            "computed from; expected it of all, and each call once. The event file is damaged."
        )
    return header


def _pooled_unit(unit: PerToken | None, block: int) -> PerToken | None:
    return None if unit is None else (unit[0], unit[1] * block)
