"""What each generated token looked at: the attention of a forward pass over a whole sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention.axes import Axis
from tb_seqviz_plugin.callbacks.attention.capture import Capture, Captured
from tb_seqviz_plugin.callbacks.attention.placing import layer_of, place_calls
from tb_seqviz_plugin.callbacks.errors import CaptureError, VocabularyError
from tb_seqviz_plugin.callbacks.generation.batch import Reading
from tb_seqviz_plugin.callbacks.generation.generated import Generated
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.log.writer import Writer
from tb_seqviz_plugin.records.attention.record import AttentionLayer
from tb_seqviz_plugin.records.samples.blobs import column_name

Ids = Sequence[int]


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


class SampleAttention:
    """Logs the attention of samples.

    A model that gives a result at every position, and looks at none after it, computes on the whole sample what it computed
    token by token while writing, so one forward pass has it all.

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
        arrays = self._arrays([0], 0)
        self._capture = Capture(
            model,
            arrays,
            lambda inputs: reading.run(inputs["target"], inputs.get("source")),
        )

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
        return [
            self._log_one(writer, f"{name}/{_name_of(sample)}", step, sample, prompts[sample.prompt], tokenizers)
            for sample in samples
        ]

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
            note = (
                f"The attention is not logged: the model would have to be shown all {needed} tokens before the last one, and was "
                f"shown {self._most} at a time."
            )
            return Attended("", notes=[note])
        notes = []
        if needed > self._most:
            notes = [
                f"The attention is logged up to token {self._most - len(prompt)}: from there on the model was shown the last "
                f"{self._most} tokens only, not all before."
            ]
            text = text[: self._most + 1]
        ids = text[:-1]
        captured = self._capture(self._arrays(ids, sample.prompt))
        if not captured:
            raise CaptureError(
                f"The attention of samples cannot be logged: none was found in the model {self._name!r}. Leave attention out."
            )
        layers = self._layers(captured, ids, sample.prompt, tokenizers)
        writer.attention(name, layers, step=step, title=_text_of(text, tokenizers[1]), watch=False)
        return Attended(name, len(prompt) - 1, notes)

    def _arrays(self, ids: Ids, prompt: int) -> dict[str, npt.NDArray[np.int32]]:
        target = np.zeros((self._rows, self._length), np.int32)
        target[:, : len(ids)] = ids
        source = {} if self._source is None else {"source": self._source[[prompt] * self._rows]}
        return {**source, "target": target}

    def _layers(
        self, captured: Sequence[Captured], ids: Ids, prompt: int, tokenizers: tuple[Vocabulary, Vocabulary]
    ) -> list[AttentionLayer]:
        sides = {"target": (ids, self._length, tokenizers[1])}
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
            if first < lengths.get(whole.query_axis, self._length):
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
