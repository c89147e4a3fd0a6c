"""Models of Keras 2, which `tf.keras` is where TF_USE_LEGACY_KERAS=1, and what its `fit` asks of a callback."""

from __future__ import annotations

from typing import Any


def is_of_keras_2(model: Any) -> bool:
    """Returns whether this is a model of Keras 2, by where its classes come from."""
    return any(kind.__module__.split(".")[0] == "tf_keras" for kind in type(model).__mro__)


class Keras2Hooks:
    """Answers the `fit` of Keras 2, which would end without: a callback of Keras 3 has nothing to do in it."""

    def _implements_train_batch_hooks(self) -> bool:
        return False

    def _implements_test_batch_hooks(self) -> bool:
        return False

    def _implements_predict_batch_hooks(self) -> bool:
        return False
