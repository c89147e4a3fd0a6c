"""What is written step by step is what a plain loop over the whole text writes, and what cannot be stepped says why."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.cases import others_long
from helpers.causal_models import CUT, LOOKS_AHEAD, TRANSLATING
from helpers.plain_writing import PROMPTS, SOURCE, check, plain
from helpers.writers import VOCABULARY, Case, shaken
from keras import layers, ops
from tensorflow.core.protobuf.config_pb2 import ConfigProto

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.backends.tensorflow import compiled
from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.generation import stepper
from tb_seqviz_plugin.callbacks.generation.generator import Generator
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.callbacks.generation.recurrent import Recurrent

SAMPLING = Sampling((0, 0.8, 1.3), max_length=6, seed=5)


def stack(*inner: Any, softmax: bool = False, masks: bool = False, batch: int | None = None) -> keras.Model:
    """Returns a model of ids through some layers."""
    ids = layers.Input((None,), batch_size=batch, dtype="int32")
    x = layers.Embedding(VOCABULARY, 8, mask_zero=masks)(ids)
    for layer in inner:
        x = layer(x)
    return shaken(keras.Model(ids, layers.Dense(VOCABULARY, activation="softmax" if softmax else None)(x)))


class Counter(layers.Layer):
    """A cell of one's own: a sum that fades."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.state_size = self.units = units

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], self.units), initializer="normal")

    def call(self, inputs: Any, states: Any) -> Any:
        new = 0.7 * states[0] + ops.tanh(inputs @ self.kernel)
        return new * 2, [new]


class OfOwnStates(keras.Model):
    """Hands zeros of its own making to its layer, and returns the state as well."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.dense = layers.Embedding(VOCABULARY, 8), layers.Dense(VOCABULARY)
        self.gru = layers.GRU(8, return_sequences=True, return_state=True)

    def call(self, ids: Any, states: Any = None) -> Any:
        x = self.embedding(ids)
        if states is None:
            states = ops.ones((ops.shape(x)[0], 8)) * 0.5
        x, state = self.gru(x, initial_state=states)
        return {"logits": self.dense(x), "state": state}


def of_own_states() -> keras.Model:
    model = OfOwnStates()
    model(np.ones((2, 5), np.int32))
    return shaken(model)


RNN = {"return_sequences": True}

RECURRENT: dict[str, Callable[[], keras.Model]] = {
    "LSTM": lambda: stack(layers.LSTM(8, **RNN), layers.LSTM(8, **RNN)),
    "GRU": lambda: stack(layers.GRU(8, **RNN)),
    "GRU, reset before": lambda: stack(layers.GRU(8, reset_after=False, **RNN)),
    "SimpleRNN, softmax": lambda: stack(layers.SimpleRNN(8, **RNN), softmax=True),
    "next token only": lambda: stack(layers.LSTM(8, **RNN), layers.GRU(8)),
    "stacked cells": lambda: stack(layers.RNN([layers.LSTMCell(8), layers.GRUCell(8)], **RNN)),
    "a cell of one's own": lambda: stack(layers.RNN(Counter(8), **RNN)),
    "TimeDistributed": lambda: stack(layers.LSTM(8, **RNN), layers.TimeDistributed(layers.Dense(8, "relu"))),
    "masked": lambda: stack(layers.GRU(8, **RNN), layers.LSTM(8, **RNN), masks=True),
    "masked, zeros": lambda: stack(layers.LSTM(8, zero_output_for_mask=True, **RNN), masks=True),
    "masked, next token only": lambda: stack(layers.RNN(Counter(8)), masks=True),
    "normalised, residual": lambda: stack(layers.LSTM(8, **RNN), layers.LayerNormalization(), Residual()),
    "stateful, one batch size": lambda: stack(layers.LSTM(8, stateful=True, **RNN), batch=4),
    "states of its own": of_own_states,
    "dropout": lambda: stack(layers.LSTM(8, dropout=0.5, recurrent_dropout=0.5, **RNN), layers.Dropout(0.5)),
}


class Residual(layers.Layer):
    """Adds a layer to what goes into it."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = layers.GRU(8, return_sequences=True)

    def call(self, x: Any) -> Any:
        return x + self.rnn(x)


