"""Vocabularies of Keras: `TextVectorization`, `StringLookup` and `IntegerLookup`, and the text `Tokenizer` of Keras 2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.forms import as_text
from tb_seqviz_plugin.callbacks.text.source import Source, kind_of, names_in
from tb_seqviz_plugin.callbacks.text.special_tokens import SpecialTokens
from tb_seqviz_plugin.callbacks.text.tables import ids_in, is_of_characters, table


def of_text_vectorization(layer: Any) -> Source | None:
    """Returns the source that a `TextVectorization` layer is, which says itself how texts are split."""
    config = _settings(layer)
    if "standardize" not in config:
        return None
    tokens = _tokens(layer)
    if config["ngrams"] is not None:
        return _without_texts(layer, tokens, f"with ngrams={config['ngrams']!r}, which overlap; expected ngrams=None.")
    if config["output_mode"] != "int":
        return _without_texts(layer, tokens, f"with output_mode={config['output_mode']!r}; expected 'int'.")
    words = list(tokens.values())[2:]
    # As the layer, but neither padding texts nor cutting them off.
    whole = keras.layers.TextVectorization(
        standardize=config["standardize"], split=config["split"], encoding=config["encoding"], vocabulary=words
    )
    of_characters = config["split"] == "character" or (callable(config["split"]) and is_of_characters(words))
    split, joint = (list, "") if of_characters else (str.split, " ")
    special = SpecialTokens.named(ids_in(tokens).get, unknown=1, padding=0)

    def encode(text: str) -> Any:
        return keras.ops.convert_to_numpy(whole([text]))

    def unknown(text: str) -> list[str]:
        if tokens[1] in text or 1 not in encode(text):
            return []
        return [part for part in split(text) if 1 in encode(part)]

    known = table(kind_of(layer), tokens, split=split, joint=joint, special=special, unknown_id=lambda token: 1)
    return replace(known, encode=encode, unknown=unknown)


def of_lookup(layer: Any) -> Source | None:
    """Returns the source that a `StringLookup` layer is, whichever way round; of an `IntegerLookup` only the tokens."""
    config = _settings(layer)
    if "oov_token" not in config:
        return None
    tokens = _tokens(layer)
    if config["output_mode"] != "int":
        return _without_texts(layer, tokens, f"with output_mode={config['output_mode']!r}; expected 'int'.")
    if not isinstance(config["oov_token"], str):
        return _without_texts(layer, tokens, "of numbers; expected one of strings.")
    unknowns = [number for number, token in tokens.items() if token == config["oov_token"]]
    special = SpecialTokens.named(ids_in(tokens).get, unknown=unknowns[0] if unknowns else None)
    of_characters = is_of_characters(tokens.values())

    def unknown_id(token: str) -> int | None:
        if len(unknowns) > 1 and not config["invert"]:  # the layer tells them apart
            return int(keras.ops.convert_to_numpy(layer(np.array([token])))[0])
        return special.unknown

    return table(
        kind_of(layer),
        tokens,
        split=list if of_characters else str.split,
        joint="" if of_characters else " ",
        special=special,
        unknown_id=unknown_id,
    )


def of_legacy_tokenizer(source: Any) -> Source | None:
    """Returns the source that a text `Tokenizer` of Keras 2 is, which leaves unknown words out if it has no token for them."""
    if not hasattr(source, "texts_to_sequences") or not hasattr(source, "index_word"):
        return None
    if not source.index_word:
        raise _without_vocabulary(source)
    split, joint = (list, "") if source.char_level else (str.split, " ")
    tokens = {0: "", **source.index_word}
    if source.num_words:
        tokens = {number: token for number, token in tokens.items() if number < source.num_words}
    out_of_vocabulary = source.word_index.get(source.oov_token)
    left_out = {} if source.char_level else str.maketrans("", "", source.filters)

    def encode(text: str) -> list[int]:
        return list(source.texts_to_sequences([text])[0])

    def unknown(text: str) -> list[str]:
        found = [(part, encode(part)) for part in split(text) if part.translate(left_out)]
        return [part for part, ids in found if part != source.oov_token and (not ids or out_of_vocabulary in ids)]

    special = SpecialTokens.named(ids_in(tokens).get, unknown=out_of_vocabulary, padding=0)
    known = table(
        kind_of(source), tokens, split=split, joint=joint, special=special, unknown_id=lambda token: out_of_vocabulary
    )
    return replace(known, encode=encode, unknown=unknown, leaves_out_unknown=out_of_vocabulary is None)


def _settings(layer: Any) -> dict[str, Any]:
    """Returns the configuration of a layer with a vocabulary, {} of anything else; asked for, so that any Keras will do."""
    is_layer = hasattr(layer, "get_vocabulary") and hasattr(layer, "get_config")
    return dict(layer.get_config()) if is_layer else {}


def _tokens(layer: Any) -> dict[int, str]:
    vocabulary: Iterable[Any] = layer.get_vocabulary()
    if not layer.get_vocabulary(include_special_tokens=False):
        raise _without_vocabulary(layer)
    return {number: as_text(token) for number, token in enumerate(vocabulary)}


def _without_texts(layer: Any, tokens: dict[int, str], why: str) -> Source:
    """Returns a source that names ids, and does not encode texts."""
    kind = kind_of(layer)
    return Source(kind, tokens=names_in(tokens), find=ids_in(tokens).get, cannot=f"{kind} {why}", size=max(tokens) + 1)


def _without_vocabulary(source: Any) -> VocabularyError:
    return VocabularyError(
        f"is {kind_of(source)} without a vocabulary; expected one that has seen its texts, or was given one."
    )
