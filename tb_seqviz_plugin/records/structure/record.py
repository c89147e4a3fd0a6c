"""What a record of structure is in Python: a model's layers, and what flows between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tb_seqviz_plugin.records.record import Record
from tb_seqviz_plugin.schema.structure import EdgeKind, LayerRole


class Shape(tuple[int | None, ...]):
    """The shape of a tensor, None where a size is unknown as in Keras, that knows what its axes are.

    Args:
        sizes: the size along each axis.
        axes: what each axis is, such as "batch", "time", "features"; "" where that is unknown.
        name: name of the argument, of what comes out "" or its place.
        dtype: such as "float32".

    >>> shape = Shape((None, 7), axes=("batch", "time"), name="tokens", dtype="int32")
    >>> shape == (None, 7), shape.axes, str(shape)
    (True, ('batch', 'time'), 'tokens: batch ? x time 7')
    """

    axes: tuple[str, ...]
    name: str
    dtype: str

    def __new__(
        cls, sizes: Iterable[int | None], axes: Iterable[str] = (), name: str = "", dtype: str = "float32"
    ) -> Shape:
        """Makes a tuple of the sizes."""
        shape = super().__new__(cls, sizes)
        shape.axes = tuple(axes) or ("",) * len(shape)
        shape.name, shape.dtype = name, dtype
        return shape

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self), self.axes, self.name, self.dtype

    def __str__(self) -> str:
        sizes = " x ".join(
            f"{axis} {'?' if size is None else size}".strip() for axis, size in zip(self.axes, self, strict=True)
        )
        return f"{self.name}: {sizes}" if self.name else sizes


@dataclass(frozen=True)
class Node:
    """A layer at one place of a model, with all its calls there; fields as of `schema.structure.StructureNode`."""

    path: str
    class_name: str
    parent: str
    parameters: int
    total: int
    trainable: int
    inputs: Sequence[Shape] = ()
    outputs: Sequence[Shape] = ()
    dtype: str = "float32"
    role: LayerRole = ""
    calls: int = 1
    shared_with: str = ""
    repeats: str = ""
    attention: str = ""
    config: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Edge:
    """A tensor that one layer computes from what another returned; fields as of `schema.structure.StructureEdge`.

    Args:
        source: path of the node it comes from, or "inputs/<name>".
        target: path of the node it goes to, or "outputs/<number>".
        shape: its shape as the source returned it.
        label: name of the argument that it arrives as.
        operations: what is computed on the way outside of any layer, such as "Add, Relu".
        kind: "data", "state" or "mask".
        tensor: its place in `Structure.tensors`; -1 for a tensor that no other edge carries.
        leaves: of each group that it leaves, the innermost first, the place of what that group returned; -1 unknown.
        enters: of each group that it enters, the innermost first, the place of what that group was given; -1 unknown.
    """

    source: str
    target: str
    shape: Shape
    label: str = ""
    operations: str = ""
    kind: EdgeKind = "data"
    tensor: int = -1
    leaves: Sequence[int] = ()
    enters: Sequence[int] = ()


@dataclass(frozen=True)
class Structure:
    """The layers of a model and what flows between them.

    Args:
        name: name of the model.
        nodes: the model first, each node after its parent.
        edges: between the innermost layers, "inputs/<name>" and "outputs/<number>".
        notes: what a reader should know about it, as sentences.
        tensors: what the edges carry, each tensor once.

    Raises:
        ValueError: if there is no node, a path comes twice, or an edge or parent names what is not there.
    """

    name: str
    nodes: Sequence[Node]
    edges: Sequence[Edge] = ()
    notes: Sequence[str] = ()
    tensors: Sequence[Shape] = ()

    def __post_init__(self) -> None:
        paths: set[str] = set()
        for node in self.nodes:
            if node.path in paths or bool(node.parent) != bool(paths) or (node.parent and node.parent not in paths):
                raise ValueError(
                    f"The node {node.path!r} has the parent {node.parent!r}; expected paths that differ, the model first, with "
                    "the parent '', and each node after its parent."
                )
            paths.add(node.path)
        if not paths:
            raise ValueError(f"The structure of {self.name!r} has no node; expected the model itself at least.")
        for edge in self.edges:
            for end, boundary in ((edge.source, "inputs/"), (edge.target, "outputs/")):
                if end not in paths and not end.startswith(boundary):
                    raise ValueError(f"An edge names {end!r}; expected the path of a node, or {boundary}<name>.")
            for place in (edge.tensor, *edge.leaves, *edge.enters):
                if not -1 <= place < len(self.tensors):
                    raise ValueError(f"An edge names tensor {place}; expected one of the {len(self.tensors)}, or -1.")


@dataclass(frozen=True)
class StructureRecord(Record):
    """What an event file holds about the structure of a model.

    Args:
        run: the run, that is the folder below the log directory.
        tag: "structure/<name>".
        step: the step at which it was logged.
        wall_time: when it was logged, in seconds since 1970.
        structure: the layers and what flows between them.
    """

    kind: ClassVar[str] = "structure"
    structure: Structure

    @property
    def nodes(self) -> Sequence[Node]:
        """The layers, the model first, each after the layer that calls it."""
        return self.structure.nodes

    @property
    def edges(self) -> Sequence[Edge]:
        """What flows between the innermost layers."""
        return self.structure.edges

    @property
    def notes(self) -> Sequence[str]:
        """What a reader should know, as sentences."""
        return self.structure.notes
