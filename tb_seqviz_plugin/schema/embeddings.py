"""Records of embeddings.

An **embeddings** record holds the vectors of one layer at one step, `EmbeddingsHeader.rows_per_blob` of them in each blob:

    vectors      float32 [rows, dimensions]

Its measures are one row, `EMBEDDING_MEASURES`; its setup is `EmbeddingsSetup`, and `row`,
uint [rows], each vector's place in the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tb_seqviz_plugin.schema.remarks import Remark

EMBEDDING_MEASURES = ("norm", "movement", "churn", "similarity", "dimensions")
"""Five numbers per record, NaN where there is nothing to measure; `records/embeddings/measures.py` defines them."""
FREQUENCY_COLUMNS = ("frequency", "frequencies", "freq", "count", "counts")
"""Names, in any case, of the column of an `EmbeddingsSetup` that says how often each word occurs."""


@dataclass(frozen=True)
class EmbeddingsSetup:
    """What stays the same from record to record, stored once.

    Args:
        version: the oldest version of the format that tells all it holds.
        table_rows: how many vectors the layer has, those that are not logged counted.
        labels: what each logged vector stands for.
        columns: what else is known of each, by name, such as {"frequency": ["1061", "93"]}.
    """

    version: int
    table_rows: int
    labels: list[str]
    columns: dict[str, list[str]]


@dataclass(frozen=True)
class EmbeddingsHeader:
    """Blob 0 of an embeddings record.

    Args:
        version: the oldest version of the format that tells all it holds.
        kind: "embeddings".
        record: how many records this tag has had so far, this one counted.
        layer: names of the nested layers, joined by "/", such as "encoder/token_embedding".
        rows: how many vectors there are.
        dimensions: the numbers in each.
        rows_per_blob: blob b, from 1, holds the vectors from `(b - 1) * rows_per_blob` on, so many or what is left.
        notes: what a reader should know about this record, as sentences.
        remarks: what those of the notes say that are in `schema.remarks`.
    """

    version: int
    kind: Literal["embeddings"]
    record: int
    layer: str
    rows: int
    dimensions: int
    rows_per_blob: int
    notes: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list, metadata={"later": True})
