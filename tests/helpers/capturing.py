"""Captures a model as the callback does."""

from __future__ import annotations

from typing import Any

import keras

from tb_seqviz_plugin.callbacks.attention.capture import Capture
from tb_seqviz_plugin.callbacks.attention.probe import Probe


def capture_of(model: keras.Model, inputs: Any) -> Capture:
    """Returns what captures the model on these inputs."""
    probe = Probe(inputs).for_model(model)
    return Capture(model, probe.arrays, lambda arrays: probe.call(model, arrays), [axis.length for axis in probe.axes])
