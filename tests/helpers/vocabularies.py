"""One small vocabulary as every kind of source, real ones wherever a package installs offline."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from keras import layers

WORDS = ["", "[UNK]", "the", "cat", "sat", "mat", "[CLS]", "[SEP]"]
SENTENCE = "the cat sat"
IDS = [2, 3, 4]


@dataclass
class Vocabulary:
    """What a user has.

    Args:
        source: it.
        ids: those of the sentence.
        encodes: whether it makes ids of texts and back.
        around: ids that it puts before and behind a text by itself.
    """

    source: Any
    ids: Sequence[int] = tuple(IDS)
    encodes: bool = True
    around: tuple[list[int], list[int]] = ([], [])


def encode(text: str) -> list[int]:
    """Returns ids as a function by hand does, which knows what is unknown."""
    return [WORDS.index(word) if word in WORDS else 1 for word in text.split()]


def decode(ids: Sequence[int]) -> str:
    """Returns a text as a function by hand does."""
    return " ".join(WORDS[number] for number in ids if number)


class ByHand:
    """An object with `encode` and `decode`, as in many a tutorial."""

    def __init__(self) -> None:
        self.encode, self.decode = encode, decode


class WithEnds:
    """As tokenizers of poems are in tutorials: puts [CLS] before and [SEP] behind, and leaves both out when decoding."""

    def token_to_id(self, token: str) -> int:
        return WORDS.index(token) if token in WORDS else 1

    def id_to_token(self, number: int) -> str:
        return WORDS[number]

    def encode(self, text: str) -> list[int]:
        return [6, *encode(text), 7]

    def decode(self, ids: Sequence[int]) -> str:
        return decode([number for number in ids if number not in (6, 7)])


class OfTransformers(WithEnds):
    """As a tokenizer of transformers, for where it is not installed."""

    cls_token_id, sep_token_id, unk_token_id, pad_token_id = 6, 7, 1, 0

    @property
    def eos_token_id(self) -> int:
        raise AttributeError("Using eos_token, but it is not set yet.")

    def __len__(self) -> int:
        return len(WORDS)

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        return super().encode(text) if add_special_tokens else encode(text)

    def convert_ids_to_tokens(self, ids: Any) -> Any:
        return [WORDS[number] for number in ids] if isinstance(ids, list) else WORDS[ids]

    def convert_tokens_to_ids(self, token: str) -> int:
        return self.token_to_id(token)


class OfTensorFlowText:
    """As the tokenizers of TensorFlow's tutorial on translation: batches in, ragged ones out, and nothing but batches."""

    def tokenize(self, texts: Any) -> Any:
        if np.ndim(texts) != 1:
            raise TypeError("expected a batch of texts")
        return tf.ragged.constant([[6, *encode(str(text)), 7] for text in texts], tf.int64)

    def detokenize(self, ids: Any) -> Any:
        if np.ndim(ids) != 2:
            raise TypeError("expected a batch of ids")
        return tf.constant([decode([number for number in row if number not in (6, 7)]) for row in ids])

    def lookup(self, ids: Any) -> Any:
        return tf.gather(tf.constant(WORDS), ids)

    def get_vocab_size(self) -> Any:
        return tf.constant(len(WORDS))


def _file(folder: Path, encoding: str = "utf-8") -> Path:
    path = folder / "words.txt"
    path.write_text("\n".join(WORDS) + "\n", encoding=encoding)
    return path


def _columns(folder: Path) -> str:
    path = folder / "words.tsv"
    path.write_text(
        "\n".join(["count\tword", *(f"{9 - row}\t{word}" for row, word in enumerate(WORDS))]), encoding="utf-8-sig"
    )
    return str(path)


def _legacy(folder: Path) -> Vocabulary:
    tokenizer = tf.keras.preprocessing.text.Tokenizer(oov_token="[UNK]")
    tokenizer.fit_on_texts(["the cat sat mat", "the cat sat", "the cat", "the"])
    return Vocabulary(tokenizer)


def _keras_hub(folder: Path) -> Vocabulary:
    keras_hub = pytest.importorskip("keras_hub", reason="KerasHub is not installed")
    return Vocabulary(keras_hub.tokenizers.WordPieceTokenizer(vocabulary=["[PAD]", *WORDS[1:]]))


