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

    def add_layer(
        self, index: int, stored: Sequence[Quantised], beside: Mapping[str, Array | None] | None = None
    ) -> list[Part]:
        """Adds one layer, of which stretches of heads come as `quantised` makes them, and other arrays by name.

        Args:
            index: of the layer.
            stored: its heads, stretch by stretch.
            beside: arrays [heads, ...], None where they are not known.

        Returns:
            where its heads lie.
        """
        parts: list[Part] = []
        first = 0
        for each in stored:
            heads = slice(first, first + len(each.levels))
            arrays: dict[str, Array] = {
                f"{index}.{self._names[0]}": each.levels,
                f"{index}.{self._names[1]}": each.scale,
            }
            for name, array in (beside or {}).items():
                if array is not None:
                    arrays[f"{index}.{name}"] = array[heads]
            if each.invalid is not None:
                arrays[f"{index}.{self._names[2]}"] = each.invalid
            if each.negative is not None:
                arrays[f"{index}.{self._names[3]}"] = each.negative
            if not self.frames or parts or sum(array.nbytes for array in self.frames[-1].values()) >= _BLOB_BYTES:
                self.frames.append({})
            self.frames[-1].update(arrays)
            parts.append(Part(blob=len(self.frames), first_head=first, heads=len(each.levels)))
            first = heads.stop
        return parts


def quantised(weights: Float) -> list[Quantised]:
    """Returns a layer's weights, float32 [heads, queries, keys], as bytes, as many heads at a time as a blob holds."""
    heads, queries, keys = weights.shape
    at_once = max(1, _BLOB_BYTES // (queries * keys))
    return [quantise(weights[first : first + at_once]) for first in range(0, heads, at_once)]


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
