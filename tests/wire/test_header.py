"""Headers: each field is of its type, or the record is refused by a sentence that names it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tb_seqviz_plugin.schema.attention import AttentionHeader
from tb_seqviz_plugin.schema.samples import SampleKey
from tb_seqviz_plugin.wire.frame import FrameError
from tb_seqviz_plugin.wire.header import read_header

PART = {"blob": 1, "first_head": 0, "heads": 2}
LAYER = {
    **{"path": "x", "call": 0, "calls": [0], "role": "cross", "class_name": "", "heads": 2, "queries": 1, "keys": 1},
    **{"query_axis": "", "key_axis": "", "parts": [PART], "thumbnail": False},
}
HEADER: dict[str, Any] = {
    **{"version": 1, "kind": "attention", "title": "", "record": 1, "layers": [LAYER], "axes": {"a": ["b", "日"]}},
    **{"overview": -1, "notes": []},
}


def test_a_header_comes_back_as_it_was() -> None:
    header = read_header(AttentionHeader, HEADER)
    assert (header.layers[0].parts[0].heads, header.layers[0].guessed, header.axes) == (2, [], {"a": ["b", "日"]})
    assert read_header(AttentionHeader, dataclasses.asdict(header)) == header


def test_what_a_later_version_added_is_passed_over() -> None:
    assert read_header(AttentionHeader, {**HEADER, "mood": "good"}) == read_header(AttentionHeader, HEADER)


def test_a_number_may_be_written_as_a_whole_one() -> None:
    key = {"prompt": 0, "temperature": 1, "repeat": 0, "beams": 0}
    assert read_header(SampleKey, key).temperature == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": True}, "version of a record is True; expected a whole number"),
        ({"version": "1"}, "version of a record is '1'; expected a whole number"),
        ({"overview": 1.0}, "overview of a record is 1.0; expected a whole number"),
        ({"kind": "samples"}, "kind of a record is 'samples'; expected one of 'attention'"),
        ({"kind": ["attention"]}, "kind of a record is a list; expected one of 'attention'"),
        ({"title": None}, "title of a record is None; expected text"),
        ({"notes": "none"}, "notes of a record is 'none'; expected a list"),
        ({"notes": ["a", 1]}, r"notes\[1\] of a record is 1; expected text"),
        ({"axes": [["b"]]}, "axes of a record is a list; expected an object"),
        ({"axes": {"a": "b"}}, r"axes\['a'\] of a record is 'b'; expected a list"),
        ({"layers": {}}, "layers of a record is a dict; expected a list"),
        ({"layers": [LAYER, 3]}, r"layers\[1\] of a record is 3; expected an object"),
        ({"layers": [{**LAYER, "heads": "2"}]}, r"layers\[0\]\.heads of a record is '2'; expected a whole number"),
        ({"layers": [{**LAYER, "thumbnail": 0}]}, r"layers\[0\]\.thumbnail of a record is 0; expected true or false"),
        (
            {"layers": [{**LAYER, "parts": [{"blob": 1}]}]},
            r"layers\[0\]\.parts\[0\]\.first_head of a record is None; expected a value",
        ),
    ],
)
def test_a_field_of_another_type_is_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(FrameError, match=sentence):
        read_header(AttentionHeader, {**HEADER, **change})


@pytest.mark.parametrize("header", [[], None, 3, "x"])
def test_what_is_no_object_is_told(header: Any) -> None:
    with pytest.raises(FrameError, match=r"The header of a record is .*; expected an object"):
        read_header(AttentionHeader, header)
