"""Learns to write classical Chinese verse, and logs the poems that it writes while it learns.

    python examples/poetry.py
    tensorboard --logdir logs

The model embeds the characters so far, reads them with two LSTMs, and says at every position which character comes next.
Poems have different lengths, so a batch is padded to its longest, and the padding has no weight in the loss. Then the model
is saved and restored, as a checkpoint and as a SavedModel, and each has to write the very same poems again.

The poems are composed by a small grammar: four lines, all of five or all of seven characters, each of known phrases, and
the first, second and fourth rhyme. So what is written can be judged; and it is seen how phrases come first, then the form,
and the rhyme last. With `--data FILE`, poems of poets are learned instead: tab-separated title, author and poem in UTF-8,
below one line of headings.
"""

from __future__ import annotations

import argparse
import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tb_seqviz_plugin.callbacks import Generator, Geometric, SampleOptions, Sampling, SeqViz

PAD, END = range(2)
SPECIAL_TOKENS = ["", "[END]"]

UNITS = 128
DROPOUT = 0.5
BATCH_SIZE = 32
LEARNING_RATE = 1e-2
HELD_OUT = 0.05
PROMPTS = 3
TEMPERATURES = (0.2, 0.5, 1.0, 1.2)
REPEATS = 10

# ---------------------------------------------------------------------------------------------------------------- data

SCENES = ["春风", "秋月", "青山", "白云", "江南", "孤舟", "长河", "落日", "寒雨", "梅花", "杨柳", "空林"]
TIMES = ["万里", "千年", "一夜", "今朝", "何处", "无人", "几度", "此时", "依旧", "独自", "寂寞", "远近"]
ENDINGS = ["归去晚", "人不见", "花落尽", "吹客袖", "催白发"]
RHYMING_ENDINGS = [
    ["照故乡", "满衣裳", "夜未央", "雁南翔", "水茫茫"],
    ["掩重关", "鸟飞还", "水潺潺", "照空山", "在人间"],
    ["不胜愁", "上高楼", "下扬州", "水东流", "满汀洲"],
    ["万里情", "月三更", "听雨声", "草木生", "一灯明"],
]


def compose_poem(generator: np.random.Generator) -> str:
    """Writes four lines, two on each line of the text: the first, second and fourth rhyme; no phrase comes twice."""
    scenes, times = generator.permutation(SCENES), generator.permutation(TIMES)
    rhyming = generator.permutation(RHYMING_ENDINGS[generator.integers(len(RHYMING_ENDINGS))])
    endings = [rhyming[0], rhyming[1], generator.choice(ENDINGS), rhyming[2]]
    is_long = bool(generator.integers(2))
    lines = [scenes[n] + (times[n] if is_long else "") + endings[n] for n in range(4)]
    return "{}，{}。\n{}，{}。".format(*lines)


def read_poems(path: Path, longest: int) -> list[str]:
    """Reads the poems of a file that have no more than so many characters and hold no others than those of verse.

    Args:
        path: UTF-8 text, below the headings on each line a title, an author and a poem, with tabs between them.
        longest: characters of a poem at most.
    """
    poems = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], start=2):
        columns = line.split("\t")
        if len(columns) < 3:
            raise SystemExit(
                f"Line {number} of {path} has {len(columns)} columns; expected a title, an author and a poem, with tabs."
            )
        verses = re.sub("（.*?）|※", "", columns[2])
        if len(verses) <= longest and re.fullmatch("[\u4e00-\u9fff，。]+。", verses):
            poems.append(verses.replace("。", "。\n").rstrip())
    return poems


def make_batches(poems: Sequence[str], vocabulary: dict[str, int], seed: int | None = None) -> tf.data.Dataset:
    """Returns batches of ids, ids one later and weights, each [BATCH_SIZE, longest poem of the batch].

    Args:
        poems: poems of any lengths.
        vocabulary: id of each character.
        seed: of the order, another in each epoch; None to keep that of the poems.
    """
    encoded = [[*(vocabulary[character] for character in poem), END] for poem in poems]
    ids = tf.data.Dataset.from_tensor_slices(tf.ragged.constant(encoded, tf.int32))
    if seed is not None:
        ids = ids.shuffle(len(poems), seed=seed)
    return ids.map(shift).padded_batch(BATCH_SIZE).prefetch(1)  # pads weights with 0, too


