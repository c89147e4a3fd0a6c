"""Which kind of source something is: the one table of everything that says which token an id is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.keras_layers import of_legacy_tokenizer, of_lookup, of_text_vectorization
from tb_seqviz_plugin.callbacks.text.methods import (
    encodes,
    goes_both_ways,
    names_ids,
    of_function,
    of_methods,
    of_two_functions,
)
from tb_seqviz_plugin.callbacks.text.source import Source, kind_of
from tb_seqviz_plugin.callbacks.text.tables import collected, of_file, of_list, of_mapping

_FILES = (".txt", ".tsv", ".vocab")

EXPECTED = (
    "a list or a dict of tokens, a text file with a token per line, a function from ids to tokens, two functions (encode, decode), "
    "a TextVectorization or StringLookup layer, or a tokenizer with encode and decode, tokenize and detokenize, or id_to_token"
)


def is_file(source: Any) -> bool:
    """Returns whether something is the path of a file, and not the characters of a vocabulary."""
    if isinstance(source, str):
        return source.lower().endswith(_FILES) or (len(source) < 256 and os.path.isfile(source))
    return isinstance(source, os.PathLike)


def _holder(source: Any) -> Any:
    """Returns the tokenizer, or what has it, that a preprocessor or a task of KerasHub, or a processor of Hugging Face, holds."""
    return next(
        (held for name in ("tokenizer", "preprocessor") if (held := getattr(source, name, None)) is not None), None
    )


def _is_pair(source: Any) -> bool:
    return isinstance(source, tuple) and len(source) == 2 and all(map(callable, source))


def _is_layer_with(setting: str) -> Callable[[Any], bool]:
    """Returns whether something is a layer with a vocabulary and this setting; asked for what it can, so that any Keras will do."""

    def matches(source: Any) -> bool:
        is_tokenizer = goes_both_ways(source) or not hasattr(source, "get_vocabulary")
        return not is_tokenizer and hasattr(source, "get_config") and setting in source.get_config()

    return matches


def _is_legacy(source: Any) -> bool:
    return hasattr(source, "texts_to_sequences") and hasattr(source, "index_word")


def _is_collection(source: Any) -> bool:
    return collected(source) is not None


_KINDS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Source]], ...] = (
    (_is_pair, of_two_functions),
    (is_file, lambda source: of_file(Path(source))),
    (lambda source: isinstance(source, Mapping), of_mapping),
    (_is_layer_with("standardize"), of_text_vectorization),
    (_is_layer_with("oov_token"), of_lookup),
    (_is_legacy, of_legacy_tokenizer),
    (goes_both_ways, of_methods),
    (lambda source: _holder(source) is not None, lambda source: source_of(_holder(source))),
    (names_ids, of_methods),
    (lambda source: hasattr(source, "get_vocabulary"), lambda source: of_list(list(source.get_vocabulary()))),
    (_is_collection, lambda source: of_list(source)),
    (callable, of_function),
    (encodes, of_methods),
)
"""What each kind is told by, and how it is read; the first that fits counts."""


def source_of(source: Any) -> Source:
    """Returns the functions of anything that says which token an id is.

    Raises:
        VocabularyError: if it does not; the text is to follow "tokenizer= is".
    """
    for fits, read in _KINDS:
        if fits(source):
            return read(source)
    raise VocabularyError(f"is {kind_of(source)}; expected {EXPECTED}.")
