"""What one step of 12 layers x 12 heads x 128 x 128 costs the training thread and the disk, by today's ways and by ours.

python benchmarks/logging_cost.py
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import matplotlib as mpl

mpl.use("agg")

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from matplotlib import pyplot
from measure import Timing, seconds, table, timed
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_TENSOR, Summary, SummaryMetadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_tensor_proto

import tb_seqviz_plugin as seqviz

LAYERS, HEADS, LENGTH = 12, 12, 128
TOKENS = [f"token{i}" for i in range(LENGTH)]


def random_attention() -> npt.NDArray[np.float32]:
    """Returns softmax(2 N(0, 1)), float32 [layers, heads, queries, keys]."""
    logits = 2 * np.random.default_rng(0).standard_normal((LAYERS, HEADS, LENGTH, LENGTH), dtype=np.float32)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def figure_per_head(weights: npt.NDArray[np.float32], folder: Path, labelled: bool) -> Callable[[], None]:
    """Returns the matplotlib way: a heatmap per head as an image summary."""
    writer = tf.summary.create_file_writer(str(folder))

    def log() -> None:
        with writer.as_default(step=0):
            for layer in range(LAYERS):
                for head in range(HEADS):
                    figure, axes = pyplot.subplots(figsize=(4, 4), dpi=72)
                    axes.imshow(weights[layer, head])
                    if labelled:
                        axes.set_xticks(range(LENGTH), TOKENS, rotation=90, fontsize=4)
                        axes.set_yticks(range(LENGTH), TOKENS, fontsize=4)
                    figure.canvas.draw()
                    pixels = np.asarray(figure.canvas.buffer_rgba())[None, :, :, :3]  # type: ignore[attr-defined]
                    tf.summary.image(f"attention/{layer}/{head}", pixels)
                    pyplot.close(figure)
        writer.flush()

    return log


def raw_tensor(weights: npt.NDArray[np.float32], folder: Path) -> Callable[[], None]:
    """Returns `tf.summary.write` of the float32 array."""
    writer = tf.summary.create_file_writer(str(folder))
    metadata = SummaryMetadata(data_class=DATA_CLASS_TENSOR)
    metadata.plugin_data.plugin_name = "raw"

    def log() -> None:
        with writer.as_default():
            tf.summary.write("attention", weights, step=0, metadata=metadata.SerializeToString())
        writer.flush()

    return log


def event_file_writer(weights: npt.NDArray[np.float32], folder: Path) -> Callable[[], None]:
    """Returns TensorBoard's own writer, which needs no TensorFlow, for the float32 array."""
    writer = EventFileWriter(str(folder))

    def log() -> None:
        tensor = make_tensor_proto(weights)
        writer.add_event(Event(step=0, summary=Summary(value=[Summary.Value(tag="attention", tensor=tensor)])))
        writer.flush()

    return log


def size_on_disk(folder: Path) -> int:
    """Returns the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def ours(weights: npt.NDArray[np.float32], folder: Path, steps: int) -> tuple[Timing, Timing, float]:
    """Returns the time that the training thread is held, the time until a step is on disk, and MB per step."""
    layers = {f"block_{index}/attention": layer for index, layer in enumerate(weights)}
    held, whole = [], []
    with seqviz.Writer(folder) as writer:
        for step in range(steps):
            start = time.perf_counter()
            writer.attention("example", layers, query_tokens=TOKENS, key_tokens=TOKENS, step=step)
            held.append(time.perf_counter() - start)
            writer.flush()
            whole.append(time.perf_counter() - start)
    return Timing(held[1:]), Timing(whole[1:]), size_on_disk(folder) / steps / 1e6


def slowdown_of_training_thread(weights: npt.NDArray[np.float32], folder: Path) -> float:
    """Returns how many times longer pure Python work takes while the background thread encodes."""

    def work() -> None:
        total = 0
        for number in range(300_000):
            total += number

    alone = timed(work, runs=9).median
    layers = {f"block_{index}/attention": layer for index, layer in enumerate(weights)}
    stop = threading.Event()
    with seqviz.Writer(folder) as writer:

        def keep_busy() -> None:
            step = 0
            while not stop.is_set():
                writer.attention("example", layers, step=step)
                writer.flush()
                step += 1

        thread = threading.Thread(target=keep_busy)
        thread.start()
        beside = timed(work, runs=9).median
        stop.set()
        thread.join()
    return beside / alone


def main() -> None:
    """Prints the table."""
    weights = random_attention()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        held, whole, megabytes = ours(weights, root / "ours", steps=15)
        others = {
            "matplotlib heatmap per head, labelled": (figure_per_head(weights, root / "labelled", True), 1, 0),
            "matplotlib heatmap per head": (figure_per_head(weights, root / "plain", False), 3, 0),
            "TensorBoard's EventFileWriter, float32": (event_file_writer(weights, root / "events"), 3, 1),
            "tf.summary.write, float32": (raw_tensor(weights, root / "raw"), 7, 1),
        }
        names = ["labelled", "plain", "events", "raw"]
        rows = [["**SeqViz**, training thread held", str(held), "1", f"{megabytes:.2f}"]]
        rows.append(["SeqViz, until on disk (background)", str(whole), f"{whole.median / held.median:.1f}", ""])
        for folder, (name, (log, runs, warm_up)) in zip(names, others.items(), strict=True):
            timing = timed(log, runs, warm_up)
            size = size_on_disk(root / folder) / (runs + warm_up) / 1e6
            rows.append([name, str(timing), f"{timing.median / held.median:,.0f}", f"{size:.2f}"])
        print(table(["one step of 12 x 12 x 128 x 128", "time", "x ours", "MB"], rows))
        slowdown = slowdown_of_training_thread(weights, root / "busy")
    print(f"\nfloat32: {weights.nbytes / 1e6:.2f} MB, {weights.nbytes / 1e6 / megabytes:.1f} times ours")
    print(f"Python work while a step is encoded without pause: {slowdown:.2f} times its time alone")
    print(f"held per weight: {seconds(held.median / weights.size * 1e6)} per million")


if __name__ == "__main__":
    main()
