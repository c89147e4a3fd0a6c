"""Texts of one's own of which the probability of every token is followed: what a model is called with for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import EvaluationError, sentence_of
from tb_seqviz_plugin.callbacks.evaluation.labelled import LabelledSet
from tb_seqviz_plugin.callbacks.evaluation.outputs import Prediction
from tb_seqviz_plugin.callbacks.evaluation.survey import Kept, Survey
from tb_seqviz_plugin.callbacks.evaluation.words import Words
from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.text.forms import listed
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.records.remarks import remark

Array = npt.NDArray[Any]
Said = Mapping[str, Array]


@dataclass(frozen=True)
class ReferenceTexts:
    """Texts as a model is called with them.

    Args:
        call: how.
        labels: int32 [texts, time], what is to follow each token, -1 behind the end.
        rows: each by itself.
    """

    call: ModelCall
    labels: Array
    rows: Sequence[Kept]

    @classmethod
    def of(
        cls, given: Sequence[Any], labelled: LabelledSet, found: Survey, tell: Callable[[str], None]
    ) -> ReferenceTexts | None:
        """Returns the texts, None where the model cannot be called with them, which is told.

        Args:
            given: strings or ids; for an encoder-decoder pairs of these, `(source, text)`.
            labelled: a data set, whose batches say how the model is called.
            found: what it holds.
            tell: is told what is left out.
        """
        try:
            return cls._of(given, labelled, found, tell)
        except ValueError as error:
            tell(remark("texts left out", error=sentence_of(error)))
            return None

    @classmethod
    def _of(
        cls, given: Sequence[Any], labelled: LabelledSet, found: Survey, tell: Callable[[str], None]
    ) -> ReferenceTexts:
        sides, words, call = found.sides, found.words, next(iter(labelled)).call
        named = {name: np.asarray(leaf) for name, leaf in call.named().items()}
        others = [name for name in named if name not in (sides.text, sides.source)]
        if not sides.text or others:
            takes = f"the model takes {listed(others)}, too" if sides.text else "the model writes no tokens"
            raise EvaluationError(f"expected a model of texts alone, and {takes}.")
        firsts = set(named[sides.text][:, 0].astype(int).tolist())
        begin = list(firsts) if len(firsts) == 1 and len(named[sides.text]) > 1 else []
        unknown: list[str] = []
        ids: list[Array] = []
        sources: list[Array] = []
        for number, each in enumerate(given):
            is_pair = isinstance(each, tuple) and len(each) == 2 and not all(isinstance(part, int) for part in each)
            if is_pair != bool(sides.source):
                wanted = "a pair (source, text)" if sides.source else "a text or its ids"
                raise EvaluationError(f"text {number} is {each!r}; expected {wanted}.")
            source, text = each if is_pair else ("", each)
            if sides.source:
                sources.append(_ids_of(source, words.source, [], [], unknown))
            end = [found.end] if found.end >= 0 else []
            ids.append(_ids_of(text, words.target, begin, end, unknown))
            if len(ids[-1]) < 2:
                raise EvaluationError(f"text {number} is {text!r}, a single token, which nothing precedes.")
            if ids[-1].max() >= labelled.output.classes:
                raise EvaluationError(
                    f"text {number} holds the id {ids[-1].max()}, and the model tells {labelled.output.classes} apart."
                )
        if unknown:
            tell(remark("texts unknown", words=listed(list(dict.fromkeys(unknown)))))
        width = max(named[sides.text].shape[1], *(len(each) - 1 for each in ids))
        values = {sides.text: _padded([each[:-1] for each in ids], width, 0).astype(named[sides.text].dtype)}
        if sides.source:
            longest = max(named[sides.source].shape[1], *map(len, sources))
            values[sides.source] = _padded(sources, longest, 0).astype(named[sides.source].dtype)
        labels = _padded([each[1:] for each in ids], width, -1).astype(np.int32)
        waiting = iter(named)
        args, kwargs = call.map(lambda _: values[next(waiting)])
        rows = [
            Kept(number, {name: array[number] for name, array in values.items()}, row, (row >= 0).astype(np.float32))
            for number, row in enumerate(labels)
        ]
        return cls(ModelCall(args, kwargs, labels, rows=call.rows), labels, rows)

    def __call__(self, predict: Prediction) -> list[tuple[Kept, Said]]:
        """Returns the texts with what a model says of each of their tokens."""
        found: list[tuple[Kept, Said]] = []
        for part in self.call.batches(len(self.rows)):
            said = predict(part, np.asarray(part.targets))
            for row in range(part.examples):
                found.append((self.rows[len(found)], {name: array[row] for name, array in said.items()}))
        return found


def _ids_of(text: Any, vocabulary: Vocabulary | None, begin: list[int], end: list[int], unknown: list[str]) -> Array:
    """Returns the ids of a text with what begins and ends it; ids stay as they are. Adds what the vocabulary does not know."""
    if not isinstance(text, str):
        return np.asarray(text, np.int64)
    assert vocabulary is not None  # see `check_texts`
    encoding = vocabulary.encoding(text)
    unknown += encoding.unknown
    return np.array([*(encoding.ids[: encoding.before] or begin), *encoding.text, *end], np.int64)


def _padded(rows: Sequence[Array], width: int, value: int) -> Array:
    filled = np.full((len(rows), width), value, np.int64)
    for number, row in enumerate(rows):
        filled[number, : len(row)] = row
    return filled


def check_texts(texts: Sequence[Any], words: Words) -> None:
    """Raises an error if texts are no texts or ids, or if nothing makes ids of them.

    Raises:
        EvaluationError: if they are something else.
        VocabularyError: if a vocabulary makes no ids of texts.
    """
    for number, each in enumerate(texts):
        is_pair = isinstance(each, tuple) and len(each) == 2
        sides = [*zip(each, (words.source, words.target), strict=True)] if is_pair else [(each, words.target)]
        for part, vocabulary in sides:
            if isinstance(part, str):
                if vocabulary is None:
                    raise EvaluationError(
                        f"texts= of EvaluationOptions holds {part!r} as text {number}, and tokenizer= is missing; expected ids, or "
                        "a vocabulary that makes ids of texts."
                    )
                vocabulary.for_texts(
                    "texts= of EvaluationOptions needs ids of texts, and the vocabulary", only_to_ids=True
                )
            elif not is_pair or not isinstance(part, int):
                array = np.asarray(part)
                if array.ndim != 1 or array.dtype.kind not in "iu" or array.min(initial=0) < 0:
                    raise EvaluationError(
                        f"texts= of EvaluationOptions holds {part!r} as text {number}; expected a string, its ids, or, for an "
                        "encoder-decoder, a pair (source, text) of those."
                    )
