"""Which vocabulary belongs to what: those given for the inputs also name what a model writes, and rows of embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tb_seqviz_plugin.callbacks.attention.token_lists import is_text_lists
from tb_seqviz_plugin.callbacks.text.tables import is_mapping_of_ids
from tb_seqviz_plugin.records.structure.record import Structure


def vocabularies_in(tokens: Any, *, several: bool = True) -> dict[str | int, Any]:
    """Returns the vocabularies among what is given as tokens, by the name or the place of their input, in the order given.

    Lists of strings per example are none.

    Args:
        tokens: as for `Probe`.
        several: whether there may be several inputs, so that a tuple is one for each; for a single one it is two functions.

    >>> vocabularies_in((["a", "b"], [["x", "y"]]))
    {0: ['a', 'b']}
    """
    given: Mapping[Any, Any] = {0: tokens}
    if isinstance(tokens, Mapping) and not is_mapping_of_ids(tokens):
        given = {str(name): each for name, each in tokens.items()}
    elif several and isinstance(tokens, tuple) and not all(isinstance(each, str | bytes) for each in tokens):
        given = dict(enumerate(tokens))
    return {key: each for key, each in given.items() if each is not None and not is_text_lists(each)}


def labels_by_layer(
    structure: Structure, vocabularies: Mapping[str | int, Any], declared: Sequence[str] = ()
) -> dict[str, Any]:
    """Returns for each embedding that reads one of several inputs the vocabulary of that input, by the embedding's path.

    Args:
        structure: of the model.
        vocabularies: by the name or the place of the input.
        declared: what a functional model calls its inputs, in their order.
    """
    read = {edge.source.removeprefix("inputs/") for edge in structure.edges if edge.source.startswith("inputs/")}
    arguments = [shape.name for shape in structure.nodes[0].inputs]
    names = next((names for names in (arguments, declared) if read <= set(names)), [])

    def vocabulary_of(name: str) -> Any:
        place = names.index(name) if name in names else -1
        return next((vocabularies[key] for key in (name, name.rpartition("/")[2], place) if key in vocabularies), None)

    embeddings = {node.path for node in structure.nodes if node.role == "embedding"}
    found = {
        edge.target: vocabulary_of(edge.source.removeprefix("inputs/"))
        for edge in structure.edges
        if edge.source.startswith("inputs/") and edge.target in embeddings and not edge.operations
    }
    return {path: vocabulary for path, vocabulary in found.items() if vocabulary is not None}
