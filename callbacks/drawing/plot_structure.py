"""plot_structure: the structure of a model as a drawing, without TensorBoard and without Graphviz."""

from __future__ import annotations

import os
from numbers import Real
from pathlib import Path
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.arguments import whole
from tb_seqviz_plugin.callbacks.drawing.picture import to_picture, typst
from tb_seqviz_plugin.callbacks.drawing.svg import to_svg
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of

_USUAL_FILE = "model.svg"


def plot_structure(
    model: keras.Model,
    inputs: Any = None,
    to_file: str | os.PathLike[str] = _USUAL_FILE,
    *,
    depth: int | None = None,
    dpi: float = 200,
) -> Path:
    """Draws the layers of a model, nested as their author nested them, and what flows between them.

    Works for any model, subclassed ones included; one that is not built yet is built, as its first call would. The drawing
    is that of the page; of several layers built alike, such as the blocks of a Transformer, it shows what is in the first.

    Args:
        model: the model.
        inputs: a batch, or shapes such as `(None, 7)` and `((None, 7), (None, 5))`; None for what the model itself says. Where
            nothing is to be said of them, the file may take their place: `plot_structure(model, "model.png")`.
        to_file: the SVG, PNG or PDF file to write, by the end of its name; the latter two need the extra `draw`.
        depth: how many levels of nesting to show; None for those that are not layers of Keras itself, such as
            `MultiHeadAttention`.
        dpi: pixels per inch of a PNG.

    Returns:
        the file.

    Raises:
        ModelCallError: if nothing says what the model takes.
        ValueError: if the file is to be of another kind, or a number is out of range.
        ImportError: if what the file is made with is not installed.

    >>> import tempfile
    >>> from keras import layers
    >>> model = keras.Sequential([layers.Embedding(10, 8, name="words"), layers.GRU(8), layers.Dense(2)])
    >>> file = plot_structure(model, (None, 7), Path(tempfile.mkdtemp()) / "model.svg")
    >>> "words" in file.read_text(encoding="utf-8")
    True
    """
    if isinstance(inputs, str | os.PathLike):
        if to_file != _USUAL_FILE:
            raise ValueError(
                f"The inputs are {str(inputs)!r} and to_file={str(to_file)!r}; expected one file, and a batch or shapes as inputs."
            )
        inputs, to_file = None, inputs
    file = Path(to_file)
    kind = file.suffix.lower()
    if kind not in (".svg", ".png", ".pdf"):
        raise ValueError(f"to_file={str(to_file)!r}; expected a name that ends in .svg, .png or .pdf.")
    if depth is not None:
        depth = whole("depth", depth, 1, ValueError)
    if isinstance(dpi, bool) or not isinstance(dpi, Real) or not 1 <= dpi <= 2400:
        raise ValueError(f"dpi={dpi!r}; expected a number of pixels per inch from 1 to 2400, such as 200.")
    if kind != ".svg":
        typst()
    svg = to_svg(structure_of(model, inputs).structure, depth=depth)
    if kind == ".svg":
        file.write_text(svg, encoding="utf-8")
    else:
        file.write_bytes(to_picture(svg, "png" if kind == ".png" else "pdf", dpi))
    return file
