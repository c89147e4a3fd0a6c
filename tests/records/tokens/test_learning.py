"""When tokens are learnt and forgotten, and the data map, on curves of which that is plain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.records.tokens.learning import data_map, learnt_at, token_learning

SIZE = 100
CHANCE = np.log(SIZE)


def test_a_token_is_learnt_halfway_between_chance_and_its_best() -> None:
    steps = np.array([0, 10, 20, 30])
    surprisals = np.array(
        [
            [CHANCE, CHANCE, 2 * CHANCE, np.nan],
            [CHANCE * 0.51, CHANCE * 0.4, 1.5 * CHANCE, np.nan],
            [CHANCE * 0.49, CHANCE * 0.9, CHANCE, np.nan],
            [0, CHANCE * 0.6, 1.2 * CHANCE, np.nan],
        ]
    )
    assert learnt_at(steps, surprisals, SIZE).tolist() == [20, 10, -1, -1]


def test_a_token_is_forgotten_where_it_loses_rank_1(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        for step, ranks in enumerate([[0, 1, 1, 5], [0, 2, 1, 5], [0, 1, 1, 5], [0, 3, 1, 1]]):
            writer.tokens(
                "t", "abcd", list("abcd"), [np.nan, 0.2, 0.9, 0.1], ranks=ranks, vocabulary_size=SIZE, step=step
            )
    found = token_learning(list(seqviz.read(tmp_path, "tokens"))[::-1])
    assert found.steps.tolist() == [0, 1, 2, 3]
    assert found.forgettings.tolist() == [0, 2, 0, 0]
    assert found.forgotten.tolist() == [False, True, False, False]
    assert found.learnt.tolist() == [-1, 0, 0, 0]


def test_the_data_map_is_mean_and_deviation_over_the_steps(tmp_path: Path) -> None:
    rows = [{"slice": "all", "measure": "accuracy", "value": 1}]
    with seqviz.Writer(tmp_path) as writer:
        for step, chances in enumerate([(0.5, 0.25), (0.5, 0.75)]):
            examples = [seqviz.EvaluationExample("in", probability=chance) for chance in chances]
            writer.evaluation("v", rows, examples=examples, step=step)
    records = list(seqviz.read(tmp_path, "evaluation"))
    confidence, variability = data_map(records)
    np.testing.assert_allclose(confidence, [0.5, 0.5], rtol=1e-3)
    np.testing.assert_allclose(variability, [0, 0.25], rtol=1e-3)


def test_what_does_not_belong_together_is_refused(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.tokens("a", "a", ["a"], [0.5], step=0)
        writer.tokens("b", "b", ["b"], [0.5], step=0)
    with pytest.raises(ValueError, match="records are of 2 texts; expected those of one run and tag"):
        token_learning(list(seqviz.read(tmp_path, "tokens")))
    with pytest.raises(ValueError, match="records hold 0 sets of examples"):
        data_map([])