def with_template() -> Any:
    """Returns a tokenizer of `tokenizers` that puts [CLS] before and [SEP] behind."""
    tokenizers = pytest.importorskip("tokenizers")
    known = {word or "[PAD]": number for number, word in enumerate(WORDS)}
    made = tokenizers.Tokenizer(tokenizers.models.WordPiece(known, unk_token="[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.decoder = tokenizers.decoders.WordPiece()
    made.add_special_tokens(["[CLS]", "[SEP]"])
    made.post_processor = tokenizers.processors.TemplateProcessing(
        "[CLS] $A [SEP]", special_tokens=[("[CLS]", 6), ("[SEP]", 7)]
    )
    return made


def _transformers(folder: Path) -> Vocabulary:
    transformers = pytest.importorskip(
        "transformers", reason="transformers is not installed; a stand-in is tested as well"
    )
    names = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=with_template(), **names)
    return Vocabulary(made, around=([6], [7]))


def _sentencepiece(folder: Path) -> Vocabulary:
    sentencepiece = pytest.importorskip("sentencepiece")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["the cat sat on the mat"] * 9),
        model_writer=model,
        vocab_size=8,
        model_type="word",
        minloglevel=2,
    )
    made = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue(), add_bos=True, add_eos=True)
    ids = [made.piece_to_id(f"▁{word}") for word in SENTENCE.split()]
    return Vocabulary(made, ids, around=([made.bos_id()], [made.eos_id()]))


SOURCES: dict[str, Callable[[Path], Vocabulary]] = {
    "list": lambda folder: Vocabulary(WORDS),
    "tuple": lambda folder: Vocabulary(tuple(WORDS)),
    "array": lambda folder: Vocabulary(np.array(WORDS)),
    "bytes": lambda folder: Vocabulary([word.encode() for word in WORDS]),
    "keys": lambda folder: Vocabulary(dict.fromkeys(WORDS).keys()),
    "words to ids": lambda folder: Vocabulary({word: np.int64(at) for at, word in enumerate(WORDS)}),
    "ids to words": lambda folder: Vocabulary(dict(enumerate(WORDS))),
    "text file": lambda folder: Vocabulary(_file(folder)),
    "text file of a spreadsheet": lambda folder: Vocabulary(_file(folder, "utf-8-sig")),
    "columns": lambda folder: Vocabulary(_columns(folder)),
    "function": lambda folder: Vocabulary(lambda ids: [WORDS[number] for number in ids], encodes=False),
    "function of one": lambda folder: Vocabulary(WORDS.__getitem__, encodes=False),
    "function to a tensor": lambda folder: Vocabulary(lambda ids: tf.gather(tf.constant(WORDS), ids), encodes=False),
    "two functions": lambda folder: Vocabulary((encode, decode)),
    "TextVectorization": lambda folder: Vocabulary(layers.TextVectorization(standardize=None, vocabulary=WORDS[2:])),
    "StringLookup": lambda folder: Vocabulary(layers.StringLookup(mask_token="", vocabulary=WORDS[2:])),
    "inverted StringLookup": lambda folder: Vocabulary(
        layers.StringLookup(mask_token="", vocabulary=WORDS[2:], invert=True)
    ),
    "Tokenizer of Keras 2": _legacy,
    "KerasHub": _keras_hub,
    "preprocessor": lambda folder: Vocabulary(SimpleNamespace(tokenizer=ByHand())),
    "encode and decode": lambda folder: Vocabulary(ByHand()),
    "with ends": lambda folder: Vocabulary(WithEnds(), around=([6], [7])),
    "like tf.text": lambda folder: Vocabulary(OfTensorFlowText(), around=([6], [7])),
    "like transformers": lambda folder: Vocabulary(OfTransformers(), around=([6], [7])),
    "transformers": _transformers,
    "tokenizers": lambda folder: Vocabulary(with_template(), around=([6], [7])),
    "sentencepiece": _sentencepiece,
    "id_to_token": lambda folder: Vocabulary(SimpleNamespace(id_to_token=WORDS.__getitem__), encodes=False),
    "only decode": lambda folder: Vocabulary(SimpleNamespace(decode=decode), encodes=False),
}
