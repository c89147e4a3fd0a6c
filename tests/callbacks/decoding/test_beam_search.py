"""Beam search is that of the textbook, token by token, and its tree is all that was on the beam."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import pytest
from helpers.cases import others_long
from helpers.not_a_number import NotANumber
from helpers.plain_beams import check, remembering, texts_of
from helpers.writers import (
    CASES,
    ENCODER_DECODERS,
    PROMPTS,
    SOURCE,
    VOCABULARY,
    Case,
    ids_of,
    named,
    next_token_only,
    shaken,
    transformer,
    transformer_of_a_fixed_length,
)
from keras import layers

from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.errors import SamplingError
from tb_seqviz_plugin.callbacks.generation.generator import Generator

LENGTH = 8


USUAL = [transformer_of_a_fixed_length]


@pytest.mark.parametrize("make", others_long(USUAL, CASES), ids=named)
def test_it_finds_what_a_plain_search_finds(make: Callable[[], Case]) -> None:
    case = make()
    generator, ask = Generator(case.model, window=case.window), remembering(case.next)
    plain = BeamSearch(width=3, max_length=LENGTH)
    found = generator.search(PROMPTS, plain)
    assert [each.prompt for each in found] == [0, 1, 2, 3]
    stop = int(found[0].ids[4])
    for search in plain, BeamSearch(3, LENGTH, stop), BeamSearch(3, LENGTH, stop, length_penalty=1.0):
        for each, prompt in zip(generator.search(PROMPTS, search), PROMPTS, strict=True):
            check(each, ask, prompt, search)
    assert all(loop.why_eager == "" and loop.traces == 1 for loop in generator._compiled())


@pytest.mark.parametrize("name", others_long(["called with two arguments"], ENCODER_DECODERS))
def test_an_encoder_decoder_searches_from_its_source(name: str) -> None:
    model, call = ENCODER_DECODERS[name]()
    shaken(model)
    search = BeamSearch(width=3, max_length=5)
    for number, found in enumerate(Generator(model).search(PROMPTS, search, source=SOURCE)):

        def ask(ids: list[int], source: Any = SOURCE[number : number + 1]) -> Any:
            padded = ids + [0] * (20 - len(ids)) if name == "fixed length" else ids
            return call(source, ids_of(padded))[0, len(ids) - 1]

        case = Case(model, ask, is_softmax=not name.startswith("called"))
        check(found, remembering(case.next), PROMPTS[number], search)


def always(chances: Sequence[float]) -> keras.Model:
    """Returns a model that says the same of every text."""
    count = len(chances)
    model = keras.Sequential([layers.Input((None,)), layers.Embedding(count, 2), layers.GRU(2), layers.Dense(count)])
    *rest, _ = model.get_weights()
    with np.errstate(divide="ignore"):
        model.set_weights([*(weight * 0 for weight in rest), np.log(chances)])
    return model


def test_the_length_penalty_decides_between_short_and_long() -> None:
    generator = Generator(always([0.05, 0.65, 0.3]))
    lengths = [
        len(generator.search([[1]], BeamSearch(4, max_length=6, stop=2, length_penalty=penalty))[0].ids)
        for penalty in (0, 1.5)
    ]
    assert lengths == [1, 6]


def test_a_beam_wider_than_what_can_come_holds_what_can() -> None:
    [found] = Generator(always([0.0, 0.6, 0.4])).search([[1]], BeamSearch(width=5, max_length=2))
    assert found.tree is not None
    assert sorted(texts_of(found.tree)) == sorted([(1,), (2,), *itertools.product((1, 2), repeat=2)])
    assert found.ids.tolist() == [1, 1]


def test_a_search_is_over_when_nothing_better_can_come() -> None:
    generator = Generator(always([0.0, 0.6, 0.4]))
    [found] = generator.search([[1]], BeamSearch(width=3, max_length=100_000, stop=2))
    assert found.tree is not None
    # After three tokens 1 are 0.216 as probable; token 2 at once is 0.4.
    assert set(texts_of(found.tree)) == {(1,), (2,), (1, 1), (1, 2)}
    assert found.ids.tolist() == [2]


@pytest.mark.long
def test_what_is_found_does_not_depend_on_the_other_prompts() -> None:
    generator = Generator(transformer().model)
    search = BeamSearch(width=3, max_length=LENGTH, stop=4)
    together, alone = generator.search(PROMPTS, search), generator.search(PROMPTS[1:2], search)
    assert alone[0].ids.tolist() == together[1].ids.tolist()
    assert texts_of(alone[0].tree) == texts_of(together[1].tree)  # type: ignore[arg-type]


def test_a_beam_of_one_is_greedy_and_follows_the_weights() -> None:
    model = transformer().model
    generator = Generator(model)
    for seed in 0, 1:
        shaken(model, seed)
        found = generator.search(PROMPTS, BeamSearch(width=1, max_length=LENGTH))
        greedy = generator(PROMPTS, Sampling((0,), max_length=LENGTH))
        assert [each.ids.tolist() for each in found] == [each.ids.tolist() for each in greedy]
    assert generator.traces == 2


def test_a_search_goes_on_after_nan() -> None:
    tokens = layers.Input((None,), dtype="int32")
    logits = layers.Dense(7)(layers.GRU(4)(layers.Embedding(7, 4)(tokens)))
    generator = Generator(keras.Model(tokens, NotANumber()(logits, tokens)))
    [found] = generator.search([[1, 3]], BeamSearch(width=2, max_length=3))
    assert found.ids.tolist() == []
    assert found.notes[0].startswith("NaN at token 0: ")
    assert found.tree is not None
    # As one of seven tokens alike, and the only one that is gone on with.
    assert found.tree.scores[0] == pytest.approx(-np.log(7))
    assert np.count_nonzero(found.tree.parents == -1) == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"width": 0}, "width=0; expected a whole number of at least 1."),
        ({"max_length": 1.5}, "max_length=1.5; expected a whole number of at least 1."),
        ({"stop": -1}, "stop=-1; expected a token as text, or its id from 0 on, or False for none."),
        ({"length_penalty": -0.5}, "length_penalty=-0.5; expected a number of at least 0; 0 is no penalty."),
        ({"length_penalty": float("nan")}, "length_penalty=nan; expected a number"),
        ({"length_penalty": "long"}, "length_penalty='long'; expected a number"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SamplingError, match=message):
        BeamSearch(**settings)


def test_a_stop_token_that_the_model_does_not_know() -> None:
    generator = Generator(next_token_only().model)
    with pytest.warns(UserWarning, match=f"stop={VOCABULARY}, and the model writes the tokens 0 to 10 only, so that"):
        found = generator.search(PROMPTS, BeamSearch(2, max_length=3, stop=VOCABULARY))
    assert {len(one.ids) for one in found} == {3}
