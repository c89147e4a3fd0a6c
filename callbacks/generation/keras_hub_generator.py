"""Generation by the tasks of KerasHub, which keep what they computed of earlier tokens in a cache.

KerasHub is not imported here: a model can be one of its tasks only if somebody else has imported it.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.callbacks.generation.any_generator import AnyGenerator, Loop
from tb_seqviz_plugin.callbacks.generation.batch import Batch, Reading, Source
from tb_seqviz_plugin.callbacks.generation.generated import checked_prompts, origins_of
from tb_seqviz_plugin.callbacks.generation.noted_embeddings import positions_of_layers
from tb_seqviz_plugin.callbacks.model.layers import shadow
from tb_seqviz_plugin.callbacks.old_names import Moved, takes_old_names
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.records.remarks import remark

_TOKENS_AROUND = 16
"""The most that a task puts around a prompt."""

_ENCODER = ("encoder_token_ids", "encoder_padding_mask")


def is_task(model: Any) -> bool:
    """Returns whether a model is a `CausalLM` or `Seq2SeqLM` of KerasHub."""
    keras_hub = sys.modules.get("keras_hub")
    return keras_hub is not None and isinstance(model, keras_hub.models.CausalLM)


class KerasHubGenerator(AnyGenerator):
    """Lets a task of KerasHub write, through its own `generate_step` and cache.

    Used as `Generator` is. Ids go in and come out, past the task's preprocessor. Its sampler is stood in for while a loop
    is traced, and is in its place again afterwards; nothing is compiled anew.

    Args:
        task: a `CausalLM` or `Seq2SeqLM` of KerasHub.
        alternatives: how many of the most probable tokens to keep at each position.

    Raises:
        GenerationError: if it is something else.
    """

    @takes_old_names(Moved.renamed("top_alternatives", "alternatives"))
    def __init__(self, task: Any, alternatives: int = 5) -> None:
        backends.check("generation", type(self).__name__)
        if not is_task(task):
            raise GenerationError(
                f"The model is a {type(task).__name__}; expected a CausalLM or Seq2SeqLM of KerasHub. Other models write with "
                "Generator."
            )
        names = list(task.input) if isinstance(task.input, dict) else []
        self._text, self._mask = ("token_ids", "padding_mask")
        if "decoder_token_ids" in names:
            self._text, self._mask = ("decoder_token_ids", "decoder_padding_mask")
        self._others = tuple(name for name in names if name not in (self._text, self._mask))
        if self._text not in names or len(task.outputs) != 1:
            raise GenerationError(
                f"The task {task.name!r} takes {', '.join(names) or 'one array'} and returns {len(task.outputs)} outputs; "
                "expected token_ids or decoder_token_ids, and logits."
            )
        super().__init__(task, int(task.outputs[0].shape[-1]), alternatives)
        self._task = task
        self._positions = positions_of_layers(task)

    @property
    def how(self) -> str:
        """How the texts are written, as a sentence."""
        return "Each token was written with the cache of the task."

    @property
    def takes_source(self) -> bool:
        """Whether the task writes from a source beside the text."""
        return bool(self._others)

    @property
    def source_length(self) -> int | None:
        """The tokens of source that the task takes, which is any number."""
        return None

    @property
    def reading(self) -> Reading:
        """How the task reads whole texts."""
        window = None if self._positions == sys.maxsize else self._positions
        return Reading(self._read, None, window, None, is_causal=True, padding=self._padding())

    def packed(self, texts: Sequence[str], ids: Sequence[Sequence[int]]) -> tuple[Source, list[list[int]]] | None:
        """Returns the source and the prompts as the task's own `generate` makes them of texts."""
        preprocessor = self._task.preprocessor
        knows_source = not self._others or set(self._others) == set(_ENCODER)
        if not hasattr(preprocessor, "generate_preprocess") or not knows_source:
            return None
        own = Vocabulary.of(preprocessor)
        if [own.encode(text) for text in texts] != [list(each) for each in ids]:
            return None
        # Room for what is put before a prompt; of a source the task takes as many tokens as its preprocessor says.
        room = {"sequence_length": max(map(len, ids)) + _TOKENS_AROUND} if not self._others else {}
        found = {
            name: np.asarray(value) for name, value in preprocessor.generate_preprocess(list(texts), **room).items()
        }
        prompts = [
            row[known.astype(bool)].tolist() for row, known in zip(found[self._text], found[self._mask], strict=True)
        ]
        if not self._others:
            return None, prompts
        known = found[_ENCODER[1]].astype(bool)
        source = np.where(known, found[_ENCODER[0]], self._padding()).astype(np.int32)
        return source[:, : np.flatnonzero(known.any(axis=0)).max() + 1], prompts

    def _read(self, tokens: Any, source: Any) -> Any:
        inputs = {self._text: tokens, self._mask: ops.ones_like(tokens)}
        if source is not None:
            inputs |= dict(zip(_ENCODER, (source, source != self._padding()), strict=True))
        return self._task(inputs, training=False)

    def _batch(self, prompts: Any, each: int, max_length: int, source: Any) -> Batch:
        arrays = checked_prompts(prompts, self._vocabulary, f"the model returns {self._vocabulary} numbers per token")
        lengths = [len(prompt) for prompt in arrays]
        columns = min(max(lengths) + max_length, self._positions)
        if max(lengths) >= columns:
            raise GenerationError(
                f"Prompt {lengths.index(max(lengths))} has {max(lengths)} tokens, and the task {self._task.name!r} has positions "
                f"for {self._positions}; expected a shorter prompt, so that there is room for more."
            )
        tokens, is_prompt = np.zeros((len(arrays), columns), np.int32), np.zeros((len(arrays), columns), bool)
        for row, prompt in enumerate(arrays):
            tokens[row, : len(prompt)], is_prompt[row, : len(prompt)] = prompt, True
        sources = self._sources(source, len(arrays))
        inputs = {self._mask: is_prompt, **sources}
        return Batch(
            key=min(lengths),
            is_static=True,
            order=range(len(arrays)),
            each=each,
            tokens=tokens.repeat(each, axis=0),
            lengths=lengths,
            starts=np.array(lengths, np.int32).repeat(each),
            inputs={name: array.repeat(each, axis=0) for name, array in inputs.items()},
            notes=[self._notes(length, max_length) for length in lengths],
            origins=origins_of(arrays, sources.get(_ENCODER[0]), self._padding()),
        )

    def _notes(self, length: int, max_length: int) -> tuple[str, ...]:
        """Returns what there was no room for."""
        room = self._positions - length
        if room >= max_length:
            return ()
        return (remark("no room", positions=self._positions, tokens=length, room=room),)

    def _sources(self, source: Any, prompts: int) -> dict[str, npt.NDArray[Any]]:
        """Returns the inputs of the task besides the text, one row per prompt."""
        wanted = ", ".join(self._others)
        if not self._others:
            if source is not None:
                raise GenerationError(
                    f"A source was given, and the task {self._task.name!r} takes the text only; leave source out."
                )
            return {}
        if source is None:
            raise GenerationError(
                f"The task {self._task.name!r} writes from {wanted}; expected source=, with one row per prompt, padded as in "
                "training."
            )
        if not isinstance(source, dict) and set(self._others) == set(_ENCODER):
            ids = _array(source)
            source = dict(zip(_ENCODER, (ids, ids != self._padding()), strict=True))
        if not isinstance(source, dict) or set(source) != set(self._others):
            what = ", ".join(source) if isinstance(source, dict) else type(source).__name__
            raise GenerationError(
                f"The source is {what}, and the task {self._task.name!r} writes from {wanted}; expected a dict of these."
            )
        arrays = {name: _array(value) for name, value in source.items()}
        for name, array in arrays.items():
            axes = len(self._task.input[name].shape)
            if array.ndim != axes or len(array) != prompts:
                raise GenerationError(
                    f"The source has the shape {array.shape}; expected {axes} axes and {prompts} rows, one per prompt, padded "
                    "as in training."
                )
        return arrays

    def _padding(self) -> int:
        tokenizer = getattr(self._task.preprocessor, "tokenizer", None)
        return int(getattr(tokenizer, "pad_token_id", None) or 0)

    def _asking(self, loop: Loop, key: Any, inputs: Any, *rest: Any) -> list[Any]:
        tokens, *_ = rest
        hand = _Hand(lambda ask, carried: loop(ask, carried, *rest), tuple(tokens.shape))
        with contextlib.ExitStack() as undo, keras.StatelessScope():
            shadow(undo, self._task, "sampler", hand)
            _seed_with(undo, self._task, key - 1)
            self._task.generate_step({self._text: tokens, **inputs}, None)
        return hand.results

    def _advice(self) -> str:
        return "Does its own generate() write from such prompts?"


