"""Writer: what is logged is on disk, in one file per run directory, and trouble is told where it arises."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
from tensorboard.compat.proto.event_pb2 import Event

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log import backlog, channel, event_file, run_log
from tb_seqviz_plugin.log.spool import Spool
from tb_seqviz_plugin.records.attention import payload as attention_payload
from tb_seqviz_plugin.records.attention.blobs import decode_attention_header
from tb_seqviz_plugin.wire.tfrecord import read_records

MakeWeights = Callable[..., np.ndarray]
ONE = np.full((1, 2, 2), 0.5, np.float32)


def event_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*tfevents*"))


def record_numbers(folder: Path) -> list[int]:
    """Returns `AttentionHeader.record` of each record, in the order of the files."""
    events = [Event.FromString(payload) for path in event_files(folder) for _, payload in read_records(path)]
    blobs = [event.summary.value[0].tensor.string_val for event in events if event.summary.value]
    return [decode_attention_header(values[0]).record for values in blobs]


def log(writer: seqviz.Writer, *steps: int) -> None:
    for step in steps:
        writer.attention("a", {"x": ONE}, step=step)
        writer.flush()


def steps_of(folder: Path) -> list[int]:
    return [record.step for record in seqviz.read(folder)]


def test_contract_of_writing_and_reading(tmp_path: Path, make_weights: MakeWeights) -> None:
    weights = make_weights(4, 2, 3)
    with seqviz.Writer(tmp_path / "run1") as writer:
        writer.attention(
            "example", {"decoder/cross": weights}, query_tokens=["der", "Hund"], key_tokens=["the", "dog", "."], step=3
        )
    (record,) = seqviz.read(tmp_path, "attention")
    assert (record.kind, record.run, record.tag, record.step) == ("attention", "run1", "attention/example", 3)
    assert record.wall_time > 1.7e9
    (layer,) = record.layers
    assert (layer.path, layer.role) == ("decoder/cross", "cross")
    assert list(layer.query_tokens) == ["der", "Hund"]
    assert list(layer.key_tokens) == ["the", "dog", "."]
    assert layer.weights.dtype == np.float32
    assert layer.weights.shape == (4, 2, 3)
    assert (np.abs(layer.weights - weights) <= weights.max(axis=-1, keepdims=True) / 255).all()


def test_a_record_is_on_disk_after_flush(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": ONE}, step=0)
        writer.flush()
        assert steps_of(tmp_path) == [0]
        writer.attention("a", {"x": ONE}, step=1)
    assert steps_of(tmp_path) == [0, 1]


def test_title_notes_and_tokens_by_layer(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention(
            "a",
            {"x": ONE, "y": ONE},
            query_tokens={"x": ["p", "q"]},
            key_tokens={"x": ["p", "q"], "y": ["r", "s"]},
            step=0,
            title="p q",
            notes=["Cropped to 2 tokens."],
        )
    (record,) = seqviz.read(tmp_path, "attention")
    assert (record.title, list(record.notes)) == ("p q", ["Cropped to 2 tokens."])
    assert [layer.role for layer in record.layers] == ["encoder self", "other"]
    assert (record.layers[0].query_axis, record.layers[0].key_axis) == ("tokens", "tokens")
    assert [list(layer.key_tokens) for layer in record.layers] == [["p", "q"], ["r", "s"]]


@pytest.mark.parametrize(
    "weights",
    [
        [[0.5, 0.5], [1, 0]],
        np.array([[0.5, 0.5], [1, 0]]),
        np.array([[[0.5, 0.5], [1, 0]]], np.float16),
        np.asfortranarray(np.array([[[0.5, 0.5], [1, 0]]])),
    ],
    ids=["lists", "2-D", "float16", "other order"],
)
def test_any_array_will_do(tmp_path: Path, weights: Any) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": weights}, step=0)
    (record,) = seqviz.read(tmp_path, "attention")
    np.testing.assert_allclose(record.layers[0].weights, [[[0.5, 0.5], [1, 0]]], atol=1 / 255)


def test_the_array_may_be_changed_after_logging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    encode = attention_payload.encode_attention

    def encode_later(*arguments: Any, **named: Any) -> Any:
        assert go_on.wait(30)
        return encode(*arguments, **named)

    monkeypatch.setattr(attention_payload, "encode_attention", encode_later)
    weights = ONE.copy()
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": weights}, step=0)
        weights[:] = 0
        go_on.set()
    (record,) = seqviz.read(tmp_path, "attention")
    np.testing.assert_allclose(record.layers[0].weights, ONE, atol=1 / 255)


def test_writers_of_one_directory_share_a_file(tmp_path: Path) -> None:
    first, second = seqviz.Writer(tmp_path / "run"), seqviz.Writer(str(tmp_path / "other" / ".." / "run"))
    first.attention("a", {"x": ONE}, step=0)
    second.attention("b", {"x": ONE}, step=0)
    first.close()
    assert [record.tag for record in seqviz.read(tmp_path)] == ["attention/a", "attention/b"]
    second.attention("a", {"x": ONE}, step=1)
    second.close()
    assert len(event_files(tmp_path)) == 1
    assert record_numbers(tmp_path) == [1, 1, 2]


def test_reopening_adds_a_later_file_and_counts_on(tmp_path: Path) -> None:
    for step in range(3):
        with seqviz.Writer(tmp_path) as writer:
            assert writer.last_step("attention") == (step - 1 if step else None)
            writer.attention("a", {"x": ONE}, step=step)
    files = event_files(tmp_path)
    assert len(files) == 3
    assert [[Event.FromString(payload).step for _, payload in read_records(path)][-1] for path in files] == [0, 1, 2]
    assert record_numbers(tmp_path) == [1, 2, 3]


def test_a_step_that_does_not_rise_is_warned_of_once_and_kept(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": ONE}, step=5)
        writer.attention("b", {"x": ONE}, step=0)
        with pytest.warns(
            UserWarning, match=r"Step 5 of 'attention/a' was logged after step 5\..*let the step rise"
        ) as got:
            log(writer, 5, 4)
        assert [warning.filename for warning in got] == [__file__]
    assert sorted(steps_of(tmp_path)) == [0, 4, 5, 5]


def test_the_order_is_also_watched_over_a_reopening(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": ONE}, step=5)
    with seqviz.Writer(tmp_path) as writer, pytest.warns(UserWarning, match="Step 0 .* was logged after step 5"):
        writer.attention("a", {"x": ONE}, step=0)


def test_a_full_queue_makes_training_wait_and_drops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "_QUEUE_BYTES", 3 * (channel.JOB_BYTES + 700))
    go_on, queued = threading.Event(), []
    encode = attention_payload.encode_attention

    def encode_later(*arguments: Any, **named: Any) -> Any:
        assert go_on.wait(30)
        return encode(*arguments, **named)

    monkeypatch.setattr(attention_payload, "encode_attention", encode_later)

    def train(writer: seqviz.Writer) -> None:
        for step in range(20):
            writer.attention("a", {"x": ONE}, step=step)
            queued.append(step)

    with seqviz.Writer(tmp_path) as writer:
        training = threading.Thread(target=train, args=(writer,))
        training.start()
        until = time.monotonic() + 30
        while len(queued) < 3 and time.monotonic() < until:
            time.sleep(0.01)
        training.join(0.3)
        waiting, before = training.is_alive(), list(queued)
        go_on.set()
        training.join(30)
    assert waiting
    assert before == [0, 1, 2]
    assert queued == list(range(20))
    assert steps_of(tmp_path) == list(range(20))


def test_a_record_larger_than_the_queue_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "_QUEUE_BYTES", 1)
    with seqviz.Writer(tmp_path) as writer:
        for step in range(3):
            writer.attention("a", {"x": ONE}, step=step)
    assert steps_of(tmp_path) == [0, 1, 2]


def test_threads_may_share_a_directory(tmp_path: Path) -> None:
    def train(name: str) -> None:
        with seqviz.Writer(tmp_path) as writer:
            for step in range(10):
                writer.attention(name, {"x": ONE}, step=step)

    with seqviz.Writer(tmp_path):
        threads = [threading.Thread(target=train, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(event_files(tmp_path)) == 1
    assert [(record.tag[-1], record.step) for record in seqviz.read(tmp_path)] == [
        (name, step) for name in "abcd" for step in range(10)
    ]


def test_nothing_is_made_if_nothing_is_logged(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path / "run") as writer:
        writer.flush()
    assert not (tmp_path / "run").exists()


def test_closing_twice_does_no_harm_but_logging_then_is_refused(tmp_path: Path) -> None:
    writer = seqviz.Writer(tmp_path)
    writer.close()
    writer.close()
    for use in (writer.flush, lambda: writer.attention("a", {"x": ONE}, step=0), lambda: writer.last_step("")):
        with pytest.raises(ValueError, match=r"The writer of .* is closed; open another one: Writer\('.*'\)"):
            use()


def test_a_writer_that_is_never_closed_writes_all_the_same(tmp_path: Path) -> None:
    program = (
        "import sys, numpy as np, tb_seqviz_plugin as seqviz\n"
        "writer = seqviz.Writer(sys.argv[1])\n"
        "for step in range(50): writer.attention('a', {'x': np.full((8, 60, 60), 1 / 60)}, step=step)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    assert steps_of(tmp_path) == list(range(50))


def test_a_folder_below_a_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        NotADirectoryError, match=r"Cannot write to .*run: .*file is a file; expected a folder.*log_dir"
    ):
        seqviz.Writer(tmp_path / "file" / "sub" / "run")


def test_an_address_of_this_machine_is_a_folder(tmp_path: Path) -> None:
    for number, folder in enumerate((f"file://{tmp_path}/a", Path(f"file://{tmp_path}/b"))):
        with seqviz.Writer(folder) as writer:
            log(writer, number)
    assert writer.run_dir == tmp_path / "b"
    assert [record.run for record in seqviz.read(f"file://{tmp_path}")] == ["a", "b"]


class FullDisk:
    """A file on a disk that is full after some bytes, as long as it is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.is_full = file, True

    def write(self, data: bytes) -> int:
        if self.is_full and len(data) > 12:
            self._file.write(data[:20])
            raise OSError(28, "No space left on device")
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_a_full_disk_is_told_once_and_all_is_written_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, made = event_file.create_event_file, []

    def create_on_full_disk(path: Path) -> FullDisk:
        made.append(FullDisk(create(path)))
        return made[-1]

    monkeypatch.setattr(event_file, "create_event_file", create_on_full_disk)
    monkeypatch.setattr(backlog, "_RETRY_SECONDS", 0.01)
    with seqviz.Writer(tmp_path) as writer:
        with pytest.warns(
            UserWarning, match=r"Step 0 of 'attention/a' could not be written .*No space left.*kept in seqviz\.spool"
        ) as got:
            log(writer, 0, 1)
        assert [warning.filename for warning in got] == [__file__]
        made[0].is_full = False
        writer.attention("a", {"x": ONE}, step=2)
        while steps_of(tmp_path) != [0, 1, 2]:
            writer.flush()
    assert len(event_files(tmp_path)) == 1
    assert steps_of(tmp_path) == [0, 1, 2]


