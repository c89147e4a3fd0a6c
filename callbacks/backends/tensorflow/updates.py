"""What training changes in the weights of a model, and in how many steps."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tb_seqviz_plugin.callbacks.model.layers import iterations_of


class Updates:
    """The trainable weights of a model at one moment, and what training changes in them since.

    Args:
        model: the model.
        batches: how many `fit` had trained on by then.
    """

    def __init__(self, model: keras.Model, batches: int) -> None:
        self._before = {id(weight): tf.identity(weight.value) for weight in model.trainable_weights}
        self._batches = batches
        iterations = getattr(getattr(model, "optimizer", None), "iterations", None)
        # Not yet a number, for which training would have to wait; no variable where gradients are accumulated.
        self._iterations = None if iterations is None else tf.identity(tf.convert_to_tensor(iterations))

    def since(self, model: keras.Model) -> dict[int, tuple[float, float]]:
        """Returns by `id(weight)` the squared norms of what was changed since, and of the weight then."""
        weights = {id(weight): weight for weight in model.trainable_weights}
        return {
            key: tuple(_changed(_flat(weights[key].value), _flat(before)).numpy().tolist())
            for key, before in self._before.items()
            if key in weights and weights[key].shape == before.shape
        }

    def steps(self, model: keras.Model, batches: int) -> int:
        """Returns how many training steps there were since, 0 if unknown: of `fit`, else those that the optimizer counts."""
        if batches > self._batches or self._iterations is None:
            return batches - self._batches
        return max(iterations_of(model) - int(self._iterations), 0)


def _flat(values: Any) -> Any:
    return tf.reshape(tf.cast(tf.convert_to_tensor(values), tf.float32), [-1])


@tf.function(input_signature=[tf.TensorSpec([None], tf.float32)] * 2, autograph=False)  # type: ignore[untyped-decorator]
def _changed(now: Any, before: Any) -> Any:
    return tf.stack([tf.reduce_sum((now - before) ** 2), tf.reduce_sum(before**2)])
