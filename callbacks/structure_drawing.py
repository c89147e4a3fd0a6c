"""A structure as boxes in boxes with lines between them: which groups are open, what is folded, and where all of it lies."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tb_seqviz_plugin.callbacks.layered_layout import Arranged, Key, Size, arrange
from tb_seqviz_plugin.structure import Edge, Node, Shape, Structure

_LETTER, _SMALL_LETTER, _LINE = 7.0, 5.6, 15.0
_PADDING, _TITLE = 14.0, 26.0

Point = tuple[float, float]


@dataclass
class Box:
    """A layer as it is drawn, in pixels.

    Args:
        node: the layer; None for an input or output of the model.
        lines: what is written in it, the name first.
        left: its left edge.
        top: its upper edge.
        width: its width.
        height: its height.
        repeated: how many siblings built alike it stands for, itself counted.
        children: the boxes in it if it is open.
    """

    node: Node | None
    lines: list[str]
    left: float = 0.0
    top: float = 0.0
    width: float = 0.0
    height: float = 0.0
    repeated: int = 1
    children: list[Box] = field(default_factory=list)


@dataclass
class Line:
    """A tensor as it is drawn.

    Args:
        edge: the first of the edges that it stands for.
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


def draw(structure: Structure, is_open: Callable[[Node], bool]) -> Drawing:
    """Returns a drawing.

    Args:
        structure: what to draw.
        is_open: says of a layer with others in it whether these are shown.
    """
    return _Draftsman(structure, is_open).drawing()


def sizes_of(shape: Shape) -> str:
    """Returns a shape in short, such as "? × 7 × 64"."""
    return " × ".join("?" if size is None else str(size) for size in shape)


