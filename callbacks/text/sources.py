"""Which kind of source something is: the one table of everything that says which token an id is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.text.keras_layers import of_legacy_tokenizer, of_lookup, of_text_vectorization
from tb_seqviz_plugin.callbacks.text.methods import goes_both_ways, of_function, of_methods, of_two_functions
from tb_seqviz_plugin.callbacks.text.source import Source, kind_of
from tb_seqviz_plugin.callbacks.text.tables import of_file, of_list, of_mapping

_EXPECTED = (
    "a list or a dict of tokens, a text file with a token per line, a function from ids to tokens, two functions (encode, decode), "
    "a TextVectorization or StringLookup layer, or a tokenizer with encode and decode, tokenize and detokenize, or id_to_token"
)


def _of_vocabulary(source: Any) -> Source | None:
    """Returns the source that anything else with a vocabulary in the order of the ids is."""
    return of_list(list(source.get_vocabulary())) if hasattr(source, "get_vocabulary") else None


_KINDS: tuple[Callable[[Any], Source | None], ...] = (
    of_two_functions,
    of_file,
    of_mapping,
    of_list,
    of_methods,
    of_legacy_tokenizer,
    of_text_vectorization,
    of_lookup,
    _of_vocabulary,
    of_function,
)
"""Each returns None for what is of another kind; the first that does not counts."""


def source_of(source: Any) -> Source:
    """Returns the functions of anything that says which token an id is.

    Raises:
        VocabularyError: if it does not; the text is to follow "tokenizer= is".
    """
    found = next((found for read in _KINDS if (found := read(_held(source))) is not None), None)
    if found is None:
        raise VocabularyError(f"is {kind_of(source)}; expected {_EXPECTED}.")
    return found


def _held(source: Any) -> Any:
    """Returns the tokenizer that something holds, as preprocessors and tasks of KerasHub do; else what was given."""
    for name in ("tokenizer", "preprocessor"):
        held = None if goes_both_ways(source) else getattr(source, name, None)
        if held is not None:
            return _held(held)
    return source
