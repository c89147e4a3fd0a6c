"""What a thread draws from generators of its own leaves those that all share as they are."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.distribution import outside_of_scopes
from tb_seqviz_plugin.callbacks.own_randomness import own_randomness


def test_own_randomness_is_undone_and_of_one_thread() -> None:
    shared = random.choice, np.random.rand, np.random.sample

    def draw() -> None:
        drawn.append((random.random(), np.random.sample()))

    random.seed(1)
    np.random.seed(1)
    drawn: list[tuple[float, float]] = []
    draw()
    random.seed(1)
    np.random.seed(1)
    with own_randomness(2):
        np.random.seed(9)
        draw()
        thread = threading.Thread(target=draw)
        thread.start()
        thread.join()
    of_plain, of_own, of_thread = drawn
    assert of_plain == of_thread != of_own
    assert (random.choice, np.random.rand, np.random.sample) == shared


def test_seeds_of_tensorflow_are_those_of_the_thread() -> None:
    def draw() -> list[float]:
        return [float(tf.random.normal(())), float(tf.random.normal((), seed=5))]

    tf.random.set_seed(1)
    alone = draw() + draw()
    tf.random.set_seed(1)
    before = draw()
    with own_randomness(2):
        keras.utils.set_random_seed(1)
        own = draw()
        drawn: list[float] = []
        thread = threading.Thread(target=lambda: drawn.extend(draw()))
        thread.start()
        thread.join()
    assert before + drawn == alone
    assert not set(own) & set(alone)


def test_two_threads_at_once_and_one_context_in_another() -> None:
    entered, leave = threading.Event(), threading.Event()
    drawn = []

    def other() -> None:
        with own_randomness(1):
            entered.set()
            leave.wait(60)
            drawn.append(random.random())

    shared = random.random
    thread = threading.Thread(target=other)
    thread.start()
    entered.wait(60)
    with own_randomness(1):
        with own_randomness(2):
            inner = random.random()
        drawn.append(random.random())
    leave.set()
    thread.join()
    assert drawn == [random.Random(1).random()] * 2
    assert inner == random.Random(2).random()
    assert random.random == shared


def test_a_function_that_a_graph_calls_back_draws_from_what_the_graph_was_made_with() -> None:
    np.random.seed(1)
    state = np.random.get_state()[1].tolist()
    function = tf.function(lambda: tf.numpy_function(lambda: np.random.random(), [], tf.double))
    with own_randomness(2):
        graph = function.get_concrete_function()
        graph()
    graph()
    assert np.random.get_state()[1].tolist() == state
    function()
    assert np.random.get_state()[1].tolist() != state


def test_functions_of_a_model_are_traced_anew_for_oneself() -> None:
    def noise() -> tf.Tensor:
        drawn_by_python = tf.numpy_function(lambda: np.random.random(), [], tf.double)
        return tf.random.normal((), seed=5, dtype=tf.double) + drawn_by_python

    def drawn(function: Callable[[], tf.Tensor]) -> list[float]:
        return [float(function()) for _ in range(2)]

    def begun() -> Callable[[], tf.Tensor]:
        keras.utils.set_random_seed(1)
        return tf.function(lambda: noise())

    alone = begun()
    expected = drawn(alone) + drawn(alone)
    for are_first in (True, False):
        function, found = begun(), []
        if not are_first:
            found += drawn(function)
        with own_randomness(2):
            own = drawn(function)
        found += drawn(function)
        found += drawn(function) if are_first else []
        assert found == expected
        assert not set(own) & set(expected)


def test_a_thread_outside_of_the_scopes_of_a_strategy_draws_from_what_the_one_that_waits_for_it_does() -> None:
    np.random.seed(1)
    state = np.random.get_state()[1].tolist()
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope(), own_randomness(2):
        drawn = outside_of_scopes(np.random.random_sample)
    assert drawn == np.random.RandomState(2).random_sample()
    assert np.random.get_state()[1].tolist() == state
