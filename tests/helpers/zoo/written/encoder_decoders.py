"""Models with a source and a target, most of them of one length: words and roles follow from what is computed from what."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.reference import causal, multi_head
from helpers.zoo.specimen import Drawn, Specimen, attending, given, given_ids, specimen, told, variant, written

ENCODER = Drawn("encoder self", "source", "source")
DECODER = Drawn("decoder self", "target", "target")
CROSS = Drawn("cross", "target", "source")


def heads(name: str, is_causal: bool = False) -> Any:
    """Returns attention of two heads, called with queries and keys."""

    def call(self: Any, query: Any, value: Any) -> Any:
        def split(x: Any) -> Any:
            return tf.transpose(tf.reshape(x, [tf.shape(x)[0], -1, 2, 4]), [0, 2, 1, 3])

        q, k, v = split(self.wq(query)), split(self.wk(value)), split(self.wv(value))
        scores = tf.matmul(q, k, transpose_b=True) / 2.0
        if is_causal:
            scores += -1e9 * (1 - tf.linalg.band_part(tf.ones([tf.shape(scores)[2]] * 2), -1, 0))
        out = tf.matmul(told(tf.nn.softmax(scores), "bhqk", name), v)
        return self.wo(tf.reshape(tf.transpose(out, [0, 2, 1, 3]), [tf.shape(query)[0], -1, 8]))

    parts = {part: layers.Dense(8) for part in ("wq", "wk", "wv", "wo")}
    return written("MultiHeadAttention", call, name=name, **parts)


def named(drawn: Drawn, name: str) -> Drawn:
    return Drawn(drawn.role, drawn.query, drawn.key, path=f"*{name}")


@specimen
def transformer_of_equal_lengths() -> Specimen:
    """Sums and norms behind each sublayer, as the first Transformer has them."""

    def build(source: Any, target: Any) -> Any:
        encoded = layers.LayerNormalization()(source + heads("encoder")(source, source))
        encoded = layers.LayerNormalization()(encoded + layers.Dense(8)(layers.Dense(16, "relu")(encoded)))
        x = layers.LayerNormalization()(target + heads("decoder", True)(target, target))
        return layers.LayerNormalization()(x + heads("cross")(x, encoded))

    drawn = named(ENCODER, "encoder"), named(DECODER, "decoder"), named(CROSS, "cross")
    return attending(build, given(source=6, target=6), *drawn)


@variant
def deep_transformer_of_equal_lengths() -> Specimen:
    """Norms before each sublayer, two layers deep, over ids with one shared embedding and learnt positions."""

    def call(self: Any, source: Any, target: Any) -> Any:
        encoded, x = (self.embedding(ids) + self.positions for ids in (source, target))
        for number in range(2):
            h = getattr(self, f"norm_{number}")(encoded)
            encoded += getattr(self, f"encoder_{number}")(h, h)
        for number in range(2):
            h = getattr(self, f"norm_{number}")(x)
            x += getattr(self, f"decoder_{number}")(h, h)
            x += getattr(self, f"cross_{number}")(getattr(self, f"norm_{number}")(x), encoded)
        return tf.matmul(x, self.embedding.embeddings, transpose_b=True)

    parts: dict[str, Any] = {"embedding": layers.Embedding(12, 8), "positions": (6, 8)}
    for number in range(2):
        parts[f"norm_{number}"] = layers.LayerNormalization()
        parts[f"encoder_{number}"], parts[f"cross_{number}"] = heads(f"encoder_{number}"), heads(f"cross_{number}")
        parts[f"decoder_{number}"] = heads(f"decoder_{number}", True)
    drawn = [named(ENCODER, f"encoder_{number}") for number in range(2)]
    for number in range(2):
        drawn += [named(DECODER, f"decoder_{number}"), named(CROSS, f"cross_{number}")]
    return attending(written("Seq2Seq", call, **parts), given_ids(source=6, target=6), *drawn)


@variant
def attention_of_keras_between_equal_lengths() -> Specimen:
    """`MultiHeadAttention`, against numpy."""

    inputs = given(source=6, target=6)
    decoder, cross = layers.MultiHeadAttention(2, 4, name="decoder"), layers.MultiHeadAttention(2, 4, name="cross")

    def build(source: Any, target: Any) -> Any:
        return cross(decoder(target, target, use_causal_mask=True), source)

    def weights(model: Any) -> list[Any]:
        own, hidden = multi_head(decoder, inputs["target"], inputs["target"], causal(6))
        return [own, multi_head(cross, hidden, inputs["source"])[0]]

    return attending(build, inputs, DECODER, CROSS, weights=weights, factor=2.5)


@variant
def recurrent_states_against_each_other() -> Specimen:
    """A GRU's states of the target ask those of the source, of one length; the decoder starts where the encoder ends."""

    def call(self: Any, source: Any, target: Any) -> Any:
        encoded, state = self.encoder(source)
        decoded = self.decoder(target, initial_state=state)
        weights = tf.nn.softmax(tf.matmul(decoded, self.w(encoded), transpose_b=True) * 3.0)
        return tf.concat([tf.matmul(told(weights, "bqk"), encoded), decoded], axis=-1)

    encoder = layers.GRU(8, return_sequences=True, return_state=True)
    layer = written(
        "LuongSeq2Seq", call, encoder=encoder, decoder=layers.GRU(8, return_sequences=True), w=layers.Dense(8)
    )
    return attending(layer, given(source=6, target=6), CROSS, factor=2)


