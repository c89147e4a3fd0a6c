"""What an encoder-decoder writes from, as its model takes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.callbacks.generation.text_inputs import TextInputs


class SourceInput:
    """The input of a model beside the text, if there is one: ids, one-hot vectors or features.

    Args:
        name: of the model, for messages.
        inputs: what the model takes.
    """

    def __init__(self, name: str, inputs: TextInputs) -> None:
        self._name, self._inputs = name, inputs
        shape = inputs.source_shape
        self._vector = shape[2] if shape is not None and len(shape) == 3 else None

    @property
    def is_there(self) -> bool:
        """Whether the model takes a source."""
        return self._inputs.source_shape is not None

    @property
    def length(self) -> int | None:
        """The tokens of source that the model takes, None for any number."""
        return self._inputs.source_length

    @property
    def padding(self) -> int:
        """The id that fills up a source of ids: 0 or, where the model takes vectors, -1 for zeros."""
        return 0 if self._vector is None else -1

    def as_taken(self, source: Any) -> Any:
        """Returns a source as the model takes it: ids become one-hot vectors, if it takes vectors."""
        if source is None or self._vector is None or len(source.shape) != 2:
            return source
        return ops.one_hot(source, self._vector, dtype=self._inputs.source_dtype)

    def checked(self, source: Any, prompts: int) -> npt.NDArray[Any] | None:
        """Returns the source as an array with one row per prompt, None if the model takes none.

        Raises:
            GenerationError: if it is missing, not wanted, or does not fit.
        """
        shape = self._inputs.source_shape
        if shape is None:
            if source is not None:
                raise GenerationError(
                    f"A source was given, and the model {self._name!r} has one input only, the text; leave source out."
                )
            return None
        if source is None:
            raise GenerationError(
                f"The model {self._name!r} has two inputs, a source and the text; expected source=, an array with one row per "
                "prompt, padded as in training."
            )
        try:
            array = np.asarray(source)
        except ValueError:  # rows of different lengths
            array = np.empty(0, object)
        if array.dtype.kind not in "biuf":
            raise GenerationError(
                "The source is not an array of numbers; expected rows of one length, padded as in training."
            )
        is_ids = self._vector is not None and array.ndim == 2 and array.dtype.kind in "iu"
        # A subclassed model's shape is that of one batch: only its axes are sure.
        axes = shape[1:2] if is_ids else shape[1:]
        wanted = (prompts, *(axes if self._inputs.dtypes else (None,) * len(axes)))
        fits = array.ndim == len(wanted) and all(
            size in (None, given) for size, given in zip(wanted, array.shape, strict=True)
        )
        if not fits:
            expected = ", ".join("any" if size is None else str(size) for size in wanted)
            raise GenerationError(
                f"The source has the shape {array.shape}; expected ({expected}), one row per prompt, padded as in training."
            )
        return self._known(array) if is_ids else array.astype(self._inputs.source_dtype)

    def _known(self, ids: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        """Returns ids that are to become vectors, -1 for padding; raises a GenerationError if they cannot."""
        size = self._vector or 0
        unknown = ids[(ids < -1) | (ids >= size)]
        if unknown.size:
            raise GenerationError(
                f"The source holds the token {unknown[0]}, and the model {self._name!r} takes vectors of {size}; expected 0 to "
                f"{size - 1}. Does the tokenizer of the source belong to this model?"
            )
        return ids.astype(np.int32)
