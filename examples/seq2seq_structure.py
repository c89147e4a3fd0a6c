"""An encoder and a decoder as one writes them, for three tasks: their structure, and how each of their layers learns.

    python examples/seq2seq_structure.py
    tensorboard --logdir logs

The same model translates, summarises by extraction, and answers in a small dialogue, all on sentences that are generated here. In
TensorBoard's tab SeqViz its structure unfolds from `Seq2Seq` down to each layer, with the shapes between them and, at every epoch,
weights, gradients and activations; the gradients over time show how far back in a sentence the loss still reaches. The tabs
Histograms and Distributions show them, too. `<log-dir>/<task>/model.svg` is the same drawing for a paper.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from tb_seqviz_plugin.callbacks import Sampling, SeqViz, plot_structure

PAD, START, END = "", "[START]", "[END]"
WIDTH, PROBE, PROMPTS = 96, 32, 3
Ids = npt.NDArray[np.int32]
Pair = tuple[list[str], list[str]]


class Encoder(layers.Layer):
    """Reads a sentence; what it returns last is what it remembers of it."""

    def __init__(self, words: int, width: int, **options: Any) -> None:
        super().__init__(**options)
        self.embedding = layers.Embedding(words, width, mask_zero=True, name="embedding")
        self.gru = layers.GRU(width, return_sequences=True, return_state=True, name="gru")

    def call(self, source: Any) -> Any:
        """Returns the state after each word, [batch, time, units], and after the last one, [batch, units]."""
        return self.gru(self.embedding(source))


class Decoder(layers.Layer):
    """Writes a sentence from what the encoder remembers."""

    def __init__(self, words: int, width: int, **options: Any) -> None:
        super().__init__(**options)
        self.embedding = layers.Embedding(words, width, name="embedding")
        self.gru = layers.GRU(width, return_sequences=True, name="gru")
        self.dense = layers.Dense(words, name="dense")

    def call(self, target: Any, state: Any) -> Any:
        """Returns scores of what comes after each word, [batch, time, vocabulary]."""
        return self.dense(self.gru(self.embedding(target), initial_state=state))


class Seq2Seq(keras.Model):
    """Writes one sentence from another."""

    def __init__(self, source_words: int, target_words: int, width: int = WIDTH) -> None:
        super().__init__(name="seq2seq")
        self.encoder = Encoder(source_words, width, name="encoder")
        self.decoder = Decoder(target_words, width, name="decoder")

    def call(self, sentences: Any) -> Any:
        """Returns scores of what comes after each word of the target, [batch, time, vocabulary].

        Args:
            sentences: ids of the source, and of the target as far as it is written, [batch, time] each.
        """
        source, target = sentences
        _, state = self.encoder(source)
        return self.decoder(target, state)


NOUNS = {
    "dog": "der Hund", "bird": "der Vogel", "bear": "der Bär", "cat": "die Katze", "mouse": "die Maus", "goat": "die Ziege",
    "child": "das Kind", "horse": "das Pferd", "pig": "das Schwein",
}  # fmt: skip
VERBS = {"sees": "gesehen", "calls": "gerufen", "follows": "verfolgt", "finds": "gefunden", "likes": "gemocht"}
ADJECTIVES = {"small": "klein", "old": "alt", "red": "rot", "good": "gut", "new": "neu", "quick": "flink"}
NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "June"]
PLACES = ["Accra", "Bern", "Cairo", "Delhi", "Kyoto", "Lima", "Oslo", "Quito", "Riga", "Seoul"]
DRINKS = ["ale", "cider", "cocoa", "coffee", "juice", "lemonade", "mate", "milk", "tea", "water"]


def draw_translation(random: np.random.Generator) -> Pair:
    """Returns an English sentence and the German one: articles and adjectives bend with the noun, the verb goes last."""
    one, other, verb = (str(random.choice(list(words))) for words in (NOUNS, NOUNS, VERBS))
    first, second = (str(random.choice(list(ADJECTIVES))) for _ in range(2))
    (gender, subject), (other_gender, thing) = NOUNS[one].split(), NOUNS[other].split()
    article, ending = {"der": ("ein", "er"), "die": ("eine", "e"), "das": ("ein", "es")}[gender]
    accusative = {"der": "den"}.get(other_gender, other_gender)
    bent = ADJECTIVES[second] + ("en" if accusative == "den" else "e")
    source = ["an" if first[0] in "aeiou" else "a", first, one, verb, "the", second, other]
    return source, [article, ADJECTIVES[first] + ending, subject, "hat", accusative, bent, thing, VERBS[verb]]


def draw_summary(random: np.random.Generator) -> Pair:
    """Returns three short reports and the one of them that matters."""
    events = ["rain", "election", "fair", "flood", "derby", "strike"]
    reports = [[str(random.choice(PLACES)), str(random.choice(events)), "."] for _ in range(3)]
    chosen = int(random.integers(3))
    source = [
        word
        for number, report in enumerate(reports)
        for word in (["notably"] if number == chosen else ["also"]) + report
    ]
    return source, reports[chosen]


def draw_dialogue(random: np.random.Generator) -> Pair:
    """Returns what somebody says and asks, and the answer, which takes up what was said."""
    name, place, drink = (str(random.choice(words)) for words in (NAMES, PLACES, DRINKS))
    said = ["hello", ",", "I", "am", name, "from", place, "and", "drink", drink, "."]
    asked, answer = [
        (["who", "am", "I", "?"], ["you", "are", name, "!"]),
        (["where", "is", name, "from", "?"], [name, "is", "from", place, "."]),
        (["what", "do", "I", "drink", "?"], ["I", "get", "you", drink, ",", name, "."]),
    ][int(random.integers(3))]
    return said + asked, answer


TASKS: dict[str, Callable[[np.random.Generator], Pair]] = {
    "translation": draw_translation,
    "summary": draw_summary,
    "dialogue": draw_dialogue,
}


@dataclass(frozen=True)
class Words:
    """A vocabulary; the id of a word is its place.

    Args:
        words: the padding first.
    """

    words: list[str]

    @classmethod
    def of(cls, sentences: Sequence[list[str]]) -> Words:
        """Returns the vocabulary of some sentences."""
        return cls([PAD, START, END, *sorted({word for sentence in sentences for word in sentence})])

    def encode(self, sentences: Sequence[list[str]]) -> Ids:
        """Returns ids, [sentences, time], padded to the longest."""
        ids = np.zeros((len(sentences), max(map(len, sentences))), np.int32)
        places = {word: place for place, word in enumerate(self.words)}
        for row, sentence in zip(ids, sentences, strict=True):
            row[: len(sentence)] = [places[word] for word in sentence]
        return ids

    @property
    def of_texts(self) -> tuple[Callable[[str], list[int]], Callable[[npt.ArrayLike], str]]:
        """Two functions, from a text to the ids of its words and back."""
        return lambda text: self.encode([text.split()])[0].tolist(), lambda ids: " ".join(
            self.words[place] for place in np.asarray(ids)
        )

    def decode(self, ids: npt.ArrayLike) -> list[str]:
        """Returns the words up to the end."""
        words = [self.words[place] for place in np.asarray(ids)]
        return words[: words.index(END)] if END in words else words


@dataclass(frozen=True)
class Result:
    """What a trained model can do.

    Args:
        task: the task.
        exact: share of unseen sources whose whole target is right.
        samples: some of them with what the model wrote.
    """

    task: str
    exact: float
    samples: list[tuple[str, str]]


def write(model: Seq2Seq, source: Ids, target: Words, longest: int) -> list[list[str]]:
    """Returns what the model writes, always the most probable word next."""
    written = np.full((len(source), 1), target.words.index(START), np.int32)
    for _ in range(longest):
        padded = np.pad(written, ((0, 0), (0, longest + 1 - written.shape[1])))
        scores = model.predict_on_batch((source, padded))
        written = np.concatenate(
            [written, scores[:, written.shape[1] - 1].argmax(-1)[:, None].astype(np.int32)], axis=1
        )
    return [target.decode(row[1:]) for row in written]


def train(task: str, options: argparse.Namespace) -> Result:
    """Trains a model for one task and logs its structure."""
    keras.utils.set_random_seed(options.seed)
    random = np.random.default_rng(options.seed)
    pairs = list({" ".join(pair[0]): pair for pair in (TASKS[task](random) for _ in range(options.examples))}.values())
    sources, targets = ([pair[side] for pair in pairs] for side in (0, 1))
    source_words, target_words = Words.of(sources), Words.of(targets)
    source = source_words.encode(sources)
    target = target_words.encode([[START, *words] for words in targets])
    labels = target_words.encode([[*words, END] for words in targets])
    held_out = max(len(pairs) // 10, 1)
    seen, unseen = slice(held_out, None), slice(0, held_out)

    model = Seq2Seq(len(source_words.words), len(target_words.words), options.width)
    model.compile(
        keras.optimizers.Adam(3e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    )
    log_dir = options.log_dir / task
    batch = ((source[seen][:PROBE], target[seen][:PROBE]), labels[seen][:PROBE])
    seqviz = SeqViz(
        log_dir,
        batch,
        prompts=[(" ".join(words), " ".join(right)) for words, right in pairs[:PROMPTS]],
        tokenizer=target_words.of_texts,
        labels={"encoder/*": source_words.words, "decoder/*": target_words.words},
        sampling=Sampling((0,), max_length=labels.shape[1], start=START, stop=END),
        max_overhead=None,  # it trains so short that the first log alone is more than its share
        options={"samples": {"source": source_words.of_texts}},
    )
    model.fit(
        (source[seen], target[seen]),
        labels[seen],
        batch_size=64,
        epochs=options.epochs,
        verbose=0,
        callbacks=[seqviz, keras.callbacks.TensorBoard(log_dir, write_graph=False)],
    )
    plot_structure(model, batch, log_dir / "model.svg")
    made = write(model, source[unseen], target_words, labels.shape[1])
    exact = float(np.mean([words == right for words, right in zip(made, targets[unseen], strict=True)]))
    samples = [(" ".join(words), " ".join(found)) for words, found in zip(sources[unseen], made, strict=True)]
    return Result(task, exact, samples[:3])


def main(arguments: Sequence[str] | None = None) -> list[Result]:
    """Trains and logs; returns the results."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--task", choices=[*TASKS, "all"], default="all", help="what to learn")
    parser.add_argument("--log-dir", type=Path, default=Path("logs/seq2seq"))
    parser.add_argument("--examples", type=int, default=6000, help="how many sentences to draw; equal ones count once")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--width", type=int, default=WIDTH, help="of embeddings and states")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    results = []
    for task in TASKS if options.task == "all" else [options.task]:
        result = train(task, options)
        results.append(result)
        print(f"{task}: {result.exact:.1%} of unseen sentences without a mistake")
        for source, written in result.samples:
            print(f"  {source}  ->  {written}")
    print(f"\nTo look at it:  tensorboard --logdir {options.log_dir.parent}")
    return results


if __name__ == "__main__":
    main()
