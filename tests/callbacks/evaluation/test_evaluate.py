"""Evaluations beside a plain forward pass and scikit-learn, of each task, and of data sets of every kind."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import sklearn.metrics
import tensorflow as tf
from helpers.cases import others_long
from helpers.evaluated_models import (
    CLASSES,
    IDS,
    classifier,
    drawn_ids,
    language_model,
    log_softmax,
    reversed_pairs,
    tagger,
    translator,
)

from tb_seqviz_plugin.callbacks import EvaluationOptions, Report, evaluate
from tb_seqviz_plugin.callbacks.evaluation.evaluator import Evaluator

QUICK = EvaluationOptions(draws=50, batch_size=16)
NAMES = ["low", "middle", "high"]
X = drawn_ids(50)
Y = np.random.default_rng(1).integers(0, CLASSES, 50)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(3)
    return classifier()


def values(report: Report) -> dict[tuple[str, str], float]:
    return {(row.slice, row.measure): row.value for row in report.table}


def test_a_classifier_is_measured_as_scikit_learn_does(model: keras.Model) -> None:
    report = evaluate(model, (X, Y), classes=NAMES, options=QUICK)
    logarithms = log_softmax(model, X)
    predicted = logarithms.argmax(axis=-1)
    assert report.evaluation.task == "classification"
    found = values(report)
    assert found["all", "accuracy"] == pytest.approx(sklearn.metrics.accuracy_score(Y, predicted))
    assert found["all", "log_loss"] == pytest.approx(sklearn.metrics.log_loss(Y, np.exp(logarithms)), rel=1e-5)
    expected = sklearn.metrics.f1_score(Y, predicted, average="macro", zero_division=0)
    assert found["all", "f1_macro"] == pytest.approx(expected)
    expected = sklearn.metrics.roc_auc_score(Y, np.exp(logarithms), multi_class="ovr")
    assert found["all", "roc_auc_ovr"] == pytest.approx(expected)
    confusion = sklearn.metrics.confusion_matrix(Y, predicted, labels=range(CLASSES))
    np.testing.assert_array_equal(report.evaluation.confusion["all"], confusion)
    lengths = (X > 0).sum(axis=-1)
    for name, part in (("3 to 4", lengths < 5), ("5 to 9", lengths >= 5)):
        of_slice = f"source_length: {name.replace('3 to 4', '0 to 4')}"
        assert found[of_slice, "accuracy"] == pytest.approx((predicted == Y)[part].mean())
    example = report.examples[7]
    assert example.prediction == NAMES[predicted[example.index]]
    assert example.reference == NAMES[Y[example.index]]
    assert example.correct == (predicted[example.index] == Y[example.index])
    assert example.probability == pytest.approx(np.exp(logarithms)[example.index, Y[example.index]], rel=1e-5)
    assert f"class: {example.reference}" in example.slices
    assert {row.slice for row in report.table if row.low <= row.value <= row.high} >= {"all", "class: low"}


@pytest.mark.parametrize("activation", [None, "sigmoid"])
def test_one_number_for_two_classes_is_told_from_logits_and_probabilities(activation: str | None) -> None:
    binary = classifier(activation, units=1)
    raw = keras.ops.convert_to_numpy(binary(X))[:, 0].astype(np.float64)
    chances = raw if activation else 1 / (1 + np.exp(-raw))
    report = evaluate(binary, (X, Y > 0), options=QUICK)
    assert report.value("log_loss") == pytest.approx(sklearn.metrics.log_loss(Y > 0, chances), rel=1e-5)
    assert report.value("roc_auc") == pytest.approx(sklearn.metrics.roc_auc_score(Y > 0, chances))
    weights = np.linspace(0, 3, 50)
    weighed = next(
        row for row in evaluate(binary, (X, Y > 0, weights), options=QUICK).table if row.measure == "roc_auc"
    )
    assert weighed.value == pytest.approx(sklearn.metrics.roc_auc_score(Y > 0, chances, sample_weight=weights))
    assert weighed.low < weighed.value < weighed.high
    unknown = evaluate(binary, (X, np.where(np.arange(50) < 9, -1, Y > 0)), options=QUICK)
    assert unknown.value("log_loss") == pytest.approx(sklearn.metrics.log_loss(Y[9:] > 0, chances[9:]), rel=1e-5)


def test_labels_of_tokens_are_measured_without_padding() -> None:
    model = tagger()
    labels = X % CLASSES
    report = evaluate(model, (X, labels), classes=NAMES, options=QUICK)
    there, predicted = X > 0, log_softmax(model, X).argmax(axis=-1)
    assert report.evaluation.task == "token_labelling"
    assert report.value("accuracy") == pytest.approx((predicted == labels)[there].mean())
    assert report.value("accuracy", "class: high") == pytest.approx((predicted == labels)[there & (labels == 2)].mean())
    expected = sklearn.metrics.f1_score(labels[there], predicted[there], average="macro", zero_division=0)
    assert report.value("f1_macro") == pytest.approx(expected)
    curve = next(curve for curve in report.evaluation.curves if curve.by == "position" and curve.measure == "accuracy")
    right = [(predicted == labels)[:, place][there[:, place]].mean() for place in range(X.shape[1])]
    np.testing.assert_allclose(curve.value, right, rtol=1e-6)
    assert curve.count.tolist() == there.sum(axis=0).tolist()
    one_hot = evaluate(model, (X, np.eye(CLASSES)[labels]), options=QUICK)
    assert one_hot.value("log_loss") == report.value("log_loss")


def test_a_language_model_is_known_by_its_data_and_each_token_is_as_in_a_plain_pass() -> None:
    model = language_model()
    weights = (X[:, 1:] > 0).astype("float32")
    report = evaluate(model, (X[:, :-1], X[:, 1:], weights), tokenizer="_abcdefghijk", options=QUICK)
    logarithms = log_softmax(model, X[:, :-1])
    right = np.take_along_axis(logarithms, X[:, 1:, None], axis=-1)[..., 0]
    assert report.evaluation.task == "language_modelling"
    assert report.value("perplexity") == pytest.approx(np.exp(-right[weights > 0].mean()), rel=1e-5)
    top = ((logarithms > right[..., None]).sum(axis=-1) < 5)[weights > 0].mean()
    assert report.value("top_5_accuracy") == pytest.approx(top)
    example, tokens = report.examples[0], report.tokens[0]
    row = example.index
    counted = weights[row] > 0
    np.testing.assert_allclose(tokens.probabilities[1:], np.exp(right[row][counted]), rtol=1e-4)
    assert np.isnan(tokens.probabilities[0])
    ranks = 1 + (logarithms[row] > right[row][:, None]).sum(axis=-1)
    assert tokens.ranks.tolist() == [0, *ranks[counted].tolist()]
    assert "".join(tokens.tokens) == tokens.text == example.inputs[:1] + example.reference


def test_an_encoder_decoder_writes_by_itself_beside_what_is_right() -> None:
    keras.utils.set_random_seed(0)
    model = translator()
    model.compile(keras.optimizers.Adam(0.03), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    inputs, labels, _ = reversed_pairs(400)
    model.fit(inputs, labels, epochs=4, batch_size=50, verbose=0)
    held_out = reversed_pairs(40, seed=1)
    report = evaluate(model, held_out, tokenizer="_123456789<>", examples=12, options=QUICK)
    assert report.evaluation.task == "sequence_to_sequence"
    written = held_out[0]["target"].copy()
    for place in range(5):
        chosen = log_softmax(model, {"source": held_out[0]["source"], "target": written})[:, place].argmax(axis=-1)
        if place < 4:
            written[:, place + 1] = chosen
        else:
            written = np.concatenate([written, chosen[:, None]], axis=1)
    for example in report.examples:
        expected = written[example.index, 1:].tolist()
        expected = expected[: expected.index(11)] if 11 in expected else expected
        assert example.prediction == "".join("_123456789<>"[number] for number in expected)
        assert example.reference == "".join(str(number) for number in held_out[1][example.index, :-1])
        assert example.inputs == "".join(str(number) for number in held_out[0]["source"][example.index])
    exact = np.mean([example.prediction == example.reference for example in report.examples])
    assert report.value("exact_match") == pytest.approx(exact)
    alone = next(curve for curve in report.evaluation.curves if curve.mode == "free_running")
    shown = [example.index for example in report.examples]
    written[:, 2:][np.logical_or.accumulate(written[:, 1:] == 11, axis=1)[:, :-1]] = -1
    np.testing.assert_allclose(alone.value, (written[:, 1:] == held_out[1])[shown].mean(axis=0), rtol=1e-6)
    assert report.tokens[0].source == report.examples[0].inputs


def test_batches_padded_each_by_itself_are_written_from_too() -> None:
    inputs, labels, weights = reversed_pairs(8)
    narrow = ({name: rows[:4] for name, rows in inputs.items()}, labels[:4], weights[:4])
    wide = ({**narrow[0], "source": np.pad(inputs["source"][4:], [(0, 0), (0, 2)])}, labels[4:], weights[4:])
    report = evaluate(translator(), [narrow, wide], options=QUICK)
    assert next(row.count for row in report.table if row.measure == "exact_match") == 8
    assert not [note for note in report.notes if "did not write" in note]


class Batches(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 5

    def __getitem__(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        return X[10 * place : 10 * place + 10], Y[10 * place : 10 * place + 10]


def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    return (Batches()[place] for place in range(5))


KINDS: dict[str, Callable[[], Any]] = {
    "tf.data": lambda: tf.data.Dataset.from_tensor_slices((X, Y)).batch(7),
    "PyDataset": Batches,
    "list": lambda: list(batches()),
    "function": lambda: batches,
    "generator": batches,
    "endless": lambda: tf.data.Dataset.from_tensor_slices((X, Y)).batch(7).repeat(),
}


@pytest.fixture(scope="module")
def whole(model: keras.Model) -> Report:
    return evaluate(model, (X, Y), options=QUICK)


@pytest.mark.parametrize("kind", KINDS)
def test_data_sets_of_every_kind_are_evaluated_alike(model: keras.Model, whole: Report, kind: str) -> None:
    found = evaluate(model, KINDS[kind](), max_examples=50 if kind == "endless" else None, options=QUICK)
    assert values(found) == pytest.approx(values(whole), nan_ok=True)
    assert [example.index for example in found.examples] == [example.index for example in whole.examples]


def test_a_data_set_in_another_order_each_time_is_refused_instead_of_mixed_up(model: keras.Model) -> None:
    data = tf.data.Dataset.from_tensor_slices((X, Y))
    with pytest.raises(ValueError, match=r"Batch 0 of the data set has other labels .* Leave out shuffle\(\)"):
        evaluate(model, data.shuffle(50).batch(10), options=QUICK)
    evaluate(model, data.shuffle(50, reshuffle_each_iteration=False).batch(10), options=QUICK)


def evaluator(**changed: Any) -> Evaluator:
    usual = {"task": "auto", "slices": None, "examples": 9, "max_examples": None, "tokenizer": None, "source": None}
    given = {"dataset": (X, Y), **usual, "classes": NAMES, "options": QUICK, "tell": warnings.warn, **changed}
    return Evaluator(**given)


def of_other_widths(ids: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Batches of tokens and what follows each, every other one padded further."""
    batches = []
    for place in range(0, 50, 10):
        part = np.pad(ids[place : place + 10], [(0, 0), (0, 3 * (place % 20 == 0))])
        batches.append((part[:, :-1], np.where(part[:, 1:] > 0, part[:, 1:], -1)))
    return batches


