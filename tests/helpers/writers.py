"""Models that write, each with how one would ask it for the next token in a loop of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers, ops

VOCABULARY = 11

PROMPTS = [[3, 1, 4], [1, 5, 9, 2, 6, 5], [7], [2, 7, 1]]

Probabilities = npt.NDArray[np.float64]


@dataclass
class Case:
    """A model, and how one would ask it for the token after these ids in a loop of one's own."""

    model: keras.Model
    ask: Callable[[list[int]], Any]
    is_softmax: bool = False
    window: int | None = None

    def next(self, ids: list[int]) -> Probabilities:
        """Returns the probabilities of the next token."""
        result = np.asarray(ops.convert_to_numpy(self.ask(ids)), np.float64)
        if self.is_softmax:
            return result
        weights = np.exp(result - result.max())
        return weights / weights.sum()


def shaken(model: keras.Model, seed: int = 0) -> keras.Model:
    """Returns the model with weights that make it prefer some tokens."""
    random = np.random.default_rng(seed)
    model.set_weights(
        [random.normal(scale=0.9, size=old.shape) if old.ndim > 1 else old for old in model.get_weights()]
    )
    return model


def ids_of(ids: Sequence[int]) -> npt.NDArray[np.int32]:
    return np.array([ids], np.int32)


def one_hot(ids: Sequence[int]) -> npt.NDArray[np.float32]:
    return np.equal(ids_of(ids)[..., None], np.arange(VOCABULARY)).astype(np.float32)


def compiled(model: keras.Model, *, rows: int = 1, length: int | None = None) -> Callable[[list[int]], Any]:
    """Returns a function of the ids of one text: what the model says of it, in rows alike, by one graph for all texts."""
    call = tf.function(model, input_signature=[tf.TensorSpec((rows, length or model.input_shape[1]), "int32")])
    return lambda ids: call(ids_of(ids).repeat(rows, axis=0))


def last(ids: list[int], length: int, padding: int = 0) -> list[int]:
    return ([padding] * length + ids)[-length:]


class CharacterRnn(keras.Model):
    """As in the tutorial: an LSTM cell over a window of one-hot characters."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length
        self.cell = layers.LSTMCell(16)
        self.dense = layers.Dense(VOCABULARY)

    def call(self, inputs: Any) -> Any:
        state = [ops.zeros((ops.shape(inputs)[0], 16)), ops.zeros((ops.shape(inputs)[0], 16))]
        for place in range(self.length):
            output, state = self.cell(inputs[:, place, :], state)
        return self.dense(output)


def character_rnn() -> Case:
    model = CharacterRnn(12)
    model(np.zeros((2, 12, VOCABULARY), np.float32))
    call = tf.function(model)
    return Case(shaken(model), lambda ids: call(one_hot(last(ids, 12, -1)))[0])


def one_hot_window() -> Case:
    model = keras.Sequential(
        [layers.Input((8, VOCABULARY)), layers.LSTM(16), layers.Dense(VOCABULARY, activation="softmax")]
    )
    return Case(shaken(model), lambda ids: model(one_hot(last(ids, 8, -1)))[0], is_softmax=True)


def poetry(length: int | None = None) -> Case:
    model = keras.Sequential(
        [
            layers.Input((length,)),
            layers.Embedding(VOCABULARY, 8),
            layers.LSTM(8, return_sequences=True, dropout=0.5),
            layers.LSTM(8, return_sequences=True, dropout=0.5),
            layers.TimeDistributed(layers.Dense(VOCABULARY, activation="softmax")),
        ]
    )
    # In a graph for all lengths, TimeDistributed looks ahead. What comes after a token plays no part.
    call = compiled(model, length=16)
    return Case(shaken(model), lambda ids: call(ids + [0] * (16 - len(ids)))[0, len(ids) - 1], is_softmax=True)


def poetry_in_a_window() -> Case:
    case = poetry()
    return Case(case.model, lambda ids: case.ask(ids[-5:]), is_softmax=True, window=5)


class Positions(layers.Layer):
    """Adds an embedding of the place."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = layers.Embedding(64, 8)

    def build(self, shape: Any) -> None:
        self.embedding.build((None,))

    def call(self, x: Any) -> Any:
        return x + self.embedding(ops.arange(ops.shape(x)[1]))[None]


