"""Samples through the Writer and back: what is logged is read, whatever happened to the files meanwhile."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.sample_cases import assert_same, cases
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import Sample
from tb_seqviz_plugin.log import event_file
from tb_seqviz_plugin.records.samples import payload as samples_payload
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.measures import measure_sample
from tb_seqviz_plugin.schema import BASE_VERSION, SCHEMA_VERSION
from tb_seqviz_plugin.schema.samples import SAMPLE_MEASURES
from tb_seqviz_plugin.wire.tfrecord import read_records, write_record

ONE = np.full((1, 2, 2), 0.5, np.float32)


def log(run_dir: Path, prompts: dict[int, str]) -> Path:
    """Logs one sample per step whose text names the step; returns the file."""
    with seqviz.Writer(run_dir) as writer:
        for step, prompt in prompts.items():
            writer.samples("a", [Sample(prompt, f"text {step}", measures={"length": step})], step=step)
    return max(run_dir.glob("*tfevents*"))


def read_prompts(folder: Path) -> list[tuple[int, str, str]]:
    return [
        (record.step, record.samples[0].prompt, record.samples[0].text) for record in seqviz.read(folder, "samples")
    ]


def values_of(folder: Path) -> Iterator[tuple[int, Summary.Value]]:
    for path in sorted(folder.glob("*tfevents*")):
        for _, payload in read_records(path):
            event = Event.FromString(payload)
            yield from ((event.step, value) for value in event.summary.value)


def steps_with(folder: Path, tag: str) -> list[int]:
    return [step for step, value in values_of(folder) if value.tag == tag]


def rewrite(path: Path, change: Callable[[Event], None]) -> None:
    payloads = [payload for _, payload in read_records(path)]
    with path.open("wb") as file:
        for payload in payloads:
            event = Event.FromString(payload)
            change(event)
            write_record(file, event.SerializeToString())


@pytest.mark.parametrize("case", cases())
def test_what_is_logged_is_read(tmp_path: Path, case: str) -> None:
    samples = cases()[case]
    with seqviz.Writer(tmp_path / "run1") as writer:
        writer.samples("probe 日本", samples, step=3, notes=["Cut."])
    (record,) = seqviz.read(tmp_path, "samples")
    assert (record.kind, record.run, record.tag, record.step) == ("samples", "run1", "samples/probe 日本", 3)
    assert (record.wall_time > 1.7e9, list(record.notes)) == (True, ["Cut."])
    assert isinstance(record.samples, list)
    assert len(record.samples) == len(samples)
    for before, after in zip(samples, record.samples, strict=True):
        assert_same(after, before)


def test_only_the_kind_that_is_asked_for_is_read(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        for step in range(2):
            writer.samples("a", [Sample("p", "t")], step=step)
            writer.attention("a", {"x": ONE}, step=step)
    assert [record.kind for record in seqviz.read(tmp_path)] == ["attention"] * 2 + ["samples"] * 2
    assert [len(record.samples) for record in seqviz.read(tmp_path, "samples")] == [1, 1]
    assert [len(record.layers) for record in seqviz.read(tmp_path, "attention")] == [1, 1]
    with pytest.raises(
        ValueError, match=r"The kind is 'sample'; expected one of 'attention', 'samples', .*or None for all"
    ):
        seqviz.read(tmp_path, "sample")  # type: ignore[call-overload]


def test_what_is_not_measured_is_measured(tmp_path: Path) -> None:
    text = "the cat sat on the mat the cat sat on the mat"
    tokens, probabilities = text.split(" "), [0.5] * 12
    corpus = Corpus("he said the cat sat on the mat and left")
    lengths = [len(token) + 1 for token in tokens[:-1]] + [3]
    sample = Sample(
        "p", text, tokens=tokens, lengths=lengths, probabilities=probabilities, reference="the cat sat on the mat"
    )
    with seqviz.Writer(tmp_path) as writer:
        writer.samples("a", [sample, Sample("p", text, measures={"length": 99}, reference="")], step=0, corpus=corpus)
        writer.samples("b", [Sample("p", text)], step=0)
    measured, given, bare = (sample for record in seqviz.read(tmp_path, "samples") for sample in record.samples)
    expected = measure_sample(text, tokens, np.array(probabilities), reference=sample.reference, corpus=corpus)
    assert list(measured.measures) == list(SAMPLE_MEASURES)
    for name, value in expected.items():
        np.testing.assert_equal(measured.measures[name], np.float32(value))
    assert measured.measures["perplexity"] == 2
    assert measured.measures["copied"] == 0.5
    assert (given.measures["length"], np.isnan(given.measures["bleu"])) == (99, True)
    assert np.isnan([bare.measures[name] for name in ("perplexity", "copied", "bleu")]).all()
    assert bare.measures["distinct_1"] == np.float32(5 / 12)


def test_what_stays_is_written_once(tmp_path: Path) -> None:
    prompts = {0: "a", 1: "a", 2: "b", 3: "b", 5: "a", 7: "a"}
    log(tmp_path, prompts)
    assert steps_with(tmp_path, "setup/samples/a") == [0, 2, 5]
    assert steps_with(tmp_path, "texts/samples/a") == list(prompts)
    assert read_prompts(tmp_path) == [(step, prompt, f"text {step}") for step, prompt in prompts.items()]


def test_groups_of_samples_do_not_share_what_stays(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        for step in range(3):
            for name in ("a", "a/b"):
                writer.samples(name, [Sample(f"prompt of {name}", "")], step=step)
    assert {record.tag: record.samples[0].prompt for record in seqviz.read(tmp_path, "samples")} == {
        "samples/a": "prompt of a",
        "samples/a/b": "prompt of a/b",
    }
    assert steps_with(tmp_path, "setup/samples/a") == steps_with(tmp_path, "setup/samples/a/b") == [0]


def test_each_file_can_be_read_alone(tmp_path: Path) -> None:
    first = log(tmp_path, {0: "a", 1: "a"})
    log(tmp_path, {2: "a", 3: "a"})
    assert steps_with(tmp_path, "setup/samples/a") == [0, 2]
    first.unlink()
    assert read_prompts(tmp_path) == [(2, "a", "text 2"), (3, "a", "text 3")]


def test_a_training_that_went_back_leaves_the_prompts_of_what_came_before(tmp_path: Path) -> None:
    log(tmp_path, {4: "a", 5: "a", 6: "b"})
    with pytest.warns(UserWarning, match="Step 2 of 'samples/a' was logged after step 6"):
        log(tmp_path, {2: "c", 5: "c", 6: "c"})
    assert read_prompts(tmp_path) == [
        (2, "c", "text 2"),
        (4, "a", "text 4"),
        (5, "a", "text 5"),
        (5, "c", "text 5"),
        (6, "b", "text 6"),
        (6, "c", "text 6"),
    ]


def test_two_processes_in_one_folder_keep_their_prompts_apart(tmp_path: Path) -> None:
    program = (
        "import sys, tb_seqviz_plugin as seqviz\n"
        "with seqviz.Writer(sys.argv[1]) as writer:\n"
        "    for step in (1, 3): writer.samples('a', [seqviz.Sample('theirs', f'text {step}')], step=step)\n"
    )
    with seqviz.Writer(tmp_path) as writer:
        writer.samples("a", [Sample("ours", "text 0")], step=0)
        writer.flush()
        subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
        for step in (2, 4):
            writer.samples("a", [Sample("ours", f"text {step}")], step=step)
    assert read_prompts(tmp_path) == [
        *((step, "ours", f"text {step}") for step in (0, 2, 4)),
        *((step, "theirs", f"text {step}") for step in (1, 3)),
    ]


def test_after_a_full_disk_all_is_there_and_what_stays_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with seqviz.Writer(tmp_path) as writer:
        for step in range(4):
            if step == 1:
                monkeypatch.setattr(event_file, "write_record", fail)
            writer.samples("a", [Sample("p", f"text {step}")], step=step)
            if step == 1:
                with pytest.warns(UserWarning, match="No space left"):
                    writer.flush()
                monkeypatch.setattr(event_file, "write_record", write_record)
            writer.flush()
    assert steps_with(tmp_path, "setup/samples/a") == [0]
    assert read_prompts(tmp_path) == [(step, "p", f"text {step}") for step in range(4)]


def test_a_clock_that_is_set_back_pairs_no_texts_with_another_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the server pairs them, by the time of writing, since TensorBoard tells it no other order."""
    hour = 3600
    for number, prompt in enumerate(["first", "second", "third"]):
        with monkeypatch.context() as clock:
            now, now_ns = time.time(), time.time_ns()
            clock.setattr(time, "time", lambda now=now, number=number: now - number * hour)
            clock.setattr(time, "time_ns", lambda now=now_ns, number=number: now - number * hour * 10**9)
            log(tmp_path, {2 * number: prompt, 2 * number + 1: prompt})
    assert [prompt for _, prompt, _ in read_prompts(tmp_path)] == ["first"] * 2 + ["second"] * 2 + ["third"] * 2
    events = [
        Event.FromString(payload) for path in sorted(tmp_path.glob("*tfevents*")) for _, payload in read_records(path)
    ]
    logged = [event for event in events if event.summary.value]
    assert [event.step for event in logged] == list(range(6))
    times = [event.wall_time for event in logged]
    assert times == sorted(set(times))


