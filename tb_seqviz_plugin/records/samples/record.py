"""What a record of samples is in Python: what a model wrote at one step."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.arguments import check_no_text, check_probabilities, check_texts, check_whole
from tb_seqviz_plugin.records.record import Record
from tb_seqviz_plugin.schema.samples import SAMPLE_MEASURES

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")

Alternatives = Sequence[tuple[str, float]]
"""Tokens that could have come, with their probabilities, by falling probability."""


@dataclass(frozen=True, eq=False)
class BeamTree:
    """Every hypothesis that a beam search kept; a node is one token, and comes after its parent.

    Args:
        parents: int32 [nodes], -1 for a token that follows the prompt.
        tokens: one string per node.
        probabilities: float32 [nodes], of each token after those before it.
        scores: float32 [nodes], what the search compared hypotheses by: higher is better.
        best: bool [nodes], whether the node lies on the hypothesis chosen.
        ends: bool [nodes], whether a hypothesis ends there.

    Raises:
        ValueError: if the sizes do not fit each other, or a node comes before its parent.
    """

    parents: npt.NDArray[np.int32]
    tokens: Sequence[str]
    probabilities: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    best: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        check_no_text("tokens of a beam tree", self.tokens, "strings, one per node")
        check_probabilities("a node of a beam tree", self.probabilities)
        for name in ("tokens", "probabilities", "scores", "best", "ends"):
            if len(getattr(self, name)) != len(self.parents):
                raise ValueError(
                    f"A beam tree has {len(self.parents)} parents and {len(getattr(self, name))} {name}; expected one per node."
                )
        for node, parent in enumerate(self.parents):
            if not -1 <= parent < node:
                raise ValueError(
                    f"Node {node} of a beam tree has the parent {parent}; expected an earlier node, or -1 for the prompt."
                )


@dataclass(frozen=True)
class Sample:
    """One text that a model wrote.

    Args:
        prompt: the text that it continues, or is made from.
        text: what was generated, without the prompt.
        temperature: what the scores were divided by; 0 always takes the most probable token.
        repeat: which of the samples of this prompt and temperature it is, from 0.
        tokens: the generated tokens as text; empty where only the text is known.
        probabilities: of each token, in the model's own distribution; NaN where the model returned none.
        ranks: of each token among all by probability, 1 for the most probable; empty where they are not known.
        alternatives: at each place the most probable tokens with their probabilities; empty where they are not known.
        lengths: code points of `text` that each token adds; by default the length of each token.
        measures: one number by name, see `schema.samples.SAMPLE_MEASURES`; empty to have them measured.
        reference: the text that was expected, None if there is none.
        beams: width of the beam search that found it, 0 where tokens were drawn one by one.
        tree: what that search kept, None without beam search.
        attention: name of the attention record of this sample, "" for none.
        first_query: which query of that attention chose the first token.
        notes: what a reader should know about this sample, as sentences.

    Raises:
        ValueError: if the sizes do not fit each other, a number is out of range, or a measure is unknown.
    """

    prompt: str
    text: str
    temperature: float = 1.0
    repeat: int = 0
    tokens: Sequence[str] = ()
    probabilities: Sequence[float] = ()
    ranks: Sequence[int] = ()
    alternatives: Sequence[Alternatives] = ()
    lengths: Sequence[int] = ()
    measures: Mapping[str, float] = field(default_factory=dict)
    reference: str | None = None
    beams: int = 0
    tree: BeamTree | None = None
    attention: str = ""
    first_query: int = 0
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("prompt", "text"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"The {name} of a sample is {getattr(self, name)!r}; expected text.")
        if not isinstance(self.reference, str | None):
            raise ValueError(f"The reference of a sample is {self.reference!r}; expected text, or None without one.")
        check_no_text("tokens of a sample", self.tokens, "strings, such as ['the', 'dog']")
        check_texts("notes of a sample", self.notes, "sentences")
        for token in self.tokens:
            if not isinstance(token, str):
                raise ValueError(f"A sample has the token {token!r}; expected text. Pass what the ids stand for.")
        if not isinstance(self.temperature, Real) or not 0 <= self.temperature < math.inf:
            raise ValueError(
                f"The temperature of a sample is {self.temperature!r}; expected 0, which is greedy, or above."
            )
        unknown = [name for name in self.measures if name not in SAMPLE_MEASURES]
        if unknown:
            raise ValueError(
                f"A sample has the measure {unknown[0]!r}; expected some of {', '.join(SAMPLE_MEASURES)}, or none, to have them "
                "measured."
            )
        self._check_numbers()
        if len(self.tokens) and not len(self.lengths):
            object.__setattr__(self, "lengths", [len(token) for token in self.tokens])
        for name in ("probabilities", "ranks", "alternatives", "lengths"):
            if len(getattr(self, name)) not in (0, len(self.tokens)):
                raise ValueError(
                    f"A sample has {len(self.tokens)} tokens and {len(getattr(self, name))} {name}; expected one per token, "
                    "or none."
                )
        if len(self.tokens) and sum(self.lengths) != len(self.text):
            raise ValueError(
                f"The tokens of a sample add {sum(self.lengths)} characters and its text has {len(self.text)}; expected as "
                "many. Give lengths=, how many characters of the text each token adds."
            )
        self._join_surrogates()

    def _check_numbers(self) -> None:
        """Raises a ValueError if a number of a token cannot be stored."""
        check_probabilities("a token of a sample", self.probabilities)
        check_probabilities("an alternative of a sample", [value for row in self.alternatives for _, value in row])
        for name in ("ranks", "lengths"):
            check_whole("A sample", name, getattr(self, name))
        for name in ("repeat", "beams", "first_query"):
            check_whole("A sample", name, [getattr(self, name)])

    def _join_surrogates(self) -> None:
        """Makes one character of the two halves that several tokens add, as JSON and every browser do."""
        halves = [pair.start() for pair in _PAIR.finditer(self.text)]
        if not halves:
            return
        object.__setattr__(
            self, "text", self.text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        )
        if len(self.tokens):
            lengths = np.array(self.lengths)
            np.subtract.at(lengths, np.searchsorted(lengths.cumsum(), halves, side="right"), 1)
            object.__setattr__(self, "lengths", lengths.tolist())


def checked_samples(samples: Iterable[Sample]) -> list[Sample]:
    """Returns samples as a list.

    Raises:
        ValueError: unless they make a record: one sample at least, and a reference for each or for none.
    """
    given: list[Any] = list(samples) if isinstance(samples, Iterable) else []
    for sample in given or [samples]:
        if not given or not isinstance(sample, Sample):
            raise ValueError(
                f"A record of samples was given {repr(sample)[:60]}; expected a list of at least one Sample, such as "
                "[Sample(prompt='Once', text=' upon a time')]."
            )
    without = sum(sample.reference is None for sample in given)
    if without not in (0, len(given)):
        raise ValueError(
            f"{without} of {len(given)} samples have no reference; expected one for each or for none. Log those without "
            "under a name of their own."
        )
    return given


@dataclass(frozen=True)
class SamplesRecord(Record):
    """What an event file holds about the texts of one step.

    Args:
        run: the run, that is the folder below the log directory.
        tag: "samples/<name>".
        step: the step at which it was logged.
        wall_time: when it was logged, in seconds since 1970.
        samples: by prompt, temperature and repeat.
        notes: what a reader should know about this record, as sentences.
    """

    kind: ClassVar[str] = "samples"
    samples: list[Sample]
    notes: Sequence[str] = ()
