"""Drawn tokens follow the distribution that they are drawn from; settings that make no sense are refused."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
from helpers.cases import others_long
from keras import layers, ops

from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling, draw
from tb_seqviz_plugin.callbacks.errors import SamplingError
from tb_seqviz_plugin.callbacks.generation.generator import Generator

LOGITS = np.log(np.array([0.05, 0.3, 0.02, 0.3, 0.01, 0.12, 0.2]), dtype=np.float32)
"""Two tokens are equally probable."""

CUTS: dict[str, dict[str, Any]] = {
    "all": {},
    "top-k": {"top_k": 3},
    "top-k between equals": {"top_k": 1},
    "top-p": {"top_p": 0.7},
    "top-p of almost nothing": {"top_p": 1e-6},
    "top-k and top-p": {"top_k": 5, "top_p": 0.85},
    "top-k of more than there are": {"top_k": 100, "top_p": 1.0},
}


def expected(temperature: float, top_k: int | None = None, top_p: float | None = None) -> npt.NDArray[np.float64]:
    """Returns the distribution that is meant, by numpy."""
    if temperature == 0:
        return np.eye(len(LOGITS))[np.argmax(LOGITS)]
    weights = np.exp(LOGITS.astype(np.float64) / temperature)
    weights /= weights.sum()
    kept, mass = [], 0.0
    for token in np.argsort(-weights, kind="stable"):
        if (top_k is not None and len(kept) == top_k) or (top_p is not None and mass >= top_p):
            break
        kept.append(token)
        mass += weights[token]
    chosen = np.zeros_like(weights)
    chosen[kept] = weights[kept]
    return chosen / chosen.sum()


def chi_squared(counts: npt.NDArray[Any], chances: npt.NDArray[np.float64]) -> float:
    """Returns Pearson's statistic over the tokens that can come."""
    wanted = chances[chances > 0] * counts.sum()
    return float((((counts[chances > 0] - wanted) ** 2) / wanted).sum())


QUANTILES = {1: 10.8, 2: 13.8, 3: 16.3, 4: 18.5, 5: 20.5, 6: 22.5}
"""Of the chi-squared distribution at 0.999, by degrees of freedom."""


@pytest.mark.parametrize("temperature", [0.0, 0.4, 1.0, 2.5])
@pytest.mark.parametrize("cut", CUTS)
def test_tokens_come_as_often_as_they_are_probable(temperature: float, cut: str) -> None:
    rows = 20_000
    settings = {"top_k": 100, "top_p": 1.0, **CUTS[cut]} if CUTS[cut] else {}
    noise = np.random.default_rng(3).random(rows, dtype=np.float32)
    scores = ops.convert_to_tensor(np.tile(LOGITS, (rows, 1)))
    tokens = np.asarray(draw(scores, noise, np.full(rows, temperature, np.float32), **settings))
    counts, chances = np.bincount(tokens, minlength=len(LOGITS)), expected(temperature, **CUTS[cut])
    assert set(np.flatnonzero(counts)) == set(np.flatnonzero(chances))
    freedom = np.count_nonzero(chances) - 1
    assert freedom == 0 or chi_squared(counts, chances) < QUANTILES[freedom]


def test_the_comparison_can_fail() -> None:
    counts = np.random.default_rng(0).multinomial(20_000, expected(1.0))
    assert chi_squared(counts, expected(1.0)) < QUANTILES[6] < chi_squared(counts, expected(1.1))


def of_constant_logits() -> keras.Model:
    """Returns a model that always says the same."""
    model = keras.Sequential(
        [layers.Input((None,)), layers.Embedding(len(LOGITS), 2), layers.GRU(2), layers.Dense(len(LOGITS))]
    )
    *rest, _ = model.get_weights()
    model.set_weights([*(weight * 0 for weight in rest), LOGITS])
    return model


@pytest.mark.parametrize("cut", others_long(["top-p"], ["all", "top-k", "top-p"]))
def test_a_generator_draws_as_often(cut: str) -> None:
    sampling = Sampling(temperatures=(0, 1.0, 1.5), repeats=40, max_length=100, **CUTS[cut])
    samples = Generator(of_constant_logits())([[1], [2]], sampling)
    for temperature in sampling.temperatures:
        tokens = np.concatenate([sample.ids for sample in samples if sample.temperature == temperature])
        counts, chances = np.bincount(tokens, minlength=len(LOGITS)), expected(temperature, **CUTS[cut])
        assert counts.sum() == 8000
        assert set(np.flatnonzero(counts)) == set(np.flatnonzero(chances))
        freedom = np.count_nonzero(chances) - 1
        assert freedom == 0 or chi_squared(counts, chances) < QUANTILES[freedom]
    # Temperature and cut change what is drawn, not what the model is said to think of it.
    softmax = expected(1.0)
    for sample in samples:
        np.testing.assert_allclose(sample.probabilities, softmax[sample.ids], rtol=1e-5)
        assert sample.ranks.tolist() == [1 + np.count_nonzero(softmax > softmax[token]) for token in sample.ids]


