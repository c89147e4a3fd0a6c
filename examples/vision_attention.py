"""Learns to name shapes with a small vision Transformer, and logs where its class token looks.

    python examples/vision_attention.py
    tensorboard --logdir logs

The model is that of Dosovitskiy et al., "An image is worth 16x16 words" (ICLR 2021), small: each image is cut into patches, a
class token is put before them, and what becomes of it names the shape. The images are drawn: a disc, a square or a cross on
noise, anywhere. Where the shape is, nobody tells the model. Its class token finds out to look there, and the log has the images
beside the weights, step by step.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers, ops

import tb_seqviz_plugin
from tb_seqviz_plugin.callbacks import Geometric, SeqViz

SHAPES = ("disc", "square", "cross")
SIDE = 24
PATCH = 4
GRID = SIDE // PATCH
UNITS = 32
HEADS = 2
BLOCKS = 2
BATCH_SIZE = 64
LEARNING_RATE = 3e-3
HELD_OUT = 256
LOOKED_AT = 4

# ---------------------------------------------------------------------------------------------------------------- data


def draw(count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws images with a shape each.

    Returns:
        images float32 [count, SIDE, SIDE, 1] between 0 and 1, which shape each shows, int32 [count], and where it is, bool
        [count, SIDE, SIDE].
    """
    kinds = generator.integers(len(SHAPES), size=count).astype("int32")
    size = generator.integers(4, 7, size=(count, 1, 1))
    centre = generator.integers(6, SIDE - 6, size=(2, count, 1, 1))
    down, right = np.mgrid[:SIDE, :SIDE][:, None] - centre
    inside = np.maximum(abs(down), abs(right)) < size
    forms = np.stack([down**2 + right**2 < size**2, inside, inside & (np.minimum(abs(down), abs(right)) < 2)])
    where = forms[kinds, np.arange(count)]
    images = np.clip(where * 0.8 + generator.normal(0.1, 0.1, size=where.shape), 0, 1)
    return images.astype("float32")[..., None], kinds, where


def patches_of(where: np.ndarray) -> np.ndarray:
    """Returns which patches a shape touches, bool [images, patches]."""
    cut = where.reshape(len(where), GRID, PATCH, GRID, PATCH)
    return cut.any(axis=(2, 4)).reshape(len(where), -1)


# --------------------------------------------------------------------------------------------------------------- model


class Tokens(layers.Layer):
    """Patches as tokens with their positions, a class token before them."""

    def __init__(self) -> None:
        super().__init__(name="tokens")
        self.patches = layers.Conv2D(UNITS, PATCH, strides=PATCH, name="patches")

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the class token and the positions."""
        self.patches.build(shape)
        self.class_token = self.add_weight(shape=(1, 1, UNITS), initializer="random_normal", name="class_token")
        self.positions = self.add_weight(shape=(1, 1 + GRID**2, UNITS), initializer="random_normal", name="positions")

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """Returns tokens [batch, 1 + patches, UNITS]."""
        found = ops.reshape(self.patches(images), (-1, GRID**2, UNITS))
        first = ops.broadcast_to(self.class_token, (ops.shape(found)[0], 1, UNITS))
        return ops.concatenate([first, found], axis=1) + self.positions


def build() -> keras.Model:
    """Returns a new vision Transformer, compiled: images [batch, SIDE, SIDE, 1] to the logits of their shapes."""
    images = keras.Input((SIDE, SIDE, 1))
    x = Tokens()(images)
    for number in range(1, BLOCKS + 1):
        normal = layers.LayerNormalization()(x)
        x += layers.MultiHeadAttention(HEADS, UNITS // HEADS, name=f"attention_{number}")(normal, normal)
        x += layers.Dense(UNITS)(layers.Dense(2 * UNITS, activation="gelu")(layers.LayerNormalization()(x)))
    model = keras.Model(images, layers.Dense(len(SHAPES), name="logits")(layers.LayerNormalization()(x[:, 0])))
    model.compile(
        keras.optimizers.Adam(LEARNING_RATE),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


# ---------------------------------------------------------------------------------------------------------------- main


@dataclass(frozen=True)
class Result:
    """What a run found out.

    Args:
        accuracy: share of the images held out that are named right.
        on_shape: share of the class token's weight that lies on patches that the shape touches, in the head that looks there
            most, mean of the images looked at.
        area: share of the patches that the shape touches.
    """

    accuracy: float
    on_shape: float
    area: float


def main(arguments: Sequence[str] | None = None) -> Result:
    """Trains a vision Transformer and reads back from the log where it looked.

    Args:
        arguments: words of the command line; None for those of this process.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=4096, help="how many to draw")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--log-dir", type=Path, default=Path("logs/vision"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(options.seed)
    images, kinds, where = draw(options.images + HELD_OUT, np.random.default_rng(options.seed))
    held_out = images[:HELD_OUT], kinds[:HELD_OUT]

    model = build()
    seqviz = SeqViz(
        options.log_dir,
        held_out[0][:LOOKED_AT],
        targets=held_out[1][:LOOKED_AT],
        schedule=Geometric(1.3),
        max_overhead=None,
    )
    model.fit(
        images[HELD_OUT:],
        kinds[HELD_OUT:],
        validation_data=held_out,
        batch_size=BATCH_SIZE,
        epochs=options.epochs,
        verbose=2,
        callbacks=[keras.callbacks.TensorBoard(options.log_dir), seqviz],
    )

    accuracy = float(model.evaluate(*held_out, verbose=0, return_dict=True)["accuracy"])
    touched = patches_of(where[:LOOKED_AT])
    newest = {record.tag: record for record in tb_seqviz_plugin.read(options.log_dir, "attention")}
    on_shape = []
    for example, on in enumerate(touched):
        layer = newest[f"attention/probe/{example}"].layers[-1]
        on_shape.append(layer.weights[:, 0, 1:][:, on].sum(axis=-1).max())
    result = Result(accuracy, float(np.mean(on_shape)), float(touched.mean()))
    print(
        f"\nImages held out that are named right: {result.accuracy:.0%}. The shape touches {result.area:.0%} of the patches, and "
        f"the class token puts {result.on_shape:.0%} of its weight there.\n"
        f"To look at it:  tensorboard --logdir {options.log_dir.parent}"
    )
    return result


if __name__ == "__main__":
    main()
