"""What a model takes and returns is found out by calling it, whatever its inputs and outputs are called."""

from __future__ import annotations

import warnings
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.generation.generator import Generator
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.callbacks.generation.text_model import TextModel

VOCABULARY = 7


def encoder_decoder(text: str, source: str, length: int | None, per_position: bool, text_first: bool) -> keras.Model:
    inputs = {name: layers.Input((length,), name=name) for name in (text, source)}
    _, state = layers.GRU(4, return_state=True)(layers.Embedding(9, 4)(inputs[source]))
    x = layers.Embedding(VOCABULARY, 4)(inputs[text])
    x = layers.GRU(4, return_sequences=per_position)(x, initial_state=state)
    both = list(inputs.values()) if text_first else list(inputs.values())[::-1]
    return keras.Model(both, layers.Dense(VOCABULARY)(x))


class OfADict(keras.Model):
    """Its inputs have names only, which are sorted."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = encoder_decoder("text", "source", None, per_position=True, text_first=True)

    def call(self, inputs: Any) -> Any:
        return self.inner([inputs["a"], inputs["b"]])


@pytest.mark.parametrize("length", [None, 6], ids=["any length", "one length"])
@pytest.mark.parametrize("text_first", [True, False])
def test_the_text_is_what_the_result_follows(length: int | None, text_first: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inputs = TextModel(encoder_decoder("x", "target_context", length, True, text_first)).inputs
    assert inputs.names[inputs.text] == "x"


def test_the_text_of_a_subclassed_model_that_saw_two_sequences_of_one_length() -> None:
    model = OfADict()
    model({"a": np.ones((2, 6)), "b": np.ones((2, 6))})
    assert TextModel(model).inputs.text == 0


def test_names_tell_where_the_result_does_not() -> None:
    told = TextModel(encoder_decoder("tgt", "src", None, per_position=False, text_first=True)).inputs
    assert told.text == 0
    with pytest.warns(
        UserWarning, match=r"takes two sequences, and nothing tells which .*; the last is taken for the text"
    ):
        untold = TextModel(encoder_decoder("a", "b", None, per_position=False, text_first=True)).inputs
    assert untold.text == 1


def looking_ahead(masks: bool, mixes: bool) -> keras.Model:
    tokens = layers.Input((8,))
    x = layers.GRU(4, return_sequences=True)(layers.Embedding(VOCABULARY, 4)(tokens))
    if mixes:
        x = layers.Bidirectional(layers.GRU(4, return_sequences=True))(x)
    x = layers.Dense(VOCABULARY)(x)
    hidden = np.where(np.arange(VOCABULARY) < 2, -np.inf, 0).astype("float32")
    return keras.Model(tokens, ops.add(x, hidden) if masks else x)


@pytest.mark.parametrize("masks", [True, False], ids=["tokens that never come", "all tokens"])
@pytest.mark.parametrize("mixes", [True, False], ids=["looks ahead", "causal"])
def test_looking_ahead_is_seen_through_infinities(masks: bool, mixes: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert NextToken(looking_ahead(masks, mixes)).is_causal == (not mixes)


@pytest.mark.parametrize("kind", ["a list with the state", "a dict"])
def test_one_output_of_several_speaks_of_tokens(kind: str) -> None:
    tokens = layers.Input((None,))
    x, state = layers.GRU(4, return_sequences=True, return_state=True)(layers.Embedding(VOCABULARY, 4)(tokens))
    logits = layers.Dense(VOCABULARY)(x)
    more = {"a": layers.Dense(VOCABULARY)(x), "logits": logits} if kind == "a dict" else [state, x, logits]
    ids = np.array([[3, 1, 4]])
    found = NextToken(keras.Model(tokens, more))(ids)
    np.testing.assert_array_equal(found, NextToken(keras.Model(tokens, logits))(ids))


def test_a_mask_beside_the_text_tells_its_padding() -> None:
    inputs = {name: layers.Input((None,), name=name) for name in ("token_ids", "padding_mask")}
    x = layers.Embedding(VOCABULARY, 4)(inputs["token_ids"])
    logits = layers.Dense(VOCABULARY)(layers.GRU(4)(x, mask=ops.cast(inputs["padding_mask"], "bool")))
    asked = NextToken(keras.Model(inputs, logits))
    np.testing.assert_array_equal(asked(np.array([[-1, -1, 3, 1]])), asked(np.array([[3, 1]])))
    assert not np.array_equal(asked(np.array([[0, 0, 3, 1]])), asked(np.array([[3, 1]])))


class OfPlaces(keras.Model):
    """Learns an embedding of every place."""

    def __init__(self, places: int, offset: int) -> None:
        super().__init__()
        self.text, self.places = layers.Embedding(VOCABULARY, 4), layers.Embedding(places + offset, 4)
        self.rnn, self.dense = layers.GRU(4, return_sequences=True), layers.Dense(VOCABULARY)
        self.offset = offset

    def call(self, tokens: Any) -> Any:
        x = self.text(tokens) + self.places(self.offset + ops.arange(ops.shape(tokens)[1]))
        return self.dense(self.rnn(x))


def of_positions(places: int) -> keras.Model:
    tokens = layers.Input((None,), dtype="int32")
    return keras.Model(tokens, OfPlaces(places, offset=2)(tokens))


def test_no_more_tokens_are_shown_than_there_are_positions() -> None:
    assert NextToken(of_positions(9)).positions == 9
    model, sampling = of_positions(4), Sampling((1,), max_length=3)
    assert NextToken(model).positions == 4
    found, expected = (Generator(model, window=window)([[1, 2, 3]], sampling)[0] for window in (None, 4))
    assert found.ids.tolist() == expected.ids.tolist()
    assert found.notes == ("The model has positions for 4 tokens; it was shown the last 4 at a time.",)
    assert expected.notes == ()


def of_positions_beside_ids() -> keras.Model:
    inputs = {
        name: layers.Input((None,), dtype="int32", name=name)
        for name in ("input_ids", "position_ids", "attention_mask")
    }
    x = layers.Embedding(VOCABULARY, 4)(inputs["input_ids"]) + layers.Embedding(30, 4)(inputs["position_ids"])
    mask = ops.cast(inputs["attention_mask"], "bool")[:, None]
    x = layers.MultiHeadAttention(2, 4)(x, x, attention_mask=mask, use_causal_mask=True)
    return keras.Model(inputs, layers.Dense(VOCABULARY)(x))


def test_positions_beside_the_ids_are_counted() -> None:
    model = of_positions_beside_ids()
    asked, ids = NextToken(model), np.array([[3, 1, 4]])
    expected = model({"input_ids": ids, "position_ids": np.arange(3)[None], "attention_mask": np.ones((1, 3))})[:, -1]
    np.testing.assert_allclose(asked(ids), expected, rtol=1e-5)
    np.testing.assert_allclose(asked(np.array([[-1, 3, 1, 4]])), expected, rtol=1e-5)
    assert asked.is_causal


@pytest.mark.parametrize("says", ["last layer", "loss", "nothing"])
def test_logits_that_add_up_to_one_are_no_probabilities(says: str) -> None:
    dense = layers.Dense(4, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(0.25))
    inputs = layers.Input((None,))
    x = dense(layers.GRU(4)(layers.Embedding(4, 4)(inputs)))
    model = keras.Model(inputs, x if says == "last layer" else ops.add(x, 0.0))
    if says == "loss":
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert NextToken(model).probabilities == (says == "nothing")
