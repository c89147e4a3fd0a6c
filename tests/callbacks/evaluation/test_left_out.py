"""What is left out of a table, or could be read wrong, is told in a sentence: nothing stands there without a word."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
from helpers.evaluated_models import (
    CLASSES,
    IDS,
    classifier,
    drawn_ids,
    language_model,
    reversed_pairs,
    tagger,
    translator,
)
from scipy.stats import rankdata

from tb_seqviz_plugin.callbacks import EvaluationOptions, evaluate
from tb_seqviz_plugin.callbacks.evaluation.evaluator import Evaluator

QUICK = EvaluationOptions(draws=20, batch_size=16)
X = drawn_ids(50)
Y = np.random.default_rng(1).integers(0, CLASSES, 50)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(3)
    return classifier()


def test_of_tokens_that_are_equally_probable_each_has_the_middle_rank_and_none_the_first() -> None:
    model = language_model()
    weights = np.zeros((8, IDS), np.float32)
    bias = np.float32([3, 2, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0])
    model.layers[-1].set_weights([weights, bias])
    report = evaluate(model, (X[:, :-1], X[:, 1:]), options=QUICK)
    expected = np.ceil(rankdata(-bias))
    assert expected.tolist()[:4] == [1, 3, 3, 3]
    ranks = expected[X[:, 1:]]
    assert report.tokens[0].ranks[1:].tolist() == ranks[report.examples[0].index].tolist()
    assert report.value("top_5_accuracy") == pytest.approx((ranks <= 5).mean())


def test_measures_that_slices_of_tokens_do_not_have_are_named_and_no_row_is_empty() -> None:
    report = evaluate(translator(), reversed_pairs(40), tokenizer="_123456789<>", examples=4, options=QUICK)
    (said,) = [note for note in report.notes if note.startswith("Slices by position and frequency are of tokens")]
    assert "have only accuracy, top_5_accuracy, log_loss, perplexity; other measures" in said
    assert any(
        note.endswith("of the 4 examples that are kept, which the model wrote by itself.") for note in report.notes
    )
    assert not [row for row in report.table if row.count == 0]
    of_texts = {row.slice for row in report.table if row.measure == "chrf"}
    shown = {name for example in report.examples for name in example.slices}
    assert of_texts == {"all", *(shown & {row.slice for row in report.table})}


def test_the_area_of_a_class_that_never_occurs_is_left_out_with_a_reason(model: keras.Model) -> None:
    report = evaluate(model, (X, Y % 2), classes=["a", "b", "c"], options=QUICK)
    assert not [row for row in report.table if row.measure.startswith("roc_auc")]
    assert "roc_auc_ovr is left out: no label is of c." in report.notes
    report = evaluate(classifier(units=1), (X, np.ones(50)), options=QUICK)
    assert "roc_auc is left out: no label is of 0." in report.notes


def test_labels_below_0_without_any_of_class_0_are_told() -> None:
    binary = classifier(units=1)
    signs = np.where(Y > 0, 1, -1)
    with pytest.warns(UserWarning, match=rf"of class 1, and {(Y == 0).sum()} are below 0.* pass y > 0 as the labels"):
        report = evaluate(binary, (X, signs), options=QUICK)
    assert report.value("accuracy") == evaluate(binary, (X[Y > 0], signs[Y > 0]), options=QUICK).value("accuracy")


def test_crossed_slices_are_bounded_to_those_with_the_most_examples(model: keras.Model) -> None:
    twice = np.concatenate([X, X]), np.concatenate([Y, Y])

    def own(example: Any) -> int:
        return int(example.index) % 40

    with pytest.warns(UserWarning, match="slices 'own x class' the 50 with the most examples are measured; [0-9]+ are"):
        report = evaluate(model, twice, slices=[own, "class", (own, "class")], options=QUICK)
    names = [name for name in dict.fromkeys(row.slice for row in report.table) if " & " in name]
    assert len(names) == 50
    pairs, counts = np.unique([(place % 40, twice[1][place]) for place in range(100)], axis=0, return_counts=True)
    measured = {
        name: row.count for name in names for row in report.table if row.slice == name and row.measure == "accuracy"
    }
    assert sorted(measured.values(), reverse=True) == sorted(counts.tolist(), reverse=True)[:50]
    known = {f"own: {number} & class: {label}": count for (number, label), count in zip(pairs, counts, strict=True)}
    assert all(known[name] == count for name, count in measured.items())


def test_an_example_takes_few_bytes_while_it_is_counted() -> None:
    data = (X[:, :-1], X[:, 1:])
    evaluator = Evaluator(data, "auto", None, 4, None, None, None, (), QUICK, print)
    tally = evaluator.count(language_model()).tally
    assert sum(column.nbytes for column in tally.columns.values()) / 50 < 500
    assert {column.dtype for column in tally.columns.values()} == {np.dtype("float32")}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ((X,), r"The data set is a tuple of 1; expected \(x, y\) or \(x, y, sample_weight\): without y"),
        ((X, Y, Y, Y), r"The data set is a tuple of 4; expected \(x, y\)"),
        ([(X,)], r"Batch 0 of the data set is a tuple of 1; expected \(x, y\)"),
        ((X, Y[:9]), r"different numbers of examples: {'x': 50, 'y': 9}"),
        (({"ids": X}, Y, np.ones(3)), r"{'x/ids': 50, 'y': 50, 'sample_weight': 3}"),
    ],
)
def test_data_sets_of_other_parts_or_sizes_are_refused_by_the_names_of_their_parts(
    model: keras.Model, data: Any, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        evaluate(model, data, options=QUICK)


def test_a_data_set_that_holds_less_than_before_is_told(model: keras.Model) -> None:
    walks = iter([5, 5, 2])

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return ((X[first : first + 10], Y[first : first + 10]) for first in range(0, 10 * next(walks), 10))

    with pytest.raises(ValueError, match="holds 2 batches, and held 5 when it was first walked through"):
        evaluate(model, batches, options=QUICK)


def test_predictions_that_are_nan_are_counted_over_all_parts() -> None:
    broken = classifier()
    table = broken.layers[0].get_weights()[0]
    table[5] = np.nan
    broken.layers[0].set_weights([table])
    evaluator = Evaluator((X, Y), "auto", None, 4, None, None, None, (), QUICK, print)
    expected = f"{(X == 5).any(axis=1).sum()} predictions are NaN and are left out."
    parts = [evaluator.count(broken, part, 2) for part in range(2)]
    assert expected in evaluator.put_together(broken, parts).evaluation.notes
    assert expected in evaluator(broken).evaluation.notes


def test_tags_are_not_named_by_the_vocabulary_of_the_text() -> None:
    labels = X % CLASSES
    shown = evaluate(tagger(), (X, labels), tokenizer="_abcdefghijk", options=QUICK).examples[0]
    there = X[shown.index][X[shown.index] > 0]
    assert shown.inputs == "".join("_abcdefghijk"[number] for number in there)
    assert shown.reference == " ".join(str(number % CLASSES) for number in there)
    named = evaluate(tagger(), (X, labels), tokenizer="xyz", source="_abcdefghijk", options=QUICK).examples[0]
    assert named.reference == "".join("xyz"[number % CLASSES] for number in there)


def told(model: keras.Model, dataset: Any, **given: Any) -> list[str]:
    """Returns what an evaluation warns of, each of which stands in the report, too."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = evaluate(model, dataset, options=QUICK, **given)
    sentences = [str(each.message) for each in caught if each.category is UserWarning]
    assert set(sentences) <= set(report.notes)
    return sentences


