"""What a generator says of models and prompts that do not fit, and of samples that are not quite what was asked for."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from helpers.not_a_number import NotANumber
from keras import layers, ops

from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.callbacks.generation.generator import Generator

SHORT = Sampling(temperatures=(0, 1), max_length=6)


def model_of(length: int | None = None, vocabulary: int = 7, **dense: Any) -> keras.Model:
    return keras.Sequential(
        [layers.Input((length,)), layers.Embedding(7, 4), layers.GRU(4), layers.Dense(vocabulary, **dense)]
    )


class Reading(keras.Model):
    """Reads a text and writes another number of tokens, with an embedding of the places and of a source besides."""

    def __init__(self, tokens: int, vocabulary: int) -> None:
        super().__init__()
        self.places, self.source, self.text = (
            layers.Embedding(50, 4),
            layers.Embedding(90, 4),
            layers.Embedding(tokens, 4),
        )
        self.rnn, self.dense = layers.GRU(4), layers.Dense(vocabulary)

    def call(self, source: Any, target: Any) -> Any:
        x = self.text(target) + self.places(ops.arange(ops.shape(target)[1]))
        return self.dense(self.rnn(x) + ops.sum(self.source(source), axis=1))


def reading(tokens: int) -> keras.Model:
    model = Reading(tokens, 7)
    model(np.ones((1, 6), int), np.ones((1, 6), int))
    return model


def unbuilt() -> keras.Model:
    return keras.Sequential([layers.Embedding(7, 4), layers.GRU(4), layers.Dense(7)])


def of_images() -> keras.Model:
    return keras.Sequential([layers.Input((8, 8, 1)), layers.Flatten(), layers.Dense(7)])


def of_three_inputs() -> keras.Model:
    inputs = [layers.Input((4,), name=name) for name in "abc"]
    return keras.Model(inputs, layers.Dense(7)(layers.Concatenate()(inputs)))


def of_masks(*names: str) -> keras.Model:
    inputs = {name: layers.Input((None,), name=name) for name in names}
    x = layers.GRU(4)(ops.stack(list(inputs.values()), axis=-1))
    return keras.Model(inputs, layers.Dense(7)(x))


def of_single_numbers() -> keras.Model:
    return keras.Sequential([layers.Input((8, 1)), layers.GRU(4), layers.Dense(7)])


class OfFifty(keras.Model):
    """As in tutorials: the batch size is baked in where nothing tells."""

    def __init__(self) -> None:
        super().__init__(name="fifty")
        self.embedding, self.gru = layers.Embedding(7, 4), layers.GRU(4, return_sequences=True)
        self.dense = layers.Dense(7)

    def call(self, ids: Any) -> Any:
        state = self.gru.get_initial_state(batch_size=50)
        return self.dense(self.gru(self.embedding(ids), initial_state=state))


class OfFiftyUntold(OfFifty):
    def get_build_config(self) -> Any:
        return {"input_shape": (None, 6)}


def of_fifty(kind: type[OfFifty] = OfFifty) -> keras.Model:
    model = kind()
    model(np.ones((50, 6), int))
    return model


def of_two_outputs() -> keras.Model:
    inputs = layers.Input((None,))
    x = layers.GRU(4)(layers.Embedding(7, 4)(inputs))
    return keras.Model(inputs, [layers.Dense(7)(x), layers.Dense(7)(x)])


def of_strings() -> keras.Model:
    words = layers.TextVectorization(vocabulary=["a", "b", "c"], output_sequence_length=4)
    return keras.Sequential(
        [layers.Input((1,), dtype="string"), words, layers.Embedding(7, 4), layers.GRU(4), layers.Dense(7)]
    )


def of_characters() -> keras.Model:
    letters = layers.StringLookup(vocabulary=["a", "b", "c"])
    return keras.Sequential(
        [layers.Input((None,), dtype="string"), letters, layers.Embedding(7, 4), layers.GRU(4), layers.Dense(7)]
    )


def of_other_vectors() -> keras.Model:
    return keras.Sequential([layers.Input((None, 9)), layers.GRU(4), layers.Dense(7)])


def that_looks_ahead_in_time_distributed() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((None,)),
            layers.Embedding(7, 4),
            layers.Bidirectional(layers.GRU(4, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(7)),
        ]
    )


class Refusing(keras.Model):
    refuses = False

    def call(self, inputs: Any) -> Any:
        if self.refuses:
            raise ValueError("not today")
        return inputs


def refusing() -> keras.Model:
    model = Refusing()
    model(np.zeros((1, 5)))
    model.refuses = True
    return model


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (unbuilt, {}, "is not built, so it has no weights to write with. Call it once on a batch, or train one step"),
        (of_images, {}, r"takes text of the shape \(None, 8, 8, 1\); expected ids \(batch, time\) or one-hot vectors"),
        (of_three_inputs, {}, r"has 3 inputs \(a, b, c\); expected the text alone, or a source and the text, and masks of these."),
        (
            lambda: of_masks("source", "text", "padding_mask"), {},
            r"takes 'padding_mask' of the shape \(None, None\) beside source, text, padding_mask; expected a mask \(batch, time\)",
        ),
        (of_two_outputs, {}, r"returns 2 outputs, \(1, 7\), \(1, 7\), for 1 x 6 tokens; expected one output, \(batch, voc"),
        (
            of_single_numbers, {},
            r"takes text of the shape \(None, 8, 1\), one number per token, and nothing says how ids become such numbers. Put",
        ),
        (of_strings, {}, "takes strings, of which it makes ids itself; expected ids. Pass the part behind its TextVectorization"),
        (of_characters, {}, "takes strings, of which it makes ids itself; expected ids. Pass the part behind its Text"),
        (of_other_vectors, {}, "takes vectors of 9 and returns 7 numbers per token; expected the size of the vocabulary"),
        (lambda: model_of(vocabulary=1), {}, "returns 1 number per token; expected one for every token of the vocabulary."),
        (
            lambda: reading(5), {},
            "reads 5 tokens, the size of its embedding, and writes 7, the size of its output, so it may write tokens that it "
            "cannot read; expected an embedding of 7.",
        ),
        (lambda: of_fifty(OfFiftyUntold), {}, "If it takes one batch size only, pass generate= to SampleLogger, a function that"),
        (refusing, {}, r"could not be called on 1 x 5 tokens; expected a model .* said: .*not today"),
        (model_of, {"outputs": "logit"}, 'outputs=\'logit\'; expected "logits", "probabilities", or None to find out.'),
        (model_of, {"outputs": "probabilities"}, 'returns numbers from .* to .* that do not add up to 1; expected outputs='),
        (model_of, {"window": 0}, "window=0; expected a whole number of at least 1."),
        (model_of, {"alternatives": -1}, "alternatives=-1; expected a whole number of at least 0."),
        (lambda: model_of(8), {"window": 5}, "window=5, and the model .* takes 8 tokens, no more and no less"),
    ],
)  # fmt: skip
def test_a_model_that_does_not_fit(make: Callable[[], keras.Model], options: dict[str, Any], message: str) -> None:
    with pytest.raises(GenerationError, match=f"(?s){message}"):
        Generator(make(), **options)


def test_a_batch_size_that_nothing_tells_is_filled_up() -> None:
    model = of_fifty()
    [sample] = Generator(model)([[1, 2, 3]], Sampling((0,), max_length=4))
    text = [1, 2, 3]
    for _ in range(4):
        text.append(int(np.argmax(model(np.array([text] * 50))[0, -1])))
    assert sample.ids.tolist() == text[3:]


def test_a_model_that_reads_more_than_it_writes() -> None:
    with pytest.warns(
        UserWarning, match="reads 9 tokens, .* writes 7, .* never writes the tokens from 7 on; expected one"
    ):
        generator = Generator(reading(9))
    source = np.ones((1, 6), int)
    [sample] = generator([[8, 1]], Sampling((0,), max_length=3), source=source)
    assert max(sample.ids) < 7
    with pytest.raises(
        GenerationError, match=r"unknown token 9; expected 0 to 8, as the model's embedding has 9 rows. Does"
    ):
        generator([[9]], SHORT, source=source)


@pytest.mark.parametrize(
    ("prompts", "message"),
    [
        ([], r"The prompts are \[\]; expected at least one list of ids."),
        ("hello", "The prompts are 'hello'; expected at least one list of ids."),
        ([[1], []], "Prompt 1 is empty; expected at least one token to continue, such as that of the start."),
        (
            [[1], [2, 7]],
            "Prompt 1 has the unknown token 7; expected 0 to 6, as the model returns 7 numbers per token. Does",
        ),
        ([[-1]], "Prompt 0 has the unknown token -1; expected 0 to 6"),
        ([[0.5]], r"Prompt 0 is \[0.5\]; expected a list of ids, whole numbers."),
        (["hello"], "Prompt 0 is 'hello'; expected a list of ids"),
        ([1, 2], "Prompt 0 is 1; expected a list of ids"),
    ],
)
def test_prompts_that_do_not_fit(prompts: Any, message: str) -> None:
    with pytest.raises(GenerationError, match=message):
        Generator(model_of())(prompts, SHORT)


def test_a_stop_token_that_the_model_does_not_know_is_warned_of_once() -> None:
    generator, unknown = Generator(model_of()), Sampling((1,), max_length=4, stop=7)
    with pytest.warns(
        UserWarning, match=r"stop=7, and the model writes the tokens 0 to 6 only, so .*; expected one of"
    ):
        [sample] = generator([[1]], unknown)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        [again] = generator([[1]], unknown)
    assert sample.ids.tolist() == again.ids.tolist() == generator([[1]], Sampling((1,), max_length=4))[0].ids.tolist()


def test_time_distributed_that_looks_ahead_at_any_length() -> None:
    generator = Generator(that_looks_ahead_in_time_distributed())
    with pytest.raises(
        GenerationError, match=r"TimeDistributed layer, .* expected window=, with prompts that fill it, or"
    ):
        generator([[1, 2]], SHORT)
    model = that_looks_ahead_in_time_distributed()
    assert len(Generator(model, window=2)([[1, 2], [1, 2, 3]], SHORT)) == 4


@pytest.fixture(scope="module")
def translating() -> Generator:
    source, target = layers.Input((5,)), layers.Input((None,))
    state = layers.GRU(4)(layers.Embedding(9, 4)(source))
    x = layers.GRU(4, return_sequences=True)(layers.Embedding(7, 4)(target), initial_state=state)
    return Generator(keras.Model([source, target], layers.Dense(7)(x)))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "has two inputs, a source and the text; expected source=, an array with one row per prompt"),
        ([[1, 2, 3, 4, 5]], r"The source has the shape \(1, 5\); expected \(2, 5\), one row per prompt, padded as in"),
        (np.ones((2, 4)), r"The source has the shape \(2, 4\); expected \(2, 5\)"),
        ([[1, 2], [3]], "The source is not an array of numbers; expected rows of one length, padded as in training."),
        (["one", "two"], "The source is not an array of numbers"),
    ],
)
def test_a_source_that_does_not_fit(source: Any, message: str, translating: Generator) -> None:
    with pytest.raises(GenerationError, match=message):
        translating([[1], [2]], SHORT, source=source)


class OfEightPlaces(layers.Layer):
    """Fails at longer texts, as an embedding of places does on some devices."""

    def build(self, shape: Any) -> None:
        self.places = self.add_weight(shape=(8, 4), initializer="zeros")

    def call(self, x: Any) -> Any:
        return x + ops.reshape(self.places[: ops.shape(x)[1]], (-1, ops.shape(x)[1], 4))


def test_a_model_that_fails_on_the_way() -> None:
    model = keras.Sequential(
        [layers.Input((None,)), layers.Embedding(7, 4), OfEightPlaces(), layers.GRU(4), layers.Dense(7)]
    )
    with pytest.raises(
        GenerationError,
        match=r"failed at prompts of up to 5 tokens and 6 more; .* pass that as window=\. What it said: .*shape",
    ):
        Generator(model)([[1, 2, 3, 4, 5], [1]], SHORT)
    assert len(Generator(model, window=8)([[1, 2, 3, 4, 5], [1]], SHORT)) == 4


def test_a_source_for_a_model_without_one() -> None:
    with pytest.raises(
        GenerationError, match=r"A source was given, and the model .* has one input only, the text; leave"
    ):
        Generator(model_of())([[1]], SHORT, source=[[1]])


def test_what_a_window_does_to_a_prompt_is_noted() -> None:
    samples = Generator(model_of(4))([[1, 2], [1, 2, 3, 4], [6, 5, 1, 2, 3, 4]], SHORT)
    assert [sample.notes for sample in samples[::2]] == [
        ("The prompt has 2 tokens and the model takes 4; zeros were put before it.",),
        (),
        ("The prompt has 6 tokens; the model was shown the last 4 of them.",),
    ]
    assert samples[2].ids.tolist() == samples[4].ids.tolist()
    samples = Generator(model_of(), window=3)([[1, 2], [1, 2, 3, 4]], SHORT)
    assert [sample.notes for sample in samples[::2]] == [
        (),
        ("The prompt has 4 tokens; the model was shown the last 3 of them.",),
    ]


@pytest.mark.parametrize("cut", [{}, {"top_k": 3}])
def test_a_text_ends_before_nan(cut: dict[str, Any]) -> None:
    keras.utils.set_random_seed(0)
    tokens = layers.Input((None,), dtype="int32")
    logits = layers.Dense(7)(layers.GRU(4)(layers.Embedding(7, 4)(tokens)))
    generator = Generator(keras.Model(tokens, NotANumber()(logits, tokens)))
    samples = generator([[1, 3], [3, 1]], Sampling(temperatures=(1,), repeats=3, max_length=40, **cut))
    assert [sample.ids.tolist() for sample in samples[:3]] == [[]] * 3
    for sample in samples:
        asked = [3 if sample.prompt == 0 else 1, *sample.ids.tolist()]
        # Token 3 is the last one: nothing comes after it.
        assert 3 not in asked[:-1]
        note = f"NaN at token {len(sample.ids)}: the model returned no probabilities, and the text ends before it."
        assert sample.notes == ((note,) if asked[-1] == 3 else ())
        assert asked[-1] == 3 or len(sample.ids) == 40
        assert not np.isnan(sample.alternative_probabilities).any()
        assert len(sample.ids) == len(sample.probabilities) == len(sample.ranks) == len(sample.alternative_ids)
    assert any(len(sample.ids) for sample in samples)


def test_every_number_is_nan() -> None:
    model = model_of()
    generator = Generator(model)
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    for made in generator, Generator(model):
        samples = made([[1]], SHORT)
        assert [sample.ids.tolist() for sample in samples] == [[]] * 2
        assert all(sample.notes[0].startswith("NaN at token 0: ") for sample in samples)


def test_what_nan_hides_is_found_out_once_it_is_gone() -> None:
    model = keras.Sequential(
        [
            layers.Input((None,)),
            layers.Embedding(7, 4),
            layers.Bidirectional(layers.SimpleRNN(4, return_sequences=True)),
            layers.Dense(7, activation="softmax"),
        ]
    )
    weights = model.get_weights()
    model.set_weights([np.full_like(weight, np.nan) for weight in weights])
    generator, sampling = Generator(model), Sampling((0,), max_length=1)
    assert generator([[1, 2]], sampling)[0].ids.size == 0
    model.set_weights([3 * weight for weight in weights])
    [found] = generator([[1, 2]], sampling)
    assert not generator.reading.is_causal
    assert found.probabilities[0] == pytest.approx(float(np.max(model(np.array([[1, 2]]))[0, -1])))


def test_fewer_alternatives_than_asked_for() -> None:
    assert Generator(model_of(), alternatives=50)([[1]], SHORT)[0].alternative_ids.shape == (6, 7)
    assert Generator(model_of(), alternatives=0)([[1]], SHORT)[0].alternative_ids.shape == (6, 0)


@pytest.mark.parametrize("activation", [pytest.param("softmax", marks=pytest.mark.long), None])
def test_outputs_are_told_or_found_out(activation: str | None) -> None:
    model = model_of(activation=activation)
    model.set_weights([5 * weight for weight in model.get_weights()])
    found = Generator(model)([[1]], SHORT)
    told = Generator(model, outputs="logits" if activation is None else "probabilities")([[1]], SHORT)
    wrong = None if activation is None else Generator(model, outputs="logits")([[1]], SHORT)
    assert [sample.probabilities.tolist() for sample in found] == [sample.probabilities.tolist() for sample in told]
    assert wrong is None or wrong[0].probabilities[0] != found[0].probabilities[0]


@pytest.fixture(scope="module")
def of_vectors() -> Generator:
    inputs, target = layers.Input((None, 4)), layers.Input((None,), dtype="int32")
    _, state = layers.GRU(4, return_state=True)(inputs)
    x = layers.GRU(4, return_sequences=True)(layers.Embedding(7, 4)(target), initial_state=state)
    return Generator(keras.Model([inputs, target], layers.Dense(7)(x), name="characters"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            [[1, 4]],
            r"The source holds the token 4, and the model 'characters' takes vectors of 4; expected 0 to 3\. Does the",
        ),
        (
            [[1], [2]],
            r"The source has the shape \(2, 1\); expected \(1, any\), one row per prompt, padded as in training\.",
        ),
        (
            [[0.5, 0.5]],
            r"The source has the shape \(1, 2\); expected \(1, any, 4\), one row per prompt, padded as in training\.",
        ),
    ],
)
def test_a_source_of_ids_where_the_model_takes_vectors(source: Any, message: str, of_vectors: Generator) -> None:
    with pytest.raises(GenerationError, match=f"^{message}"):
        of_vectors([[1]], SHORT, source=source)