class _Hand:
    """Stands in for a sampler of KerasHub, and hands what a task computes with its cache to a loop.

    Args:
        loop: (ask, carried) -> results.
        shape: of the tokens.

    Attributes:
        results: of the loop.
    """

    def __init__(self, loop: Callable[..., list[Any]], shape: tuple[int, ...]) -> None:
        self._loop, self._shape = loop, shape
        self.results: list[Any] = []

    def __call__(self, next: Callable[..., Any], prompt: Any, cache: Any = None, **_: Any) -> Any:
        if tuple(prompt.shape) != self._shape:
            raise GenerationError(
                f"The task writes into {tuple(prompt.shape)} tokens where {self._shape} were given, in a way of its own; "
                "expected one that continues its prompts in place. Pass generate= to log what it writes."
            )

        def ask(tokens: Any, end: Any, carried: Any) -> tuple[Any, Any]:
            logits, _, carried = next(tokens, carried, end)
            return ops.cast(logits, "float32"), carried

        self.results = self._loop(ask, () if cache is None else cache)
        return prompt


def _seed_with(undo: contextlib.ExitStack, task: Any, count: int) -> None:
    """Has a task begin its cache with so many tokens, where it would run all places, those to be written included."""
    if not hasattr(task, "call_with_cache"):
        return
    compute = task.call_with_cache

    def call(*args: Any, **kwargs: Any) -> Any:
        match args:
            case (token_ids, cache, int(0)) if not kwargs:
                return compute(token_ids[:, : max(count, 1)], cache, 0)
        return compute(*args, **kwargs)

    shadow(undo, task, "call_with_cache", call)


def _array(value: Any) -> npt.NDArray[Any]:
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "biuf":
        raise GenerationError(
            "The source is not an array of numbers; expected rows of one length, padded as in training."
        )
    return array.astype(np.int32) if array.dtype.kind in "iu" else array
