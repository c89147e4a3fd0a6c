"""Remarks: English to Python, and by code to the page, through every kind of record and the spool."""

from __future__ import annotations

import ast
import copy
import dataclasses
import json
import math
import pickle
import string
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.evaluation_cases import EVALUATION_CASE
from helpers.sources import modules
from helpers.structure_cases import STATISTICS_CASE, STRUCTURE_CASE

from tb_seqviz_plugin.log.events import read
from tb_seqviz_plugin.log.writer import Writer
from tb_seqviz_plugin.records.attention.record import AttentionLayer
from tb_seqviz_plugin.records.evaluation.record import EvaluationRecord
from tb_seqviz_plugin.records.remarks import Remarked, listed, remark, remarks_in, restoring, with_remarks
from tb_seqviz_plugin.records.samples.record import Sample
from tb_seqviz_plugin.records.structure.blobs import decode_structure, structure_header
from tb_seqviz_plugin.schema.remarks import REMARKS, Remark
from tb_seqviz_plugin.schema.remarks.lists import LISTS
from tb_seqviz_plugin.wire.frame import FrameError, encode_frame

SENTENCES = {code: sentence for room in REMARKS.values() for code, sentence in room.items()}
NOTE = remark("from the whole", why=remark("sliding window", window=2048))


def values_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def made_in_sources() -> Iterator[tuple[str, ast.Call]]:
    """Yields every call of `remark`, and the module that it is in, but for those that join lists."""
    for module, path in modules().items():
        if module == Remarked.__module__:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "remark":
                yield module, node


def codes_of(code: ast.expr) -> list[str]:
    """Returns what the code of a remark may be in a source."""
    if isinstance(code, ast.IfExp):
        return [*codes_of(code.body), *codes_of(code.orelse)]
    assert isinstance(code, ast.Constant), f"{ast.unparse(code)} is no code that is written out"
    return [code.value]


def assert_is_note(note: str) -> None:
    assert note == str(NOTE)
    assert isinstance(note, Remarked)
    why = note.values["why"]
    assert (note.code, why) == ("from the whole", "the text slides through a window of 2,048 tokens")
    assert isinstance(why, Remarked)
    assert (why.code, why.values) == ("sliding window", {"window": 2048})


def test_a_code_says_the_same_in_every_view() -> None:
    for room in REMARKS.values():
        assert {code: SENTENCES[code] for code in room} == room


def test_whatever_is_remarked_is_a_sentence_with_these_values_and_each_is_remarked() -> None:
    made = set[str]()
    for module, call in made_in_sources():
        names = {keyword.arg for keyword in call.keywords if keyword.arg}
        for code in codes_of(call.args[0]):
            assert code in SENTENCES, f"{module} remarks {code!r}"
            values = values_in(SENTENCES[code])
            is_spread = any(keyword.arg is None for keyword in call.keywords)
            assert names <= values if is_spread else names == values, f"{module}: {code}"
            made.add(code)
    assert made | set(LISTS) == set(SENTENCES)


@pytest.mark.parametrize(
    "call", ["remark(code)", "remark(f'{side} by position')", "remark('mask' if done else words[done])"]
)
def test_codes_are_written_out_so_that_they_can_be_looked_up(call: str) -> None:
    [statement] = ast.parse(call).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    with pytest.raises(AssertionError, match="is no code that is written out"):
        codes_of(statement.value.args[0])


def test_a_remark_is_its_sentence_with_numbers_grouped() -> None:
    assert remark("labels fit others", others="'b'", layer="'a'").endswith("by layer: labels={'a': ...}.")
    counted = remark("prompt cut", tokens=np.int64(1200), window=np.int32(64))
    assert counted == "The prompt has 1,200 tokens; the model was shown the last 64 of them."
    assert json.dumps(counted.values) == '{"tokens": 1200, "window": 64}'
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a"]) == "a"