class _Draftsman:
    def __init__(self, structure: Structure, is_open: Callable[[Node], bool]) -> None:
        self._root = structure.nodes[0]
        self._children: dict[str, list[Node]] = {}
        for node in structure.nodes[1:]:
            self._children.setdefault(node.parent, []).append(node)
        self._boxes: dict[str, Box] = {}
        self._above: dict[str, str] = {}
        self._shown_as: dict[str, str] = {}
        self._folded: list[tuple[Node, Node]] = []
        self._show(self._root, is_open)
        # Of each layer that is drawn together with others, which one is drawn for all.
        self._members = {node.path: shown.path for shown, hidden in self._folded for node in (shown, hidden)}
        self._edges = self._lifted(structure.edges)
        self._inner: dict[str, Arranged] = {}
        # By box, what comes in or goes out through its frame, and there by box that it comes from.
        self._local: dict[str, dict[tuple[Key, Key], Edge]] = {path: {} for path in (*self._boxes, self._root.path)}
        self._ports: dict[str, dict[Key, None]] = {}
        for source, target, edge in self._edges:
            self._place(source, target, edge)

    def drawing(self) -> Drawing:
        """Returns the drawing, groups laid out from within."""
        width, height = self._arrange(self._root.path)
        origin = Box(self._root, [self._root.path], 0, 0, width, height)
        self._boxes[self._root.path] = origin
        self._move(self._root.path, 0.0, 0.0)
        lines = [Line(edge, _text_of(edge), self._route(source, target)) for source, target, edge in self._edges]
        boxes = [box for path, box in self._boxes.items() if path != self._root.path]
        return Drawing(boxes, lines, width, height)

    def _show(self, node: Node, is_open: Callable[[Node], bool]) -> None:
        """Decides what is shown in an open group, and what stands for what is not."""
        waiting = [node]
        while waiting:
            group = waiting.pop(0)
            chains: dict[str, Node] = {}
            for child in self._children.get(group.path, ()):
                shown = chains.setdefault(child.repeats, child) if child.repeats else child
                if shown is not child:
                    self._boxes[shown.path].repeated += 1
                    self._folded.append((shown, child))
                    continue
                self._boxes[child.path] = Box(child, _lines_of(child))
                self._above[child.path] = group.path
                if self._children.get(child.path) and is_open(child):
                    waiting.append(child)
                    self._shown_as[child.path] = child.path
                else:
                    self._stand_for(child, child)
        for shown, hidden in reversed(self._folded):  # from within
            pairs = [(shown, hidden)]
            while pairs:
                one, other = pairs.pop()
                self._shown_as[other.path] = self._shown_as[one.path]
                children = (self._children.get(each.path, ()) for each in (one, other))
                pairs += zip(*children, strict=False)

    def _stand_for(self, shown: Node, hidden: Node) -> None:
        """Has a box stand for a layer and what is in that."""
        waiting = [hidden]
        while waiting:
            node = waiting.pop()
            self._shown_as[node.path] = shown.path
            waiting += self._children.get(node.path, ())

    def _links_folded(self, edge: Edge) -> bool:
        """Returns whether an edge leads from one of several layers that are drawn as one to another of them."""
        ends = ([path for path in _around(end) if path in self._members] for end in (edge.source, edge.target))
        first, second = ({self._members[path]: path for path in found} for found in ends)
        return any(first[chain] != second[chain] for chain in first if chain in second)

    def _lifted(self, edges: Sequence[Edge]) -> list[tuple[str, str, Edge]]:
        """Returns the edges between what is shown, each once; one from a box to itself is not."""
        found: dict[tuple[str, str, str], tuple[str, str, Edge]] = {}
        for edge in edges:
            if self._folded and self._links_folded(edge):
                continue
            source, target = (self._shown_as.get(end, end) for end in (edge.source, edge.target))
            for end in (source, target):
                if end not in self._boxes:
                    self._boxes[end] = Box(
                        None, [end.partition("/")[2] if end == source else f"output {end.partition('/')[2]}"]
                    )
                    self._above[end] = self._root.path
            # A group that is open is no end of a line; what it computes itself goes on to the first layer in it.
            if source != target and not self._is_folded_back(source, target):
                known = found.get((source, target, ""))
                if known is None:
                    found[source, target, ""] = (source, target, edge)
                elif edge.label not in known[2].label.split(", "):
                    found[source, target, ""] = (
                        source,
                        target,
                        replace(known[2], label=f"{known[2].label}, {edge.label}"),
                    )
        return list(found.values())

    def _is_folded_back(self, source: str, target: str) -> bool:
        """Returns whether a line would lead into a box around its own start."""
        return source in self._chain(target)[1:] or target in self._chain(source)[1:]

    def _chain(self, path: str) -> list[str]:
        """Returns a box and those around it, the innermost first; the model's own is not among them."""
        chain = [path]
        while self._above[chain[-1]] != self._root.path:
            chain.append(self._above[chain[-1]])
        return chain

    def _place(self, source: str, target: str, edge: Edge) -> None:
        """Splits an edge where it crosses the frames of groups."""
        out, into = self._chain(source), self._chain(target)
        while len(out) > 1 and len(into) > 1 and out[-1] == into[-1]:
            out.pop()
            into.pop()
        for inner, group in itertools.pairwise(out):
            self._ports.setdefault(group, {})["out", source] = None
            self._local[group][inner, ("out", source)] = edge
        for inner, group in itertools.pairwise(into):
            self._ports.setdefault(group, {})["in", source] = None
            self._local[group][("in", source), inner] = edge
        self._local[self._above[out[-1]]][out[-1], into[-1]] = edge

    def _arrange(self, path: str) -> tuple[float, float]:
        """Lays out what is in a group; returns its size without the frame."""
        inside = [child for child, above in self._above.items() if above == path] if path in self._opened() else []
        sizes: dict[Key, Size] = {}
        for child in inside:
            box = self._boxes[child]
            if child in self._opened():
                width, height = self._arrange(child)
                title = len(box.lines[0]) * _LETTER + len(", ".join(box.lines[1:])) * _SMALL_LETTER
                box.width, box.height = max(width + 2 * _PADDING, title), height + _TITLE + 2 * _PADDING
            else:
                incoming = (
                    [edge for _, target, edge in self._edges if target == child] if len(self._edges) < 2000 else []
                )
                named = max((len(_text_of(edge)) for edge in incoming), default=0) * _SMALL_LETTER * len(incoming)
                box.width, box.height = max(_width_of(box), named), _LINE * len(box.lines) + 14
            sizes[child] = Size(box.width, box.height)
        ports = self._ports.get(path, {})
        sizes |= {port: Size(10, 0) for port in ports}
        first = [port for port in ports if port[0] == "in"] or [key for key in inside if key.startswith("inputs/")]  # type: ignore[index]
        last = [port for port in ports if port[0] == "out"] or [key for key in inside if key.startswith("outputs/")]  # type: ignore[index]
        arranged = arrange(sizes, list(self._local[path]), first=first, last=last)
        self._inner[path] = arranged
        return arranged.width, arranged.height

    def _opened(self) -> set[str]:
        return {self._root.path, *self._above.values()}

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
        out, into = self._chain(source), self._chain(target)
        while len(out) > 1 and len(into) > 1 and out[-1] == into[-1]:
            out.pop()
            into.pop()
        start = self._boxes[source]
        points = [(start.left + start.width / 2, start.top + start.height)]
        for inner, group in itertools.pairwise(out):
            arranged = self._inner[group]
            points += arranged.bends[inner, ("out", source)]
            x, _ = arranged.centres["out", source]
            points.append((x, self._boxes[group].top + self._boxes[group].height))
        points += self._inner[self._above[out[-1]]].bends[out[-1], into[-1]]
        for inner, group in reversed(list(itertools.pairwise(into))):
            arranged = self._inner[group]
            x, y = arranged.centres["in", source]
            points += [(x, self._boxes[group].top), (x, y), *arranged.bends[("in", source), inner]]
        end = self._boxes[target]
        points.append((self._entry(source, target), end.top))
        return points

    def _entry(self, source: str, target: str) -> float:
        """Returns where on the upper edge of a box a line ends: side by side, in the order in which they come."""
        box = self._boxes[target]
        group = self._inner[self._above[target]]
        local = self._local[self._above[target]]
        ends = [pair for pair in local if pair[1] == target]
        coming = {pair: (group.bends[pair][-1] if group.bends[pair] else group.centres[pair[0]])[0] for pair in ends}
        order = sorted(ends, key=coming.__getitem__)
        mine = self._local_start(source, target)
        return box.left + box.width * (order.index((mine, target)) + 0.5) / len(order)

    def _local_start(self, source: str, target: str) -> Key:
        out, into = self._chain(source), self._chain(target)
        while len(out) > 1 and len(into) > 1 and out[-1] == into[-1]:
            out.pop()
            into.pop()
        return out[-1] if len(into) == 1 else ("in", source)


def _around(path: str) -> list[str]:
    """Returns a path and those of the layers around it."""
    names = path.split("/")
    return ["/".join(names[: count + 1]) for count in range(len(names))]


def _lines_of(node: Node) -> list[str]:
    name = node.path.rpartition("/")[2]
    lines = [name, node.class_name]
    if node.outputs:
        if node.calls > 1:
            lines.append(f"called {node.calls} times")
        lines.append("→ " + sizes_of(node.outputs[0]))
    if node.total:
        lines.append(f"{node.total:,} parameters" + (", shared" if node.shared_with else ""))
    if node.notes:
        lines.append("⚠ " + (node.notes[0] if len(node.notes[0]) < 50 else node.notes[0][:49] + "…"))
    return lines


def _width_of(box: Box) -> float:
    return max(len(line) * (_LETTER if number == 0 else _SMALL_LETTER) for number, line in enumerate(box.lines)) + 28


def _text_of(edge: Edge) -> str:
    """Returns what is written where a line ends: the argument if its name says something, and the shape."""
    label = "" if edge.label in ("inputs", "x", "input", "") else edge.label
    return f"{label} {sizes_of(edge.shape)}".strip()
