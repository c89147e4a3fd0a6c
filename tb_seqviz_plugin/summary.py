"""Records as TensorBoard summaries: blobs and measures to a serialised Event, and what its metadata say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import (
    DATA_CLASS_BLOB_SEQUENCE,
    DATA_CLASS_TENSOR,
    Summary,
    SummaryMetadata,
)
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.proto.types_pb2 import DT_FLOAT, DT_STRING

from tb_seqviz_plugin.schema import KINDS, MEASURES_KIND, MEASURES_PREFIX, PLUGIN_NAME, SCHEMA_VERSION, parse_tag

FILE_VERSION = "brain.Event:2"
"""First event of every file; without it TensorBoard drops what it takes for the remains of an aborted run."""


def encode_event(
    tag: str, step: int, wall_time: float, blobs: Sequence[bytes], measures: npt.NDArray[np.float32]
) -> bytes:
    """Returns a serialised Event with a record and its measures.

    Without `data_class` TensorBoard would not list the data at all.

    Args:
        tag: the record's tag.
        step: the record's step.
        wall_time: in seconds since 1970.
        blobs: as `encode_attention` returns them.
        measures: float32 [heads, measures].
    """
    record = Summary.Value(
        tag=tag,
        metadata=_metadata(DATA_CLASS_BLOB_SEQUENCE, {"v": SCHEMA_VERSION, "kind": parse_tag(tag)[0]}),
        tensor=TensorProto(dtype=DT_STRING, tensor_shape=_shape(len(blobs)), string_val=blobs),
    )
    series = Summary.Value(
        tag=MEASURES_PREFIX + tag,
        metadata=_metadata(DATA_CLASS_TENSOR, {"v": SCHEMA_VERSION, "kind": MEASURES_KIND}),
        tensor=TensorProto(
            dtype=DT_FLOAT, tensor_shape=_shape(*measures.shape), tensor_content=measures.astype("<f4").tobytes()
        ),
    )
    payload: bytes = Event(wall_time=wall_time, step=step, summary=Summary(value=[record, series])).SerializeToString()
    return payload


def encode_file_version(wall_time: float) -> bytes:
    """Returns the Event that opens a file."""
    payload: bytes = Event(wall_time=wall_time, file_version=FILE_VERSION).SerializeToString()
    return payload


def parse_content(content: bytes) -> dict[str, Any]:
    """Returns what the writer said in `plugin_data.content`: "v" the version and "kind"; empty if it is not ours."""
    try:
        parsed = json.loads(content)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def is_readable(content: dict[str, Any]) -> bool:
    """Returns whether this version can read a record whose content says this."""
    version = content.get("v")
    return isinstance(version, int) and version <= SCHEMA_VERSION and content.get("kind") in KINDS


def _metadata(data_class: int, content: dict[str, Any]) -> SummaryMetadata:
    plugin_data = SummaryMetadata.PluginData(plugin_name=PLUGIN_NAME, content=json.dumps(content).encode())
    return SummaryMetadata(plugin_data=plugin_data, data_class=data_class)


def _shape(*sizes: int) -> TensorShapeProto:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])
