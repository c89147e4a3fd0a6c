"""What a layer is called: the names of the layers around it and its own."""

from __future__ import annotations

import keras

from tb_seqviz_plugin.callbacks.model.tap import Frame


def path_of(frame: Frame | None, model: keras.Model) -> str:
    """Returns the names of the layers below the model, joined by "/"; for the model itself its name."""
    names: list[str] = []
    while frame is not None and frame.parent is not None:
        names.append(frame.layer.name)
        frame = frame.parent
    return "/".join(reversed(names)) or model.name


def escape(name: str) -> str:
    """Returns a layer's name without the character that parts the names of a path."""
    return name.replace("/", "∕")
