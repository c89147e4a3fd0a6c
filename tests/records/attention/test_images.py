"""Images of examples: what is stored are the pixels, and the patches that a model cuts are told from the shapes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import Image
from tb_seqviz_plugin.records.attention.images import grid_of


def paeth(left: np.ndarray, above: np.ndarray, corner: np.ndarray) -> np.ndarray:
    guess = left + above - corner
    each = np.array([left, above, corner])
    return np.take_along_axis(each, abs(each - guess).argmin(axis=0)[None], axis=0)[0]


FILTERS: list[Callable[..., Any]] = [
    lambda left, above, corner: 0,
    lambda left, above, corner: left,
    lambda left, above, corner: above,
    lambda left, above, corner: (left + above) // 2,
    paeth,
]


def pixels_of(png: bytes) -> np.ndarray:
    """Reads a PNG of 8 bits, by the letter of its specification."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (size,), kind = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        body = png[at + 8 : at + 8 + size]
        assert struct.unpack(">I", png[at + 8 + size : at + 12 + size]) == (zlib.crc32(kind + body),)
        chunks[kind], at = body, at + 12 + size
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert depth == 8
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    channels = 3 if colour == 2 else 1
    pixels = np.zeros(
        (height + 1, width + 1, channels), int
    )  # with what is beyond the left and the upper edge, which counts as 0
    for y, (how, *row) in enumerate(rows.tolist(), 1):
        for x, filtered in enumerate(np.reshape(row, (width, channels)), 1):
            left, above, corner = pixels[y, x - 1], pixels[y - 1, x], pixels[y - 1, x - 1]
            pixels[y, x] = (filtered + FILTERS[how](left, above, corner)) % 256
    found = pixels[1:, 1:].astype(np.uint8)
    return found if colour == 2 else found[..., 0]


def test_an_image_is_stored_as_it_is(tmp_path: Path) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    np.testing.assert_array_equal(pixels_of(Image.of(colours, 3, 4).png), colours)
    grey = np.linspace(0, 1, 12).reshape(3, 4)
    np.testing.assert_array_equal(pixels_of(Image.of(grey[..., None], 3, 4).png), np.rint(grey * 255))
    np.testing.assert_array_equal(pixels_of(Image.of(grey * 6 - 2, 3, 4).png), np.rint(grey * 255))
    np.testing.assert_array_equal(pixels_of(Image.of(grey.astype(int) * 255, 3, 4).png), grey.astype(int) * 255)
    assert pixels_of(Image.of(np.zeros((600, 300)), 2, 1).png).shape == (200, 100)
    image = Image.of(colours, 3, 4, first=1)
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": np.full((1, 13, 13), 1 / 13)}, step=0, image=image)
        writer.attention("b", {"x": np.eye(2)}, step=0)
    with_image, without = seqviz.read(tmp_path, "attention")
    assert (list(with_image.images), list(without.images)) == ([image], [])
    with pytest.raises(
        ValueError, match=r"An image is of float64 and shape \[2, 3, 4\]; expected numbers \[height, width\] or"
    ):
        Image.of(np.zeros((2, 3, 4)), 1, 1)


@pytest.mark.parametrize(
    ("length", "height", "width", "expected"),
    [
        (197, 224, 224, (14, 14, 1)),
        (64, 32, 32, (8, 8, 0)),
        (201, 224, 224, (14, 14, 5)),
        (6, 16, 24, (2, 3, 0)),
        (50, 31, 31, None),
    ],
)
def test_patches_are_told_from_the_shapes(
    length: int, height: int, width: int, expected: tuple[int, int, int] | None
) -> None:
    assert grid_of(length, height, width) == expected