def shift(ids: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns what is read, what is to be foretold at each position, and the weight of each position."""
    return ids[:-1], ids[1:], tf.ones_like(ids[1:], tf.float32)


# --------------------------------------------------------------------------------------------------------------- model


def build(vocabulary_size: int, steps: int) -> keras.Model:
    """Returns a new model, compiled for so many training steps."""
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(vocabulary_size, UNITS),
            layers.LSTM(UNITS, dropout=DROPOUT, return_sequences=True),
            layers.LSTM(UNITS, dropout=DROPOUT, return_sequences=True),
            # Dense works on each position by itself. TimeDistributed(Dense) is meant to do the same, but where a graph is
            # made for any length, as by fit on batches of different lengths, it takes the number of poems for that of
            # positions: wrong, and without an error if the numbers happen to allow it.
            layers.Dense(vocabulary_size, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        # Sparse: labels are ids, and need not be one-hot. The mean is over characters, so that padding does not count.
        keras.losses.SparseCategoricalCrossentropy(reduction="mean_with_sample_weight"),
        jit_compile=False,  # XLA would compile anew for every length of a batch
    )
    model.optimizer.build(model.trainable_variables)  # so that a checkpoint finds all of it
    return model


def restore(model: keras.Model, vocabulary_size: int, steps: int, directory: Path) -> dict[str, keras.Model]:
    """Saves a model in two ways and returns what each gives back."""
    tf.train.Checkpoint(model=model).write(directory / "checkpoints" / "model")
    restored = build(vocabulary_size, steps)
    tf.train.Checkpoint(model=restored).read(directory / "checkpoints" / "model").assert_consumed()

    model.export(directory / "saved_model", verbose=False, input_signature=[tf.TensorSpec((None, None), tf.int32)])
    loaded = layers.TFSMLayer(directory / "saved_model", call_endpoint="serve")
    return {"checkpoint": restored, "SavedModel": keras.Sequential([keras.Input((None,), dtype="int32"), loaded])}


# ---------------------------------------------------------------------------------------------- what has been learned


def write(
    model: keras.Model, prompts: Sequence[str], vocabulary: dict[str, int], max_length: int
) -> dict[float, list[str]]:
    """Lets a model continue each prompt some times; returns the whole poems, by temperature."""
    characters = list(vocabulary)
    ids = [[vocabulary[character] for character in prompt] for prompt in prompts]
    written: dict[float, list[str]] = {temperature: [] for temperature in TEMPERATURES}
    for sample in Generator(model)(ids, Sampling(TEMPERATURES, REPEATS, max_length, stop=END)):
        continued = "".join(characters[number] for number in sample.ids if number != END)
        written[sample.temperature].append(prompts[sample.prompt] + continued)
    return written


def has_form(poem: str) -> bool:
    """Returns whether a poem is of couplets, all of whose lines have five, or all seven, characters."""
    return any(re.fullmatch(f"(\\w{{{size}}}，\\w{{{size}}}。(\n|$))+", poem) for size in (5, 7))


def is_of_phrases(poem: str) -> bool:
    """Returns whether each line of a poem is one of the grammar."""
    endings = [ending for group in [ENDINGS, *RHYMING_ENDINGS] for ending in group]
    scene, time, ending = map("|".join, (SCENES, TIMES, endings))
    return all(re.fullmatch(f"({scene})({time})?({ending})", line) for line in lines_of(poem))


def rhymes(poem: str) -> bool:
    """Returns whether the first, the second and the fourth line of a poem rhyme, and there are four."""
    lines = lines_of(poem)
    return len(lines) == 4 and any(
        all(lines[number].endswith(tuple(group)) for number in (0, 1, 3)) for group in RHYMING_ENDINGS
    )


def lines_of(poem: str) -> list[str]:
    """Returns the lines of a poem as poets count them, without punctuation."""
    return re.findall(r"\w+", poem)


# ---------------------------------------------------------------------------------------------------------------- main


@dataclass(frozen=True)
class Result:
    """What a run found out.

    Args:
        loss: cross-entropy of the next character of poems held out, in nats.
        shares: at each temperature the share of the poems written that pass each judgement, by its name.
        written: the poems that the model wrote at each temperature, `REPEATS` for each prompt.
    """

    loss: float
    shares: dict[float, dict[str, float]]
    written: dict[float, list[str]]


def main(arguments: Sequence[str] | None = None) -> Result:
    """Trains a poet, logs what it writes, and restores it from both ways of saving.

    Args:
        arguments: words of the command line; None for those of this process.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="tab-separated titles, authors and poems to learn instead")
    parser.add_argument("--poems", type=int, default=2000, help="how many poems to compose")
    parser.add_argument("--longest", type=int, default=70, help="characters of the longest poem to take from a file")
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--log-dir", type=Path, default=Path("logs/poetry"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(options.seed)
    generator = np.random.default_rng(options.seed)

    poems = (
        read_poems(options.data, options.longest)
        if options.data
        else [compose_poem(generator) for _ in range(options.poems)]
    )
    vocabulary = {character: n for n, character in enumerate(SPECIAL_TOKENS + sorted(set("".join(poems))))}
    poems = [poems[number] for number in generator.permutation(len(poems))]
    held_out, known = np.split(poems, [math.ceil(HELD_OUT * len(poems))])
    prompts = list(dict.fromkeys(str(poem[:2]) for poem in held_out))[:PROMPTS]
    max_length = max(map(len, poems))

    steps = options.epochs * math.ceil(len(known) / BATCH_SIZE)
    model = build(len(vocabulary), steps)
    seqviz = SeqViz(
        options.log_dir,
        next(iter(make_batches(held_out, vocabulary))),
        tokens=vocabulary,  # whose [END] ends a poem
        prompts=prompts,
        sampling=Sampling(temperatures=TEMPERATURES, max_length=max_length),
        schedule=Geometric(1.3),
        max_overhead=None,  # it trains so short that the first log alone is more than its share
        options={"samples": {"options": SampleOptions(corpus=known.tolist())}},
    )
    model.fit(
        make_batches(known, vocabulary, options.seed),
        validation_data=make_batches(held_out, vocabulary),
        epochs=options.epochs,
        shuffle=False,  # the dataset does
        verbose=2,
        callbacks=[keras.callbacks.TensorBoard(options.log_dir), seqviz],
    )

    loss = model.evaluate(make_batches(held_out, vocabulary), verbose=0)
    print(f"\nLoss on poems held out: {loss:.3f} nats per character.")
    judgements = {"of couplets of five or seven": has_form}
    if not options.data:
        judgements |= {"of phrases of the grammar": is_of_phrases, "with the right rhymes": rhymes}
    written = write(model, prompts, vocabulary, max_length)
    shares = {}
    for temperature, texts in written.items():
        shares[temperature] = {name: sum(map(judge, texts)) / len(texts) for name, judge in judgements.items()}
        print(
            f"\nTemperature {temperature}, poems",
            ", ".join(f"{name}: {s:.0%}" for name, s in shares[temperature].items()),
        )
        print(texts[0])

    print()
    for name, restored in restore(model, len(vocabulary), steps, options.log_dir).items():
        if write(restored, prompts, vocabulary, max_length) != written:
            raise SystemExit(f"The model restored from the {name} writes something else than the model that was saved.")
        print(f"The model restored from the {name} writes the same {sum(map(len, written.values()))} poems.")
    return Result(loss, shares, written)


if __name__ == "__main__":
    main()
