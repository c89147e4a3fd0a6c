"""What is generated, as a reader wants it: one sample at a time, with what the model thought of every token."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch, BeamTree, path_of
from tb_seqviz_plugin.callbacks.decoding.drawn import Drawn, Kept
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.records.remarks import remark

Notes = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Generated:
    """One sample.

    All probabilities are the model's own, at temperature 1 and without `top_k` and `top_p`, so that they compare between
    temperatures.

    Args:
        prompt: which prompt it continues, from 0.
        temperature: what the scores were divided by, 0 for greedy and for beam search.
        repeat: which of the samples of this prompt and temperature it is, from 0.
        ids: int32 [tokens], what was generated; a stop token is the last of them, and where the model returned NaN it ends.
        probabilities: float32 [tokens] in [0, 1], of each token.
        ranks: int32 [tokens], of each token among all by probability, 1 for the most probable; of those that are equally
            probable each has the first, and in an evaluation the middle one.
        alternative_ids: int32 [tokens, alternatives], the most probable tokens at each position, that taken or not.
        alternative_probabilities: float32 [tokens, alternatives] in [0, 1].
        notes: what a reader should know of this sample, as sentences.
        tree: all hypotheses of the beam search that it is the best of, None for a sample.
    """

    prompt: int
    temperature: float
    repeat: int
    ids: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float32]
    ranks: npt.NDArray[np.int32]
    alternative_ids: npt.NDArray[np.int32]
    alternative_probabilities: npt.NDArray[np.float32]
    notes: Notes = ()
    tree: BeamTree | None = None


def checked_prompts(prompts: Any, known: int, why: str) -> list[npt.NDArray[np.int32]]:
    """Returns the prompts as arrays of ids that the model knows.

    Args:
        prompts: what was given.
        known: how many tokens the model knows.
        why: how one knows, for messages.

    Raises:
        GenerationError: if a prompt is empty, or holds something else.
    """
    if isinstance(prompts, str) or not hasattr(prompts, "__len__") or len(prompts) == 0:
        raise GenerationError(f"The prompts are {prompts!r}; expected at least one list of ids.")
    arrays = []
    for number, prompt in enumerate(prompts):
        array = np.asarray(prompt)
        if array.size == 0:
            raise GenerationError(
                f"Prompt {number} is empty; expected at least one token to continue, such as that of the start."
            )
        if array.ndim != 1 or array.dtype.kind not in "iu":
            raise GenerationError(f"Prompt {number} is {repr(prompt)[:40]}; expected a list of ids, whole numbers.")
        unknown = array[(array < 0) | (array >= known)]
        if unknown.size:
            raise GenerationError(
                f"Prompt {number} has the unknown token {unknown[0]}; expected 0 to {known - 1}, as {why}. Does the "
                "tokenizer belong to this model?"
            )
        arrays.append(array.astype(np.int32))
    return arrays


def origins_of(
    prompts: Sequence[npt.ArrayLike], sources: npt.NDArray[Any] | None = None, padding: int = 0
) -> list[int]:
    """Returns a number for each prompt that is the same whatever the others are, but for equal ones before it.

    Args:
        prompts: ids.
        sources: [prompts, time, ...] what they are written from, None for nothing.
        padding: the id that fills up a source, or the number.

    >>> one, other, again = origins_of([[1, 2], [3], [1, 2]])
    >>> one != again, origins_of([[3]]) == [other]
    (True, True)
    """
    equal: Counter[bytes] = Counter()
    origins = []
    for number, prompt in enumerate(prompts):
        written_from = b""
        if sources is not None:
            row = np.asarray(sources[number], np.float64)
            known = np.flatnonzero((row != padding).reshape(len(row), -1).any(axis=-1))
            written_from = row[: known.max(initial=-1) + 1].tobytes()
        origin = hashlib.sha256(np.asarray(prompt, np.int32).tobytes() + b" from " + written_from).digest()
        origins.append((int.from_bytes(origin[:8], "big") << 32) + equal[origin])
        equal[origin] += 1
    return origins


def samples_of(
    drawn: Drawn, sampling: Sampling, rows: Sequence[int], begins: Sequence[int], notes: Iterable[Notes]
) -> list[Generated]:
    """Returns the samples, by prompt, temperature and repeat.

    Args:
        drawn: what the loop returned.
        sampling: how was sampled.
        rows: of each prompt's first sample.
        begins: the step at which each prompt's samples begin.
        notes: of each prompt.
    """
    samples = []
    for prompt, (row, begin, said) in enumerate(zip(rows, begins, notes, strict=True)):
        for number, (temperature, repeat) in enumerate(sampling.rows):
            # The last ones are missing where the model had no room for them.
            steps = np.arange(begin, min(begin + sampling.max_length, len(drawn.tokens)))
            ends = np.flatnonzero(drawn.tokens[steps, row + number] == sampling.stop_id)
            steps = steps[: ends[0] + 1] if ends.size else steps
            samples.append(_generated(drawn, steps, row + number, said, prompt, temperature, repeat))
    return samples


def best_of(
    kept: Kept, beams: BeamSearch, rows: Sequence[int], begins: Sequence[int], notes: Iterable[Notes]
) -> list[Generated]:
    """Returns the best hypothesis of each prompt, with its tree; `rows`, `begins` and `notes` as for `samples_of`."""
    best = []
    for prompt, (row, begin, said) in enumerate(zip(rows, begins, notes, strict=True)):
        own = slice(begin, begin + beams.max_length), slice(row, row + beams.width)
        of_tokens = kept.drawn.tokens[own], kept.drawn.probabilities[own]
        path = path_of(kept.parents[own], *of_tokens, kept.scores[own], beams.stop_id)
        best.append(_generated(kept.drawn, begin + path.steps, row + path.slots, said, prompt, tree=path.tree))
    return best


def _generated(
    drawn: Drawn,
    steps: npt.NDArray[Any],
    rows: Any,
    notes: Notes,
    prompt: int,
    temperature: float = 0.0,
    repeat: int = 0,
    tree: BeamTree | None = None,
) -> Generated:
    broken = np.flatnonzero(np.isnan(drawn.probabilities[steps, rows]))
    if broken.size:
        # From there on the loop fills up with tokens that the model did not choose.
        first = int(broken[0])
        steps, rows = steps[:first], np.broadcast_to(rows, len(steps))[:first]
        notes = (*notes, remark("NaN at token", token=first))
    return Generated(
        prompt=prompt,
        temperature=temperature,
        repeat=repeat,
        ids=drawn.tokens[steps, rows],
        probabilities=drawn.probabilities[steps, rows],
        ranks=drawn.ranks[steps, rows],
        alternative_ids=drawn.alternatives[steps, rows],
        alternative_probabilities=drawn.alternative_probabilities[steps, rows],
        notes=notes,
        tree=tree,
    )