@pytest.mark.parametrize("series", ["setup", "texts", "measures"])
@pytest.mark.parametrize("damage", ["gone", "empty", "garbage"])
def test_a_damaged_series_costs_the_records_that_need_it(tmp_path: Path, series: str, damage: str) -> None:
    def harm(event: Event) -> None:
        for value in event.summary.value:
            if event.step == 1 and value.tag == f"{series}/samples/a":
                if damage == "gone":
                    event.summary.value.remove(value)
                elif damage == "empty":
                    value.tensor.ClearField("string_val")
                    value.tensor.ClearField("tensor_content")
                else:
                    value.tensor.string_val[:] = [b"garbage"]
                    value.tensor.tensor_content = b"garbage"

    rewrite(log(tmp_path, {0: "a", 1: "b", 2: "b", 3: "c"}), harm)
    # Without its setup the record at step 1 would be taken for one with the setup of step 0: what is not there, no one misses.
    lost = {("setup", "gone"): [], ("setup", "empty"): [1, 2], ("setup", "garbage"): [1, 2]}.get((series, damage), [1])
    with warnings.catch_warnings(record=True) as got:
        warnings.simplefilter("always")
        read = [step for step, _, _ in read_prompts(tmp_path)]
    assert read == [step for step in range(4) if step not in lost]
    assert len(got) == len(lost)
    for step, warning in zip(lost, got, strict=True):
        assert f"Left out samples/a at step {step} of run '.': " in str(warning.message)


