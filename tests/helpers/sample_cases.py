"""Samples for tests: what is hard about them, and what it means that one came back."""

from __future__ import annotations

import numpy as np

from tb_seqviz_plugin import BeamTree, Sample

HOSTILE = {
    "empty": ["", ""],
    "lone surrogate": ["a", "\udce9", "\ud83d"],
    "right to left": ["\u202e", "שלום", " عالم"],
    "joined emoji": ["👩", "\u200d", "👩‍👧", "🇫🇷"],
    "combining": ["e", "\u0301", "각"],
    "control": ["\x00", "\n", "\r\n", "\t", "\x1b[31m", "\u2028"],
    "markup": ["<img src=x onerror=alert(1)>", '"', "\\", "</script>"],
    "empty tokens": ["", "日本", "", "語"],
}
"""Tokens by what is hard about them."""

PROBABILITY_BOUND = 0.00034


def tree() -> BeamTree:
    """Returns two hypotheses of two tokens, the second of which was chosen, and one that was given up."""
    return BeamTree(
        parents=np.array([-1, -1, 0, 1, 1], np.int32),
        tokens=["der", "ein", "Hund", "Hund", "</s>"],
        probabilities=np.array([0.5, 0.4, 0.5, 0.9, 0.0], np.float32),
        scores=np.array([-0.5, -0.75, -1.25, -1, -np.inf], np.float32),
        best=np.array([False, True, False, True, False]),
        ends=np.array([False, False, True, True, True]),
    )


def cases() -> dict[str, list[Sample]]:
    """Returns the samples of each record; measures are given, so that only what is stored has a say."""
    measures = {"log_probability": -1.5, "perplexity": float("inf"), "length": 3.0}
    return {
        "temperatures": [
            Sample(
                prompt="Once",
                text=" upon a",
                temperature=temperature,
                repeat=repeat,
                tokens=[" upon", " ", "a"],
                probabilities=[0.5, 1e-6, float("nan")],
                ranks=[1, 300, 2],
                alternatives=[[(" upon", 0.5), (" more", 0.25)], [(" ", 1e-6)], []],
                measures={**measures, "length": 3.0 + repeat},
                attention=f"probe/{repeat}",
                first_query=repeat,
                notes=["Made for tests."],
            )
            for temperature in (0.0, 0.5)
            for repeat in range(2)
        ],
        "bare": [Sample(prompt, "", measures=measures) for prompt in ("", "日本\n", "\ud83d")],
        "beams": [
            Sample("the dog", "der", reference="der Hund", measures=measures),
            Sample(
                "the dog",
                "ein Hund",
                temperature=0,
                tokens=["ein", "Hund"],
                lengths=[3, 5],
                probabilities=[0.4, 0.9],
                reference="der Hund",
                beams=2,
                tree=tree(),
                measures=measures,
            ),
        ],
        "hostile": [
            Sample(name, "".join(tokens), repeat=place, tokens=tokens, ranks=range(len(tokens)), measures=measures)
            for place, (name, tokens) in enumerate(HOSTILE.items())
        ],
    }


def assert_same(after: Sample, before: Sample) -> None:
    """Fails unless a sample that was read is the one that was logged; what is not known of a token is NaN, 0 or nothing."""
    count = len(before.tokens)
    for name in ("prompt", "text", "reference", "temperature", "repeat", "beams", "attention", "first_query"):
        assert getattr(after, name) == getattr(before, name), name
    for name in ("tokens", "lengths", "notes"):
        assert list(getattr(after, name)) == list(getattr(before, name)), name
    assert list(after.ranks) == list(before.ranks or [0] * count)
    assert_close(after.probabilities, before.probabilities or [np.nan] * count)
    if any(map(len, before.alternatives)):
        names = [[token for token, _ in row] for row in before.alternatives]
        assert [[token for token, _ in row] for row in after.alternatives] == names
        for read, logged in zip(after.alternatives, before.alternatives, strict=True):
            assert_close([value for _, value in read], [value for _, value in logged])
    else:
        assert list(after.alternatives) == []
    for name, value in before.measures.items():
        np.testing.assert_equal(after.measures[name], np.float32(value))
    assert (after.tree is None) == (before.tree is None)
    if after.tree is not None and before.tree is not None:
        assert list(after.tree.tokens) == list(before.tree.tokens)
        assert_close(after.tree.probabilities, before.tree.probabilities)
        for name in ("parents", "scores", "best", "ends"):
            np.testing.assert_array_equal(getattr(after.tree, name), getattr(before.tree, name))


def assert_close(after: object, before: object) -> None:
    """Fails unless probabilities are those that were logged, as far as two bytes tell them."""
    np.testing.assert_allclose(np.array(after, float), np.array(before, float), rtol=PROBABILITY_BOUND, equal_nan=True)
