"""Models that attend in every way we know, with the weights that numpy computes for them.

Each function with `@case` builds one; `CASES` holds them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers, ops
from reference import (
    Float,
    additive,
    causal,
    dense,
    embed,
    gru_step,
    layer_norm,
    multi_head,
    sigmoid,
    softmax,
    values,
)
from tensorflow.nn import softmax as imported_softmax

from tb_seqviz_plugin.callbacks import sow

BATCH, LENGTH, SOURCE_LENGTH, FEATURES, HEADS = 2, 6, 5, 8, 2

_random = np.random.default_rng(0)
X = _random.normal(size=(BATCH, LENGTH, FEATURES)).astype("float32")
SOURCE = _random.normal(size=(BATCH, SOURCE_LENGTH, FEATURES)).astype("float32")
IDS = _random.integers(1, 20, (BATCH, LENGTH)).astype("int32")
IDS[0, -2:], IDS[1, -1:] = 0, 0


@dataclass
class Case:
    """A model, what it is called with, and what it attends to.

    Args:
        model: built.
        inputs: a probe.
        expected: weights [batch, heads, queries, keys] of every call, in order; NaN where Keras may do as it likes.
        paths: path of every call.
        tolerance: largest error that float32, or what the model computes in, explains.
        compiled: whether capture runs it as a graph.
    """

    model: keras.Model
    inputs: Any
    expected: Sequence[npt.NDArray[Any]]
    paths: Sequence[str]
    tolerance: float = 1e-6
    compiled: bool = True
    problems: Sequence[str] = field(default=())


CASES: dict[str, Callable[[], Case]] = {}


def case(build: Callable[[], Case]) -> Callable[[], Case]:
    CASES[build.__name__] = build
    return build


def randomised(model: keras.Model) -> keras.Model:
    """Gives biases and scales values, which would hide mistakes as zeros and ones."""
    random = np.random.default_rng(1)
    for variable in model.trainable_variables:
        if len(variable.shape) < 3 and "embedding" not in variable.path:
            variable.assign(variable.numpy() + random.normal(0, 0.2, variable.shape))
    return model


def of_one_input(
    build: Callable[[Any], Any], shape: tuple[int | None, ...] = (LENGTH, FEATURES), dtype: str = "float32"
) -> keras.Model:
    """Returns the functional model around a function of one input."""
    inputs = layers.Input(shape, dtype=dtype)
    return randomised(keras.Model(inputs, build(inputs)))


def of_pair(build: Callable[[Any, Any], Any]) -> keras.Model:
    """Returns the functional model around a function of target and source."""
    target, source = layers.Input((LENGTH, FEATURES)), layers.Input((SOURCE_LENGTH, FEATURES))
    return randomised(keras.Model([target, source], build(target, source)))


class Calling(keras.Model):
    """A subclassed model that calls a function with itself."""

    def __init__(self, function: Callable[..., Any], example: Any = X, **parts: Any) -> None:
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self._function = function
        self(example)
        randomised(self)

    def call(self, inputs: Any) -> Any:
        return self._function(self, inputs)


class Block(layers.Layer):
    """A Transformer block without feed-forward."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.attention = layers.MultiHeadAttention(HEADS, 4, name="attention")
        self.norm = layers.LayerNormalization()

    def call(self, x: Any) -> Any:
        return self.norm(x + self.attention(x, x))

    def in_numpy(self, x: npt.NDArray[Any]) -> tuple[Float, Float]:
        weights, output = multi_head(self.attention, x, x)
        return weights, layer_norm(self.norm, x + output)


