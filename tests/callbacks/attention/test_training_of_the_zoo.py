"""Training a model of the zoo with the callback is training it without, to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.zoo import SPECIMENS

from tb_seqviz_plugin.callbacks import AttentionLogger

ALWAYS = ("dropout_at_inference",)
LONG = (
    "mixed_precision",
    "cell_with_the_memory_as_a_state",
    "sparsemax_of_tensorflow",
    "talking_heads",
    "mask_and_renormalise_by_keras",
    "gradient_of_ones_own",
    "loop_of_tensorflow",
    "masked_by_keras",
    "transformer_of_equal_lengths",
    "pooled_over_an_lstm_in_numpy",
    "experts_by_dispatch",
)


def _trained(name: str, folder: Path | None) -> list[np.ndarray[Any, Any]]:
    """Returns the weights, the optimizer's state, the history and the next random number."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(42)
    specimen = SPECIMENS[name]()
    model, inputs = specimen.model, dict(specimen.inputs)
    targets = keras.tree.map_structure(lambda output: np.zeros(output.shape, "float32"), model(inputs))
    # A loss of one kind for each of several outputs.
    losses = keras.tree.map_structure(lambda _: "mse", targets)
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), losses)
    callbacks = [] if folder is None else [AttentionLogger(folder, inputs, schedule=1)]
    history = model.fit(inputs, targets, batch_size=2, epochs=3, verbose=0, callbacks=callbacks).history
    numbers = [variable.numpy() for variable in (*model.variables, *model.optimizer.variables)]
    return [*numbers, keras.random.normal((3,)).numpy(), *(np.array(history[name]) for name in sorted(history))]


@pytest.mark.filterwarnings("ignore::UserWarning")  # of what is not attention
@pytest.mark.parametrize("name", [*ALWAYS, *(pytest.param(name, marks=pytest.mark.long) for name in LONG)])
def test_training_is_the_same_to_the_last_bit(name: str, tmp_path: Path) -> None:
    without, with_logger = _trained(name, None), _trained(name, tmp_path)
    assert len(without) == len(with_logger)
    for one, other in zip(without, with_logger, strict=True):
        assert one.tobytes() == other.tobytes()
