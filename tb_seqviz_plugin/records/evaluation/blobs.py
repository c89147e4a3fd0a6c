"""The evaluation record as the blobs and series that `schema/` lays out, and back."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.evaluation.record import (
    Evaluation,
    EvaluationCurve,
    EvaluationExample,
    EvaluationRecord,
    EvaluationRow,
)
from tb_seqviz_plugin.records.probability_codes import decode_probabilities, encode_probabilities
from tb_seqviz_plugin.records.remarks import remarks_in, with_remarks
from tb_seqviz_plugin.schema import BASE_VERSION
from tb_seqviz_plugin.schema.evaluation import (
    EVALUATION_COLUMNS,
    WHOLE_SET,
    EvaluationCurveHeader,
    EvaluationHeader,
    EvaluationSetup,
    EvaluationTexts,
)
from tb_seqviz_plugin.wire.frame import (
    Array,
    Frame,
    array_of,
    checked_header,
    decode_blob,
    decode_frame,
    decode_header,
    decoder,
    encode_frame,
    narrowest,
)
from tb_seqviz_plugin.wire.header import read_header
from tb_seqviz_plugin.wire.payload import Encoded

_UINT = np.unsignedinteger
_UNKNOWN = 255
_OF_CURVES = ("x", "value", "low", "high")


@dataclass(frozen=True)
class EvaluationPayload:
    """An evaluation on its way to the event file.

    Args:
        evaluation: how well the model does.
    """

    kind: ClassVar[str] = EvaluationRecord.kind
    evaluation: Evaluation

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored, and the measures of everything as scalars, too."""
        return encode_evaluation(self.evaluation, tag=tag, record=record)


def encode_evaluation(evaluation: Evaluation, *, tag: str, record: int = 1) -> Encoded:
    """Returns the blobs of a record, its series and its scalars.

    Args:
        evaluation: how well the model does.
        tag: the record's tag, for the scalars.
        record: how many records the tag has had so far, this one counted.
    """
    table, examples = evaluation.table, evaluation.examples
    figures = _figures_of(evaluation)
    header = EvaluationHeader(
        version=BASE_VERSION,
        kind="evaluation",
        record=record,
        evaluated=evaluation.evaluated,
        curves=[EvaluationCurveHeader(curve.by, curve.measure, curve.slice, curve.mode) for curve in evaluation.curves],
        confusion=list(evaluation.confusion),
        figures=1 if figures else -1,
        notes=list(evaluation.notes),
        remarks=remarks_in(evaluation.notes),
    )
    setup = EvaluationSetup(
        version=BASE_VERSION,
        task=evaluation.task,
        slices=[row.slice for row in table],
        measures=[row.measure for row in table],
        classes=list(evaluation.classes),
        inputs=[example.inputs for example in examples],
        references=[example.reference for example in examples],
        signatures=dict(evaluation.signatures),
        interval=evaluation.interval,
        remarks=remarks_in([evaluation.interval]),
    )
    places: dict[str, int] = {}
    said = {
        "prediction": narrowest([places.setdefault(example.prediction, len(places)) for example in examples]),
        "correct": np.array(
            [_UNKNOWN if example.correct is None else example.correct for example in examples], np.uint8
        ),
        "probability": encode_probabilities([example.probability for example in examples]),
    }
    values = [[getattr(row, column) for column in EVALUATION_COLUMNS] for row in table]
    return Encoded(
        blobs=[encode_frame({}, header), *([encode_frame(figures)] if figures else [])],
        beside={
            "measures": np.array(values, np.float32),
            "texts": encode_frame(said, EvaluationTexts(BASE_VERSION, list(places)), repetitive=True),
        },
        setup=encode_frame(_places_of(examples, setup.slices), setup, repetitive=True),
        scalars={
            f"{tag}/{row.measure}": row.value for row in table if row.slice == WHOLE_SET and not math.isnan(row.value)
        },
    )


def _figures_of(evaluation: Evaluation) -> dict[str, Array]:
    """Returns the arrays of curves and confusion matrices."""
    arrays: dict[str, Array] = {}
    for place, curve in enumerate(evaluation.curves):
        none = np.full(len(curve.x), np.nan, np.float32)
        for name in _OF_CURVES:
            values = getattr(curve, name)
            arrays[f"{place}.{name}"] = values if len(values) else none
        arrays[f"{place}.count"] = narrowest(curve.count if len(curve.count) else np.zeros(len(curve.x)))
    for place, matrix in enumerate(evaluation.confusion.values()):
        arrays[f"confusion.{place}"] = narrowest(matrix)
    return arrays


