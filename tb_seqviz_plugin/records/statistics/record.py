"""What a record of statistics is in Python: numbers about the layers of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.arguments import as_float32, check_texts
from tb_seqviz_plugin.records.record import Record
from tb_seqviz_plugin.schema.statistics import STATISTICS

Float = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Statistics:
    """Numbers about the layers of a model at one step.

    Args:
        layers: paths of the layers.
        values: float32 [layers, statistics], in the order of `schema.statistics.STATISTICS`; NaN where there is nothing to measure.
        gradients_over_time: by path of a recurrent layer float32 [time], the norm of d loss / d state after each time step.
        examples: how many examples the probe batch had, 0 for none.
        update_steps: how many training steps `update_ratio` spans, 0 if unknown.
        histograms: by name, float64 [buckets, 3] of left edge, right edge and count, for TensorBoard's own tabs.
        notes: what a reader should know about these numbers, as sentences.

    Raises:
        ValueError: if the shapes do not fit.
    """

    layers: Sequence[str]
    values: Float
    gradients_over_time: Mapping[str, Float] = field(default_factory=dict)
    examples: int = 0
    update_steps: int = 0
    histograms: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        values = as_float32("values of the statistics", self.values, "[layers, statistics]")
        check_texts("layers of the statistics", self.layers, "paths")
        check_texts("notes of the statistics", self.notes, "sentences")
        object.__setattr__(self, "values", values)
        if values.shape != (len(self.layers), len(STATISTICS)):
            raise ValueError(
                f"The values have shape {list(values.shape)}; expected [{len(self.layers)}, {len(STATISTICS)}], a row per layer "
                "and a column per statistic."
            )
        for path in self.gradients_over_time:
            if path not in self.layers:
                raise ValueError(f"Gradients over time are given for {path!r}, which is not one of the layers.")

    def of(self, layer: str) -> dict[str, float]:
        """Returns the numbers of one layer by name, those that there are."""
        row = self.values[list(self.layers).index(layer)]
        return {name: float(value) for name, value in zip(STATISTICS, row, strict=True) if not np.isnan(value)}


@dataclass(frozen=True, eq=False)
class StatisticsRecord(Record):
    """What an event file holds about the layers of a model at one step.

    Args:
        run: the run, that is the folder below the log directory.
        tag: "statistics/<name>".
        step: the step at which it was logged.
        wall_time: when it was logged, in seconds since 1970.
        statistics: the numbers; its histograms are in TensorBoard's own tabs.
    """

    kind: ClassVar[str] = "statistics"
    statistics: Statistics

    @property
    def layers(self) -> Sequence[str]:
        """Paths of the layers, the rows of `values`."""
        return self.statistics.layers

    @property
    def values(self) -> Float:
        """float32 [layers, statistics], see `schema.statistics.STATISTICS`."""
        return self.statistics.values

    @property
    def gradients_over_time(self) -> Mapping[str, Float]:
        """By path of a recurrent layer float32 [time]."""
        return self.statistics.gradients_over_time

    @property
    def notes(self) -> Sequence[str]:
        """What a reader should know, as sentences."""
        return self.statistics.notes

    def of(self, layer: str) -> dict[str, float]:
        """Returns the numbers of one layer by name, those that there are."""
        return self.statistics.of(layer)