def _transformer(length: int | None, depth: int = 1, **attention: Any) -> keras.Model:
    tokens = layers.Input((length,), dtype="int32")
    x = Positions()(layers.Embedding(VOCABULARY, 8)(tokens))
    for _ in range(depth):
        x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x, **attention))
        x = layers.LayerNormalization()(x + layers.Dense(8)(layers.Dense(16, activation="gelu")(x)))
    return shaken(keras.Model(tokens, layers.Dense(VOCABULARY)(x)))


def transformer() -> Case:
    model = _transformer(None, use_causal_mask=True)
    call = compiled(model)
    return Case(model, lambda ids: call(ids)[0, -1])


def transformer_in_a_window() -> Case:
    model = _transformer(None, use_causal_mask=True)
    return Case(model, lambda ids: model(ids_of(ids[-7:]))[0, -1], window=7)


def transformer_of_a_fixed_length() -> Case:
    """Texts are padded at their end, and the last ones shown once they are longer."""
    model = _transformer(9, depth=2, use_causal_mask=True)
    call = compiled(model)

    def ask(ids: list[int]) -> Any:
        shown = ids[-9:]
        return call(shown + [0] * (9 - len(shown)))[0, len(shown) - 1]

    return Case(model, ask)


def transformer_that_looks_ahead() -> Case:
    model = _transformer(9)
    return Case(model, lambda ids: model(ids_of(last(ids, 9)))[0, -1])


def looks_ahead_at_any_length() -> Case:
    model = keras.Sequential(
        [
            layers.Input((None,)),
            layers.Embedding(VOCABULARY, 8),
            layers.Bidirectional(layers.GRU(4, return_sequences=True)),
            layers.Dense(VOCABULARY),
        ]
    )
    return Case(shaken(model), lambda ids: model(ids_of(ids))[0, -1])


def next_token_only(window: int | None = None) -> Case:
    model = keras.Sequential(
        [
            layers.Input((None,), dtype="int32"),
            layers.Embedding(VOCABULARY, 8),
            layers.LSTM(8),
            layers.Dense(VOCABULARY),
        ]
    )
    call = compiled(model)
    return Case(shaken(model), lambda ids: call(ids[-(window or 99) :])[0], window=window)


def masked_padding() -> Case:
    model = keras.Sequential(
        [
            layers.Input((20,)),
            layers.Embedding(VOCABULARY, 8, mask_zero=True),
            layers.GRU(8, return_sequences=True),
            layers.Dense(VOCABULARY, activation="softmax"),
        ]
    )
    return Case(shaken(model), lambda ids: model(ids_of(ids + [0] * (20 - len(ids))))[0, len(ids) - 1], is_softmax=True)


def stateful() -> Case:
    """Made for a batch of 4, and with a state from training that is not that of a text's beginning."""
    model = keras.Sequential(
        [
            layers.Input((None,), batch_size=4),
            layers.Embedding(VOCABULARY, 8),
            layers.LSTM(8, stateful=True),
            layers.Dense(VOCABULARY),
        ]
    )
    shaken(model)
    call = compiled(model, rows=4)

    def ask(ids: list[int]) -> Any:
        states = [state.numpy() for state in model.layers[1].states]
        model.layers[1].reset_states()
        result = call(ids)[0]
        for state, value in zip(model.layers[1].states, states, strict=True):
            state.assign(value)
        return result

    model(np.ones((4, 3)))
    return Case(model, ask)


def one_token_at_a_time(rows: int = 1) -> Case:
    """Stateful, as models for generation are built: each token is shown after those before, which its states remember."""
    ids = layers.Input((1,), batch_size=rows)
    x = layers.LSTM(8, return_sequences=True, stateful=True)(layers.Embedding(VOCABULARY, 8)(ids))
    model = shaken(keras.Model(ids, layers.Dense(VOCABULARY)(layers.GRU(8, stateful=True, return_sequences=True)(x))))
    recurrent = [layer for layer in model.layers if isinstance(layer, layers.RNN)]
    call = tf.function(model, input_signature=[tf.TensorSpec((rows, 1), "float32")])

    def ask(ids: list[int]) -> Any:
        states = [(state, state.numpy()) for layer in recurrent for state in layer.states]
        for layer in recurrent:
            layer.reset_states()
        results = [call(np.full((rows, 1), id, np.float32)) for id in ids]
        for state, value in states:
            state.assign(value)
        return results[-1][0, -1]

    model(np.ones((rows, 1)))
    return Case(model, ask)


def one_token_of_three_rows() -> Case:
    return one_token_at_a_time(rows=3)


