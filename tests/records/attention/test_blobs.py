"""Layers to blobs and back: how they are packed, stacked and named, and what is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tb_seqviz_plugin import AttentionLayer
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.blobs import decode_attention, decode_attention_header, encode_attention
from tb_seqviz_plugin.records.attention.measures import by_name, measure
from tb_seqviz_plugin.records.attention.payload import AttentionPayload
from tb_seqviz_plugin.records.attention.quantise import thumbnail
from tb_seqviz_plugin.records.attention.record import guess_self_role
from tb_seqviz_plugin.schema import BASE_VERSION, SCHEMA_VERSION, make_tag, parse_tag
from tb_seqviz_plugin.schema.attention import MEASURES
from tb_seqviz_plugin.wire.frame import FrameError, decode_frame, encode_frame

MakeWeights = Callable[..., np.ndarray]


def assert_close(decoded: np.ndarray, original: np.ndarray) -> None:
    assert decoded.shape == original.shape
    assert (np.abs(decoded - original) <= original.max(axis=-1, keepdims=True) / 255).all()


def test_everything_comes_back(make_weights: MakeWeights) -> None:
    layers = [
        AttentionLayer("encoder/self", make_weights(2, 4, 4, 1), list("abcd"), list("abcd"), "encoder self", "MHA", 0),
        AttentionLayer(
            "decoder/cross",
            make_weights(3, 5, 4, 2),
            list("vwxyz"),
            list("abcd"),
            "cross",
            "Attention",
            call=2,
            query_axis="target",
            key_axis="source",
            notes=["Averaged."],
        ),
    ]
    blobs, measures = encode_attention(layers, title="a b", notes=["Cropped."], record=7)
    header, decoded = decode_attention(blobs)
    assert (header.version, header.kind, header.title) == (BASE_VERSION, "attention", "a b")
    assert (header.record, header.notes, header.overview) == (7, ["Cropped."], -1)
    assert len(decoded) == len(layers)
    for before, after in zip(layers, decoded, strict=True):
        assert_close(after.weights, before.weights)
        for name in ("path", "role", "class_name", "call"):
            assert getattr(after, name) == getattr(before, name)
        for name in ("query_tokens", "key_tokens", "notes"):
            assert list(getattr(after, name)) == list(getattr(before, name))
    expected = [
        measure(layers[0].weights, Tokens(same=True, keys=list("abcd"))),
        measure(layers[1].weights, Tokens(different=True, keys=list("abcd"))),
    ]
    np.testing.assert_array_equal(measures, np.concatenate(expected))
    for layer, values in zip(decode_attention(blobs, measures)[1], expected, strict=True):
        assert layer.measures.keys() == by_name(values).keys()
        for name, column in by_name(values).items():
            np.testing.assert_array_equal(layer.measures[name], column)
    assert [layer.measures for layer in decode_attention(blobs, measures[:2])[1]] == [{}, {}]


def test_small_layers_share_a_blob(make_weights: MakeWeights) -> None:
    layers = [AttentionLayer(f"layer{i}", make_weights(12, 16, 16, i)) for i in range(24)]
    blobs, _ = encode_attention(layers)
    assert len(blobs) == 2
    for before, after in zip(layers, decode_attention(blobs)[1], strict=True):
        assert_close(after.weights, before.weights)


def test_a_large_layer_is_split_by_heads(make_weights: MakeWeights) -> None:
    layers = [
        AttentionLayer("small", make_weights(1, 2, 2)),
        AttentionLayer("large", make_weights(5, 700, 700, 1)),
        AttentionLayer("last", make_weights(1, 2, 2, 2)),
    ]
    blobs, _ = encode_attention(layers)
    header, decoded = decode_attention(blobs)
    parts = header.layers[1].parts
    assert [(part.first_head, part.heads) for part in parts] == [(0, 2), (2, 2), (4, 1)]
    assert len({part.blob for part in parts}) == 3
    for before, after in zip(layers, decoded, strict=True):
        assert_close(after.weights, before.weights)


def test_one_head_alone_may_be_larger_than_a_blob(make_weights: MakeWeights) -> None:
    weights = make_weights(2, 1100, 1100)
    header, decoded = decode_attention(encode_attention([AttentionLayer("a", weights)])[0])
    assert [part.heads for part in header.layers[0].parts] == [1, 1]
    assert_close(decoded[0].weights, weights)


def test_thumbnails_lie_in_the_last_blob(make_weights: MakeWeights) -> None:
    large = make_weights(2, 3, 90)
    blobs, _ = encode_attention([AttentionLayer("small", make_weights(1, 2, 2)), AttentionLayer("large", large)])
    header = decode_attention_header(blobs[0])
    assert [layer.thumbnail for layer in header.layers] == [False, True]
    assert header.overview == len(blobs) - 1
    overview = decode_frame(blobs[header.overview]).arrays
    assert overview.keys() == {"1.thumbnail"}
    np.testing.assert_array_equal(overview["1.thumbnail"], thumbnail(large))


def test_calls_with_one_query_each_are_one_matrix_and_come_back_in_order(make_weights: MakeWeights) -> None:
    source = ["a", "b", "c"]
    layers = []
    for step, token in enumerate(["x", "y", "z"]):
        layers.append(AttentionLayer("decoder/first", make_weights(2, 1, 3, step), [token], source, "cross", call=step))
        layers.append(
            AttentionLayer("decoder/second", make_weights(1, 1, 3, 10 + step), [token], source, "cross", call=step)
        )
    blobs, measures = encode_attention(layers)
    header, decoded = decode_attention(blobs)
    assert [(layer.path, layer.queries, layer.calls) for layer in header.layers] == [
        ("decoder/first", 3, [0, 2, 4]),
        ("decoder/second", 3, [1, 3, 5]),
    ]
    assert header.axes == {"query": ["x", "y", "z"], "key": source}
    assert measures.shape[0] == 3
    assert [(layer.path, layer.call) for layer in decoded] == [(layer.path, layer.call) for layer in layers]
    for before, after in zip(layers, decoded, strict=True):
        assert_close(after.weights, before.weights)
        assert list(after.query_tokens) == list(before.query_tokens)


def test_only_calls_of_the_same_kind_are_stacked(make_weights: MakeWeights) -> None:
    single = make_weights(2, 1, 3)
    layers = [
        AttentionLayer("a", single, ["x"], list("abc"), call=0),
        AttentionLayer("a", single, [], list("abc"), call=1),
        AttentionLayer("a", single, ["y"], list("abd"), call=2),
        AttentionLayer("a", make_weights(2, 1, 4), ["z"], list("abcd"), call=3),
        AttentionLayer("a", make_weights(2, 2, 3), ["v", "w"], list("abc"), call=4),
        AttentionLayer("b", single, ["x"], list("abc"), call=0),
    ]
    header, decoded = decode_attention(encode_attention(layers)[0])
    assert [layer.calls for layer in header.layers] == [[0], [1], [2], [3], [4], [5]]
    assert [layer.call for layer in decoded] == [0, 1, 2, 3, 4, 0]
    assert list(decoded[1].query_tokens) == ["0"]


def test_the_same_tokens_are_stored_once_and_others_under_a_number(make_weights: MakeWeights) -> None:
    layers = [
        AttentionLayer("a", make_weights(1, 2, 2), ["x", "y"], ["x", "y"], query_axis="source", key_axis="source"),
        AttentionLayer("b", make_weights(1, 2, 2), ["x", "y"], ["x", "z"], query_axis="source", key_axis="source"),
        AttentionLayer("c", make_weights(1, 2, 2), ["x", "z"], [], query_axis="source", key_axis="source"),
    ]
    header, decoded = decode_attention(encode_attention(layers)[0])
    assert header.axes == {"source": ["x", "y"], "source 2": ["x", "z"]}
    assert [(layer.query_axis, layer.key_axis) for layer in header.layers] == [
        ("source", "source"),
        ("source", "source 2"),
        ("source 2", ""),
    ]
    assert list(decoded[2].key_tokens) == ["0", "1"]


def test_values_that_are_not_finite_are_counted_in_a_note(make_weights: MakeWeights) -> None:
    weights = make_weights(2, 3, 4)
    weights[1, 2, 3], weights[0, 0, 0] = np.nan, np.inf
    blobs, measures = encode_attention([AttentionLayer("a", weights, notes=["Mine."])])
    header, (layer,) = decode_attention(blobs)
    assert header.layers[0].notes == ["Mine.", "2 of 24 weights are NaN or infinite."]
    assert np.isnan(layer.weights[1, 2, 3])
    assert np.isinf(layer.weights[0, 0, 0])
    assert np.isfinite(measures[:, MEASURES.index("entropy")]).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_numbers_are_converted(dtype: Any, make_weights: MakeWeights) -> None:
    weights = make_weights(1, 2, 3).astype(dtype)
    (layer,) = decode_attention(encode_attention([AttentionLayer("a", weights)])[0])[1]
    assert layer.weights.dtype == np.float32
    assert_close(layer.weights, weights.astype(np.float32))
    assert AttentionLayer("a", [[[0.5, 0.5]]]).weights.dtype == np.float32  # type: ignore[arg-type]


def test_float32_is_not_copied(make_weights: MakeWeights) -> None:
    weights = make_weights(1, 2, 3)
    assert AttentionLayer("a", weights).weights is weights


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"weights": np.ones((2, 3))}, r"weights of layer 'a' have shape \[2, 3\]; expected \[heads, queries, keys\]"),
        ({"weights": np.ones((1, 2, 3, 3))}, r"shape \[1, 2, 3, 3\].*one example without its batch axis"),
        ({"weights": np.ones((1, 0, 3))}, r"shape \[1, 0, 3\]; expected .* none of them 0"),
        (
            {"weights": "text"},
            r"weights of layer 'a' are not an array of numbers .*; expected \[heads, queries, keys\]",
        ),
        ({"weights": [[[1, 2], [3]]]}, "are not an array of numbers"),
        (
            {"query_tokens": ["x"]},
            r"1 query tokens for weights of shape \[1, 2, 3\]; expected 2, one per query, or none",
        ),
        ({"key_tokens": list("wxyz")}, "4 key tokens .* expected 3, one per key, or none"),
        ({"key_tokens": [4, 8, 15]}, "has the key token 4; expected text"),
        ({"query_tokens": [b"a", b"b"]}, "has the query token b'a'; expected text"),
        (
            {"role": "self"},
            "role of layer 'a' is 'self'; expected one of 'encoder self', 'decoder self', 'cross', 'other'",
        ),
    ],
)
def test_what_does_not_fit_is_refused(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        AttentionLayer(**{"path": "a", "weights": np.ones((1, 2, 3), np.float32), **arguments})


def test_a_record_without_layers_is_refused() -> None:
    with pytest.raises(ValueError, match="given no layer; expected at least one"):
        encode_attention([])


def test_a_newer_header_is_refused_with_the_way_out(make_weights: MakeWeights) -> None:
    blobs, _ = encode_attention([AttentionLayer("a", make_weights(1, 2, 2))])
    header = decode_attention_header(blobs[0])
    newer = encode_frame({}, {**dataclasses.asdict(header), "version": SCHEMA_VERSION + 1})
    with pytest.raises(
        FrameError, match=rf"format version {SCHEMA_VERSION + 1}; .* reads up to {SCHEMA_VERSION}.*--upgrade"
    ):
        decode_attention([newer, *blobs[1:]])


def test_fields_of_a_later_version_are_passed_over(make_weights: MakeWeights) -> None:
    blobs, _ = encode_attention([AttentionLayer("a", make_weights(1, 2, 2))])
    said = decode_frame(blobs[0]).header
    part = {**said["layers"][0]["parts"][0], "colour": "red"}
    later = {**said, "surprise": 1, "layers": [{**said["layers"][0], "parts": [part], "mood": "good"}]}
    header, layers = decode_attention([encode_frame({}, later), *blobs[1:]])
    assert header == decode_attention_header(blobs[0])
    assert layers[0].weights.shape == (1, 2, 2)


def test_only_signed_weights_need_a_reader_that_knows_signs(make_weights: MakeWeights) -> None:
    weights = make_weights(1, 2, 2)
    plain, signed = (
        AttentionPayload([AttentionLayer("a", each)], "", ()).encode("t", 1) for each in (weights, -weights)
    )
    assert [(each.version, decode_attention_header(each.blobs[0]).version) for each in (plain, signed)] == [
        (1, 1),
        (2, 2),
    ]
    # What readers of version 1 know: they take no other name.
    (layer,) = decode_frame(plain.blobs[0]).header["layers"]
    assert not {"guessed", "softmax"} & layer.keys()


def damage(header: dict[str, Any], how: str) -> dict[str, Any]:
    layer = header["layers"][0]
    changes: dict[str, Any] = {
        "no version": {"version": None},
        "no layers": {"layers": None},
        "blob that is not there": {"layers": [{**layer, "parts": [{"blob": 9, "first_head": 0, "heads": 1}]}]},
        "no parts": {"layers": [{**layer, "parts": []}]},
        "no calls": {"layers": [{**layer, "calls": []}]},
        "unknown role": {"layers": [{**layer, "role": "selfish"}]},
        "too few tokens": {"axes": {"query": ["a"]}, "layers": [{**layer, "query_axis": "query"}]},
    }
    return {**header, **changes[how]}


@pytest.mark.parametrize(
    "how",
    [
        "no version",
        "no layers",
        "blob that is not there",
        "no parts",
        "no calls",
        "unknown role",
        "too few tokens",
    ],
)
def test_a_header_that_does_not_fit_is_a_frame_error(how: str, make_weights: MakeWeights) -> None:
    blobs, _ = encode_attention([AttentionLayer("a", make_weights(1, 2, 2))])
    damaged = encode_frame({}, damage(decode_frame(blobs[0]).header, how))
    with pytest.raises(FrameError):
        decode_attention([damaged, *blobs[1:]])


def test_blobs_that_are_missing_or_of_another_record_are_a_frame_error(make_weights: MakeWeights) -> None:
    blobs, _ = encode_attention([AttentionLayer("a", make_weights(1, 2, 2))])
    for wrong in ([], blobs[:1], [blobs[0], encode_frame({"7.weights": np.zeros(1, np.uint8)})]):
        with pytest.raises(FrameError):
            decode_attention(wrong)


def test_self_attention_that_never_looks_ahead_is_a_decoder() -> None:
    full = np.full((2, 3, 3), 1 / 3, np.float32)
    assert guess_self_role(full) == "encoder self"
    assert guess_self_role(np.tril(full)) == "decoder self"
    assert guess_self_role(-full) == "encoder self"
    assert guess_self_role(np.ones((1, 1, 1), np.float32)) == "encoder self"


@pytest.mark.parametrize("name", ["probe/0", "日本", "a b", "x" * 300])
def test_tags_go_there_and_back(name: str) -> None:
    assert parse_tag(make_tag("attention", name)) == ("attention", name)


@pytest.mark.parametrize("name", ["", " a", "a ", "a\nb", "a\u202eb", "a\x00", None, 3])
def test_names_that_would_break_a_line_are_refused(name: Any) -> None:
    with pytest.raises(ValueError, match="expected printable text without space at its ends"):
        make_tag("attention", name)


def test_signs_guesses_and_the_plain_softmax_come_back() -> None:
    random = np.random.default_rng(0)
    softmax = random.dirichlet([1] * 9, (2, 4)).astype(np.float32)
    used = softmax[:1] - 0.3 * softmax[1:]
    layers = [
        AttentionLayer("difference", used, softmax=softmax, guessed=["keys"]),
        AttentionLayer("plain", softmax),
        *(
            AttentionLayer("loop", used[:, row : row + 1], softmax=softmax[:, row : row + 1], call=row)
            for row in range(3)
        ),
    ]
    header, decoded = decode_attention(encode_attention(layers)[0])
    assert [layer.guessed for layer in header.layers] == [["keys"], [], []]
    for layer, back in zip(layers, decoded, strict=True):
        bound = np.abs(layer.weights).max(axis=-1, keepdims=True) / 255
        assert (np.abs(back.weights - layer.weights) <= bound).all()
        assert (back.weights < 0).any() == (layer.weights < 0).any()
        assert list(back.guessed) == list(layer.guessed)
        if layer.softmax is None:
            assert back.softmax is None
        else:
            assert back.softmax is not None
            assert (np.abs(back.softmax - layer.softmax) <= layer.softmax.max(axis=-1, keepdims=True) / 255).all()


def test_where_nothing_is_signed_or_changed_nothing_more_is_stored() -> None:
    weights = np.full((1, 2, 2), 0.5, np.float32)
    frames = [decode_frame(blob).arrays.keys() for blob in encode_attention([AttentionLayer("x", weights)])[0]]
    assert frames == [set(), {"0.weights", "0.scale"}]


def test_a_softmax_of_another_shape_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"softmax of layer 'x' has shape \[1, 2, 3\]; expected .* of shape \[1, 2, 2\]"
    ):
        AttentionLayer("x", np.ones((1, 2, 2), np.float32), softmax=np.ones((1, 2, 3), np.float32))


def test_what_is_not_finite_in_a_softmax_comes_back() -> None:
    softmax = np.full((1, 2, 3), 1 / 3, np.float32)
    softmax[0, 0] = np.nan
    softmax[0, 1, 2] = np.inf
    used = np.full((1, 2, 3), 0.5, np.float32)
    blobs, _ = encode_attention([AttentionLayer("masked", used, softmax=softmax)])
    (back,) = decode_attention(blobs)[1]
    assert np.isfinite(back.weights).all()
    np.testing.assert_array_equal(np.isnan(back.softmax), np.isnan(softmax))
    np.testing.assert_array_equal(np.isinf(back.softmax), np.isinf(softmax))
    np.testing.assert_allclose(back.softmax[0, 1, :2], 1 / 3, atol=1 / 255)
