"""One of several workers that train a classifier together and evaluate it as they go: FOLDER STEPS [silent].

A silent one makes no logger, and trains on. The name of each part that a worker counts is printed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers.evaluated_models import CLASSES, classifier, drawn_ids
from tb_seqviz_plugin.callbacks import EvaluationLogger, EvaluationOptions, SeqViz
from tb_seqviz_plugin.callbacks.evaluation.evaluator import Evaluator

X = drawn_ids(90)
DATA = X, np.random.default_rng(1).integers(0, CLASSES, 90)
QUICK = EvaluationOptions(draws=50, batch_size=16)


def main(folder: Path, steps: int, role: str) -> None:
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    worker = strategy.cluster_resolver.task_id
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = classifier()
        optimizer = keras.optimizers.SGD(0.5)
        optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")

    def of_replica(inputs: Any, wanted: Any) -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(loss_of(wanted, model(inputs, training=True))) / 2
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    @tf.function
    def step_of_all(inputs: Any, wanted: Any) -> None:
        strategy.run(of_replica, (inputs, wanted))

    count = Evaluator.count

    def counted(self: Evaluator, of: keras.Model, shard: int = 0, shards: int = 1) -> Any:
        print(f"worker {worker} counts {shard} of {shards}", flush=True)
        return count(self, of, shard, shards)

    Evaluator.count = counted  # type: ignore[method-assign]
    loggers: list[Any] = []
    if role != "silent" or worker == 0:
        loggers.append(EvaluationLogger(folder, DATA, options=QUICK, model=model))
        parts = {"structure": False, "evaluation": {"name": "of all", "options": QUICK}}
        loggers.append(SeqViz(folder, X[:2], evaluation=DATA, options=parts, model=model, verbose=0))
    for step in range(steps):
        step_of_all(*(tf.constant(part[30 * worker : 30 * worker + 30]) for part in DATA))
        for logger in loggers:
            logger.log(step)
    if worker == 0:
        model.save_weights(folder / "trained.weights.h5")
    for logger in loggers:
        logger.close()
    os._exit(0)  # TensorFlow waits minutes for workers that have ended before


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