def test_what_a_full_disk_did_not_take_is_recovered_by_the_next_writer_and_leaves_no_empty_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_nothing(file: BinaryIO, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(event_file, "write_record", write_nothing)
        with pytest.warns(UserWarning, match="No space left"), seqviz.Writer(tmp_path) as writer:
            log(writer, 0, 1, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["seqviz.spool"]
    assert steps_of(tmp_path) == [0, 1, 2]
    with seqviz.Writer(tmp_path) as writer:
        assert writer.last_step("attention/a") == 2
        log(writer, 3)
    assert len(list(tmp_path.iterdir())) == 1
    assert record_numbers(tmp_path) == [1, 2, 3, 4]


def test_a_spool_on_a_full_disk_loses_the_step_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with seqviz.Writer(tmp_path) as writer:
        log(writer, 0)
        with monkeypatch.context() as full:
            full.setattr(
                Spool, "append", lambda spool, pieces: (_ for _ in ()).throw(OSError(28, "No space left on device"))
            )
            with pytest.warns(
                UserWarning, match="Step 1 of 'attention/a' could not be logged to .*No space left"
            ) as got:
                log(writer, 1)
        assert [warning.filename for warning in got] == [__file__]
        log(writer, 2)
    assert steps_of(tmp_path) == [0, 2]
    assert record_numbers(tmp_path) == [1, 2]


def test_flush_and_close_have_a_deadline_and_say_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, encode = threading.Event(), run_log.values_in

    def encode_later(part: Any, memory: Any) -> Any:
        assert go_on.wait(30)
        return encode(part, memory)

    monkeypatch.setattr(run_log, "values_in", encode_later)
    writer = seqviz.Writer(tmp_path)
    writer.attention("a", {"x": ONE}, step=0)
    with pytest.warns(UserWarning, match=r"1 steps are still to be written to .* after 0\.01 seconds.*seqviz\.spool"):
        writer.flush(wait=0.01)
    writer.close(wait=0.01)
    go_on.set()
    with seqviz.Writer(tmp_path) as again:
        log(again, 1)
    assert steps_of(tmp_path) == [0, 1]


def test_a_lost_record_never_hangs_or_ends_a_run_whose_warnings_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(run_dir: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(event_file, "create_event_file", fail)
    writer = seqviz.Writer(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="Input/output error"):
            log(writer, 0)
        writer.attention("a", {"x": ONE}, step=1)
        writer.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"weights": {}}, r"Attention was given no layer; expected at least one, such as \{'decoder/cross'"),
        ({"weights": []}, "was given no layer"),
        ({"weights": ONE}, "weights are a ndarray of ndarray; expected arrays by layer path"),
        ({"weights": {"x": [0.5, 0.5]}}, r"layer 'x' have shape \[2\]; expected \[heads, queries, keys\]"),
        ({"weights": {"x": ONE[None]}}, r"shape \[1, 1, 2, 2\].*without its batch axis"),
        ({"weights": {"x": [[1], [1, 2]]}}, "layer 'x' are not an array of numbers"),
        ({"query_tokens": ["p"]}, "1 query tokens .* expected 2, one per query, or none"),
        ({"query_tokens": [1, 2]}, r"the query token 1; expected text\. Pass what the ids stand for"),
        ({"weights": {"x": [0.5, 0.5]}, "query_tokens": ["p"], "key_tokens": ["p"]}, r"have shape \[2\]"),
        ({"key_tokens": {"z": ["p", "q"]}}, r"Tokens are given for layer 'z'; the layers are 'x'\."),
        ({"weights": [seqviz.AttentionLayer("x", ONE)], "key_tokens": ["p", "q"]}, "beside a list of AttentionLayer"),
        ({"weights": {3: ONE}}, "The path of a layer is 3; expected text"),
        ({"weights": {"": ONE}}, "The path of a layer is ''; expected a name"),
        ({"logits": "a"}, "The logits of layer 'x' are not an array of numbers"),
        ({"byte_budget": "4GB"}, "byte_budget='4GB'; expected a whole number of bytes"),
        ({"byte_budget": -5}, "byte_budget=-5; expected"),
        ({"byte_budget": np.array([5])}, "expected a whole number of bytes"),
        ({"byte_budget": True}, "byte_budget=True; expected"),
        ({"step": 1.5}, "The step is 1.5; expected a whole number"),
        ({"step": True}, "The step is True; expected a whole number"),
        ({"name": "a\nb"}, r"name of a record is 'a\\nb'; expected printable text"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_is_given(
    tmp_path: Path, arguments: dict[str, Any], sentence: str
) -> None:
    with seqviz.Writer(tmp_path) as writer, pytest.raises(ValueError, match=sentence):
        writer.attention(**{"name": "a", "weights": {"x": ONE}, "step": 0, **arguments})
    assert event_files(tmp_path) == []


def test_weights_that_are_not_finite_are_logged_with_a_note(tmp_path: Path) -> None:
    weights = ONE.copy()
    weights[0, 1, 1] = np.nan
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": weights}, step=0)
    (record,) = seqviz.read(tmp_path, "attention")
    assert np.isnan(record.layers[0].weights[0, 1, 1])
    assert list(record.layers[0].notes) == ["1 of 4 weights are NaN or infinite."]


def test_tokens_that_no_encoding_knows_are_kept(tmp_path: Path) -> None:
    tokens = ["\udce9", "<img onerror=alert(1)>\u202e"]
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": ONE}, query_tokens=tokens, step=0)
    (record,) = seqviz.read(tmp_path, "attention")
    assert list(record.layers[0].query_tokens) == tokens


def test_numbers_beside_records_are_of_what_is_logged_together(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        with pytest.raises(ValueError, match=r"^beside\(\) was called by itself; expected it inside of"):
            writer.beside({"a": 1})
        with writer.together():
            writer.beside({"lost": 1})
        with writer.together():
            writer.attention("a", {"x": ONE}, step=3)
            writer.beside({"b": 0.25})
        writer.flush()
        assert writer.cost.seconds > 0
        assert 0 < writer.cost.bytes < sum(path.stat().st_size for path in event_files(tmp_path))
    events = [Event.FromString(payload) for path in event_files(tmp_path) for _, payload in read_records(path)]
    assert [(event.step, [value.tag for value in event.summary.value]) for event in events[1:]] == [
        (3, ["attention/a", "heads/attention/a", "alarms/attention/a", "b"])
    ]
