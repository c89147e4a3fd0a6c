"""The judge of reviews: subwords are sound, words of one sentiment end up together, and what is logged shows it."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import types
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz

SCRIPT = Path(__file__).parents[2] / "examples" / "sentiment_embeddings.py"


def _load() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("sentiment_embeddings", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sentiment_embeddings"] = module
    spec.loader.exec_module(module)
    return module


sentiment = _load()


def test_words_of_one_sentiment_end_up_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--reviews", "600", "--epochs", "8", "--log-dir", str(tmp_path / "run")]
    result = sentiment.main(options)
    assert result.accuracy > 0.9
    assert result.within > 0.7
    assert result.across < 0
    (kind, liked), (unkind, disliked) = result.neighbours.items()
    assert {kind, *liked} <= {f"{word}_" for word in sentiment.GOOD}
    assert {unkind, *disliked} <= {f"{word}_" for word in sentiment.BAD}
    output = capsys.readouterr().out
    assert f"Nearest to {kind!r}: {liked[0]} " in output
    assert f"tensorboard --logdir {tmp_path}" in output

    records = [record for record in seqviz.read(tmp_path, "embeddings") if record.layer == "subwords"]
    assert [record.step for record in records][:5] == [1, 2, 3, 5, 6]
    separations = [sentiment.separation(record.vectors, record.labels) for record in records]
    assert separations[0][0] < 0.3
    assert separations[-1] == pytest.approx((result.within, result.across), abs=0.1)
    assert records[-1].columns.keys() == {"frequency", "in good reviews"}
    assert {record.layer for record in seqviz.read(tmp_path, "embeddings")} == {"subwords", "review"}
    assert len(list((tmp_path / "run" / "seqviz" / "embeddings").glob("step-*/projector_config.pbtxt"))) == len(records)


@pytest.mark.long
def test_the_default_run(tmp_path: Path) -> None:
    result = sentiment.main(["--log-dir", str(tmp_path)])
    assert result.accuracy > 0.95
    assert result.within > 0.9
    assert result.across < -0.8


def test_reviews_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "reviews.txt"
    generator = np.random.default_rng(0)
    reviews = [sentiment.compose_review(generator) for _ in range(60)]
    file.write_text("".join(f"{review.text}  \t{int(review.good)}\n" for review in reviews), encoding="utf-8")
    assert sentiment.read_reviews(file) == reviews
    result = sentiment.main(["--data", str(file), "--epochs", "1", "--log-dir", str(tmp_path / "logs")])
    assert (result.within, len(result.neighbours)) == (None, 2)

    for wrong in ("Fine film.", "Fine film.\t5", "\t1"):
        file.write_text(f"Good.\t1\n{wrong}\n", encoding="utf-8")
        with pytest.raises(SystemExit, match=r"Line 2 of .*reviews\.txt is .*; expected a review, a tab, and 0 or 1"):
            sentiment.main(["--data", str(file), "--log-dir", str(tmp_path / "other")])


def test_reviews_of_the_movie_database(monkeypatch: pytest.MonkeyPatch) -> None:
    package = types.ModuleType("tensorflow_datasets")
    package.load = lambda name, split, as_supervised: [(b"Good.<br />Very.", 1), (b"Bad.", 0)]  # type: ignore[attr-defined]
    package.as_numpy = iter  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", package)
    assert [(review.text, review.good) for review in sentiment.fetch_imdb()] == [("Good. Very.", True), ("Bad.", False)]

    def unreachable(*arguments: Any, **named: Any) -> None:
        raise OSError("no route to host")

    package.load = unreachable  # type: ignore[attr-defined]
    with pytest.raises(SystemExit, match=r"cannot be fetched \(no route to host\); give a file of your own"):
        sentiment.fetch_imdb()
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(SystemExit, match="pip install tensorflow-datasets"):
        sentiment.fetch_imdb()


def test_subwords_join_the_most_frequent_pairs() -> None:
    counts = {"low_": 5, "lower_": 2, "newest_": 6, "widest_": 3}
    subwords = sentiment.learn_subwords(counts, 100)
    single = [piece for piece in subwords if len(piece.removesuffix("_")) == 1]
    assert set(single) == set("lowensid") | {"w_", "r_", "t_"}
    # As in the paper's example: "es" comes nine times, and then "est".
    assert subwords[len(single) : len(single) + 2] == ["st_", "est_"]
    assert "low_" in subwords
    assert len(sentiment.learn_subwords(counts, 14)) == 14


def test_joining_pairs_one_after_the_other_is_joining_them_anew_each_time() -> None:
    generator = np.random.default_rng(0)
    counts = {"".join(generator.choice(list("abc"), 6)) + "_": int(generator.integers(1, 20)) for _ in range(40)}
    pieces = {word: [*word[:-2], word[-2:]] for word in counts}
    expected = sorted({piece for word in pieces.values() for piece in word})
    while len(expected) < 40:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, parts in pieces.items():
            for pair in itertools.pairwise(parts):
                pairs[pair] += counts[word]
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        expected.append("".join(best))
        pieces = {word: sentiment.join(parts, best) for word, parts in pieces.items()}
    assert sentiment.learn_subwords(counts, 40) == expected


def test_texts_become_the_longest_subwords() -> None:
    tokenizer = sentiment.Subwords(["a", "b", "ab", "abc_", "c_", "!_"])
    assert [tokenizer.vocabulary[number] for number in tokenizer.encode("ABC abbc! abX")] == [
        "abc_", "ab", "b", "c_", "!_", "ab", "[UNK]", "[UNK]",
    ]  # fmt: skip
    padded = sentiment.pad([[3], [4, 5]])
    assert padded.tolist() == [[3, 0], [4, 5]]


def test_what_is_told_of_each_subword() -> None:
    told = sentiment.describe([[2, 2, 3], [3], [3]], np.array([1.0, 0.0, 1.0]), 5)
    assert told["frequency"].tolist() == [0, 0, 2, 3, 0]
    assert told["in good reviews"].tolist() == [0, 0, 1, 0.67, 0]
