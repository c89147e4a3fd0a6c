"""Samples on their way to the event file, and measured on it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.arguments import as_array
from tb_seqviz_plugin.records.remarks import restoring_told, told_remarks
from tb_seqviz_plugin.records.samples.blobs import encode_samples
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.measures import left_out, measure_sample, warn_of_left_out
from tb_seqviz_plugin.records.samples.record import BeamTree, Sample, SamplesRecord, checked_samples
from tb_seqviz_plugin.records.samples.words import words_of
from tb_seqviz_plugin.wire.payload import Encoded, Raw, fields_of

Array = npt.NDArray[Any]

_OF_TOKENS = {"probabilities": np.float64, "ranks": np.int64, "lengths": np.int64}
_OF_TREES = {"parents": np.int32, "probabilities": np.float32, "scores": np.float32, "best": np.bool_, "ends": np.bool_}
_TOKEN_BYTES = 1 << 7
"""Of one token with its alternatives, encoded, at most, about."""


@dataclass(frozen=True)
class SamplesPayload:
    """Samples on their way to the event file.

    Args:
        samples: by prompt, temperature and repeat.
        copied: of each, which share of its n-grams the training corpus holds; NaN where no corpus is known.
        notes: sentences about the record.
    """

    kind: ClassVar[str] = SamplesRecord.kind
    memory: ClassVar[None] = None
    samples: Sequence[Sample]
    copied: Sequence[float]
    notes: Sequence[str] = ()

    @classmethod
    def of(cls, samples: Iterable[Sample], corpus: Corpus | None = None, notes: Sequence[str] = ()) -> SamplesPayload:
        """Returns the payload of samples of a model that was trained on a corpus."""
        given = checked_samples(samples)
        if _has_references(given):
            warn_of_left_out()
        copied = [
            math.nan if corpus is None or sample.measures else corpus.share_of(list(words_of(sample.text)))
            for sample in given
        ]
        return cls(given, copied, notes)

    def raw(self) -> Raw:
        """Returns the samples as they were given; what is a number per token is an array, for which JSON would take long."""
        said, arrays = zip(*map(_taken_apart, self.samples), strict=True)
        size = sum(len(sample.text) + _TOKEN_BYTES * len(sample.tokens) for sample in self.samples)
        told = {
            "samples": said,
            "copied": self.copied,
            "notes": self.notes,
            "remarks": told_remarks(self.notes, *(sample.notes for sample in self.samples)),
        }
        return Raw(told, list(chain.from_iterable(arrays)), encoded_size=size)

    @classmethod
    def restore(cls, raw: Raw, _memory: None) -> SamplesPayload:
        """Returns the payload that `raw` was made of."""
        arrays = iter(raw.arrays)
        remarked = restoring_told(raw.said.get("remarks", ()))
        samples = [_put_together({**said, "notes": remarked(said["notes"])}, arrays) for said in raw.said["samples"]]
        return cls(samples, raw.said["copied"], remarked(raw.said["notes"]))

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored, measured where it was not."""
        notes = [*self.notes, *filter(None, [left_out() if _has_references(self.samples) else ""])]
        samples = [_measured(sample, copied) for sample, copied in zip(self.samples, self.copied, strict=True)]
        return encode_samples(samples, tag=tag, notes=notes, record=record)


def _taken_apart(sample: Sample) -> tuple[dict[str, Any], list[Array]]:
    """Returns what JSON is to hold of a sample, and its arrays: those of its tokens, of its alternatives, and of its tree."""
    alternatives = [pair for place in sample.alternatives for pair in place]
    arrays = [
        *(as_array(getattr(sample, name)).astype(dtype) for name, dtype in _OF_TOKENS.items()),
        np.array([len(place) for place in sample.alternatives], np.int64),
        np.array([probability for _, probability in alternatives], np.float64),
    ]
    said = {**fields_of(sample, Sample), "alternatives": [token for token, _ in alternatives]}
    if sample.tree is not None:
        arrays += [as_array(getattr(sample.tree, name)).astype(dtype) for name, dtype in _OF_TREES.items()]
        said["tree"] = list(sample.tree.tokens)
    return {name: value for name, value in said.items() if name not in _OF_TOKENS}, arrays


def _put_together(said: Mapping[str, Any], arrays: Iterator[Array]) -> Sample:
    """Returns a sample; the reverse of `_taken_apart`."""
    numbers = {name: next(arrays).tolist() for name in _OF_TOKENS}
    counts, probabilities = next(arrays).tolist(), next(arrays).tolist()
    pairs = list(zip(said["alternatives"], probabilities, strict=True))
    alternatives = [pairs[end - count : end] for count, end in zip(counts, accumulate(counts), strict=True)]
    tree = None
    if said["tree"] is not None:
        tree = BeamTree(tokens=said["tree"], **{name: next(arrays) for name in _OF_TREES})
    return Sample(**{**said, **numbers, "alternatives": alternatives, "tree": tree})


def _has_references(samples: Sequence[Sample]) -> bool:
    return any(sample.reference is not None and not sample.measures for sample in samples)


def _measured(sample: Sample, copied: float) -> Sample:
    if sample.measures:
        return sample
    probabilities = np.asarray(sample.probabilities, np.float32) if len(sample.probabilities) else None
    measures = measure_sample(sample.text, sample.tokens, probabilities, reference=sample.reference)
    return replace(sample, measures={**measures, "copied": copied})
