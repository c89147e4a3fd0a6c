"""Measures of generated texts against what their definitions say, computed in another way."""

from __future__ import annotations

import ast
import math
import random
import subprocess
import sys

import numpy as np
import pytest
import sacrebleu
from helpers.sources import ROOT

from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.measures import measure_sample
from tb_seqviz_plugin.records.samples.words import spaceless_script, words_of
from tb_seqviz_plugin.schema.samples import SAMPLE_MEASURES

AGAINST_REFERENCE = ("exact_match", "edit_distance", "chrf", "bleu")


def measure(text: str, **arguments: object) -> dict[str, float]:
    """Measures a text whose characters are its tokens."""
    return measure_sample(text, list(text), None, **arguments)  # type: ignore[arg-type]


def test_all_measures_in_order_and_nan_where_there_is_nothing_to_measure_from() -> None:
    values = measure_sample("", [], None)
    assert tuple(values) == SAMPLE_MEASURES
    assert {name for name, value in values.items() if not math.isnan(value)} == {"length"}
    assert values["length"] == 0
    assert (
        tuple(measure_sample("a b", ["a", " b"], np.ones(2), reference="a b", corpus=Corpus("a b c", n=1)))
        == SAMPLE_MEASURES
    )


@pytest.mark.parametrize(
    ("probabilities", "log_probability", "perplexity"),
    [
        ([0.5, 0.5, 0.125], -5 * math.log(2) / 3, 2 ** (5 / 3)),
        ([0.5, math.nan, 0.125], -2 * math.log(2), 4),
        ([1.0, 1.0], 0, 1),
        ([0.5, 0.0], -math.inf, math.inf),
        ([math.nan], math.nan, math.nan),
        ([1e-320], math.log(1e-320), math.inf),
    ],
)
def test_log_probability_and_perplexity(probabilities: list[float], log_probability: float, perplexity: float) -> None:
    values = measure_sample("x", ["x"] * len(probabilities), np.array(probabilities))
    assert values["log_probability"] == pytest.approx(log_probability, nan_ok=True)
    assert values["perplexity"] == pytest.approx(perplexity, nan_ok=True)
    assert values["length"] == len(probabilities)


WORDS = {
    "Don't stop, v2.0": ["Don", "'", "t", "stop", ",", "v2", ".", "0"],
    "one\ntwo\u00a0three\u3000four\u200bfive": ["one", "two", "three", "four", "five"],
    "cafe\u0301 \u0928\u092e\u0938\u094d\u0924\u0947": ["cafe\u0301", "\u0928\u092e\u0938\u094d\u0924\u0947"],  # marks
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645": [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    ],  # non-joiner
    "春眠不覺曉，": ["春", "眠", "不", "覺", "曉", "，"],
    "かき\u30992個": ["か", "き\u3099", "2", "個"],
    "한국어": ["한", "국", "어"],
    "\u1112\u1161\u11ab": ["\u1112\u1161\u11ab"],  # the same syllable in three letters
    "\u0e01\u0e34\u0e19": ["\u0e01\u0e34", "\u0e19"],  # Thai with a vowel above
    "👩\u200d🚀👍🏽❤\ufe0f": ["👩\u200d🚀", "👍🏽", "❤\ufe0f"],
    "שלום עולם": ["שלום", "עולם"],
    "a\ud800b\ufffd": ["a", "\ud800", "b", "\ufffd"],
    "\u0301 ok": ["\u0301", "ok"],
}


@pytest.mark.parametrize("text", WORDS)
def test_words(text: str) -> None:
    assert list(words_of(text)) == WORDS[text]


def test_distinct_ngrams_are_counted_over_tokens() -> None:
    text = "the cat the cat the dog"
    values = measure_sample(text, text.split(), None)
    assert [values[f"distinct_{n}"] for n in (1, 2, 3)] == [3 / 6, 3 / 5, 3 / 4]
    short = measure_sample("one two", ["one", "two"], None)
    assert short["distinct_2"] == 1
    assert math.isnan(short["distinct_3"])
    # One word to the eye, and the same character time after time to the model.
    assert [measure("llllllllll")[f"distinct_{n}"] for n in (1, 2)] == [1 / 10, 1 / 9]


def test_words_are_counted_where_only_the_text_is_known() -> None:
    text = "so, so, so, so many words"
    by_words = measure_sample(text, list(words_of(text)), None)
    assert measure_sample(text, [], None) == pytest.approx(by_words, nan_ok=True)
    assert (by_words["length"], by_words["longest_repeat"], by_words["repetitive"]) == (9, 7 / 9, 1)


