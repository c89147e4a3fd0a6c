"""Captures a model as the callback does."""

from __future__ import annotations

from typing import Any

import keras

from tb_seqviz_plugin.callbacks.attention.capture import Capture
from tb_seqviz_plugin.callbacks.attention.probe import Probe
from tb_seqviz_plugin.callbacks.model.call import ways_to_call


def capture_of(model: keras.Model, inputs: Any) -> Capture:
    """Returns what captures the model on these inputs."""
    way = ways_to_call(model, inputs)[0]
    return Capture(model, Probe(way.inputs).arrays, lambda arrays: way.run(model, arrays.values()))
