"""Attention as a user gives it to a writer: arrays by layer path, or layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.attention.order import check_reads
from tb_seqviz_plugin.records.attention.quantise import Float
from tb_seqviz_plugin.records.attention.record import AttentionLayer, guess_self_role, weights_of

Tokens = Sequence[str] | Mapping[str, Sequence[str]]
Arrays = npt.ArrayLike | Mapping[str, npt.ArrayLike]


def layers_of(
    weights: Mapping[str, npt.ArrayLike] | Sequence[AttentionLayer],
    query_tokens: Tokens,
    key_tokens: Tokens,
    mask: Arrays | None = None,
    logits: Arrays | None = None,
) -> list[AttentionLayer]:
    """Returns what a user gives for the attention of one forward pass as layers.

    Args:
        weights: by layer path, numbers [heads, queries, keys] or, for one head, [queries, keys]; or layers.
        query_tokens: one string per query, for all layers or by layer path; empty for bare positions.
        key_tokens: the same for the keys.
        mask: bool [queries, keys], for all layers or by layer path.
        logits: as the weights, by layer path, or of the only layer.

    Raises:
        ValueError: if shapes and tokens do not fit, or there is no layer.
    """
    layers = _layers(weights, query_tokens, key_tokens, mask, logits)
    if not layers:
        raise ValueError("Attention was given no layer; expected at least one, such as {'decoder/cross': weights}.")
    if not all(layer.path for layer in layers):
        raise ValueError("The path of a layer is ''; expected a name, such as 'decoder/attention'.")
    check_reads(layers)
    return layers


def _layers(
    weights: Mapping[str, npt.ArrayLike] | Sequence[AttentionLayer],
    query_tokens: Tokens,
    key_tokens: Tokens,
    mask: Arrays | None,
    logits: Arrays | None,
) -> list[AttentionLayer]:
    if isinstance(weights, Mapping):
        given = {"Tokens are": (query_tokens, key_tokens), "A mask is": (mask,), "Logits are": (logits,)}
        for what, arguments in given.items():
            for path in (path for each in arguments if isinstance(each, Mapping) for path in each):
                if path not in weights:
                    raise ValueError(
                        f"{what} given for layer {path!r}; the layers are {', '.join(map(repr, weights))}."
                    )
        if logits is not None and not isinstance(logits, Mapping) and len(weights) > 1:
            raise ValueError(
                f"Logits of one layer are given for {len(weights)}; expected them by layer path, such as "
                f"{{{next(iter(weights))!r}: logits}}."
            )
        return [
            _layer(path, array, query_tokens, key_tokens, _array_of(path, mask), _array_of(path, logits))
            for path, array in weights.items()
        ]
    layers = list(weights)
    for layer in layers:
        if not isinstance(layer, AttentionLayer):
            raise ValueError(
                f"The weights are a {type(weights).__name__} of {type(layer).__name__}; expected arrays by layer path, "
                "such as {'decoder/cross': weights}, or a list of AttentionLayer."
            )
    if len(query_tokens) or len(key_tokens) or mask is not None or logits is not None:
        raise ValueError(
            "Tokens, a mask or logits are given beside a list of AttentionLayer; give each layer its own query_tokens, "
            "key_tokens, mask and logits."
        )
    return layers


def _layer(
    path: str,
    array: npt.ArrayLike,
    query_tokens: Tokens,
    key_tokens: Tokens,
    mask: npt.ArrayLike | None,
    logits: npt.ArrayLike | None,
) -> AttentionLayer:
    layer = AttentionLayer(
        path,
        _per_head(path, array),
        _tokens_of(path, query_tokens),
        _tokens_of(path, key_tokens),
        mask=None if mask is None else np.asarray(mask),
        logits=None if logits is None else _per_head(path, logits, "logits"),
    )
    if not layer.query_tokens or not layer.key_tokens:
        return layer
    if layer.query_tokens != layer.key_tokens:
        return replace(layer, role="cross")
    return replace(layer, role=guess_self_role(layer.weights), query_axis="tokens", key_axis="tokens")


def _per_head(path: str, array: npt.ArrayLike, what: str = "weights") -> Float:
    numbers = weights_of(path, array, what)
    return numbers[None] if numbers.ndim == 2 else numbers


def _array_of(path: str, arrays: Arrays | None) -> npt.ArrayLike | None:
    return arrays.get(path) if isinstance(arrays, Mapping) else arrays


def _tokens_of(path: str, tokens: Tokens) -> list[str]:
    given = tokens.get(path, ()) if isinstance(tokens, Mapping) else tokens
    # A text stays one, for the layer to refuse it.
    return given if isinstance(given, str) else list(given)  # type: ignore[return-value]
