"""Attention rollout: what a layer sees of the tokens at the input, through all layers below it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tb_seqviz_plugin.records.attention.along import may_be_same
from tb_seqviz_plugin.records.attention.order import check_reads, reads_of
from tb_seqviz_plugin.records.attention.quantise import Float
from tb_seqviz_plugin.records.attention.record import AttentionRecord
from tb_seqviz_plugin.records.attention.stacking import Stack, stacked
from tb_seqviz_plugin.schema.attention import LeftOut


@dataclass(frozen=True)
class Rollout:
    """A rollout over the layers of one stack.

    Args:
        weights: float32 [queries, keys], how much of each token at the input is in each token behind the last of the layers; each
            row sums to 1, but for rows that are NaN since a weight was.
        layers: paths of what it is made of, in the order of the forward pass.
        is_whole: whether the record says that no layer of the stack is left out; False where that is not known.
        is_in_series: whether the record says that each of the layers is computed from the one before; False where that is not
            known.
    """

    weights: Float
    layers: Sequence[str]
    is_whole: bool
    is_in_series: bool


def rollout(record: AttentionRecord, layer: str | None = None, call: int = 0) -> Rollout:
    """Multiplies the attention of the layers of a stack, each as 0.5 mean over heads + 0.5 identity with rows that sum to 1.

    A stack is what attends from tokens to the same tokens: layers of one role with the same axis along queries and keys, so that
    encoder and decoder are two, and cross-attention is part of none. What the layer in question is not computed from is no part of
    it, where the record says so. The identity stands for the residual connection. Of weights
    below 0 the magnitude counts.

    Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers", section 3.

    Args:
        record: of attention, as `read` yields it.
        layer: path of the layer up to which it goes, that included; None for the last one that attends to its own tokens.
        call: which call of that layer.

    Returns:
        the product, and what it is made of.

    Raises:
        ValueError: if there is no such layer, its queries and keys are other tokens, a layer below it is pooled or left out, or
            layers below it lie beside each other.

    >>> from tb_seqviz_plugin.records.attention.record import AttentionLayer
    >>> def sees(weights):
    ...     axes = {"role": "decoder self", "query_axis": "tokens", "key_axis": "tokens"}
    ...     return np.array([weights], np.float32), ["a", "b"], ["a", "b"], axes
    >>> layers = [
    ...     AttentionLayer(path, weights, queries, keys, **axes)
    ...     for path, (weights, queries, keys, axes) in {"0": sees([[1, 0], [1, 0]]), "1": sees([[1, 0], [0, 1]])}.items()
    ... ]
    >>> found = rollout(AttentionRecord("run", "attention/probe", 0, 0.0, layers))
    >>> found.weights.tolist(), list(found.layers), found.is_whole, found.is_in_series
    ([[1.0, 0.0], [0.5, 0.5]], ['0', '1'], False, False)
    """
    check_reads(record.layers)
    stacks = stacked(record.layers)
    last = _top(stacks, layer, call)
    top = stacks[last]
    reads = reads_of(stacks)
    reached = [at for at in range(last + 1) if reads is None or at == last or at in reads[last]]
    _check_all_there([stacks[at] for at in reached], top, record.left_out)
    places = [at for at in reached if _is_like(stacks[at], top)]
    below = [stacks[at] for at in places]
    if reads is not None:
        _check_in_series(below, [before in reads[at] for before, at in itertools.pairwise(places)])
    product: Float | None = None
    for each in below:
        mean = _mean(each.weights())
        product = mean if product is None else _times(mean, product)
    assert product is not None
    in_series = reads is not None or len(below) == 1
    return Rollout(product, [_name(each) for each in below], record.left_out is not None, in_series)


def _mean(weights: Float) -> Float:
    """Returns 0.5 mean over heads + 0.5 identity, float32 [queries, keys] with rows that sum to 1, NaN where a weight is none."""
    mean = np.abs(weights).mean(axis=0) + np.eye(weights.shape[1], dtype=np.float32)
    mean[~np.isfinite(mean).all(axis=1)] = np.nan
    return np.asarray(mean / mean.sum(axis=1, keepdims=True), np.float32)


def _times(mean: Float, product: Float) -> Float:
    """Returns the product of two, in which a weight of 0 takes nothing of a row that is NaN."""
    broken = np.isnan(product[:, 0])
    found: Float = mean @ np.where(broken[:, None], 0, product)
    found[(mean[:, broken] > 0).any(axis=1)] = np.nan
    return found


def _top(stacks: Sequence[Stack], layer: str | None, call: int) -> int:
    """Returns the place of the stack up to which it goes."""
    if layer is None:
        own = [at for at, each in enumerate(stacks) if _is_of_one(each)]
        if not own:
            raise ValueError(
                "The record has no layer whose queries and keys are the same tokens; expected self-attention, of which a rollout "
                "is made."
            )
        return own[-1]
    found = next(
        (at for at, each in enumerate(stacks) if (each.calls[0].path, each.calls[0].call) == (layer, call)), None
    )
    if found is None:
        names = ", ".join(dict.fromkeys(repr(_name(each)) for each in stacks))
        raise ValueError(f"The record has no call {call} of a layer {layer!r}; expected one of {names}.")
    if not _is_of_one(stacks[found]):
        first = stacks[found].calls[0]
        raise ValueError(
            f"Layer {_name(stacks[found])!r} is {first.role!r}, of {first.query_axis or 'positions'!r} over "
            f"{first.key_axis or 'positions'!r}; expected queries and keys that are the same tokens. A rollout goes through "
            "self-attention."
        )
    return found


def _check_all_there(stacks: Sequence[Stack], top: Stack, left_out: Sequence[LeftOut] | None) -> None:
    """Fails where something of the stack, of which `stacks` are those up to its top, is not there as the model used it."""
    role, (queries, _) = top.calls[0].role, _sides(top)
    for each in stacks:
        block = each.calls[0].pooled[0]
        if block > 1 and each.calls[0].role == role and (each is top or _sides(each)[0] == -(-queries // block)):
            raise ValueError(
                f"Of layer {_name(each)!r} the record has the strongest weight of each {block} x {block} only; expected all "
                "weights. Log with a larger byte_budget, or None."
            )
    missing = [
        each.path
        for each in left_out or ()
        if each.role == role and each.queries == each.keys == queries and each.after <= top.places[0]
    ]
    if missing:
        raise ValueError(
            f"The record leaves out {', '.join(map(repr, missing))} below layer {_name(top)!r}; expected all layers of the "
            "stack. Log them, too (layers=)."
        )


def _check_in_series(below: Sequence[Stack], follows: Sequence[bool]) -> None:
    """Fails where one of some layers, from the second on, is not computed from the one before it."""
    for (before, each), is_computed in zip(itertools.pairwise(below), follows, strict=True):
        if not is_computed:
            raise ValueError(
                f"Layers {_name(before)!r} and {_name(each)!r} lie beside each other below layer {_name(below[-1])!r}, neither "
                "computed from the other; expected layers in series, of which a rollout is the product. Ask for one of these "
                "(layer=)."
            )


def _is_of_one(stack: Stack) -> bool:
    """Returns whether queries and keys are the same tokens; where nobody has said what a layer connects, as far as is known."""
    first, (queries, keys) = stack.calls[0], _sides(stack)
    return queries == keys and may_be_same(first.role, stack.query_tokens, first.key_tokens, first.apart)


def _is_like(one: Stack, other: Stack) -> bool:
    """Returns whether two are of one stack."""
    kinds = [(each.calls[0].role, each.calls[0].query_axis, _sides(each)) for each in (one, other)]
    return kinds[0] == kinds[1] and _is_of_one(one)


def _sides(stack: Stack) -> tuple[int, int]:
    """Returns the number of queries and of keys."""
    return sum(call.weights.shape[1] for call in stack.calls), stack.calls[0].weights.shape[2]


def _name(stack: Stack) -> str:
    first = stack.calls[0]
    return first.path if first.call == 0 else f"{first.path}#{first.call}"
