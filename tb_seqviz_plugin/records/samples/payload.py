"""Samples on their way to the background thread, where they are made, if need be, and measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from tb_seqviz_plugin.records.samples.blobs import encode_samples
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.measures import left_out, measure_sample, warn_of_left_out
from tb_seqviz_plugin.records.samples.record import Sample, SamplesRecord, checked_samples
from tb_seqviz_plugin.wire.payload import Encoded

_TOKEN_BYTES = 1 << 10
"""Of one token with its alternatives, about."""


@dataclass(frozen=True)
class SamplesPayload:
    """Samples on their way to the background thread.

    Args:
        make: returns the samples, by prompt, temperature and repeat; called in the background thread.
        size: bytes of memory that it holds, about.
        corpus: the texts that the model was trained on, None if they are not known.
        notes: sentences about the record.
    """

    kind: ClassVar[str] = SamplesRecord.kind
    make: Callable[[], Sequence[Sample]]
    size: int
    corpus: Corpus | None
    notes: Sequence[str] = ()

    @classmethod
    def of(
        cls,
        samples: Sequence[Sample] | Callable[[], Sequence[Sample]],
        corpus: Corpus | None,
        notes: Sequence[str],
        size: int,
    ) -> SamplesPayload:
        """Returns the payload of samples, or of what makes them, which holds so many bytes of memory."""
        if callable(samples):
            return cls(samples, size, corpus, notes)
        given = checked_samples(samples)
        if any(sample.reference is not None and not sample.measures for sample in given):
            warn_of_left_out()
        size = sum(len(sample.text) + _TOKEN_BYTES * len(sample.tokens) for sample in given)
        return cls(lambda: given, size, corpus, notes)

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored, measured where it was not."""
        given = checked_samples(self.make())
        has_references = any(sample.reference is not None and not sample.measures for sample in given)
        notes = [*self.notes, *filter(None, [left_out() if has_references else ""])]
        samples = [_measured(sample, self.corpus) for sample in given]
        return encode_samples(samples, tag=tag, notes=notes, record=record)


def _measured(sample: Sample, corpus: Corpus | None) -> Sample:
    if sample.measures:
        return sample
    probabilities = np.asarray(sample.probabilities, np.float32) if len(sample.probabilities) else None
    return replace(
        sample,
        measures=measure_sample(sample.text, sample.tokens, probabilities, reference=sample.reference, corpus=corpus),
    )
