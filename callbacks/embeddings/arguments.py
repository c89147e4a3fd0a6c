"""What `EmbeddingLogger` is given, checked before training begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.arguments import whole_number
from tb_seqviz_plugin.callbacks.embeddings.labels import check_labels
from tb_seqviz_plugin.callbacks.model.batch import parse_batch
from tb_seqviz_plugin.projector.sprite import Image


@dataclass(frozen=True, eq=False)
class Output:
    """The labelled examples on which a layer's output is looked at."""

    layer: str
    inputs: Any
    labels: Any


def checked_rows(rows: Any) -> dict[str, list[int | str]] | list[int | str]:
    """Returns numbers and labels of rows as a list, or such lists by pattern of a layer; raises a ValueError for anything else."""
    if isinstance(rows, Mapping):
        return {str(pattern): _as_rows(each) for pattern, each in rows.items()}
    return _as_rows(rows)


def _as_rows(rows: Any) -> list[int | str]:
    listed: Any = [] if rows is None else rows.tolist() if isinstance(rows, np.ndarray) else rows
    if isinstance(listed, str) or whole_number(listed) is not None:
        listed = [listed]
    if not isinstance(listed, Iterable):
        raise ValueError(f"skip_rows is {rows!r}; expected numbers of rows or labels, such as (0, '[UNK]').")
    checked: list[int | str] = []
    for row in listed:
        number = whole_number(row)
        if not isinstance(row, str) and (number is None or number < 0):
            raise ValueError(f"skip_rows holds {row!r}; expected numbers of rows or labels, such as (0, '[UNK]').")
        checked.append(row if number is None else number)
    return checked


def checked_sprites(sprites: Any) -> dict[str, Image]:
    """Returns images by layer, "*" for all; raises a ValueError for anything else."""
    if sprites is None:
        return {}
    by_path = sprites if isinstance(sprites, Mapping) else {"*": sprites}
    return {path: _as_image(images) for path, images in by_path.items()}


def _as_image(images: Any) -> Image:
    array = np.asarray(images)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if (
        array.dtype.kind not in "uif"
        or not (array.ndim == 3 or (array.ndim == 4 and array.shape[3] == 3))
        or 0 in array.shape
    ):
        raise ValueError(
            f"The sprites are an array of shape {list(array.shape)} and type {array.dtype}; expected images as numbers, "
            "[rows, height, width] or [rows, height, width, 3]."
        )
    if array.dtype.kind == "f":
        array = np.nan_to_num(array)
        # What goes beyond 1 is meant to go to 255.
        array = array * 255 if array.max() <= 1 else array
    result: npt.NDArray[np.uint8] = np.clip(np.rint(array), 0, 255).astype(np.uint8)
    return result


def checked_outputs(outputs: Any) -> list[Output]:
    """Returns the layers whose outputs are asked for; raises a ValueError for anything else."""
    if outputs is None:
        return []
    if not isinstance(outputs, Mapping) or not outputs:
        raise ValueError(f"The outputs are {outputs!r}; expected a dict such as {{'dense': (inputs, labels)}}.")
    checked = []
    for layer, pair in outputs.items():
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(
                f"The outputs of layer {layer!r} are given {type(pair).__name__}; expected (inputs, labels)."
            )
        inputs, labels = pair
        if isinstance(labels, np.ndarray) or (isinstance(labels, Sequence) and not isinstance(labels, str)):
            labels = [each if isinstance(each, str | bytes) else str(each) for each in np.asarray(labels).tolist()]
        check_labels(labels)
        checked.append(
            Output(str(layer), parse_batch(inputs, f"The inputs for the outputs of layer {layer!r}"), labels)
        )
    return checked
