"""Records as TensorBoard summaries: blobs and measures to a serialised Event, and what its metadata say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import (
    DATA_CLASS_BLOB_SEQUENCE,
    DATA_CLASS_SCALAR,
    DATA_CLASS_TENSOR,
    Summary,
    SummaryMetadata,
)
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.proto.types_pb2 import DT_FLOAT, DT_STRING

from tb_seqviz_plugin.schema import PLUGIN_NAME, SCHEMA_VERSION, Beside, parse_tag
from tb_seqviz_plugin.wire.frame import FrameError, parse_json
from tb_seqviz_plugin.wire.payload import Encoded

FILE_VERSION = "brain.Event:2"
"""First event of every file; without it TensorBoard drops what it takes for the remains of an aborted run."""


def values_of(tag: str, record: Encoded) -> list[Summary.Value]:
    """Returns a record and the series beside it as the values of an Event.

    Without `data_class` TensorBoard would not list the data at all.

    Args:
        tag: the record's tag.
        record: the record as it is stored.
    """
    beside: dict[Beside, npt.NDArray[np.float32] | bytes] = {**record.beside}
    if record.setup is not None:
        beside["setup"] = record.setup
    return [
        Summary.Value(
            tag=tag,
            metadata=_metadata(DATA_CLASS_BLOB_SEQUENCE, parse_tag(tag)[0], record.version),
            tensor=TensorProto(dtype=DT_STRING, tensor_shape=_shape(len(record.blobs)), string_val=record.blobs),
        ),
        *(
            Summary.Value(
                tag=f"{kind}/{tag}", metadata=_metadata(DATA_CLASS_TENSOR, kind, record.version), tensor=_tensor(series)
            )
            for kind, series in beside.items()
        ),
        *scalar_values(record.scalars),
        *(
            Summary.Value(tag=name, metadata=_HISTOGRAM, tensor=_tensor(histogram.astype(np.float32)))
            for name, histogram in record.histograms.items()
        ),
    ]


def scalar_values(scalars: Mapping[str, float]) -> list[Summary.Value]:
    """Returns numbers for TensorBoard's own tab as the values of an Event.

    Args:
        scalars: by tag.
    """
    return [
        Summary.Value(tag=name, metadata=_SCALAR, tensor=_tensor(np.array(value, np.float32)))
        for name, value in scalars.items()
    ]


def encode_event(step: int, wall_time: float, values: Sequence[Summary.Value]) -> bytes:
    """Returns a serialised Event.

    Args:
        step: of the records.
        wall_time: in seconds since 1970.
        values: of the records, as `values_of` returns them.
    """
    payload: bytes = Event(wall_time=wall_time, step=step, summary=Summary(value=values)).SerializeToString()
    return payload


def decode_beside(tensor: TensorProto) -> npt.NDArray[np.float32] | bytes:
    """Returns what a series beside a record holds at one step: float32 as of `measures`, or the bytes of a frame.

    Raises:
        FrameError: if it is damaged.
    """
    try:
        if tensor.dtype == DT_STRING:
            frame: bytes = tensor.string_val[0]
            return frame
        if tensor.dtype != DT_FLOAT:
            raise ValueError(f"type {tensor.dtype}")
        shape = [dim.size for dim in tensor.tensor_shape.dim]
        return np.frombuffer(tensor.tensor_content, "<f4").reshape(shape)
    except (LookupError, ValueError) as error:
        raise FrameError(f"its texts or measures are missing or damaged ({error!r}).") from error


def encode_file_version(wall_time: float) -> bytes:
    """Returns the Event that opens a file."""
    payload: bytes = Event(wall_time=wall_time, file_version=FILE_VERSION).SerializeToString()
    return payload


def readable_kind(content: bytes) -> str:
    """Returns the kind that the writer named in `plugin_data.content`, "" where it is not ours, or of a newer version."""
    try:
        said = parse_json(content)
    except ValueError:
        return ""
    if not isinstance(said, dict) or type(said.get("v")) is not int or said["v"] > SCHEMA_VERSION:
        return ""
    return str(said.get("kind", ""))


_SCALAR = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="scalars"), data_class=DATA_CLASS_SCALAR)
_HISTOGRAM = SummaryMetadata(
    plugin_data=SummaryMetadata.PluginData(plugin_name="histograms"), data_class=DATA_CLASS_TENSOR
)


def _tensor(series: npt.NDArray[np.float32] | bytes) -> TensorProto:
    if isinstance(series, bytes):
        return TensorProto(dtype=DT_STRING, tensor_shape=_shape(1), string_val=[series])
    return TensorProto(
        dtype=DT_FLOAT, tensor_shape=_shape(*series.shape), tensor_content=series.astype("<f4").tobytes()
    )


def _metadata(data_class: int, kind: str, version: int) -> SummaryMetadata:
    content = json.dumps({"v": version, "kind": kind}).encode()
    plugin_data = SummaryMetadata.PluginData(plugin_name=PLUGIN_NAME, content=content)
    return SummaryMetadata(plugin_data=plugin_data, data_class=data_class)


def _shape(*sizes: int) -> TensorShapeProto:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])
