"""A Transformer that several processes train together, in a loop of one's own; the chief logs.

    python examples/distributed.py
    tensorboard --logdir logs

The script starts the workers itself, two of them on this machine, as a cluster would start one on each: the same script
everywhere, and a `TF_CONFIG` that says who is who. Each worker trains on its part of every batch, and
`MultiWorkerMirroredStrategy` adds up their gradients, so that all of them hold the same model. The loggers are made on every worker
alike: those of the chief, worker 0, log, and the others say that they do not.

The model is the one of Vaswani et al., "Attention is all you need" (NeurIPS 2017), small: it writes words backwards, so that the
right alignment is known, a diagonal from corner to corner in the attention of the decoder to the source.

What to mind with several workers:

* `fit` of Keras 3 does not work there (keras#20585), which is why there is a loop.
* Every worker makes the same number of steps: who has more waits for the others, and ends with an error.
* Others wait while the chief logs, by default for ever. A patience of theirs that is shorter than a log
  (`tf.distribute.experimental.CommunicationOptions(timeout_seconds=...)`) ends the training on all workers.
* Moving means of `BatchNormalization` differ from worker to worker, logged or not, and those of the chief are seen; with
  `synchronized=True` they are alike.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from tb_seqviz_plugin.callbacks import Sampling, SeqViz

PAD, START, END = range(3)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
TOKENS = ["[PAD]", "[START]", "[END]", *LETTERS]
LONGEST = 8
WIDTH, HEADS = 64, 4
BATCH_OF_WORKER = 64
LEARNING_RATE = 2e-3
PROBES = 4


def start_workers(count: int, arguments: Sequence[str]) -> int:
    """Starts this script once for each worker, with ports of their own, and waits; returns 0 if all ended well."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    cluster = {"worker": [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]}
    for each in sockets:
        each.close()
    workers = []
    for index in range(count):
        config = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}})
        environment = {**os.environ, "TF_CONFIG": config}
        workers.append(subprocess.Popen([sys.executable, __file__, *arguments], env=environment))
    try:
        return max(abs(worker.wait()) for worker in workers)
    finally:
        for worker in workers:
            worker.kill()


def write_backwards(count: int, seed: int) -> tuple[Any, Any, Any]:
    """Returns random words: ids of the source, of the target as the decoder has it before it, and of what it is to write there.

    Args:
        count: of words.
        seed: of their letters and lengths.

    Returns:
        int32 [count, LONGEST], and twice [count, LONGEST + 1].
    """
    random = np.random.default_rng(seed)
    source = np.full((count, LONGEST), PAD, np.int32)
    labels = np.full((count, LONGEST + 1), PAD, np.int32)
    for row, length in enumerate(random.integers(3, LONGEST + 1, count)):
        word = random.integers(END + 1, len(TOKENS), length)
        source[row, :length] = word
        labels[row, : length + 1] = [*word[::-1], END]
    target = np.concatenate([np.full((count, 1), START, np.int32), labels[:, :-1]], axis=1)
    return source, np.where(labels == PAD, PAD, target), labels


