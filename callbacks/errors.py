"""Everything that can be wrong with what a callback is given, and what an error of others says in one sentence."""

from __future__ import annotations

import re

_COLOURS = re.compile(r"\x1b\[[\d;]*m")


def lines_of(error: Exception) -> list[str]:
    """Returns the lines of an error's text that hold something, without the colours that Keras puts into it."""
    return [line.strip() for line in _COLOURS.sub("", str(error)).splitlines() if line.strip()]


def sentence_of(error: Exception) -> str:
    """Returns what an error says, without the traces that Keras and TensorFlow put into the text."""
    lines = lines_of(error)
    if lines[:1] == ["Graph execution error:"]:
        lines = [line for line in lines if not line.startswith("[[")][-1:]
    text = " ".join(lines[:2]) or "no reason was given"
    if not isinstance(error, ValueError | RuntimeError | OSError):
        text = f"{type(error).__name__}: {text}"
    return text if text.endswith((".", "?", "!")) else f"{text}."


def reason_of(error: Exception) -> str:
    """Returns the kind of an error and the first sentence that it says itself, without its full stop."""
    said = next(
        (line for line in lines_of(error) if not line.startswith("Exception encountered")), "no reason was given"
    )
    return f"{type(error).__name__}: {first_sentence(said)}"


def first_sentence(text: str) -> str:
    """Returns the first sentence of a text, without its full stop."""
    return re.split(r"(?<=[.!?]) (?=[A-Z])", text)[0].rstrip(".")


def without_numbers(text: str) -> str:
    """Returns a text with its numbers masked, those within names such as "dense_1" left: what it is about, at any step.

    >>> without_numbers("Step 3: emb_2 holds NaN in 12 of 1,000 vectors.")
    'Step #: emb_2 holds NaN in # of # vectors.'
    """
    return re.sub(r"(?<![\w/.-])-?\d[\d,.]*(?![\w/-])(?<![,.])", "#", text)


class SamplingError(ValueError):
    """Settings with which no token can be chosen."""


class GenerationError(ValueError):
    """A model, or what it is to continue, with which no text can be generated."""


class EvaluationError(ValueError):
    """A data set or a model that cannot be evaluated, or settings with which none can."""


class SteppingError(ValueError):
    """A model that cannot be run on its newest token alone; the message says why, as what follows "since"."""


class VocabularyError(ValueError):
    """Something that is not a vocabulary, or cannot do what is asked of it, or a text that it does not know."""


class TokenError(ValueError):
    """Tokens that do not fit the probe."""


class ModelCallError(ValueError):
    """Inputs that a model cannot be called with."""


class NoLossError(ValueError):
    """A model of which no loss can be computed on a batch; the message says that and why there are no gradients."""


class PromptError(ValueError):
    """Prompts or references that cannot be used."""


class CaptureError(RuntimeError):
    """A model whose attention cannot be captured as it is."""


class BackendError(RuntimeError):
    """Something that cannot be had on the backend that Keras runs on."""
