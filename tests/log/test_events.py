"""Reading logs back: order, laziness, and every kind of file that a log directory may hold."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.schema import SCHEMA_VERSION
from tb_seqviz_plugin.wire.payload import Encoded
from tb_seqviz_plugin.wire.tfrecord import DamagedFileError, read_records, write_record

ONE = np.full((1, 2, 2), 0.5, np.float32)


def log(run_dir: Path, *steps: int, names: str = "a") -> Path:
    with seqviz.Writer(run_dir) as writer:
        for step in steps:
            for name in names:
                writer.attention(name, {"x": ONE}, step=step)
    return max(run_dir.glob("*tfevents*"))


def read_steps(folder: Path) -> list[int]:
    return [record.step for record in seqviz.read(folder)]


def rewrite(path: Path, version: object, kind: object = "attention", tag: str = "attention/a") -> None:
    """Says another version and kind in every record of a file."""
    payloads = [payload for _, payload in read_records(path)]
    with path.open("wb") as file:
        for payload in payloads:
            event = Event.FromString(payload)
            for value in event.summary.value:
                if not value.tag.startswith("measures/"):
                    value.tag = tag
                    value.metadata.plugin_data.content = json.dumps({"v": version, "kind": kind}).encode()
            write_record(file, event.SerializeToString())


def test_records_are_ordered_by_run_tag_and_step(tmp_path: Path) -> None:
    log(tmp_path / "b", 10, 11, names="ba")
    log(tmp_path / "b", 12, names="a")
    log(tmp_path / "a" / "deep", 2)
    log(tmp_path, 7)
    assert [(record.run, record.tag, record.step) for record in seqviz.read(str(tmp_path))] == [
        (".", "attention/a", 7),
        ("a/deep", "attention/a", 2),
        ("b", "attention/a", 10),
        ("b", "attention/a", 11),
        ("b", "attention/a", 12),
        ("b", "attention/b", 10),
        ("b", "attention/b", 11),
    ]


def test_steps_are_ordered_as_numbers_and_where_they_were_logged_out_of_order(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="was logged after"):
        log(tmp_path, 2, 10, 9)
    assert read_steps(tmp_path) == [2, 9, 10]


def test_records_are_decoded_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log(tmp_path, *range(5))
    decoded: list[int] = []
    attention = KINDS["attention"]

    def count(stored: Encoded) -> Mapping[str, Any]:
        decoded.append(len(stored.blobs))
        return attention.fields(stored)

    monkeypatch.setitem(KINDS, "attention", dataclasses.replace(attention, fields=count))
    records = seqviz.read(tmp_path)
    assert isinstance(records, Iterator)
    assert decoded == []
    assert next(records).step == 0
    assert next(records).step == 1
    assert len(decoded) == 2


def test_an_empty_folder_has_no_records(tmp_path: Path) -> None:
    assert list(seqviz.read(tmp_path)) == []


def test_a_folder_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    for wrong in (tmp_path / "nowhere", Path(__file__)):
        with pytest.raises(
            FileNotFoundError, match=r"is not a folder; expected the folder that `tensorboard --logdir`"
        ):
            seqviz.read(wrong)


def test_a_file_cut_short_gives_what_came_before(tmp_path: Path) -> None:
    path = log(tmp_path, 0, 1, 2)
    whole = path.read_bytes()
    last = [offset for offset, _ in read_records(path)][-1]
    for length in (last + 1, last + 12, last + 200, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.warns(UserWarning, match=f"ends inside the record at byte {last}; .* before it were read") as got:
            assert read_steps(tmp_path) == [0, 1]
        assert len(got) == 1
    path.write_bytes(whole[:last])
    assert read_steps(tmp_path) == [0, 1]


def test_a_damaged_file_gives_what_came_before(tmp_path: Path) -> None:
    path = log(tmp_path, 0, 1, 2)
    whole = path.read_bytes()
    offset = [offset for offset, _ in read_records(path)][-2]
    damages = {offset + 50: "has a record at byte .* whose checksum is wrong", offset + 2: "no readable record at byte"}
    for place, sentence in damages.items():
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.warns(UserWarning, match=sentence) as got:
            assert read_steps(tmp_path) == [0]
        assert len(got) == 1


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "events.out.tfevents.1.x").write_bytes(b"no event file, but named like one" * 9)
    (tmp_path / "bad" / "events.out.tfevents.2.folder").mkdir()
    log(tmp_path / "good", 4)
    with pytest.warns(UserWarning, match="no readable record at byte 0.*is not an event file") as got:
        assert read_steps(tmp_path) == [4]
    assert len(got) == 1


def test_an_empty_event_file_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "events.out.tfevents.1.x").write_bytes(b"")
    assert read_steps(tmp_path) == []


def test_records_that_are_no_events_are_told(tmp_path: Path) -> None:
    with (tmp_path / "events.out.tfevents.1.x").open("wb") as file:
        write_record(file, b"\xff\xff\xff")
    with pytest.warns(UserWarning, match="tfevents.1.x holds a record that is not an event"):
        assert read_steps(tmp_path) == []


def test_events_of_others_are_passed_over(tmp_path: Path) -> None:
    writer = EventFileWriter(str(tmp_path / "train"))
    writer.add_event(Event(step=1, summary=Summary(value=[Summary.Value(tag="loss", simple_value=0.5)])))
    writer.close()
    log(tmp_path / "train", 3)
    assert read_steps(tmp_path) == [3]


def test_our_framing_is_that_of_tensorboard(tmp_path: Path) -> None:
    writer = EventFileWriter(str(tmp_path))
    sent = [Event(step=step, summary=Summary(value=[Summary.Value(tag="é" * step)])) for step in range(4)]
    for event in sent:
        writer.add_event(event)
    writer.close()
    (path,) = tmp_path.iterdir()
    assert [Event.FromString(payload) for _, payload in read_records(path)][1:] == sent
    ours = tmp_path / "ours"
    with ours.open("wb") as file:
        for _, payload in read_records(path):
            write_record(file, payload)
    assert ours.read_bytes() == path.read_bytes()


@pytest.mark.slow
def test_summaries_of_tensorflow_are_passed_over(tmp_path: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        tf.summary.scalar("loss", 0.5, step=1)
        tf.summary.text("words", "text", step=1)
    log(tmp_path / "seqviz", 3)
    assert read_steps(tmp_path) == [3]


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, "two", None, [1]])
@pytest.mark.parametrize("kind", ["attention", "holograms", {}])
def test_a_newer_version_is_left_out_with_one_warning(tmp_path: Path, version: object, kind: object) -> None:
    rewrite(log(tmp_path / "new", 0, 1, 2), version, kind)
    log(tmp_path / "old", 5)
    with pytest.warns(UserWarning, match=r"Left out attention/a of .*: written in a newer format .* --upgrade") as got:
        assert read_steps(tmp_path) == [5]
    assert len(got) == 1


def test_the_file_says_which_version_a_record_needs(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("plain", {"x": ONE}, step=0)
        writer.attention("signed", {"x": -ONE}, step=0)
    (path,) = tmp_path.glob("*tfevents*")
    values = [value for _, payload in read_records(path) for value in Event.FromString(payload).summary.value]
    said = {value.tag: json.loads(value.metadata.plugin_data.content)["v"] for value in values}
    assert (said["attention/plain"], said["attention/signed"]) == (1, 2)


def test_a_kind_that_this_version_does_not_know_is_left_out_with_one_warning(tmp_path: Path) -> None:
    rewrite(log(tmp_path, 0), SCHEMA_VERSION, "holograms", "holograms/a")
    with pytest.warns(UserWarning, match="Left out holograms/a"):
        assert read_steps(tmp_path) == []


def test_a_record_whose_blobs_are_damaged_is_left_out_and_the_next_one_read(tmp_path: Path) -> None:
    path = log(tmp_path, 0, 1, 2)
    payloads = [payload for _, payload in read_records(path)]
    for damage in (
        lambda blobs: blobs.pop(),
        lambda blobs: blobs.__delitem__(slice(None)),
        lambda blobs: blobs.insert(0, b""),
    ):
        with path.open("wb") as file:
            for payload in payloads:
                event = Event.FromString(payload)
                if event.step == 1:
                    damage(event.summary.value[0].tensor.string_val)
                write_record(file, event.SerializeToString())
        with pytest.warns(UserWarning, match=r"Left out attention/a at step 1 of run '\.'") as got:
            assert read_steps(tmp_path) == [0, 2]
        assert len(got) == 1


def test_a_file_that_vanishes_while_reading_is_left_out(tmp_path: Path) -> None:
    path = log(tmp_path / "a", 0, 1)
    log(tmp_path / "b", 7)
    records = seqviz.read(tmp_path)
    assert next(records).step == 0
    path.unlink()
    with pytest.warns(UserWarning, match="Left out attention/a at step 1 of run 'a'"):
        assert [record.step for record in records] == [7]


def test_reading_while_writing_gives_what_is_there(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        for step in range(3):
            writer.attention("a", {"x": ONE}, step=step)
            writer.flush()
            assert read_steps(tmp_path) == list(range(step + 1))


def test_damage_is_raised_by_the_file_reader(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\x00" * 5)
    with pytest.raises(DamagedFileError, match="ends inside the record at byte 0"):
        list(read_records(path))


def test_a_file_that_shrinks_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = log(tmp_path / "run", 1, 2, 3)
    records = seqviz.read(tmp_path)
    assert next(records).step == 1
    path.write_bytes(path.read_bytes()[:100])
    with pytest.warns(UserWarning, match=r"Left out attention/a at step \d"):
        assert list(records) == []
