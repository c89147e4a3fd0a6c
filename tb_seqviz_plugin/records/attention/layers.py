"""Attention as a user gives it to a writer: arrays by layer path, or layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy.typing as npt

from tb_seqviz_plugin.records.attention.record import AttentionLayer, guess_self_role, weights_of

Tokens = Sequence[str] | Mapping[str, Sequence[str]]


def layers_of(
    weights: Mapping[str, npt.ArrayLike] | Sequence[AttentionLayer], query_tokens: Tokens, key_tokens: Tokens
) -> list[AttentionLayer]:
    """Returns what a user gives for the attention of one forward pass as layers.

    Args:
        weights: by layer path, numbers [heads, queries, keys] or, for one head, [queries, keys]; or layers.
        query_tokens: one string per query, for all layers or by layer path; empty for bare positions.
        key_tokens: the same for the keys.

    Raises:
        ValueError: if shapes and tokens do not fit, or there is no layer.
    """
    layers = _layers(weights, query_tokens, key_tokens)
    if not layers:
        raise ValueError("Attention was given no layer; expected at least one, such as {'decoder/cross': weights}.")
    return layers


def _layers(
    weights: Mapping[str, npt.ArrayLike] | Sequence[AttentionLayer], query_tokens: Tokens, key_tokens: Tokens
) -> list[AttentionLayer]:
    if isinstance(weights, Mapping):
        for tokens in (query_tokens, key_tokens):
            for path in tokens if isinstance(tokens, Mapping) else ():
                if path not in weights:
                    raise ValueError(
                        f"Tokens are given for layer {path!r}; the layers are {', '.join(map(repr, weights))}."
                    )
        return [_layer(path, array, query_tokens, key_tokens) for path, array in weights.items()]
    layers = list(weights)
    for layer in layers:
        if not isinstance(layer, AttentionLayer):
            raise ValueError(
                f"The weights are a {type(weights).__name__} of {type(layer).__name__}; expected arrays by layer path, "
                "such as {'decoder/cross': weights}, or a list of AttentionLayer."
            )
    if len(query_tokens) or len(key_tokens):
        raise ValueError(
            "Tokens are given beside a list of AttentionLayer; give each layer its own query_tokens and key_tokens."
        )
    return layers


def _layer(path: str, array: npt.ArrayLike, query_tokens: Tokens, key_tokens: Tokens) -> AttentionLayer:
    weights = weights_of(path, array)
    if weights.ndim == 2:
        weights = weights[None]
    layer = AttentionLayer(path, weights, _tokens_of(path, query_tokens), _tokens_of(path, key_tokens))
    if not layer.query_tokens or not layer.key_tokens:
        return layer
    if layer.query_tokens != layer.key_tokens:
        return replace(layer, role="cross")
    return replace(layer, role=guess_self_role(layer.weights), query_axis="tokens", key_axis="tokens")


def _tokens_of(path: str, tokens: Tokens) -> list[str]:
    given = tokens.get(path, ()) if isinstance(tokens, Mapping) else tokens
    # A text stays one, for the layer to refuse it.
    return given if isinstance(given, str) else list(given)  # type: ignore[return-value]
