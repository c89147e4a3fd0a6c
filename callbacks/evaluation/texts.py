"""Columns of texts beside their references: what each pair adds to exact match, edit distance, BLEU, chrF and ROUGE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.remarks import listed, remark
from tb_seqviz_plugin.records.samples.words import bleu_tokenizer, spaceless_script

Array = npt.NDArray[np.float64]

_ORDERS = 6
_PACKAGES = {"rapidfuzz": remark("edit distance"), "sacrebleu": "BLEU", "rouge_score": "ROUGE"}
_ROUGE = ("rouge1", "rouge2", "rougeL")


def columns_of_texts(texts: Sequence[str], references: Sequence[str]) -> dict[str, Array]:
    """Returns what each pair adds, by column; spaces at both ends are left out.

    Args:
        texts: what was written.
        references: what was wanted, one per text.

    Returns:
        `texts`, `exact` and `chrf`, and `edits`, `bleu`, `rouge1`, `rouge2` and `rougeL` where their packages are installed.
    """
    texts, references = [text.strip() for text in texts], [text.strip() for text in references]
    pairs = list(zip(texts, references, strict=True))
    columns: dict[str, Any] = {
        "texts": [1.0 for _ in pairs],
        "exact": [float(text == reference) for text, reference in pairs],
        "chrf": [_chrf_counts(text, reference) for text, reference in pairs],
    }
    if find_spec("rapidfuzz") is not None:
        from rapidfuzz.distance import Levenshtein

        columns["edits"] = [float(Levenshtein.distance(text, reference)) for text, reference in pairs]
    if find_spec("sacrebleu") is not None:
        scorer = bleu_scorer(tokenizer_for(references))
        columns["bleu"] = [_bleu_counts(scorer, text, reference) for text, reference in pairs]
    if find_spec("rouge_score") is not None:
        scored = [_rouge().score(reference, text) for text, reference in pairs]
        columns |= {name: [score[name].fmeasure for score in scored] for name in _ROUGE}
    widths = {"chrf": 3 * _ORDERS, "bleu": 10}
    return {
        name: np.array(values, np.float64).reshape(len(pairs), *([widths[name]] if name in widths else []))
        for name, values in columns.items()
    }


def signatures_of_texts(references: Sequence[str]) -> dict[str, str]:
    """Returns what the libraries say of their settings, by measure."""
    found: dict[str, str] = {}
    if find_spec("sacrebleu") is not None:
        from sacrebleu.metrics.chrf import CHRF

        scorer, other = bleu_scorer(tokenizer_for(references)), CHRF()
        for name, each in (("bleu", scorer), ("chrf", other)):
            each.corpus_score(["a"], [["a"]])  # before, it does not know the number of references
            found[name] = str(each.get_signature())
    if find_spec("rouge_score") is not None:
        found |= dict.fromkeys(_ROUGE, "rouge-score, F1, without stemmer")
    return found


def missing_packages() -> str:
    """Returns which measures of texts cannot be had, since packages are missing, as a sentence; "" if all can."""
    missing = {package: measure for package, measure in _PACKAGES.items() if find_spec(package) is None}
    if not missing:
        return ""
    return remark(
        "package missing" if len(missing) == 1 else "packages missing",
        measures=listed([*missing.values()], last="a, b"),
        packages=", ".join(missing),
    )


def tokenizer_for(references: Sequence[str]) -> str:
    """Returns which of sacrebleu's tokenizers fits texts: "zh" or "char" for scripts without spaces, else "13a"."""
    scripts = Counter(spaceless_script(reference) for reference in references[:100])
    return bleu_tokenizer(scripts.most_common(1)[0][0] if scripts else None)


@lru_cache
def bleu_scorer(tokenizer: str) -> Any:
    """Returns sacrebleu's BLEU of a corpus."""
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(tokenize=tokenizer)


@lru_cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(_ROUGE), use_stemmer=False)


def _bleu_counts(scorer: Any, text: str, reference: str) -> list[float]:
    """Returns lengths of text and reference, then matching and all n-grams of orders 1 to 4."""
    score = scorer.corpus_score([text], [[reference]])
    return [score.sys_len, score.ref_len, *score.counts, *score.totals]


def _chrf_counts(text: str, reference: str) -> list[float]:
    """Returns for each order the character n-grams of text and reference, and those that match; white space does not count."""
    written, wanted = ("".join(each.split()) for each in (text, reference))
    counts: list[float] = []
    for order in range(1, _ORDERS + 1):
        of_text, of_reference = (
            Counter(each[place : place + order] for place in range(len(each) - order + 1)) for each in (written, wanted)
        )
        # As in sacrebleu: what has no such n-gram in the reference is not held against the text.
        total = of_text.total() if of_reference else 0
        counts += [total, of_reference.total(), (of_text & of_reference).total()]
    return counts
