"""What belongs together among the arguments of SampleLogger, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tb_seqviz_plugin.callbacks.arguments import check_no_class, whole
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.old_names import Moved
from tb_seqviz_plugin.records.samples.corpus import Corpus


@dataclass(frozen=True)
class SourceTexts:
    """How the texts that an encoder-decoder writes from become what it was trained on.

    Args:
        tokenizer: makes ids of them, None for the tokenizer of what is written.
        length: tokens that each is padded to, None for as many as the model takes or, if it takes any number, as the longest has.
        padding: the token to pad with, as text or id, None for id 0 or, where the model takes one-hot vectors, zeros.

    Raises:
        ValueError: if the length is not a whole number of at least 1.
    """

    tokenizer: Any = None
    length: int | None = None
    padding: str | int | None = None

    def __post_init__(self) -> None:
        if self.length is not None:
            object.__setattr__(self, "length", whole("length", self.length, 1))

    @property
    def is_usual(self) -> bool:
        """Whether nothing was asked for."""
        return self.tokenizer is None and self.length is None and self.padding is None

    @classmethod
    def of(cls, source: Any) -> SourceTexts:
        """Returns what was given in short form: a tokenizer, or None."""
        check_no_class("source=", source)
        return source if isinstance(source, SourceTexts) else cls(source)


@dataclass(frozen=True)
class SampleOptions:
    """What is seldom needed of a SampleLogger.

    Args:
        attention: whether to log what each token looked at, too.
        corpus: the texts that the model is trained on, to tell what it copied.
        alternatives: how many of the most probable tokens to keep at each place.
        window: the most tokens that the model is shown, None for all, or for as many as it takes.
        outputs: "logits" or "probabilities", None to find out.

    Raises:
        ValueError: if one of them is none of these.
        TypeError: if the corpus holds something else than texts.
    """

    attention: bool = False
    corpus: Corpus | str | Iterable[str] | None = None
    alternatives: int = 5
    window: int | None = None
    outputs: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.corpus, Corpus | None):
            object.__setattr__(self, "corpus", Corpus(self.corpus))
        object.__setattr__(self, "alternatives", whole("alternatives", self.alternatives, 0))
        if self.window is not None:
            object.__setattr__(self, "window", whole("window", self.window, 1))
        if self.outputs not in (None, "logits", "probabilities"):
            raise ValueError(f'outputs={self.outputs!r}; expected "logits", "probabilities", or None to find out.')


def texts_and_references(prompts: Any) -> tuple[Any, Any]:
    """Returns prompts and what was expected of each, None if that is not given, from a list of texts, a dict or pairs.

    >>> texts_and_references({"3 May": "05-03"})
    (['3 May'], ['05-03'])
    >>> texts_and_references([("3 May", "05-03"), ("4 May", "05-04")])
    (['3 May', '4 May'], ['05-03', '05-04'])
    >>> texts_and_references(["3 May"])
    (['3 May'], None)
    """
    if isinstance(prompts, Mapping):
        return list(prompts), list(prompts.values())
    if isinstance(prompts, str) or not hasattr(prompts, "__iter__"):
        return prompts, None
    listed = list(prompts)
    if listed and all(isinstance(prompt, tuple) and len(prompt) == 2 for prompt in listed):
        return [text for text, _ in listed], [reference for _, reference in listed]
    return listed, None


def _with_references(prompts: Any, old: Mapping[str, Any]) -> Any:
    references = old["references"]
    if references is None:
        return prompts
    texts, references = list(prompts), list(references) if hasattr(references, "__iter__") else references
    if isinstance(old["references"], str) or not isinstance(references, list):
        raise ValueError(f"The references are {references!r}; expected a list of texts, one per prompt.")
    if len(texts) != len(references):
        raise ValueError(
            f"There are {len(references)} references and {len(texts)} prompts; expected one reference per prompt."
        )
    return list(zip(texts, references, strict=True))


OLD_NAMES = (
    Moved.to_fields(
        Sampling,
        ("temperatures", "repeats", "max_length", "start", "stop", "top_k", "top_p", "seed"),
        "sampling",
    ),
    Moved.to_fields(SampleOptions, ("attention", "corpus", "alternatives", "window", "outputs"), "options"),
    Moved.renamed("source_tokenizer", "source"),
    Moved(("references",), "prompts", _with_references, "prompts as pairs with their references, or a dict"),
)
