"""What each generated token looked at: the attention of a forward pass over a whole sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention.axes import Axis
from tb_seqviz_plugin.callbacks.attention.capture import Capture, Captured
from tb_seqviz_plugin.callbacks.attention.placing import layer_of, place_calls
from tb_seqviz_plugin.callbacks.errors import CaptureError, VocabularyError
from tb_seqviz_plugin.callbacks.generation.any_generator import Watch
from tb_seqviz_plugin.callbacks.generation.batch import Reading
from tb_seqviz_plugin.callbacks.generation.generated import Generated
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.log.writer import Writer
from tb_seqviz_plugin.records.attention.record import AttentionLayer
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.records.samples.blobs import column_name

Ids = Sequence[int]

_MOST_NUMBERS = 1 << 20
"""Weights of one head in all texts that are captured at once, 4 MB."""


@dataclass(frozen=True)
class Attended:
    """Where the attention of a sample was logged.

    Args:
        name: of the attention record, "" if there is none.
        first_query: the query that chose the first token.
        notes: why there is none, or none of later tokens, as sentences.
    """

    name: str
    first_query: int = 0
    notes: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class _Seen:
    """What was captured while texts were checked.

    Args:
        tokens: int32 [rows, columns], the texts.
        source: [rows, ...] what they were written from, None if the model takes none.
        length: how many tokens the model was shown.
        captured: of all rows.
    """

    tokens: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32] | None
    length: int
    captured: Sequence[Captured]

    def of(self, ids: Ids, source: npt.NDArray[np.int32] | None) -> tuple[list[Captured], int] | None:
        """Returns what was captured of a text, None if it was not among them; what follows it changes nothing before it."""
        is_it = (
            (self.tokens[:, : len(ids)] == ids).all(axis=1) if len(ids) < self.tokens.shape[1] else np.zeros(1, bool)
        )
        if source is not None and self.source is not None:
            is_it &= (self.source == source).reshape(len(is_it), -1).all(axis=1)
        if not is_it.any():
            return None
        row = slice(int(is_it.argmax()), int(is_it.argmax()) + 1)
        own = [
            replace(
                each,
                weights=each.weights[row],
                softmax=None if each.softmax is None else each.softmax[row],
                max_logit=None if each.max_logit is None else each.max_logit[row],
                value_norms=None if each.value_norms is None else each.value_norms[row],
            )
            for each in self.captured
        ]
        return own, self.length


class SampleAttention:
    """Logs the attention of samples.

    A model that gives a result at every position, and looks at none after it, computes on the whole sample what it computed
    token by token while writing, so one forward pass has it all: that which checks the texts, where there is one, else one
    for each sample.

    Args:
        model: a built model.
        reading: how it reads whole texts.
        longest: the most tokens before the last one of a sample, its prompt included.
        source: [prompts, time] what an encoder-decoder writes from, None if the model takes none.

    Raises:
        CaptureError: if the model is another, or has no attention.
    """

    def __init__(
        self,
        model: keras.Model,
        reading: Reading,
        longest: int,
        source: npt.NDArray[np.int32] | None,
    ) -> None:
        if not reading.is_causal:
            raise CaptureError(
                f"The attention of samples cannot be logged: the model {model.name!r} does not give a result at every position "
                "from those before it alone. Leave attention out, or log it on a probe with AttentionLogger."
            )
        self._most = reading.window or longest
        self._length = reading.length or min(longest, self._most)
        self._padding = reading.padding
        self._name = model.name
        self._rows = reading.rows or 1
        self._source = source
        self._model, self._reading = model, reading
        self._own: Capture | None = None
        self._watching: Capture | None = None
        self._shapes: list[tuple[int, ...]] = []
        self._may_watch = True
        self._seen: _Seen | None = None

    def begin(self) -> Watch:
        """Returns what is to run the model on the texts of a step that are finished, and sees what it looks at meanwhile."""
        self._seen = None
        return self._watch

    def _watch(self, run: Callable[[Any, Any], Any], tokens: npt.NDArray[np.int32], source: Any) -> Any:
        rows, columns = tokens.shape
        inputs = ({} if source is None else {"source": source}) | {"target": tokens}
        shapes = [array.shape for array in inputs.values()]
        if not self._may_watch or rows * columns**2 > _MOST_NUMBERS or shapes != (self._shapes or shapes):
            return None
        try:
            if self._watching is None:
                self._shapes = shapes
                self._watching = Capture(
                    self._model, inputs, lambda given: run(given["target"], given.get("source")), keeps_result=True
                )
            captured = self._watching(inputs)
        except Exception:  # whatever the model raises; a pass of our own says what is wrong
            self._may_watch = False
            return None
        self._may_watch = self._watching.result is not None
        # Texts of a model of one length are filled up to it.
        length = self._reading.length or columns - 1
        self._seen = _Seen(tokens, source, length, captured)
        return self._watching.result

    def log(
        self,
        writer: Writer,
        name: str,
        step: int,
        samples: Sequence[Generated],
        prompts: Sequence[Ids],
        tokenizers: tuple[Vocabulary, Vocabulary],
    ) -> list[Attended]:
        """Logs one record per sample, of as many tokens as the model was shown at a time while writing it; returns where.

        Args:
            writer: of the run.
            name: what the names of the records begin with.
            step: the training step.
            samples: what the model wrote.
            prompts: ids before the sample, per prompt.
            tokenizers: of the source and of the text.
        """
        logged = [
            self._log_one(writer, f"{name}/{_name_of(sample)}", step, sample, prompts[sample.prompt], tokenizers)
            for sample in samples
        ]
        self._seen = None
        return logged

    def _log_one(
        self,
        writer: Writer,
        name: str,
        step: int,
        sample: Generated,
        prompt: Ids,
        tokenizers: tuple[Vocabulary, Vocabulary],
    ) -> Attended:
        if not len(sample.ids):
            return Attended("")
        text = [*prompt, *sample.ids.tolist()]
        # The last token was not shown to the model: nothing came after it.
        needed = len(text) - 1
        if len(prompt) > self._most:
            return Attended("", notes=[remark("attention not logged", tokens=needed, most=self._most)])
        notes = []
        if needed > self._most:
            notes = [remark("attention cut", token=self._most - len(prompt), most=self._most)]
            text = text[: self._most + 1]
        ids = text[:-1]
        captured, length = self._captured(ids, sample.prompt)
        if not captured:
            raise CaptureError(
                f"The attention of samples cannot be logged: none was found in the model {self._name!r}. Leave attention out."
            )
        layers = self._layers(captured, length, ids, sample.prompt, tokenizers)
        knows_less = any(capture.problems for capture in (self._own, self._watching) if capture)
        writer.attention(
            name,
            layers,
            step=step,
            title=_text_of(text, tokenizers[1]),
            watch=False,
            left_out=None if knows_less else (),
        )
        return Attended(name, len(prompt) - 1, notes)

    def _captured(self, ids: Ids, prompt: int) -> tuple[Sequence[Captured], int]:
        """Returns what was captured of a text, and how many tokens the model was shown: by the pass that checked it, if one did."""
        seen = self._seen and self._seen.of(ids, None if self._source is None else self._source[prompt])
        if seen:
            return seen
        arrays = self._arrays(ids, prompt)
        if self._own is None:
            run = self._reading.run
            self._own = Capture(self._model, arrays, lambda inputs: run(inputs["target"], inputs.get("source")))
        return self._own(arrays), self._length

    def _arrays(self, ids: Ids, prompt: int) -> dict[str, npt.NDArray[np.int32]]:
        target = np.zeros((self._rows, self._length), np.int32)
        target[:, : len(ids)] = ids
        source = {} if self._source is None else {"source": self._source[[prompt] * self._rows]}
        return {**source, "target": target}

    def _layers(
        self,
        captured: Sequence[Captured],
        shown: int,
        ids: Ids,
        prompt: int,
        tokenizers: tuple[Vocabulary, Vocabulary],
    ) -> list[AttentionLayer]:
        sides = {"target": (ids, shown, tokenizers[1])}
        if self._source is not None:
            row = self._source[prompt]
            length = int(np.flatnonzero(row != self._padding).max(initial=-1)) + 1
            sides = {"source": (row[:length].tolist(), len(row), tokenizers[0]), **sides}
        axes = [
            Axis(name, length, [[*map(tokenizer.token, known), *[""] * (length - len(known))]])
            for name, (known, length, tokenizer) in sides.items()
        ]
        lengths = {name: len(known) for name, (known, _, _) in sides.items()}
        placed = place_calls(captured, axes)
        cut = []
        for layer, place in zip(captured, placed, strict=True):
            whole = layer_of(layer, place, 0)
            first = min(place.queries.places, default=0)
            if first < lengths.get(whole.query_axis, shown):
                cut.append(_cut(whole, lengths))
        return cut


def _cut(layer: AttentionLayer, lengths: dict[str, int]) -> AttentionLayer:
    """Returns a layer without the padding behind its tokens, unless something looks at it."""
    _, all_queries, all_keys = layer.weights.shape
    queries = lengths.get(layer.query_axis, all_queries) if all_queries > 1 else 1
    keys = lengths.get(layer.key_axis, all_keys)
    if layer.weights[:, :queries, keys:].any():
        keys = all_keys
    return replace(
        layer,
        # A copy, so that the padding does not stay in memory.
        weights=np.ascontiguousarray(layer.weights[:, :queries, :keys]),
        softmax=None if layer.softmax is None else layer.softmax[:, :queries, :keys],
        value_norms=None if layer.value_norms is None else layer.value_norms[:, :keys],
        query_tokens=layer.query_tokens[:queries],
        key_tokens=layer.key_tokens[:keys],
    )


def _text_of(ids: Ids, tokenizer: Vocabulary) -> str:
    try:
        return tokenizer.decode(ids)
    except VocabularyError:  # of tokens that it does not know
        return "".join(map(tokenizer.token, ids))


def _name_of(sample: Generated) -> str:
    column = "beams" if sample.tree is not None else column_name(sample.temperature, 0)
    return f"prompt {sample.prompt}, {column}" + (f", {sample.repeat}" if sample.repeat else "")
