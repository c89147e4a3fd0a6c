"""Callbacks under strategies of `tf.distribute`, each in processes of its own, which a strategy wants from their start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.logging_runs import language_model
from helpers.sources import ROOT
from helpers.workers import run_workers
from helpers.writing_runs import warnings_of

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import StructureLogger
from tb_seqviz_plugin.callbacks.backends.tensorflow import statistics

IDS = np.array([[1, 2, 3, 4, 5, 6]] * 4)

MIRRORED = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np, tensorflow as tf
from keras import layers
from tb_seqviz_plugin.callbacks import AttentionLogger, EmbeddingLogger, SampleLogger, Sampling, StructureLogger

folder = sys.argv[1]
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
x = (np.random.default_rng(0).integers(0, 12, (64, 1)) + np.arange(8)) % 12
y = (x + 1) % 12

def made():
    keras.utils.set_random_seed(0)
    ids = layers.Input((8,), dtype="int32")
    e = layers.BatchNormalization()(layers.Embedding(12, 16)(ids))
    model = keras.Model(ids, layers.Dense(12, name="dense")(layers.MultiHeadAttention(2, 8)(e, e, use_causal_mask=True)))
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model

with strategy.scope():
    model = made()
    loggers = []
    if folder:
        loggers = [AttentionLogger(folder, x[:2]), StructureLogger(folder, (x[:4], y[:4])), EmbeddingLogger(folder)]
    if sys.argv[3:]:
        short = Sampling(temperatures=(0,), max_length=4)
        loggers.append(SampleLogger(folder, ["abcdefgh"], tokenizer="abcdefghijkl", sampling=short))
    model.fit(x, y, batch_size=16, epochs=2, verbose=0, callbacks=loggers)
np.savez(sys.argv[2], *model.get_weights(), *[variable.numpy() for variable in model.optimizer.variables])
if folder:
    with strategy.scope():
        for logger in loggers:
            logger.log(10)
    plain = made()
    plain.set_weights(model.get_weights())
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y[:4], plain(x[:4], training=False), from_logits=True))
    kernel, bias = plain.get_layer("dense").trainable_weights
    gradients = tape.gradient(loss, [kernel.value, bias.value])
    print(float(tf.linalg.global_norm(gradients)))
"""


def trained(tmp_path: Path, folder: str, *more: str) -> tuple[str, list[np.ndarray], str]:
    """Returns what a mirrored training printed, the state that it ended in, and its warnings."""
    state = tmp_path / "state.npz"
    done = subprocess.run(
        [sys.executable, "-c", MIRRORED, folder, str(state), *more],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with np.load(state) as arrays:
        return done.stdout, [arrays[name] for name in arrays], done.stderr


@pytest.mark.long
def test_inside_of_a_strategys_scope_all_is_logged(tmp_path: Path) -> None:
    printed, _, said = trained(tmp_path, str(tmp_path / "log"))
    assert "UserWarning" not in said
    for kind in ("attention", "statistics", "embeddings"):
        assert {record.step for record in seqviz.read(tmp_path / "log", kind)} == {0, 1, 10}, kind
    *_, last = seqviz.read(tmp_path / "log", "statistics")
    of_dense = last.statistics.of("dense")
    assert of_dense["gradient_norm"] == pytest.approx(float(printed), rel=1e-4)
    assert of_dense["activation_norm"] > 0


@pytest.mark.long
def test_a_mirrored_training_is_the_same_bit_for_bit(tmp_path: Path) -> None:
    _, plain, _ = trained(tmp_path, "")
    _, logged, _ = trained(tmp_path, str(tmp_path / "log"), "samples")
    assert [record.step for record in seqviz.read(tmp_path / "log", "samples")] == [0, 1, 10]
    for expected, found in zip(plain, logged, strict=True):
        np.testing.assert_array_equal(found, expected)


WORKER = """
import hashlib, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np, tensorflow as tf
from keras import layers
from tb_seqviz_plugin.callbacks import EmbeddingLogger, StructureLogger

strategy = tf.distribute.MultiWorkerMirroredStrategy()
tf.config.experimental.enable_op_determinism()
keras.utils.set_random_seed(0)
x = np.random.default_rng(strategy.cluster_resolver.task_id).integers(0, 5, (8, 4))

def trained(*kinds):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = keras.Sequential([layers.Input((4,)), layers.Embedding(5, 3), layers.Flatten(), layers.Dense(2, name="dense")])
        model.compile(loss="mse")
        optimizer = keras.optimizers.Adam(0.1)
        optimizer.build(model.trainable_variables)

    def step_of_replica(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - 1) ** 2)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    step = tf.function(lambda x: strategy.run(step_of_replica, args=(x,)))
    loggers = [make(model) for make in kinds]
    for number in range(3):
        step(tf.constant(x))
        for logger in loggers:
            logger.log(number)
    for logger in loggers:
        logger.close()
    return hashlib.sha256(b"".join(weight.numpy().tobytes() for weight in model.weights)).hexdigest()

print(trained())
probe = np.array([[1, 2, 3, 4]] * 2), np.ones((2, 2))
folder = sys.argv[1]
print(trained(lambda model: EmbeddingLogger(folder, model=model), lambda model: StructureLogger(folder, probe, model=model)))
float(strategy.reduce("SUM", strategy.run(lambda: tf.constant(1.0)), axis=None))  # as examples/distributed.py says
sys.stdout.flush()
os._exit(0)
"""


def test_of_several_workers_the_chief_logs_each_step_once_and_all_train_as_without(tmp_path: Path) -> None:
    ended = run_workers(2, "-c", WORKER, str(tmp_path))
    assert len({line for printed, _ in ended for line in printed.split()}) == 1
    for kind in ("statistics", "embeddings"):
        assert [record.step for record in seqviz.read(tmp_path, kind)] == [0, 1, 2]
    *_, last = seqviz.read(tmp_path, "statistics")
    assert last.statistics.of("dense")["gradient_norm"] > 0
    assert ["logs nothing on worker 1" in said for _, said in ended] == [False, True]
    assert len(list((tmp_path / "seqviz").glob("*.seqviz"))) == 1


@pytest.mark.parametrize("group", ["gradients", "activations"])
def test_a_group_of_statistics_that_fails_takes_no_other_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("it is not available")

    monkeypatch.setattr(statistics, f"_measure_{group}", fail)
    logger = StructureLogger(tmp_path, (IDS, IDS), model=language_model())
    messages = warnings_of(lambda: [logger.log(step) for step in range(2)])
    assert messages == [f"There are no statistics of {group}: it is not available."]
    first, second = seqviz.read(tmp_path, "statistics")
    for record in (first, second):
        for other in {"gradients", "activations", "parameters"} - {group}:
            assert f"{other.removesuffix('s')}_norm" in record.statistics.of("dense")
        assert f"{group.removesuffix('s')}_norm" not in record.statistics.of("dense")
