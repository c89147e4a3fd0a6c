"""The table of record kinds: all that differs from kind to kind, wherever records are written, read or served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.attention.blobs import attention_fields, upgrade_measures
from tb_seqviz_plugin.records.attention.payload import AttentionPayload
from tb_seqviz_plugin.records.attention.record import AttentionRecord
from tb_seqviz_plugin.records.attention.watch import Watch
from tb_seqviz_plugin.records.embeddings.blobs import EmbeddingsPayload, embeddings_fields
from tb_seqviz_plugin.records.embeddings.measures import EmbeddingMeasures
from tb_seqviz_plugin.records.embeddings.record import EmbeddingsRecord
from tb_seqviz_plugin.records.evaluation.blobs import evaluation_fields
from tb_seqviz_plugin.records.evaluation.record import EvaluationRecord
from tb_seqviz_plugin.records.record import Record
from tb_seqviz_plugin.records.samples.blobs import samples_fields
from tb_seqviz_plugin.records.samples.payload import SamplesPayload
from tb_seqviz_plugin.records.samples.record import SamplesRecord
from tb_seqviz_plugin.records.statistics.blobs import statistics_fields
from tb_seqviz_plugin.records.statistics.record import StatisticsRecord
from tb_seqviz_plugin.records.structure.blobs import structure_fields
from tb_seqviz_plugin.records.structure.record import StructureRecord
from tb_seqviz_plugin.records.tokens.blobs import tokens_fields
from tb_seqviz_plugin.records.tokens.record import TokensRecord
from tb_seqviz_plugin.schema import Beside
from tb_seqviz_plugin.schema.attention import MEASURES
from tb_seqviz_plugin.schema.embeddings import EMBEDDING_MEASURES
from tb_seqviz_plugin.schema.evaluation import EVALUATION_COLUMNS
from tb_seqviz_plugin.schema.samples import SAMPLE_MEASURES
from tb_seqviz_plugin.schema.statistics import STATISTICS
from tb_seqviz_plugin.schema.tokens import TOKEN_MEASURES
from tb_seqviz_plugin.wire.payload import Encoded, Raw, RawPayload

Upgrade = Callable[[npt.NDArray[np.float32], bytes], npt.NDArray[np.float32] | None]


@dataclass(frozen=True)
class Kind:
    """A kind of records.

    Args:
        record: what its records are in Python; `record.kind` is its name, and what its tags begin with.
        fields: decodes what is stored to the fields of a record, but run, tag, step and wall time; raises a FrameError.
        measures: names of its measures, empty where it has none.
        series: where they lie, `<series>/<tag>`.
        upgrade: turns those of a record of before, in the series `measures`, into today's, with the record's header frame; None
            where they cannot be. None where there are no others.
        rows: the fields of the setup that say what the rows of the measures are, a text per row each; none where they are only
            numbered.
        texts: whether there is a series `texts/<tag>`.
        alarms: whether there is a series `alarms/<tag>`.
        restore: makes a payload again of what its `raw` returned, and of the memory of the record before; None where `encode` is
            quick, and called before a logging call returns.
        remember: returns the memory of a record, or where there is none, for records recovered from another process; None for
            kinds whose records know nothing of each other.
        lasts: whether a record holds until the next of its tag, so that it is written again where the log was deleted.
    """

    record: type[Record]
    fields: Callable[[Encoded], Mapping[str, Any]]
    measures: tuple[str, ...] = ()
    series: Beside = "measures"
    upgrade: Upgrade | None = None
    rows: tuple[str, ...] = ()
    texts: bool = False
    alarms: bool = False
    restore: Callable[[Raw, Any], RawPayload] | None = None
    remember: Callable[[Any], Any] | None = None
    lasts: bool = False


def _table(kinds: Iterable[Kind]) -> dict[str, Kind]:
    return {kind.record.kind: kind for kind in kinds}


KINDS = _table(
    [
        Kind(
            AttentionRecord,
            attention_fields,
            MEASURES,
            series="heads",
            upgrade=upgrade_measures,
            alarms=True,
            restore=AttentionPayload.restore,
            remember=lambda _: Watch(),
        ),
        Kind(SamplesRecord, samples_fields, SAMPLE_MEASURES, texts=True, restore=SamplesPayload.restore),
        Kind(
            EmbeddingsRecord,
            embeddings_fields,
            EMBEDDING_MEASURES,
            restore=EmbeddingsPayload.restore,
            remember=EmbeddingMeasures.after,
        ),
        Kind(StructureRecord, structure_fields, lasts=True),
        Kind(StatisticsRecord, statistics_fields, STATISTICS, rows=("layers",)),
        Kind(EvaluationRecord, evaluation_fields, EVALUATION_COLUMNS, rows=("slices", "measures"), texts=True),
        Kind(TokensRecord, tokens_fields, TOKEN_MEASURES, texts=True),
    ]
)
"""Every kind by its name."""
