"""What the Projector is handed, as a value among the arguments of EmbeddingLogger."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.arguments import whole
from tb_seqviz_plugin.callbacks.embeddings.arguments import checked_sprites
from tb_seqviz_plugin.callbacks.old_names import Moved
from tb_seqviz_plugin.projector.files import Store, store_bytes, store_tsv

_STORES: dict[str, Store] = {
    "bytes": store_bytes,
    "tsv": store_tsv,
    "checkpoint": lambda folder, clouds: backends.checkpoint().store_checkpoint(folder, clouds),
}


@dataclass(frozen=True, eq=False)
class ProjectorOptions:
    """How TensorBoard's Projector is set up.

    Args:
        most_snapshots: how many snapshots it is left, an even number.
        format: how vectors are stored for it: "bytes"; "tsv", text that other programs read; or "checkpoint", a TensorFlow
            checkpoint, which needs TensorFlow beside TensorBoard.
        sprites: images to draw as the points, [rows, height, width] or [rows, height, width, 3], of numbers from 0 to 255 or, of
            floats, to 1; a dict by path where there are several.

    Raises:
        ValueError: if one of them is none of these.

    >>> ProjectorOptions(most_snapshots=50).format
    'bytes'
    """

    most_snapshots: int = 20
    format: str = "bytes"
    sprites: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "most_snapshots", whole("most_snapshots", self.most_snapshots, 2, ValueError))
        if self.format not in _STORES:
            raise ValueError(f"The format is {self.format!r}; expected one of {', '.join(map(repr, _STORES))}.")
        if self.format == "checkpoint" and importlib.util.find_spec("tensorflow") is None:
            raise ValueError("The format is 'checkpoint', and TensorFlow is not installed; expected 'bytes' or 'tsv'.")
        object.__setattr__(self, "sprites", checked_sprites(self.sprites))

    @property
    def store(self) -> Store:
        """What writes vectors in this format."""
        return _STORES[self.format]


OLD_NAMES = (Moved.to_fields(ProjectorOptions, ("most_snapshots", "format", "sprites"), "projector"),)
