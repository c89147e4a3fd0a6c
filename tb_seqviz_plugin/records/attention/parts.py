"""The heads of layers as parts of frames, of about as many bytes each, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tb_seqviz_plugin.records.attention.quantise import Float, Quantised, dequantise, quantise
from tb_seqviz_plugin.schema.attention import LayerHeader, Part
from tb_seqviz_plugin.wire.frame import Array, FrameError, array_of

_BLOB_BYTES = 1 << 20
"""A blob is closed once it holds this much: small models are one fetch, a large layer is fetched some heads at a time."""

Names = tuple[str, str, str, str]
"""Of the levels, of the scale, of what is not finite and of what is below 0."""
WEIGHTS: Names = ("weights", "scale", "invalid", "negative")
VALUE_NORMS = "value_norms"
SOFTMAX: Names = ("softmax", "softmax_scale", "softmax_invalid", "softmax_negative")


class Packed:
    """The heads of layers, packed into frames of about `_BLOB_BYTES`; frame i becomes blob i + 1.

    Args:
        names: of the arrays.
    """

    def __init__(self, names: Names) -> None:
        self.frames: list[dict[str, Array]] = []
        self._names = names

    def add_layer(self, index: int, weights: Float, beside: Mapping[str, Array | None] | None = None) -> list[Part]:
        """Adds one layer, and other arrays [heads, ...] by name where they are known; returns where its heads lie."""
        heads, queries, keys = weights.shape
        per_part = max(1, _BLOB_BYTES // (queries * keys))
        parts: list[Part] = []
        for first in range(0, heads, per_part):
            stored = quantise(weights[first : first + per_part])
            arrays: dict[str, Array] = {
                f"{index}.{self._names[0]}": stored.levels,
                f"{index}.{self._names[1]}": stored.scale,
            }
            for name, array in (beside or {}).items():
                if array is not None:
                    arrays[f"{index}.{name}"] = array[first : first + per_part]
            if stored.invalid is not None:
                arrays[f"{index}.{self._names[2]}"] = stored.invalid
            if stored.negative is not None:
                arrays[f"{index}.{self._names[3]}"] = stored.negative
            if not self.frames or parts or sum(array.nbytes for array in self.frames[-1].values()) >= _BLOB_BYTES:
                self.frames.append({})
            self.frames[-1].update(arrays)
            parts.append(Part(blob=len(self.frames), first_head=first, heads=len(stored.levels)))
        return parts


def decode_parts(
    frames: Mapping[int, Mapping[str, Array]], index: int, sides: tuple[int, int], parts: Sequence[Part], names: Names
) -> Float:
    """Returns the heads that lie in some parts of a layer, each of which has the two sides that it is said to have."""
    decoded, heads, before = [], 0, 0
    for part in parts:
        if part.first_head != heads or part.blob <= before:
            raise FrameError(f"Layer {index} has a part that begins at head {part.first_head}; expected head {heads}.")
        decoded.append(_decode_part(frames[part.blob], index, (part.heads, *sides), names))
        heads, before = heads + part.heads, part.blob
    return np.concatenate(decoded)


def value_norms_in(frames: Mapping[int, Mapping[str, Array]], index: int, layer: LayerHeader) -> Float | None:
    """Returns the lengths of the values of a layer, float32 [heads, keys], None where they are not there."""
    name = f"{index}.{VALUE_NORMS}"
    if not all(name in frames[part.blob] for part in layer.parts):
        return None
    return np.concatenate(
        [array_of(frames[part.blob], name, np.float32, [part.heads, layer.keys]) for part in layer.parts]
    )


def _decode_part(arrays: Mapping[str, Array], index: int, shape: tuple[int, int, int], names: Names) -> Float:
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
