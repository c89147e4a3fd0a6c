"""What `fit` logs of a model that writes, read back from the file: steps, samples, and that they are the model's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from helpers.cases import others_long
from helpers.writing_runs import (
    CHARACTERS,
    SIZE,
    Keeping,
    bigrams,
    chain,
    compiled,
    fit,
    log,
    sample_logger,
    samples_in,
    shaken,
    steps,
    transformer,
    translator,
    warnings_of,
)
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import (
    AttentionLogger,
    BeamSearch,
    EmbeddingLogger,
    EvaluationLogger,
    EveryEpochs,
    Geometric,
    SampleLogger,
    SampleOptions,
    Sampling,
    SourceTexts,
    StructureLogger,
)
from tb_seqviz_plugin.callbacks.generation.generated import origins_of
from tb_seqviz_plugin.callbacks.samples.prompts import Prompts
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.measures import measure_sample

pytestmark = pytest.mark.usefixtures("without_xla")


def _logger(folder: Path, **arguments: Any) -> SampleLogger:
    options = {"tokenizer": CHARACTERS, "temperatures": (1,), "max_length": 3, **arguments}
    return sample_logger(folder, options.pop("prompts", ["ab"]), **options)


# Steps


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("epoch", [0, 1, 2]),
        pytest.param(EveryEpochs(2), [0, 2], marks=pytest.mark.long),
        pytest.param(4, [4, 8, 12, 16], marks=pytest.mark.long),
        pytest.param(Geometric(1.5), [1, 2, 3, 5, 7, 11, 16], marks=pytest.mark.long),
        pytest.param("geometric", [*range(1, 18)], marks=pytest.mark.long),
    ],
)
def test_steps_follow_the_schedule(schedule: Any, expected: list[int], tmp_path: Path) -> None:
    fit(bigrams(), _logger(tmp_path, schedule=schedule), epochs=3)
    assert steps(tmp_path) == expected


def test_initial_epoch_counts_on(tmp_path: Path) -> None:
    model, logger = bigrams(), _logger(tmp_path)
    fit(model, logger, epochs=2)
    fit(model, logger, epochs=4, initial_epoch=2)
    assert steps(tmp_path) == [0, 1, 2, 3]


@pytest.mark.parametrize(("schedule", "expected"), [("epoch", [0, 1, 2, 3]), (4, [4, 8, 12, 16, 20, 24])])
def test_a_second_fit_adds_to_the_first(schedule: Any, expected: list[int], tmp_path: Path) -> None:
    model, logger = bigrams(), _logger(tmp_path, schedule=schedule)
    for _ in range(2):
        fit(model, logger, epochs=2)
    assert steps(tmp_path) == expected


def test_a_new_logger_of_a_new_model_adds_to_what_the_folder_holds(tmp_path: Path) -> None:
    for prompt in "ab", "cde":
        fit(bigrams(), _logger(tmp_path, prompts=[prompt]), epochs=2)
    assert [(record.step, record.samples[0].prompt) for record in samples_in(tmp_path)] == [
        (0, "ab"), (1, "ab"), (2, "cde"), (3, "cde"),
    ]  # fmt: skip


def test_a_loop_of_ones_own(tmp_path: Path) -> None:
    model, logger = bigrams(), _logger(tmp_path, temperatures=(0,))
    optimizer = keras.optimizers.SGD(5.0)
    logger.set_model(model)
    ids = np.array([[0, 1, 2, 3]])
    for step in range(4):
        with tf.GradientTape() as tape:
            loss = keras.losses.sparse_categorical_crossentropy(ids[:, 1:], model(ids[:, :-1]), from_logits=True)
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        logger.log(10 * step)
    logger.close()
    logger.log(100)
    logger.close()
    records = samples_in(tmp_path)
    assert [record.step for record in records] == [0, 10, 20, 30, 100]
    assert records[-1].samples[0].text[0] == "c"


def test_nothing_is_written_before_something_is_logged(tmp_path: Path) -> None:
    fit(bigrams(), _logger(tmp_path / "run", schedule=100))
    assert not (tmp_path / "run").exists()


def test_two_loggers_of_one_name_are_told_apart(tmp_path: Path) -> None:
    model, loggers = bigrams(), [_logger(tmp_path), _logger(tmp_path, prompts=["c"])]
    (message,) = warnings_of(lambda: fit(model, *loggers, epochs=2))
    assert message.startswith(
        "SampleLogger could not log at step 0, and training goes on: Another callback of this fit writes the same tag "
        "'samples/probe' to "
    )
    assert message.endswith(". Give each its own name, such as name='validation'.")
    assert [(record.step, record.samples[0].prompt) for record in samples_in(tmp_path)] == [(0, "ab"), (1, "ab")]


def test_it_shares_a_folder_with_other_callbacks(tmp_path: Path) -> None:
    ids = np.array([[1, 2, 3, 4]])
    callbacks = [
        keras.callbacks.TensorBoard(tmp_path),
        _logger(tmp_path, attention=True),
        AttentionLogger(tmp_path, ids),
        _logger(tmp_path, name="others", prompts=["a", "b"]),
    ]
    transformer().fit(ids, ids, validation_data=(ids, ids), epochs=2, verbose=0, callbacks=callbacks)
    files = [path.parent.name for path in tmp_path.rglob("*tfevents*")]
    assert sorted(files) == ["seqviz", "train", "validation"]
    found = {(record.run, record.tag, record.step) for record in seqviz.read(tmp_path)}
    tags = ("samples/probe", "samples/others", "attention/probe/0", "attention/samples/probe/prompt 0, temperature 1")
    assert found == {("seqviz", tag, step) for tag in tags for step in (0, 1)}


# Samples


def test_samples_come_by_prompt_temperature_and_repeat(tmp_path: Path) -> None:
    (record,) = log(tmp_path, bigrams(), ["ab", "c"], temperatures=(0.5, 2), repeats=2, beams=3)
    assert record.tag == "samples/probe"
    assert [(s.prompt, s.temperature, s.repeat, s.beams) for s in record.samples] == [
        (prompt, temperature, repeat, beams)
        for prompt in ("ab", "c")
        for temperature, repeat, beams in [(0.5, 0, 0), (0.5, 1, 0), (2, 0, 0), (2, 1, 0), (0, 0, 3)]
    ]
    assert len({sample.text for sample in record.samples[:4]}) == 4
    for sample in record.samples:
        assert len(sample.text) == len(sample.tokens) == len(sample.ranks) == len(sample.alternatives) == 6
        assert (sample.tree is not None) == (sample.beams > 0)
        if sample.tree is not None:
            assert [token for token, best in zip(sample.tree.tokens, sample.tree.best, strict=True) if best] == list(
                sample.tokens
            )


@pytest.mark.parametrize("options", [{}, {"tokenizer": None, "generate": lambda prompts: ["x"] * len(prompts)}])
def test_a_prompt_that_comes_twice_is_continued_once(options: dict[str, Any], tmp_path: Path) -> None:
    for name, references, expected in (
        ("without", None, [("a", None), ("b", None)]),
        ("with", ["x", "y", "z", "x"], [("a", "x"), ("b", "y"), ("a", "z")]),
    ):
        (tmp_path / name).mkdir()
        (record,) = log(tmp_path / name, bigrams(), "abaa", temperatures=(1,), references=references, **options)
        assert [(sample.prompt, sample.reference) for sample in record.samples] == expected


def test_numbers_may_be_those_of_numpy(tmp_path: Path) -> None:
    five, half = np.int64(5), np.float32(0.5)
    (record,) = log(
        tmp_path, bigrams(), temperatures=[half], max_length=five, beams=five, alternatives=five, window=five,
        repeats=five, top_k=five, top_p=half, seed=five, stop=five, start=five,
    )  # fmt: skip
    assert len(record.samples) == 6


def test_a_source_is_filled_up_with_the_padding_of_the_model() -> None:
    source, _ = Prompts(["ab", "c"], None, Vocabulary.of("abc"), start="a").to_write_from(None, padding=7)
    assert source.tolist() == [[0, 1], [2, 7]]


def test_the_randomness_is_the_same_at_every_step(tmp_path: Path) -> None:
    model = bigrams(optimizer=keras.optimizers.SGD(0.0))
    fit(model, _logger(tmp_path / "one", repeats=3, max_length=20), epochs=3)
    fit(model, _logger(tmp_path / "other", repeats=3, max_length=20, seed=1))
    one, two, three, other = (
        [sample.text for sample in record.samples] for record in samples_in(tmp_path)
    )  # "one" comes before "other"
    assert one == two == three != other
    assert len(set(one)) == 3


Chances = npt.NDArray[np.float64]


@dataclass
class Kind:
    """A model with its tokenizer, and how one would ask it by hand.

    Args:
        model: compiled.
        prompts: texts.
        data: what it trains on.
        options: of the logger.
        encode: a prompt to ids.
        words: the text of each id.
        ask: (prompt, ids so far) -> logits or probabilities of the next token.
        joint: what stands between two tokens.
        is_softmax: whether the model returns probabilities.
        sources: the ids that it writes from, if it is an encoder-decoder.
    """

    model: keras.Model
    prompts: Sequence[str]
    data: tuple[Any, Any]
    options: dict[str, Any]
    encode: Callable[[str], list[int]]
    words: Sequence[str]
    ask: Callable[[int, list[int]], Any]
    joint: str = ""
    is_softmax: bool = False
    sources: Any = None

    def chances(self, prompt: int, ids: list[int]) -> Chances:
        result = np.asarray(self.ask(prompt, ids), np.float64)
        if self.is_softmax:
            return result
        weights = np.exp(result - result.max())
        return weights / weights.sum()


IDS = np.random.default_rng(3).integers(1, SIZE, (4, 6))


def _array(ids: Sequence[int]) -> Any:
    return np.array([ids], np.int32)


def window_of_one_hot_characters() -> Kind:
    """As in the tutorials: a window of one-hot characters, and the one after it."""
    model = keras.Sequential([layers.Input((6, SIZE)), layers.LSTM(8), layers.Dense(SIZE)])
    vectors = np.eye(SIZE, dtype="float32")
    return Kind(
        compiled(shaken(model)),
        ["abcdef", "hhgfe."],
        (vectors[IDS], IDS[:, 0]),
        {"tokenizer": {character: number for number, character in enumerate(CHARACTERS)}},
        lambda text: list(map(CHARACTERS.index, text)),
        CHARACTERS,
        lambda prompt, ids: model(vectors[_array(ids[-6:])])[0],
    )


def poem() -> Kind:
    model = keras.Sequential(
        [
            layers.Input((None,), dtype="int32"),
            layers.Embedding(SIZE, 8),
            layers.LSTM(8, return_sequences=True, dropout=0.3),
            layers.TimeDistributed(layers.Dense(SIZE, activation="softmax")),
        ]
    )
    return Kind(
        compiled(shaken(model)),
        ["ab", "hgfe"],
        (IDS, IDS),
        {"tokenizer": CHARACTERS},
        lambda text: list(map(CHARACTERS.index, text)),
        CHARACTERS,
        lambda prompt, ids: model(_array(ids))[0, -1],
        is_softmax=True,
    )


def words_of_a_text_vectorization() -> Kind:
    vocabulary = ["one", "two", "three", "four", "five", "six", "seven"]
    words = ["", "[UNK]", *vocabulary]
    model = transformer(size=len(words))
    return Kind(
        model,
        ["one two three", "four"],
        (IDS, IDS),
        {"tokenizer": layers.TextVectorization(vocabulary=vocabulary), "stop": False},
        lambda text: list(map(words.index, text.split())),
        words,
        lambda prompt, ids: model(_array(ids))[0, -1],
        joint=" ",
    )


class Spelling:
    """A tokenizer of one's own."""

    bos_token_id = 1

    def __init__(self, characters: str) -> None:
        self.characters = characters

    def encode(self, text: str) -> list[int]:
        return list(map(self.characters.index, text))

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(self.characters[number] for number in ids)


