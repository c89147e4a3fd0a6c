"""What a model keeps without Keras is as it was after it ran for us."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tb_seqviz_plugin.callbacks.undisturbed import undisturbed


class Keeping(layers.Layer):
    """Holds what it is given."""

    def __init__(self, **held: Any) -> None:
        super().__init__()
        for name, each in held.items():
            setattr(self, name, each)

    def call(self, x: Any) -> Any:
        return x


def _holding(**held: Any) -> keras.Model:
    return keras.Sequential([layers.Input((2,)), Keeping(**held)])


def test_it_is_put_back_whatever_is_raised() -> None:
    counter, generator = tf.Variable(1.0), np.random.default_rng(3)
    model = _holding(counter=[counter], generators={"numpy": generator})

    def disturb() -> None:
        counter.assign_add(1.0)
        generator.random()
        raise KeyError

    with pytest.raises(KeyError), undisturbed(model):
        disturb()
    assert counter.numpy() == 1
    assert generator.random() == np.random.default_rng(3).random()


def test_each_replica_has_its_own_value_back() -> None:
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        counts = [
            tf.Variable(1.0, synchronization=tf.VariableSynchronization.ON_READ, aggregation=aggregation)
            for aggregation in (tf.VariableAggregation.NONE, tf.VariableAggregation.SUM)
        ]
        mirrored = tf.Variable(1.0, aggregation=tf.VariableAggregation.MEAN)
        generator = tf.random.Generator.from_seed(3)
        model = _holding(counts=counts, mirrored=mirrored, generator=generator)
    with undisturbed(model):
        for each in (*counts, mirrored):
            each.values[0].assign_add(1.0)
        drawn = generator.normal(()).numpy()
    assert [each.values[0].numpy() for each in (*counts, mirrored)] == [1, 1, 1]
    assert generator.normal(()).numpy() == drawn


def test_what_cannot_be_read_is_left_alone() -> None:
    with tf.Graph().as_default():
        of_a_graph = tf.Variable(1.0)
    counter = tf.Variable(1.0)
    with undisturbed(_holding(kept=(of_a_graph, counter))):
        counter.assign_add(1.0)
    assert counter.numpy() == 1


class Vocabulary(list[str]):
    """Says when it is looked through."""

    def __iter__(self) -> Any:
        raise AssertionError


def test_vocabularies_and_data_sets_are_not_looked_through() -> None:
    holder = tf.Module()
    holder.words = Vocabulary(["word"] * 100_000)
    holder.counter = tf.Variable(1.0)
    with undisturbed(_holding(holder=holder)):
        holder.counter.assign_add(1.0)
    assert holder.counter.numpy() == 1
