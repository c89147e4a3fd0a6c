"""What a thread draws from generators of its own leaves those that all share as they are."""

from __future__ import annotations

import random
import threading

import keras
import numpy as np
import tensorflow as tf

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
    def noise() -> np.float32:
        return np.float32(np.random.random())

    np.random.seed(1)
    state = np.random.get_state()[1].tolist()
    with own_randomness(2):
        graph = tf.function(lambda: tf.numpy_function(noise, [], tf.float32))
        graph()
    graph()
    assert np.random.get_state()[1].tolist() == state
