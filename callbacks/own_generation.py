"""Texts written by a function of the user's, for models that no loop over tokens fits."""

from __future__ import annotations

import contextlib
import inspect
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from tb_seqviz_plugin.callbacks.prompts import checked_references, checked_texts
from tb_seqviz_plugin.callbacks.sampling import Sampling
from tb_seqviz_plugin.callbacks.text_inputs import GenerationError
from tb_seqviz_plugin.samples import Sample

_OPTIONS = ("temperature", "max_length", "seed")


class OwnGeneration:
    """Calls a function once for each temperature and repeat, with all prompts.

    It may draw from the global randomness of numpy and Python, or seed it: training is given it back as it was.

    Args:
        generate: `generate(prompts, temperature=, max_length=, seed=)`; of the named ones it is given those that it takes.
            It returns one text per prompt, with the prompt before it or without.
        prompts: texts.
        references: one text per prompt, None for none.
        sampling: the temperatures, repeats, length and seed.

    Raises:
        GenerationError: if it is no function.
    """

    def __init__(self, generate: Any, prompts: Any, references: Any, sampling: Sampling) -> None:
        if not callable(generate):
            raise GenerationError(
                f"generate={generate!r}; expected a function from a list of prompts to a list of texts, or None."
            )
        self._generate: Callable[..., Any] = generate
        self._prompts = checked_texts(prompts)
        self._references = checked_references(references, len(self._prompts))
        self._sampling = sampling
        self._taken = _options_taken(generate)

    def __call__(self) -> list[Sample]:
        """Returns the samples, by prompt, temperature and repeat.

        Raises:
            GenerationError: if the function does not return one text per prompt.
        """
        columns = [(key, self._write(*key)) for key in self._sampling.rows]
        return [
            Sample(
                prompt=prompt,
                text=texts[number],
                temperature=temperature,
                repeat=repeat,
                reference=None if self._references is None else self._references[number],
            )
            for number, prompt in enumerate(self._prompts)
            for (temperature, repeat), texts in columns
        ]

    def _write(self, temperature: float, repeat: int) -> list[str]:
        options = {
            "temperature": temperature,
            "max_length": self._sampling.max_length,
            "seed": self._sampling.seed + repeat,
        }
        with _global_randomness_kept():
            texts = self._generate(list(self._prompts), **{name: options[name] for name in self._taken})
        if not _is_one_text_each(texts, len(self._prompts)):
            raise GenerationError(
                f"generate returned {repr(texts)[:60]} for {len(self._prompts)} prompts; expected a list of as many texts."
            )
        # Many functions return the prompt as well.
        pairs = list(zip(texts, self._prompts, strict=True))
        if all(text.startswith(prompt) for text, prompt in pairs):
            return [text[len(prompt) :] for text, prompt in pairs]
        return list(texts)


@contextlib.contextmanager
def _global_randomness_kept() -> Iterator[None]:
    of_python, of_numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)


def _is_one_text_each(texts: Any, prompts: int) -> bool:
    several = isinstance(texts, Sequence) and not isinstance(texts, str) and len(texts) == prompts
    return several and all(isinstance(text, str) for text in texts)


def _options_taken(generate: Callable[..., Any]) -> list[str]:
    try:
        parameters = inspect.signature(generate).parameters
    except ValueError:  # some built-in functions do not say
        return []
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return list(_OPTIONS)
    return [name for name in _OPTIONS if name in parameters]
