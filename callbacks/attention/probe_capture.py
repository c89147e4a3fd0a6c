"""The attention of a model on all examples of a probe, in as many batches as the model takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.attention.capture import Capture, Captured
from tb_seqviz_plugin.callbacks.attention.probe import Probe
from tb_seqviz_plugin.callbacks.attention.written import written_inputs
from tb_seqviz_plugin.callbacks.model.call import ModelCall


class ProbeCapture:
    """The attention of a model called in one way, as often as it is asked for.

    Args:
        model: a built model.
        way: to call it.
        probe: what it is called with, with its tokens.

    Attributes:
        written: names of the inputs whose next tokens are among the targets, as far as these are given.
    """

    def __init__(self, model: keras.Model, way: ModelCall, probe: Probe) -> None:
        self.probe = probe
        self.written = written_inputs(way.named(), way.targets)
        self._batches = [batch.named() for batch in way.batches()]
        names = list(probe.arrays)
        self.capture = Capture(model, self._batches[0], lambda arrays: way.run(model, [arrays[name] for name in names]))

    def __call__(self) -> list[Captured]:
        """Returns the weights of every attention call, of all examples, and of rows that fill up the last batch."""
        if len(self._batches) == 1:
            return self.capture()
        parts = [self.capture(batch) for batch in self._batches]
        return [
            replace(
                layers[0],
                weights=np.concatenate([layer.weights for layer in layers]),
                softmax=_joined([layer.softmax for layer in layers]),
                max_logit=_joined([layer.max_logit for layer in layers]),
                value_norms=_joined([layer.value_norms for layer in layers]),
            )
            for layers in zip(*parts, strict=True)
        ]


def _joined(parts: Sequence[Any]) -> Any:
    """Returns arrays of several batches as one, None if one of them is None."""
    return None if any(part is None for part in parts) else np.concatenate(parts)
