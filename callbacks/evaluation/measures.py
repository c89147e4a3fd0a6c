"""Measures from counts that add up: each is a function of sums over examples, so that parts of a data set merge exactly.

A column is what one example contributes, float [examples, ...]. Summed over examples, with any leading axes such as draws of a
bootstrap, `[..., ...]` remain, and each measure makes `[...]` of them. Where there is nothing to measure, that is NaN.

| columns | of an example |
|---|---|
| `count`, `correct`, `in_top` | labels or tokens (or their weights), those predicted rightly, those among the k most probable |
| `loss` | minus the natural logarithm of the probability of what is right, summed |
| `actual`, `predicted`, `hits` | [classes] labels of each class, predictions of it, and those that are both |
| `bin_count`, `bin_confidence`, `bin_correct` | [bins] by the probability of what was predicted |
| `early_count`, `early_loss`, `late_count`, `late_loss` | of the first and the last quarter of the tokens |
| `texts`, `exact`, `edits`, `rouge1`, `rouge2`, `rougeL`; `bleu` [10], `chrf` [18] | see `texts.py` |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Sums = Mapping[str, Array]

BINS = 15
"""Of equal width, as in Guo et al., "On Calibration of Modern Neural Networks" (2017)."""


@dataclass(frozen=True)
class Measure:
    """A measure.

    Args:
        name: as scikit-learn, sacrebleu or rouge-score has it.
        columns: what it needs; the first one counts what it is of.
        of: makes numbers [...] of sums [..., ...] by name.
    """

    name: str
    columns: Sequence[str]
    of: Callable[[Sums], Array]


def ratio(above: Any, below: Any) -> Array:
    """Returns a / b, NaN where b is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(below) != 0, np.divide(above, below), np.nan)


def shares(above: Any, below: Any) -> Array:
    """Returns a / b, 0 where b is 0: what scikit-learn has for a class that is never predicted."""
    return np.nan_to_num(ratio(above, below))


def accuracy(sums: Sums) -> Array:
    """Returns the share of labels that were predicted, that of `accuracy_score`."""
    return ratio(sums["correct"], sums["count"])


def top_k_accuracy(sums: Sums) -> Array:
    """Returns the share of labels among the k most probable, that of `top_k_accuracy_score` where no two are equally probable.

    Of those that are, each has the middle rank, rounded up: a model to which all are alike does as well as chance, not always.
    """
    return ratio(sums["in_top"], sums["count"])


def log_loss(sums: Sums) -> Array:
    """Returns the mean of minus the logarithms of the probabilities of what is right, in nats; that of `log_loss`."""
    return ratio(sums["loss"], sums["count"])


def perplexity(sums: Sums) -> Array:
    """Returns exp of the mean loss (Jelinek et al., "Perplexity, a measure of the difficulty of speech recognition", 1977)."""
    with np.errstate(over="ignore"):
        return np.exp(log_loss(sums))


def in_context_score(sums: Sums) -> Array:
    """Returns the mean loss of the last quarter of the tokens less that of the first: below 0 where what comes before helps.

    After Olsson et al., "In-context Learning and Induction Heads" (2022), who take the 500th and the 50th token.
    """
    return ratio(sums["late_loss"], sums["late_count"]) - ratio(sums["early_loss"], sums["early_count"])


def expected_calibration_error(sums: Sums) -> Array:
    """Returns the mean distance of confidence and accuracy over `BINS` of equal width, each by what is in it (Guo et al., 2017)."""
    apart = np.abs(sums["bin_correct"] - sums["bin_confidence"]).sum(axis=-1)
    return ratio(apart, sums["bin_count"].sum(axis=-1))


def precision_of_classes(sums: Sums) -> Array:
    """Returns [..., classes], that of `precision_score(average=None)`."""
    return shares(sums["hits"], sums["predicted"])


def recall_of_classes(sums: Sums) -> Array:
    """Returns [..., classes], that of `recall_score(average=None)`."""
    return shares(sums["hits"], sums["actual"])


def f1_of_classes(sums: Sums) -> Array:
    """Returns [..., classes], that of `f1_score(average=None)`."""
    return shares(2 * sums["hits"], sums["predicted"] + sums["actual"])


