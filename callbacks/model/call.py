"""How a model is called on a batch, or on tensors of which only the shapes are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.errors import ModelCallError
from tb_seqviz_plugin.callbacks.model.batch import (
    Spec,
    Structure,
    is_shape,
    leaves_of,
    map_leaves,
    names_of,
    parse_inputs,
    rows_of_leaves,
)
from tb_seqviz_plugin.callbacks.model.failure import explained
from tb_seqviz_plugin.callbacks.model.layers import inputs_of
from tb_seqviz_plugin.callbacks.model.signature import (
    built_for,
    check_model,
    declared,
    has_call,
    is_named,
    positional_of,
    rows_built_for,
    rows_of,
    without_call,
)

Result = TypeVar("Result")

_DTYPES = ("float32", "int32")
"""To be tried where only shapes are known: ids come as whole numbers, but most models take them as other numbers, too."""


@dataclass(frozen=True)
class ModelCall:
    """One way to call a model.

    Args:
        args: what `call` is given one by one.
        kwargs: what it is given by name.
        targets: what the loss compares with, None if unknown.
        weights: of the examples, None for none.
        rows: the only number of rows that the model takes, None for any number.
        repeated: how many of the last rows are there only to fill up the others to that number; targets and weights are not
            filled up.
    """

    args: tuple[Structure, ...]
    kwargs: Mapping[str, Structure]
    targets: Structure = None
    weights: Structure = None
    rows: int | None = None
    repeated: int = 0

    @property
    def inputs(self) -> Structure:
        """What is called the inputs of the model, as `fit` is given them."""
        return self.kwargs or (self.args[0] if len(self.args) == 1 else self.args)

    @property
    def has_values(self) -> bool:
        """Whether there is a batch, rather than shapes."""
        leaves = self.leaves()
        return bool(leaves) and not any(isinstance(leaf, Spec) for leaf in leaves)

    @property
    def examples(self) -> int:
        """The number of examples, 0 where it is unknown."""
        rows = next((leaf.shape[0] or 0 for leaf in self.leaves() if leaf.shape), 0)
        return max(rows - self.repeated, 0)

    def leaves(self) -> list[Any]:
        """Returns the arrays and specs that the model is called with, in order."""
        return list(leaves_of((self.args, dict(self.kwargs))))

    def named(self) -> dict[str, Any]:
        """Returns the arrays and specs that the model is called with, in order, by names that tell them apart."""
        return dict(zip(names_of(self.inputs), self.leaves(), strict=True))

    def map(self, change: Callable[[Any], Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Returns arguments for `model(*args, **kwargs)`, each array and spec changed."""
        return map_leaves(change, self.args), map_leaves(change, dict(self.kwargs))

    def run(self, model: keras.Model, values: Iterable[Any]) -> Any:
        """Calls the model, without training, on other values for `leaves()`, in the same order.

        Raises:
            ModelCallError: if the model returns as many rows as it was built for, instead of those that it is given.
        """
        given = list(values)
        waiting = iter(given)
        args, kwargs = self.map(lambda _: next(waiting))
        result = model(*args, **kwargs, training=False)
        _check_rows(model, given, result)
        return result

    def batches(self, most: int | None = None) -> Iterator[ModelCall]:
        """Yields calls of as many rows as the model takes, the last one filled up by repeating its rows.

        Args:
            most: rows of a batch where the model takes any number, None for all.
        """
        examples = self.examples
        size = self.rows or min(most or examples, examples)
        for first in range(0, examples, size):
            count = min(size, examples - first)
            rows = first + np.arange(self.rows or count) % count
            args, kwargs = (rows_of_leaves(given, rows) for given in (self.args, dict(self.kwargs)))
            own = slice(first, first + count)
            targets, weights = (rows_of_leaves(given, own) for given in (self.targets, self.weights))
            yield ModelCall(args, kwargs, targets, weights, self.rows, len(rows) - count)

    def cut(self, structure: Structure) -> Structure:
        """Returns what the model returned for the examples, without what it returned for repeated rows."""
        return keras.tree.map_structure(self.cut_one, structure) if self.repeated else structure

    def cut_one(self, tensor: Any) -> Any:
        """Returns a tensor without repeated rows; one without an axis of rows as it is."""
        is_filled = self.repeated and len(getattr(tensor, "shape", ())) and tensor.shape[0] == self.rows
        return tensor[: self.examples] if is_filled else tensor


def _check_rows(model: keras.Model, given: Sequence[Any], result: Any) -> None:
    """Raises a ModelCallError where states of another batch size, baked into the model, have made more rows of those given."""
    rows = {leaf.shape[0] for leaf in given[:1]}
    returned = {leaf.shape[0] for leaf in keras.tree.flatten(result) if len(getattr(leaf, "shape", ()))}
    if None not in rows | returned and rows_built_for(model) in returned and not rows & returned:
        raise ModelCallError(
            f"The model {model.name!r} returns {min(returned)} rows for {min(rows)} examples, as many as it was built for; it "
            "takes one batch size only."
        )


