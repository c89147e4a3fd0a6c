"""What a record of embeddings is in Python: the vectors of one layer at one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.arguments import as_float32, check_no_text, check_texts, check_whole
from tb_seqviz_plugin.records.record import Record

Float = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Embeddings:
    """Labelled vectors.

    Args:
        layer: names of the nested layers, joined by "/", such as "encoder/token_embedding".
        vectors: float32 [rows, dimensions]; other numbers that numpy reads are converted. NaN and infinity are kept.
        labels: what each vector stands for; empty to name them by their rows.
        columns: what else is known of each, by name, such as {"frequency": [1061, 93]}; kept as text.
        rows: uint [rows], the place of each in the layer's whole table; empty for all, in order.
        table_rows: how many vectors the whole table has; 0 for as many as are given.
        notes: what a reader should know about these vectors, as sentences.

    Raises:
        ValueError: if the vectors are not an array [rows, dimensions], or labels, columns or rows do not fit them.
    """

    layer: str
    vectors: Float
    labels: Sequence[str] = ()
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    rows: Sequence[int] | npt.NDArray[Any] = ()
    table_rows: int = 0
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        vectors = _as_vectors(self.layer, self.vectors)
        count = len(vectors)
        check_whole(f"Layer {self.layer!r}", "rows", self.rows)
        check_no_text(f"labels of layer {self.layer!r}", self.labels, "strings, one per vector")
        check_texts(f"notes of layer {self.layer!r}", self.notes, "sentences")
        for name, values in self.columns.items():
            check_no_text(f"values of {name!r} of layer {self.layer!r}", values, "values, one per vector")
        rows = np.asarray(self.rows if len(self.rows) else range(count), np.int64)
        labels = list(self.labels) if len(self.labels) else [str(row) for row in rows.tolist()]
        said: list[tuple[str, Any]] = [(f"values of {name!r}", values) for name, values in self.columns.items()]
        for what, values in [("rows", rows), ("labels", labels), *said]:
            if len(values) != count:
                longer = f"{count - len(values):,} fewer" if len(values) < count else f"{len(values) - count:,} more"
                raise ValueError(
                    f"Layer {self.layer!r} has {count:,} vectors and {len(values):,} {what}, {longer}; expected one per vector."
                )
        for label in labels:
            if not isinstance(label, str):
                raise ValueError(
                    f"Layer {self.layer!r} has the label {label!r}; expected text. Pass what it stands for, or str(it)."
                )
        columns = {str(name): [str(value) for value in values] for name, values in self.columns.items()}
        table_rows = self.table_rows or int(rows.max()) + 1
        for name, value in {"vectors": vectors, "labels": labels, "rows": rows, "columns": columns}.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "table_rows", table_rows)


@dataclass(frozen=True, eq=False)
class EmbeddingsRecord(Record):
    """What an event file holds about the vectors of one layer at one step.

    Args:
        run: the run, that is the folder below the log directory.
        tag: "embeddings/<layer>", or "embeddings/<name>/<layer>".
        step: the step at which it was logged.
        wall_time: when it was logged, in seconds since 1970.
        layer: names of the nested layers, joined by "/".
        vectors: float32 [rows, dimensions], as they are in the model.
        labels: what each vector stands for.
        columns: what else is known of each, by name, as text.
        rows: uint [rows], the place of each in the layer's whole table.
        table_rows: how many vectors the whole table has.
        measures: one number by name, see `schema.embeddings.EMBEDDING_MEASURES`.
        notes: what a reader should know about this record, as sentences.
    """

    kind: ClassVar[str] = "embeddings"
    layer: str
    vectors: Float
    labels: Sequence[str]
    columns: Mapping[str, Sequence[str]]
    rows: npt.NDArray[Any]
    table_rows: int
    measures: Mapping[str, float]
    notes: Sequence[str] = ()


def _as_vectors(layer: str, vectors: npt.ArrayLike) -> Float:
    array = as_float32(f"vectors of layer {layer!r}", vectors, "[rows, dimensions]")
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(
            f"The vectors of layer {layer!r} have shape {list(array.shape)}; expected [rows, dimensions], none of them 0."
        )
    return array
