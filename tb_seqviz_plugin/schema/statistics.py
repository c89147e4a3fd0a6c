"""Records of statistics.

A **statistics** record holds one step of the numbers that tell whether a model trains well, on one probe batch: blob 0,
`StatisticsHeader`, and where layers are recurrent a blob with, for place `i` of `StatisticsSetup.layers`:

    {i}.gradient_over_time  float32 [time]     norm of d loss / d state after each time step, over the examples and units

Its measures are a row per layer, `STATISTICS`; its setup is `StatisticsSetup`, without arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tb_seqviz_plugin.schema.remarks import Remark

STATISTICS = (
    "parameter_norm",
    "parameter_mean",
    "parameter_deviation",
    "parameter_zeros",
    "parameter_not_finite",
    "update_ratio",
    "gradient_norm",
    "gradient_mean",
    "gradient_deviation",
    "gradient_zeros",
    "gradient_not_finite",
    "activation_norm",
    "activation_mean",
    "activation_deviation",
    "activation_zeros",
    "activation_not_finite",
    "activation_saturated",
)
"""One number per layer and step, those of the layers in it included; NaN where there is nothing to measure.

parameter: of its trainable and other weights. gradient: of the loss on the probe batch by its trainable weights. activation: of
what it returned first for the probe batch, in all calls. Of each, over the finite numbers:
norm: the root of the sum of squares.
mean, deviation: the mean and the standard deviation (divided by n).
zeros: the share that is exactly 0.
not_finite: the share of all numbers that is NaN or infinite.
update_ratio: norm of what training changed in its trainable weights, over their norm before; `StatisticsHeader.update_steps`.
activation_saturated: the share of a bounded activation in the outer tenths of its range (sigmoid below 0.1 or above 0.9, tanh below
    -0.8 or above 0.8; Karpathy, Johnson, Fei-Fei, "Visualizing and Understanding Recurrent Networks", 2015, section 4.2), for LSTM
    and GRU of their gates.
"""


@dataclass(frozen=True)
class StatisticsSetup:
    """What stays the same from record to record, stored once.

    Args:
        version: the oldest version of the format that tells all it holds.
        layers: paths of the rows, those of `StructureHeader.nodes`.
    """

    version: int
    layers: list[str]


@dataclass(frozen=True)
class StatisticsHeader:
    """Blob 0 of a statistics record.

    Args:
        version: the oldest version of the format that tells all it holds.
        kind: "statistics".
        record: how many records this tag has had so far, this one counted.
        examples: how many examples the probe batch has, 0 for none.
        update_steps: how many training steps `update_ratio` spans, 0 where that is unknown.
        recurrent: places in `StatisticsSetup.layers` of those with `gradient_over_time`.
        over_time: index of the blob with these, -1 for none.
        notes: what a reader should know about this record, as sentences.
        remarks: what those of the notes say that are in `schema.remarks`.
    """

    version: int
    kind: Literal["statistics"]
    record: int
    examples: int
    update_steps: int
    recurrent: list[int]
    over_time: int
    notes: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list, metadata={"later": True})
