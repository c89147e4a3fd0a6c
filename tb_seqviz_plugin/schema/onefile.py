"""What one HTML file holds beside its frames, as `server/onefile` writes it and the page in the file reads it."""

from __future__ import annotations

from dataclasses import dataclass

from tb_seqviz_plugin.schema.answers import SeriesList, StepList


@dataclass(frozen=True)
class FileTag:
    """One tag of one run. A place is [chunk, from, to] in bytes of what the chunk holds; to -1 for its end; [] where it is damaged.

    Args:
        run: the run's name in TensorBoard.
        tag: the tag, `<kind>/<name>`.
        steps: answer of route `steps`.
        blobs: for each step the places of its blobs.
        frames: places of the answers of `measures`, `texts`, `alarms`, `labels` and `map`, by route, those that there are.
        failures: why something is damaged, as a sentence: by route, or by step and index, such as "12/3".
    """

    run: str
    tag: str
    steps: StepList
    blobs: list[list[list[int]]]
    frames: dict[str, list[int]]
    failures: dict[str, str]


@dataclass(frozen=True)
class FileIndex:
    """What is in the file.

    Args:
        series: answer of route `series`.
        tags: of each series.
        scalars: wall time, step and value of the losses, by run and tag.
    """

    series: SeriesList
    tags: list[FileTag]
    scalars: dict[str, dict[str, list[list[float]]]]