@pytest.mark.parametrize(("number", "text"), [(float("nan"), "nan"), (np.float32("inf"), "inf"), (-math.inf, "-inf")])
def test_what_is_no_number_is_a_text_which_json_can_hold(number: float, text: str) -> None:
    note = remark("no places", shape="(2, 3)", axis=number)
    assert note == f"an operand of the shape (2, 3) has no places along its axis {text}"
    header = structure_header(dataclasses.replace(STRUCTURE_CASE, notes=(note,)))
    json.dumps(dataclasses.asdict(header), allow_nan=False)
    assert header.remarks == [Remark(note, "no places", {}, {"shape": "(2, 3)", "axis": text})]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda note: pickle.loads(pickle.dumps(note))])
def test_a_copy_is_the_same_remark(again: Callable[[str], str]) -> None:
    assert_is_note(again(NOTE))


def test_what_a_header_says_of_notes_is_what_they_were() -> None:
    assert remarks_in(["Of a user."]) == []
    said = remarks_in([NOTE, "Of a user."], [NOTE])
    assert [each.code for each in said] == ["from the whole", "sliding window"]
    note, other = with_remarks([str(NOTE), "Of a user."], said)
    assert_is_note(note)
    assert type(other) is str


def test_parts_of_a_record_share_what_is_read_of_its_remarks() -> None:
    remarked = restoring(remarks_in([NOTE]))
    [one], [other] = remarked([str(NOTE)]), remarked([str(NOTE)])
    assert_is_note(one)
    assert one is other


def test_remarks_that_a_damaged_log_puts_into_each_other_without_end_are_damage() -> None:
    chain = [Remark(f"{place}", "from the whole", {}, {"why": f"{place + 1}"}) for place in range(10_000)]
    header = structure_header(STRUCTURE_CASE)
    blob = encode_frame({}, dataclasses.replace(header, notes=["0"], remarks=chain))
    with pytest.raises(FrameError, match="do not fit each other"):
        decode_structure([blob])


def test_a_remark_that_a_damaged_log_puts_into_itself_ends() -> None:
    [note] = with_remarks(["x"], [Remark("x", "from the whole", {}, {"why": "x"})])
    assert isinstance(note, Remarked)
    assert note.values == {"why": "x"}


def log_attention(writer: Writer) -> None:
    weights = np.full((1, 2, 2), 0.5, np.float32)
    writer.attention("x", [AttentionLayer("a", weights, notes=[NOTE])], step=1, notes=[NOTE])


def log_samples(writer: Writer) -> None:
    writer.samples("x", [Sample("a", "b", notes=[NOTE])], step=1, notes=[NOTE])


def log_embeddings(writer: Writer) -> None:
    writer.embeddings("a", np.eye(3, dtype=np.float32), step=1, notes=[NOTE])


def log_structure(writer: Writer) -> None:
    nodes = [dataclasses.replace(node, notes=(NOTE,)) for node in STRUCTURE_CASE.nodes]
    writer.structure("x", dataclasses.replace(STRUCTURE_CASE, nodes=nodes, notes=(NOTE,)), step=1)


def log_statistics(writer: Writer) -> None:
    writer.statistics("x", dataclasses.replace(STATISTICS_CASE, notes=(NOTE,)), step=1)


def log_evaluation(writer: Writer) -> None:
    writer.evaluation("x", dataclasses.replace(EVALUATION_CASE, notes=(NOTE,), interval=NOTE), step=1)


@pytest.mark.parametrize(
    "log", [log_attention, log_samples, log_embeddings, log_structure, log_statistics, log_evaluation]
)
def test_notes_that_are_logged_are_read_as_what_they_were(tmp_path: Path, log: Callable[[Writer], None]) -> None:
    with Writer(tmp_path) as writer:
        log(writer)
    [record] = read(tmp_path)
    notes = [note for each in parts_of(record) for note in each]
    assert notes
    for note in notes:
        assert_is_note(note)


def parts_of(record: Any) -> list[Sequence[str]]:
    """Returns the notes of a record, and those of each of its parts that has some."""
    structure = getattr(record, "structure", None)
    parts = [*getattr(record, "layers", ()), *getattr(record, "samples", ()), *(structure.nodes if structure else ())]
    interval = [record.interval] if isinstance(record, EvaluationRecord) else []
    return [record.notes, interval, *(part.notes for part in parts if not isinstance(part, str))]
