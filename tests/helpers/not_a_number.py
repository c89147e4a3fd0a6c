"""A layer that fails as models do whose training went wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import layers, ops


class NotANumber(layers.Layer):
    """Returns NaN for a text that ends in token 3."""

    def call(self, x: Any, tokens: Any) -> Any:
        return ops.where(ops.equal(tokens[:, -1:], 3), np.nan, x)
