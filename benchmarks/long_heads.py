"""Long heads inside a byte budget, and measures of many: what they cost in the background, beside reading the weights once.

    python benchmarks/long_heads.py --heads 32 --tokens 2048

Of a layer of causal heads, for each budget: seconds in the background, processor seconds of all threads, what both make of 32
layers of 32 heads, the most memory beside the weights, as a multiple of these as float32, and the bytes of the record; read by
numpy and, where it is installed (the extra `fast`), by what Numba compiles. The bound is to read the weights once, by as many
threads. With `--layers 32` all of it is done, in the smallest budget, of so many layers, whose weights are the same in memory. Then
the same through a `Writer`, its spool and its file included, and all measures of 12 layers x 12 heads x 512 x 512.

    python benchmarks/long_heads.py --trained text.txt --tokens 1024

Instead, what share of its weight the strongest weights of a query are, in a small model of characters, new and trained on the text.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from measure import clocked, table

from tb_seqviz_plugin import AttentionLayer, Writer
from tb_seqviz_plugin.records.attention import measures
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.blobs import encode_attention
from tb_seqviz_plugin.records.attention.measures import look_at
from tb_seqviz_plugin.records.attention.watch import Watch
from tb_seqviz_plugin.records.side_by_side import side_by_side

HEADS = 32 * 32
RUNS = 5


def causal(heads: int, tokens: int) -> np.ndarray:
    """Returns weights of a band and a few tokens besides, float32 [heads, tokens, tokens]."""
    generator = np.random.default_rng(0)
    place = np.arange(tokens, dtype=np.float32)
    weights = np.empty((heads, tokens, tokens), np.float32)
    for head, width in zip(weights, np.linspace(8, tokens / 2, heads, dtype=np.float32), strict=True):
        generator.standard_normal(dtype=np.float32, out=head)
        head -= np.abs(place[:, None] - place) / width
        np.exp(head, out=head)
        head *= np.tri(tokens, dtype=np.float32)
        head /= head.sum(axis=-1, keepdims=True)
    return weights


def best(do: Callable[[], object]) -> tuple[float, float]:
    """Returns the seconds, and the processor seconds, of the quickest of some runs."""
    return min(clocked(do) for _ in range(RUNS))


def long_heads(heads: int, tokens: int, count: int) -> str:
    """Returns a row for each budget, after the bound."""
    weights = causal(heads, tokens)
    names = [str(number) for number in range(tokens)]
    layers = [AttentionLayer(f"layer {at}", weights, names, names, role="decoder self") for at in range(count)]
    nbytes, size = weights.nbytes * count, weights.size * count

    def row(said: str, seconds: tuple[float, float], *others: str) -> list[str]:
        wall, processor = seconds
        many = HEADS / heads / count
        return [said, f"{wall:.2f}", f"{processor:.2f}", f"{wall * many:.1f}", f"{processor * many:.1f}", *others]

    rows = [row("to read the weights once", best(lambda: side_by_side(np.max, [*weights] * count)), "", "", "")]
    compiled = measures.loops_for
    readers = {"numpy": lambda _: None, **({} if compiled(sys.maxsize) is None else {"Numba": compiled})}
    for most, (reader, loops_for) in product(
        (None, size // 4, size // 64) if count == 1 else (size // 64,), readers.items()
    ):

        def encode(most: int | None = most) -> int:
            return sum(map(len, encode_attention(layers, watch=Watch(), most=most)[0]))

        measures.loops_for = loops_for
        seconds = best(encode)
        tracemalloc.start()
        taken = encode()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        within = "" if most is None else str(taken <= most)
        said = "all weights" if most is None else f"{most:,} bytes"
        rows.append(row(f"{said}, {reader}", seconds, f"{peak / nbytes:.3f}", f"{taken:,}", within))
    if count == 1:  # the spool would hold them all
        rows.append(row(f"through a Writer, {reader}", through_a_writer(layers, size // 64), "", "", ""))
    header = ["budget of the record", "seconds", "of processors", f"of {HEADS} heads", "of processors"]
    return table([*header, "memory, of float32", "bytes", "within"], rows)


def through_a_writer(layers: Sequence[AttentionLayer], most: int) -> tuple[float, float]:
    """Returns the seconds, and the processor seconds, from when a logging call returns until its record is on disk."""
    taken = []
    with tempfile.TemporaryDirectory() as folder, Writer(folder) as writer:
        for step in range(RUNS):
            writer.attention("a", layers, step=step, byte_budget=most)
            start, processor = time.perf_counter(), writer.cost.seconds
            writer.flush()
            taken.append((time.perf_counter() - start, writer.cost.seconds - processor))
    return min(taken)


def all_measures() -> str:
    """Returns what all measures of 12 x 12 x 512 x 512 take."""
    generator = np.random.default_rng(0)
    names = [f"token {number}" for number in generator.integers(0, 200, 512)]
    rows = []
    for role, mask in (
        ("encoder self", np.ones((512, 512), np.float32)),
        ("decoder self", np.tri(512, dtype=np.float32)),
    ):
        layers = generator.random((12, 12, 512, 512), np.float32) ** 4 * mask
        layers /= layers.sum(axis=-1, keepdims=True)
        tokens = Tokens.of(role, 512, 512, names, names)  # type: ignore[arg-type]
        norms = np.ones((12, 512), np.float32)
        wall, processor = best(lambda: [look_at(layer, tokens, value_norms=norms) for layer in layers])  # noqa: B023
        rows.append([role, f"{wall:.3f}", f"{processor:.3f}"])
    return table(["all measures of 12 x 12 x 512 x 512", "seconds", "of processors"], rows)


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heads", type=int, default=32)
    parser.add_argument("--tokens", type=int, default=2048)
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--trained", type=Path, metavar="FILE", help="a text in UTF-8 to train a model on")
    parser.add_argument("--steps", type=int, default=250, help="of training on texts of that length")
    options = parser.parse_args()
    if options.trained is not None:
        from trained_heads import trained_heads

        print(trained_heads(options.trained, options.tokens, options.steps))
        return
    print(long_heads(options.heads, options.tokens, options.layers), end="\n\n")
    print(all_measures())


if __name__ == "__main__":
    main()
