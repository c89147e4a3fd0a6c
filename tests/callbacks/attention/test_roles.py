"""What each layer connects, guessed or said by the user."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.logging_runs import SOURCE_IDS, TARGET_IDS, WORDS, language_model, log_once, roles, translator
from helpers.zoo import CASES
from helpers.zoo.case import Bahdanau, Calling, X
from keras import layers, ops

from tb_seqviz_plugin.callbacks import sow


def test_roles_of_a_deep_translator_with_equal_lengths(tmp_path: Path) -> None:
    model = translator(source_length=6, depth=3)
    (record,) = log_once(tmp_path, model, (TARGET_IDS[:1], TARGET_IDS[:1]))
    for number in range(3):
        assert roles(record)[f"encoder_{number}"] == ("encoder self", "source", "source")
        assert roles(record)[f"decoder_{number}"] == ("decoder self", "target", "target")
        assert roles(record)[f"cross_{number}"] == ("cross", "target", "source")


@pytest.mark.parametrize(("causal_mask", "role"), [(True, "decoder self"), (False, "encoder self")])
def test_roles_of_a_language_model(causal_mask: bool, role: str, tmp_path: Path) -> None:
    (record,) = log_once(tmp_path, language_model(causal_mask), TARGET_IDS[:1])
    assert roles(record) == {"attention": (role, "tokens", "tokens")}


@pytest.mark.parametrize(("causal_mask", "role"), [(True, "decoder self"), (False, "encoder self")])
def test_padded_queries_that_may_look_at_nothing_do_not_tell(causal_mask: bool, role: str, tmp_path: Path) -> None:
    ids = layers.Input((6,), dtype="int32")
    x = layers.Embedding(10, 8, mask_zero=True)(ids)
    model = keras.Model(ids, layers.MultiHeadAttention(2, 4, name="attention")(x, x, use_causal_mask=causal_mask))
    (record,) = log_once(tmp_path, model, np.array([[3, 1, 2, 4, 0, 0]]))
    (layer,) = record.layers
    np.testing.assert_allclose(layer.weights[:, 5], 1 / 6, rtol=1e-2)
    assert layer.role == role


@pytest.mark.parametrize(("is_causal", "role"), [(True, "decoder self"), (False, "encoder self")])
def test_calls_with_one_query_each_have_one_role(is_causal: bool, role: str, tmp_path: Path) -> None:
    def call(self: Any, ids: Any) -> Any:
        x = self.embedding(ids)
        seen = np.tri(6, dtype=bool) if is_causal else np.ones((6, 6), bool)
        masks = [ops.broadcast_to(seen[None, at : at + 1], (len(TARGET_IDS), 1, 6)) for at in range(6)]
        return ops.concatenate(
            [self.attention([x[:, at : at + 1], x], mask=[None, masks[at][:, 0]]) for at in range(6)], 1
        )

    model = Calling(call, TARGET_IDS, embedding=layers.Embedding(10, 8), attention=layers.Attention(name="attention"))
    records = log_once(tmp_path, model, TARGET_IDS)
    assert [[layer.role for layer in record.layers] for record in records] == [[role] * 6] * len(TARGET_IDS)


@pytest.mark.parametrize("causal_mask", [True, False])
def test_masks_and_segments_beside_the_ids_are_no_axes(causal_mask: bool, tmp_path: Path) -> None:
    inputs = {name: layers.Input((6,), dtype="int32", name=name) for name in ("ids", "segments", "mask", "positions")}
    x = layers.Embedding(10, 8)(inputs["ids"]) + layers.Embedding(2, 8)(inputs["segments"])
    x += layers.Embedding(6, 8)(inputs["positions"])
    attention = layers.MultiHeadAttention(2, 4, name="attention")
    x = attention(x, x, attention_mask=inputs["mask"][:, None, :], use_causal_mask=causal_mask)
    probe = {
        "ids": TARGET_IDS,
        "segments": np.array([[0, 0, 0, 1, 1, 1]] * 2),
        "mask": (TARGET_IDS != 0).astype("int32"),
        "positions": np.arange(6)[None].repeat(2, 0),
    }
    record = log_once(tmp_path, keras.Model(inputs, x), probe, tokens={"ids": WORDS})[0]
    assert roles(record) == {"attention": ("decoder self" if causal_mask else "encoder self", "ids", "ids")}
    assert record.title == "two seven [UNK] eight two eight"


def _recurrent_translator(keep_state: bool = True) -> keras.Model:
    def call(self: Any, inputs: Any) -> Any:
        source, target = inputs
        encoded, state = self.encoder(self.embedding(source))
        outputs = []
        for step in range(target.shape[1]):
            context, _ = self.attention(state, encoded)
            state, _ = self.cell(ops.concatenate([self.embedding(target[:, step]), context], -1), [state])
            outputs.append(state)
        return ops.stack(outputs, 1)

    return Calling(
        call,
        (SOURCE_IDS, TARGET_IDS),
        embedding=layers.Embedding(10, 8),
        encoder=layers.GRU(8, return_sequences=True, return_state=True),
        attention=Bahdanau(tf.nn.softmax, name="attention"),
        cell=layers.GRUCell(8),
    )


def test_roles_of_a_decoder_loop(tmp_path: Path) -> None:
    record = log_once(tmp_path, _recurrent_translator(), (SOURCE_IDS, TARGET_IDS), tokens=WORDS)[0]
    assert [layer.call for layer in record.layers] == list(range(6))
    assert {(layer.role, layer.query_axis, layer.key_axis) for layer in record.layers} == {
        ("cross", "target", "source")
    }
    assert [layer.query_tokens for layer in record.layers] == [[WORDS[token]] for token in TARGET_IDS[0]]
    assert record.layers[0].key_tokens == ["three", "[UNK]", "four", "[UNK]", "five"]


def test_attention_that_pools_a_sequence_has_keys_only(tmp_path: Path) -> None:
    case = CASES["softmax_spelled_out_over_time"]()
    (layer,) = log_once(tmp_path, case.model, case.inputs)[0].layers
    assert (layer.role, layer.key_axis, layer.weights.shape) == ("other", "tokens", (1, 1, 6))
    assert list(layer.notes) == []


def test_an_axis_that_the_model_makes_by_itself(tmp_path: Path) -> None:
    memory = layers.Dense(8)

    def call(self: Any, ids: Any) -> Any:
        x = self.embedding(ids)
        return self.attention([ops.concatenate([x, x[:, :1]], axis=1), memory(x)])

    model = Calling(call, SOURCE_IDS, embedding=layers.Embedding(10, 8), attention=layers.Attention(name="attention"))
    written = [list("uvwxyz"), list("zyx")]
    records = log_once(tmp_path, model, SOURCE_IDS, tokens={"tokens": WORDS, "written": written})
    assert roles(records[0]) == {"attention": ("cross", "written", "tokens")}
    assert records[1].layers[0].query_tokens == ["z", "y", "x", "", "", ""]


def test_axes_that_nothing_fits_are_shown_by_position_with_a_note(tmp_path: Path) -> None:
    model = (
        Calling(
            lambda self, x: self.attention([x, x]), SOURCE_IDS, attention=keras.Sequential([layers.Embedding(10, 8)])
        )
        if False
        else None
    )
    del model
    pooled, embedding = layers.AveragePooling1D(2), layers.Embedding(10, 8)

    def call(self: Any, ids: Any) -> Any:
        x = embedding(ids)
        return self.attention([x, pooled(x)])

    model = Calling(call, TARGET_IDS, attention=layers.Attention(name="attention"))
    layer = log_once(tmp_path, model, TARGET_IDS)[0].layers[0]
    assert (layer.query_axis, layer.key_tokens) == ("tokens", ["0", "1", "2"])
    assert list(layer.notes) == ["The 3 keys fit no token axis and are shown by position."]


def test_sown_weights_have_tokens_and_role(tmp_path: Path) -> None:
    def call(self: Any, x: Any) -> Any:
        sow("gate", ops.sigmoid(ops.matmul(x, ops.swapaxes(x, 1, 2))))
        return x

    (layer,) = log_once(tmp_path, Calling(call, X), X)[0].layers
    assert (layer.path.rsplit("/", 1)[-1], layer.role, layer.query_axis) == ("gate", "encoder self", "tokens")


def test_keys_that_are_sown_have_names(tmp_path: Path) -> None:
    def call(self: Any, x: Any) -> Any:
        sow("router", ops.softmax(x[..., :3]), keys=["first", "second", "third"])
        return x

    (layer,) = log_once(tmp_path, Calling(call, X), X)[0].layers
    assert list(layer.key_tokens) == ["first", "second", "third"]
    assert (layer.query_axis, layer.key_axis, layer.role, list(layer.notes)) == ("tokens", "router", "other", [])
    assert layer.apart
    with pytest.raises(
        ValueError, match=r"sow\('router'\) was given the keys \['one'\]; expected a list of strings, one for each"
    ):
        sow("router", ops.ones((1, 2, 3)), keys=["one"])


# Choosing and correcting layers


def _logged_paths(folder: Path, chosen: Any) -> list[str]:
    return [
        layer.path for layer in log_once(folder, translator(depth=1), (SOURCE_IDS, TARGET_IDS), layers=chosen)[0].layers
    ]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("cross_0", ["cross_0"]),
        (["encoder_*", "cross_*"], ["cross_0", "encoder_0"]),
        ({"cross_0": "other"}, ["cross_0", "decoder_0", "encoder_0"]),
        (None, ["cross_0", "decoder_0", "encoder_0"]),
    ],
)
def test_patterns_choose_layers_and_a_dict_keeps_all(chosen: Any, expected: list[str], tmp_path: Path) -> None:
    assert sorted(_logged_paths(tmp_path, chosen)) == expected


def test_patterns_match_the_last_name_and_the_path(tmp_path: Path) -> None:
    case = CASES["nested_models"]()
    paths = [layer.path for layer in log_once(tmp_path / "1", case.model, case.inputs, layers=["attention"])[0].layers]
    assert paths == list(case.paths)
    paths = [layer.path for layer in log_once(tmp_path / "2", case.model, case.inputs, layers=["middle/*"])[0].layers]
    assert paths == [case.paths[0]]


def test_roles_and_axes_can_be_corrected(tmp_path: Path) -> None:
    chosen = {
        "encoder_0": "decoder self",
        "decoder_0": {"role": "other"},
        "cross_0": {"query": "source", "key": "source"},
    }
    (record, _) = log_once(tmp_path, translator(source_length=6, depth=1), (TARGET_IDS, TARGET_IDS), layers=chosen)
    assert roles(record) == {
        "encoder_0": ("decoder self", "source", "source"),
        "decoder_0": ("other", "target", "target"),
        "cross_0": ("encoder self", "source", "source"),
    }


@pytest.mark.parametrize(
    ("name", "weights", "sentence"),
    [
        ("", np.ones((1, 2, 2)), "given the name ''"),
        (3, np.ones((1, 2, 2)), "given the name 3"),
        ("gate", None, "weights of type NoneType"),
        ("gate", [[1.0]], "weights of type list"),
        ("gate", np.ones((1, 2, 2), complex), "weights of type complex128"),
    ],
)
def test_what_cannot_be_sown_is_refused(name: Any, weights: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        sow(name, weights)


def test_numbers_of_numpy_are_sown(tmp_path: Path) -> None:
    def call(self: Any, x: Any) -> Any:
        sow("table", np.full((len(X), 4, 4), 0.25, np.float32))
        return x

    (layer,) = log_once(tmp_path, Calling(call, X), X)[0].layers
    assert layer.weights.shape == (1, 4, 4)