SAMPLINGS = {
    "temperatures": SAMPLING,
    "most probable": Sampling((0,), max_length=6),
    "of few": Sampling((0.7, 1.5), max_length=6, top_k=3, seed=2),
    "of most": Sampling((1.0,), repeats=2, max_length=6, top_p=0.6, seed=3),
    "with a stop": Sampling((0, 1.2), max_length=6, stop=2, top_k=6, top_p=0.9, seed=1),
}

RECURRENT_NOTE = "Each token was written from the one before it, with the states of the recurrent layers."

CUT_NOTE = "Each token was written from the one before it, through the graph of the model, cut at the newest token."


@pytest.mark.parametrize("name", others_long(["masked"], RECURRENT))
def test_recurrent_layers_keep_their_states(name: str) -> None:
    model = RECURRENT[name]()
    generator = Generator(model, alternatives=2)
    check(generator(PROMPTS, SAMPLING), plain(model), SAMPLING)
    assert generator.how == ("Each token was written from the one before it, with the states of the recurrent layers.")
    assert (generator.traces, generator.why_eager) == (1, "")


@pytest.mark.parametrize("name", others_long(["merged heads"], CUT))
def test_any_causal_model_is_cut_at_its_newest_token(name: str) -> None:
    model = CUT[name]()
    is_half = name.startswith("half")
    generator = Generator(model)
    samplings = SAMPLINGS.values() if name == "two layers" else [SAMPLING]
    for sampling in samplings:
        samples = generator(PROMPTS, sampling)
        if not is_half or all(sample.temperature for sample in samples):
            check(samples, plain(model), sampling, rounding=0.05 if is_half else 1e-3)
    is_recurrent = name == "half precision, LSTM"
    if name != "masked zeros":  # of which a prompt holds padding
        assert generator.how == (RECURRENT_NOTE if is_recurrent else CUT_NOTE)
    assert generator.why_eager == ""


@pytest.mark.parametrize("make", [CUT["told of padding"], pytest.param(RECURRENT["masked"], marks=pytest.mark.long)])
@pytest.mark.usefixtures("without_xla")
def test_what_follows_padding_that_was_written_is_that_of_a_plain_loop(make: Callable[[], keras.Model]) -> None:
    model = make()
    bias = next(weight for weight in reversed(model.trainable_weights) if weight.shape == (VOCABULARY,))
    bias.assign(np.where(np.arange(VOCABULARY) == 0, np.max(bias) + 4, bias))
    samples = Generator(model)(PROMPTS, SAMPLING)
    check(samples, plain(model), SAMPLING)
    assert any(0 in sample.ids[:-1] for sample in samples)


@pytest.mark.parametrize("name", others_long(["a source read from both ends"], TRANSLATING))
@pytest.mark.usefixtures("without_xla")
def test_what_is_written_from_a_source_is_cut(name: str) -> None:
    model = TRANSLATING[name]()
    generator = Generator(model)
    samples = generator(PROMPTS, SAMPLING, source=SOURCE)
    check(samples, lambda prompt: plain(model, SOURCE[prompt : prompt + 1]), SAMPLING, SOURCE)
    assert generator.how == CUT_NOTE


@pytest.mark.parametrize("name", others_long(["time mixed by Dense", "mean over time"], LOOKS_AHEAD))
@pytest.mark.usefixtures("without_xla")
def test_what_looks_ahead_is_not_stepped_and_says_why(name: str) -> None:
    make, why = LOOKS_AHEAD[name]
    model = make()
    generator, sampling = Generator(model), Sampling((1.0,), max_length=3)
    if model.input_shape[1] is None:
        check(generator(PROMPTS, sampling), plain(model), sampling)
    else:
        generator([[1, 2]], sampling)
    assert generator.how.startswith("Each token was written from the whole text before it, since ")
    assert why in generator.how


class Shaky(layers.Layer):
    """Adds noise of TensorFlow's own."""

    def call(self, x: Any) -> Any:
        return x + tf.random.normal(tf.shape(x))


class Doubting(layers.Layer):
    """Drops out all the time, as a Bayesian does."""

    def __init__(self) -> None:
        super().__init__()
        self.dropout = layers.Dropout(0.5)

    def call(self, x: Any) -> Any:
        return self.dropout(x, training=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: stack(Shaky()),
        lambda: stack(Doubting()),
        pytest.param(lambda: stack(layers.GRU(8, stateful=True, **RNN), Doubting(), batch=4), marks=pytest.mark.long),
        lambda: stack(Doubting(), layers.GlobalAveragePooling1D()),
    ],
)
@pytest.mark.usefixtures("without_xla")
def test_of_what_draws_it_is_said_that_it_draws(make: Callable[[], keras.Model]) -> None:
    generator = Generator(make())
    generator(PROMPTS, Sampling((1.0,), max_length=3))
    assert generator.how == (
        "Each token was written from the whole text before it, since the model draws random numbers, and says something else of "
        "the same text each time."
    )


