"""Remarks: notes that this package writes itself, as the English sentences that Python shows, with what another language needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

import numpy as np

from tb_seqviz_plugin.schema.remarks import REMARKS, Remark

Value = int | float | str
_SENTENCES = {code: sentence for room in REMARKS.values() for code, sentence in room.items()}


class Remarked(str):
    """A note that is one of `schema.remarks.REMARKS`: its English sentence, which is a string like any other.

    Attributes:
        code: which sentence it is.
        values: what stands in it, by name.
    """

    __slots__ = ("code", "values")
    code: str
    values: Mapping[str, Value]

    def __reduce__(self) -> tuple[object, ...]:
        return _remarked, (str(self), self.code, self.values)


def _remarked(text: str, code: str, values: Mapping[str, Value]) -> Remarked:
    new = Remarked(text)
    new.code, new.values = code, values
    return new


def remark(code: str, **values: Value) -> Remarked:
    """Returns a remark.

    Args:
        code: one of `REMARKS`.
        values: what stands in it, by name; numbers are grouped, such as 12,345, and those that are none are texts, as in JSON.

    >>> remark("prompt cut", tokens=1200, window=64)
    'The prompt has 1,200 tokens; the model was shown the last 64 of them.'
    """
    plain = {name: _plain(value) for name, value in values.items()}
    shown = {name: value if isinstance(value, str) else _shown(value) for name, value in plain.items()}
    return _remarked(_SENTENCES[code].format(**shown), code, plain)


def _plain(value: Value) -> Value:
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str) or math.isfinite(value) else _shown(value)


def _shown(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:.3g}"


def listed(parts: Sequence[str], last: Literal["a, b", "a and b"] = "a and b") -> str:
    """Returns parts of a sentence as a list to read, itself a remark where there are several.

    Args:
        parts: at least one, in order.
        last: the code of what joins the last one to those before.

    >>> listed(["a mask", "a gate", "a factor"])
    'a mask, a gate and a factor'
    """
    found = parts[0]
    for place, part in enumerate(parts[1:], 2):
        found = remark(last if place == len(parts) else "a, b", first=found, last=part)
    return found


def remarks_in(*notes: Iterable[str]) -> list[Remark]:
    """Returns what the header of a record is to say of its notes, those in values included, each once."""
    found: dict[str, Remark] = {}

    def add(note: str) -> None:
        if isinstance(note, Remarked) and note not in found:
            numbers = {name: value for name, value in note.values.items() if not isinstance(value, str)}
            texts = {name: value for name, value in note.values.items() if isinstance(value, str)}
            found[str(note)] = Remark(str(note), note.code, numbers, {name: str(text) for name, text in texts.items()})
            for text in texts.values():
                add(text)

    for some in notes:
        for note in some:
            add(note)
    return list(found.values())


def restoring(remarks: Iterable[Remark]) -> Callable[[Iterable[str]], list[str]]:
    """Returns what makes of notes of a header, or of its parts, the remarks that they were; the reverse of `remarks_in`."""
    known = {each.text: each for each in remarks}
    found: dict[str, str] = {}

    def restored(note: str) -> str:
        if note not in found:
            found[note] = note  # so that one which a damaged log puts into itself ends
            if said := known.get(note):
                texts = {name: restored(text) for name, text in said.texts.items()}
                found[note] = _remarked(note, said.code, {**said.numbers, **texts})
        return found[note]

    return lambda notes: [restored(note) for note in notes]


def with_remarks(notes: Iterable[str], remarks: Iterable[Remark]) -> list[str]:
    """Returns the notes of a header as the remarks that they were."""
    return restoring(remarks)(notes)


def told_remarks(*notes: Iterable[str]) -> list[dict[str, Any]]:
    """Returns `remarks_in` as JSON can hold it, for a record that is encoded later."""
    return [asdict(each) for each in remarks_in(*notes)]


def restoring_told(told: Iterable[Mapping[str, Any]]) -> Callable[[Iterable[str]], list[str]]:
    """Returns `restoring` of what was told; the reverse of `told_remarks`."""
    return restoring(Remark(**each) for each in told)