class Head(layers.Layer):
    """One causal head as lectures write it."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.query, self.key, self.value = (layers.Dense(4, use_bias=False) for _ in range(3))

    def build(self, shape: Any) -> None:
        for part in (self.query, self.key, self.value):
            part.build(shape)

    def call(self, x: Any) -> Any:
        scores = ops.matmul(self.query(x), ops.transpose(self.key(x), (0, 2, 1))) * 0.5
        scores = ops.where(causal(x.shape[1]), scores, -1e9)
        return ops.matmul(ops.softmax(scores), self.value(x))

    def compute_output_shape(self, shape: Any) -> Any:
        return (*shape[:-1], 4)

    def in_numpy(self, x: npt.NDArray[Any]) -> Float:
        scores = dense(self.query, x) @ dense(self.key, x).transpose(0, 2, 1) * 0.5
        return softmax(np.where(causal(x.shape[1]), scores, -1e9))


class Bahdanau(layers.Layer):
    """The attention of the TensorFlow tutorials: softmax over axis 1, product, sum."""

    def __init__(self, softmax_function: Callable[..., Any], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.from_query, self.from_values, self.score = layers.Dense(4), layers.Dense(4), layers.Dense(1)
        self.softmax_function = softmax_function

    def call(self, query: Any, values: Any) -> Any:
        score = self.score(tf.nn.tanh(self.from_query(query[:, None]) + self.from_values(values)))
        weights = self.softmax_function(score, axis=1)
        return tf.reduce_sum(weights * values, axis=1), weights

    def in_numpy(self, query: npt.NDArray[Any], values: npt.NDArray[Any]) -> Float:
        scores = dense(self.score, np.tanh(dense(self.from_query, query[:, None]) + dense(self.from_values, values)))
        return softmax(scores, axis=1).transpose(0, 2, 1)[:, None]


# Keras' own layers


@case
def multi_head_self() -> Case:
    layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
    return Case(of_one_input(lambda x: layer(x, x)), X, [multi_head(layer, X, X)[0]], ["attention"])


@case
def multi_head_causal() -> Case:
    layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
    model = of_one_input(lambda x: layer(x, x, use_causal_mask=True))
    return Case(model, X, [multi_head(layer, X, X, causal(LENGTH))[0]], ["attention"])


def _padded(dropout: float) -> Case:
    embedding = layers.Embedding(20, FEATURES, mask_zero=True)
    layer = layers.MultiHeadAttention(HEADS, 4, dropout=dropout, name="attention")

    def build(ids: Any) -> Any:
        x = embedding(ids)
        return layer(x, x)

    model = of_one_input(build, (LENGTH,), "int32")
    x, there = embed(embedding, IDS), IDS != 0
    weights, _ = multi_head(layer, x, x, there[:, :, None] & there[:, None, :])
    # What padded queries look at differs between versions of Keras, and with dropout.
    weights = np.where(there[:, None, :, None], weights, np.nan)
    return Case(model, IDS, [weights], ["attention"])


@case
def multi_head_padding_mask() -> Case:
    return _padded(dropout=0.0)


@case
def multi_head_padding_mask_dropout() -> Case:
    return _padded(dropout=0.4)


@case
def multi_head_cross_explicit_mask() -> Case:
    target, source = layers.Input((LENGTH, FEATURES)), layers.Input((SOURCE_LENGTH, FEATURES))
    allowed = layers.Input((LENGTH, SOURCE_LENGTH), dtype="bool")
    layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
    model = randomised(keras.Model([target, source, allowed], layer(target, source, attention_mask=allowed)))
    mask = np.ones((BATCH, LENGTH, SOURCE_LENGTH), dtype=bool)
    mask[:, :, 3:], mask[:, 0, 3] = False, True
    return Case(model, [X, SOURCE, mask], [multi_head(layer, X, SOURCE, mask)[0]], ["attention"])


@case
def multi_head_cross() -> Case:
    layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
    return Case(of_pair(layer), (X, SOURCE), [multi_head(layer, X, SOURCE)[0]], ["attention"])


@case
def group_query_causal() -> Case:
    layer = layers.GroupQueryAttention(4, 4, 2, name="attention")
    model = of_one_input(lambda x: layer(x, x, use_causal_mask=True))
    return Case(model, X, [multi_head(layer, X, X, causal(LENGTH))[0]], ["attention"])


@case
def dot_product_scaled() -> Case:
    layer = layers.Attention(use_scale=True, name="attention")
    model = of_pair(lambda target, source: layer([target, source]))
    scores = np.einsum("btd,bsd->bts", X, SOURCE) * values(layer.scale)
    return Case(model, (X, SOURCE), [softmax(scores)[:, None]], ["attention"])


@case
def dot_product_concat() -> Case:
    layer = layers.Attention(score_mode="concat", use_scale=True, name="attention")
    model = of_pair(lambda target, source: layer([target, source]))
    summed = np.tanh(values(layer.scale) * (X[:, :, None] + SOURCE[:, None])).sum(-1)
    return Case(model, (X, SOURCE), [softmax(values(layer.concat_score_weight) * summed)[:, None]], ["attention"])


@case
def dot_product_masked_causal() -> Case:
    embedding = layers.Embedding(20, FEATURES, mask_zero=True)
    layer = layers.Attention(dropout=0.2, name="attention")

    def call(self: Any, ids: Any) -> Any:
        x = self.embedding(ids)
        return self.attention([x, x], use_causal_mask=True)

    model = Calling(call, IDS, embedding=embedding, attention=layer)
    x = embed(embedding, IDS)
    scores = np.where((IDS != 0)[:, None, :] & causal(LENGTH), np.einsum("btd,bsd->bts", x, x), -1e9)
    return Case(model, IDS, [softmax(scores)[:, None]], ["attention"])


@case
def additive_attention() -> Case:
    layer = layers.AdditiveAttention(name="attention")
    model = of_pair(lambda target, source: layer([target, source]))
    return Case(model, (X, SOURCE), [additive(layer, X, SOURCE)[:, None]], ["attention"])


@case
def subclass_that_hides_its_scores() -> Case:
    class CausalSelfAttention(layers.MultiHeadAttention):
        def call(self, x: Any) -> Any:
            return super().call(x, x, use_causal_mask=True)

    layer = CausalSelfAttention(HEADS, 4, name="attention")
    layer.build(X.shape, X.shape)
    model = Calling(lambda self, x: self.layer(x), layer=layer)
    return Case(model, X, [multi_head(layer, X, X, causal(LENGTH))[0]], ["attention"])


@case
def scores_asked_for_by_the_model() -> Case:
    def call(self: Any, x: Any) -> Any:
        hidden, scores = self.first(x, x, return_attention_scores=True)
        output, more_scores = self.second([hidden, x], return_attention_scores=True)
        return output, scores, more_scores

    model = Calling(
        call, first=layers.MultiHeadAttention(HEADS, 4, name="first"), second=layers.Attention(name="second")
    )
    first, hidden = multi_head(model.first, X, X)
    second = softmax(np.einsum("btd,bsd->bts", hidden, X))[:, None]
    return Case(model, X, [first, second], ["first", "second"])


@case
def attention_over_images() -> Case:
    layer = layers.MultiHeadAttention(HEADS, 4, attention_axes=(1, 2), name="attention")
    model = of_one_input(lambda x: layer(x, x), (3, 4, FEATURES))
    images = np.random.default_rng(2).normal(size=(BATCH, 3, 4, FEATURES)).astype("float32")
    flat = images.reshape(BATCH, 12, FEATURES)
    return Case(model, images, [multi_head(layer, flat, flat)[0]], ["attention"])


@case
def attention_over_one_axis_of_images() -> Case:
    layer = layers.MultiHeadAttention(HEADS, 4, attention_axes=(2,), name="attention")
    model = of_one_input(lambda x: layer(x, x), (3, 4, FEATURES))
    images = np.random.default_rng(2).normal(size=(BATCH, 3, 4, FEATURES)).astype("float32")
    rows = images.reshape(BATCH * 3, 4, FEATURES)
    weights = multi_head(layer, rows, rows)[0].reshape(BATCH, 3 * HEADS, 4, 4)
    return Case(model, images, [weights], ["attention"])


# Attention written by hand


@case
def tutorial_bahdanau() -> Case:
    model = Calling(lambda self, x: self.attention(x[:, 0], x)[0], attention=Bahdanau(tf.nn.softmax, name="bahdanau"))
    return Case(model, X, [model.attention.in_numpy(X[:, 0], X)], ["bahdanau"])


@case
def softmax_imported_by_name() -> Case:
    class Mixer(Bahdanau):
        pass

    model = Calling(lambda self, x: self.mixer(x[:, 0], x)[0], mixer=Mixer(imported_softmax, name="mixer"))
    return Case(model, X, [model.mixer.in_numpy(X[:, 0], X)], ["mixer"])


@case
def softmax_spelled_out() -> Case:
    class Mixer(layers.Layer):
        def call(self, x: Any) -> Any:
            scores = tf.matmul(x, x, transpose_b=True)
            exponential = tf.exp(scores - tf.reduce_max(scores, axis=-1, keepdims=True))
            return tf.matmul(exponential / tf.reduce_sum(exponential, axis=-1, keepdims=True), x)

    model = of_one_input(Mixer(name="mixer"))
    return Case(model, X, [softmax(X @ X.transpose(0, 2, 1))[:, None]], ["mixer"])


@case
def softmax_spelled_out_over_time() -> Case:
    """The pooling over an LSTM that many notebooks copy: exponential, mask, division by the sum over axis 1."""

    class Pooling(layers.Layer):
        def build(self, shape: Any) -> None:
            self.context = self.add_weight(shape=(shape[-1],), name="context")

        def call(self, x: Any) -> Any:
            weights = ops.exp(ops.sum(ops.tanh(x) * self.context, axis=-1))
            weights = weights * ops.cast(x[..., 0] > -1, "float32")
            weights = weights / (ops.sum(weights, axis=1, keepdims=True) + 1e-7)
            return ops.sum(x * ops.expand_dims(weights, -1), axis=1)

    layer = Pooling(name="pooling")
    exponential = None
    model = of_one_input(layer)
    exponential = np.exp((np.tanh(X) * values(layer.context)).sum(-1)) * (X[..., 0] > -1)
    weights = exponential / (exponential.sum(axis=1, keepdims=True) + 1e-7)
    return Case(model, X, [weights[:, None, None]], ["pooling"])


@case
def softmax_spelled_out_over_columns() -> Case:
    class Mixer(layers.Layer):
        def call(self, x: Any) -> Any:
            exponential = tf.exp(tf.reduce_sum(x, axis=-1, keepdims=True))
            weights = exponential / tf.reduce_sum(exponential, axis=1, keepdims=True)
            return tf.reduce_sum(weights * x, axis=1)

    model = of_one_input(Mixer(name="mixer"))
    return Case(model, X, [softmax(X.sum(-1))[:, None, None]], ["mixer"])


@case
def heads_as_layers() -> Case:
    class Heads(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="heads")
            self.heads = [Head(name="head"), Head(name="head")]

        def call(self, x: Any) -> Any:
            return ops.concatenate([head(x) for head in self.heads], -1)

    def call(self: Any, x: Any) -> Any:
        return self.words(self.block(x))

    model = Calling(call, block=Heads(), words=layers.Dense(7, activation="softmax"))
    expected = [head.in_numpy(X)[:, None] for head in model.block.heads]
    return Case(model, X, expected, ["heads/head", "heads/head (2)"])


@case
def heads_in_a_loop() -> Case:
    """Heads that one layer computes one after the other become the heads of one layer."""

    def attend(query: Any, key: Any, value: Any) -> Any:
        return ops.matmul(ops.softmax(ops.matmul(query, ops.swapaxes(key, 1, 2)), axis=-1), value)

    class Mixer(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="mixer")
            self.queries = [layers.Dense(4) for _ in range(3)]

        def call(self, x: Any) -> Any:
            return ops.concatenate([attend(query(x), x[..., :4], x) for query in self.queries], -1)

    model = Calling(lambda self, x: self.mixer(x), mixer=Mixer())
    heads = [softmax(dense(query, X) @ X[..., :4].transpose(0, 2, 1)) for query in model.mixer.queries]
    return Case(model, X, [np.stack(heads, axis=1)], ["mixer"])


@case
def one_after_the_other_in_one_layer() -> Case:
    """Attention that reads the result of the one before is no further head of it."""

    class Twice(layers.Layer):
        def call(self, x: Any) -> Any:
            for _ in range(2):
                x = ops.matmul(ops.softmax(ops.matmul(x, ops.swapaxes(x, 1, 2)), axis=-1), x)
            return x

    model = of_one_input(Twice(name="twice"))
    first = softmax(X @ X.transpose(0, 2, 1))
    mixed = first @ X
    return Case(model, X, [first[:, None], softmax(mixed @ mixed.transpose(0, 2, 1))[:, None]], ["twice", "twice"])


@case
def attention_in_the_model_itself() -> Case:
    model = Calling(lambda self, x: tf.matmul(tf.nn.softmax(tf.matmul(x, x, transpose_b=True)), x))
    model.name = "mine"
    return Case(model, X, [softmax(X @ X.transpose(0, 2, 1))[:, None]], ["mine"])


@case
def grouped_in_rank_five() -> Case:
    """[batch, key heads, groups, queries, keys], as Gemma's layers in KerasHub compute."""

    class CachedGroupedAttention(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="attention")
            self.query = layers.EinsumDense("btd,dkgh->bkgth", output_shape=(2, 3, LENGTH, 4))
            self.key = layers.EinsumDense("bsd,dkh->bksh", output_shape=(2, LENGTH, 4))

        def call(self, x: Any) -> Any:
            key = self.key(x)
            weights = ops.softmax(ops.einsum("bkgth,bksh->bkgts", self.query(x), key))
            return ops.einsum("bkgts,bksh->btkgh", weights, key)

    model = Calling(lambda self, x: self.attention(x), attention=CachedGroupedAttention())
    query = np.einsum("btd,dkgh->bkgth", X, values(model.attention.query.kernel))
    key = np.einsum("bsd,dkh->bksh", X, values(model.attention.key.kernel))
    weights = softmax(np.einsum("bkgth,bksh->bkgts", query, key)).reshape(BATCH, 6, LENGTH, LENGTH)
    return Case(model, X, [weights], ["attention"])


