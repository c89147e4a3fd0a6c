"""Learns whether film reviews are good or bad, and logs what the pieces of words come to mean on the way.

    python examples/sentiment_embeddings.py
    tensorboard --logdir logs

The model looks up a vector of 16 numbers for each subword, takes the mean over the review, and judges it with two dense
layers. Nobody tells it which words are kind: words of one sentiment come to lie close together, since they decide alike.
TensorBoard's Projector shows the vectors at more and more distant steps, coloured by how often a word is found in good
reviews, and those of the reviews held out. How well these are judged by their length, their class and whether they deny
something is logged beside.

The reviews are composed here, so that it is known which words carry the sentiment. With `--data FILE`, reviews that people
wrote are learned instead: one per line, a tab, and 0 for bad or 1 for good; with `--data imdb`, the 25,000 of the Internet
Movie Database, which the package `tensorflow_datasets` fetches.
"""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers

from tb_seqviz_plugin.callbacks import Geometric, Labels, SeqViz, SliceExample
from tb_seqviz_plugin.records.embeddings.neighbours import nearest

PAD, UNKNOWN = "", "[UNK]"
DIMENSIONS = 16
BATCH_SIZE = 64
LONGEST = 250
HELD_OUT = 0.1
SHOWN_REVIEWS = 200

# ---------------------------------------------------------------------------------------------------------------- data

GOOD = [
    "wonderful",
    "brilliant",
    "touching",
    "delightful",
    "superb",
    "charming",
    "clever",
    "gripping",
    "moving",
    "beautiful",
    "lovely",
    "stunning",
]
BAD = [
    "boring",
    "dreadful",
    "tedious",
    "awful",
    "clumsy",
    "predictable",
    "lifeless",
    "annoying",
    "messy",
    "pointless",
    "shallow",
    "horrible",
]
PARTS = [
    "plot",
    "acting",
    "script",
    "music",
    "camera",
    "ending",
    "dialogue",
    "story",
    "cast",
    "editing",
    "scenery",
    "humour",
    "pace",
    "soundtrack",
]
SENTENCES = (
    "the {part} was {word}",
    "i found the {part} {word} and the {part} {word}",
    "what a {word} {part}",
    "a film with {word} {part}",
    "the {part} of this movie is rather {word}",
    "my friends called the {part} {word}",
)
STRAY = 0.1
"""So many of a review's words of sentiment are of the other one: not all of a good film is good."""


@dataclass(frozen=True)
class Review:
    """A text and whether it is a good review."""

    text: str
    good: bool


def compose_review(generator: np.random.Generator) -> Review:
    """Writes two to six sentences about a film that somebody liked, or did not."""
    good = bool(generator.integers(2))
    sentences = []
    for sentence in generator.choice(SENTENCES, generator.integers(2, 7)):
        while "{" in sentence:
            words = GOOD if good != (generator.random() < STRAY) else BAD
            sentence = sentence.replace("{part}", generator.choice(PARTS), 1)
            sentence = sentence.replace("{word}", generator.choice(words), 1)
        sentences.append(sentence)
    return Review(". ".join(sentences) + ".", good)


def read_reviews(path: Path) -> list[Review]:
    """Reads the reviews of a file: on each line a text, a tab, and 0 for bad or 1 for good."""
    reviews = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text, _, rating = line.rpartition("\t")
        if not text.strip() or rating.strip() not in ("0", "1"):
            raise SystemExit(f"Line {number} of {path} is {line[:60]!r}; expected a review, a tab, and 0 or 1.")
        reviews.append(Review(text.strip(), rating.strip() == "1"))
    return reviews


def fetch_imdb() -> list[Review]:
    """Returns the reviews of the Internet Movie Database."""
    try:
        import tensorflow_datasets as tfds
    except ImportError:
        raise SystemExit("--data imdb needs another package: pip install tensorflow-datasets") from None
    try:
        examples = tfds.as_numpy(tfds.load("imdb_reviews", split="train", as_supervised=True))
        return [Review(text.decode().replace("<br />", " "), bool(label)) for text, label in examples]
    except Exception as error:  # whatever goes wrong between here and there
        raise SystemExit(f"The reviews cannot be fetched ({error}); give a file of your own: --data FILE.") from error


# ------------------------------------------------------------------------------------------------------------ subwords


def words_of(text: str) -> list[str]:
    """Returns words and punctuation, each ending in "_", in lower case."""
    return [f"{word}_" for word in re.findall(r"\w+(?:'\w+)?|[.,;:!?]", text.lower())]