SHARDED: dict[str, Callable[[], tuple[keras.Model, Any]]] = {
    "classifier": lambda: (classifier(), (X, Y)),
    "tagger": lambda: (tagger(), (X, X % CLASSES)),
    "language model": lambda: (language_model(), of_other_widths(X)),
    "translator": lambda: (translator(), reversed_pairs(50)),
}


@pytest.mark.parametrize("kind", others_long(["classifier", "language model"], SHARDED))
def test_what_several_workers_counted_is_exactly_what_one_would_have(kind: str) -> None:
    model, data = SHARDED[kind]()
    given = {"dataset": data, "classes": ()}
    whole = evaluator(**given)(model)
    one, worker, chief = whole.evaluation, evaluator(**given), evaluator(**given)
    parts = [worker.count(model, shard, 3) for shard in range(3)]
    put_together = chief.put_together(model, [parts[2], parts[0], parts[1]])
    merged = put_together.evaluation
    assert [repr(row) for row in merged.table] == [repr(row) for row in one.table]
    assert merged.examples == one.examples
    for curve, other in zip(merged.curves, one.curves, strict=True):
        for name in ("x", "value", "low", "high", "count"):
            np.testing.assert_array_equal(getattr(curve, name), getattr(other, name))
    for name, matrix in one.confusion.items():
        np.testing.assert_array_equal(merged.confusion[name], matrix)
    for tokens, others in zip(put_together.tokens, whole.tokens, strict=True):
        np.testing.assert_array_equal(tokens.probabilities, others.probabilities)
    with pytest.raises(ValueError, match="Two parts hold the same example"):
        chief.put_together(model, [parts[0], parts[0]])


