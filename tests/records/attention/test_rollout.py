"""Rollout over layers, against the product as Abnar and Zuidema spell it, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import AttentionLayer, AttentionRecord
from tb_seqviz_plugin.records.attention.rollout import rollout
from tb_seqviz_plugin.schema.attention import LeftOut

TOKENS = 6
SELF: dict[str, Any] = {"role": "encoder self", "query_axis": "source", "key_axis": "source"}


def attention(seed: int, heads: int = 2, tokens: int = TOKENS) -> np.ndarray:
    raw = np.random.default_rng(seed).exponential(size=(heads, tokens, tokens))
    return (raw / raw.sum(axis=-1, keepdims=True)).astype(np.float32)


def record_of(layers: Sequence[AttentionLayer], left_out: Sequence[LeftOut] | None = None) -> AttentionRecord:
    return AttentionRecord("run", "attention/probe", 0, 0.0, layers, left_out=left_out)


def plain_rollout(layers: Sequence[np.ndarray]) -> np.ndarray:
    """As in `compute_joint_attention` of the authors' code."""
    means = np.stack([each.astype(np.float64).mean(axis=0) for each in layers])
    means += np.eye(means.shape[1])[None]
    means /= means.sum(axis=-1)[..., None]
    joint = means[0]
    for mean in means[1:]:
        joint = mean.dot(joint)
    return joint


def test_it_is_the_product_over_the_layers_of_a_stack_up_to_one() -> None:
    weights = [attention(seed) for seed in range(3)]
    layers = [AttentionLayer(f"encoder/{at}", each, **SELF) for at, each in enumerate(weights)]
    for at in range(3):
        found = rollout(record_of(layers), f"encoder/{at}")
        np.testing.assert_allclose(found.weights, plain_rollout(weights[: at + 1]), atol=1e-6)
        np.testing.assert_allclose(found.weights.sum(axis=1), 1, atol=1e-6)
        assert (list(found.layers), found.is_whole) == ([f"encoder/{below}" for below in range(at + 1)], False)
    assert rollout(record_of(layers, [])).is_whole


def test_encoder_and_decoder_are_stacks_of_their_own_and_cross_attention_is_in_none() -> None:
    encoder, decoder, cross, other = attention(0), np.tril(attention(1)), attention(2), attention(3, tokens=4)
    layers = [
        AttentionLayer("encoder", encoder, **SELF),
        AttentionLayer("other", other, **SELF),
        AttentionLayer("decoder", decoder, role="decoder self", query_axis="target", key_axis="target"),
        AttentionLayer("cross", cross, role="cross", query_axis="target", key_axis="source"),
        AttentionLayer("encoder", attention(4), call=1, **SELF),
    ]
    assert list(rollout(record_of(layers)).layers) == ["encoder", "encoder#1"]
    assert list(rollout(record_of(layers), "decoder").layers) == ["decoder"]
    assert list(rollout(record_of(layers), "other").layers) == ["other"]
    with pytest.raises(
        ValueError, match=re.escape("Layer 'cross' is 'cross', of 'target' over 'source'; expected queries")
    ):
        rollout(record_of(layers), "cross")
    with pytest.raises(
        ValueError, match="no layer whose queries and keys are the same tokens; expected self-attention"
    ):
        rollout(record_of(layers[3:4]))
    with pytest.raises(ValueError, match=r"no call 2 of a layer 'encoder'; expected one of 'encoder', .*'encoder#1'\."):
        rollout(record_of(layers), "encoder", call=2)


def test_calls_of_a_loop_are_one_layer() -> None:
    weights = [np.tril(attention(seed)) for seed in range(2)]
    layers = [
        AttentionLayer(f"block_{at}", each[:, step : step + 1], role="decoder self", call=step)
        for step in range(TOKENS)
        for at, each in enumerate(weights)
    ]
    found = rollout(record_of(layers))
    assert list(found.layers) == ["block_0", "block_1"]
    np.testing.assert_allclose(found.weights, plain_rollout(weights), atol=1e-6)


def test_weights_below_0_count_by_magnitude_and_what_is_no_number_takes_what_looks_at_it_along() -> None:
    weights = [attention(0), np.tril(attention(1))]
    weights[0][0, 4] *= -1
    layers = [AttentionLayer(str(at), each, **SELF) for at, each in enumerate(weights)]
    expected = plain_rollout([abs(weights[0]), weights[1]])
    np.testing.assert_allclose(rollout(record_of(layers)).weights, expected, atol=1e-6)
    weights[0][1, 3, 0] = np.nan
    found = rollout(record_of(layers)).weights
    assert np.isnan(found).all(axis=1).tolist() == [False, False, False, True, True, True]
    np.testing.assert_allclose(found[:3], expected[:3], atol=1e-6)


