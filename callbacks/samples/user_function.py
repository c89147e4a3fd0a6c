"""Texts written by a function of the user's, for models that no loop over tokens fits."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.errors import GenerationError, VocabularyError, sentence_of
from tb_seqviz_plugin.callbacks.own_randomness import own_randomness
from tb_seqviz_plugin.callbacks.text.forms import text_of
from tb_seqviz_plugin.callbacks.text.spans import spans_of
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.records.samples.record import Sample

_OPTIONS = ("temperature", "max_length", "seed")


class UserFunction:
    """Calls a function once for each temperature and repeat, with all prompts.

    What it draws from `random` and `numpy.random` begins with the seed at each step, and training draws what it would without,
    by `tf.random`, too: see `own_randomness`. To functions of Keras and TensorFlow it is to hand the seed on.

    Args:
        generate: `generate(prompts, temperature=, max_length=, seed=)`; of the named ones it is given those that it takes.
            It returns one text per prompt, with the prompt before it or without. Where it takes no temperature, its texts
            count as those of the only temperature given, or of 1.
        prompts: texts.
        references: one text per prompt, None for none.
        sampling: the temperatures, repeats, length and seed.
        tokenizer: tells the tokens of the texts, None for none.

    Raises:
        GenerationError: if it is not a function.
        ValueError: if the tokenizer is something else.
    """

    def __init__(
        self,
        generate: Any,
        prompts: Sequence[str],
        references: Sequence[str] | None,
        sampling: Sampling,
        tokenizer: Any = None,
    ) -> None:
        if not callable(generate):
            raise GenerationError(
                f"generate={generate!r}; expected a function from a list of prompts to a list of texts, or None."
            )
        self._generate: Callable[..., Any] = generate
        self._prompts, self._references = prompts, references
        self._tokenizer = None if tokenizer is None else Vocabulary.of(tokenizer).for_texts()
        self._taken = _options_taken(generate)
        several = len(sampling.temperatures) > 1
        self._sampling = (
            replace(sampling, temperatures=(1,)) if several and "temperature" not in self._taken else sampling
        )

    def __call__(self) -> list[Sample]:
        """Returns the samples, by prompt, temperature and repeat.

        Raises:
            GenerationError: if the function does not return one text per prompt.
        """
        columns = [(key, self._write(*key)) for key in self._sampling.rows]
        samples = []
        for number, prompt in enumerate(self._prompts):
            for (temperature, repeat), texts in columns:
                tokens, lengths = self._tokens_of(texts[number])
                samples.append(
                    Sample(
                        prompt=prompt,
                        text=texts[number],
                        temperature=temperature,
                        repeat=repeat,
                        tokens=tokens,
                        lengths=lengths,
                        reference=None if self._references is None else self._references[number],
                    )
                )
        return samples

    def _write(self, temperature: float, repeat: int) -> list[str]:
        seed = self._sampling.seed + repeat
        options = {"temperature": temperature, "max_length": self._sampling.max_length, "seed": seed}
        try:
            with own_randomness(seed):
                returned = self._generate(list(self._prompts), **{name: options[name] for name in self._taken})
        except (AttributeError, TypeError) as error:
            raise GenerationError(
                f"generate failed on a list of {len(self._prompts)} prompts; expected a function from a list of texts to a list "
                "of texts, such as lambda prompts: [write(prompt) for prompt in prompts]. What it said: "
                f"{sentence_of(error)}"
            ) from error
        texts = _texts_of(returned)
        if texts is None or len(texts) != len(self._prompts):
            raise GenerationError(
                f"generate returned {repr(returned)[:60]} for {len(self._prompts)} prompts; expected a list of as many texts."
            )
        # Many functions return the prompt as well.
        pairs = list(zip(texts, self._prompts, strict=True))
        if all(text.startswith(prompt) for text, prompt in pairs):
            return [text[len(prompt) :] for text, prompt in pairs]
        return texts

    def _tokens_of(self, text: str) -> tuple[list[str], list[int]]:
        """Returns the tokens of a text and the characters that each adds; none where the tokenizer does not give it back."""
        if self._tokenizer is None:
            return [], []
        try:
            decoded, tokens, lengths = spans_of(self._tokenizer, self._tokenizer.encode(text))
        except VocabularyError:
            return [], []
        return (tokens, lengths) if decoded == text else ([], [])


def _texts_of(returned: Any) -> list[str] | None:
    """Returns a list, an array or a tensor of texts as strings, None if it is something else."""
    if isinstance(returned, str | bytes | Mapping) or not isinstance(returned, Iterable):
        return None
    texts = [text_of(one) for one in returned]
    return None if None in texts else [text for text in texts if text is not None]


def _options_taken(generate: Callable[..., Any]) -> list[str]:
    try:
        parameters = inspect.signature(generate).parameters
    except ValueError:  # some built-in functions do not say
        return []
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return list(_OPTIONS)
    return [name for name in _OPTIONS if name in parameters]
