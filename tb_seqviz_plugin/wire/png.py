"""Pixels as the bytes of a PNG."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt


def encode_png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Returns a PNG.

    Args:
        pixels: uint8 [height, width] in shades of grey, or [height, width, 3] in colours.

    >>> encode_png(np.zeros((2, 3), np.uint8))[1:4]
    b'PNG'
    """
    # Few runs have images, and TensorBoard is not to wait for it when it starts.
    from PIL.Image import fromarray

    png = io.BytesIO()
    fromarray(np.ascontiguousarray(pixels)).save(png, "PNG")
    return png.getvalue()
