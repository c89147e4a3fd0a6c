"""What the axes of a layer's tensors are, and what the layer is in the model."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import keras

from tb_seqviz_plugin.records.structure.record import Shape
from tb_seqviz_plugin.schema.structure import LayerRole

_ENCODER = re.compile(r"encoder|encode(?!d)", re.IGNORECASE)
_DECODER = re.compile(r"decoder|decode(?!d)", re.IGNORECASE)
_ATTENTION = re.compile(r"attention", re.IGNORECASE)
_EMBEDDING = re.compile(r"^(?!.*rotary).*embedding", re.IGNORECASE)
_IMAGES = re.compile(r"2d|image|patch", re.IGNORECASE)
_STATE = re.compile(r"(^|[_/])(states?|hidden|carry)($|[_/\d])", re.IGNORECASE)
_SCORES = re.compile(r"softmax|score|dropout", re.IGNORECASE)
_MASK = re.compile(r"(^|[_/])mask$", re.IGNORECASE)
_HEADS = re.compile(r"attention|attn|heads?", re.IGNORECASE)


def axes_of(
    shape: Sequence[int | None],
    name: str,
    dtype: str,
    layer: keras.layers.Layer,
    around: keras.layers.Layer | None,
    result: bool,
) -> tuple[str, ...]:
    """Returns what each axis of a tensor is, "" where that is unknown.

    Args:
        shape: its sizes, None where one is unknown.
        name: the argument that it is given as.
        dtype: such as "int32".
        layer: takes or returns it.
        around: the layer that calls this one, None for none.
        result: whether the layer returns it.
    """
    rank, kind = len(shape), type(layer).__name__
    if rank < 2:
        return ("batch",) * rank
    counts = dtype.startswith(("int", "uint", "bool", "string"))
    if rank == 2:
        recurrent = _is_recurrent(layer) and (result or name.startswith("initial_state"))
        if counts or (isinstance(layer, keras.layers.Embedding) and not result) or is_mask(name):
            return ("batch", "time")
        return ("batch", "units") if recurrent or _STATE.search(name) else ("batch", "features")
    if rank == 3:
        return ("batch", "queries", "keys") if name.endswith("attention_mask") else ("batch", "time", "features")
    if rank == 4:
        of_heads = _HEADS.search(kind) or (around is not None and _HEADS.search(type(around).__name__))
        if of_heads and _SCORES.search(kind):
            return ("batch", "heads", "queries", "keys")
        if of_heads:
            return ("batch", "time", "heads", "features")
        if _IMAGES.search(kind) or name.startswith(("image", "pixel")):
            return ("batch", "height", "width", "channels")
    return usual_axes(rank)


def usual_axes(rank: int) -> tuple[str, ...]:
    """Returns what the axes of a tensor are taken for if nothing more is known than how many there are."""
    return ("batch", *(["time"] if rank == 3 else [""] * (rank - 2)), "features")


def moves_axes(layer: keras.layers.Layer) -> bool:
    """Returns whether the axes that a layer returns are not those that it takes, though they may be as many."""
    return isinstance(layer, keras.layers.Permute | keras.layers.Reshape)


def is_mask(name: str) -> bool:
    """Returns whether an argument is a mask by its name."""
    return bool(_MASK.search(name))


def with_vocabulary(shape: Shape, vocabularies: Collection[int]) -> Shape:
    """Returns the shape of a model's output, its last axis named if it has as many entries as an embedding has words."""
    if len(shape) > 1 and shape[-1] in vocabularies and shape.dtype.startswith(("float", "bfloat")):
        return Shape(shape, (*shape.axes[:-1], "vocabulary"), shape.name, shape.dtype)
    return shape


def role_of(layer: keras.layers.Layer, has_children: bool, is_model: bool) -> LayerRole:
    """Returns what a layer is by its class, or where that says nothing by its name."""
    kind = type(layer).__name__
    if is_model:
        return ""
    if isinstance(layer, keras.layers.Embedding) or (_EMBEDDING.search(kind) and not _ATTENTION.search(kind)):
        return "embedding"
    if _ATTENTION.search(kind) and not kind.endswith("Mask"):
        return "attention"
    for said in (kind, layer.name) if has_children else (kind,):
        encodes, decodes = _ENCODER.search(said), _DECODER.search(said)
        if bool(encodes) != bool(decodes) and not isinstance(layer, keras.layers.Dense):
            return "encoder" if encodes else "decoder"
    return ""


def is_state(label: str, layer: keras.layers.Layer | None, index: int) -> bool:
    """Returns whether a tensor is the state of a recurrent layer: by the argument it is given as, or as what it was returned.

    Args:
        label: name of the argument.
        layer: the layer that returned it, None for an input of the model.
        index: which of its outputs it is.
    """
    return bool(_STATE.search(label)) or (layer is not None and index > 0 and _is_recurrent(layer))


def knows_axes(layer: keras.layers.Layer) -> bool:
    """Returns whether a layer's class tells what the axes of its tensors are."""
    return _is_recurrent(layer) or isinstance(layer, keras.layers.Embedding)


def _is_recurrent(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional) or hasattr(layer, "state_size")
