"""The image of an example, whose patches attention runs over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.wire.png import encode_png

_LONGEST_SIDE = 256
_MOST_BEFORE = 1 / 4
"""Share of the tokens that come before the patches, such as that of the class and registers, at most."""


@dataclass(frozen=True)
class Image:
    """An image and its patches.

    Args:
        png: the image as a PNG.
        width: in pixels.
        height: in pixels.
        rows: of patches.
        columns: of patches.
        first: place of the first patch along the axis of tokens; what comes before, such as a class token, is no patch. The patches
            follow row by row.
    """

    png: bytes
    width: int
    height: int
    rows: int
    columns: int
    first: int = 0

    @classmethod
    def of(cls, pixels: npt.ArrayLike, rows: int, columns: int, first: int = 0) -> Image:
        """Returns an image from its pixels.

        Args:
            pixels: numbers [height, width] or [height, width, 1 or 3]: uint8, or of any range, which becomes black to white unless
                they lie between 0 and 1. Of a side of more than 256 pixels every second one is kept, or fewer.
            rows: of patches.
            columns: of patches.
            first: see `Image`.

        Raises:
            ValueError: if they are something else.

        >>> image = Image.of(np.zeros((8, 12)), rows=2, columns=3)
        >>> image.png[1:4], image.width, image.height
        (b'PNG', 12, 8)
        """
        found = np.asarray(pixels)
        found = found[..., 0] if found.ndim == 3 and found.shape[-1] == 1 else found
        if (
            found.ndim not in (2, 3)
            or found.shape[2:] not in ((), (3,))
            or 0 in found.shape
            or found.dtype.kind not in "biuf"
        ):
            raise ValueError(
                f"An image is of {found.dtype} and shape {list(found.shape)}; expected numbers [height, width] or "
                "[height, width, 1 or 3]."
            )
        step = -(-max(found.shape[:2]) // _LONGEST_SIDE)
        small = _as_bytes(found[::step, ::step])
        return cls(encode_png(small), small.shape[1], small.shape[0], rows, columns, first)


def grid_of(length: int, height: int, width: int) -> tuple[int, int, int] | None:
    """Returns rows and columns of square patches, and how many tokens come before them; None if an axis cannot be of patches.

    >>> grid_of(17, 32, 32), grid_of(6, 16, 24), grid_of(7, 32, 32)
    ((4, 4, 1), (2, 3, 0), None)
    """
    for first in range(int(_MOST_BEFORE * length) + 1):
        for rows in range(2, height + 1):
            columns, left = divmod(length - first, rows)
            if (
                not left
                and columns
                and not height % rows
                and not width % columns
                and height // rows == width // columns
            ):
                return rows, columns, first
    return None


def check_image(image: Image, lengths: Sequence[int]) -> None:
    """Checks that an image has patches, and some axis as many tokens as they are, with what comes before them.

    Args:
        image: the image.
        lengths: of the axes.

    Raises:
        ValueError: if they do not match.

    >>> check_image(Image(b"", 8, 8, rows=2, columns=2, first=1), [5])
    """
    count = image.first + image.rows * image.columns
    if min(image.rows, image.columns) < 1 or image.first < 0 or count not in lengths:
        raise ValueError(
            f"The image has {image.rows} x {image.columns} patches from token {image.first} on, and the weights have "
            f"{', '.join(map(str, sorted(set(lengths))))} queries or keys; expected an axis of first + rows x columns tokens, here "
            f"{count}."
        )


def _as_bytes(pixels: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint8)
    numbers = np.nan_to_num(pixels.astype(np.float64))
    low, high = numbers.min(), numbers.max()
    low, high = (
        (0, 1) if low >= 0 and high <= 1 else (0, 255) if low >= 0 and high <= 255 else (low, max(high, low + 1e-12))
    )
    scaled: npt.NDArray[np.uint8] = np.rint((numbers - low) / (high - low) * 255).astype(np.uint8)
    return scaled