@case
def sown() -> Case:
    class Gate(layers.Layer):
        def __init__(self, **arguments: Any) -> None:
            super().__init__(**arguments)
            self.dense = layers.Dense(FEATURES)

        def call(self, x: Any) -> Any:
            return x * sow("gate", ops.sigmoid(self.dense(x)))

    model = Calling(lambda self, x: self.second(self.first(x)), first=Gate(name="first"), second=Gate(name="second"))
    first = sigmoid(dense(model.first.dense, X))
    second = sigmoid(dense(model.second.dense, X * first))
    return Case(model, X, [first[:, None], second[:, None]], ["first/gate", "second/gate"])


# Ways to build a model


@case
def sequential() -> Case:
    model = keras.Sequential([layers.Input((LENGTH, FEATURES)), Block(name="one"), Block(name="two"), layers.Dense(3)])
    randomised(model)
    first, hidden = model.layers[0].in_numpy(X)
    return Case(model, X, [first, model.layers[1].in_numpy(hidden)[0]], ["one/attention", "two/attention"])


@case
def subclassed_with_lists_and_dicts() -> Case:
    def call(self: Any, x: Any) -> Any:
        for block in self.blocks:
            x = block(x)
        return self.further["last"](x)

    blocks = [Block(name=f"block{number}") for number in range(2)]
    model = Calling(call, blocks=blocks, further={"last": Block(name="last")})
    expected, x = [], X
    for block in [*model.blocks, model.further["last"]]:
        weights, x = block.in_numpy(x)
        expected.append(weights)
    return Case(model, X, expected, ["block0/attention", "block1/attention", "last/attention"])