_OF_CLASSES = {"precision": precision_of_classes, "recall": recall_of_classes, "f1": f1_of_classes}
_BELOW: dict[str, Callable[[Sums], Array]] = {
    "precision": lambda sums: sums["predicted"],
    "recall": lambda sums: sums["actual"],
    "f1": lambda sums: (sums["predicted"] + sums["actual"]) / 2,
}
_CLASS_COLUMNS = ("count", "hits", "predicted", "actual")


def _micro(name: str) -> Callable[[Sums], Array]:
    below = _BELOW[name]
    return lambda sums: ratio(sums["hits"].sum(axis=-1), below(sums).sum(axis=-1))


def _macro(name: str) -> Callable[[Sums], Array]:
    """Returns the mean over the classes that are there or predicted, as scikit-learn takes it."""

    def macro(sums: Sums) -> Array:
        is_there = (sums["actual"] + sums["predicted"]) > 0
        return ratio((_OF_CLASSES[name](sums) * is_there).sum(axis=-1), is_there.sum(axis=-1))

    return macro


def balanced_accuracy(sums: Sums) -> Array:
    """Returns the mean recall of the classes that are there, that of `balanced_accuracy_score`."""
    is_there = sums["actual"] > 0
    return ratio((recall_of_classes(sums) * is_there).sum(axis=-1), is_there.sum(axis=-1))


def _of_class(name: str, place: int) -> Callable[[Sums], Array]:
    return lambda sums: _OF_CLASSES[name](sums)[..., place]


def mean_of(column: str) -> Callable[[Sums], Array]:
    """Returns the measure that is a column's mean over texts."""
    return lambda sums: ratio(sums[column], sums["texts"])


