"""Where the boxes and lines of a structure lie: boxes in boxes, laid out from within, lines through their frames."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tb_seqviz_plugin.callbacks.drawing.layers import Arranged, Key, Size, arrange
from tb_seqviz_plugin.callbacks.drawing.text_width import text_width
from tb_seqviz_plugin.callbacks.drawing.view import Box, View, sizes_of
from tb_seqviz_plugin.records.structure.record import Edge

NAME_SIZE, TEXT_SIZE = 12, 10
"""Of letters, in pixels."""
_LINE = 15.0
_PADDING, _TITLE = 14.0, 26.0
_MOST_TENSORS = 3
"""Whose shapes are written beside a line; of more their number."""

Point = tuple[float, float]
_Port = tuple[str, str]


@dataclass
class Line:
    """Tensors as they are drawn.

    Args:
        edge: the first of the edges that they are.
        text: what is written at its end.
        points: where it runs along.
    """

    edge: Edge
    text: str
    points: list[Point]


@dataclass(frozen=True)
class Drawing:
    """All boxes, a group before those in it, and all lines."""

    boxes: list[Box]
    lines: list[Line]
    width: float
    height: float


def draw(view: View) -> Drawing:
    """Returns a drawing of what is shown."""
    return _Draftsman(view).drawing()


class _Draftsman:
    def __init__(self, view: View) -> None:
        self._view, self._boxes = view, view.boxes
        self._inner: dict[str, Arranged] = {}
        # By group, which of its boxes a line leads from and to; a line through its frame leads from or to a port on it.
        self._local: dict[str, dict[tuple[Key, Key], None]] = {path: {} for path in view.inside}
        self._ports: dict[str, dict[_Port, None]] = {path: {} for path in view.inside}
        self._texts: dict[str, list[str]] = {}
        for source, target, edges in view.edges:
            self._place(source, target)
            self._texts.setdefault(target, []).append(_text_of(edges))

    def drawing(self) -> Drawing:
        """Returns the drawing, groups laid out from within."""
        root = self._view.root
        width, height = self._arrange(root)
        self._move(root, 0.0, 0.0)
        self._entries = self._ends_of_lines()
        lines = [
            Line(edges[0], _text_of(edges), self._route(source, target)) for source, target, edges in self._view.edges
        ]
        return Drawing(list(self._boxes.values()), lines, width, height)

    def _place(self, source: str, target: str) -> None:
        """Splits a line where it crosses the frames of groups."""
        out, into = self._view.crossings(source, target)
        for inner, group in itertools.pairwise(out):
            self._ports[group]["out", source] = None
            self._local[group][inner, ("out", source)] = None
        for inner, group in itertools.pairwise(into):
            self._ports[group]["in", source] = None
            self._local[group][("in", source), inner] = None
        self._local[self._view.group_of(out[-1])][out[-1], into[-1]] = None

    def _arrange(self, path: str) -> tuple[float, float]:
        """Lays out what is in a group; returns its size without the frame."""
        inside, ports = self._view.inside[path], list(self._ports[path])
        sizes: dict[Key, Size] = {}
        for child in inside:
            box = self._boxes[child]
            if child in self._view.inside:
                width, height = self._arrange(child)
                title = _width_of_name(box) + text_width(" " + ", ".join(box.lines[1:]), TEXT_SIZE)
                box.width, box.height = max(width + 2 * _PADDING, title), height + _TITLE + 2 * _PADDING
            else:
                texts = self._texts.get(child, [])
                named = (max((text_width(text, TEXT_SIZE) for text in texts), default=0) + 8) * len(texts)
                box.width, box.height = max(_width_of(box), named), _LINE * len(box.lines) + 14
            sizes[child] = Size(box.width, box.height)
        sizes |= {port: Size(10, 0) for port in ports}
        first: list[Key] = [port for port in ports if port[0] == "in"]
        last: list[Key] = [port for port in ports if port[0] == "out"]
        if path == self._view.root:
            first = [end for end in inside if end.startswith("inputs/")]
            last = [end for end in inside if end.startswith("outputs/")]
        arranged = self._inner[path] = arrange(sizes, list(self._local[path]), first=first, last=last)
        return arranged.width, arranged.height

    def _move(self, path: str, left: float, top: float) -> None:
        """Moves what is in a group to where the group lies."""
        arranged = self._inner[path]
        for key, (x, y) in arranged.centres.items():
            arranged.centres[key] = (x + left, y + top)
        for points in arranged.bends.values():
            points[:] = [(x + left, y + top) for x, y in points]
        for key, (x, y) in arranged.centres.items():
            if isinstance(key, str):
                box = self._boxes[key]
                box.left, box.top = x - box.width / 2, y - box.height / 2
                if key in self._inner:
                    slack = (box.width - self._inner[key].width) / 2
                    self._move(key, box.left + slack, box.top + _TITLE + _PADDING)

    def _route(self, source: str, target: str) -> list[Point]:
        out, into = self._view.crossings(source, target)
        start, end = self._boxes[source], self._boxes[target]
        points = [(start.left + start.width / 2, start.top + start.height)]
        for inner, group in itertools.pairwise(out):
            arranged = self._inner[group]
            points += arranged.bends[inner, ("out", source)]
            x, _ = arranged.centres["out", source]
            points.append((x, self._boxes[group].top + self._boxes[group].height))
        points += self._inner[self._view.group_of(out[-1])].bends[out[-1], into[-1]]
        for inner, group in reversed(list(itertools.pairwise(into))):
            arranged = self._inner[group]
            x, y = arranged.centres["in", source]
            points += [(x, self._boxes[group].top), (x, y), *arranged.bends[("in", source), inner]]
        before: Key = out[-1] if len(into) == 1 else ("in", source)
        return [*points, (self._entries[before, target], end.top)]

    def _ends_of_lines(self) -> dict[tuple[Key, Key], float]:
        """Returns where on the upper edge of a box each line ends: side by side, in the order in which they come."""
        ends: dict[tuple[Key, Key], float] = {}
        for group, lines in self._local.items():
            arranged = self._inner[group]
            coming: dict[Key, list[tuple[float, Key]]] = {}
            for before, target in lines:
                bends = arranged.bends[before, target]
                coming.setdefault(target, []).append(((bends[-1] if bends else arranged.centres[before])[0], before))
            for target, found in coming.items():
                box = self._boxes.get(str(target))
                for place, (_, before) in enumerate(sorted(found, key=lambda end: end[0]) if box else ()):
                    assert box is not None
                    ends[before, target] = box.left + box.width * (place + 0.5) / len(found)
        return ends


def _width_of(box: Box) -> float:
    return max(_width_of_name(box), *(text_width(line, TEXT_SIZE) for line in box.lines)) + 24


def _width_of_name(box: Box) -> float:
    times = f" × {box.repeated}" if box.repeated > 1 else ""
    return text_width(box.lines[0] + times, NAME_SIZE, bold=True)


def _text_of(edges: Sequence[Edge]) -> str:
    """Returns what is written where a line ends: of each tensor the arguments whose names say something, and the shape."""
    labels: dict[tuple[int, str], dict[str, None]] = {}
    for edge in edges:
        said = labels.setdefault((edge.tensor, sizes_of(edge.shape)), {})
        if edge.label not in ("inputs", "x", "input", ""):
            said[edge.label] = None
    if len(labels) > _MOST_TENSORS:
        return f"{len(labels)} tensors"
    return ", ".join(f"{', '.join(said)} {sizes}".strip() for (_, sizes), said in labels.items())
