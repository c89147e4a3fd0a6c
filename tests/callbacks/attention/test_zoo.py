"""Whatever attends is drawn as the model used it, on its axes, with its tokens, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.zoo import SPECIMENS, VARIANTS
from helpers.zoo.compared import differences, logged, mutants, weights_differ
from helpers.zoo.not_yet import NOT_YET
from helpers.zoo.reference import softmax
from helpers.zoo.specimen import Drawn, Specimen


def _marks(name: str) -> list[pytest.MarkDecorator]:
    marks = [pytest.mark.long] if name in VARIANTS else []
    return [*marks, pytest.mark.xfail(strict=True, reason=NOT_YET[name])] if name in NOT_YET else marks


@pytest.mark.parametrize("name", [pytest.param(name, marks=_marks(name)) for name in SPECIMENS])
def test_what_the_model_used_is_drawn(name: str, tmp_path: Path) -> None:
    specimen = SPECIMENS[name]()
    _check(specimen)
    wrong = differences(specimen, logged(specimen, tmp_path))
    assert not wrong, "\n".join(wrong)


def _check(specimen: Specimen) -> None:
    """That the comparison would tell weights that are wrong in any way from those expected."""
    for drawn in specimen.drawn:
        for what, wrong in mutants(drawn.weights).items():
            told_apart = [
                bool(weights_differ(drawn, weights, example, specimen.tolerance))
                for example, weights in enumerate(wrong.astype(np.float32))
            ]
            if not any(told_apart):
                raise LookupError(f"The weights would pass with {what}.")


_SCORES = 2 * np.random.default_rng(3).normal(size=(2, 3, 5, 5))
_MASK = np.tril(np.ones((5, 5)))
_USED = softmax(_SCORES) * _MASK / (softmax(_SCORES) * _MASK).sum(-1, keepdims=True)


@pytest.mark.parametrize("what", [*mutants(_USED), "before the mask", "before they were normalised", "half a row more"])
def test_the_comparison_rejects(what: str) -> None:
    drawn = Drawn("decoder self", "x", "x", weights=_USED)
    before = {
        "before the mask": softmax(_SCORES),
        "before they were normalised": softmax(_SCORES) * _MASK,
        "half a row more": _USED * np.where(np.arange(5) == 4, 1.5, 1)[:, None],
    }
    wrong = {**mutants(_USED), **before}[what]
    assert not any(weights_differ(drawn, weights, number) for number, weights in enumerate(_USED))
    assert any(weights_differ(drawn, weights, number) for number, weights in enumerate(wrong))


def test_the_list_of_what_is_not_right_yet_names_specimens() -> None:
    assert set(NOT_YET) <= set(SPECIMENS)
