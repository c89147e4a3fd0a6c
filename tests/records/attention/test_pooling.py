"""What a byte budget keeps of layers that are too large, against plain loops, and that the record says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from wire.make_golden import STRONGEST_BYTES, STRONGEST_CASE

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import AttentionLayer
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.blobs import decode_attention, encode_attention
from tb_seqviz_plugin.records.attention.measures import by_name, look_at, measure
from tb_seqviz_plugin.records.attention.payload import AttentionPayload
from tb_seqviz_plugin.records.attention.pooling import Keep, Pool, blocks_of, kept_of
from tb_seqviz_plugin.records.attention.strongest import strongest_of
from tb_seqviz_plugin.wire.frame import FrameError, decode_frame, encode_frame


def pooled(weights: np.ndarray, block: int) -> np.ndarray:
    pool = Pool(weights.shape, Keep(block))
    look_at(weights, pool=pool)
    return pool.weights


def strongest(head: np.ndarray, block: int) -> list[list[float]]:
    rows, columns = (range(0, size, block) for size in head.shape)
    parts = [[head[r : r + block, c : c + block].ravel() for c in columns] for r in rows]
    return [[float(part[np.abs(part).argmax()]) for part in row] for row in parts]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("shape", [(2, 7, 10), (1, 8, 8), (1, 1, 5)])
def test_the_strongest_of_each_block_is_kept(sign: int, shape: tuple[int, int, int]) -> None:
    weights = np.random.default_rng(0).random(shape, np.float32)
    weights[..., ::2] *= sign
    for block in (2, 4):
        np.testing.assert_array_equal(
            pooled(weights, block), np.array([strongest(head, block) for head in weights], np.float32)
        )
    weights[0, 0, 0] = np.nan
    assert np.isnan(pooled(weights, 2)[0, 0, 0])
    np.testing.assert_array_equal(np.isnan(pooled(weights, 2)).sum(), 1)


def test_the_largest_layers_are_pooled_first() -> None:
    sizes = [(4, 512, 512), (4, 100, 100), (1, 30, 30)]
    assert blocks_of(sizes, None) == blocks_of(sizes, 10**7) == [1, 1, 1]
    assert blocks_of(sizes, 10**6) == [2, 1, 1]
    assert blocks_of(sizes, 10**5) == [8, 1, 1]
    # Never below the size of a thumbnail.
    assert blocks_of(sizes, 0) == [16, 2, 1]


def test_a_record_stays_within_its_budget_and_says_what_it_kept(
    tmp_path: Path, make_weights: Callable[..., np.ndarray]
) -> None:
    tokens = [f"t{number}" for number in range(150)]
    large, small = make_weights(2, 150, 150), make_weights(2, 9, 9)
    layers = [AttentionLayer("large", large, tokens, tokens, role="encoder self"), AttentionLayer("small", small)]
    layers = [
        replace(layer, value_norms=[[1] * layer.weights.shape[2], [2] * layer.weights.shape[2]]) for layer in layers
    ]
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", layers, step=0, byte_budget=20_000)
    (record,) = seqviz.read(tmp_path, "attention")
    kept, whole = record.layers
    assert (kept.pooled, kept.weights.shape, whole.pooled, whole.weights.shape) == (
        (4, 4),
        (2, 38, 38),
        (1, 1),
        (2, 9, 9),
    )
    np.testing.assert_allclose(kept.weights, pooled(large, 4), atol=1 / 255)
    assert list(kept.key_tokens[:2]) == ["t0 … t3", "t4 … t7"]
    assert kept.strongest is not None
    assert whole.strongest is None
    assert (kept.strongest.keys.shape, kept.strongest.all_keys) == ((2, 150, 26), 150)
    assert kept.strongest.query_tokens == kept.strongest.key_tokens == tokens
    said = (
        "of each 4 x 4 of the 150 x 150 weights of a head the strongest is kept, and of each query the 26 strongest, "
    )
    assert f"{said}{kept.strongest.held.mean():.0%} of its weight on average;" in kept.notes[0]
    for head in range(2):
        dense = kept.strongest.dense(head)
        there = ~np.isnan(dense)
        np.testing.assert_array_equal(there, large[head] >= np.sort(large[head])[:, -26, None])
        np.testing.assert_allclose(dense[there], large[head][there], atol=large[head].max() / 255)
        shares = (large[head] * there).sum(axis=1) / large[head].sum(axis=1)
        assert kept.strongest.held[head] == pytest.approx(shares.mean(), abs=1e-4)
        assert kept.strongest.least_held[head] == pytest.approx(shares.min(), abs=1e-4)
    assert not whole.notes
    assert (kept.value_norms, whole.value_norms) == (None, pytest.approx(np.float32([[1] * 9, [2] * 9])))
    # Measures are of all weights.
    for name, values in by_name(measure(large, Tokens(same=True, keys=tokens))).items():
        np.testing.assert_allclose(kept.measures[name], values, err_msg=name)


def test_a_record_that_a_budget_makes_small_is_not_refused_for_its_size(
    make_weights: Callable[..., np.ndarray],
) -> None:
    layer = AttentionLayer("large", make_weights(2, 150, 150), softmax=make_weights(2, 150, 150))
    sizes = [AttentionPayload([layer], "", [], most=most).raw().encoded_size for most in (None, 20_000)]
    assert sizes == [4 * 150 * 150, 2 * (38 * 38 + 150 * (4 + 26 * 2))]
    assert sizes[1] <= 20_000


def test_a_budget_that_is_used_up_keeps_the_least(tmp_path: Path, make_weights: Callable[..., np.ndarray]) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"large": make_weights(2, 150, 150)}, step=0, byte_budget=0)
    ((layer,),) = [record.layers for record in seqviz.read(tmp_path, "attention")]
    assert (layer.weights.shape, layer.strongest) == ((2, 38, 38), None)


def strongest_by_hand(row: np.ndarray, count: int) -> list[int]:
    sizes = np.where(np.isfinite(row), np.abs(row), np.inf)
    some = sorted(np.argsort(-sizes, kind="stable")[:count].tolist())
    return [place for place in some if sizes[place]]


@pytest.mark.parametrize("count", [1, 3, 16, 40])
def test_the_strongest_of_each_query_are_found(count: int) -> None:
    random = np.random.default_rng(count)
    rows = random.standard_normal((20, 40)).astype(np.float32) ** 3
    rows[0], rows[1, 5:], rows[2, ::2] = 0, 0, 0
    rows[3, 7], rows[4, 9], rows[5, 0] = np.nan, -np.inf, np.inf
    for given in (rows, np.abs(rows)):
        sizes = np.nan_to_num(np.abs(given), nan=np.inf, posinf=np.inf)
        places, weights = strongest_of(given, count, sizes)
        for row, at, found in zip(given, places, weights, strict=True):
            expected = strongest_by_hand(row, count)
            assert at.tolist() == expected + [-1] * (count - len(expected))
            np.testing.assert_array_equal(found, [*row[expected], *[0] * (count - len(expected))])


def test_of_alike_weights_as_many_are_kept_as_of_others() -> None:
    alike = np.full((3, 500), 0.002, np.float32)
    places, weights = strongest_of(alike, 7, alike)
    assert weights.tolist() == pytest.approx(np.full((3, 7), 0.002))
    assert (np.diff(places) > 0).all()
    assert places.min() >= 0


def test_a_layer_that_is_pooled_uses_its_room_for_the_strongest_weights() -> None:
    size = (4, 2048, 2048)
    for most in (4 * 2048**2 // 64, 4 * 2048**2 // 16, 4 * 2048**2 // 2, 10**6):
        ((keep,),) = [kept_of([size], most)]
        assert keep.bytes_of(size) <= most
        assert keep.bytes_of(size) > 0.9 * most or most == 10**6
        assert Keep(keep.block).bytes_of(size) * 4 <= most
    assert kept_of([(1, 120, 40)], 2000) == [Keep(4, 5)]
    # Beside the largest blocks there is no room for more.
    assert kept_of([(1, 120, 40)], 700) == [Keep(4, 0)]


@pytest.mark.parametrize("sign", [1, -1])
def test_signs_units_and_what_is_not_finite_are_kept(tmp_path: Path, sign: int) -> None:
    weights = np.random.default_rng(1).random((1, 130, 70), np.float32) * sign
    weights[0, 3, 4], weights[0, 5, 6] = np.nan, np.inf
    weights[0, 7, 2:] = 0
    units = {"query_unit": ("ms", 10), "key_unit": ("frames", 2)}
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", [AttentionLayer("large", weights, **units)], step=0, byte_budget=4000)
    ((layer,),) = [record.layers for record in seqviz.read(tmp_path, "attention")]
    kept = layer.strongest
    assert kept is not None
    assert (kept.query_tokens, kept.key_tokens) == ([], [])
    dense = kept.dense(0)
    assert (np.isnan(dense[3, 4]), dense[5, 6]) == (True, np.inf)
    assert dense[7].tolist() == pytest.approx([*weights[0, 7, :2], *[0] * 68], rel=0.01)
    rows = [0, 1, 2, 8, 129]
    np.testing.assert_allclose(np.nanmax(np.abs(dense[rows]), axis=1), np.abs(weights[0, rows]).max(axis=1), rtol=0.001)
    assert (np.sign(dense[rows][~np.isnan(dense[rows])]) == sign).all()


def test_what_a_causal_layer_does_not_look_at_is_known(tmp_path: Path) -> None:
    causal = np.tril(np.random.default_rng(2).random((2, 130, 130), np.float32))
    ahead = causal.copy()
    ahead[1, 3, 4] = 0.01
    names = [str(place) for place in range(130)]
    with seqviz.Writer(tmp_path) as writer:
        for name, weights in (("causal", causal), ("ahead", ahead)):
            layer = AttentionLayer("self", weights, names, names, role="decoder self")
            writer.attention(name, [layer], step=0, byte_budget=8000)
    kept = {record.tag: record.layers[0].strongest for record in seqviz.read(tmp_path, "attention")}
    one, other = kept["attention/causal"], kept["attention/ahead"]
    assert one is not None
    assert other is not None
    assert (one.causal, other.causal) == (True, False)
    later = np.triu(np.ones((130, 130), bool), k=1)
    for head in range(2):
        dense = one.dense(head)
        assert (dense[later] == 0).all()
        np.testing.assert_allclose(dense[~np.isnan(dense)], causal[head][~np.isnan(dense)], atol=1 / 255)
        assert np.isnan(dense).any()
    assert np.isnan(other.dense(1)[later]).any()


def lied(blobs: list[bytes], **lies: object) -> list[bytes]:
    """Returns a record whose first layer says something else of its strongest weights, or has other gaps."""
    blobs, gaps = list(blobs), lies.pop("gaps", None)
    header = decode_frame(blobs[0]).header
    layer = header["layers"][0]
    layer["strongest"] = lies.pop("strongest", [{**layer["strongest"][0], **lies}])
    if gaps is not None:
        at = layer["strongest"][0]["parts"][0]["blob"]
        blobs[at] = encode_frame({**decode_frame(blobs[at]).arrays, "0.strongest_gaps": np.asarray(gaps)})
    return [encode_frame({}, header), *blobs[1:]]


def test_what_is_said_of_the_strongest_weights_is_checked() -> None:
    blobs, _ = encode_attention(STRONGEST_CASE, most=STRONGEST_BYTES)
    (said,), gaps = decode_frame(blobs[0]).header["layers"][0]["strongest"], np.ones((2, 9, 6), np.uint8)
    (kept,) = [layer.strongest for layer in decode_attention(lied(blobs, gaps=gaps))[1] if layer.path != "signed"]
    assert kept is not None
    assert kept.keys[1, 8].tolist() == [0, 1, 2, 3, 4, 5]
    behind, outside = gaps.copy(), gaps * 120
    behind[0, 0, 1] = 0
    for error, lies in (
        ("do not rise within 120 keys", {"gaps": behind}),
        ("do not rise within 120 keys", {"gaps": outside}),
        ("is uint8 of shape", {"gaps": gaps[:, :, :5]}),
        ("is float32 of shape", {"gaps": gaps.astype(np.float32)}),
        ("keeps the strongest of 9 x 121 weights", {"keys": 121}),
        ("keeps the strongest of 0 x 120 weights", {"queries": 0}),
        ("2 times; expected once", {"strongest": [said, said]}),
        ("shares of 3 and 2; its header says 2 heads", {"held": [0.5] * 3}),
        ("part that begins at head 1", {"parts": [{**said["parts"][0], "first_head": 1}]}),
        ("names blob 9", {"parts": [{**said["parts"][0], "blob": 9}]}),
        ("has 120 tokens; its header says 9", {"query_axis": "source"}),
        ("expected uint8 of shape", {"count": 7}),
    ):
        with pytest.raises(FrameError, match=re.escape(error)):
            decode_attention(lied(blobs, **lies))
    square = [AttentionLayer("a", np.ones((1, 120, 120), np.float32), role="encoder self")]
    for lie in (lied(blobs, causal=True), lied(encode_attention(square, most=3000)[0], causal=True)):
        with pytest.raises(FrameError, match="on later ones of 120 keys; its header says that there are none"):
            decode_attention(lie)


def test_layers_that_are_read_side_by_side_make_the_same_record(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    shapes = [(3, 90, 90), (1, 40, 60), (5, 30, 30)]
    layers = [
        AttentionLayer(
            f"layer {at}", generator.dirichlet(np.ones(shape[2]), shape[:2]).astype(np.float32), role="other"
        )
        for at, shape in enumerate(shapes)
    ]
    layers.append(replace(layers[2], path="signed", weights=-layers[2].weights, softmax=layers[2].weights))
    one = encode_attention(layers, most=20_000)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    monkeypatch.setattr("tb_seqviz_plugin.records.attention.measures._LARGE", 0)
    monkeypatch.setattr("tb_seqviz_plugin.records.attention.blobs._MANY_WEIGHTS", 0)
    monkeypatch.setattr("tb_seqviz_plugin.records.attention.blobs._MANY_FRAMES", 0)
    for _ in range(20):
        other = encode_attention(layers, most=20_000)
        assert other[0] == one[0]
        np.testing.assert_array_equal(other[1], one[1])
