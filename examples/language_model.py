"""Learns to write who does what, again and again, and logs what each word of it looked at.

    python examples/language_model.py
    tensorboard --logdir logs

The model is a small decoder-only Transformer: Radford et al., "Language models are unsupervised multitask learners"
(2019), section 2.3, with words for tokens and the positions of Vaswani et al., "Attention is all you need" (NeurIPS 2017),
section 3.5. The stories are composed. In each, four persons do something over and over, everybody always the same, but
something else in every story: what Anna does can be told only by looking back at what she did. At first the model learns
to write and guesses at who does what; then, within an epoch or two, it finds out how to look, and hardly errs again. That
is the forming of an induction head: Olsson et al., "In-context learning and induction heads" (2022). The answers that are
logged show it, and so does their attention: from a name to what followed it before.

Three in ten of what it learns from are words in random order, repeated: there nothing but looking back helps, so that they
measure the induction heads. The measure "induction" of the probe `induction` shows over the steps when they form.

Then the model is saved and restored, as a checkpoint and as a SavedModel, and each has to write the very same texts again.
With `--data FILE`, any text in UTF-8 is learned instead.
"""

from __future__ import annotations

import argparse
import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tb_seqviz_plugin.callbacks import (
    AttentionLogger,
    Generator,
    Geometric,
    SampleLogger,
    SampleOptions,
    Sampling,
    SeqViz,
)

PAD, END, UNKNOWN = range(3)
SPECIAL_TOKENS = ["[PAD]", "[END]", "[UNK]"]
VOCABULARY_SIZE = 5000

LENGTH = 50
UNITS = 64
HEADS = 4
BLOCKS = 2
BATCH_SIZE = 64
LEARNING_RATE = 3e-3
HELD_OUT = 0.05
QUESTIONS = 300
LOGGED_QUESTIONS = 6
ANSWER_LENGTH = 3
BEGINNINGS = 2
LOOKED_AT = 4
REPEATS = 0.3
PERIOD = 16
SCHEDULE = Geometric(1.3)

# ---------------------------------------------------------------------------------------------------------------- data

NAMES = ["Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry"]
VERBS = ["sings", "sleeps", "reads", "works", "dances", "waits", "cooks", "paints"]
PERSONS = 4
SENTENCES = 16


def compose_story(generator: np.random.Generator) -> str:
    """Writes who does what, in sentences of two words; everybody does the same whenever they come up."""
    names, verbs = generator.permutation(NAMES)[:PERSONS], generator.permutation(VERBS)[:PERSONS]
    return "Today" + "".join(f" {names[n]} {verbs[n]}." for n in generator.integers(PERSONS, size=SENTENCES))


def ask(story: str) -> tuple[str, str]:
    """Returns a story up to the last name that was there before, and how it goes on."""
    sentences = list(re.finditer(r" (\w+)( \w+\.)", story))
    last = next(one for one in reversed(sentences) if f" {one[1]} " in story[: one.start()])
    return story[: last.end(1)], last[2]


def split_words(text: str) -> list[str]:
    """Returns words, each with the space before it if there is one, and marks; joined they are the text again."""
    return re.findall(r" ?(?:\w+|[^\w\s])", text)


def read_pieces(path: Path) -> list[str]:
    """Reads a text in pieces of as many words as the model is trained on at once."""
    words = split_words(" ".join(path.read_text(encoding="utf-8").split()))
    return ["".join(words[start : start + LENGTH + 1]) for start in range(0, len(words), LENGTH + 1)]


