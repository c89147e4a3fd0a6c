"""Measures beside the libraries that define them, on random data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from tb_seqviz_plugin.callbacks.evaluation import measures, texts
from tb_seqviz_plugin.callbacks.evaluation.labels import columns_of_labels
from tb_seqviz_plugin.callbacks.evaluation.measures import Measure

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=40, deadline=None)


def value(measure: Measure, columns: dict[str, Any]) -> float:
    return float(measure.of({name: np.asarray(columns[name]).sum(axis=0) for name in measure.columns}))


def drawn(seed: int, weighted: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns labels [examples], probabilities [examples, classes] and weights."""
    random = np.random.default_rng(seed)
    classes, count = int(random.integers(2, 6)), int(random.integers(2, 60))
    labels = random.integers(0, classes, count)
    probabilities = random.dirichlet(np.full(classes, 0.5), count).round(2) + 1e-3
    weights = random.choice([0.5, 1, 2], count) if weighted else np.ones(count)
    return labels, probabilities / probabilities.sum(axis=-1, keepdims=True), weights


@FEW
@given(SEEDS, st.booleans())
def test_those_of_labels_are_scikit_learns(seed: int, weighted: bool) -> None:
    labels, probabilities, weights = drawn(seed, weighted)
    classes = probabilities.shape[1]
    predicted = probabilities.argmax(axis=-1)
    columns = columns_of_labels(
        labels=labels[:, None],
        predicted=predicted[:, None],
        loss=-np.log(probabilities[np.arange(len(labels)), labels])[:, None],
        confidence=probabilities.max(axis=-1)[:, None],
        rank=1 + (probabilities > probabilities[np.arange(len(labels)), labels][:, None]).sum(axis=-1)[:, None],
        weights=weights[:, None],
        classes=classes,
        top=2,
    )
    given_all = {"y_true": labels, "y_pred": predicted, "sample_weight": weights, "zero_division": 0}
    expected = {
        "accuracy": sklearn.metrics.accuracy_score(labels, predicted, sample_weight=weights),
        "log_loss": sklearn.metrics.log_loss(labels, probabilities, sample_weight=weights, labels=range(classes)),
        "balanced_accuracy": np.nan_to_num(
            sklearn.metrics.recall_score(**given_all, average=None, labels=np.unique(labels))
        ).mean(),
    }
    scores = {
        "precision": sklearn.metrics.precision_score,
        "recall": sklearn.metrics.recall_score,
        "f1": sklearn.metrics.f1_score,
    }
    for name, score in scores.items():
        for average in ("micro", "macro"):
            expected[f"{name}_{average}"] = score(**given_all, average=average)
        for place, each in enumerate(score(**given_all, average=None, labels=range(classes))):
            expected[f"{name}/{place}"] = each
    names = [str(place) for place in range(classes)]
    found = [*measures.of_labels(2), *measures.of_classes(), *measures.of_each_class(names)]
    values = {measure.name: value(measure, columns) for measure in found}
    assert values.pop("top_2_accuracy") >= values["accuracy"]
    assert values == pytest.approx(expected)


