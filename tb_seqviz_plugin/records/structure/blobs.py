"""The structure record as the blob that `schema/` lays out, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tb_seqviz_plugin.records.remarks import remarks_in, restoring
from tb_seqviz_plugin.records.structure.record import Edge, Node, Shape, Structure, StructureRecord
from tb_seqviz_plugin.schema import BASE_VERSION
from tb_seqviz_plugin.schema.structure import StructureEdge, StructureHeader, StructureNode, StructureTensor
from tb_seqviz_plugin.wire.frame import FrameError, decode_header, decoder, encode_frame
from tb_seqviz_plugin.wire.header import made, read_header
from tb_seqviz_plugin.wire.payload import Encoded


@dataclass(frozen=True)
class StructurePayload:
    """A structure on its way to the event file.

    Args:
        structure: the structure.
    """

    kind: ClassVar[str] = StructureRecord.kind
    structure: Structure

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored."""
        return Encoded([encode_structure(self.structure, record=record)], {})


def encode_structure(structure: Structure, *, record: int = 1) -> bytes:
    """Returns the only blob of a record.

    Args:
        structure: the structure.
        record: how many records the tag has had so far, this one counted.
    """
    return encode_frame({}, structure_header(structure, record=record))


def structure_header(structure: Structure, *, record: int = 1) -> StructureHeader:
    """Returns all that the only blob of a record holds, see `encode_structure`."""
    tensors = list(structure.tensors)
    edges = [_to_edge(edge, tensors) for edge in structure.edges]
    return StructureHeader(
        version=BASE_VERSION,
        kind="structure",
        record=record,
        name=structure.name,
        nodes=[_to_node(node) for node in structure.nodes],
        tensors=[_to_tensor(shape) for shape in tensors],
        edges=edges,
        notes=list(structure.notes),
        remarks=remarks_in(structure.notes, *(node.notes for node in structure.nodes)),
    )


@decoder
def decode_structure(blobs: Sequence[bytes]) -> Structure:
    """Returns the structure; the reverse of `encode_structure`.

    Raises:
        FrameError: if the bytes are damaged or of a newer version.
    """
    header = read_header(StructureHeader, decode_header(blobs[0]))
    tensors = tuple(map(_from_tensor, header.tensors))
    edges = tuple(_from_edge(edge, tensors) for edge in header.edges)
    remarked = restoring(header.remarks)
    nodes = tuple(_from_node(node, remarked) for node in header.nodes)
    return Structure(header.name, nodes, edges, tuple(remarked(header.notes)), tensors)


def structure_fields(stored: Encoded) -> dict[str, Any]:
    """Returns the fields of a `StructureRecord` but its place."""
    return {"structure": decode_structure(stored.blobs)}


def _to_node(node: Node) -> StructureNode:
    return StructureNode(
        path=node.path,
        class_name=node.class_name,
        parent=node.parent,
        parameters=node.parameters,
        total=node.total,
        trainable=node.trainable,
        inputs=[_to_tensor(shape) for shape in node.inputs],
        outputs=[_to_tensor(shape) for shape in node.outputs],
        dtype=node.dtype,
        role=node.role,
        calls=node.calls,
        shared_with=node.shared_with,
        repeats=node.repeats,
        attention=node.attention,
        config=dict(node.config),
        notes=list(node.notes),
    )


def _from_node(node: StructureNode, remarked: Callable[[Iterable[str]], list[str]]) -> Node:
    inputs, outputs = (tuple(map(_from_tensor, tensors)) for tensors in (node.inputs, node.outputs))
    return made(Node, {**vars(node), "inputs": inputs, "outputs": outputs, "notes": tuple(remarked(node.notes))})


def _to_edge(edge: Edge, tensors: list[Shape]) -> StructureEdge:
    """Returns an edge; the tensor of one that carries its own is added to the others."""
    tensor = edge.tensor
    if tensor < 0:
        tensor = len(tensors)
        tensors.append(edge.shape)
    return StructureEdge(
        source=edge.source,
        target=edge.target,
        tensor=tensor,
        leaves=list(edge.leaves),
        enters=list(edge.enters),
        label=edge.label,
        operations=edge.operations,
        kind=edge.kind,
    )


def _from_edge(edge: StructureEdge, tensors: Sequence[Shape]) -> Edge:
    places = {"leaves": tuple(edge.leaves), "enters": tuple(edge.enters)}
    return made(Edge, {**vars(edge), **places, "shape": tensors[edge.tensor]})


def _to_tensor(shape: Shape) -> StructureTensor:
    return StructureTensor(shape.name, [-1 if size is None else size for size in shape], list(shape.axes), shape.dtype)


def _from_tensor(tensor: StructureTensor) -> Shape:
    if len(tensor.axes) != len(tensor.shape):
        raise FrameError(f"The tensor {tensor.name!r} has {len(tensor.shape)} sizes and {len(tensor.axes)} axes.")
    sizes = (None if size < 0 else size for size in tensor.shape)
    return Shape(sizes, tensor.axes, tensor.name, tensor.dtype)
