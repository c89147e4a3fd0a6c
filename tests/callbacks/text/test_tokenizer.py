"""All that is called a tokenizer, and which part of a text each token is."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tb_seqviz_plugin.callbacks.text.spans import spans_of
from tb_seqviz_plugin.callbacks.text.tokenizer import Tokenizer, TokenizerError

CHARACTERS = "abcdé \n春👩"


class Bytes:
    """As written by hand: every byte is a token."""

    def encode(self, text: str) -> list[int]:
        return list(text.encode())

    def decode(self, ids: list[int]) -> str:
        return bytes(number % 256 for number in ids).decode(errors="replace")


class Hub:
    """As a tokenizer of KerasHub: byte-level, padded, ids and texts as tensors."""

    sequence_length = 40
    pad_token_id = 256
    end_token_id = 257
    vocabulary_size = 258

    def tokenize(self, text: str) -> tf.Tensor:
        ids = list(text.encode())
        return tf.constant([*ids, *[256] * (40 - len(ids))])

    def detokenize(self, ids: list[int]) -> tf.Tensor:
        return tf.constant(bytes(number for number in ids if number < 256).decode(errors="replace"))

    def id_to_token(self, number: int) -> str:
        if not 0 <= number < 258:
            raise ValueError(number)
        return {256: "<pad>", 257: "<end>"}.get(number) or chr(number)


class Pieces:
    """As a SentencePiece tokenizer of transformers: marks instead of spaces, the first of which is left out."""

    pieces = ("<unk>", "</s>", "▁", "▁the", "▁cat", "s", "<0xC3>", "<0xA9>", ",")
    unk_token_id = 0
    eos_token_id = 1
    bos_token_id = None

    def bos_id(self) -> int:
        return -1

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        found = re.findall("▁the|▁cat|▁|s|,|</s>|.", "▁" + text.replace(" ", "▁"))
        ids = [self.pieces.index(piece) if piece in self.pieces else 0 for piece in found]
        return [*ids, 1] if add_special_tokens else ids

    def convert_ids_to_tokens(self, number: int) -> str | None:
        return self.pieces[number] if 0 <= number < len(self.pieces) else None

    def decode(self, ids: list[int]) -> str:
        data = b"".join(
            bytes.fromhex(piece[3:5]) if piece.startswith("<0x") else piece.replace("▁", " ").encode()
            for piece in (self.pieces[number] for number in ids)
        )
        return data.decode(errors="replace").removeprefix(" ")

    def __len__(self) -> int:
        return len(self.pieces)


class WordPieces:
    """Word pieces, joined and cleaned up as BERT's are."""

    pieces = ("play", "##ing", "##s", "do", "n't", ".", "it", "[SEP]")

    def encode(self, text: str) -> np.ndarray:
        return np.array([[self.pieces.index(piece) for piece in text.split()]])

    def decode(self, ids: list[int]) -> str:
        text = " ".join(self.pieces[number] for number in ids if number != 7)
        return text.replace(" ##", "").replace(" n't", "n't").replace(" .", ".")


def legacy(**arguments: Any) -> Any:
    tokenizer = tf.keras.preprocessing.text.Tokenizer(**arguments)
    tokenizer.fit_on_texts(["the cat sat on the mat <end>"])
    return tokenizer


def _characters(texts: Any) -> Any:
    return tf.strings.unicode_split(texts, "UTF-8")


def vectorizer(**arguments: Any) -> layers.TextVectorization:
    layer = layers.TextVectorization(**arguments)
    layer.adapt(["the cat sat on the mat [end]"])
    return layer


