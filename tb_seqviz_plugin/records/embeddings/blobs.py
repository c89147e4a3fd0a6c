"""The embeddings record as the blobs and series that `schema/` lays out, and back."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.embeddings.measures import EmbeddingMeasures
from tb_seqviz_plugin.records.embeddings.record import Embeddings, EmbeddingsRecord, Float
from tb_seqviz_plugin.records.remarks import remarks_in, restoring_told, told_remarks, with_remarks
from tb_seqviz_plugin.schema import BASE_VERSION
from tb_seqviz_plugin.schema.embeddings import EMBEDDING_MEASURES, EmbeddingsHeader, EmbeddingsSetup
from tb_seqviz_plugin.wire.frame import (
    Array,
    array_of,
    checked_header,
    decode_blob,
    decode_frame,
    decode_header,
    decoder,
    encode_frame,
)
from tb_seqviz_plugin.wire.header import read_header
from tb_seqviz_plugin.wire.payload import Encoded, Raw, fields_of

_BLOB_BYTES = 16 << 20
"""A blob holds the vectors that fit in this much. TensorBoard's Python loader copies the whole record for each that is read."""


@dataclass(frozen=True)
class EmbeddingsPayload:
    """Vectors on their way to the event file.

    Args:
        embeddings: the vectors.
        measure: measures the records of this tag.
        follows: whether it measured another one before.
    """

    kind: ClassVar[str] = EmbeddingsRecord.kind
    embeddings: Embeddings
    measure: EmbeddingMeasures
    follows: bool = True

    @property
    def memory(self) -> EmbeddingMeasures:
        """The vectors of the record before, which these are compared with."""
        return self.measure

    def raw(self) -> Raw:
        """Returns the vectors as they were given, and the places of their rows."""
        arrays = (self.embeddings.vectors, np.asarray(self.embeddings.rows))
        said = {**fields_of(self.embeddings, Embeddings), "vectors": None, "rows": None}
        told = {"embeddings": said, "follows": self.follows, "remarks": told_remarks(self.embeddings.notes)}
        return Raw(told, arrays, encoded_size=arrays[0].nbytes)

    @classmethod
    def restore(cls, raw: Raw, memory: EmbeddingMeasures) -> EmbeddingsPayload:
        """Returns the payload that `raw` was made of."""
        vectors, rows = raw.arrays
        if not raw.said["follows"]:
            memory.forget()
        said = {**raw.said["embeddings"], "vectors": vectors, "rows": rows}
        said["notes"] = restoring_told(raw.said.get("remarks", ()))(said["notes"])
        return cls(Embeddings(**said), memory, raw.said["follows"])

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored, and its measures as scalars, too."""
        return encode_embeddings(self.embeddings, self.measure(self.embeddings), tag=tag, record=record)


def encode_embeddings(
    embeddings: Embeddings, measures: npt.NDArray[np.float32], *, tag: str, record: int = 1
) -> Encoded:
    """Returns the blobs of a record, its series and its scalars.

    Args:
        embeddings: the vectors.
        measures: float32 [1, measures].
        tag: the record's tag, for the scalars.
        record: how many records the tag has had so far, this one counted.
    """
    vectors = embeddings.vectors
    count, dimensions = vectors.shape
    per_blob = max(1, _BLOB_BYTES // (4 * dimensions))
    header = EmbeddingsHeader(
        version=BASE_VERSION,
        kind="embeddings",
        record=record,
        layer=embeddings.layer,
        rows=count,
        dimensions=dimensions,
        rows_per_blob=per_blob,
        notes=list(embeddings.notes),
        remarks=remarks_in(embeddings.notes),
    )
    columns = {name: list(values) for name, values in embeddings.columns.items()}
    setup = EmbeddingsSetup(BASE_VERSION, embeddings.table_rows, list(embeddings.labels), columns)
    rows = np.asarray(embeddings.rows)
    values = dict(zip(EMBEDDING_MEASURES, measures[0].tolist(), strict=True))
    return Encoded(
        blobs=[
            encode_frame({}, header),
            *(encode_frame({"vectors": vectors[first : first + per_blob]}) for first in range(0, count, per_blob)),
        ],
        beside={"measures": measures},
        setup=encode_frame({"row": rows.astype(np.min_scalar_type(int(rows.max())))}, setup),
        scalars={f"{tag}/{name}": value for name, value in values.items() if not math.isnan(value)},
    )


@decoder
def decode_embeddings(blobs: Sequence[bytes], setup: bytes) -> Embeddings:
    """Returns the vectors of a record with all that is said of them; the reverse of `encode_embeddings`.

    Raises:
        FrameError: if the bytes are damaged or of a newer version.
    """
    stays = decode_frame(setup)
    header = decode_embeddings_header(blobs[0])
    said = read_header(EmbeddingsSetup, checked_header(stays.header))
    parts = [decode_vectors(decode_blob(blobs, blob), header, blob) for blob in range(1, len(blobs))]
    vectors = np.concatenate(parts)
    if len(vectors) != header.rows:
        raise ValueError(f"vectors of shape {vectors.shape}")
    return Embeddings(
        layer=header.layer,
        vectors=vectors,
        labels=said.labels,
        columns=said.columns,
        rows=array_of(stays.arrays, "row", np.unsignedinteger, [header.rows]),
        table_rows=said.table_rows,
        notes=with_remarks(header.notes, header.remarks),
    )


@decoder
def decode_embeddings_header(blob: bytes) -> EmbeddingsHeader:
    """Returns the header of a record from its first blob.

    Raises:
        FrameError: if the blob is not the header of such a record, or of a newer version.
    """
    header = read_header(EmbeddingsHeader, decode_header(blob))
    if min(header.rows, header.dimensions, header.rows_per_blob) < 1:
        raise ValueError(f"{header.rows} vectors of {header.dimensions} numbers, {header.rows_per_blob} in each blob")
    return header


def decode_vectors(arrays: Mapping[str, Array], header: EmbeddingsHeader, blob: int) -> Float:
    """Returns the vectors in one blob of a record, float32 [rows, dimensions], as many as there must be.

    Args:
        arrays: what the blob holds.
        header: of the record.
        blob: which of its blobs it is, from 1.

    Raises:
        FrameError: if they are others.
    """
    left = header.rows - (blob - 1) * header.rows_per_blob
    return array_of(arrays, "vectors", np.float32, [min(left, header.rows_per_blob), header.dimensions])


@decoder
def embeddings_fields(stored: Encoded) -> dict[str, Any]:
    """Returns the fields of an `EmbeddingsRecord` but its place."""
    embeddings = decode_embeddings(stored.blobs, stored.part("setup", bytes))
    measures = stored.part("measures", np.ndarray).ravel()
    fields = {field.name: getattr(embeddings, field.name) for field in dataclasses.fields(embeddings)}
    return fields | {
        "rows": np.asarray(embeddings.rows),
        "measures": dict(zip(EMBEDDING_MEASURES, measures.tolist(), strict=False)),
        "notes": tuple(embeddings.notes),
    }
