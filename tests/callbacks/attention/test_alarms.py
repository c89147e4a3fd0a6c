"""Alarms of models that train: each bug that is planted raises its alarm and no other, and a healthy model none."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import Alarm
from tb_seqviz_plugin.callbacks import AttentionLogger, SeqViz, sow
from tb_seqviz_plugin.callbacks.attention.watches import Watches
from tb_seqviz_plugin.records.attention.alarms import Seen
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.measures import look_at

TOKENS = ["", *"abcdefghi"]
TEXTS = np.random.default_rng(0).integers(1, 10, (96, 9))
TEXTS[:, 6:] = 0
TEXTS[::3, 4:] = 0
INPUTS, TARGETS = TEXTS[:, :-1], TEXTS[:, 1:]
ALL = len(TOKENS)


def model_with(bug: str = "") -> keras.Model:
    """A decoder that copies, with two heads, or one with something wrong in it."""
    keras.utils.set_random_seed(0)
    ids = layers.Input((8,))
    x = layers.Embedding(ALL, 16, mask_zero=bug != "padding", embeddings_initializer="normal")(ids)
    attention = layers.MultiHeadAttention(2, 8, name="attention")
    x = x + attention(x, x, use_causal_mask=bug not in ("future", "padding"))
    model = keras.Model(ids, layers.Dense(ALL)(x))
    query, query_bias, key, key_bias, *_ = attention.weights
    if bug == "uniform":
        for weight in (query, query_bias, key, key_bias):
            weight.assign(np.zeros(weight.shape))
    elif bug == "copies":
        for weight in (query, query_bias, key, key_bias):
            half = np.array(weight) * 40
            half[..., 1, :] = half[..., 0, :]
            weight.assign(half)
        attention.trainable = False
    elif bug == "nan":
        query.assign(np.full(query.shape, np.nan))
    # What is healthy learns fast, which takes longer to compile.
    optimizer = keras.optimizers.SGD(0.1) if bug else keras.optimizers.Adam(0.01)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def fitted(model: keras.Model, tmp_path: Path, targets: np.ndarray = TARGETS, epochs: int = 2) -> list[Alarm]:
    said: list[Alarm] = []
    logger = AttentionLogger(tmp_path, INPUTS[:2], tokens=TOKENS, on_alarm=said.append, max_overhead=None)
    model.fit(INPUTS, targets, epochs=epochs, batch_size=32, verbose=0, callbacks=[logger])
    found = {
        (alarm.kind, alarm.step, alarm.layer)
        for record in seqviz.read(tmp_path, "attention")
        for alarm in record.alarms
    }
    assert sorted((alarm.kind, alarm.step, alarm.layer) for alarm in said) == sorted(found)
    return said


def test_a_healthy_model_raises_none(tmp_path: Path) -> None:
    assert fitted(model_with(), tmp_path, epochs=12) == []


@pytest.mark.parametrize("bug", ["future", "copies", "nan"])
def test_a_planted_bug_raises_its_alarm(bug: str, tmp_path: Path) -> None:
    said = fitted(model_with(bug), tmp_path, epochs=1)
    assert {(alarm.kind, alarm.layer) for alarm in said} == {(bug, "attention")}


class Routed(layers.Layer):
    """Eight experts, one of which each of the eight tokens is sent to."""

    def build(self, shape: tuple[int, ...]) -> None:
        self.experts = self.add_weight(shape=(8, shape[-1], shape[-1]), name="experts")
        self.router = self.add_weight(shape=(shape[-1], 8), name="router")

    def call(self, x: Any) -> Any:
        routes = sow("router", keras.ops.softmax(x @ self.router), keys=[f"expert {number}" for number in range(8)])
        return keras.ops.einsum("bte,bti,eio->bto", routes, x, self.experts)


@pytest.mark.parametrize(
    ("sharp", "sharper", "expected"),
    [("router", 3e3, []), ("attention", 5e5, [("entropy collapse", "attention")])],
)
def test_what_is_sharp_by_design_is_no_collapse(
    sharp: str, sharper: float, expected: list[Any], tmp_path: Path
) -> None:
    keras.utils.set_random_seed(0)
    ids = layers.Input((8,))
    x = layers.Embedding(ALL, 16, embeddings_initializer="normal")(ids)
    x = layers.MultiHeadAttention(2, 8, name="attention")(x, x) + x
    model = keras.Model(ids, Routed(name="mixture")(x))
    said: list[Alarm] = []
    texts = np.array([[1, 2, 3, 4, 5, 6, 7, 8]])
    logger = AttentionLogger(tmp_path, texts, tokens=TOKENS, on_alarm=said.append, model=model)
    chosen = {"router": model.get_layer("mixture").router, "attention": model.get_layer("attention").weights[0]}[sharp]
    begun = np.array(chosen)
    for step, factor in enumerate((1, sharper)):
        chosen.assign(begun * factor)
        logger.log(step)
    assert [(alarm.kind, alarm.layer) for alarm in said if alarm.kind != "max logit"] == expected
    logger.close()


@pytest.mark.parametrize(("tokens", "kinds"), [(3, set()), (8, {"copies"})])
def test_heads_over_few_tokens_are_alike_by_chance(tokens: int, kinds: set[str], tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    x = layers.Input((tokens, 16))
    attention = layers.MultiHeadAttention(24, 8, name="attention")
    model = keras.Model(x, attention(x, x))
    query = np.array(attention.weights[0]) * 100
    if kinds:
        query[:, 5] = query[:, 2]
        key = np.array(attention.weights[2])
        key[:, 5] = key[:, 2]
        attention.weights[2].assign(key)
    attention.weights[0].assign(query)
    said: list[Alarm] = []
    inputs = np.random.default_rng(0).normal(size=(1, tokens, 16)).astype(np.float32)
    logger = AttentionLogger(tmp_path, inputs, on_alarm=said.append, model=model)
    logger.log(0)
    logger.close()
    assert {alarm.kind for alarm in said} - {"max logit"} == kinds
    assert all(alarm.heads == [2, 5] for alarm in said if alarm.kind == "copies")


def test_a_padding_mask_that_was_left_out(tmp_path: Path) -> None:
    # To mark words, not to write: nothing keeps it from looking ahead.
    (alarm,) = fitted(model_with("padding"), tmp_path, targets=INPUTS % 3)
    assert (alarm.kind, alarm.heads, alarm.step) == ("padding", [0, 1], 0)


def test_a_function_that_fails_is_told_once_and_runs_in_the_thread_that_trains(tmp_path: Path) -> None:
    threads, steps = [], []

    def fail(alarm: Alarm) -> None:
        threads.append(threading.current_thread())
        steps.append(alarm.step)
        raise RuntimeError("no network")

    model = model_with("nan")
    query = model.get_layer("attention").weights[0]
    # Without tokens nothing tells padding by its name: what it looks at is not taken for the future.
    logger = AttentionLogger(tmp_path, (INPUTS[:2], TARGETS[:2]), on_alarm=fail, model=model)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for step, value in enumerate((np.nan, 1, np.nan)):
            query.assign(np.full(query.shape, value))
            logger.log(step)
            assert steps == ([0, 2] if step == 2 else [0])
    assert [str(each.message) for each in told] == ["on_alarm failed, and training goes on: no network."]
    assert {*threads} == {threading.main_thread()}


def test_what_lasts_is_counted_from_fit_to_fit(tmp_path: Path) -> None:
    said: list[Alarm] = []
    model = model_with("uniform")
    logger = AttentionLogger(tmp_path, INPUTS[:1], tokens=TOKENS, on_alarm=said.append, max_overhead=None)
    for epoch in range(11):
        model.fit(INPUTS, TARGETS, initial_epoch=epoch, epochs=epoch + 1, batch_size=96, verbose=0, callbacks=[logger])
    assert [(alarm.kind, alarm.step) for alarm in said] == [("uniform", 9)]


def test_what_several_examples_tell_of_several_steps_is_told_once() -> None:
    watches = Watches(0)
    for step, path in enumerate(["first", "second"]):
        weights = np.full((1, 3, 3), np.nan, np.float32)
        for example in range(3):
            watches.of_example(example)(step, [Seen(path, 0, "other", look_at(weights), weights, Tokens())])
    assert [(alarm.step, alarm.layer) for alarm in watches.found()] == [(0, "first"), (1, "second")]


def test_seqviz_hands_it_on(tmp_path: Path) -> None:
    said: list[Alarm] = []
    only = {"structure": False, "embeddings": False}
    callback = SeqViz(tmp_path, INPUTS[:2], tokens=TOKENS, options=only, on_alarm=said.append, verbose=0)
    model_with("nan").fit(INPUTS, TARGETS, verbose=0, callbacks=[callback])
    assert [alarm.kind for alarm in said] == ["nan"]


@pytest.mark.parametrize("make", [AttentionLogger, SeqViz])
def test_what_cannot_be_called_is_refused(make: Any, tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"on_alarm='print'; expected a function that is called with an Alarm, such as print\."
    ):
        make(tmp_path, INPUTS[:2], on_alarm="print")
