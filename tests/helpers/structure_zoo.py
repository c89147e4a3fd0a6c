"""Models with the structure that they have, written by hand: every layer with its class and own parameters, and every edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.backends import ATTENTION_CALLS_A_SOFTMAX, is_keras_before


@dataclass
class Expected:
    """A model and its structure.

    Args:
        model: the model.
        inputs: what it is traced on.
        nodes: "path Class own parameters" of every layer, the model's own last word "calls" times where that is not once.
        edges: "source -> target label" of every edge, with "(state)" or "(mask)" if it is one.
        outputs: of some layers the shape of what they return first.
        notes: what is said about the whole.
    """

    model: keras.Model
    inputs: Any
    nodes: list[str]
    edges: list[str]
    outputs: dict[str, tuple[int | None, ...]] = field(default_factory=dict)
    notes: str = ""


MODELS: dict[str, Callable[[], Expected]] = {}


def case(make: Callable[[], Expected]) -> Callable[[], Expected]:
    MODELS[make.__name__] = make
    return make


def case_if(fits: bool) -> Callable[[Callable[[], Expected]], Callable[[], Expected]]:
    """Leaves a case out where it does not fit this version of Keras."""
    return case if fits else lambda make: make


class Calling(keras.Model):
    """A model whose `call` is a function."""

    def __init__(self, function: Callable[..., Any], name: str = "model", **parts: Any) -> None:
        super().__init__(name=name)
        self.function = function
        for part, value in parts.items():
            setattr(self, part, value)

    def call(self, x: Any) -> Any:
        return self.function(self, x)


@case
def functional_two_inputs_two_outputs() -> Expected:
    left, right = layers.Input((4,), name="left"), layers.Input((6,), name="right")
    joined = layers.Concatenate(name="join")([layers.Dense(3, name="a")(left), layers.Dense(5, name="b")(right)])
    model = keras.Model([left, right], [layers.Dense(2, name="c")(joined), ops.sum(joined * 2, axis=-1)], name="model")
    return Expected(
        model,
        None,
        ["model Functional 0", "a Dense 15", "b Dense 35", "join Concatenate 0", "c Dense 18"],
        [
            "inputs/left -> a inputs",
            "inputs/right -> b inputs",
            "a -> join inputs/0",
            "b -> join inputs/1",
            "join -> c inputs",
            "c -> outputs/0",
            "join -> outputs/1",
        ],
        {"join": (None, 8), "c": (None, 2)},
    )


@case
def sequential() -> Expected:
    model = keras.Sequential(
        [
            layers.Input((6,), dtype="int32"),
            layers.Embedding(10, 4, name="words"),
            layers.LSTM(3, name="lstm"),
            layers.Dense(10, name="head"),
        ],
        name="model",
    )
    return Expected(
        model,
        None,
        ["model Sequential 0", "words Embedding 40", "lstm LSTM 96", "head Dense 40"],
        ["inputs/input_layer -> words inputs", "words -> lstm sequences", "lstm -> head inputs", "head -> outputs/0"],
        {"words": (None, 6, 4), "lstm": (None, 3), "head": (None, 10)},
    )


class Encoder(layers.Layer):
    def __init__(self) -> None:
        super().__init__(name="encoder")
        self.embedding = layers.Embedding(12, 4, mask_zero=True, name="embedding")
        self.gru = layers.GRU(5, return_sequences=True, return_state=True, name="gru")

    def call(self, x: Any) -> Any:
        return self.gru(self.embedding(x))


class Decoder(layers.Layer):
    def __init__(self) -> None:
        super().__init__(name="decoder")
        self.embedding = layers.Embedding(9, 4, mask_zero=True, name="embedding")
        self.gru = layers.GRU(5, return_sequences=True, name="gru")
        self.dense = layers.Dense(9, name="dense")

    def call(self, y: Any, state: Any) -> Any:
        return self.dense(self.gru(self.embedding(y), initial_state=state))


class Seq2Seq(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="seq2seq")
        self.encoder, self.decoder = Encoder(), Decoder()

    def call(self, x: Any, y: Any) -> Any:
        _, state = self.encoder(x)
        return self.decoder(y, state)


@case
def seq2seq_unbuilt() -> Expected:
    return Expected(
        Seq2Seq(),
        ((None, 7), (None, 5)),
        [
            "seq2seq Seq2Seq 0",
            "encoder Encoder 0",
            "encoder/embedding Embedding 48",
            "encoder/gru GRU 165",
            "decoder Decoder 0",
            "decoder/embedding Embedding 36",
            "decoder/gru GRU 165",
            "decoder/dense Dense 54",
        ],
        [
            "inputs/x -> encoder/embedding inputs",
            "encoder/embedding -> encoder/gru sequences",
            "encoder/embedding -> encoder/gru mask (mask)",
            "inputs/y -> decoder/embedding inputs",
            "decoder/embedding -> decoder/gru sequences",
            # No mask: Keras hands it on only where a layer is given one tensor.
            "encoder/gru -> decoder/gru initial_state (state)",
            "decoder/gru -> decoder/dense inputs",
            "decoder/dense -> outputs/0",
        ],
        {"encoder": (None, 7, 5), "decoder/gru": (None, 5, 5), "seq2seq": (None, 5, 9)},
    )


@case
def nested_models() -> Expected:
    inner_input = layers.Input((4,))
    inner = keras.Model(inner_input, layers.Dense(4, name="dense")(inner_input), name="inner")
    tail = keras.Sequential([layers.Dense(3, name="dense"), layers.Dense(2, name="last")], name="tail")
    model = Calling(lambda self, x: self.tail(self.inner(x) + x), inner=inner, tail=tail)
    return Expected(
        model,
        np.ones((2, 4), "float32"),
        [
            "model Calling 0",
            "inner Functional 0",
            "inner/dense Dense 20",
            "tail Sequential 0",
            "tail/dense Dense 15",
            "tail/last Dense 8",
        ],
        [
            "inputs/x -> inner/dense inputs",
            "inputs/x -> tail/dense inputs",
            "inner/dense -> tail/dense inputs",
            "tail/dense -> tail/last inputs",
            "tail/last -> outputs/0",
        ],
    )


@case
def dicts_in_and_out() -> Expected:
    def call(self: Any, x: Any) -> Any:
        words = self.words(x["words"])
        return {"tags": self.tags(words), "score": self.score(tf.reduce_mean(words, axis=1) + x["extra"])}

    model = Calling(call, words=layers.Embedding(7, 3, name="words"), tags=layers.Dense(2, name="tags"),
                    score=layers.Dense(1, name="score"))  # fmt: skip
    return Expected(
        model,
        {"words": np.ones((2, 5), "int32"), "extra": np.ones((2, 3), "float32")},
        ["model Calling 0", "words Embedding 21", "tags Dense 8", "score Dense 4"],
        [
            "inputs/x/words -> words inputs",
            "words -> tags inputs",
            "words -> score inputs",
            "inputs/x/extra -> score inputs",
            "tags -> outputs/tags",
            "score -> outputs/score",
        ],
        {"tags": (None, 5, 2), "score": (None, 1)},
    )


@case
def states_between_two_lstms() -> Expected:
    source, target = layers.Input((6, 3), name="source"), layers.Input((4, 2), name="target")
    _, hidden, carry = layers.LSTM(4, return_state=True, name="encode")(source)
    decoded = layers.LSTM(4, return_sequences=True, name="decode")(target, initial_state=[hidden, carry])
    model = keras.Model([source, target], layers.Dense(2, name="head")(decoded), name="model")
    return Expected(
        model,
        None,
        ["model Functional 0", "encode LSTM 128", "decode LSTM 112", "head Dense 10"],
        [
            "inputs/source -> encode sequences",
            "inputs/target -> decode sequences",
            "encode -> decode initial_state/0 (state)",
            "encode -> decode initial_state/1 (state)",
            "decode -> head inputs",
            "head -> outputs/0",
        ],
    )


@case
def bidirectional_and_time_distributed() -> Expected:
    model = keras.Sequential(
        [
            layers.Input((5, 3)),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True, name="lstm"), name="both"),
            layers.TimeDistributed(layers.Dense(4, name="dense"), name="each"),
        ],
        name="model",
    )
    return Expected(
        model,
        None,
        [
            "model Sequential 0",
            "both Bidirectional 0",
            "both/forward_lstm LSTM 48",
            "both/backward_lstm LSTM 48",
            "each TimeDistributed 0",
            "each/dense Dense 20 5 times",
        ],
        [
            "inputs/input_layer -> both/forward_lstm sequences",
            "inputs/input_layer -> both/backward_lstm sequences",
            "both/forward_lstm -> each/dense inputs",
            "both/backward_lstm -> each/dense inputs",
            "each/dense -> outputs/0",
        ],
        {"both": (None, 5, 4), "each": (None, 5, 4)},
    )


@case
def decoder_loop_of_cells() -> Expected:
    def call(self: Any, x: Any) -> Any:
        state, outputs = [tf.zeros([tf.shape(x)[0], 4])], []
        for step in range(3):
            output, state = self.cell(x[:, step], state)
            outputs.append(self.head(output))
        return tf.stack(outputs, axis=1)

    model = Calling(call, cell=layers.GRUCell(4, name="cell"), head=layers.Dense(2, name="head"))
    return Expected(
        model,
        np.ones((2, 3, 5), "float32"),
        ["model Calling 0", "cell GRUCell 132 3 times", "head Dense 10 3 times"],
        [
            "inputs/x -> cell inputs",
            "cell -> head inputs",
            "cell -> cell states/0 (state)",
            "head -> outputs/0",
        ],
    )


@case
def one_layer_and_one_model_called_twice() -> Expected:
    tower = keras.Sequential([layers.Dense(4, name="inside"), layers.LayerNormalization(name="norm")], name="tower")
    left, right = layers.Input((6,), name="left"), layers.Input((6,), name="right")
    shared = layers.Dense(4, name="shared")
    distance = tower(shared(left)) - tower(shared(right))
    model = keras.Model([left, right], layers.Dense(1, name="score")(distance), name="model")
    return Expected(
        model,
        None,
        [
            "model Functional 0",
            "shared Dense 28 2 times",
            "tower Sequential 0 2 times",
            "tower/inside Dense 20 2 times",
            "tower/norm LayerNormalization 8 2 times",
            "score Dense 5",
        ],
        [
            "inputs/left -> shared inputs",
            "inputs/right -> shared inputs",
            "shared -> tower/inside inputs",
            "tower/inside -> tower/norm inputs",
            "tower/norm -> score inputs",
            "score -> outputs/0",
        ],
    )


class Tied(layers.Layer):
    """Uses the table of an embedding as its own weights."""

    def __init__(self, embedding: layers.Embedding) -> None:
        super().__init__(name="head")
        self.kernel = embedding.embeddings

    def call(self, x: Any) -> Any:
        return ops.matmul(x, ops.transpose(self.kernel))


@case_if(hasattr(layers, "ReversibleEmbedding"))
def tied_embeddings() -> Expected:
    words, reversible = layers.Embedding(8, 4, name="words"), layers.ReversibleEmbedding(8, 4, name="both_ways")
    words.build((None, 3))
    model = Calling(
        lambda self, x: (self.head(self.words(x)), self.reversible(self.reversible(x), reverse=True)),
        words=words,
        head=Tied(words),
        reversible=reversible,
    )
    return Expected(
        model,
        np.ones((2, 3), "int32"),
        [
            "model Calling 0",
            "words Embedding 32",
            "head Tied 0 shared with words",
            "both_ways ReversibleEmbedding 32",
            "both_ways (2) ReversibleEmbedding 0 shared with both_ways",
        ],
        [
            "inputs/x -> words inputs",
            "words -> head x",
            "inputs/x -> both_ways inputs",
            "both_ways -> both_ways (2) inputs",
            "head -> outputs/0",
            "both_ways (2) -> outputs/1",
        ],
        {"head": (None, 3, 8), "both_ways (2)": (None, 3, 8)},
    )


@case
def layer_handed_a_weight() -> Expected:
    """As the ids of all positions in CLIP's and SigLIP's embeddings."""

    class TokensAndPositions(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="embeddings")
            self.tokens, self.positions = (layers.Embedding(size, 4, name=f"of_{size}") for size in (9, 3))
            self.ids = self.add_weight(shape=(3,), dtype="int32", initializer="zeros", trainable=False, name="ids")

        def call(self, x: Any) -> Any:
            return self.tokens(x) + self.positions(self.ids)

    model = keras.Sequential([layers.Input((3,), dtype="int32", name="x"), TokensAndPositions()], name="model")
    return Expected(
        model,
        None,
        [
            "model Sequential 0",
            "embeddings TokensAndPositions 3",
            "embeddings/of_9 Embedding 36",
            "embeddings/of_3 Embedding 12",
        ],
        ["inputs/x -> embeddings/of_9 inputs", "embeddings/of_9 -> outputs/0", "embeddings/of_3 -> outputs/0"],
        {"embeddings/of_9": (None, 3, 4), "embeddings/of_3": (3, 4)},
    )


class TiedTop(layers.Layer):
    """Multiplies by the table of the embedding that it is given, after a layer of its own."""

    def __init__(self, words: layers.Embedding) -> None:
        super().__init__(name="top")
        self.words, self.dense = words, layers.Dense(4, name="dense")

    def call(self, x: Any) -> Any:
        return ops.matmul(self.dense(x), ops.transpose(self.words.embeddings))


@case
def tied_by_raw_weights() -> Expected:
    """At the output of the model itself, of a layer with others in it, of one without, and where only a size is read."""

    def call(self: Any, x: Any) -> Any:
        hidden = self.hidden(self.words(x))
        sizes = ops.cast(ops.shape(self.words.embeddings)[0], "float32")
        table = ops.transpose(self.words.embeddings)
        return ops.matmul(hidden, table), self.top(hidden), self.single(hidden), self.soft(hidden @ table) * sizes

    words = layers.Embedding(8, 4, name="words")
    single = layers.Lambda(lambda h: ops.einsum("btd,vd->btv", h, words.embeddings), name="single")
    model = Calling(call, words=words, hidden=layers.Dense(4, name="hidden"), top=TiedTop(words), single=single,
                    soft=layers.Softmax(name="soft"))  # fmt: skip
    return Expected(
        model,
        np.ones((2, 3), "int32"),
        [
            "model Calling 0 shared with words",
            "words Embedding 32",
            "hidden Dense 20",
            "top TiedTop 0 shared with words",
            "top/dense Dense 20",
            "single Lambda 0 shared with words",
            "soft Softmax 0",
        ],
        [
            "inputs/x -> words inputs",
            "words -> hidden inputs",
            "hidden -> outputs/0",
            "words -> outputs/0 weights",
            "hidden -> top/dense inputs",
            "top/dense -> outputs/1",
            "words -> outputs/1 weights",
            "hidden -> single inputs",
            "single -> outputs/2",
            "hidden -> soft inputs",
            "words -> soft weights",
            "soft -> outputs/3",
        ],
        {"top": (None, 3, 8), "single": (None, 3, 8), "soft": (None, 3, 8)},
    )


class AttentionCell(layers.Layer):
    state_size = 4

    def __init__(self) -> None:
        super().__init__(name="cell")
        self.mix = layers.Dense(4, name="mix")
        self.gate = layers.Dense(4, name="gate")

    def build(self, shape: Any) -> None:
        self.mix.build(shape)
        self.gate.build((None, self.state_size))

    def call(self, inputs: Any, states: Any) -> Any:
        state = ops.tanh(self.mix(inputs) * self.gate(states[0]))
        return state, [state]


@case
def cell_of_ones_own_in_a_loop() -> Expected:
    model = keras.Sequential([layers.Input((6, 3)), layers.RNN(AttentionCell(), name="rnn")], name="model")
    return Expected(
        model,
        None,
        [
            "model Sequential 0",
            "rnn RNN 0",
            "rnn/cell AttentionCell 0 6 times",
            "rnn/cell/mix Dense 16 6 times",
            "rnn/cell/gate Dense 20 6 times",
        ],
        [
            "inputs/input_layer -> rnn/cell/mix inputs",
            "rnn/cell/mix -> rnn/cell/gate inputs",
            "rnn/cell/gate -> rnn/cell/gate inputs",
            "rnn/cell/mix -> outputs/0",
            "rnn/cell/gate -> outputs/0",
        ],
    )


@case_if(not is_keras_before(ATTENTION_CALLS_A_SOFTMAX[0]))
def multi_head_attention_with_masks() -> Expected:
    def call(self: Any, x: Any) -> Any:
        embedded = self.words(x)
        return self.attention(embedded, embedded, use_causal_mask=True)

    model = Calling(
        call,
        words=layers.Embedding(9, 4, mask_zero=True, name="words"),
        attention=layers.MultiHeadAttention(2, 3, name="attention"),
    )
    path = "attention"
    return Expected(
        model,
        np.ones((2, 5), "int32"),
        [
            "model Calling 0",
            "words Embedding 36",
            "attention MultiHeadAttention 0",
            "attention/query EinsumDense 30",
            "attention/key EinsumDense 30",
            "attention/value EinsumDense 30",
            "attention/attention_output EinsumDense 28",
            "attention/softmax Softmax 0 0 times",
            "attention/dropout Dropout 0 0 times",
        ],
        [
            "inputs/x -> words inputs",
            *(f"words -> {path}/{name} inputs" for name in ("query", "key", "value")),
            # Fused: Keras computes weights and sums in one go, outside of any layer.
            *(f"{path}/{name} -> {path}/attention_output inputs" for name in ("query", "key", "value")),
            f"words -> {path}/attention_output inputs (mask)",
            f"{path}/attention_output -> outputs/0",
        ],
        {"attention/query": (None, 5, 2, 3), "attention": (None, 5, 4)},
    )


@case
def while_loop() -> Expected:
    def call(self: Any, x: Any) -> Any:
        _, result = ops.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, self.inside(x)), (0, self.before(x)))
        return self.after(result)

    parts = {name: layers.Dense(4, name=name) for name in ("before", "inside", "after")}
    return Expected(
        Calling(call, **parts),
        np.ones((2, 4), "float32"),
        ["model Calling 0", "before Dense 20", "inside Dense 20 -1 times", "after Dense 20"],
        [
            "inputs/x -> before inputs",
            "before -> inside inputs",
            "inside -> inside inputs",
            "inside -> after inputs",
            "after -> outputs/0",
        ],
    )


@case
def runs_only_op_by_op() -> Expected:
    def call(self: Any, x: Any) -> Any:
        hidden = self.first(x)
        return self.second(hidden * 2) if float(tf.reduce_sum(x)) > 0 else self.third(hidden)

    parts = {name: layers.Dense(4, name=name) for name in ("first", "second", "third")}
    return Expected(
        Calling(call, **parts),
        np.ones((2, 4), "float32"),
        ["model Calling 0", "first Dense 20", "second Dense 20", "third Dense 0 0 times"],
        ["inputs/x -> first inputs", "first -> second inputs", "second -> outputs/0"],
        {"second": (None, 4)},
        "could be run only op by op",
    )


@case
def layers_made_inside_call() -> Expected:
    model = Calling(lambda self, x: self.head(layers.Dense(5, name="new")(x)), head=layers.Dense(2, name="head"))
    return Expected(
        model,
        np.ones((2, 4), "float32"),
        ["model Calling 0", "new Dense 0", "head Dense 12"],
        ["inputs/x -> new inputs", "new -> head inputs", "head -> outputs/0"],
    )


@case
def two_layers_of_one_name_and_non_ascii_names() -> Expected:
    model = Calling(
        lambda self, x: self.parts[2](self.parts[1](self.parts[0](x))),
        parts=[layers.Dense(4, name="層"), layers.Dense(3, name="層"), layers.Dense(2, name="größe")],
    )
    return Expected(
        model,
        np.ones((2, 4), "float32"),
        ["model Calling 0", "層 Dense 20", "層 (2) Dense 15", "größe Dense 8"],
        ["inputs/x -> 層 inputs", "層 -> 層 (2) inputs", "層 (2) -> größe inputs", "größe -> outputs/0"],
    )


@case
def a_call_that_fails() -> Expected:
    def call(self: Any, x: Any) -> Any:
        hidden = self.first(x)
        raise ValueError(f"no such thing as {len(hidden.shape)} axes")

    model = Calling(call, first=layers.Dense(4, name="first"), second=layers.Dense(2, name="second"))
    return Expected(
        model,
        np.ones((2, 4), "float32"),
        ["model Calling 0", "first Dense 20", "second Dense 0 0 times"],
        ["inputs/x -> first inputs"],
        notes="The forward pass ended early",
    )


@case
def a_layer_that_returns_none() -> Expected:
    class Noting(layers.Layer):
        def call(self, x: Any) -> None:
            return None

    def call(self: Any, x: Any) -> Any:
        self.noting(x)
        return self.head(x), None

    model = Calling(call, noting=Noting(name="noting"), head=layers.Dense(2, name="head"))
    return Expected(
        model,
        np.ones((2, 4), "float32"),
        ["model Calling 0", "noting Noting 0", "head Dense 10"],
        ["inputs/x -> noting x", "inputs/x -> head inputs", "head -> outputs/0"],
    )
