"""TensorFlow: forward passes recorded, sampling loops compiled, statistics computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # mypy proves here that each part is as `interface.py` has it.
    from tb_seqviz_plugin.callbacks.backends import interface
    from tb_seqviz_plugin.callbacks.backends.tensorflow import (
        attention,
        checkpoint,
        evaluation,
        generation,
        randomness,
        statistics,
        structure,
    )

    _parts: tuple[
        interface.Attention,
        interface.Generation,
        interface.Structure,
        interface.Statistics,
        interface.Evaluation,
        interface.Randomness,
        interface.Checkpoint,
    ] = (attention, generation, structure, statistics, evaluation, randomness, checkpoint)
