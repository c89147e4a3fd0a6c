"""All that is called a tokenizer, and which part of a text each token is."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.spans import spans_of
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary

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
    tokenizer = Vocabulary.of(make())
    assert tokenizer.encode(text) == ids
    assert tokenizer.decode(ids) == text
    assert tokenizer.decode(np.array(ids)) == text
    assert tokenizer.decode([]) == ""
    assert tokenizer.size == size
    assert all(type(number) is int for number in tokenizer.encode(text))
    assert Vocabulary.of(tokenizer) is tokenizer
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
    tokenizer = Vocabulary.of(source)
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
    tokenizer = Vocabulary.of(source)
    assert {number: tokenizer.token(number) for number in shown} == shown


def test_padding_takes_no_place_in_a_text() -> None:
    assert Vocabulary.of(vectorizer()).decode([2, 0, 5, 0, 0]) == "the mat"
    assert Vocabulary.of(legacy()).decode([1, 0, 2]) == "the cat"


def test_only_the_padding_of_padded_ids_is_left_out() -> None:
    class Unpadded(Hub):
        sequence_length = None
        pad_token_id = 0

        def tokenize(self, text: str) -> tf.Tensor:
            return tf.constant(list(text.encode()))

    assert Vocabulary.of(Unpadded()).encode("a\0") == [0x61, 0]


def test_a_text_may_hold_the_end_that_also_stands_for_the_unknown() -> None:
    class EndIsUnknown(Pieces):
        unk_token_id = 1

    tokenizer = Vocabulary.of(EndIsUnknown())
    assert tokenizer.encode("the</s>") == [3, 1]


class OnlyEncode:
    def encode(self, text: str) -> list[int]:
        return [len(text)]


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "no decode": (
        OnlyEncode,
        "an OnlyEncode with encode and without decode; expected both, or id_to_token, since ids are shown as tokens. Pass a tuple "
        "of two functions, from a text to ids and from ids to a text.",
    ),
    "a class": (lambda: OnlyEncode, "the class OnlyEncode; expected an object of it: write OnlyEncode(...)."),
    "a class of a layer": (lambda: layers.StringLookup, "the class StringLookup; expected an object of it: write"),
    "nothing": (lambda: None, "a NoneType; expected a list or a dict of tokens, a text file"),
    "no characters": (lambda: {}, "a dict of 0 entries, 0 of which are not a token with an id; expected one from tokens to ids"),
    "not ids": (lambda: {"a": 0.5}, "a dict of 1 entries, 1 of which are not a token with an id"),
    "three functions": (lambda: (len, len, len), "a tuple that holds <built-in function len>; expected tokens as texts"),
    "no token": (lambda: [], "a list of 0 entries; expected at least one token"),
    "shared id": (lambda: {"a": 0, "b": 0}, "a dict of 2 entries, some of which share an id; expected an id of its own for"),
    "missing file": (lambda: "nowhere.txt", "the file 'nowhere.txt', which cannot be read"),
    "not adapted": (layers.TextVectorization, "a TextVectorization without a vocabulary; expected one that has seen its texts"),
    "not fitted": (tf.keras.preprocessing.text.Tokenizer, "a Tokenizer without a vocabulary; expected one that has seen"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_vocabulary(name: str) -> None:
    make, message = WRONG[name]
    with pytest.raises(VocabularyError, match="^tokens= is " + re.escape(message)):
        Vocabulary.of(make(), "tokens=")


ONLY_TOKENS: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a function": (lambda: ["the", "cat", "sat"].__getitem__, "cat", "a function from ids to tokens; expected what makes ids of"),
    "same character": (lambda: "abca", "b", "a str of 4 tokens, some of which are there twice; expected each once"),
    "parts of words": (lambda: ["the", "cat", "##s"], "cat", "a list of parts of words, which does not say how a text is split"),
    "names": (
        lambda: SimpleNamespace(id_to_token=["the", "cat"].__getitem__),
        "cat",
        "a SimpleNamespace without encode; expected both, since texts become ids and ids texts. Pass a tuple of two functions",
    ),
    "one-hot": (lambda: vectorizer(output_mode="count"), "the", "a TextVectorization with output_mode='count'; expected 'int'."),
    "overlapping": (
        lambda: vectorizer(ngrams=2),
        "the",
        "a TextVectorization with ngrams=2, which overlap; expected ngrams=None.",
    ),
    "numbers": (lambda: layers.IntegerLookup(vocabulary=[7, 9]), "7", "an IntegerLookup of numbers; expected one of strings."),
}  # fmt: skip


@pytest.mark.parametrize("name", ONLY_TOKENS)
def test_what_names_ids_and_makes_no_ids_of_texts(name: str) -> None:
    make, token, message = ONLY_TOKENS[name]
    vocabulary = Vocabulary.of(make())
    assert token in vocabulary.tokens([0, 1, 2])
    for ask in (vocabulary.for_texts, lambda: vocabulary.encode("a"), lambda: vocabulary.decode([1])):
        with pytest.raises(VocabularyError, match=f"tokenizer.* is {re.escape(message)}"):
            ask()


UNKNOWN: dict[str, tuple[Callable[[], Any], str, list[int], list[str], str]] = {
    "characters": (lambda: {"a": 0, "b": 1, "<UNK>": 2}, "abx", [0, 1, 2], ["x"], "which become '<UNK>', as it does itself"),
    "TextVectorization": (vectorizer, "The dog and cat", [2, 1, 1, 7], ["dog", "and"], "which become '[UNK]', as it does itself"),
    "TextVectorization of characters": (lambda: vectorizer(split="character"), "xcx", [1, 12, 1], ["x"], "which become '[UNK]',"),
    "StringLookup": (lambda: layers.StringLookup(vocabulary=["the", "cat"]), "the dog", [1, 0], ["dog"], "which become '[UNK]',"),
    "inverted StringLookup": (
        lambda: layers.StringLookup(vocabulary=["the", "cat"], mask_token="", invert=True),
        "the dog",
        [2, 1],
        ["dog"],
        "which become '[UNK]',",
    ),
    "StringLookup with several": (
        lambda: layers.StringLookup(vocabulary=["the", "cat"], num_oov_indices=3),
        "the dog ran",
        [3, 2, 1],
        ["dog", "ran"],
        "which become '[UNK]',",
    ),
    "legacy": (legacy, "the dog! cat", [1, 2], ["dog!"], "which are left out, as it does itself"),
    "legacy with a token for them": (lambda: legacy(oov_token="?"), "the dog", [2, 1], ["dog"], "which become '?',"),
    "rare words of legacy": (lambda: legacy(num_words=3), "the cat sat", [1, 2], ["sat"], "which are left out,"),
    "pieces": (Pieces, "the cats! a", [3, 4, 5, 0, 2, 0], ["cats!", "a"], "which become '<unk>', as it does itself"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_parts_become_what_the_vocabulary_makes_of_them(name: str) -> None:
    make, text, ids, unknown, becomes = UNKNOWN[name]
    vocabulary = Vocabulary.of(make())
    encoding = vocabulary.encoding(text)
    assert (encoding.text, list(encoding.unknown)) == (ids, unknown)
    assert vocabulary.for_unknown.startswith(becomes)


@pytest.mark.parametrize("options", [{}, {"num_oov_indices": 3}, {"num_oov_indices": 2, "mask_token": ""}])
def test_a_lookup_itself_makes_the_same_of_unknown_words(options: dict[str, Any]) -> None:
    layer = layers.StringLookup(vocabulary=["the", "cat"], **options)
    words = ["a", "cat", "of", "the", "other", "dogs"]
    assert Vocabulary.of(layer).encode(" ".join(words)) == np.asarray(layer(np.array(words))).tolist()


UNFIT: dict[str, tuple[Callable[[], Any], Any, str]] = {
    "unknown characters": (
        lambda: "abc",
        "abx ay",
        "The text 'abx ay' holds 'x', ' ', 'y', which the tokenizer, a map of 3 characters, does not know, and nothing in it "
        "stands for what is unknown; expected only what is in its vocabulary, or one with a token '[UNK]'.",
    ),
    "a long word": (lambda: "abc ", "a " + "春" * 99, "holds '春', which the tokenizer, a map of 4 characters"),
    "unknown words of StringLookup": (
        lambda: layers.StringLookup(vocabulary=["the", "cat"], num_oov_indices=0),
        "the dog",
        "holds 'dog', which the tokenizer, a StringLookup, does not know, and nothing in it stands for what is unknown",
    ),
    "nothing but unknown words of legacy": (legacy, "dog", "The text 'dog' has no token; expected"),
    "many": (lambda: "a", "bcdefghijkl", "holds 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', …, which"),
    "empty": (
        lambda: "abc",
        "",
        "The text '' has no token; expected a text of at least one token of the tokenizer, a map of",
    ),
    "only signs": (vectorizer, "!!", "The text '!!' has no token; expected"),
    "not a text": (lambda: "abc", 3, "The text 3 is an int; expected a string."),
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
    with pytest.raises(VocabularyError, match=re.escape(message)):
        Vocabulary.of(make()).encode(text)


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
    tokenizer = Vocabulary.of((lambda text: [1], decode))
    with pytest.raises(VocabularyError, match="^" + re.escape(message)):
        tokenizer.decode([1, 2])
    assert tokenizer.token(1) == "[1]"


# Spans


def parts_of(tokenizer: Vocabulary, ids: list[int]) -> list[str]:
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
    assert parts_of(Vocabulary.of(make()), ids) == parts


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
    tokenizer, size = Vocabulary.of(source), {"bytes": 256, "pieces": 9}.get(name, 8)
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
    tokenizer = Vocabulary.of(source)
    text = "the cat, 春👩\u200d🚀 naïve\n"
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert tokenizer.decode([0]) == "<|endoftext|>"
    assert (tokenizer.end, tokenizer.size) == (0, source.get_vocab_size())
    assert parts_of(tokenizer, ids)[:3] == ["the", " cat", ","]
    assert [part for part in parts_of(tokenizer, ids)[3:] if part] == [" ", *"春👩\u200d🚀", " ", *"naïve\n"]
    assert tokenizer.token(ids[5]) == "<0x98>"


@pytest.mark.parametrize("source", [CHARACTERS, WordPieces()], ids=["characters", "word pieces"])
def test_tokens_that_stand_in_the_text_are_decoded_once(source: Any) -> None:
    inner, calls = Vocabulary.of(source), 0

    def counting(ids: list[int]) -> str:
        nonlocal calls
        calls += 1
        return inner.decode(ids)

    tokenizer = Vocabulary.of((len, counting))
    for _ in range(3):
        spans_of(tokenizer, list(range(8)) * 50)
    assert calls == 3 + 8


def test_decoding_again_takes_windows_of_few_tokens() -> None:
    lengths = []

    def decode(ids: list[int]) -> str:
        lengths.append(len(ids))
        return Bytes().decode(ids)

    ids = list(("春眠不覺曉，" * 30).encode())
    spans_of(Vocabulary.of((len, decode)), ids)
    assert sum(length == len(ids) for length in lengths) == 1
    assert sorted(lengths)[-2] <= 6


def test_a_text_that_runs_backwards_is_not_decoded_over_and_over() -> None:
    lengths = []

    def decode(ids: list[int]) -> str:
        lengths.append(len(ids))
        return DECODERS["backwards"](ids)

    assert parts_of(Vocabulary.of((len, decode)), list(range(500)))[-2:] == ["", decode(list(range(500)))]
    assert sum(length > 1 for length in lengths) < 100