@FEW
@given(SEEDS)
def test_top_k_is_scikit_learns_where_nothing_is_tied(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores, labels = random.random((30, 6)), random.integers(0, 6, 30)
    rank = 1 + (scores > scores[np.arange(30), labels][:, None]).sum(axis=-1)
    for top in (2, 3):
        found = measures.top_k_accuracy({"in_top": np.sum(rank <= top), "count": np.float64(30)})
        assert found == pytest.approx(sklearn.metrics.top_k_accuracy_score(labels, scores, k=top, labels=range(6)))


@FEW
@given(SEEDS, st.booleans())
def test_the_area_under_the_curve_is_scikit_learns(seed: int, weighted: bool) -> None:
    random = np.random.default_rng(seed)
    scores, positive = random.integers(0, 9, 40) / 9, random.random(40) < 0.4
    positive[:2] = [True, False]
    weights = random.choice([0.5, 1, 2], 40) if weighted else np.ones(40)
    expected = sklearn.metrics.roc_auc_score(positive, scores, sample_weight=weights)
    assert measures.roc_auc(scores, positive, weights) == pytest.approx(expected)
    stacked = measures.roc_auc(scores, positive, np.stack([weights, np.ones(40)]))
    assert stacked[0] == pytest.approx(expected)


@FEW
@given(SEEDS, st.booleans())
def test_the_area_of_several_classes_is_scikit_learns(seed: int, weighted: bool) -> None:
    labels, probabilities, weights = drawn(seed, weighted)
    classes = probabilities.shape[1]
    labels = np.concatenate([np.arange(classes), labels])
    probabilities = np.concatenate([np.full((classes, classes), 1 / classes), probabilities])
    weights = np.concatenate([np.ones(classes), weights])
    areas = [measures.roc_auc(probabilities[:, each], labels == each, weights) for each in range(classes)]
    if classes > 2:
        expected = sklearn.metrics.roc_auc_score(labels, probabilities, multi_class="ovr", sample_weight=weights)
    else:
        expected = sklearn.metrics.roc_auc_score(labels, probabilities[:, 1], sample_weight=weights)
    assert np.mean(areas) == pytest.approx(expected)


def test_of_one_class_alone_there_is_no_area() -> None:
    assert np.isnan(measures.roc_auc([1, 2], [True, True]))
    assert np.isnan(measures.roc_auc([], []))


@FEW
@given(SEEDS)
def test_the_calibration_error_is_the_plain_one(seed: int) -> None:
    _, probabilities, _ = drawn(seed)
    random = np.random.default_rng(seed)
    confidence, correct = probabilities.max(axis=-1), random.random(len(probabilities)) < 0.5
    zeros = np.zeros((len(confidence), 1))
    columns = columns_of_labels(
        labels=zeros.astype(int),
        predicted=(~correct).astype(int)[:, None],
        loss=zeros,
        confidence=confidence[:, None],
        rank=zeros,
        weights=zeros + 1,
        classes=0,
        top=0,
    )
    expected = 0.0
    for place in range(measures.BINS):
        inside = np.minimum(np.floor(confidence * measures.BINS), measures.BINS - 1) == place
        if inside.any():
            expected += inside.mean() * abs(correct[inside].mean() - confidence[inside].mean())
    assert value(measures.of_calibration()[0], columns) == pytest.approx(expected)


WORDS = st.lists(st.sampled_from(["the", "cat", "sat", "a", "on", "mat", "日本", "."]), max_size=12).map(" ".join)
PAIRS = st.lists(st.tuples(WORDS, WORDS.filter(bool)), min_size=1, max_size=8)


@FEW
@given(PAIRS)
def test_those_of_texts_are_the_libraries(pairs: list[tuple[str, str]]) -> None:
    written, wanted = (list(side) for side in zip(*pairs, strict=True))
    columns = texts.columns_of_texts(written, wanted)
    found = {measure.name: value(measure, columns) for measure in measures.of_texts(columns.__contains__)}
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"])
    scores = [scorer.score(reference, text) for text, reference in pairs]
    tokenizer = texts.tokenizer_for(wanted)
    assert found == pytest.approx(
        {
            "exact_match": np.mean([text == reference for text, reference in pairs]),
            "edit_distance": np.mean([Levenshtein.distance(*pair) for pair in pairs]),
            "bleu": BLEU(tokenize=tokenizer).corpus_score(written, [wanted]).score,
            "chrf": CHRF().corpus_score(written, [wanted]).score,
            **{name: np.mean([score[name].fmeasure for score in scores]) for name in scorer.rouge_types},
        },
        abs=1e-9,
    )


def test_the_signatures_are_those_of_sacrebleu() -> None:
    scorer, other = BLEU(), CHRF()
    for each in (scorer, other):
        each.corpus_score(["a"], [["a"]])
    signatures = texts.signatures_of_texts(["the cat"])
    assert (signatures["bleu"], signatures["chrf"]) == (str(scorer.get_signature()), str(other.get_signature()))
    assert "tok:zh" in texts.signatures_of_texts(["我们在家"])["bleu"]


def test_perplexity_and_what_is_learnt_from_the_context() -> None:
    sums = {"loss": np.array([np.log(8), 0]), "count": np.array([3.0, 0])}
    assert measures.perplexity(sums) == pytest.approx([2, np.nan], nan_ok=True)
    late_and_early = {"late_loss": 2.0, "late_count": 2.0, "early_loss": 9.0, "early_count": 3.0}
    assert measures.in_context_score(late_and_early) == -2  # type: ignore[arg-type]
