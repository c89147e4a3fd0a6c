"""A structure as SVG, drawn by the page's own script in an embedded JavaScript engine, so that there is one way to draw a model."""

from __future__ import annotations

import json
from pathlib import Path

import keras

import tb_seqviz_plugin
from tb_seqviz_plugin.records.structure.blobs import structure_header
from tb_seqviz_plugin.records.structure.record import Node, Structure

_SCRIPT = Path(tb_seqviz_plugin.__file__).parent / "static" / "draw.js"
"""Built from `frontend/src/structure/drawing/standalone.ts`."""


def to_svg(structure: Structure, *, depth: int | None = None) -> str:
    """Returns the drawing of a structure, as the page draws it.

    Args:
        structure: what to draw.
        depth: how many levels of layers to show; None for those that are not layers of Keras itself, and fewer where
            that is too much for one look.

    Returns:
        the text of an SVG file.

    Raises:
        ImportError: if there is no engine to draw with.
        FileNotFoundError: if the script was not built.

    >>> to_svg(Structure("model", [Node("model", "Model", "", 0, 0, 0), Node("head", "Dense", "model", 2, 2, 2)], []))[:4]
    '<svg'
    """
    try:
        import quickjs
    except ModuleNotFoundError as error:
        raise ImportError(
            "plot_structure draws with the package quickjs-ng, which is not installed: pip install quickjs-ng."
        ) from error
    if not _SCRIPT.is_file():
        raise FileNotFoundError(f"{_SCRIPT} was not built. Run `make build`, or install with `pip install .`.")
    context = quickjs.Context()
    context.eval(_SCRIPT.read_text(encoding="utf-8"))
    draw = context.eval("drawing.drawStructure")
    header = json.dumps(structure_header(structure), default=vars)
    own = [node.path for node in structure.nodes if _is_own(node)]
    svg: str = draw(header, json.dumps({"depth": depth, "own": own}))
    return svg


def _is_own(node: Node) -> bool:
    """Returns whether a layer is its author's, so that one wants to see what is in it."""
    if not node.calls:
        return False
    return node.class_name in ("Sequential", "Functional", "Model") or not hasattr(keras.layers, node.class_name)
