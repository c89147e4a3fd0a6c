"""What each row of a table stands for: a vocabulary, and what else is known of each of its ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.files import is_file, read_table
from tb_seqviz_plugin.callbacks.text.forms import as_text, shortened
from tb_seqviz_plugin.callbacks.text.tables import collected, is_mapping_of_ids
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.records.remarks import remark

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
        texts: one per row of the table, in order, or one per row that is not skipped; as far as there are any.
        columns: the same, by name.
        given: how many labels there are, which may be more than were asked for.
        is_vocabulary: whether the source knows which id each word has, so that a table with more rows is not a mistake.
        beginning: what to think of where there is one label more or less than rows, as a sentence.
    """

    texts: list[str]
    columns: dict[str, list[str]]
    given: int
    is_vocabulary: bool = False
    beginning: str = ""


def is_by_layer(source: Any) -> bool:
    """Returns whether labels are a dict from patterns of layers to labels, and not one from words to ids or back."""
    return isinstance(source, Mapping) and bool(source) and not is_mapping_of_ids(source)


def labels_of(source: Any, rows: int, argument: str = "labels=") -> RowLabels:
    """Returns the labels that something gives.

    Args:
        source: whatever a `Vocabulary` can be of, `Labels` of it, or None to name rows by their numbers. A text file may have
            several columns with tabs between them, below a line of headings.
        rows: how many rows the table has.
        argument: what it was given as, for messages.

    Raises:
        VocabularyError: if it is none of these.
    """
    if isinstance(source, Labels):
        columns = {
            str(name): [as_text(value) for value in collected(values) or ()] for name, values in source.columns.items()
        }
        length = rows if source.texts is not None else max(map(len, columns.values()), default=rows)
        known = labels_of(source.texts, length, argument)
        return replace(known, columns={**known.columns, **columns})
    if source is None:
        return RowLabels([str(row) for row in range(rows)], {}, rows)
    if is_file(source):
        try:
            file = read_table(Path(source))
        except VocabularyError as error:
            raise VocabularyError(f"{argument} {error}") from error
        return RowLabels(file.labels, file.columns, len(file.labels), beginning=file.beginning)
    vocabulary = Vocabulary.of(source, argument)
    given = rows if vocabulary.size is None else vocabulary.size
    is_vocabulary = isinstance(source, Mapping) or collected(source) is None
    return RowLabels(vocabulary.table(rows), {}, given, is_vocabulary)


def check_labels(source: Any) -> None:
    """Raises a VocabularyError for what can be told not to be labels without a model."""
    by_layer = (
        {f"labels[{pattern!r}]": each for pattern, each in source.items()}
        if is_by_layer(source)
        else {"labels=": source}
    )
    for argument, each in by_layer.items():
        texts = each.texts if isinstance(each, Labels) else each
        if texts is not None and not (isinstance(texts, list | np.ndarray) and not len(texts)):
            Vocabulary.of(texts, argument)


def repeated(labels: Sequence[str]) -> str:
    """Returns a sentence on labels that stand at several rows, "" if there are none."""
    counts = Counter(labels)
    several = [label for label, count in counts.items() if count > 1]
    if not several:
        return ""
    shown = ", ".join(f"{shortened(repr(label))} (× {counts[label]:,})" for label in several[:_SHOWN])
    more = ", …" if len(several) > _SHOWN else ""
    if len(several) == 1:
        return remark("repeated label", labels=shown)
    return remark("repeated labels", count=len(several), labels=f"{shown}{more}")
