"""Long heads inside a byte budget: what encoding them costs, beside keeping all weights.

    python benchmarks/long_heads.py --heads 8 --tokens 2048

Of each, in turn: processor seconds in the background, the most memory that it takes beside the weights, as a multiple of these as
float32, and the bytes of the record.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc

import numpy as np

from tb_seqviz_plugin import AttentionLayer
from tb_seqviz_plugin.records.attention.blobs import encode_attention
from tb_seqviz_plugin.records.attention.watch import Watch


def causal(heads: int, tokens: int) -> np.ndarray:
    """Returns weights of a band and a few tokens besides, float32 [heads, tokens, tokens]."""
    generator = np.random.default_rng(0)
    scores = generator.normal(size=(heads, tokens, tokens)).astype(np.float32)
    place = np.arange(tokens, dtype=np.float32)
    scores -= np.abs(place[:, None] - place) / np.linspace(8, tokens / 2, heads, dtype=np.float32)[:, None, None]
    scores[:, ~np.tri(tokens, dtype=bool)] = -np.inf
    weights = np.exp(scores)
    return weights / weights.sum(axis=-1, keepdims=True)


def main() -> None:
    """Prints a row for each budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heads", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=2048)
    options = parser.parse_args()
    weights = causal(options.heads, options.tokens)
    names = [str(number) for number in range(options.tokens)]
    layers = [AttentionLayer("layer", weights, names, names, role="decoder self")]
    print(
        "| budget of the record | seconds | per head | memory, of float32 | bytes | within |\n| --- | --- | --- | --- | --- | --- |"
    )
    for most in (None, weights.size // 4, weights.size // 64):
        start = time.process_time()
        blobs, _ = encode_attention(layers, watch=Watch(), most=most)
        seconds = time.process_time() - start
        tracemalloc.start()
        encode_attention(layers, watch=Watch(), most=most)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        size = sum(map(len, blobs))
        within = "" if most is None else str(size <= most)
        said = "all weights" if most is None else f"{most:,} bytes"
        print(
            f"| {said} | {seconds:.2f} | {seconds / options.heads:.3f} | {peak / weights.nbytes:.2f} | {size:,} | {within} |"
        )


if __name__ == "__main__":
    main()
