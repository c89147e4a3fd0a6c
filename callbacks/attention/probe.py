"""The probe: a few examples on which the model is looked at, with the tokens of its axes."""

from __future__ import annotations

from typing import Any

from tb_seqviz_plugin.callbacks.attention.token_axes import axes_of, holds_texts
from tb_seqviz_plugin.callbacks.attention.token_lists import is_text_lists
from tb_seqviz_plugin.callbacks.errors import TokenError
from tb_seqviz_plugin.callbacks.model.batch import Structure, leaves_of, names_of, parse_batch
from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.text.forms import as_text, joined


class Probe:
    """Inputs of the model and the tokens along their axes.

    Args:
        inputs: what the model is called with: an array, or a tuple, list or (nested) dict of arrays.
        tokens: lists of strings per example, or a vocabulary as for `Vocabulary.of`, for a single input; for several a dict by
            input name or a tuple in their order. A dict may name further axes, such as the tokens that a decoder makes by itself,
            with lists of strings.

    Attributes:
        arrays: the inputs by name.
        examples: number of examples.
        axes: where weights may run along, the source before the target.
        notes: what a reader should know about their tokens, as sentences.

    Raises:
        ModelCallError: if there is no example, or the examples of the inputs differ in number.
        TokenError: if the tokens do not fit.

    >>> import numpy as np
    >>> probe = Probe(np.array([[3, 1, 2]]), tokens=[["a", "b", "c"]])
    >>> probe.axes[0].name, probe.axes[0].tokens
    ('tokens', [['a', 'b', 'c']])
    """

    def __init__(self, inputs: Any, tokens: Any = None) -> None:
        structure = parse_batch(inputs)
        self.arrays = dict(zip(names_of(structure), leaves_of(structure), strict=True))
        self.examples = len(next(iter(self.arrays.values())))
        found = axes_of(self.arrays, tokens, self.examples)
        self.axes, self.notes = found.axes, found.notes

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


class ProbeBatch:
    """A batch before the model is known, which alone can tell whether a pair is two inputs, or one and its targets.

    Args:
        inputs: as for `Probe`, or such a batch with targets, `(x, y)` or `(x, y, sample_weight)`.
        tokens: as for `Probe`.

    Attributes:
        inputs: the arrays.

    Raises:
        ModelCallError: as `Probe` does.
        TokenError: if the tokens fit neither reading.
    """

    def __init__(self, inputs: Any, tokens: Any = None) -> None:
        self.inputs: Structure = parse_batch(inputs)
        given = {"whole": (self.inputs, tokens)}
        if isinstance(self.inputs, tuple) and len(self.inputs) in (2, 3):
            of_several = isinstance(tokens, tuple) and len(tokens) == len(self.inputs) and not is_text_lists(tokens)
            given["first"] = (self.inputs[0], tokens[0] if of_several else tokens)
        self._readings: dict[str, Probe | TokenError] = {name: _read(*each) for name, each in given.items()}
        self._probes = [reading for reading in self._readings.values() if isinstance(reading, Probe)]
        if not self._probes:
            # A structure beside an array is more probably a batch with its targets.
            likely = "first" if "first" in given and isinstance(self.inputs[0], dict | tuple | list) else "whole"
            self._reading(likely)

    @property
    def examples(self) -> int:
        """The number of examples."""
        return self._probes[0].examples

    @property
    def axis_names(self) -> list[str]:
        """The names that axes may have, whatever the model."""
        return list(dict.fromkeys(axis.name for probe in self._probes for axis in probe.axes))

    @property
    def names(self) -> list[str]:
        """The names of inputs and axes, whatever the model."""
        return list(dict.fromkeys([*(name for probe in self._probes for name in probe.arrays), *self.axis_names]))

    def probe(self, call: ModelCall) -> Probe:
        """Returns what the model is called with in one of `ways_to_call`.

        Raises:
            TokenError: if the tokens do not fit these inputs.
        """
        return self._reading("whole" if call.targets is None else "first")

    def _reading(self, name: str) -> Probe:
        reading = self._readings[name]
        if isinstance(reading, TokenError):
            raise reading
        return reading


def _read(inputs: Structure, tokens: Any) -> Probe | TokenError:
    try:
        return Probe(inputs, tokens)
    except TokenError as error:
        return error
