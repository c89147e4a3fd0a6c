"""A training corpus, as far as it takes to tell what was copied from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.samples.words import words_of

Hashes = npt.NDArray[np.uint64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


class Corpus:
    """The n-grams of a corpus, as sorted hashes of 64 bits: 8 bytes for each that is distinct.

    Two n-grams have the same hash by chance once in 2^64; the hashes are the same in every process.

    Args:
        texts: one text or several; no n-gram spans two of them.
        n: words of an n-gram, as `words.words_of` finds them.

    Raises:
        TypeError: if they are not texts.
        ValueError: if `n` is below 1, or no text has `n` words.

    >>> corpus = Corpus("the quick brown fox jumps over the lazy dog", n=3)
    >>> corpus.share_of("the quick brown cat jumps over".split())
    0.25
    """

    def __init__(self, texts: str | Iterable[str], n: int = 5) -> None:
        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise ValueError(f"n={n!r}; expected a whole number of words, at least 1.")
        self.n = n
        found = [np.unique(_ngrams(words_of(text), n)) for text in _checked(texts)]
        self._hashes: Hashes = np.unique(np.concatenate([*found, np.empty(0, np.uint64)]))
        if not len(self._hashes):
            raise ValueError(f"No text of the corpus has {n} words; expected the texts that the model is trained on.")

    def __len__(self) -> int:
        """Returns how many distinct n-grams there are."""
        return len(self._hashes)

    def share_of(self, words: Sequence[str]) -> float:
        """Returns which share of the n-grams of some words occur in the corpus, NaN if there are fewer than n words."""
        hashes = _ngrams(words, self.n)
        if not len(hashes):
            return float("nan")
        places = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        return float(np.mean(self._hashes[places] == hashes))


def _checked(texts: str | Iterable[str]) -> Iterable[str]:
    if isinstance(texts, str):
        return [texts]
    if isinstance(texts, bytes) or not isinstance(texts, Iterable):
        raise TypeError(f"The corpus is a {type(texts).__name__}; expected a text, or an iterable of texts.")
    return map(_checked_text, texts)


def _checked_text(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"The corpus holds a {type(text).__name__}; expected texts only.")
    return text


def _ngrams(words: Iterable[str], n: int) -> Hashes:
    """Returns the hash of each n-gram, in order: a polynomial of the words' hashes, mixed."""
    hashes = np.fromiter(map(_hash, words), np.uint64)
    count = max(len(hashes) - n + 1, 0)
    result = np.zeros(count, np.uint64)
    for place in range(n):
        result = (result ^ (result >> _SHIFT)) * _MULTIPLIER + hashes[place : place + count]
    return result


@lru_cache(maxsize=1 << 16)
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
