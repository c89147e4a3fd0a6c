"""What differs from framework to framework, and which of it can be had on the one that Keras runs on.

Each folder in here is the only place that imports its framework. A new one has a module for each part of `interface.py` that it
can do, and a row in `_MODULES`; nothing is imported before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal, cast

import keras

from tb_seqviz_plugin.callbacks.backends.interface import (
    Attention,
    Checkpoint,
    Evaluation,
    Generation,
    Randomness,
    Statistics,
    Structure,
)
from tb_seqviz_plugin.callbacks.errors import BackendError

Part = Literal["attention", "generation", "structure", "statistics", "evaluation", "randomness", "checkpoint"]

_MODULES: dict[str, dict[Part, str]] = {
    "tensorflow": {
        "attention": "tensorflow.attention",
        "generation": "tensorflow.generation",
        "structure": "tensorflow.structure",
        "statistics": "tensorflow.statistics",
        "evaluation": "tensorflow.evaluation",
        "randomness": "tensorflow.randomness",
        "checkpoint": "tensorflow.checkpoint",
    },
}
"""By the name of Keras' backend, the modules of this folder that implement the parts of `interface.py`."""

_TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}

_LACKS: dict[Part, tuple[str, str]] = {
    "attention": (
        "attention cannot be captured yet",
        "compute the weights yourself and log them with tb_seqviz_plugin.Writer(log_dir).attention(...)",
    ),
    "generation": (
        "text cannot be generated yet",
        "generate the texts yourself and log them with tb_seqviz_plugin.Writer(log_dir).samples(...)",
    ),
    "structure": (
        "structure cannot be traced yet",
        "log what you know of it with tb_seqviz_plugin.Writer(log_dir).structure(...)",
    ),
    "statistics": (
        "statistics cannot be measured yet",
        "measure them yourself and log them with tb_seqviz_plugin.Writer(log_dir).statistics(...)",
    ),
    "evaluation": (
        "models cannot be evaluated yet",
        "measure it yourself and log that with tb_seqviz_plugin.Writer(log_dir).evaluation(...)",
    ),
}
"""What is said where a backend lacks a part, and the way out."""


def check(part: Part, asked_by: str) -> None:
    """Raises an error unless a part can be had on the backend that Keras runs on; imports nothing.

    Args:
        part: what is needed.
        asked_by: who needs it, as the subject of a sentence.

    Raises:
        BackendError: if it cannot be had; the message speaks of who asked, and says what can be done.
    """
    running = keras.backend.backend()
    if part in _MODULES.get(running, ()):
        return
    able = [name for name, parts in _MODULES.items() if part in parts]
    lacks, way_out = _LACKS[part]
    raise BackendError(
        f"{asked_by} needs Keras on {' or '.join(_TITLES[name] for name in able)}: Keras runs on {running!r}, where {lacks}. Set "
        f"KERAS_BACKEND={able[0]} before Keras is imported, or {way_out}. What works on any backend is EmbeddingLogger and "
        "SampleLogger(generate=...)."
    )


def attention(asked_by: str = "The capture of attention") -> Attention:
    """Returns how attention is captured on Keras' backend; for arguments and errors see `check`."""
    return cast(Attention, _load("attention", asked_by))


def generation(asked_by: str = "A generator") -> Generation:
    """Returns how loops over tokens run on Keras' backend; for arguments and errors see `check`."""
    return cast(Generation, _load("generation", asked_by))


def structure(asked_by: str = "The structure of a model") -> Structure:
    """Returns how a forward pass is traced on Keras' backend; for arguments and errors see `check`."""
    return cast(Structure, _load("structure", asked_by))


def statistics(asked_by: str = "Statistics of a model") -> Statistics:
    """Returns how weights, gradients and activations are measured on Keras' backend; for arguments and errors see `check`."""
    return cast(Statistics, _load("statistics", asked_by))


def evaluation(asked_by: str = "An evaluation") -> Evaluation:
    """Returns how predictions are reduced on Keras' backend; for arguments and errors see `check`."""
    return cast(Evaluation, _load("evaluation", asked_by))


def randomness() -> Randomness | None:
    """Returns what a model draws from and changes on Keras' backend without Keras knowing it, None where there is no such thing."""
    known = "randomness" in _MODULES.get(keras.backend.backend(), ())
    return cast(Randomness, _load("randomness", "A run of a model")) if known else None


def checkpoint() -> Checkpoint:
    """Returns what writes checkpoints of TensorFlow, whichever backend Keras runs on."""
    return cast(Checkpoint, import_module(f"{__name__}.{_MODULES['tensorflow']['checkpoint']}"))


def _load(part: Part, asked_by: str) -> Any:
    check(part, asked_by)
    return import_module(f"{__name__}.{_MODULES[keras.backend.backend()][part]}")
