"""What a model contains that there is to log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tb_seqviz_plugin.callbacks.attention.logger import AttentionLogger
from tb_seqviz_plugin.callbacks.base import SeqVizCallback
from tb_seqviz_plugin.callbacks.composing import report
from tb_seqviz_plugin.callbacks.embeddings.logger import EmbeddingError, EmbeddingLogger
from tb_seqviz_plugin.callbacks.errors import CaptureError, EvaluationError, ModelCallError, sentence_of
from tb_seqviz_plugin.callbacks.evaluation.logger import EvaluationLogger
from tb_seqviz_plugin.callbacks.samples.logger import SampleLogger
from tb_seqviz_plugin.callbacks.structure.logger import StructureLogger
from tb_seqviz_plugin.callbacks.structure.structure_of import TracedStructure


@dataclass
class Contents:
    """What there is to log of a model, by the names of the parts.

    Attributes:
        said: what is logged, in words.
        reasons: why there is nothing, of parts that have nothing to do.
        traced: the structure, None where it cannot be traced yet.
    """

    said: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    traced: TracedStructure | None = None


def contents_of(parts: Mapping[str, SeqVizCallback]) -> Contents:
    """Returns what the loggers find in their model, which is built; nothing is logged, and what they make is kept for that.

    What cannot be told yet counts as found: the logger itself then says what is wrong.
    """
    found = Contents()
    for name, part in parts.items():
        try:
            with part.preparing():
                found.said[name] = _of(part, found)
        except (CaptureError, EmbeddingError, EvaluationError) as error:
            found.reasons[name] = str(error)
        except Exception as error:  # whatever a model of the user's may raise
            if isinstance(part, SampleLogger):
                found.reasons[name] = sentence_of(error)
            else:
                found.said[name] = f"as far as it can be had: {sentence_of(error)}"
    return found


def _of(part: SeqVizCallback, found: Contents) -> str:
    if isinstance(part, AttentionLogger):
        return report.of_attention(part.find(), part)
    if isinstance(part, SampleLogger):
        part.check()
        return report.of_samples(part)
    if isinstance(part, StructureLogger):
        try:
            found.traced = part.trace()
        except ModelCallError:  # until it is first called nothing may say what the model takes
            found.traced = None
        return report.of_structure(found.traced)
    if isinstance(part, EvaluationLogger):
        return report.of_evaluation(part.find())
    assert isinstance(part, EmbeddingLogger)
    return report.of_embeddings(part.find())