@pytest.mark.usefixtures("without_xla")
def test_states_that_go_on_are_not_taken_for_random_numbers() -> None:
    generator = Generator(stack(layers.GRU(8, stateful=True, **RNN), layers.Conv1D(8, 3, padding="same"), batch=4))
    generator(PROMPTS, Sampling((1.0,), max_length=3))
    assert "since a token changes what the model says before it" in generator.how


@pytest.mark.usefixtures("without_xla")
def test_a_window_is_stepped_until_it_slides() -> None:
    model = stack(layers.GRU(8, **RNN))
    sampling = Sampling((1.0,), max_length=6, seed=5)
    case = plain(model)
    whole, some, few = (Generator(model, window=window) for window in (11, 8, 4))
    for generator, window in ((whole, 11), (some, 8), (few, 4)):
        check(generator(PROMPTS, sampling), Case(model, lambda ids, window=window: case.ask(ids[-window:])), sampling)
    assert whole.how == some.how != few.how
    assert (whole.traces, some.traces) == (1, 2)
    assert few.how.endswith("since the text slides through a window of 4 tokens.")
    assert few.kept_bytes == 0 < whole.kept_bytes


def test_a_loop_is_settled_once_xla_has_compiled_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_XLA_TAKES", 0)
    generator = Generator(stack(layers.GRU(8, **RNN)))
    first = generator([[1, 2]], SAMPLING)
    assert (generator.is_settled, generator.traces) == (False, 1)
    generator([[1, 2]], SAMPLING)
    assert (generator.is_settled, generator.traces) == (True, 2)
    assert [sample.ids.tolist() for sample in generator([[1, 2]], SAMPLING)] == [each.ids.tolist() for each in first]


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1:UserWarning")  # of a text of one token
def test_xla_writes_what_is_kept_by_an_op_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_XLA_TAKES", -1)
    model = CUT["two layers"]()
    generator = Generator(model)
    for _ in range(2):
        check(generator(PROMPTS, SAMPLING), plain(model), SAMPLING)
    assert (generator.how, generator.traces, generator.why_eager) == (CUT_NOTE, 2, "")


def test_what_xla_does_not_compile_runs_op_by_op_until_a_graph_repays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "GRAPH_TAKES", -1)
    leaves, ran = [None, contextlib.nullcontext()], []

    def function(x: Any) -> list[Any]:
        ran.append(tf.executing_eagerly())
        return [x + 1]

    run = compiled.Compiled(function, is_static=False, compiling=lambda seconds: leaves.pop(0))
    waits = []
    for _ in range(4):
        assert run(np.int32(2)) == [3]
        waits.append(run.waits)
    assert (waits, ran, run.traces, leaves) == ([True, False, False, False], [True, True, False], 1, [])


def test_what_runs_op_by_op_goes_on_where_it_fails_as_a_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "GRAPH_TAKES", -1)

    def function(x: Any) -> list[Any]:
        if not tf.executing_eagerly():
            raise tf.errors.ResourceExhaustedError(None, None, "no memory for a graph")
        return [x + 1]

    run = compiled.Compiled(function, is_static=False, compiling=lambda seconds: contextlib.nullcontext())
    assert [run(np.int32(2)), run(np.int32(3))] == [[3], [4]]
    assert "no memory for a graph" in run.why_eager
    assert not run.waits


@pytest.mark.parametrize("is_made_for_threads", [False, True])
def test_ops_run_in_turn_unless_a_function_in_it_was_made_for_threads(is_made_for_threads: bool) -> None:
    @tf.function(autograph=False)
    def doubled(x: Any) -> Any:
        return tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, 2 * x), (0, x))[1]

    if is_made_for_threads:
        doubled(tf.constant(5))
    run = compiled.Compiled(lambda x: [doubled(x)], is_static=True, compiling=lambda seconds: None)
    assert run(np.int32(5)) == [40]
    assert (run.traces, run.why_eager, run.waits) == (1 + is_made_for_threads, "", True)