def test_a_file_without_any_setup_is_told(tmp_path: Path) -> None:
    def harm(event: Event) -> None:
        kept = [value for value in event.summary.value if not value.tag.startswith("setup/")]
        del event.summary.value[:]
        event.summary.value.extend(kept)

    rewrite(log(tmp_path, {0: "a", 1: "a"}), harm)
    with pytest.warns(UserWarning, match=r"Left out samples/a at step \d .*: its series 'setup' is missing or damaged"):
        assert read_prompts(tmp_path) == []


def test_a_newer_version_is_left_out_with_one_warning(tmp_path: Path) -> None:
    def raise_version(event: Event) -> None:
        for value in event.summary.value:
            content = value.metadata.plugin_data.content
            value.metadata.plugin_data.content = content.replace(
                b'"v": %d' % BASE_VERSION, b'"v": %d' % (SCHEMA_VERSION + 1)
            )

    rewrite(log(tmp_path / "new", {0: "a", 1: "b"}), raise_version)
    log(tmp_path / "old", {2: "c"})
    with pytest.warns(UserWarning, match=r"Left out samples/a of .*: written in a newer format .* --upgrade") as got:
        assert read_prompts(tmp_path) == [(2, "c", "text 2")]
    assert len(got) == 1


def test_scalars_are_written_beside(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        for step in range(3):
            samples = [
                Sample(prompt, "a b", temperature, measures={"length": step})
                for prompt in "pq"
                for temperature in (0, 0.5)
            ]
            writer.samples("a", samples, step=step)
    scalars = [
        (step, value.tag, np.frombuffer(value.tensor.tensor_content, "<f4").item())
        for step, value in values_of(tmp_path)
        if value.metadata.plugin_data.plugin_name == "scalars"
    ]
    assert scalars == [
        (step, f"samples/a/length/{column}", step) for step in range(3) for column in ("greedy", "temperature 0.5")
    ]


def test_the_list_may_be_changed_after_logging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    encode = samples_payload.encode_samples

    def encode_later(*arguments: Any, **named: Any) -> Any:
        assert go_on.wait(30)
        return encode(*arguments, **named)

    monkeypatch.setattr(samples_payload, "encode_samples", encode_later)
    samples = [Sample("p", "first")]
    with seqviz.Writer(tmp_path) as writer:
        writer.samples("a", samples, step=0)
        samples[0] = Sample("p", "second")
        go_on.set()
    assert read_prompts(tmp_path) == [(0, "p", "first")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"samples": []}, r"was given \[\]; expected a list of at least one Sample, such as \[Sample\(prompt='Once'"),
        ({"samples": Sample("p", "t")}, r"was given Sample\(.{50,60}; expected a list of at least one Sample"),
        ({"samples": [Sample("p", "t"), {"text": "t"}]}, r"was given \{'text': 't'\}; expected a list of at least one"),
        ({"corpus": "a text"}, r"The corpus is of type str; expected Corpus, as of Corpus\(texts\), made once"),
        (
            {"samples": [Sample("p", "t", reference="r"), Sample("p", "t"), Sample("p", "t")]},
            "2 of 3 samples have no reference; expected one for each or for none. Log those without under a name",
        ),
        ({"step": 1.5}, "The step is 1.5; expected a whole number"),
        ({"name": "a\nb"}, r"name of a record is 'a\\nb'; expected printable text"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_is_given(
    tmp_path: Path, arguments: dict[str, Any], sentence: str
) -> None:
    with seqviz.Writer(tmp_path) as writer, pytest.raises(ValueError, match=sentence):
        writer.samples(**{"name": "a", "samples": [Sample("p", "t")], "step": 0, **arguments})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"prompt": None}, "The prompt of a sample is None; expected text"),
        ({"text": b"t"}, "The text of a sample is b't'; expected text"),
        ({"reference": 3}, "The reference of a sample is 3; expected text, or None without one"),
        ({"temperature": -0.1}, "The temperature of a sample is -0.1; expected 0, which is greedy, or above"),
        ({"temperature": "1"}, "The temperature of a sample is '1'"),
        ({"temperature": float("nan")}, "The temperature of a sample is nan"),
        ({"temperature": float("inf")}, "The temperature of a sample is inf"),
        ({"tokens": [1, 2]}, "A sample has the token 1; expected text. Pass what the ids stand for"),
        (
            {"tokens": ["a", "b"], "probabilities": [0.5]},
            "2 tokens and 1 probabilities; expected one per token, or none",
        ),
        ({"tokens": ["a", "b"], "ranks": [1]}, "2 tokens and 1 ranks"),
        ({"tokens": ["a", "b"], "alternatives": [[]]}, "2 tokens and 1 alternatives"),
        ({"tokens": ["a", "b"], "lengths": [2]}, "2 tokens and 1 lengths"),
        ({"probabilities": [0.5]}, "0 tokens and 1 probabilities"),
        (
            {"tokens": ["a", "b"], "probabilities": [-0.5, -1]},
            r"has the probability -0.5; expected 0 to 1, or NaN. Of logarithms give exp\(\)",
        ),
        ({"tokens": ["a", "b"], "probabilities": [float("nan"), 50]}, "has the probability 50"),
        ({"tokens": ["a", "b"], "ranks": [-1, 1]}, "has -1 among its ranks; expected whole numbers of at least 0"),
        ({"tokens": ["a", "b"], "lengths": [-1, 3]}, "has -1 among its lengths"),
        (
            {"measures": {"length": 2, "loss": 1}},
            "has the measure 'loss'; expected some of log_probability, perplexity, .+ bleu",
        ),
        ({"tokens": ["a", " b"]}, "add 3 characters and its text has 2; expected as many. Give lengths="),
    ],
)
def test_a_sample_that_does_not_fit_itself_is_refused(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Sample(**{"prompt": "p", "text": "ab", **arguments})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"scores": [0.5]}, "A beam tree has 2 parents and 1 scores; expected one per node"),
        ({"parents": [-1, 1]}, "Node 1 of a beam tree has the parent 1; expected an earlier node, or -1"),
        ({"parents": [-2, 0]}, "Node 0 of a beam tree has the parent -2"),
    ],
)
def test_a_tree_that_does_not_fit_itself_is_refused(arguments: dict[str, Any], sentence: str) -> None:
    whole = {
        "parents": [-1, 0],
        "tokens": ["a", "b"],
        "probabilities": [1, 1],
        "scores": [0, 0],
        "best": [1, 1],
        "ends": [0, 1],
    }
    with pytest.raises(ValueError, match=sentence):
        seqviz.BeamTree(**{**whole, **arguments})


def test_two_halves_of_a_character_become_one() -> None:
    sample = Sample("p", "a\ud83d\ude42b\ud83d", tokens=["a\ud83d", "", "\ude42b", "\ud83d"])
    assert (sample.text, list(sample.lengths)) == ("a🙂b\ud83d", [1, 0, 2, 1])
