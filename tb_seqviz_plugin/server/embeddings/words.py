"""What the vectors of a layer stand for, as the server needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.schema.embeddings import FREQUENCY_COLUMNS, EmbeddingsSetup
from tb_seqviz_plugin.wire.frame import FrameError, array_of, checked_header, decode_frame, decoder
from tb_seqviz_plugin.wire.header import read_header

MAP_ROWS = 2000
"""A map is made from so many vectors at most."""


@dataclass(frozen=True, eq=False)
class Words:
    """The words of a layer.

    Args:
        frame: the setup as it is stored.
        setup: the labels and columns.
        places: uint [rows], each vector's place in the layer's whole table.
        frequency: name of the column that says how often each word occurs, "" where there is none.
        map_rows: the rows that a map is made from.
    """

    frame: bytes
    setup: EmbeddingsSetup
    places: npt.NDArray[np.unsignedinteger]
    frequency: str
    map_rows: npt.NDArray[np.int64]


@decoder
def decode_words(frame: bytes) -> Words:
    """Returns the words of a setup.

    Raises:
        FrameError: if the bytes are damaged.
    """
    decoded = decode_frame(frame)
    setup = read_header(EmbeddingsSetup, checked_header(decoded.header))
    count = len(setup.labels)
    for column, values in setup.columns.items():
        if len(values) != count:
            raise FrameError(f"The labels of a record are {count}, and {len(values)} in the column {column!r}.")
    name = next((name for name in setup.columns if name.lower() in FREQUENCY_COLUMNS), "")
    frequencies = _numbers(setup.columns[name]) if name else np.full(count, np.nan)
    if np.isfinite(frequencies).any():
        # The most frequent first.
        map_rows = np.argsort(-np.nan_to_num(frequencies, nan=-np.inf), kind="stable")[:MAP_ROWS]
    else:
        name, map_rows = "", np.arange(min(count, MAP_ROWS))
    return Words(frame, setup, array_of(decoded.arrays, "row", np.unsignedinteger, [count]), name, map_rows)


def _numbers(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    def number(text: str) -> float:
        try:
            return float(text)
        except ValueError:
            return np.nan

    return np.array([number(text) for text in texts])
