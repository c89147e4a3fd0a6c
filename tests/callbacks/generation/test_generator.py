"""What is generated is what a plain loop over single tokens writes, whatever the model takes and returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.cases import others_long
from helpers.writers import (
    CASES,
    ENCODER_DECODERS,
    PROMPTS,
    SOURCE,
    Case,
    character_rnn,
    ids_of,
    named,
    next_token_only,
    one_token_at_a_time,
    poetry,
    shaken,
    transformer,
    transformer_of_a_fixed_length,
    written_plainly,
)
from keras import layers

from tb_seqviz_plugin.callbacks.backends.tensorflow.compiled import Compiled
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.errors import GenerationError, SamplingError
from tb_seqviz_plugin.callbacks.generation.generated import origins_of
from tb_seqviz_plugin.callbacks.generation.generator import Generator
from tb_seqviz_plugin.callbacks.generation.generator_for import generator_for

ORIGINS = origins_of(PROMPTS)


SAMPLING = Sampling(temperatures=(0, 0.5, 1.3), max_length=10, seed=5)


USUAL = [character_rnn, transformer_of_a_fixed_length]


@pytest.mark.parametrize("make", others_long(USUAL, CASES), ids=named)
def test_it_writes_what_a_plain_loop_writes(make: Callable[[], Case]) -> None:
    case = make()
    generator = Generator(case.model, window=case.window, alternatives=3)
    samples = generator(PROMPTS, SAMPLING)
    assert len(samples) == len(PROMPTS) * 3
    assert generator.why_eager == ""
    for number, sample in enumerate(samples):
        prompt, row = divmod(number, 3)
        assert (sample.prompt, sample.temperature, sample.repeat) == (prompt, (0, 0.5, 1.3)[row], 0)
        ids, distributions = written_plainly(
            case.next, PROMPTS[prompt], SAMPLING.noise(ORIGINS[prompt])[row].tolist(), sample.temperature
        )
        assert sample.ids.tolist() == ids
        for place, chances in enumerate(distributions):
            assert sample.probabilities[place] == pytest.approx(chances[ids[place]], rel=1e-3)
            order = np.argsort(-chances)
            assert sample.alternative_ids[place].tolist() == order[:3].tolist()
            np.testing.assert_allclose(sample.alternative_probabilities[place], chances[order[:3]], rtol=1e-3)
            assert sample.ranks[place] == 1 + order.tolist().index(ids[place])
    assert len({tuple(sample.ids.tolist()) for sample in samples}) > len(PROMPTS)


@pytest.mark.parametrize(
    "prompts", [PROMPTS, pytest.param([[1]] * 4, marks=pytest.mark.long)], ids=["prompts", "start tokens"]
)
@pytest.mark.parametrize("name", others_long(["called with two arguments"], ENCODER_DECODERS))
def test_an_encoder_decoder_writes_from_its_source(name: str, prompts: list[list[int]]) -> None:
    model, call = ENCODER_DECODERS[name]()
    shaken(model)
    samples = Generator(model)(prompts, SAMPLING, source=SOURCE)
    origins = origins_of(prompts, SOURCE)
    for number, sample in enumerate(samples):
        prompt, row = divmod(number, 3)

        def ask(ids: list[int], source: Any = SOURCE[prompt : prompt + 1]) -> Any:
            padded = ids + [0] * (20 - len(ids)) if name == "fixed length" else ids
            return call(source, ids_of(padded))[0, len(ids) - 1]

        case = Case(model, ask, is_softmax=not name.startswith("called"))
        ids, _ = written_plainly(
            case.next, prompts[prompt], SAMPLING.noise(origins[prompt])[row].tolist(), sample.temperature
        )
        assert sample.ids.tolist() == ids


@pytest.mark.parametrize("make", others_long([transformer], [poetry, transformer, next_token_only]), ids=named)
@pytest.mark.usefixtures("without_xla")
def test_what_is_written_does_not_depend_on_the_other_prompts(make: Callable[[], Case]) -> None:
    generator = Generator(make().model)
    together = generator(PROMPTS, SAMPLING)
    alone = generator(PROMPTS[1:2], SAMPLING)
    assert [sample.ids.tolist() for sample in alone] == [sample.ids.tolist() for sample in together[3:6]]
    fewer = generator(PROMPTS, Sampling(temperatures=(1.3,), repeats=1, max_length=5, seed=5))
    assert [sample.ids.tolist() for sample in fewer] == [sample.ids.tolist()[:5] for sample in together[2::3]]


def test_equal_prompts_are_written_on_in_several_ways_and_each_source_in_its_own() -> None:
    one, other = [1, 2], [3]
    origins = origins_of([one, other, one])
    assert len(set(origins)) == 3
    assert origins_of([other, one]) == [origins[1], origins[0]]
    padded = np.array([[4, 5, 9, 0, 0], [6, 0, 0, 0, 0]])
    assert origins_of([one, one], padded)[1:] == origins_of([one], padded[1:, :2])
    assert len({*origins_of([one, one], padded), origins[0]}) == 3


@pytest.mark.usefixtures("without_xla")
def test_the_seed_decides() -> None:
    generator = Generator(transformer().model)
    one, same, other = (
        [sample.ids.tolist() for sample in generator(PROMPTS, Sampling(max_length=8, seed=seed))] for seed in (1, 1, 2)
    )
    assert one == same != other


@pytest.mark.parametrize("make", others_long([transformer], CASES), ids=named)
def test_it_is_traced_once_and_follows_the_weights(make: Callable[[], Case]) -> None:
    case = make()
    generator = Generator(case.model, window=case.window)
    sampling = Sampling(temperatures=(1.0,), max_length=8, top_k=9)
    before = [sample.ids.tolist() for sample in generator(PROMPTS, sampling)]
    assert all(loop.traces == 1 for loop in generator._compiled())  # two where a text comes to slide through a window
    shaken(case.model, seed=1)
    after = [sample.ids.tolist() for sample in generator(PROMPTS, sampling)]
    for prompt in [[4, 4, 4], [4, 5, 9, 2, 6, 5], [4], [2, 7, 4]], PROMPTS:
        generator(prompt, Sampling(temperatures=(0.7,), max_length=8, top_k=2, top_p=0.9, stop=3, seed=9))
    assert all(loop.traces == 1 for loop in generator._compiled())
    assert after != before
    assert after == [sample.ids.tolist() for sample in Generator(case.model, window=case.window)(PROMPTS, sampling)]


@pytest.mark.usefixtures("without_xla")
def test_a_sample_ends_with_the_stop_token() -> None:
    generator = Generator(transformer().model)
    whole = generator(PROMPTS, SAMPLING)
    stopped = generator(PROMPTS, Sampling((0, 0.5, 1.3), max_length=10, seed=5, stop=int(whole[5].ids[3])))
    stop = whole[5].ids[3]
    for one, other in zip(whole, stopped, strict=True):
        ids = one.ids.tolist()
        length = ids.index(stop) + 1 if stop in ids else 10
        assert other.ids.tolist() == ids[:length]
        assert other.alternative_probabilities.shape == (length, 5)
        assert len(other.probabilities) == len(other.ranks) == len(other.alternative_ids) == length
    assert len({len(sample.ids) for sample in stopped}) > 1


@pytest.mark.usefixtures("without_xla")
def test_the_loop_ends_when_all_have_stopped() -> None:
    model = keras.Sequential([layers.Input((None,)), layers.Embedding(3, 2), layers.GRU(2), layers.Dense(3)])
    *rest, _ = model.get_weights()
    model.set_weights([*(weight * 0 for weight in rest), np.array([0, 50, 0])])
    samples = Generator(model)([[0], [0]], Sampling(max_length=100_000, stop=1))
    assert [sample.ids.tolist() for sample in samples] == [[1]] * 8


class OpByOp(layers.Layer):
    """Runs op by op only."""

    def call(self, x: Any) -> Any:
        return x * float(np.sign(x.numpy().max()))

    def compute_output_spec(self, x: Any) -> Any:
        return keras.KerasTensor(x.shape, x.dtype)


def test_several_loops_are_not_taken_for_one_that_is_traced_anew(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tf.get_logger(), "propagate", True)
    for _ in range(6):
        assert Compiled(lambda x: [x + 1], is_static=False)(np.int32(2)) == [3]
    assert "retracing" not in caplog.text


def test_a_model_that_no_graph_holds_runs_op_by_op() -> None:
    case = next_token_only()
    model = keras.Sequential(
        [layers.Input((None,), dtype="int32"), *case.model.layers[:-1], OpByOp(), case.model.layers[-1]]
    )
    generator = Generator(model)
    samples = generator(PROMPTS[:2], Sampling((0, 1), max_length=4, stop=2))
    again = generator(PROMPTS[:2], Sampling((0, 1), max_length=4, stop=2))
    assert "numpy" in generator.why_eager
    for sample, same in zip(samples, again, strict=True):
        noise = Sampling((0, 1), max_length=4).noise(ORIGINS[sample.prompt])[int(sample.temperature)]
        ids, _ = written_plainly(
            Case(model, lambda ids: model(ids_of(ids))[0]).next,
            PROMPTS[sample.prompt],
            noise.tolist(),
            sample.temperature,
        )
        assert sample.ids.tolist() == same.ids.tolist() == ids[: ids.index(2) + 1 if 2 in ids else None]


@pytest.mark.usefixtures("without_xla")
def test_a_stateful_model_of_a_fixed_length_is_shown_windows_and_says_so() -> None:
    model = keras.Sequential(
        [
            layers.Input((5,), batch_size=2),
            layers.Embedding(11, 4),
            layers.GRU(4, stateful=True, return_sequences=True),
            layers.Dense(11),
        ]
    )
    note = "The model is stateful, and was shown the last 5 tokens at a time, each time from states of zero."
    short, long = Generator(model)([[1, 2]], Sampling((0,), max_length=4)), Generator(model)([[1, 2]], Sampling((0,)))
    assert (short[0].notes, long[0].notes) == ((), (note,))


def test_a_window_of_a_model_that_remembers() -> None:
    with pytest.raises(
        GenerationError, match=r"^window=3, and the model '.+' is stateful and takes one token at a time, so"
    ):
        Generator(one_token_at_a_time().model, window=3)


@pytest.mark.usefixtures("without_xla")
def test_a_start_is_put_before_every_prompt() -> None:
    generator = Generator(next_token_only().model)
    with_start = generator([[1, 2], [3]], Sampling((0, 1.3), max_length=5, start=7))
    plain = generator([[7, 1, 2], [7, 3]], Sampling((0, 1.3), max_length=5))
    assert [sample.ids.tolist() for sample in with_start] == [sample.ids.tolist() for sample in plain]
    for token in ({"start": "a"}, {"stop": "a"}):
        with pytest.raises(
            SamplingError, match=r"='a', and a generator knows ids only; expected the id of the token\."
        ):
            generator([[1]], Sampling(**token))
    assert [len(sample.ids) for sample in generator([[1]], Sampling((0,), max_length=3, stop=False))] == [3]


@pytest.mark.parametrize("make", [Generator, generator_for])
@pytest.mark.usefixtures("without_xla")
def test_the_old_name_of_alternatives_works_with_a_warning(make: Any) -> None:
    name = make.__name__
    with pytest.warns(
        FutureWarning, match=rf"^{name} takes top_alternatives= by another name now: alternatives=\.\.\.\. The old"
    ):
        generator = make(next_token_only().model, top_alternatives=2)
    assert generator([[1]], Sampling((0,), max_length=3))[0].alternative_ids.shape == (3, 2)
