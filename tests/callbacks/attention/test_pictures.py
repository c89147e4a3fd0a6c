"""Images of a probe: those of the inputs or those given, and what does not fit."""

from __future__ import annotations

import re
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger
from tb_seqviz_plugin.callbacks.attention.pictures import Pictures

INPUT = {"images": np.zeros((2, 24, 24, 1))}


def test_an_input_of_images_is_taken() -> None:
    (image, _) = Pictures(None).of_examples(INPUT, [37, 37]) or []
    assert (image.rows, image.columns, image.first, image.width) == (6, 6, 1, 24)
    assert Pictures(None).of_examples(INPUT, [31]) is None
    assert Pictures(None).of_examples({"tokens": np.zeros((2, 37))}, [37]) is None


def test_images_that_stay_are_compressed_once() -> None:
    pictures = Pictures(None)
    (first, _), (again, _) = (pictures.of_examples(INPUT, [37]) or [] for _ in range(2))
    assert again is first
    (other, _) = pictures.of_examples({name: array.copy() for name, array in INPUT.items()}, [37]) or []
    assert other is not first


def test_images_are_given_beside_their_patches() -> None:
    given = np.zeros((2, 24, 24, 3))
    (image, _) = Pictures((given, (4, 9))).of_examples({"patches": np.zeros((2, 36, 5))}, [37]) or []
    assert (image.rows, image.columns, image.first) == (4, 9, 1)


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (
            np.zeros((2, 24, 24, 5)),
            "images= is of float64 and shape [2, 24, 24, 5]; expected numbers [examples, height, width] or",
        ),
        (
            (np.zeros((2, 24, 24)), 6),
            "images= is a tuple of ndarray, int; expected numbers [examples, height, width] or",
        ),
        (np.full((2, 24, 24), np.nan), "images= holds no finite number"),
        (
            (np.zeros((2, 24, 24)), (6,)),
            "images= has (6,) for the rows and columns of patches; expected two whole numbers",
        ),
    ],
)
def test_what_are_no_images_is_refused(images: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        Pictures(images)


@pytest.mark.parametrize("images", [np.zeros((3, 24, 24)), (np.zeros((2, 24, 24)), (9, 9))])
def test_images_that_fit_nothing_are_told(images: object) -> None:
    with pytest.raises(
        ValueError, match=r"images= holds \d images of 24 x 24 pixels.* and attention runs along 37 tokens"
    ):
        Pictures(images).of_examples(INPUT, [37, 37])


def test_words_beside_an_image_are_no_patches(tmp_path: Path) -> None:
    image, caption = layers.Input((24, 24, 1), name="image"), layers.Input((12,), name="caption")
    patches = layers.Dense(8)(layers.Reshape((16, 36))(image))
    x = layers.Embedding(9, 8)(caption)
    x = x + layers.MultiHeadAttention(1, 8)(x, x, use_causal_mask=True)
    model = keras.Model({"image": image, "caption": caption}, layers.MultiHeadAttention(1, 8)(x, patches))
    inputs = {"image": np.random.default_rng(0).random((1, 24, 24, 1)), "caption": np.arange(12)[None] % 9}
    AttentionLogger(tmp_path, inputs, model=model).log(0)
    (record,) = seqviz.read(tmp_path, "attention")
    ((image_of,),) = [record.images]
    assert (image_of.rows, image_of.columns, image_of.first) == (4, 4, 0)