CASES = [
    character_rnn, one_hot_window, poetry, poetry_in_a_window, transformer, transformer_in_a_window,
    transformer_of_a_fixed_length, transformer_that_looks_ahead, looks_ahead_at_any_length, next_token_only,
    lambda: next_token_only(window=4), masked_padding, stateful,
    one_token_at_a_time, one_token_of_three_rows,
]  # fmt: skip


def written_plainly(
    ask: Callable[[list[int]], Probabilities], prompt: Sequence[int], noise: Sequence[float], temperature: float
) -> tuple[list[int], list[Probabilities]]:
    """Returns the tokens that a plain loop writes, and the model's distribution at each."""
    ids, distributions = list(prompt), []
    for number in noise:
        chances = ask(ids)
        distributions.append(chances)
        if temperature == 0:
            ids.append(int(np.argmax(chances)))
            continue
        weights = np.exp(np.log(chances / chances.max()) / temperature)
        ids.append(int(np.searchsorted(np.cumsum(weights) / weights.sum(), number, side="right")))
    return ids[len(prompt) :], distributions


def named(case: Any) -> str:
    name: str = case.__name__
    return "next_token_only_in_a_window" if name == "<lambda>" else name


class EncoderDecoder(keras.Model):
    """Called with a source and a target, one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.source_embedding = layers.Embedding(30, 8)
        self.target_embedding = layers.Embedding(VOCABULARY, 8)
        self.encoder = layers.GRU(8, return_state=True)
        self.decoder = layers.GRU(8, return_sequences=True)
        self.dense = layers.Dense(VOCABULARY)

    def call(self, source: Any, target: Any) -> Any:
        _, state = self.encoder(self.source_embedding(source))
        return self.dense(self.decoder(self.target_embedding(target), initial_state=state))


class OfOneArgument(keras.Model):
    """Called with a structure of a source and a target."""

    def __init__(self, unpack: Callable[[Any], Any]) -> None:
        super().__init__()
        self.inner = EncoderDecoder()
        self.unpack = unpack

    def call(self, inputs: Any) -> Any:
        return self.inner(*self.unpack(inputs))


SOURCE = np.random.default_rng(1).integers(1, 30, (len(PROMPTS), 6)).astype("int32")


def _subclassed() -> tuple[keras.Model, Callable[[Any, Any], Any]]:
    model = EncoderDecoder()
    model(SOURCE[:2], np.zeros((2, 6), np.int32))
    return model, tf.function(model, input_signature=[tf.TensorSpec((1, None), "int32")] * 2)


def _of_a_tuple() -> tuple[keras.Model, Callable[[Any, Any], Any]]:
    model = OfOneArgument(lambda inputs: inputs)
    model((SOURCE[:2], np.zeros((2, 6), np.int32)))
    return model, lambda source, target: model((source, target))


def _of_a_dict() -> tuple[keras.Model, Callable[[Any, Any], Any]]:
    model = OfOneArgument(lambda inputs: (inputs["text"], inputs["decoder"]))
    model({"text": SOURCE[:2], "decoder": np.zeros((2, 6), np.int32)})
    return model, lambda source, target: model({"text": source, "decoder": target})


def _functional(
    pack: Callable[[Any, Any], Any], length: int | None = None
) -> tuple[keras.Model, Callable[[Any, Any], Any]]:
    source = layers.Input((None,), dtype="int32", name="encoder_text")
    target = layers.Input((length,), dtype="int32", name="decoder_text")
    _, state = layers.GRU(8, return_state=True)(layers.Embedding(30, 8)(source))
    x = layers.GRU(8, return_sequences=True)(layers.Embedding(VOCABULARY, 8)(target), initial_state=state)
    model = keras.Model(pack(source, target), layers.Dense(VOCABULARY, activation="softmax")(x))
    return model, lambda source, target: model(pack(source, target))


ENCODER_DECODERS: dict[str, Callable[[], tuple[keras.Model, Callable[[Any, Any], Any]]]] = {
    "called with two arguments": _subclassed,
    "called with a tuple": _of_a_tuple,
    "called with a dict": _of_a_dict,
    "list": lambda: _functional(lambda source, target: [source, target]),
    "target first": lambda: _functional(lambda source, target: [target, source]),
    "dict": lambda: _functional(lambda source, target: {"encoder_text": source, "decoder_text": target}),
    "fixed length": lambda: _functional(lambda source, target: (source, target), length=20),
}