def test_what_is_left_out_below_or_pooled_is_refused(tmp_path: Path) -> None:
    layers = [AttentionLayer(f"block_{at}", attention(at, tokens=64), **SELF) for at in (0, 2)]
    left_out = [LeftOut("block_1", 0, "encoder self", 64, 64, 1), LeftOut("cross", 0, "cross", 64, 64, 0)]
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("some", layers, step=0, left_out=left_out)
        writer.attention("pooled", layers, step=0, left_out=(), byte_budget=10_240)
        writer.attention("unknown", layers, step=0)
    records = {record.tag: record for record in seqviz.read(tmp_path, "attention")}
    some, pooled, unknown = (records[f"attention/{name}"] for name in ("some", "pooled", "unknown"))
    assert (list(some.left_out or []), list(pooled.left_out or []), unknown.left_out) == (left_out, [], None)
    below = rollout(some, "block_0")
    assert (list(below.layers), below.is_whole) == (["block_0"], True)
    with pytest.raises(
        ValueError, match=re.escape("leaves out 'block_1' below layer 'block_2'; expected all layers of the")
    ):
        rollout(some)
    with pytest.raises(ValueError, match="Of layer 'block_0' the record has the strongest weight of each 2 x 2 only"):
        rollout(pooled)
    assert list(seqviz.rollout(unknown).layers) == ["block_0", "block_2"]
    with (
        seqviz.Writer(tmp_path) as writer,
        pytest.raises(ValueError, match="The left_out is of type str; expected LeftOut"),
    ):
        writer.attention("some", layers, step=1, left_out=["block_1"])  # type: ignore[list-item]


def branching(reads: Sequence[Sequence[int] | None]) -> list[AttentionLayer]:
    names = ["first", "left", "right", "joined"]
    return [
        AttentionLayer(name, attention(at), reads=own, **SELF)
        for at, (name, own) in enumerate(zip(names, reads, strict=True))
    ]


def test_layers_that_lie_beside_each_other_are_not_multiplied(tmp_path: Path) -> None:
    branches = branching([(), (0,), (0,), (0, 1, 2)])
    one_by_one = branching([(), (0,), (0, 1), (0, 1, 2)])
    # Two calls with one query each, of two layers, each of which is computed from all before it.
    loop = [
        replace(
            layer, weights=layer.weights[:, at // 2 :][:, :1], path=f"layer_{at % 2}", call=at // 2, reads=range(at)
        )
        for at, layer in enumerate(branches)
    ]
    with seqviz.Writer(tmp_path) as writer:
        for name, layers in (("branches", branches), ("line", one_by_one), ("loop", loop)):
            writer.attention(name, layers, step=0, left_out=())
    records = {record.tag.split("/")[1]: record for record in seqviz.read(tmp_path, "attention")}
    for record in (records["branches"], record_of(branches)):
        assert [list(layer.reads or ()) for layer in record.layers] == [[], [0], [0], [0, 1, 2]]
        for name, of in (("left", branches[:2]), ("right", branches[::2])):
            found = rollout(record, name)
            assert (list(found.layers), found.is_in_series) == (["first", name], True)
            np.testing.assert_allclose(found.weights, plain_rollout([each.weights for each in of]), atol=0.01)
        with pytest.raises(
            ValueError,
            match=re.escape("Layers 'left' and 'right' lie beside each other below layer 'joined', neither computed"),
        ):
            rollout(record)
    whole = rollout(records["line"])
    assert (list(whole.layers), whole.is_whole, whole.is_in_series) == (
        ["first", "left", "right", "joined"],
        True,
        True,
    )
    assert [list(layer.reads or ()) for layer in records["loop"].layers] == [[1, 3], [0, 2], [1, 3], [0, 2]]
    assert not rollout(record_of(branching([None] * 4))).is_in_series


@pytest.mark.parametrize("place", [4, -1, 1, "0", True])
def test_what_a_layer_is_computed_from_is_checked(place: Any, tmp_path: Path) -> None:
    with (
        seqviz.Writer(tmp_path) as writer,
        pytest.raises(
            ValueError, match=f"Layer 'left', at place 1, is said to be computed from the layer at place {place!r}; exp"
        ),
    ):
        writer.attention("a", branching([(), (place,), (), ()]), step=0)
