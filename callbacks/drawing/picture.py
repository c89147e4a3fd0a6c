"""A drawing as PNG or PDF, made of SVG by Typst, which brings fonts of its own for machines that have none."""

from __future__ import annotations

import math
import re
import unicodedata
import warnings
from typing import Any, Literal

_PIXELS_PER_INCH = 96
"""Of SVG."""
_LONGEST_SIDE, _MOST_PIXELS = 16_000, 120_000_000
"""Of a PNG; many programs open none that is larger."""
_LONGEST_PAGE = 14_400
"""In points; many programs open no longer page of a PDF."""
_SOURCE = """#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: {width:.3f}pt)
"""
_BROUGHT = "\u0530"
"""Letters before this one are in the fonts that Typst brings."""


def typst() -> Any:
    """Returns the module that makes pictures.

    Raises:
        ImportError: if it is not installed; the message says how to install it.
    """
    try:
        import typst
    except ModuleNotFoundError as error:
        raise ImportError(
            "A PNG or PDF file needs the package typst, which is not installed: pip install 'tb-seqviz-plugin[draw]'. "
            "An SVG file, such as to_file='model.svg', needs nothing more."
        ) from error
    return typst


def to_picture(svg: str, kind: Literal["png", "pdf"], dpi: float = 200) -> bytes:
    """Returns a drawing as the bytes of a PNG or PDF file; warns of letters that no font on this machine has.

    Args:
        svg: the text of an SVG file, which has 96 pixels per inch.
        kind: of file.
        dpi: pixels per inch of a PNG; fewer are taken where the picture would be too large for many programs.

    Raises:
        ImportError: if Typst is not installed.

    >>> svg = '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48"><rect width="9" height="9"/></svg>'
    >>> to_picture(svg, "png")[1:4], to_picture(svg, "pdf")[:4]
    (b'PNG', b'%PDF')
    """
    width, height = (float(_found(rf'<svg[^>]* {side}="([\d.]+)"', svg)) for side in ("width", "height"))
    points = width * 72 / _PIXELS_PER_INCH
    if kind == "pdf":
        points *= min(1.0, _LONGEST_PAGE / (max(width, height) * 72 / _PIXELS_PER_INCH))
    most = min(_LONGEST_SIDE / max(width, height), math.sqrt(_MOST_PIXELS / (width * height))) * _PIXELS_PER_INCH
    _warn_of_letters_without_font("".join(re.findall(r">([^<]+)<", svg)))
    source = _SOURCE.format(width=points).encode()
    picture: bytes = typst().compile(source, format=kind, ppi=min(float(dpi), most), sys_inputs={"svg": svg})
    return picture


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, "every drawing has a size"
    return found.group(1)


def _warn_of_letters_without_font(text: str) -> None:
    letters = {letter for letter in text if letter >= _BROUGHT and unicodedata.category(letter).startswith("L")}
    for font in typst().Fonts().fonts() if letters else ():
        if letters and font.path:
            letters -= _drawn_by(font.path, font.index, letters)
    if letters:
        examples = ", ".join(sorted(letters)[:5])
        warnings.warn(
            f"No font on this machine has {len(letters)} letters of the drawing ({examples}); empty boxes stand for them. "
            "Install a font that has them, such as Noto Sans CJK for Chinese, Japanese and Korean, or write an SVG file.",
            stacklevel=4,
        )


def _drawn_by(path: str, index: int, letters: set[str]) -> set[str]:
    """Returns the letters that a font has, which are those that it draws otherwise than one that there is not."""
    from PIL import ImageFont  # comes with TensorBoard

    try:
        font = ImageFont.truetype(path, 16, index=index)
    except OSError:
        return set()
    nothing = bytes(font.getmask("\uffff"))
    return {letter for letter in letters if bytes(font.getmask(letter)) != nothing}
