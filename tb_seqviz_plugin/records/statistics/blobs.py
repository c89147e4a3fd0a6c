"""The statistics record as the blobs and series that `schema/` lays out, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.remarks import remarks_in, with_remarks
from tb_seqviz_plugin.records.statistics.record import Statistics, StatisticsRecord
from tb_seqviz_plugin.schema import BASE_VERSION
from tb_seqviz_plugin.schema.statistics import StatisticsHeader, StatisticsSetup
from tb_seqviz_plugin.wire.frame import array_of, decode_blob, decode_header, decoder, encode_frame
from tb_seqviz_plugin.wire.header import read_header
from tb_seqviz_plugin.wire.payload import Encoded

_OVER_TIME = "gradient_over_time"


@dataclass(frozen=True)
class StatisticsPayload:
    """Statistics on their way to the event file.

    Args:
        statistics: the numbers, by layer.
    """

    kind: ClassVar[str] = StatisticsRecord.kind
    statistics: Statistics

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored."""
        return encode_statistics(self.statistics, record=record)


def encode_statistics(statistics: Statistics, *, record: int = 1) -> Encoded:
    """Returns the blobs of a record, its series and its histograms.

    Args:
        statistics: the numbers.
        record: how many records the tag has had so far, this one counted.
    """
    places = {path: place for place, path in enumerate(statistics.layers)}
    over_time = {
        f"{places[path]}.{_OVER_TIME}": np.asarray(norms, np.float32)
        for path, norms in statistics.gradients_over_time.items()
    }
    header = StatisticsHeader(
        version=BASE_VERSION,
        kind="statistics",
        record=record,
        examples=statistics.examples,
        update_steps=statistics.update_steps,
        recurrent=[places[path] for path in statistics.gradients_over_time],
        over_time=1 if over_time else -1,
        notes=list(statistics.notes),
        remarks=remarks_in(statistics.notes),
    )
    return Encoded(
        blobs=[encode_frame({}, header), *([encode_frame(over_time)] if over_time else [])],
        beside={"measures": statistics.values},
        setup=encode_frame({}, StatisticsSetup(BASE_VERSION, list(statistics.layers))),
        histograms=statistics.histograms,
    )


@decoder
def decode_statistics(blobs: Sequence[bytes], setup: bytes, measures: npt.NDArray[np.float32]) -> Statistics:
    """Returns the statistics, but for the histograms; the reverse of `encode_statistics`.

    Raises:
        FrameError: if the bytes are damaged or of a newer version.
    """
    header = read_header(StatisticsHeader, decode_header(blobs[0]))
    layers = tuple(read_header(StatisticsSetup, decode_header(setup)).layers)
    arrays = decode_blob(blobs, header.over_time) if header.over_time >= 0 else {}
    over_time = {place: array_of(arrays, f"{place}.{_OVER_TIME}", np.float32, [None]) for place in header.recurrent}
    return Statistics(
        layers=layers,
        values=measures,
        gradients_over_time={layers[place]: norms for place, norms in over_time.items()},
        examples=header.examples,
        update_steps=header.update_steps,
        notes=tuple(with_remarks(header.notes, header.remarks)),
    )


@decoder
def statistics_fields(stored: Encoded) -> dict[str, Any]:
    """Returns the fields of a `StatisticsRecord` but its place."""
    setup, measures = stored.part("setup", bytes), stored.part("measures", np.ndarray)
    return {"statistics": decode_statistics(stored.blobs, setup, measures)}