def test_slices_are_those_that_are_asked_for(model: keras.Model) -> None:
    def begins(example: Any) -> str:
        return "with an odd id" if example.inputs["tokens"][0] % 2 else "with an even id"

    report = evaluate(model, (X, Y), slices=[begins, "class", (begins, "class")], classes=NAMES, options=QUICK)
    predicted = log_softmax(model, X).argmax(axis=-1)
    odd = X[:, 0] % 2 == 1
    assert report.value("accuracy", "begins: with an odd id") == pytest.approx((predicted == Y)[odd].mean())
    crossed = report.value("accuracy", "begins: with an odd id & class: low")
    assert crossed == pytest.approx((predicted == Y)[odd & (Y == 0)].mean())
    assert not [row for row in report.table if row.slice.startswith("source_length")]


def test_no_example_need_be_kept(model: keras.Model, whole: Report) -> None:
    report = evaluate(model, (X, Y), examples=0, options=QUICK)
    assert not report.examples
    assert values(report) == pytest.approx(values(whole), nan_ok=True)


def test_of_the_data_set_no_more_stays_in_memory_than_the_examples_that_are_kept(model: keras.Model) -> None:
    one = evaluator(examples=2)
    one(model)
    assert one._prepared is not None
    for kept in one._prepared.found.kept:
        held = [*kept.inputs.values(), kept.labels, kept.weights]
        assert all(array.base is None for array in held)


