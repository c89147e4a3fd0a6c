"""What attention of trained models takes on disk, beside float32.

    python benchmarks/record_size.py

Two models learn the dates of `examples/translate.py`: that example's Transformer (28 x 28 weights a head at most, where names and
tokens weigh, too), and a language model that reads 128 characters of dates with their ISO forms, one after the other.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers
from measure import table

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))

import translate

LENGTH, HEADS, WIDTH, BLOCKS = 128, 4, 64, 2


def date_text(count: int) -> str:
    """Returns dates as people write them, each with its ISO form."""
    pairs = translate.generate_dates(count, np.random.default_rng(0))
    return "".join(f"{''.join(pair.source)} = {''.join(pair.target)}\n" for pair in pairs)


def language_model(vocabulary: int) -> keras.Model:
    """Returns a decoder-only Transformer over characters."""
    ids = layers.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(vocabulary, WIDTH)(ids)
    x = x + layers.Embedding(LENGTH, WIDTH)(np.arange(LENGTH)[None])
    for _ in range(BLOCKS):
        normed = layers.LayerNormalization()(x)
        x = x + layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(normed, normed, use_causal_mask=True)
        x = x + layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="gelu")(layers.LayerNormalization()(x)))
    return keras.Model(ids, layers.Dense(vocabulary)(layers.LayerNormalization()(x)))


def train_language_model(log_dir: Path) -> None:
    """Trains it for 600 batches and logs four held-out windows at the end."""
    keras.utils.set_random_seed(0)
    text = date_text(8000)
    characters = sorted(set(text))
    ids = np.array([characters.index(character) for character in text], "int32")
    windows = np.lib.stride_tricks.sliding_window_view(ids, LENGTH + 1)[::37]
    windows = np.random.default_rng(1).permutation(windows)
    model = language_model(len(characters))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    probe, train = windows[:4, :-1], windows[4 : 4 + 600 * 32]
    logger = AttentionLogger(log_dir, probe, tokens=characters)
    model.fit(
        train[:, :-1], train[:, 1:], batch_size=32, epochs=max(1, 600 * 32 // len(train)), verbose=0, callbacks=[logger]
    )


def sizes(log_dir: Path) -> list[str]:
    """Returns records, float32 kB, kB on disk and the ratio."""
    records = list(seqviz.read(log_dir, "attention"))
    original = sum(layer.weights.nbytes for record in records for layer in record.layers) / len(records)
    stored = sum(path.stat().st_size for path in log_dir.rglob("*.seqviz")) / len(records)
    return [str(len(records)), f"{original / 1e3:.1f}", f"{stored / 1e3:.2f}", f"{original / stored:.1f}"]


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        translate.main(["--model", "transformer", "--log-dir", str(root / "translate")])
        train_language_model(root / "language model")
        rows = [
            ["`translate.py --model transformer`, 28 and 11 tokens", *sizes(root / "translate")],
            ["language model, 128 characters", *sizes(root / "language model")],
        ]
    print(table(["trained model", "records", "float32, kB a record", "on disk, kB", "times smaller"], rows))


if __name__ == "__main__":
    main()
