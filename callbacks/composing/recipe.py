"""The loggers that the arguments of `SeqViz` make."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from tb_seqviz_plugin.callbacks.arguments import of_kind
from tb_seqviz_plugin.callbacks.attention.logger import AttentionLogger
from tb_seqviz_plugin.callbacks.attention.token_lists import is_text_lists
from tb_seqviz_plugin.callbacks.base import SeqVizCallback
from tb_seqviz_plugin.callbacks.composing.vocabularies import vocabularies_in
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.embeddings.logger import EmbeddingLogger
from tb_seqviz_plugin.callbacks.errors import BackendError
from tb_seqviz_plugin.callbacks.evaluation.logger import EvaluationLogger
from tb_seqviz_plugin.callbacks.model.batch import Structure, parse_batch, rows_of_leaves
from tb_seqviz_plugin.callbacks.model.fitted import NOT_FITTED
from tb_seqviz_plugin.callbacks.samples.logger import SampleLogger
from tb_seqviz_plugin.callbacks.samples.options import SourceTexts
from tb_seqviz_plugin.callbacks.schedule import Schedule
from tb_seqviz_plugin.callbacks.structure.logger import StructureLogger
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary

LOGGERS: dict[str, type[SeqVizCallback]] = {
    "attention": AttentionLogger,
    "samples": SampleLogger,
    "structure": StructureLogger,
    "embeddings": EmbeddingLogger,
    "evaluation": EvaluationLogger,
}
"""The parts, in the order in which they are said."""

_FIXED = ("self", "log_dir", "model")
_SEEN_EXAMPLES = 4
"""Of those that `fit` was given; the gradients are of more."""

NO_PROMPTS = "prompts= is missing; if the model writes, pass texts to continue, such as prompts=['Once upon']"


NO_DATA = "evaluation= is missing; to measure what the model can do, pass data that was held out, such as evaluation=(x_val, y_val)"


class NothingToLogError(ValueError):
    """That a part has nothing to do; the message says why."""


@dataclass(frozen=True, eq=False)
class Recipe:
    """Arguments of `SeqViz`, of the same names, checked as far as they can be without a model.

    Raises:
        ValueError: if one of them is something else.
    """

    log_dir: Path
    inputs: Any
    tokens: Any
    prompts: Any
    targets: Any
    tokenizer: Any
    labels: Any
    sampling: Any
    schedule: str | int | Schedule
    options: Any
    on_alarm: Any = None
    evaluation: Any = field(default=None, repr=False)
    batch: Structure = field(default=None, repr=False)

    def __post_init__(self) -> None:
        of_kind("sampling", self.sampling, Sampling)
        object.__setattr__(self, "options", _checked(self.options))
        if self.inputs is None:
            if self.targets is not None:
                raise ValueError("targets= is given without inputs=; expected what the model is called with, too.")
            if any(map(is_text_lists, _of_each_input(self.tokens))):
                raise ValueError(
                    "tokens= holds the strings of examples, and inputs= is missing; expected those examples."
                )
            for vocabulary in vocabularies_in(self.tokens).values():
                Vocabulary.of(vocabulary, "tokens=")
        else:
            object.__setattr__(self, "inputs", parse_batch(self.inputs))
        if self.targets is not None:
            object.__setattr__(self, "targets", parse_batch(self.targets, "The targets"))

    def with_batch(self, batch: Structure) -> Recipe:
        """Returns the recipe with what `fit` was given, for where there are no inputs."""
        return replace(self, batch=batch)

    def made(self, model: Any) -> tuple[dict[str, SeqVizCallback], dict[str, str]]:
        """Returns the loggers by name, and of those that there are none of why.

        Args:
            model: what to look at, None for the one that is fitted.

        Raises:
            ValueError: if an argument does not fit.
        """
        parts: dict[str, SeqVizCallback] = {}
        reasons: dict[str, str] = {}
        arguments: dict[str, Callable[[], tuple[tuple[Any, ...], dict[str, Any]]]] = {
            "attention": self._attention,
            "samples": self._samples,
            "structure": self._structure,
            "embeddings": lambda: ((), {"labels": self._labels}),
            "evaluation": self._evaluation,
        }
        for name, make in arguments.items():
            try:
                if self.options[name] is False:
                    raise NothingToLogError("options= switches it off")
                given, named = make()
                own = {**named, "schedule": self.schedule, "model": model, **self.options[name]}
                parts[name] = cast("Any", LOGGERS[name])(self.log_dir, *given, **own)
            except (NothingToLogError, BackendError) as error:
                reasons[name] = str(error)
        return parts, reasons

    @property
    def vocabularies(self) -> dict[str | int, Any]:
        """Those of the inputs, by name or place, as far as they are known."""
        found = self._of_inputs
        if found or self.tokenizer is None:
            return found
        source = (self.options["samples"] or {}).get("source")
        known = [self.tokenizer] if source is None else [SourceTexts.of(source).tokenizer, self.tokenizer]
        return dict(enumerate(known))

    @property
    def _of_inputs(self) -> dict[str | int, Any]:
        may_be_several = self.inputs is None or isinstance(self.inputs, tuple | list | Mapping)
        return vocabularies_in(self.tokens, several=may_be_several)

    @property
    def _labels(self) -> Any:
        known = list(self.vocabularies.values())
        return known[0] if self.labels is None and len(known) == 1 else self.labels

    def _attention(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        named = {"tokens": self.tokens, "on_alarm": self.on_alarm}
        if self.inputs is not None:
            return (self.inputs,), named
        if self.batch is not None:
            return (rows_of_leaves(self.batch, slice(_SEEN_EXAMPLES)),), named
        raise NothingToLogError(NOT_FITTED)

    def _samples(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        options = self.options["samples"]
        prompts = options.get("prompts", self.prompts)
        if prompts is None:
            raise NothingToLogError(NO_PROMPTS)
        named = {"tokenizer": self.tokenizer, "sampling": self.sampling}
        known = list(self._of_inputs.values())
        if known and self.tokenizer is None and "tokenizer" not in options:
            named["tokenizer"] = Vocabulary.of(known[-1], "tokens=").for_texts(
                "tokenizer= is missing for the prompts, and tokens="
            )
        if len(known) == 2:
            named["source"] = known[0]
        return (), {**named, "prompts": prompts}

    def _structure(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if self.inputs is None:
            return (self.batch,), {}
        return (self.inputs if self.targets is None else (self.inputs, self.targets),), {}

    def _evaluation(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if self.evaluation is None:
            raise NothingToLogError(NO_DATA)
        known = list(self.vocabularies.values())
        target = known[-1] if self.tokenizer is None and known else self.tokenizer
        return (self.evaluation,), {"tokenizer": target, "source": known[0] if known and len(known) < 3 else None}


def _checked(options: Any) -> dict[str, Any]:
    """Returns the arguments of each part, False for one that is switched off."""
    given = {} if options is None else options
    if not isinstance(given, Mapping) or not set(given) <= set(LOGGERS):
        raise ValueError(
            f"options={options!r}; expected a dict with some of {_listed(LOGGERS)}, each False, or a dict with arguments of its "
            "logger."
        )
    return {name: _checked_of(name, given.get(name)) for name in LOGGERS}


def _checked_of(name: str, given: Any) -> Any:
    if given is False:
        return False
    known = [each for each in inspect.signature(LOGGERS[name]).parameters if each not in _FIXED]
    wrong = given is not None and given is not True and not isinstance(given, Mapping)
    unknown = [each for each in given if each not in known] if isinstance(given, Mapping) else []
    if wrong or unknown:
        what = f"holds {_listed(unknown)}" if unknown else f"is {given!r}"
        raise ValueError(f"options[{name!r}] {what}; expected False, or a dict with some of {_listed(known)}.")
    return dict(given) if isinstance(given, Mapping) else {}


def _listed(names: Any) -> str:
    return ", ".join(map(repr, names))


def _of_each_input(tokens: Any) -> Sequence[Any]:
    """Returns what tokens are given for each input; a tuple of lists is a vocabulary for each."""
    if isinstance(tokens, Mapping):
        return list(tokens.values())
    return tokens if isinstance(tokens, tuple) else [tokens]
