"""What samples take on disk, beside gzip of their text and of what is known of each token.

    python benchmarks/sample_size.py [--data TEXT_FILE] [--steps 1000]

At each step 8 prompts at 4 temperatures are continued by 400 characters, each with its probability, its rank, and five
alternatives with theirs. A model of character n-grams writes them, of higher order as the training goes on, blurred a little; it
knows the text that `examples/char_rnn.py` composes, or `--data`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import numpy.typing as npt
from measure import table

import tb_seqviz_plugin as seqviz

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))

import char_rnn

PROMPTS, LENGTH, ALTERNATIVES = 8, 400, 5
TEMPERATURES = (0.2, 0.5, 1.0, 1.2)
HIGHEST_ORDER = 5
DOUBT = 1e-3
"""Share that pairs of characters have in each distribution: then the alternatives are about as probable as those of the LSTM of the
example, 4e-4 for the second one and 6e-5 for the fifth (medians)."""
BLUR = 0.1
"""Standard deviation of what is added to the scores: as with a network, no two distributions are quite the same."""
STEPS_AT_ONCE = 20

Floats = npt.NDArray[np.floating]
Ids = npt.NDArray[np.integer]


class NgramModel:
    """Probabilities of the next character, those of each order smoothed by those of the order below."""

    def __init__(self, text: str) -> None:
        self.characters = sorted(set(text))
        places = {character: place for place, character in enumerate(self.characters)}
        self.ids = np.array([places[character] for character in text])
        # Per order: each context as one number, rising, and how often each character follows it.
        self._orders: list[tuple[Ids, Floats]] = []
        for order in range(HIGHEST_ORDER + 1):
            windows = np.lib.stride_tricks.sliding_window_view(self.ids, order + 1)
            contexts, rows = np.unique(self._numbers(windows[:, :-1]), return_inverse=True)
            counts = np.zeros((len(contexts), len(places)), np.float32)
            np.add.at(counts, (rows, windows[:, -1]), 1)
            self._orders.append((contexts, counts))

    def after(self, ids: Ids, highest: int) -> Floats:
        """Returns probabilities [sequences, characters] of what follows ids [sequences, places]."""
        probabilities = np.full((len(ids), len(self.characters)), 1 / len(self.characters), np.float32)
        for order, (contexts, counts) in enumerate(self._orders[: highest + 1]):
            numbers = self._numbers(ids[:, ids.shape[1] - order :])
            rows = np.minimum(np.searchsorted(contexts, numbers), len(contexts) - 1)
            found = counts[rows] * (contexts[rows] == numbers)[:, None]
            probabilities = (found + 2 * probabilities) / (found.sum(axis=-1, keepdims=True) + 2)
        return probabilities

    def _numbers(self, contexts: Ids) -> Ids:
        return contexts @ len(self.characters) ** np.arange(contexts.shape[1])


def softmax(scores: Floats) -> Floats:
    """Returns probabilities along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@dataclass(frozen=True)
class Written:
    """What was written; arrays [samples, places] and, of the alternatives, [samples, places, alternatives]."""

    ids: Ids
    probabilities: Floats
    ranks: Ids
    alternatives: Ids
    alternative_probabilities: Floats


def write(model: NgramModel, prompts: Ids, order: int, generator: np.random.Generator) -> Written:
    """Continues prompts [samples, places], the temperatures in turn."""
    temperatures = np.resize(TEMPERATURES, len(prompts))[:, None]
    rows = np.arange(len(prompts))
    ids = prompts
    columns: list[tuple[npt.NDArray[np.generic], ...]] = []
    for _ in range(LENGTH):
        last = ids[:, -HIGHEST_ORDER:]
        scores = np.log((1 - DOUBT) * model.after(last, order) + DOUBT * model.after(last, min(order, 1)))
        probabilities = softmax(scores + BLUR * generator.standard_normal(scores.shape))
        noise = generator.gumbel(size=probabilities.shape)
        drawn = np.argmax(np.log(probabilities) / temperatures + noise, axis=-1)
        likely = np.argsort(-probabilities, axis=-1, kind="stable")
        best = likely[:, :ALTERNATIVES]
        columns.append(
            (
                drawn,
                probabilities[rows, drawn],
                np.argmax(likely == drawn[:, None], axis=-1) + 1,
                best,
                np.take_along_axis(probabilities, best, axis=-1),
            )
        )
        ids = np.concatenate([ids[:, 1:], drawn[:, None]], axis=-1)
    return Written(*(np.stack(column, axis=1) for column in zip(*columns, strict=True)))


