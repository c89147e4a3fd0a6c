"""What each row of a table stands for, by whatever the user has: words, a vocabulary, a tokenizer or a file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np

from tb_seqviz_plugin.callbacks.errors import LabelError
from tb_seqviz_plugin.callbacks.text.tokenizer import Tokenizer, TokenizerError
from tb_seqviz_plugin.callbacks.text.tokens import TOKEN_OF_ID, as_text, tokens_of_ids

_LABEL_COLUMNS = ("label", "labels", "word", "words", "token", "tokens", "text")
_SHOWN = 3


@dataclass(frozen=True)
class Labels:
    """Labels with what else is known of each row.

    Args:
        texts: one per row, or anything else that `EmbeddingLogger` takes as labels.
        columns: values per row, by name, such as `{"frequency": counts}`.

    >>> Labels(["the", "cat"], {"frequency": [1061, 93]}).columns
    {'frequency': [1061, 93]}
    """

    texts: Any = None
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class RowLabels:
    """Labels of the rows of one table.

    Args:
        texts: one per row of the table, in order, or one per row that is not skipped.
        columns: the same, by name.
        vocabulary: of a source that knows which id each word has, how many words it has; None for any other.
        beginning: what to think of where there is one label more or less than rows, as a sentence.
    """

    texts: list[str]
    columns: dict[str, list[str]] = field(default_factory=dict)
    vocabulary: int | None = None
    beginning: str = ""


def is_by_layer(source: Any) -> bool:
    """Returns whether labels are a dict from patterns of layers to labels, and not one from words to ids or back."""
    return (
        isinstance(source, Mapping)
        and bool(source)
        and all(isinstance(key, str) for key in source)
        and not all(isinstance(value, Integral) for value in source.values())
    )


def labels_of(source: Any, rows: int) -> RowLabels:
    """Returns the labels that something gives.

    Args:
        source: a list of texts; the path of a text file with a row per line, tab-separated below a line of headings where it
            has several columns; a `TextVectorization` or `StringLookup` layer; a tokenizer; a dict from words to ids or from
            ids to words; `Labels` of any of these; or None to name rows by their numbers.
        rows: how many rows the table has, for sources that know a word for any id.

    Raises:
        LabelError: if it is none of these.
    """
    if isinstance(source, Labels):
        known = labels_of(source.texts, rows)
        columns = {str(name): [as_text(value) for value in _list(values)] for name, values in source.columns.items()}
        length = max(map(len, columns.values()), default=rows)
        texts = known.texts if source.texts is not None else [str(row) for row in range(length)]
        return replace(known, texts=texts, columns={**known.columns, **columns})
    if source is None:
        return RowLabels([str(row) for row in range(rows)])
    if isinstance(source, str | os.PathLike):
        return _of_file(Path(source))
    if isinstance(source, Mapping):
        return _of_ids(_of_mapping(source))
    if isinstance(source, list | tuple | np.ndarray):
        texts = _list(source)
        for text in texts:
            if not isinstance(text, str | bytes):
                raise LabelError(f"The labels hold {text!r}; expected texts. Pass what it stands for, or str(it).")
        return RowLabels([as_text(text) for text in texts])
    # The vocabulary of a tokenizer of KerasHub need not be in the order of the ids.
    if hasattr(source, "get_vocabulary") and not hasattr(source, "id_to_token"):
        return _of_ids([as_text(text) for text in source.get_vocabulary()])
    return _of_tokenizer(source, rows)


def check_labels(source: Any) -> None:
    """Raises a LabelError for what can be told to be no labels without a model."""
    for each in source.values() if is_by_layer(source) else [source]:
        labels = each.texts if isinstance(each, Labels) else each
        if labels is None or hasattr(labels, "get_vocabulary"):
            continue
        if isinstance(labels, str | os.PathLike | Mapping | list | tuple | np.ndarray):
            labels_of(each, 0)
        elif not any(hasattr(labels, name) for name in ("convert_ids_to_tokens", *TOKEN_OF_ID, "decode", "detokenize")):
            raise LabelError(
                f"The labels are a {type(labels).__name__}; expected a list of texts, a TextVectorization or StringLookup layer, "
                "a tokenizer, the path of a TSV file, or a dict of these by layer."
            )


def repeated(labels: Sequence[str]) -> str:
    """Returns a sentence on labels that stand at several rows, "" if there are none."""
    places: dict[str, int] = {}
    counts = Counter(labels)
    several = [label for label, count in counts.items() if count > 1]
    if not several:
        return ""
    for place, label in enumerate(labels):
        places.setdefault(label, place)
    shown = ", ".join(f"{_short(label)} ({counts[label]} times)" for label in several[:_SHOWN])
    more = ", …" if len(several) > _SHOWN else ""
    what = "1 label stands" if len(several) == 1 else f"{len(several):,} labels stand"
    return f"{what} at several rows: {shown}{more}."


def _short(label: str) -> str:
    return repr(label if len(label) <= 40 else label[:39] + "…")


def _list(values: Any) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _of_mapping(source: Mapping[Any, Any]) -> list[str]:
    pairs = [(key, value) if isinstance(key, Integral) else (value, key) for key, value in source.items()]
    texts = {
        int(number): as_text(text)
        for number, text in pairs
        if isinstance(number, Integral) and int(number) >= 0 and isinstance(text, str | bytes)
    }
    if not texts or len(texts) < len(pairs):
        raise LabelError(
            f"The labels are a dict of {len(pairs)} entries, {len(pairs) - len(texts)} of which are no word with an id of its own; "
            "expected a dict from words to ids or from ids to words, or one from patterns of layers to labels."
        )
    return [texts.get(number, f"[{number}]") for number in range(max(texts) + 1)]


def _of_ids(texts: list[str]) -> RowLabels:
    return RowLabels(texts, vocabulary=len(texts))


def _of_tokenizer(source: Any, rows: int) -> RowLabels:
    try:
        size = Tokenizer.of(source).vocabulary_size or rows
    except TokenizerError:  # it need not go both ways
        size = rows
    return RowLabels(tokens_of_ids(np.arange(min(rows, size))[None], source, "labels")[0], vocabulary=size)


def _of_file(path: Path) -> RowLabels:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(
            f"The labels are the file {str(path)!r}, which cannot be read ({error}); expected UTF-8 text with a row per line."
        ) from error
    if lines[-1] == "":
        lines.pop()
    cells = [line.removesuffix("\r").split("\t") for line in lines]
    if not cells or len(cells[0]) == 1:
        wide = next((number for number, row in enumerate(cells, 1) if len(row) > 1), None)
        if wide is not None:
            raise LabelError(
                f"Line {wide} of {str(path)!r} has several columns and the first line one; expected headings in the first line."
            )
        first = cells[0][0] if cells else ""
        is_heading = first.lower() in _LABEL_COLUMNS
        hint = f"The first line of {str(path)!r}, {first!r}, looks like a heading; a single column has none."
        return RowLabels([row[0] for row in cells], beginning=hint if is_heading else "")
    heads, *rows = cells
    for number, row in enumerate(rows, 2):
        if len(row) != len(heads):
            raise LabelError(
                f"Line {number} of {str(path)!r} has {len(row)} columns; expected {len(heads)}, as many as there are headings."
            )
    columns = {head: [row[place] for row in rows] for place, head in enumerate(heads)}
    if len(columns) < len(heads):
        raise LabelError(f"The headings of {str(path)!r} are {', '.join(map(repr, heads))}; expected each once.")
    named = next((head for head in heads if head.lower() in _LABEL_COLUMNS), None)
    figure = next((head for head in heads if _is_number(head)), None)
    if named is None and figure is not None:
        raise LabelError(
            f"The first line of {str(path)!r} has {figure!r} for a heading; expected headings such as 'word' and 'frequency'."
        )
    label = heads[0] if named is None else named
    return RowLabels(columns.pop(label), columns, beginning=f"The first line of {str(path)!r} was taken as headings.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
