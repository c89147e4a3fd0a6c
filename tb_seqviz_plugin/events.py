"""Reading event files back, for notebooks and scripts, without TensorBoard's server and without TensorFlow."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event

from tb_seqviz_plugin.attention import AttentionRecord
from tb_seqviz_plugin.attention_blobs import decode_attention
from tb_seqviz_plugin.frame import FrameError
from tb_seqviz_plugin.schema import MEASURES_KIND, PLUGIN_NAME, SCHEMA_VERSION
from tb_seqviz_plugin.summary import is_readable, parse_content
from tb_seqviz_plugin.tfrecord import DamagedFileError, read_record, read_records


@dataclass(frozen=True, order=True)
class Entry:
    """Where one record of ours lies."""

    run: str
    tag: str
    step: int
    wall_time: float
    path: Path
    offset: int


def read(logdir: str | os.PathLike[str]) -> Iterator[AttentionRecord]:
    """Yields every record below a folder, ordered by run, tag and step.

    Records are decoded one at a time, so that a log larger than memory can be read. What cannot be read (a file cut
    short, a newer version) is left out with one warning each.

    Args:
        logdir: the folder that `tensorboard --logdir` would be given.

    Returns:
        the records, lazily. A run is named as TensorBoard names it: its folder below `logdir`, "." for `logdir` itself.

    Raises:
        FileNotFoundError: if there is no such folder.

    >>> for record in read("logs"):                                          # doctest: +SKIP
    ...     print(record.run, record.step, [layer.path for layer in record.layers])
    """
    root = Path(logdir)
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is not a folder; expected the folder that `tensorboard --logdir` is given.")
    return _decode_all(root)


def last_steps(run_dir: Path) -> dict[str, tuple[int, int]]:
    """Returns for each tag in a run directory its highest step and its number of records."""
    found: dict[str, tuple[int, int]] = {}
    for path in _event_files(run_dir, recursive=False):
        for entry in _index(run_dir, path):
            step, count = found.get(entry.tag, (entry.step, 0))
            found[entry.tag] = (max(step, entry.step), count + 1)
    return found


def _decode_all(root: Path) -> Iterator[AttentionRecord]:
    entries = [entry for path in _event_files(root, recursive=True) for entry in _index(root, path)]
    for entry in sorted(entries):
        try:
            event = Event.FromString(read_record(entry.path, entry.offset))
            value = next(value for value in event.summary.value if value.tag == entry.tag)
            header, layers = decode_attention(value.tensor.string_val)
        except (FrameError, DamagedFileError, DecodeError, OSError) as error:
            _warn(f"Left out {entry.tag} at step {entry.step} of run {entry.run!r}: {error}")
            continue
        yield AttentionRecord(
            run=entry.run,
            tag=entry.tag,
            step=entry.step,
            wall_time=entry.wall_time,
            layers=tuple(layers),
            title=header.title,
            notes=tuple(header.notes),
        )


def _event_files(folder: Path, recursive: bool) -> list[Path]:
    found = folder.rglob("*tfevents*") if recursive else folder.glob("*tfevents*")
    return sorted(path for path in found if path.is_file())


def _index(root: Path, path: Path) -> Iterator[Entry]:
    """Yields the records of ours in one event file; warns once where it cannot be read to its end."""
    run = path.parent.relative_to(root).as_posix()
    newer: set[str] = set()
    try:
        for offset, payload in read_records(path):
            event = Event.FromString(payload)
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name != PLUGIN_NAME:
                    continue
                content = parse_content(value.metadata.plugin_data.content)
                if is_readable(content):
                    yield Entry(run, value.tag, event.step, event.wall_time, path, offset)
                elif content.get("kind") != MEASURES_KIND:
                    newer.add(value.tag)
    except DecodeError as error:
        _warn(f"{path} holds a record that is no event ({error}); what comes before it was read. The file is damaged.")
    except (DamagedFileError, OSError) as error:
        _warn(str(error))
    for tag in sorted(newer):
        _warn(
            f"Left out {tag} of {path}: written in a newer format than version {SCHEMA_VERSION}. "
            "Upgrade with: pip install --upgrade tb-seqviz-plugin."
        )


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=4)
