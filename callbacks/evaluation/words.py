"""What ids and classes stand for, as texts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import EvaluationError, VocabularyError
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.schema.evaluation import EvaluationTask

Array = npt.NDArray[Any]

_MOST_CHARACTERS = 1000


class Words:
    """The texts of inputs, labels and predictions.

    Args:
        tokenizer: of the target, or of a classifier's text; None where ids are shown as numbers.
        source: of what the prediction is made from, None for the same.
        classes: what the classes are called; empty to number them.

    Attributes:
        target: the vocabulary of the target, None for none.
        source: that of the source.

    Raises:
        ValueError: if one is no vocabulary, or the classes are no texts.
    """

    def __init__(self, tokenizer: Any, source: Any, classes: Sequence[str]) -> None:
        if isinstance(classes, str | bytes) or not all(isinstance(each, str) for each in classes):
            raise EvaluationError(f"classes={classes!r}; expected a list of their names.")
        twice = next((name for name, count in Counter(classes).items() if count > 1), None)
        if twice is not None:
            raise EvaluationError(
                f"classes= holds {twice!r} twice; expected another name for each class, which tells slices and measures apart."
            )
        self.target = None if tokenizer is None else Vocabulary.of(tokenizer)
        self.source = self.target if source is None else Vocabulary.of(source, "source=")
        self._classes = list(classes)

    def of_task(self, task: EvaluationTask, classes: int) -> Words:
        """Returns these where labels are ids of the vocabulary; of a tagger's text it names no tags, which stay numbers.

        Args:
            task: what the model does.
            classes: how many it tells apart.
        """
        is_of_text = task == "token_labelling" and self.target is not None and (self.target.size or math.inf) > classes
        return Words(None, self.source, self._classes) if is_of_text else self

    def class_name(self, number: int) -> str:
        """Returns what a class is called."""
        return self._classes[number] if 0 <= number < len(self._classes) else str(number)

    def missing_names(self, classes: int) -> str:
        """Returns in a sentence that so many classes have not as many names, "" if they have, or have none."""
        if len(self._classes) in (0, classes):
            return ""
        return remark(
            "fewer names" if len(self._classes) < classes else "more names", names=len(self._classes), classes=classes
        )

    def of_source(self, ids: Any) -> str:
        """Returns what a row of an input says, "" where there is none."""
        if ids is None:
            return ""
        row = np.asarray(ids)
        if row.dtype.kind not in "iuf" or row.ndim != 1:
            return str(row.item() if row.ndim == 0 else " ".join(map(str, row.ravel())))[:_MOST_CHARACTERS]
        return _text_of(self.source, [int(number) for number in row if number != 0])

    def of_labels(self, labels: Array, weights: Array, end: int = -1) -> str:
        """Returns what labels say, "" where none is known: the name of a class, or a text of tokens, up to one that ends it."""
        counted = labels[(weights > 0) & (labels >= 0)]
        stops = np.flatnonzero(counted == end)
        counted = counted[: stops[0]] if len(stops) else counted
        if not len(counted):
            return ""
        if len(labels) == 1:
            return self.class_name(int(labels[0]))
        return self.of_tokens(counted)

    def of_tokens(self, ids: Array) -> str:
        """Returns the text of what is written token by token, or the names of labels, without a token that ends it."""
        if self._classes:
            return " ".join(self.class_name(int(number)) for number in ids)[:_MOST_CHARACTERS]
        silent = self.target
        # An unknown word is one that was asked for, or written: without it a text that lacks it would be as right.
        kept = [
            int(number)
            for number in ids
            if silent is None or number == silent.unknown or not silent.is_silent(int(number))
        ]
        return _text_of(silent, kept)

    def tokens(self, ids: Array) -> list[str]:
        """Returns the token of each id."""
        if self._classes or self.target is None:
            return [self.class_name(int(number)) for number in ids]
        return list(self.target.tokens(ids))


def _text_of(vocabulary: Vocabulary | None, ids: list[int]) -> str:
    if vocabulary is None:
        return " ".join(map(str, ids))[:_MOST_CHARACTERS]
    try:
        return vocabulary.decode(ids)[:_MOST_CHARACTERS]
    except VocabularyError:  # it knows tokens only
        return " ".join(vocabulary.tokens(ids))[:_MOST_CHARACTERS]