@case
def nested_models() -> Case:
    def functional(name: str, layer: Any) -> keras.Model:
        inputs = layers.Input((LENGTH, FEATURES))
        return keras.Model(inputs, layer(inputs), name=name)

    inner, outer = Block(name="block"), layers.Dense(FEATURES)
    middle = functional("middle", functional("inner", inner))
    model = Calling(
        lambda self, x: self.sequential(self.middle(x)),
        middle=middle,
        sequential=keras.Sequential([outer, Block(name="block")], name="sequential"),
    )
    first, hidden = inner.in_numpy(X)
    second = model.sequential.layers[1].in_numpy(dense(outer, hidden))[0]
    return Case(model, X, [first, second], ["middle/inner/block/attention", "sequential/block/attention"])


@case
def shared_layer() -> Case:
    block = Block(name="block")
    expected, x = [], X
    model = of_one_input(lambda x: block(block(block(x))))
    for _ in range(3):
        weights, x = block.in_numpy(x)
        expected.append(weights)
    return Case(model, X, expected, ["block/attention"] * 3)


@case
def same_name_twice() -> Case:
    def call(self: Any, x: Any) -> Any:
        return self.second(self.first(x))

    model = Calling(call, first=Block(name="block"), second=Block(name="block"))
    first, hidden = model.first.in_numpy(X)
    return Case(model, X, [first, model.second.in_numpy(hidden)[0]], ["block/attention", "block/attention (2)"])


