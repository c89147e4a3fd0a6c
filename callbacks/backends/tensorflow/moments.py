"""The summary of a tensor that `callbacks/structure/moments.py` reads, as one small function of the graph."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tb_seqviz_plugin.callbacks.structure.moments import BUCKETS


def summarise(tensor: Any) -> Any:
    """Returns the summary, float64 [8 + buckets], of a tensor of numbers of any shape."""
    return _summarise(tf.reshape(tf.cast(tensor, tf.float32), [-1]))


# Traced once for all shapes and never inlined, so that the graph of a model with many layers stays small.
@tf.function(  # type: ignore[untyped-decorator]
    input_signature=[tf.TensorSpec([None], tf.float32)], autograph=False, experimental_attributes={"_noinline": True}
)
def _summarise(values: Any) -> Any:
    is_finite = tf.math.is_finite(values)
    present = tf.cast(is_finite, tf.float32)
    values = tf.where(is_finite, values, 0.0)
    finite = tf.reduce_sum(tf.cast(is_finite, tf.float64))
    total = tf.reduce_sum(values)
    mean = total / tf.maximum(tf.cast(finite, tf.float32), 1.0)
    low = tf.reduce_min(tf.where(is_finite, values, values.dtype.max))
    high = tf.reduce_max(tf.where(is_finite, values, values.dtype.min))
    low, high = tf.where(finite > 0, low, 0.0), tf.where(finite > 0, high, 0.0)
    width = high - low
    # All values alike: TensorBoard's own histograms then have them in the last bucket.
    place = tf.where(width > 0, (values - low) / width, 1.0)
    buckets = tf.cast(tf.clip_by_value(place * BUCKETS, 0.0, BUCKETS - 1.0), tf.int32)
    counts = tf.math.bincount(buckets, weights=present, minlength=BUCKETS, maxlength=BUCKETS)
    numbers = [
        tf.size(values),
        finite,
        total,
        tf.reduce_sum(present * (values - mean) ** 2),
        tf.reduce_sum(values**2),
        tf.reduce_sum(present * tf.cast(values == 0, tf.float32)),
        low,
        high,
    ]
    return tf.concat([tf.stack([tf.cast(number, tf.float64) for number in numbers]), tf.cast(counts, tf.float64)], 0)