def repeat_by_trying(tokens: str, times: int) -> int:
    """Returns how many tokens the longest stretch covers that some phrase makes by coming `times` in a row."""
    stretches = [
        end - start
        for start in range(len(tokens))
        for end in range(start + 1, len(tokens) + 1)
        for period in range(1, (end - start) // times + 1)
        if all(tokens[place] == tokens[place - period] for place in range(start + period, end))
    ]
    return max(stretches, default=0)


@pytest.mark.parametrize("letters", ["ab", "abcd"])
def test_repeats_equal_those_found_by_trying(letters: str) -> None:
    draw = random.Random(letters)
    for _ in range(60):
        text = "".join(draw.choices(letters, k=draw.randrange(1, 22)))
        values = measure(text)
        assert values["longest_repeat"] == pytest.approx(repeat_by_trying(text, 2) / len(text)), text
        assert values["repetitive"] == (repeat_by_trying(text, 3) / len(text) >= 0.3), text


@pytest.mark.parametrize(
    ("text", "longest", "repetitive"),
    [
        ("once the the the th end", 16 / 23, 1),  # "e the the the th"
        ("abcabc", 1, 0),
        ("abcab", 0, 0),
        ("x", 0, 0),
        ("a" * 30 + "".join(map(chr, range(200, 270))), 0.3, 1),
        ("a" * 29 + "".join(map(chr, range(200, 271))), 0.29, 0),
    ],
)
def test_repeats(text: str, longest: float, repetitive: float) -> None:
    values = measure(text)
    assert (values["longest_repeat"], values["repetitive"]) == (pytest.approx(longest), repetitive)


def test_repeats_of_long_samples_are_found_across_blocks_of_periods() -> None:
    start, phrase = [f"s{place}" for place in range(700)], [f"p{place}" for place in range(900)]
    values = measure_sample("", [*start, *phrase, *phrase, *phrase[:50]], None)
    assert values["longest_repeat"] == pytest.approx(1850 / 2550)
    assert values["repetitive"] == 0


def test_copied_is_the_share_of_ngrams_in_the_corpus() -> None:
    corpus = Corpus(["a b c d e f", "g h i"], n=3)
    assert len(corpus) == 5
    assert measure("a b c x e f g h i", corpus=corpus)["copied"] == pytest.approx(2 / 7)
    assert measure("e f g h", corpus=corpus)["copied"] == 0  # no n-gram spans two texts
    assert measure("c b a", corpus=corpus)["copied"] == 0
    assert math.isnan(measure("a b", corpus=corpus)["copied"])
    assert measure("春眠不覺曉處處聞啼鳥", corpus=Corpus("春眠不覺曉"))["copied"] == pytest.approx(1 / 6)


def test_copied_equals_a_set_of_ngrams() -> None:
    draw = random.Random(0)
    texts = [" ".join(draw.choices(["a", "b", "c", "\ud800", "é"], k=draw.randrange(0, 200))) for _ in range(5)]

    def ngrams(text: str) -> list[tuple[str, ...]]:
        words = text.split()
        return [tuple(words[place : place + 4]) for place in range(len(words) - 3)]

    known = {ngram for text in texts[1:] for ngram in ngrams(text)}
    corpus = Corpus(iter(texts[1:]), n=4)
    assert len(corpus) == len(known)
    wanted = sum(ngram in known for ngram in ngrams(texts[0])) / len(ngrams(texts[0]))
    assert 0 < wanted < 1
    assert corpus.share_of(texts[0].split()) == wanted


@pytest.mark.parametrize(
    ("texts", "n", "error", "message"),
    [
        (b"ab", 5, TypeError, "The corpus is a bytes; expected a text, or an iterable of texts."),
        (["a", 3], 1, TypeError, "The corpus holds a int; expected texts only."),
        ("a b", 0, ValueError, "n=0; expected a whole number of words, at least 1."),
        (
            ["a b", "c"],
            3,
            ValueError,
            "No text of the corpus has 3 words; expected the texts that the model is trained on.",
        ),
        ([], 5, ValueError, "No text of the corpus has 5 words; expected the texts that the model is trained on."),
    ],
)
def test_a_wrong_corpus(texts: object, n: int, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as raised:
        Corpus(texts, n)  # type: ignore[arg-type]
    assert str(raised.value) == message


REFERENCES = {
    "13a": ("The cat sat on a mat.", "The cat sits on the mat, today."),
    "zh": ("春眠不觉晓。", "春眠不覺曉，處處聞啼鳥。"),
    "char": ("春はあけぼの", "春はあけぼの、やうやう白くなりゆく"),
}


@pytest.mark.parametrize("tokenizer", REFERENCES)
def test_against_a_reference(tokenizer: str) -> None:
    text, reference = REFERENCES[tokenizer]
    values = measure(f" {text}\n", reference=f"{reference} ")
    assert values["exact_match"] == 0
    assert values["edit_distance"] == levenshtein(text, reference) > 0
    assert 0 < values["chrf"] == pytest.approx(sacrebleu.sentence_chrf(text, [reference]).score)
    assert 0 < values["bleu"] == pytest.approx(sacrebleu.sentence_bleu(text, [reference], tokenize=tokenizer).score)


def levenshtein(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for number, character in enumerate(first, 1):
        before, row = row, [number]
        for place, other in enumerate(second, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (character != other)))
    return row[-1]


def test_the_reference_itself_is_the_best() -> None:
    values = measure(" Yes. \n", reference="Yes.")
    assert [values[name] for name in AGAINST_REFERENCE] == [1, 0, pytest.approx(100), pytest.approx(100)]


def test_an_empty_text_or_reference() -> None:
    assert [measure("", reference="Yes.")[name] for name in AGAINST_REFERENCE] == [0, 4, 0, 0]
    values = measure("Yes.", reference="")
    assert (values["exact_match"], values["edit_distance"]) == (0, 4)
    assert math.isnan(values["chrf"])
    assert math.isnan(values["bleu"])


def test_the_script_that_most_letters_are_of_counts() -> None:
    assert spaceless_script("The sign 安 means peace") is None
    assert spaceless_script("안녕하세요 GPT") == "other"
    assert spaceless_script("123 !") is None


@pytest.mark.parametrize("text", [*WORDS, "\ud83d \udc69 half", "\u202eabc\u202c", "\0"])
def test_no_text_is_too_strange(text: str) -> None:
    values = measure(text * 3, reference=text, corpus=Corpus(f"x{text}", n=1))
    assert not any(math.isnan(values[name]) for name in ("length", "longest_repeat", "edit_distance"))


def test_the_libraries_are_imported_only_when_there_is_a_reference() -> None:
    program = (
        "import sys, tb_seqviz_plugin.records.samples.measures; print({'sacrebleu', 'rapidfuzz'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


BARE = """
import sys, tempfile, warnings
from importlib.machinery import PathFinder

class Missing:
    def find_spec(self, name, path=None, target=None):
        return None if name in ("rapidfuzz", "sacrebleu") else PathFinder.find_spec(name, path, target)

sys.meta_path[:] = [Missing() if finder is PathFinder else finder for finder in sys.meta_path]
import tb_seqviz_plugin as seqviz

samples = [seqviz.Sample("a", " b", reference="b"), seqviz.Sample("c", " d", reference="e")]
folder = tempfile.mkdtemp()
with warnings.catch_warnings(record=True) as caught, seqviz.Writer(folder) as writer:
    warnings.simplefilter("always")
    writer.samples("x", [seqviz.Sample("a", " b")], step=0)
    for step in (1, 2):
        writer.samples("x", samples, step=step)
records = list(seqviz.read(folder))
print([str(warning.message) for warning in caught])
print([record.notes for record in records])
print({name: value == value for name, value in records[1].samples[0].measures.items()})
print([(sample.text, sample.reference, sample.measures["exact_match"]) for sample in records[2].samples])
"""


def test_without_the_packages_for_text_the_other_measures_are_logged_and_one_sentence_says_which_are_missing() -> None:
    done = subprocess.run([sys.executable, "-c", BARE], cwd=ROOT, capture_output=True, text=True, check=True)
    warned, notes, known, logged = map(ast.literal_eval, done.stdout.splitlines())
    sentence = (
        "There are references, and rapidfuzz and sacrebleu are not installed: edit distance, chrF and BLEU are left out of the "
        "measures. Texts, references and exact matches are logged all the same. To have all measures: pip install "
        '"tb-seqviz-plugin[text]".'
    )
    assert warned == [sentence]
    assert notes == [(), (sentence,), (sentence,)]
    assert {name for name, is_there in known.items() if not is_there} >= {"edit_distance", "chrf", "bleu"}
    assert known["length"]
    assert logged == [(" b", "b", 1.0), (" d", "e", 0.0)]
