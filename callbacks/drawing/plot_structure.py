"""plot_structure: the structure of a model as a drawing, without TensorBoard and without Graphviz."""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import keras

from tb_seqviz_plugin.callbacks.drawing.boxes import NAME_SIZE, TEXT_SIZE, Drawing, Line, draw
from tb_seqviz_plugin.callbacks.drawing.text_width import text_width
from tb_seqviz_plugin.callbacks.drawing.view import Box, View
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of
from tb_seqviz_plugin.records.structure.record import Node, Structure

_COLOURS = {
    "encoder": "#1f77b4",
    "decoder": "#c2570c",
    "attention": "#7b3fa0",
    "embedding": "#2a7f3f",
    "output": "#b3261e",
    "": "#5f6368",
}
_MARGIN = 20
_MOST_BOXES = 400
_STYLE = (
    f"text{{font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-size:{TEXT_SIZE}px;fill:#3c4043}}"
    f".name{{font-size:{NAME_SIZE}px;font-weight:600;fill:#202124}}"
    ".tensor,.title{paint-order:stroke;stroke:#fff;stroke-width:4px}"
    ".line{fill:none;stroke:#80868b;stroke-width:1.3}.state{stroke:#c2570c}.mask{stroke-dasharray:4 3}"
)


def plot_structure(
    model: keras.Model,
    inputs: Any = None,
    to_file: str | os.PathLike[str] = "model.svg",
    *,
    depth: int | None = None,
) -> Path:
    """Draws the layers of a model, nested as their author nested them, and what flows between them.

    Works for any model, subclassed ones included; one that is not built yet is built, as its first call would.

    Args:
        model: the model.
        inputs: a batch, or shapes such as `(None, 7)` and `((None, 7), (None, 5))`; None for what the model itself says.
        to_file: the SVG file to write.
        depth: how many levels of nesting to show; None for those that are not layers of Keras itself, such as
            `MultiHeadAttention`.

    Returns:
        the file.

    Raises:
        ModelCallError: if nothing says what the model takes.
        ValueError: if the file is to be of another kind.

    >>> import tempfile
    >>> from keras import layers
    >>> model = keras.Sequential([layers.Embedding(10, 8, name="words"), layers.GRU(8), layers.Dense(2)])
    >>> file = plot_structure(model, (None, 7), Path(tempfile.mkdtemp()) / "model.svg")
    >>> "words" in file.read_text(encoding="utf-8")
    True
    """
    file = Path(to_file)
    if file.suffix.lower() != ".svg":
        raise ValueError(f"to_file={str(to_file)!r}; expected the name of an SVG file, such as 'model.svg'.")
    structure = structure_of(model, inputs).structure
    file.write_text(to_svg(structure, depth=depth), encoding="utf-8")
    return file


def to_svg(structure: Structure, *, depth: int | None = None) -> str:
    """Returns the drawing of a structure.

    Args:
        structure: what to draw.
        depth: how many levels to show, None for those of the author's own.
    """
    view = View(structure, functools.partial(_is_open, depth=depth))
    for fewer in (3, 2, 1) if depth is None else ():
        if len(view.boxes) > _MOST_BOXES:
            view = View(structure, functools.partial(_is_open, depth=fewer))
    drawing = draw(view)
    title = f"{structure.name}: {structure.nodes[0].class_name}, {structure.nodes[0].total:,} parameters"
    notes = [title, *structure.notes]
    legend, legend_width = _legend(drawing, _MARGIN + 18 * len(notes))
    written = max(
        text_width(title, NAME_SIZE, bold=True), *(text_width(note, TEXT_SIZE) for note in notes[1:]), legend_width
    )
    width = max(drawing.width, written) + 2 * _MARGIN
    top = _MARGIN + 18 * (len(notes) + bool(legend))
    height = drawing.height + top + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<title>{_text(title)}</title><style>{_STYLE}</style>",
        '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#80868b"/></marker></defs><rect width="100%" height="100%" fill="#fff"/>',
        *(
            f'<text x="{_MARGIN}" y="{_MARGIN + 18 * number}"{_class(number)}>{_text(note)}</text>'
            for number, note in enumerate(notes)
        ),
        *legend,
        f'<g transform="translate({(width - drawing.width) / 2:.1f} {top})">',
        *_drawn(drawing),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


