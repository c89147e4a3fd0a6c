"""Which part of a text each of its tokens is, so that a page can shade tokens inside the text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary

_REPLACEMENT = "\ufffd"
_WORD_PIECE_INSIDE = "##"
_VAIN_ATTEMPTS = 32


def spans_of(vocabulary: Vocabulary, ids: Sequence[int]) -> tuple[str, list[str], list[int]]:
    """Returns the text of ids, each token in words, and how many characters (code points) of the text each token adds.

    The counts sum to the length of the text, whatever decoding leaves out, inserts or joins: a space belongs to the token
    after it, a character of several tokens to the last of them, and what no token shows by itself to the next that does.

    Args:
        vocabulary: of the ids.
        ids: integers [tokens].

    Raises:
        VocabularyError: if the vocabulary cannot decode them.

    >>> spans_of(Vocabulary.of({1: "a", 2: "b"}), [2, 1, 1])
    ('baa', ['b', 'a', 'a'], [1, 1, 1])
    """
    numbers = [int(number) for number in ids]
    text = vocabulary.decode(numbers)
    tokens = [vocabulary.token(number) for number in numbers]
    if "".join(tokens) == text:
        return text, tokens, [len(token) for token in tokens]
    return text, tokens, _counts(vocabulary, numbers, tokens, text)


def _counts(vocabulary: Vocabulary, ids: list[int], tokens: list[str], text: str) -> list[int]:
    ends = _Ends(vocabulary, ids, text)
    places = [0, *(ends.after(number, token) for number, token in enumerate(tokens))]
    counts = [after - before for before, after in pairwise(places)]
    if counts:
        counts[-1] += len(text) - places[-1]
    return counts


class _Ends:
    """Where in the text each token ends, found from the first to the last.

    A token that stands in the text as it is called ends behind it. Otherwise, what it adds is found by decoding a window of
    the last tokens with and without it, as done for texts that are shown while they are generated. Only if even that is not in
    the text, which decoding as a whole made otherwise, all tokens so far are decoded; where the text does not begin with that
    time after time, as if it ran backwards, the rest is left to the last token.
    """

    def __init__(self, vocabulary: Vocabulary, ids: list[int], text: str) -> None:
        self._vocabulary = vocabulary
        self._ids = ids
        self._text = text
        self._place = 0
        # All tokens before `done` are in the text, up to `place_of_done`; the window of decoding begins at `first`.
        self._first = self._done = self._place_of_done = 0
        self._vain_attempts = 0

    def after(self, number: int, token: str) -> int:
        """Returns the place in the text where a token ends; to be called for one after the other."""
        if self._done != number:
            return self._after_decoding(number)
        if not token:
            self._done = number + 1
            return self._place
        length = self._standing_there(token)
        if not length:
            return self._after_decoding(number)
        self._first, self._done = number, number + 1
        self._place += length
        self._place_of_done = self._place
        return self._place

    def _standing_there(self, token: str) -> int:
        """Returns how many characters a token is that stands at the place, with the space before it."""
        if self._text.startswith(token, self._place):
            return len(token)
        bare = token.strip().removeprefix(_WORD_PIECE_INSIDE)
        start = self._place
        while start < len(self._text) and self._text[start].isspace():
            start += 1
        return start + len(bare) - self._place if bare and self._text.startswith(bare, start) else 0

    def _after_decoding(self, number: int) -> int:
        if self._vain_attempts == _VAIN_ATTEMPTS:
            return self._place
        try:
            place, is_whole = self._decoded(number)
        except VocabularyError:  # as some do on half a character
            place, is_whole = self._place, False
            self._vain_attempts += 1
        self._place = max(self._place, place)
        if is_whole and self._place > self._place_of_done:
            self._first, self._done, self._place_of_done = self._done, number + 1, self._place
            self._vain_attempts = 0
        return self._place

    def _decoded(self, number: int) -> tuple[int, bool]:
        """Returns the place up to which a token brings the text, and whether that is all of what it adds."""
        before = self._vocabulary.decode(self._ids[self._first : self._done])
        window = self._vocabulary.decode(self._ids[self._first : number + 1])
        added = window.removeprefix(before)
        found = _common(added, self._text[self._place_of_done : self._place_of_done + len(added)])
        is_whole = found == len(added)
        place = self._place_of_done + found
        if not is_whole and added[found:].strip(_REPLACEMENT):
            all_so_far = self._vocabulary.decode(self._ids[: number + 1])
            place = _common(all_so_far, self._text)
            is_whole = place == len(all_so_far)
            self._vain_attempts += not is_whole
        return place, is_whole


def _common(first: str, second: str) -> int:
    """Returns how many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
