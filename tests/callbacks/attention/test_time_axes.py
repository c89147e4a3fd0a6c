"""Axes that are time: through models of speech and their event files, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.writing_runs import warnings_of
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger

FRAMES = np.random.default_rng(0).standard_normal((1, 40, 3)).astype("float32")
WORDS = np.array([[3, 1, 2, 4, 5]])


def recogniser(kernel: int = 3, padding: str = "same") -> keras.Model:
    """Returns a model from frames to words that halves the frames twice, each time with attention over them."""
    audio, text = layers.Input((40, 3), name="audio"), layers.Input((5,), name="text")
    x = audio
    for number in (1, 2):
        x = layers.Conv1D(8, kernel, strides=2, padding=padding)(x)
        x = x + layers.MultiHeadAttention(2, 4, name=f"encoder_{number}")(x, x)
    y = layers.Embedding(9, 8)(text)
    y = y + layers.MultiHeadAttention(2, 4, name="decoder")(y, y, use_causal_mask=True)
    y = y + layers.MultiHeadAttention(2, 4, name="cross")(y, x)
    return keras.Model([audio, text], layers.Dense(9)(y))


def _layers(folder: Path, model: keras.Model, inputs: Any, **arguments: Any) -> dict[str, seqviz.AttentionLayer]:
    AttentionLogger(folder, inputs, model=model, **arguments).log(0)
    (record,) = seqviz.read(folder, "attention")
    return {layer.path: layer for layer in record.layers}


@pytest.mark.parametrize(("kernel", "padding"), [(3, "same"), (3, "valid")])
def test_convolutions_that_halve_the_frames_double_what_each_lasts(kernel: int, padding: str, tmp_path: Path) -> None:
    inputs = {"audio": FRAMES, "text": WORDS}
    found = _layers(tmp_path, recogniser(kernel, padding), inputs, axes={"audio": ("ms", 10)})
    units = {path: (layer.query_unit, layer.key_unit) for path, layer in found.items()}
    halved, quartered = ("ms", 20.0), ("ms", 40.0)
    assert units == {
        "encoder_1": (halved, halved),
        "encoder_2": (quartered, quartered),
        "decoder": (None, None),
        "cross": (None, quartered),
    }
    assert list(found["cross"].query_tokens) == ["3", "1", "2", "4", "5"]
    assert list(found["cross"].key_tokens) == []
    assert not any("shown by position" in note for layer in found.values() for note in layer.notes)


def test_frames_as_the_model_has_them_and_the_sides_of_every_layer(tmp_path: Path) -> None:
    audio = layers.Input((40, 3), name="audio")
    x = layers.Dense(8)(audio)
    model = keras.Model(audio, layers.MultiHeadAttention(2, 4, name="self")(x, x))
    (layer,) = _layers(tmp_path / "input", model, FRAMES, axes=("frames", 1)).values()
    assert (layer.query_unit, layer.key_unit) == (("frames", 1.0), ("frames", 1.0))
    assert (layer.query_axis, layer.key_axis) == ("time", "time")
    (layer,) = _layers(tmp_path / "side", model, FRAMES, axes={"keys": ("s", 0.01)}).values()
    assert (layer.query_unit, layer.key_unit) == (None, ("s", 0.01))


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        ({"video": ("ms", 10)}, "axes= has a unit for 'video'; expected one of 'queries', 'keys', 'audio', 'text'"),
        (
            {"audio": ("hours", 1)},
            "axes= has 'audio' as ('hours', 1); expected a unit, 'ms', 's', 'frames', and how much",
        ),
        ({"audio": ("ms", 0)}, "axes= has 'audio' as ('ms', 0); expected a unit"),
        ({"audio": ("ms", float("nan"))}, "axes= has 'audio' as ('ms', nan); expected a unit"),
        ({"audio": 12.5}, "axes= has 'audio' as 12.5; expected a unit"),
        (("ms", 10), "axes=('ms', 10); expected a dict"),
        ("ms", "axes='ms'; expected a dict, such as {'keys': ('ms', 12.5)}."),
    ],
)
def test_what_is_no_unit_is_refused_at_once(axes: Any, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        AttentionLogger(tmp_path, {"audio": FRAMES, "text": WORDS}, axes=axes)


def test_a_unit_that_nothing_has_is_told(tmp_path: Path) -> None:
    text = layers.Input((5,), name="text")
    x = layers.Embedding(9, 8)(text)
    model = keras.Model(text, layers.MultiHeadAttention(2, 4)(x, x))
    said = warnings_of(lambda: AttentionLogger(tmp_path, WORDS, model=model, axes={"keys": ("ms", 10)}).log(0))
    assert [each for each in said if each.startswith("axes= has units for 'keys', and no layer that is logged")]
