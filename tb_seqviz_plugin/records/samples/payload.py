"""Samples on their way to the event file, and measured on it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from tb_seqviz_plugin.records.samples.blobs import encode_samples
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.measures import left_out, measure_sample, warn_of_left_out
from tb_seqviz_plugin.records.samples.record import BeamTree, Sample, SamplesRecord, checked_samples
from tb_seqviz_plugin.records.samples.words import words_of
from tb_seqviz_plugin.wire.payload import Encoded, Raw, fields_of

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
        """Returns the samples as they were given."""
        samples = [
            {**fields_of(sample, Sample), "tree": None if sample.tree is None else fields_of(sample.tree, BeamTree)}
            for sample in self.samples
        ]
        size = sum(len(sample.text) + _TOKEN_BYTES * len(sample.tokens) for sample in self.samples)
        return Raw({"samples": samples, "copied": self.copied, "notes": self.notes}, encoded_size=size)

    @classmethod
    def restore(cls, raw: Raw, _memory: None) -> SamplesPayload:
        """Returns the payload that `raw` was made of."""
        samples = [
            Sample(**{**said, "tree": None if said["tree"] is None else BeamTree(**said["tree"])})
            for said in raw.said["samples"]
        ]
        return cls(samples, raw.said["copied"], raw.said["notes"])

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored, measured where it was not."""
        notes = [*self.notes, *filter(None, [left_out() if _has_references(self.samples) else ""])]
        samples = [_measured(sample, copied) for sample, copied in zip(self.samples, self.copied, strict=True)]
        return encode_samples(samples, tag=tag, notes=notes, record=record)


def _has_references(samples: Sequence[Sample]) -> bool:
    return any(sample.reference is not None and not sample.measures for sample in samples)


def _measured(sample: Sample, copied: float) -> Sample:
    if sample.measures:
        return sample
    probabilities = np.asarray(sample.probabilities, np.float32) if len(sample.probabilities) else None
    measures = measure_sample(sample.text, sample.tokens, probabilities, reference=sample.reference)
    return replace(sample, measures={**measures, "copied": copied})
