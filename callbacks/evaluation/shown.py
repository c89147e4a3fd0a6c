"""What is shown of single examples: those behind the measures, and how probable each token of a few texts is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.evaluation.free_running import Written
from tb_seqviz_plugin.callbacks.evaluation.survey import Kept, Survey
from tb_seqviz_plugin.records.evaluation.record import EvaluationExample
from tb_seqviz_plugin.records.tokens.record import Tokens

Array = npt.NDArray[Any]


def examples_of(
    found: Survey,
    shown: Sequence[Kept],
    kept: Mapping[int, Mapping[str, Array]],
    references: Sequence[str],
    written: Sequence[Written] | None,
) -> list[EvaluationExample]:
    """Returns the examples that are kept, beside what was said of each, and what the model wrote by itself, where it does."""
    examples, words = [], found.words
    for place, (one, reference) in enumerate(zip(shown, references, strict=True)):
        said = kept[one.index]
        counted = np.atleast_1d(said["weights"]) > 0
        chosen, right = np.atleast_1d(said["chosen"]), np.atleast_1d(said["right"])
        is_known = bool(counted.any())
        prediction = words.of_labels(np.where(counted, chosen, -1), counted, found.end)
        correct = bool((chosen == one.labels)[counted].all())
        if written is not None:
            prediction, correct = written[place].text, written[place].text.strip() == reference.strip()
        examples.append(
            EvaluationExample(
                words.of_source(one.inputs.get(found.sides.source or found.sides.text)) or _plain(one.inputs),
                reference,
                prediction,
                correct if is_known else None,
                float(np.exp(right[counted].astype(np.float64).mean())) if is_known else float("nan"),
                [keys.names[code] for keys in found.keys.values() if (code := int(keys.codes[one.index])) >= 0],
                one.index,
            )
        )
    return examples


def tokens_of(found: Survey, classes: int, followed: Sequence[tuple[Kept, Mapping[str, Array]]]) -> list[Tokens]:
    """Returns how probable each token of texts is; a language model is not asked for its first one."""
    if found.task not in ("language_modelling", "sequence_to_sequence"):
        return []
    tokens, words = [], found.words
    for one, said in followed:
        counted = (one.weights > 0) & (one.labels >= 0)
        ids = one.labels[counted]
        probabilities = np.exp(said["right"][counted].astype(np.float64))
        ranks = np.where(np.isnan(probabilities), 0, said["rank"][counted])
        if found.task == "language_modelling":
            first = np.asarray(one.inputs[found.sides.text])[:1] if found.sides.text else ids[:0]
            ids = np.concatenate([first.astype(np.int64), ids])
            probabilities = np.concatenate([np.full(len(first), np.nan), probabilities])
            ranks = np.concatenate([np.zeros(len(first), np.int64), ranks])
        source = words.of_source(one.inputs.get(found.sides.source)) if found.sides.source else ""
        text, pieces = words.of_tokens(ids), words.tokens(ids)
        tokens.append(Tokens(text, pieces, probabilities, ranks, source=source, vocabulary_size=classes))
    return tokens


def _plain(inputs: Mapping[str, Array]) -> str:
    shapes = (f"{name} {list(np.shape(value))}" for name, value in inputs.items())
    return ", ".join(shapes)
