"""Reading event files back, for notebooks and scripts, without TensorBoard's server and without TensorFlow."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, overload

from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event

from tb_seqviz_plugin.log.encoding import values_in
from tb_seqviz_plugin.log.remote.address import local_path, split_address
from tb_seqviz_plugin.log.spool import SPOOL, Part, SpoolError, left_in
from tb_seqviz_plugin.log.troubles import reason_of
from tb_seqviz_plugin.records.attention.record import AttentionRecord
from tb_seqviz_plugin.records.embeddings.record import EmbeddingsRecord
from tb_seqviz_plugin.records.evaluation.record import EvaluationRecord
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.records.record import Record
from tb_seqviz_plugin.records.samples.record import SamplesRecord
from tb_seqviz_plugin.records.statistics.record import StatisticsRecord
from tb_seqviz_plugin.records.structure.record import StructureRecord
from tb_seqviz_plugin.records.tokens.record import TokensRecord
from tb_seqviz_plugin.schema import BESIDE, PLUGIN_NAME, SCHEMA_VERSION, parse_tag
from tb_seqviz_plugin.wire.frame import FrameError, decoder
from tb_seqviz_plugin.wire.payload import Encoded
from tb_seqviz_plugin.wire.summary import decode_beside, readable_kind
from tb_seqviz_plugin.wire.tfrecord import DamagedFileError, read_record, read_records


@dataclass(frozen=True, order=True)
class Entry:
    """Where one record of ours lies."""

    run: str
    tag: str
    step: int
    wall_time: float
    path: Path
    offset: int
    part: Part | None = field(default=None, compare=False)
    """What is still to be encoded; the path is that of a spool, and the offset a number, then."""


@overload
def read(logdir: str | os.PathLike[str], kind: Literal["attention"]) -> Iterator[AttentionRecord]: ...
@overload
def read(logdir: str | os.PathLike[str], kind: Literal["samples"]) -> Iterator[SamplesRecord]: ...
@overload
def read(logdir: str | os.PathLike[str], kind: Literal["embeddings"]) -> Iterator[EmbeddingsRecord]: ...
@overload
def read(logdir: str | os.PathLike[str], kind: Literal["structure"]) -> Iterator[StructureRecord]: ...
@overload
def read(logdir: str | os.PathLike[str], kind: Literal["statistics"]) -> Iterator[StatisticsRecord]: ...
@overload
def read(logdir: str | os.PathLike[str], kind: Literal["evaluation"]) -> Iterator[EvaluationRecord]: ...
@overload
def read(logdir: str | os.PathLike[str], kind: Literal["tokens"]) -> Iterator[TokensRecord]: ...
@overload
def read(logdir: str | os.PathLike[str], kind: str | None = None) -> Iterator[Record]: ...
def read(logdir: str | os.PathLike[str], kind: str | None = None) -> Iterator[Record]:
    """Yields every record below a folder, ordered by run, tag and step.

    Records are decoded one at a time, so that a log larger than memory can be read. What cannot be read (a file cut
    short, a newer version) is left out with one warning each. What a process that was killed had still to write is read, too.

    Args:
        logdir: the folder that `tensorboard --logdir` would be given; or the address of one in an object store, whose event files
            are downloaded at once, and taken away again when all is read.
        kind: such as "attention" for records of that kind only, one of `tb_seqviz_plugin.records.kinds.KINDS`; None for all.

    Returns:
        the records, lazily. A run is named as TensorBoard names it: its folder below `logdir`, "." for `logdir` itself.

    Raises:
        FileNotFoundError: if there is no such folder.
        OSError: if an object store does not give what it holds.
        ValueError: if there is no such kind.

    >>> import tb_seqviz_plugin as seqviz
    >>> with seqviz.Writer("logs/run1") as writer:
    ...     writer.samples("poems", [seqviz.Sample("Once", " upon a time", temperature=0.5)], step=3)
    >>> for record in seqviz.read("logs", "samples"):
    ...     print(record.run, record.step, [sample.text for sample in record.samples])
    run1 3 [' upon a time']
    """
    if kind not in (None, *KINDS):
        raise ValueError(f"The kind is {kind!r}; expected one of {', '.join(map(repr, KINDS))}, or None for all.")
    address = split_address(logdir)
    if address is not None:
        # What talks to object stores is loaded for whoever gives an address.
        from tb_seqviz_plugin.log.remote.fetch import fetched

        return _decode_and_remove(fetched(*address), kind)
    root = local_path(logdir)
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is not a folder; expected the folder that `tensorboard --logdir` is given.")
    return _decode_all(root, kind)


def _decode_and_remove(folder: TemporaryDirectory[str], kind: str | None) -> Iterator[Record]:
    with folder as root:
        yield from _decode_all(Path(root), kind)


def entries_of(run_dir: Path) -> list[Entry]:
    """Returns where each record in a run directory lies, in the order of the files."""
    return [entry for path in event_files(run_dir) for entry in entries_in(run_dir, path)]


def newest_record(run_dir: Path, tag: str) -> Record | None:
    """Returns the record of a tag that a run directory got last, None if there is none that can be read."""
    entries = entries_of(run_dir)
    last = next((entry for entry in reversed(entries) if entry.tag == tag), None)
    if last is None:
        return None
    setups = [entry for entry in entries if entry.tag == f"setup/{tag}" and entry.path == last.path]
    try:
        return _decode(last, setups[-1] if setups else None, None)
    except (FrameError, DamagedFileError, DecodeError, OSError):
        return None


def _decode_all(root: Path, kind: str | None) -> Iterator[Record]:
    records: list[Entry] = []
    setups: dict[tuple[Path, str], list[Entry]] = {}
    for path in event_files(root, recursive=True):
        for entry in entries_in(root, path):
            entry_kind, name = parse_tag(entry.tag)
            if entry_kind == "setup":
                setups.setdefault((path, name), []).append(entry)
            elif kind in (None, entry_kind):
                records.append(entry)
    records += _left_in_spools(root, kind, records)
    before: Record | None = None
    for entry in sorted(records):
        said = [setup for setup in setups.get((entry.path, entry.tag), []) if setup.offset <= entry.offset]
        try:
            before = _decode(entry, said[-1] if said else None, before)
            yield before
        except (FrameError, DamagedFileError, SpoolError, DecodeError, OSError, MemoryError) as error:
            _warn(f"Left out {entry.tag} at step {entry.step} of run {entry.run!r}: {error}")


def _left_in_spools(root: Path, kind: str | None, written: Sequence[Entry]) -> Iterator[Entry]:
    """Yields the records that their process was killed before it wrote."""
    known = {(entry.run, entry.tag, entry.step, entry.wall_time) for entry in written}
    for path in sorted(root.rglob(SPOOL)):
        run = path.parent.relative_to(root).as_posix()
        try:
            left = left_in(path.parent)
        except (SpoolError, OSError) as error:
            _warn(f"Left out what {path} holds: {error}")
            continue
        for place, spooled in enumerate(left):
            for part in spooled.parts:
                where = (run, part.tag, spooled.step, spooled.wall_time)
                if kind in (None, parse_tag(part.tag)[0]) and where not in known:
                    yield Entry(*where, path, place, part)


def _decode(entry: Entry, setup: Entry | None, before: Record | None) -> Record:
    """Returns the record at a place, with the setup that holds for it, if any; `before` is the one decoded last."""
    if entry.part is not None:
        values = _encode(entry.part, before if before and (before.run, before.tag) == (entry.run, entry.tag) else None)
    else:
        values = _values(entry)
    if setup is not None:
        values[setup.tag] = _values(setup)[setup.tag]
    beside = {name: decode_beside(values[f"{name}/{entry.tag}"]) for name in BESIDE if f"{name}/{entry.tag}" in values}
    kind = KINDS[parse_tag(entry.tag)[0]]
    fields = decoder(kind.fields)(Encoded(list(values[entry.tag].string_val), beside))
    return kind.record(entry.run, entry.tag, entry.step, entry.wall_time, **fields)


def _encode(part: Part, before: Record | None) -> dict[str, Any]:
    """Returns the tensors that a record in a spool is encoded to, by tag."""
    remember = KINDS[parse_tag(part.tag)[0]].remember
    try:
        values, _ = values_in(part, None if remember is None else remember(before))
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:  # of whatever a record is made from
        raise SpoolError(f"{reason_of(error)}. The spool is damaged") from error
    return {value.tag: value.tensor for value in values}


def _values(entry: Entry) -> dict[str, Any]:
    """Returns the tensors of the event that an entry lies in, by tag."""
    event = Event.FromString(read_record(entry.path, entry.offset))
    return {value.tag: value.tensor for value in event.summary.value}


def event_files(folder: Path, recursive: bool = False) -> list[Path]:
    """Returns the event files in a folder, and in those below it if asked for, by name; an empty list where there is no folder."""
    found = folder.rglob("*tfevents*") if recursive else folder.glob("*tfevents*")
    return sorted(path for path in found if path.is_file())


def entries_in(root: Path, path: Path) -> Iterator[Entry]:
    """Yields the records of ours in one event file; warns once where it cannot be read to its end."""
    run = path.parent.relative_to(root).as_posix()
    newer: set[str] = set()
    try:
        for offset, payload in read_records(path):
            event = Event.FromString(payload)
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name != PLUGIN_NAME:
                    continue
                kind = readable_kind(value.metadata.plugin_data.content)
                if kind == parse_tag(value.tag)[0] and (kind in KINDS or kind == "setup"):
                    yield Entry(run, value.tag, event.step, event.wall_time, path, offset)
                elif parse_tag(value.tag)[0] not in BESIDE:
                    newer.add(value.tag)
    except DecodeError as error:
        _warn(
            f"{path} holds a record that is not an event ({error}); what comes before it was read. The file is damaged."
        )
    except (DamagedFileError, OSError) as error:
        _warn(str(error))
    for tag in sorted(newer):
        _warn(
            f"Left out {tag} of {path}: written in a newer format than version {SCHEMA_VERSION}. "
            "Upgrade with: pip install --upgrade tb-seqviz-plugin."
        )


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=4)
