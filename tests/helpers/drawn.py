"""What an SVG file of a structure holds: its boxes, its lines and its texts, and where they are."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Rectangle:
    """A box, or the ground of a label, in pixels."""

    left: float
    top: float
    width: float
    height: float

    def meets(self, other: Rectangle) -> bool:
        across = self.left < other.left + other.width and other.left < self.left + self.width
        return across and self.top < other.top + other.height and other.top < self.top + self.height

    def holds(self, other: Rectangle) -> bool:
        across = self.left <= other.left and other.left + other.width <= self.left + self.width
        return across and self.top <= other.top and other.top + other.height <= self.top + self.height

    def has_within(self, x: float, y: float) -> bool:
        return self.left + 0.1 < x < self.left + self.width - 0.1 and self.top + 0.1 < y < self.top + self.height - 0.1


@dataclass
class DrawnLine:
    """A line from one box of a group to another, or from and to the border of the group."""

    group: str
    source: str
    target: str
    kind: str
    points: list[tuple[float, float]]
    label: str = ""
    ground: Rectangle | None = None


@dataclass
class Drawn:
    """A drawing.

    Args:
        boxes: by key, those around others first.
        frames: keys of the open ones.
        lines: all of them.
        texts: everything that is written.
    """

    boxes: dict[str, Rectangle]
    frames: set[str]
    lines: list[DrawnLine]
    texts: list[str]

    def text_of(self, target: str) -> str:
        """Returns what stands on the only line to a box."""
        (line,) = [line for line in self.lines if line.target == target]
        return line.label


def drawn_in(svg: str) -> Drawn:
    """Reads a file."""
    root = ElementTree.fromstring(svg)
    boxes, frames, lines = {}, set(), {}
    for element in root.iter():
        key, line = element.get("data-box"), element.get("data-line")
        if key is not None and element.tag == f"{_SVG}rect":
            boxes[key] = _rectangle(element)
            frames.add(key)
        elif key is not None and key not in frames:
            boxes[key] = _rectangle(max(element.findall(f"{_SVG}rect"), key=lambda each: each.get("rx") is not None))
        elif line is not None and element.tag == f"{_SVG}path":
            lines[line] = DrawnLine(*line.split("\n"), points=_points(element.get("d", "")))
        elif line is not None:
            ground, text = element
            lines[line].label, lines[line].ground = text.text or "", _rectangle(ground)
    texts = [element.text for element in root.iter(f"{_SVG}text") if element.text]
    texts += [element.text for element in root.iter(f"{_SVG}tspan") if element.text]
    return Drawn(boxes, frames, list(lines.values()), texts)


def _rectangle(element: ElementTree.Element) -> Rectangle:
    return Rectangle(*(float(element.get(side, "nan")) for side in ("x", "y", "width", "height")))


def _points(path: str) -> list[tuple[float, float]]:
    """Returns where a path goes through."""
    parts = [list(map(float, part.split())) for part in re.split("[MLC]", path)[1:]]
    return [(part[-2], part[-1]) for part in parts]
