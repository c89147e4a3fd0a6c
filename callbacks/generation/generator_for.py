"""Which generator fits a model."""

from __future__ import annotations

import keras

from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.callbacks.generation.any_generator import AnyGenerator
from tb_seqviz_plugin.callbacks.generation.generator import Generator
from tb_seqviz_plugin.callbacks.generation.keras_hub_generator import KerasHubGenerator, is_task
from tb_seqviz_plugin.callbacks.old_names import Moved, takes_old_names


@takes_old_names(Moved.renamed("top_alternatives", "alternatives"))
def generator_for(
    model: keras.Model, *, window: int | None = None, outputs: str | None = None, alternatives: int = 5
) -> AnyGenerator:
    """Returns what lets a model write: a `KerasHubGenerator` for a task of KerasHub, a `Generator` for any other model.

    Args:
        model: a built model, as for `Generator`, or a `CausalLM` or `Seq2SeqLM` of KerasHub.
        window: the most tokens that the model is shown, None for all, or for as many as it takes.
        outputs: "logits" or "probabilities", None to find out.
        alternatives: how many of the most probable tokens to keep at each position.

    Raises:
        GenerationError: if the model is none of them, or the arguments do not fit it.

    >>> from keras import layers
    >>> model = keras.Sequential([layers.Input((None,)), layers.Embedding(9, 4), layers.LSTM(4), layers.Dense(9)])
    >>> len(generator_for(model)([[1, 2]]))
    4
    """
    if not is_task(model):
        return Generator(model, window=window, outputs=outputs, alternatives=alternatives)
    if window is not None:
        raise GenerationError(
            f"window={window}, and the model {model.name!r} is a task of KerasHub, whose cache holds all tokens; leave window "
            "out."
        )
    if outputs not in (None, "logits"):
        raise GenerationError(
            f"outputs={outputs!r}, and the model {model.name!r} is a task of KerasHub, which returns logits; leave outputs out."
        )
    return KerasHubGenerator(model, alternatives=alternatives)
