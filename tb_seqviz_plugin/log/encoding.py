"""Payloads into the spool, and what is in the spool into the values of an Event, in whatever process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from tensorboard.compat.proto.summary_pb2 import Summary

from tb_seqviz_plugin.log.memory import available_memory
from tb_seqviz_plugin.log.spool import Part, SpoolError
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.schema import parse_tag
from tb_seqviz_plugin.wire.payload import Payload, Raw, RawPayload
from tb_seqviz_plugin.wire.summary import scalar_values, values_of

_CHECKED_BYTES = 64 << 20
"""From this size on, a step is compared with the memory that there is."""
_TIMES_IN_MEMORY = 2
"""How often what is logged lies in memory while it is encoded, about."""
EVENT_BYTES = 2**31 - 2**20
"""The most that an Event can hold, a protobuf message."""


def part_of(tag: str, record: int, payload: Payload) -> Part:
    """Returns what a record is in the spool: as it was given, or encoded at once where its kind knows no other way."""
    kind = KINDS.get(parse_tag(tag)[0])
    if isinstance(payload, RawPayload) and kind is not None and kind.restore is not None:
        return Part(tag, record, payload.raw())
    encoded = Summary(value=values_of(tag, payload.encode(tag, record))).SerializeToString()
    return Part(tag, record, Raw(None, [np.frombuffer(encoded, np.uint8)], len(encoded)))


def values_in(part: Part, memory: Any) -> tuple[list[Summary.Value], Any]:
    """Returns the values of a record in the spool, and the memory that the next record of its tag is encoded with.

    Args:
        part: the record.
        memory: that of the record before, None for kinds without.

    Raises:
        SpoolError: if it is of no kind that there is.
    """
    beside = scalar_values(part.scalars)
    if part.raw.said is None:
        return [*Summary.FromString(part.raw.arrays[0].tobytes()).value, *beside], None
    kind = KINDS.get(parse_tag(part.tag)[0])
    if kind is None or kind.restore is None:
        raise SpoolError(f"{part.tag!r} is of no kind that this tb_seqviz_plugin can recover.")
    payload = kind.restore(part.raw, memory)
    return [*values_of(part.tag, payload.encode(part.tag, part.record)), *beside], payload.memory


def check_size(parts: Sequence[Part]) -> None:
    """Raises a ValueError if a record fits neither the format nor the memory."""
    less = "Log fewer layers (layers=), shorter texts or fewer rows at once."
    for part in parts:
        if part.raw.encoded_size > EVENT_BYTES:
            raise ValueError(
                f"The record of {part.tag!r} may take {part.raw.encoded_size / 1e9:.1f} GB; expected at most 2 GB, what an event "
                f"file holds as one record. {less}"
            )
    size = sum(array.nbytes for part in parts for array in part.raw.arrays)
    free = available_memory() if size > _CHECKED_BYTES else None
    if free is not None and _TIMES_IN_MEMORY * size > free:
        raise ValueError(
            f"The record of {parts[0].tag!r} takes {_TIMES_IN_MEMORY * size / 1e9:.1f} GB of memory while it is encoded, and "
            f"{free / 1e9:.1f} GB are free. {less}"
        )
