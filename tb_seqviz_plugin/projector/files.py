"""What TensorBoard's built-in Projector reads, in a folder of its own per snapshot; no TensorFlow on either side."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from google.protobuf import text_format
from tensorboard.plugins.projector.projector_config_pb2 import EmbeddingInfo, ProjectorConfig

from tb_seqviz_plugin.log.event_file import create_event_file, event_path
from tb_seqviz_plugin.projector.sprite import SpriteFiles
from tb_seqviz_plugin.records.embeddings.record import Float

MOST_ROWS = 100_000
"""The Projector draws no more points."""
LONGEST_LABEL = 200

_CONFIG = "projector_config.pbtxt"
_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, eq=False)
class Cloud:
    """What the Projector shows of one layer.

    Args:
        name: of the layer, unlike that of any other cloud of the snapshot.
        vectors: float32 [rows, dimensions].
        labels: one per vector.
        columns: what else is known of each, by name.
        images: uint8 [rows, height, width] or [rows, height, width, 3], None if there are none.
    """

    name: str
    vectors: Float
    labels: Sequence[str]
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    images: npt.NDArray[np.uint8] | None = None


Store = Callable[[Path, Sequence[Cloud]], Sequence[EmbeddingInfo]]
"""Writes the vectors of clouds into a folder and returns where the Projector finds each."""


def write_snapshot(folder: Path, clouds: Sequence[Cloud], store: Store, sprites: SpriteFiles | None = None) -> None:
    """Writes a run that the Projector shows: a running TensorBoard notices new runs, and nothing else that changes.

    Vectors that are not finite are left out, since the Projector then shows none at all.

    Args:
        folder: the run's folder, made if it is missing.
        clouds: what to show; nothing is written if there is no finite vector.
        store: writes the vectors: `store_bytes`, `store_tsv` or another.
        sprites: writes the images; None to write them anew.
    """
    clouds = [cloud for cloud in map(_finite, clouds) if len(cloud.vectors)]
    if not clouds:
        return
    sprites = sprites or SpriteFiles()
    folder.mkdir(parents=True, exist_ok=True)
    config = ProjectorConfig()
    for number, (cloud, info) in enumerate(zip(clouds, store(folder, clouds), strict=True)):
        info.metadata_path = f"metadata_{number}.tsv"
        (folder / info.metadata_path).write_bytes(_metadata(cloud))
        if cloud.images is not None:
            info.sprite.image_path = f"sprite_{number}.png"
            size = sprites.write(cloud.name, folder / info.sprite.image_path, cloud.images)
            info.sprite.single_image_dim.extend(size)
        config.embeddings.append(info)
    (folder / _CONFIG).write_text(text_format.MessageToString(config), encoding="utf-8")
    # Last, since from now on it is a run.
    if not any(folder.glob("*tfevents*")):
        create_event_file(event_path(folder)).close()


def read_snapshot(folder: Path) -> dict[str, tuple[list[str], Float]]:
    """Returns labels, as `shown_labels` gives them, and vectors of what a snapshot shows, by name.

    What is damaged or gone is left out, and so is what only TensorFlow reads.
    """
    found: dict[str, tuple[list[str], Float]] = {}
    try:
        config = text_format.Parse((folder / _CONFIG).read_text(encoding="utf-8"), ProjectorConfig())
        for info in config.embeddings:
            path = folder / info.tensor_path
            if path.suffix == ".bytes":
                vectors = np.fromfile(path, "<f4").reshape(info.tensor_shape)
            elif path.suffix == ".tsv":
                vectors = np.loadtxt(path, np.float32, delimiter="\t", ndmin=2)
            else:
                continue
            lines = (folder / info.metadata_path).read_text(encoding="utf-8").removesuffix("\n").split("\n")
            if "\t" in lines[0]:
                lines = [line.partition("\t")[0] for line in lines[1:]]
            if len(lines) == len(vectors):
                found[info.tensor_name] = (lines, vectors)
    except (OSError, ValueError, text_format.ParseError):
        pass
    return found


def shown_labels(cloud: Cloud) -> list[str]:
    """Returns the labels as the Projector shows them."""
    # Tokens may hold lone surrogates (bytes that no one could decode), which UTF-8 cannot carry.
    labels = (describe(label, row) for row, label in enumerate(cloud.labels))
    return [label.encode("utf-8", errors="backslashreplace").decode() for label in labels]


def remove_snapshot(folder: Path) -> None:
    """Removes a snapshot's run, first of all what tells a running TensorBoard to read the rest."""
    (folder / _CONFIG).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def store_bytes(folder: Path, clouds: Sequence[Cloud]) -> list[EmbeddingInfo]:
    """Writes vectors as float32, little endian; they come back exactly, but for what `_never_text` says."""
    infos = []
    for number, cloud in enumerate(clouds):
        path = folder / f"vectors_{number}.bytes"
        path.write_bytes(_never_text(cloud.vectors))
        infos.append(_info(cloud, path))
    return infos


