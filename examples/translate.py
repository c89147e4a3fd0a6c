"""Translates dates written by people into ISO form, and logs while it learns to: attention, translations, gradients, embeddings,
and how well it translates what it was not trained on, by slices of it.

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
import calendar
import datetime
import math
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers, ops

from tb_seqviz_plugin.callbacks import Geometric, Sampling, SeqViz, SliceExample

PAD, START, END, UNKNOWN = range(4)
SPECIAL_TOKENS = ["[PAD]", "[START]", "[END]", "[UNK]"]

UNITS = 64
HEADS = 4
BATCH_SIZE = 64
LEARNING_RATE = 2e-3
LAST_SHARE = 0.1  # of the learning rate: at 0 nothing would be seen of the last updates
HELD_OUT = 0.1
PROBES = 6

# ---------------------------------------------------------------------------------------------------------------- data

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


def write_date(date: datetime.date, date_format: str) -> Pair:
    """Writes a date as one of the `DATE_FORMATS` says; the target is its ISO form.

    What the source does not write has no span: the hyphens, the century of a year of two digits, and the zero before
    a number of one digit.
    """
    iso = date.isoformat()
    year, month, day = iso.split("-")
    month_name, weekday = calendar.month_name[date.month], calendar.day_name[date.weekday()]
    ending = "th" if 11 <= date.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(date.day % 10, "th")
    ways = {
        "year": {"full": year, "short": year[2:]},
        "month": {"name": month_name, "short": month_name[:3], "padded": month, "number": f"{date.month}"},
        "day": {"padded": day, "number": f"{date.day}", "ordinal": f"{date.day}{ending}"},
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
        years = (1900, 2000) if "year:short" in date_format else (1500, 2200)
        first, end = (datetime.date(year, 1, 1).toordinal() for year in years)
        pair = write_date(datetime.date.fromordinal(int(generator.integers(first, end))), date_format)
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
            raise SystemExit(
                f"Line {number} of {path} has no tab; write a source, a tab and its translation on each line."
            )
        source, target = (re.findall(r"\w+|[^\w\s]", column) for column in columns[:2])
        pairs.append(Pair(source, target, [NO_SPAN] * len(target)))
    return pairs


@dataclass(frozen=True)
class Examples:
    """Pairs as arrays; row by row the same pair.

    Args:
        inputs: "source" int32 [examples, source positions]; "target" int32 [examples, target positions], what the
            decoder has before it at each position: `START`, then the labels.
        labels: int32 [examples, target positions], what it is to write there.
        spans: int32 [examples, target positions, 2], where in the source that comes from.
    """

    inputs: dict[str, np.ndarray]
    labels: np.ndarray
    spans: np.ndarray

    def __getitem__(self, rows: Any) -> Examples:
        return Examples({name: ids[rows] for name, ids in self.inputs.items()}, self.labels[rows], self.spans[rows])

    @property
    def weights(self) -> np.ndarray:
        """float32 [examples, target positions], 0 at padding, which nobody needs to learn."""
        return np.asarray(self.labels != PAD, dtype="float32")


def list_tokens(texts: Iterable[Sequence[str]]) -> list[str]:
    """Returns the vocabulary of texts; the place of a token in it is its id."""
    return SPECIAL_TOKENS + sorted({token for text in texts for token in text})


def encode(pairs: Sequence[Pair], source_tokens: Sequence[str], target_tokens: Sequence[str]) -> Examples:
    """Turns pairs into arrays as long as the longest, padded with `PAD`."""
    source_ids, target_ids = ({token: number for number, token in enumerate(t)} for t in (source_tokens, target_tokens))
    source = np.full((len(pairs), max(len(pair.source) for pair in pairs)), PAD, dtype="int32")
    written = np.full((len(pairs), max(len(pair.target) for pair in pairs) + 2), PAD, dtype="int32")
    spans = np.zeros((len(pairs), written.shape[1] - 1, 2), dtype="int32")
    for row, pair in enumerate(pairs):
        source[row, : len(pair.source)] = [source_ids.get(token, UNKNOWN) for token in pair.source]
        ids = [START, *(target_ids.get(token, UNKNOWN) for token in pair.target), END]
        written[row, : len(ids)] = ids
        spans[row, : len(pair.spans)] = pair.spans
    labels = written[:, 1:]
    return Examples({"source": source, "target": np.where(labels == PAD, PAD, written[:, :-1])}, labels, spans)


def decode(ids: np.ndarray, tokens: Sequence[str], without: Sequence[int] = (PAD,)) -> list[str]:
    """Returns the tokens of one text."""
    return [tokens[token] for token in ids if token not in without]


def vocabulary_of(tokens: Sequence[str], separator: str) -> tuple[Callable[[str], list[int]], Callable[[Any], str]]:
    """Returns two functions, from a text to the ids of its tokens and back."""
    ids = {token: number for number, token in enumerate(tokens)}

    def encode_text(text: str) -> list[int]:
        return [ids.get(token, UNKNOWN) for token in (text.split(separator) if separator else text)]

    return encode_text, lambda numbers: separator.join(decode(np.asarray(numbers), tokens))


def draw_held_out(pairs: Sequence[Pair], generator: np.random.Generator) -> np.ndarray:
    """Returns bool [pairs]: which ones to test with. All translations of a source are on the same side."""
    sources = sorted({tuple(pair.source) for pair in pairs})
    drawn = {sources[row] for row in generator.permutation(len(sources))[: math.ceil(HELD_OUT * len(sources))]}
    return np.array([tuple(pair.source) in drawn for pair in pairs])


# -------------------------------------------------------------------------------------------------------------- models


def gru_encoder(vocabulary_size: int, source: Any, source_mask: Any) -> Any:
    """Annotates each source token with its embedding and the states of a bidirectional GRU.

    With the states alone, a token could be read from its neighbours as well, and the alignment would blur.
    """
    embedded = layers.Embedding(vocabulary_size, UNITS, name="embedding")(source)
    recurrent = layers.Bidirectional(layers.GRU(UNITS // 2, return_sequences=True), name="recurrent")
    return ops.concatenate([embedded, recurrent(embedded, mask=source_mask)], axis=-1)


def gru_decoder(vocabulary_size: int, target: Any, annotations: Any, source_mask: Any) -> tuple[Any, Any]:
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


def transformer_encoder(vocabulary_size: int, source: Any, source_mask: Any) -> Any:
    """Annotates each source token with two layers of self attention."""
    x = embed_with_position(source, vocabulary_size)
    neither_is_padding = ops.logical_and(ops.expand_dims(source_mask, 2), ops.expand_dims(source_mask, 1))
    for number in (1, 2):
        attention = layers.MultiHeadAttention(HEADS, UNITS // HEADS, name=f"self_attention_{number}")
        x = add_and_norm(x, attention(x, x, attention_mask=neither_is_padding))
        x = add_and_norm(x, feed_forward(x))
    return x


def transformer_decoder(vocabulary_size: int, target: Any, annotations: Any, source_mask: Any) -> tuple[Any, Any]:
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


MODELS = {"gru": (gru_encoder, gru_decoder), "transformer": (transformer_encoder, transformer_decoder)}


def build(name: str, examples: Examples, source_vocabulary: int, target_vocabulary: int) -> tuple[Any, Any]:
    """Joins an encoder and a decoder, each a model of its own, so that the paths of their layers begin with its name.

    Args:
        name: key of `MODELS`.
        examples: pairs of the lengths to build for.
        source_vocabulary: number of source tokens.
        target_vocabulary: number of target tokens.

    Returns:
        Two models of the same layers, which read {"source", "target"}: the translator gives logits [batch, target
        positions, vocabulary], the aligner the decoder's attention [batch, target positions, source positions], of
        several heads the mean.
    """
    encoder, decoder = MODELS[name]
    inputs = {side: keras.Input(ids.shape[1:], dtype="int32", name=side) for side, ids in examples.inputs.items()}
    source_mask = ops.not_equal(inputs["source"], PAD)  # handed on openly, since Keras loses its own on the way
    annotations = nest("encoder", encoder, source_vocabulary, inputs["source"], source_mask)
    logits, weights = nest("decoder", decoder, target_vocabulary, inputs["target"], annotations, source_mask)
    return keras.Model(inputs, logits, name="translator"), keras.Model(inputs, weights, name="aligner")


def nest(name: str, function: Callable[..., Any], vocabulary_size: int, *inputs: Any) -> Any:
    """Applies a function to inputs as a model of its own."""
    own_inputs = [keras.Input(tensor.shape[1:], dtype=tensor.dtype) for tensor in inputs]
    return keras.Model(own_inputs, function(vocabulary_size, *own_inputs), name=name)(list(inputs))


# ---------------------------------------------------------------------------------------------------------- evaluation


def translate(translator: keras.Model, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Writes the likeliest token at each position, one after the other.

    Args:
        translator: the trained model.
        inputs: those of `Examples`; of the target only the shape counts.

    Returns:
        int32 [examples, target positions], `PAD` after `END`.
    """
    count, length = inputs["target"].shape
    written = np.full((count, length + 1), PAD, dtype="int32")
    written[:, 0] = START
    for position in range(length):
        logits = translator.predict_on_batch({"source": inputs["source"], "target": written[:, :-1]})
        ended = np.isin(written[:, position], (PAD, END))
        written[:, position + 1] = np.where(ended, PAD, logits[:, position].argmax(axis=-1))
    return written[:, 1:]


