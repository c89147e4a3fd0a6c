"""The pass that checks what was written: every place drawn again, with its own noise, from one plain run of the model."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.sampling_loop import Outlook
from tb_seqviz_plugin.callbacks.decoding.drawn import Draws

_MOST_NUMBERS = 1 << 23
"""Numbers that are drawn from at once, which bounds the memory of what is computed of each."""


def redraw(scores: Any, starts: Any, draws: Draws, alternatives: int) -> list[Any]:
    """Returns the fields of `Drawn` of what follows every token; runs inside compiled functions.

    Args:
        scores: float32 [rows, time, vocabulary], of what follows each token of texts that begin at column 0.
        starts: int32 [rows], the column after each prompt.
        draws: how tokens are drawn.
        alternatives: how many of the most probable tokens to keep.
    """
    rows, time, vocabulary = scores.shape
    most = draws.noise.shape[1] - 1
    offsets = tf.clip_by_value(tf.range(1, time + 1) - starts[:, None], 0, most)
    noise = tf.transpose(tf.gather(draws.noise, offsets, batch_dims=1))
    scores = tf.transpose(scores, (1, 0, 2))

    def of_some(some: Any) -> list[Any]:
        scores, noise = some
        count = scores.shape[0]
        outlook = Outlook.of(tf.reshape(scores, (count * rows, vocabulary)))
        tokens = outlook.drawn(tf.reshape(noise, (-1,)), tf.tile(draws.temperatures, (count,)), draws.cut)
        described = outlook.described(tokens, alternatives)
        return [tf.reshape(each, (count, rows, *each.shape[1:])) for each in described]

    at_once = max(1, _MOST_NUMBERS // (rows * vocabulary))
    if time <= at_once:
        return of_some((scores, noise))
    parts = -(-time // at_once)
    missing = parts * at_once - time
    scores = tf.reshape(tf.pad(scores, ((0, missing), (0, 0), (0, 0))), (parts, at_once, rows, vocabulary))
    noise = tf.reshape(tf.pad(noise, ((0, missing), (0, 0))), (parts, at_once, rows))
    kinds = [tf.int32, tf.float32, tf.int32, tf.int32, tf.float32]
    found = tf.map_fn(of_some, (scores, noise), fn_output_signature=kinds)
    return [tf.reshape(each, (parts * at_once, *each.shape[2:]))[:time] for each in found]
