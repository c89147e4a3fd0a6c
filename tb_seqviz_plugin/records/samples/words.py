"""Words of a text in any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_WITHOUT_SPACES = ("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "YI ")
_IDEOGRAPHS = ("CJK", "IDEOGRAPHIC", "BOPOMOFO", "TANGUT", "NUSHU")
"""How the Unicode names of the characters begin that are a word each."""

_ZERO_WIDTH_SPACE, _ZERO_WIDTH_JOINER = 0x200B, 0x200D
_HANGUL_AFTER_THE_FIRST = range(0x1160, 0x1200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class _Kinds(dict[int, str]):
    """One letter for what each character is, found out when it is first met.

    "l" letter or digit, "h" ideograph, "i" other character that is a word, "o" other sign, "m" mark on the character before,
    "j" joiner, " " space.
    """

    def __missing__(self, code: int) -> str:
        kind = self[code] = self._of(code)
        return kind

    @staticmethod
    def _of(code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if code == _ZERO_WIDTH_JOINER:
            return "j"
        if category[0] in "Z" or category == "Cc" or code == _ZERO_WIDTH_SPACE:
            return " "
        if category[0] == "M" or category == "Cf" or code in _HANGUL_AFTER_THE_FIRST or code in _SKIN_TONES:
            return "m"
        if category[0] not in "LN":
            return "o"
        name = unicodedata.name(character, "")
        return "h" if name.startswith(_IDEOGRAPHS) else "i" if name.startswith(_WITHOUT_SPACES) else "l"


_KINDS = _Kinds()
_WORD = re.compile("l[lmj]*|[hio](?:m|j[hio]?)*|[mj]+")


def words_of(text: str) -> Iterator[str]:
    """Yields the words of a text in their order, without spaces.

    A run of letters and digits is a word, with the marks on them. A character of a script that is written without spaces
    (Chinese, Japanese, Thai and the like; a Korean syllable too) is a word, and so is any other sign; an emoji joined of
    several is one.

    Args:
        text: any, lone surrogates included.

    >>> list(words_of("Don't, 漢字!"))
    ['Don', "'", 't', ',', '漢', '字', '!']
    """
    for found in _WORD.finditer(text.translate(_KINDS)):
        yield text[found.start() : found.end()]


def bleu_tokenizer(script: str | None) -> str:
    """Returns which of sacrebleu's tokenizers fits texts in a script, as `spaceless_script` tells it."""
    return {"han": "zh", "other": "char", None: "13a"}[script]


def spaceless_script(text: str) -> str | None:
    """Returns "han" for a text in Chinese characters, "other" for one in another script without spaces, or None.

    Args:
        text: any; the script that most of its letters are of counts, and Japanese is "other".

    >>> spaceless_script("春眠不覺曉"), spaceless_script("春はあけぼの"), spaceless_script("spring")
    ('han', 'other', None)
    """
    kinds = text.translate(_KINDS)
    ideographs, others = kinds.count("h"), kinds.count("i")
    if ideographs + others <= kinds.count("l"):
        return None
    return "other" if others else "han"