def month(example: SliceExample) -> str:
    """Returns how a source writes the month."""
    return "in words" if re.search(r"[A-Za-z]{3}", example.text) else "in figures"


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
    parser.add_argument("--examples", type=int, default=10_000, help="how many pairs to generate or read")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--log-dir", type=Path, default=Path("logs/translate"))
    parser.add_argument("--schedule", default="geometric", help="epoch, geometric or a number of batches")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(options.seed)
    generator = np.random.default_rng(options.seed)

    pairs = read_pairs(options.data, options.examples) if options.data else generate_dates(options.examples, generator)
    is_held_out = draw_held_out(pairs, generator)
    known = [pair for pair, hidden in zip(pairs, is_held_out, strict=True) if not hidden]
    source_tokens = list_tokens(pair.source for pair in known)
    target_tokens = list_tokens(pair.target for pair in known)
    examples = encode(pairs, source_tokens, target_tokens)
    training, held_out = examples[~is_held_out], examples[is_held_out]
    _, first_of_source = np.unique(held_out.inputs["source"], axis=0, return_index=True)
    probe = held_out[generator.permutation(first_of_source)[:PROBES]]

    translator, aligner = build(options.model, examples, len(source_tokens), len(target_tokens))
    steps = options.epochs * math.ceil(len(training.labels) / BATCH_SIZE)
    translator.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps, alpha=LAST_SHARE)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    # A row of attention is what one target position asks, so it bears the token that is written there. But where the
    # target attends to itself, its positions are also what is read, and bear that token.
    target_ids = probe.labels if options.model == "gru" else probe.inputs["target"]
    sources = [decode(ids, source_tokens) for ids in probe.inputs["source"]]
    separator = " " if options.data else ""
    schedule = int(options.schedule) if options.schedule.isdigit() else options.schedule
    seqviz = SeqViz(
        options.log_dir,
        probe.inputs,
        tokens={"source": sources, "target": [decode(ids, target_tokens) for ids in target_ids]},
        prompts=[
            (separator.join(source), separator.join(decode(ids, target_tokens, without=(PAD, END))))
            for source, ids in zip(sources, probe.labels, strict=True)
        ],
        targets=probe.labels,
        tokenizer=vocabulary_of(target_tokens, separator),
        labels={"encoder/embedding": source_tokens, "decoder/embedding": target_tokens},
        sampling=Sampling(temperatures=(0, 1), max_length=probe.labels.shape[1], start=START, stop=END),
        schedule=schedule,
        max_overhead=None,  # it trains for half a minute, of which no step is to be missing
        evaluation=(held_out.inputs, held_out.labels, held_out.weights),
        options={
            # Less often, so that a screen of them goes from what it cannot do to what it can.
            "samples": {
                "source": vocabulary_of(source_tokens, separator),
                "schedule": Geometric(1.45) if schedule == "geometric" else schedule,
            },
            "evaluation": {
                "name": "held out",
                # Once an epoch, counted in batches as the other records are.
                "schedule": math.ceil(len(training.labels) / BATCH_SIZE),
                "slices": None if options.data else {"month": month},
            },
        },
    )
    history = translator.fit(
        training.inputs,
        training.labels,
        sample_weight=training.weights,
        validation_data=(held_out.inputs, held_out.labels, held_out.weights),
        batch_size=BATCH_SIZE,
        epochs=options.epochs,
        callbacks=[keras.callbacks.TensorBoard(options.log_dir), seqviz],
    )

    print("\nHeld-out sources, as translated:")
    for source, written in zip(probe.inputs["source"], translate(translator, probe.inputs), strict=True):
        text = separator.join(decode(source, source_tokens))
        print(f"  {text:<30} {separator.join(decode(written, target_tokens, without=(PAD, END)))}")
    accuracy = history.history["val_accuracy"][-1]
    exact = float((translate(translator, held_out.inputs) == held_out.labels).all(axis=-1).mean())
    print(f"\nTokens right, given those before them: {accuracy:.1%}. Translations without any error: {exact:.1%}.")
    aligned = None
    if not options.data:
        aligned = share_aligned(aligner.predict(held_out.inputs, verbose=0), held_out.spans)
        print(f"Output tokens whose strongest weight falls on the right source span: {aligned:.1%}.")
    return Result(accuracy, exact, aligned)


if __name__ == "__main__":
    main()