def store_tsv(folder: Path, clouds: Sequence[Cloud]) -> list[EmbeddingInfo]:
    """Writes vectors as text with six significant digits: more than twice as large, and far slower to read."""
    infos = []
    for number, cloud in enumerate(clouds):
        path = folder / f"vectors_{number}.tsv"
        line = "\t".join(["%.6g"] * cloud.vectors.shape[1])
        path.write_text("".join(line % tuple(row) + "\n" for row in cloud.vectors.tolist()), encoding="utf-8")
        infos.append(_info(cloud, path))
    return infos


def describe(label: str, row: int) -> str:
    """Returns a label as the Projector can show it: on one line, of a length that can be read, and never empty.

    It skips lines without any text, so that all labels after one would stand at the wrong points.

    >>> describe("a\\tb", 0), describe(" ", 7)
    ('a\\\\tb', '[7]')
    """
    text = label.translate(_ESCAPES)
    if not text.strip().strip("\ufeff"):
        return f"[{row}]"
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def _finite(cloud: Cloud) -> Cloud:
    usable = np.isfinite(cloud.vectors).all(axis=1)
    if usable.all():
        return cloud
    rows: list[int] = np.flatnonzero(usable).tolist()
    return replace(
        cloud,
        vectors=cloud.vectors[rows],
        labels=[cloud.labels[row] for row in rows],
        columns={name: [values[row] for row in rows] for name, values in cloud.columns.items()},
        images=None if cloud.images is None else cloud.images[rows],
    )


def _metadata(cloud: Cloud) -> bytes:
    """Returns a line per vector; a single column may have no heading."""
    labels = shown_labels(cloud)
    if not cloud.columns:
        lines = labels
    else:
        columns = [
            [describe(name, number), *map(_cell, values)] for number, (name, values) in enumerate(cloud.columns.items())
        ]
        name = "label" if "label" not in cloud.columns else "label of the vector"
        lines = ["\t".join(cells) for cells in zip([name, *labels], *columns, strict=True)]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", errors="backslashreplace")


def _cell(value: str) -> str:
    return value.translate(_ESCAPES)[:LONGEST_LABEL]


def _info(cloud: Cloud, path: Path) -> EmbeddingInfo:
    return EmbeddingInfo(tensor_name=cloud.name, tensor_shape=list(cloud.vectors.shape), tensor_path=path.name)


def _never_text(vectors: Float) -> bytes:
    """Returns the bytes of vectors; of one file in a hundred the first number is up to 0.0008 % off.

    The Projector takes a file for text until a line of it cannot be decoded. Bytes that could be, such as those of zeros,
    would end it with an error, for all runs. So there the first byte is made one that begins no character.
    """
    changed = vectors.astype("<f4")
    data = changed.tobytes()
    try:
        data.partition(b"\n")[0].decode()
    except UnicodeDecodeError:
        return data
    first = changed[:1, :1].view("<u4")
    bits = int(first[0, 0])
    for distance in sorted(range(-128, 129), key=abs):
        if 0 <= bits + distance < 1 << 32 and _begins_no_character((bits + distance) & 0xFF):
            first[0, 0] = bits + distance
            if np.isfinite(changed[0, 0]):
                break
    return changed.tobytes()


def _begins_no_character(byte: int) -> bool:
    return 0x80 <= byte <= 0xC1 or byte >= 0xF5
