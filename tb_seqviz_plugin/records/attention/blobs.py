"""The attention record as the blobs that `schema/` lays out, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, cast

import numpy as np

from tb_seqviz_plugin.records.attention.alarms import Seen
from tb_seqviz_plugin.records.attention.images import Image
from tb_seqviz_plugin.records.attention.measures import Tokens, by_name, look_at, upgraded
from tb_seqviz_plugin.records.attention.pooling import Size, blocks_of, pooled, pooled_tokens
from tb_seqviz_plugin.records.attention.quantise import (
    Float,
    Quantised,
    dequantise,
    needs_thumbnail,
    quantise,
    thumbnail,
)
from tb_seqviz_plugin.records.attention.record import AttentionLayer, AttentionRecord, Side
from tb_seqviz_plugin.records.attention.watch import Watch
from tb_seqviz_plugin.schema import BASE_VERSION, SIGNED_VERSION, Beside, readable_name
from tb_seqviz_plugin.schema.attention import (
    FORMER_MEASURES,
    HEAD_SCALARS,
    MEASURES,
    AlarmsHeader,
    AttentionHeader,
    ImageHeader,
    LayerHeader,
    Part,
)
from tb_seqviz_plugin.wire.frame import Array, FrameError, array_of, decode_blob, decode_header, decoder, encode_frame
from tb_seqviz_plugin.wire.header import read_header
from tb_seqviz_plugin.wire.payload import Encoded, Raw, fields_of

_BLOB_BYTES = 1 << 20
"""A blob is closed once it holds this much: small models are one fetch, a large layer is fetched some heads at a time."""
_POOLED = (
    "To keep the run within its byte budget, of each {block} x {block} of the {whole.shape[1]:,} x {whole.shape[2]:,} weights of a "
    "head the strongest is kept; measures and alarms are of all."
)
_ARRAYS = ("weights", "softmax", "mask", "logits", "max_logit")
_OF_WHAT_IS_READ = ("measures", "pooled")
_Names = tuple[str, str, str, str]
_WEIGHTS: _Names = ("weights", "scale", "invalid", "negative")
_SOFTMAX: _Names = ("softmax", "softmax_scale", "softmax_invalid", "softmax_negative")


@dataclass(frozen=True)
class AttentionPayload:
    """Attention on its way to the event file.

    Args:
        layers: in the order of the forward pass, at least one.
        title: the example in words.
        notes: sentences about the record.
        step: at which it is logged.
        watch: watches the records of this tag; None where nothing is watched.
        most: how many weights are kept at most; None for all.
        scalars: whether `HEAD_SCALARS` are written, too.
        image: that of the example, None for none.
    """

    kind: ClassVar[str] = AttentionRecord.kind
    layers: Sequence[AttentionLayer]
    title: str
    notes: Sequence[str]
    step: int = 0
    watch: Watch | None = None
    most: int | None = None
    scalars: bool = False
    image: Image | None = None

    @property
    def memory(self) -> Watch:
        """What is remembered of the records before."""
        return self.watch or Watch()

    def raw(self) -> Raw:
        """Returns the arrays as they were given, layer by layer."""
        arrays = {name: [getattr(layer, name) for layer in self.layers] for name in _ARRAYS}
        layers = [
            {
                **{
                    name: value
                    for name, value in fields_of(layer, AttentionLayer).items()
                    if name not in _OF_WHAT_IS_READ
                },
                **{name: arrays[name][at] is not None for name in _ARRAYS},
            }
            for at, layer in enumerate(self.layers)
        ]
        image = self.image and {**fields_of(self.image, Image), "png": None}
        options = {"watched": self.watch is not None, "most": self.most, "scalars": self.scalars, "image": image}
        said = {"layers": layers, "title": self.title, "notes": self.notes, "step": self.step}
        said |= {name: value for name, value in options.items() if value not in (None, False)}
        stored = [array for name in ("weights", "softmax") for array in arrays[name] if array is not None]
        given = [array for each in zip(*arrays.values(), strict=True) for array in each if array is not None]
        given += [] if self.image is None else [np.frombuffer(self.image.png, np.uint8)]
        return Raw(said, given, encoded_size=sum(array.size for array in stored))

    @classmethod
    def restore(cls, raw: Raw, memory: Watch) -> AttentionPayload:
        """Returns the payload that `raw` was made of."""
        arrays = iter(raw.arrays)
        layers = [
            AttentionLayer(**{**said, **{name: next(arrays) if said.get(name) else None for name in _ARRAYS}})
            for said in raw.said["layers"]
        ]
        image = raw.said.get("image")
        watch = memory if raw.said.get("watched") else None
        return cls(
            layers,
            raw.said["title"],
            raw.said["notes"],
            raw.said.get("step", 0),
            watch,
            raw.said.get("most"),
            raw.said.get("scalars", False),
            None if image is None else Image(**{**image, "png": next(arrays).tobytes()}),
        )

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored."""
        blobs, measures = encode_attention(
            self.layers,
            title=self.title,
            notes=self.notes,
            record=record,
            step=self.step,
            watch=self.watch,
            most=self.most,
            image=self.image,
        )
        version = _version_of(self.layers)
        beside: dict[Beside, Float | bytes] = {"heads": measures}
        if self.watch is not None:
            beside["alarms"] = encode_frame({}, asdict(AlarmsHeader(version, self.watch.told)))
        scalars = _scalars(tag, decode_attention_header(blobs[0]), measures) if self.scalars else {}
        return Encoded(blobs, beside, scalars=scalars, version=version)


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
) -> tuple[list[bytes], Float]:
    """Returns the blobs and the measures of a record.

    Args:
        layers: in the order of the forward pass, at least one.
        title: the example in words.
        notes: sentences about the record.
        record: how many records the tag has had so far, this one counted.
        step: the step, for alarms.
        watch: has watched the records before, and is told of this one; None where nothing is watched.
        most: how many weights are kept at most, a byte each; None for all.
        image: that of the example, None for none.

    Returns:
        the blobs, the header frame first, and the measures, float32 [heads of all layers, measures].

    Raises:
        ValueError: if there is no layer.
    """
    if not layers:
        raise ValueError("A record of attention was given no layer; expected at least one.")
    blobs, softmaxes = _Blobs(_WEIGHTS), _Blobs(_SOFTMAX)
    axes: dict[str, list[str]] = {}
    thumbnails: dict[str, Array] = {}
    headers: list[LayerHeader] = []
    seen: list[Seen] = []
    stacks = _stack_single_queries(layers)
    # Calls that follow each other have one query each, which are not to be mixed.
    sizes = [
        layers[calls[0]].weights.shape if len(calls) == 1 else (sum(layers[call].weights.size for call in calls), 1, 1)
        for calls in stacks
    ]
    blocks = blocks_of(cast("list[Size]", sizes), most)
    for index, (calls, block) in enumerate(zip(stacks, blocks, strict=True)):
        layer = layers[calls[0]]
        whole = np.concatenate([layers[call].weights for call in calls], axis=1) if len(calls) > 1 else layer.weights
        seen.append(_seen(whole, [layers[call] for call in calls]))
        weights, invalid = pooled(whole, block), int(seen[-1].look.broken.sum())
        query_tokens = pooled_tokens([t for call in calls for t in layers[call].query_tokens], block)
        axis_names = [f"{name} by {block}" if block > 1 else name for name in (layer.query_axis, layer.key_axis)]
        heads, queries, keys = weights.shape
        parts = blobs.add_layer(index, weights)
        if needs_thumbnail(queries, keys):
            thumbnails[f"{index}.thumbnail"] = thumbnail(weights)
        headers.append(
            LayerHeader(
                path=layer.path,
                call=layer.call,
                calls=calls,
                role=layer.role,
                class_name=layer.class_name,
                heads=heads,
                queries=queries,
                keys=keys,
                query_axis=_name_axis(axes, axis_names[0], query_tokens),
                key_axis=_name_axis(axes, axis_names[1], pooled_tokens(layer.key_tokens, block)),
                parts=parts,
                thumbnail=f"{index}.thumbnail" in thumbnails,
                guessed=list(layer.guessed),
                softmax=_softmax_parts(softmaxes, index, [layers[call] for call in calls]) if block == 1 else [],
                pooled=[block, block] if block > 1 else [],
                notes=[
                    *layer.notes,
                    *([f"{invalid:,} of {whole.size:,} weights are NaN or infinite."] if invalid else []),
                    *([_POOLED.format(block=block, whole=whole)] if block > 1 else []),
                ],
            )
        )
    overview = len(blobs.frames) + 1 if thumbnails else -1
    frames = [*blobs.frames, *([thumbnails] if thumbnails else []), *softmaxes.frames]
    before = len(frames) - len(softmaxes.frames)
    for layer_header in headers:
        layer_header.softmax[:] = [replace(part, blob=part.blob + before) for part in layer_header.softmax]
    images: list[ImageHeader] = []
    if image is not None:
        frames.append({"image": np.frombuffer(image.png, np.uint8)})
        images = [ImageHeader(len(frames), image.width, image.height, image.rows, image.columns, image.first)]
    header = AttentionHeader(
        version=_version_of(layers),
        kind="attention",
        title=title,
        record=record,
        layers=headers,
        axes=axes,
        overview=overview,
        notes=list(notes),
        alarms=[] if watch is None else watch(step, seen),
        images=images,
    )
    return [encode_frame({}, _to_json(header)), *map(encode_frame, frames)], np.concatenate(
        [each.look.values for each in seen]
    )


