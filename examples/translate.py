"""Translates dates written by people into ISO form, and logs the attention while it learns to.

    python examples/translate.py
    tensorboard --logdir logs

Two models, chosen with `--model`:

* `gru`: a bidirectional GRU reads the source, a GRU writes the target, and between them stands the additive attention
  of Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and translate" (ICLR 2015),
  section 3.1. One thing is simpler here: the context goes to the output only, not back into the decoder's state, so
  that all target positions are computed at once.
* `transformer`: Vaswani et al., "Attention is all you need" (NeurIPS 2017), with two layers and four heads on each side.

The dates ("the 3rd of May 1994", "3/5/94") are generated, one token per character, so the right alignment is known: it
is measured, never taught. With `--data FILE`, tab-separated sentence pairs are learned instead, one token per word.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import Formatter
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers, ops

from tb_seqviz_plugin.callbacks import AttentionLogger

PAD, START, END, UNKNOWN = range(4)
SPECIAL_TOKENS = ["[PAD]", "[START]", "[END]", "[UNK]"]

UNITS = 64
HEADS = 4
BATCH_SIZE = 64
LEARNING_RATE = 2e-3
HELD_OUT = 0.1
PROBES = 6

# ---------------------------------------------------------------------------------------------------------------- data

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

# {part:way of writing it}. Numbers alone are day first or year first; a year of two digits is of the 20th century.
DATE_FORMATS = [
    "{day:number} {month:name} {year:full}",
    "{day:number} {month:short} {year:full}",
    "{day:ordinal} {month:name} {year:full}",
    "the {day:ordinal} of {month:name} {year:full}",
    "{month:name} {day:number}, {year:full}",
    "{month:short} {day:ordinal}, {year:full}",
    "{weekday:name}, {day:number} {month:name} {year:full}",
    "{weekday:short} {day:number} {month:short} {year:full}",
    "{year:full} {month:name} {day:number}",
    "{year:full}.{month:padded}.{day:padded}",
    "{day:number}/{month:number}/{year:full}",
    "{day:number}/{month:number}/{year:short}",
    "{day:padded}.{month:padded}.{year:short}",
    "{day:number}-{month:short}-{year:short}",
]

Span = tuple[int, int]
NO_SPAN: Span = (0, 0)


@dataclass(frozen=True)
class Pair:
    """A source and its translation.

    Args:
        source: tokens to translate.
        target: tokens of the translation.
        spans: for each target token, the first source token that it comes from and the one after the last.
    """

    source: list[str]
    target: list[str]
    spans: list[Span]


def write_date(date: np.datetime64, date_format: str) -> Pair:
    """Writes a date as one of the `DATE_FORMATS` says; the target is its ISO form.

    What the source does not write has no span: the hyphens, the century of a year of two digits, and the zero before
    a number of one digit.
    """
    iso = str(date)
    year, month, day = iso.split("-")
    month_name = MONTHS[int(month) - 1]
    weekday = WEEKDAYS[(int(date.astype(int)) + 3) % 7]  # day 0 was a Thursday
    ending = "th" if day in ("11", "12", "13") else {"1": "st", "2": "nd", "3": "rd"}.get(day[1], "th")
    ways = {
        "year": {"full": year, "short": year[2:]},
        "month": {"name": month_name, "short": month_name[:3], "padded": month, "number": str(int(month))},
        "day": {"padded": day, "number": str(int(day)), "ordinal": str(int(day)) + ending},
        "weekday": {"name": weekday, "short": weekday[:3]},
    }
    source = ""
    spans = {}
    for text, part, way, _ in Formatter().parse(date_format):
        source += text
        if part and way:
            written = ways[part][way]
            spans[part] = (len(source), len(source) + len(written))
            source += written
    century = spans["year"] if "year:full" in date_format else NO_SPAN
    month_tens = NO_SPAN if month[0] == "0" and "month:number" in date_format else spans["month"]
    day_tens = NO_SPAN if day[0] == "0" and "day:padded" not in date_format else spans["day"]
    year_spans = [century, century, spans["year"], spans["year"]]
    target_spans = [*year_spans, NO_SPAN, month_tens, spans["month"], NO_SPAN, day_tens, spans["day"]]
    return Pair(list(source), list(iso), target_spans)


def generate_dates(count: int, generator: np.random.Generator) -> list[Pair]:
    """Writes random dates of 1500 to 2199 in random formats, no two sources the same."""
    pairs: dict[str, Pair] = {}
    while len(pairs) < count:
        date_format = str(generator.choice(DATE_FORMATS))
        first, last = ("1900", "2000") if "year:short" in date_format else ("1500", "2200")
        days = generator.integers(*(int(np.datetime64(year, "D").astype(int)) for year in (first, last)))
        pair = write_date(np.datetime64(int(days), "D"), date_format)
        pairs["".join(pair.source)] = pair
    return list(pairs.values())


def read_pairs(path: Path, count: int) -> list[Pair]:
    """Reads sentence pairs in lower case, split into words and punctuation marks; nobody knows their spans.

    Args:
        path: UTF-8 text, on each line a source, a tab and a target; further columns are ignored.
        count: how many lines to read at most.
    """
    pairs = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[:count], start=1):
        columns = line.lower().split("\t")
        if len(columns) < 2:
            raise SystemExit(f"Line {number} of {path} has no tab; write a source, a tab and its translation on each line.")
        source, target = (re.findall(r"\w+|[^\w\s]", column) for column in columns[:2])
        pairs.append(Pair(source, target, [NO_SPAN] * len(target)))
    return pairs


def encode(texts: Sequence[Sequence[str]], vocabulary: Sequence[str]) -> np.ndarray:
    """Returns the ids of the tokens, int32 [texts, longest text], padded with `PAD`."""
    index = {token: number for number, token in enumerate(vocabulary)}
    ids = np.full((len(texts), max(map(len, texts))), PAD, dtype="int32")
    for row, text in zip(ids, texts, strict=True):
        row[: len(text)] = [index.get(token, UNKNOWN) for token in text]
    return ids


# -------------------------------------------------------------------------------------------------------------- models


def gru_encoder(source: Any, source_mask: Any, vocabulary_size: int) -> Any:
    """Annotates each source token with its embedding and the states of a bidirectional GRU.

    With the states alone, a token could be read from its neighbours as well, and the alignment would blur.
    """
    embedded = layers.Embedding(vocabulary_size, UNITS, name="embedding")(source)
    recurrent = layers.Bidirectional(layers.GRU(UNITS // 2, return_sequences=True), name="recurrent")
    return ops.concatenate([embedded, recurrent(embedded, mask=source_mask)], axis=-1)


def gru_decoder(target: Any, annotations: Any, source_mask: Any, vocabulary_size: int) -> tuple[Any, Any]:
    """Asks the source, with the GRU's state before each token as the query, what to write next.

    The state starts from zero: all that the decoder knows of the source goes through its attention.
    """
    embedded = layers.Embedding(vocabulary_size, UNITS, name="embedding")(target)
    state = layers.GRU(UNITS, return_sequences=True, name="recurrent")(embedded)
    query = layers.Dense(UNITS, name="query")(state)
    key = layers.Dense(UNITS, use_bias=False, name="key")(annotations)
    context, weights = layers.AdditiveAttention(name="attention")(
        [query, annotations, key], mask=[None, source_mask], return_attention_scores=True
    )
    return layers.Dense(vocabulary_size, name="logits")(ops.concatenate([state, context], axis=-1)), weights


def transformer_encoder(source: Any, source_mask: Any, vocabulary_size: int) -> Any:
    """Annotates each source token with two layers of self attention."""
    x = embed_with_position(source, vocabulary_size)
    for number in (1, 2):
        attention = layers.MultiHeadAttention(HEADS, UNITS // HEADS, name=f"self_attention_{number}")
        x = add_and_norm(x, attention(x, x, attention_mask=ops.expand_dims(source_mask, 1)))
        x = add_and_norm(x, feed_forward(x))
    return x


def transformer_decoder(target: Any, annotations: Any, source_mask: Any, vocabulary_size: int) -> tuple[Any, Any]:
    """Two layers, each of attention to the tokens so far and attention to the source; the weights are the last layer's."""
    x = embed_with_position(target, vocabulary_size)
    for number in (1, 2):
        self_attention = layers.MultiHeadAttention(HEADS, UNITS // HEADS, name=f"self_attention_{number}")
        cross_attention = layers.MultiHeadAttention(HEADS, UNITS // HEADS, name=f"cross_attention_{number}")
        x = add_and_norm(x, self_attention(x, x, use_causal_mask=True))
        attended, weights = cross_attention(
            x, annotations, attention_mask=ops.expand_dims(source_mask, 1), return_attention_scores=True
        )
        x = add_and_norm(x, attended)
        x = add_and_norm(x, feed_forward(x))
    return layers.Dense(vocabulary_size, name="logits")(x), ops.mean(weights, axis=1)


def embed_with_position(ids: Any, vocabulary_size: int) -> Any:
    """Returns the tokens' embeddings plus sines and cosines of their positions, [batch, positions, UNITS]."""
    angles = np.arange(ids.shape[1])[:, None] / 10000 ** (np.arange(0, UNITS, 2) / UNITS)
    positions = np.concatenate([np.sin(angles), np.cos(angles)], axis=-1).astype("float32")
    return layers.Embedding(vocabulary_size, UNITS, name="embedding")(ids) * UNITS**0.5 + positions


def add_and_norm(x: Any, change: Any) -> Any:
    """Adds what a sublayer computed to what it read, and normalises."""
    return layers.LayerNormalization()(x + change)


def feed_forward(x: Any) -> Any:
    """Two dense layers, at each position alone."""
    return layers.Dense(UNITS)(layers.Dense(4 * UNITS, activation="relu")(x))


def part_of_model(name: str, function: Callable[..., Any], *inputs: Any, vocabulary_size: int) -> Any:
    """Applies a function as a model of its own, so that the paths of its layers begin with its name."""
    own_inputs = [keras.Input(tensor.shape[1:], dtype=tensor.dtype) for tensor in inputs]
    outputs = function(*own_inputs, vocabulary_size=vocabulary_size)
    return keras.Model(own_inputs, outputs, name=name)(list(inputs))


MODELS = {"gru": (gru_encoder, gru_decoder), "transformer": (transformer_encoder, transformer_decoder)}


def build(name: str, source_length: int, target_length: int, vocabulary_sizes: Sequence[int]) -> tuple[Any, Any]:
    """Joins an encoder and a decoder.

    Args:
        name: key of `MODELS`.
        source_length: positions of the source.
        target_length: positions of the target.
        vocabulary_sizes: that of the source and that of the target.

    Returns:
        Two models of the same layers, which read {"source", "target"}: the translator gives logits [batch, target
        positions, vocabulary], the aligner the decoder's attention [batch, target positions, source positions], the
        mean over its heads.
    """
    encoder, decoder = MODELS[name]
    source = keras.Input((source_length,), dtype="int32", name="source")
    target = keras.Input((target_length,), dtype="int32", name="target")
    source_mask = ops.not_equal(source, PAD)
    annotations = part_of_model("encoder", encoder, source, source_mask, vocabulary_size=vocabulary_sizes[0])
    logits, weights = part_of_model(
        "decoder", decoder, target, annotations, source_mask, vocabulary_size=vocabulary_sizes[1]
    )
    inputs = {"source": source, "target": target}
    return keras.Model(inputs, logits, name="translator"), keras.Model(inputs, weights, name="aligner")


# ---------------------------------------------------------------------------------------------------------- evaluation


def translate(translator: keras.Model, source: np.ndarray, length: int) -> np.ndarray:
    """Writes the likeliest token at each position, one after the other.

    Args:
        translator: the trained model.
        source: int32 [examples, source positions].
        length: how many tokens to write.

    Returns:
        int32 [examples, length], `PAD` after `END`.
    """
    target = np.full((len(source), length + 1), PAD, dtype="int32")
    target[:, 0] = START
    for position in range(length):
        logits = translator.predict_on_batch({"source": source, "target": target[:, :-1]})
        ended = np.isin(target[:, position], (PAD, END))
        target[:, position + 1] = np.where(ended, PAD, logits[:, position].argmax(axis=-1))
    return target[:, 1:]


def share_aligned(weights: np.ndarray, spans: np.ndarray) -> float:
    """Returns the share of target tokens whose strongest weight falls on the right source span.

    Args:
        weights: float [examples, target positions, source positions].
        spans: int [examples, target positions, 2]; tokens without a span do not count.
    """
    strongest = weights.argmax(axis=-1)
    start, stop = spans[..., 0], spans[..., 1]
    right = (start <= strongest) & (strongest < stop)
    return float(right[start < stop].mean())


# ---------------------------------------------------------------------------------------------------------------- main


@dataclass(frozen=True)
class Result:
    """What a run found out on pairs that it was not trained on.

    Args:
        accuracy: share of target tokens foretold from the true ones before them.
        exact: share of sources translated without any error from nothing but the source.
        aligned: see `share_aligned`; None where the right alignment is unknown.
    """

    accuracy: float
    exact: float
    aligned: float | None


def main(arguments: Sequence[str] | None = None) -> Result:
    """Trains a translator, logs its attention, and evaluates it.

    Args:
        arguments: words of the command line; None for those of this process.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=list(MODELS), default="gru")
    parser.add_argument("--data", type=Path, help="tab-separated sentence pairs to learn instead of dates")
    parser.add_argument("--log-dir", type=Path, default=Path("logs/translate"))
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--examples", type=int, default=10_000, help="how many pairs to generate or read")
    parser.add_argument("--schedule", default="geometric", help="when to log: epoch, geometric, or every so many batches")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)

    keras.utils.set_random_seed(options.seed)
    generator = np.random.default_rng(options.seed)
    pairs = read_pairs(options.data, options.examples) if options.data else generate_dates(options.examples, generator)
    # What is held out are sources: a sentence that has several translations is on one side only.
    sources = sorted({tuple(pair.source) for pair in pairs})
    held_out_sources = {sources[row] for row in generator.permutation(len(sources))[: int(HELD_OUT * len(sources))]}
    held_out = np.array([tuple(pair.source) in held_out_sources for pair in pairs])

    known = [pair for pair, hidden in zip(pairs, held_out, strict=True) if not hidden]
    source_tokens = SPECIAL_TOKENS + sorted({token for pair in known for token in pair.source})
    target_tokens = SPECIAL_TOKENS + sorted({token for pair in known for token in pair.target})
    source = encode([pair.source for pair in pairs], source_tokens)
    labels = encode([[*pair.target, SPECIAL_TOKENS[END]] for pair in pairs], target_tokens)
    target = np.insert(labels[:, :-1], 0, START, axis=1)  # what the decoder reads: all that was written before
    spans = np.zeros((*labels.shape, 2), dtype="int32")
    for row, pair in zip(spans, pairs, strict=True):
        row[: len(pair.spans)] = pair.spans
    training, validation = (
        ({"source": source[rows], "target": target[rows]}, labels[rows], (labels[rows] != PAD).astype("float32"))
        for rows in (~held_out, held_out)
    )
    inputs, truth, _ = validation

    translator, aligner = build(
        options.model, source.shape[1], target.shape[1], (len(source_tokens), len(target_tokens))
    )
    steps = options.epochs * -(-len(training[1]) // BATCH_SIZE)
    translator.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    logger = AttentionLogger(
        options.log_dir,
        {name: ids[:PROBES] for name, ids in inputs.items()},
        tokens={
            "source": [[source_tokens[token] for token in ids] for ids in inputs["source"][:PROBES]],
            "target": [[target_tokens[token] for token in ids] for ids in truth[:PROBES]],
        },
        schedule=int(options.schedule) if options.schedule.isdigit() else options.schedule,
        name="probe",
    )
    history = translator.fit(
        training[0],
        training[1],
        sample_weight=training[2],
        validation_data=validation,
        batch_size=BATCH_SIZE,
        epochs=options.epochs,
        callbacks=[keras.callbacks.TensorBoard(options.log_dir), logger],
    )

    written = translate(translator, inputs["source"], target.shape[1])
    exact = (written == truth).all(axis=-1)
    print("\nTranslations of sources that were held out:")
    separator = " " if options.data else ""
    for ids, output, right in list(zip(inputs["source"], written, exact, strict=True))[:10]:
        text = separator.join(source_tokens[token] for token in ids if token != PAD)
        translation = separator.join(target_tokens[token] for token in output if token not in (PAD, END))
        print(f"  {text:<32} -> {translation}{'' if right else '   (another was expected)'}")
    result = Result(history.history["val_accuracy"][-1], float(exact.mean()), aligned=None)
    print(f"\nTokens right, given the true ones before them: {result.accuracy:.1%}")
    print(f"Translations without any error: {result.exact:.1%}")
    if not options.data:
        weights = aligner.predict(inputs, verbose=0)
        result = replace(result, aligned=share_aligned(weights, spans[held_out]))
        print(f"Share of output tokens whose strongest weight falls on the right source span: {result.aligned:.3f}")
    print(f"\nSee it:  tensorboard --logdir {options.log_dir.parent}")
    return result


if __name__ == "__main__":
    main()