@pytest.mark.parametrize("dataset", [(X, np.full(50, -1)), (X, Y, np.zeros(50)), (X, Y, np.full(50, np.nan))])
def test_a_data_set_without_a_label_that_counts_says_so(model: keras.Model, dataset: Any) -> None:
    assert told(model, dataset)[-1].startswith("No label counts, so that nothing is measured: all are unknown, masked")


def test_weights_that_are_none_are_told_and_the_rest_is_evaluated(model: keras.Model) -> None:
    weights = np.where(np.arange(50) < 5, -1.0, 1.0)
    weights[5:9] = np.nan
    with pytest.warns(UserWarning, match="Some weights are below 0, or NaN; labels of such weights do not count."):
        found = evaluate(model, (X, Y, weights), options=QUICK)
    expected = evaluate(model, (X, Y, 1.0 * (np.arange(50) >= 9)), options=QUICK)
    assert found.value("log_loss") == expected.value("log_loss")


def test_labels_that_are_none_are_not_known(model: keras.Model) -> None:
    labels = np.array([None if place % 3 else label for place, label in enumerate(Y.tolist())], object)
    assert told(model, (X, labels)) == []
    expected = evaluate(model, (X, np.where(np.arange(50) % 3, -1, Y)), options=QUICK)
    assert evaluate(model, (X, labels), options=QUICK).to_rows() == expected.to_rows()


