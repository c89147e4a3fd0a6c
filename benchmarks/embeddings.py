"""What embeddings cost: to log them, to let the Projector read them, to find neighbours among them, and to answer the page.

python benchmarks/embeddings.py
"""

from __future__ import annotations

import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
from measure import seconds, table, timed

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from helpers.tensorboard_process import TensorBoardProcess

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.projector.alignment import rotation
from tb_seqviz_plugin.records.embeddings.record import Float
from tb_seqviz_plugin.records.embeddings.neighbours import METRICS, nearest
from tb_seqviz_plugin.projector.files import Cloud, Store, store_bytes, store_tsv, write_snapshot

STEPS = 8
TAG = "embeddings/words"
SIZES = ((1000, 16), (10_000, 128), (50_000, 256))


def random_vectors(rows: int, dimensions: int) -> Float:
    """Returns float32 [rows, dimensions], from a normal distribution."""
    return np.random.default_rng(0).standard_normal((rows, dimensions)).astype(np.float32)


def cost_of_a_record(vectors: Float) -> list[str]:
    """Returns how long the training loop waits for a record, how long it takes to be on disk, and its size."""
    labels = [f"word {row}" for row in range(len(vectors))]
    with tempfile.TemporaryDirectory() as folder, seqviz.Writer(folder) as writer:
        writer.embeddings("words", vectors, labels=labels, step=0)
        writer.flush()
        before = sum(path.stat().st_size for path in Path(folder).iterdir())
        start = time.perf_counter()
        writer.embeddings("words", vectors, labels=labels, step=1)
        called = time.perf_counter() - start
        writer.flush()
        written = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) - before
    return [seconds(called), seconds(written), megabytes(size)]


def cost_of_a_snapshot(vectors: Float, store: Store, read: str) -> list[str]:
    """Returns how long a snapshot takes to write, how long TensorBoard's own function takes to read it, and its size."""
    from tensorboard.plugins.projector import projector_plugin

    labels = [f"word {row}" for row in range(len(vectors))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = timed(lambda: write_snapshot(folder, [Cloud("words", vectors, labels)], store), runs=3)
        path = next(folder.glob("vectors_*"))
        if read == "bytes":
            reading = timed(lambda: projector_plugin._read_tensor_binary_file(str(path), vectors.shape), runs=3)
        else:
            reading = timed(lambda: projector_plugin._read_tensor_tsv_file(str(path)), runs=3)
        return [str(written), str(reading), megabytes(path.stat().st_size)]


def cost_of_answers(vectors: Float, load_fast: str) -> list[str]:
    """Returns how long the page waits for a real TensorBoard, on one of its loaders, over a training with `STEPS` steps."""
    labels = [f"word {row}" for row in range(len(vectors))]
    with tempfile.TemporaryDirectory() as folder:
        with seqviz.Writer(folder) as writer:
            for step in range(STEPS):
                writer.embeddings(
                    "words", vectors + 0.1 * step * random_vectors(*vectors.shape), labels=labels, step=step
                )
        with TensorBoardProcess(Path(folder), f"--load_fast={load_fast}") as server:
            server.wait_for_steps(".", TAG, STEPS)

            def ask(route: str, **query: object) -> None:
                parameters = urllib.parse.urlencode({"run": ".", "tag": TAG, **query})
                with urllib.request.urlopen(f"{server.url}data/plugin/seqviz/{route}?{parameters}") as response:
                    response.read()

            def neighbours(*steps: int) -> None:
                listed = ",".join(map(str, steps))
                ask("neighbours", rows=7, metric="cosine", count=10, steps=listed)

            words = timed(lambda: ask("labels"), runs=1, warm_up=0)
            # As long as it takes to look for a word and to choose it.
            time.sleep(2)
            first = timed(lambda: neighbours(STEPS - 1), runs=1, warm_up=0)
            others = iter(range(STEPS - 1))
            decoded = timed(lambda: neighbours(next(others)), runs=STEPS - 1, warm_up=0)
            every = timed(lambda: neighbours(*range(STEPS)))
            mapped = timed(lambda: ask("map"), runs=1, warm_up=0)
            again = timed(lambda: ask("map"))
    return [str(timing) for timing in (words, first, decoded, every, mapped, again)]


def megabytes(size: int) -> str:
    """Returns a size in words."""
    return f"{size / 1e6:.3g} MB"


def main() -> None:
    """Prints four tables."""
    tables = {f"{rows:,} x {dimensions}": random_vectors(rows, dimensions) for rows, dimensions in SIZES}
    print("A record in the log; measures, compression and writing in the background.\n")
    rows = [[size, *cost_of_a_record(vectors)] for size, vectors in tables.items()]
    print(table(["vectors", "training waits", "on disk after", "size"], rows))

    print("\nA snapshot for the Projector, which reads all of them again whenever a run appears.\n")
    formats: dict[str, Store] = {"bytes": store_bytes, "tsv": store_tsv}
    rows = [
        [size, name, *cost_of_a_snapshot(vectors, store, name)]
        for size, vectors in tables.items()
        for name, store in formats.items()
    ]
    print(table(["vectors", "format", "written in", "read in", "size"], rows))

    print("\nNeighbours and alignment.\n")
    rows = []
    for size, vectors in tables.items():
        asked = [timed(lambda metric=metric: nearest(vectors, [7], 10, metric)) for metric in METRICS]  # noqa: B023
        many = timed(lambda: nearest(vectors, range(100), 10), runs=3)  # noqa: B023
        aligned = timed(lambda: vectors @ rotation(vectors, vectors), runs=3)  # noqa: B023
        rows.append([size, *map(str, asked), str(many), str(aligned)])
    print(
        table(["vectors", *(f"10 of one word, {metric}" for metric in METRICS), "10 of 100 words", "aligned in"], rows)
    )

    print(f"\nWhat the page asks of a real TensorBoard, over HTTP; a training with {STEPS} steps.\n")
    rows = [
        [size, loader, *cost_of_answers(vectors, load_fast)]
        for size, vectors in tables.items()
        for loader, load_fast in (("fast", "true"), ("Python", "false"))
    ]
    asked_for = (
        "neighbours, first answer",
        "at a step not asked for before",
        f"at {STEPS} steps",
        "map, first time",
        "map again",
    )
    print(table(["vectors", "loader", "words", *asked_for], rows))


if __name__ == "__main__":
    main()
