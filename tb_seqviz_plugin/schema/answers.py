"""What the routes of the plugin answer with, other than the frames of a record."""

from __future__ import annotations

from dataclasses import dataclass

from tb_seqviz_plugin.schema.embeddings import EmbeddingsSetup
from tb_seqviz_plugin.schema.remarks import Remark


@dataclass(frozen=True)
class SeriesInfo:
    """One tag of one run, as route `series` lists it.

    Args:
        run: the run's name in TensorBoard.
        tag: the tag, `<kind>/<name>`.
        kind: what its records are.
        name: the tag without its kind.
        last_step: the newest step.
        last_wall_time: when it was written, in seconds since 1970.
    """

    run: str
    tag: str
    kind: str
    name: str
    last_step: int
    last_wall_time: float


@dataclass(frozen=True)
class SeriesList:
    """Answer of route `series`.

    Args:
        version: `SCHEMA_VERSION` of the server.
        series: every readable tag, by run and tag.
        newer: run and tag of those written by a newer version, as "run · tag"; they are not in `series`.
        damaged: runs of which TensorBoard cannot say what is in them, since their event files are damaged.
    """

    version: int
    series: list[SeriesInfo]
    newer: list[str]
    damaged: list[str]


@dataclass(frozen=True)
class StepList:
    """Answer of route `steps`.

    Args:
        steps: the steps that TensorBoard holds, rising.
        wall_times: when each was written, in seconds since 1970.
        blobs: the number of blobs of each.
    """

    steps: list[int]
    wall_times: list[float]
    blobs: list[int]


@dataclass(frozen=True)
class EmbeddingWords:
    """What route `labels` says of the vectors of a layer.

    Args:
        layer: names of the nested layers, joined by "/".
        since: the first step with these labels; those before are left out of all answers.
        rows: how many vectors there are.
        dimensions: the numbers in each, at the newest step.
        frequency: name of the column that says how often each occurs, "" where there is none.
        setup: what each stands for.
        notes: what a reader should know about the newest record, as sentences.
        remarks: what those of the notes say that are in `schema.remarks`.
    """

    layer: str
    since: int
    rows: int
    dimensions: int
    frequency: str
    setup: EmbeddingsSetup
    notes: list[str]
    remarks: list[Remark]


@dataclass(frozen=True)
class EmbeddingMapHeader:
    """What route `map` says of its points.

    Args:
        fitted: the map is made from so many vectors, the first ones.
        shares: how much of their variance each axis holds, from 0 to 1.
    """

    fitted: int
    shares: list[float]


@dataclass(frozen=True)
class Failure:
    """Body of every answer that is not a success.

    Args:
        error: one sentence: what was received, what was expected, what to do.
    """

    error: str
