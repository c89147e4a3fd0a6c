"""Keras' own attention layers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from helpers.zoo.case import (
    BATCH,
    FEATURES,
    HEADS,
    IDS,
    LENGTH,
    SOURCE,
    SOURCE_LENGTH,
    Calling,
    Case,
    X,
    case,
    of_one_input,
    of_pair,
    randomised,
)
from helpers.zoo.reference import (
    additive,
    causal,
    embed,
    multi_head,
    softmax,
    values,
)


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
