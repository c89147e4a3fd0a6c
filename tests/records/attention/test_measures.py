"""Measures of heads against loops that follow their definition in `schema.attention.HEAD_MEASURES`."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tb_seqviz_plugin import AttentionLayer
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.blobs import decode_attention, encode_attention
from tb_seqviz_plugin.records.attention.measures import by_name, look_at, looks_at, measure, upgraded
from tb_seqviz_plugin.records.attention.stacking import stacked
from tb_seqviz_plugin.schema.attention import MEASURES

SAME = Tokens(same=True)
ANY = Tokens(same=True, different=True)


def mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def measured_by_loops(weights: np.ndarray, keys: list[str], mask: np.ndarray | None = None) -> dict[str, float]:
    """Of one head [queries, keys], as if its roles were unknown."""
    queries, count = weights.shape
    rows = {}
    for query, row in enumerate(np.abs(weights).astype(np.float64).tolist()):
        if 0 < sum(row) < math.inf:
            rows[query] = [weight / sum(row) for weight in row]
    if not rows:
        return dict.fromkeys(MEASURES, math.nan)
    entropy = {q: -sum(w * math.log(w) for w in row if w > 0) for q, row in rows.items()}
    allowed = {q: sum(weights[q] != 0) if mask is None else sum(mask[q]) for q in rows}
    padding = [at for at, key in enumerate(keys) if key.lower() in ("", "[pad]", "<pad>")]
    separators = [at for at, key in enumerate(keys) if key.lower() in ("[sep]", "</s>", "<|endoftext|>")]
    earlier = {q: [at for at in range(q) if keys and keys[at] == keys[q]] for q in rows if q < count}
    strongest = [row.index(max(row)) for row in rows.values()]
    found = {
        "entropy": mean(list(entropy.values())),
        "effective_keys": mean([math.exp(value) for value in entropy.values()]),
        "normalized_entropy": mean([entropy[q] / math.log(allowed[q]) for q in rows if allowed[q] > 1]),
        "first": mean([row[0] for row in rows.values()]),
        "confidence": mean([max(row) for row in rows.values()]),
        "padding": mean([sum(row[at] for at in padding) for row in rows.values()]) if padding else math.nan,
        "separator": mean([sum(row[at] for at in separators) for row in rows.values()]) if separators else math.nan,
    }
    if queries == count:
        followers = {q: [at + 1 for at in places if at + 1 < q] for q, places in earlier.items()}
        found |= {
            "self": mean([row[q] for q, row in rows.items() if q not in padding]),
            "previous": mean([row[q - 1] for q, row in rows.items() if q > 0 and q - 1 not in padding]),
            "next": mean([row[q + 1] for q, row in rows.items() if q + 1 < count and q + 1 not in padding]),
            "distance": mean([sum(w * abs(q - k) for k, w in enumerate(row)) for q, row in rows.items()]),
            "duplicate": mean([sum(rows[q][at] for at in places) for q, places in earlier.items() if places]),
            "induction": mean([sum(rows[q][at] for at in places) for q, places in followers.items() if places]),
        }
    if min(queries, count) > 1:
        seen = np.flatnonzero((weights != 0 if mask is None else mask).any(axis=0)).tolist()

        length = max((at for at in range(count) if at not in padding), default=count - 1) + 1

        def penalty(q: int, k: int) -> float:
            return 1 - math.exp(-((q / queries - k / length) ** 2) / (2 * 0.2**2))

        found |= {
            "diagonality": mean([sum(w * penalty(q, k) for k, w in enumerate(row)) for q, row in rows.items()]),
            "monotonicity": mean([float(b >= a) for a, b in itertools.pairwise(strongest)]),
            "coverage": sum(math.log(max(min(sum(row[k] for row in rows.values()), 1), 1.2e-38)) for k in seen),
        }
    return {name: found.get(name, math.nan) for name in MEASURES}


def divergence(one: list[float], other: list[float]) -> float:
    """Jensen-Shannon, in bits."""
    middle = [(a + b) / 2 for a, b in zip(one, other, strict=True)]
    return sum(
        share * math.log2(share / m) / 2
        for row in (one, other)
        for share, m in zip(row, middle, strict=True)
        if share > 0
    )


def agreement_by_loops(weights: np.ndarray) -> list[float]:
    """Of each head with the one that is most like it."""
    rows = [
        {q: [w / sum(row) for w in row] for q, row in enumerate(head) if 0 < sum(row) < math.inf}
        for head in np.abs(weights).astype(np.float64).tolist()
    ]
    found = []
    for at, one in enumerate(rows):
        others = [other for place, other in enumerate(rows) if place != at and one.keys() & other.keys()]
        apart = [mean([divergence(one[q], other[q]) for q in one if q in other]) for other in others]
        found.append(1 - min(apart, default=math.nan))
    return found


def check(weights: np.ndarray, keys: list[str] | None = None, mask: np.ndarray | None = None) -> None:
    names = keys or []
    tokens = Tokens(same=weights.shape[1] == weights.shape[2], different=True, keys=names)
    expected = np.array([list(measured_by_loops(head, names, mask).values()) for head in weights])
    expected[:, MEASURES.index("agreement")] = agreement_by_loops(
        weights[:, np.linspace(0, weights.shape[1] - 1, min(weights.shape[1], 32)).round().astype(int)]
    )
    np.testing.assert_allclose(measure(weights, tokens, mask), expected, rtol=2e-4, atol=2e-6)


def values_of(pattern: np.ndarray, tokens: Tokens = ANY, **given: np.ndarray) -> dict[str, float]:
    """Of one head; what does not apply is left out."""
    found = by_name(measure(np.asarray(pattern, np.float32)[None], tokens, **given))
    return {name: pytest.approx(float(value), abs=1e-5) for name, (value,) in found.items()}


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 1, 1), (2, 1, 9), (2, 9, 1), (2, 7, 7), (1, 40, 300)])
def test_equal_to_loops(shape: tuple[int, int, int], make_weights: Callable[..., np.ndarray]) -> None:
    check(make_weights(*shape))


@pytest.mark.parametrize("causal", [False, True])
def test_equal_to_loops_some_rows_at_a_time(
    causal: bool, make_weights: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tb_seqviz_plugin.records.attention.rows._CACHED", 40)
    weights = make_weights(2, 11, 11)
    weights = np.tril(weights) if causal else weights
    check(weights, list("abcabcaabbc"))
    check(-weights, list("abcabcaabbc"))
    weights[0, 2, 1] = np.nan
    check(weights)
    check(make_weights(2, 9, 5))


def test_equal_to_loops_with_tokens_and_a_mask(make_weights: Callable[..., np.ndarray]) -> None:
    keys = ["[CLS]", "a", "b", "a", "a", "[SEP]", "b", "[PAD]", ""]
    weights, mask = make_weights(2, 9, 9), np.random.default_rng(1).random((9, 9)) < 0.7
    check(weights, keys)
    check(weights * mask, keys, mask)
    check(np.tril(weights), keys)


def test_rows_that_do_not_sum_to_one_count_as_shares(make_weights: Callable[..., np.ndarray]) -> None:
    weights = make_weights(2, 4, 5)
    np.testing.assert_allclose(measure(weights * 7), measure(weights), rtol=1e-5)


def test_masked_and_broken_rows_take_no_part(make_weights: Callable[..., np.ndarray]) -> None:
    weights = make_weights(2, 6, 6)
    weights[0, 1] = 0
    weights[0, 3, 2] = np.nan
    weights[1, 5, 0] = np.inf
    check(weights, list("abcabc"))


def test_a_row_of_next_to_nothing_takes_no_part(make_weights: Callable[..., np.ndarray]) -> None:
    weights = make_weights(2, 5, 6)
    expected = measure(weights[:, 1:])
    weights[:, 0] = 1e-40
    np.testing.assert_allclose(measure(weights)[:, :4], expected[:, :4], rtol=1e-6)


def test_padding_takes_no_part(make_weights: Callable[..., np.ndarray]) -> None:
    texts = ["a", "b", "a", "", "", "[PAD]"]
    weights = np.zeros((2, 6, 6), np.float32)
    weights[:, :4, :4] = make_weights(2, 4, 4)
    weights[:, :3, 3] = 0
    weights[:, 3:] = 1 / 6  # fully masked rows, of which a softmax makes equal weights
    padded = by_name(measure(weights, Tokens(same=True, different=True, keys=texts, queries=texts)))
    alone = by_name(measure(weights[:, :3, :3], Tokens(same=True, different=True, keys=texts[:3])))
    np.testing.assert_array_equal(padded.pop("padding"), 0)
    assert padded.keys() == alone.keys()
    for name, value in alone.items():
        np.testing.assert_allclose(padded[name], value, rtol=1e-5, err_msg=name)


def test_a_head_without_a_usable_row_has_no_measures() -> None:
    assert np.isnan(measure(np.zeros((1, 2, 3), np.float32))).all()


@pytest.mark.parametrize("length", [2, 8, 128])
def test_a_causal_head_that_looks_at_all_it_may_alike_is_1(length: int) -> None:
    alike = np.tril(np.ones((length, length)))
    alike /= alike.sum(-1, keepdims=True)
    assert values_of(alike)["normalized_entropy"] == 1
    # Padding behind each text, where no query may look.
    padded = np.pad(alike, ((0, 0), (0, 3)))
    assert values_of(padded, Tokens())["normalized_entropy"] == 1
    # A mask tells what a zero alone does not.
    everywhere = np.ones((length, length), bool)
    assert measure(alike[None].astype(np.float32), mask=everywhere)[0, MEASURES.index("normalized_entropy")] < 0.95


def test_patterns_whose_measures_are_known() -> None:
    eye = np.eye(4)
    assert {name: value for name, value in values_of(eye).items() if value != 0} == {
        "effective_keys": 1,
        "first": 0.25,
        "self": 1,
        "confidence": 1,
        "monotonicity": 1,
    }
    before = values_of(np.eye(5, k=-1) + np.eye(5) * (np.arange(5) == 0))
    assert (before["previous"], before["self"], before["next"], before["distance"]) == (1, 0.2, 0, 0.8)
    after = values_of(np.eye(5, k=1))
    assert (after["next"], after["previous"], after["monotonicity"]) == (1, 0, 1)
    alike = values_of(np.full((3, 4), 0.25), Tokens(different=True))
    assert (alike["entropy"], alike["effective_keys"], alike["normalized_entropy"]) == (
        pytest.approx(math.log(4)),
        pytest.approx(4),
        1,
    )
    assert alike["coverage"] == pytest.approx(4 * math.log(0.75))
    padded = values_of(np.pad(np.full((3, 4), 0.25), ((0, 0), (0, 5))), Tokens(different=True))
    assert padded["coverage"] == pytest.approx(4 * math.log(0.75))
    assert values_of(np.fliplr(np.eye(4)), Tokens(different=True))["monotonicity"] == 0
    sink = np.zeros((4, 4))
    sink[:, 0] = 1
    assert values_of(sink)["first"] == 1


@pytest.mark.parametrize("names", [((), ()), (list("abcde"), ()), ((), list("abcde")), (list("abcde"), list("abcde"))])
def test_positions_without_names_may_be_the_same_tokens(names: tuple[Sequence[str], Sequence[str]]) -> None:
    before = np.float32(np.eye(5, k=-1) + np.eye(5) * (np.arange(5) == 0))[None]
    layer = AttentionLayer("attention", before, *names)
    found = by_name(looks_at([stacked([layer])[0].heads(before)])[0].values)
    known = {name: round(float(found[name][0]), 6) for name in ("previous", "self", "next", "distance")}
    assert known == {"previous": 1, "self": 0.2, "next": 0, "distance": 0.8}
    experts = dataclasses.replace(layer, apart=True)
    if names[0] and names[1]:
        experts = dataclasses.replace(layer, key_tokens=[f"expert {number}" for number in range(5)])
    assert not {"self", "distance"} & {*by_name(looks_at([stacked([experts])[0].heads(before)])[0].values)}


def test_an_induction_head_looks_at_what_came_after_the_token_before() -> None:
    keys = list("abcabc")
    weights = np.zeros((6, 6))
    weights[:3, 0] = 1
    for query in range(3, 6):
        weights[query, query - 2] = 1
    found = values_of(weights, Tokens(same=True, keys=keys))
    assert (found["induction"], found["duplicate"]) == (1, 0)
    weights = np.eye(6, k=-3)
    weights[:3, 0] = 1
    found = values_of(weights, Tokens(same=True, keys=keys))
    assert (found["induction"], found["duplicate"]) == (0, 1)
    assert "induction" not in values_of(weights, Tokens(same=True, keys=list("abcdef")))


def test_heads_agree_as_far_as_they_look_at_the_same() -> None:
    eye, half = np.eye(4), (np.eye(4) + np.eye(4)[::-1]) / 2
    weights = np.stack([eye, np.roll(eye, 1, axis=1), half, eye]).astype(np.float32)
    # Of a head and one that puts half elsewhere: 1 - (H(3/4, 1/4) - 1/2).
    some = 1 - (2 - 0.75 * math.log2(3) - 0.5)
    # The second shares with the third two of four queries, of each half.
    shared = np.mean([1 - divergence(a, b) for a, b in zip(weights[1].tolist(), half.tolist(), strict=True)])
    found = measure(weights)[:, MEASURES.index("agreement")]
    np.testing.assert_allclose(found, [1, shared, some, 1], atol=1e-5)
    assert "agreement" not in values_of(eye)
    weights[3] = np.nan
    np.testing.assert_allclose(
        measure(weights)[:, MEASURES.index("agreement")], [some, shared, some, math.nan], atol=1e-5
    )


def test_heads_of_long_texts_are_compared_by_some_queries(make_weights: Callable[..., np.ndarray]) -> None:
    weights = make_weights(2, 300, 20)
    weights[:, 280:] = 0  # nothing to see
    sample = np.linspace(0, 279, 32).round().astype(int)
    found = measure(weights)[:, MEASURES.index("agreement")]
    np.testing.assert_allclose(found, agreement_by_loops(weights[:, sample]), rtol=1e-4)
    assert found[0] == pytest.approx(agreement_by_loops(weights)[0], abs=0.05)


def test_what_a_head_contributes_is_its_weights_times_the_lengths_of_its_values() -> None:
    weights = np.float32([[[1, 0, 0], [0, 0.5, 0.5]], [[0, 0, 2], [0, 0, 6]]])
    lengths = np.float32([[1, 2, 4], [9, 9, 0.5]])
    found = look_at(weights, value_norms=lengths).of("contribution")
    assert found.tolist() == [2, 0.5]
    assert np.isnan(look_at(weights).of("contribution")).all()


def test_measures_of_a_package_that_knew_fewer_or_knows_more_are_read() -> None:
    layer = AttentionLayer("a", np.full((2, 3, 3), 1 / 3, np.float32))
    blobs, values = encode_attention([layer])
    for stored, known in ((values[:, :17], MEASURES[:17]), (np.pad(values, ((0, 0), (0, 3))), MEASURES)):
        _, (read,) = decode_attention(blobs, stored)
        assert read.measures.keys() <= set(known)
        assert read.measures["entropy"].tolist() == values[:, 0].tolist()


def test_the_largest_logit_leaves_out_what_is_masked() -> None:
    weights, logits = np.tril(np.ones((3, 3))), np.array([[1, 90, 90], [2, 3, 90], [-1, 5, 4.0]], np.float32)
    assert values_of(weights, SAME, logits=logits[None])["max_logit"] == 5
    mask = np.ones((3, 3), bool)
    assert values_of(weights, SAME, logits=logits[None], mask=mask)["max_logit"] == 90
    assert "max_logit" not in values_of(weights)


def test_measures_of_former_records_tell_what_they_can() -> None:
    former = np.array([[0.5, 0.9, 0.2, 0.1]], np.float32)
    found = {name: float(value) for name, (value,) in by_name(upgraded(former, [8])).items()}
    assert found == {
        "entropy": pytest.approx(0.5 * math.log(8)),
        "confidence": pytest.approx(0.9),
        "first": pytest.approx(0.1),
    }
