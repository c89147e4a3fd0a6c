"""Vectors as a TensorFlow checkpoint, the way of TensorFlow's own tutorial on the Projector."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import tensorflow as tf
from tensorboard.plugins.projector.projector_config_pb2 import EmbeddingInfo

from tb_seqviz_plugin.projector.files import Cloud


def store_checkpoint(folder: Path, clouds: Sequence[Cloud]) -> list[EmbeddingInfo]:
    """Writes vectors as `tf.train.Checkpoint(embedding=...)`; of several layers each under its own name.

    The Projector reads them only where TensorFlow is installed beside TensorBoard.
    """
    names: list[str] = []
    for number, cloud in enumerate(clouds):
        name = re.sub(r"\W", "_", cloud.name) if len(clouds) > 1 else "embedding"
        names.append(name if name not in names else f"{name}_{number}")
    variables = {name: tf.Variable(cloud.vectors) for name, cloud in zip(names, clouds, strict=True)}
    tf.train.Checkpoint(**variables).save(str(folder / "embedding.ckpt"))
    return [
        EmbeddingInfo(tensor_name=f"{name}/.ATTRIBUTES/VARIABLE_VALUE", tensor_shape=list(cloud.vectors.shape))
        for name, cloud in zip(names, clouds, strict=True)
    ]