def test_an_empty_batch_is_nothing_to_tell(model: keras.Model) -> None:
    assert told(model, [(X[:9], Y[:9]), (X[:0], Y[:0]), (X[9:], Y[9:])]) == []


def test_quantities_are_no_classes_and_a_third_class_is_none_of_two() -> None:
    binary = classifier(units=1)
    with (
        pytest.warns(UserWarning, match="left out"),
        pytest.raises(
            ValueError, match=r"The labels hold .*\. Only models of classes are evaluated, not those of quant"
        ),
    ):
        evaluate(binary, (X, np.random.default_rng(0).normal(size=50)), options=QUICK)
    (sentence,) = told(binary, (X, Y))
    assert sentence.startswith("The labels hold 2, and the model")
    smoothed = evaluate(binary, (X, np.where(Y > 0, 0.9, 0.1)), options=QUICK)
    assert smoothed.value("accuracy") == evaluate(binary, (X, Y > 0), options=QUICK).value("accuracy")


def test_more_or_fewer_names_than_classes_are_told(model: keras.Model) -> None:
    (sentence,) = told(model, (X, Y), classes=["low"])
    assert sentence == "classes= holds 1 names, and the model tells 3 classes apart; the others are numbered."
    assert "the last ones stand for nothing" in told(model, (X, Y), classes=list("abcd"))[0]


def test_the_two_lengths_of_labels_of_tokens_are_one() -> None:
    labels = np.where(X > 0, X % CLASSES, -1)
    groups = [{row.slice.partition(":")[0] for row in evaluate(tagger(), data, options=QUICK).table} for data in (
        (X, labels), (X, np.where(X % 2, labels, -1))
    )]  # fmt: skip
    assert ["target_length" in group for group in groups] == [False, True]
    asked = evaluate(tagger(), (X, labels), slices=["target_length"], options=QUICK)
    assert any(row.slice.startswith("target_length") for row in asked.table)


def test_unknown_words_are_part_of_texts() -> None:
    vocabulary = ["", "[UNK]", "[START]", *"abcdefghi"]
    report = evaluate(language_model(), (X[:, :-1], X[:, 1:]), tokenizer=vocabulary, options=QUICK)
    for example in report.examples:
        kept = [vocabulary[number] for number in X[example.index, 1:] if number not in (0, 2)]
        assert example.reference == "".join(kept)


def test_many_evaluations_are_not_taken_for_one_that_is_traced_again(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("tensorflow")
    logger.addHandler(caplog.handler)
    for _ in range(6):
        evaluate(classifier(), (X, Y), options=QUICK)
    logger.removeHandler(caplog.handler)
    assert "retracing" not in caplog.text
