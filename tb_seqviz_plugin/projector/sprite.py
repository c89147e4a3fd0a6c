"""Many small images as one, in the layout and within the limits of TensorBoard's Projector."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.wire.png import encode_png

Image = npt.NDArray[np.uint8]

_LARGEST = 8192
"""The Projector refuses images with more pixels along a side."""


class SpriteFiles:
    """Writes images of layers; ones that are the very same array as before are not encoded and stored again, but linked to."""

    def __init__(self) -> None:
        self._written: dict[str, tuple[Image, Path, tuple[int, int]]] = {}

    def write(self, name: str, path: Path, images: Image) -> tuple[int, int]:
        """Writes a file, and returns width and height of each image in it.

        Args:
            name: of the layer.
            path: of the file.
            images: as for `encode_sprite`.
        """
        known, other, size = self._written.get(name, (None, path, (0, 0)))
        if known is not images or not _link(other, path):
            png, size = encode_sprite(images)
            path.unlink(missing_ok=True)
            path.write_bytes(png)
        self._written[name] = (images, path, size)
        return size


def _link(source: Path, target: Path) -> bool:
    """Gives a file another name, and returns whether that was possible."""
    if source != target:
        target.unlink(missing_ok=True)
        try:
            target.hardlink_to(source)
        except (OSError, NotImplementedError):  # of file systems without links, or if the file is gone
            return False
    return target.is_file()


def encode_sprite(images: Image) -> tuple[bytes, tuple[int, int]]:
    """Returns a PNG of all images, row by row in a square; where that becomes too large, only every n-th pixel of each.

    Args:
        images: uint8 [images, height, width] in shades of grey, or [images, height, width, 3] in colours.

    Returns:
        the bytes of the PNG, and width and height of each image in it.

    >>> png, size = encode_sprite(np.zeros((5, 4, 6), np.uint8))
    >>> size
    (6, 4)
    """
    side = math.ceil(math.sqrt(len(images)))
    every = math.ceil(side * max(images.shape[1:3]) / _LARGEST)
    small = images[:, ::every, ::every]
    height, width = small.shape[1:3]
    grid = np.zeros((side * side, *small.shape[1:]), np.uint8)
    grid[: len(small)] = small
    rows = math.ceil(len(images) / side)
    grid = grid.reshape(side, side, *small.shape[1:])[:rows].swapaxes(1, 2)
    return encode_png(grid.reshape(rows * height, side * width, *small.shape[3:])), (width, height)