@variant
def states_of_both_directions() -> Specimen:
    """States of a bidirectional LSTM, asked additively."""

    def build(source: Any, target: Any) -> Any:
        encoded = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(source)
        decoded = layers.LSTM(8, return_sequences=True)(target)

        def call(self: Any, query: Any, value: Any) -> Any:
            hidden = ops.tanh(self.w1(query)[:, :, None] + self.w2(value)[:, None])
            weights = ops.softmax(ops.squeeze(self.v(hidden), -1))
            return ops.matmul(told(weights, "bqk"), value)

        attention = written("BahdanauAttention", call, w1=layers.Dense(8), w2=layers.Dense(8), v=layers.Dense(1))
        return layers.Concatenate()([decoded, attention(decoded, encoded)])

    return attending(build, given(3, source=6, target=6), CROSS, factor=3)


@variant
def convolutions_against_each_other() -> Specimen:
    """Sequence to sequence by convolutions (Gehring et al., 2017)."""

    def build(source: Any, target: Any) -> Any:
        encoded = layers.Conv1D(8, 3, padding="same")(source)
        decoded = layers.Conv1D(8, 3, padding="causal", activation="tanh")(target)
        scores = layers.Dot(axes=(2, 2))([decoded, encoded])

        def call(self: Any, scores: Any, value: Any) -> Any:
            return tf.matmul(told(tf.nn.softmax(scores), "bqk"), value)

        return written("ConvAttention", call)(scores, encoded)

    return attending(build, given(source=6, target=6), CROSS)


@variant
def target_given_before_the_source() -> Specimen:
    """The order of the inputs says nothing where names do, and names say nothing where computation does."""

    def build(target: Any, source: Any) -> Any:
        return heads("cross")(target, source)

    return attending(build, given(3, target=6, source=6), CROSS)


@variant
def source_shortened() -> Specimen:
    """Keys are pairs of source positions, which no token stands for."""

    def build(source: Any, target: Any) -> Any:
        return heads("cross")(target, layers.AveragePooling1D(2)(source))

    return attending(build, given(source=6, target=5), Drawn(("cross", "other"), "target", "", note="."))


@variant
def two_sources() -> Specimen:
    """Two encoders of one length; each is asked by the target."""

    def build(source: Any, image: Any, target: Any) -> Any:
        return heads("of_source")(target, source) + heads("of_image")(target, image)

    drawn = Drawn("cross", "target", "source", path="*of_source"), Drawn("cross", "target", "image", path="*of_image")
    return attending(build, given(source=6, image=6, target=6), *drawn)


@variant
def attention_over_attention() -> Specimen:
    """The target asks the source, then the result asks itself: its positions stay the target's."""

    def build(source: Any, target: Any) -> Any:
        x = heads("cross")(target, source)
        return heads("own")(x, x)

    drawn = named(CROSS, "cross"), Drawn(("decoder self", "encoder self"), "target", "target", path="*own")
    return attending(build, given(source=6, target=6), *drawn)


@variant
def learnt_queries_against_the_source() -> Specimen:
    """Object queries of DETR, as many as there are source positions."""

    def call(self: Any, source: Any) -> Any:
        queries = tf.repeat(self.queries[None], tf.shape(source)[0], axis=0)
        queries = self.own(queries, queries)
        return self.cross(queries, source)

    layer = written("DETRDecoder", call, queries=(6, 8), own=heads("own"), cross=heads("cross"))
    own = Drawn("other", "", "", path="*own", note=".")
    return attending(layer, given(source=6), own, Drawn(("cross", "other"), "", "source", path="*cross", note="."))


@variant
def one_sequence_of_both() -> Specimen:
    """Source and target one after the other in one sequence; its positions are those of neither."""

    def build(source: Any, target: Any) -> Any:
        x = layers.Concatenate(axis=1)([source, target])
        return heads("own")(x, x)

    return attending(build, given(source=5, target=4), Drawn(("other", "encoder self"), "", "", note="."))


@variant
def positions_of_ones_own_beside_ids() -> Specimen:
    """A language model over ids and positions given as inputs, causal."""

    def call(self: Any, ids: Any, positions: Any) -> Any:
        x = self.words(ids) + self.places(positions)
        return self.attention(x, x)

    layer = written(
        "GPT",
        call,
        words=layers.Embedding(12, 8),
        places=layers.Embedding(6, 8),
        attention=heads("own", is_causal=True),
    )
    inputs = {**given_ids(ids=6), "positions": np.tile(np.arange(6, dtype="int32"), (2, 1))}
    tokens = {"ids": [[f"word {row} {place}" for place in range(6)] for row in range(2)]}
    return attending(layer, inputs, Drawn("decoder self", "ids", "ids"), tokens=tokens, factor=3)
