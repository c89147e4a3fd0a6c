"""What of a structure is shown: which groups are open, what is folded, and which boxes the tensors flow between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tb_seqviz_plugin.records.structure.record import Edge, Node, Shape, Structure


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


class View:
    """The boxes and edges that are shown.

    Args:
        structure: all there is.
        is_open: says of a layer with others in it whether these are shown.

    Attributes:
        boxes: by path, a group before what is in it; inputs and outputs of the model are boxes, too.
        root: key in `inside` of what is in the model, which has a box only where it computes something itself.
        inside: by path of an open group the paths of what is in it.
        edges: source, target and the edges that a line between them stands for, each with the tensor that leaves the source's box.
    """

    def __init__(self, structure: Structure, is_open: Callable[[Node], bool]) -> None:
        model, self.root = structure.nodes[0], ""
        self.boxes: dict[str, Box] = {}
        self.inside: dict[str, list[str]] = {self.root: []}
        self._children: dict[str, list[Node]] = {}
        for node in structure.nodes[1:]:
            self._children.setdefault(node.parent, []).append(node)
        self._above: dict[str, str] = {}
        self._shown_as: dict[str, str] = {}
        self._folded: list[tuple[Node, Node]] = []
        self._show(model, is_open)
        if any(model.path in (edge.source, edge.target) for edge in structure.edges):
            self._add(model.path, Box(model, _lines_of(model)), self.root)
        # Of each layer that is drawn together with others, which one is drawn for all.
        self._members = {node.path: shown.path for shown, hidden in self._folded for node in (shown, hidden)}
        self._tensors = structure.tensors
        self.edges = self._lifted(structure.edges)

    def crossings(self, source: str, target: str) -> tuple[list[str], list[str]]:
        """Returns two boxes, each followed by the groups around it whose frame a line between them crosses."""
        out, into = self._chain(source), self._chain(target)
        while len(out) > 1 and len(into) > 1 and out[-1] == into[-1]:
            out.pop()
            into.pop()
        return out, into

    def group_of(self, path: str) -> str:
        """Returns the path of the group that a box lies in."""
        return self._above[path]

    def _show(self, node: Node, is_open: Callable[[Node], bool]) -> None:
        """Decides what is shown in an open group, and what stands for what is not."""
        waiting = [(self.root, node)]
        while waiting:
            key, group = waiting.pop(0)
            chains: dict[str, Node] = {}
            for child in self._children.get(group.path, ()):
                shown = chains.setdefault(child.repeats, child) if child.repeats else child
                if shown is not child:
                    self.boxes[shown.path].repeated += 1
                    self._folded.append((shown, child))
                    continue
                self._add(child.path, Box(child, _lines_of(child)), key)
                if self._children.get(child.path) and is_open(child):
                    self.inside[child.path] = []
                    waiting.append((child.path, child))
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

    def _add(self, path: str, box: Box, group: str) -> None:
        self.boxes[path] = box
        self._above[path] = group
        self.inside[group].append(path)

    def _stand_for(self, shown: Node, hidden: Node) -> None:
        """Has a box stand for a layer and what is in that."""
        waiting = [hidden]
        while waiting:
            node = waiting.pop()
            self._shown_as[node.path] = shown.path
            waiting += self._children.get(node.path, ())

    def _links_folded(self, edge: Edge) -> bool:
        """Returns whether an edge leads from one of several layers that are drawn as one to another of them."""
        ends = (self._drawn_as_others(end) for end in (edge.source, edge.target))
        first, second = ({self._members[path]: path for path in found} for found in ends)
        return any(first[chain] != second[chain] for chain in first if chain in second)

    def _drawn_as_others(self, end: str) -> list[str]:
        """Returns the layers around the end of an edge, itself included, that are drawn together with others."""
        return [path for path in _around(end) if path in self._members]

    def _lifted(self, edges: Sequence[Edge]) -> list[tuple[str, str, list[Edge]]]:
        """Returns the edges by the boxes that they are shown between; those from a box to itself are not.

        Of several layers that are drawn as one only those of the first are shown.
        """
        found: dict[tuple[str, str], list[Edge]] = {}
        members: dict[tuple[str, str], list[list[str]]] = {}
        for edge in edges:
            if self._folded and self._links_folded(edge):
                continue
            source, target = (self._shown_as.get(end, end) for end in (edge.source, edge.target))
            for end in (source, target):
                if end not in self.boxes:
                    box = Box(None, [end.partition("/")[2] if end == source else f"output {end.partition('/')[2]}"])
                    self._add(end, box, self.root)
            # A group that is open is no end of a line; what it computes itself goes on to the first layer in it.
            if source != target and not self._is_folded_back(source, target):
                drawn_as_others = [self._drawn_as_others(end) for end in (edge.source, edge.target)]
                if members.setdefault((source, target), drawn_as_others) == drawn_as_others:
                    found.setdefault((source, target), []).append(self._leaving(edge, source))
        return [(source, target, lifted) for (source, target), lifted in found.items()]

    def _leaving(self, edge: Edge, box: str) -> Edge:
        """Returns an edge with the tensor that leaves a box: that of its source, or of the closed group that hides the source."""
        groups = edge.source.count("/") - box.count("/")
        tensor = edge.leaves[groups - 1] if 0 < groups <= len(edge.leaves) else -1
        return edge if tensor < 0 else replace(edge, tensor=tensor, shape=self._tensors[tensor])

    def _is_folded_back(self, source: str, target: str) -> bool:
        """Returns whether a line would lead into a box around its own start."""
        return source in self._chain(target)[1:] or target in self._chain(source)[1:]

    def _chain(self, path: str) -> list[str]:
        """Returns a box and those around it, the innermost first; the model's own is not among them."""
        chain = [path]
        while self._above[chain[-1]] != self.root:
            chain.append(self._above[chain[-1]])
        return chain


def _around(path: str) -> list[str]:
    """Returns a path and those of the layers around it."""
    names = path.split("/")
    return ["/".join(names[: count + 1]) for count in range(len(names))]


def sizes_of(shape: Shape) -> str:
    """Returns a shape in short, such as "? × 7 × 64"."""
    return " × ".join("?" if size is None else str(size) for size in shape)


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
