"""Text files with a token per line, or a table with one per row."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.records.remarks import remark

_ENDINGS = (".txt", ".tsv", ".vocab")
_LABEL_COLUMNS = ("label", "labels", "word", "words", "token", "tokens", "text")


def is_file(source: Any) -> bool:
    """Returns whether something is the path of a text file, and not the characters of a vocabulary."""
    if isinstance(source, str):
        return source.lower().endswith(_ENDINGS) or (len(source) < 256 and os.path.isfile(source))
    return isinstance(source, os.PathLike)


@dataclass(frozen=True)
class FileTable:
    """What a file says of each row.

    Args:
        labels: one per row.
        columns: the same, by heading.
        beginning: what to think of where there is one row more or less than expected, as a sentence.
    """

    labels: list[str]
    columns: dict[str, list[str]] = field(default_factory=dict)
    beginning: str = ""


def read_table(path: Path) -> FileTable:
    """Returns what a text file holds: a label per line or, below a line of headings, columns with tabs between them.

    Args:
        path: UTF-8, with or without the mark that some editors put at the beginning.

    Raises:
        VocabularyError: if it cannot be read, or is not such a table; the text is to follow "labels= is".
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise VocabularyError(
            f"is the file {str(path)!r}, which cannot be read ({error}); expected UTF-8 text with a token per line."
        ) from error
    if lines[-1] == "":
        lines.pop()
    cells = [line.removesuffix("\r").split("\t") for line in lines]
    if not cells:
        raise VocabularyError(f"is the file {str(path)!r}, which is empty; expected a token per line.")
    return _of_one_column(path, cells) if len(cells[0]) == 1 else _of_columns(path, cells)


def _of_one_column(path: Path, cells: list[list[str]]) -> FileTable:
    wide = next((number for number, row in enumerate(cells, 1) if len(row) > 1), None)
    if wide is not None:
        raise VocabularyError(
            f"is the file {str(path)!r}, whose line {wide} has several columns and the first line one; expected headings in the "
            "first line."
        )
    first = cells[0][0]
    hint = remark("like a heading", path=repr(str(path)), line=repr(first))
    return FileTable([row[0] for row in cells], beginning=hint if first.lower() in _LABEL_COLUMNS else "")


def _of_columns(path: Path, cells: list[list[str]]) -> FileTable:
    heads, *rows = cells
    for number, row in enumerate(rows, 2):
        if len(row) != len(heads):
            raise VocabularyError(
                f"is the file {str(path)!r}, whose line {number} has {len(row)} columns; expected {len(heads)}, as many as there "
                "are headings."
            )
    columns = {head: [row[place] for row in rows] for place, head in enumerate(heads)}
    if len(columns) < len(heads):
        raise VocabularyError(
            f"is the file {str(path)!r}, whose headings are {', '.join(map(repr, heads))}; expected each once."
        )
    named = next((head for head in heads if head.lower() in _LABEL_COLUMNS), None)
    figure = next((head for head in heads if _is_number(head)), None)
    if named is None and figure is not None:
        raise VocabularyError(
            f"is the file {str(path)!r}, whose first line has {figure!r} for a heading; expected headings such as 'word' and "
            "'frequency'."
        )
    label = heads[0] if named is None else named
    return FileTable(columns.pop(label), columns, beginning=remark("headings taken", path=repr(str(path))))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
