"""Records of a model's structure.

A **structure** record holds the layers of a model and what flows between them: blob 0 alone, `StructureHeader`. There is one per
run, and another only where the structure changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tb_seqviz_plugin.schema.remarks import Remark

LayerRole = Literal["encoder", "decoder", "attention", "embedding", "output", ""]
EdgeKind = Literal["data", "state", "mask"]


@dataclass(frozen=True)
class StructureTensor:
    """A tensor that goes into a layer or comes out of it.

    Args:
        name: name of the argument, such as "sequences" or "inputs/0"; of what comes out "" or its place, such as "1".
        shape: its sizes, -1 where one is unknown or differs from call to call.
        axes: what each axis is: "batch", "time", "features", "heads", "vocabulary", "queries", "keys", "height", "width",
            "channels", "units", "" where that is unknown.
        dtype: such as "float32".
    """

    name: str
    shape: list[int]
    axes: list[str]
    dtype: str


@dataclass(frozen=True)
class StructureNode:
    """A layer at one place of the model, with all its calls there.

    Args:
        path: names of the nested layers below the model, joined by "/", such as "decoder/gru", each once in a record; of the model
            itself its name. A slash in a layer's name becomes "∕" (U+2215).
        class_name: class of the layer.
        parent: path of the layer whose call calls it; "" of the model itself.
        parameters: numbers in its own weights, each weight counted at one node only, so that all nodes sum to `count_params()`.
        total: numbers in the weights of the layer and of all in it, shared ones included.
        trainable: those of `total` that are trained.
        inputs: what goes in at the first call.
        outputs: what comes out at the first call.
        dtype: what it computes in, such as "float32" or "mixed_float16".
        role: what it is in the model, "" for another.
        calls: how often one forward pass calls it, a loop's every turn counted; 0 not at all, -1 unknown.
        shared_with: path of the first use of the same weights, "" where this is the first or only one.
        repeats: the same for siblings that are built alike and follow each other, such as the blocks of a Transformer; "" for
            others.
        attention: path of the layer in attention records, "" where none is captured.
        config: what it was made with, in short.
        notes: what a reader should know about this layer, as sentences.
    """

    path: str
    class_name: str
    parent: str
    parameters: int
    total: int
    trainable: int
    inputs: list[StructureTensor]
    outputs: list[StructureTensor]
    dtype: str
    role: LayerRole
    calls: int
    shared_with: str
    repeats: str
    attention: str
    config: dict[str, str]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class StructureEdge:
    """A tensor that one innermost layer computes from what another returned.

    What a layer with others in it returns comes from those in it alone, even where it adds its own input to that: whoever takes it
    has no edges from before that layer.

    On its way the tensor leaves the groups around its source that are not around its target, and enters those around its target
    that are not around its source. What it is at their borders may differ: a recurrent layer takes a sequence and its cell one step
    of it. A drawing in which some groups are closed has a line show what leaves the box that it starts at: `tensor` if that is the
    source itself, else what leaves that group. A line that starts at the border of an open group and leads to a box in it shows
    what enters that group. Tensors of one number are one, however many edges carry it.

    Args:
        source: path of the node it comes from, or "inputs/<name>".
        target: path of the node it goes to, or "outputs/<number>".
        tensor: what the source returned, an index into `StructureHeader.tensors`.
        leaves: of each group that it leaves, the innermost first, what that group returned, an index as of `tensor`; -1 unknown.
        enters: of each group that it enters, the innermost first, what that group was given, an index as of `tensor`; -1 unknown.
        label: name of the argument that it arrives as, such as "sequences", "initial_state" or "mask"; "" at an output; "weights"
            if these are weights of the source, not what that returned: another layer or the model read them for what arrives.
        operations: what is computed on the way outside of any layer, such as "Add, Relu"; "" for nothing.
        kind: "state" of a recurrent layer, "mask", or "data".
    """

    source: str
    target: str
    tensor: int
    leaves: list[int]
    enters: list[int]
    label: str
    operations: str
    kind: EdgeKind


@dataclass(frozen=True)
class StructureHeader:
    """Blob 0 of a structure record.

    Args:
        version: the oldest version of the format that tells all it holds.
        kind: "structure".
        record: how many records this tag has had so far, this one counted.
        name: name of the model.
        nodes: the model first, each node after its parent, siblings in the order of their first call.
        tensors: what flows, each tensor once.
        edges: in the order in which they are computed.
        notes: what a reader should know about this record, as sentences, such as what could not be traced.
        remarks: what those of the notes say that are in `schema.remarks`, those of its nodes included.
    """

    version: int
    kind: Literal["structure"]
    record: int
    name: str
    nodes: list[StructureNode]
    tensors: list[StructureTensor]
    edges: list[StructureEdge]
    notes: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list, metadata={"later": True})
