"""What one number says about a generated text: the measures of `schema.samples.SAMPLE_MEASURES`."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.remarks import listed, remark
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.words import bleu_tokenizer, spaceless_script, words_of

Float = npt.NDArray[np.floating[Any]]

_LONGEST_PHRASE = 1_000
_CELLS_AT_ONCE = 1 << 20

_PACKAGES = {"rapidfuzz": remark("edit distance"), "sacrebleu": remark("chrF and BLEU")}

REPETITIVE_SHARE, REPETITIVE_TIMES = 0.3, 3
"""A sample is repetitive if a phrase that comes this often in a row covers this share of its tokens."""


def measure_sample(
    text: str,
    tokens: Sequence[str],
    probabilities: Float | None,
    *,
    reference: str | None = None,
    corpus: Corpus | None = None,
) -> dict[str, float]:
    """Returns the measures of one sample, NaN where there is nothing to measure from.

    Tokens are counted, or the words of the text where only that is known.

    - `log_probability`: mean of the natural logarithms of the tokens' probabilities; `perplexity`: exp of minus that;
      `length`: tokens.
    - `distinct_1`, `_2`, `_3`: distinct n-grams of tokens, divided by all n-grams, so that 1 is no repetition. Li et al.,
      "A diversity-promoting objective function for neural conversation models" (2016), section 5, divide by all tokens.
    - `longest_repeat`: share of the tokens that the longest run of one phrase back to back covers, 0 if none comes twice in a
      row; `repetitive`: 1 if a phrase that comes at least `REPETITIVE_TIMES` in a row covers `REPETITIVE_SHARE` of them, else 0.
    - `copied`: share of the n-grams of words that occur in the corpus.
    - Against the reference, spaces at both ends left out: `exact_match`, 1 or 0; `edit_distance`, that of Levenshtein in
      characters; `chrf`, 0 to 100, Popović, "chrF: character n-gram F-score for automatic MT evaluation" (2015), section 2,
      with n to 6 and beta 2; `bleu`, 0 to 100, Papineni et al., "BLEU: a method for automatic evaluation of machine
      translation" (2002), section 2, of one sentence, with only those orders that it is long enough for. Both as sacrebleu
      has them; BLEU counts the words of its tokenizer "13a", or "zh" where the reference is Chinese, or "char" where it is in
      another script without spaces. All but `exact_match` need the packages of the extra `text`.

    Args:
        text: what was generated, without its prompt.
        tokens: of the text, one string each; empty if unknown.
        probabilities: float [tokens] in [0, 1], of each token; those that are NaN take no part. None if unknown.
        reference: the text that was wanted.
        corpus: the texts that the model is trained on.

    >>> values = measure_sample("hahaha", ["ha", "ha", "ha"], np.array([0.5, 0.5, 0.5]), reference="haha")
    >>> values["perplexity"], values["distinct_1"].__round__(2), values["longest_repeat"].__round__(2)
    (2.0, 0.33, 1.0)
    """
    words = list(words_of(text))
    counted = tokens or words
    log_probability = _mean_logarithm(probabilities)
    longest, often = _repeats(counted)
    return {
        "log_probability": log_probability,
        "perplexity": _exp(-log_probability),
        "length": float(len(counted)),
        "distinct_1": _distinct(counted, 1),
        "distinct_2": _distinct(counted, 2),
        "distinct_3": _distinct(counted, 3),
        "longest_repeat": longest,
        "repetitive": often if math.isnan(often) else float(often >= REPETITIVE_SHARE),
        "copied": math.nan if corpus is None else corpus.share_of(words),
        **_against(text.strip(), None if reference is None else reference.strip()),
    }


def _mean_logarithm(probabilities: Float | None) -> float:
    known = np.empty(0) if probabilities is None else np.asarray(probabilities, np.float64)
    known = known[~np.isnan(known)]
    if not len(known):
        return math.nan
    with np.errstate(divide="ignore"):
        return float(np.log(known).mean())


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _distinct(tokens: Sequence[str], n: int) -> float:
    count = len(tokens) - n + 1
    return len(set(zip(*(tokens[place:] for place in range(n)), strict=False))) / count if count > 0 else math.nan


def _repeats(tokens: Sequence[str]) -> tuple[float, float]:
    """Returns which share of the tokens the longest run of a phrase covers that comes twice, and `REPETITIVE_TIMES`.

    Phrases of up to 1,000 tokens are found, which keeps the time proportional to the number of tokens.
    """
    if not tokens:
        return math.nan, math.nan
    numbers = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    length = len(tokens)
    ids = np.fromiter((numbers[token] for token in tokens), np.int32, length)
    periods = min(length // 2, _LONGEST_PHRASE)
    padded = np.concatenate([ids, np.full(periods, -1, np.int32)])
    shifted = np.lib.stride_tricks.sliding_window_view(padded, length)
    twice = often = 0
    for first in range(1, periods + 1, max(_CELLS_AT_ONCE // length, 1)):
        # Row p is True where a token is that of p places later. A run of r covers r + p tokens; the padding ends each row.
        block = shifted[first : first + max(_CELLS_AT_ONCE // length, 1)] == ids
        starts, runs = _runs(block.ravel())
        period = starts // length + first
        covered = runs + period
        twice = max(twice, int(covered[runs >= period].max(initial=0)))
        often = max(often, int(covered[runs >= (REPETITIVE_TIMES - 1) * period].max(initial=0)))
    return twice / length, often / length


def _runs(values: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns where each run of True begins, and how long it is; the last value is False."""
    changes = np.flatnonzero(np.diff(values, prepend=False))
    return changes[::2], changes[1::2] - changes[::2]


def left_out() -> str:
    """Returns which measures against references cannot be had, since packages are missing, as sentences; "" if all can."""
    missing = {package: measures for package, measures in _PACKAGES.items() if find_spec(package) is None}
    if not missing:
        return ""
    return remark(
        "package missing for references" if len(missing) == 1 else "packages missing for references",
        packages=listed([*missing]),
        measures=listed([*missing.values()], last="a, b"),
    )


@cache
def warn_of_left_out() -> None:
    """Warns of `left_out`, once."""
    if left_out():
        warnings.warn(left_out(), stacklevel=3)


def _against(text: str, reference: str | None) -> dict[str, float]:
    if reference is None:
        return dict.fromkeys(("exact_match", "edit_distance", "chrf", "bleu"), math.nan)
    values = {"exact_match": float(text == reference), "edit_distance": _edit_distance(text, reference)}
    if not reference or find_spec("sacrebleu") is None:
        return {**values, "chrf": math.nan, "bleu": math.nan}
    tokenizer = bleu_tokenizer(spaceless_script(reference))
    return {
        **values,
        "chrf": _chrf().sentence_score(text, [reference]).score,
        "bleu": _bleu(tokenizer).sentence_score(text, [reference]).score,
    }


def _edit_distance(text: str, reference: str) -> float:
    if find_spec("rapidfuzz") is None:
        return math.nan
    from rapidfuzz.distance import Levenshtein

    return float(Levenshtein.distance(text, reference))


@lru_cache
def _chrf() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()


@lru_cache
def _bleu(tokenizer: str) -> Any:
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(tokenize=tokenizer, effective_order=True)