@case
def names_of_the_world() -> Case:
    # TensorFlow takes such names into no graph, so that Keras trains such a model with run_eagerly=True only.
    model = Calling(lambda self, x: self.block(x), block=Block(name="注意力 Größe"))
    return Case(model, X, [model.block.in_numpy(X)[0]], ["注意力 Größe/attention"], compiled=False)


@case
def decoder_loop() -> Case:
    def call(self: Any, inputs: Any) -> Any:
        encoded, target = inputs
        state, outputs = ops.zeros_like(encoded[:, 0]), []
        for step in range(target.shape[1]):
            context = self.attention([state[:, None, :], encoded])
            state, _ = self.cell(target[:, step] + context[:, 0], [state])
            outputs.append(state)
        return ops.stack(outputs, 1)

    parts = {"cell": layers.GRUCell(FEATURES), "attention": layers.AdditiveAttention(name="attention")}
    model = Calling(call, (X, SOURCE), **parts)
    return Case(model, (X, SOURCE), _decoded(model.attention, model.cell), ["attention"] * SOURCE_LENGTH)


def _decoded(attention: Any, cell: Any) -> list[Float]:
    state, expected = np.zeros((BATCH, FEATURES)), []
    for step in range(SOURCE_LENGTH):
        weights = additive(attention, state[:, None], X)
        context = np.einsum("bts,bsd->btd", weights, X)[:, 0]
        state = gru_step(cell, SOURCE[:, step] + context, state)
        expected.append(weights[:, None])
    return expected


