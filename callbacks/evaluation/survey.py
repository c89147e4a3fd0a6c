"""What a data set holds, found out by walking through it once, without the model: slices, frequencies, and the examples to keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import EvaluationError, reason_of
from tb_seqviz_plugin.callbacks.evaluation.labelled import LabelledSet
from tb_seqviz_plugin.callbacks.evaluation.sides import Sides, task_of
from tb_seqviz_plugin.callbacks.evaluation.slices import LENGTHS, Keys, SliceExample, Wanted
from tb_seqviz_plugin.callbacks.evaluation.words import Words
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.schema.evaluation import EvaluationTask

Array = npt.NDArray[Any]


_CANDIDATES, _STRIDE = 40, 97
"""Those to show are chosen among the first, so many times as many, and every 97th behind them."""


@dataclass(frozen=True)
class Kept:
    """An example that is kept.

    Args:
        index: its place in the data set.
        inputs: what the model is given, an array by name, without the axis of examples.
        labels: int32 [time], or [1].
        weights: float32 like the labels.
    """

    index: int
    inputs: Mapping[str, Array]
    labels: Array
    weights: Array

    def alone(self) -> Kept:
        """Returns the same without what else its batch holds, which would stay in memory with it."""
        inputs = {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in self.inputs.items()}
        return Kept(self.index, inputs, self.labels.copy(), self.weights.copy())


@dataclass(frozen=True)
class Survey:
    """What a data set holds.

    Args:
        examples: how many there are.
        sides: which inputs are texts.
        task: what the model does.
        keys: by what tells examples apart, in which slice each is.
        counts: int64 [classes], how often each label comes.
        kept: the examples to show.
        lengths: by side, int [examples]: tokens of the source and of the target.
        marks: of each batch, see `Labelled`.
        end: the label that every target ends with, -1 for none.
        longest: labels of an example at most.
        words: what ids stand for where this is done.
    """

    examples: int
    sides: Sides
    task: EvaluationTask
    keys: Mapping[str, Keys]
    counts: Array
    kept: Sequence[Kept]
    lengths: Mapping[str, Array]
    marks: Sequence[int]
    end: int
    longest: int
    words: Words


def survey(
    labelled: LabelledSet,
    task: EvaluationTask | None,
    wanted: Wanted,
    words: Words,
    examples: int,
    tell: Callable[[str], None],
) -> Survey:
    """Walks through a data set.

    Args:
        labelled: its batches.
        task: what the model does, None to find out.
        wanted: which slices are asked for.
        words: what ids stand for.
        examples: how many to keep.
        tell: is told what cannot be had.

    Raises:
        EvaluationError: if no batch can be used.
    """
    sides: Sides | None = None
    functions = dict(wanted.functions)
    keys: dict[str, list[Any]] = {name: [] for name in functions}
    labels: list[Array] = []
    lengths: dict[str, list[Array]] = {"source_length": [], "target_length": []}
    unknown: list[Array] = []
    candidates: list[Kept] = []
    marks: list[int] = []
    counts = np.zeros(labelled.output.classes, np.int64)
    count = longest = 0
    for batch in labelled:
        if sides is None:
            sides = Sides.of(batch)
            task = _checked(task, labelled.output.per_token) or task_of(labelled.output.per_token, sides)
            words = words.of_task(task, labelled.output.classes)
        marks.append(batch.mark)
        named = {name: batch.call.cut_one(np.asarray(leaf)) for name, leaf in batch.call.named().items()}
        source = named.get(sides.source)
        many = batch.labels.reshape(len(batch.labels), -1)
        weights = batch.weights.reshape(many.shape)
        masked = named.get(sides.text, source) if labelled.output.is_masked else None
        if masked is not None and masked.shape == many.shape:
            weights = np.where(masked != 0, weights, 0)
        counts += np.bincount(many[weights > 0], minlength=len(counts))[: len(counts)]
        labels.append(many[:, 0].copy())
        lengths["target_length"].append((weights > 0).sum(axis=-1))
        if source is not None:
            lengths["source_length"].append((source != 0).sum(axis=-1))
        of_words = words.source if source is not None else words.target
        if of_words is not None and of_words.unknown is not None:
            unknown.append(((source if source is not None else many) == of_words.unknown).any(axis=-1))
        for place in range(len(many)):
            is_candidate = count + place < _CANDIDATES * examples or (count + place) % _STRIDE == 0
            if not (is_candidate or functions):
                continue
            row = {name: array[place] for name, array in named.items()}
            kept = Kept(count + place, row, many[place], weights[place])
            if is_candidate:
                candidates.append(kept.alone())
            _call_functions(functions, keys, kept, sides, words, tell)
        count, longest = count + len(many), max(longest, many.shape[1])
    if sides is None or task is None:
        raise labelled.nothing_left()
    if not counts.any():
        tell(remark("no label counts"))
    below = sum(int((each < 0).sum()) for each in labels)
    if labelled.output.is_binary and not counts[0] and below:
        tell(remark("labels below 0", count=below))
    found = _keys_of(task, wanted, words, labels, lengths, unknown, tell)
    for name in functions:
        found[name] = Keys.of(name, keys[name])
        if not found[name].names:
            tell(remark("function returned nothing", name=repr(name)))
            del found[name]
    found |= {
        f"{one} x {other}": found[one].crossed(found[other])
        for one, other in wanted.crossed
        if {one, other} <= found.keys()
    }
    for name, each in found.items():
        if each.left_out:
            tell(remark("few slices", name=repr(name), count=len(each.names), others=each.left_out))
    return Survey(
        count,
        sides,
        task,
        found,
        counts,
        _chosen(candidates, found, examples),
        {name: np.concatenate(parts) for name, parts in lengths.items() if parts},
        marks,
        _end_of(candidates) if task == "sequence_to_sequence" else -1,
        longest,
        words,
    )


def _checked(task: EvaluationTask | None, per_token: bool) -> EvaluationTask | None:
    """Returns a task that was asked for, None for none; raises an EvaluationError if it is none of such a model."""
    if task in (None, "other") or per_token != (task == "classification"):
        return task
    returns, fitting = (
        ("a prediction for each token", "'token_labelling', 'language_modelling' or 'sequence_to_sequence'")
        if per_token
        else ("one prediction for each example", "'classification'")
    )
    raise EvaluationError(f"task={task!r}, and the model returns {returns}; expected {fitting}, or 'auto'.")


def _end_of(candidates: Sequence[Kept]) -> int:
    """Returns the label that all targets end with, -1 if there is none."""
    last = {int(one.labels[one.weights > 0][-1]) for one in candidates if (one.weights > 0).any()}
    return last.pop() if len(last) == 1 and len(candidates) > 1 else -1


def _call_functions(
    functions: dict[str, Any],
    keys: dict[str, list[Any]],
    kept: Kept,
    sides: Sides,
    words: Words,
    tell: Callable[[str], None],
) -> None:
    """Adds the key of one example by each function; one that fails is left out from then on."""
    if not functions:
        return
    example = SliceExample(
        kept.inputs,
        kept.labels if len(kept.labels) > 1 else kept.labels[0],
        kept.weights,
        words.of_source(kept.inputs.get(sides.source or sides.text)),
        words.of_labels(kept.labels, kept.weights),
        kept.index,
    )
    for name, function in list(functions.items()):
        try:
            keys[name].append(function(example))
        except Exception as error:  # whatever the user's function raises
            del functions[name]
            tell(remark("function failed", name=repr(name), example=kept.index, error=reason_of(error)))


def _keys_of(
    task: EvaluationTask,
    wanted: Wanted,
    words: Words,
    labels: list[Array],
    lengths: dict[str, list[Array]],
    unknown: list[Array],
    tell: Callable[[str], None],
) -> dict[str, Keys]:
    """Returns the built-in slices of examples that are asked for and that there are."""
    found: dict[str, Keys] = {}
    for name in ("source_length", "target_length"):
        if lengths[name] and not (name == "target_length" and task == "classification"):
            found[name] = Keys.in_buckets(name, np.concatenate(lengths[name]), LENGTHS)
    if task == "token_labelling" and wanted.is_usual and len(found) == 2:
        source, target = (np.concatenate(lengths[name]) for name in found)
        if np.array_equal(source, target):  # of a label for each token, which would be drawn twice
            del found["target_length"]
    if unknown:
        codes = np.concatenate(unknown).astype(np.int32)
        found["unknown_words"] = Keys(["unknown_words: without", "unknown_words: with"], codes)
    if task == "classification":
        every = np.concatenate(labels)
        names = [words.class_name(number) for number in range(int(every.max(initial=0)) + 1)]
        found["class"] = Keys.of("class", [None if one < 0 else names[one] for one in every.tolist()], names)
    reasons = {
        "source_length": remark("takes no ids"),
        "target_length": remark("one label each"),
        "unknown_words": remark("nothing is unknown"),
        "class": remark("labels of tokens"),
    }
    for name, reason in reasons.items():
        is_of_tokens = name == "class" and task == "token_labelling"
        if not wanted.is_usual and name in wanted.names and name not in found and not is_of_tokens:
            tell(remark("slices left out", name=repr(name), why=reason))
    return {name: keys for name, keys in found.items() if name in wanted.names}


def _chosen(candidates: Sequence[Kept], keys: Mapping[str, Keys], examples: int) -> list[Kept]:
    """Returns examples of all slices alike, as far as there are any: of each slice in turn the next one."""
    if len(candidates) <= examples:
        return list(candidates)
    waiting: list[list[Kept]] = []
    for each in keys.values():
        waiting += [[kept for kept in candidates if each.codes[kept.index] == code] for code in range(len(each.names))]
    step = max(len(candidates) // max(examples, 1), 1)
    waiting.append(list(candidates[::step]))
    chosen: dict[int, Kept] = {}
    queues = [iter(queue) for queue in waiting if queue]
    while queues and len(chosen) < examples:
        for queue in list(queues):
            kept = next((one for one in queue if one.index not in chosen), None)
            if kept is None:
                queues.remove(queue)
            elif len(chosen) < examples:
                chosen[kept.index] = kept
    return [chosen[index] for index in sorted(chosen)]
