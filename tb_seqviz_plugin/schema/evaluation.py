"""Records of evaluation.

An **evaluation** record holds what a model can and cannot do at one step: measures of slices of a data set.

Its measures are a row per slice and measure, `EVALUATION_COLUMNS`; row `i` is measure `EvaluationSetup.measures[i]` of slice
`EvaluationSetup.slices[i]`. Beside `EvaluationSetup` stand, of each example that is kept, the same at all steps:

    index        uint    [examples]           place in the data set
    member       uint8   [examples, slices]   1 where it, or a token of it, is in the slice; the slices are those of
                                              `EvaluationSetup.slices`, each once, in the order in which they come first

Beside `EvaluationTexts`, in the series of texts, so that all steps of a tag cost one read:

    prediction   uint    [examples]           place in `EvaluationTexts.texts`
    correct      uint8   [examples]           0 or 1, 255 where that is not known
    probability  uint8   [2, examples]        of what is right, as codes of `schema/samples.py`; of several tokens their geometric
                                              mean, so that minus its natural logarithm is the example's loss per token

Blob 0 is `EvaluationHeader`; blob 1, where there is one, holds for place `i` of `EvaluationHeader.curves`

    {i}.x  {i}.value  {i}.low  {i}.high       float32 [points]   NaN where it is not known
    {i}.count                                 uint    [points]   of so many examples or tokens

and for place `i` of `EvaluationHeader.confusion`

    confusion.{i}                             uint    [classes, classes]   how often what is of a class (rows)
                                                                           was taken for one (columns)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tb_seqviz_plugin.schema.remarks import Remark

EVALUATION_COLUMNS = ("value", "low", "high", "count")
"""Of each measure of each slice: its value, the ends of its confidence interval, and of how many examples or tokens it is; NaN
where it is not known. A count is exact up to 2^24."""
WHOLE_SET = "all"
"""The slice of everything. Another is named "<what tells it>: <which>", such as "target_length: 5 to 9"; where two are crossed,
"<slice> & <slice>"."""
SLICE_SEPARATOR = ": "
SLICE_CROSSING = " & "
LOWER_IS_BETTER = ("log_loss", "perplexity", "in_context_score", "expected_calibration_error", "edit_distance")
"""Measures of which the lower is the better; of all others it is the higher."""
EVALUATION_SCALES = {
    "accuracy": 1.0,
    "balanced_accuracy": 1.0,
    "precision_micro": 1.0,
    "precision_macro": 1.0,
    "recall_micro": 1.0,
    "recall_macro": 1.0,
    "f1_micro": 1.0,
    "f1_macro": 1.0,
    "roc_auc": 1.0,
    "expected_calibration_error": 1.0,
    "exact_match": 1.0,
    "bleu": 100.0,
    "chrf": 100.0,
    "rouge1": 1.0,
    "rouge2": 1.0,
    "rougeL": 1.0,
}
"""The largest value of measures that have one; the least is 0. `records/evaluation/measures.py` defines them."""

EvaluationTask = Literal["classification", "token_labelling", "language_modelling", "sequence_to_sequence", "other"]
"""What the model does."""


@dataclass(frozen=True)
class EvaluationSetup:
    """What stays the same from record to record, stored once.

    Args:
        version: the oldest version of the format that tells all it holds.
        task: what the model does.
        slices: of each row of the measures, of which slice it is; the first is `WHOLE_SET`.
        measures: of each row, which measure it is, as scikit-learn, sacrebleu or rouge-score names it; that of one class is
            "<measure>/<class>".
        classes: what the rows and columns of the confusion matrices stand for.
        inputs: what each example that is kept was made from, "" where only its numbers are kept.
        references: what is right for it, "" where nothing is known.
        signatures: of measures that a library computes with choices, what it says of them, by measure.
        interval: how the intervals were made, as a sentence; "" for none.
        remarks: what that sentence says, if it is in `schema.remarks`.
    """

    version: int
    task: EvaluationTask
    slices: list[str]
    measures: list[str]
    classes: list[str]
    inputs: list[str]
    references: list[str]
    signatures: dict[str, str]
    interval: str
    remarks: list[Remark] = field(default_factory=list, metadata={"later": True})


@dataclass(frozen=True)
class EvaluationTexts:
    """What was predicted at one step.

    Args:
        version: the oldest version of the format that tells all it holds.
        texts: every prediction of an example once.
    """

    version: int
    texts: list[str]


@dataclass(frozen=True)
class EvaluationCurveHeader:
    """What a curve is.

    Args:
        by: what lies along it: "position" in the target, from 0, "source_length" or "target_length" in tokens, "confidence" of the
            prediction, whose curve of accuracy is the reliability diagram; or anything else by its name.
        measure: what its values are.
        slice: of which slice it is.
        mode: "teacher_forced" where each prediction follows what is right, "free_running" where it follows the model's own, ""
            where that makes no difference.
    """

    by: str
    measure: str
    slice: str
    mode: str


@dataclass(frozen=True)
class EvaluationHeader:
    """Blob 0 of an evaluation record.

    Args:
        version: the oldest version of the format that tells all it holds.
        kind: "evaluation".
        record: how many records this tag has had so far, this one counted.
        evaluated: how many examples were evaluated.
        curves: the curves.
        confusion: slices of which there is a confusion matrix.
        figures: index of the blob with their arrays, -1 for none.
        notes: what a reader should know about this record, as sentences.
        remarks: what those of the notes say that are in `schema.remarks`.
    """

    version: int
    kind: Literal["evaluation"]
    record: int
    evaluated: int
    curves: list[EvaluationCurveHeader]
    confusion: list[str]
    figures: int
    notes: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list, metadata={"later": True})