SOURCES = _array([2, 3, 4]), _array([5, 11, 0])


def functional_encoder_decoder() -> Kind:
    """Begins with the start that the tokenizer says; the shorter source is padded."""
    model = translator()
    return Kind(
        model,
        ["cde", "fl"],
        ([IDS, IDS], IDS),
        {"tokenizer": Spelling(CHARACTERS), "source": "abcdefghijkl"},
        lambda text: [1],
        CHARACTERS,
        lambda prompt, ids: model([SOURCES[prompt], _array(ids)])[0, -1],
        sources=np.concatenate(SOURCES),
    )


class EncoderDecoder(keras.Model):
    """Takes its inputs one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = translator()

    def call(self, source: Any, target: Any) -> Any:
        return self.inner([source, target])


class OfPairs(EncoderDecoder):
    """Trains on pairs."""

    def train_step(self, data: Any) -> Any:
        (source, target), _ = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self(source, target, training=True) ** 2)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return {"loss": loss}


def subclassed_encoder_decoder() -> Kind:
    model = OfPairs()
    model(IDS, IDS)
    spelling = Spelling(CHARACTERS)
    sources = np.array([[2, 3, 4], [5, 3, 0]])
    return Kind(
        compiled(model, optimizer=keras.optimizers.SGD(0.001)),
        ["cde", "fd"],
        ((IDS, IDS), IDS),
        {"tokenizer": (spelling.encode, spelling.decode), "start": "h"},
        lambda text: [7],
        CHARACTERS,
        lambda prompt, ids: model(sources[prompt : prompt + 1], _array(ids))[0, -1],
        sources=sources,
    )


KINDS = [
    window_of_one_hot_characters, words_of_a_text_vectorization, subclassed_encoder_decoder, poem, functional_encoder_decoder,
]  # fmt: skip
USUAL = [window_of_one_hot_characters, subclassed_encoder_decoder]


@pytest.mark.parametrize("make", others_long(USUAL, KINDS), ids=lambda make: make.__name__)
def test_samples_are_what_a_plain_loop_writes_with_the_model_at_that_step(
    make: Callable[[], Kind], tmp_path: Path
) -> None:
    keras.utils.set_random_seed(0)
    kind, keeping = make(), Keeping()
    settings: dict[str, Any] = {"temperatures": (0, 0.7), "max_length": 4, "seed": 3}
    logger = sample_logger(tmp_path, kind.prompts, alternatives=3, **settings, **kind.options)
    kind.model.fit(*kind.data, epochs=2, batch_size=2, verbose=0, callbacks=[logger, keeping])
    records = samples_in(tmp_path)
    assert [record.step for record in records] == [0, 1]
    noise = list(map(Sampling(**settings).noise, origins_of(list(map(kind.encode, kind.prompts)), kind.sources)))
    for record, weights in zip(records, keeping.weights, strict=True):
        kind.model.set_weights(weights)
        assert len(record.samples) == 4
        for number, sample in enumerate(record.samples):
            prompt, row = divmod(number, 2)
            assert (sample.prompt, sample.temperature) == (kind.prompts[prompt], (0, 0.7)[row])
            _assert_written_so(kind, sample, prompt, noise[prompt][row])
    assert records[0].samples[0].probabilities != records[1].samples[0].probabilities


def _assert_written_so(kind: Kind, sample: seqviz.Sample, prompt: int, noise: Any) -> None:
    ids, written = kind.encode(sample.prompt), []
    for place, number in enumerate(noise):
        chances = kind.chances(prompt, ids)
        order = np.argsort(-chances)
        token = int(order[0])
        if sample.temperature:
            running = np.cumsum((chances / chances.max()) ** (1 / sample.temperature))
            token = int(np.searchsorted(running / running[-1], number, side="right"))
        assert sample.tokens[place] == kind.words[token]
        assert sample.probabilities[place] == pytest.approx(chances[token], rel=2e-3)
        assert sample.ranks[place] == 1 + order.tolist().index(token)
        assert [text for text, _ in sample.alternatives[place]] == [kind.words[other] for other in order[:3]]
        assert [chance for _, chance in sample.alternatives[place]] == pytest.approx(chances[order[:3]], rel=2e-3)
        ids.append(token)
        written.append(kind.words[token])
    assert len(sample.tokens) == len(written)
    assert sample.text == kind.joint.join(filter(None, written))


def test_measures_are_those_of_the_text(tmp_path: Path) -> None:
    corpus = ["h h h h h h h", "b a a a a a"]
    model = chain({0: 2, 2: 0, 1: 2}, 8)
    characters = "ab defgh"  # id 2 is a space
    references = ["a a a a a a", "something else"]
    (record,) = log(
        tmp_path,
        model,
        ["a", "b"],
        tokenizer=characters,
        references=references,
        corpus=corpus,
        temperatures=(0, 2),
        max_length=12,
    )
    assert [sample.reference for sample in record.samples] == [references[0]] * 2 + [references[1]] * 2
    for sample in record.samples:
        expected = measure_sample(
            sample.text,
            sample.tokens,
            np.array(sample.probabilities),
            reference=sample.reference,
            corpus=Corpus(corpus),
        )
        assert sample.measures.keys() == expected.keys()
        for name, value in expected.items():
            assert sample.measures[name] == pytest.approx(value, rel=1e-3, abs=1e-5, nan_ok=True), name
    greedy = record.samples[0]
    assert greedy.text == " a a a a a a"
    assert [greedy.measures[name] for name in ("exact_match", "repetitive", "copied")] == [1, 1, 1]


def test_the_end_of_a_text_is_a_token_without_text(tmp_path: Path) -> None:
    vectorizer = layers.TextVectorization(standardize=None, vocabulary=["[start]", "[end]", "one", "two"])
    model = chain({2: 4, 4: 5, 5: 3, 3: 4}, 6)
    (record,) = log(tmp_path, model, ["one"], tokenizer=vectorizer, temperatures=(0,), beams=2, start="[start]")
    for sample in record.samples:
        assert (sample.prompt, sample.text, list(sample.tokens), list(sample.lengths)) == (
            "one", "two", ["two", "[end]"], [3, 0],
        )  # fmt: skip


def test_a_line_break_that_ends_a_text_is_part_of_it(tmp_path: Path) -> None:
    (record,) = log(tmp_path, chain({0: 1, 1: 2, 2: 0}, 3), "a", tokenizer="ab\n", stop="\n", temperatures=(0,))
    assert [(sample.text, sample.tokens) for sample in record.samples] == [("b\n", ["b", "\n"])]


def test_a_model_that_was_changed_writes_as_it_is_now(tmp_path: Path) -> None:
    model = bigrams()
    logger = _logger(tmp_path, temperatures=(0,))
    logger.set_model(model)
    logger.log(0)
    model.layers[-1].enable_lora(2)
    model.layers[-1].lora_kernel_b.assign(np.random.default_rng(1).normal(scale=50, size=(2, SIZE)))
    logger.log(1)
    logger.set_model(chain({1: 2, 2: 3}, SIZE))
    logger.log(2)
    logger.close()
    texts = [record.samples[0].text for record in samples_in(tmp_path)]
    assert texts[0] != texts[1]
    assert texts[2][:2] == "cd"


# Texts of a function of the user's


def test_a_function_writes_in_the_models_stead(tmp_path: Path) -> None:
    calls = []

    def write(prompts: list[str], temperature: float, seed: int, **others: Any) -> list[str]:
        calls.append((temperature, seed, others))
        return [f"{prompt} and {number}, {temperature:g}, {seed}" for number, prompt in enumerate(prompts)]

    logger = sample_logger(
        tmp_path, ["this", "that"], generate=write, temperatures=(0, 1), repeats=2, seed=5, max_length=9,
        references=["x", " and 1, 1, 6"], schedule=3,
    )  # fmt: skip
    fit(bigrams(), logger)
    assert calls[:4] == [
        (temperature, seed, {"max_length": 9}) for temperature in (0, 1) for seed in (5, 6)
    ]  # one after the other
    first, second = samples_in(tmp_path)
    assert (first.step, second.step) == (3, 6)
    assert [(s.prompt, s.temperature, s.repeat, s.text) for s in first.samples] == [
        (prompt, temperature, repeat, f" and {number}, {temperature}, {5 + repeat}")
        for number, prompt in enumerate(["this", "that"])
        for temperature in (0, 1)
        for repeat in (0, 1)
    ]
    assert [sample.measures["exact_match"] for sample in second.samples] == [0, 0, 0, 0, 0, 0, 0, 1]
    assert all(not len(sample.tokens) for sample in first.samples)


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda prompts: ["ab, of course", "abc"], ["ab, of course", "abc"]),
        (lambda prompts: ["ab, of course", "c, too"], [", of course", ", too"]),
        (lambda prompts: tf.constant([b"x", b"yz"]), ["x", "yz"]),
        *(
            pytest.param(*case, marks=pytest.mark.long)
            for case in (
                (lambda these, max_length: tuple("x" * max_length for _ in these), ["xxxx", "xxxx"]),
                (lambda prompts: np.array(["x", "yz"]), ["x", "yz"]),
                (str.split, None),
            )
        ),
    ],
)
def test_a_function_returns_the_prompt_or_not(write: Any, expected: list[str] | None, tmp_path: Path) -> None:
    logger = sample_logger(tmp_path, ["ab", "c"], generate=write, temperatures=(0,), max_length=4)
    messages = warnings_of(lambda: fit(bigrams(), logger))
    if expected is None:
        assert len(messages) == 1
        assert not any(tmp_path.iterdir())
    else:
        assert messages == []
        assert [sample.text for sample in samples_in(tmp_path)[0].samples] == expected


def test_a_function_without_temperature_writes_one_column(tmp_path: Path) -> None:
    def drawn(prompts: list[str]) -> list[str]:
        return [str(np.random.randint(1 << 30)) for _ in prompts]

    for name, temperatures in (("several", (0, 0.5)), ("one", (0.7,))):
        logger = sample_logger(tmp_path / name, ["ab"], generate=drawn, temperatures=temperatures, repeats=2)
        fit(bigrams(), logger, epochs=2)
    one, two, *_ = records = samples_in(tmp_path)
    keys = [[(sample.temperature, sample.repeat) for sample in record.samples] for record in records]
    assert keys == [[(0.7, 0), (0.7, 1)]] * 2 + [[(1, 0), (1, 1)]] * 2
    # Its randomness is that of the seed: another for each repeat, the same at every step.
    assert len({sample.text for sample in one.samples}) == 2
    assert [sample.text for sample in one.samples] == [sample.text for sample in two.samples]


def test_a_tokenizer_tells_the_tokens_of_a_function(tmp_path: Path) -> None:
    vectorizer = layers.TextVectorization(standardize=None, vocabulary=["one", "two"])
    logger = sample_logger(
        tmp_path, ["a", "b", "c"], tokenizer=vectorizer, generate=lambda _: ["one two", "one  two", "one three"],
        temperatures=(0,),
    )  # fmt: skip
    logger.log(0)
    logger.close()
    (record,) = samples_in(tmp_path)
    # A text that the tokenizer knows only in part, or does not give back as it was, stays as it is.
    assert [(sample.text, list(sample.tokens), list(sample.lengths)) for sample in record.samples] == [
        ("one two", ["one", "two"], [3, 4]), ("one  two", [], []), ("one three", [], []),
    ]  # fmt: skip
    assert np.isnan(record.samples[0].probabilities).all()


# Arguments


def test_old_names_work_with_a_warning(tmp_path: Path) -> None:
    model = translator()
    with pytest.warns(FutureWarning) as told:
        old = SampleLogger(
            tmp_path / "old", ["ab", "cd"], tokenizer=CHARACTERS, temperatures=(0, 1), max_length=4, stop="a", start="b",
            references=["a", "b"], source_tokenizer="abcdefghijkl", alternatives=2, model=model,
        )  # type: ignore[call-arg]  # fmt: skip
    (message,) = (str(each.message) for each in told)
    assert message == (
        "SampleLogger takes temperatures=, max_length=, stop=, start=, references=, source_tokenizer=, alternatives= by another "
        "name now: sampling=Sampling(temperatures=..., max_length=..., start=..., stop=...), prompts as pairs with their "
        "references, or a dict, source=..., options=SampleOptions(alternatives=...). The old names work in this version for the "
        "last time."
    )
    assert told[0].filename == __file__
    new = SampleLogger(
        tmp_path / "new", {"ab": "a", "cd": "b"}, tokenizer=CHARACTERS, source=SourceTexts("abcdefghijkl"),
        sampling=Sampling(temperatures=(0, 1), max_length=4, start="b", stop="a"), options=SampleOptions(alternatives=2),
        model=model,
    )  # fmt: skip
    for logger in (old, new):
        logger.log(0)
    of_old, of_new = (samples_in(tmp_path / name)[0].samples for name in ("old", "new"))
    assert len(of_new) == 2 * 2
    assert [(s.prompt, s.text, s.reference, s.probabilities) for s in of_old] == [
        (s.prompt, s.text, s.reference, s.probabilities) for s in of_new
    ]


def test_old_names_beside_new_ones_and_wrong_ones(tmp_path: Path) -> None:
    with pytest.warns(FutureWarning, match=r"takes top_k= by another name now: sampling=Sampling\(top_k=\.\.\.\)\."):
        logger = SampleLogger(tmp_path, ["a"], tokenizer="ab", sampling=Sampling(seed=3), top_k=2)  # type: ignore[call-arg]
    assert logger._write._wish.sampling == Sampling(seed=3, top_k=2)  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="unexpected keyword argument 'temperature'"):
        SampleLogger(tmp_path, ["a"], tokenizer="ab", temperature=1)  # type: ignore[call-arg]
    with pytest.raises(
        ValueError, match=r"^There are 1 references and 2 prompts; expected one reference per prompt\.$"
    ):
        SampleLogger(tmp_path, ["a", "b"], tokenizer="ab", references=["c"])  # type: ignore[call-arg]


def test_few_arguments() -> None:
    shared = {"log_dir", "schedule", "name", "model", "max_overhead"}
    for logger in (AttentionLogger, EmbeddingLogger, EvaluationLogger, SampleLogger, StructureLogger):
        parameters = inspect.signature(logger).parameters
        assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in [*parameters.values()][2:])
        assert len(parameters.keys() - shared) <= 9


def test_a_search_of_its_own(tmp_path: Path) -> None:
    search = BeamSearch(3, max_length=2, stop=False, length_penalty=0.5)
    (record,) = log(tmp_path, bigrams(), ["ab"], temperatures=(0,), max_length=5, beams=search, stop="a")
    greedy, found = record.samples
    assert (greedy.beams, found.beams) == (0, 3)
    assert len(found.tokens) == 2


@pytest.mark.parametrize(
    ("padding", "length"), [("c", 7), *(pytest.param(None, length, marks=pytest.mark.long) for length in (None, 7))]
)
def test_a_source_of_one_hot_characters(padding: str | None, length: int | None, tmp_path: Path) -> None:
    """As in the encoder-decoder of characters that Keras shows: vectors at both ends, padded with a character or zeros."""
    reads, writes = "abcdef", "\tgh\n"
    source, target = layers.Input((None, len(reads))), layers.Input((None, len(writes)))
    _, *states = layers.LSTM(8, return_state=True)(source)
    x = layers.LSTM(8, return_sequences=True)(target, initial_state=states)
    model = shaken(keras.Model([source, target], layers.Dense(len(writes), activation="softmax")(x)))
    logger = SampleLogger(
        tmp_path, ["abc", "fedab"], tokenizer=writes, source=SourceTexts(reads, length, padding), model=model,
        sampling=Sampling(temperatures=(0,), max_length=6, start="\t", stop=False),
    )  # fmt: skip
    logger.log(0)
    (record,) = samples_in(tmp_path)
    vectors = np.eye(len(reads), dtype="float32")
    for sample in record.samples:
        encoded = vectors[[reads.index(character) for character in sample.prompt]]
        rest = np.zeros((length or 5, len(reads)), "float32")
        if padding is not None:
            rest[:] = vectors[reads.index(padding)]
        rest[: len(encoded)] = encoded
        text = "\t"
        for _ in range(6):
            shown = np.eye(len(writes), dtype="float32")[[writes.index(character) for character in text]]
            text += writes[int(np.argmax(model.predict([rest[None], shown[None]], verbose=0)[0, -1]))]
        assert sample.text == text[1:]


def test_a_source_that_is_padded_to_another_length(tmp_path: Path) -> None:
    messages = warnings_of(
        lambda: log(tmp_path, translator(5), source=SourceTexts(length=6), start="a", tokenizer=CHARACTERS)
    )
    assert len(messages) == 1
    assert messages[0].endswith(
        "The sources are to be padded to length=6, and the model takes 5 tokens; leave length out."
    )
