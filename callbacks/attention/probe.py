"""The probe: a few examples on which the model is looked at, with the tokens of its axes."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.attention.axes import Array, axes_of, holds_texts
from tb_seqviz_plugin.callbacks.attention.token_lists import is_text_lists
from tb_seqviz_plugin.callbacks.errors import ProbeError, TokenError
from tb_seqviz_plugin.callbacks.text.forms import as_text, joined

_NAMES = {1: ("tokens",), 2: ("source", "target")}


class Probe:
    """Inputs of the model and the tokens along their axes.

    Args:
        inputs: what the model is called with: an array, a dict or a tuple of arrays, or a batch of a `tf.data` dataset.
        tokens: lists of strings per example, or a vocabulary as for `Vocabulary.of`, for a single input; for several a dict by
            input name or a tuple in their order. A dict may name further axes, such as the tokens that a decoder makes by itself,
            with lists of strings.

    Attributes:
        arrays: the inputs by name.
        examples: number of examples.
        axes: where weights may run along, the source before the target.
        notes: what a reader should know about their tokens, as sentences.

    Raises:
        ProbeError: if there is no example, or the examples of the inputs differ in number.
        TokenError: if the tokens do not fit.

    >>> probe = Probe(np.array([[3, 1, 2]]), tokens=[["a", "b", "c"]])
    >>> probe.axes[0].name, probe.axes[0].tokens
    ('tokens', [['a', 'b', 'c']])
    """

    def __init__(self, inputs: Any, tokens: Any = None) -> None:
        self._structure = _without_targets(inputs)
        self._tokens = tokens
        self.arrays = _arrays_by_name(self._structure)
        counts = {name: len(array) for name, array in self.arrays.items()}
        if len(set(counts.values())) > 1:
            raise ProbeError(f"The inputs hold different numbers of examples: {counts}; expected the same of each.")
        self.examples = next(iter(counts.values()))
        if self.examples == 0:
            raise ProbeError("The probe holds no example; expected at least one. Pass a batch such as x_test[:4].")
        # A pair of arrays may be two inputs or one and its targets; only the model can tell.
        self._first: Probe | None = None
        self._misfit: TokenError | None = None
        several = isinstance(self._structure, tuple) and len(self.arrays) > 1
        try:
            found = axes_of(self.arrays, tokens, self.examples)
            self.axes, self.notes = found.axes, found.notes
        except TokenError as error:
            if not several:
                raise
            self._first = self._make_first()
            self.axes, self.notes, self._misfit = self._first.axes, self._first.notes, error
        else:
            if several:
                with contextlib.suppress(TokenError):
                    self._first = self._make_first()

    @property
    def axis_names(self) -> list[str]:
        """The names that axes have or, once the model is known, may have."""
        first = [] if self._first is None else self._first.axes
        return list(dict.fromkeys(axis.name for axis in [*self.axes, *first]))

    def call(self, model: keras.Model, arrays: Mapping[str, Any]) -> Any:
        """Calls the model on such inputs as `fit` would, without training.

        Args:
            model: the model.
            arrays: values for the inputs by name.
        """
        structure = self._structure
        if isinstance(structure, Mapping):
            return model(dict(arrays), training=False)
        values = list(arrays.values())
        if isinstance(structure, tuple | list) and len(values) > 1:
            if _positional_arguments(model) == len(values) > 1:
                return model(*values, training=False)
            return model(values if isinstance(structure, list) else tuple(values), training=False)
        return model(values[0], training=False)

    def for_model(self, model: keras.Model) -> Probe:
        """Returns the probe that fits this model: a pair given to a model with one input is a batch with its targets.

        Raises:
            TokenError: if the tokens do not fit the inputs of this model.
        """
        if self._first is not None and _takes_one_input(model):
            return self._first
        if self._misfit is not None:
            raise self._misfit
        return self

    def title(self, example: int) -> str:
        """Returns an example in words: its text, else the tokens of its first axis that has any, without padding."""
        texts = next((array for array in self.arrays.values() if holds_texts(array)), None)
        axis = next((axis for axis in self.axes if not axis.numbered), None)
        if texts is not None:
            text = as_text(texts.reshape(-1)[example])
        elif axis is not None:
            text = joined(axis.tokens[example])
        else:
            text = ""
        return text if len(text) <= 200 else text[:199] + "…"

    def _make_first(self) -> Probe:
        tokens = self._tokens
        if isinstance(tokens, tuple) and len(tokens) == len(self.arrays) and not is_text_lists(tokens):
            tokens = tokens[0]
        return Probe(self._structure[0], tokens)


def _without_targets(inputs: Any) -> Any:
    """Returns the inputs of a batch of a dataset, (x, y) with x a structure, else what was given."""
    if _is_dataset(inputs):
        raise ProbeError(
            "The probe is a dataset; expected one batch of it, since iterating over it here could change the order of "
            "training. Pass next(iter(dataset)), taken before training."
        )
    if isinstance(inputs, tuple) and len(inputs) in (2, 3) and _is_several(inputs[0]):
        return inputs[0]
    return inputs


def _is_dataset(inputs: Any) -> bool:
    return hasattr(inputs, "element_spec") or isinstance(inputs, keras.utils.PyDataset) or inspect.isgenerator(inputs)


def _is_several(structure: Any) -> bool:
    """Returns whether this is a structure of inputs rather than one array; lists of rows are one."""
    if isinstance(structure, Mapping):
        return True
    least = 1 if isinstance(structure, tuple) else 2
    return isinstance(structure, tuple | list) and any(len(getattr(item, "shape", ())) >= least for item in structure)


def _arrays_by_name(structure: Any) -> dict[str, Array]:
    if isinstance(structure, Mapping):
        named = {str(name): value for name, value in structure.items()}
    elif isinstance(structure, tuple) or _is_several(structure):
        names = _NAMES.get(len(structure), tuple(f"input_{number + 1}" for number in range(len(structure))))
        named = dict(zip(names, structure, strict=True))
    else:
        named = {_NAMES[1][0]: structure}
    if not named:
        raise ProbeError("The probe holds no input; expected an array, a dict or a tuple of arrays.")
    arrays = {name: _array(name, value) for name, value in named.items()}
    for name, array in arrays.items():
        if array.ndim == 0:
            raise ProbeError(
                f"Input {name!r} is a single value, {str(array)[:40]!r}; expected an array with the examples along its "
                "first axis."
            )
    return arrays


def _array(name: str, value: Any) -> Array:
    try:
        array = np.asarray(keras.ops.convert_to_numpy(value) if keras.ops.is_tensor(value) else value)
    except ValueError as error:
        raise ProbeError(
            f"Input {name!r} cannot be made an array ({error}); expected rows of one length, padded if need be."
        ) from error
    texts = array.dtype.kind == "O" and all(isinstance(item, str | bytes) for item in array.flat)
    if array.dtype.kind not in "biufSU" and not texts:
        raise ProbeError(
            f"Input {name!r} is a {type(value).__name__} of type {array.dtype}; expected an array of numbers or strings."
        )
    return array.astype("float32") if array.dtype == np.float64 else array


def _positional_arguments(model: keras.Model) -> int:
    """Returns how many inputs `call` takes one by one, as in `call(self, source, target)`."""
    parameters = inspect.signature(model.call).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [p for p in parameters if p.kind in kinds and p.default is p.empty]
    return len([p for p in required if p.name not in ("training", "mask")])


def _takes_one_input(model: keras.Model) -> bool:
    """Returns whether a model is called with one array, by its inputs or by the shape it was built for."""
    inputs = getattr(model, "inputs", None)
    if inputs:
        return len(inputs) == 1
    if _positional_arguments(model) > 1:
        return False
    shape = (model.get_build_config() or {}).get("input_shape")
    return isinstance(shape, tuple | list) and all(size is None or isinstance(size, int) for size in shape)