def _scalars(tag: str, header: AttentionHeader, measures: Float) -> dict[str, float]:
    """Returns one number for each layer and measure of `HEAD_SCALARS`, of those that have it."""
    reductions: dict[str, Callable[[Float], float]] = {"mean": np.mean, "largest": np.max, "least": np.min}
    found: dict[str, float] = {}
    first = 0
    for layer in header.layers:
        of_layer = by_name(measures[first : first + layer.heads])
        first += layer.heads
        name = layer.path if layer.call == 0 else f"{layer.path} ({layer.call + 1})"
        for measure, reduction in HEAD_SCALARS:
            if measure in of_layer:
                known = of_layer[measure]
                found[readable_name(f"{tag}/{measure}/{name}")] = float(reductions[reduction](known[~np.isnan(known)]))
    return found


def _version_of(layers: Sequence[AttentionLayer]) -> int:
    return SIGNED_VERSION if any((layer.weights < 0).any() for layer in layers) else BASE_VERSION


def _seen(weights: Float, calls: Sequence[AttentionLayer]) -> Seen:
    """Returns what is seen of a layer whose calls follow each other."""
    layer, (_, queries, keys) = calls[0], weights.shape
    masks = [call.mask for call in calls if call.mask is not None]
    logits = [call.logits for call in calls if call.logits is not None]
    largest = [call.max_logit for call in calls if call.max_logit is not None]
    query_tokens = [token for call in calls for token in call.query_tokens]
    tokens = Tokens.of(layer.role, queries, keys, layer.key_tokens, query_tokens)
    look = look_at(
        weights,
        tokens,
        np.concatenate(masks) if len(masks) == len(calls) else None,
        np.concatenate(logits, axis=1) if len(logits) == len(calls) else None,
        np.fmax.reduce(largest) if len(largest) == len(calls) else None,
    )
    return Seen(layer.path, layer.call, layer.role, look, weights, layer.key_tokens, tokens.padding)