@case
def cell_of_a_recurrent_layer() -> Case:
    class Attending(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="cell")
            self.state_size = self.output_size = FEATURES
            self.attention, self.inner = layers.AdditiveAttention(name="attention"), layers.GRUCell(FEATURES)

        def build(self, shape: Any) -> None:
            self.memory = self.add_weight(shape=(1, SOURCE_LENGTH, FEATURES), name="memory")
            self.inner.build((shape[0], FEATURES))
            self.attention.build([(None, 1, FEATURES), (None, SOURCE_LENGTH, FEATURES)])

        def call(self, x: Any, states: Any) -> Any:
            memory = ops.repeat(ops.convert_to_tensor(self.memory), ops.shape(x)[0], axis=0)
            context = self.attention([states[0][:, None, :], memory])
            return self.inner(x + context[:, 0], states)

    cell = Attending()
    model = of_one_input(layers.RNN(cell, return_sequences=True, name="rnn"))
    memory, state, expected = np.repeat(values(cell.memory), BATCH, 0), np.zeros((BATCH, FEATURES)), []
    for step in range(LENGTH):
        weights = additive(cell.attention, state[:, None], memory)
        state = gru_step(cell.inner, X[:, step] + np.einsum("bts,bsd->btd", weights, memory)[:, 0], state)
        expected.append(weights[:, None])
    return Case(model, X, expected, ["rnn/cell/attention"] * LENGTH)


