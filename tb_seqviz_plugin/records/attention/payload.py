"""Attention on its way to the event file, and as numbers for TensorBoard's own tab of scalars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np

from tb_seqviz_plugin.records.attention.blobs import decode_attention_header, encode_attention, encoded_size
from tb_seqviz_plugin.records.attention.images import Image
from tb_seqviz_plugin.records.attention.measures import by_name
from tb_seqviz_plugin.records.attention.quantise import Float
from tb_seqviz_plugin.records.attention.record import AttentionLayer, AttentionRecord
from tb_seqviz_plugin.records.attention.watch import Watch
from tb_seqviz_plugin.records.remarks import restoring_told, told_remarks
from tb_seqviz_plugin.schema import Beside, readable_name
from tb_seqviz_plugin.schema.attention import HEAD_SCALARS, AlarmsHeader, AttentionHeader, LeftOut
from tb_seqviz_plugin.wire.frame import encode_frame
from tb_seqviz_plugin.wire.payload import Encoded, Raw, fields_of

_ARRAYS = ("weights", "softmax", "mask", "logits", "max_logit", "value_norms")
_OF_WHAT_IS_READ = ("measures", "pooled", "strongest")


@dataclass(frozen=True)
class AttentionPayload:
    """Attention on its way to the event file.

    Args:
        layers: in the order of the forward pass, at least one.
        title: the example in words.
        notes: sentences about the record.
        step: at which it is logged.
        watch: watches the records of this tag; None where nothing is watched.
        most: how many bytes the weights that are kept take at most; None for all.
        scalars: whether `HEAD_SCALARS` are written, too.
        image: that of the example, None for none.
        left_out: what attends in the forward pass and is none of the layers; None where that is not known.
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
    left_out: Sequence[LeftOut] | None = None

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
        left_out = None if self.left_out is None else [asdict(each) for each in self.left_out]
        options = {
            "remarks": told_remarks(self.notes, *(layer.notes for layer in self.layers)) or None,
            "watched": self.watch is not None,
            "most": self.most,
            "scalars": self.scalars,
            "image": image,
            "left_out": left_out,
        }
        said = {"layers": layers, "title": self.title, "notes": self.notes, "step": self.step}
        said |= {name: value for name, value in options.items() if value is not None and value is not False}
        given = [array for each in zip(*arrays.values(), strict=True) for array in each if array is not None]
        given += [] if self.image is None else [np.frombuffer(self.image.png, np.uint8)]
        return Raw(said, given, encoded_size=encoded_size(self.layers, self.most))

    @classmethod
    def restore(cls, raw: Raw, memory: Watch) -> AttentionPayload:
        """Returns the payload that `raw` was made of."""
        arrays, remarked = iter(raw.arrays), restoring_told(raw.said.get("remarks", ()))
        layers = [
            AttentionLayer(
                **{
                    **said,
                    **{name: next(arrays) if said.get(name) else None for name in _ARRAYS},
                    "notes": remarked(said["notes"]),
                }
            )
            for said in raw.said["layers"]
        ]
        image, left_out = raw.said.get("image"), raw.said.get("left_out")
        watch = memory if raw.said.get("watched") else None
        return cls(
            layers,
            raw.said["title"],
            remarked(raw.said["notes"]),
            raw.said.get("step", 0),
            watch,
            raw.said.get("most"),
            raw.said.get("scalars", False),
            None if image is None else Image(**{**image, "png": next(arrays).tobytes()}),
            None if left_out is None else [LeftOut(**each) for each in left_out],
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
            left_out=self.left_out,
        )
        header = decode_attention_header(blobs[0])
        beside: dict[Beside, Float | bytes] = {"heads": measures}
        if self.watch is not None:
            beside["alarms"] = encode_frame({}, asdict(AlarmsHeader(header.version, self.watch.told)))
        scalars = _scalars(tag, header, measures) if self.scalars else {}
        return Encoded(blobs, beside, scalars=scalars, version=header.version)


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