def _to_json(header: AttentionHeader) -> dict[str, Any]:
    """Returns the header without the fields that were added later where they say nothing, so that older readers read on."""
    values = asdict(header)
    for layer in values["layers"]:
        for name in ("guessed", "softmax", "pooled"):
            if not layer[name]:
                del layer[name]
    for name in ("alarms", "images"):
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
        "notes": tuple(header.notes),
        "alarms": tuple(header.alarms),
        "images": tuple(_image_of(stored.blobs, image) for image in header.images),
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
    return stored if stored.shape == (len(keys), len(MEASURES)) else None


def _decode_layers(header: AttentionHeader, blobs: Sequence[bytes], measures: Float | None) -> list[AttentionLayer]:
    used = {part.blob for layer in header.layers for part in (*layer.parts, *layer.softmax)}
    frames = {blob: decode_blob(blobs, blob) for blob in used}
    layers: list[tuple[int, AttentionLayer]] = []
    first = 0
    for index, layer in enumerate(header.layers):
        weights = _decode_parts(frames, index, layer, layer.parts, _WEIGHTS)
        if len(weights) != layer.heads:
            raise FrameError(f"Layer {index} has {len(weights)} heads; its header says {layer.heads}.")
        softmax = _decode_parts(frames, index, layer, layer.softmax, _SOFTMAX) if layer.softmax else None
        query_tokens, key_tokens = (
            _tokens_of(header, layer.query_axis, layer.queries),
            _tokens_of(header, layer.key_axis, layer.keys),
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
                notes=layer.notes,
                guessed=cast("list[Side]", layer.guessed),
                softmax=None if softmax is None else softmax[:, rows],
                measures=measured,
                pooled=cast("tuple[int, int]", tuple(layer.pooled)) if len(layer.pooled) == 2 else (1, 1),
            )
            layers.append((call, entry))
    return [layer for _, layer in sorted(layers, key=lambda item: item[0])]


@decoder
def decode_attention_header(blob: bytes) -> AttentionHeader:
    """Returns the header of a record from its first blob.

    Raises:
        FrameError: if the blob is not the header of such a record, or of a newer version.
    """
    return read_header(AttentionHeader, decode_header(blob))