def _is_open(node: Node, depth: int | None) -> bool:
    if depth is not None:
        return node.path.count("/") + 1 < depth
    if not node.calls:
        return False
    return node.class_name in ("Sequential", "Functional", "Model") or not hasattr(keras.layers, node.class_name)


def _legend(drawing: Drawing, y: float) -> tuple[list[str], float]:
    """Returns what the colours of boxes and the lines that are drawn mean, in one row, and how wide that is."""
    roles = {box.node.role for box in drawing.boxes if box.node is not None}
    kinds = {line.edge.kind for line in drawing.lines}
    parts, x = [], float(_MARGIN)

    def add(sign: str, word: str) -> None:
        nonlocal x
        parts.append(f'{sign}<text x="{x + 18:.1f}" y="{y:.1f}">{word}</text>')
        x += 18 + text_width(word, TEXT_SIZE) + 14

    for role, colour in _COLOURS.items():
        if role and role in roles:
            fill = f'fill="{colour}" fill-opacity="0.12" stroke="{colour}"'
            add(f'<rect x="{x + 2:.1f}" y="{y - 8:.1f}" width="11" height="9" rx="2" {fill}/>', role)
    for kind in ("state", "mask"):
        if kind in kinds:
            add(f'<path class="line {kind}" d="M{x:.1f} {y - 3.5:.1f}h14"/>', kind)
    return parts, x - _MARGIN


def _drawn(drawing: Drawing) -> Sequence[str]:
    frames = [_frame(box) for box in drawing.boxes]
    lines = [_line(line) for line in drawing.lines]
    texts = [_tensor(line) for line in drawing.lines]
    return [*frames, *lines, *map(_words, drawing.boxes), *texts]


def _frame(box: Box) -> str:
    node = box.node
    colour = _COLOURS["" if node is None else node.role]
    x = box.left
    fill = 0.05 if _is_group(box) else 0.12
    dashed = ' stroke-dasharray="2 2"' if node is None else ""
    behind = (
        f'<rect x="{x + 5:.1f}" y="{box.top + 5:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="6" fill="#fff" '
        f'stroke="{colour}"/>'
    )
    frame = (
        f'<rect x="{x:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="6" fill="#fff"/>'
        f'<rect x="{x:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="6" fill="{colour}" '
        f'fill-opacity="{fill}" stroke="{colour}"{dashed}/>'
    )
    return (behind if box.repeated > 1 else "") + frame


def _is_group(box: Box) -> bool:
    return box.height > 15 * len(box.lines) + 20


def _words(box: Box) -> str:
    node, middle = box.node, box.left + box.width / 2
    times = f" × {box.repeated}" if box.repeated > 1 else ""
    if _is_group(box) and node is not None:
        start = f'<text class="title" x="{box.left + 12:.1f}" y="{box.top + 18:.1f}">'
        name = f'<tspan class="name">{_text(box.lines[0])}{times}</tspan>'
        return f"{start}{name} {_text(node.class_name)}, {node.total:,} parameters</text>"
    return "".join(
        f'<text x="{middle:.1f}" y="{box.top + 18 + 15 * number:.1f}" text-anchor="middle"{_class(number)}>'
        f"{_text(line)}{times if number == 0 else ''}</text>"
        for number, line in enumerate(box.lines)
    )


def _class(number: int) -> str:
    return ' class="name"' if number == 0 else ""


def _line(line: Line) -> str:
    points = line.points
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        bend = (y1 - y0) / 2
        path += f"C{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1:.1f}"
    return f'<path class="line {line.edge.kind}" d="{path}" marker-end="url(#end)"/>'


def _tensor(line: Line) -> str:
    x, y = line.points[-1]
    return f'<text class="tensor" x="{x:.1f}" y="{y - 11:.1f}" text-anchor="middle">{_text(line.text)}</text>'


def _text(value: str) -> str:
    return escape("".join(letter for letter in value if letter.isprintable()))
