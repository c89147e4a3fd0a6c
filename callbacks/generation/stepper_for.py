"""Which way a model is stepped, decided once per model: none is trusted before it says what the model says of growing prefixes."""

from __future__ import annotations

import warnings
from typing import Any

from tb_seqviz_plugin.callbacks.backends.interface import Generation
from tb_seqviz_plugin.callbacks.decoding.drawn import Stepper
from tb_seqviz_plugin.callbacks.errors import SteppingError, sentence_of
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.callbacks.generation.recurrent import Recurrent
from tb_seqviz_plugin.callbacks.generation.stepper import OwnStates, check_on_prefixes, why_apart
from tb_seqviz_plugin.records.remarks import remark


def stepper_for(
    model: NextToken, backend: Generation, size: tuple[int, int], source: Any = None
) -> tuple[Stepper | None, str]:
    """Returns what steps with a model, or None and why it cannot be stepped, as what follows "since".

    Args:
        model: the model.
        backend: runs it.
        size: rows and columns of the first texts that are to be written.
        source: what they are written from, [rows, ...], None if the model takes none.
    """
    if model.is_stepwise:
        return OwnStates(model), ""
    if model.per_position and not model.is_causal:
        return None, why_apart(model, source, remark("looks ahead"))
    if model.length is not None and not model.per_position:
        return None, remark("one token only", tokens=model.length)
    why = ""
    for make in (Recurrent, backend.Cut):
        try:
            stepper = make(model)
            with warnings.catch_warnings():
                # Of a text of one token Keras warns that its softmax is over one number.
                warnings.simplefilter("ignore")
                check_on_prefixes(model, stepper, backend, size, source)
        except SteppingError as error:
            why = error.args[0]
        except Exception as error:  # whatever the model raises when it is run in another way than usual
            why = remark("not on one token", error=sentence_of(error).removesuffix("."))
        else:
            return stepper, ""
    return None, why
