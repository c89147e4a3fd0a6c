"""Attention and its neighbours in plain numpy, float64, from the variables of Keras layers; no code of ours, none of Keras'."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]


def values(variable: Any) -> Float:
    """Returns a variable or tensor as float64."""
    return np.asarray(variable.numpy()).astype(np.float64)


def softmax(scores: npt.ArrayLike, axis: int = -1) -> Float:
    scores = np.asarray(scores, dtype=np.float64)
    exponential = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exponential / exponential.sum(axis=axis, keepdims=True)


def sigmoid(x: Float) -> Float:
    return 1 / (1 + np.exp(-x))


def dense(layer: Any, x: npt.ArrayLike) -> Float:
    bias = values(layer.bias) if layer.use_bias else 0.0
    return np.asarray(x) @ values(layer.kernel) + bias


def embed(layer: Any, ids: npt.NDArray[Any]) -> Float:
    return values(layer.embeddings)[ids]


def layer_norm(layer: Any, x: Float) -> Float:
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + layer.epsilon)
    return scaled * values(layer.gamma) + values(layer.beta)


def gru_step(cell: Any, x: Float, state: Float) -> Float:
    """One step of `GRUCell` with `reset_after`."""
    bias, recurrent_bias = values(cell.bias)
    from_input = np.split(x @ values(cell.kernel) + bias, 3, axis=-1)
    from_state = np.split(state @ values(cell.recurrent_kernel) + recurrent_bias, 3, axis=-1)
    update, reset = (sigmoid(a + b) for a, b in zip(from_input[:2], from_state[:2], strict=True))
    candidate = np.tanh(from_input[2] + reset * from_state[2])
    return update * state + (1 - update) * candidate


def multi_head(
    layer: Any, queries: npt.ArrayLike, keys: npt.ArrayLike, mask: npt.NDArray[np.bool_] | None = None
) -> tuple[Float, Float]:
    """Returns weights [batch, heads, queries, keys] and output of a `MultiHeadAttention` or `GroupQueryAttention`.

    Args:
        layer: the layer.
        queries: [batch, queries, features].
        keys: [batch, keys, features]; the values are the same.
        mask: what may be looked at, [batch or 1, queries, keys].
    """
    query, key, value = (
        np.einsum("btd,dnh->bnth", np.asarray(x, np.float64), _kernel(part)) + values(part.bias)[None, :, None, :]
        for x, part in ((queries, layer._query_dense), (keys, layer._key_dense), (keys, layer._value_dense))
    )
    repeats = query.shape[1] // key.shape[1]
    key, value = np.repeat(key, repeats, axis=1), np.repeat(value, repeats, axis=1)
    scores = np.einsum("bnth,bnsh->bnts", query, key) / np.sqrt(query.shape[-1])
    if mask is not None:
        scores = np.where(mask[:, None], scores, -1e9)
    weights = softmax(scores)
    mixed = np.einsum("bnts,bnsh->btnh", weights, value)
    return weights, np.einsum("btnh,nhd->btd", mixed, values(layer._output_dense.kernel)) + values(
        layer._output_dense.bias
    )


def _kernel(part: Any) -> Float:
    kernel = values(part._kernel)
    if part.lora_enabled:
        scale = getattr(part, "lora_alpha", part.lora_rank) / part.lora_rank
        kernel = kernel + scale * values(part.lora_kernel_a) @ values(part.lora_kernel_b)
    return kernel


def additive(layer: Any, queries: Float, keys: Float) -> Float:
    """Returns weights [batch, queries, keys] of an `AdditiveAttention`."""
    return softmax((values(layer.scale) * np.tanh(queries[:, :, None] + keys[:, None])).sum(-1))


def causal(length: int) -> npt.NDArray[np.bool_]:
    """Returns what a decoder may look at, [1, queries, keys]."""
    return np.tril(np.ones((1, length, length), dtype=bool))