@pytest.mark.parametrize("noise", [0.0, 1 - 2**-24])
def test_a_token_that_cannot_come_never_does(noise: float) -> None:
    scores = np.array([[-np.inf, 0, -np.inf, 1, -np.inf]], np.float32)
    for cut in {}, {"top_k": 5, "top_p": 1.0}:
        token = draw(ops.convert_to_tensor(scores), np.array([noise], np.float32), np.array([1.0], np.float32), **cut)
        assert int(token[0]) in (1, 3)


@pytest.mark.parametrize("temperature", [1e-6, 1e-30, 1e6])
def test_extreme_temperatures(temperature: float) -> None:
    scores = ops.convert_to_tensor(np.array([[50.0, 80.0, 79.0]], np.float32))
    drawn = [
        int(draw(scores, np.array([u], np.float32), np.array([temperature], np.float32))[0]) for u in (0.1, 0.5, 0.9)
    ]
    assert drawn == ([0, 1, 2] if temperature > 1 else [1, 1, 1])


@pytest.mark.parametrize("vocabulary", [255, 256, 257, 5000])
def test_a_large_vocabulary_is_drawn_from_as_a_plain_running_sum_says(vocabulary: int) -> None:
    generator = np.random.default_rng(0)
    scores = generator.normal(size=(400, vocabulary)).astype(np.float32) * 3
    scores[:, generator.random(vocabulary) < 0.5] = -np.inf
    noise = np.append(generator.random(398, np.float32), np.float32([0, 1 - 2**-24]))
    shares = np.exp(scores.astype(np.float64))
    running = np.cumsum(shares, axis=-1)
    expected = (running <= noise[:, None] * running[:, -1:]).sum(axis=-1)
    drawn = ops.convert_to_numpy(draw(scores, noise, np.ones(400, np.float32)))
    # A softmax in single precision moves a border between two tokens by its rounding, which one noise in thousands may meet.
    assert (drawn == expected).mean() > 0.99
    assert np.isfinite(scores[np.arange(400), drawn]).all()


def test_noise_depends_on_its_own_place_only() -> None:
    few, many = Sampling((0.5, 1.0), max_length=7), Sampling((0.2, 1.0, 0.5), repeats=2, max_length=9)
    assert few.noise(3).tolist() == [many.noise(3)[4, :7].tolist(), many.noise(3)[2, :7].tolist()]
    every = np.concatenate([many.noise(0), many.noise(1), Sampling((0.2,), max_length=9, seed=1).noise(0)])
    assert len(np.unique(every)) == every.size
    assert every.dtype == np.float32
    assert every.min() >= 0
    assert every.max() < 1
    assert Sampling((-0.0,)).noise(0).tolist() == Sampling((0,)).noise(0).tolist()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperatures": ()}, r"temperatures=\(\); expected a list of at least one number"),
        ({"temperatures": 0.5}, r"temperatures=0.5; expected a list of at least one number, as in \(0.5, 1.0\)."),
        ({"temperatures": ("warm",)}, "expected a list of at least one number"),
        ({"temperatures": (0.5, -1)}, "A temperature is -1; expected 0, which is greedy, or above."),
        (
            {"temperatures": (1, 0.5, 1.0)},
            "The temperature 1 is there 2 times; expected each once. repeats= says how many",
        ),
        ({"temperatures": (float("nan"),)}, "A temperature is nan; expected 0"),
        ({"temperatures": (float("inf"),)}, "A temperature is inf; expected 0"),
        ({"repeats": 0}, "repeats=0; expected a whole number of at least 1."),
        ({"max_length": 2.5}, "max_length=2.5; expected a whole number of at least 1."),
        ({"seed": -1}, "seed=-1; expected a whole number of at least 0."),
        ({"seed": None}, "seed=None; expected a whole number"),
        ({"top_k": 0}, "top_k=0; expected a whole number of at least 1."),
        ({"top_p": 0}, "top_p=0; expected a share above 0 and at most 1, or None for all tokens."),
        ({"top_p": 1.5}, "top_p=1.5; expected a share"),
        ({"stop": -1}, "stop=-1; expected a token as text, or its id from 0 on, or False for none."),
        ({"stop": True}, "stop=True; expected a token as text"),
        ({"start": 1.5}, "start=1.5; expected a token as text"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SamplingError, match=message):
        Sampling(**settings)
