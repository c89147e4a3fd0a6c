"""Every table of vectors in a model, however deep, and its numbers as the model uses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.arguments import matches
from tb_seqviz_plugin.callbacks.model.layers import to_float
from tb_seqviz_plugin.callbacks.model.private_parts import children_of, table_of
from tb_seqviz_plugin.callbacks.model.symbolic import layers_with_paths
from tb_seqviz_plugin.records.embeddings.record import Float
from tb_seqviz_plugin.records.remarks import remark

_EMBEDS = re.compile("embed", re.IGNORECASE)
_PLACES = re.compile("position", re.IGNORECASE)
_WORDS = re.compile("token|word", re.IGNORECASE)
# As the weights of tables written by hand are called for short.
_OWN_TABLE = re.compile(r"embed|position|^(emb|pos|wpe|wte)$|^pos_|_emb$", re.IGNORECASE)
_OWN_PLACES = re.compile(r"position|^(pos|wpe)$|^pos_", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Table:
    """One table of vectors.

    Args:
        path: that of the layer, followed by the name of the weight where the layer has several tables, or is not an embedding.
        rows: how many vectors.
        dimensions: numbers in each.
        is_of_positions: whether the vectors stand for positions, as far as names tell.
        read: returns some rows, float32 [rows, dimensions], as the model uses them now.
        notes: what a reader should know about its vectors, as sentences.
    """

    path: str
    rows: int
    dimensions: int
    is_of_positions: bool
    read: Callable[[npt.NDArray[np.int64]], Float]
    notes: Sequence[str] = ()


def find_tables(model: keras.Model, asked: Sequence[str] = ()) -> list[Table]:
    """Returns every table of vectors, in the order of the layers; one that several layers share only once.

    These are the weights of `Embedding` layers, a projection of a `ReversibleEmbedding` that is not tied to them, and of
    layers of any other class those weights of two axes whose name, or the layer's class, says that they embed.

    Args:
        model: a built model.
        asked: patterns of paths; one that ends with the name of a weight finds that as well, if it has two axes, whatever it is.

    >>> from keras import layers
    >>> inner = keras.Sequential([layers.Embedding(9, 4, name="words")], name="encoder")
    >>> model = keras.Sequential([layers.Input((3,)), inner])
    >>> [(table.path, table.rows, table.dimensions) for table in find_tables(model)]
    [('encoder/words', 9, 4)]
    """
    tables: list[Table] = []
    known: set[int] = set()
    layers = list(layers_with_paths(model))
    attributes = {
        id(value): name
        for layer, _ in layers
        for name, value in vars(layer).items()
        if isinstance(value, keras.layers.Layer)
    }
    for layer, path in layers:
        names = (layer.name, type(layer).__name__, attributes.get(id(layer), ""))
        for variable, table in _tables_of(layer, path, asked, any(map(_says_positions, names))):
            if id(variable) not in known:
                known.add(id(variable))
                tables.append(table)
    return _with_paths_of_their_own(tables)


def _says_positions(name: str) -> bool:
    """Returns whether a name of a layer's own, its class or the attribute that holds it says that its vectors are of positions."""
    return bool(_OWN_PLACES.search(name)) and not _WORDS.search(name)


def _tables_of(
    layer: keras.layers.Layer, path: str, asked: Sequence[str], is_of_positions: bool
) -> Iterator[tuple[Any, Table]]:
    """Yields the tables that a layer holds itself, with the variable of each."""
    if not isinstance(layer, keras.layers.Embedding):
        yield from _tables_of_another_class(layer, path, asked, is_of_positions)
        return
    variable = table_of(layer)
    if variable is None:  # not built
        return
    rows, dimensions = int(layer.input_dim), int(layer.output_dim)
    mode = getattr(layer, "quantization_mode", None)
    if mode or getattr(layer, "lora_enabled", False):
        notes = [remark("stored as", mode=str(mode))] if mode else []
        yield variable, Table(path, rows, dimensions, is_of_positions, lambda which: _looked_up(layer, which), notes)
    else:
        yield variable, _table_of(variable, path, is_of_positions)
    reverse = getattr(layer, "reverse_embeddings", None)
    if reverse is not None and not mode:
        yield (
            reverse,
            Table(
                f"{path}/reverse_embeddings",
                rows,
                dimensions,
                is_of_positions,
                lambda which: to_float(ops.take(reverse, which, axis=1)).T.copy(),
                _notes_of(reverse),
            ),
        )


def _tables_of_another_class(
    layer: keras.layers.Layer, path: str, asked: Sequence[str], is_of_positions: bool
) -> Iterator[tuple[Any, Table]]:
    below = {id(variable) for child in children_of(layer) for variable in child.variables}
    own = [variable for variable in layer.variables if id(variable) not in below and _is_table(variable)]
    name = type(layer).__name__
    says_so = bool(_EMBEDS.search(name) or _PLACES.search(name))
    is_keras = type(layer).__module__.startswith("keras.src.")
    found = [variable for variable in own if _OWN_TABLE.search(variable.name)]
    if not found and not is_keras and says_so:
        found = own
    # Elsewhere, as in a layer of attention with a table of distances, only the weight's name tells what it is.
    told = says_so or _EMBEDS.search(layer.name) or _PLACES.search(layer.name)
    for variable in own:
        below_path = f"{path}/{variable.name}"
        if any(variable is each for each in found):
            of_positions = is_of_positions or _says_positions(variable.name)
            yield variable, _table_of(variable, path if told and len(found) == 1 else below_path, of_positions)
        elif any(_names_weight(pattern) and matches(below_path, pattern) for pattern in asked):
            yield variable, _table_of(variable, below_path, False)


def _names_weight(pattern: str) -> bool:
    """Returns whether a pattern ends with a name: others would take any weight for a table."""
    return not set("*?[") & set(pattern.rsplit("/", 1)[-1])


def _is_table(variable: Any) -> bool:
    shape = tuple(variable.shape)
    return (
        keras.backend.is_float_dtype(variable.dtype)
        and (len(shape) == 2 or (len(shape) == 3 and shape[0] == 1))
        and min(shape[-2:]) > 1
    )


def _table_of(variable: Any, path: str, is_of_positions: bool) -> Table:
    rows, dimensions = (int(size) for size in variable.shape[-2:])

    def read(which: npt.NDArray[np.int64]) -> Float:
        return to_float(ops.take(ops.reshape(variable, (rows, dimensions)), which, axis=0))

    return Table(path, rows, dimensions, is_of_positions, read, _notes_of(variable))


def _notes_of(variable: Any) -> list[str]:
    dtype = keras.backend.standardize_dtype(variable.dtype)
    return [] if dtype in ("float32", "float64") else [f"The table is stored as {dtype}, and shown as float32."]


def _looked_up(layer: keras.layers.Embedding, rows: npt.NDArray[np.int64]) -> Float:
    """Returns rows of a table that is stored in some other form, by asking the layer."""
    with keras.StatelessScope():
        return to_float(layer(ops.convert_to_tensor(rows, "int32")))


def _with_paths_of_their_own(tables: Sequence[Table]) -> list[Table]:
    """Returns the tables; those of one path are told apart by a number."""
    taken: dict[str, Table] = {}
    for table in tables:
        path, number = table.path, 1
        while path in taken:
            number += 1
            path = f"{table.path} ({number})"
        taken[path] = Table(path, table.rows, table.dimensions, table.is_of_positions, table.read, table.notes)
    return list(taken.values())