def train(model: NgramModel, steps: int) -> Iterator[Written]:
    """Yields what is written at each step; the order rises in the first tenth of the steps."""
    generator = np.random.default_rng(0)
    starts = generator.integers(0, len(model.ids) - HIGHEST_ORDER, PROMPTS)
    prompts = np.repeat([model.ids[start : start + HIGHEST_ORDER] for start in starts], len(TEMPERATURES), axis=0)
    for first in range(0, steps, STEPS_AT_ONCE):
        count = min(STEPS_AT_ONCE, steps - first)
        order = min(HIGHEST_ORDER, HIGHEST_ORDER * 10 * first // steps)
        written = write(model, np.tile(prompts, (count, 1)), order, generator)
        for place in range(count):
            rows = slice(place * len(prompts), (place + 1) * len(prompts))
            yield Written(**{name: array[rows] for name, array in vars(written).items()})


def samples_of(written: Written, characters: list[str]) -> list[seqviz.Sample]:
    """Returns a step as samples."""
    tokens = [[characters[place] for place in row] for row in written.ids.tolist()]
    return [
        seqviz.Sample(
            prompt=f"prompt {row // len(TEMPERATURES)}",
            text="".join(tokens[row]),
            temperature=TEMPERATURES[row % len(TEMPERATURES)],
            tokens=tokens[row],
            probabilities=written.probabilities[row].tolist(),
            ranks=written.ranks[row].tolist(),
            alternatives=[
                [(characters[place], value) for place, value in zip(places, values, strict=True)]
                for places, values in zip(
                    written.alternatives[row].tolist(), written.alternative_probabilities[row].tolist(), strict=True
                )
            ],
        )
        for row in range(len(tokens))
    ]


class GzipSizes:
    """How large arrays and texts are, each one gzip stream over all steps."""

    def __init__(self) -> None:
        self._streams: defaultdict[str, Any] = defaultdict(lambda: zlib.compressobj(6, wbits=31))
        self._sizes: Counter[str] = Counter()

    def add(self, name: str, data: bytes) -> None:
        """Adds to one of the streams."""
        self._sizes[name] += len(self._streams[name].compress(data))

    def end(self) -> Counter[str]:
        """Returns the size of each stream in bytes."""
        for name, stream in self._streams.items():
            self._sizes[name] += len(stream.flush())
        return self._sizes


def compose_text() -> str:
    """Returns the text of the example."""
    return char_rnn.compose_text(200_000, np.random.default_rng(0))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a text that the model knows, UTF-8")
    parser.add_argument("--steps", type=int, default=1000)
    options = parser.parse_args()
    model = NgramModel(options.data.read_text(encoding="utf-8") if options.data else compose_text())
    plain = GzipSizes()
    logging = 0.0
    with tempfile.TemporaryDirectory() as folder:
        with seqviz.Writer(folder) as writer:
            for step, written in enumerate(train(model, options.steps)):
                samples = samples_of(written, model.characters)
                start = time.perf_counter()
                writer.samples("probe", samples, step=step)
                writer.flush()
                logging += time.perf_counter() - start
                plain.add("text", "".join(sample.text for sample in samples).encode())
                plain.add("ranks", written.ranks.astype(np.uint8).tobytes())
                plain.add("alternatives", written.alternatives.astype(np.uint8).tobytes())
                for kind in ("float32", "float16"):
                    plain.add(kind, written.probabilities.astype(kind).tobytes())
                    plain.add(f"{kind} of alternatives", written.alternative_probabilities.astype(kind).tobytes())
        stored = sum(path.stat().st_size for path in Path(folder).iterdir())
    sizes = plain.end()
    rows = [("**SeqViz**, the event file", stored)]
    for kind in ("float32", "float16"):
        parts = ("text", "ranks", "alternatives", kind, f"{kind} of alternatives")
        rows.append((f"gzip of text and arrays, probabilities in {kind}", sum(sizes[part] for part in parts)))
    rows.append(("gzip of the text alone", sizes["text"]))
    characters = options.steps * PROMPTS * len(TEMPERATURES) * LENGTH
    print(
        table(
            [
                f"{options.steps:,} steps x {PROMPTS} x {len(TEMPERATURES)} x {LENGTH} characters",
                "MB",
                "bytes a character",
                "x ours",
            ],
            [[name, f"{size / 1e6:.1f}", f"{size / characters:.2f}", f"{size / stored:.2f}"] for name, size in rows],
        )
    )
    print(f"\nMeasuring, encoding and writing a step takes {logging / options.steps * 1e3:.0f} ms in the background.")


if __name__ == "__main__":
    main()