def _places_of(examples: Sequence[EvaluationExample], slices: Sequence[str]) -> dict[str, Array]:
    """Returns where the examples are in the data set, and in which slices."""
    names = list(dict.fromkeys(slices))
    member = np.zeros((len(examples), len(names)), np.uint8)
    columns = {name: place for place, name in enumerate(names)}
    for row, example in zip(member, examples, strict=True):
        row[[columns[name] for name in (WHOLE_SET, *example.slices) if name in columns]] = 1
    index = [place if example.index < 0 else example.index for place, example in enumerate(examples)]
    return {"index": narrowest(index), "member": member}


@decoder
def decode_evaluation(
    blobs: Sequence[bytes], texts: bytes, setup: bytes, measures: npt.NDArray[np.float32]
) -> Evaluation:
    """Returns how well a model does; the reverse of `encode_evaluation`.

    Raises:
        FrameError: if the bytes are damaged or of a newer version.
    """
    header = read_header(EvaluationHeader, decode_header(blobs[0]))
    stays, now = decode_frame(setup), decode_frame(texts)
    said = read_header(EvaluationSetup, checked_header(stays.header))
    figures = decode_blob(blobs, header.figures) if header.figures >= 0 else {}
    if measures.shape != (len(said.measures), len(EVALUATION_COLUMNS)):
        raise ValueError(f"measures of shape {measures.shape} for {len(said.measures)} rows")
    count = len(said.classes)
    [interval] = with_remarks([said.interval], said.remarks)
    return Evaluation(
        table=[
            EvaluationRow(slice, measure, *values)
            for slice, measure, values in zip(said.slices, said.measures, measures.tolist(), strict=True)
        ],
        examples=_examples_of(stays, now, said),
        curves=[_curve_of(figures, place, curve) for place, curve in enumerate(header.curves)],
        confusion={
            name: array_of(figures, f"confusion.{place}", _UINT, [count, count]).astype(np.int64)
            for place, name in enumerate(header.confusion)
        },
        classes=said.classes,
        task=said.task,
        signatures=said.signatures,
        interval=interval,
        evaluated=header.evaluated,
        notes=tuple(with_remarks(header.notes, header.remarks)),
    )


def _examples_of(stays: Frame, now: Frame, setup: EvaluationSetup) -> list[EvaluationExample]:
    texts = read_header(EvaluationTexts, checked_header(now.header)).texts
    names = list(dict.fromkeys(setup.slices))
    count = len(setup.inputs)
    index = array_of(stays.arrays, "index", _UINT, [count])
    member = array_of(stays.arrays, "member", np.uint8, [count, len(names)])
    predictions = array_of(now.arrays, "prediction", _UINT, [count])
    correct = array_of(now.arrays, "correct", np.uint8, [count])
    probabilities = decode_probabilities(array_of(now.arrays, "probability", np.uint8, [2, count]))
    return [
        EvaluationExample(
            inputs=inputs,
            reference=reference,
            prediction=texts[prediction],
            correct=None if is_correct == _UNKNOWN else bool(is_correct),
            probability=probability,
            slices=tuple(names[column] for column in np.flatnonzero(row) if names[column] != WHOLE_SET),
            index=place,
        )
        for inputs, reference, prediction, is_correct, probability, row, place in zip(
            setup.inputs,
            setup.references,
            predictions.tolist(),
            correct.tolist(),
            probabilities.tolist(),
            member,
            index.tolist(),
            strict=True,
        )
    ]


def _curve_of(figures: dict[str, Array], place: int, header: EvaluationCurveHeader) -> EvaluationCurve:
    x = array_of(figures, f"{place}.x", np.float32, [None])
    value, low, high = (array_of(figures, f"{place}.{name}", np.float32, x.shape) for name in _OF_CURVES[1:])
    count = array_of(figures, f"{place}.count", _UINT, x.shape).astype(np.int64)
    return EvaluationCurve(**dataclasses.asdict(header), x=x, value=value, count=count, low=low, high=high)


@decoder
def evaluation_fields(stored: Encoded) -> dict[str, Any]:
    """Returns the fields of an `EvaluationRecord` but its place."""
    texts, setup = stored.part("texts", bytes), stored.part("setup", bytes)
    evaluation = decode_evaluation(stored.blobs, texts, setup, stored.part("measures", np.ndarray))
    return {each.name: getattr(evaluation, each.name) for each in dataclasses.fields(evaluation)}