def ways_to_call(model: keras.Model, inputs: Any = None) -> list[ModelCall]:
    """Returns how a model may be meant to be called, the most probable way first.

    Args:
        model: the model.
        inputs: a batch (an array, or a dict, list or tuple of arrays; with targets `(x, y)` or `(x, y, weights)`), or shapes in
            the places of arrays, such as `(None, 7)`; a `ModelCall`; None for what the model itself says that it takes.

    Raises:
        ModelCallError: if that does not say how to call the model, or it is not a model that can be called.
    """
    check_model(model)
    if not has_call(model):
        raise ModelCallError(without_call(model))
    if isinstance(inputs, ModelCall):
        ways = [inputs]
    elif inputs is None:
        ways = _declared_ways(model)
    else:
        ways = _ways(model, parse_inputs(inputs))
    rows = rows_of(model)
    return [replace(way, rows=rows) for way in ways]


def filled_ways(model: keras.Model, ways: Sequence[ModelCall]) -> list[ModelCall]:
    """Returns further ways for a model that fails at all of these: as many rows as it was built for, if that is another number."""
    rows = rows_built_for(model)
    return [replace(way, rows=rows) for way in ways if way.rows is None and rows not in (None, way.examples)]


def run_first(model: keras.Model, ways: Sequence[ModelCall], run: Callable[[ModelCall], Result]) -> Result:
    """Returns what `run` makes of the first way that it does not fail at.

    Args:
        model: the model.
        ways: to call it.
        run: calls the model and raises whatever it raises.

    Raises:
        ModelCallError: if `run` fails at all, and the inputs are probably the reason.
        Exception: of the first way, if it fails for another reason.
    """
    failure: Exception | None = None
    for way in (*ways, *filled_ways(model, ways)):
        try:
            return run(way)
        except Exception as error:  # whatever the model raises
            failure = failure or error
    assert failure is not None
    what = explained(model, ways[0].named(), failure)
    if what is failure:
        raise failure
    raise what from failure


def _ways(model: keras.Model, given: Structure) -> list[ModelCall]:
    whole, batch = ModelCall((given,), {}), None
    if is_named(model, given):
        # A single name may be that of the argument, or belong to what is given as a dict.
        of_dict = isinstance(built_for(model).get("input_shape"), Mapping)
        return [ModelCall((), given), whole][:: -1 if of_dict or len(given) == 1 else 1]
    if not isinstance(given, tuple) or len(given) < 2:
        return [whole]
    required = len(positional_of(model))
    if not whole.has_values and required < len(given) <= len(positional_of(model, optional=True)):
        return [ModelCall(given, {}), whole]
    if len(given) in (2, 3):
        batch = ModelCall(*_arguments(model, given[0]), *given[1:])
    tensors = inputs_of(model)
    if tensors:
        counts = [len(list(leaves_of(structure))) for structure in (given, given[0])]
        return [batch] if batch is not None and counts[0] != len(tensors) == counts[1] else [whole]
    if required > 1 and required == len(given) and not (isinstance(given[0], tuple) and len(given[0]) == required):
        return [ModelCall(given, {})]
    ways = [batch, whole] if batch is not None else [whole]
    shape = built_for(model).get("input_shape")
    takes_several = isinstance(shape, tuple | list | Mapping) and not is_shape(shape)
    return ways[::-1] if takes_several and not isinstance(given[0], tuple | list | Mapping) else ways


def _arguments(model: keras.Model, x: Structure) -> tuple[tuple[Structure, ...], Mapping[str, Structure]]:
    """Returns the inputs of a batch as arguments: one by one, or by name, where `call` takes as many."""
    if is_named(model, x) and len(x) > 1:
        return (), x
    several = isinstance(x, tuple) and len(x) > 1 and not inputs_of(model)
    return (x if several and len(positional_of(model)) == len(x) else (x,)), {}


def _declared_ways(model: keras.Model) -> list[ModelCall]:
    """Returns the call that a functional model was made from, or that another model was built for."""
    found = declared(model)
    if found is None or any(leaf.is_guess for leaf in leaves_of(found)):
        state = "is not built, so that nothing says what it takes"
        if model.built:
            several = len(positional_of(model))
            state = (
                "does not say what it takes"
                if found is None
                else f"takes {several} inputs, and Keras knows only of the first"
            )
        raise ModelCallError(
            f"The model {model.name!r} {state}. Pass inputs=: a batch such as x_train[:4], or shapes such as (None, 7)."
        )
    whole = ModelCall(*found)
    if all(leaf.dtype is not None for leaf in whole.leaves()):
        return [whole]
    return [_of_dtype(whole, dtype) for dtype in _DTYPES]


def _of_dtype(call: ModelCall, dtype: str) -> ModelCall:
    return ModelCall(*call.map(lambda spec: replace(spec, dtype=dtype)))
