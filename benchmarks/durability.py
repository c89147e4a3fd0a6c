"""What it costs the training thread that a step survives the process, and what killed processes lose.

    python benchmarks/durability.py [--kills 30]

Held: the training thread, with one step at a time. Beside ours stand the two other ways: a copy in memory, which a thread writes
later and a killed process loses, and all work in the training thread. Kills: a process logs without a pause longer than said and is
sent SIGKILL at a random moment; what a copy in memory would have lost is what was recovered from the spool.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from measure import Timing, table

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log.event_file import create_event_file
from tb_seqviz_plugin.log.events import entries_of
from tb_seqviz_plugin.records.attention.payload import AttentionPayload
from tb_seqviz_plugin.wire.summary import encode_event, values_of
from tb_seqviz_plugin.wire.tfrecord import write_record

SIZES = {
    "1 x 1 x 11 x 28": ((1, 1, 11, 28), 200),
    "12 x 12 x 128 x 128": ((12, 12, 128, 128), 40),
    "12 x 12 x 512 x 512": ((12, 12, 512, 512), 8),
}
"""Layers, heads, queries and keys, and how many steps are logged."""

PACES = (("1 x 1 x 11 x 28", 0.0002), ("1 x 1 x 11 x 28", 0.005), ("12 x 12 x 128 x 128", 0.03))

Layers = dict[str, npt.NDArray[np.float32]]


def random_attention(shape: tuple[int, ...]) -> Layers:
    """Returns softmax(2 N(0, 1)) by layer, float32 [heads, queries, keys]."""
    weights = np.exp(2 * np.random.default_rng(0).standard_normal(shape, dtype=np.float32))
    weights /= weights.sum(axis=-1, keepdims=True)
    return {f"block_{index}/attention": layer for index, layer in enumerate(weights)}


def held(shape: tuple[int, ...], steps: int, folder: Path) -> dict[str, Timing]:
    """Returns how long the training thread is held in each way, all three in turns."""
    layers = random_attention(shape)
    taken: dict[str, list[float]] = {}
    queue: deque[Layers] = deque(maxlen=1)
    file = create_event_file(folder / "events.out.tfevents.direct")

    def in_memory(step: int) -> None:
        queue.append({path: layer.copy() for path, layer in layers.items()})

    def direct(step: int) -> None:
        payload = AttentionPayload([seqviz.AttentionLayer(*item) for item in layers.items()], "", ())
        values = values_of("attention/a", payload.encode("attention/a", step))
        write_record(file, encode_event(step, time.time(), values))

    with seqviz.Writer(folder / "spool") as writer, file:
        ways: dict[str, Callable[[int], None]] = {
            "spool": lambda step: writer.attention("a", layers, step=step),
            "copy in memory": in_memory,
            "all in the training thread": direct,
        }
        for step in range(steps):
            for name, log in ways.items():
                start = time.perf_counter()
                log(step)
                taken.setdefault(name, []).append(time.perf_counter() - start)
                writer.flush()
    return {name: Timing(seconds[2:]) for name, seconds in taken.items()}


def killed(layers: Layers, pause: float, folder: Path) -> tuple[int, int, int]:
    """Kills a process that logs; returns how many steps it had logged, how many of them had been written, and how many are lost."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            writer = seqviz.Writer(folder)
            for step in range(100_000):
                writer.attention("a", layers, step=step)
                os.write(writing, b".")
                time.sleep(pause)
        finally:
            os._exit(1)
    os.close(writing)
    told = len(os.read(reading, 1))
    time.sleep(random.random() * 0.6)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while piece := os.read(reading, 1 << 16):
        told += len(piece)
    os.close(reading)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the event that was cut short
        written = {entry.step for entry in entries_of(folder)} & set(range(told))
    with seqviz.Writer(folder):
        pass
    found = [record.step for record in seqviz.read(folder)]
    assert len(found) == len(set(found))
    return told, len(written), told - len(set(found) & set(range(told)))


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30, help="processes that are killed at each pace")
    kills = parser.parse_args().kills
    rows = []
    for name, (shape, steps) in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            timings = held(shape, steps, Path(folder))
        ours = timings["spool"].median
        rows += [[name, way, str(timing), f"{timing.median / ours:.2f}"] for way, timing in timings.items()]
    print(table(["float32 per step", "way", "training thread held", "x ours"], rows))
    rows = []
    for name, pause in PACES:
        layers = random_attention(SIZES[name][0])
        total = np.zeros(3, int)
        for _ in range(kills):
            with tempfile.TemporaryDirectory() as folder:
                total += killed(layers, pause, Path(folder) / "run")
        logged, written, lost = total.tolist()
        rows.append([name, f"{pause * 1e3:g} ms", f"{logged:,}", f"{logged - written:,}", f"{lost:,}"])
    print()
    print(table(["float32 per step", "pause", "steps logged", "of them only in the spool", "lost"], rows))


if __name__ == "__main__":
    main()