class WordTokenizer:
    """Texts to ids of words and back.

    Args:
        texts: where the words are from; the most common are known.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts for word in split_words(text))
        self.words = SPECIAL_TOKENS + [word for word, _ in counts.most_common(VOCABULARY_SIZE - len(SPECIAL_TOKENS))]
        self._ids = {word: number for number, word in enumerate(self.words)}

    def encode(self, text: str) -> list[int]:
        """Returns the ids of a text."""
        return [self._ids.get(word, UNKNOWN) for word in split_words(text)]

    def decode(self, ids: Iterable[int]) -> str:
        """Returns the text of ids."""
        return "".join(self.words[number] for number in ids)


def encode_rows(texts: Sequence[str], tokenizer: WordTokenizer) -> np.ndarray:
    """Returns int32 [texts, LENGTH + 1]: each text, its end, and padding."""
    rows = np.full((len(texts), LENGTH + 1), PAD, "int32")
    for row, text in zip(rows, texts, strict=True):
        ids = [*tokenizer.encode(text), END][: LENGTH + 1]
        row[: len(ids)] = ids
    return rows


def repeated_rows(count: int, vocabulary_size: int, generator: np.random.Generator) -> np.ndarray:
    """Returns int32 [count, LENGTH + 1]: words in random order, no two alike, again and again."""
    words = np.arange(len(SPECIAL_TOKENS), vocabulary_size)
    longest = min(PERIOD, len(words), LENGTH // 2)
    rows = np.empty((count, LENGTH + 1), "int32")
    for row in rows:
        row[:] = np.resize(generator.permutation(words)[: generator.integers(longest // 2, longest + 1)], LENGTH + 1)
    return rows


def weights_of(rows: np.ndarray) -> np.ndarray:
    """Returns the weight of each word to foretell: padding has none."""
    return (rows[:, 1:] != PAD).astype("float32")


# --------------------------------------------------------------------------------------------------------------- model


def build(vocabulary_size: int, steps: int) -> keras.Model:
    """Returns a new Transformer, compiled for so many training steps: ids [batch, LENGTH] to logits at each position.

    Padding needs no mask: it comes last, and no word looks at what comes after it.
    """
    ids = keras.Input((LENGTH,), dtype="int32")
    angles = np.arange(LENGTH)[:, None] / 10000 ** (np.arange(0, UNITS, 2) / UNITS)
    positions = np.concatenate([np.sin(angles), np.cos(angles)], axis=-1).astype("float32")
    x = layers.Embedding(vocabulary_size, UNITS, name="embedding")(ids) * UNITS**0.5 + positions
    for number in range(1, BLOCKS + 1):
        attention = layers.MultiHeadAttention(HEADS, UNITS // HEADS, name=f"attention_{number}")
        normal = layers.LayerNormalization()(x)
        x += attention(normal, normal, use_causal_mask=True)
        x += layers.Dense(UNITS)(layers.Dense(4 * UNITS, activation="gelu")(layers.LayerNormalization()(x)))
    model = keras.Model(ids, layers.Dense(vocabulary_size, name="logits")(layers.LayerNormalization()(x)))
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight"),
    )
    model.optimizer.build(model.trainable_variables)  # so that a checkpoint finds all of it
    return model


def restore(model: keras.Model, vocabulary_size: int, steps: int, directory: Path) -> dict[str, keras.Model]:
    """Saves a model in two ways and returns what each gives back."""
    tf.train.Checkpoint(model=model).write(directory / "checkpoints" / "model")
    restored = build(vocabulary_size, steps)
    tf.train.Checkpoint(model=restored).read(directory / "checkpoints" / "model").assert_consumed()

    model.export(directory / "saved_model", verbose=False)
    loaded = layers.TFSMLayer(directory / "saved_model", call_endpoint="serve")
    return {"checkpoint": restored, "SavedModel": keras.Sequential([keras.Input((LENGTH,), dtype="int32"), loaded])}


def write(generator: Generator, tokenizer: WordTokenizer, prompts: Sequence[str], sampling: Sampling) -> list[str]:
    """Lets a model continue each prompt; returns the texts without the prompts."""
    samples = generator([tokenizer.encode(prompt) for prompt in prompts], sampling)
    return [tokenizer.decode(number for number in sample.ids if number != END) for sample in samples]


# ---------------------------------------------------------------------------------------------------------------- main


@dataclass(frozen=True)
class Result:
    """What a run found out.

    Args:
        loss: cross-entropy of the next word on texts held out, in nats.
        right: share of the stories held out that are continued right after a name; None for a file.
        written: how the model continues the beginnings of texts, and then those stories.
    """

    loss: float
    right: float | None
    written: list[str]


def main(arguments: Sequence[str] | None = None) -> Result:
    """Trains a language model, logs what it writes and looks at, and restores it from both ways of saving.

    Args:
        arguments: words of the command line; None for those of this process.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="text to learn instead of stories")
    parser.add_argument("--stories", type=int, default=8000, help="how many stories to compose")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--log-dir", type=Path, default=Path("logs/language_model"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(options.seed)
    generator = np.random.default_rng(options.seed)

    texts = read_pieces(options.data) if options.data else [compose_story(generator) for _ in range(options.stories)]
    texts = [texts[number] for number in generator.permutation(len(texts))]
    held_out, known = np.split(np.array(texts, object), [math.ceil(HELD_OUT * len(texts))])
    beginnings = list(dict.fromkeys("".join(split_words(text)[:2]) for text in held_out))[:BEGINNINGS]
    questions = [] if options.data else [ask(story) for story in held_out[:QUESTIONS]]
    prompts, answers = [prompt for prompt, _ in questions], [answer for _, answer in questions]

    tokenizer = WordTokenizer(known)
    vocabulary_size = len(tokenizer.words)
    steps = options.epochs * math.ceil(len(known) / BATCH_SIZE)
    model = build(vocabulary_size, steps)
    training, validation = encode_rows(known, tokenizer), encode_rows(held_out, tokenizer)
    training[: int(REPEATS * len(training))] = repeated_rows(int(REPEATS * len(training)), vocabulary_size, generator)
    callbacks: list[keras.callbacks.Callback] = [
        keras.callbacks.TensorBoard(options.log_dir),
        SeqViz(
            options.log_dir,
            validation[:LOOKED_AT, :-1],
            targets=validation[:LOOKED_AT, 1:],
            tokens=tokenizer,
            labels=tokenizer.words,
            prompts=beginnings,
            sampling=Sampling(max_length=LENGTH - 1, stop=END),
            schedule=SCHEDULE,
            options={"samples": {"name": "texts", "options": SampleOptions(attention=True, corpus=known)}},
        ),
        AttentionLogger(  # a second probe: words that were not trained on, repeated
            options.log_dir,
            repeated_rows(2, vocabulary_size, generator)[:, :-1],
            tokens=tokenizer,
            schedule=SCHEDULE,
            max_overhead=None,  # so that no step is missing at which they form
            name="induction",
        ),
    ]
    if questions:  # a second group of samples, of settings of its own
        callbacks.append(
            SampleLogger(
                options.log_dir,
                questions[:LOGGED_QUESTIONS],
                tokenizer=tokenizer,
                sampling=Sampling(temperatures=(0,), max_length=ANSWER_LENGTH, stop="."),
                options=SampleOptions(attention=True),
                schedule=SCHEDULE,
                name="answers",
            )
        )
    history = model.fit(
        training[:, :-1],
        training[:, 1:],
        sample_weight=weights_of(training),
        validation_data=(validation[:, :-1], validation[:, 1:], weights_of(validation)),
        batch_size=BATCH_SIZE,
        epochs=options.epochs,
        verbose=2,
        callbacks=callbacks,
    )

    def write_all(writer: keras.Model) -> tuple[list[str], list[str]]:
        generator = Generator(writer)
        stop = tokenizer.encode(".")[0]
        return (
            write(generator, tokenizer, beginnings, Sampling((0.5, 1.0), max_length=LENGTH - 1, stop=END)),
            write(generator, tokenizer, prompts, Sampling((0,), max_length=ANSWER_LENGTH, stop=stop))
            if prompts
            else [],
        )

    loss = history.history["val_loss"][-1]
    print(f"\nLoss on texts held out: {loss:.3f} nats per word. Texts at temperatures 0.5 and 1.0:")
    continued, answered = write_all(model)
    for number, text in enumerate(continued):
        print(f"  {beginnings[number // 2]}{text}")
    right = None
    if questions:
        right = float(np.mean([given == answer for given, answer in zip(answered, answers, strict=True)]))
        print(
            f"\nStories held out in which it knows what a person does who was there before: {right:.0%}. For example:"
        )
        print(f"  {prompts[0]} ->{answered[0]}")

    print()
    for name, restored in restore(model, vocabulary_size, steps, options.log_dir).items():
        if write_all(restored) != (continued, answered):
            raise SystemExit(f"The model restored from the {name} writes something else than the model that was saved.")
        print(f"The model restored from the {name} writes the same {len(continued) + len(answered)} texts.")
    print(f"\nTo see what it wrote, and what each word looked at:  tensorboard --logdir {options.log_dir.parent}")
    return Result(loss, right, continued + answered)


if __name__ == "__main__":
    main()