IDS = {text: number for number, text in enumerate(CHARACTERS)}
SOURCES: dict[str, tuple[Callable[[], Any], str, list[int], int | None]] = {
    "characters to ids": (lambda: IDS, "a春\né", [0, 7, 6, 4], 9),
    "ids to characters": (lambda: {number: text for text, number in IDS.items()}, "a春", [0, 7], 9),
    "characters": (lambda: CHARACTERS, "👩", [8], 9),
    "array of characters": (lambda: np.array(list(CHARACTERS)), "cab", [2, 0, 1], 9),
    "ids from 1, with marks": (lambda: {"a": np.int64(1), "b": np.int64(2), "<end>": np.int64(3)}, "ba", [2, 1], 4),
    "StringLookup of characters": (lambda: layers.StringLookup(vocabulary=list("abc")), "cab", [3, 1, 2], 4),
    "inverse StringLookup": (lambda: layers.StringLookup(vocabulary=list("abc"), invert=True), "cab", [3, 1, 2], 4),
    "StringLookup of words": (lambda: layers.StringLookup(vocabulary=["the", "cat"]), "cat the", [2, 1], 3),
    "TextVectorization": (lambda: vectorizer(output_sequence_length=3), "the mat the mat", [2, 5, 2, 5], 8),
    "TextVectorization of characters": (
        lambda: layers.TextVectorization(split="character", standardize=None, vocabulary=list("cat ")),
        "at c",
        [3, 4, 5, 2],
        6,
    ),
    "TextVectorization of characters by a function": (
        lambda: layers.TextVectorization(split=_characters, standardize=None, vocabulary=list("cat ")),
        "at c",
        [3, 4, 5, 2],
        6,
    ),
    "legacy": (legacy, "the cat", [1, 2], 7),
    "legacy of characters": (lambda: legacy(char_level=True), "cat", [7, 4, 2], 14),
    "KerasHub": (Hub, "é", [0xC3, 0xA9], 258),
    "transformers": (Pieces, "the cats", [3, 4, 5], 9),
    "two functions": (
        lambda: (lambda text: tf.ragged.constant([[len(text)]]), lambda ids: b"a" * min(ids[0], 9)),
        "aaa",
        [3],
        None,
    ),
    "by hand": (Bytes, "é", [0xC3, 0xA9], None),
}


@pytest.mark.parametrize("name", SOURCES)
def test_there_and_back(name: str) -> None:
    make, text, ids, size = SOURCES[name]
    tokenizer = Tokenizer.of(make())
    assert tokenizer.encode(text) == ids
    assert tokenizer.decode(ids) == text
    assert tokenizer.decode(np.array(ids)) == text
    assert tokenizer.decode([]) == ""
    assert tokenizer.vocabulary_size == size
    assert all(type(number) is int for number in tokenizer.encode(text))
    assert Tokenizer.of(tokenizer) is tokenizer
    assert isinstance(tokenizer.token(-1), str)
    assert isinstance(tokenizer.token(10**9), str)


@pytest.mark.parametrize(
    ("source", "start", "end"),
    [
        ({"a": 0, "<start>": 1, "<end>": 2}, 1, 2),
        (Pieces(), None, 1),
        (Hub(), None, 257),
        (layers.TextVectorization(standardize=None, vocabulary=["[START]", "a", "[END]"]), 2, 4),
        (layers.StringLookup(vocabulary=["<s>", "cat", "</s>"]), 1, 3),
        ("abc", None, None),
    ],
)
def test_start_and_end(source: Any, start: int | None, end: int | None) -> None:
    tokenizer = Tokenizer.of(source)
    assert (tokenizer.start, tokenizer.end) == (start, end)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (IDS, {4: "é", 9: "[9]", -1: "[-1]"}),
        (Bytes(), {65: "A", 0xC3: "�"}),
        (Hub(), {65: "A", 0xC3: "<0xC3>", 0x97: "<0x97>", 256: "<pad>", 999: "[999]"}),
        (Pieces(), {3: " the", 5: "s", 1: "</s>", 6: "<0xC3>", 99: "[99]"}),
        (WordPieces(), {1: "##ing", 7: "", 99: "[99]"}),
        (layers.TextVectorization(vocabulary=["cat"]), {0: "", 1: "[UNK]", 2: "cat", 3: "[3]"}),
    ],
)
def test_one_token_in_words(source: Any, shown: dict[int, str]) -> None:
    tokenizer = Tokenizer.of(source)
    assert {number: tokenizer.token(number) for number in shown} == shown