def _tokens_of(header: AttentionHeader, axis: str, count: int) -> list[str]:
    """Returns the tokens of an axis, of which a layer has so many; its positions where it has none."""
    tokens = header.axes.get(axis)
    return [str(position) for position in range(count)] if tokens is None else tokens


class _Blobs:
    """Packs the arrays of layers into frames of about `_BLOB_BYTES`; frame i becomes blob i + 1.

    Args:
        names: of the levels, of the scale, of what is not finite and of what is below 0.
    """

    def __init__(self, names: _Names) -> None:
        self.frames: list[dict[str, Array]] = []
        self._names = names

    def add_layer(self, index: int, weights: Float) -> list[Part]:
        """Adds one layer; returns where its heads lie."""
        heads, queries, keys = weights.shape
        per_part = max(1, _BLOB_BYTES // (queries * keys))
        parts: list[Part] = []
        for first in range(0, heads, per_part):
            stored = quantise(weights[first : first + per_part])
            arrays: dict[str, Array] = {
                f"{index}.{self._names[0]}": stored.levels,
                f"{index}.{self._names[1]}": stored.scale,
            }
            if stored.invalid is not None:
                arrays[f"{index}.{self._names[2]}"] = stored.invalid
            if stored.negative is not None:
                arrays[f"{index}.{self._names[3]}"] = stored.negative
            if not self.frames or parts or sum(array.nbytes for array in self.frames[-1].values()) >= _BLOB_BYTES:
                self.frames.append({})
            self.frames[-1].update(arrays)
            parts.append(Part(blob=len(self.frames), first_head=first, heads=len(stored.levels)))
        return parts


def _decode_parts(
    frames: Mapping[int, Mapping[str, Array]], index: int, layer: LayerHeader, parts: Sequence[Part], names: _Names
) -> Float:
    """Returns the heads that lie in some parts of a layer, each of which is as large as it is said to be."""
    decoded, heads, before = [], 0, 0
    for part in parts:
        if part.first_head != heads or part.blob <= before:
            raise FrameError(f"Layer {index} has a part that begins at head {part.first_head}; expected head {heads}.")
        decoded.append(_decode_part(frames[part.blob], index, (part.heads, layer.queries, layer.keys), names))
        heads, before = heads + part.heads, part.blob
    return np.concatenate(decoded)


def _decode_part(arrays: Mapping[str, Array], index: int, shape: tuple[int, int, int], names: _Names) -> Float:
    levels, scale, invalid, negative = (f"{index}.{name}" for name in names)
    heads, queries, keys = shape
    bits = [heads, queries, -(-keys // 8)]
    return dequantise(
        Quantised(
            array_of(arrays, levels, np.uint8, shape),
            array_of(arrays, scale, np.float32, [heads, queries]),
            array_of(arrays, invalid, np.uint8, shape) if invalid in arrays else None,
            array_of(arrays, negative, np.uint8, bits) if negative in arrays else None,
        )
    )


def _softmax_parts(blobs: _Blobs, index: int, calls: Sequence[AttentionLayer]) -> list[Part]:
    """Adds the softmax of a layer, whose calls follow each other; returns where it lies, nothing where it is the weights."""
    if all(call.softmax is None for call in calls):
        return []
    plain = [call.weights if call.softmax is None else call.softmax for call in calls]
    if len({len(each) for each in plain}) > 1:  # mixed heads, beside calls that used the softmax as it was
        return []
    return blobs.add_layer(index, np.concatenate(plain, axis=1))


def _stack_single_queries(layers: Sequence[AttentionLayer]) -> list[list[int]]:
    """Groups the calls of a layer that a loop made with one query each; every other call stays alone."""
    groups: dict[object, list[int]] = {}
    for index, layer in enumerate(layers):
        heads, queries, keys = layer.weights.shape
        if queries == 1:
            kind = (layer.path, layer.role, heads, keys, layer.query_axis, len(layer.query_tokens), *layer.key_tokens)
            groups.setdefault(kind, []).append(index)
        else:
            groups[index] = [index]
    return list(groups.values())


def _name_axis(axes: dict[str, list[str]], name: str, tokens: list[str]) -> str:
    """Files the tokens under the axis name, or under a numbered one if other tokens have it; returns the name used."""
    if not tokens:
        return ""
    candidate, number = name, 1
    while axes.setdefault(candidate, tokens) != tokens:
        number += 1
        candidate = f"{name} {number}"
    return candidate