def learn_subwords(counts: Mapping[str, int], size: int) -> list[str]:
    """Returns single characters and the most frequent pairs of what there is already, joined one after the other.

    This is byte pair encoding: Sennrich et al., "Neural machine translation of rare words with subword units" (2016).

    Args:
        counts: how often each word comes.
        size: how many subwords to learn at most.
    """
    pieces = {word: [*word[:-2], word[-2:]] for word in counts}
    pairs: Counter[tuple[str, str]] = Counter()
    words_with: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def count(word: str, sign: int) -> None:
        for pair in zip(pieces[word], pieces[word][1:], strict=False):
            pairs[pair] += sign * counts[word]
            words_with[pair].add(word)

    for word in counts:
        count(word, 1)
    subwords = sorted({piece for word in pieces.values() for piece in word})
    while len(subwords) < size and pairs:
        pair = max(pairs, key=lambda pair: (pairs[pair], pair))
        if pairs[pair] < 2:
            break
        subwords.append("".join(pair))
        for word in words_with.pop(pair):
            count(word, -1)
            pieces[word] = join(pieces[word], pair)
            count(word, 1)
        del pairs[pair]
    return subwords


def join(pieces: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """Returns the pieces of a word with each occurrence of a pair made one."""
    joined: list[str] = []
    for piece in pieces:
        if joined and (joined[-1], piece) == pair:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


class Subwords:
    """Texts to ids: each word as the longest subwords that it begins with, one after the other.

    Args:
        subwords: the vocabulary, without those of padding and of what is unknown.
    """

    def __init__(self, subwords: Sequence[str]) -> None:
        self.vocabulary = [PAD, UNKNOWN, *subwords]
        self._ids = {subword: number for number, subword in enumerate(self.vocabulary)}
        self._known: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        """Returns the ids of a text."""
        return [number for word in words_of(text) for number in self._encode_word(word)]

    def decode(self, ids: Iterable[int]) -> str:
        """Returns the text of ids, each word and each punctuation mark behind a space."""
        return "".join(self.vocabulary[number] for number in ids).replace("_", " ").strip()

    def _encode_word(self, word: str) -> list[int]:
        if word not in self._known:
            ids, rest = [], word
            while rest:
                length = next((n for n in range(len(rest), 0, -1) if rest[:n] in self._ids), 0)
                ids.append(self._ids[rest[:length]] if length else self._ids[UNKNOWN])
                rest = rest[length or 1 :]
            self._known[word] = ids
        return self._known[word]


def pad(texts: Iterable[Sequence[int]]) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Returns ids as int32 [texts, longest text], filled with those of padding, cut where they are very long."""
    rows = [list(ids)[:LONGEST] for ids in texts]
    padded = np.zeros((len(rows), max(map(len, rows))), np.int32)
    for row, ids in zip(padded, rows, strict=True):
        row[: len(ids)] = ids
    return padded


# --------------------------------------------------------------------------------------------------------------- model


def build(vocabulary_size: int) -> keras.Model:
    """Returns a new model, compiled."""
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(vocabulary_size, DIMENSIONS, mask_zero=True, name="subwords"),
            layers.GlobalAveragePooling1D(name="review"),
            layers.Dense(16, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile(
        keras.optimizers.Adam(5e-3),
        keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
    )
    return model


# ---------------------------------------------------------------------------------------------- what has been learned


def describe(ids: Sequence[Sequence[int]], good: np.ndarray[Any, Any], size: int) -> dict[str, np.ndarray[Any, Any]]:
    """Returns how often each subword comes, and in what share of the reviews with it somebody liked the film."""
    inside = np.zeros((2, size), int)
    for review, is_good in zip(ids, good, strict=True):
        inside[int(is_good), list(set(review))] += 1
    frequency = np.bincount(np.concatenate([np.asarray(review, int) for review in ids]), minlength=size)
    return {"frequency": frequency, "in good reviews": np.round(inside[1] / np.maximum(inside.sum(axis=0), 1), 2)}


def separation(vectors: np.ndarray[Any, Any], vocabulary: Sequence[str]) -> tuple[float, float]:
    """Returns the mean cosine similarity of two words of one sentiment, and of two of both."""
    groups = [[vocabulary.index(f"{word}_") for word in words if f"{word}_" in vocabulary] for words in (GOOD, BAD)]
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    within = [(units[one] @ units[one].T)[~np.eye(len(one), dtype=bool)] for one in groups]
    return float(np.concatenate(within).mean()), float((units[groups[0]] @ units[groups[1]].T).mean())


def negation(review: SliceExample) -> str:
    """Returns whether a review says of anything what it is not."""
    return "with" if re.search(r"\b(not|no|never|nothing|hardly)\b|n't\b", review.text) else "without"


# ---------------------------------------------------------------------------------------------------------------- main


@dataclass(frozen=True)
class Result:
    """What a run found out.

    Args:
        accuracy: share of the reviews held out that are judged rightly.
        neighbours: of a kind and of an unkind word, the nearest ones first.
        within: mean cosine similarity of two words of one sentiment, None for reviews that people wrote.
        across: the same of a kind and an unkind word.
    """

    accuracy: float
    neighbours: dict[str, list[str]]
    within: float | None
    across: float | None


def main(arguments: Sequence[str] | None = None) -> Result:
    """Trains a judge of reviews, logs the vectors of its subwords, and prints which lie close together.

    Args:
        arguments: words of the command line; None for those of this process.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help='reviews to learn instead: a tab-separated file, or "imdb"')
    parser.add_argument("--reviews", type=int, default=2000, help="how many reviews to compose")
    parser.add_argument("--subwords", type=int, default=2000, help="how many subwords to learn at most")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--log-dir", type=Path, default=Path("logs/sentiment"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(options.seed)
    generator = np.random.default_rng(options.seed)

    if options.data:
        reviews = fetch_imdb() if options.data == "imdb" else read_reviews(Path(options.data))
    else:
        reviews = [compose_review(generator) for _ in range(options.reviews)]
    reviews = [reviews[number] for number in generator.permutation(len(reviews))]
    held_out, known = np.split(np.array(reviews, object), [max(1, int(HELD_OUT * len(reviews)))])

    counts = Counter(word for review in known for word in words_of(review.text))
    tokenizer = Subwords(learn_subwords(counts, options.subwords))
    vocabulary = tokenizer.vocabulary
    ids, ids_held_out = ([tokenizer.encode(review.text) for review in part] for part in (known, held_out))
    good, good_held_out = (np.array([review.good for review in part], np.float32) for part in (known, held_out))
    columns = describe(ids, good, len(vocabulary))

    model = build(len(vocabulary))
    shown = slice(0, SHOWN_REVIEWS)
    reviews_shown = pad(ids_held_out)[shown]
    seqviz = SeqViz(
        options.log_dir,
        reviews_shown,
        targets=good_held_out[shown],
        tokenizer=(tokenizer.encode, tokenizer.decode),
        labels={"subwords": Labels(vocabulary, columns)},
        evaluation=(pad(ids_held_out), good_held_out),
        schedule=Geometric(1.4),
        max_overhead=None,  # it trains so short that the first log alone is more than its share
        options={
            "evaluation": {"name": "held out", "slices": {"negation": negation}, "classes": ["bad", "good"]},
            "embeddings": {
                "skip_rows": (PAD, UNKNOWN),
                "outputs": {
                    "review": (
                        reviews_shown,
                        Labels([review.text for review in held_out[shown]], {"good": good_held_out[shown].astype(int)}),
                    )
                },
            },
        },
    )
    model.fit(
        pad(ids),
        good,
        validation_data=(pad(ids_held_out), good_held_out),
        batch_size=BATCH_SIZE,
        epochs=options.epochs,
        verbose=2,
        callbacks=[keras.callbacks.TensorBoard(options.log_dir), seqviz],
    )

    accuracy = float(model.evaluate(pad(ids_held_out), good_held_out, verbose=0)[1])
    print(f"\nReviews held out that are judged rightly: {accuracy:.1%}.")
    vectors = keras.ops.convert_to_numpy(model.get_layer("subwords").embeddings)
    # Whole words that come often enough to tell something, by how good the reviews are that they are in.
    words = [n for n in range(2, len(vocabulary)) if vocabulary[n].endswith("_") and columns["frequency"][n] >= 10]
    words.sort(key=lambda number: float(columns["in good reviews"][number]))
    neighbours = {}
    for word in (words[-1], words[0]):
        rows, similarities = nearest(vectors[words], [words.index(word)], 8)
        neighbours[vocabulary[word]] = [vocabulary[words[row]] for row in rows[0]]
        listed = ", ".join(
            f"{vocabulary[words[row]]} {value:.2f}" for row, value in zip(rows[0], similarities[0], strict=True)
        )
        print(f"Nearest to {vocabulary[word]!r}: {listed}.")
    within = across = None
    if not options.data:
        within, across = separation(vectors, vocabulary)
        print(f"Mean similarity of words of one sentiment: {within:.2f}; of both: {across:.2f}.")
    return Result(accuracy, neighbours, within, across)


if __name__ == "__main__":
    main()
