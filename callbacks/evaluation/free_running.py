"""What an encoder-decoder writes by itself, beside what it would write if each token followed what is right (exposure bias).

Ranzato et al., "Sequence Level Training with Recurrent Neural Networks" (2016), section 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.backends.interface import Compiling
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.errors import EvaluationError
from tb_seqviz_plugin.callbacks.evaluation.datasets import concatenated
from tb_seqviz_plugin.callbacks.evaluation.sides import Sides
from tb_seqviz_plugin.callbacks.evaluation.survey import Kept
from tb_seqviz_plugin.callbacks.evaluation.words import Words
from tb_seqviz_plugin.callbacks.generation.generator import Generator
from tb_seqviz_plugin.records.evaluation.record import EvaluationCurve

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Written:
    """What a model wrote by itself.

    Args:
        ids: int [time], as long as the labels, -1 behind the end.
        text: the same as text.
    """

    ids: Array
    text: str


class FreeRunning:
    """Lets an encoder-decoder write the most probable token, one after the other.

    Args:
        model: the model.
        sides: which of its inputs is what.
        words: what ids stand for.
        compiling: gives leave to compile what writes in a slower and faster way, once that repays; None if there always is.

    Raises:
        GenerationError: if the model does not write.
        EvaluationError: if what it writes from is not what its source was found to be.
    """

    def __init__(self, model: keras.Model, sides: Sides, words: Words, compiling: Compiling | None) -> None:
        self._generator = Generator(model, alternatives=0)
        self._generator.compiling = compiling or self._generator.compiling
        if not self._generator.takes_source or not sides.source:
            raise EvaluationError(f"The model {model.name!r} takes no source beside its text.")
        self._sides, self._words = sides, words

    def __call__(self, shown: Sequence[Kept], end: int) -> list[Written]:
        """Returns what is written for each example, from the token before the first label on.

        Args:
            shown: the examples.
            end: the label that ends texts, -1 for none.
        """
        length = max(len(one.labels) for one in shown)
        prompts = [[int(one.inputs[self._sides.text][0])] for one in shown]
        sources = concatenated(
            one.inputs[self._sides.source][None] for one in shown
        )  # batches may be padded each by itself
        generated = self._generator(prompts, Sampling(temperatures=(0,), max_length=length), source=sources)
        found = []
        for one in generated:
            ids = np.asarray(one.ids)
            stops = np.flatnonzero(ids == end)
            ids = ids[: stops[0] + 1] if len(stops) else ids
            row = np.full(length, -1)
            row[: len(ids)] = ids[:length]
            found.append(Written(row, self._words.of_labels(ids, np.ones(len(ids)), end)))
        return found

    @staticmethod
    def curves(
        shown: Sequence[Kept], kept: Sequence[Mapping[str, Array]], written: Sequence[Written]
    ) -> list[EvaluationCurve]:
        """Returns the accuracy by position of these examples, written by itself and following what is right."""
        length = max(len(one.labels) for one in shown)
        counted, alone, following = (np.zeros((len(shown), length)) for _ in range(3))
        for row, (one, said, text) in enumerate(zip(shown, kept, written, strict=True)):
            span = slice(0, len(one.labels))
            counted[row, span] = one.weights > 0
            alone[row, span] = text.ids[span] == one.labels
            following[row, span] = said["chosen"] == one.labels
        there = counted.sum(axis=0) > 0
        x = np.arange(length, dtype=np.float32)[there]
        count = counted.sum(axis=0)[there]
        return [
            EvaluationCurve(
                "position",
                "accuracy",
                x,
                ((right * counted).sum(axis=0)[there] / count).astype(np.float32),
                count.astype(np.int64),
                slice=f"all {len(shown)} examples shown",
                mode=mode,
            )
            for mode, right in (("teacher_forced", following), ("free_running", alone))
        ]