@case
def time_distributed() -> Case:
    head = Head(name="head")
    model = of_one_input(layers.TimeDistributed(head, name="each"), (3, LENGTH, FEATURES))
    x = np.stack([X, X + 1, 2 - X], 1)
    return Case(model, x, [head.in_numpy(x[:, step])[:, None] for step in range(3)], ["each/head"] * 3)


@case
def time_distributed_of_unknown_length() -> Case:
    head = Head(name="head")
    model = of_one_input(layers.TimeDistributed(head, name="each"), (None, LENGTH, FEATURES))
    x = np.stack([X, X + 1, 2 - X], 1)
    return Case(model, x, [head.in_numpy(x[:, step])[:, None] for step in range(3)], ["each/head"] * 3)


# What a graph cannot hold, or hides


@case
def while_loop() -> Case:
    def call(self: Any, x: Any) -> Any:
        def body(step: Any, state: Any) -> Any:
            return step + 1, state + self.attention([state[:, None], x])[:, 0]

        return ops.while_loop(lambda step, state: step < 4, body, (0, x[:, 0]))[1]

    model = Calling(call, attention=layers.Attention(name="attention"))
    state, expected = X[:, 0].astype("float64"), []
    for _ in range(4):
        weights = softmax(np.einsum("btd,bsd->bts", state[:, None], X))
        state = state + np.einsum("bts,bsd->btd", weights, X)[:, 0]
        expected.append(weights[:, None])
    return Case(model, X, expected, ["attention"] * 4, compiled=False)


@case
def control_flow_on_values() -> Case:
    def call(self: Any, x: Any) -> Any:
        return self.first(x) if ops.sum(x) > -1e9 else self.second(x)

    model = Calling(call, first=Block(name="first"), second=Block(name="second"))
    return Case(model, X, [model.first.in_numpy(X)[0]], ["first/attention"], compiled=False)


@case
def numpy_inside_call() -> Case:
    def call(self: Any, x: Any) -> Any:
        return self.head(x * float(x.numpy().std()))

    model = Calling(call, head=Head(name="head"))
    return Case(model, X, [model.head.in_numpy(X * float(X.std()))[:, None]], ["head"], compiled=False)


@case
def function_of_the_user() -> Case:
    """Traced by the user before we look: a trace that is in the cache runs none of our code."""

    class Attending(layers.Layer):
        @tf.function
        def attend(self, x: Any) -> Any:
            return tf.matmul(tf.nn.softmax(tf.matmul(x, x, transpose_b=True)), x)

        def call(self, x: Any) -> Any:
            return self.attend(x)

    model = Calling(lambda self, x: self.layer(x), layer=Attending(name="attending"))
    tf.function(model)(tf.constant(X))
    return Case(model, X, [softmax(X @ X.transpose(0, 2, 1))[:, None]], ["attending"])


# Ways to compute


@case
def mixed_float16() -> Case:
    first = layers.MultiHeadAttention(HEADS, 4, dtype="mixed_float16", name="first")
    second = layers.GroupQueryAttention(4, 4, 2, dropout=0.1, dtype="mixed_float16", name="second")

    def build(x: Any) -> Any:
        hidden = first(x, x)
        return second(hidden, hidden)

    model = of_one_input(build)
    weights, hidden = multi_head(first, X, X)
    return Case(model, X, [weights, multi_head(second, hidden, hidden)[0]], ["first", "second"], tolerance=4e-3)


@case
def compiled_with_xla() -> Case:
    block = Block(name="block")
    model = of_one_input(block)
    model.compile("adam", "mse", jit_compile=True)
    model.fit(X, X, verbose=0)
    return Case(model, X, [block.in_numpy(X)[0]], ["block/attention"])