def build() -> keras.Model:
    """Returns a Transformer of one layer on each side, from {"source", "target"} to logits [batch, positions, tokens]."""
    source = keras.Input((LONGEST,), dtype="int32", name="source")
    target = keras.Input((LONGEST + 1,), dtype="int32", name="target")

    def embedded(ids: Any, name: str) -> Any:
        places = ops.zeros_like(ids) + np.arange(ids.shape[1], dtype="int32")
        positions = layers.Embedding(LONGEST + 1, WIDTH, name=f"{name}_positions")
        return layers.Embedding(len(TOKENS), WIDTH, name=f"{name}_tokens")(ids) + positions(places)

    def normalised(x: Any, change: Any) -> Any:
        return layers.LayerNormalization()(x + change)

    def feed_forward(x: Any) -> Any:
        return layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="relu")(x))

    def attention(name: str) -> Any:
        return layers.MultiHeadAttention(HEADS, WIDTH // HEADS, name=name)

    is_word = ops.expand_dims(ops.not_equal(source, PAD), 1)
    read = embedded(source, "source")
    read = normalised(read, attention("encoder_self")(read, read, attention_mask=is_word))
    read = normalised(read, feed_forward(read))
    written = embedded(target, "target")
    written = normalised(written, attention("decoder_self")(written, written, use_causal_mask=True))
    written = normalised(written, attention("cross")(written, read, attention_mask=is_word))
    written = normalised(written, feed_forward(written))
    logits = layers.Dense(len(TOKENS), name="logits")(written)
    return keras.Model({"source": source, "target": target}, logits, name="backwards")


def train(options: argparse.Namespace) -> None:
    """Trains as one worker of those that `TF_CONFIG` names."""
    strategy = tf.distribute.MultiWorkerMirroredStrategy()  # before TensorFlow does anything else
    worker, workers = strategy.cluster_resolver.task_id, strategy.num_replicas_in_sync
    # All workers begin with the same weights, and two trainings end with the same.
    keras.utils.set_random_seed(0)
    tf.config.experimental.enable_op_determinism()
    with strategy.scope():
        model = build()
        optimizer = keras.optimizers.Adam(LEARNING_RATE)
        optimizer.build(model.trainable_variables)  # its variables cannot be made inside of the loop
        # For the gradients that are logged; nothing is fitted.
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PAD))
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PAD, reduction="none")

    source, target, labels = write_backwards(options.words, seed=1)
    split = tf.data.Options()
    split.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    dataset = tf.data.Dataset.from_tensor_slices(({"source": source, "target": target}, labels)).repeat()
    dataset = dataset.batch(BATCH_OF_WORKER * workers, drop_remainder=True).with_options(split)
    batches = iter(strategy.experimental_distribute_dataset(dataset))

    def step_of_replica(inputs: Any, wanted: Any) -> Any:
        with tf.GradientTape() as tape:
            losses = loss_of(wanted, model(inputs, training=True))
            loss = tf.reduce_sum(losses) / (BATCH_OF_WORKER * workers * (LONGEST + 1))
        # Applying them adds up those of all workers.
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    @tf.function
    def train_step(batch: Any) -> Any:
        return strategy.reduce("SUM", strategy.run(step_of_replica, batch), axis=None)

    seqviz = None
    if options.log_dir is not None:
        probe_source, probe_target, probe_labels = write_backwards(PROBES, seed=2)
        words = ["".join(TOKENS[id] for id in ids if id > END) for ids in probe_source]
        vocabulary = (
            lambda text: [TOKENS.index(letter) for letter in text],
            lambda ids: "".join(TOKENS[id] for id in ids),
        )
        seqviz = SeqViz(
            options.log_dir,
            {"source": probe_source, "target": probe_target},
            tokens={"source": TOKENS, "target": TOKENS},
            prompts={word: word[::-1] for word in words},
            targets=probe_labels,
            tokenizer=vocabulary,
            sampling=Sampling(temperatures=(0,), max_length=LONGEST + 1, start=START, stop=END),
            options={"samples": {"source": vocabulary}},
            model=model,
        )
    loss = float("nan")
    for step in range(1, options.steps + 1):  # as many on every worker
        loss = float(train_step(next(batches)))
        if seqviz is not None and step % options.log_every == 0:
            seqviz.log(step)  # outside of `strategy.run`, so that it meets no collective
    if seqviz is not None:
        seqviz.close()
    # Who leaves while the chief still logs is taken for dead, and an error on the others: all meet once more.
    float(strategy.reduce("SUM", strategy.run(lambda: tf.constant(1.0)), axis=None))
    weights = hashlib.sha256(b"".join(weight.numpy().tobytes() for weight in model.weights)).hexdigest()
    print(f"Worker {worker} of {workers}: {options.steps} steps, loss {loss:.3f}, weights {weights[:12]}", flush=True)
    if worker == 0 and options.log_dir is not None:
        print(f"\nTo look at it:  tensorboard --logdir {options.log_dir.parent}", flush=True)
    # And they leave at once, as TensorFlow agrees on no end: taking down what this function holds takes one of them longer, and
    # whoever is left reports that the others have crashed; a shutdown barrier of its service does not wait for them.
    os._exit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Starts the workers, or is one of them.

    Args:
        arguments: words of the command line; None for those of this process.

    Returns:
        0 if all went well.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--words", type=int, default=8192, help="how many words there are to learn from")
    parser.add_argument("--log-dir", type=Path, default=Path("logs/distributed"))
    parser.add_argument("--log-every", type=int, default=30)
    parser.add_argument("--without-logging", dest="log_dir", action="store_const", const=None)
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser.parse_args(given)
    if "TF_CONFIG" not in os.environ:
        return start_workers(options.workers, given)
    train(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
