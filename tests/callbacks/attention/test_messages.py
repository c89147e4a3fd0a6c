"""Bad input and trouble: one clear sentence at the right place, and training goes on."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.logging_runs import SOURCE_IDS, TARGET_IDS, fit, language_model, log_once, steps, translator
from helpers.zoo.case import Calling, X, of_one_input
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger, EveryBatches, EveryEpochs, Geometric

# Wrong arguments fail at construction


def _logger(folder: Path, **arguments: Any) -> AttentionLogger:
    inputs = arguments.pop("inputs", TARGET_IDS)
    return AttentionLogger(folder, inputs, **arguments)


RAGGED = [[1, 2, 3], [4, 5]]

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "empty probe": (
        {"inputs": TARGET_IDS[:0]},
        r"The inputs are a ndarray, array\(.+\), which holds nothing; expected at least one example. Pass a batch such as "
        r"x_test\[:4\].",
    ),
    "no input": ({"inputs": {}}, "The inputs are a dict, {}, which holds nothing; expected at least one example."),
    "numbers of examples": (
        {"inputs": (SOURCE_IDS, TARGET_IDS[:1])},
        "The inputs hold different numbers of examples: {'source': 2, 'target': 1}; expected the same of each.",
    ),
    "ragged lists": (
        {"inputs": RAGGED},
        r"The inputs cannot be made arrays \('tokens': .+\); expected rows of one length, padded if need be.",
    ),
    "ragged objects": (
        {"inputs": np.array([np.array(row) for row in RAGGED], dtype=object)},
        r"The inputs hold a ndarray, array.+ of type object as 'tokens'; expected an array of numbers or strings.",
    ),
    "single value": (
        {"inputs": 3.0},
        "The inputs hold a single value, a float, 3.0, as 'tokens'; expected an array with the examples along its first axis.",
    ),
    "nothing": ({"inputs": None}, "The inputs are None, which has no values; expected arrays with the examples along"),
    "shapes": ({"inputs": (None, 7)}, r"The inputs are a tuple, \(None, 7\), which has no values; expected arrays"),
    "dataset": (
        {"inputs": tf.data.Dataset.from_tensor_slices(TARGET_IDS).batch(2)},
        r"The inputs are a dataset; expected one batch of it, since .+ Pass next\(iter\(dataset\)\), taken before training.",
    ),
    "generator": ({"inputs": (row for row in TARGET_IDS)}, "The inputs are a dataset; expected one batch of it"),
    "number of token lists": (
        {"tokens": [list("abcdef")] * 3},
        "Input 'tokens' has 2 examples and 3 lists of tokens; expected one list per example.",
    ),
    "too few tokens": (
        {"tokens": [list("abc"), list("abc")]},
        "Example 0 of input 'tokens' has 3 tokens for 6 positions; expected one token per position, or fewer where the "
        r"rest is padding \(id 0\).",
    ),
    "too many tokens": (
        {"tokens": [list("abcdef"), list("abcdefg")]},
        "Example 1 of input 'tokens' has 7 tokens for 6 positions",
    ),
    "tokens of another type": (
        {"tokens": 5},
        "tokens= is an int; expected a list or a dict of tokens, a text file with a token per line, a function from ids to tokens, "
        r"two functions \(encode, decode\), a TextVectorization or StringLookup layer, or a tokenizer with encode and decode, "
        "tokenize and detokenize, or id_to_token.",
    ),
    "function that knows not every id": (
        {"tokens": {1: "one"}.__getitem__},
        r"The ids of input 'tokens' cannot be shown as tokens: a function from ids to tokens failed on the ids \[0, 1, 2, 7, 8\] "
        r"\(KeyError: 0\); expected one that knows every id.",
    ),
    "function that makes fewer strings": (
        {"tokens": lambda ids: ["a", "b"]},
        "The ids of input 'tokens' cannot be shown as tokens: a function from ids to tokens turned 5 ids into 2 strings; expected "
        "one string per id.",
    ),
    "no tokens of texts": (
        {"inputs": np.array(["one two", "three"]), "tokens": lambda _: 3},
        "The tokens for input 'tokens', which holds texts, are a function that makes no lists of tokens of them; expected the "
        "TextVectorization layer of the model, a function from a text to a list of strings, a tokenizer, or lists of strings.",
    ),
    "one list for a dict of inputs": (
        {"inputs": {"source": SOURCE_IDS, "target": TARGET_IDS}, "tokens": [list("abcde"), list("abc")]},
        "One list of tokens was given for 2 inputs; expected a dict by input name: "
        r"tokens=\{'source': ..., 'target': ...\}.",
    ),
    "tuple of another length": (
        {"inputs": {"source": SOURCE_IDS, "target": TARGET_IDS}, "tokens": (None, None, None)},
        "A tuple of 3 tokens was given for 2 inputs; expected one for each: source, target.",
    ),
    "tokens of no input": (
        {"tokens": {"sorce": ["a"]}},
        r"Tokens were given for 'sorce', which is not an input \('tokens'\); expected the name of an input, or 2 lists of strings "
        "for an axis that the model makes by itself.",
    ),
    "unknown role": (
        {"layers": {"*": "decoder"}},
        r"The layers '\*' are given the role 'decoder'; expected one of 'encoder self', 'decoder self', 'cross', 'other'.",
    ),
    "unknown axis": (
        {"layers": {"*": {"query": "targt"}}},
        r"The layers '\*' are given the query axis 'targt'; expected one of 'tokens'.",
    ),
    "unknown option": (
        {"layers": {"*": {"rolle": "cross"}}},
        r"The layers '\*' are given \{'rolle': 'cross'\}; expected a role, or a dict with 'role', 'query' and 'key'.",
    ),
    "layers of another type": (
        {"layers": 3},
        r"The layers are 3; expected patterns such as \['decoder/\*'\], or a dict from pattern to role.",
    ),
    "no layers": ({"layers": []}, r"The layers are \[\]; expected patterns"),
    "unknown schedule": (
        {"schedule": "epochs"},
        r"The schedule is 'epochs'; expected 'epoch', 'geometric', a number of batches such as 100, or a schedule such as "
        r"EveryEpochs\(5\).",
    ),
    "schedule of no batch": ({"schedule": 0}, "EveryBatches was given n=0; expected a whole number from 1 on."),
    "schedule of half a batch": ({"schedule": 0.5}, "The schedule is 0.5; expected 'epoch'"),
    "yes as a schedule": ({"schedule": True}, "The schedule is True; expected 'epoch'"),
    "name of nothing": ({"name": ""}, "The name of a record is ''; expected printable text without space at its ends."),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_arguments_fail_at_construction(what: str, tmp_path: Path) -> None:
    arguments, message = WRONG[what]
    with pytest.raises(ValueError, match=f"^{message}") as raised:
        _logger(tmp_path, **arguments)
    assert str(raised.value).endswith((".", ".]"))
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EveryEpochs(0), "EveryEpochs was given n=0; expected a whole number from 1 on."),
        (lambda: EveryBatches(2.5), "EveryBatches was given n=2.5; expected a whole number from 1 on."),  # type: ignore[arg-type]
        (lambda: Geometric(1.0), "Geometric has the ratio 1.0; expected a number above 1, such as 1.06."),
    ],
)
def test_wrong_schedules(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    with pytest.raises(
        OSError, match=r"^Cannot write to .+: .+ is a file; expected a folder. Choose another log_dir.$"
    ):
        _logger(tmp_path / "log")


def test_an_address_of_no_store() -> None:
    with pytest.raises(
        OSError,
        match=r"^gone://bucket/logs/seqviz cannot be used, since fsspec knows no gone:// .* 's3://bucket/run'.$",
    ):
        AttentionLogger("gone://bucket/logs", TARGET_IDS)


# Trouble while logging is warned of once


def _warnings_of(do: Callable[[], Any]) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        do()
    return [str(warning.message) for warning in caught if issubclass(warning.category, UserWarning)]


def _log(folder: Path, model: keras.Model, inputs: Any = X, **arguments: Any) -> list[str]:
    logger = AttentionLogger(folder, inputs, **arguments)
    logger.set_model(model)
    messages = _warnings_of(lambda: [logger.log(step) for step in range(3)])
    logger.close()
    return messages


def _assert_one(messages: list[str], expected: str) -> None:
    assert len(messages) == 1, messages
    assert re.fullmatch(expected, messages[0]), messages[0]


def test_no_model(tmp_path: Path) -> None:
    logger = _logger(tmp_path)
    _assert_one(
        _warnings_of(lambda: [logger.log(step) for step in range(3)]),
        r"AttentionLogger could not log at step 0, and training goes on: The callback has no model; pass "
        r"it, as in AttentionLogger\(\.\.\., model=model\), or call set_model\(model\)\.",
    )


def test_unbuilt_model(tmp_path: Path) -> None:
    logger = _logger(tmp_path)
    logger.set_model(keras.Sequential([layers.Embedding(10, 8)], name="fresh"))
    _assert_one(
        _warnings_of(lambda: [logger.log(step) for step in range(3)]),
        r"AttentionLogger could not log at step 0, and training goes on: The model 'fresh' is not built, so it has no "
        r"weights to look at\. Call it once on a batch, or train one step, before logging\.",
    )


def test_no_attention(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Embedding(10, 8), layers.Dense(10)], name="plain")
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    _assert_one(
        _warnings_of(lambda: fit(model, _logger(tmp_path), epochs=3)),
        r"AttentionLogger could not log at step 0, and training goes on: No attention was found in the model 'plain': no "
        r"softmax in it multiplies values along the tokens\. If it attends in some other way, call "
        r"tb_seqviz_plugin\.callbacks\.sow\(name, weights\) where the weights are made\.",
    )
    assert not any(tmp_path.iterdir())


def test_no_attention_in_a_model_that_runs_op_by_op(tmp_path: Path) -> None:
    (message,) = _log(tmp_path, Calling(lambda self, x: x * float(x.numpy().max())))
    assert "The model could be run only op by op (" in message
    assert message.endswith("where what passes through numpy cannot be followed.")


def test_patterns_that_match_nothing(tmp_path: Path) -> None:
    pair = (SOURCE_IDS, TARGET_IDS)
    _assert_one(
        _log(tmp_path, translator(depth=1), pair, layers=["cros_*"]),
        r"The pattern 'cros_\*' in `layers` matches no attention layer; the model has "
        r"'decoder_0', 'encoder_0', 'cross_0'\.",
    )
    assert not any(tmp_path.iterdir())
    messages = _log(tmp_path, translator(depth=1), pair, layers={"cros_0": "other", "encoder_0": "other"})
    assert len(messages) == 1
    assert steps(tmp_path) == [0, 1, 2]


def test_tokens_for_a_pair_that_turns_out_to_be_two_inputs(tmp_path: Path) -> None:
    _assert_one(
        _log(tmp_path, translator(depth=1), (SOURCE_IDS, TARGET_IDS), tokens=[list("abcde"), list("abc")]),
        r"AttentionLogger could not log at step 0, and training goes on: One list of tokens was given for 2 inputs; .+",
    )


def test_two_loggers_of_one_name(tmp_path: Path) -> None:
    model = language_model()
    loggers = [AttentionLogger(tmp_path, TARGET_IDS), AttentionLogger(tmp_path, TARGET_IDS[:1])]
    messages = _warnings_of(lambda: model.fit(TARGET_IDS, TARGET_IDS, epochs=2, verbose=0, callbacks=loggers))
    _assert_one(
        messages,
        r"AttentionLogger could not log at step 0, and training goes on: Another callback of this fit writes "
        r"the same tag 'attention/probe' to .+\. Give each its own name, such as name='validation'\.",
    )
    assert [(record.tag, record.step) for record in seqviz.read(tmp_path)] == [
        (f"attention/probe/{example}", step) for example in (0, 1) for step in (0, 1)
    ]


def test_an_axis_that_this_model_does_not_have(tmp_path: Path) -> None:
    _assert_one(
        _log(tmp_path, language_model(), (TARGET_IDS, TARGET_IDS), layers={"*": {"query": "target"}}),
        r"AttentionLogger could not log at step 0, and training goes on: `layers` names the axis 'target'; this model "
        r"has 'tokens'\.",
    )


def test_an_axis_of_another_length_is_noted(tmp_path: Path) -> None:
    chosen = {"cross_0": {"query": "source"}}
    record = log_once(tmp_path, translator(depth=1), (SOURCE_IDS, TARGET_IDS), layers=chosen)[0]
    layer = next(layer for layer in record.layers if layer.path == "cross_0")
    assert list(layer.notes) == [
        "The axes that `layers` names have other lengths than the weights, which are shown by position."
    ]
    assert layer.query_tokens == ["0", "1", "2", "3", "4", "5"]


def test_an_exception_in_the_model_while_capturing(tmp_path: Path) -> None:
    class Picky(layers.Layer):
        def call(self, x: Any) -> Any:
            if x.shape[0] == 2:
                raise ValueError("two are too few")
            return x

    picky, attention = Picky(), layers.Attention()
    inputs = layers.Input((6, 8))
    x = picky(inputs)
    model = keras.Model(inputs, layers.Dense(1)(attention([x, x])))
    model.compile("sgd", "mse")
    data = np.ones((3, 6, 8), dtype="float32")
    histories: list[Any] = []
    messages = _warnings_of(
        lambda: histories.append(
            model.fit(data, data[..., :1], batch_size=3, epochs=4, verbose=0, callbacks=[AttentionLogger(tmp_path, X)])
        )
    )
    _assert_one(
        messages,
        r"AttentionLogger could not log at step 0, and training goes on: Exception encountered when calling "
        r"Picky\.call\(\)\. two are too few\.",
    )
    assert len(histories[0].history["loss"]) == 4


def test_errors_of_the_graph_are_told_in_one_sentence(tmp_path: Path) -> None:
    _assert_one(
        _log(tmp_path, language_model(), TARGET_IDS + 5),
        r"AttentionLogger could not log at step 0, and training goes on: InvalidArgumentError: indices\[0,1\] = 12 is "
        r"not in \[0, 10\).*\.",
    )


def test_what_cannot_be_captured_is_named_once(tmp_path: Path) -> None:
    class Mixer(layers.Layer):
        def call(self, x: Any) -> Any:
            return tf.matmul(tf.sigmoid(tf.matmul(x, x, transpose_b=True)), x)

    mixer, attention = Mixer(name="mixer"), layers.Attention(name="attention")
    model = of_one_input(lambda x: attention([mixer(x), x]))
    _assert_one(_log(tmp_path, model), r"Attention that cannot be captured: mixer: .+ sow\(name, weights\)\.")
    assert steps(tmp_path) == [0, 1, 2]


def test_weights_that_are_not_finite_are_logged_with_a_note(tmp_path: Path) -> None:
    model = language_model()
    layer = model.get_layer("attention")
    layer._query_dense.kernel.assign(layer._query_dense.kernel * np.nan)
    histories: list[Any] = []
    assert _warnings_of(lambda: histories.append(fit(model, _logger(tmp_path), epochs=2))) == []
    record = next(iter(seqviz.read(tmp_path, "attention")))
    assert np.isnan(record.layers[0].weights[:, np.tril(np.ones((6, 6))) > 0]).all()
    (note,) = record.layers[0].notes
    assert re.fullmatch(r"\d+ of 72 weights are NaN or infinite\.", note)
    assert len(histories[0].history["loss"]) == 2


def _take_nothing(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_disk_that_fails_during_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tb_seqviz_plugin.log.event_file.write_record", _take_nothing)
    histories: list[Any] = []
    messages = _warnings_of(lambda: histories.append(fit(language_model(), _logger(tmp_path), epochs=4)))
    _assert_one(
        messages, r"Step 0 of 'attention/probe/0'.* could not be written to .+No space left on device.+ is kept .+"
    )
    assert len(histories[0].history["loss"]) == 4


def test_a_file_that_takes_the_place_of_the_folder(tmp_path: Path) -> None:
    class Spoiling(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 0:
                (tmp_path / "run").write_text("a file where the folder was to be")

    logger, model = _logger(tmp_path / "run"), language_model()
    ids = np.ones((2, 6), dtype="int32")
    histories: list[Any] = []
    messages = _warnings_of(
        lambda: histories.append(model.fit(ids, ids, epochs=3, verbose=0, callbacks=[Spoiling(), logger]))
    )
    _assert_one(messages, r"AttentionLogger could not .+, and training goes on: Cannot write to .+ is a file; .+")
    assert len(histories[0].history["loss"]) == 3


def test_a_damaged_file_of_an_earlier_run(tmp_path: Path) -> None:
    fit(language_model(), _logger(tmp_path), epochs=2)
    (file,) = tmp_path.rglob("*tfevents*")
    file.write_bytes(file.read_bytes()[:-20])
    messages = _warnings_of(lambda: fit(language_model(), _logger(tmp_path), epochs=2))
    assert len(messages) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # A step is there as a whole or not at all, so that the one that was cut is logged again.
        assert steps(tmp_path) == [0, 1, 2]


def test_each_thing_is_warned_of_once_per_logger(tmp_path: Path) -> None:
    def call(self: Any, x: Any) -> Any:
        return ops.softmax(ops.matmul(x, ops.swapaxes(x, 1, 2)))[:, :, :1] * x

    model = Calling(call)
    logger = AttentionLogger(tmp_path, X)
    logger.set_model(model)
    messages = _warnings_of(lambda: [logger.log(step) for step in (8, 9, 10, 11, 100)])
    assert len(messages) == 1
