"""Each bug that is planted raises its alarm and no other; healthy heads raise none. Through a `Writer` and `read`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import Alarm, AttentionLayer
from tb_seqviz_plugin.schema.attention import ALARMS, LASTING_RECORDS, Role

TOKENS = list("abcdefghij")
PADDED = [*TOKENS[:7], "[PAD]", "[PAD]", "[PAD]"]
STEPS = range(LASTING_RECORDS + 4)

Log = Callable[[Sequence[Sequence[AttentionLayer]]], list[Alarm]]


@pytest.fixture
def alarms_of(tmp_path: Path) -> Log:
    def logged(records: Sequence[Sequence[AttentionLayer]]) -> list[Alarm]:
        with seqviz.Writer(tmp_path) as writer:
            for step, layers in enumerate(records):
                writer.attention("a", layers, step=10 * step)
        found = []
        for record in seqviz.read(tmp_path, "attention"):
            assert all(alarm.step == record.step for alarm in record.alarms)
            found += record.alarms
        return found

    return logged


def softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32)


def heads(step: int, sharpness: float = 2.0) -> np.ndarray:
    """Four heads over ten tokens, others at each step."""
    return softmax(sharpness * np.random.default_rng(step).normal(size=(4, 10, 10)))


def layer(weights: np.ndarray, role: Role = "encoder self", keys: Sequence[str] = TOKENS) -> AttentionLayer:
    return AttentionLayer("block/attention", weights, TOKENS if role == "cross" else keys, keys, role=role)


def masked(weights: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    kept = weights * allowed
    return kept / kept.sum(axis=-1, keepdims=True)


def test_healthy_heads_raise_none(alarms_of: Log) -> None:
    learning = [0.01 * 1.6**step for step in STEPS]
    seen = np.arange(10) < 7
    diagonal = np.eye(10) * 8
    records = []
    for step in STEPS:
        scores = np.random.default_rng(0).normal(size=(4, 10, 10)) * learning[step]
        records.append(
            [
                layer(softmax(scores)),
                # Sharp in the end: the token before, and an alignment.
                layer(softmax(np.eye(10, k=-1) * learning[step] * 20)[None], "other"),
                layer(softmax(diagonal * learning[step])[None], "cross"),
                layer(masked(softmax(scores), seen), keys=PADDED),
                layer(masked(softmax(scores), np.tri(10)), "decoder self"),
                layer(masked(softmax(scores), seen), "cross", PADDED),
                # Padding by another name, as where no vocabulary was given.
                layer(masked(softmax(scores), seen), "cross", [*map(str, range(1, 8)), "0", "0", "0"]),
            ]
        )
    assert alarms_of(records) == []


def test_texts_of_one_word_and_of_none_raise_none(alarms_of: Log) -> None:
    word, none = ["go", *["[PAD]"] * 9], ["[PAD]"] * 10
    one = np.zeros((2, 10, 10), np.float32)
    one[..., 0] = 1
    two = np.tile(np.float32([0.995, 0.005] + [0] * 8), (2, 10, 1))
    layers = [
        layer(one, keys=word),
        layer(one, "cross", word),
        # Of two words there are two queries.
        layer(two, keys=["go", ".", *["[PAD]"] * 8]),
        # All is masked, of which a softmax makes equal weights.
        AttentionLayer("words", np.full((1, 1, 10), 0.1, np.float32), (), none),
    ]
    assert alarms_of([layers for _ in STEPS]) == []


def test_positions_that_nobody_looks_at_are_no_words(alarms_of: Log) -> None:
    silent = masked(heads(0), np.arange(10) != 4)
    assert alarms_of([[layer(silent, "cross", [*map(str, range(10))])]]) == []


def test_what_all_cross_layers_do_is_told_of_one_that_tells(alarms_of: Log) -> None:
    hidden = masked(heads(0), np.arange(10) != 4)
    broken = hidden.copy()
    broken[0, 0, 0] = np.nan
    other = AttentionLayer("other/attention", hidden[:2], TOKENS, TOKENS, role="cross")
    found = alarms_of([[layer(weights, "cross"), other] for weights in (hidden, broken, hidden)])
    told = [(alarm.step, alarm.layer, alarm.heads) for alarm in found if alarm.kind == "uncovered"]
    assert told == [(0, "block/attention", [0, 1, 2, 3]), (10, "other/attention", [0, 1])]


def test_padding_that_is_looked_at(alarms_of: Log) -> None:
    (alarm,) = alarms_of([[layer(heads(step), keys=PADDED)] for step in STEPS])
    expected = heads(0)[:, :7, 7:].sum(axis=-1).mean(axis=-1)
    assert (alarm.kind, alarm.step, alarm.layer) == ("padding", 0, "block/attention")
    assert (alarm.head, alarm.heads) == (int(expected.argmax()), [0, 1, 2, 3])
    assert alarm.value == pytest.approx(expected.max(), rel=1e-5)
    assert alarm.text == (
        f"All 4 heads of 'block/attention' put up to {alarm.value:.1%} of the weight on padding. The padding mask probably does "
        "not reach this layer: pass mask_zero=True to the embedding or attention_mask= to the layer, and see that no layer in "
        "between drops the mask."
    )


def test_a_decoder_that_looks_ahead(alarms_of: Log) -> None:
    records = [[layer(heads(step), "decoder self")] for step in STEPS]
    (alarm,) = alarms_of(records)
    assert (alarm.kind, alarm.step) == ("future", 0)
    assert alarm.value == pytest.approx(np.triu(heads(0), 1).sum(axis=-1).mean(axis=-1).max(), rel=1e-5)


def test_a_head_that_learns_nothing(alarms_of: Log) -> None:
    records = [heads(step) for step in STEPS]
    for weights in records:
        weights[2] = 0.1
    (alarm,) = alarms_of([[layer(weights)] for weights in records])
    assert (alarm.kind, alarm.step, alarm.head, alarm.heads) == ("uniform", 10 * (LASTING_RECORDS - 1), 2, [2])


def test_a_head_that_sees_one_token_alone(alarms_of: Log) -> None:
    records = [heads(step) for step in STEPS]
    for weights in records:
        weights[1] = np.eye(10)[4]
    (alarm,) = alarms_of([[layer(weights)] for weights in records])
    assert (alarm.kind, alarm.step, alarm.head) == ("collapsed", 10 * (LASTING_RECORDS - 1), 1)


@pytest.mark.parametrize("is_masked", [True, False])
def test_all_heads_that_see_one_token_and_nothing_else(is_masked: bool, tmp_path: Path) -> None:
    one = np.zeros((2, 10, 10), np.float32)
    one[..., 3] = 1
    mask = np.ones((10, 10), bool) if is_masked else None
    with seqviz.Writer(tmp_path) as writer:
        for step in range(-1, LASTING_RECORDS):
            # Without a mask it was seen before that there are others.
            writer.attention("a", {"x": one if is_masked or step >= 0 else heads(0)[:2]}, step=step + 1, mask=mask)
    found = [alarm for record in seqviz.read(tmp_path) for alarm in record.alarms]
    assert [(alarm.kind, alarm.heads) for alarm in found] == [("collapsed", [0, 1])]


def test_heads_that_become_one_hot_to_the_last_bit(alarms_of: Log) -> None:
    chosen = np.eye(10, dtype=np.float32)[[3, 7, 1, 9, 0, 6, 2, 8, 4, 5]]
    (alarm,) = alarms_of([[layer(heads(step)[:1] if step < 3 else chosen[None])] for step in range(5)])
    assert (alarm.kind, alarm.step) == ("entropy collapse", 30)


def test_entropy_that_collapses(alarms_of: Log) -> None:
    scores = np.random.default_rng(0).normal(size=(4, 10, 10))
    records = [[layer(softmax(scores * 2.0**step))] for step in STEPS]
    found = alarms_of(records)
    assert {alarm.kind for alarm in found} == {"entropy collapse"}
    assert sorted(head for alarm in found for head in alarm.heads) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("names", "apart", "expected"),
    [
        (((), [f"expert {at}" for at in range(10)]), False, set()),
        ((TOKENS, ()), False, set()),
        (((), ()), True, set()),
        # Positions of nothing that has names, as patches.
        (((), ()), False, {"entropy collapse"}),
    ],
)
def test_a_router_that_decides_is_no_collapse(
    names: tuple[Sequence[str], Sequence[str]], apart: bool, expected: set[str], alarms_of: Log
) -> None:
    records = [[AttentionLayer("router", heads(0, sharpness)[:1], *names, apart=apart)] for sharpness in (1, 100)]
    assert {alarm.kind for alarm in alarms_of(records)} == expected


def test_scores_that_grow(alarms_of: Log) -> None:
    scores = np.random.default_rng(0).normal(size=(4, 10, 10))
    scores -= scores.max(axis=(1, 2), keepdims=True)
    grown = [scores + 20.0 * step + np.arange(4)[:, None, None] for step in STEPS]
    records = [[AttentionLayer("a", softmax(each), TOKENS, TOKENS, role="encoder self", logits=each)] for each in grown]
    (alarm,) = alarms_of(records)[:1]
    assert (alarm.kind, alarm.step, alarm.head, alarm.heads) == ("max logit", 50, 3, [0, 1, 2, 3])
    assert alarm.value == pytest.approx(103)


def test_heads_that_become_copies(alarms_of: Log) -> None:
    records = [heads(step) for step in STEPS]
    for weights in records[6:]:
        weights[3] = weights[0]
    (alarm,) = alarms_of([[layer(weights)] for weights in records])
    assert (alarm.kind, alarm.step, alarm.heads, alarm.value) == ("copies", 60, [0, 3], 0)


def test_weights_that_are_no_numbers(alarms_of: Log) -> None:
    records = [heads(step) for step in STEPS]
    records[8][1, 2, 3:5] = np.nan
    records[9][1, 2, 3] = np.inf
    (alarm,) = alarms_of([[layer(weights)] for weights in records])
    assert (alarm.kind, alarm.step, alarm.head, alarm.value) == ("nan", 80, 1, 2)


@pytest.mark.parametrize("layers", [1, 2])
def test_words_that_nobody_looks_at(alarms_of: Log, layers: int) -> None:
    words = ["<s>", "the", "old", "house", "burns", ".", "at", "night", "</s>", "[PAD]"]
    shown = np.isin(np.arange(10), (1, 3, 4, 6, 7))
    records = [[layer(masked(heads(step + 50 * at), shown), "cross", words) for at in range(layers)] for step in STEPS]
    (alarm,) = alarms_of(records)
    assert (alarm.kind, alarm.step, alarm.tokens, alarm.value) == ("uncovered", 0, ["old"], 1)
    assert alarm.text.startswith("No head of any cross layer looks at 'old'. ")


def test_no_alignment(alarms_of: Log) -> None:
    records = [[layer(heads(step, 0.7), "cross") for _ in range(2)] for step in STEPS]
    (alarm,) = alarms_of(records)
    assert (alarm.kind, alarm.step) == ("no diagonal", 10 * (LASTING_RECORDS - 1))


def test_what_ends_and_begins_again_is_told_again(alarms_of: Log) -> None:
    records = [heads(step) for step in range(6)]
    for step in (1, 2, 4):
        records[step][0, 0, 0] = np.nan
    assert [alarm.step for alarm in alarms_of([[layer(weights)] for weights in records])] == [10, 40]


def test_the_table_says_every_kind_once() -> None:
    kinds = [kind for kind, *_ in ALARMS]
    assert len(set(kinds)) == len(kinds) == 10