def test_the_report_prints_well_and_becomes_a_data_frame(model: keras.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    report = evaluate(model, (X, Y), classes=NAMES, options=QUICK)
    lines = str(report).splitlines()
    assert lines[0].split()[:4] == ["slice", "count", "accuracy", "log_loss"]
    assert lines[1].startswith("all ")
    assert len(lines[0]) <= 110
    monkeypatch.setenv("COLUMNS", "40")
    assert str(report).splitlines()[0].split() == ["slice", "count", "accuracy", "log_loss", "f1_macro"]
    (hidden,) = (line for line in str(report).splitlines() if line.startswith("Not printed, but in to_rows()"))
    assert hidden.endswith("roc_auc_ovr, those of each class")
    assert len({len(line) for line in lines[:5]}) == 1
    assert "95 %, bootstrap over examples, 50 draws, seed 0" in str(report)
    frame = report.to_pandas()
    assert list(frame.columns) == ["slice", "measure", "value", "low", "high", "count"]
    assert len(frame) == len(report.table) == len(report.to_rows())
    with pytest.raises(KeyError, match="no 'acuracy' of the slice 'all'; there are accuracy"):
        report.value("acuracy")
    with pytest.raises(KeyError, match=r"no slice 'class: lo'; there are 'all', .*'class: low'"):
        report.value("accuracy", "class: lo")


def warned(model: keras.Model, dataset: Any, sentence: str, **given: Any) -> Report:
    with pytest.warns(UserWarning, match=sentence):
        return evaluate(model, dataset, options=QUICK, **given)


def test_what_cannot_be_used_is_told_and_the_rest_is_evaluated(model: keras.Model) -> None:
    predicted = log_softmax(model, X).argmax(axis=-1)
    right = predicted == Y
    report = warned(
        model, (X, np.where(np.arange(50) < 5, 7, Y)), "labels hold 7, and the model .* tells 3 classes apart"
    )
    assert report.value("accuracy") == pytest.approx(right[5:].mean())
    report = warned(model, (X, np.where(np.arange(50) % 7 < 3, 4 + np.arange(50), Y)), "labels hold 19")
    assert len([note for note in report.notes if "labels hold" in note]) == 1
    report = evaluate(model, (X, np.where(np.arange(50) < 5, -1, Y)), options=QUICK)
    assert report.value("accuracy") == pytest.approx(right[5:].mean())
    assert next(example for example in report.examples if example.index == 0).correct is None
    weights = np.linspace(0, 1, 50)
    expected = sklearn.metrics.accuracy_score(Y, predicted, sample_weight=weights)
    assert evaluate(model, (X, Y, weights), options=QUICK).value("accuracy") == pytest.approx(expected)
    smoothed = np.eye(CLASSES)[Y] * 0.9 + 0.1 / CLASSES
    assert evaluate(model, (X, smoothed), options=QUICK).value("accuracy") == pytest.approx(right.mean())

    def fails(example: Any) -> str:
        return {0: "zero", 1: "one"}[int(example.target)]

    report = warned(
        model,
        (X, Y),
        r"slices 'fails' are left out: their function failed on example \d+ \(KeyError: 2",
        slices={"fails": fails},
    )
    assert report.value("accuracy") == pytest.approx(right.mean())
    warned(model, (X, Y), "slices 'none' are left out: their function returned None", slices={"none": lambda _: None})
    ragged = [(X[:10], Y[:10]), (np.array([[1, 2], [3]], object), Y[:2]), (X[10:], Y[10:])]
    assert warned(model, ragged, "Batch 1 is left out: .*an array of numbers").value("accuracy") == pytest.approx(
        right.mean()
    )
    several = [(X[:10], np.eye(CLASSES)[Y[:10]]), (X[:9], np.ones((9, CLASSES))), (X[10:], np.eye(CLASSES)[Y[10:]])]
    report = warned(model, several, "A batch is left out: The labels say several classes")
    assert values(report) == pytest.approx(values(evaluate(model, (X, Y), options=QUICK)), nan_ok=True)
    warned(model, (X, Y), "slices 'unknown_words' are left out, since no vocabulary", slices=["unknown_words"])


def test_what_is_too_much_to_be_told_apart_is_told(model: keras.Model) -> None:
    twice = np.concatenate([X, X]), np.concatenate([Y, Y])
    sentence = "Of the slices 'own' the 50 with the most examples are measured; 10 are left out"
    report = warned(model, twice, sentence, slices={"own": lambda example: example.index % 60})
    assert len({row.slice for row in report.table if row.slice.startswith("own: ")}) == 50
    warned(
        classifier(units=60), (X, Y), "F1 and the confusion matrix are left out: there are 60 classes, and at most 50"
    )
    warned(model, (X, Y), "slices 'position' are left out, since there is one label", slices=["position"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = evaluate(tagger(), (X, X % CLASSES), slices=["class"], options=QUICK)
    assert "class: 2" in {row.slice for row in report.table}


def test_ragged_batches_count_as_padded_ones() -> None:
    model, lengths = tagger(), (X > 0).sum(axis=-1)
    ids = tf.RaggedTensor.from_tensor(X, lengths=lengths)
    found = evaluate(model, [(ids, ids % CLASSES)], options=QUICK)
    assert values(found) == pytest.approx(values(evaluate(model, (X, X % CLASSES), options=QUICK)), nan_ok=True)


def test_predictions_that_are_no_numbers_are_left_out_and_classes_never_predicted_are_told() -> None:
    broken = classifier()
    broken.layers[0].set_weights([np.where(np.arange(IDS)[:, None] == 3, np.nan, broken.layers[0].get_weights()[0])])
    broken.layers[-1].set_weights([broken.layers[-1].get_weights()[0], np.float32([0, 100, 0])])
    report = evaluate(broken, (X, Y), classes=NAMES, options=QUICK)
    there = ~(X == 3).any(axis=-1)
    assert report.value("accuracy") == pytest.approx((Y == 1)[there].mean())
    assert f"{(~there).sum()} predictions are NaN and are left out." in report.notes
    assert "Never predicted: low, high; their precision counts as 0." in report.notes


@pytest.mark.parametrize(
    ("make", "labels"), [(classifier, Y), pytest.param(tagger, X % CLASSES, marks=pytest.mark.long)]
)
def test_a_model_of_which_nothing_but_nan_is_left_has_a_report_without_numbers(make: Any, labels: np.ndarray) -> None:
    diverged = make()
    diverged.set_weights([np.full_like(each, np.nan) for each in diverged.get_weights()])
    report = evaluate(diverged, (X, labels), options=QUICK)
    assert {row.count for row in report.table if row.measure == "accuracy"} == {0}
    assert np.isnan(report.value("accuracy"))
    assert any("predictions are NaN and are left out." in note for note in report.notes)


def test_labels_too_large_are_told_once_for_all_batches_however_many_digits_they_have(model: keras.Model) -> None:
    large = np.where(np.arange(50) == 1, 7, np.where(np.arange(50) == 20, 7_000, Y))
    report = warned(model, (X, large), "labels hold 7, and the model")
    assert len([note for note in report.notes if note.startswith("The labels hold")]) == 1


def test_of_two_outputs_the_one_that_fits_is_evaluated() -> None:
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(IDS, 4)(ids)
    model = keras.Model(ids, [x, keras.layers.Dense(CLASSES)(keras.ops.mean(x, axis=1))])
    report = warned(
        model, (X, Y), r"returns 2 tensors; number 2 of these is evaluated, on number 1 of the labels.*keras.Model\("
    )
    predicted = keras.ops.convert_to_numpy(model(X)[1]).argmax(axis=-1)
    assert report.value("accuracy") == pytest.approx((predicted == Y).mean())


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"dataset": "data"}, "The data set is of type str; expected \\(x, y\\)"),
    ({"dataset": (X,)}, "data set is .*expected \\(x, y\\)|Batch 0"),
    ({"dataset": [X]}, "Batch 0 of the data set is a ndarray; expected \\(x, y\\)"),
    ({"dataset": []}, "holds no example that can be used"),
    ({"dataset": tf.data.Dataset.from_tensors((X, Y)).repeat()}, "without an end; expected max_examples="),
    ({"dataset": (X, Y[:9])}, "different numbers of examples"),
    ({"dataset": (X, np.zeros((50, 4)))}, r"returns \[2, 3\], and the labels have the shape \[2, 4\]"),
    ({"dataset": (X, np.ones((50, 3)))}, "No batch of the data set can be used: The labels say several classes"),
    ({"dataset": (X[:0], Y[:0])}, "The data set holds no example; expected at least one"),
    (
        {"dataset": (X, np.array(NAMES)[Y])},
        r"can be used: The labels hold '\w+', of type str; expected numbers of classes",
    ),
    (
        {"dataset": (X, Y, np.ones((50, 7)))},
        r"weights have the shape \[\d+, 7\], and the labels \[\d+\]; expected one weight for each example",
    ),
    ({"task": "language_modelling"}, "returns one prediction for each example; expected 'classification', or 'auto'"),
    ({"classes": ["low", "low", "high"]}, "classes= holds 'low' twice; expected another name for each class"),
    ({"task": "tagging"}, "task='tagging'; expected one of 'auto'"),
    ({"slices": "class"}, "slices='class'; expected a list"),
    ({"slices": ["klass"]}, "slices= holds 'klass'; expected 'source_length'"),
    ({"slices": [("class", "position")]}, "crosses 'position', which tells tokens apart"),
    ({"slices": [("class",)]}, r"slices= holds \('class',\); expected"),
    ({"slices": [lambda _: 0, lambda _: 1]}, "two functions that are called 'lambda'; expected names of their own"),
    ({"slices": {"a": 3}}, "slices= holds 'a': 3; expected names with functions"),
    ({"examples": -1}, "examples=-1; expected a whole number of at least 0"),
    ({"max_examples": 0}, "max_examples=0; expected a whole number of at least 1"),
    ({"classes": "ab"}, "classes='ab'; expected a list of their names"),
    ({"options": 3}, "options=3; expected EvaluationOptions"),
]


@pytest.mark.filterwarnings("ignore:A batch is left out")
@pytest.mark.parametrize(("given", "sentence"), REFUSED)
def test_what_makes_no_sense_is_refused_in_a_sentence(model: keras.Model, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        evaluate(
            model, given.get("dataset", (X, Y)), **{name: value for name, value in given.items() if name != "dataset"}
        )
