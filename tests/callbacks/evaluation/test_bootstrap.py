"""Intervals: the same for the same seed, by example, and around what is true as often as they say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from tb_seqviz_plugin.callbacks.evaluation import bootstrap
from tb_seqviz_plugin.callbacks.evaluation.bootstrap import Bootstrap, ends_of
from tb_seqviz_plugin.callbacks.evaluation.measures import (
    Measure,
    accuracy,
    of_classes,
    roc_auc,
    roc_auc_columns,
    roc_auc_of,
)

ACCURACY = Measure("accuracy", ("count", "correct"), accuracy)
TRUE = 0.8


def interval(
    drawing: Bootstrap, columns: dict[str, np.ndarray], rows: np.ndarray, measure: Measure = ACCURACY
) -> tuple[float, float]:
    return ends_of(measure.of(drawing.sums(columns, rows)), len(rows))


def of_labels(random: np.random.Generator, examples: int) -> dict[str, np.ndarray]:
    return {"count": np.ones(examples), "correct": (random.random(examples) < TRUE).astype(float)}


def of_tokens(random: np.random.Generator, examples: int) -> dict[str, np.ndarray]:
    """Tokens of one example are alike: as if each were one would make the intervals far too short."""
    count = random.integers(1, 20, examples)
    chance = random.beta(TRUE * 2, (1 - TRUE) * 2, examples)
    return {"count": count.astype(float), "correct": random.binomial(count, chance).astype(float)}


def coverage(draw: Callable[..., dict[str, np.ndarray]], examples: int, repeats: int) -> float:
    random = np.random.default_rng(examples)
    inside = 0
    for _ in range(repeats):
        low, high = interval(Bootstrap(examples, 400, seed=1), draw(random, examples), np.arange(examples))
        inside += low <= TRUE <= high
    return inside / repeats


def test_what_is_true_is_inside_as_often_as_is_said() -> None:
    assert 0.90 <= coverage(of_tokens, 200, 120) <= 0.99


@pytest.mark.long
@pytest.mark.parametrize("draw", [of_labels, of_tokens])
@pytest.mark.parametrize("examples", [60, 200, 1000])
def test_coverage_is_within_two_points(draw: Callable[..., dict[str, np.ndarray]], examples: int) -> None:
    assert 0.93 <= coverage(draw, examples, 2000) <= 0.97


CHANCES = np.array([[0.3, 0.1, 0.05], [0.05, 0.2, 0.05], [0.05, 0.05, 0.15]])
"""How probable each pair of a class (rows) and what is predicted is."""
F1_MACRO = next(measure for measure in of_classes() if measure.name == "f1_macro")
SHIFT = 1.0


def of_pairs(random: np.random.Generator, examples: int) -> dict[str, np.ndarray]:
    pairs = np.eye(9)[random.choice(9, examples, p=CHANCES.ravel())].reshape(-1, 3, 3)
    actual, predicted = pairs.sum(axis=2), pairs.sum(axis=1)
    return {"count": np.ones(examples), "actual": actual, "predicted": predicted, "hits": actual * predicted}


@pytest.mark.long
@pytest.mark.parametrize("examples", [200, 1000])
def test_coverage_of_the_macro_f1_and_of_the_area_under_the_curve_is_within_two_points(examples: int) -> None:
    f1 = float(np.mean(2 * np.diag(CHANCES) / (CHANCES.sum(axis=0) + CHANCES.sum(axis=1))))
    area = float(stats.norm.cdf(SHIFT / np.sqrt(2)))
    random, rows, inside = np.random.default_rng(examples), np.arange(examples), np.zeros(2)
    for _ in range(2000):
        drawing = Bootstrap(examples, 400, seed=1)
        low, high = interval(drawing, of_pairs(random, examples), rows, F1_MACRO)
        positive = random.random(examples) < 0.4
        scores = random.normal(size=examples) + SHIFT * positive
        of_whole = roc_auc_of(float(roc_auc(scores, positive)))
        lower, upper = interval(drawing, roc_auc_columns(scores, positive), rows, of_whole)
        inside += [low <= f1 <= high, lower <= area <= upper]
    assert ((inside / 2000 >= 0.93) & (inside / 2000 <= 0.97)).all(), inside / 2000


def test_the_same_seed_draws_the_same_and_another_draws_others() -> None:
    columns = of_tokens(np.random.default_rng(0), 500)
    rows = np.arange(0, 500, 3)
    once, again, other = (interval(Bootstrap(500, 300, seed), columns, rows) for seed in (5, 5, 6))
    assert once == again
    assert once != other


def test_slices_of_any_size_and_order_are_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_AT_ONCE", 50)
    columns = of_tokens(np.random.default_rng(0), 500)
    for rows in (np.arange(500), np.arange(3, 480, 2), np.arange(2)):
        low, high = interval(Bootstrap(500, 300, 0), columns, rows)
        whole = columns["correct"][rows].sum() / columns["count"][rows].sum()
        assert low <= whole <= high
        plain = np.random.default_rng(1).integers(0, len(rows), (2000, len(rows)))
        drawn = columns["correct"][rows][plain].sum(axis=1) / columns["count"][rows][plain].sum(axis=1)
        if len(rows) > 100:
            assert (low, high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.01)


def test_of_one_example_there_is_no_interval() -> None:
    columns = of_labels(np.random.default_rng(0), 3)
    assert np.isnan(interval(Bootstrap(3, 100, 0), columns, np.arange(1))).all()


def test_measures_that_are_no_means_have_intervals_too() -> None:
    random = np.random.default_rng(0)
    labels, predicted = random.integers(0, 3, 300), random.integers(0, 3, 300)
    eye = np.eye(3)
    columns = {
        "count": np.ones(300),
        "actual": eye[labels],
        "predicted": eye[predicted],
        "hits": eye[labels] * (labels == predicted)[:, None],
    }
    rows = np.arange(300)
    drawing = Bootstrap(300, 400, 0)
    for measure in of_classes():
        low, high = interval(drawing, columns, rows, measure)
        whole = float(measure.of({name: column.sum(axis=0) for name, column in columns.items()}))
        assert low < whole < high


def test_the_area_under_the_curve_is_drawn_as_if_it_were_computed_of_each_draw() -> None:
    random = np.random.default_rng(0)
    positive = random.random(300) < 0.3
    scores = (random.random(300) + 0.5 * positive).round(2)
    whole, columns, rows = float(roc_auc(scores, positive)), roc_auc_columns(scores, positive), np.arange(300)
    measure = roc_auc_of(whole)
    assert measure.of({name: column.sum() for name, column in columns.items()}) == pytest.approx(whole)
    drawn = random.integers(0, 300, (2000, 300))
    plain = np.quantile([roc_auc(scores[each], positive[each]) for each in drawn], [0.025, 0.975])
    assert interval(Bootstrap(300, 2000, 0), columns, rows, measure) == pytest.approx(plain, abs=0.01)


def test_students_t_is_as_in_tables() -> None:
    for degrees in (3, 10, 100):
        assert bootstrap._students_t(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=0.01)
