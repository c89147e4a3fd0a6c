"""What `fit` logs, read back from the file: steps, probes, tokens, roles and values."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops
from logging_runs import SOURCE_IDS, TARGET_IDS, WORDS, fit, language_model, log_once, steps, translator
from models import CASES, Bahdanau, Calling, X
from reference import causal, embed, multi_head

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger, EveryBatches, EveryEpochs, Geometric, sow
from tb_seqviz_plugin.callbacks.probe import Probe

# Steps


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("epoch", [0, 1, 2]),
        (EveryEpochs(2), [0, 2]),
        (4, [4, 8, 12, 16]),
        (EveryBatches(7), [7, 14]),
        (Geometric(1.5), [1, 2, 3, 5, 7, 11, 16]),
        ("geometric", [*range(1, 18)]),
    ],
)
def test_steps_follow_the_schedule(schedule: Any, expected: list[int], tmp_path: Path) -> None:
    fit(language_model(), AttentionLogger(tmp_path, TARGET_IDS, schedule=schedule), epochs=3)
    assert steps(tmp_path) == steps(tmp_path, "attention/probe/1") == expected


def test_geometric_schedule_is_dense_early_and_bounded_for_ever() -> None:
    schedule, logged, before = Geometric(), [], 0
    while before < 10**9:
        now = before + max(1, before // 200)
        if schedule.due(before, now):
            logged.append(now)
        before = now
    assert logged[:17] == list(range(1, 18))
    assert 300 < len(logged) < 400
    assert all(later <= earlier * 1.1 for earlier, later in itertools.pairwise(logged[17:]))


def test_initial_epoch_counts_on(tmp_path: Path) -> None:
    model, logger = language_model(), AttentionLogger(tmp_path, TARGET_IDS)
    fit(model, logger, epochs=2)
    fit(model, logger, epochs=4, initial_epoch=2)
    assert steps(tmp_path) == [0, 1, 2, 3]


def test_initial_epoch_of_a_resumed_run_counts_the_batches_before(tmp_path: Path) -> None:
    fit(language_model(), AttentionLogger(tmp_path, TARGET_IDS, schedule=3), initial_epoch=2, epochs=3)
    assert steps(tmp_path) == [15, 18]


@pytest.mark.parametrize(("schedule", "expected"), [("epoch", [0, 1, 2, 3]), (3, [3, 6, 9, 12, 15, 18, 21, 24])])
def test_a_second_fit_adds_to_the_first(schedule: Any, expected: list[int], tmp_path: Path) -> None:
    model, logger = language_model(), AttentionLogger(tmp_path, TARGET_IDS, schedule=schedule)
    for _ in range(2):
        fit(model, logger, epochs=2)
    assert steps(tmp_path) == expected


@pytest.mark.parametrize(("schedule", "expected"), [("epoch", [0, 1, 2, 3]), (6, [6, 12, 13, 19])])
def test_a_new_logger_of_a_new_model_adds_to_what_the_folder_holds(
    schedule: Any, expected: list[int], tmp_path: Path
) -> None:
    for _ in range(2):
        fit(language_model(), AttentionLogger(tmp_path, TARGET_IDS, schedule=schedule), epochs=2)
    assert steps(tmp_path) == expected


@pytest.mark.parametrize(("batches", "expected"), [(8, [4, 8, 12, 16]), (6, [4, 10, 12])])
def test_several_steps_per_execution(batches: int, expected: list[int], tmp_path: Path) -> None:
    if batches == 6 and tuple(map(int, keras.version().split(".")[:2])) < (3, 15):
        pytest.skip("older versions of Keras end an epoch without a callback where an execution is cut short")
    model = language_model()
    model.compile("adam", model.loss, steps_per_execution=4)
    fit(model, AttentionLogger(tmp_path, TARGET_IDS, schedule=4), batches, epochs=2)
    assert steps(tmp_path) == expected


def test_a_loop_of_ones_own(tmp_path: Path) -> None:
    logger = AttentionLogger(tmp_path, TARGET_IDS)
    logger.set_model(language_model())
    for step in (0, 10, np.int64(20)):
        logger.log(step)
    logger.close()
    logger.log(30)
    logger.close()
    assert steps(tmp_path) == [0, 10, 20, 30]


def test_nothing_is_written_before_something_is_logged(tmp_path: Path) -> None:
    logger = AttentionLogger(tmp_path / "run", TARGET_IDS, schedule=100)
    fit(language_model(), logger)
    assert not (tmp_path / "run").exists()


def test_two_loggers_share_a_folder(tmp_path: Path) -> None:
    ids = np.ones((4, 6), dtype="int32")
    loggers = [AttentionLogger(tmp_path, TARGET_IDS, name=name) for name in ("train", "test")]
    language_model().fit(ids, ids, verbose=0, callbacks=loggers)
    assert len(list(tmp_path.rglob("*tfevents*"))) == 1
    assert {record.tag for record in seqviz.read(tmp_path)} == {
        f"attention/{n}/{i}" for n in ("train", "test") for i in (0, 1)
    }


def test_the_model_is_traced_once_per_probe(tmp_path: Path) -> None:
    traced = []

    def call(self: Any, x: Any) -> Any:
        traced.append(self)
        return self.dense(self.attention([x, x]))

    model = Calling(call, attention=layers.Attention(), dense=layers.Dense(8))
    logger = AttentionLogger(tmp_path, X)
    model.compile("sgd", "mse")
    traced.clear()
    model.fit(X, X, verbose=0, epochs=3)
    by_keras = len(traced)
    for _ in range(2):
        model.fit(X, X, verbose=0, epochs=3, callbacks=[logger])
    assert len(traced) == by_keras + 1
    assert len(steps(tmp_path)) == 6


def test_a_model_that_was_changed_is_traced_anew(tmp_path: Path) -> None:
    model, logger = language_model(), AttentionLogger(tmp_path, TARGET_IDS)
    logger.set_model(model)
    logger.log(0)
    layer, embedding = model.get_layer("attention"), model.layers[1]
    layer._query_dense.enable_lora(2)
    layer._query_dense.lora_kernel_b.assign(np.ones(layer._query_dense.lora_kernel_b.shape))
    logger.log(1)
    logger.close()
    record = [record for record in seqviz.read(tmp_path) if record.tag == "attention/probe/0"][-1]
    x = embed(embedding, TARGET_IDS[:1])
    expected = multi_head(layer, x, x, causal(6))[0][0]
    _assert_within_bound(record.layers[0].weights, expected)


# Values


def _assert_within_bound(logged: Any, expected: Any) -> None:
    assert logged.shape == expected.shape
    bound = expected.max(axis=-1, keepdims=True) / 255 + 1e-6
    assert np.all(np.abs(logged - expected) <= bound)


def test_values_are_those_of_numpy_from_fit_to_file(tmp_path: Path) -> None:
    model = language_model()
    fit(model, AttentionLogger(tmp_path, TARGET_IDS), epochs=3)
    records = [record for record in seqviz.read(tmp_path) if record.step == 2]
    x = embed(model.layers[1], TARGET_IDS)
    weights, _ = multi_head(model.get_layer("attention"), x, x, causal(6))
    assert [record.tag for record in records] == ["attention/probe/0", "attention/probe/1"]
    for record, expected in zip(records, weights, strict=True):
        (layer,) = record.layers
        assert (layer.path, layer.class_name, layer.call) == ("attention", "MultiHeadAttention", 0)
        _assert_within_bound(layer.weights, expected)


@pytest.mark.parametrize(
    "name", ["mixed_float16", "decoder_loop", "tutorial_bahdanau", "heads_in_a_loop", "attention_over_images"]
)
def test_values_of_other_kinds_are_those_of_numpy(name: str, tmp_path: Path) -> None:
    case = CASES[name]()
    for example, record in enumerate(log_once(tmp_path, case.model, case.inputs)):
        assert [layer.path for layer in record.layers] == list(case.paths)
        for layer, expected in zip(record.layers, case.expected, strict=True):
            wanted = expected[example]
            bound = wanted.max(axis=-1, keepdims=True) / 255 + 2 * case.tolerance
            assert layer.weights.dtype == np.float32
            assert np.all(np.abs(layer.weights - wanted) <= bound)


# Probes


def _roles(record: seqviz.AttentionRecord) -> dict[str, tuple[str, str, str]]:
    return {layer.path: (layer.role, layer.query_axis, layer.key_axis) for layer in record.layers}


def _batch(*structure: Any) -> Any:
    return next(iter(tf.data.Dataset.from_tensor_slices(structure).batch(2)))


PAIRS: dict[str, Callable[[], Any]] = {
    "tuple": lambda: (SOURCE_IDS, TARGET_IDS),
    "list": lambda: [SOURCE_IDS, TARGET_IDS],
    "dict": lambda: {"source": SOURCE_IDS, "target": TARGET_IDS},
    "tensors": lambda: (tf.constant(SOURCE_IDS), tf.constant(TARGET_IDS)),
    "batch of a dataset": lambda: _batch((SOURCE_IDS, TARGET_IDS), TARGET_IDS),
    "batch of dicts": lambda: _batch({"source": SOURCE_IDS, "target": TARGET_IDS}, TARGET_IDS),
    "batch with sample weights": lambda: _batch((SOURCE_IDS, TARGET_IDS), TARGET_IDS, np.ones(2)),
    "lists of numbers": lambda: (SOURCE_IDS.tolist(), TARGET_IDS.tolist()),
}


@pytest.mark.parametrize("form", PAIRS)
def test_probes_of_two_inputs(form: str, tmp_path: Path) -> None:
    records = log_once(tmp_path, translator(depth=1), PAIRS[form](), tokens=WORDS)
    assert len(records) == 2
    assert _roles(records[0]) == {
        "encoder_0": ("encoder self", "source", "source"),
        "decoder_0": ("decoder self", "target", "target"),
        "cross_0": ("cross", "target", "source"),
    }
    cross = records[0].layers[-1]
    assert cross.key_tokens == ["three", "[UNK]", "four", "[UNK]", "five"]
    assert cross.query_tokens == ["two", "seven", "[UNK]", "eight", "two", "eight"]
    assert records[1].title == "nine two six"


def test_a_batch_whose_inputs_have_one_shape_is_no_pair(tmp_path: Path) -> None:
    batch = _batch((SOURCE_IDS, TARGET_IDS[:, :5]), SOURCE_IDS)
    tokens = {layer.path: layer.key_tokens for layer in log_once(tmp_path, translator(5, 5, depth=1), batch)[0].layers}
    assert tokens["encoder_0"] == tokens["cross_0"] == ["3", "1", "4", "1", "5"]
    assert tokens["decoder_0"] == ["2", "7", "1", "8", "2"]


SINGLES: dict[str, Callable[[], Any]] = {
    "array": lambda: TARGET_IDS,
    "lists": lambda: TARGET_IDS.tolist(),
    "rows": lambda: list(TARGET_IDS),
    "dict": lambda: {"ids": TARGET_IDS},
    "tensor": lambda: tf.constant(TARGET_IDS),
    "batch of a dataset": lambda: _batch(TARGET_IDS, TARGET_IDS),
    "batch with labels": lambda: _batch(TARGET_IDS, np.array([0, 1])),
    "batch with sample weights": lambda: (TARGET_IDS, TARGET_IDS, np.ones(2)),
    "float64": lambda: TARGET_IDS.astype("float64"),
}


@pytest.mark.filterwarnings("ignore:The structure of `inputs`")
@pytest.mark.parametrize("form", SINGLES)
@pytest.mark.parametrize("kind", ["functional", "subclassed"])
def test_probes_of_one_input(form: str, kind: str, tmp_path: Path) -> None:
    model = language_model()
    if kind == "subclassed":
        inner = model
        model = Calling(lambda self, x: inner(x), TARGET_IDS if form != "dict" else {"ids": TARGET_IDS}, inner=inner)
    tokens = [["a", "b", "c", "d", "e", "f"], ["g", "h", "i"]] if form != "float64" else None
    records = log_once(tmp_path, model, SINGLES[form](), tokens=tokens)
    assert len(records) == 2
    layer = records[1].layers[0]
    assert layer.weights.shape == (2, 6, 6)
    assert layer.key_tokens == (["g", "h", "i", "", "", ""] if tokens else ["0", "1", "2", "3", "4", "5"])


def test_call_with_several_arguments(tmp_path: Path) -> None:
    class Pair(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.attention = layers.Attention(name="attention")
            self.embedding = layers.Embedding(10, 8)

        def call(self, source: Any, target: Any, training: bool = False) -> Any:
            return self.attention([self.embedding(target), self.embedding(source)])

    model = Pair()
    model(SOURCE_IDS, TARGET_IDS)
    (layer,) = log_once(tmp_path, model, (SOURCE_IDS, TARGET_IDS))[0].layers
    assert (layer.role, layer.weights.shape) == ("cross", (1, 6, 5))


def test_strings_are_read_by_a_model_that_makes_tokens_itself(tmp_path: Path) -> None:
    vectorize = layers.TextVectorization(vocabulary=["the", "cat", "sat"], output_sequence_length=3)
    embedding = layers.Embedding(10, 8)

    def call(self: Any, texts: Any) -> Any:
        x = embedding(vectorize(texts))
        return self.attention([x, x])

    texts = np.array(["the cat sat", "sat the cat"])
    model = Calling(call, tf.constant(texts), attention=layers.Attention(name="attention"))
    records = log_once(tmp_path, model, texts, tokens=[text.split() for text in texts])
    assert [record.layers[0].key_tokens for record in records] == [["the", "cat", "sat"], ["sat", "the", "cat"]]


# Tokens


class Decoding:
    def decode(self, ids: Sequence[int]) -> str:
        return " ".join(WORDS[token] for token in ids)


class Converting(Decoding):
    def convert_ids_to_tokens(self, ids: Sequence[int]) -> list[str]:
        return [WORDS[token] for token in ids]


class Looking:
    def id_to_token(self, token: int) -> str:
        return WORDS[token]


def _vectorization() -> Any:
    return layers.TextVectorization(vocabulary=WORDS[2:])


def _call(function: Any, ids: Any) -> Any:
    return function(ids)


def _lookup(**arguments: Any) -> Any:
    return layers.StringLookup(vocabulary=WORDS[2:], mask_token="", **arguments)


TOKENS: dict[str, Callable[[], Any]] = {
    "lists": lambda: [[WORDS[token] for token in row] for row in SOURCE_IDS],
    "vocabulary": lambda: WORDS,
    "mapping": lambda: dict(enumerate(WORDS)),
    "function of the ids": lambda: lambda ids: [WORDS[token] for token in ids],
    "function of the ids that makes one text": lambda: lambda ids: " ".join(WORDS[token] for token in ids),
    "function of an id": lambda: lambda token: WORDS[token],
    "function of anything": lambda: lambda token: WORDS[token] if isinstance(token, int) else str(token),
    "function to a tensor": lambda: _lookup(invert=True),
    "numpy vocabulary": lambda: lambda ids: np.array(WORDS)[ids],
    "StringLookup": _lookup,
    "inverted StringLookup": lambda: _lookup(invert=True),
    "calling a StringLookup": lambda: functools.partial(_call, _lookup(invert=True)),
    "TextVectorization": _vectorization,
    "decode": Decoding,
    "decode and convert_ids_to_tokens": Converting,
    "id_to_token": Looking,
    "bytes": lambda: lambda token: WORDS[token].encode(),
}


@pytest.mark.parametrize("form", TOKENS)
def test_tokens(form: str) -> None:
    (axis,) = Probe(SOURCE_IDS, TOKENS[form]()).axes
    assert axis.tokens == [["three", "[UNK]", "four", "[UNK]", "five"], ["nine", "two", "six", "", ""]]


def test_ids_are_shown_without_tokens() -> None:
    assert Probe(SOURCE_IDS).axes[0].tokens[0] == ["3", "1", "4", "1", "5"]


def test_ids_out_of_the_vocabulary_are_shown() -> None:
    assert Probe(np.array([[3, 77]]), WORDS).axes[0].tokens == [["three", "[77]"]]


def test_a_flat_list_for_one_example() -> None:
    assert Probe(SOURCE_IDS[:1], ["a", "b", "c", "d", "e"]).axes[0].tokens == [["a", "b", "c", "d", "e"]]


def test_lists_that_padding_makes_short_are_filled() -> None:
    assert Probe(SOURCE_IDS, [list("abcde"), list("fgh")]).axes[0].tokens[1] == ["f", "g", "h", "", ""]


@pytest.mark.parametrize("tokens", [{"source": WORDS, "target": "ids"}, (WORDS, None)], ids=["dict", "tuple"])
def test_tokens_of_two_inputs(tokens: Any) -> None:
    if isinstance(tokens, dict):
        tokens = {"source": WORDS, "target": None}
    source, target = Probe((SOURCE_IDS, TARGET_IDS), tokens).axes
    assert source.tokens[0][0] == "three"
    assert target.tokens[0][0] == "2"


def test_titles_are_the_text_of_the_first_axis() -> None:
    assert Probe(SOURCE_IDS, WORDS).title(1) == "nine two six"
    assert Probe(SOURCE_IDS, [list("abcde"), list("fgh")]).title(1) == "fgh"
    long = Probe(np.ones((1, 300), dtype=int), ["", "word"]).title(0)
    assert len(long) == 200
    assert long.endswith("…")


# Roles


def test_roles_of_a_deep_translator_with_equal_lengths(tmp_path: Path) -> None:
    model = translator(source_length=6, depth=3)
    (record,) = log_once(tmp_path, model, (TARGET_IDS[:1], TARGET_IDS[:1]))
    for number in range(3):
        assert _roles(record)[f"encoder_{number}"] == ("encoder self", "source", "source")
        assert _roles(record)[f"decoder_{number}"] == ("decoder self", "target", "target")
        assert _roles(record)[f"cross_{number}"] == ("cross", "target", "source")


@pytest.mark.parametrize(("causal_mask", "role"), [(True, "decoder self"), (False, "encoder self")])
def test_roles_of_a_language_model(causal_mask: bool, role: str, tmp_path: Path) -> None:
    (record,) = log_once(tmp_path, language_model(causal_mask), TARGET_IDS[:1])
    assert _roles(record) == {"attention": (role, "tokens", "tokens")}


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
    assert _roles(record) == {"attention": ("decoder self" if causal_mask else "encoder self", "ids", "ids")}
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
    assert _roles(records[0]) == {"attention": ("cross", "written", "tokens")}
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
    assert _roles(record) == {
        "encoder_0": ("decoder self", "source", "source"),
        "decoder_0": ("other", "target", "target"),
        "cross_0": ("encoder self", "source", "source"),
    }