def bleu(sums: Sums) -> Array:
    """Returns BLEU of a corpus, 0 to 100, as sacrebleu has it with its usual settings (Papineni et al., 2002).

    The column holds lengths of text and reference, then matching n-grams and all n-grams of orders 1 to 4; zeros are smoothed
    as in NIST's mteval-v13a.
    """
    length, wanted = sums["bleu"][..., 0], sums["bleu"][..., 1]
    correct, total = sums["bleu"][..., 2:6], sums["bleu"][..., 6:10]
    # Orders behind the first that no text is long enough for are not looked at, and count as precision 0.
    is_there = np.logical_and.accumulate(total > 0, axis=-1)
    halvings = np.cumsum((correct == 0) & is_there, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(correct > 0, correct, 0.5**halvings) / total
        logarithms = np.log(np.where(is_there, precision, 0)).mean(axis=-1)
        brevity = np.where(length < wanted, np.exp(1 - wanted / length), 1)
        score = 100 * brevity * np.exp(logarithms)
    score = np.where(correct.any(axis=-1), score, 0)
    return np.where(sums["texts"] > 0, score, np.nan)


def chrf(sums: Sums) -> Array:
    """Returns chrF2 of a corpus, 0 to 100, as sacrebleu has it with its usual settings (Popović, 2015).

    The column holds for each order 1 to 6 the character n-grams of text and reference, and those that match.
    """
    counts = sums["chrf"].reshape(*sums["chrf"].shape[:-1], 6, 3)
    is_there = (counts[..., 0] > 0) & (counts[..., 1] > 0)
    orders = is_there.sum(axis=-1)
    precision = ratio((shares(counts[..., 2], counts[..., 0]) * is_there).sum(axis=-1), orders)
    recall = ratio((shares(counts[..., 2], counts[..., 1]) * is_there).sum(axis=-1), orders)
    score = shares(100 * 5 * precision * recall, 4 * precision + recall)
    return np.where(sums["texts"] > 0, score, np.nan)


def of_labels(top: int) -> list[Measure]:
    """Returns the measures of any predictions; `top` is the k of `top_k_accuracy`, 0 for none."""
    return [
        Measure("accuracy", ("count", "correct"), accuracy),
        *([Measure(f"top_{top}_accuracy", ("count", "in_top"), top_k_accuracy)] if top else []),
        Measure("log_loss", ("count", "loss"), log_loss),
    ]


PERPLEXITY = Measure("perplexity", ("count", "loss"), perplexity)
IN_CONTEXT_SCORE = Measure(
    "in_context_score", ("late_count", "late_loss", "early_count", "early_loss"), in_context_score
)


def of_calibration() -> list[Measure]:
    """Returns the measures of whether probabilities are what they say."""
    columns = ("bin_count", "bin_confidence", "bin_correct")
    return [Measure("expected_calibration_error", columns, expected_calibration_error)]


def of_classes() -> list[Measure]:
    """Returns the measures over all classes."""
    micro = [Measure(f"{name}_micro", _CLASS_COLUMNS, _micro(name)) for name in _OF_CLASSES]
    macro = [Measure(f"{name}_macro", _CLASS_COLUMNS, _macro(name)) for name in _OF_CLASSES]
    return [Measure("balanced_accuracy", _CLASS_COLUMNS, balanced_accuracy), *micro, *macro]


def of_each_class(classes: Sequence[str]) -> list[Measure]:
    """Returns the measures of single classes, "<measure>/<class>"."""
    return [
        Measure(f"{name}/{each}", _CLASS_COLUMNS, _of_class(name, place))
        for place, each in enumerate(classes)
        for name in _OF_CLASSES
    ]


def of_texts(has: Callable[[str], bool]) -> list[Measure]:
    """Returns the measures of texts beside references, of the columns that there are."""
    own = {"exact_match": "exact", "edit_distance": "edits", **{name: name for name in ("rouge1", "rouge2", "rougeL")}}
    means = [Measure(name, ("texts", column), mean_of(column)) for name, column in own.items() if has(column)]
    corpus = [Measure(name, ("texts", name), of) for name, of in (("bleu", bleu), ("chrf", chrf)) if has(name)]
    return [*means, *corpus]


def roc_auc_columns(
    scores: npt.ArrayLike, positive: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> dict[str, Array]:
    """Returns of each example which share of the others it is on the right side of, as columns that `roc_auc_of` makes the area of.

    Args:
        scores: numbers [examples].
        positive: bool [examples].
        weights: numbers [examples], 0 for what does not count; None for 1 each.
    """
    scores, is_positive = np.asarray(scores, np.float64), np.asarray(positive, bool)
    given = np.ones(len(scores)) if weights is None else np.asarray(weights, np.float64)

    def share_below(others: npt.NDArray[np.bool_]) -> Array:
        order = np.argsort(scores[others], kind="stable")
        heavy = np.cumsum(np.concatenate([[0.0], given[others][order]]))
        left, right = (np.searchsorted(scores[others][order], scores, side=side) for side in ("left", "right"))
        return np.asarray((heavy[left] + heavy[right]) / 2 / (heavy[-1] or 1), np.float64)

    return {
        "positive": given * is_positive,
        "negative": given * ~is_positive,
        "beaten": given * share_below(~is_positive) * is_positive,
        "unbeaten": given * (1 - share_below(is_positive)) * ~is_positive,
    }


def roc_auc_of(whole: float) -> Measure:
    """Returns the area under the ROC curve as draws near a whole have it, to first order in how often each example is drawn.

    Of the whole itself it is exact (DeLong et al., "Comparing the areas under two or more correlated receiver operating
    characteristic curves", 1988, for the shares).
    """
    return Measure(
        "roc_auc",
        ("positive", "negative", "beaten", "unbeaten"),
        lambda sums: ratio(sums["beaten"], sums["positive"]) + ratio(sums["unbeaten"], sums["negative"]) - whole,
    )


def roc_auc(scores: npt.ArrayLike, positive: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Array:
    """Returns the area under the ROC curve, that of `roc_auc_score`: how often what is positive scores higher; ties count half.

    Args:
        scores: numbers [examples].
        positive: bool [examples].
        weights: numbers [..., examples], such as draws of a bootstrap; None for 1 each.

    Returns:
        numbers [...], NaN where there are not both.
    """
    scores, positive = np.asarray(scores, np.float64), np.asarray(positive, bool)
    given = np.ones(len(scores)) if weights is None else np.asarray(weights)
    order = np.argsort(scores, kind="stable")
    first = np.flatnonzero(np.diff(scores[order], prepend=np.nan))  # of each score
    if not len(first):
        return np.full(given.shape[:-1], np.nan)
    ordered, is_positive = given[..., order], positive[order]
    up = np.add.reduceat(ordered * is_positive, first, axis=-1, dtype=np.float64)
    down = np.add.reduceat(ordered * ~is_positive, first, axis=-1, dtype=np.float64)
    below = np.cumsum(down, axis=-1) - down / 2
    return ratio((up * below).sum(axis=-1), up.sum(axis=-1) * down.sum(axis=-1))