def test_a_loop_runs_as_it_was_traced_until_another_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_XLA_TAKES", -1)
    optimised = []

    def function(x: Any) -> list[Any]:
        optimised.append(_is_optimised())
        return [x + 1]

    run = compiled.Compiled(function, is_static=True, compiling=lambda seconds: contextlib.nullcontext())
    assert [run(np.int32(2)), run(np.int32(3))] == [[3], [4]]
    assert (optimised, _is_optimised()) == ([False, True], True)


def _is_optimised() -> bool:
    from tensorflow.python.eager import context

    config = ConfigProto.FromString(context.context().function_call_options.config_proto_serialized)
    return not config.graph_options.rewrite_options.disable_meta_optimizer


def test_the_model_is_asked_for_two_texts_to_try_a_stepper_however_many_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, compared, are_close = NextToken(stack(layers.GRU(8, **RNN))), [], stepper.are_close

    def noted(*both: Any) -> bool:
        compared.append([np.shape(each) for each in both[:2]])
        return are_close(*both)

    monkeypatch.setattr(stepper, "are_close", noted)
    stepper.check_on_prefixes(model, Recurrent(model), backends.generation(), (50, 8))
    assert compared == [[(2, VOCABULARY), (2, VOCABULARY)]] * 8


def test_masks_of_the_whole_text_are_computed_and_not_written_into_the_graph() -> None:
    ids = layers.Input((None,), dtype="int32")
    x = layers.Embedding(VOCABULARY, 8)(ids)
    x = layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)
    generator = Generator(shaken(keras.Model(ids, layers.Dense(VOCABULARY)(x))))
    generator([[1, 2]], Sampling((0, 1), max_length=300))
    assert "cut at the newest token" in generator.how
    assert generator._stepping is not None
    cut = generator._stepping.stepper._graphs.values()  # type: ignore[attr-defined]
    for graph in cut:
        written = tf.__internal__.FuncGraph("statics")
        with written.as_default():
            graph.statics(None)
        # The mask alone has 300 x 300 places, for each text.
        assert written.as_graph_def().ByteSize() < 50_000


@pytest.mark.usefixtures("without_xla")
def test_a_draft_that_is_wrong_is_found_out_and_told() -> None:
    model = stack(layers.GRU(8, **RNN))
    generator = Generator(model)
    generator([[1]], SAMPLING)
    stepping = generator._stepping
    assert stepping is not None
    right = stepping.stepper
    stepping.loops.clear()

    class Wrong:
        way, knows_padding = right.way, True

        def starting(self, tokens: Any, source: Any) -> Any:
            ask, kept = right.starting(tokens, source)

            def other(tokens: Any, end: Any, kept: Any) -> Any:
                scores, kept = ask(tokens, end, kept)
                return ops.roll(scores, 1, axis=-1), kept

            return other, kept

    stepping.stepper = Wrong()
    sampling = Sampling((0, 1.3), max_length=12, seed=5)
    samples = generator(PROMPTS, sampling)
    check(samples, plain(model), sampling)
    assert "a plain pass over the texts said something else" in samples[0].notes[0]
    assert "a plain pass over the texts said something else" in generator.how
    again = generator(PROMPTS, sampling)
    assert [one.notes for one in again] == [()] * len(again)


@pytest.mark.parametrize("name", others_long(["GRU and LSTM"], ["GRU and LSTM", "merged heads", "ALiBi"]))
@pytest.mark.usefixtures("without_xla")
def test_beams_take_along_what_is_kept(name: str) -> None:
    model = CUT[name]() if name in CUT else stack(layers.GRU(8, **RNN), layers.LSTM(8, **RNN))
    generator, whole = Generator(model), Generator(model)
    whole.give_up_stepping("of this test")
    for search in (BeamSearch(3, 6), BeamSearch(3, 6, stop=int(generator(PROMPTS, SAMPLING)[0].ids[2]))):
        for one, other in zip(generator.search(PROMPTS, search), whole.search(PROMPTS, search), strict=True):
            assert one.ids.tolist() == other.ids.tolist()
            assert one.tree is not None
            assert other.tree is not None
            assert one.tree.token_ids.tolist() == other.tree.token_ids.tolist()
            np.testing.assert_allclose(one.tree.scores, other.tree.scores, rtol=1e-4)
            np.testing.assert_allclose(one.probabilities, other.probabilities, rtol=1e-4)
