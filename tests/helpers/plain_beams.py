"""Beam search by a plain loop, and what was found held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from helpers.writers import (
    Probabilities,
)
from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch, BeamTree
from tb_seqviz_plugin.callbacks.generation.generated import Generated


@dataclass(frozen=True)
class Hypothesis:
    ids: tuple[int, ...] = ()
    score: float = 0.0

    def has_ended(self, search: BeamSearch) -> bool:
        return search.stop is not None and self.ids[-1:] == (search.stop,)

    def rank(self, search: BeamSearch) -> float:
        return self.score / ((5 + len(self.ids)) / 6) ** search.length_penalty


def beams_plainly(
    ask: Callable[[list[int]], Probabilities], prompt: Sequence[int], search: BeamSearch, stops_early: bool = True
) -> Iterator[list[Hypothesis]]:
    """Yields the beam after every step, by a plain loop over single hypotheses."""
    beam = [Hypothesis()]
    for _ in range(search.max_length):
        candidates = []
        for hypothesis in beam:
            if hypothesis.has_ended(search):
                candidates.append(hypothesis)
                continue
            scores = hypothesis.score + np.log(ask([*prompt, *hypothesis.ids]))
            candidates += [Hypothesis((*hypothesis.ids, token), score) for token, score in enumerate(scores.tolist())]
        beam = sorted(candidates, key=lambda candidate: candidate.rank(search), reverse=True)[: search.width]
        yield beam
        ended = [hypothesis for hypothesis in beam if hypothesis.has_ended(search)]
        others = [Hypothesis(each.ids[:1] * search.max_length, each.score) for each in beam if each not in ended]
        bound = max((other.rank(search) for other in others), default=-np.inf)
        if stops_early and ended and max(each.rank(search) for each in ended) > bound:
            return


def texts_of(tree: BeamTree) -> list[tuple[int, ...]]:
    """Returns all tokens up to each node."""
    texts: list[tuple[int, ...]] = []
    for parent, token in zip(tree.parents.tolist(), tree.token_ids.tolist(), strict=True):
        assert parent < len(texts)
        texts.append((*(texts[parent] if parent >= 0 else ()), token))
    return texts


def check(found: Generated, ask: Callable[[list[int]], Probabilities], prompt: list[int], search: BeamSearch) -> None:
    """Holds what was found against a plain beam search."""
    beams = list(beams_plainly(ask, prompt, search))
    *_, last = beams_plainly(ask, prompt, search, stops_early=False)
    best, kept = last[0], {hypothesis.ids: hypothesis.score for beam in beams for hypothesis in beam}
    assert (found.temperature, found.repeat) == (0, 0)
    assert found.ids.tolist() == list(best.ids)
    tree = found.tree
    assert tree is not None
    texts = texts_of(tree)
    assert len(texts) == len(set(texts))
    assert set(texts) == set(kept)
    ends = {hypothesis.ids for hypothesis in beams[-1]} | {ids for ids in kept if ids[-1] == search.stop}
    for node, text in enumerate(texts):
        assert tree.scores[node] == pytest.approx(kept[text], rel=1e-3, abs=1e-3)
        assert tree.probabilities[node] == pytest.approx(ask([*prompt, *text[:-1]])[text[-1]], rel=1e-3)
        assert tree.is_best[node] == (text == best.ids[: len(text)])
        assert tree.is_end[node] == (text in ends)
    for place, token in enumerate(best.ids):
        chances = ask([*prompt, *best.ids[:place]])
        order = np.argsort(-chances)
        assert found.probabilities[place] == pytest.approx(chances[token], rel=1e-3)
        assert found.ranks[place] == 1 + order.tolist().index(token)
        assert found.alternative_ids[place].tolist() == order[:5].tolist()
        np.testing.assert_allclose(found.alternative_probabilities[place], chances[order[:5]], rtol=1e-3)


def remembering(ask: Callable[[list[int]], Probabilities]) -> Callable[[list[int]], Probabilities]:
    """Returns the same function, which asks once for each text."""
    asked: dict[tuple[int, ...], Probabilities] = {}

    def remembered(ids: list[int]) -> Probabilities:
        if tuple(ids) not in asked:
            asked[tuple(ids)] = ask(ids)
        return asked[tuple(ids)]

    return remembered