def test_padding_takes_no_place_in_a_text() -> None:
    assert Tokenizer.of(vectorizer()).decode([2, 0, 5, 0, 0]) == "the mat"
    assert Tokenizer.of(legacy()).decode([1, 0, 2]) == "the cat"


def test_only_the_padding_of_padded_ids_is_left_out() -> None:
    class Unpadded(Hub):
        sequence_length = None
        pad_token_id = 0

        def tokenize(self, text: str) -> tf.Tensor:
            return tf.constant(list(text.encode()))

    assert Tokenizer.of(Unpadded()).encode("a\0") == [0x61, 0]


def test_a_text_may_hold_the_end_that_also_stands_for_the_unknown() -> None:
    class EndIsUnknown(Pieces):
        unk_token_id = 1

    tokenizer = Tokenizer.of(EndIsUnknown())
    assert tokenizer.encode("the</s>") == [3, 1]


class OnlyEncode:
    def encode(self, text: str) -> list[int]:
        return [len(text)]


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "no decode": (
        OnlyEncode,
        "is an OnlyEncode with encode and without decode; expected both, since what a model writes is ids.",
    ),
    "nothing": (lambda: None, "is a NoneType; expected an object with encode and decode, a tokenizer of KerasHub"),
    "a function": (lambda: len, "is a builtin_function_or_method; expected an object with encode"),
    "no characters": (
        lambda: {},
        "is a dict of 0 entries that are no characters and ids; expected a map from one to the other",
    ),
    "not ids": (lambda: {"a": 0.5}, "is a dict of 1 entries that are no characters and ids"),
    "three functions": (lambda: (len, len, len), "is a tuple of 3 entries that are no characters and ids"),
    "shared id": (lambda: {"a": 0, "b": 0}, "is a dict of 2 entries, some of which share an id or a character"),
    "same character": (lambda: "abca", "is a str of 4 entries, some of which share an id or a character"),
    "words": (lambda: ["the", "cat", "a"], "is a list of words, which does not say how a text is split"),
    "not adapted": (
        layers.TextVectorization,
        "is a TextVectorization without a vocabulary; expected one that has seen its texts",
    ),
    "not fitted": (
        tf.keras.preprocessing.text.Tokenizer,
        "is a Tokenizer without a vocabulary; expected one that has seen",
    ),
    "one-hot": (
        lambda: vectorizer(output_mode="count"),
        "is a TextVectorization with output_mode='count'; expected 'int'.",
    ),
    "overlapping": (
        lambda: vectorizer(ngrams=2),
        "is a TextVectorization with ngrams=2, which overlap; expected ngrams=None.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_tokenizer(name: str) -> None:
    make, message = WRONG[name]
    with pytest.raises(TokenizerError, match="^The tokenizer " + re.escape(message)):
        Tokenizer.of(make())


UNFIT: dict[str, tuple[Callable[[], Any], Any, str]] = {
    "unknown characters": (
        lambda: "abc",
        "abx ay",
        "The text 'abx ay' holds 'x', ' ', 'y', which the tokenizer, a map of 3 characters, does not know; expected only what is "
        "in its vocabulary.",
    ),
    "unknown words": (
        vectorizer,
        "The dog and cat",
        "holds 'dog', 'and', which the tokenizer, a TextVectorization, does not",
    ),
    "unknown words of StringLookup": (
        lambda: layers.StringLookup(vocabulary=["the", "cat"]),
        "the [UNK]",
        "holds '[UNK]'",
    ),
    "unknown characters of TextVectorization": (lambda: vectorizer(split="character"), "xcx", "holds 'x', which"),
    "unknown words of legacy": (
        legacy,
        "the dog!",
        "The text 'the dog!' holds 'dog!', which the tokenizer, a Tokenizer, does",
    ),
    "named unknown words of legacy": (lambda: legacy(oov_token="?"), "the dog", "holds 'dog', which the tokenizer"),
    "rare words of legacy": (lambda: legacy(num_words=3), "the cat sat", "holds 'sat', which the tokenizer"),
    "unknown pieces": (Pieces, "the cats! a", "holds 'cats!', 'a', which the tokenizer, a Pieces, does not know"),
    "a long word": (Pieces, "the " + "春" * 99, "holds '" + "春" * 38 + "…, which the tokenizer, a Pieces"),
    "many": (lambda: "a", "bcdefghijkl", "holds 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', …, which"),
    "empty": (
        lambda: "abc",
        "",
        "The text '' has no token; expected a text of at least one token of the tokenizer, a map of",
    ),
    "only signs": (vectorizer, "!!", "The text '!!' has no token; expected"),
    "not a text": (lambda: "abc", 3, "The text 3 is a int; expected a string."),
    "words for ids": (
        lambda: (str.split, " ".join),
        "a b",
        "The tokenizer, two functions, encoded 'a b' as ['a', 'b']; expected one list of whole numbers.",
    ),
    "failing": (lambda: ({}.__getitem__, str), "a", "The tokenizer, two functions, cannot encode 'a' (KeyError: 'a')."),
}


@pytest.mark.parametrize("name", UNFIT)
def test_texts_that_do_not_fit(name: str) -> None:
    make, text, message = UNFIT[name]
    with pytest.raises(TokenizerError, match=re.escape(message)):
        Tokenizer.of(make()).encode(text)


@pytest.mark.parametrize(
    ("decode", "message"),
    [
        (list, "The tokenizer, two functions, decoded [1, 2] to [1, 2]; expected a string."),
        (
            lambda ids: 1 / 0,
            "The tokenizer, two functions, cannot decode [1, 2] (ZeroDivisionError: division by zero).",
        ),
    ],
)
def test_decoding_that_fails(decode: Callable[[list[int]], Any], message: str) -> None:
    tokenizer = Tokenizer.of((lambda text: [1], decode))
    with pytest.raises(TokenizerError, match="^" + re.escape(message)):
        tokenizer.decode([1, 2])
    assert tokenizer.token(1) == "[1]"


# Spans


def parts_of(tokenizer: Tokenizer, ids: list[int]) -> list[str]:
    """Returns the part of the text that each token is."""
    text, tokens, counts = spans_of(tokenizer, ids)
    assert len(tokens) == len(counts) == len(ids)
    assert min(counts, default=0) >= 0
    ends = np.cumsum(counts, dtype=int)
    parts = [text[end - length : end] for end, length in zip(ends, counts, strict=True)]
    assert "".join(parts) == text == tokenizer.decode(ids)
    return parts


SPANS: dict[str, tuple[Callable[[], Any], list[int], list[str]]] = {
    "characters": (lambda: IDS, [0, 7, 6, 8], ["a", "春", "\n", "👩"]),
    "words": (vectorizer, [2, 3, 0, 5], ["the", " sat", "", " mat"]),
    "characters of bytes": (Bytes, list("aé春👩".encode()), ["a", "", "é", "", "", "春", "", "", "", "👩"]),
    "bytes that must be whole": (
        lambda: (len, lambda ids: bytes(ids).decode()),
        list(("é春" * 20).encode()),
        ["", "é", "", "", "春"] * 20,
    ),
    "half a character": (Bytes, [0x61, 0xE6, 0x98, 0x61], ["a", "�", "", "a"]),
    "half a character at the end": (Bytes, [0x61, 0xE6, 0x98], ["a", "�", ""]),
    "half a character, then a whole": (Bytes, [0xE6, *"春".encode()], ["�", "", "", "春"]),
    "nothing but halves": (Bytes, [0x98, 0x98, 0xE6], ["�", "�", "�"]),
    "padding of KerasHub": (Hub, [0xC3, 0xA9, 256, 0x61, 257], ["", "é", "", "a", ""]),
    "spaces of pieces": (Pieces, [3, 4, 5, 8, 3, 1], ["the", " cat", "s", ",", " the", "</s>"]),
    "bytes of pieces": (Pieces, [4, 2, 6, 7, 3], ["cat", " ", "", "é", " the"]),
    "word pieces": (WordPieces, [6, 0, 1, 7, 5, 6, 0, 2], ["it", " play", "ing", "", ".", " it", " play", "s"]),
    "cleaned up": (WordPieces, [6, 3, 4, 0, 5], ["it", " do", "n't", " play", "."]),
    "none": (lambda: IDS, [], []),
}


@pytest.mark.parametrize("name", SPANS)
def test_spans(name: str) -> None:
    make, ids, parts = SPANS[name]
    assert parts_of(Tokenizer.of(make()), ids) == parts


DECODERS: dict[str, Callable[[list[int]], str]] = {
    "backwards": lambda ids: "".join(chr(97 + number) for number in reversed(ids)),
    "without repeats": lambda ids: "".join(dict.fromkeys(chr(97 + number) for number in ids)),
    "in two lines": lambda ids: "\n".join(" ".join(str(number) for number in half) for half in (ids[::2], ids[1::2])),
    "nothing": lambda ids: "",
    "only halves": lambda ids: "\ufffd" * (len(ids) // 2),
    "title case": lambda ids: " ".join(str(bytes([97 + number]), "ascii") for number in ids).title()[1:],
    "with an end": lambda ids: "".join(chr(97 + number) for number in ids) + ". ",
}


@pytest.mark.parametrize("name", [*DECODERS, "bytes", "pieces", "word pieces"])
def test_the_parts_are_the_text_whatever_decoding_does(name: str) -> None:
    source = {"bytes": Bytes(), "pieces": Pieces(), "word pieces": WordPieces()}.get(name) or (len, DECODERS[name])
    tokenizer, size = Tokenizer.of(source), {"bytes": 256, "pieces": 9}.get(name, 8)
    draw = random.Random(name)
    for _ in range(30):
        parts_of(tokenizer, [draw.randrange(size) for _ in range(draw.randrange(40))])


def test_a_byte_level_vocabulary() -> None:
    tokenizers = pytest.importorskip("tokenizers")
    source = tokenizers.Tokenizer(tokenizers.models.BPE())
    source.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    source.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=270, initial_alphabet=alphabet, special_tokens=["<|endoftext|>"], show_progress=False
    )
    source.train_from_iterator(["the cat the mat"] * 9, trainer)
    tokenizer = Tokenizer.of(source)
    text = "the cat, 春👩\u200d🚀 naïve\n"
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert tokenizer.decode([0]) == "<|endoftext|>"
    assert (tokenizer.end, tokenizer.vocabulary_size) == (0, source.get_vocab_size())
    assert parts_of(tokenizer, ids)[:3] == ["the", " cat", ","]
    assert [part for part in parts_of(tokenizer, ids)[3:] if part] == [" ", *"春👩\u200d🚀", " ", *"naïve\n"]
    assert tokenizer.token(ids[5]) == "<0x98>"


@pytest.mark.parametrize("source", [CHARACTERS, WordPieces()], ids=["characters", "word pieces"])
def test_tokens_that_stand_in_the_text_are_decoded_once(source: Any) -> None:
    inner, calls = Tokenizer.of(source), 0

    def counting(ids: list[int]) -> str:
        nonlocal calls
        calls += 1
        return inner.decode(ids)

    tokenizer = Tokenizer.of((len, counting))
    for _ in range(3):
        spans_of(tokenizer, list(range(8)) * 50)
    assert calls == 3 + 8


def test_decoding_again_takes_windows_of_few_tokens() -> None:
    lengths = []

    def decode(ids: list[int]) -> str:
        lengths.append(len(ids))
        return Bytes().decode(ids)

    ids = list(("春眠不覺曉，" * 30).encode())
    spans_of(Tokenizer.of((len, decode)), ids)
    assert sum(length == len(ids) for length in lengths) == 1
    assert sorted(lengths)[-2] <= 6


def test_a_text_that_runs_backwards_is_not_decoded_over_and_over() -> None:
    lengths = []

    def decode(ids: list[int]) -> str:
        lengths.append(len(ids))
        return DECODERS["backwards"](ids)

    assert parts_of(Tokenizer.of((len, decode)), list(range(500)))[-2:] == ["", decode(list(range(500)))]
    assert sum(length > 1 for length in lengths) < 100