if hasattr(keras, "RematScope"):  # not in the oldest versions of Keras

    @case
    def rematerialised() -> Case:
        with keras.RematScope(mode="full"):
            layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
            model = of_one_input(lambda x: layer(x, x))
        return Case(model, X, [multi_head(layer, X, X)[0]], ["attention"])


@case
def quantised() -> Case:
    layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
    inputs = layers.Input((LENGTH, FEATURES))
    model = randomised(keras.Model(inputs, layers.Dense(3)(layer(inputs, inputs))))
    expected = multi_head(layer, X, X)[0]
    for part in (layer._query_dense, layer._key_dense, layer._value_dense, layer._output_dense):
        part.quantize("int8")
    return Case(model, X, [expected], ["attention"], tolerance=3e-2)


@case
def low_rank_adapted() -> Case:
    layer = layers.MultiHeadAttention(HEADS, 4, name="attention")
    model = of_one_input(lambda x: layer(x, x))
    layer._query_dense.enable_lora(2)
    layer._query_dense.lora_kernel_b.assign(
        np.random.default_rng(3).normal(size=layer._query_dense.lora_kernel_b.shape)
    )
    return Case(model, X, [multi_head(layer, X, X)[0]], ["attention"])


# What is no attention


class Gate(layers.Layer):
    """A mixture of experts with as many experts as there are tokens."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.gate, self.experts = layers.Dense(LENGTH), [layers.Dense(FEATURES) for _ in range(LENGTH)]

    def call(self, x: Any) -> Any:
        gates = ops.softmax(self.gate(x))
        return ops.einsum("bte,bted->btd", gates, ops.stack([expert(x) for expert in self.experts], axis=2))


class SummedGate(Gate):
    """The same with product and sum."""

    def call(self, x: Any) -> Any:
        gates = ops.softmax(self.gate(x))[..., None]
        return ops.sum(gates * ops.stack([expert(x) for expert in self.experts], axis=2), axis=2)


class MultipliedGate(Gate):
    """The same with a matrix product per token."""

    def call(self, x: Any) -> Any:
        gates = ops.softmax(self.gate(x))[:, :, None]
        return ops.matmul(gates, ops.stack([expert(x) for expert in self.experts], axis=2))[:, :, 0]


def _beside_a_block(*others: Any) -> Case:
    block = Block(name="block")

    def build(x: Any) -> Any:
        x = block(x)
        for other in others:
            x = other(x)
        return x

    return Case(of_one_input(build), X, [block.in_numpy(X)[0]], ["block/attention"])


@case
def vocabulary() -> Case:
    return _beside_a_block(layers.Dense(LENGTH, activation="softmax"))


@case
def vocabulary_in_a_layer_called_attention() -> Case:
    class AttentionDecoder(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="decoder")
            self.block, self.words = Block(name="block"), layers.Dense(40)

        def call(self, x: Any) -> Any:
            return tf.nn.softmax(self.words(self.block(x)))

    model = Calling(lambda self, x: self.decoder(x), decoder=AttentionDecoder())
    return Case(model, X, [model.decoder.block.in_numpy(X)[0]], ["decoder/block/attention"])


@case
def soft_embedding() -> Case:
    """The mean embedding of the predicted words, as some decoders feed it back: values that no input flows into."""

    class SoftEmbedding(layers.Layer):
        def build(self, shape: Any) -> None:
            self.table = self.add_weight(shape=(LENGTH, FEATURES), name="table")

        def call(self, x: Any) -> Any:
            return ops.matmul(ops.softmax(ops.matmul(x, ops.transpose(self.table))), self.table)

    return _beside_a_block(SoftEmbedding())


@case
def experts_by_einsum() -> Case:
    return _beside_a_block(Gate())


@case
def experts_by_sum() -> Case:
    return _beside_a_block(SummedGate())


@case
def experts_by_product() -> Case:
    return _beside_a_block(MultipliedGate())


@case
def router() -> Case:
    class Router(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.gate = layers.Dense(FEATURES)

        def call(self, x: Any) -> Any:
            return x * ops.softmax(self.gate(x))

    return _beside_a_block(Router())
