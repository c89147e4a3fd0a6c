"""What each kind of tokenizer calls what all of them do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from numbers import Integral
from typing import Any

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.errors import TokenizerError
from tb_seqviz_plugin.callbacks.text.codec import Codec, ids_of

_STARTS = ("[start]", "<start>", "[bos]", "<bos>", "[sos]", "<sos>", "<s>", "<|startoftext|>")
_ENDS = ("[end]", "<end>", "[eos]", "<eos>", "</s>", "<|endoftext|>")
_UNKNOWNS = ("<unk>", "[unk]")
"""What vocabularies call the start and the end of a text and the tokens that they do not hold, in lower case."""

_OTHERWISE = "Pass a tuple of two functions, from a text to ids and from ids to a text."


def codec_of(source: Any) -> Codec:
    """Returns how something that the user calls a tokenizer does it.

    Raises:
        TokenizerError: if it is no tokenizer, or cannot go both ways.
    """
    if isinstance(source, tuple) and len(source) == 2 and all(map(callable, source)):
        return Codec("two functions", *source)
    if isinstance(source, str | list | tuple | np.ndarray | Mapping):
        return _of_characters(source)
    if isinstance(source, keras.layers.TextVectorization):
        return _of_text_vectorization(source)
    if isinstance(source, keras.layers.StringLookup):
        return _of_string_lookup(source)
    kinds = (
        ("texts_to_sequences", "index_word", _of_legacy_tokenizer),
        ("tokenize", "detokenize", _of_keras_hub),
        ("encode", "decode", _of_encode_and_decode),
    )
    for there, back, adapter in kinds:
        if hasattr(source, there) and hasattr(source, back):
            return adapter(source)
    for holder in ("tokenizer", "preprocessor"):
        if getattr(source, holder, None) is not None:
            return codec_of(getattr(source, holder))
    for there, back, _ in reversed(kinds):
        if hasattr(source, there):
            raise TokenizerError(
                f"The tokenizer is {_name(source)} with {there} and without {back}; expected both, since what a model writes is "
                f"ids. {_OTHERWISE}"
            )
    raise TokenizerError(
        f"The tokenizer is {_name(source)}; expected an object with encode and decode, a tokenizer of KerasHub or Hugging Face, "
        f"a TextVectorization or StringLookup layer, or a map from characters to ids. {_OTHERWISE}"
    )


def _of_table(
    name: str, texts: Mapping[int, str], *, split: Callable[[str], Iterable[str]], joint: str, unknown: str = ""
) -> Codec:
    """Returns the codec of a table.

    Args:
        name: what it is.
        texts: of each id; ids without any text, as that of padding, are left out when decoding.
        split: a text to its tokens.
        joint: what stands between two tokens.
        unknown: the text of the ids of all unknown tokens.
    """
    ids = {text: number for number, text in texts.items() if text not in ("", unknown)}
    return Codec(
        name,
        encode=lambda text: [ids[token] for token in split(text)],
        decode=lambda numbers: joint.join(filter(None, [texts.get(number, f"[{number}]") for number in numbers])),
        unknown=lambda text: [token for token in split(text) if token not in ids],
        vocabulary_size=max(texts) + 1,
        start=_first_known(_STARTS, ids.get),
        end=_first_known(_ENDS, ids.get),
    )


def _of_characters(source: Any) -> Codec:
    kind = type(source).__name__
    pairs = list(source.items()) if isinstance(source, Mapping) else list(enumerate(source))
    if not all(isinstance(key, Integral) for key, _ in pairs):
        pairs = [(number, text) for text, number in pairs]
    if not pairs or not all(isinstance(number, Integral) and isinstance(text, str) for number, text in pairs):
        raise TokenizerError(
            f"The tokenizer is a {kind} of {len(pairs)} entries that are no characters and ids; expected a map from one to the "
            f"other, or the characters in the order of their ids. {_OTHERWISE}"
        )
    texts = {int(number): str(text) for number, text in pairs}
    if len(set(texts.values())) < len(pairs):
        raise TokenizerError(
            f"The tokenizer is a {kind} of {len(pairs)} entries, some of which share an id or a character; expected an id of "
            "its own for each character."
        )
    if not _of_single_characters(texts.values()):
        raise TokenizerError(
            f"The tokenizer is a {kind} of words, which does not say how a text is split into them and joined of them; expected "
            f"characters. {_OTHERWISE}"
        )
    return _of_table(f"a map of {len(texts)} characters", texts, split=list, joint="")


def _of_string_lookup(layer: Any) -> Codec:
    vocabulary = _vocabulary(layer)
    of_characters = _of_single_characters(vocabulary)
    return _of_table(
        _name(layer),
        dict(enumerate(vocabulary)),
        split=list if of_characters else str.split,
        joint="" if of_characters else " ",
        unknown=layer.get_config()["oov_token"],
    )


def _of_text_vectorization(layer: Any) -> Codec:
    vocabulary, config = _vocabulary(layer), layer.get_config()
    if config["ngrams"] is not None:
        raise TokenizerError(
            f"The tokenizer is a TextVectorization with ngrams={config['ngrams']!r}, which overlap; expected ngrams=None."
        )
    # As the layer, but neither padding texts nor cutting them off.
    whole = keras.layers.TextVectorization(
        standardize=config["standardize"], split=config["split"], encoding=config["encoding"], vocabulary=vocabulary[2:]
    )
    of_characters = config["split"] == "character" or (
        callable(config["split"]) and _of_single_characters(vocabulary[2:])
    )
    split, joint = (list, "") if of_characters else (str.split, " ")

    def encode(text: str) -> Any:
        return keras.ops.convert_to_numpy(whole([text]))

    def unknown(text: str) -> list[str]:
        return [part for part in split(text) if 1 in encode(part)] if 1 in encode(text) else []

    table = _of_table(_name(layer), dict(enumerate(vocabulary)), split=split, joint=joint, unknown=vocabulary[1])
    return replace(table, encode=encode, unknown=unknown)


def _of_legacy_tokenizer(source: Any) -> Codec:
    if not source.index_word:
        raise _without_vocabulary(source)
    split, joint = (list, "") if source.char_level else (str.split, " ")
    texts = {0: "", **source.index_word}
    if source.num_words:
        texts = {number: text for number, text in texts.items() if number < source.num_words}
    left_out = {} if source.char_level else str.maketrans("", "", source.filters)

    def encode(text: str) -> list[int]:
        return list(source.texts_to_sequences([text])[0])

    def unknown(text: str) -> list[str]:
        out_of_vocabulary = source.word_index.get(source.oov_token)
        found = [(part, encode(part)) for part in split(text) if part.translate(left_out)]
        return [part for part, ids in found if not ids or out_of_vocabulary in ids]

    table = _of_table(_name(source), texts, split=split, joint=joint, unknown=source.oov_token or "")
    return replace(table, encode=encode, unknown=unknown)


def _of_keras_hub(source: Any) -> Codec:
    padding = _number(source, "pad_token_id") or 0

    def encode(text: str) -> list[int]:
        ids = [int(number) for number in np.asarray(source.tokenize(text)).ravel()]
        while getattr(source, "sequence_length", None) and ids and ids[-1] == padding:
            ids.pop()
        return ids

    return _of_subwords(source, encode, source.detokenize)


def _of_encode_and_decode(source: Any) -> Codec:
    if hasattr(source, "convert_ids_to_tokens"):  # transformers
        return _of_subwords(source, lambda text: source.encode(text, add_special_tokens=False), source.decode)
    if hasattr(source, "encode_batch") and hasattr(source, "get_vocab_size"):  # tokenizers
        return _of_subwords(
            source,
            lambda text: source.encode(text, add_special_tokens=False),
            lambda ids: source.decode(ids, skip_special_tokens=False),
        )
    if hasattr(source, "decode_single_token_bytes"):  # tiktoken
        return _of_subwords(source, lambda text: source.encode(text, allowed_special="all"), source.decode)
    return _of_subwords(source, source.encode, source.decode)


def _of_subwords(source: Any, encode: Callable[[str], Any], decode: Callable[[list[int]], Any]) -> Codec:
    names = ("convert_ids_to_tokens", "decode_single_token_bytes", "id_to_token", "id_to_piece")
    raw_token = next((getattr(source, name) for name in names if hasattr(source, name)), None)

    def id_of(text: str) -> int | None:
        try:
            number = source.token_to_id(text)
            return int(number) if source.id_to_token(number) == text else None
        except Exception:  # names that the tokenizer does not know, whatever that raises
            return None

    unknown = _number(source, "unk_token_id", "unk_id")
    if unknown is None:
        unknown = _first_known(_UNKNOWNS, id_of)
    start = _number(source, "bos_token_id", "start_token_id", "bos_id")
    end = _number(source, "eos_token_id", "end_token_id", "eot_token", "eos_id")

    def has_unknown(text: str) -> bool:
        return unknown in (ids_of(encode(text)) or ())

    def unknown_parts(text: str) -> list[str]:
        # Some name a token of another use as that of the unknown, which a text may well hold.
        if unknown is None or not has_unknown(text) or (raw_token and str(raw_token(unknown)) in text):
            return []
        return list(filter(has_unknown, text.split()))

    return Codec(
        _name(source),
        encode,
        decode,
        raw_token=raw_token,
        unknown=unknown_parts,
        vocabulary_size=_number(source, "vocabulary_size", "get_vocab_size", "__len__", "n_vocab", "vocab_size"),
        start=_first_known(_STARTS, id_of) if start is None else start,
        end=_first_known(_ENDS, id_of) if end is None else end,
    )


def _first_known(names: Iterable[str], id_of: Callable[[str], int | None]) -> int | None:
    found = (id_of(name) for lower in names for name in (lower, lower.upper()))
    return next((number for number in found if number is not None), None)


def _number(source: Any, *names: str) -> int | None:
    """Returns the first of some attributes, or results of methods, that is a whole number of at least 0."""
    for name in names:
        try:
            value = getattr(source, name)
            value = value() if callable(value) else value
        except Exception:  # properties may raise anything where there is no such token
            continue
        if isinstance(value, Integral) and int(value) >= 0:
            return int(value)
    return None


def _vocabulary(layer: Any) -> list[str]:
    mode = layer.get_config()["output_mode"]
    if mode != "int":
        raise TokenizerError(f"The tokenizer is {_name(layer)} with output_mode={mode!r}; expected 'int'.")
    if not layer.get_vocabulary(include_special_tokens=False):
        raise _without_vocabulary(layer)
    return [str(text) for text in layer.get_vocabulary()]


def _without_vocabulary(source: Any) -> TokenizerError:
    return TokenizerError(
        f"The tokenizer is {_name(source)} without a vocabulary; expected one that has seen its texts, or was given one."
    )


def _of_single_characters(texts: Iterable[str]) -> bool:
    """Returns whether a vocabulary is one of characters, but for tokens such as "<end>"."""
    lengths = [len(text) for text in texts if not re.fullmatch("<.+>|\\[.+\\]", text)]
    return 2 * sum(length > 1 for length in lengths) <= len(lengths)


def _name(source: Any) -> str:
    kind = type(source).__name__
    return f"an {kind}" if kind[0] in "AEIOUaeiou" else f"a {kind}"
