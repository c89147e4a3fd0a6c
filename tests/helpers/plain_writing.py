"""Samples held against a plain loop over single tokens, which shows the model the whole text each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from helpers.writers import VOCABULARY, Case, ids_of
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.generation.generated import Generated, origins_of

PROMPTS = [[3, 1, 4], [7], [2, 7, 1, 0, 5]]
SOURCE = np.random.default_rng(1).integers(1, 30, (len(PROMPTS), 6)).astype("int32")


def plain(model: keras.Model, source: Any = None) -> Case:
    """Returns a model of ids with a plain way to ask it, op by op; of one length with zeros behind the text."""
    inputs = getattr(model, "inputs", None)
    rows, length = tuple(model.inputs[-1].shape[:2]) if inputs else (None, None)
    names = [tensor.name for tensor in inputs or ()]

    def ask(ids: list[int]) -> Any:
        padded = ids_of(ids + [0] * ((length or len(ids)) - len(ids))).repeat(rows or 1, axis=0)
        known = np.arange(padded.shape[1])[None] < len(ids)
        every = {"padding_mask": known.astype(np.int32), "position_ids": np.arange(padded.shape[1])[None]}
        given: Any = padded if source is None else [source, padded]
        if len(names) > 1 and source is None:
            given = {name: every.get(name, padded) for name in names}
        with keras.StatelessScope(state_mapping=_zeros(model)):
            result = model(given, training=False)
        result = ops.cast(result["logits"] if isinstance(result, dict) else result, "float32")
        return result[0, len(ids) - 1] if len(result.shape) == 3 else result[0]

    is_softmax = getattr(model.layers[-1], "activation", None) is keras.activations.softmax
    return Case(model, ask, is_softmax)


def _zeros(model: keras.Model) -> list[tuple[Any, Any]]:
    states = [state for layer in model.layers if getattr(layer, "stateful", False) for state in layer.states]
    return [(state, ops.zeros_like(state)) for state in states]


def written(case: Case, prompt: Sequence[int], noise: Sequence[float], temperature: float, sampling: Sampling) -> Any:
    """Returns the tokens that a plain loop writes, and the model's probabilities at each.

    What is drawn is written out here: the first token, by falling probability if any are left out, at which the running share
    of the probability exceeds the noise.
    """
    ids: list[int] = []
    chances = []
    for number in noise:
        probabilities = case.next([*prompt, *ids])
        chances.append(probabilities)
        if temperature == 0:
            ids.append(int(np.argmax(probabilities)))
        else:
            with np.errstate(divide="ignore"):  # of what is impossible
                weights = np.exp(np.log(probabilities / probabilities.max()) / temperature)
            weights = weights / weights.sum()
            order = np.arange(VOCABULARY)
            if sampling.top_k is not None or sampling.top_p is not None:
                order = np.argsort(-weights, kind="stable")
                before = np.cumsum(weights[order]) - weights[order]
                kept = (before < (sampling.top_p or 1.0)) & (np.arange(VOCABULARY) < (sampling.top_k or VOCABULARY))
                order = order[kept | (np.arange(VOCABULARY) == 0)]
            running = np.cumsum(weights[order])
            ids.append(int(order[np.searchsorted(running / running[-1], number, side="right")]))
        if ids[-1] == sampling.stop:
            break
    return ids, chances


def check(samples: list[Generated], case: Any, sampling: Sampling, sources: Any = None, rounding: float = 1e-3) -> None:
    """Fails unless the samples are what a plain loop writes, with what it thinks of each token.

    Args:
        samples: of `PROMPTS`.
        case: the model with a plain way to ask it, or a function from the number of a prompt to that.
        sampling: how was sampled.
        sources: what the prompts are written from, None for nothing.
        rounding: how far probabilities may differ, relative.
    """
    origins = origins_of(PROMPTS, sources)
    rows = len(sampling.rows)
    assert len(samples) == rows * len(PROMPTS)
    for number, sample in enumerate(samples):
        prompt, row = divmod(number, rows)
        own = case if isinstance(case, Case) else case(prompt)
        noise = sampling.noise(origins[prompt])[row].tolist()
        ids, chances = written(own, PROMPTS[prompt], noise, sample.temperature, sampling)
        assert sample.ids.tolist() == ids
        for place, token in enumerate(ids):
            assert sample.probabilities[place] == pytest.approx(chances[place][token], rel=rounding)
