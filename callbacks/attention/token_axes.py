"""The axes that weights may run along, with their tokens, as the inputs and the user tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention.axes import Axis
from tb_seqviz_plugin.callbacks.attention.token_lists import Texts, fitted, is_text_lists, of_one_length
from tb_seqviz_plugin.callbacks.errors import TokenError, VocabularyError
from tb_seqviz_plugin.callbacks.text.forms import as_text, joined, whole_numbers
from tb_seqviz_plugin.callbacks.text.tables import is_mapping_of_ids
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary

Array = npt.NDArray[Any]
Ids = npt.NDArray[np.int64]


@dataclass
class Axes:
    """The axes of a probe, and what a reader should know about their tokens, as sentences."""

    axes: list[Axis] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def axes_of(arrays: Mapping[str, Array], tokens: Any, examples: int) -> Axes:
    """Returns the axes that a probe's inputs have, and those that the user added.

    Args:
        arrays: the inputs by name, each with the examples along its first axis.
        tokens: as given to `Probe`.
        examples: number of examples.

    Raises:
        TokenError: if the tokens do not fit.
        VocabularyError: if they are anything else.
    """
    found = Axes()
    added: list[Axis] = []
    sources, named = _token_sources(arrays, tokens)
    unnamed = []
    for name, array in arrays.items():
        given = sources.pop(name, None)
        source = _source_of(given, array, found.notes, f"tokens[{name!r}]" if named else "tokens=")
        if array.ndim in (2, 3) and not holds_texts(array):
            describes = name not in named and _describes_tokens(array, arrays)
            axes = [] if describes else _axes_along(name, array, source, single=len(arrays) == 1)
            if axes and isinstance(source, Vocabulary) and (ids := _ids_in(array)) is not None:
                found.notes += filter(None, [source.on_missing(ids, f"Input {name!r}", "tokens=")])
        elif is_text_lists(source):  # as images and the like, which the model cuts into tokens
            axes, added = [], [*added, _added_axis(name, source, arrays, examples)]
        else:
            axes = _axes_of_texts(name, array, source) if holds_texts(array) and source is not None else []
        found.axes += axes
        if source is not None and not is_text_lists(source) and all(axis.numbered for axis in axes):
            unnamed.append(name)
    found.axes += added
    found.axes += [_added_axis(*each, arrays, examples) for each in sources.items() if each[1] is not None]
    # Where one vocabulary was given for all inputs, some of them may need none.
    if named or isinstance(tokens, tuple) or len(unnamed) == len(arrays):
        found.notes += [_on_unnamed(name, arrays[name]) for name in unnamed]
    return found


def holds_texts(array: Array) -> bool:
    """Returns whether each example is one text, which the model makes tokens of itself."""
    return _is_text(array) and array.size == len(array)


def _is_text(array: Array) -> bool:
    return array.dtype.kind in "SUO"


def _ids_in(array: Array, has_tokens: bool = True) -> Ids | None:
    """Returns the ids that an input holds, None if it holds none.

    Args:
        array: whole numbers [batch, time] of any type, or [batch, sentences, words]; or, if it has tokens, one-hot vectors
            [batch, time, vocabulary].
        has_tokens: whether there is something that says which token an id is.

    Returns:
        int64 [batch, time] or [batch, sentences, words]; -1 where a vector is all zeros, as that of padding.
    """
    if array.ndim == 3 and array.dtype.kind in "biuf" and np.isin(array, (0, 1)).all():
        ones = array.sum(axis=2)
        is_one_hot = has_tokens and ones.max() == 1 and array.shape[2] > 1
        return np.where(ones == 0, -1, array.argmax(axis=2)).astype(np.int64) if is_one_hot else None
    return whole_numbers(array) if array.ndim == 2 or array.dtype.kind in "iu" or has_tokens else None


def _axes_along(name: str, array: Array, source: Any, *, single: bool) -> list[Axis]:
    """Returns the axes along the positions of one input, [batch, time] or [batch, time, features or words].

    Args:
        name: of the input.
        array: the input.
        source: lists of strings per example, a vocabulary, or None.
        single: whether it is the only input.
    """
    batch, length = array.shape[:2]
    ids = _ids_in(array, source is not None)
    if is_text_lists(source):
        return [Axis(name, length, fitted(source, array, name))]
    if array.ndim == 2 and _is_text(array):
        return [Axis(name, length, [[as_text(token) for token in row] for row in array])]
    if ids is None:
        places = [[str(position) for position in range(length)]] * batch
        return [Axis(name, length, places, numbered=True, is_binary=bool(np.isin(array, (0, 1)).all()))]
    texts = _texts_of(ids, source, name)
    if ids.ndim == 2:
        return [Axis(name, length, texts)]
    join = " ".join if source is None else joined
    sentences = [[join(sentence) for sentence in document] for document in texts]
    parts = [[document[number] for document in texts] for number in range(length)]
    return [
        Axis("sentences" if single else f"{name} sentences", length, sentences, input=name),
        Axis(name, array.shape[2], parts[0], parts=parts),
    ]


def _texts_of(ids: Ids, source: Vocabulary | None, name: str) -> Any:
    if source is None:
        return ids.astype(str).tolist()
    try:
        texts = source.tokens(ids)
    except VocabularyError as error:
        raise TokenError(f"The ids of input {name!r} cannot be shown as tokens: {error}") from error
    for row, place in np.argwhere(ids == -1) if ids.ndim == 2 else ():
        texts[row][place] = ""
    return texts


def _source_of(given: Any, array: Array, notes: list[str], argument: str) -> Any:
    """Returns what tokens are given by: None, lists of strings, a vocabulary or, for texts, whatever makes tokens of them.

    A flat list of strings is the vocabulary, unless it can only be the words of the one example.
    """
    if given is None or is_text_lists(given) or holds_texts(array):
        return given
    if not (len(array) == 1 and isinstance(given, list | tuple) and is_text_lists([given])):
        return Vocabulary.of(given, argument)
    words, ids = [list(given)], _ids_in(array) if array.ndim in (2, 3) else None
    if ids is None:
        return words
    if ids.ndim > 2 or len(given) not in (ids.shape[1], _without_padding(ids[0])) or ids.max() < len(given):
        return Vocabulary.of(given, argument)
    notes.append(
        f"{argument} is a list of {len(given)} strings, taken for the words of the one example, since as a vocabulary it has no "
        f"word for the id {ids.max()}; a list of lists says so: {argument.rstrip('=')}=[[...]]."
    )
    return words


def _without_padding(ids: Ids) -> int:
    return int(np.flatnonzero(ids).max(initial=-1)) + 1


def _on_unnamed(name: str, array: Array) -> str:
    return (
        f"tokens= names none of the positions of input {name!r}, of shape {list(array.shape)} and type {array.dtype}, which holds "
        "no ids; expected a list of strings for each example, or no tokens."
    )


def _axes_of_texts(name: str, array: Array, source: Any) -> list[Axis]:
    """Returns the axis along the tokens that a model makes of texts by itself, filled with "" to one length.

    Args:
        name: of the input.
        array: one text per example.
        source: the `TextVectorization` layer of the model, a function from a text to its list of strings, or any vocabulary that
            makes ids of texts.

    Raises:
        TokenError: if it does not make a list of tokens of each text.
    """
    texts = _tokens_of_texts([as_text(text) for text in array.flat], source, name)
    return [Axis(name, len(texts[0]), texts)]


def _tokens_of_texts(texts: Sequence[str], source: Any, name: str) -> Texts:
    if hasattr(source, "get_vocabulary") and callable(source):
        ids = source(np.array(texts, object))
        ids = keras.ops.convert_to_numpy(ids.to_tensor() if hasattr(ids, "to_tensor") else ids)
        if ids.ndim == 2 and ids.dtype.kind in "iu":
            tokens: Texts = Vocabulary.of(source, "tokens=").tokens(ids)
            return tokens
    vocabulary = Vocabulary.of(source, "tokens=")
    if vocabulary.encodes:
        return of_one_length([vocabulary.tokens(vocabulary.encoding(text).ids) for text in texts])
    if callable(source):
        rows = [source(text) for text in texts]
        if is_text_lists(rows):
            return of_one_length(rows)
    raise TokenError(
        f"The tokens for input {name!r}, which holds texts, are a {type(source).__name__} that makes no lists of tokens of "
        "them; expected the TextVectorization layer of the model, a function from a text to a list of strings, a tokenizer, or "
        "lists of strings."
    )


def _added_axis(name: str, texts: Any, arrays: Mapping[str, Array], examples: int) -> Axis:
    """Returns an axis that the user added by its tokens."""
    if not is_text_lists(texts) or len(texts) != examples:
        raise TokenError(
            f"Tokens were given for {name!r}, which is not an input ({', '.join(map(repr, arrays))}); expected the name "
            f"of an input, or {examples} lists of strings for an axis that the model makes by itself."
        )
    filled = of_one_length(texts)
    return Axis(name, len(filled[0]), filled, is_input=False)


def _describes_tokens(array: Array, arrays: Mapping[str, Array]) -> bool:
    """Returns whether an input is a mask, segments or positions beside the ids of another input, and no tokens itself."""
    return (
        array.ndim == 2
        and _is_description(array)
        and any(
            other.shape == array.shape and whole_numbers(other) is not None and not _is_description(other)
            for other in arrays.values()
        )
    )


def _is_description(array: Array) -> bool:
    return bool(np.isin(array, (0, 1)).all() or (array == np.arange(array.shape[1])).all())


def _token_sources(arrays: Mapping[str, Array], tokens: Any) -> tuple[dict[str, Any], set[str]]:
    """Returns by axis name what its tokens come from, and the names that the user said themselves."""
    names = list(arrays)
    if isinstance(tokens, Mapping) and not is_mapping_of_ids(tokens):
        return {str(name): source for name, source in tokens.items()}, set(map(str, tokens))
    if len(names) == 1:
        return {names[0]: tokens}, set()
    if isinstance(tokens, tuple):
        if len(tokens) != len(names):
            raise TokenError(
                f"A tuple of {len(tokens)} tokens was given for {len(names)} inputs; expected one for each: "
                f"{', '.join(names)}."
            )
        return dict(zip(names, tokens, strict=True)), set()
    if is_text_lists(tokens):
        raise TokenError(
            f"One list of tokens was given for {len(names)} inputs; expected a dict by input name: "
            f"tokens={{{', '.join(f'{name!r}: ...' for name in names)}}}."
        )
    return dict.fromkeys(names, tokens), set()
