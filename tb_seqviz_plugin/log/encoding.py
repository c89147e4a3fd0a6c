"""Payloads into the spool, and what is in the spool into the values of an Event, in whatever process."""

from __future__ import annotations

from typing import Any

import numpy as np
from tensorboard.compat.proto.summary_pb2 import Summary

from tb_seqviz_plugin.log.spool import Part, SpoolError
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.schema import parse_tag
from tb_seqviz_plugin.wire.payload import Payload, Raw, RawPayload
from tb_seqviz_plugin.wire.summary import values_of


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
    if part.raw.said is None:
        return list(Summary.FromString(part.raw.arrays[0].tobytes()).value), None
    kind = KINDS.get(parse_tag(part.tag)[0])
    if kind is None or kind.restore is None:
        raise SpoolError(f"{part.tag!r} is of no kind that this tb_seqviz_plugin can recover.")
    payload = kind.restore(part.raw, memory)
    return values_of(part.tag, payload.encode(part.tag, part.record)), payload.memory
